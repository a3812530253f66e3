/*
 * postgres: the engine on a PostgreSQL server: connection, pipeline,
 * transactions. Values are postgres_type.c, rows for tables are
 * postgres_batch.c.
 *
 * The connection is always in pipeline mode. Statements that need no answer
 * are sent and noted in a list; whoever needs an answer sends his own, a
 * sync, and reads the answers of the whole list. So a transaction of changes
 * costs one round trip, with its BEGIN and COMMIT.
 *
 * No cancel request is ever sent: one that arrives while COMMIT waits for a
 * standby turns a success into a maybe.
 */
#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/db/postgres.h"

enum {
    /* Unanswered statements; more are read before the next one is sent, so
     * that neither side ever waits with a full socket. */
    PENDING_MAX = 256,
    COMMIT_LIMIT_MS = 30000,
};

static bool connect_server(struct postgres *);
static void disconnect(struct postgres *);
static bool alive(struct postgres *);
static bool ready(struct postgres *);
static bool lost(struct postgres *, const char *what);
static struct pg_statement *statement_of(struct postgres *, const char *sql,
                                         const struct db_value *, int count);
static bool send_begin(struct postgres *);
static bool ask(struct postgres *, enum pg_pending_kind, const char *sql,
                bool constant, const struct db_value *, int count);
static bool note_pending(struct postgres *, enum pg_pending_kind,
                         struct pg_statement *);
static bool drain(struct postgres *);
static bool sync_and_read(struct postgres *, PGresult **asked);
static bool read_answers(struct postgres *, PGresult **asked);
static void take(struct postgres *, const struct pg_pending *, PGresult *,
                 PGresult **asked);
static bool to_rows(struct postgres *, struct arena *, const PGresult *,
                    struct db_rows *);
static void on_notice(void *, const PGresult *);
static void refuse(struct postgres *, const PGresult *);

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
    self->due_end = &self->due;
    self->commit_limit_ms = COMMIT_LIMIT_MS;
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

    disconnect(self);
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
    return strstr(message, "too many") != NULL ||
                   strstr(message, "connection slots") != NULL
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
    disconnect(self);
    self->conn = PQconnectdbParams(names, values, 1);
    if (PQstatus(self->conn) != CONNECTION_OK ||
        !PQenterPipelineMode(self->conn)) {
        const char *message = PQerrorMessage(self->conn);
        db_fail(&self->db, connect_result(message), "%s", message);
        disconnect(self);
        return false;
    }
    PQsetNoticeReceiver(self->conn, on_notice, self);
    return true;
}

/* Forgets everything that belongs to the connection. */
static void
disconnect(struct postgres *self)
{
    PQfinish(self->conn);
    self->conn = NULL;
    self->pending_count = 0;
    self->lost = false;
    self->begun = false;
    self->committing = false;
    for (struct pg_statement *s = self->all; s != NULL; s = s->all)
        s->prepared = false;
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
        return self->conn != NULL ||
               lost(self, "the connection to the database was lost");
    return (self->conn != NULL && alive(self)) || connect_server(self);
}

/* Always false. */
static bool
lost(struct postgres *self, const char *what)
{
    db_fail(&self->db, DB_LOST, "%s", what); /* `what` may be libpq's */
    disconnect(self);
    return false;
}

static bool
begin(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    if (!ready(self))
        return false;
    self->begin_due = true;
    return true;
}

static bool
commit(struct db *db)
{
    struct postgres *self = (struct postgres *)db;

    if (!ready(self) || !pg_batch_send(self))
        return false;
    if (self->begin_due) { /* nothing was done */
        self->begin_due = false;
        return true;
    }

    PGresult *result = NULL;
    bool ok = ask(self, PG_COMMIT, "COMMIT", true, NULL, 0) &&
              sync_and_read(self, &result);
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
        sync_and_read(self, NULL);
    /* After a refused COMMIT there is nothing left to roll back. */
    if (self->conn != NULL && PQtransactionStatus(self->conn) != PQTRANS_IDLE &&
        ask(self, PG_RUN, "ROLLBACK", true, NULL, 0))
        sync_and_read(self, NULL);
    if (self->conn != NULL && PQtransactionStatus(self->conn) != PQTRANS_IDLE)
        disconnect(self);
    self->begun = false;
}

