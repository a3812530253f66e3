/* arena: see arena.h. Blocks double up to a mebibyte; a large piece gets a
 * block of its own. */
#include "lib/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *older;
    size_t bytes;
    _Alignas(max_align_t) char data[];
};

enum { BLOCK_MIN = 8 * 1024, BLOCK_MAX = 1024 * 1024 };

void
arena_init(struct arena *arena)
{
    *arena = (struct arena){ 0 };
}

static void
free_blocks(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void
arena_free(struct arena *arena)
{
    free_blocks(arena->blocks);
    arena_init(arena);
}

void
arena_reset(struct arena *arena)
{
    struct arena_block *kept = arena->blocks;

    if (kept == NULL)
        return;
    free_blocks(kept->older);
    kept->older = NULL;
    arena->next = kept->data;
    arena->left = kept->bytes;
    arena->used = 0;
}

static void
add_block(struct arena *arena, size_t needed)
{
    size_t bytes = arena->blocks == NULL ? BLOCK_MIN : arena->blocks->bytes * 2;

    if (bytes > BLOCK_MAX)
        bytes = BLOCK_MAX;
    if (bytes < needed)
        bytes = needed;

    struct arena_block *block = malloc(sizeof *block + bytes);
    if (block == NULL) {
        fputs("baton: out of memory\n", stderr);
        abort();
    }
    block->older = arena->blocks;
    block->bytes = bytes;
    arena->blocks = block;
    arena->next = block->data;
    arena->left = bytes;
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
    const size_t unit = _Alignof(max_align_t);

    assert(bytes < SIZE_MAX / 2);
    bytes = (bytes + unit - 1) / unit * unit;
    if (bytes == 0)
        bytes = unit;
    if (bytes > arena->left)
        add_block(arena, bytes);

    void *at = arena->next;
    arena->next += bytes;
    arena->left -= bytes;
    arena->used += bytes;
    return memset(at, 0, bytes);
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        fputs("baton: an array of impossible size\n", stderr);
        abort();
    }
    return arena_alloc(arena, bytes);
}

const char *
arena_cstr(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.bytes + 1);

    if (s.bytes > 0)
        memcpy(copy, s.data, s.bytes);
    return copy;
}

struct str
arena_str(struct arena *arena, struct str s)
{
    if (s.data == NULL)
        return STR_NONE;
    return (struct str){ arena_cstr(arena, s), s.bytes };
}

struct str
arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_list again;

    va_start(list, format);
    va_copy(again, list);
    int bytes = vsnprintf(NULL, 0, format, list);
    va_end(list);
    assert(bytes >= 0);

    char *out = arena_alloc(arena, (size_t)bytes + 1);
    vsnprintf(out, (size_t)bytes + 1, format, again);
    va_end(again);
    return (struct str){ out, (size_t)bytes };
}
