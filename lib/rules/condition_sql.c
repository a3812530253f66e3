/*
 * condition_sql: the same condition for a list. Every term is true or false
 * for every row, never NULL, so that NOT means the same as in memory. LIKE is
 * not used: its wildcards and its case differ by engine.
 */
#include <string.h>

#include "lib/rules/condition_node.h"

static void write_node(const struct condition *, const struct field *,
                       struct condition_writer *);

int
condition_sql(const struct condition *c, const struct field *fields,
              enum db_engine engine, int64_t now_ms, struct text *sql,
              struct db_value *values, int first, int room)
{
    struct condition_writer out = {
        .sql = sql,
        .engine = engine,
        .now_ms = now_ms,
        .values = values,
        .first = first,
        .room = room,
    };

    write_node(c, fields, &out);
    return out.full ? -1 : out.count;
}

/* An empty all is true, an empty any false. */
static void
write_group(const struct condition *c, const struct field *fields,
            struct condition_writer *out)
{
    bool all = c->eval == condition_eval_all;

    if (c->group.count == 0) {
        text_add_cstr(out->sql, all ? "1 = 1" : "1 = 0");
        return;
    }
    for (int i = 0; i < c->group.count; i++) {
        if (i > 0)
            text_add_cstr(out->sql, all ? " AND " : " OR ");
        write_node(&c->group.items[i], fields, out);
    }
}

static void
write_node(const struct condition *c, const struct field *fields,
           struct condition_writer *out)
{
    text_add_cstr(out->sql, c->negated ? "NOT (" : "(");
    if (c->op == NULL) {
        write_group(c, fields, out);
    } else {
        out->column = fields[c->field].column;
        out->address = fields[c->field].address;
        c->op->sql(c, out);
    }
    text_add_char(out->sql, ')');
}

/* The parameter's number; 0 when there is no room. */
static int
value_number(struct condition_writer *out, struct db_value value)
{
    if (out->count == out->room) {
        out->full = true;
        return 0;
    }
    if (out->values != NULL)
        out->values[out->count] = value;
    return out->first + out->count++;
}

static void
add_known(struct condition_writer *out)
{
    text_format(out->sql, "%s IS NOT NULL AND ", out->column);
}

/* ---- Numbers, times, ids, truths ---- */

void
condition_sql_unknown(const struct condition *c, struct condition_writer *out)
{
    (void)c;
    text_format(out->sql, "%s IS NULL", out->column);
}

static void
write_range(int64_t low, int64_t high, struct condition_writer *out)
{
    add_known(out);
    if (low == high)
        text_format(out->sql, "%s = $%d", out->column,
                    value_number(out, db_int(low)));
    else if (high == INT64_MAX)
        text_format(out->sql, "%s >= $%d", out->column,
                    value_number(out, db_int(low)));
    else if (low == INT64_MIN)
        text_format(out->sql, "%s <= $%d", out->column,
                    value_number(out, db_int(high)));
    else {
        int from = value_number(out, db_int(low));
        text_format(out->sql, "%s BETWEEN $%d AND $%d", out->column, from,
                    value_number(out, db_int(high)));
    }
}

void
condition_sql_range(const struct condition *c, struct condition_writer *out)
{
    write_range(c->range.low, c->range.high, out);
}

void
condition_sql_last(const struct condition *c, struct condition_writer *out)
{
    write_range(out->now_ms - c->last_ms, out->now_ms, out);
}

void
condition_sql_numbers(const struct condition *c, struct condition_writer *out)
{
    add_known(out);
    text_format(out->sql, "%s IN (", out->column);
    for (int i = 0; i < c->numbers.count; i++)
        text_format(out->sql, i > 0 ? ", $%d" : "$%d",
                    value_number(out, db_int(c->numbers.items[i])));
    text_add_char(out->sql, ')');
}

/* ---- Text ---- */

void
condition_sql_empty(const struct condition *c, struct condition_writer *out)
{
    (void)c;
    text_format(out->sql, "%s IS NULL OR %s = ''", out->column, out->column);
}

