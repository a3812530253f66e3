/*
 * import: see import.h.
 *
 * The calling thread reads, maps and standardises rows into a chunk; the
 * writer's thread takes the chunk through the lifecycle, as one unit of work.
 * Some chunks are under way at a time, in a ring, so results come in the
 * order of the rows. A chunk that fails is tried again row by row: what is
 * wrong with one row never harms its neighbours.
 */
#include "src/import/import.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "lib/time/zone.h"
#include "src/access/access.h"
#include "src/api/capture_api.h"
#include "src/api/mapped_facts.h"
#include "src/import/import_store.h"
#include "src/import/import_table.h"
#include "src/lead/erasure.h"
#include "src/match/match.h"
#include "src/standardise/standardise.h"

enum { CHUNKS = 3, CHUNK_ROWS = 500, CHUNK_BYTES_MAX = 2 * 1024 * 1024 };

const char *const import_status_names[] = {
    [IMPORT_NEW] = "new",
    [IMPORT_JOINED] = "joined",
    [IMPORT_REPEATED] = "repeated",
    [IMPORT_REFUSED] = "refused",
};

/* A row on its way. */
struct passenger {
    struct lead_facts facts;
    struct str body;
    struct str delivery_key;
    bool stored;                 /* by a run before */
    struct import_result result; /* IMPORT_REFUSED: it stays behind */
};

struct import;

struct chunk {
    struct import *import;
    struct arena arena;
    struct unit unit;
    struct passenger *rows;
    int count;
    int from; /* those of the present unit: from .. to-1 */
    int to;
    int64_t *keys;
    int key_count;
    int64_t bytes; /* of the file, read so far */
    bool over;     /* the unit was answered; under the import's lock */
    bool ok;
    enum error_kind failed;
    struct str why;
};

struct import {
    const struct import_settings *settings;
    struct arena *arena;
    struct arena scratch; /* of one row in the lifecycle; the writer's */
    struct import_table table;
    struct mapping mapping;
    struct chunk chunks[CHUNKS];
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct str why; /* what stopped it, or STR_NONE */
    int64_t rows;   /* reported */
    bool partial;   /* there is more in the table than rows_max */
    struct csv_facts facts;
};

static bool open_table(struct import *);
static bool begin(struct import *);
static bool run_in_chunks(struct import *);
static bool run_dry(struct import *);
static bool fill(struct import *, struct chunk *);
static void prepare(struct import *, struct chunk *, const struct csv_row *);
static bool take_rows(struct work *, struct chunk *);
static void report(struct import *, const struct chunk *);

bool
import_run(const struct import_settings *settings, struct arena *arena,
           struct import_outcome *outcome)
{
    struct import import = { .settings = settings, .arena = arena };

    *outcome = (struct import_outcome){ 0 };
    if (!open_table(&import)) {
        outcome->why = arena_format(arena, "%s: %s", settings->path,
                                    strerrordesc_np(errno));
        return false;
    }
    pthread_mutex_init(&import.lock, NULL);
    pthread_cond_init(&import.answered, NULL);
    arena_init(&import.scratch);
    for (int i = 0; i < CHUNKS; i++) {
        import.chunks[i].import = &import;
        arena_init(&import.chunks[i].arena);
    }

    bool ok = settings->dry_run ? run_dry(&import)
                                : begin(&import) && run_in_chunks(&import);
    if (import.table.file != NULL)
        import.facts = csv_reader_facts(import.table.reader);

    *outcome = (struct import_outcome){
        .rows = import.rows,
        .blank_lines = import.table.blank_lines,
        .facts = import.facts,
        .partial = import.partial,
        .why = import.why,
    };
    for (int i = 0; i < CHUNKS; i++)
        arena_free(&import.chunks[i].arena);
    arena_free(&import.scratch);
    pthread_cond_destroy(&import.answered);
    pthread_mutex_destroy(&import.lock);
    import_table_close(&import.table);
    return ok;
}

static bool
stop(struct import *import, struct str why)
{
    if (str_is_empty(import->why))
        import->why = arena_str(import->arena, why);
    return false;
}

static bool
open_table(struct import *import)
{
    const struct mapping_file *map = import->settings->map;

    return import_table_open(&import->table, import->settings->path,
                             map == NULL ? '\0' : map->delimiter);
}

