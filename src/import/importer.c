/* importer: see importer.h. */
#include "src/import/importer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "src/access/access.h"
#include "src/import/import_report.h"
#include "src/import/import_store.h"
#include "src/workspace/cache.h"

/* Later rows of a dry run must see what earlier ones did, so it is one unit,
 * and nobody else is served meanwhile. */
enum { DRY_ROWS_MAX = 2000 };

static const struct str scheme = STR_INIT("import:");

/* One import that waits or runs. */
struct errand {
    struct errand *next;
    struct id job;
    struct id workspace;
    struct id import;
    void (*done)(void *context, const struct outbox_result *);
    void *context;
};

struct importer {
    struct runner *runner;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    struct errand *first; /* owned */
    atomic_bool stopping;
};

static void *serve(void *importer);
static void answer(struct errand *, bool delivered, struct str error);
static bool run(struct importer *, const struct errand *, struct arena *,
                struct str *why);

/* -------------------------------------------------------------- its thread */

struct importer *
importer_start(struct runner *runner)
{
    struct importer *importer = calloc(1, sizeof *importer);

    if (importer == NULL)
        abort();
    importer->runner = runner;
    pthread_mutex_init(&importer->lock, NULL);
    pthread_cond_init(&importer->told, NULL);
    if (pthread_create(&importer->thread, NULL, serve, importer) != 0)
        abort();
    return importer;
}

void
importer_stop(struct importer *importer)
{
    if (importer == NULL)
        return;
    pthread_mutex_lock(&importer->lock);
    atomic_store(&importer->stopping, true);
    pthread_cond_signal(&importer->told);
    pthread_mutex_unlock(&importer->lock);
    pthread_join(importer->thread, NULL);
    pthread_cond_destroy(&importer->told);
    pthread_mutex_destroy(&importer->lock);
    free(importer);
}

bool
importer_takes(const struct outbox_message *message)
{
    return str_starts(message->url, scheme);
}

bool
importer_submit(struct importer *importer, const struct outbox_message *message,
                void (*done)(void *context, const struct outbox_result *),
                void *context)
{
    struct str rest = str_slice(message->url, scheme.bytes, message->url.bytes);
    struct errand *errand = calloc(1, sizeof *errand);
    struct errand **last = &importer->first;

    if (errand == NULL)
        abort();
    *errand = (struct errand){ .job = message->job,
                               .done = done,
                               .context = context };
    bool taken = id_parse(str_slice(rest, 0, ID_TEXT_BYTES), &errand->workspace)
              && id_parse(str_slice(rest, ID_TEXT_BYTES, rest.bytes),
                          &errand->import);
    pthread_mutex_lock(&importer->lock);
    taken = taken && !atomic_load(&importer->stopping);
    while (*last != NULL)
        last = &(*last)->next;
    if (taken)
        *last = errand;
    pthread_cond_signal(&importer->told);
    pthread_mutex_unlock(&importer->lock);
    if (!taken)
        free(errand);
    return taken;
}

static struct errand *
next_errand(struct importer *importer)
{
    pthread_mutex_lock(&importer->lock);
    while (importer->first == NULL && !atomic_load(&importer->stopping))
        pthread_cond_wait(&importer->told, &importer->lock);
    struct errand *errand = importer->first;
    if (errand != NULL)
        importer->first = errand->next;
    pthread_mutex_unlock(&importer->lock);
    return errand;
}

static void *
serve(void *opaque)
{
    struct importer *importer = opaque;
    struct errand *errand;

    while ((errand = next_errand(importer)) != NULL) {
        struct arena arena;
        struct str why = STR("stopped");
        arena_init(&arena);
        bool ok = !atomic_load(&importer->stopping)
               && run(importer, errand, &arena, &why);
        answer(errand, ok, why);
        arena_free(&arena);
        free(errand);
    }
    return NULL;
}

static void
answer(struct errand *errand, bool delivered, struct str error)
{
    const struct outbox_result result = {
        .job = errand->job,
        .delivered = delivered,
        .error = delivered ? STR_NONE : error,
    };

    errand->done(errand->context, &result);
}

/* ---------------------------------------------------------- units of work */

/* The thread waits for each: what it needs of the database, one by one. */
struct asking {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool (*run)(struct work *, void *context);
    void *context;
    bool over;
    bool ok;
    struct arena *arena;
    struct str why;
};

static bool
asked(struct work *w, void *context)
{
    struct asking *asking = context;

    return asking->run(w, asking->context);
}

