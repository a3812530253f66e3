/*
 * import_report: what an import has done, counted and written down: a line a
 * row for a file, and a summary for people or programs.
 */
#ifndef IMPORT_REPORT_H
#define IMPORT_REPORT_H

#include <stdio.h>

#include "lib/base/hash.h"
#include "src/import/import.h"

/* Counts how often each text came, in the order of their first coming. */
struct tally_entry {
    struct str key;
    struct str shown;
    int64_t count;
};

struct tally {
    struct arena *arena;
    struct tally_entry *entries;
    int count;
    int room;
    struct hash_map index; /* hash of the key -> place + 1 */
};

struct import_report {
    struct arena arena;
    FILE *results;          /* or NULL */
    struct mapping mapping; /* without columns until there is one */
    int64_t rows;
    int64_t statuses[IMPORT_REFUSED + 1];
    struct tally owners;           /* of new leads */
    struct tally rules;            /* that gave new leads away */
    struct tally refusals;         /* reasons */
    struct tally notes;            /* what was kept as given */
    struct import_result *refused; /* the first */
    int refused_count;
};

void import_report_init(struct import_report *, FILE *results);
void import_report_free(struct import_report *);

/* For import_watcher. */
void import_report_begin(struct import_report *, const struct mapping *);
void import_report_row(struct import_report *, const struct import_result *);

struct import_time {
    double seconds;
    bool dry_run;
};

void import_report_print(struct import_report *, const struct import_outcome *,
                         const struct import_time *, FILE *);
struct str import_report_json(struct import_report *,
                              const struct import_outcome *,
                              const struct import_time *);

#endif
