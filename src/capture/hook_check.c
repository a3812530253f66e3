/*
 * hook_check: is it the sender's? Signatures over the raw bytes, secrets in
 * headers and bodies, tokens, challenges. Everything secret is compared in
 * constant time.
 */
#include <openssl/hmac.h>
#include <sodium.h>

#include "lib/net/webhook.h"
#include "src/capture/hook.h"

enum { MAC_BYTES_MAX = EVP_MAX_MD_SIZE };

struct hook_algorithm {
    const char *name;
    const EVP_MD *(*digest)(void);
    enum {
        ALGORITHM_HMAC,
        ALGORITHM_HASH,  /* of a text that holds the secret */
        ALGORITHM_PLAIN, /* the header is the secret */
        ALGORITHM_STANDARD_WEBHOOKS,
    } kind;
};

static const struct hook_algorithm algorithms[] = {
    { "hmac-sha256", EVP_sha256, ALGORITHM_HMAC },
    { "hmac-sha1", EVP_sha1, ALGORITHM_HMAC },
    { "hmac-sha512", EVP_sha512, ALGORITHM_HMAC },
    { "sha256", EVP_sha256, ALGORITHM_HASH },
    { "plain", NULL, ALGORITHM_PLAIN },
    { "standard-webhooks", NULL, ALGORITHM_STANDARD_WEBHOOKS },
};

const char *const hook_algorithm_names[] = {
    "hmac-sha256", "hmac-sha1",         "hmac-sha512", "sha256",
    "plain",       "standard-webhooks", NULL,
};

const struct hook_algorithm *
hook_algorithm_find(struct str name)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (str_is(name, algorithms[i].name))
            return &algorithms[i];
    return NULL;
}

/* ------------------------------------------------------------ comparisons */

/* Their digests are compared: that takes as long whatever they are. */
static bool
same_secret(struct str a, struct str b)
{
    const struct hash one = hash_of(a);
    const struct hash other = hash_of(b);

    return hash_equal(&one, &other);
}

static bool
any_secret(const struct str *secrets, int count, struct str given)
{
    bool fits = false;

    for (int i = 0; i < count; i++)
        fits |= same_secret(secrets[i], given);
    return fits;
}

bool
hook_token_fits(const struct hook *hook, struct str token, int64_t now_ms)
{
    const struct hash given = hash_of(token);
    bool fits = hook->has_token && hash_equal(&given, &hook->token);

    return fits
        || (hook->old_until_ms > now_ms
            && hash_equal(&given, &hook->old_token));
}

/* ------------------------------------------------------------- signatures */

/* What a header tells: the value itself, or one of "t=1,v1=ab". */
static struct str
header_part(struct str header, struct str element)
{
    struct str part;

    if (str_is_empty(element))
        return str_trim(header);
    while (str_next(&header, ',', &part)) {
        ptrdiff_t equals = str_find_char(part, '=');
        if (equals > 0
            && str_equal(str_trim(str_slice(part, 0, (size_t)equals)), element))
            return str_trim(str_slice(part, (size_t)equals + 1, part.bytes));
    }
    return STR_NONE;
}

struct signing {
    struct arena *arena;
    const struct hook_check *check;
    const struct request *request;
    struct str body;
    struct str time;
    struct str secret;
};

static struct str
placeholder(const struct signing *s, struct str name)
{
    if (str_is(name, "body"))
        return s->body;
    if (str_is(name, "timestamp"))
        return s->time;
    if (str_is(name, "secret"))
        return s->secret;
    if (str_is(name, "method"))
        return str_of(method_name(s->request->method));
    if (str_starts(name, STR("header:")))
        return request_header(
            s->request, arena_cstr(s->arena, str_slice(name, 7, name.bytes)));
    return STR_NONE;
}

/* "{timestamp}.{body}" with what it stands for. */
static struct str
signed_text(const struct signing *s)
{
    struct str rest = s->check->signed_text;
    struct text text = text_new(s->arena);

    if (str_is_empty(rest))
        return s->body;
    while (rest.bytes > 0) {
        ptrdiff_t open = str_find_char(rest, '{');
        ptrdiff_t close = str_find_char(rest, '}');
        if (open < 0 || close < open) {
            text_add(&text, rest);
            break;
        }
        text_add(&text, str_slice(rest, 0, (size_t)open));
        text_add(&text, placeholder(s, str_slice(rest, (size_t)open + 1,
                                                 (size_t)close)));
        rest = str_slice(rest, (size_t)close + 1, rest.bytes);
    }
    return text_str(&text);
}

static size_t
mac_of(const struct signing *s, unsigned char mac[MAC_BYTES_MAX])
{
    const struct hook_algorithm *algorithm = s->check->algorithm;
    struct str text = signed_text(s);
    const unsigned char *data = (const unsigned char *)text.data;
    unsigned count = 0;

    bool ok = algorithm->kind == ALGORITHM_HMAC
                ? HMAC(algorithm->digest(), s->secret.data,
                       (int)s->secret.bytes, data, text.bytes, mac, &count)
                      != NULL
                : EVP_Digest(text.data, text.bytes, mac, &count,
                             algorithm->digest(), NULL)
                      == 1;
    return ok ? count : 0;
}

