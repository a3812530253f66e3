/*
 * guard: what must hold before a request is looked at. libmicrohttpd is
 * forgiving where a proxy in front of us may read the same bytes in another
 * way; whoever finds such bytes can smuggle a request through. So the
 * framing must be beyond doubt, or the connection ends.
 *
 * Not here: limits of time and size (connection.c, exchange.c), permissions
 * (exchange.c).
 */
#include <string.h>

#include "lib/http/inside.h"

static bool lines_are_whole(struct work *, const struct raw_head *,
                            const struct request *);
static bool fields_are_clean(struct work *, const struct request *);
static bool pick_fields(struct work *, const struct request *, struct head *);
static bool body_is_certain(struct work *, const struct raw_head *,
                            struct head *);
static bool host_is_certain(struct work *, const struct raw_head *,
                            const struct head *);

bool
guard_framing(struct work *w, const struct raw_head *raw,
              const struct request *request, struct head *head)
{
    return lines_are_whole(w, raw, request) && fields_are_clean(w, request)
        && pick_fields(w, request, head) && body_is_certain(w, raw, head)
        && host_is_certain(w, raw, head);
}

/*
 * The library takes a bare LF, a bare CR and a folded line for line ends,
 * and does not say so. But it reads in place: it writes NUL over the CR and
 * the LF, and our pointers lead into that buffer. So between the end of one
 * line and the start of the next there are exactly two bytes; one byte was a
 * bare LF, and a folded line was moved elsewhere. The sum of all lines and
 * the empty one after them is the size that the library counted.
 */
static bool
lines_are_whole(struct work *w, const struct raw_head *raw,
                const struct request *request)
{
    const char *end = raw->version + strlen(raw->version);

    for (int i = 0; i < request->header_count; i++) {
        const struct request_field *field = &request->headers[i];
        if (field->name.data != end + 2)
            return fail(w, ERR_MALFORMED,
                        "Header lines end in CR LF and are not folded.");
        end = field->value.data == NULL || field->value.bytes == 0
                ? field->value.data
                : field->value.data + field->value.bytes;
        if (end == NULL)
            return fail(w, ERR_MALFORMED, "A header line has no value.");
    }
    if ((size_t)(end - raw->method) + 4 != raw->bytes)
        return fail(w, ERR_MALFORMED,
                    "The header ends with an empty line: CR LF CR LF.");
    return true;
}

