/*
 * postgres_type: values in and out of PostgreSQL's binary format.
 *
 * Read: int2, int4, int8, bool, float4, float8, text, varchar, bpchar, name,
 * json, jsonb, bytea, numeric (as what sum and avg of numbers give) and void.
 * Dates, arrays and the rest are refused: the schema has none.
 */
#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/db/postgres.h"

enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_OID = 26,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_UNKNOWN = 705,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_NUMERIC = 1700,
    OID_VOID = 2278,
    OID_JSONB = 3802,
};

Oid
pg_type_of(enum db_kind kind)
{
    static const Oid types[] = {
        [DB_INT] = OID_INT8,
        [DB_REAL] = OID_FLOAT8,
        [DB_TEXT] = OID_TEXT,
        [DB_BLOB] = OID_BYTEA,
    };

    return types[kind];
}

static void *
grow(void *old, int count, size_t size)
{
    void *grown = reallocarray(old, (size_t)count, size);

    if (grown == NULL)
        abort();
    return grown;
}

static void
make_room(struct pg_values *values, int count)
{
    if (count <= values->room)
        return;
    values->data = grow(values->data, count, sizeof *values->data);
    values->bytes = grow(values->bytes, count, sizeof *values->bytes);
    values->formats = grow(values->formats, count, sizeof *values->formats);
    values->words = grow(values->words, count, sizeof *values->words);
    for (int i = 0; i < count; i++)
        values->formats[i] = 1;
    values->room = count;
}

static uint64_t
word_of(const struct db_value *value)
{
    uint64_t word = (uint64_t)value->integer;

    if (value->kind == DB_REAL)
        memcpy(&word, &value->real, sizeof word);
    return htobe64(word);
}

void
pg_values_set(struct pg_values *out, const struct db_value *values, int count)
{
    make_room(out, count);
    for (int i = 0; i < count; i++) {
        const struct db_value *value = &values[i];
        if (value->is_null) {
            out->data[i] = NULL;
            out->bytes[i] = 0;
        } else if (value->kind == DB_INT || value->kind == DB_REAL) {
            out->words[i] = word_of(value);
            out->data[i] = (const char *)&out->words[i];
            out->bytes[i] = sizeof out->words[i];
        } else {
            assert(value->bytes.bytes <= INT32_MAX);
            out->data[i] = value->bytes.data;
            out->bytes[i] = (int)value->bytes.bytes;
        }
    }
}

void
pg_values_free(struct pg_values *values)
{
    free(values->data);
    free(values->bytes);
    free(values->formats);
    free(values->words);
}

/* An unsigned number of `bytes` bytes, highest first. */
static uint64_t
number_at(const char *data, int bytes)
{
    uint64_t number = 0;

    for (int i = 0; i < bytes; i++)
        number = number << 8 | (unsigned char)data[i];
    return number;
}

static bool
read_int(struct arena *arena, struct str raw, struct db_cell *cell)
{
    int shift = 64 - 8 * (int)raw.bytes;

    (void)arena;
    if (raw.bytes < 1 || raw.bytes > 8)
        return false;
    cell->kind = DB_INT; /* the shifts carry the sign down */
    cell->integer =
        (int64_t)(number_at(raw.data, (int)raw.bytes) << shift) >> shift;
    return true;
}

static bool
read_unsigned(struct arena *arena, struct str raw, struct db_cell *cell)
{
    (void)arena;
    if (raw.bytes < 1 || raw.bytes > 4)
        return false;
    cell->kind = DB_INT;
    cell->integer = (int64_t)number_at(raw.data, (int)raw.bytes);
    return true;
}

static bool
read_float4(struct arena *arena, struct str raw, struct db_cell *cell)
{
    uint32_t word = (uint32_t)number_at(raw.data, 4);
    float real;

    (void)arena;
    memcpy(&real, &word, sizeof real);
    cell->kind = DB_REAL;
    cell->real = (double)real;
    return raw.bytes == 4;
}

