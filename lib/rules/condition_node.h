/*
 * condition_node: what a condition is made of. For the files of this folder
 * only.
 *
 * Every node answers through its own function, so that evaluating asks no
 * "which kind are you"; `not` is a flag on the node below it, and so are the
 * operators that are the opposite of another one.
 */
#ifndef RULES_CONDITION_NODE_H
#define RULES_CONDITION_NODE_H

#include "lib/base/address.h"
#include "lib/base/nearest.h"
#include "lib/rules/condition.h"

/* Texts to look one up in; folded. Short lists are gone through, long ones
 * have a table of places. */
struct condition_texts {
    const struct str *items;
    int count;
    size_t bytes_max;       /* of the longest */
    const uint16_t *places; /* index + 1, or 0; NULL for short lists */
    uint32_t places_mask;
};

/* Ranges of internet addresses; one address is a range. */
struct condition_ranges {
    const struct address_range *items;
    int count;
};

struct condition {
    bool (*eval)(const struct condition *, const struct fact *, int64_t now_ms);
    bool negated;                        /* the answer is the opposite */
    int field;                           /* of a term; -1 for groups */
    const struct condition_operator *op; /* NULL for groups */
    const struct json *value;            /* as given */
    const struct condition_operator *stands_for; /* as given, where a name or
                                                    its spelling made another
                                                    of it; or NULL */
    union {
        struct {
            const struct condition *items;
            int count;
        } group;
        struct str text; /* folded */
        struct {
            int64_t low, high; /* inclusive; low > high holds nothing */
        } range;
        int64_t last_ms;
        struct {
            const int64_t *items; /* ascending */
            int count;
        } numbers;
        struct condition_texts texts;
        struct condition_ranges ranges;
    };
};

/* One term while it is read. */
struct condition_term {
    struct work *w;
    const struct field *field;
    const struct condition_operator *op;
    const struct json *value; /* NULL when absent */
    struct str at;            /* of the value */
    bool spelled;             /* the values are spellings of those given */
};

/* The SQL while it is written. */
struct condition_writer {
    struct text *sql;
    const char *column;  /* of the term being written */
    const char *address; /* of the same field */
    enum db_engine engine;
    int64_t now_ms;
    struct db_value *values;
    int first;
    int count;
    int room;
    bool full; /* a value found no room */
};

/*
 * What an operator is. Several rows may share a name: one for each way the
 * kinds of fields are compared.
 */
struct condition_operator {
    const char *name;
    unsigned kinds; /* 1 << enum field_kind, or CONDITION_ADDRESS */
    bool negated;
    bool (*read)(const struct condition_term *, struct condition *);
    bool (*eval)(const struct condition *, const struct fact *, int64_t now_ms);
    /* True or false for every row, never NULL. */
    void (*sql)(const struct condition *, struct condition_writer *);
};

/* Beside the kinds of fields: a text that is an internet address. */
enum { CONDITION_ADDRESS = 1 << 8 };
unsigned condition_kind(const struct field *);

extern const struct condition_operator condition_operators[]; /* name NULL */

/* ---- condition_value.c, condition_number.c: shapes of values; false with
 * a detail ---- */

#define CONDITION_VALUE(name)                                  \
    bool condition_value_##name(const struct condition_term *, \
                                struct condition *)
CONDITION_VALUE(none);
CONDITION_VALUE(text); /* one of the options, if there are any */
CONDITION_VALUE(part); /* of a text */
CONDITION_VALUE(tag);
CONDITION_VALUE(texts);
CONDITION_VALUE(number);
CONDITION_VALUE(numbers);
CONDITION_VALUE(from); /* this and above */
CONDITION_VALUE(above);
CONDITION_VALUE(to); /* this and below */
CONDITION_VALUE(below);
CONDITION_VALUE(pair);
CONDITION_VALUE(last);  /* a stretch of time */
CONDITION_VALUE(range); /* of internet addresses */
CONDITION_VALUE(ranges);
CONDITION_VALUE(tree); /* the name of what it is below */

/* How values of a field are called and written, for messages. */
struct condition_words {
    const char *one, *many, *example, *examples;
};

struct condition_words condition_words_of(const struct condition_term *);

/* Details; each returns false. */
bool condition_wants_one(const struct condition_term *, struct str at);
bool condition_value_missing(const struct condition_term *);

/* True for a list with values, and not too many. */
bool condition_check_list(const struct condition_term *);
struct str condition_item_at(const struct condition_term *, size_t);

/* ---- condition_eval.c ---- */

#define CONDITION_EVAL(name)                                                  \
    bool condition_eval_##name(const struct condition *, const struct fact *, \
                               int64_t now_ms)
CONDITION_EVAL(all);
CONDITION_EVAL(any);
CONDITION_EVAL(unknown);
CONDITION_EVAL(text_empty);
CONDITION_EVAL(text_is);
CONDITION_EVAL(text_any);
CONDITION_EVAL(text_contains);
CONDITION_EVAL(text_starts);
CONDITION_EVAL(text_ends);
CONDITION_EVAL(text_within);
CONDITION_EVAL(tags_empty);
CONDITION_EVAL(tags_any);
CONDITION_EVAL(range);
CONDITION_EVAL(numbers);
CONDITION_EVAL(last);
CONDITION_EVAL(ranges);

/* Where a text of a long list is looked for first. */
uint32_t condition_text_hash(struct str);

/* ---- condition_sql.c ---- */

#define CONDITION_SQL(name)                             \
    void condition_sql_##name(const struct condition *, \
                              struct condition_writer *)
CONDITION_SQL(unknown);
CONDITION_SQL(empty);
CONDITION_SQL(text_is);
CONDITION_SQL(text_any);
CONDITION_SQL(text_contains);
CONDITION_SQL(text_starts);
CONDITION_SQL(text_ends);
CONDITION_SQL(text_within);
CONDITION_SQL(tags_any);
CONDITION_SQL(range);
CONDITION_SQL(numbers);
CONDITION_SQL(last);
CONDITION_SQL(ranges);

#endif
