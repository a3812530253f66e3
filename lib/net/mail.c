/*
 * mail: see mail.h. The body goes as quoted-printable or base64, whichever is
 * shorter, so that servers without 8BITMIME take it and no line is too long.
 */
#include "lib/net/mail.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/civil.h"
#include "lib/base/text.h"

enum {
    LINE_BYTES_MAX = 76,  /* of an encoded body, RFC 2045 6.7 */
    WORD_SOURCE_MAX = 39, /* bytes in an encoded word: 52 of base64, so that
                             a line with "Reply-To: " stays under 76 */
    HEADER_BYTES_MAX = 2000,
    HEADER_PLAIN_MAX = 60, /* longer ones are encoded, and so folded */
    ADDRESS_BYTES_MAX = 320,
};

static const char *wrong(const struct mail *);
static void add_date(struct text *, int64_t ms);
static void add_person(struct text *, const struct mail_person *);
static void add_words(struct text *, struct str, size_t plain_max);
static void add_content(struct text *, const struct mail *);
static void add_body(struct text *, struct str);

static const char *const origin_headers[] = {
    [MAIL_WRITTEN] = "",
    [MAIL_GENERATED] = "\r\nAuto-Submitted: auto-generated"
                       "\r\nX-Auto-Response-Suppress: All",
    [MAIL_REPLIED] = "\r\nAuto-Submitted: auto-replied"
                     "\r\nX-Auto-Response-Suppress: All",
};

struct str
mail_message_id(struct arena *arena, struct id job, struct str host)
{
    return arena_format(arena, "<%s@%.*s>", id_show(job).text, STR_ARG(host));
}

static void
add_people(struct text *out, const struct mail_person *people, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_add_cstr(out, ",\r\n ");
        add_person(out, &people[i]);
    }
}

static void
add_headers(struct text *out, const struct mail *mail)
{
    text_add_cstr(out, "Date: ");
    add_date(out, mail->date_ms);
    text_add_cstr(out, "\r\nFrom: ");
    add_person(out, &mail->from);
    text_add_cstr(out, "\r\nTo: ");
    add_people(out, mail->to, mail->to_count);
    if (!str_is_empty(mail->reply_to.address)) {
        text_add_cstr(out, "\r\nReply-To: ");
        add_person(out, &mail->reply_to);
    }
    text_add_cstr(out, "\r\nSubject: ");
    add_words(out, mail->subject, HEADER_PLAIN_MAX);
    text_add_cstr(out, "\r\nMessage-ID: ");
    text_add(out, mail_message_id(out->arena, mail->job, mail->host));
    text_add_cstr(out, origin_headers[mail->origin]);
    if (!str_is_empty(mail->stop_url))
        text_format(out,
                    "\r\nList-Unsubscribe: <%.*s>"
                    "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
                    STR_ARG(mail->stop_url));
    text_add_cstr(out, "\r\nMIME-Version: 1.0\r\n");
}

bool
mail_build(struct arena *arena, const struct mail *mail, struct str *message,
           const char **why)
{
    struct text out = text_new(arena);

    *why = wrong(mail);
    if (*why != NULL)
        return false;
    add_headers(&out, mail);
    add_content(&out, mail);
    *message = text_str(&out);
    return true;
}

/* Fit to stand in a header: UTF-8, and nothing that ends the line. */
static bool
is_line(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.data[i];

        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return s.bytes <= HEADER_BYTES_MAX && str_is_utf8(s);
}

/* Printable ASCII without what would need quoting: a dot-atom and more. */
static bool
is_plain_token(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++)
        if (s.data[i] <= 0x20 || s.data[i] >= 0x7f
            || strchr("<>()[]\\,;:\"", s.data[i]) != NULL)
            return false;
    return s.bytes > 0 && s.bytes <= ADDRESS_BYTES_MAX;
}