static bool
read_float8(struct arena *arena, struct str raw, struct db_cell *cell)
{
    uint64_t word = number_at(raw.data, 8);

    (void)arena;
    memcpy(&cell->real, &word, sizeof cell->real);
    cell->kind = DB_REAL;
    return raw.bytes == 8;
}

static bool
read_text(struct arena *arena, struct str raw, struct db_cell *cell)
{
    cell->kind = DB_TEXT;
    cell->bytes = arena_str(arena, raw);
    return true;
}

static bool
read_bytea(struct arena *arena, struct str raw, struct db_cell *cell)
{
    cell->kind = DB_BLOB;
    cell->bytes = arena_str(arena, raw);
    return true;
}

static bool
read_jsonb(struct arena *arena, struct str raw, struct db_cell *cell)
{
    if (raw.bytes < 1 || raw.data[0] != 1) /* the format's version */
        return false;
    return read_text(arena, str_slice(raw, 1, raw.bytes), cell);
}

/*
 * numeric: count of digits, weight of the first, sign, scale (16 bits each),
 * then digits of base 10,000. Whole numbers stay whole, as in SQLite's sum.
 */
static bool
read_numeric(struct arena *arena, struct str raw, struct db_cell *cell)
{
    enum { HEAD = 8, POSITIVE = 0, NEGATIVE = 0x4000, BASE = 10000 };

    (void)arena;
    if (raw.bytes < HEAD)
        return false;
    int digits = (int)number_at(raw.data, 2);
    int weight = (int16_t)number_at(raw.data + 2, 2);
    int sign = (int)number_at(raw.data + 4, 2);
    int scale = (int)number_at(raw.data + 6, 2);
    if ((sign != POSITIVE && sign != NEGATIVE)
        || raw.bytes != (size_t)(HEAD + 2 * digits))
        return false;

    int64_t whole = 0;
    bool fits = scale == 0;
    double real = 0.0;
    for (int i = 0; i < digits; i++) {
        int digit = (int)number_at(raw.data + HEAD + 2 * i, 2);
        if (sign == NEGATIVE)
            digit = -digit;
        real += digit * pow(BASE, weight - i);
        fits = fits && !__builtin_mul_overflow(whole, BASE, &whole)
            && !__builtin_add_overflow(whole, digit, &whole);
    }
    /* Zeros at the end are not sent. */
    for (int i = digits; fits && digits > 0 && i <= weight; i++)
        fits = !__builtin_mul_overflow(whole, BASE, &whole);
    cell->kind = fits ? DB_INT : DB_REAL;
    if (fits)
        cell->integer = whole;
    else
        cell->real = real;
    return true;
}

static const struct {
    Oid type;
    bool (*read)(struct arena *, struct str raw, struct db_cell *);
} readers[] = {
    { OID_INT8, read_int },      { OID_TEXT, read_text },
    { OID_INT4, read_int },      { OID_INT2, read_int },
    { OID_BOOL, read_int },      { OID_FLOAT8, read_float8 },
    { OID_BYTEA, read_bytea },   { OID_NUMERIC, read_numeric },
    { OID_VARCHAR, read_text },  { OID_NAME, read_text },
    { OID_FLOAT4, read_float4 }, { OID_BPCHAR, read_text },
    { OID_JSON, read_text },     { OID_JSONB, read_jsonb },
    { OID_OID, read_unsigned },  { OID_UNKNOWN, read_text },
    { OID_VOID, read_text },
};

const char *
pg_read_cell(struct arena *arena, const PGresult *result, int row, int column,
             struct db_cell *cell)
{
    *cell = (struct db_cell){ .is_null = PQgetisnull(result, row, column) };
    if (cell->is_null)
        return NULL;

    Oid type = PQftype(result, column);
    struct str raw = { PQgetvalue(result, row, column),
                       (size_t)PQgetlength(result, row, column) };
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i].type == type)
            return readers[i].read(arena, raw, cell)
                     ? NULL
                     : "is not in the format of its type";
    return "has a type that is not read here: cast it";
}
