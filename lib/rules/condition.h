/*
 * condition: one language for rules, views, segments, scores and exports: a
 * tree of all, any, not over {field, op, value}. It knows nothing of leads:
 * the program hands in its table of fields.
 *
 * Three readings of one condition must agree (a property test holds them
 * equal): condition_true in memory, condition_sql in either engine.
 *
 * Text compares without case (ASCII and simple Unicode folding by
 * utf8proc). A missing value satisfies only is_empty, is_not, is_none_of
 * and not.
 */
#ifndef RULES_CONDITION_H
#define RULES_CONDITION_H

#include "lib/base/json.h"
#include "lib/db/db.h"
#include "lib/jobs/work.h"

enum field_kind {
    FIELD_TEXT,
    FIELD_NUMBER, /* whole numbers: counts, scores, minor units of money */
    FIELD_TIME,   /* UTC ms; written as RFC 3339 */
    FIELD_TAGS,   /* a list of texts */
    FIELD_ID,
    FIELD_BOOL,
};

/* What a name stands for that is the value of in_list or within: a condition
 * in place of the term, or a list in place of the name. Neither: it is no
 * name, but a value like any other. */
struct condition_meaning {
    const struct json *condition;
    const struct json *values;
};

struct field;
/* False with a detail at `at`. What it gives must live as long as what is
 * read. */
typedef bool condition_names(struct work *, const struct field *,
                             const char *op, struct str name, struct str at,
                             struct condition_meaning *);

/* How what somebody calls a value is written in facts: "South Korea" is "KR".
 * Several when it may be any of them; none: as given. False with a detail at
 * `at`. */
typedef bool condition_spelling(struct work *, const struct field *,
                                struct str given, struct str at,
                                const struct str **values, int *count);

struct field {
    const char *name; /* "country"; NULL ends a table */
    enum field_kind kind;
    const char *column; /* SQL: a column, or an expression in brackets; holds
                           folded text: see condition_sql */
    const char *about;
    const char *const *options; /* the only values allowed; NULL: any */
    int decimals; /* of a NUMBER: it is kept as a whole number of 10^-decimals
                     and written with a point (22700.5 with 2 is 2270050) */
    bool dates;   /* of a TIME: each is a date, kept as its midnight in UTC, and
                   written 2026-11-20; a time is taken, too */
    const char *address;    /* of a TEXT that is an internet address: the column
                            of its address_digits, by which ranges are compared;
                            NULL: a text like any other */
    condition_names *names; /* of lists, places and trees; NULL: none */
    condition_spelling *spelling; /* of a TEXT, where one value is compared
                                     with another; NULL: as given */
};

/* A lead's value of one field. */
struct fact {
    bool known;
    int64_t number;         /* NUMBER, TIME, ID, BOOL */
    struct str text;        /* TEXT: as shown */
    struct str folded;      /* TEXT: as compared; see fold_text */
    const struct str *tags; /* TAGS: folded */
    int tag_count;
};

/* As compared: NFKC and case folded (NFKC_Casefold of Unicode), white space
 * at the ends off. Returns the same bytes when nothing changes. Folding what
 * was folded changes nothing. Of bytes that are no UTF-8 only ASCII letters
 * are folded. */
struct str fold_text(struct arena *, struct str);

struct condition; /* immutable; lives in the arena it was read into */

enum {
    CONDITION_DEPTH_MAX = 8,   /* of all, any and not within each other */
    CONDITION_TERMS_MAX = 200, /* fields asked about; also a group's items */
    CONDITION_LIST_MAX = 1000, /* values of one term, as they are given */
};

/*
 * Reads and checks a condition. NULL with details in w->error, each with a
 * pointer below `at`: unknown field or operator (with the nearest known
 * one), a value of the wrong type, too deep, too many. An empty object
 * ({}) and {"all": []} are true for everything, {"any": []} for nothing.
 *
 * The condition points into `json` and `fields`, which must live as long.
 * Operators and the values they take are listed in README.md.
 */
const struct condition *condition_read(struct work *, const struct field *,
                                       const struct json *, struct str at);

/* facts[i] belongs to the i-th field of the table it was read with. */
bool condition_true(const struct condition *, const struct fact *facts,
                    int64_t now_ms);

/*
 * The first leaf that made it false, as {"field","op","value","was"} for an
 * explanation; false when the condition is true. Below a `not` that is a leaf
 * that held. An empty group has no leaf: then field is -1.
 */
struct condition_miss {
    int field;                /* index in the table */
    const char *op;           /* NULL without a leaf */
    const struct json *value; /* as given; NULL when it had none */
};
bool condition_first_miss(const struct condition *, const struct fact *facts,
                          int64_t now_ms, struct condition_miss *);

/*
 * True when b holds wherever a does, whatever the facts and the time; false
 * when that cannot be told. `unknown`: facts for every field, none of them
 * known. Each comparison takes one off *left; at 0 nothing can be told.
 */
bool condition_implies(const struct condition *a, const struct condition *b,
                       struct fact *unknown, int *left);

/* Sets used[i] for each field the condition reads. */
void condition_fields(const struct condition *, bool *used);

/*
 * Adds the condition as SQL to `sql`, with parameters from $`first` on added
 * to `values` (room for `room`; NULL: they are counted only). Returns the number
 * of values, or -1 when there is no room. The columns of text fields hold folded text (fold_text),
 * those of tags each tag between U+001F characters, also at both ends; so
 * both engines only ever compare bytes. Missing is NULL.
 */
int condition_sql(const struct condition *, const struct field *,
                  enum db_engine, int64_t now_ms, struct text *sql,
                  struct db_value *values, int first, int room);

#endif
