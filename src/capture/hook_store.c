/* hook_store: the tables source_hook and source_field. */
#include "src/capture/hook.h"

#include <string.h>

#include "src/workspace/cache.h"
#include "src/workspace/vault.h"

/* In one workspace: names that a sender makes up shall not fill the disk. */
enum { PATHS_MAX = 5000 };

#define HOOK_COLUMNS                                                          \
    "source_id, document, secrets, token_hash, old_token_hash, old_until_ms," \
    " changed_ms"

static const char select_all[] = "SELECT " HOOK_COLUMNS " FROM source_hook"
                                 " WHERE workspace_id = $1 ORDER BY source_id";
static const char select_one[] = "SELECT " HOOK_COLUMNS " FROM source_hook"
                                 " WHERE workspace_id = $1 AND source_id = $2";
static const char write_one[] =
    "INSERT INTO source_hook (workspace_id, source_id, document, secrets,"
    "                         token_hash, old_token_hash, old_until_ms,"
    "                         changed_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (workspace_id, source_id) DO UPDATE"
    "    SET document = excluded.document, secrets = excluded.secrets,"
    "        token_hash = excluded.token_hash,"
    "        old_token_hash = excluded.old_token_hash,"
    "        old_until_ms = excluded.old_until_ms,"
    "        changed_ms = excluded.changed_ms";
static const char delete_one[] =
    "DELETE FROM source_hook WHERE workspace_id = $1 AND source_id = $2";

static const char write_secrets[] =
    "UPDATE source_hook SET secrets = $3"
    " WHERE workspace_id = $1 AND source_id = $2";

static const char purpose[] = "source_hook.secrets";
static const char no_secrets[] = "{}";

static const char select_paths[] =
    "SELECT source_id, path FROM source_field WHERE workspace_id = $1"
    " ORDER BY source_id, path LIMIT 5000";

static bool
read_hash(const struct db_rows *rows, int row, int column, struct hash *hash)
{
    struct str bytes = db_get_text(rows, row, column);

    if (bytes.bytes != sizeof hash->bytes)
        return false;
    memcpy(hash->bytes, bytes.data, sizeof hash->bytes);
    return true;
}

static bool
read_row(struct work *w, const struct db_rows *rows, int row, struct hook *hook)
{
    struct json_error error;
    struct str secrets;
    bool opened =
        vault_open(w->arena, purpose, db_get_text(rows, row, 2), &secrets);

    if (!opened)
        secrets = str_of(no_secrets);
    *hook = (struct hook){
        .source = db_get_id(rows, row, 0),
        .document = json_parse(w->arena, db_get_text(rows, row, 1), &error),
        .secrets = json_parse(w->arena, secrets, &error),
        .changed_ms = db_get_int(rows, row, 6),
        .locked = !opened,
    };
    hook->has_token = read_hash(rows, row, 3, &hook->token);
    if (read_hash(rows, row, 4, &hook->old_token))
        hook->old_until_ms = db_get_int(rows, row, 5);
    if (hook->document == NULL || hook->secrets == NULL)
        return fail(w, ERR_INTERNAL, "The webhook of source %s is broken.",
                    id_show(hook->source).text);
    return hook->locked || hook_read(w, STR(""), hook);
}

/* One that cannot be read any more must not keep the others from their work. */
static void
read_for_cache(struct work *w, const struct db_rows *rows, int row,
               struct hook *hook)
{
    hook->broken = !read_row(w, rows, row, hook) || hook->locked;
    if (hook->broken)
        w->error = (struct error){ 0 };
}

static int64_t
place_of(struct arena *arena, struct id source, struct str path)
{
    int64_t key = hash_key(
        1, arena_format(arena, "%s %.*s", id_show(source).text, STR_ARG(path)));

    return key == 0 ? 1 : key;
}

