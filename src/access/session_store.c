/* session_store: who is signed in, and the passwords. Only hashes are here. */
#include "src/access/access_store.h"

static const char insert_session[] =
    "INSERT INTO session (workspace_id, token_hash, person_id, created_ms,"
    "                     expires_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

static const char select_session[] =
    "SELECT person_id, expires_ms FROM session"
    " WHERE workspace_id = $1 AND token_hash = $2 AND expires_ms > $3";

static const char prolong_session[] =
    "UPDATE session SET expires_ms = $3"
    " WHERE workspace_id = $1 AND token_hash = $2 AND expires_ms < $3";

static const char delete_session[] =
    "DELETE FROM session WHERE workspace_id = $1 AND token_hash = $2";

static const char delete_of_person[] =
    "DELETE FROM session WHERE workspace_id = $1 AND person_id = $2";

static const char delete_old[] =
    "DELETE FROM session WHERE workspace_id = $1 AND expires_ms <= $2";

static const char select_password[] =
    "SELECT password_hash FROM credential"
    " WHERE workspace_id = $1 AND person_id = $2";

static const char save_password[] =
    "INSERT INTO credential (workspace_id, person_id, password_hash,"
    "                        changed_ms)"
    " VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (workspace_id, person_id) DO UPDATE"
    " SET password_hash = excluded.password_hash,"
    "     changed_ms = excluded.changed_ms";

static struct db_value
hash_value(const struct hash *hash)
{
    return db_blob((struct str){ (const char *)hash->bytes, HASH_BYTES });
}

bool
session_add(struct work *w, const struct hash *hash,
            const struct session *session)
{
    return work_run(w, insert_session,
                    DB_VALUES(db_id(w->workspace), hash_value(hash),
                              db_id(session->person), db_int(w->now_ms),
                              db_int(session->expires_ms)),
                    NULL);
}

bool
session_find(struct work *w, const struct hash *hash, struct session *session,
             bool *found)
{
    struct db_rows rows;

    if (!work_query(
            w, select_session,
            DB_VALUES(db_id(w->workspace), hash_value(hash), db_int(w->now_ms)),
            &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *session =
            (struct session){ db_get_id(&rows, 0, 0), db_get_int(&rows, 0, 1) };
    return true;
}

bool
session_prolong(struct work *w, const struct hash *hash, int64_t expires_ms)
{
    return work_run(
        w, prolong_session,
        DB_VALUES(db_id(w->workspace), hash_value(hash), db_int(expires_ms)),
        NULL);
}

bool
session_remove(struct work *w, const struct hash *hash)
{
    return work_run(w, delete_session,
                    DB_VALUES(db_id(w->workspace), hash_value(hash)), NULL);
}

bool
session_remove_of(struct work *w, struct id person)
{
    return work_run(w, delete_of_person,
                    DB_VALUES(db_id(w->workspace), db_id(person)), NULL);
}

bool
session_remove_old(struct work *w)
{
    return work_run(w, delete_old,
                    DB_VALUES(db_id(w->workspace), db_int(w->now_ms)), NULL);
}

bool
password_load(struct work *w, struct id person, struct str *hash)
{
    struct db_rows rows;

    if (!work_query(w, select_password,
                    DB_VALUES(db_id(w->workspace), db_id(person)), &rows))
        return false;
    *hash = rows.count == 0 ? STR_NONE
                            : arena_str(w->arena, db_get_text(&rows, 0, 0));
    return true;
}

bool
password_save(struct work *w, struct id person, struct str hash)
{
    return work_run(w, save_password,
                    DB_VALUES(db_id(w->workspace), db_id(person), db_text(hash),
                              db_int(w->now_ms)),
                    NULL);
}
