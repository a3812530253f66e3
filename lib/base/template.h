/*
 * template: text with places for fields, and nothing else: no loops, no
 * choices, no code.
 *
 *     Dear {{lead.name|first|default:"reader"}}
 *
 * Fields and filters come from closed lists: what is not known is refused
 * when the template is read, not when it is used. All of the result is text:
 * written for HTML it is escaped whole, for a header it is one line.
 */
#ifndef BASE_TEMPLATE_H
#define BASE_TEMPLATE_H

#include "lib/base/text.h"

enum template_kind { TEMPLATE_TEXT, TEMPLATE_TIME };

struct template_field {
    const char *name; /* "lead.name"; NULL ends the table */
    enum template_kind kind;
    const char *about;
};

/* A field's value; one without text and without time is not known. */
struct template_value {
    struct str text;
    int64_t local_ms; /* TEMPLATE_TIME: since 1970 as the clock on the wall
                         shows it; 0: not known */
};

enum template_target {
    TEMPLATE_FOR_TEXT,
    TEMPLATE_FOR_HTML,   /* escaped; a line break becomes <br> */
    TEMPLATE_FOR_HEADER, /* no line break, no control character */
};

/* Why a template cannot be read. */
struct template_fault {
    const char *code;
    struct str message; /* what is wrong, and what would be right */
};

enum { TEMPLATE_BYTES_MAX = 20000, TEMPLATE_RESULT_BYTES_MAX = 256 * 1024 };

struct template;

/*
 * Reads a template into the arena, which also holds its text. NULL with the
 * fault when a field or filter is unknown, a place is not closed, or it is
 * longer than TEMPLATE_BYTES_MAX.
 */
const struct template *template_read(struct arena *, struct str text,
                                     const struct template_field *,
                                     struct template_fault *);

/*
 * Adds what it comes to with these values (by the field's place in the
 * table). Dates are written as in `language`: "ko", anything else is English.
 * False when the result would be longer than TEMPLATE_RESULT_BYTES_MAX; what
 * was added so far stays.
 */
bool template_write(struct text *, const struct template *,
                    const struct template_value *, enum template_target,
                    struct str language);

/* The filters there are, for manuals; ends with a NULL name. */
struct template_filter_about {
    const char *name;
    const char *about;
};
extern const struct template_filter_about template_filters[];

#endif
