/* insight_store: the tables of sums; see insight_store.h. */
#include "src/insight/insight_store.h"

static const struct db_insert add_cell = {
    "insight_count",
    "workspace_id, measure, day, stage, bucket, owner_id, source, rule,"
    " product, segment, n",
    "iiitiitttti",
    "ON CONFLICT (workspace_id, measure, day, stage, bucket, owner_id, source,"
    " rule, product, segment) DO UPDATE SET n = insight_count.n + excluded.n"
};

static const char forget_cells[] =
    "DELETE FROM insight_count WHERE workspace_id = $1";

static const char select_state[] =
    "SELECT time_zone, counted_until FROM insight_state"
    " WHERE workspace_id = $1";

static const char upsert_state[] =
    "INSERT INTO insight_state (workspace_id, time_zone, counted_until)"
    " VALUES ($1, $2, $3)"
    " ON CONFLICT (workspace_id) DO UPDATE SET"
    "   time_zone = excluded.time_zone,"
    "   counted_until = excluded.counted_until";

/* The column of each split. */
static const char *const columns[] = {
    [INSIGHT_BY_DAY] = "day",         [INSIGHT_BY_REP] = "owner_id",
    [INSIGHT_BY_SOURCE] = "source",   [INSIGHT_BY_RULE] = "rule",
    [INSIGHT_BY_PRODUCT] = "product", [INSIGHT_BY_SEGMENT] = "segment",
};

bool
insight_cells_write(struct work *w, const struct insight_cells *cells)
{
    for (int i = 0; i < cells->count; i++) {
        const struct insight_cell *cell = &cells->cells[i];
        if (!work_insert(w, &add_cell,
                         DB_VALUES(db_id(w->workspace), db_int(cell->measure),
                                   db_int(cell->day), db_text(cell->stage),
                                   db_int(cell->bucket),
                                   db_int(cell->owner.value),
                                   db_text(cell->source), db_text(cell->rule),
                                   db_text(cell->product),
                                   db_text(cell->segment), db_int(cell->n))))
            return false;
    }
    return true;
}

bool
insight_cells_forget(struct work *w)
{
    return work_run(w, forget_cells, DB_VALUES(db_id(w->workspace)), NULL);
}

bool
insight_state_read(struct work *w, struct insight_state *state, bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_state, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *found = rows.count > 0;
    if (*found) {
        state->zone_text = db_get_text(&rows, 0, 0);
        state->counted_until.value = db_get_int(&rows, 0, 1);
    }
    return true;
}

bool
insight_state_write(struct work *w, const struct insight_state *state)
{
    return work_run(w, upsert_state,
                    DB_VALUES(db_id(w->workspace), db_text(state->zone_text),
                              db_int(state->counted_until.value)),
                    NULL);
}

static bool
is_number(enum insight_split split)
{
    return split == INSIGHT_BY_DAY || split == INSIGHT_BY_REP;
}

static struct str
question_sql(struct arena *arena, const struct insight_question *question)
{
    const char *column = columns[question->split];
    struct text sql = text_new(arena);

    text_format(&sql,
                "SELECT measure, %s, stage, bucket, SUM(n) FROM insight_count"
                " WHERE workspace_id = $1 AND day BETWEEN $2 AND $3",
                column);
    if (question->scoped)
        text_add_cstr(&sql, " AND owner_id = $4");
    else
        text_add_cstr(&sql, " AND $4 = 0");
    text_add_cstr(&sql, " AND measure IN (");
    for (int i = 0; i < question->measure_count; i++)
        text_format(&sql, i == 0 ? "%d" : ", %d", (int)question->measures[i]);
    text_format(&sql,
                ") GROUP BY measure, %s, stage, bucket HAVING SUM(n) <> 0",
                column);
    return text_str(&sql);
}

bool
insight_ask(struct work *w, const struct insight_question *question,
            struct insight_sum **sums, int *count)
{
    bool number = is_number(question->split);
    struct db_rows rows;

    if (!work_query_text(
            w, question_sql(w->arena, question),
            DB_VALUES(db_id(w->workspace), db_int(question->from_day),
                      db_int(question->to_day),
                      db_int(question->scoped ? question->owner.value : 0)),
            &rows))
        return false;
    *count = rows.count;
    *sums = ARENA_ARRAY(w->arena, struct insight_sum, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*sums)[i] = (struct insight_sum){
            .measure = (enum insight_measure)db_get_int(&rows, i, 0),
            .number = number ? db_get_int(&rows, i, 1) : 0,
            .text = number ? STR_NONE : db_get_text(&rows, i, 1),
            .stage = db_get_text(&rows, i, 2),
            .bucket = (int)db_get_int(&rows, i, 3),
            .n = db_get_int(&rows, i, 4),
        };
    return true;
}
