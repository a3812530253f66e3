/*
 * sender_transfer: see sender_transfer.h. Everything curl is told stands in
 * set_common, set_http and set_smtp; what is not said there is off.
 */
#include "lib/net/sender_transfer.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "lib/base/clock.h"
#include "lib/net/sender_check.h"

enum {
    ANSWER_HEADER_BYTES_MAX = 64 * 1024,
    EXCERPT_BYTES_MAX = 240,
    RETRY_AFTER_S_MAX = 24 * 60 * 60,
};

static void copy_message(struct transfer *, const struct outbox_message *);
static struct str url_refusal(struct transfer *);
static void set_common(struct transfer *, const struct transfer_limits *);
static void set_http(struct transfer *);
static void set_smtp(struct transfer *);
static void read_answer(struct transfer *, CURLcode, struct outbox_result *);
static struct str error_of(struct transfer *, CURLcode, int code);
static struct str clean(struct arena *, struct str);

/* Options fail only for want of memory or when this curl lacks them; neither
 * may end in a request without its limits. */
#define SET(transfer, option, value)                                      \
    do {                                                                  \
        CURLcode set = curl_easy_setopt((transfer)->easy, option, value); \
        assert(set == CURLE_OK);                                          \
    } while (0)

struct transfer *
transfer_new(const struct outbox_message *message,
             void (*done)(void *, const struct outbox_result *), void *context)
{
    struct transfer *t = calloc(1, sizeof *t);

    if (t == NULL)
        abort();
    arena_init(&t->arena);
    t->done = done;
    t->context = context;
    t->response = text_new(&t->arena);
    t->last_line = text_new(&t->arena);
    copy_message(t, message);
    t->refusal = str_of(sender_check(&t->message));
    if (str_is_empty(t->refusal))
        t->refusal = url_refusal(t);
    return t;
}

size_t
transfer_bytes(const struct transfer *t)
{
    return t->arena.used;
}

void
transfer_begin(struct transfer *t, const struct transfer_limits *limits)
{
    assert(str_is_empty(t->refusal) && t->easy == NULL);
    t->easy = curl_easy_init();
    if (t->easy == NULL)
        abort();
    t->guard = &limits->guard;
    t->started_us = clock_monotonic_us();
    set_common(t, limits);
    if (t->message.kind == OUTBOX_HTTP)
        set_http(t);
    else
        set_smtp(t);
}

void
transfer_read(struct transfer *t, CURLcode how, struct outbox_result *result)
{
    *result = (struct outbox_result){ .job = t->message.job };
    read_answer(t, how, result);
    if (!result->delivered)
        result->error = error_of(t, how, result->code);
}

void
transfer_read_unsent(struct transfer *t, struct str why, bool refused,
                     struct outbox_result *result)
{
    *result = (struct outbox_result){ .job = t->message.job };
    if (t->easy != NULL)
        read_answer(t, CURLE_ABORTED_BY_CALLBACK, result);
    result->delivered = false;
    result->refused = refused;
    result->error = why;
}

void
transfer_tell(struct transfer *t, const struct outbox_result *result)
{
    t->done(t->context, result);
    transfer_free(t);
}

static void
wipe(struct str secret)
{
    if (secret.bytes > 0)
        sodium_memzero((void *)(uintptr_t)secret.data, secret.bytes);
}

void
transfer_free(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->recipients);
    curl_url_cleanup(t->url);
    wipe(t->message.password);
    for (size_t i = 0; i < t->message.header_count; i++)
        wipe(t->message.headers[i].value);
    arena_free(&t->arena);
    free(t);
}

static void
copy_message(struct transfer *t, const struct outbox_message *from)
{
    struct arena *arena = &t->arena;
    struct outbox_header *headers =
        ARENA_ARRAY(arena, struct outbox_header, from->header_count);
    struct str *to = ARENA_ARRAY(arena, struct str, from->to_count);

    for (size_t i = 0; i < from->header_count; i++) {
        headers[i].name = arena_str(arena, from->headers[i].name);
        headers[i].value = arena_str(arena, from->headers[i].value);
    }
    for (size_t i = 0; i < from->to_count; i++)
        to[i] = arena_str(arena, from->to[i]);

    t->message = *from;
    t->message.headers = headers;
    t->message.to = to;
    t->message.url = arena_str(arena, from->url);
    t->message.body = arena_str(arena, from->body);
    t->message.user = arena_str(arena, from->user);
    t->message.password = arena_str(arena, from->password);
    t->message.from = arena_str(arena, from->from);
}

