/* insight_store: the tables of sums; see insight_store.h. */
#include "src/insight/insight_store.h"

/* More are never left: the job that adds them to the sums takes hundreds at a
 * time, every other second. */
enum { NOTES_MAX = 1000000 };

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

static const char forget_notes[] =
    "DELETE FROM insight_note WHERE workspace_id = $1";

static const struct db_insert add_note = { "insight_note",
                                           "workspace_id, id, cells", "iit" };

static const char select_notes[] =
    "SELECT id, cells FROM insight_note"
    " WHERE workspace_id = $1 ORDER BY id LIMIT $2";

static const char remove_notes[] =
    "DELETE FROM insight_note"
    " WHERE workspace_id = $1 AND id BETWEEN $2 AND $3";

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
    return work_run(w, forget_cells, DB_VALUES(db_id(w->workspace)), NULL)
        && work_run(w, forget_notes, DB_VALUES(db_id(w->workspace)), NULL);
}

bool
insight_note_add(struct work *w, struct str cells)
{
    return work_insert(
        w, &add_note,
        DB_VALUES(db_id(w->workspace), db_id(work_id(w)), db_text(cells)));
}

bool
insight_notes_read(struct work *w, int limit, struct insight_notes *notes)
{
    struct db_rows rows;

    if (!work_query(w, select_notes,
                    DB_VALUES(db_id(w->workspace), db_int(limit)), &rows))
        return false;
    *notes = (struct insight_notes){
        .cells = ARENA_ARRAY(w->arena, struct str, (size_t)rows.count),
        .count = rows.count,
    };
    for (int i = 0; i < rows.count; i++) {
        notes->cells[i] = db_get_text(&rows, i, 1);
        notes->last = db_get_id(&rows, i, 0);
        if (i == 0)
            notes->first = notes->last;
    }
    return true;
}

/* A workspace has one writer at a time: between the reading and this no note
 * can have come in between. */
bool
insight_notes_remove(struct work *w, const struct insight_notes *notes)
{
    return notes->count == 0
        || work_run(w, remove_notes,
                    DB_VALUES(db_id(w->workspace), db_id(notes->first),
                              db_id(notes->last)),
                    NULL);
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
    for (int i = 0; i < question->scope.count; i++)
        text_format(&sql, i == 0 ? " AND owner_id IN ($%d" : ", $%d", 4 + i);
    if (!question->scope.all)
        text_add_cstr(&sql, question->scope.count > 0 ? ")" : " AND 1 = 0");
    text_add_cstr(&sql, " AND measure IN (");
    for (int i = 0; i < question->measure_count; i++)
        text_format(&sql, i == 0 ? "%d" : ", %d", (int)question->measures[i]);
    text_format(&sql,
                ") GROUP BY measure, %s, stage, bucket HAVING SUM(n) <> 0",
                column);
    return text_str(&sql);
}

static bool
is_asked(const struct insight_question *question,
         const struct insight_cell *cell)
{
    if (cell->day < question->from_day || cell->day > question->to_day
        || !lead_scope_holds(&question->scope, cell->owner))
        return false;
    for (int i = 0; i < question->measure_count; i++)
        if (question->measures[i] == cell->measure)
            return true;
    return false;
}

/* The answer's row that a cell counts in; the others are left out of it. */
static struct insight_cell
seen_by(enum insight_split split, const struct insight_cell *cell)
{
    const struct str none = STR("");

    return (struct insight_cell){
        .measure = cell->measure,
        .stage = cell->stage,
        .bucket = cell->bucket,
        .day = split == INSIGHT_BY_DAY ? cell->day : 0,
        .owner = split == INSIGHT_BY_REP ? cell->owner : ID_NONE,
        .source = split == INSIGHT_BY_SOURCE ? cell->source : none,
        .rule = split == INSIGHT_BY_RULE ? cell->rule : none,
        .product = split == INSIGHT_BY_PRODUCT ? cell->product : none,
        .segment = split == INSIGHT_BY_SEGMENT ? cell->segment : none,
        .n = cell->n,
    };
}

/* The sums as they are stored. */
static bool
ask_sums(struct work *w, const struct insight_question *question,
         struct insight_cells *seen)
{
    bool number = is_number(question->split);
    struct db_rows rows;

    struct db_value *values = ARENA_ARRAY(w->arena, struct db_value,
                                          3 + (size_t)question->scope.count);
    int count = 0;

    values[count++] = db_id(w->workspace);
    values[count++] = db_int(question->from_day);
    values[count++] = db_int(question->to_day);
    for (int i = 0; i < question->scope.count; i++)
        values[count++] = db_id(question->scope.people[i]);
    if (!work_query_text(w, question_sql(w->arena, question), values, count,
                         &rows))
        return false;
    for (int i = 0; i < rows.count; i++) {
        int64_t at = number ? db_get_int(&rows, i, 1) : 0;
        struct str text = number ? STR("") : db_get_text(&rows, i, 1);
        const struct insight_cell cell = {
            .measure = (enum insight_measure)db_get_int(&rows, i, 0),
            .day = at,
            .owner = { at },
            .source = text,
            .rule = text,
            .product = text,
            .segment = text,
            .stage = db_get_text(&rows, i, 2),
            .bucket = (int)db_get_int(&rows, i, 3),
            .n = db_get_int(&rows, i, 4),
        };
        const struct insight_cell one = seen_by(question->split, &cell);
        insight_cells_add(seen, &one);
    }
    return true;
}

/* And what the last seconds add to them. */
static bool
ask_notes(struct work *w, const struct insight_question *question,
          struct insight_cells *seen)
{
    struct insight_cells cells = { .arena = w->arena };
    struct insight_notes notes;

    if (!insight_notes_read(w, NOTES_MAX, &notes))
        return false;
    for (int i = 0; i < notes.count; i++)
        if (!insight_note_read(w, notes.cells[i], &cells))
            return false;
    for (int i = 0; i < cells.count; i++) {
        if (!is_asked(question, &cells.cells[i]))
            continue;
        const struct insight_cell one =
            seen_by(question->split, &cells.cells[i]);
        insight_cells_add(seen, &one);
    }
    return true;
}

static struct insight_sum
sum_of(enum insight_split split, const struct insight_cell *cell)
{
    const struct str texts[] = {
        [INSIGHT_BY_DAY] = STR_NONE,
        [INSIGHT_BY_REP] = STR_NONE,
        [INSIGHT_BY_SOURCE] = cell->source,
        [INSIGHT_BY_RULE] = cell->rule,
        [INSIGHT_BY_PRODUCT] = cell->product,
        [INSIGHT_BY_SEGMENT] = cell->segment,
    };

    return (struct insight_sum){
        .measure = cell->measure,
        .number = split == INSIGHT_BY_REP ? cell->owner.value : cell->day,
        .text = texts[split],
        .stage = cell->stage,
        .bucket = cell->bucket,
        .n = cell->n,
    };
}

bool
insight_ask(struct work *w, const struct insight_question *question,
            struct insight_sum **sums, int *count)
{
    struct insight_cells seen = { .arena = w->arena };

    if (!ask_sums(w, question, &seen) || !ask_notes(w, question, &seen))
        return false;
    insight_fold(&seen);
    *count = seen.count;
    *sums = ARENA_ARRAY(w->arena, struct insight_sum, (size_t)seen.count);
    for (int i = 0; i < seen.count; i++)
        (*sums)[i] = sum_of(question->split, &seen.cells[i]);
    return true;
}
