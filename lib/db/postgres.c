/*
 * postgres: the engine on a PostgreSQL server: connecting, transactions and
 * what each call of db.h does. How statements travel is postgres_pipeline.c,
 * values are postgres_type.c, rows for tables are postgres_batch.c.
 */
#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/db/postgres.h"

enum {
    ANSWER_LIMIT_MS = 30000,
    DOUBT_MS = 3000,
};

static bool connect_server(struct postgres *);
static bool alive(struct postgres *);
static bool ready(struct postgres *);
static bool to_rows(struct postgres *, struct arena *, const PGresult *,
                    struct db_rows *);

static const struct db_calls calls;

/* Adds to the settings of the address what it does not mention itself. */
static const char *
session_options(struct postgres *self, PQconninfoOption *given)
{
    const char *own = "";
    struct text options = text_new(&self->keep);

    for (; given->keyword != NULL; given++)
        if (strcmp(given->keyword, "options") == 0 && given->val != NULL)
            own = given->val;
    text_add_cstr(&options, own);
    if (strstr(own, "synchronous_commit") == NULL)
        text_add_cstr(&options, " -c synchronous_commit=on");
    if (strstr(own, "lock_timeout") == NULL)
        text_add_cstr(&options, " -c lock_timeout=5s");
    if (self->db.read_only)
        text_add_cstr(&options, " -c default_transaction_read_only=on");
    return arena_cstr(&self->keep, text_str(&options));
}

struct db *
postgres_open(struct arena *arena, const char *address, bool read_only,
              struct str *why)
{
    char *message = NULL;
    PQconninfoOption *given = PQconninfoParse(address, &message);

    if (given == NULL) { /* the message may show a password: not repeated */
        *why = STR("the postgres:// address cannot be read");
        PQfreemem(message);
        return NULL;
    }

    struct postgres *self = calloc(1, sizeof *self);
    if (self == NULL)
        abort();
    db_init(&self->db, &calls, DB_POSTGRES, read_only);
    arena_init(&self->keep);
    hash_map_init(&self->statements);
    hash_map_init(&self->batches);
    self->answer_limit_ms = ANSWER_LIMIT_MS;
    self->doubt_ms = DOUBT_MS;
    self->address = arena_cstr(&self->keep, str_of(address));
    self->options = session_options(self, given);
    PQconninfoFree(given);

    if (connect_server(self))
        return &self->db;
    *why = arena_str(arena, str_of(db_last_message(&self->db)));
    db_close(&self->db);
    return NULL;
}

static void
close_postgres(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    pg_disconnect(self);
    pg_batch_free(self);
    pg_values_free(&self->values);
    hash_map_free(&self->statements);
    hash_map_free(&self->batches);
    free(self->pending);
    arena_free(&self->keep);
    free(self);
}

/* Refused for now, as libpq tells it: it gives no SQLSTATE for this. */
static enum db_result
connect_result(const char *message)
{
    return strstr(message, "too many") != NULL
                || strstr(message, "connection slots") != NULL
             ? DB_BUSY
             : DB_LOST;
}

static bool
connect_server(struct postgres *self)
{
    /* What stands before dbname may be changed by the address. */
    const char *const settings[][2] = {
        { "connect_timeout", "2" },
        { "keepalives", "1" },
        { "keepalives_idle", "2" },
        { "keepalives_interval", "1" },
        { "keepalives_count", "3" },
        { "tcp_user_timeout", "3000" },
        { "target_session_attrs",
          self->db.read_only ? "primary" : "read-write" },
        { "application_name", "baton" },
        { "dbname", self->address },
        { "client_encoding", "UTF8" },
        { "options", self->options },
    };
    enum { COUNT = sizeof settings / sizeof *settings };
    const char *names[COUNT + 1] = { NULL };
    const char *values[COUNT + 1] = { NULL };

    for (int i = 0; i < COUNT; i++) {
        names[i] = settings[i][0];
        values[i] = settings[i][1];
    }
    pg_disconnect(self);
    self->conn = PQconnectdbParams(names, values, 1);
    if (PQstatus(self->conn) != CONNECTION_OK
        || !PQenterPipelineMode(self->conn)) {
        const char *message = PQerrorMessage(self->conn);
        db_fail(&self->db, connect_result(message), "%s", message);
        pg_disconnect(self);
        return false;
    }
    PQsetNoticeReceiver(self->conn, pg_on_notice, self);
    return true;
}

