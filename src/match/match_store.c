/* match_store: the lead_key table. */
#include "src/match/match_store.h"

#include "lib/db/array.h"
#include "src/match/key_filter.h"
#include "src/match/key_tail.h"
#include "src/match/match.h"
#include "src/workspace/cache.h"

static const char look_up[] =
    "SELECT record_id FROM lead_key"
    " WHERE workspace_id = $1 AND key = $2 ORDER BY record_id LIMIT 20";

static const char add[] =
    "INSERT INTO lead_key (workspace_id, key, record_id) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING";

static const struct db_insert insert_new = { "lead_key",
                                             "workspace_id, key, record_id",
                                             "iii" };

/* ------------------------------------------------------------ warm keys */

/* One place for the keys of all workspaces of a writer. */
static int64_t
place_of(struct id workspace, int64_t key)
{
    int64_t place =
        key
        ^ (int64_t)((uint64_t)workspace.value * UINT64_C(0x9e3779b97f4a7c15));
    return place == 0 ? 1 : place;
}

static void
note(struct work *w, int64_t key, int64_t what)
{
    hash_map_put(cache_keys(w), place_of(w->workspace, key), what);
}

/* It is in the table from here on. */
static void
note_written(struct work *w, int64_t key)
{
    note(w, key, KEY_PRESENT);
    key_filter_add(w, key);
    workspace_cache(w)->keys.changed = true;
}

/* The keys of the units of one workspace that the table may be asked for. */
struct wanted {
    int64_t *keys;
    int count;
};

static int
count_keys(const struct work *w, struct unit *const *units, int count)
{
    int keys = 0;

    for (int i = 0; i < count; i++)
        if (id_equal(units[i]->workspace, w->workspace))
            keys += units[i]->key_count;
    return keys;
}

static bool
may_be_asked_for(struct work *w, int64_t key)
{
    return !key_filter_denies(w, key) && account_by_key(w, key) == NULL;
}

static struct wanted
gather(struct work *w, struct unit *const *units, int count, int keys)
{
    struct wanted wanted = {
        .keys = ARENA_ARRAY(w->arena, int64_t, (size_t)keys),
    };

    for (int i = 0; i < count; i++) {
        if (!id_equal(units[i]->workspace, w->workspace))
            continue;
        for (int j = 0; j < units[i]->key_count; j++)
            if (may_be_asked_for(w, units[i]->keys[j]))
                wanted.keys[wanted.count++] = units[i]->keys[j];
    }
    return wanted;
}

static void
note_found(struct work *w, const int64_t *keys, int count,
           const struct db_rows *found)
{
    for (int i = 0; i < count; i++)
        note(w, keys[i], KEY_ABSENT);
    for (int i = 0; i < found->count; i++)
        note(w, db_get_int(found, i, 0), KEY_PRESENT);
}

/* SQLite: a statement costs twice what looking a key up does, so they go in
 * a row of so many. What is left over is looked up when it is asked for. */
enum { KEYS_IN_A_ROW = 16 };
static const char known_in_a_row[] =
    "SELECT k.key"
    "  FROM (VALUES ($2), ($3), ($4), ($5), ($6), ($7), ($8), ($9), ($10),"
    "               ($11), ($12), ($13), ($14), ($15), ($16), ($17))"
    "       AS wanted"
    " CROSS JOIN lead_key AS k"
    "    ON k.workspace_id = $1 AND k.key = wanted.column1";

static bool
warm_in_rows(struct work *w, const struct wanted *wanted)
{
    struct db_value values[KEYS_IN_A_ROW + 1] = { db_id(w->workspace) };
    struct db_rows rows;

    for (int at = 0; at + KEYS_IN_A_ROW <= wanted->count; at += KEYS_IN_A_ROW) {
        const int64_t *keys = wanted->keys + at;
        for (int i = 0; i < KEYS_IN_A_ROW; i++)
            values[i + 1] = db_int(keys[i]);
        if (!work_query(w, known_in_a_row, values, KEYS_IN_A_ROW + 1, &rows))
            return false;
        note_found(w, keys, KEYS_IN_A_ROW, &rows);
    }
    return true;
}

/* PostgreSQL: one round trip for a whole group. The list is a query of its
 * own, so that it is read once and not for every row. */
static const char known_of[] =
    "SELECT found.key, found.record_id"
    "  FROM unnest(CAST($2 AS BIGINT[])) AS wanted (key),"
    "       LATERAL (SELECT k.key, k.record_id FROM lead_key AS k"
    "                 WHERE k.workspace_id = $1 AND k.key = wanted.key"
    "                 LIMIT 1) AS found";