static void
was_answered(struct work *w, void *context, bool ok)
{
    struct asking *asking = context;

    pthread_mutex_lock(&asking->lock);
    asking->over = true;
    asking->ok = ok;
    asking->why = ok ? STR_NONE : arena_str(asking->arena, w->error.detail);
    pthread_cond_signal(&asking->answered);
    pthread_mutex_unlock(&asking->lock);
}

/* An import under way, as this thread sees it. */
struct running {
    struct importer *importer;
    const struct errand *errand;
    struct arena *arena;
    struct import_record record;
    struct import_settings settings;
    struct import_report report;
    struct import_outcome outcome;
    int64_t begun_us;
    bool ok;
    bool gone; /* somebody was quicker: nothing is to be done */
    int file;  /* -1: not open */
    int64_t piece;
    bool more;
    struct str why;
};

static bool
ask(struct running *r, enum unit_side side,
    bool (*run_it)(struct work *, void *))
{
    struct asking asking = { .run = run_it, .context = r, .arena = r->arena };
    struct unit unit = {
        .side = side,
        .workspace = r->errand->workspace,
        .arena = r->arena,
        .run = asked,
        .done = was_answered,
        .context = &asking,
    };

    pthread_mutex_init(&asking.lock, NULL);
    pthread_cond_init(&asking.answered, NULL);
    /* It may be answered before this returns. */
    if (!runner_submit(r->importer->runner, &unit)) {
        asking.why = STR("too much work is waiting");
        asking.over = true;
    }
    pthread_mutex_lock(&asking.lock);
    while (!asking.over)
        pthread_cond_wait(&asking.answered, &asking.lock);
    pthread_mutex_unlock(&asking.lock);
    pthread_cond_destroy(&asking.answered);
    pthread_mutex_destroy(&asking.lock);
    if (!asking.ok)
        r->why = asking.why;
    return asking.ok;
}

/* ------------------------------------------------------------------ begin */

/* A source that is new is made by the run that stores. */
static bool
choose_source(struct work *w, struct import_record *record)
{
    struct source source = { .name = record->source_name };
    bool found;

    if (!id_is_none(record->source))
        return true;
    if (!source_find(w, record->source_name, &source, &found))
        return false;
    if (!found) {
        source = (struct source){ .name = record->source_name };
        if (record->dry_run)
            return true;
        if (!source_create(w, &source) || !workspace_config_changed(w))
            return false;
    }
    record->source = source.id;
    return true;
}

static bool
read_mapping(struct work *w, struct running *r)
{
    struct json_error error;

    if (str_is_empty(r->record.mapping))
        return true;
    const struct json *json = json_parse(r->arena, r->record.mapping, &error);
    r->settings.map = json == NULL ? NULL : mapping_file_read(w, json);
    return r->settings.map != NULL
        || fail(w, ERR_INVALID, "The mapping cannot be used.");
}

static bool
begin_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct import_record *record = &r->record;
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !import_record_load(w, r->errand->import, record))
        return false;
    r->gone = record->state != IMPORT_QUEUED && record->state != IMPORT_RUNNING;
    if (r->gone)
        return true;
    if (!choose_source(w, record) || !read_mapping(w, r)
        || (!record->dry_run
            && !import_rows_stored(w, record->id, &r->settings.rows_stored)))
        return false;
    record->state = IMPORT_RUNNING;
    record->begun_ms = w->now_ms;
    record->ended_ms = 0;
    record->reason = STR_NONE;
    /* Units may run again: what they leave behind is set anew. */
    r->settings.known = mapping_known_read(r->arena, cache->schema);
    r->settings.workspace = cache->workspace;
    r->settings.workspace.country =
        arena_str(r->arena, workspace_phone_country(cache, record->source));
    r->settings.workspace.currency =
        arena_str(r->arena, cache->workspace.currency);
    return import_record_save(w, record);
}

/* ------------------------------------------------------------------- file */

static bool
piece_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct str piece;

    if (!import_file_piece(w, r->record.id, r->piece, &piece))
        return false;
    r->more = piece.data != NULL;
    for (size_t at = 0; at < piece.bytes;) {
        ssize_t n = write(r->file, piece.data + at, piece.bytes - at);
        if (n < 0)
            return fail(w, ERR_UNAVAILABLE, "The file cannot be laid out: %s",
                        strerrordesc_np(errno));
        at += (size_t)n;
    }
    return true;
}