/* The header. */
static bool
begin(struct import *import)
{
    struct work w = { .arena = import->arena };
    struct csv_row header;

    if (!import_table_next(&import->table, import->arena, &header)) {
        const char *why = import->table.why;
        return stop(import, str_of(why == NULL ? "the file is empty" : why));
    }
    if (!mapping_bind(&w, import->settings->map, import->settings->known,
                      &header, &import->mapping))
        return stop(import,
                    arena_format(import->arena, "the mapping file: %.*s",
                                 STR_ARG(w.error.details[0].message)));
    if (!mapping_has_names(&import->mapping))
        return stop(import, STR("the first line has no names of columns, but "
                                "a row; put a line before it, such as "
                                "name,email,phone"));
    import->settings->watcher.begin(import->settings->watcher.context,
                                    &import->mapping);
    return true;
}

/* ------------------------------------------------------------ under way */

static bool
chunk_run(struct work *w, void *context)
{
    return take_rows(w, context);
}

static void
chunk_done(struct work *w, void *context, bool ok)
{
    struct chunk *chunk = context;
    struct import *import = chunk->import;

    chunk->why = ok ? STR_NONE : arena_str(&chunk->arena, w->error.detail);
    pthread_mutex_lock(&import->lock);
    chunk->ok = ok;
    chunk->failed = ok ? ERR_NONE : w->error.kind;
    chunk->over = true;
    pthread_cond_signal(&import->answered);
    pthread_mutex_unlock(&import->lock);
}

static struct unit
unit_of(struct chunk *chunk)
{
    const struct import_settings *settings = chunk->import->settings;

    return (struct unit){
        .side = UNIT_WRITES,
        .workspace = settings->workspace.id,
        .actor = { .kind = ACTOR_SOURCE, .id = settings->source },
        .arena = &chunk->arena,
        .run = chunk_run,
        .done = chunk_done,
        .context = chunk,
        .weight = chunk->to - chunk->from,
        .steps_back = true,
        .keys = chunk->keys,
        .key_count = chunk->key_count,
    };
}

static void
send_off(struct chunk *chunk, int from, int to)
{
    chunk->from = from;
    chunk->to = to;
    chunk->over = false;
    chunk->unit = unit_of(chunk);
    /* There is room: only CHUNKS units are ever under way. */
    bool taken = runner_submit(chunk->import->settings->runner, &chunk->unit);
    assert(taken);
    (void)taken;
}

static void
wait_for(struct chunk *chunk)
{
    struct import *import = chunk->import;

    pthread_mutex_lock(&import->lock);
    while (!chunk->over)
        pthread_cond_wait(&import->answered, &import->lock);
    pthread_mutex_unlock(&import->lock);
}

static bool
stopped_by(struct import *import, const struct chunk *chunk, int row)
{
    return stop(import, arena_format(import->arena, "row %ld: %.*s",
                                     (long)chunk->rows[row].result.row,
                                     STR_ARG(chunk->why)));
}

/* So that its result is kept, like the others'. */
static bool
keep_refusal(struct import *import, struct chunk *chunk, int row)
{
    if (id_is_none(import->settings->import))
        return true;
    send_off(chunk, row, row + 1);
    wait_for(chunk);
    return chunk->ok || stopped_by(import, chunk, row);
}

/* Whatever failed together is tried one by one. */
static bool
settle(struct import *import, struct chunk *chunk)
{
    if (chunk->ok)
        return true;
    if (chunk->failed == ERR_UNAVAILABLE)
        return stopped_by(import, chunk, 0);
    for (int i = 0; i < chunk->count; i++) {
        struct import_result *result = &chunk->rows[i].result;
        send_off(chunk, i, i + 1);
        wait_for(chunk);
        if (chunk->ok)
            continue;
        if (chunk->failed == ERR_UNAVAILABLE)
            return stopped_by(import, chunk, i);
        result->status = IMPORT_REFUSED;
        result->lead = ID_NONE;
        result->notes = chunk->why;
        if (!keep_refusal(import, chunk, i))
            return false;
    }
    return true;
}

static bool
is_cancelled(const struct import *import)
{
    const atomic_bool *cancelled = import->settings->cancelled;

    return cancelled != NULL && atomic_load(cancelled);
}

