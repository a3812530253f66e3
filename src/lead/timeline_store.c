/*
 * timeline_store: what happened to a lead, append-only. Entries of all kinds
 * go through timeline_add, which also tells the live stream.
 */
#include "src/lead/lead.h"

#include "src/lead/erasure.h"
#include "src/lead/lead_merge.h"
#include "src/lead/lead_search.h"

static const struct db_insert insert_entry = {
    "timeline",
    "workspace_id, id, lead_id, at_ms, kind, actor_kind, actor_id, data",
    "iiiittit"
};

/* What is told live is named with a dot: "lead.assigned"; but for a touch,
 * which is told as a change of the lead. */
static const char select_missed[] =
    "SELECT id, lead_id, kind, data FROM timeline"
    " WHERE workspace_id = $1 AND id > $2"
    "   AND (id > $4 OR id / $5 % $6 <> $7)"
    "   AND (kind LIKE 'lead.%' OR kind IN ('touch', 'pinned'))"
    " ORDER BY id DESC LIMIT $3";
static const char select_others[] =
    "SELECT id, lead_id, kind, data FROM timeline"
    " WHERE workspace_id = $1 AND id > $2 AND id <= $3"
    "   AND id / $5 % $6 <> $7"
    "   AND (kind LIKE 'lead.%' OR kind IN ('touch', 'pinned'))"
    " ORDER BY id LIMIT $4";
static const char select_newest[] =
    "SELECT COALESCE(MAX(id), 0) FROM timeline WHERE workspace_id = $1";

/* So long, at most, a stream waits for what another node has done. A file has
 * one. */
static const int64_t others_late_ms[] = {
    [DB_SQLITE] = 0, [DB_POSTGRES] = 10000
};

enum { MISSED_MAX = 1000, OF_FACTS_MAX = 5000 };

static const char *const actor_names[] = {
    [ACTOR_SYSTEM] = "system",
    [ACTOR_PERSON] = "person",
    [ACTOR_KEY] = "key",
    [ACTOR_SOURCE] = "source",
};

static const char of_lead[] =
    "SELECT id, at_ms, kind, actor_kind, actor_id, data FROM timeline"
    " WHERE workspace_id = $1 AND lead_id = $2 AND id < $3"
    " ORDER BY id DESC LIMIT $4";
static const char of_facts[] =
    "SELECT id, at_ms, kind, actor_kind, actor_id, data FROM timeline"
    " WHERE workspace_id = $1 AND lead_id = $2"
    "   AND kind IN ('lead.created', 'lead.returned', 'lead.changed',"
    "                'lead.merged')"
    " ORDER BY id DESC LIMIT $3";
static const char all_after[] = "SELECT id, lead_id, kind FROM timeline"
                                " WHERE workspace_id = $1 AND id > $2"
                                " ORDER BY id LIMIT $3";
static const char newest_after[] = "SELECT id, lead_id, kind FROM timeline"
                                   " WHERE workspace_id = $1 AND id > $2"
                                   " ORDER BY id DESC LIMIT $3";
/* In the moment of the assignment itself, what came after it; what routing does
 * in the name of whoever has brought it about is left out. */
static const char worked_on_since[] =
    "SELECT id FROM timeline"
    " WHERE workspace_id = $1 AND lead_id = $2 AND at_ms >= $3"
    "   AND actor_kind IN ('person', 'key')"
    "   AND kind NOT IN ('lead.created', 'lead.assigned', 'lead.returned',"
    "                    'offer.made', 'offer.extended')"
    "   AND (at_ms > $3 OR (id > $4 AND kind NOT LIKE 'sequence.%'))"
    " LIMIT 1";

/* After these a lead's text may be another. */
static const char *const changing[] = { "lead.created", "lead.returned",
                                        "lead.changed", NULL };

static bool
changes_text(struct str kind)
{
    for (const char *const *name = changing; *name != NULL; name++)
        if (str_is(kind, *name))
            return true;
    return false;
}

bool
timeline_worked_on(struct work *w, struct id lead, struct id assignment,
                   int64_t begun_ms, bool *worked_on)
{
    struct db_rows rows;

    if (!work_query(w, worked_on_since,
                    DB_VALUES(db_id(w->workspace), db_id(lead),
                              db_int(begun_ms), db_id(assignment)),
                    &rows))
        return false;
    *worked_on = rows.count > 0;
    return true;
}