static bool
load_seen(struct work *w, struct workspace_cache *cache)
{
    struct db_rows rows;

    hash_map_clear(&cache->hook_seen);
    if (!work_query(w, select_paths, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    for (int i = 0; i < rows.count; i++)
        hash_map_put(&cache->hook_seen,
                     place_of(w->arena, db_get_id(&rows, i, 0),
                              db_get_text(&rows, i, 1)),
                     1);
    return true;
}

bool
hook_cache_load(struct work *w, struct workspace_cache *cache)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    struct hook *hooks = ARENA_ARRAY(w->arena, struct hook, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        read_for_cache(w, &rows, i, &hooks[i]);
    cache->hooks = hooks;
    cache->hook_count = rows.count;
    return rows.count == 0 || load_seen(w, cache);
}

bool
hook_load(struct work *w, struct id source, struct hook *hook, bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_one,
                    DB_VALUES(db_id(w->workspace), db_id(source)), &rows))
        return false;
    *found = rows.count > 0;
    *hook = (struct hook){ .source = source };
    return !*found || read_row(w, &rows, 0, hook);
}

static struct str
hash_text(const struct hash *hash, bool known)
{
    return known ? (struct str){ (const char *)hash->bytes, sizeof hash->bytes }
                 : STR_NONE;
}

/* None are none, also to whoever reads the database. */
static struct str
sealed_secrets(struct work *w, const struct hook *hook)
{
    struct str plain = json_tree_text(w->arena, hook->secrets);

    return str_is(plain, no_secrets) ? plain
                                     : vault_seal(w->arena, purpose, plain);
}

bool
hook_look_at_secrets(struct work *w, bool seal, struct vault_count *count)
{
    struct db_rows rows;
    struct str again;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct str stored = db_get_text(&rows, i, 2);
        if (str_is(stored, no_secrets))
            continue;
        vault_look(w->arena, purpose, stored, seal, count, &again);
        if (!str_is_empty(again)
            && !work_run(w, write_secrets,
                         DB_VALUES(db_id(w->workspace),
                                   db_id(db_get_id(&rows, i, 0)),
                                   db_text(again)),
                         NULL))
            return false;
    }
    return true;
}

bool
hook_save(struct work *w, const struct hook *hook)
{
    bool old = hook->old_until_ms > 0;

    return work_run(w, write_one,
                    DB_VALUES(db_id(w->workspace), db_id(hook->source),
                              db_text(json_tree_text(w->arena, hook->document)),
                              db_text(sealed_secrets(w, hook)),
                              db_blob(hash_text(&hook->token, hook->has_token)),
                              db_blob(hash_text(&hook->old_token, old)),
                              db_int_or_null(hook->old_until_ms),
                              db_int(w->now_ms)),
                    NULL);
}

bool
hook_delete(struct work *w, struct id source)
{
    return work_run(w, delete_one,
                    DB_VALUES(db_id(w->workspace), db_id(source)), NULL);
}

/* ------------------------------------------------------------ seen fields */

static const char add_field[] =
    "INSERT INTO source_field (workspace_id, source_id, path, submission_id,"
    "                          seen_ms)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
static const char select_fields[] =
    "SELECT source_id, path, submission_id, seen_ms FROM source_field"
    " WHERE workspace_id = $1 AND source_id = $2"
    " ORDER BY seen_ms DESC, path LIMIT 1000";

static bool
is_storable(struct str path)
{
    return path.bytes <= 1000 && str_find_char(path, '\0') < 0;
}

bool
hook_leaves_seen(struct work *w, struct workspace_cache *cache,
                 struct id source, const struct hook_leaf *leaves, int count,
                 struct id submission)
{
    for (int i = 0; i < count; i++) {
        int64_t place = place_of(w->arena, source, leaves[i].path);
        if (hash_map_get(&cache->hook_seen, place) != 0
            || cache->hook_seen.count >= PATHS_MAX
            || !is_storable(leaves[i].path))
            continue;
        if (!work_run(w, add_field,
                      DB_VALUES(db_id(w->workspace), db_id(source),
                                db_text(leaves[i].path), db_id(submission),
                                db_int(w->now_ms)),
                      NULL))
            return false;
        hash_map_put(&cache->hook_seen, place, 1);
    }
    return true;
}

bool
hook_fields(struct work *w, struct id source, struct hook_seen **list,
            int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_fields,
                    DB_VALUES(db_id(w->workspace), db_id(source)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct hook_seen, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct hook_seen){
            .source = db_get_id(&rows, i, 0),
            .path = arena_str(w->arena, db_get_text(&rows, i, 1)),
            .submission = db_get_id(&rows, i, 2),
            .seen_ms = db_get_int(&rows, i, 3),
        };
    return true;
}
