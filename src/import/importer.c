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

/* An import under way, as this thread sees it. */
struct running {
    struct operation_errand *errand;
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
};

static bool
ask(struct running *r, enum unit_side side, struct arena *arena,
    bool (*run_it)(struct work *, void *))
{
    return operation_ask(r->errand, &(struct runner_ask){ .side = side,
                                                          .arena = arena,
                                                          .run = run_it,
                                                          .context = r });
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
    const struct json *json =
        json_parse(r->errand->arena, r->record.mapping, &error);
    r->settings.map = json == NULL ? NULL : mapping_file_read(w, json);
    return r->settings.map != NULL
        || fail(w, ERR_INVALID, "The mapping cannot be used.");
}

static bool
begin_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct import_record *record = &r->record;
    struct arena *arena = r->errand->arena;
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL
        || !operation_load(w, &import_operation, r->errand->id,
                           &record->operation))
        return false;
    r->gone = !operation_is_due(&record->operation);
    if (r->gone)
        return true;
    if (!choose_source(w, record) || !read_mapping(w, r)
        || (!record->dry_run
            && !import_rows_stored(w, record->operation.id,
                                   &r->settings.rows_stored)))
        return false;
    operation_begin(&record->operation, w->now_ms);
    /* Units may run again: what they leave behind is set anew. */
    r->settings.known = mapping_known_read(arena, cache->schema);
    r->settings.workspace = cache->workspace;
    r->settings.workspace.country =
        arena_str(arena, workspace_phone_country(cache, record->source));
    r->settings.workspace.currency =
        arena_str(arena, cache->workspace.currency);
    return operation_save(w, &import_operation, &record->operation);
}

/* ------------------------------------------------------------------- file */

static bool
piece_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct str piece;

    if (!import_file_piece(w, r->record.operation.id, r->piece, &piece))
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
    struct arena *arena = r->errand->arena;
    struct str path = arena_format(arena, "%s/baton-import-XXXXXX",
                                   folder == NULL ? "/tmp" : folder);
    char *name = arena_alloc(arena, path.bytes + 1);

    memcpy(name, path.data, path.bytes);
    r->file = mkstemp(name);
    if (r->file < 0 || unlink(name) < 0) {
        r->errand->refusal.why = str_of(strerrordesc_np(errno));
        return false;
    }
    r->settings.path = arena_format(arena, "/proc/self/fd/%d", r->file).data;
    return true;
}

/* The reader of tables reads a file. */
static bool
lay_out_file(struct running *r)
{
    struct arena piece;

    if (!open_nameless(r))
        return false;
    arena_init(&piece);
    r->more = true;
    bool ok = true;
    for (r->piece = 0; ok && r->more; r->piece++) {
        ok = ask(r, UNIT_READS, &piece, piece_unit);
        arena_reset(&piece);
    }
    arena_free(&piece);
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

    r->settings.runner = errands_runner(r->errand->errands);
    r->settings.source = record->source;
    r->settings.source_name = record->source_name;
    r->settings.dry_run = record->dry_run;
    r->settings.hold = !record->route;
    r->settings.sentences = true;
    r->settings.import = record->operation.id;
    r->settings.rows_max = record->dry_run ? DRY_ROWS_MAX : 0;
    r->settings.cancelled = errands_stopping(r->errand->errands);
    r->settings.watcher =
        (struct import_watcher){ on_begin, on_row, on_progress, r };
    r->begun_us = clock_monotonic_us();
    r->ok = import_run(&r->settings, r->errand->arena, &r->outcome);
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

    if (!operation_load(w, &import_operation, r->errand->id, &record.operation))
        return false;
    record.source = r->record.source;
    operation_end(&record.operation,
                  !r->ok              ? OPERATION_STOPPED
                  : r->record.dry_run ? IMPORT_CHECKED
                                      : OPERATION_DONE,
                  r->ok ? STR_NONE : r->outcome.why, w->now_ms);
    if (r->report.mapping.count > 0)
        record.summary = import_report_json(&r->report, &r->outcome, &time);
    if (!r->record.dry_run)
        record.rows_done = r->settings.rows_stored > r->outcome.rows
                             ? r->settings.rows_stored
                             : r->outcome.rows;
    operation_tell(w, &import_operation, &record.operation,
                   record.operation.state == OPERATION_DONE ? "import.done"
                                                            : "import.stopped");
    return operation_save(w, &import_operation, &record.operation);
}

bool
importer_run(struct operation_errand *errand)
{
    struct running r = { .errand = errand, .file = -1 };

    if (!ask(&r, UNIT_WRITES, errand->arena, begin_unit))
        return false;
    if (r.gone)
        return true;
    import_report_init(&r.report, NULL);
    bool laid_out = lay_out_file(&r);
    if (laid_out)
        import(&r);
    else
        r.outcome.why = errand->refusal.why;
    remove_file(&r);
    bool ok = !atomic_load(errands_stopping(errand->errands))
           && ask(&r, UNIT_WRITES, errand->arena, end_unit);
    import_report_free(&r.report);
    return ok;
}

/* ---------------------------------------------------------------- the job */

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    return operation_prepare(w, &import_operation, job, message);
}

const struct job_kind import_run_job = {
    .name = "import.run",
    .about = "Takes the rows of a table that somebody has handed in.",
    .prepare = prepare,
    .schedule = &job_schedule_inside,
};
