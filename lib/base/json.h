/*
 * json: reads JSON (RFC 8259) into a tree in an arena, and writes it.
 *
 * Reading is strict: UTF-8 only, no duplicate names in an object (they are
 * refused on purpose: two readers could understand two things), depth and
 * size limited, 64-bit integers exact.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "lib/base/id.h"
#include "lib/base/text.h"

enum { JSON_DEPTH_MAX = 32, JSON_BYTES_MAX = 8 * 1024 * 1024 };

enum json_kind {
    JSON_NULL,
    JSON_BOOL,
    JSON_INTEGER,
    JSON_REAL,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json_member;

struct json {
    enum json_kind kind;
    union {
        bool truth;
        int64_t integer;
        __extension__ struct {
            double real;
            const char *digits; /* of an integer beyond 64 bits, as it was
                                   written; else NULL */
        };
        struct str text;
        struct {
            const struct json *items;
            size_t count;
        } array;
        struct {
            const struct json_member *members; /* in the order given */
            size_t count;
        } object;
    };
};

struct json_member {
    struct str name;
    struct json value;
};

struct json_error {
    size_t offset;       /* byte where reading stopped; 0 when unknown */
    const char *message; /* says what is wrong and what is right */
    struct str at;       /* pointer (RFC 6901) of the object that has a name
                            twice; else none. As the message in the arena */
};

/*
 * The tree of `source`, or NULL with `*error` filled. The tree points into
 * the arena only; `source` may go away.
 */
const struct json *json_parse(struct arena *, struct str source,
                              struct json_error *error);

/* The member's value, or NULL when absent or `object` is no object. */
const struct json *json_get(const struct json *object, const char *name);
const struct json *json_get_named(const struct json *object, struct str name);

/* The member when it is of that kind, else the fallback. */
struct str json_get_text(const struct json *, const char *name);
int64_t json_get_int(const struct json *, const char *name, int64_t fallback);
bool json_get_bool(const struct json *, const char *name, bool fallback);

/* True for JSON_INTEGER and JSON_REAL, with the number. */
bool json_number(const struct json *, double *);

/* The number that was written, in units of 10^-decimals: 1.15 with 2 is 115.
 * False when it has more decimals, does not fit, or is no number. A number
 * with decimals has at most 15 digits: so many a double keeps. */
bool json_decimal(const struct json *, int decimals, int64_t *);

/* "object", "number", ...: for messages. */
const char *json_kind_name(enum json_kind);

/* Writing. Commas are put where they belong; names must be C strings. */
struct json_out {
    struct text *text;
    bool first; /* no comma before the next value */
};

struct json_out json_out_new(struct text *);
void json_open_object(struct json_out *);
void json_close_object(struct json_out *);
void json_open_array(struct json_out *);
void json_close_array(struct json_out *);
/* Names in our own code are plain words: nothing in them needs a look. */
void json_plain_name(struct json_out *, struct str name);
void json_name_str(struct json_out *, struct str name);
void json_text(struct json_out *, struct str); /* STR_NONE writes null */
void json_int(struct json_out *, int64_t);
void json_real(struct json_out *, double); /* not finite: null */
void json_bool(struct json_out *, bool);
void json_null(struct json_out *);
void json_id(struct json_out *, struct id); /* none writes null */
/* RFC 3339 with milliseconds, UTC; 0 and what is outside the years 1 to
 * 9999 write null. */
void json_time(struct json_out *, int64_t ms);
void json_tree(struct json_out *, const struct json *); /* NULL: null */
struct str json_tree_text(struct arena *, const struct json *);
void json_raw(struct json_out *, struct str valid_json);

/* Compiled into its callers, where the length of a name is known. */
static inline void
json_name(struct json_out *out, const char *name)
{
    json_plain_name(out, str_of(name));
}

/* name and value in one line */
static inline void
json_put_text(struct json_out *out, const char *name, struct str s)
{
    json_name(out, name);
    json_text(out, s);
}

static inline void
json_put_cstr(struct json_out *out, const char *name, const char *s)
{
    json_put_text(out, name, str_of(s));
}

static inline void
json_put_int(struct json_out *out, const char *name, int64_t n)
{
    json_name(out, name);
    json_int(out, n);
}

static inline void
json_put_bool(struct json_out *out, const char *name, bool truth)
{
    json_name(out, name);
    json_bool(out, truth);
}

static inline void
json_put_id(struct json_out *out, const char *name, struct id id)
{
    json_name(out, name);
    json_id(out, id);
}

static inline void
json_put_time(struct json_out *out, const char *name, int64_t ms)
{
    json_name(out, name);
    json_time(out, ms);
}

static inline void
json_put_tree(struct json_out *out, const char *name, const struct json *tree)
{
    json_name(out, name);
    json_tree(out, tree);
}

#endif
