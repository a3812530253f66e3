/*
 * array: a list of values as one parameter of a PostgreSQL statement, in
 * PostgreSQL's own text form, for statements that work on many rows at once:
 * CAST($2 AS BIGINT[]). SQLite has no arrays.
 */
#ifndef DB_ARRAY_H
#define DB_ARRAY_H

#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/db/db.h"

struct db_array {
    struct text text;
    bool is_ended;
};

struct db_array db_array_new(struct arena *);
void db_array_int(struct db_array *, int64_t);
void db_array_id(struct db_array *, struct id);    /* none is NULL */
void db_array_text(struct db_array *, struct str); /* STR_NONE is NULL */

/* The list as a value to bind; nothing can be added after it. It lives in the
 * array's arena. */
struct db_value db_array_value(struct db_array *);

#endif