const char *
actor_kind_name(enum actor_kind kind)
{
    return actor_names[kind];
}

bool
timeline_add(struct work *w, struct id lead, const char *kind, struct str data,
             struct id *entry)
{
    if (changes_text(str_of(kind)) ? !lead_search_later(w)
                                   : !lead_search_passes(w))
        return false;

    struct id id = work_id(w); /* W9: now that the workspace is locked */
    if (entry != NULL)
        *entry = id;
    return work_insert(w, &insert_entry,
                       DB_VALUES(db_id(w->workspace), db_id(id), db_id(lead),
                                 db_int(w->now_ms), db_cstr(kind),
                                 db_cstr(actor_kind_name(w->actor.kind)),
                                 db_id(w->actor.id), db_text(data)));
}

/* As it is now, not as it was then: who comes back wants to know the state. */
/* Who lost the lead by this entry: his page is to learn of it too. */
static struct id
loser_of(struct work *w, const struct db_rows *rows, int row)
{
    struct json_error error;
    const struct json *data;
    struct id from;

    if (!str_is(db_get_text(rows, row, 2), "lead.assigned"))
        return ID_NONE;
    data = json_parse(w->arena, db_get_text(rows, row, 3), &error);
    return str_is(json_get_text(data, "from_kind"), "rep")
                && id_parse(json_get_text(data, "from"), &from)
             ? from
             : ID_NONE;
}

static const char erase_of_lead[] =
    "UPDATE timeline SET data = '{}' WHERE workspace_id = $1 AND lead_id = $2";

bool
timeline_erase(struct work *w, struct id lead)
{
    return work_run(w, erase_of_lead,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), NULL);
}

static bool
give_entry(struct work *w, const struct db_rows *rows, int row,
           void (*give)(void *to, const struct live_event *), void *to)
{
    struct str kind = db_get_text(rows, row, 2);
    struct lead lead;

    if (!lead_load_shell(w, db_get_id(rows, row, 1), &lead))
        return false;
    give(to,
         &(struct live_event){
             .id = db_get_id(rows, row, 0),
             .workspace = w->workspace,
             .topic = str_is(kind, "touch") ? "lead.changed"
                                            : arena_cstr(w->arena, kind),
             .person = lead.owner.kind == OWNER_REP ? lead.owner.id : ID_NONE,
             .person_before = loser_of(w, rows, row),
             .data = lead_event_json(w->arena, &lead),
         });
    return true;
}

bool
timeline_missed(struct work *w, struct id last,
                void (*give)(void *to, const struct live_event *), void *to)
{
    const int64_t late_ms = others_late_ms[db_engine(w->db)];
    struct id from = late_ms == 0 ? last : id_at(id_time_ms(last) - late_ms);
    struct db_rows rows;

    if (!work_query(w, select_missed,
                    DB_VALUES(db_id(w->workspace), db_int(from.value),
                              db_int(MISSED_MAX), db_int(last.value),
                              db_int(ID_NODE_UNIT), db_int(ID_NODES),
                              db_int(id_node(last))),
                    &rows))
        return false;
    for (int i = rows.count - 1; i >= 0; i--)
        if (!give_entry(w, &rows, i, give, to))
            return false;
    return true;
}

