/*
 * lead_list: pages of leads. A page costs about the same whether the
 * workspace has a thousand leads or a million: it is read along an index, and
 * no more rows are looked at than a budget allows. What that leaves out is on
 * the next page, and totals say whether they are exact.
 */
#ifndef LEAD_LEAD_LIST_H
#define LEAD_LEAD_LIST_H

#include "src/lead/lead.h"

enum {
    LEAD_LIST_LIMIT_MAX = 200,
    LEAD_LIST_TOTAL_MAX = 1000, /* a total counts up to here */
    LEAD_LIST_OWNED_MAX = 1000, /* of one owner, when not by time */
};

/* An order: of the table, which an index serves, or that of a field of the
 * workspace's own. */
struct lead_sort {
    const char *name;   /* "-created_at"; NULL ends the table */
    const char *column; /* followed by the id */
    bool descending;
    int rows_max;       /* looked at for one page, when it is filtered: rows */
    int count_rows_max; /* by time lie together, others do not */
    enum lead_sort_own {
        LEAD_SORT_INDEXED, /* not of an own field */
        LEAD_SORT_NUMBER,  /* and what is compared like one */
        LEAD_SORT_TEXT,
    } own;
};
extern const struct lead_sort lead_sorts[]; /* the first is the usual one */
const struct lead_sort *lead_sort_find(struct str name); /* or NULL */

/* "custom.rooms" or "-custom.rooms"; false: the workspace has no such field, or
 * its values have no order. */
struct lead_schema;
bool lead_sort_own(struct work *, const struct lead_schema *, struct str name,
                   struct lead_sort *);

struct lead_query {
    const struct condition *filter; /* NULL: all */
    const struct field *fields;     /* that the filter was read with */
    struct str text;                /* to be searched for; or STR_NONE */
    const struct lead_sort *sort;
    struct lead_scope scope; /* whose */
    struct str cursor;       /* of the page before, or STR_NONE */
    int limit;               /* 1 .. LEAD_LIST_LIMIT_MAX */
};

struct lead_page {
    struct lead *leads;
    int count;
    struct str next_cursor; /* STR_NONE: this is the end */
    int64_t total;
    bool total_is_exact; /* else there are at least `total` */
};

/* L3: no list counts or reads all of a workspace, but one in the order of an
 * own field. A cursor of another order, or none at all, fails with a pointer.
 */
bool lead_list(struct work *, const struct lead_query *, struct lead_page *);

/* The same page without a total, for whoever goes through all of them. */
bool lead_list_next(struct work *, const struct lead_query *,
                    struct lead_page *);

/* ------------------------------------------- for its own files and tests */

/* Where a page ended. */
struct lead_place {
    int64_t value; /* of the sort's column */
    struct id id;
};

struct str lead_cursor_write(struct arena *, const struct lead_sort *,
                             struct lead_place);
bool lead_cursor_read(struct str cursor, const struct lead_sort *,
                      struct lead_place *);

/* Both engines take as many. */
enum { LEAD_LIST_VALUES_MAX = 30000 };

/* A WHERE and what it binds. */
struct lead_where {
    struct text sql;
    struct db_value *values;
    int count;
    int room;
    bool full;
};

/* Which rows: those of the workspace and of the scope, between two places. */
struct lead_range {
    const struct lead_query *query;
    const struct lead_place *after; /* NULL: from the beginning */
    const struct lead_place *until; /* the last to be looked at, or NULL */
    struct id oldest;               /* none older are looked at; or ID_NONE */
};

/*
 * A range is read in parts that an index bounds on both sides: the rest of
 * the leads with the value of `after`, those between, and the first with the
 * value of `until`. (One comparison of both columns would be bounded by the
 * first alone, and half of all leads may have the same score.)
 */
enum { LEAD_PARTS_MAX = 3 };
struct lead_part {
    const int64_t *equal;   /* leads with this value, or NULL: those */
    const int64_t *beyond;  /* behind this value, or NULL, */
    const int64_t *before;  /* and before this one, or NULL */
    const struct id *after; /* of the former: from here, or NULL, */
    const struct id *until; /* to here, or NULL */
};

int lead_range_parts(const struct lead_range *,
                     struct lead_part parts[LEAD_PARTS_MAX]);

/* The number of the value's $. */
int lead_where_bind(struct lead_where *, struct db_value);
void lead_where_part(struct work *, struct lead_where *,
                     const struct lead_range *, const struct lead_part *);
void lead_where_order(struct lead_where *, const struct lead_query *,
                      int64_t limit, int64_t offset);

/* lead_list_own.c: the page, without its total. */
bool lead_list_own(struct work *, const struct lead_query *,
                   struct lead_page *);

/* Both fail. */
bool lead_cursor_fault(struct work *, const struct lead_sort *);
bool lead_where_fault(struct work *);

#endif
