/*
 * export_read: the next leads of an export, as lines of its file. Who asked is
 * looked up each time: what he may not see any more is not written.
 */
#ifndef EXPORT_EXPORT_READ_H
#define EXPORT_EXPORT_READ_H

#include "src/access/permission.h"
#include "src/export/export_store.h"
#include "src/lead/lead_list.h"

/* What was asked, checked against the workspace's fields and orders; false
 * with details. In w->arena. */
bool export_question_read(struct work *, const struct json *,
                          struct lead_query *);

/* What somebody sees, as one word that changes when that changes. */
struct str export_scope(struct arena *, const struct actor *);

/* May he have this file? False with ERR_CONFLICT when what he sees is not what
 * was seen when it was read. */
bool export_scope_fits(struct work *, const struct actor *,
                       const struct export_record *);

struct export_page {
    struct str text;   /* the head of the file goes before the first lead */
    struct str cursor; /* STR_NONE: that was all */
    struct str scope;
    int64_t leads;
};

/* False with ERR_FORBIDDEN when he may not export any more. */
bool export_read(struct work *, const struct export_record *,
                 struct export_page *);

#endif
