/*
 * postgres_pipeline: how statements travel, and how their answers and errors
 * are read. What they are for is postgres.c.
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
#include "lib/db/postgres.h"

/* Unanswered statements; more are read before the next one is sent, so that
 * neither side ever waits with a full socket. */
enum { PENDING_MAX = 256 };

static bool drain(struct postgres *);

/* Forgets everything that belongs to the connection. */
void
pg_disconnect(struct postgres *self)
{
    PQfinish(self->conn);
    self->conn = NULL;
    self->pending_count = 0;
    self->must_unread = false;
    self->lost = false;
    self->begun = false;
    self->committing = false;
    for (struct pg_statement *s = self->all; s != NULL; s = s->all)
        s->prepared = false;
}

/* Always false. */
bool
pg_lost(struct postgres *self, const char *what)
{
    db_fail(&self->db, DB_LOST, "%s", what); /* `what` may be libpq's */
    pg_disconnect(self);
    return false;
}

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
bool
pg_send_begin(struct postgres *self)
{
    const char *sql = self->db.read_only
                        ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                        : "BEGIN";

    if (!self->begin_due)
        return true;
    self->begin_due = false;
    self->begun = true;
    return pg_ask(self, PG_RUN, sql, true, NULL, 0);
}

bool
pg_send(struct postgres *self, enum pg_pending_kind kind,
        struct pg_statement *statement, const char *const *data,
        const int *bytes, const int *formats)
{
    if (self->conn == NULL)
        return pg_lost(self, "the connection to the database was lost");
    if (!pg_send_begin(self)
        || (self->pending_count >= PENDING_MAX && !drain(self)))
        return false;
    if (!statement->prepared) {
        if (!PQsendPrepare(self->conn, statement->name, statement->sql,
                           statement->count, statement->types))
            return pg_lost(self, PQerrorMessage(self->conn));
        statement->prepared = true;
        pg_note(self, PG_PREPARE, statement);
    }
    /* Answers up to here come by themselves: a COMMIT's limit is its own. */
    if (kind == PG_COMMIT && !PQsendFlushRequest(self->conn))
        return pg_lost(self, PQerrorMessage(self->conn));
    if (!PQsendQueryPrepared(self->conn, statement->name, statement->count,
                             data, bytes, formats, 1))
        return pg_lost(self, PQerrorMessage(self->conn));
    return pg_note(self, kind, NULL);
}

/* Text that was built for this call goes without a name. */
static bool
send_once(struct postgres *self, enum pg_pending_kind kind, const char *sql,
          const struct db_value *values, int count)
{
    struct arena arena;

    if (!pg_send_begin(self))
        return false;
    arena_init(&arena);
    Oid *types = ARENA_ARRAY(&arena, Oid, (size_t)count);
    for (int i = 0; i < count; i++)
        types[i] = pg_type_of(values[i].kind);
    pg_values_set(&self->values, values, count);
    bool ok =
        PQsendQueryParams(self->conn, sql, count, types, self->values.data,
                          self->values.bytes, self->values.formats, 1)
        == 1;
    arena_free(&arena);
    return ok ? pg_note(self, kind, NULL)
              : pg_lost(self, PQerrorMessage(self->conn));
}

bool
pg_ask(struct postgres *self, enum pg_pending_kind kind, const char *sql,
       bool constant, const struct db_value *values, int count)
{
    if (!constant)
        return send_once(self, kind, sql, values, count);

    struct pg_statement *statement = statement_of(self, sql, values, count);
    if (!pg_send_begin(self))
        return false; /* before the values are put in place */
    pg_values_set(&self->values, values, count);
    return pg_send(self, kind, statement, self->values.data, self->values.bytes,
                   self->values.formats);
}

/* Always true. */
bool
pg_note(struct postgres *self, enum pg_pending_kind kind,
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
        (struct pg_pending){ kind, statement, 0 };
    return true;
}

/* Reads the answers so far without ending anything. */
static bool
drain(struct postgres *self)
{
    if (PQsendFlushRequest(self->conn) != 1)
        return pg_lost(self, PQerrorMessage(self->conn));
    if (pg_read_answers(self, NULL))
        return true;
    /* The server skips everything up to a sync. */
    if (self->conn != NULL)
        pg_sync_and_read(self, NULL);
    return false;
}

