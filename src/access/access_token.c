/*
 * access_token: makes and reads keys and session texts. Not for looking them
 * up (access.c).
 */
#include "src/access/access_token.h"

#include <sodium.h>

#include "lib/base/random.h"
#include "lib/base/text.h"

enum {
    SECRET_CHARACTERS = 43, /* 32 bytes in base64 without padding */
    KEY_BYTES = 3 + ID_TEXT_BYTES + SECRET_CHARACTERS,
    SESSION_BYTES = ID_TEXT_BYTES + 1 + 2 * TOKEN_SECRET_BYTES,
};

struct str
token_key_new(struct arena *arena, struct id workspace)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    char shown[SECRET_CHARACTERS + 1];

    random_secret(secret, sizeof secret);
    sodium_bin2base64(shown, sizeof shown, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    struct str key =
        arena_format(arena, "bk_%s%s", id_show(workspace).text, shown);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(shown, sizeof shown);
    return key;
}

struct str
token_session_new(struct arena *arena, struct id workspace)
{
    struct str secret = random_token(arena, TOKEN_SECRET_BYTES);

    return arena_format(arena, "%s.%.*s", id_show(workspace).text,
                        STR_ARG(secret));
}

static bool
is_key_text(struct str text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        char c = text.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!good)
            return false;
    }
    return true;
}

bool
token_parse(struct str text, struct token *token)
{
    size_t id_at;

    if (text.bytes == KEY_BYTES && str_starts(text, STR("bk_"))
        && is_key_text(text)) {
        token->kind = TOKEN_KEY;
        id_at = 3;
    } else if (text.bytes == SESSION_BYTES && text.data[ID_TEXT_BYTES] == '.') {
        token->kind = TOKEN_SESSION;
        id_at = 0;
    } else {
        return false;
    }
    if (!id_parse(str_slice(text, id_at, id_at + ID_TEXT_BYTES),
                  &token->workspace))
        return false;
    token->hash = hash_of(text);
    token->text = text;
    return !id_is_none(token->workspace);
}

static bool
key_of(struct str header, struct token *token)
{
    struct str scheme = str_slice(header, 0, 7);

    return str_equal_ascii_case(scheme, STR("bearer "))
        && token_parse(str_trim(str_slice(header, 7, header.bytes)), token)
        && token->kind == TOKEN_KEY;
}

static bool
session_of(struct str cookies, struct token *token)
{
    struct str name = str_of(token_cookie_name());
    struct str pair;

    while (str_next(&cookies, ';', &pair)) {
        pair = str_trim(pair);
        if (str_starts(pair, name) && pair.bytes > name.bytes
            && pair.data[name.bytes] == '=')
            return token_parse(str_slice(pair, name.bytes + 1, pair.bytes),
                               token)
                && token->kind == TOKEN_SESSION;
    }
    return false;
}

bool
token_of_request(const struct request *request, struct token *token)
{
    struct str authorization = request_header(request, "authorization");

    if (authorization.data != NULL)
        return key_of(authorization, token);
    return session_of(request_header(request, "cookie"), token);
}

const char *
token_cookie_name(void)
{
    return access_settings().secure ? "__Host-baton" : "baton_session";
}