static bool
is_address(struct str s)
{
    ptrdiff_t at = str_find_char(s, '@');

    return is_plain_token(s) && at > 0 && (size_t)at + 1 < s.bytes
        && str_find_char(str_slice(s, (size_t)at + 1, s.bytes), '@') < 0;
}

static bool
is_person(const struct mail_person *person)
{
    return is_address(person->address) && is_line(person->name);
}

/* None, or one that can stand in a header. */
static bool
is_url(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++)
        if (s.data[i] <= 0x20 || s.data[i] >= 0x7f || s.data[i] == '<'
            || s.data[i] == '>')
            return false;
    return s.bytes <= HEADER_BYTES_MAX;
}

static const char *
wrong(const struct mail *mail)
{
    if (!is_plain_token(mail->host) || str_find_char(mail->host, '@') >= 0)
        return "the host for the Message-ID is none";
    if (!is_person(&mail->from))
        return "the sender is no mail address, or its name not one line";
    if (mail->to_count == 0)
        return "there is no recipient";
    for (size_t i = 0; i < mail->to_count; i++)
        if (!is_person(&mail->to[i]))
            return "a recipient is no mail address, or its name not one line";
    if (!str_is_empty(mail->reply_to.address) && !is_person(&mail->reply_to))
        return "the address for answers is none, or its name not one line";
    if (!is_url(mail->stop_url))
        return "the address for wanting no more is none";
    if (!is_line(mail->subject))
        return "the subject is not one line of UTF-8";
    if (!str_is_utf8(mail->body) || !str_is_utf8(mail->html))
        return "the body is no UTF-8";
    return NULL;
}

/* "Fri, 20 Nov 2026 01:00:00 +0000" */
static void
add_date(struct text *out, int64_t ms)
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu",
                                        "Fri", "Sat", "Sun" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
                                          "May", "Jun", "Jul", "Aug",
                                          "Sep", "Oct", "Nov", "Dec" };
    int64_t second = ms < 0 ? 0 : ms / 1000; /* no mail is older than 1970 */
    struct civil day = civil_of_days(second / 86400);

    second %= 86400;
    text_format(out, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[day.weekday],
                (int)day.day, months[day.month - 1], (int)day.year,
                (int)(second / 3600), (int)(second / 60 % 60),
                (int)(second % 60));
}

static void
add_base64(struct text *out, const char *data, size_t bytes)
{
    size_t room =
        sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_ORIGINAL);
    char *encoded = arena_alloc(out->arena, room);

    sodium_bin2base64(encoded, room, (const unsigned char *)data, bytes,
                      sodium_base64_VARIANT_ORIGINAL);
    text_add(out, (struct str){ encoded, room - 1 });
}

/*
 * Unstructured text as it is, or as encoded words of whole characters. What
 * looks like an encoded word is encoded too, so that it is shown as written.
 */
