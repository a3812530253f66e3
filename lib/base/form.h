/*
 * form: the fields of a form as browsers and other programs send them:
 * application/x-www-form-urlencoded (WHATWG URL) and multipart/form-data
 * (RFC 7578, RFC 2046). What a field means is not known here.
 *
 * Reading is strict where two readers could understand two things: a percent
 * sign that is no escape, text that is not UTF-8, a boundary with something
 * behind it, a parameter given twice are refused.
 */
#ifndef BASE_FORM_H
#define BASE_FORM_H

#include "lib/base/arena.h"

enum {
    FORM_FIELDS_MAX = 1000,
    FORM_TEXT_BYTES_MAX = 1024 * 1024, /* of a name, and of a value */
    FORM_HEADER_BYTES_MAX = 8 * 1024,  /* of all headers of one part */
};

struct form_field {
    struct str name;  /* UTF-8 without NUL, may be empty */
    struct str value; /* UTF-8 without NUL; of a file: its bytes */
    bool is_file;
    struct str file_name;    /* without folders; empty: no file was chosen */
    struct str content_type; /* as sent, or STR_NONE */
};

struct form {
    const struct form_field *fields; /* in the order given, in the arena */
    size_t count;                    /* names may repeat */
};

struct form_error {
    size_t offset;       /* byte of the body */
    bool too_large;      /* a limit, not a fault of form */
    const char *message; /* constant, says what is wrong and what is right */
};

/* Chooses the format by the request's content type. The body may go away. */
bool form_parse(struct arena *, struct str content_type, struct str body,
                struct form *, struct form_error *);

bool form_parse_urlencoded(struct arena *, struct str body, struct form *,
                           struct form_error *);
bool form_parse_multipart(struct arena *, struct str boundary, struct str body,
                          struct form *, struct form_error *);

/* The value of the first text field of that name, or STR_NONE. */
struct str form_get(const struct form *, const char *name);

/*
 * Decodes %XX, and + to a space when `plus_is_space`. False for a percent
 * sign without two hexadecimal digits; `*fault` is its position.
 */
bool form_percent_decode(struct arena *, struct str, bool plus_is_space,
                         struct str *out, size_t *fault);

/*
 * Takes the next `; name=value` off the front of `*rest`, which is what
 * follows a header's first word. The value is a token or a quoted string, in
 * which a backslash stands before a quote or a backslash only (Windows paths
 * are sent as they are). False at the end, and when the text is no parameter:
 * then `*rest` is not empty.
 */
bool form_parameter(struct arena *, struct str *rest, struct str *name,
                    struct str *value);

#endif
