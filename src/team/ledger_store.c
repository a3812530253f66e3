/* ledger_store: the ledger table. Written once per group of leads, for the
 * entries that changed. */
#include "src/team/ledger.h"

static const char select_all[] =
    "SELECT person_id, credit, turns, open_leads, day, day_leads, last_turn"
    "  FROM ledger WHERE workspace_id = $1 AND group_id = $1";

static const struct db_insert upsert = {
    "ledger",
    "workspace_id, group_id, person_id, credit, turns, open_leads, day,"
    " day_leads, last_turn",
    "iiiiiiiii",
    "ON CONFLICT (workspace_id, group_id, person_id) DO UPDATE SET"
    " credit = excluded.credit, turns = excluded.turns,"
    " open_leads = excluded.open_leads, day = excluded.day,"
    " day_leads = excluded.day_leads, last_turn = excluded.last_turn",
};

bool
ledger_read(struct work *w, struct arena *arena, const struct team *team,
            struct ledger *ledger)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *ledger = (struct ledger){
        .entries = ARENA_ARRAY(arena, struct ledger_entry, (size_t)team->count),
        .count = team->count,
    };
    for (int i = 0; i < rows.count; i++) {
        int person = team_find(team, db_get_id(&rows, i, 0));
        int64_t last_turn = db_get_int(&rows, i, 6);

        if (last_turn > ledger->turn)
            ledger->turn = last_turn;
        if (person < 0)
            continue;
        ledger->entries[person] = (struct ledger_entry){
            .credit = db_get_int(&rows, i, 1),
            .turns = db_get_int(&rows, i, 2),
            .open_leads = db_get_int(&rows, i, 3),
            .day = db_get_int(&rows, i, 4),
            .day_leads = db_get_int(&rows, i, 5),
            .last_turn = last_turn,
        };
    }
    return true;
}

bool
ledger_write(struct work *w, const struct team *team, struct ledger *ledger)
{
    for (int i = 0; i < ledger->count; i++) {
        struct ledger_entry *entry = &ledger->entries[i];

        if (!entry->changed)
            continue;
        if (!work_insert(w, &upsert,
                         DB_VALUES(db_id(w->workspace), db_id(w->workspace),
                                   db_id(team->people[i].id),
                                   db_int(entry->credit), db_int(entry->turns),
                                   db_int(entry->open_leads),
                                   db_int(entry->day), db_int(entry->day_leads),
                                   db_int(entry->last_turn))))
            return false;
        entry->changed = false;
    }
    return true;
}
