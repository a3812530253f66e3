/*
 * shape: what a JSON value looks like, as a table. One table checks what
 * comes in (an error says where and what would be right) and describes it in
 * the OpenAPI document.
 */
#ifndef HTTP_SHAPE_H
#define HTTP_SHAPE_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"

enum shape_kind {
    SHAPE_TEXT = 1,
    SHAPE_INTEGER,
    SHAPE_NUMBER,
    SHAPE_BOOL,
    SHAPE_ID,     /* 13 characters */
    SHAPE_TIME,   /* RFC 3339 with offset */
    SHAPE_DATE,   /* 2026-11-20 */
    SHAPE_EMAIL,  /* text; checked by the stage that uses it */
    SHAPE_OPTION, /* one of `options` */
    SHAPE_OBJECT, /* `of`, or any object when NULL */
    SHAPE_ANY,    /* any JSON */
};

enum shape_flag {
    SHAPE_REQUIRED = 1,
    SHAPE_READ_ONLY = 2, /* in answers; an error in what comes in */
    SHAPE_NULLABLE = 4,  /* null is allowed, and empties */
    SHAPE_LIST = 8,      /* an array of it, at most `max` items */
    SHAPE_OPEN = 16,     /* (on a shape) other names are allowed */
};

struct shape;

struct shape_field {
    const char *name; /* NULL ends the table */
    enum shape_kind kind;
    unsigned flags;
    int64_t max; /* bytes of text, value of a number, items of a list; 0:
                         64 KiB of text, any number, 1,000 items */
    int64_t min; /* least value of a number; with max 0 a number has
                         this bound only, and none when both are 0 */
    const struct shape *of;
    const char *const *options; /* ends with NULL */
    const char *about;
};

struct shape {
    const char *name; /* "LeadInput": in the OpenAPI document */
    const char *about;
    unsigned flags; /* SHAPE_OPEN */
    const struct shape_field *fields;
};

/*
 * Checks a whole value. Each fault is a detail of w->error with a pointer
 * that starts with `at`; an unknown name says which known one is nearest.
 * True when there is none.
 */
bool shape_check(struct work *, const struct shape *, const struct json *,
                 struct str at);

/* The bounds that apply when a field says 0. */
enum { SHAPE_TEXT_BYTES_MAX = 64 * 1024, SHAPE_ITEMS_MAX = 1000 };

#endif
