/*
 * mapping: which column of somebody else's table is which field of a lead.
 * By a mapping file, or by the names people usually give to columns. Not for
 * what a value means: that is standardise.
 *
 * A mapping file:
 *
 *     {"columns": {"Last Name": "name", "Mobile": "phone",
 *                  "TotalVisits": "custom.total_visits"},
 *      "external_id": "LEADID",
 *      "ignore": ["Lead Status"],
 *      "empty": ["Select"],
 *      "split": {"Interests": ";"},
 *      "set": {"source": "trade fair"},
 *      "date_order": "day_first",
 *      "phones": "international",
 *      "defaults": {"country": "US", "currency": "USD"}}
 */
#ifndef CAPTURE_MAPPING_H
#define CAPTURE_MAPPING_H

#include "lib/base/csv.h"
#include "lib/http/shape.h"
#include "src/lead/custom.h"

/* What a column becomes; below LEAD_GIVEN_COUNT it is that field. */
enum mapping_target {
    MAPPING_FIRST_NAME = LEAD_FIELD_COUNT, /* half of a name */
    MAPPING_LAST_NAME,
    MAPPING_CUSTOM,
    MAPPING_NOTHING, /* kept in the submission alone */
    MAPPING_OBJECT,  /* several things in one, as JSON: `record` says which */
};

enum mapping_date_order {
    MAPPING_DATE_UNKNOWN,
    MAPPING_DAY_FIRST,
    MAPPING_MONTH_FIRST,
    MAPPING_YEAR_FIRST,
};

/* A mapping file that was read and is in order. */
struct mapping_file {
    const struct json *columns; /* header -> field; or NULL */
    const struct json *ignore;
    const struct json *empty;
    const struct json *split; /* header -> what stands between items */
    const struct json *set;   /* field -> value of every row */
    struct str external_id;   /* header, or STR_NONE */
    enum mapping_date_order date_order;
    char delimiter;      /* between columns; 0: it is found out */
    bool phones_abroad;  /* phone numbers begin with their country code */
    struct str country;  /* of phone numbers that name none */
    struct str currency; /* of amounts that name none */
};

extern const struct shape mapping_shape;

/* NULL with details in w->error: unknown fields, options, what is doubled.
 * Points into the document. */
const struct mapping_file *mapping_file_read(struct work *,
                                             const struct json *document);

/* A column of the tables that we write which is no field that is given. */
struct mapping_record_column {
    const char *name;  /* "owner"; NULL ends the table */
    struct str header; /* "lead.owner" */
    struct str label_en;
    struct str label_ko;
    bool is_object; /* consent, social, custom: taken again; the others are for
                       people to read */
};
extern const struct mapping_record_column mapping_record_columns[];

/* By its header or a label, to the letter; or NULL. */
const struct mapping_record_column *mapping_record_find(struct str header);

/* What the column of a given field is called in the tables that we write. */
struct str mapping_label(int field, bool korean);

struct mapping_column {
    struct str header; /* as in the file; empty and doubled ones get a name */
    bool named;        /* the file gave it one */
    int to;            /* a lead_field or a mapping_target */
    struct str custom; /* its name among the lead's own fields */
    const struct mapping_record_column *record; /* of an OBJECT */
    struct str split; /* what stands between items; or STR_NONE */
    /* Several fields are called like this column: which is meant is not
     * guessed, and it is kept under its own name. */
    struct str *meant;
    size_t meant_count;
};

/* What a workspace calls its fields. */
struct mapping_known;

/* Takes copies into the arena. */
const struct mapping_known *mapping_known_read(struct arena *,
                                               const struct lead_schema *);

/* A mapping bound to the columns of one table. */
struct mapping {
    const struct mapping_file *file; /* or NULL */
    struct mapping_column *columns;
    size_t count;
    size_t *order; /* columns that the mapping file names come first */
};

/* False with details when the mapping file names columns that are not there.
 * `known` may be NULL: usual names alone count. Lives in w->arena. */
bool mapping_bind(struct work *, const struct mapping_file *,
                  const struct mapping_known *, const struct csv_row *header,
                  struct mapping *);

/* False when what should be names of columns is somebody's row: an address
 * among them, or numbers and dates and no name that is known. */
bool mapping_has_names(const struct mapping *);

/* One row of a table, as a lead. */
struct mapped {
    const struct json *given; /* an object for standardise */
    struct str body;          /* header -> value: the row as it came, JSON */
    struct str external_id;   /* or STR_NONE */
};

/* Pure; what it makes lives in the arena. Cells beyond the header are left
 * out: rows that have some are refused by the caller. */
void mapping_row(struct arena *, const struct mapping *, const struct csv_row *,
                 struct mapped *);

/* The target of a name in a mapping file: a field, first_name, last_name or
 * "custom." with a name; or -1. */
int mapping_target(struct str name);

/* "phone", "first_name", "custom.visits"; "-" for nothing. */
struct str mapping_target_name(struct arena *, const struct mapping_column *);

/* For mapping.c: is the column called as a field is? Then it is that field;
 * or, of several, `meant` says which. */
bool mapping_known_find(struct arena *, const struct mapping_known *,
                        struct mapping_column *);

/* For mapping_names.c: the target of a header by its usual names, or -1; and
 * a header without case, spaces and signs. */
int mapping_usual(struct str key);
struct str mapping_key(struct arena *, struct str header);

#endif
