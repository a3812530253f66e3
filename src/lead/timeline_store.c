/*
 * timeline_store: what happened to a lead, append-only. Entries of all kinds
 * go through timeline_add, which also tells the live stream.
 */
#include "src/lead/lead.h"

static const struct db_insert insert_entry = {
    "timeline",
    "workspace_id, id, lead_id, at_ms, kind, actor_kind, actor_id, data",
    "iiiittit"
};

/* Only what is told live is named with a dot: "lead.assigned". */
static const char select_missed[] =
    "SELECT id, lead_id, kind FROM timeline"
    " WHERE workspace_id = $1 AND id > $2 AND kind LIKE 'lead.%'"
    " ORDER BY id DESC LIMIT $3";

enum { MISSED_MAX = 1000 };

static const char *const actor_names[] = {
    [ACTOR_SYSTEM] = "system",
    [ACTOR_PERSON] = "person",
    [ACTOR_KEY] = "key",
    [ACTOR_SOURCE] = "source",
};

const char *
actor_kind_name(enum actor_kind kind)
{
    return actor_names[kind];
}

bool
timeline_add(struct work *w, struct id lead, const char *kind, struct str data,
             struct id *entry)
{
    struct id id = work_id(w);

    if (entry != NULL)
        *entry = id;
    return work_insert(w, &insert_entry,
                       DB_VALUES(db_id(w->workspace), db_id(id), db_id(lead),
                                 db_int(w->now_ms), db_cstr(kind),
                                 db_cstr(actor_kind_name(w->actor.kind)),
                                 db_id(w->actor.id), db_text(data)));
}

/* As it is now, not as it was then: who comes back wants to know the state. */
static bool
give_entry(struct work *w, const struct db_rows *rows, int row,
           void (*give)(void *to, const struct live_event *), void *to)
{
    struct lead lead;

    if (!lead_load(w, db_get_id(rows, row, 1), &lead))
        return false;
    give(to, &(struct live_event){
                 .id = db_get_id(rows, row, 0),
                 .workspace = w->workspace,
                 .topic = arena_cstr(w->arena, db_get_text(rows, row, 2)),
                 .person = lead.owner.kind == OWNER_REP ? lead.owner.id
                                                        : ID_NONE,
                 .data = lead_event_json(w->arena, &lead),
             });
    return true;
}

bool
timeline_missed(struct work *w, struct id last,
                void (*give)(void *to, const struct live_event *), void *to)
{
    struct db_rows rows;

    if (!work_query(w, select_missed,
                    DB_VALUES(db_id(w->workspace), db_int(last.value),
                              db_int(MISSED_MAX)),
                    &rows))
        return false;
    for (int i = rows.count - 1; i >= 0; i--)
        if (!give_entry(w, &rows, i, give, to))
            return false;
    return true;
}
