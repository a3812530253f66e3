/*
 * vault: see vault.h. Each purpose has a key of its own, derived from the one
 * in the file, so that a sealed text cannot be moved to another column.
 */
#include "src/workspace/vault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/random.h"
#include "lib/base/text.h"

enum {
    KEY_BYTES = crypto_secretbox_KEYBYTES,
    HEX_BYTES = KEY_BYTES * 2,
    NAME_BYTES = 4, /* of a key, shown as 8 digits */
    FILE_BYTES_MAX = 256,
    OVERHEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
};

static const struct str prefix = STR_INIT("sealed:");

/* One key a process; written before the threads start. */
static struct {
    bool started;
    unsigned char key[KEY_BYTES];
    char name[NAME_BYTES * 2 + 1];
} vault;

/* ---- the file ---- */

static bool
parse_key(struct str text)
{
    size_t count = 0;

    text = str_trim(text);
    return text.bytes == HEX_BYTES
        && sodium_hex2bin(vault.key, KEY_BYTES, text.data, text.bytes, NULL,
                          &count, NULL)
               == 0
        && count == KEY_BYTES;
}

static bool
read_key(int file)
{
    char text[FILE_BYTES_MAX];
    ssize_t bytes = read(file, text, sizeof text);
    bool ok = bytes > 0 && parse_key((struct str){ text, (size_t)bytes });

    sodium_memzero(text, sizeof text);
    return ok;
}

/* Whole or not at all: another node may make it at the same time, and then
 * its key is the one. */
static bool
write_key(struct arena *arena, const char *path)
{
    unsigned char key[KEY_BYTES];
    char hex[HEX_BYTES + 1];
    const char *own = arena_format(arena, "%s.%ld", path, (long)getpid()).data;
    int file = open(own, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file < 0)
        return false;
    random_secret(key, sizeof key);
    sodium_bin2hex(hex, sizeof hex, key, sizeof key);
    hex[HEX_BYTES] = '\n';
    bool ok =
        write(file, hex, sizeof hex) == (ssize_t)sizeof hex && fsync(file) == 0;
    ok = close(file) == 0 && ok;
    ok = ok && (link(own, path) == 0 || errno == EEXIST);
    int problem = errno;
    unlink(own);
    sodium_memzero(key, sizeof key);
    sodium_memzero(hex, sizeof hex);
    errno = problem;
    return ok;
}

static void
name_key(void)
{
    unsigned char hash[crypto_generichash_BYTES];

    crypto_generichash(hash, sizeof hash, vault.key, KEY_BYTES, NULL, 0);
    sodium_bin2hex(vault.name, sizeof vault.name, hash, NAME_BYTES);
}

static bool
start(int file, const char *path, struct arena *arena, struct str *why)
{
    struct stat status;

    if (!read_key(file)) {
        *why = arena_format(
            arena, "%s holds no secret key: 64 hexadecimal digits", path);
        return false;
    }
    if (fstat(file, &status) == 0 && (status.st_mode & 077) != 0)
        log_warning("secret_key_is_readable_by_others",
                    LOG_WORD("mend", "chmod 600"));
    name_key();
    vault.started = true;
    return true;
}

bool
vault_start(struct arena *arena, const char *path, bool make, struct str *why)
{
    assert(sodium_init() >= 0);
    sodium_mlock(vault.key, sizeof vault.key);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT && make && write_key(arena, path)) {
        log_info("secret_key_made", LOG_WORD("why", "there was none"));
        file = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (file < 0) {
        *why =
            arena_format(arena, "the secret key %s: %s", path, strerror(errno));
        return false;
    }
    bool ok = start(file, path, arena, why);
    close(file);
    return ok;
}

void
vault_stop(void)
{
    sodium_munlock(vault.key, sizeof vault.key); /* and wipes it */
    vault.started = false;
}

bool
vault_is_started(void)
{
    return vault.started;
}

/* ---- sealing ---- */

static void
key_for(const char *purpose, unsigned char key[KEY_BYTES])
{
    crypto_generichash(key, KEY_BYTES, (const unsigned char *)purpose,
                       strlen(purpose), vault.key, sizeof vault.key);
}

struct str
vault_seal(struct arena *arena, const char *purpose, struct str plain)
{
    size_t bytes = OVERHEAD + plain.bytes;
    unsigned char *box = arena_alloc(arena, bytes);
    size_t room =
        sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_ORIGINAL);
    char *base64 = arena_alloc(arena, room);
    unsigned char key[KEY_BYTES];

    assert(vault.started);
    key_for(purpose, key);
    random_secret(box, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES,
                          (const unsigned char *)plain.data, plain.bytes, box,
                          key);
    sodium_memzero(key, sizeof key);
    sodium_bin2base64(base64, room, box, bytes, sodium_base64_VARIANT_ORIGINAL);
    return arena_format(arena, "%.*s%s:%s", STR_ARG(prefix), vault.name,
                        base64);
}

bool
vault_is_sealed(struct str stored)
{
    return str_starts(stored, prefix);
}

static bool
open_box(const char *purpose, const unsigned char *box, size_t bytes,
         unsigned char *plain)
{
    unsigned char key[KEY_BYTES];

    key_for(purpose, key);
    bool ok = crypto_secretbox_open_easy(
                  plain, box + crypto_secretbox_NONCEBYTES,
                  bytes - crypto_secretbox_NONCEBYTES, box, key)
           == 0;
    sodium_memzero(key, sizeof key);
    return ok;
}

bool
vault_open(struct arena *arena, const char *purpose, struct str stored,
           struct str *plain)
{
    size_t skip = prefix.bytes + sizeof vault.name;
    size_t bytes;

    *plain = stored;
    if (!vault_is_sealed(stored))
        return true;
    if (!vault.started || stored.bytes <= skip)
        return false;

    struct str base64 = str_slice(stored, skip, stored.bytes);
    unsigned char *box = arena_alloc(arena, base64.bytes);
    if (sodium_base642bin(box, base64.bytes, base64.data, base64.bytes, NULL,
                          &bytes, NULL, sodium_base64_VARIANT_ORIGINAL)
            != 0
        || bytes < OVERHEAD)
        return false;
    unsigned char *text = arena_alloc(arena, bytes - OVERHEAD + 1);
    *plain = (struct str){ (const char *)text, bytes - OVERHEAD };
    return open_box(purpose, box, bytes, text);
}

/* ---- numbers ---- */

int64_t
vault_number(const char *purpose, int64_t plain)
{
    unsigned char key[KEY_BYTES];
    unsigned char hash[crypto_generichash_BYTES];
    int64_t number;

    assert(vault.started);
    key_for(purpose, key);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)&plain,
                       sizeof plain, key, sizeof key);
    sodium_memzero(key, sizeof key);
    memcpy(&number, hash, sizeof number);
    return number;
}

struct str
vault_key_name(void)
{
    return vault.started ? str_of(vault.name) : STR("");
}

/* ---- looking over ---- */

void
vault_look(struct arena *arena, const char *purpose, struct str stored,
           bool seal, struct vault_count *count, struct str *again)
{
    struct str plain;

    *again = STR_NONE;
    if (str_is_empty(stored))
        return;
    count->checked++;
    if (!vault_is_sealed(stored)) {
        count->plain++;
        if (seal)
            *again = vault_seal(arena, purpose, stored);
    } else if (!vault_open(arena, purpose, stored, &plain)) {
        count->lost++;
    }
}
