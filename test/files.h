/*
 * files: how tests read the files in test/data. Paths are relative to the
 * root of the source tree, which is where tests are run.
 */
#ifndef TEST_FILES_H
#define TEST_FILES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"

/* The bytes of a file, or STR_NONE when it cannot be read. */
static inline struct str
file_bytes(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return STR_NONE;

    char *bytes = NULL;
    size_t count = 0;
    size_t room = 0;
    size_t got = 0;
    do {
        count += got;
        if (count == room) {
            char *larger = arena_alloc(arena, room * 2 + 4096);
            if (count > 0)
                memcpy(larger, bytes, count);
            bytes = larger;
            room = room * 2 + 4096;
        }
        got = fread(bytes + count, 1, room - count, file);
    } while (got > 0);
    fclose(file);
    return (struct str){ bytes, count };
}

/*
 * Calls `see` with each regular file of a folder, in the order of names, and
 * returns how many there were. The path given is the folder's and the name.
 */
static inline size_t
files_each(struct arena *arena, const char *folder,
           void (*see)(struct arena *, const char *path, const char *name,
                       void *context),
           void *context)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t seen = 0;

    for (int i = 0; i < count; i++) {
        if (entries[i]->d_type == DT_REG) {
            struct str path =
                arena_format(arena, "%s/%s", folder, entries[i]->d_name);
            see(arena, path.data, entries[i]->d_name, context);
            seen++;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return seen;
}

#endif