void
condition_sql_text_is(const struct condition *c, struct condition_writer *out)
{
    add_known(out);
    text_format(out->sql, "%s = $%d", out->column,
                value_number(out, db_text(c->text)));
}

void
condition_sql_text_any(const struct condition *c, struct condition_writer *out)
{
    add_known(out);
    text_format(out->sql, "%s IN (", out->column);
    for (int i = 0; i < c->texts.count; i++)
        text_format(out->sql, i > 0 ? ", $%d" : "$%d",
                    value_number(out, db_text(c->texts.items[i])));
    text_add_char(out->sql, ')');
}

/* Where one text begins in another; the one thing the engines name
 * differently. */
static const char *const position_function[] = {
    [DB_SQLITE] = "instr",
    [DB_POSTGRES] = "strpos",
};

static void
write_contains(struct str part, struct condition_writer *out)
{
    text_format(out->sql, "%s(%s, $%d) > 0", position_function[out->engine],
                out->column, value_number(out, db_text(part)));
}

void
condition_sql_text_contains(const struct condition *c,
                            struct condition_writer *out)
{
    add_known(out);
    write_contains(c->text, out);
}

static void
write_starts(struct str part, struct condition_writer *out)
{
    int n = value_number(out, db_text(part));

    text_format(out->sql, "substr(%s, 1, length($%d)) = $%d", out->column, n,
                n);
}

void
condition_sql_text_starts(const struct condition *c,
                          struct condition_writer *out)
{
    add_known(out);
    write_starts(c->text, out);
}

/* The engines differ in where a position before the first letter lies, but
 * in both the text from there on is then shorter than the constant. */
void
condition_sql_text_ends(const struct condition *c, struct condition_writer *out)
{
    int n = value_number(out, db_text(c->text));

    add_known(out);
    text_format(out->sql, "substr(%s, length(%s) - length($%d) + 1) = $%d",
                out->column, out->column, n, n);
}

void
condition_sql_text_within(const struct condition *c,
                          struct condition_writer *out)
{
    struct str below = arena_format(out->sql->arena, "%.*s-", STR_ARG(c->text));

    add_known(out);
    text_format(out->sql, "(%s = $%d OR ", out->column,
                value_number(out, db_text(c->text)));
    write_starts(below, out);
    text_add_char(out->sql, ')');
}

/* ---- Tags ---- */

/* Halves in brackets: SQLite refuses expressions deeper than a thousand. */
static void
write_tags(const struct str *tags, int count, struct condition_writer *out)
{
    if (count == 1) {
        write_contains(
            arena_format(out->sql->arena, "\x1f%.*s\x1f", STR_ARG(tags[0])),
            out);
        return;
    }
    text_add_char(out->sql, '(');
    write_tags(tags, count / 2, out);
    text_add_cstr(out->sql, " OR ");
    write_tags(tags + count / 2, count - count / 2, out);
    text_add_char(out->sql, ')');
}

void
condition_sql_tags_any(const struct condition *c, struct condition_writer *out)
{
    add_known(out);
    write_tags(c->texts.items, c->texts.count, out);
}

/* ---- Internet addresses ---- */

/* Halves in brackets, as for tags. */
static void
write_ranges(const struct address_range *ranges, int count,
             struct condition_writer *out)
{
    struct arena *arena = out->sql->arena;

    if (count == 1) {
        struct address last = address_range_last(ranges);
        int from =
            value_number(out, db_text(address_digits(arena, &ranges[0].first)));
        text_format(out->sql, "%s BETWEEN $%d AND $%d", out->address, from,
                    value_number(out, db_text(address_digits(arena, &last))));
        return;
    }
    text_add_char(out->sql, '(');
    write_ranges(ranges, count / 2, out);
    text_add_cstr(out->sql, " OR ");
    write_ranges(ranges + count / 2, count - count / 2, out);
    text_add_char(out->sql, ')');
}

/* What is no address has no key. */
void
condition_sql_ranges(const struct condition *c, struct condition_writer *out)
{
    text_format(out->sql, "%s IS NOT NULL AND ", out->address);
    write_ranges(c->ranges.items, c->ranges.count, out);
}