bool
timeline_newest(struct work *w, struct id *newest)
{
    struct db_rows rows;

    if (!work_query(w, select_newest, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *newest = db_get_id(&rows, 0, 0);
    return true;
}

bool
timeline_of_others(struct work *w, const struct timeline_of_others *asked,
                   void (*give)(void *to, const struct live_event *), void *to,
                   int *given)
{
    struct db_rows rows;

    if (!work_query(w, select_others,
                    DB_VALUES(db_id(w->workspace), db_int(asked->after.value),
                              db_int(asked->until.value), db_int(asked->limit),
                              db_int(ID_NODE_UNIT), db_int(ID_NODES),
                              db_int(asked->node)),
                    &rows))
        return false;
    for (int i = 0; i < rows.count; i++)
        if (!give_entry(w, &rows, i, give, to))
            return false;
    *given = rows.count;
    return true;
}

static struct timeline_entry *
read_entries(struct work *w, const struct db_rows *rows)
{
    struct timeline_entry *entries =
        ARENA_ARRAY(w->arena, struct timeline_entry, (size_t)rows->count);

    for (int i = 0; i < rows->count; i++)
        entries[i] = (struct timeline_entry){
            .id = db_get_id(rows, i, 0),
            .at_ms = db_get_int(rows, i, 1),
            .kind = db_get_text(rows, i, 2),
            .actor_kind = db_get_text(rows, i, 3),
            .actor = db_get_id(rows, i, 4),
            .data = db_get_text(rows, i, 5),
        };
    return entries;
}

bool
timeline_of_lead(struct work *w, struct id lead, struct id before, int limit,
                 struct timeline_entry **entries, int *count)
{
    struct db_rows rows;

    if (id_is_none(before))
        before.value = INT64_MAX;
    if (!work_query(w, of_lead,
                    DB_VALUES(db_id(w->workspace), db_id(lead), db_id(before),
                              db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *entries = read_entries(w, &rows);
    return true;
}

bool
timeline_of_facts(struct work *w, struct id lead,
                  struct timeline_entry **entries, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, of_facts,
            DB_VALUES(db_id(w->workspace), db_id(lead), db_int(OF_FACTS_MAX)),
            &rows))
        return false;
    *count = rows.count;
    *entries = read_entries(w, &rows);
    return true;
}

static const char count_from[] =
    "SELECT COUNT(*) FROM (SELECT 1 FROM timeline"
    "  WHERE workspace_id = $1 AND id >= $2 LIMIT $3) AS newest";

bool
timeline_count_from(struct work *w, struct id from, int most, int *count)
{
    struct db_rows rows;

    if (!work_query(w, count_from,
                    DB_VALUES(db_id(w->workspace), db_id(from), db_int(most)),
                    &rows))
        return false;
    *count = (int)db_get_int(&rows, 0, 0);
    return true;
}

static void
read_changes(struct work *w, const struct db_rows *rows,
             struct timeline_changes *changes)
{
    changes->leads = ARENA_ARRAY(w->arena, struct id, (size_t)rows->count);
    changes->count = 0;
    changes->last = changes->after;
    for (int i = 0; i < rows->count; i++) {
        if (changes_text(db_get_text(rows, i, 2)))
            changes->leads[changes->count++] = db_get_id(rows, i, 1);
        changes->last = db_get_id(rows, i, 0);
    }
}

bool
timeline_changes(struct work *w, int limit, struct timeline_changes *changes)
{
    struct db_rows rows;

    if (!work_query(w, all_after,
                    DB_VALUES(db_id(w->workspace), db_int(changes->after.value),
                              db_int(limit)),
                    &rows))
        return false;
    read_changes(w, &rows, changes);
    changes->more = rows.count == limit;
    return true;
}

bool
timeline_changes_newest(struct work *w, int limit,
                        struct timeline_changes *changes)
{
    struct db_rows rows;

    if (!work_query(w, newest_after,
                    DB_VALUES(db_id(w->workspace), db_int(changes->after.value),
                              db_int(limit + 1)),
                    &rows))
        return false;
    changes->more = rows.count > limit;
    rows.count -= changes->more;
    read_changes(w, &rows, changes);
    return true;
}

/* ------------------------------------------------------------------ merging */

static const char move_all[] =
    "UPDATE timeline SET lead_id = $3"
    " WHERE workspace_id = $1 AND lead_id = $2 RETURNING id";
static const char move_one[] = "UPDATE timeline SET lead_id = $3"
                               " WHERE workspace_id = $1 AND id = $2";

bool
timeline_move(struct work *w, struct id from, struct id to,
              struct lead_moved *moved)
{
    struct db_rows rows;

    if (!work_query(w, move_all,
                    DB_VALUES(db_id(w->workspace), db_id(from), db_id(to)),
                    &rows))
        return false;
    lead_moved_read(w->arena, &rows, moved);
    return true;
}

bool
timeline_move_back(struct work *w, const struct lead_moved *moved, struct id to)
{
    for (int i = 0; i < moved->count; i++)
        if (!work_run(
                w, move_one,
                DB_VALUES(db_id(w->workspace), db_id(moved->ids[i]), db_id(to)),
                NULL))
            return false;
    return true;
}
