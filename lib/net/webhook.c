/* webhook: see webhook.h. */
#include "lib/net/webhook.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/random.h"
#include "lib/base/text.h"

enum { MAC_BYTES = crypto_auth_hmacsha256_BYTES, NEW_KEY_BYTES = 32 };

static const struct str secret_prefix = STR_INIT("whsec_");
static const struct str signature_prefix = STR_INIT("v1,");

static struct str base64_of(struct arena *, const unsigned char *, size_t);
static bool base64_parse(struct str, unsigned char *, size_t, size_t *);
static void mac_of(const struct webhook_key *, struct str id,
                   struct str timestamp, struct str body, unsigned char *);

struct str
webhook_secret_new(struct arena *arena)
{
    unsigned char bytes[NEW_KEY_BYTES];
    struct text text = text_new(arena);

    random_secret(bytes, sizeof bytes);
    text_add(&text, secret_prefix);
    text_add(&text, base64_of(arena, bytes, sizeof bytes));
    sodium_memzero(bytes, sizeof bytes);
    return text_str(&text);
}

bool
webhook_key_parse(struct str secret, struct webhook_key *key)
{
    if (str_starts(secret, secret_prefix))
        secret = str_slice(secret, secret_prefix.bytes, secret.bytes);
    return base64_parse(secret, key->bytes, sizeof key->bytes, &key->count)
        && key->count >= WEBHOOK_KEY_BYTES_MIN;
}

void
webhook_key_wipe(struct webhook_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/* With a full stop in the id, "a.1" + "2.x" and "a" + "1.2.x" would have one
 * signature. */
static bool
id_is_plain(struct str id)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789_-";

    for (size_t i = 0; i < id.bytes; i++)
        if (memchr(plain, id.data[i], sizeof plain - 1) == NULL)
            return false;
    return id.bytes > 0;
}

bool
webhook_sign(struct arena *arena, const struct webhook_key *keys,
             size_t key_count, struct str id, int64_t timestamp_s,
             struct str body,
             struct outbox_header headers[static WEBHOOK_HEADERS])
{
    struct str timestamp = arena_format(arena, "%lld", (long long)timestamp_s);
    struct text signatures = text_new(arena);

    assert(key_count > 0);
    if (!id_is_plain(id))
        return false;
    for (size_t i = 0; i < key_count; i++) {
        unsigned char mac[MAC_BYTES];

        mac_of(&keys[i], id, timestamp, body, mac);
        if (i > 0)
            text_add_char(&signatures, ' ');
        text_add(&signatures, signature_prefix);
        text_add(&signatures, base64_of(arena, mac, sizeof mac));
    }
    headers[0] = (struct outbox_header){ STR("webhook-id"), id };
    headers[1] = (struct outbox_header){ STR("webhook-timestamp"), timestamp };
    headers[2] = (struct outbox_header){ STR("webhook-signature"),
                                         text_str(&signatures) };
    return true;
}

/* Looks at all keys and tells nothing by how long it takes. */
static bool
mac_fits(const struct webhook_key *keys, size_t key_count,
         const struct webhook_headers *headers, struct str body,
         const unsigned char claimed[MAC_BYTES])
{
    bool fits = false;

    for (size_t i = 0; i < key_count; i++) {
        unsigned char mac[MAC_BYTES];

        mac_of(&keys[i], headers->id, headers->timestamp, body, mac);
        fits |= sodium_memcmp(mac, claimed, sizeof mac) == 0;
    }
    return fits;
}

static bool
any_signature_fits(const struct webhook_key *keys, size_t key_count,
                   const struct webhook_headers *headers, struct str body)
{
    struct str rest = headers->signature;
    struct str one;
    bool fits = false;

    for (int i = 0; i < WEBHOOK_SIGNATURES_MAX && str_next(&rest, ' ', &one);
         i++) {
        unsigned char claimed[MAC_BYTES];
        size_t bytes;

        if (!str_starts(one, signature_prefix))
            continue; /* another scheme: v1a, or one to come */
        one = str_slice(one, signature_prefix.bytes, one.bytes);
        if (base64_parse(one, claimed, sizeof claimed, &bytes)
            && bytes == sizeof claimed)
            fits |= mac_fits(keys, key_count, headers, body, claimed);
    }
    return fits;
}

enum webhook_answer
webhook_verify(const struct webhook_key *keys, size_t key_count,
               const struct webhook_headers *headers, struct str body,
               int64_t now_s)
{
    int64_t signed_s;

    if (str_is_empty(headers->id) || str_find_char(headers->id, '.') >= 0
        || str_is_empty(headers->signature)
        || !str_to_int64(headers->timestamp, &signed_s) || signed_s < 0)
        return WEBHOOK_MALFORMED;
    if (!any_signature_fits(keys, key_count, headers, body))
        return WEBHOOK_FORGED;
    if (signed_s < now_s - WEBHOOK_TOLERANCE_S)
        return WEBHOOK_OLD;
    if (signed_s > now_s + WEBHOOK_TOLERANCE_S)
        return WEBHOOK_EARLY;
    return WEBHOOK_GENUINE;
}

static void
mac_of(const struct webhook_key *key, struct str id, struct str timestamp,
       struct str body, unsigned char *mac)
{
    const struct str parts[] = { id, STR("."), timestamp, STR("."), body };
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key->bytes, key->count);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        crypto_auth_hmacsha256_update(
            &state, (const unsigned char *)parts[i].data, parts[i].bytes);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
}

static struct str
base64_of(struct arena *arena, const unsigned char *bytes, size_t count)
{
    size_t room =
        sodium_base64_encoded_len(count, sodium_base64_VARIANT_ORIGINAL);
    char *out = arena_alloc(arena, room);

    sodium_bin2base64(out, room, bytes, count, sodium_base64_VARIANT_ORIGINAL);
    return (struct str){ out, room - 1 };
}

static bool
base64_parse(struct str s, unsigned char *out, size_t room, size_t *count)
{
    return s.bytes > 0
        && sodium_base642bin(out, room, s.data, s.bytes, NULL, count, NULL,
                             sodium_base64_VARIANT_ORIGINAL)
               == 0;
}