/* Knocking needs no password: that one is asked for is an answer. */
bool
pg_answers_anybody(const struct postgres *self)
{
    const char *const names[] = {
        "host", "port", "user", "dbname", "connect_timeout", NULL
    };
    const char *const values[] = { PQhost(self->conn),
                                   PQport(self->conn),
                                   PQuser(self->conn),
                                   PQdb(self->conn),
                                   "2",
                                   NULL };

    return PQpingParams(names, values, 0) != PQPING_NO_RESPONSE;
}

/*
 * A server that went away while nothing was asked has left a message and an
 * end of file in the socket: seen here, it costs no transaction.
 */
static bool
alive(struct postgres *self)
{
    struct pollfd socket = { .fd = PQsocket(self->conn), .events = POLLIN };

    while (PQstatus(self->conn) == CONNECTION_OK && poll(&socket, 1, 0) > 0)
        if (!PQconsumeInput(self->conn))
            return false;
    return PQstatus(self->conn) == CONNECTION_OK;
}

/* What begins outside a transaction connects again when needed. */
static bool
ready(struct postgres *self)
{
    if (self->db.in_transaction)
        return self->conn != NULL
            || pg_lost(self, "the connection to the database was lost");
    return (self->conn != NULL && alive(self)) || connect_server(self);
}

static bool
begin(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    if (!ready(self))
        return false;
    self->begin_due = true;
    pg_batch_begin(self);
    return true;
}

