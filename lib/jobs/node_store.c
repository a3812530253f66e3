/* node_store: see node.h. */
#include "lib/jobs/node.h"

#include "lib/base/clock.h"
#include "lib/base/random.h"

static const char select_known[] =
    "SELECT number, seen_ms FROM node WHERE workspace_id = 0 ORDER BY number";
static const char take_number[] =
    "INSERT INTO node (workspace_id, number, token, seen_ms)"
    " VALUES (0, $1, $2, $3)"
    " ON CONFLICT (workspace_id, number) DO UPDATE"
    "   SET token = excluded.token, seen_ms = excluded.seen_ms"
    " WHERE node.seen_ms <= $4";
static const char renew_number[] =
    "UPDATE node SET seen_ms = $3"
    " WHERE workspace_id = 0 AND number = $1 AND token = $2";
static const char release_number[] =
    "UPDATE node SET token = 0, seen_ms = $3"
    " WHERE workspace_id = 0 AND number = $1 AND token = $2";

/*
 * A number that was never held, else the one that is free for longest: should
 * the clock have been set back, a process that starts now would make the ids
 * of the one before it again. ID_NODES when all are held.
 */
static bool
longest_free(struct db *db, struct arena *arena, int64_t now_ms,
             uint32_t *number)
{
    struct db_rows rows;
    int64_t oldest_ms = now_ms - NODE_LEASE_MS;

    if (!db_query(db, arena, select_known, NULL, 0, &rows))
        return false;
    *number = ID_NODES;
    for (int i = 0; i < rows.count; i++) {
        if (db_get_int(&rows, i, 0) != i) {
            *number = (uint32_t)i;
            return true;
        }
        if (db_get_int(&rows, i, 1) <= oldest_ms) {
            oldest_ms = db_get_int(&rows, i, 1);
            *number = (uint32_t)i;
        }
    }
    if (rows.count < ID_NODES)
        *number = (uint32_t)rows.count;
    return true;
}

static bool
try_take(struct db *db, struct arena *arena, struct node *node, bool *taken)
{
    int64_t now_ms = clock_real_ms();
    int64_t changed = 0;

    if (!db_begin(db))
        return false;
    bool ok = longest_free(db, arena, now_ms, &node->number)
           && node->number < ID_NODES
           && db_run(db, take_number,
                     DB_VALUES(db_int(node->number), db_int(node->token),
                               db_int(now_ms), db_int(now_ms - NODE_LEASE_MS)),
                     &changed)
           && db_commit(db);
    if (!ok)
        db_rollback(db);
    *taken = ok && changed == 1;
    return ok;
}

bool
node_take(struct db *db, struct arena *arena, struct node *node,
          struct str *why)
{
    enum { TRIES = 20 }; /* against others who start at the same moment */
    bool taken = false;

    random_secret(&node->token, sizeof node->token);
    node->token &= INT64_MAX;
    for (int i = 0; i < TRIES && !taken; i++) {
        if (!try_take(db, arena, node, &taken)
            && db_last_result(db) != DB_SERIALIZATION
            && db_last_result(db) != DB_UNIQUE) {
            *why = str_of(db_last_message(db));
            return false;
        }
        if (node->number >= ID_NODES)
            break;
    }
    if (!taken)
        *why = STR("all 1,024 node numbers are taken");
    return taken;
}

bool
node_renew(struct db *db, const struct node *node)
{
    int64_t changed = 0;

    if (!db_begin(db))
        return true; /* away: the lease still runs */
    bool ok = db_run(db, renew_number,
                     DB_VALUES(db_int(node->number), db_int(node->token),
                               db_int(clock_real_ms())),
                     &changed)
           && db_commit(db);
    if (!ok)
        db_rollback(db);
    return !ok || changed == 1;
}

void
node_release(struct db *db, const struct node *node)
{
    if (!db_begin(db))
        return; /* the lease runs out by itself */
    if (!db_run(db, release_number,
                DB_VALUES(db_int(node->number), db_int(node->token),
                          db_int(clock_real_ms() - NODE_LEASE_MS)),
                NULL)
        || !db_commit(db))
        db_rollback(db);
}
