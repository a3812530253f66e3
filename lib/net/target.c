/*
 * target: see target.h. The URL is read by curl, which will read it again when
 * something is sent: so 127.1, 0x7f000001 and 2130706433 are one host here.
 */
#include "lib/net/target.h"

#include <curl/curl.h>
#include <netdb.h>
#include <string.h>

#include "lib/base/text.h"

static const char form[] =
    "An address begins with https:// or http://, and names a host.";

/* NULL: not among the parts. */
static const char *
part(CURLU *url, CURLUPart which, struct arena *arena)
{
    char *value = NULL;

    if (curl_url_get(url, which, &value, 0) != CURLUE_OK)
        return NULL;
    const char *kept = arena_cstr(arena, str_of(value));
    curl_free(value);
    return kept;
}

/* What kind of address the host is, if it is one that is refused. */
static const char *
refusal(const struct guard *guard, const char *host)
{
    const struct addrinfo numbers_only = { .ai_flags = AI_NUMERICHOST,
                                           .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, NULL, &numbers_only, &found) != 0)
        return NULL; /* a name */
    const char *kind = guard_refusal(guard, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return kind;
}

/* "[::1]" is ::1. */
static const char *
without_brackets(struct arena *arena, const char *host)
{
    struct str text = str_of(host);

    return text.bytes > 2 && text.data[0] == '['
             ? arena_cstr(arena, str_slice(text, 1, text.bytes - 1))
             : host;
}

static struct str
fault_of(const struct guard *guard, struct arena *arena, CURLU *url)
{
    const char *scheme = part(url, CURLUPART_SCHEME, arena);
    const char *host = part(url, CURLUPART_HOST, arena);

    if (scheme == NULL || host == NULL
        || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
        return str_of(form);

    const char *kind = refusal(guard, without_brackets(arena, host));
    return kind == NULL
             ? STR_NONE
             : arena_format(arena,
                            "Nothing is sent to %s: its kind of address is not "
                            "allowed (%s). An operator can allow it: baton "
                            "serve --allow-address.",
                            host, kind);
}

struct str
target_fault(const struct guard *guard, struct arena *arena, struct str url)
{
    CURLU *parts = curl_url();
    struct str fault = str_of(form);

    if (parts != NULL
        && curl_url_set(parts, CURLUPART_URL, arena_cstr(arena, url), 0)
               == CURLUE_OK)
        fault = fault_of(guard, arena, parts);
    curl_url_cleanup(parts);
    return fault;
}