static bool
query(struct db *db, struct arena *arena, const char *sql, bool constant,
      const struct db_value *values, int count, struct db_rows *rows)
{
    struct postgres *self = (struct postgres *)db;
    PGresult *result = NULL;

    bool ok = ready(self) && pg_batch_send(self) &&
              ask(self, PG_ASKED, sql, constant, values, count) &&
              sync_and_read(self, &result) &&
              to_rows(self, arena, result, rows);
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
    if (!pg_batch_send(self) ||
        !ask(self, waits ? PG_ASKED : PG_RUN, sql, true, values, count))
        return false;
    if (!waits)
        return true;

    bool ok = sync_and_read(self, &result);
    if (ok && changed != NULL &&
        !str_to_int64(str_of(PQcmdTuples(result)), changed))
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
    return ready(self) && pg_batch_add(self, insert, values) &&
           pg_batch_send(self) && sync_and_read(self, NULL);
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

    if (!ready(self) || !pg_batch_send(self) || !sync_and_read(self, NULL) ||
        !ask(self, PG_ASKED, sql, true, values, count))
        return false;
    /* Its preparation and BEGIN may be in front of it. */
    struct pg_pending own = self->pending[--self->pending_count];
    bool clean =
        PQsendFlushRequest(self->conn) == 1 && read_answers(self, NULL);
    if (self->conn == NULL)
        return lost(self, "the connection to the database was lost");
    if (clean)
        PQsetSingleRowMode(self->conn);
    if (PQpipelineSync(self->conn) != 1)
        return lost(self, PQerrorMessage(self->conn));

    self->refused = !clean;
    while ((result = PQgetResult(self->conn)) != NULL) {
        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
            going = going && hand_row(self, arena, result, each, context);
        else
            take(self, &own, result, NULL);
        PQclear(result);
    }
    bool ok = !self->refused;
    note_pending(self, PG_SYNC, NULL);
    return read_answers(self, NULL) && ok && going;
}