static bool
decode(const struct hook_check *check, struct str given,
       unsigned char mac[MAC_BYTES_MAX], size_t *bytes)
{
    int variant = sodium_base64_VARIANT_ORIGINAL;

    if (!check->base64)
        return sodium_hex2bin(mac, MAC_BYTES_MAX, given.data, given.bytes, NULL,
                              bytes, NULL)
                == 0
            && *bytes * 2 == given.bytes;
    return sodium_base642bin(mac, MAC_BYTES_MAX, given.data, given.bytes, NULL,
                             bytes, NULL, variant)
        == 0;
}

/* Every secret is tried, whichever fits. */
static bool
signature_fits(struct signing *s, struct str given)
{
    unsigned char claimed[MAC_BYTES_MAX];
    unsigned char mac[MAC_BYTES_MAX];
    size_t bytes = 0;
    bool fits = false;

    if (!str_starts(given, s->check->prefix))
        return false;
    given = str_slice(given, s->check->prefix.bytes, given.bytes);
    if (s->check->algorithm->kind == ALGORITHM_PLAIN)
        return any_secret(s->check->secrets, s->check->secret_count, given);
    if (!decode(s->check, given, claimed, &bytes))
        return false;
    for (int i = 0; i < s->check->secret_count; i++) {
        s->secret = s->check->secrets[i];
        size_t ours = mac_of(s, mac);
        fits |=
            ours == bytes && ours > 0 && sodium_memcmp(mac, claimed, ours) == 0;
    }
    return fits;
}

/* A signed time that is far off: it was sent before, by somebody else. */
static bool
time_fits(const struct signing *s, int64_t now_ms)
{
    int64_t given;

    if (str_is_empty(s->check->time_element)
        && str_is_empty(s->check->time_header))
        return true;
    if (!str_to_int64(s->time, &given) || given < 0)
        return false;
    if (given > INT64_C(100000000000)) /* it is in milliseconds */
        given /= 1000;
    int64_t off = now_ms / 1000 - given;
    return off <= s->check->tolerance_s && off >= -s->check->tolerance_s;
}

static const char *
standard_fault(const struct hook *hook, const struct request *request,
               int64_t now_ms)
{
    const struct webhook_headers headers = {
        .id = request_header(request, "webhook-id"),
        .timestamp = request_header(request, "webhook-timestamp"),
        .signature = request_header(request, "webhook-signature"),
    };
    struct webhook_key keys[HOOK_SECRETS_MAX];
    size_t count = 0;

    for (int i = 0; i < hook->check.secret_count; i++)
        if (webhook_key_parse(hook->check.secrets[i], &keys[count]))
            count++;
    bool fits =
        count > 0
        && webhook_verify(keys, count, &headers, request->body, now_ms / 1000)
               == WEBHOOK_GENUINE;
    sodium_memzero(keys, sizeof keys);
    return fits ? NULL : "The signature of the webhook does not fit.";
}

const char *
hook_check_fault(struct arena *arena, const struct hook *hook,
                 const struct request *request, int64_t now_ms)
{
    const struct hook_check *check = &hook->check;

    if (check->algorithm == NULL)
        return NULL;
    if (check->algorithm->kind == ALGORITHM_STANDARD_WEBHOOKS)
        return standard_fault(hook, request, now_ms);

    struct str header =
        request_header(request, arena_cstr(arena, check->header));
    struct signing s = {
        .arena = arena,
        .check = check,
        .request = request,
        .body = request->body,
        .time = str_is_empty(check->time_header)
                  ? header_part(header, check->time_element)
                  : request_header(request,
                                   arena_cstr(arena, check->time_header)),
    };
    if (str_is_empty(header))
        return "The header with the signature is missing.";
    if (!signature_fits(&s, header_part(header, check->element)))
        return "The signature does not fit the body.";
    return time_fits(&s, now_ms) ? NULL : "The signed time is too far off.";
}

const char *
hook_key_fault(struct arena *arena, const struct hook *hook,
               const struct json *body)
{
    const struct hook_key *key = &hook->key;

    if (str_is_empty(key->at))
        return NULL;
    struct str given = hook_text(arena, hook_find(body, body, key->at));
    return any_secret(key->secrets, key->secret_count, given)
             ? NULL
             : "The secret in the body is not the one that was agreed.";
}

/* -------------------------------------------------------------- challenge */

struct str
hook_challenge_answer(struct arena *arena, const struct hook *hook,
                      const struct request *request, bool *refused)
{
    const struct hook_challenge *challenge = &hook->challenge;
    char hex[MAC_BYTES_MAX * 2 + 1];
    unsigned char mac[MAC_BYTES_MAX];

    *refused = false;
    if (str_is_empty(challenge->query))
        return STR_NONE;
    struct str asked =
        request_query(request, arena_cstr(arena, challenge->query));
    if (str_is_empty(asked))
        return STR_NONE;
    *refused =
        !str_is_empty(challenge->token_query)
        && !same_secret(
            request_query(request, arena_cstr(arena, challenge->token_query)),
            challenge->token);
    if (*refused || !challenge->is_signed)
        return *refused ? STR_NONE : asked;

    struct signing s = { .arena = arena, .check = &hook->check, .body = asked };
    const struct hook_check over_all = { .algorithm = hook->check.algorithm };
    if (hook->check.secret_count == 0)
        return STR_NONE;
    s.check = &over_all;
    s.secret = hook->check.secrets[0];
    size_t count = mac_of(&s, mac);
    sodium_bin2hex(hex, sizeof hex, mac, count);

    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    json_open_object(&out);
    json_name_str(&out, challenge->query);
    json_text(&out, asked);
    json_put_cstr(&out, "challengeResponse", hex);
    json_close_object(&out);
    return text_str(&text);
}
