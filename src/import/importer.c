/* importer: see importer.h. */
#include "src/import/importer.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "src/access/access.h"
#include "src/import/import_report.h"
#include "src/import/import_store.h"
#include "src/workspace/cache.h"

/* Later rows of a dry run must see what earlier ones did, so it is one unit,
 * and nobody else is served meanwhile. */
enum { DRY_ROWS_MAX = 2000 };

static const struct str scheme = STR_INIT("import:");

static bool run(struct errands *, const struct errand *, struct arena *,
                struct str *why);

struct errands *
importer_start(struct runner *runner)
{
    return errands_start(&(struct errands_settings){
        .runner = runner, .scheme = scheme, .run = run });
}

/* An import under way, as this thread sees it. */
struct running {
    struct errands *errands;
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
    const struct runner_ask ask = {
        .side = side, .arena = r->arena, .run = run_it, .context = r
    };
    struct runner_refusal refusal;

    if (errands_ask(r->errands, r->errand, &ask, &refusal))
        return true;
    r->why = refusal.why;
    return false;
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

    if (cache == NULL || !import_record_load(w, r->errand->subject, record))
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

/* A file without a name: it goes with this process, however that ends. */
static bool
open_nameless(struct running *r)
{
    const char *folder = getenv("TMPDIR");
    struct str path = arena_format(r->arena, "%s/baton-import-XXXXXX",
                                   folder == NULL ? "/tmp" : folder);
    char *name = arena_alloc(r->arena, path.bytes + 1);

    memcpy(name, path.data, path.bytes);
    r->file = mkstemp(name);
    if (r->file < 0 || unlink(name) < 0) {
        r->why = str_of(strerrordesc_np(errno));
        return false;
    }
    r->settings.path = arena_format(r->arena, "/proc/self/fd/%d", r->file).data;
    return true;
}

/* The reader of tables reads a file. */
static bool
lay_out_file(struct running *r)
{
    struct arena *arena = r->arena;
    struct arena pieces;

    if (!open_nameless(r))
        return false;
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
    if (r->file >= 0)
        close(r->file);
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

    r->settings.runner = errands_runner(r->errands);
    r->settings.source = record->source;
    r->settings.source_name = record->source_name;
    r->settings.dry_run = record->dry_run;
    r->settings.hold = !record->route;
    r->settings.sentences = true;
    r->settings.import = record->id;
    r->settings.rows_max = record->dry_run ? DRY_ROWS_MAX : 0;
    r->settings.cancelled = errands_stopping(r->errands);
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

    if (!import_record_load(w, r->errand->subject, &record))
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
run(struct errands *errands, const struct errand *errand, struct arena *arena,
    struct str *why)
{
    struct running r = {
        .errands = errands,
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
    bool ok = !atomic_load(errands_stopping(errands))
           && ask(&r, UNIT_WRITES, end_unit);
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
    errands_message(w, job, scheme, id, message);
    return true;
}

const struct job_kind import_run_job = {
    .name = "import.run",
    .about = "Takes the rows of a table that somebody has handed in.",
    .prepare = prepare,
    .schedule = &job_schedule_inside,
};
