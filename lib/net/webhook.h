/*
 * webhook: signs what we send and checks what we get, as Standard Webhooks
 * 1.0.0 says: HMAC-SHA256 over "id.timestamp.body", as "v1,<base64>"; several
 * signatures, separated by spaces, while a secret is being replaced.
 *
 * It neither sends nor stores, and does not know whether an id was seen
 * before.
 */
#ifndef NET_WEBHOOK_H
#define NET_WEBHOOK_H

#include "lib/base/arena.h"
#include "lib/net/sender.h"

enum {
    WEBHOOK_KEY_BYTES_MIN = 24,
    WEBHOOK_KEY_BYTES_MAX = 64,
    WEBHOOK_SIGNATURES_MAX = 16, /* looked at in one header */
    WEBHOOK_TOLERANCE_S = 300,
    WEBHOOK_HEADERS = 3,
};

/* A secret in use. Wipe it with webhook_key_wipe. */
struct webhook_key {
    unsigned char bytes[WEBHOOK_KEY_BYTES_MAX];
    size_t count;
};

/* A new secret as it is shown once: "whsec_" and 32 random bytes in base64. */
struct str webhook_secret_new(struct arena *);

/* Reads "whsec_<base64>", or the base64 alone; false when it is neither or
 * has fewer than 24 or more than 64 bytes. */
bool webhook_key_parse(struct str secret, struct webhook_key *);
void webhook_key_wipe(struct webhook_key *);

/*
 * The three headers of one attempt. `id` stays the same over all attempts and
 * holds no full stop, so that no other message has the same signed text;
 * `keys`: the current one first, then those still to be honoured.
 * False when the id is empty or has a character outside A-Z a-z 0-9 _ -.
 */
bool webhook_sign(struct arena *, const struct webhook_key *keys,
                  size_t key_count, struct str id, int64_t timestamp_s,
                  struct str body,
                  struct outbox_header headers[static WEBHOOK_HEADERS]);

enum webhook_answer {
    WEBHOOK_GENUINE,
    WEBHOOK_FORGED,    /* no signature fits */
    WEBHOOK_OLD,       /* signed more than 300 s ago */
    WEBHOOK_EARLY,     /* signed more than 300 s ahead of us */
    WEBHOOK_MALFORMED, /* a header is missing or cannot be read */
};

/* The headers as they came: STR_NONE when one is missing. */
struct webhook_headers {
    struct str id;
    struct str timestamp; /* seconds since 1970 */
    struct str signature;
};

/* In constant time for a given length; any key may fit any signature. */
enum webhook_answer webhook_verify(const struct webhook_key *keys,
                                   size_t key_count,
                                   const struct webhook_headers *,
                                   struct str body, int64_t now_s);

#endif