/* A part of the URL in the transfer's arena; none when it has no such part. */
static struct str
url_part(struct transfer *t, CURLUPart part)
{
    char *text = NULL;

    if (curl_url_get(t->url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return STR_NONE;
    struct str copy = arena_str(&t->arena, str_of(text));
    curl_free(text);
    return copy;
}

static bool
scheme_fits(enum outbox_kind kind, struct str scheme)
{
    return kind == OUTBOX_HTTP
             ? str_is(scheme, "https") || str_is(scheme, "http")
             : str_is(scheme, "smtps") || str_is(scheme, "smtp");
}

static struct str
url_refusal(struct transfer *t)
{
    t->url = curl_url();
    if (t->url == NULL)
        abort();
    CURLUcode how = curl_url_set(t->url, CURLUPART_URL,
                                 arena_cstr(&t->arena, t->message.url),
                                 CURLU_DISALLOW_USER);
    if (how == CURLUE_USER_NOT_ALLOWED)
        return STR("the URL must not hold a user name or a password");
    if (how != CURLUE_OK)
        return STR("the URL cannot be read");
    if (!scheme_fits(t->message.kind, url_part(t, CURLUPART_SCHEME)))
        return t->message.kind == OUTBOX_HTTP
                 ? STR("the URL must start with https:// or http://")
                 : STR("the URL must start with smtp:// or smtps://");

    struct str host = url_part(t, CURLUPART_HOST);
    struct str port = url_part(t, CURLUPART_PORT);
    if (str_is_empty(host) || str_is_empty(port))
        return STR("the URL names no host");
    t->host =
        arena_format(&t->arena, "%.*s:%.*s", STR_ARG(host), STR_ARG(port));
    return STR_NONE;
}

/* Asked for each address curl is about to connect to. */
static curl_socket_t
open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = context;

    if (purpose != CURLSOCKTYPE_IPCXN || address->socktype != SOCK_STREAM)
        return CURL_SOCKET_BAD;

    const char *refused =
        t->message.named_by_operator
            ? NULL
            : guard_refusal(t->guard, &address->addr, address->addrlen);
    if (refused != NULL) {
        t->kind_refused = refused;
        return CURL_SOCKET_BAD;
    }
    t->socket_opened = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static size_t
keep_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t bytes = size * count;
    size_t room = t->message.response_bytes_max - t->response.bytes;

    t->response_is_cut = bytes > room;
    text_add(&t->response, (struct str){ data, bytes < room ? bytes : room });
    return t->response_is_cut ? CURL_WRITEFUNC_ERROR : bytes;
}

/* Lines of an HTTP header, or all that a mail server says. */
static size_t
keep_header(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t bytes = size * count;

    t->answer_header_bytes += bytes;
    if (t->answer_header_bytes > ANSWER_HEADER_BYTES_MAX)
        return CURL_WRITEFUNC_ERROR;

    struct str line = { data, bytes };
    bool is_goodbye = str_starts(line, STR("221")); /* hides the reason */
    if (t->message.kind == OUTBOX_SMTP && !is_goodbye) {
        t->last_line.bytes = 0;
        text_add(&t->last_line, line);
    }
    return bytes;
}

static void
set_common(struct transfer *t, const struct transfer_limits *limits)
{
    struct outbox_message *m = &t->message;

    if (m->total_ms_max <= 0 || m->total_ms_max > limits->total_ms_max)
        m->total_ms_max = limits->total_ms_max;
    if (m->response_bytes_max == 0
        || m->response_bytes_max > SENDER_RESPONSE_BYTES_MAX)
        m->response_bytes_max = SENDER_RESPONSE_BYTES_MAX;

    SET(t, CURLOPT_PRIVATE, t);
    SET(t, CURLOPT_CURLU, t->url);
    SET(t, CURLOPT_NOSIGNAL, 1L);
    SET(t, CURLOPT_PROXY, ""); /* whatever the environment says */
    SET(t, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(t, CURLOPT_FOLLOWLOCATION, 0L);
    SET(t, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(t, CURLOPT_OPENSOCKETDATA, t);
    SET(t, CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms_max);
    SET(t, CURLOPT_TIMEOUT_MS, (long)m->total_ms_max);
    /* Else giving up on a slow name server would wait for it, and hold up
     * everybody. */
    SET(t, CURLOPT_QUICK_EXIT, 1L);
    SET(t, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (limits->ca_file != NULL)
        SET(t, CURLOPT_CAINFO, limits->ca_file);
    SET(t, CURLOPT_USERAGENT, limits->agent);
    SET(t, CURLOPT_WRITEFUNCTION, keep_body);
    SET(t, CURLOPT_WRITEDATA, t);
    SET(t, CURLOPT_HEADERFUNCTION, keep_header);
    SET(t, CURLOPT_HEADERDATA, t);
}

static void
list_add(struct curl_slist **list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*list, text);

    if (longer == NULL)
        abort();
    *list = longer;
}

static void
set_http(struct transfer *t)
{
    const struct outbox_message *m = &t->message;
    bool has_type = false;

    for (size_t i = 0; i < m->header_count; i++) {
        struct str name = m->headers[i].name;
        struct str value = m->headers[i].value;
        /* "Name;" is how curl is told of a header without a value. */
        struct str line = str_is_empty(str_trim(value))
                            ? arena_format(&t->arena, "%.*s;", STR_ARG(name))
                            : arena_format(&t->arena, "%.*s: %.*s",
                                           STR_ARG(name), STR_ARG(value));

        has_type |= str_equal_ascii_case(name, STR("Content-Type"));
        list_add(&t->headers, line.data);
        wipe(line);
    }
    list_add(&t->headers, "Expect:"); /* do not ask first, just send */
    if (!has_type)
        list_add(&t->headers, "Content-Type:"); /* curl would say "form" */

    SET(t, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(t, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(t, CURLOPT_HTTPHEADER, t->headers);
    SET(t, CURLOPT_POST, 1L);
    SET(t, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)m->body.bytes);
    SET(t, CURLOPT_POSTFIELDS, m->body.data == NULL ? "" : m->body.data);
}

static size_t
give_mail(char *out, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t left = t->message.body.bytes - t->body_sent;
    size_t bytes = size * count < left ? size * count : left;

    if (bytes > 0)
        memcpy(out, t->message.body.data + t->body_sent, bytes);
    t->body_sent += bytes;
    return bytes;
}

/* A connection kept for reuse may turn out to be dead: begin again. */
static int
seek_mail(void *context, curl_off_t offset, int origin)
{
    struct transfer *t = context;

    if (origin != SEEK_SET || offset < 0
        || (size_t)offset > t->message.body.bytes)
        return CURL_SEEKFUNC_FAIL;
    t->body_sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static void
set_smtp(struct transfer *t)
{
    struct outbox_message *m = &t->message;
    bool needs_tls = !str_is_empty(m->user) && !m->password_may_be_plain;

    for (size_t i = 0; i < m->to_count; i++)
        list_add(&t->recipients, arena_cstr(&t->arena, m->to[i]));

    SET(t, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(t, CURLOPT_USE_SSL,
        (long)(needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    SET(t, CURLOPT_MAIL_FROM, arena_cstr(&t->arena, m->from));
    SET(t, CURLOPT_MAIL_RCPT, t->recipients);
    if (!str_is_empty(m->user)) {
        SET(t, CURLOPT_USERNAME, m->user.data); /* arena_str ends with NUL */
        SET(t, CURLOPT_PASSWORD, m->password.data);
    }
    SET(t, CURLOPT_UPLOAD, 1L);
    SET(t, CURLOPT_INFILESIZE_LARGE, (curl_off_t)m->body.bytes);
    SET(t, CURLOPT_READFUNCTION, give_mail);
    SET(t, CURLOPT_READDATA, t);
    SET(t, CURLOPT_SEEKFUNCTION, seek_mail);
    SET(t, CURLOPT_SEEKDATA, t);
}

static long
info_long(struct transfer *t, CURLINFO what)
{
    long value = 0;

    return curl_easy_getinfo(t->easy, what, &value) == CURLE_OK ? value : 0;
}

static bool
was_delivered(const struct transfer *t, CURLcode how, int code)
{
    if (t->message.kind == OUTBOX_SMTP)
        return how == CURLE_OK;

    bool is_whole = how == CURLE_OK || t->response_is_cut;
    return is_whole && code >= 200 && code <= 299;
}

static void
read_answer(struct transfer *t, CURLcode how, struct outbox_result *result)
{
    curl_off_t wait_s = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait_s);
    result->retry_after_s =
        wait_s > RETRY_AFTER_S_MAX ? RETRY_AFTER_S_MAX : (int64_t)wait_s;
    result->code = (int)info_long(t, CURLINFO_RESPONSE_CODE);
    result->delivered = was_delivered(t, how, result->code);
    result->refused = t->kind_refused != NULL && !t->socket_opened;
    result->maybe_received = t->message.kind == OUTBOX_HTTP
                               ? info_long(t, CURLINFO_REQUEST_SIZE) > 0
                               : t->body_sent > 0;
    result->response = text_str(&t->response);
    result->duration_ms = (clock_monotonic_us() - t->started_us) / 1000;
    result->excerpt = clean(&t->arena, t->message.kind == OUTBOX_HTTP
                                           ? result->response
                                           : text_str(&t->last_line));
}

/* Our words: curl's own may quote what the other side said. */
static const char *
words_of(CURLcode how)
{
    static const struct {
        CURLcode how;
        const char *words;
    } table[] = {
        { CURLE_COULDNT_RESOLVE_HOST, "no address is known for this host" },
        { CURLE_COULDNT_CONNECT, "could not be connected to" },
        { CURLE_OPERATION_TIMEDOUT, "took too long" },
        { CURLE_PEER_FAILED_VERIFICATION, "its certificate is not trusted" },
        { CURLE_SSL_CONNECT_ERROR, "no secure connection could be made" },
        { CURLE_USE_SSL_FAILED, "offers no TLS, so no login was tried" },
        { CURLE_LOGIN_DENIED, "refused the login" },
        { CURLE_GOT_NOTHING, "hung up without an answer" },
        { CURLE_SEND_ERROR, "hung up while we sent" },
        { CURLE_RECV_ERROR, "hung up while we read its answer" },
        { CURLE_PARTIAL_FILE, "hung up before the end of its answer" },
        { CURLE_WRITE_ERROR, "its answer is too long" },
        { CURLE_WEIRD_SERVER_REPLY, "its answer cannot be understood" },
        { CURLE_UNSUPPORTED_PROTOCOL, "its answer cannot be understood" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].how == how)
            return table[i].words;
    return curl_easy_strerror(how);
}

static struct str
error_of(struct transfer *t, CURLcode how, int code)
{
    struct text error = text_new(&t->arena);

    text_add(&error, clean(&t->arena, t->host));
    text_add_cstr(&error, ": ");
    if (t->kind_refused != NULL && !t->socket_opened)
        text_format(&error, "its address is not allowed (%s)", t->kind_refused);
    else if (how == CURLE_OK || t->response_is_cut)
        text_format(&error, "answered %d%s", code,
                    code >= 300 && code <= 399 ? "; redirects are not followed"
                                               : "");
    else
        text_add_cstr(&error, words_of(how));
    if (t->message.kind == OUTBOX_SMTP && code >= 400)
        text_format(&error, " (%d)", code);
    return text_str(&error);
}

/* No control characters, and none that turn the direction of reading. */
static bool
is_shown(utf8proc_int32_t point)
{
    static const bool hidden[] = {
        [UTF8PROC_CATEGORY_CC] = true, [UTF8PROC_CATEGORY_CF] = true,
        [UTF8PROC_CATEGORY_CS] = true, [UTF8PROC_CATEGORY_CO] = true,
        [UTF8PROC_CATEGORY_CN] = true, [UTF8PROC_CATEGORY_ZL] = true,
        [UTF8PROC_CATEGORY_ZP] = true,
    };
    size_t category = (size_t)utf8proc_category(point);

    return category >= sizeof hidden / sizeof hidden[0] || !hidden[category];
}

static struct str
clean(struct arena *arena, struct str raw)
{
    struct text out = text_new(arena);

    for (size_t i = 0; i < raw.bytes && out.bytes < EXCERPT_BYTES_MAX;) {
        utf8proc_int32_t point = -1;
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)raw.data + i,
                             (utf8proc_ssize_t)(raw.bytes - i), &point);

        if (bytes > 0 && is_shown(point))
            text_add(&out, str_slice(raw, i, i + (size_t)bytes));
        else
            text_add_char(&out, bytes > 0 ? ' ' : '?');
        i += bytes > 0 ? (size_t)bytes : 1;
    }
    return str_trim(text_str(&out));
}
