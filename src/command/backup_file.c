/* backup_file: see backup_file.h. */
#include "src/command/backup_file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/json.h"
#include "lib/time/zone.h"

enum { LINE_BYTES_MAX = 4096, BLOCK_BYTES = 65536 };

static const char format[] = "baton-backup/1";

static bool
because(struct arena *arena, const char *path, struct str *why)
{
    *why = arena_format(arena, "%s: %s", path, strerrordesc_np(errno));
    return false;
}

static bool
hash_bytes(FILE *file, int64_t bytes, const struct db_progress *progress,
           struct hash *hash)
{
    crypto_generichash_state state;
    unsigned char block[BLOCK_BYTES];
    int64_t done = 0;

    crypto_generichash_init(&state, NULL, 0, sizeof hash->bytes);
    while (done < bytes) {
        size_t want =
            bytes - done < BLOCK_BYTES ? (size_t)(bytes - done) : BLOCK_BYTES;
        size_t got = fread(block, 1, want, file);
        if (got == 0)
            return false;
        crypto_generichash_update(&state, block, got);
        done += (int64_t)got;
        progress->show(progress->context, done, bytes);
    }
    crypto_generichash_final(&state, hash->bytes, sizeof hash->bytes);
    return true;
}

static bool
hash_file(struct arena *arena, const char *path, int64_t bytes,
          const struct db_progress *progress, struct str *hex, struct str *why)
{
    FILE *file = fopen(path, "rb");
    struct text text = text_new(arena);
    struct hash hash;

    if (file == NULL)
        return because(arena, path, why);
    bool ok = hash_bytes(file, bytes, progress, &hash);
    fclose(file);
    if (!ok) {
        *why = arena_format(arena, "%s has ended too early", path);
        return false;
    }
    for (int i = 0; i < HASH_BYTES; i++)
        text_format(&text, "%02x", hash.bytes[i]);
    *hex = text_str(&text);
    return true;
}

static struct str
line_of(struct arena *arena, const struct backup_manifest *manifest)
{
    struct text text = text_new(arena);
    text_add_char(&text, '\n');
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_cstr(&out, "format", format);
    json_put_text(&out, "engine", manifest->engine);
    json_put_int(&out, "bytes", manifest->bytes);
    json_put_text(&out, "blake2b_256", manifest->hash);
    json_put_int(&out, "schema", manifest->schema);
    json_put_text(&out, "schema_name", manifest->schema_name);
    json_put_text(&out, "version", manifest->version);
    json_put_time(&out, "made_at", manifest->made_ms);
    json_close_object(&out);
    text_add_char(&text, '\n');
    return text_str(&text);
}

static bool
append(const char *path, struct str line)
{
    FILE *file = fopen(path, "ab");
    bool ok = file != NULL
           && fwrite(line.data, 1, line.bytes, file) == line.bytes
           && fflush(file) == 0 && fsync(fileno(file)) == 0;

    return (file == NULL || fclose(file) == 0) && ok;
}

bool
backup_file_seal(struct arena *arena, const char *path,
                 struct backup_manifest *manifest,
                 const struct db_progress *progress, struct str *why)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return because(arena, path, why);
    manifest->bytes = about.st_size;
    if (!hash_file(arena, path, manifest->bytes, progress, &manifest->hash,
                   why))
        return false;
    return append(path, line_of(arena, manifest)) || because(arena, path, why);
}

/* -------------------------------------------------------------- reading */

static bool
read_end(struct arena *arena, FILE *file, struct str *end, int64_t *size)
{
    char *room = arena_alloc(arena, LINE_BYTES_MAX);

    if (fseeko(file, 0, SEEK_END) != 0)
        return false;
    *size = ftello(file);
    int64_t from = *size > LINE_BYTES_MAX ? *size - LINE_BYTES_MAX : 0;
    if (fseeko(file, from, SEEK_SET) != 0)
        return false;
    *end = (struct str){ room, fread(room, 1, LINE_BYTES_MAX, file) };
    return !ferror(file);
}

/* The last line without its ends; empty when there is none. */
static struct str
last_line(struct str end)
{
    size_t from = end.bytes;

    if (from == 0 || end.data[--from] != '\n')
        return STR_NONE;
    size_t to = from;
    while (from > 0 && end.data[from - 1] != '\n')
        from--;
    return from == 0 ? STR_NONE : str_slice(end, from, to);
}

static bool
no_backup(struct arena *arena, const char *path, struct str *why)
{
    *why = arena_format(arena,
                        "%s is no whole backup: its last line, which says what "
                        "it is, is missing",
                        path);
    return false;
}

bool
backup_file_read(struct arena *arena, const char *path,
                 struct backup_manifest *manifest, struct str *why)
{
    FILE *file = fopen(path, "rb");
    struct json_error error;
    int64_t size = 0;
    struct str end;

    if (file == NULL)
        return because(arena, path, why);
    bool ok = read_end(arena, file, &end, &size);
    fclose(file);
    if (!ok)
        return because(arena, path, why);

    struct str line = last_line(end);
    const struct json *json =
        str_is_empty(line) ? NULL : json_parse(arena, line, &error);
    if (json == NULL || !str_is(json_get_text(json, "format"), format))
        return no_backup(arena, path, why);
    *manifest = (struct backup_manifest){
        .engine = json_get_text(json, "engine"),
        .bytes = json_get_int(json, "bytes", -1),
        .hash = json_get_text(json, "blake2b_256"),
        .schema = json_get_int(json, "schema", 0),
        .schema_name = json_get_text(json, "schema_name"),
        .version = json_get_text(json, "version"),
    };
    (void)time_parse(json_get_text(json, "made_at"), &manifest->made_ms);
    if (manifest->bytes + (int64_t)line.bytes + 2 != size) {
        *why = arena_format(arena, "%s has not the length it says", path);
        return false;
    }
    return true;
}

bool
backup_file_check(struct arena *arena, const char *path,
                  const struct backup_manifest *manifest,
                  const struct db_progress *progress, struct str *why)
{
    struct str hash;

    if (!hash_file(arena, path, manifest->bytes, progress, &hash, why))
        return false;
    if (str_equal(hash, manifest->hash))
        return true;
    *why = arena_format(arena,
                        "%s is damaged: its bytes are not those that were "
                        "written",
                        path);
    return false;
}