static struct db_value
array_of_keys(struct arena *arena, const int64_t *keys, int count)
{
    struct db_array array = db_array_new(arena);

    for (int i = 0; i < count; i++)
        db_array_int(&array, keys[i]);
    return db_array_value(&array);
}

/* Some of the records are accounts: those are read as well, all at once. */
static bool
warm_accounts(struct work *w, const struct db_rows *rows)
{
    struct id *ids = ARENA_ARRAY(w->arena, struct id, (size_t)rows->count);

    for (int i = 0; i < rows->count; i++)
        ids[i] = db_get_id(rows, i, 1);
    if (!account_warm(w, ids, rows->count))
        return false;
    for (int i = 0; i < rows->count; i++)
        if (!account_remember_key(w, db_get_int(rows, i, 0), ids[i]))
            return false;
    return true;
}

static bool
warm_together(struct work *w, const struct wanted *wanted)
{
    struct db_value keys = array_of_keys(w->arena, wanted->keys, wanted->count);
    struct db_rows rows;

    if (wanted->count == 0)
        return true;
    if (!work_query(w, known_of, DB_VALUES(db_id(w->workspace), keys), &rows))
        return false;
    note_found(w, wanted->keys, wanted->count, &rows);
    return warm_accounts(w, &rows);
}

static bool
warm_workspace(struct work *w, struct unit *const *units, int count)
{
    int keys = count_keys(w, units, count);

    if (!key_filter_warm(w, keys))
        return false;
    struct wanted wanted = gather(w, units, count, keys);
    return db_engine(w->db) == DB_SQLITE ? warm_in_rows(w, &wanted)
                                         : warm_together(w, &wanted);
}

static bool
seen_before(struct unit *const *units, int i)
{
    for (int j = 0; j < i; j++)
        if (id_equal(units[j]->workspace, units[i]->workspace))
            return true;
    return false;
}

bool
match_warm(struct work *w, struct unit *const *units, int count)
{
    struct id before = w->workspace;
    bool ok = true;

    for (int i = 0; ok && i < count; i++) {
        if (id_is_none(units[i]->workspace) || seen_before(units, i))
            continue;
        w->workspace = units[i]->workspace;
        ok = warm_workspace(w, units, count);
    }
    w->workspace = before;
    return ok;
}

/* --------------------------------------------------------------- records */

/* The newest are in memory; there are older ones only under the same key. */
bool
match_look_up(struct work *w, int64_t key, struct id **records, int *count)
{
    struct db_rows rows = { 0 };
    struct id newest;

    if (!key_tail_find(w, key, &newest))
        return false;
    if (hash_map_get(cache_keys(w), place_of(w->workspace, key)) != KEY_ABSENT
        && !key_filter_denies(w, key)
        && !work_query(w, look_up, DB_VALUES(db_id(w->workspace), db_int(key)),
                       &rows))
        return false;
    *count = 0;
    *records = ARENA_ARRAY(w->arena, struct id, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++)
        (*records)[(*count)++] = db_get_id(&rows, i, 0);
    if (!id_is_none(newest))
        (*records)[(*count)++] = newest;
    return true;
}

static const char keys_after[] =
    "SELECT key FROM lead_key WHERE workspace_id = $1 AND key > $2"
    " ORDER BY key LIMIT $3";

bool
match_keys_after(struct work *w, int64_t after, int most, int64_t **keys,
                 int *count)
{
    struct db_rows rows;

    if (!work_query(w, keys_after,
                    DB_VALUES(db_id(w->workspace), db_int(after), db_int(most)),
                    &rows))
        return false;
    *count = rows.count;
    *keys = ARENA_ARRAY(w->arena, int64_t, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*keys)[i] = db_get_int(&rows, i, 0);
    return true;
}

bool
match_add_new(struct work *w, int64_t key, struct id lead)
{
    bool taken;

    if (!key_tail_take(w, key, lead, &taken))
        return false;
    if (taken)
        return true;
    note_written(w, key);
    return work_insert(
        w, &insert_new,
        DB_VALUES(db_id(w->workspace), db_int(key), db_id(lead)));
}

bool
match_add_delivery(struct work *w, int64_t key, struct id submission)
{
    note_written(w, key);
    return work_insert(
        w, &insert_new,
        DB_VALUES(db_id(w->workspace), db_int(key), db_id(submission)));
}

/* What the tail has is written with it, and once. */
bool
match_add(struct work *w, int64_t key, struct id record)
{
    struct id newest;

    if (!key_tail_find(w, key, &newest))
        return false;
    if (id_equal(newest, record))
        return true;
    note_written(w, key);
    return work_run(w, add,
                    DB_VALUES(db_id(w->workspace), db_int(key), db_id(record)),
                    NULL);
}

