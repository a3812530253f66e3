/* key_store: the keys of programs. Only their hashes are here. */
#include <assert.h>

#include "src/access/access_store.h"

#define KEY_COLUMNS "id, name, role, source_id, created_ms, revoked_ms"

static const struct db_insert insert_key = {
    "api_key",
    "workspace_id, id, name, role, source_id, secret_hash, created_ms",
    "iittibi",
};

static const char select_by_hash[] =
    "SELECT " KEY_COLUMNS " FROM api_key"
    " WHERE workspace_id = $1 AND secret_hash = $2 AND revoked_ms IS NULL";

static const char select_one[] =
    "SELECT " KEY_COLUMNS " FROM api_key WHERE workspace_id = $1 AND id = $2";

static const char select_all[] = "SELECT " KEY_COLUMNS " FROM api_key"
                                 " WHERE workspace_id = $1 ORDER BY id";

static const char revoke[] =
    "UPDATE api_key SET revoked_ms = $3"
    " WHERE workspace_id = $1 AND id = $2 AND revoked_ms IS NULL";

static struct api_key
read_key(struct arena *arena, const struct db_rows *rows, int row)
{
    struct api_key key = {
        .id = db_get_id(rows, row, 0),
        .name = arena_str(arena, db_get_text(rows, row, 1)),
        .has_role = !db_is_null(rows, row, 2),
        .source = db_get_id(rows, row, 3),
        .created_ms = db_get_int(rows, row, 4),
        .revoked_ms = db_get_int(rows, row, 5),
    };

    if (key.has_role) {
        bool known = role_find(db_get_text(rows, row, 2), &key.role);
        assert(known); /* we wrote it */
    }
    return key;
}

static struct str
hash_bytes(const struct hash *hash)
{
    return (struct str){ (const char *)hash->bytes, HASH_BYTES };
}

bool
key_add(struct work *w, const struct api_key *key, const struct hash *hash)
{
    struct str role = key->has_role ? str_of(role_names[key->role]) : STR_NONE;

    return work_insert(w, &insert_key,
                       DB_VALUES(db_id(w->workspace), db_id(key->id),
                                 db_text(key->name), db_text(role),
                                 db_id(key->source), db_blob(hash_bytes(hash)),
                                 db_int(w->now_ms)));
}

bool
key_find(struct work *w, const struct hash *hash, struct api_key *key,
         bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_by_hash,
                    DB_VALUES(db_id(w->workspace), db_blob(hash_bytes(hash))),
                    &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *key = read_key(w->arena, &rows, 0);
    return true;
}

bool
key_load(struct work *w, struct id id, struct api_key *key)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no key %s.", id_show(id).text);
    *key = read_key(w->arena, &rows, 0);
    return true;
}

bool
key_list(struct work *w, struct api_key **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct api_key, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_key(w->arena, &rows, i);
    return true;
}

bool
key_revoke(struct work *w, struct id id)
{
    return work_run(
        w, revoke, DB_VALUES(db_id(w->workspace), db_id(id), db_int(w->now_ms)),
        NULL);
}
