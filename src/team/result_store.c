/* result_store: how each lead ended, and the sums. */
#include "src/team/result.h"

static const char select_results[] =
    "SELECT person_id, kind, leads, wins FROM result"
    " WHERE workspace_id = $1 AND leads > 0 ORDER BY kind, person_id";
static const char select_of_lead[] =
    "SELECT person_id, kind, won FROM lead_result"
    " WHERE workspace_id = $1 AND lead_id = $2";
static const char delete_of_lead[] =
    "DELETE FROM lead_result WHERE workspace_id = $1 AND lead_id = $2";
static const char insert_of_lead[] =
    "INSERT INTO lead_result (workspace_id, lead_id, person_id, kind, won)"
    " VALUES ($1, $2, $3, $4, $5)";
static const char add_to_sum[] =
    "INSERT INTO result (workspace_id, person_id, kind, leads, wins)"
    " VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (workspace_id, person_id, kind) DO UPDATE SET"
    "   leads = result.leads + excluded.leads,"
    "   wins = result.wins + excluded.wins";
static const char take_from_sum[] =
    "UPDATE result SET leads = leads - 1, wins = wins - $4"
    " WHERE workspace_id = $1 AND person_id = $2 AND kind = $3";

bool
result_list(struct work *w, struct arena *arena, struct results *results)
{
    struct db_rows rows;

    if (!work_query(w, select_results, DB_VALUES(db_id(w->workspace)), &rows))
        return false;

    struct result *list = ARENA_ARRAY(arena, struct result, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        list[i] = (struct result){
            .person = db_get_id(&rows, i, 0),
            .kind = arena_str(arena, db_get_text(&rows, i, 1)),
            .leads = db_get_int(&rows, i, 2),
            .wins = db_get_int(&rows, i, 3),
        };
    *results = (struct results){ .rows = list, .count = rows.count };
    results_prepare(results);
    return true;
}

static bool
uncount(struct work *w, struct id lead, bool *was_counted)
{
    struct db_rows rows;

    if (!work_query(w, select_of_lead,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), &rows))
        return false;
    *was_counted = rows.count > 0;
    return rows.count == 0
        || (work_run(w, take_from_sum,
                     DB_VALUES(db_id(w->workspace),
                               db_id(db_get_id(&rows, 0, 0)),
                               db_text(db_get_text(&rows, 0, 1)),
                               db_int(db_get_int(&rows, 0, 2))),
                     NULL)
            && work_run(w, delete_of_lead,
                        DB_VALUES(db_id(w->workspace), db_id(lead)), NULL));
}

bool
result_set(struct work *w, struct id lead, struct id person, struct str kind,
           enum result_end end, bool *changed)
{
    bool counts = end != RESULT_OPEN && !id_is_none(person);
    int64_t won = end == RESULT_WON;
    bool was_counted;

    if (!uncount(w, lead, &was_counted))
        return false;
    *changed = was_counted || counts;
    return !counts
        || (work_run(w, insert_of_lead,
                     DB_VALUES(db_id(w->workspace), db_id(lead), db_id(person),
                               db_text(kind), db_int(won)),
                     NULL)
            && work_run(w, add_to_sum,
                        DB_VALUES(db_id(w->workspace), db_id(person),
                                  db_text(kind), db_int(1), db_int(won)),
                        NULL));
}