static const char remove_one[] =
    "DELETE FROM lead_key"
    " WHERE workspace_id = $1 AND key = $2 AND record_id = $3";

bool
match_remove(struct work *w, int64_t key, struct id record)
{
    if (!key_tail_forget(w, key, record))
        return false;
    workspace_cache(w)->keys.changed = true; /* others may hold it, too */
    return work_run(w, remove_one,
                    DB_VALUES(db_id(w->workspace), db_int(key), db_id(record)),
                    NULL);
}

/* PostgreSQL: one statement for all of them. To look whether a row is there
 * first takes as long as to write it. */
#define ADD_ARRAYS                                                             \
    "INSERT INTO lead_key (workspace_id, key, record_id)"                      \
    " SELECT $1, k, r FROM unnest(CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[]))" \
    "   AS new (k, r)"
static const char add_arrays[] = ADD_ARRAYS;
static const char add_arrays_again[] = ADD_ARRAYS " ON CONFLICT DO NOTHING";

static bool
add_together(struct work *w, const struct hash_slot *slots, int count,
             bool repeats)
{
    struct db_array keys = db_array_new(w->arena);
    struct db_array records = db_array_new(w->arena);

    for (int i = 0; i < count; i++) {
        db_array_int(&keys, slots[i].key);
        db_array_int(&records, slots[i].value);
    }
    return work_run(w, repeats ? add_arrays_again : add_arrays,
                    DB_VALUES(db_id(w->workspace), db_array_value(&keys),
                              db_array_value(&records)),
                    NULL);
}

bool
match_add_many(struct work *w, const struct hash_slot *slots, int count,
               bool repeats)
{
    for (int i = 0; i < count; i++)
        key_filter_add(w, slots[i].key);
    workspace_cache(w)->keys.changed = true;
    if (db_engine(w->db) == DB_POSTGRES)
        return add_together(w, slots, count, repeats);
    for (int i = 0; i < count; i++)
        if (!work_run(w, add,
                      DB_VALUES(db_id(w->workspace), db_int(slots[i].key),
                                db_int(slots[i].value)),
                      NULL))
            return false;
    return true;
}

/* -------------------------------------------------------------- checking */

static const char has_pair[] =
    "SELECT 1 FROM lead_key"
    " WHERE workspace_id = $1 AND key = $2 AND record_id = $3";

static bool
has_one(struct work *w, int64_t key, struct id record, bool *has)
{
    struct db_rows rows;

    if (!work_query(w, has_pair,
                    DB_VALUES(db_id(w->workspace), db_int(key), db_id(record)),
                    &rows))
        return false;
    *has = rows.count > 0;
    return true;
}

/* PostgreSQL only. */
static const char pairs_of[] =
    "SELECT found.key, found.record_id"
    "  FROM unnest(CAST($2 AS BIGINT[])) AS wanted (key),"
    "       LATERAL (SELECT k.key, k.record_id FROM lead_key AS k"
    "                 WHERE k.workspace_id = $1 AND k.key = wanted.key"
    "                 LIMIT 1000) AS found";

static bool
has_together(struct work *w, const int64_t *keys, const struct id *records,
             bool *has, int count)
{
    struct db_value list = array_of_keys(w->arena, keys, count);
    struct hash_map pairs;
    struct db_rows rows;

    if (!work_query(w, pairs_of, DB_VALUES(db_id(w->workspace), list), &rows))
        return false;
    hash_map_init(&pairs);
    for (int i = 0; i < rows.count; i++)
        hash_map_put(&pairs,
                     place_of(db_get_id(&rows, i, 1), db_get_int(&rows, i, 0)),
                     1);
    for (int i = 0; i < count; i++)
        has[i] = hash_map_get(&pairs, place_of(records[i], keys[i])) != 0;
    hash_map_free(&pairs);
    return true;
}

bool
match_has(struct work *w, const int64_t *keys, const struct id *records,
          bool *has, int count)
{
    struct workspace_cache *cache = workspace_cache(w);
    bool ok = cache != NULL;

    if (ok && count > 0 && db_engine(w->db) == DB_POSTGRES)
        ok = has_together(w, keys, records, has, count);
    for (int i = 0; ok && i < count; i++) {
        if (db_engine(w->db) == DB_SQLITE)
            ok = has_one(w, keys[i], records[i], &has[i]);
        /* Keys after the mark are read from the leads themselves (K1). */
        has[i] = has[i] || id_compare(records[i], cache->keys_mark) > 0;
    }
    return ok;
}
