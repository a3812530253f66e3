/* sequence_store: sequences, and the runs of leads through them. */
#include "src/follow_up/sequence.h"

#define COLUMNS "id, version, slug, name, active, steps, archived_ms"
#define RUN_COLUMNS                                                      \
    "id, sequence_id, lead_id, state, step, due_ms, reason, actor_kind," \
    " actor_id, started_ms, ended_ms, token"

static const char select_all[] = "SELECT " COLUMNS " FROM sequence"
                                 " WHERE workspace_id = $1 ORDER BY id";
static const char insert_one[] =
    "INSERT INTO sequence (workspace_id, id, version, slug, name, active,"
    "                      steps, archived_ms, created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)";
static const char update_one[] =
    "UPDATE sequence SET version = version + 1, slug = $3, name = $4,"
    "       active = $5, steps = $6, archived_ms = $7"
    " WHERE workspace_id = $1 AND id = $2 AND version = $8";
static const char count_running[] =
    "SELECT count(*) FROM sequence_run"
    " WHERE workspace_id = $1 AND sequence_id = $2 AND ended_ms IS NULL";

static const struct db_insert insert_run = { "sequence_run",
                                             "workspace_id, " RUN_COLUMNS,
                                             "iiiitiittiiit" };
static const char update_run[] =
    "UPDATE sequence_run SET state = $3, step = $4, due_ms = $5, reason = $6,"
    "       ended_ms = $7"
    " WHERE workspace_id = $1 AND id = $2";
static const char select_run[] = "SELECT " RUN_COLUMNS " FROM sequence_run"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char select_runs[] =
    "SELECT " RUN_COLUMNS " FROM sequence_run"
    " WHERE workspace_id = $1 AND lead_id = $2 ORDER BY id DESC LIMIT 100";

/* What could be saved once is read for ever: a stage that is gone since is
 * left out by the step that names it. */
static bool
read_steps(struct work *w, const struct json *steps, struct sequence *sequence)
{
    const struct error before = w->error;

    (void)!sequence_read(w, w->arena, steps, STR("/steps"), sequence);
    w->error = before;
    return true;
}

static bool
read_row(struct work *w, const struct db_rows *rows, int row,
         struct sequence *sequence)
{
    struct json_error error;

    *sequence = (struct sequence){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .slug = db_get_text(rows, row, 2),
        .name = db_get_text(rows, row, 3),
        .active = db_get_bool(rows, row, 4),
        .steps_json = db_get_text(rows, row, 5),
        .archived_ms = db_get_int(rows, row, 6),
    };
    const struct json *steps =
        json_parse(w->arena, sequence->steps_json, &error);
    if (steps == NULL)
        return fail(w, ERR_INTERNAL, "The steps of a sequence are broken.");
    return read_steps(w, steps, sequence);
}

bool
sequence_list(struct work *w, struct sequence **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct sequence, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, &rows, i, &(*list)[i]))
            return false;
    return true;
}

static int
add_slugs(struct str *slugs, int count, const struct sequences *all,
          bool in_use)
{
    for (int i = 0; i < all->count; i++)
        if ((all->list[i].archived_ms == 0) == in_use)
            slugs[count++] = all->list[i].slug;
    return count;
}

bool
sequence_load(struct work *w, struct workspace_cache *cache)
{
    struct sequences *all = ARENA_NEW(w->arena, struct sequences);

    if (!sequence_list(w, &all->list, &all->count))
        return false;

    struct str *slugs = ARENA_ARRAY(w->arena, struct str, (size_t)all->count);
    int count = add_slugs(slugs, 0, all, true);
    cache->sequences_in_use = count;
    cache->sequence_count = add_slugs(slugs, count, all, false);
    cache->sequence_slugs = slugs;
    cache->sequences = all;
    return true;
}

bool
sequence_save(struct work *w, struct sequence *sequence)
{
    bool is_new = sequence->version == 0;
    int64_t changed = 0;

    if (!work_run(w, is_new ? insert_one : update_one,
                  DB_VALUES(db_id(w->workspace), db_id(sequence->id),
                            db_text(sequence->slug), db_text(sequence->name),
                            db_bool(sequence->active),
                            db_text(sequence->steps_json),
                            db_int_or_null(sequence->archived_ms),
                            db_int(is_new ? w->now_ms : sequence->version)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The sequence has changed since.");
    sequence->version++;
    return true;
}

bool
sequence_running(struct work *w, struct id id, int64_t *count)
{
    struct db_rows rows;

    if (!work_query(w, count_running, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    *count = db_get_int(&rows, 0, 0);
    return true;
}

/* ------------------------------------------------------------------ runs */

bool
sequence_run_add(struct work *w, const struct sequence_run *run)
{
    return work_insert(
        w, &insert_run,
        DB_VALUES(db_id(w->workspace), db_id(run->id), db_id(run->sequence),
                  db_id(run->lead), db_text(run->state), db_int(run->step),
                  db_int_or_null(run->due_ms), db_text(run->reason),
                  db_text(run->actor_kind), db_id(run->actor),
                  db_int(run->started_ms), db_int_or_null(run->ended_ms),
                  db_text(run->token)));
}

bool
sequence_run_save(struct work *w, const struct sequence_run *run)
{
    return work_run(w, update_run,
                    DB_VALUES(db_id(w->workspace), db_id(run->id),
                              db_text(run->state), db_int(run->step),
                              db_int_or_null(run->due_ms), db_text(run->reason),
                              db_int_or_null(run->ended_ms)),
                    NULL);
}

static struct sequence_run
read_run(const struct db_rows *rows, int row)
{
    return (struct sequence_run){
        .id = db_get_id(rows, row, 0),
        .sequence = db_get_id(rows, row, 1),
        .lead = db_get_id(rows, row, 2),
        .state = db_get_text(rows, row, 3),
        .step = db_get_int(rows, row, 4),
        .due_ms = db_get_int(rows, row, 5),
        .reason = db_get_text(rows, row, 6),
        .actor_kind = db_get_text(rows, row, 7),
        .actor = db_get_id(rows, row, 8),
        .started_ms = db_get_int(rows, row, 9),
        .ended_ms = db_get_int(rows, row, 10),
        .token = db_get_text(rows, row, 11),
    };
}

bool
sequence_run_load(struct work *w, struct id id, struct sequence_run *run,
                  bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_run, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *run = read_run(&rows, 0);
    return true;
}

bool
sequence_runs(struct work *w, struct id lead, struct sequence_run **runs,
              int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_runs, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    &rows))
        return false;
    *count = rows.count;
    *runs = ARENA_ARRAY(w->arena, struct sequence_run, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*runs)[i] = read_run(&rows, i);
    return true;
}
