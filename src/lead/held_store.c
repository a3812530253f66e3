/* held_store: the table held_submission. */
#include <sodium.h>
#include <string.h>

#include "src/lead/erasure.h"
#include "src/lead/held.h"

#define COLUMNS                                                        \
    "id, source_id, form_id, received_ms, delivery_key, content_type," \
    " body, state, code, reason, pointer, lead_id, settled_ms, door"

static const char insert_one[] =
    "INSERT INTO held_submission (workspace_id, " COLUMNS ")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15)";
static const char select_one[] = "SELECT " COLUMNS " FROM held_submission"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char select_delivery[] =
    "SELECT " COLUMNS " FROM held_submission"
    " WHERE workspace_id = $1 AND source_id = $2 AND delivery_key = $3";
static const char select_state[] =
    "SELECT " COLUMNS " FROM held_submission"
    " WHERE workspace_id = $1 AND state = $2 AND id < $3"
    "   AND ($4 = 0 OR source_id = $4)"
    " ORDER BY id DESC LIMIT $5";
static const char count_states[] =
    "SELECT state, COUNT(*) FROM held_submission"
    " WHERE workspace_id = $1 AND state IN ('quarantined', 'spam', 'ignored')"
    " GROUP BY state";
static const char settle_one[] =
    "UPDATE held_submission SET state = $3, lead_id = $4, settled_ms = $5,"
    "       body = CASE WHEN $3 = 'released' THEN '' ELSE body END"
    " WHERE workspace_id = $1 AND id = $2";
static const char still_one[] =
    "UPDATE held_submission SET code = $3, reason = $4, pointer = $5"
    " WHERE workspace_id = $1 AND id = $2";

const char *const held_state_names[HELD_STATE_COUNT + 1] = {
    [HELD_QUARANTINED] = "quarantined", [HELD_SPAM] = "spam",
    [HELD_IGNORED] = "ignored",         [HELD_RELEASED] = "released",
    [HELD_DISMISSED] = "dismissed",
};

const char *const held_door_names[HELD_DOOR_COUNT + 1] = {
    [HELD_BY_HOOK] = "hook",
    [HELD_BY_FORM] = "form",
    [HELD_BY_API] = "api",
};

static enum held_state
state_of(struct str name)
{
    for (int i = 0; i < HELD_STATE_COUNT; i++)
        if (str_is(name, held_state_names[i]))
            return (enum held_state)i;
    return HELD_QUARANTINED;
}

static enum held_door
door_of(struct str name)
{
    for (int i = 0; i < HELD_DOOR_COUNT; i++)
        if (str_is(name, held_door_names[i]))
            return (enum held_door)i;
    return HELD_BY_HOOK;
}

static struct held
read_row(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct held){
        .id = db_get_id(rows, row, 0),
        .source = db_get_id(rows, row, 1),
        .form = db_get_id(rows, row, 2),
        .received_ms = db_get_int(rows, row, 3),
        .delivery_key = arena_str(arena, db_get_text(rows, row, 4)),
        .content_type = arena_str(arena, db_get_text(rows, row, 5)),
        .body = arena_str(arena, db_get_text(rows, row, 6)),
        .state = state_of(db_get_text(rows, row, 7)),
        .code = arena_str(arena, db_get_text(rows, row, 8)),
        .reason = arena_str(arena, db_get_text(rows, row, 9)),
        .pointer = arena_str(arena, db_get_text(rows, row, 10)),
        .lead = db_get_id(rows, row, 11),
        .settled_ms = db_get_int(rows, row, 12),
        .door = door_of(db_get_text(rows, row, 13)),
    };
}

static bool
find_delivery(struct work *w, struct held *held, bool *found)
{
    struct db_rows rows;

    *found = false;
    if (str_is_empty(held->delivery_key))
        return true;
    if (!work_query(w, select_delivery,
                    DB_VALUES(db_id(w->workspace), db_int(held->source.value),
                              db_text(held->delivery_key)),
                    &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *held = read_row(w->arena, &rows, 0);
    return true;
}

bool
held_keep(struct work *w, struct held *held, bool *is_new)
{
    bool found;

    if (!find_delivery(w, held, &found))
        return false;
    *is_new = !found;
    if (found)
        return true;
    if (id_is_none(held->id))
        held->id = work_id(w);
    held->received_ms = w->now_ms;
    return work_run(
        w, insert_one,
        DB_VALUES(db_id(w->workspace), db_id(held->id),
                  db_int(held->source.value), db_id(held->form),
                  db_int(held->received_ms), db_text(held->delivery_key),
                  db_text(held->content_type), db_text(held->body),
                  db_cstr(held_state_names[held->state]), db_text(held->code),
                  db_text(held->reason), db_text(held->pointer),
                  db_id(held->lead), db_int_or_null(held->settled_ms),
                  db_cstr(held_door_names[held->door])),
        NULL);
}

bool
held_load(struct work *w, struct id id, struct held *held)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no submission %s that is held.",
                    id_show(id).text);
    *held = read_row(w->arena, &rows, 0);
    return true;
}