static bool
run_in_chunks(struct import *import)
{
    bool more = true;
    bool ok = true;
    int first = 0;
    int under_way = 0;

    do {
        if (ok && is_cancelled(import))
            ok = stop(import, STR("the server is stopping"));
        while (ok && more && under_way < CHUNKS) {
            struct chunk *next = &import->chunks[(first + under_way) % CHUNKS];
            more = fill(import, next);
            if (next->count == 0)
                break;
            send_off(next, 0, next->count);
            under_way++;
        }
        if (under_way == 0)
            break;

        /* Once it is stopped those under way are still waited for. */
        struct chunk *oldest = &import->chunks[first];
        wait_for(oldest);
        if (settle(import, oldest))
            report(import, oldest);
        else
            ok = false;
        first = (first + 1) % CHUNKS;
        under_way--;
    } while (true);
    if (ok && import->table.why != NULL)
        ok = stop(import, str_of(import->table.why));
    return ok;
}

/* -------------------------------------------------------------- dry run */

/* Everything is one unit, for later rows must see what earlier ones did; and
 * it fails on purpose, so that nothing of it stays. */
struct dry_run {
    struct import *import;
    bool complete;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool over;
};

static bool
dry_begin(struct import *import)
{
    import_table_close(&import->table);
    import->rows = 0;
    import->partial = false;
    import->why = STR_NONE;
    return open_table(import) && begin(import);
}

/* A source that is new to the workspace is so in a dry run, too. */
static bool
make_source(struct work *w, const struct import_settings *settings)
{
    struct source source = { .name = settings->source_name };

    if (!id_is_none(settings->source))
        return true;
    if (!source_create(w, &source) || !workspace_config_changed(w))
        return false;
    w->actor.id = source.id;
    return true;
}

static bool
dry_unit(struct work *w, void *context)
{
    struct dry_run *dry = context;
    struct import *import = dry->import;
    struct chunk *chunk = &import->chunks[0];
    bool more = dry_begin(import);

    dry->complete = false;
    if (more && !make_source(w, import->settings))
        return false;
    while (more) {
        more = fill(import, chunk);
        chunk->from = 0;
        chunk->to = chunk->count;
        chunk->unit = unit_of(chunk);
        struct unit *units[] = { &chunk->unit };
        if (!match_warm(w, units, 1) || !take_rows(w, chunk))
            return false;
        report(import, chunk);
        w->live = NULL; /* nobody is to hear of it, and its arena goes */
    }
    dry->complete = str_is_empty(import->why) && import->table.why == NULL;
    return fail(w, ERR_CONFLICT, "A dry run leaves nothing.");
}

static void
dry_done(struct work *w, void *context, bool ok)
{
    struct dry_run *dry = context;

    (void)ok;
    if (!dry->complete && dry->import->table.why == NULL)
        stop(dry->import, w->error.detail);
    pthread_mutex_lock(&dry->lock);
    dry->over = true;
    pthread_cond_signal(&dry->answered);
    pthread_mutex_unlock(&dry->lock);
}

static bool
run_dry(struct import *import)
{
    struct dry_run dry = { .import = import };
    struct chunk *chunk = &import->chunks[0];
    struct unit unit = unit_of(chunk);

    unit.run = dry_unit;
    unit.done = dry_done;
    unit.context = &dry;
    unit.arena = &import->chunks[1].arena;
    pthread_mutex_init(&dry.lock, NULL);
    pthread_cond_init(&dry.answered, NULL);
    if (!runner_submit(import->settings->runner, &unit))
        return stop(import, STR("the queue is full; try again"));
    pthread_mutex_lock(&dry.lock);
    while (!dry.over)
        pthread_cond_wait(&dry.answered, &dry.lock);
    pthread_mutex_unlock(&dry.lock);
    pthread_cond_destroy(&dry.answered);
    pthread_mutex_destroy(&dry.lock);
    if (import->table.why != NULL)
        return stop(import, str_of(import->table.why));
    return dry.complete;
}

/* -------------------------------------------------------------- reading */

static bool
is_enough(const struct import *import)
{
    int64_t most = import->settings->rows_max;

    return most > 0 && import->table.rows >= most;
}

