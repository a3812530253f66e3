/* sender_check: see sender_check.h. */
#include "lib/net/sender_check.h"

#include <string.h>

enum {
    URL_BYTES_MAX = 8 * 1024,
    BODY_BYTES_MAX = 32 * 1024 * 1024,
    ADDRESS_BYTES_MAX = 320, /* RFC 3696: 64 + @ + 255 */
    HEADERS_MAX = 64,
    RECIPIENTS_MAX = 100,
};

/* They frame the request: two readers could see two different requests. */
static const char *const framing_headers[] = {
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Proxy-Connection",
    "Keep-Alive",
    "Expect",
    "TE",
    "Trailer",
    "Upgrade",
    "Proxy-Authorization",
};

static const char *http_wrong(const struct outbox_message *);
static const char *smtp_wrong(const struct outbox_message *);
static bool has_control(struct str);
static bool has_space_or_control(struct str);

const char *
sender_check(const struct outbox_message *message)
{
    if (message->url.bytes == 0 || message->url.bytes > URL_BYTES_MAX)
        return "the URL is empty or longer than 8 kB";
    if (has_space_or_control(message->url))
        return "the URL holds a space or a control character";
    if (message->body.bytes > BODY_BYTES_MAX)
        return "the message is longer than 32 MB";
    return message->kind == OUTBOX_HTTP ? http_wrong(message)
                                        : smtp_wrong(message);
}

static bool
is_token(struct str name)
{
    static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789"
                                "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < name.bytes; i++)
        if (memchr(token, name.data[i], sizeof token - 1) == NULL)
            return false;
    return name.bytes > 0;
}

static bool
is_framing(struct str name)
{
    for (size_t i = 0; i < sizeof framing_headers / sizeof *framing_headers;
         i++)
        if (str_equal_ascii_case(name, str_of(framing_headers[i])))
            return true;
    return false;
}

static const char *
http_wrong(const struct outbox_message *message)
{
    if (message->header_count > HEADERS_MAX)
        return "there are more than 64 headers";
    for (size_t i = 0; i < message->header_count; i++) {
        const struct outbox_header *header = &message->headers[i];

        if (!is_token(header->name))
            return "a header's name holds a character that is not allowed";
        if (is_framing(header->name))
            return "a header is set that only the sender may set";
        if (has_control(header->value))
            return "a header holds a line break or a control character";
    }
    return NULL;
}

/* Enough to keep an address from becoming another SMTP command. */
static bool
is_address(struct str s)
{
    ptrdiff_t at = str_find_char(s, '@');

    return at > 0 && (size_t)at + 1 < s.bytes && s.bytes <= ADDRESS_BYTES_MAX
        && !has_space_or_control(s) && str_find_char(s, '<') < 0
        && str_find_char(s, '>') < 0;
}

static const char *
smtp_wrong(const struct outbox_message *message)
{
    if (!is_address(message->from))
        return "the sender is no mail address";
    if (message->to_count == 0 || message->to_count > RECIPIENTS_MAX)
        return "there is no recipient, or more than 100";
    for (size_t i = 0; i < message->to_count; i++)
        if (!is_address(message->to[i]))
            return "a recipient is no mail address";
    if (has_control(message->user) || has_control(message->password))
        return "the user name or the password holds a control character";
    return NULL;
}

static bool
has_control(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.data[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static bool
has_space_or_control(struct str s)
{
    return has_control(s) || str_find_char(s, ' ') >= 0
        || str_find_char(s, '\t') >= 0;
}
