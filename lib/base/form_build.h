/*
 * form_build: a form while it is read. For form.c and form_multipart.c only.
 */
#ifndef BASE_FORM_BUILD_H
#define BASE_FORM_BUILD_H

#include "lib/base/form.h"

struct form_build {
    struct arena *arena;
    struct form_field *fields;
    size_t count;
    size_t room;
    struct form_error *error; /* the caller's */
};

/* Both note the error and return false. */
bool form_fail(struct form_build *, size_t offset, const char *message);
bool form_exceeds(struct form_build *, size_t offset, const char *message);

/* UTF-8, no NUL, not too long; else notes the error. */
bool form_text_is_sound(struct form_build *, struct str, size_t offset);

bool form_add(struct form_build *, const struct form_field *, size_t offset);

#endif