static void
add_words(struct text *out, struct str s, size_t plain_max)
{
    if (str_is_ascii(s) && s.bytes <= plain_max && str_find(s, STR("=?")) < 0) {
        text_add(out, s);
        return;
    }
    for (size_t at = 0; at < s.bytes;) {
        size_t end = at + WORD_SOURCE_MAX;

        if (end > s.bytes)
            end = s.bytes;
        while (end < s.bytes && ((unsigned char)s.data[end] & 0xc0) == 0x80)
            end--; /* inside a character */
        text_add_cstr(out, at == 0 ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        add_base64(out, s.data + at, end - at);
        text_add_cstr(out, "?=");
        at = end;
    }
}

/* A display name that needs quotes is encoded instead: one way, no escapes. */
static void
add_person(struct text *out, const struct mail_person *person)
{
    struct str name = str_trim(person->name);
    bool plain = name.bytes > 0;

    for (size_t i = 0; i < name.bytes; i++)
        plain &= strchr("()<>[]:;@\\,.\"", name.data[i]) == NULL;
    if (name.bytes > 0) {
        add_words(out, name, plain ? HEADER_PLAIN_MAX : 0);
        text_add_cstr(out, "\r\n "); /* whatever the lengths are, it fits */
    }
    text_add_char(out, '<');
    text_add(out, person->address);
    text_add_char(out, '>');
}

/* Every line end becomes CRLF, also a bare CR; the last line has one. */
static struct str
with_crlf(struct arena *arena, struct str body)
{
    struct text out = text_new(arena);

    for (size_t i = 0; i < body.bytes; i++) {
        if (body.data[i] == '\r' && i + 1 < body.bytes
            && body.data[i + 1] == '\n')
            continue;
        if (body.data[i] == '\r' || body.data[i] == '\n')
            text_add_cstr(&out, "\r\n");
        else
            text_add_char(&out, body.data[i]);
    }
    if (!str_ends(text_str(&out), STR("\r\n")))
        text_add_cstr(&out, "\r\n");
    return text_str(&out);
}

static bool
is_quoted(struct str s, size_t i)
{
    unsigned char c = (unsigned char)s.data[i];

    if (c == ' ' || c == '\t') /* at the end of a line they get lost */
        return i + 1 == s.bytes || s.data[i + 1] == '\r';
    return c < 0x20 || c > 0x7e || c == '=';
}

static bool
is_crlf(struct str s, size_t i)
{
    return i + 1 < s.bytes && s.data[i] == '\r' && s.data[i + 1] == '\n';
}

static struct str
quoted_printable(struct arena *arena, struct str s)
{
    struct text out = text_new(arena);
    size_t column = 0;

    for (size_t i = 0; i < s.bytes; i++) {
        if (is_crlf(s, i)) {
            text_add_cstr(&out, "\r\n");
            column = 0;
            i++;
            continue;
        }

        size_t bytes = is_quoted(s, i) ? 3 : 1;
        if (column + bytes > LINE_BYTES_MAX - 1) { /* one for the "=" */
            text_add_cstr(&out, "=\r\n");
            column = 0;
        }
        if (bytes == 3)
            text_format(&out, "=%02X", (unsigned char)s.data[i]);
        else
            text_add_char(&out, s.data[i]);
        column += bytes;
    }
    return text_str(&out);
}

static struct str
base64_lines(struct arena *arena, struct str s)
{
    enum { SOURCE = LINE_BYTES_MAX / 4 * 3 };
    struct text out = text_new(arena);

    for (size_t at = 0; at < s.bytes; at += SOURCE) {
        size_t bytes = s.bytes - at < SOURCE ? s.bytes - at : SOURCE;

        add_base64(&out, s.data + at, bytes);
        text_add_cstr(&out, "\r\n");
    }
    return text_str(&out);
}

static void
add_body(struct text *out, struct str body)
{
    struct str lines = with_crlf(out->arena, body);
    struct str quoted = quoted_printable(out->arena, lines);
    struct str encoded = base64_lines(out->arena, lines);
    bool as_quoted = quoted.bytes <= encoded.bytes;

    text_add_cstr(
        out, as_quoted ? "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                       : "Content-Transfer-Encoding: base64\r\n\r\n");
    text_add(out, as_quoted ? quoted : encoded);
}

static void
add_part(struct text *out, const char *type, struct str body)
{
    text_format(out, "Content-Type: %s; charset=utf-8\r\n", type);
    add_body(out, body);
}

/* "=_" stands in no body as it is sent, so the boundary cannot either. */
static void
add_content(struct text *out, const struct mail *mail)
{
    struct id_text job = id_show(mail->job);

    if (str_is_empty(mail->html)) {
        add_part(out, "text/plain", mail->body);
        return;
    }
    text_format(out,
                "Content-Type: multipart/alternative;\r\n"
                " boundary=\"=_%s\"\r\n\r\n--=_%s\r\n",
                job.text, job.text);
    add_part(out, "text/plain", mail->body);
    text_format(out, "\r\n--=_%s\r\n", job.text);
    add_part(out, "text/html", mail->html);
    text_format(out, "\r\n--=_%s--\r\n", job.text);
}
