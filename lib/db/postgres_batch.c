/*
 * postgres_batch: collects the rows of db_insert and sends those of a table
 * as one INSERT ... SELECT unnest(array), ..., an array for each column; the
 * rows of db_update as one UPDATE ... FROM such a list. Not for statements that
 * somebody wrote; those are postgres.c.
 *
 * The arrays stand in the list of columns, where PostgreSQL reads them side by
 * side, and not in FROM, where it would first copy each to a store of its own:
 * with fifty columns that took longer than to write thirty rows.
 */
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/db/postgres.h"

enum {
    /* What waits is sent when it is more than this: little at first, so that
     * the server has something to do while we think about the next leads, then
     * twice as much each time, for many rows in a statement cost it less. */
    DUE_BYTES_FIRST = 64 * 1024,
    DUE_BYTES_MAX = 512 * 1024,
    /* A column's memory above this is not kept for the next batch. */
    KEPT_BYTES_MAX = 1024 * 1024,
};

/* The binary format of an array of one dimension; network order. */
struct array_head {
    uint32_t dimensions;
    uint32_t has_null;
    uint32_t type;
    uint32_t count;
    uint32_t first;
};

/* One column's array as it grows. */
struct array {
    char *data; /* owned; begins with the head */
    size_t bytes;
    size_t room;
    bool has_null;
};

/* The rows of one table. */
struct pg_batch {
    struct pg_batch *next;     /* same address, another insert or update */
    struct pg_batch *all;      /* every batch of the connection */
    struct pg_batch *next_due; /* the next with rows */
    struct db_insert insert;   /* made from this, */
    struct db_update update;   /* or from this */
    const char *kinds;
    struct pg_statement *statement;
    struct array *arrays;
    int columns;
    int rows;
};

static const struct {
    char letter;
    const char *type;
    Oid element;
    Oid array;
} column_types[] = {
    { 'i', "bigint", 20, 1016 },
    { 'r', "double precision", 701, 1022 },
    { 't', "text", 25, 1009 },
    { 'b', "bytea", 17, 1001 },
};

static int
column_type(char letter)
{
    for (int i = 0; i < (int)(sizeof column_types / sizeof *column_types); i++)
        if (column_types[i].letter == letter)
            return i;
    assert(!"a column's kind is one of i, r, t, b");
    return 0;
}

/* "unnest($1::bigint[]), ..."; each with a name, c1 and so on, if asked. */
static void
put_arrays(struct text *sql, const char *kinds, bool named)
{
    for (int i = 0; kinds[i] != '\0'; i++) {
        text_format(sql, "%sunnest($%d::%s[])", i == 0 ? "" : ", ", i + 1,
                    column_types[column_type(kinds[i])].type);
        if (named)
            text_format(sql, " AS c%d", i + 1);
    }
}

static void
write_insert(struct text *sql, const struct db_insert *insert)
{
    text_format(sql, "INSERT INTO %s (%s) SELECT ", insert->table,
                insert->columns);
    put_arrays(sql, insert->kinds, false);
    if (insert->conflict != NULL)
        text_format(sql, " %s", insert->conflict);
}

/* What is one row's $3 becomes a column of the list. */
static void
write_update(struct text *sql, const struct db_update *update)
{
    static const char where[] = " WHERE ";
    const char *end = strstr(update->sql, where);

    assert(end != NULL && strstr(end + 1, where) == NULL);
    for (const char *at = update->sql; *at != '\0'; at++) {
        if (at == end) {
            text_add_cstr(sql, " FROM (SELECT ");
            put_arrays(sql, update->kinds, true);
            text_add_cstr(sql, ") AS v");
        }
        if (*at == '$')
            text_add_cstr(sql, "v.c");
        else
            text_add_char(sql, *at);
    }
}

static struct pg_statement *
make_statement(struct postgres *self, const struct pg_batch *batch)
{
    struct text sql = text_new(&self->keep);
    Oid *types = ARENA_ARRAY(&self->keep, Oid, (size_t)batch->columns);

    for (int i = 0; i < batch->columns; i++)
        types[i] = column_types[column_type(batch->kinds[i])].array;
    if (batch->update.sql == NULL)
        write_insert(&sql, &batch->insert);
    else
        write_update(&sql, &batch->update);
    return pg_statement_add(self, arena_cstr(&self->keep, text_str(&sql)),
                            types, batch->columns);
}

static struct pg_batch *
first_at(struct postgres *self, const void *constant)
{
    return (struct pg_batch *)(intptr_t)hash_map_get(
        &self->batches, (int64_t)(intptr_t)constant);
}