/* Pipeline mode takes one statement at a time: a script goes without. */
static bool
script(struct db *db, const char *sql)
{
    struct postgres *self = (struct postgres *)db;

    if (!ready(self) || !send_begin(self) || !pg_batch_send(self) ||
        !sync_and_read(self, NULL))
        return false;
    if (!PQexitPipelineMode(self->conn))
        return lost(self, PQerrorMessage(self->conn));

    PGresult *result = PQexec(self->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
              status == PGRES_EMPTY_QUERY;
    if (!ok)
        refuse(self, result);
    PQclear(result);
    if (self->lost || !PQenterPipelineMode(self->conn))
        return lost(self, "the connection to the database was lost");
    return ok;
}

static bool
checkpoint(struct db *db)
{
    (void)db;
    return true;
}

static const struct db_calls calls = {
    .close = close_postgres,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .query = query,
    .run = run,
    .insert = insert,
    .each = each_row,
    .script = script,
    .checkpoint = checkpoint,
};

struct pg_statement *
pg_statement_add(struct postgres *self, const char *sql, const Oid *types,
                 int count)
{
    struct pg_statement *statement =
        ARENA_NEW(&self->keep, struct pg_statement);

    statement->sql = sql;
    statement->name =
        arena_format(&self->keep, "b%d", self->statement_count++).data;
    statement->types = ARENA_ARRAY(&self->keep, Oid, (size_t)count);
    statement->count = count;
    if (count > 0)
        memcpy(statement->types, types, (size_t)count * sizeof *types);
    statement->all = self->all;
    self->all = statement;
    return statement;
}

static bool
statement_fits(const struct pg_statement *statement, const char *sql,
               const struct db_value *values, int count)
{
    if (statement->count != count || strcmp(statement->sql, sql) != 0)
        return false;
    for (int i = 0; i < count; i++)
        if (statement->types[i] != pg_type_of(values[i].kind))
            return false;
    return true;
}

static struct pg_statement *
statement_of(struct postgres *self, const char *sql,
             const struct db_value *values, int count)
{
    int64_t key = (int64_t)(intptr_t)sql;
    struct pg_statement *first =
        (struct pg_statement *)(intptr_t)hash_map_get(&self->statements, key);

    for (struct pg_statement *s = first; s != NULL; s = s->next)
        if (statement_fits(s, sql, values, count))
            return s;

    Oid *types = ARENA_ARRAY(&self->keep, Oid, (size_t)count);
    for (int i = 0; i < count; i++)
        types[i] = pg_type_of(values[i].kind);
    struct pg_statement *statement = pg_statement_add(
        self, arena_cstr(&self->keep, str_of(sql)), types, count);
    statement->next = first;
    hash_map_put(&self->statements, key, (int64_t)(intptr_t)statement);
    return statement;
}

/* A BEGIN that is due; its text says what the transaction may do. */
static bool
send_begin(struct postgres *self)
{
    const char *sql = self->db.read_only
                          ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                          : "BEGIN";

    if (!self->begin_due)
        return true;
    self->begin_due = false;
    self->begun = true;
    return ask(self, PG_RUN, sql, true, NULL, 0);
}

bool
pg_send(struct postgres *self, enum pg_pending_kind kind,
        struct pg_statement *statement, const char *const *data,
        const int *bytes, const int *formats)
{
    if (self->conn == NULL)
        return lost(self, "the connection to the database was lost");
    if (!send_begin(self) ||
        (self->pending_count >= PENDING_MAX && !drain(self)))
        return false;
    if (!statement->prepared) {
        if (!PQsendPrepare(self->conn, statement->name, statement->sql,
                           statement->count, statement->types))
            return lost(self, PQerrorMessage(self->conn));
        statement->prepared = true;
        note_pending(self, PG_PREPARE, statement);
    }
    /* Answers up to here come by themselves: a COMMIT's limit is its own. */
    if (kind == PG_COMMIT && !PQsendFlushRequest(self->conn))
        return lost(self, PQerrorMessage(self->conn));
    if (!PQsendQueryPrepared(self->conn, statement->name, statement->count,
                             data, bytes, formats, 1))
        return lost(self, PQerrorMessage(self->conn));
    return note_pending(self, kind, NULL);
}

/* Text that was built for this call goes without a name. */
static bool
send_once(struct postgres *self, enum pg_pending_kind kind, const char *sql,
          const struct db_value *values, int count)
{
    struct arena arena;

    if (!send_begin(self))
        return false;
    arena_init(&arena);
    Oid *types = ARENA_ARRAY(&arena, Oid, (size_t)count);
    for (int i = 0; i < count; i++)
        types[i] = pg_type_of(values[i].kind);
    pg_values_set(&self->values, values, count);
    bool ok =
        PQsendQueryParams(self->conn, sql, count, types, self->values.data,
                          self->values.bytes, self->values.formats, 1) == 1;
    arena_free(&arena);
    return ok ? note_pending(self, kind, NULL)
              : lost(self, PQerrorMessage(self->conn));
}

static bool
ask(struct postgres *self, enum pg_pending_kind kind, const char *sql,
    bool constant, const struct db_value *values, int count)
{
    if (!constant)
        return send_once(self, kind, sql, values, count);

    struct pg_statement *statement = statement_of(self, sql, values, count);
    if (!send_begin(self))
        return false; /* before the values are put in place */
    pg_values_set(&self->values, values, count);
    return pg_send(self, kind, statement, self->values.data, self->values.bytes,
                   self->values.formats);
}

/* Always true. */
static bool
note_pending(struct postgres *self, enum pg_pending_kind kind,
             struct pg_statement *statement)
{
    if (self->pending_count == self->pending_room) {
        self->pending_room = self->pending_room * 2 + 64;
        self->pending = reallocarray(self->pending, (size_t)self->pending_room,
                                     sizeof *self->pending);
        if (self->pending == NULL)
            abort();
    }
    self->pending[self->pending_count++] =
        (struct pg_pending){ kind, statement };
    return true;
}

/* Reads the answers so far without ending anything. */
static bool
drain(struct postgres *self)
{
    if (PQsendFlushRequest(self->conn) != 1)
        return lost(self, PQerrorMessage(self->conn));
    if (read_answers(self, NULL))
        return true;
    /* The server skips everything up to a sync. */
    if (self->conn != NULL)
        sync_and_read(self, NULL);
    return false;
}

static bool
sync_and_read(struct postgres *self, PGresult **asked)
{
    if (self->conn == NULL || PQpipelineSync(self->conn) != 1)
        return lost(self, "the connection to the database was lost");
    note_pending(self, PG_SYNC, NULL);
    return read_answers(self, asked);
}

/* A COMMIT that waits for a standby that is not there must not hold the
 * writer for ever. Giving up the socket is no cancel: it stays a maybe. */
static bool
wait_for_commit(struct postgres *self)
{
    int64_t until_us =
        clock_monotonic_us() + (int64_t)self->commit_limit_ms * 1000;
    struct pollfd socket = { .fd = PQsocket(self->conn), .events = POLLIN };

    while (PQisBusy(self->conn)) {
        int64_t left_us = until_us - clock_monotonic_us();
        if (left_us <= 0)
            return lost(self, "the commit took too long");
        poll(&socket, 1, (int)(left_us / 1000) + 1);
        if (socket.revents != 0 && !PQconsumeInput(self->conn))
            break; /* what PQgetResult says is better */
    }
    return true;
}

/* All results of one statement; true when the sync was among them. */
static bool
read_results(struct postgres *self, const struct pg_pending *pending,
             PGresult **asked)
{
    PGresult *result;

    while ((result = PQgetResult(self->conn)) != NULL) {
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return true;
        }
        take(self, pending, result, asked);
        if (asked == NULL || *asked != result)
            PQclear(result);
    }
    return false;
}

