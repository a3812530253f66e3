/*
 * document: what a workspace has one of, kept as it was sent, with a version
 * (its stages, its scoring, its conventions). The owner of the table has the
 * SQL; how it is read and saved is the same for all.
 */
#ifndef WORKSPACE_DOCUMENT_H
#define WORKSPACE_DOCUMENT_H

#include "lib/jobs/work.h"

struct document_table {
    const char *select;  /* version, document; of workspace $1 */
    const char *insert;  /* $1, document $2, at $3 */
    const char *update;  /* the same, and the version $4 that it replaces */
    const char *absent;  /* what is in force before one is saved; may be NULL */
    const char *changed; /* said when another was saved meanwhile */
};

/* Version 0 when none was saved. */
bool document_load(struct work *, const struct document_table *,
                   struct str *document, int64_t *version);

/* In place of the one of this version, which goes up by one. */
bool document_save(struct work *, const struct document_table *,
                   struct str document, int64_t *version);

#endif
