/* lead_search_store: the tables of the search index. */
#ifndef LEAD_LEAD_SEARCH_STORE_H
#define LEAD_LEAD_SEARCH_STORE_H

#include "src/lead/lead.h"

struct lead_search_row {
    struct id lead;
    struct str text;
};

struct lead_search_found {
    struct lead_search_row *rows; /* newest first */
    int count;
    bool more;      /* there may be others, older than `last` */
    struct id last; /* the last that was looked at */
};

/* The newest that have all grams and are older than `before`, with their
 * texts; hashes may meet, so a few may lack some. Looks at a bounded number
 * of leads. */
bool search_candidates(struct work *, const int32_t *grams, int gram_count,
                       struct id before, struct lead_search_found *);

/* The leads of the newest entries behind the mark, older than `before`, with
 * their texts as they are now. More: the mark is further behind than a question
 * looks; `last` is not set. */
bool search_tail(struct work *, struct id before, struct lead_search_found *);

/* What is indexed of these leads (ascending): texts[i] of leads[i], or
 * STR_NONE. */
bool search_texts(struct work *, const struct id *leads, int count,
                  struct str **texts);

/* Indexes a text in place of the one before (STR_NONE: there was none). */
bool search_put(struct work *, struct id lead, struct str before,
                struct str text);

/* Up to which entry of the timeline; none at the beginning. */
bool search_mark_read(struct work *, struct id *);
bool search_mark_write(struct work *, struct id);

#endif
