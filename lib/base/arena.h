/*
 * arena: memory that dies together. What one unit of work needs comes from
 * its arena; nothing in it is freed by itself.
 *
 * Allocation never returns NULL: a machine out of memory ends the process,
 * and what was acknowledged is already on disk.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "lib/base/str.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first; owned */
    char *next;                 /* free part of the newest block */
    size_t left;                /* its bytes */
    size_t used;                /* bytes handed out since the last reset */
};

void arena_init(struct arena *);
void arena_free(struct arena *);

/* Forgets everything handed out, and keeps one block for the next use. */
void arena_reset(struct arena *);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *, size_t bytes)
    __attribute__((malloc, alloc_size(2), returns_nonnull));
void *arena_alloc_array(struct arena *, size_t count, size_t size)
    __attribute__((malloc, alloc_size(2, 3), returns_nonnull));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) \
    ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* A copy that lives as long as the arena; NUL follows the last byte. */
struct str arena_str(struct arena *, struct str);
const char *arena_cstr(struct arena *, struct str);

/* Formatted text; `format` as for printf. */
struct str arena_format(struct arena *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
