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