/* One of the two is not NULL. */
static struct pg_batch *
add_batch(struct postgres *self, const struct db_insert *insert,
          const struct db_update *update)
{
    struct pg_batch *batch = ARENA_NEW(&self->keep, struct pg_batch);
    const void *constant = insert;

    if (insert != NULL) {
        batch->insert = *insert;
        batch->kinds = insert->kinds;
    } else {
        assert(update != NULL);
        constant = update;
        batch->update = *update;
        batch->kinds = update->kinds;
    }
    batch->columns = (int)strlen(batch->kinds);
    batch->arrays =
        ARENA_ARRAY(&self->keep, struct array, (size_t)batch->columns);
    batch->statement = make_statement(self, batch);
    batch->next = first_at(self, constant);
    hash_map_put(&self->batches, (int64_t)(intptr_t)constant,
                 (int64_t)(intptr_t)batch);
    batch->all = self->all_batches;
    self->all_batches = batch;
    return batch;
}

static struct pg_batch *
batch_of(struct postgres *self, const struct db_insert *insert)
{
    struct pg_batch *batch = first_at(self, insert);

    while (batch != NULL
           && (batch->insert.table != insert->table
               || batch->insert.columns != insert->columns
               || batch->insert.kinds != insert->kinds))
        batch = batch->next;
    return batch == NULL ? add_batch(self, insert, NULL) : batch;
}

static struct pg_batch *
batch_of_update(struct postgres *self, const struct db_update *update)
{
    struct pg_batch *batch = first_at(self, update);

    while (batch != NULL
           && (batch->update.sql != update->sql
               || batch->update.kinds != update->kinds))
        batch = batch->next;
    return batch == NULL ? add_batch(self, NULL, update) : batch;
}

/* Room for `bytes` more at the end of the array. */
static char *
extend(struct array *array, size_t bytes)
{
    if (array->bytes == 0)
        array->bytes = sizeof(struct array_head);
    if (array->bytes + bytes > array->room) {
        size_t room = array->room == 0 ? 1024 : array->room * 2;
        while (room < array->bytes + bytes)
            room *= 2;
        array->data = realloc(array->data, room);
        if (array->data == NULL)
            abort();
        array->room = room;
    }
    char *at = array->data + array->bytes;
    array->bytes += bytes;
    return at;
}

static void
add_element(struct array *array, const void *data, size_t bytes)
{
    uint32_t length = htobe32((uint32_t)bytes);
    char *at = extend(array, sizeof length + bytes);

    memcpy(at, &length, sizeof length);
    if (bytes > 0)
        memcpy(at + sizeof length, data, bytes);
}

static void
add_null(struct array *array)
{
    static const uint32_t none = UINT32_MAX; /* -1 */

    memcpy(extend(array, sizeof none), &none, sizeof none);
    array->has_null = true;
}

static void
add_value(struct array *array, const struct db_value *value)
{
    uint64_t word;

    if (value->is_null) {
        add_null(array);
    } else if (value->kind == DB_INT || value->kind == DB_REAL) {
        memcpy(&word, &value->integer, sizeof word);
        if (value->kind == DB_REAL)
            memcpy(&word, &value->real, sizeof word);
        word = htobe64(word);
        add_element(array, &word, sizeof word);
    } else {
        assert(value->bytes.bytes <= INT32_MAX);
        add_element(array, value->bytes.data, value->bytes.bytes);
    }
}

static bool
adds(const struct pg_batch *batch)
{
    return batch->insert.table != NULL;
}

/* Changes stand before new rows: a row may be there only because another one
 * was changed first. */
static void
put_due(struct postgres *self, struct pg_batch *batch)
{
    struct pg_batch **at = &self->due;

    while (*at != NULL && (adds(batch) || !adds(*at)))
        at = &(*at)->next_due;
    batch->next_due = *at;
    *at = batch;
}

static bool
add_row(struct postgres *self, struct pg_batch *batch,
        const struct db_value *values)
{
    if (batch->rows++ == 0)
        put_due(self, batch);
    for (int i = 0; i < batch->columns; i++) {
        size_t before = batch->arrays[i].bytes;
        add_value(&batch->arrays[i], &values[i]);
        self->due_bytes += batch->arrays[i].bytes - before;
    }
    if (self->due_bytes <= self->due_bytes_most)
        return true;
    if (self->due_bytes_most < DUE_BYTES_MAX)
        self->due_bytes_most *= 2;
    return pg_batch_send(self);
}