/* The reader of tables reads a file; it is gone when the import is over. */
static bool
lay_out_file(struct running *r)
{
    const char *folder = getenv("TMPDIR");
    struct text path = text_new(r->arena);
    struct arena *arena = r->arena;
    struct arena pieces;

    text_add_cstr(&path, folder == NULL ? "/tmp" : folder);
    text_add_cstr(&path, "/baton-import-XXXXXX");
    char *name = arena_alloc(r->arena, path.bytes + 1);
    memcpy(name, path.data, path.bytes);
    r->file = mkstemp(name);
    if (r->file < 0) {
        r->why = str_of(strerrordesc_np(errno));
        return false;
    }
    r->settings.path = name;
    arena_init(&pieces);
    r->arena = &pieces;
    r->more = true;
    bool ok = true;
    for (r->piece = 0; ok && r->more; r->piece++) {
        ok = ask(r, UNIT_READS, piece_unit);
        arena_reset(&pieces);
    }
    r->arena = arena;
    r->why = arena_str(arena, r->why);
    arena_free(&pieces);
    return ok;
}

static void
remove_file(struct running *r)
{
    if (r->file < 0)
        return;
    close(r->file);
    (void)unlink(r->settings.path);
}

/* -------------------------------------------------------------------- run */

static void
on_begin(void *context, const struct mapping *mapping)
{
    import_report_begin(&((struct running *)context)->report, mapping);
}

static void
on_row(void *context, const struct import_result *result)
{
    import_report_row(&((struct running *)context)->report, result);
}

static void
on_progress(void *context, int64_t bytes, int64_t rows)
{
    (void)context, (void)bytes, (void)rows;
}

static void
import(struct running *r)
{
    const struct import_record *record = &r->record;

    r->settings.runner = r->importer->runner;
    r->settings.source = record->source;
    r->settings.source_name = record->source_name;
    r->settings.dry_run = record->dry_run;
    r->settings.hold = !record->route;
    r->settings.sentences = true;
    r->settings.import = record->id;
    r->settings.rows_max = record->dry_run ? DRY_ROWS_MAX : 0;
    r->settings.cancelled = &r->importer->stopping;
    r->settings.watcher =
        (struct import_watcher){ on_begin, on_row, on_progress, r };
    r->begun_us = clock_monotonic_us();
    r->ok = import_run(&r->settings, r->arena, &r->outcome);
}

/* -------------------------------------------------------------------- end */

static bool
end_unit(struct work *w, void *context)
{
    struct running *r = context;
    const struct import_time time = {
        .seconds = (double)(clock_monotonic_us() - r->begun_us) / 1e6,
        .dry_run = r->record.dry_run,
    };
    struct import_record record;

    if (!import_record_load(w, r->errand->import, &record))
        return false;
    record.source = r->record.source;
    record.state = !r->ok            ? IMPORT_STOPPED
                 : r->record.dry_run ? IMPORT_CHECKED
                                     : IMPORT_DONE;
    record.reason = r->ok ? STR_NONE : r->outcome.why;
    record.ended_ms = w->now_ms;
    if (r->report.mapping.count > 0)
        record.summary = import_report_json(&r->report, &r->outcome, &time);
    if (!r->record.dry_run)
        record.rows_done = r->settings.rows_stored > r->outcome.rows
                             ? r->settings.rows_stored
                             : r->outcome.rows;
    import_tell(w, record.id,
                record.state == IMPORT_DONE ? "import.done" : "import.stopped",
                record.rows_done);
    return import_record_save(w, &record);
}

/* False: it goes on later, here or on another node. */
static bool
run(struct importer *importer, const struct errand *errand, struct arena *arena,
    struct str *why)
{
    struct running r = {
        .importer = importer,
        .errand = errand,
        .arena = arena,
        .file = -1,
    };

    if (!ask(&r, UNIT_WRITES, begin_unit)) {
        *why = r.why;
        return false;
    }
    if (r.gone)
        return true;
    import_report_init(&r.report, NULL);
    bool laid_out = lay_out_file(&r);
    if (laid_out)
        import(&r);
    else
        r.outcome.why = r.why;
    remove_file(&r);
    bool ok =
        !atomic_load(&importer->stopping) && ask(&r, UNIT_WRITES, end_unit);
    import_report_free(&r.report);
    *why = r.why;
    return ok;
}

/* ---------------------------------------------------------------- the job */

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);
    struct id id;

    if (!id_parse(json_get_text(payload, "import"), &id))
        return fail(w, ERR_INTERNAL, "The job names no import.");
    message->job = job->id;
    message->url = arena_format(w->arena, "%.*s%s%s", STR_ARG(scheme),
                                id_show(w->workspace).text, id_show(id).text);
    return true;
}

const struct job_kind import_run_job = {
    .name = "import.run",
    .about = "Takes the rows of a table that somebody has handed in.",
    .prepare = prepare,
    .schedule = &job_schedule_inside,
};
