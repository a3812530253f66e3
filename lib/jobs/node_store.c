/* node_store: see node.h. */
#include "lib/jobs/node.h"

#include "lib/base/clock.h"
#include "lib/base/random.h"

static const char select_busy[] =
    "SELECT number FROM node WHERE workspace_id = 0 AND seen_ms > $1"
    " ORDER BY number";
static const char take_number[] =
    "INSERT INTO node (workspace_id, number, token, seen_ms)"
    " VALUES (0, $1, $2, $3)"
    " ON CONFLICT (workspace_id, number) DO UPDATE"
    "   SET token = excluded.token, seen_ms = excluded.seen_ms"
    " WHERE node.seen_ms <= $4";
/* seen_ms never goes back, though the clock may. */
static const char renew_number[] =
    "UPDATE node SET seen_ms = CASE WHEN seen_ms > $3 THEN seen_ms ELSE $3 END"
    " WHERE workspace_id = 0 AND number = $1 AND token = $2";
static const char release_number[] =
    "UPDATE node SET seen_ms = $3"
    " WHERE workspace_id = 0 AND number = $1 AND token = $2 AND seen_ms <= $4";

/* A number that was let go rests for a while, or, if the clock was set back,
 * until it has come past that again: the next holder would else make ids that
 * were made already. */
enum { NODE_REST_MS = 2000 };

/* The lowest number that nobody holds; numbers are few, processes fewer. */
static bool
lowest_free(struct db *db, struct arena *arena, int64_t now_ms,
            uint32_t *number)
{
    struct db_rows rows;

    if (!db_query(db, arena, select_busy,
                  DB_VALUES(db_int(now_ms - NODE_LEASE_MS)), &rows))
        return false;
    *number = 0;
    for (int i = 0; i < rows.count; i++)
        if (db_get_int(&rows, i, 0) == *number)
            ++*number;
    return true;
}

static bool
try_take(struct db *db, struct arena *arena, struct node *node, bool *taken)
{
    int64_t now_ms = clock_real_ms();
    int64_t changed = 0;

    if (!db_begin(db))
        return false;
    bool ok = lowest_free(db, arena, now_ms, &node->number) &&
              db_run(db, take_number,
                     DB_VALUES(db_int(node->number), db_int(node->token),
                               db_int(now_ms), db_int(now_ms - NODE_LEASE_MS)),
                     &changed) &&
              db_commit(db);
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
        if (!try_take(db, arena, node, &taken) &&
            db_last_result(db) != DB_SERIALIZATION &&
            db_last_result(db) != DB_UNIQUE) {
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
                     &changed) &&
              db_commit(db);
    if (!ok)
        db_rollback(db);
    return !ok || changed == 1;
}

void
node_release(struct db *db, const struct node *node)
{
    int64_t now_ms = clock_real_ms();

    if (!db_begin(db))
        return; /* the lease runs out by itself */
    if (!db_run(db, release_number,
                DB_VALUES(db_int(node->number), db_int(node->token),
                          db_int(now_ms + NODE_REST_MS - NODE_LEASE_MS),
                          db_int(now_ms)),
                NULL) ||
        !db_commit(db))
        db_rollback(db);
}