/* RFC 9110: token characters. */
static bool
is_token(struct str name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < name.bytes; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                   || (c >= '0' && c <= '9') || c == '-';
        if (!letter && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return name.bytes > 0;
}

static bool
is_clean(struct str value)
{
    for (size_t i = 0; i < value.bytes; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return false;
    }
    return true;
}

static bool
fields_are_clean(struct work *w, const struct request *request)
{
    for (int i = 0; i < request->header_count; i++) {
        if (!is_token(request->headers[i].name))
            return fail(w, ERR_MALFORMED,
                        "The name of a header field holds a character that "
                        "is not allowed there.");
        if (!is_clean(request->headers[i].value))
            return fail(w, ERR_MALFORMED,
                        "The value of a header field holds a control "
                        "character.");
    }
    return true;
}

/* The fields that matter; of the first four a second one is no request of
 * ours any more. */
static const struct known_field {
    struct str name;
    size_t at; /* in struct head */
    bool once;
} known_fields[] = {
    { STR_INIT("host"), offsetof(struct head, host), true },
    { STR_INIT("content-length"), offsetof(struct head, content_length), true },
    { STR_INIT("transfer-encoding"), offsetof(struct head, transfer_encoding),
      true },
    { STR_INIT("content-type"), offsetof(struct head, content_type), true },
    { STR_INIT("authorization"), offsetof(struct head, authorization), true },
    { STR_INIT("content-encoding"), offsetof(struct head, content_encoding),
      false },
    { STR_INIT("cookie"), offsetof(struct head, cookie), false },
    { STR_INIT("origin"), offsetof(struct head, origin), true },
    { STR_INIT("sec-fetch-site"), offsetof(struct head, fetch_site), true },
    { STR_INIT("idempotency-key"), offsetof(struct head, idempotency_key),
      true },
    { STR_INIT("expect"), offsetof(struct head, expect), false },
};

static const struct known_field *
known_field(struct str name)
{
    const size_t count = sizeof known_fields / sizeof known_fields[0];
    char first = (char)(name.data[0] | 0x20);

    for (size_t i = 0; i < count; i++)
        if (known_fields[i].name.bytes == name.bytes
            && known_fields[i].name.data[0] == first
            && str_equal_ascii_case(known_fields[i].name, name))
            return &known_fields[i];
    return NULL;
}

static bool
pick_fields(struct work *w, const struct request *request, struct head *head)
{
    for (int i = 0; i < request->header_count; i++) {
        const struct request_field *field = &request->headers[i];
        const struct known_field *known = known_field(field->name);
        if (known == NULL)
            continue;
        struct str *at = (struct str *)(void *)((char *)head + known->at);
        if (at->data != NULL && known->once)
            return fail(w, ERR_MALFORMED, "%.*s is there twice.",
                        STR_ARG(field->name));
        *at = str_trim(field->value);
    }
    return true;
}

/* A length is digits and nothing else: no sign, no list. */
static bool
read_length(struct str text, int64_t *length)
{
    for (size_t i = 0; i < text.bytes; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.bytes > 0 && str_to_int64(text, length);
}

static bool
body_is_certain(struct work *w, const struct raw_head *raw, struct head *head)
{
    bool chunked = head->transfer_encoding.data != NULL;

    if (chunked && head->content_length.data != NULL)
        return fail(w, ERR_MALFORMED,
                    "Either Content-Length or Transfer-Encoding, not both.");
    if (chunked
        && !str_equal_ascii_case(head->transfer_encoding, STR("chunked")))
        return fail(w, ERR_MALFORMED,
                    "The only Transfer-Encoding is \"chunked\".");
    if (chunked && strcmp(raw->version, "HTTP/1.1") != 0)
        return fail(w, ERR_MALFORMED, "HTTP/1.0 knows no Transfer-Encoding.");
    if (head->content_length.data != NULL
        && !read_length(head->content_length, &head->body_bytes))
        return fail(w, ERR_MALFORMED, "Content-Length is a whole number.");
    if (chunked)
        head->body_bytes = -1;
    return true;
}

static bool
is_host(struct str host)
{
    for (size_t i = 0; i < host.bytes; i++) {
        char c = host.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9')
                 || (c != '\0' && strchr("-._:[]", c) != NULL);
        if (!good)
            return false;
    }
    return host.bytes > 0;
}

static bool
host_is_certain(struct work *w, const struct raw_head *raw,
                const struct head *head)
{
    if (head->host.data == NULL && strcmp(raw->version, "HTTP/1.0") == 0)
        return true;
    if (head->host.data == NULL)
        return fail(w, ERR_MALFORMED, "The Host field is missing.");
    if (!is_host(head->host))
        return fail(w, ERR_MALFORMED, "The Host field is no host name.");
    return true;
}

/* ---- whom the request is for, and where it comes from ---- */

/* "a.test" fits "a.test:8080"; "a.test:8080" fits only itself. */
static bool
host_fits(struct str host, struct str allowed)
{
    if (str_equal_ascii_case(host, allowed))
        return true;
    return host.bytes > allowed.bytes && host.data[allowed.bytes] == ':'
        && str_equal_ascii_case(str_slice(host, 0, allowed.bytes), allowed);
}

bool
guard_host(struct work *w, const struct http_settings *settings,
           const struct head *head)
{
    if (settings->origins == NULL
        || host_fits(head->host, str_of(settings->listen)))
        return true;
    for (const char *const *o = settings->origins; *o != NULL; o++)
        if (host_fits(head->host, str_of(*o)))
            return true;
    return fail(w, ERR_MISDIRECTED, "This server does not answer for \"%.*s\".",
                STR_ARG(head->host));
}

/* "https://a.test:8443" is at host "a.test:8443". */
static struct str
origin_host(struct str origin)
{
    ptrdiff_t at = str_find(origin, STR("://"));

    return at < 0 ? STR_NONE : str_slice(origin, (size_t)at + 3, origin.bytes);
}

bool
guard_browser(struct work *w, const struct head *head)
{
    if (head->cookie.data == NULL || head->authorization.data != NULL)
        return true;
    if (head->fetch_site.data != NULL) {
        if (str_is(head->fetch_site, "same-origin")
            || str_is(head->fetch_site, "none"))
            return true;
    } else if (head->origin.data != NULL
               && str_equal_ascii_case(origin_host(head->origin), head->host)) {
        return true;
    }
    return fail(w, ERR_FORBIDDEN,
                "A change with a session cookie must come from a page of this "
                "server: send Origin, or use a key.");
}