bool
pg_sync_and_read(struct postgres *self, PGresult **asked)
{
    if (self->conn == NULL || PQpipelineSync(self->conn) != 1)
        return pg_lost(self, "the connection to the database was lost");
    pg_note(self, PG_SYNC, NULL);
    return pg_read_answers(self, asked);
}

static int64_t
earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

/*
 * A COMMIT that waits for a standby that is not there, or a server that has
 * stopped with its connections open, must not hold the thread for ever.
 * Giving up the socket is no cancel: a commit stays a maybe.
 *
 * A statement may be slow; a server that says nothing to anybody is frozen,
 * and whoever waits for us hears of that soon.
 */
static bool
wait_for_answer(struct postgres *self, bool commit)
{
    int64_t began_us = clock_monotonic_us();
    int64_t until_us = began_us + (int64_t)self->answer_limit_ms * 1000;
    int64_t doubt_us = began_us + (int64_t)self->doubt_ms * 1000;
    struct pollfd socket = { .fd = PQsocket(self->conn), .events = POLLIN };

    PQflush(self->conn); /* what fails here, PQgetResult tells */
    while (PQisBusy(self->conn)) {
        int64_t now_us = clock_monotonic_us();
        if (now_us >= until_us)
            return pg_lost(self, commit ? "the commit took too long"
                                        : "the database does not answer");
        if (now_us >= doubt_us) {
            if (!pg_answers_anybody(self))
                return pg_lost(self, "the database answers nobody");
            now_us = clock_monotonic_us();
            doubt_us = now_us + (int64_t)self->doubt_ms * 1000;
        }
        poll(&socket, 1,
             (int)((earlier(until_us, doubt_us) - now_us) / 1000) + 1);
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
        pg_take(self, pending, result, asked);
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
    if (!wait_for_answer(self, pending->kind == PG_COMMIT))
        return false;
    synced = read_results(self, pending, asked);
    /* A deferred constraint may refuse at the sync: one more result. */
    if (pending->kind == PG_SYNC && !synced)
        synced = read_results(self, pending, asked);
    if (PQstatus(self->conn) != CONNECTION_OK
        || synced != (pending->kind == PG_SYNC))
        self->lost = true;
    return !self->lost;
}

bool
pg_read_answers(struct postgres *self, PGresult **asked)
{
    self->refused = false;
    for (int i = 0; i < self->pending_count && self->conn != NULL; i++)
        if (!read_answer(self, &self->pending[i], asked))
            break;
    self->pending_count = 0;
    self->must_unread = false;
    self->committing = false;
    if (self->lost)
        return pg_lost(self, "the connection to the database was lost");
    return !self->refused && self->conn != NULL;
}

static bool
missed_a_row(const struct pg_pending *pending, PGresult *result)
{
    int64_t changed;

    return pending->must_change > 0
        && (!str_to_int64(str_of(PQcmdTuples(result)), &changed)
            || changed != pending->must_change);
}

void
pg_take(struct postgres *self, const struct pg_pending *pending,
        PGresult *result, PGresult **asked)
{
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    if (!ok && pending->kind == PG_PREPARE)
        pending->statement->prepared = false;
    if (ok && asked != NULL
        && (pending->kind == PG_ASKED || pending->kind == PG_COMMIT))
        *asked = result;
    if (status == PGRES_PIPELINE_ABORTED)
        self->refused = true; /* an echo of the statement before */
    else if (!ok)
        pg_refuse(self, result);
    else if (missed_a_row(pending, result)) {
        self->refused = true;
        db_update_missed(&self->db);
    }
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
void
pg_on_notice(void *context, const PGresult *result)
{
    struct postgres *self = context;
    const char *severity =
        PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (self->committing && severity != NULL && strcmp(severity, "WARNING") == 0
        && (state_is(result, "01000") || state_is(result, "57P01"))) {
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
void
pg_refuse(struct postgres *self, const PGresult *result)
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