/* The next rows of the table; false when these are the last. */
static bool
fill(struct import *import, struct chunk *chunk)
{
    const int64_t until = import->table.bytes + CHUNK_BYTES_MAX;
    struct csv_row row;
    bool more = true;

    arena_reset(&chunk->arena);
    chunk->rows = ARENA_ARRAY(&chunk->arena, struct passenger, CHUNK_ROWS);
    chunk->keys =
        ARENA_ARRAY(&chunk->arena, int64_t, CHUNK_ROWS * MATCH_KEYS_MAX);
    chunk->count = chunk->key_count = 0;
    while (chunk->count < CHUNK_ROWS && import->table.bytes < until) {
        if (is_enough(import)) {
            import->partial =
                import_table_next(&import->table, &chunk->arena, &row);
            return false;
        }
        more = import_table_next(&import->table, &chunk->arena, &row);
        if (!more)
            break;
        prepare(import, chunk, &row);
    }
    chunk->bytes = import->table.bytes;
    return more;
}

/* What is wrong with a row as a row, or STR_NONE. */
static struct str
fault_of(struct arena *arena, const struct mapping *mapping,
         const struct csv_row *row)
{
    if ((row->flags & CSV_UNCLOSED) != 0)
        return STR("a quote is opened and never closed");
    if ((row->flags & CSV_LONG) != 0)
        return arena_format(arena, "%zu values for %zu columns", row->count,
                            mapping->count);
    if ((row->flags & CSV_QUOTES) != 0 && row->count != mapping->count)
        return arena_format(arena,
                            "quotes in wrong places: %zu values for %zu "
                            "columns",
                            row->count, mapping->count);
    return STR_NONE;
}

/* "email: no_at_sign; birthday: not_a_date", of standardise's notes. */
static struct str
notes_of(struct arena *arena, const struct mapping *mapping,
         const struct csv_row *row, struct str json)
{
    struct text text = text_new(arena);
    struct json_error error;

    if ((row->flags & CSV_SHORT) != 0)
        text_format(&text, "%zu values for %zu columns", row->count,
                    mapping->count);
    if ((row->flags & CSV_QUOTES) != 0)
        text_format(&text, "%sa quote in a wrong place",
                    text.bytes == 0 ? "" : "; ");
    if (str_is_empty(json))
        return text_str(&text);

    const struct json *notes = json_parse(arena, json, &error);
    for (size_t i = 0; notes != NULL && i < notes->array.count; i++) {
        const struct json *note = &notes->array.items[i];
        text_format(&text, "%s%.*s: %.*s", text.bytes == 0 ? "" : "; ",
                    STR_ARG(json_get_text(note, "field")),
                    STR_ARG(json_get_text(note, "code")));
    }
    return text_str(&text);
}

static void
prepare(struct import *import, struct chunk *chunk, const struct csv_row *row)
{
    struct arena *arena = &chunk->arena;
    struct passenger *passenger = &chunk->rows[chunk->count++];
    struct mapped mapped;

    passenger->result = (struct import_result){
        .row = ++import->table.rows,
        .line = row->line,
        .notes = fault_of(arena, &import->mapping, row),
    };
    passenger->stored = import->table.rows <= import->settings->rows_stored;
    if (!str_is_empty(passenger->result.notes)) {
        passenger->result.status = IMPORT_REFUSED;
        return;
    }
    mapping_row(arena, &import->mapping, row, &mapped);
    mapped_facts(arena, import->mapping.file, &import->settings->workspace,
                 mapped.given, &passenger->facts);
    passenger->body = mapped.body;
    passenger->delivery_key =
        str_is_empty(mapped.external_id)
            ? import_row_name(&import->table, arena, mapped.body)
            : mapped.external_id;
    passenger->result.notes =
        notes_of(arena, &import->mapping, row, passenger->facts.notes);
    chunk->key_count += match_keys(&passenger->facts, passenger->delivery_key,
                                   chunk->keys + chunk->key_count);
}

/* -------------------------------------------------------------- writing */

static struct str
rule_of(const struct intake *intake)
{
    const struct route_decision *d = &intake->why.decision;

    if (id_is_none(intake->why.decision_id))
        return STR_NONE;
    if (d->band == BAND_KEPT)
        return STR("kept");
    return d->rule == NULL ? STR("otherwise") : d->rule->id;
}