static bool
commit(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    if (!ready(self) || !pg_batch_send(self))
        return false;
    /* The server would commit what has missed its row. */
    if (self->must_unread && !pg_sync_and_read(self, NULL))
        return false;
    if (self->begin_due) { /* nothing was done */
        self->begin_due = false;
        return true;
    }

    PGresult *result = NULL;
    bool ok = pg_ask(self, PG_COMMIT, "COMMIT", true, NULL, 0)
           && pg_sync_and_read(self, &result);
    /* A COMMIT of a failed transaction succeeds, and says ROLLBACK. */
    if (ok && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        ok = db_fail(db, DB_ERROR, "the transaction was rolled back");
    PQclear(result);
    if (ok)
        self->begun = false;
    return ok;
}

static void
rollback(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    pg_batch_drop(self);
    self->begin_due = false;
    /* An error among these would have the server skip the ROLLBACK. */
    if (self->pending_count > 0)
        pg_sync_and_read(self, NULL);
    /* After a refused COMMIT there is nothing left to roll back. */
    if (self->conn != NULL && PQtransactionStatus(self->conn) != PQTRANS_IDLE
        && pg_ask(self, PG_RUN, "ROLLBACK", true, NULL, 0))
        pg_sync_and_read(self, NULL);
    if (self->conn != NULL && PQtransactionStatus(self->conn) != PQTRANS_IDLE)
        pg_disconnect(self);
    self->begun = false;
}

static bool
query(struct db *db, struct arena *arena, const char *sql, bool constant,
      const struct db_value *values, int count, struct db_rows *rows)
{
    struct postgres *self = (struct postgres *)db;
    PGresult *result = NULL;

    bool ok = ready(self) && pg_batch_send(self)
           && pg_ask(self, PG_ASKED, sql, constant, values, count)
           && pg_sync_and_read(self, &result)
           && to_rows(self, arena, result, rows);
    PQclear(result);
    return ok;
}

/* Outside a transaction a change is its own, and waits for its answer. */
static bool
run(struct db *db, const char *sql, const struct db_value *values, int count,
    int64_t *changed)
{
    struct postgres *self = (struct postgres *)db;
    bool waits = changed != NULL || !db->in_transaction;
    PGresult *result = NULL;

    if (!db->in_transaction && !ready(self))
        return false;
    if (!pg_batch_send(self)
        || !pg_ask(self, waits ? PG_ASKED : PG_RUN, sql, true, values, count))
        return false;
    if (!waits)
        return true;

    bool ok = pg_sync_and_read(self, &result);
    if (ok && changed != NULL
        && !str_to_int64(str_of(PQcmdTuples(result)), changed))
        *changed = 0; /* DDL counts nothing */
    PQclear(result);
    return ok;
}

static bool
insert(struct db *db, const struct db_insert *insert,
       const struct db_value *values, int count)
{
    struct postgres *self = (struct postgres *)db;

    (void)count;
    if (db->in_transaction)
        return pg_batch_add(self, insert, values);
    return ready(self) && pg_batch_add(self, insert, values)
        && pg_batch_send(self) && pg_sync_and_read(self, NULL);
}

static bool
update(struct db *db, const struct db_update *update,
       const struct db_value *values, int count)
{
    struct postgres *self = (struct postgres *)db;
    int64_t changed;

    if (db->in_transaction)
        return pg_batch_change(self, update, values);
    if (!run(db, update->sql, values, count, &changed))
        return false;
    return !update->must || changed == 1 || db_update_missed(db);
}

/* One row of a result that is read row by row. */
static bool
hand_row(struct postgres *self, struct arena *arena, const PGresult *result,
         bool (*each)(void *context, const struct db_rows *), void *context)
{
    struct db_rows row;

    arena_reset(arena);
    return to_rows(self, arena, result, &row) && each(context, &row);
}

/*
 * Everything before it is answered first, so that this is the only statement
 * on its way. When `each` stops early the rest is read and thrown away: the
 * only other way would be a cancel.
 */
static bool
each_row(struct db *db, struct arena *arena, const char *sql,
         const struct db_value *values, int count,
         bool (*each)(void *context, const struct db_rows *), void *context)
{
    struct postgres *self = (struct postgres *)db;
    bool going = true;
    PGresult *result;

    if (!ready(self) || !pg_batch_send(self) || !pg_sync_and_read(self, NULL)
        || !pg_ask(self, PG_ASKED, sql, true, values, count))
        return false;
    /* Its preparation and BEGIN may be in front of it. */
    struct pg_pending own = self->pending[--self->pending_count];
    bool clean =
        PQsendFlushRequest(self->conn) == 1 && pg_read_answers(self, NULL);
    if (self->conn == NULL)
        return pg_lost(self, "the connection to the database was lost");
    if (clean)
        PQsetSingleRowMode(self->conn);
    if (PQpipelineSync(self->conn) != 1)
        return pg_lost(self, PQerrorMessage(self->conn));

    self->refused = !clean;
    while ((result = PQgetResult(self->conn)) != NULL) {
        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
            going = going && hand_row(self, arena, result, each, context);
        else
            pg_take(self, &own, result, NULL);
        PQclear(result);
    }
    bool ok = !self->refused;
    pg_note(self, PG_SYNC, NULL);
    return pg_read_answers(self, NULL) && ok && going;
}

/* Pipeline mode takes one statement at a time: a script goes without. */
static bool
script(struct db *db, const char *sql)
{
    struct postgres *self = (struct postgres *)db;

    if (!ready(self) || !pg_send_begin(self) || !pg_batch_send(self)
        || !pg_sync_and_read(self, NULL))
        return false;
    if (!PQexitPipelineMode(self->conn))
        return pg_lost(self, PQerrorMessage(self->conn));

    PGresult *result = PQexec(self->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
           || status == PGRES_EMPTY_QUERY;
    if (!ok)
        pg_refuse(self, result);
    PQclear(result);
    if (self->lost || !PQenterPipelineMode(self->conn))
        return pg_lost(self, "the connection to the database was lost");
    return ok;
}

static bool
checkpoint(struct db *db)
{
    (void)db;
    return true;
}

static void
scrub(struct db *db)
{
    (void)db;
}

static bool
settle(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    return pg_batch_send(self)
        && (self->pending_count == 0 || pg_sync_and_read(self, NULL));
}

static const struct db_calls calls = {
    .close = close_postgres,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .query = query,
    .run = run,
    .insert = insert,
    .update = update,
    .each = each_row,
    .script = script,
    .checkpoint = checkpoint,
    .scrub = scrub,
    .settle = settle,
};

static bool
to_rows(struct postgres *self, struct arena *arena, const PGresult *result,
        struct db_rows *rows)
{
    rows->count = PQntuples(result);
    rows->columns = PQnfields(result);
    rows->cells = ARENA_ARRAY(arena, struct db_cell,
                              (size_t)rows->count * (size_t)rows->columns);

    struct db_cell *cell = rows->cells;
    for (int row = 0; row < rows->count; row++)
        for (int column = 0; column < rows->columns; column++) {
            const char *problem =
                pg_read_cell(arena, result, row, column, cell++);
            if (problem != NULL)
                return db_fail(&self->db, DB_ERROR, "column %s (type %u) %s",
                               PQfname(result, column), PQftype(result, column),
                               problem);
        }
    return true;
}