bool
pg_batch_add(struct postgres *self, const struct db_insert *insert,
             const struct db_value *values)
{
    return add_row(self, batch_of(self, insert), values);
}

/* Keys are whole numbers, so each stands where it is reckoned to be. */
static bool
has_key_at(const struct pg_batch *batch, int row, const struct db_value *values)
{
    const size_t step = sizeof(uint32_t) + sizeof(uint64_t);

    for (int i = 0; i < batch->update.keys; i++) {
        uint64_t word = htobe64((uint64_t)values[i].integer);
        const char *at = batch->arrays[i].data + sizeof(struct array_head)
                       + (size_t)row * step + sizeof(uint32_t);
        if (memcmp(at, &word, sizeof word) != 0)
            return false;
    }
    return true;
}

static bool
has_key(const struct pg_batch *batch, const struct db_value *values)
{
    for (int row = 0; row < batch->rows; row++)
        if (has_key_at(batch, row, values))
            return true;
    return false;
}

static bool
is_due_for(const struct postgres *self, const char *table)
{
    const struct pg_batch *batch = self->due;

    while (table != NULL && batch != NULL
           && !(adds(batch) && strcmp(batch->insert.table, table) == 0))
        batch = batch->next_due;
    return table != NULL && batch != NULL;
}

/* One statement changes a row but once. */
bool
pg_batch_change(struct postgres *self, const struct db_update *update,
                const struct db_value *values)
{
    struct pg_batch *batch = batch_of_update(self, update);
    bool must_wait = has_key(batch, values) || is_due_for(self, update->behind);

    return (!must_wait || pg_batch_send(self)) && add_row(self, batch, values);
}

static void
write_head(struct pg_batch *batch, int column)
{
    struct array *array = &batch->arrays[column];
    int type = column_type(batch->kinds[column]);
    struct array_head head = {
        .dimensions = htobe32(1),
        .has_null = htobe32(array->has_null ? 1 : 0),
        .type = htobe32(column_types[type].element),
        .count = htobe32((uint32_t)batch->rows),
        .first = htobe32(1),
    };

    memcpy(array->data, &head, sizeof head);
}

static bool
send_batch(struct postgres *self, struct pg_batch *batch)
{
    struct arena arena;
    size_t columns = (size_t)batch->columns;

    arena_init(&arena);
    const char **data = ARENA_ARRAY(&arena, const char *, columns);
    int *bytes = ARENA_ARRAY(&arena, int, columns);
    int *formats = ARENA_ARRAY(&arena, int, columns);
    for (int i = 0; i < batch->columns; i++) {
        write_head(batch, i);
        data[i] = batch->arrays[i].data;
        assert(batch->arrays[i].bytes <= INT32_MAX);
        bytes[i] = (int)batch->arrays[i].bytes;
        formats[i] = 1;
    }
    bool ok = pg_send(self, PG_RUN, batch->statement, data, bytes, formats);
    arena_free(&arena);
    if (ok && batch->update.must) {
        self->pending[self->pending_count - 1].must_change = batch->rows;
        self->must_unread = true;
    }
    return ok;
}

static void
empty_batch(struct pg_batch *batch)
{
    for (int i = 0; i < batch->columns; i++) {
        struct array *array = &batch->arrays[i];
        if (array->room > KEPT_BYTES_MAX) {
            free(array->data);
            *array = (struct array){ 0 };
        }
        array->bytes = 0;
        array->has_null = false;
    }
    batch->rows = 0;
    batch->next_due = NULL;
}

/* Takes the first table off the list of those with rows. */
static struct pg_batch *
take_due(struct postgres *self)
{
    struct pg_batch *batch = self->due;

    self->due = batch->next_due;
    if (self->due == NULL)
        self->due_bytes = 0;
    return batch;
}

bool
pg_batch_send(struct postgres *self)
{
    while (self->due != NULL) {
        struct pg_batch *batch = take_due(self);
        bool ok = send_batch(self, batch);
        empty_batch(batch);
        if (!ok) {
            pg_batch_drop(self);
            return false;
        }
    }
    return true;
}

void
pg_batch_drop(struct postgres *self)
{
    while (self->due != NULL)
        empty_batch(take_due(self));
}

void
pg_batch_free(struct postgres *self)
{
    for (struct pg_batch *b = self->all_batches; b != NULL; b = b->all)
        for (int i = 0; i < b->columns; i++)
            free(b->arrays[i].data);
}

void
pg_batch_begin(struct postgres *self)
{
    self->due_bytes_most = DUE_BYTES_FIRST;
}