/* What outlives the row's memory is copied. */
static void
keep_result(struct work *w, struct chunk *chunk, const struct intake *intake,
            struct import_result *result)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct lead *lead = &intake->lead;

    result->status = intake->repeated ? IMPORT_REPEATED
                   : intake->matched  ? IMPORT_JOINED
                                      : IMPORT_NEW;
    result->lead = lead->id;
    result->owner = lead->owner;
    result->owner_name = arena_str(
        &chunk->arena, route_owner_name(cache->team, cache->queues,
                                        cache->queue_count, lead->owner));
    result->rule = arena_str(&chunk->arena, rule_of(intake));
    if (chunk->import->settings->sentences
        && !id_is_none(intake->why.decision_id))
        result->why =
            arena_str(&chunk->arena, capture_sentence(w, cache, intake));
}

/* Who was erased: the row says so, and nothing of it is kept. */
static bool
stays_behind(struct work *w, struct chunk *chunk, struct passenger *passenger)
{
    standardise_phone(w->arena, &passenger->facts,
                      chunk->import->settings->workspace.country);
    struct id erasure = erasure_of_facts(w, &passenger->facts);

    if (id_is_none(erasure))
        return false;
    passenger->result.status = IMPORT_REFUSED;
    passenger->result.lead = ID_NONE;
    passenger->result.notes = erasure_sentence(&chunk->arena, erasure);
    return true;
}

static bool
take_row(struct work *w, struct chunk *chunk, struct passenger *passenger)
{
    struct submission submission;
    struct intake intake = { 0 };

    if (stays_behind(w, chunk, passenger))
        return true;
    if (!capture_submission(w, STR("application/vnd.baton.row+json"),
                            passenger->body, passenger->delivery_key,
                            &submission))
        return false;
    submission.import = chunk->import->settings->import;
    submission.hold = chunk->import->settings->hold ? "imported" : NULL;
    submission.manner = SENT_IN_LIST;
    if (!lifecycle_intake(w, &submission, &passenger->facts, &intake))
        return false;
    keep_result(w, chunk, &intake, &passenger->result);
    return true;
}

static bool
keep_row(struct work *w, const struct chunk *chunk,
         const struct passenger *passenger)
{
    struct id import = chunk->import->settings->import;

    return id_is_none(import) || chunk->import->settings->dry_run
        || import_row_add(w, import, &passenger->result);
}

/* How far it is: stored, and told to the pages that show it. */
static bool
keep_progress(struct work *w, const struct chunk *chunk)
{
    const struct import_settings *settings = chunk->import->settings;

    if (id_is_none(settings->import) || settings->dry_run || chunk->to == 0)
        return true;
    const struct import_record record = {
        .operation.id = settings->import,
        .rows_done = chunk->rows[chunk->to - 1].result.row,
    };
    operation_tell(w, &import_operation, &record.operation, "import.progress");
    return import_record_advance(w, settings->import, record.rows_done);
}

/* A row's memory is used again for the next: a decision among a thousand
 * people takes some. What failed stays readable until the unit is answered. */
static bool
take_rows(struct work *w, struct chunk *chunk)
{
    struct arena *own = w->arena;
    bool ok = true;

    w->arena = &chunk->import->scratch;
    for (int i = chunk->from; ok && i < chunk->to; i++) {
        struct passenger *passenger = &chunk->rows[i];
        if (passenger->stored)
            continue;
        arena_reset(w->arena);
        w->live = NULL;
        ok = (passenger->result.status == IMPORT_REFUSED
              || take_row(w, chunk, passenger))
          && keep_row(w, chunk, passenger);
    }
    w->live = NULL;
    w->arena = own;
    return ok && keep_progress(w, chunk);
}

static void
report(struct import *import, const struct chunk *chunk)
{
    const struct import_watcher *watcher = &import->settings->watcher;

    for (int i = 0; i < chunk->count; i++)
        if (!chunk->rows[i].stored)
            watcher->row(watcher->context, &chunk->rows[i].result);
    import->rows += chunk->count;
    watcher->progress(watcher->context, chunk->bytes, import->rows);
}
