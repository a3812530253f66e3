/*
 * export_columns: which columns a file of leads has, what they are called, and
 * what a lead says in each. A header is one by which an import knows the field
 * again, so that what was written can be read. Pure.
 */
#ifndef EXPORT_EXPORT_COLUMNS_H
#define EXPORT_EXPORT_COLUMNS_H

#include "src/lead/custom.h"
#include "src/workspace/cache.h"

enum { EXPORT_COLUMNS_MAX = 200 };

struct export_column {
    struct str name;   /* "email", "custom.rooms", "owner" */
    struct str header; /* as it stands in the file */
};

struct export_columns {
    struct export_column *list;
    int count;
};

/* How headers are written. */
enum export_header {
    EXPORT_NAMES,   /* as programs call the fields */
    EXPORT_ENGLISH, /* as people do */
    EXPORT_KOREAN,
};

/* All there are; or those of the list of names, false with details when there
 * is no such field, or it is named twice. */
bool export_columns_choose(struct work *, const struct lead_schema *,
                           const struct json *names, enum export_header,
                           struct export_columns *);

/* As they are stored: [["email", "E-mail"], ...]. */
struct str export_columns_text(struct arena *, const struct export_columns *);
void export_columns_read(struct arena *, struct str text,
                         struct export_columns *);

/* Adds the first line, and one for a lead. */
void export_head(struct text *, const struct export_columns *);
void export_row(struct text *, const struct export_columns *,
                const struct workspace_cache *, const struct lead *);

#endif
