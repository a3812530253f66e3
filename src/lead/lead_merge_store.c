/* lead_merge_store: the lead_merge table. */
#include "src/lead/lead_merge.h"

#include "lib/base/civil.h"
#include "src/lead/erasure.h"

static const char insert_merge[] =
    "INSERT INTO lead_merge (workspace_id, id, lead_id, into_id, merged_ms,"
    "                        actor_kind, actor_id, record)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

static const char select_merge[] =
    "SELECT id, into_id, merged_ms, record FROM lead_merge"
    " WHERE workspace_id = $1 AND lead_id = $2 AND undone_ms IS NULL";

static const char update_undone[] = "UPDATE lead_merge SET undone_ms = $3"
                                    " WHERE workspace_id = $1 AND id = $2";

/* ---------------------------------------------------------------- writing */

static void
put_lead(struct json_out *out, struct arena *arena, const char *name,
         const struct lead *lead)
{
    json_name(out, name);
    json_open_object(out);
    json_name(out, "facts");
    json_raw(out, lead_facts_json(arena, lead));
    json_put_text(out, "email_key", lead->email_key);
    json_put_text(out, "phone_key", lead->phone_key);
    json_put_id(out, "account", lead->account);
    json_put_time(out, "last_touch", lead->last_touch_ms);
    json_put_time(out, "last_return", lead->last_return_ms);
    if (lead->facts[LEAD_TOUCH_KINDS].known) {
        json_name(out, "touch_kinds");
        json_raw(out, lead->facts[LEAD_TOUCH_KINDS].text);
    }
    json_close_object(out);
}

static void
put_moved(struct json_out *out, const char *name,
          const struct lead_moved *moved)
{
    json_name(out, name);
    json_open_array(out);
    for (int i = 0; i < moved->count; i++)
        json_id(out, moved->ids[i]);
    json_close_array(out);
}

static struct str
record_of(struct arena *arena, const struct lead_merge *merge)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    put_lead(&out, arena, "before", &merge->before);
    put_lead(&out, arena, "after", &merge->after);
    json_put_bool(&out, "answered", merge->answered);
    put_moved(&out, "timeline", &merge->timeline);
    put_moved(&out, "submissions", &merge->submissions);
    put_moved(&out, "tasks", &merge->tasks);
    json_close_object(&out);
    return text_str(&text);
}

bool
lead_merge_add(struct work *w, const struct lead_merge *merge)
{
    return work_run(
        w, insert_merge,
        DB_VALUES(db_id(w->workspace), db_id(merge->id), db_id(merge->lead),
                  db_id(merge->into), db_int(w->now_ms),
                  db_cstr(actor_kind_name(w->actor.kind)), db_id(w->actor.id),
                  db_text(record_of(w->arena, merge))),
        NULL);
}

bool
lead_merge_undone(struct work *w, const struct lead_merge *merge)
{
    return work_run(
        w, update_undone,
        DB_VALUES(db_id(w->workspace), db_id(merge->id), db_int(w->now_ms)),
        NULL);
}

/* ---------------------------------------------------------------- reading */

static int64_t
read_time(const struct json *json, const char *name)
{
    int64_t ms;

    return time_parse(json_get_text(json, name), &ms) ? ms : 0;
}

static void
read_touch_kinds(struct arena *arena, const struct json *list,
                 struct lead *lead)
{
    if (list == NULL)
        return;
    struct str *kinds = ARENA_ARRAY(arena, struct str, list->array.count);
    for (size_t i = 0; i < list->array.count; i++)
        kinds[i] = list->array.items[i].text;
    lead_set_touch_kinds(lead, arena, kinds, (int)list->array.count);
}

static void
read_lead(struct arena *arena, const struct json *json, struct lead *lead)
{
    *lead = (struct lead){
        .email_key = json_get_text(json, "email_key"),
        .phone_key = json_get_text(json, "phone_key"),
        .last_touch_ms = read_time(json, "last_touch"),
        .last_return_ms = read_time(json, "last_return"),
    };
    lead_facts_read(arena, lead, json_get(json, "facts"));
    read_touch_kinds(arena, json_get(json, "touch_kinds"), lead);
    if (!id_parse(json_get_text(json, "account"), &lead->account))
        lead->account = ID_NONE;
}

static void
read_moved(struct arena *arena, const struct json *list,
           struct lead_moved *moved)
{
    *moved = (struct lead_moved){
        .ids = ARENA_ARRAY(arena, struct id, list->array.count),
    };
    for (size_t i = 0; i < list->array.count; i++)
        if (id_parse(list->array.items[i].text, &moved->ids[moved->count]))
            moved->count++;
}

bool
lead_merge_load(struct work *w, struct id lead, struct lead_merge *merge)
{
    struct json_error error;
    struct db_rows rows;

    if (!work_query(w, select_merge,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_CONFLICT, "The lead is part of no other.");
    const struct json *record =
        json_parse(w->arena, db_get_text(&rows, 0, 3), &error);
    if (record == NULL)
        return fail(w, ERR_INTERNAL, "The merge of lead %s cannot be read.",
                    id_show(lead).text);
    *merge = (struct lead_merge){
        .id = db_get_id(&rows, 0, 0),
        .lead = lead,
        .into = db_get_id(&rows, 0, 1),
        .merged_ms = db_get_int(&rows, 0, 2),
        .answered = json_get_bool(record, "answered", false),
    };
    read_lead(w->arena, json_get(record, "before"), &merge->before);
    read_lead(w->arena, json_get(record, "after"), &merge->after);
    read_moved(w->arena, json_get(record, "timeline"), &merge->timeline);
    read_moved(w->arena, json_get(record, "submissions"), &merge->submissions);
    read_moved(w->arena, json_get(record, "tasks"), &merge->tasks);
    return true;
}

void
lead_moved_read(struct arena *arena, const struct db_rows *rows,
                struct lead_moved *moved)
{
    *moved = (struct lead_moved){
        .ids = ARENA_ARRAY(arena, struct id, (size_t)rows->count),
        .count = rows->count,
    };
    for (int i = 0; i < rows->count; i++)
        moved->ids[i] = db_get_id(rows, i, 0);
}

/* --------------------------------------------------------------- erasing */

static const char select_parts[] =
    "SELECT lead_id FROM lead_merge"
    " WHERE workspace_id = $1 AND into_id = $2 AND undone_ms IS NULL"
    " ORDER BY id";
static const char erase_records[] =
    "UPDATE lead_merge SET record = '{}'"
    " WHERE workspace_id = $1 AND (lead_id = $2 OR into_id = $2)";

bool
lead_merged_into(struct work *w, struct id lead, struct id **parts, int *count)
{
    struct lead_moved moved;
    struct db_rows rows;

    if (!work_query(w, select_parts,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), &rows))
        return false;
    lead_moved_read(w->arena, &rows, &moved);
    *parts = moved.ids;
    *count = moved.count;
    return true;
}

/* What two leads were before they became one. */
bool
lead_merge_erase(struct work *w, struct id lead)
{
    return work_run(w, erase_records,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), NULL);
}
