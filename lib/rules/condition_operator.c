/*
 * condition_operator: the table of operators; see condition_node.h. A new
 * operator is a row here, and functions only if it compares in a new way.
 */
#include "lib/rules/condition_node.h"

enum {
    TEXT = 1u << FIELD_TEXT,
    NUMBER = 1u << FIELD_NUMBER,
    TIME = 1u << FIELD_TIME,
    TAGS = 1u << FIELD_TAGS,
    ID = 1u << FIELD_ID,
    BOOL = 1u << FIELD_BOOL,
    ADDRESS = CONDITION_ADDRESS,
    ONE_NUMBER = NUMBER | TIME | ID | BOOL, /* what a fact holds as one */
};

/* Columns: name, kinds, negated, value, in memory, in SQL. */
#define ROW(name, kinds, negated, value, eval, sql)                           \
    {                                                                         \
        name, kinds, negated, condition_value_##value, condition_eval_##eval, \
            condition_sql_##sql                                               \
    }

const struct condition_operator condition_operators[] = {
    ROW("is", TEXT, false, text, text_is, text_is),
    ROW("is", ADDRESS, false, range, ranges, ranges),
    ROW("is", TAGS, false, tag, tags_any, tags_any),
    ROW("is", ONE_NUMBER, false, number, range, range),
    ROW("is_not", TEXT, true, text, text_is, text_is),
    ROW("is_not", ADDRESS, true, range, ranges, ranges),
    ROW("is_not", TAGS, true, tag, tags_any, tags_any),
    ROW("is_not", ONE_NUMBER, true, number, range, range),
    ROW("is_any_of", TEXT, false, texts, text_any, text_any),
    ROW("is_any_of", ADDRESS, false, ranges, ranges, ranges),
    ROW("is_any_of", TAGS, false, texts, tags_any, tags_any),
    ROW("is_any_of", NUMBER | ID, false, numbers, numbers, numbers),
    ROW("is_none_of", TEXT, true, texts, text_any, text_any),
    ROW("is_none_of", ADDRESS, true, ranges, ranges, ranges),
    ROW("is_none_of", TAGS, true, texts, tags_any, tags_any),
    ROW("is_none_of", NUMBER | ID, true, numbers, numbers, numbers),
    ROW("contains", TEXT | ADDRESS, false, part, text_contains, text_contains),
    ROW("contains", TAGS, false, tag, tags_any, tags_any),
    ROW("starts_with", TEXT | ADDRESS, false, part, text_starts, text_starts),
    ROW("ends_with", TEXT | ADDRESS, false, part, text_ends, text_ends),
    ROW("at_least", NUMBER, false, from, range, range),
    ROW("more_than", NUMBER, false, above, range, range),
    ROW("at_most", NUMBER, false, to, range, range),
    ROW("less_than", NUMBER, false, below, range, range),
    ROW("between", NUMBER | TIME, false, pair, range, range),
    ROW("before", TIME, false, below, range, range),
    ROW("after", TIME, false, above, range, range),
    ROW("within_last", TIME, false, last, last, last),
    ROW("is_empty", TEXT | ADDRESS, false, none, text_empty, empty),
    ROW("is_empty", TAGS, false, none, tags_empty, empty),
    ROW("is_empty", ONE_NUMBER, false, none, unknown, unknown),
    ROW("is_known", TEXT | ADDRESS, true, none, text_empty, empty),
    ROW("is_known", TAGS, true, none, tags_empty, empty),
    ROW("is_known", ONE_NUMBER, true, none, unknown, unknown),
    ROW("in_list", TEXT, false, texts, text_any, text_any),
    ROW("in_list", ADDRESS, false, ranges, ranges, ranges),
    ROW("in_list", TAGS, false, texts, tags_any, tags_any),
    ROW("in_list", NUMBER | ID, false, numbers, numbers, numbers),
    ROW("within", TEXT, false, part, text_within, text_within),
    ROW("within", ADDRESS, false, range, ranges, ranges),
    ROW("within", ID, false, tree, numbers, numbers),
    { 0 },
};

unsigned
condition_kind(const struct field *field)
{
    return field->address != NULL ? ADDRESS : 1u << field->kind;
}