/* False when the connection is gone. */
static bool
read_answer(struct postgres *self, const struct pg_pending *pending,
            PGresult **asked)
{
    bool synced;

    self->committing = pending->kind == PG_COMMIT || !self->begun;
    if (pending->kind == PG_COMMIT && !wait_for_commit(self))
        return false;
    synced = read_results(self, pending, asked);
    /* A deferred constraint may refuse at the sync: one more result. */
    if (pending->kind == PG_SYNC && !synced)
        synced = read_results(self, pending, asked);
    if (PQstatus(self->conn) != CONNECTION_OK ||
        synced != (pending->kind == PG_SYNC))
        self->lost = true;
    return !self->lost;
}

static bool
read_answers(struct postgres *self, PGresult **asked)
{
    self->refused = false;
    for (int i = 0; i < self->pending_count && self->conn != NULL; i++)
        if (!read_answer(self, &self->pending[i], asked))
            break;
    self->pending_count = 0;
    self->committing = false;
    if (self->lost)
        return lost(self, "the connection to the database was lost");
    return !self->refused && self->conn != NULL;
}

static void
take(struct postgres *self, const struct pg_pending *pending, PGresult *result,
     PGresult **asked)
{
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    if (!ok && pending->kind == PG_PREPARE)
        pending->statement->prepared = false;
    if (ok && asked != NULL &&
        (pending->kind == PG_ASKED || pending->kind == PG_COMMIT))
        *asked = result;
    if (status == PGRES_PIPELINE_ABORTED)
        self->refused = true; /* an echo of the statement before */
    else if (!ok)
        refuse(self, result);
}

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

static bool
state_is(const PGresult *result, const char *prefix)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    return state != NULL && strncmp(state, prefix, strlen(prefix)) == 0;
}

/*
 * "canceling wait for synchronous replication" arrives as a warning beside a
 * success: the rows are here and perhaps nowhere else. Its text is
 * translated, so any warning of its classes at a commit counts.
 */
static void
on_notice(void *context, const PGresult *result)
{
    struct postgres *self = context;
    const char *severity =
        PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (self->committing && severity != NULL &&
        strcmp(severity, "WARNING") == 0 &&
        (state_is(result, "01000") || state_is(result, "57P01"))) {
        self->lost = true;
        db_fail(&self->db, DB_LOST, "%s",
                PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    }
}

/* Longer prefixes stand before the shorter ones that would cover them. */
static const struct {
    const char *state;
    enum db_result result;
} state_results[] = {
    { "40001", DB_SERIALIZATION },
    { "40P01", DB_SERIALIZATION },
    { "23505", DB_UNIQUE },
    { "23", DB_CONSTRAINT },
    { "22021", DB_CONSTRAINT }, /* not UTF-8, or a NUL */
    { "53300", DB_BUSY },
    { "53100", DB_FULL },
    { "55P03", DB_BUSY },
    { "57014", DB_BUSY },
    { "08P01", DB_ERROR }, /* too few values */
    { "57P", DB_LOST },
    { "08", DB_LOST },
    { "25006", DB_LOST }, /* a primary that has become a standby */
};

static enum db_result
result_of(struct postgres *self, const PGresult *result)
{
    if (PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL)
        return PQstatus(self->conn) == CONNECTION_OK ? DB_ERROR : DB_LOST;
    if (self->db.read_only && state_is(result, "25006"))
        return DB_ERROR; /* as was asked */
    for (size_t i = 0; i < sizeof state_results / sizeof *state_results; i++)
        if (state_is(result, state_results[i].state))
            return state_results[i].result;
    return DB_ERROR;
}

/* The detail of a message is left out: it holds the values. */
static void
refuse(struct postgres *self, const PGresult *result)
{
    enum db_result kind = result_of(self, result);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (text == NULL)
        text = PQresultErrorMessage(result);
    self->refused = true;
    if (kind == DB_LOST)
        self->lost = true;
    db_fail(&self->db, kind, "%s: %s", state == NULL ? "-----" : state, text);
}
