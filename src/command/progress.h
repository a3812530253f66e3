/*
 * progress: a line on standard error that shows how far something is, when
 * somebody is looking (a terminal); nothing otherwise.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *unit; /* "rows"; NULL: only bytes are counted */
    int64_t total;    /* bytes; 0: not known */
    bool counts;      /* what is done is counted in units, not in bytes */
    int64_t started_us;
    int64_t shown_us;
    bool on;
};

struct progress progress_begin(const char *unit, int64_t total_bytes);
struct progress progress_begin_count(const char *unit, int64_t total);

/* Shown a few times a second at most. */
void progress_show(struct progress *, int64_t done_bytes, int64_t units);

/* Takes the line away. */
void progress_end(struct progress *);

#endif