bool
held_list(struct work *w, enum held_state state, struct id source,
          struct id before, int limit, struct held **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_state,
                    DB_VALUES(db_id(w->workspace),
                              db_cstr(held_state_names[state]),
                              db_id_before(before), db_int(source.value),
                              db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct held, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(w->arena, &rows, i);
    return true;
}

bool
held_counts(struct work *w, int64_t counts[HELD_STATE_COUNT])
{
    struct db_rows rows;

    memset(counts, 0, sizeof *counts * HELD_STATE_COUNT);
    if (!work_query(w, count_states, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    for (int i = 0; i < rows.count; i++)
        counts[state_of(db_get_text(&rows, i, 0))] = db_get_int(&rows, i, 1);
    return true;
}

bool
held_settle(struct work *w, struct held *held, enum held_state state,
            struct id lead)
{
    held->state = state;
    held->lead = lead;
    held->settled_ms = w->now_ms;
    return work_run(w, settle_one,
                    DB_VALUES(db_id(w->workspace), db_id(held->id),
                              db_cstr(held_state_names[state]), db_id(lead),
                              db_int(w->now_ms)),
                    NULL);
}

bool
held_still(struct work *w, const struct held *held)
{
    return work_run(w, still_one,
                    DB_VALUES(db_id(w->workspace), db_id(held->id),
                              db_text(held->code), db_text(held->reason),
                              db_text(held->pointer)),
                    NULL);
}

/* ------------------------------------------------------------------ bytes */

static const struct str encoded = STR_INIT(";base64"); /* as in data: URLs */

static bool
is_text(struct str bytes)
{
    return str_is_utf8(bytes) && str_find_char(bytes, '\0') < 0;
}

/* A table's text holds UTF-8 without NUL; what came may be anything. */
void
held_pack(struct arena *arena, struct str content_type, struct str body,
          struct held *held)
{
    size_t room =
        sodium_base64_ENCODED_LEN(body.bytes, sodium_base64_VARIANT_ORIGINAL);

    held->content_type = is_text(content_type) && !str_is_empty(content_type)
                           ? content_type
                           : STR("application/octet-stream");
    held->body = body.data == NULL ? STR("") : body;
    if (is_text(body))
        return;
    char *text = arena_alloc(arena, room);
    sodium_bin2base64(text, room, (const unsigned char *)body.data, body.bytes,
                      sodium_base64_VARIANT_ORIGINAL);
    held->body = str_of(text);
    held->content_type = arena_format(
        arena, "%.*s%.*s", STR_ARG(held->content_type), STR_ARG(encoded));
}

struct str
held_body(struct arena *arena, const struct held *held)
{
    char *bytes = arena_alloc(arena, held->body.bytes + 1);
    size_t count = 0;

    if (!str_ends(held->content_type, encoded))
        return held->body;
    if (sodium_base642bin((unsigned char *)bytes, held->body.bytes + 1,
                          held->body.data, held->body.bytes, NULL, &count, NULL,
                          sodium_base64_VARIANT_ORIGINAL)
        != 0)
        return STR("");
    return (struct str){ bytes, count };
}

struct str
held_content_type(const struct held *held)
{
    struct str type = held->content_type;

    return str_ends(type, encoded)
             ? str_slice(type, 0, type.bytes - encoded.bytes)
             : type;
}

/* Nobody can take it for a lead any more. */
static const char erase_some[] =
    "UPDATE held_submission SET body = '', delivery_key = NULL, pointer = NULL,"
    "       state = 'dismissed', code = 'erased', reason = 'erased',"
    "       settled_ms = COALESCE(settled_ms, $5)"
    " WHERE workspace_id = $1"
    "   AND (lead_id = $2 OR ($3 <> '' AND lower(body) LIKE $4 ESCAPE '!'))";

/* The text anywhere, as LIKE is asked for it. */
static struct str
anywhere(struct arena *arena, struct str text)
{
    struct text pattern = text_new(arena);

    text_add_char(&pattern, '%');
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] == '%' || text.data[i] == '_' || text.data[i] == '!')
            text_add_char(&pattern, '!');
        text_add_char(&pattern, text.data[i]);
    }
    text_add_char(&pattern, '%');
    return text_str(&pattern);
}

bool
held_erase(struct work *w, struct id lead, struct str email)
{
    return work_run(w, erase_some,
                    DB_VALUES(db_id(w->workspace), db_id(lead),
                              db_text(email.data == NULL ? STR("") : email),
                              db_text(anywhere(w->arena, email)),
                              db_int(w->now_ms)),
                    NULL);
}
