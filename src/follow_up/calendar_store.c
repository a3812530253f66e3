/* calendar_store: who has a calendar to subscribe to. Only hashes are here. */
#include "src/follow_up/calendar.h"

static const char save_feed[] =
    "INSERT INTO calendar_feed (workspace_id, person_id, token_hash,"
    "                           created_ms)"
    " VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (workspace_id, person_id) DO UPDATE"
    " SET token_hash = excluded.token_hash,"
    "     created_ms = excluded.created_ms";
static const char delete_feed[] =
    "DELETE FROM calendar_feed WHERE workspace_id = $1 AND person_id = $2";
static const char select_person[] =
    "SELECT person_id FROM calendar_feed"
    " WHERE workspace_id = $1 AND token_hash = $2";
static const char select_since[] =
    "SELECT created_ms FROM calendar_feed"
    " WHERE workspace_id = $1 AND person_id = $2";

static struct db_value
hash_value(const struct hash *hash)
{
    return db_blob((struct str){ (const char *)hash->bytes, HASH_BYTES });
}

bool
calendar_feed_save(struct work *w, struct id person, struct str token)
{
    const struct hash hash = hash_of(token);

    return work_run(w, save_feed,
                    DB_VALUES(db_id(w->workspace), db_id(person),
                              hash_value(&hash), db_int(w->now_ms)),
                    NULL);
}

bool
calendar_feed_remove(struct work *w, struct id person)
{
    return work_run(w, delete_feed,
                    DB_VALUES(db_id(w->workspace), db_id(person)), NULL);
}

bool
calendar_feed_find(struct work *w, const struct hash *hash, struct id *person,
                   bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_person,
                    DB_VALUES(db_id(w->workspace), hash_value(hash)), &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *person = db_get_id(&rows, 0, 0);
    return true;
}

bool
calendar_feed_since(struct work *w, struct id person, int64_t *created_ms)
{
    struct db_rows rows;

    if (!work_query(w, select_since,
                    DB_VALUES(db_id(w->workspace), db_id(person)), &rows))
        return false;
    *created_ms = rows.count > 0 ? db_get_int(&rows, 0, 0) : 0;
    return true;
}
