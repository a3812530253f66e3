/*
 * log: one JSON object a line on standard error. Fields are typed, so that
 * nothing from outside is ever a format, and personal data cannot slip in:
 * there is no field kind for a lead's content, only for ids.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "lib/base/id.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *name;
    enum { LOG_FIELD_WORD, LOG_FIELD_NUMBER, LOG_FIELD_ID } kind;
    const char *word; /* of our own making, or an operating system's */
    int64_t number;
};

#define LOG_WORD(n, v)   ((struct log_field){ n, LOG_FIELD_WORD, v, 0 })
#define LOG_NUMBER(n, v) ((struct log_field){ n, LOG_FIELD_NUMBER, NULL, v })
#define LOG_ID(n, v)     ((struct log_field){ n, LOG_FIELD_ID, NULL, (v).value })

void log_level_set(enum log_level lowest);

/* Fields end with one whose name is NULL; use the macros below. */
void log_write(enum log_level, const char *event, const struct log_field *);

#define LOG_FIELDS(...) \
    ((const struct log_field[]){ __VA_ARGS__, { NULL, 0, NULL, 0 } })
#define log_info(event, ...) log_write(LOG_INFO, event, LOG_FIELDS(__VA_ARGS__))
#define log_warning(event, ...) \
    log_write(LOG_WARNING, event, LOG_FIELDS(__VA_ARGS__))
#define log_error(event, ...) \
    log_write(LOG_ERROR, event, LOG_FIELDS(__VA_ARGS__))

#endif
