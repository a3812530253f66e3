/* standard_email: see standard_email.h. */
#include "src/standardise/standard_email.h"

#include <string.h>

#include "lib/base/text.h"
#include "src/standardise/standard_host.h"

enum { LOCAL_BYTES_MAX = 64, ADDRESS_BYTES_MAX = 254, GIVEN_BYTES_MAX = 2000 };

static const struct standard_reason *line_fault(struct str);
static struct str bare_address(struct str);
static ptrdiff_t at_sign(struct str);
static const struct standard_reason *local_fault(struct str local);
static struct str key_of(struct arena *, struct str local, struct str domain);
static bool refuse(struct standard_email *, const struct standard_reason *);

static const struct standard_reason EMPTY = { "email_missing",
                                              "There is no e-mail address." };
static const struct standard_reason CONTROL = {
    "email_control_character",
    "The e-mail address has a line end or another character without a shape."
};
static const struct standard_reason NO_AT = {
    "email_no_at_sign",
    "The e-mail address has no @; it should look like ana@example.com."
};
static const struct standard_reason MANY = {
    "email_more_than_one", "There is more than one e-mail address."
};
static const struct standard_reason LOCAL_EMPTY = {
    "email_local_missing", "There is nothing before the @."
};
static const struct standard_reason LOCAL_LONG = {
    "email_local_too_long",
    "The part before the @ is longer than 64 characters."
};
static const struct standard_reason LOCAL_DOT = {
    "email_local_dot_misplaced",
    "The part before the @ begins or ends with a dot, or has two in a row."
};
static const struct standard_reason LOCAL_BLANK = {
    "email_blank", "There is a blank inside the e-mail address."
};
static const struct standard_reason LOCAL_CHARACTER = {
    "email_local_character",
    "The part before the @ has a character that needs quotes or is not "
    "allowed."
};
static const struct standard_reason LOCAL_QUOTES = {
    "email_local_quotes", "The quotes before the @ are not closed rightly."
};
static const struct standard_reason LOCAL_NOT_ASCII = {
    "email_local_not_ascii",
    "The part before the @ has letters that most mail servers do not take."
};
static const struct standard_reason TOO_LONG = {
    "email_too_long", "The e-mail address is longer than 254 characters."
};

bool
standard_email(struct arena *arena, struct str given,
               struct standard_email *out)
{
    const struct standard_reason *why = line_fault(given);
    struct standard_host host;

    *out = (struct standard_email){ 0 };
    if (why != NULL)
        return refuse(out, why);

    struct str bare = bare_address(given);
    if (bare.bytes == 0)
        return refuse(out, &EMPTY);

    ptrdiff_t at = at_sign(bare);
    if (at < 0)
        return refuse(out, &NO_AT);

    struct str local = str_slice(bare, 0, (size_t)at);
    struct str domain = str_slice(bare, (size_t)at + 1, bare.bytes);
    why = local_fault(local);
    if (why != NULL)
        return refuse(out, why);
    if (!standard_host(arena, domain, &host, &why))
        return refuse(out, str_find_char(domain, '@') >= 0 ? &MANY : why);
    if (local.bytes + 1 + host.ascii.bytes > ADDRESS_BYTES_MAX)
        return refuse(out, &TOO_LONG);

    out->address =
        arena_format(arena, "%.*s@%.*s", STR_ARG(local), STR_ARG(host.shown));
    out->key = key_of(arena, local, host.ascii);
    out->domain = host.ascii;
    return true;
}

static bool
refuse(struct standard_email *out, const struct standard_reason *why)
{
    out->why = why;
    return false;
}

static const struct standard_reason *
line_fault(struct str s)
{
    if (s.bytes > GIVEN_BYTES_MAX)
        return &TOO_LONG;
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return &CONTROL;
    }
    return NULL;
}

/* Blanks as pasted text has them: also the no-break space, the ideographic
 * space, and the marks of zero width that web pages and tables leave. */
static struct str
trim_blanks(struct str s)
{
    static const struct str blanks[] = {
        STR_INIT(" "),      STR_INIT("\t"),     STR_INIT("\u00a0"),
        STR_INIT("\u3000"), STR_INIT("\u200b"), STR_INIT("\u200e"),
        STR_INIT("\ufeff"),
    };
    const size_t count = sizeof blanks / sizeof *blanks;

    for (size_t i = 0; i < count; i++) {
        if (str_starts(s, blanks[i])) {
            s = str_slice(s, blanks[i].bytes, s.bytes);
            i = (size_t)-1;
        } else if (str_ends(s, blanks[i])) {
            s = str_slice(s, 0, s.bytes - blanks[i].bytes);
            i = (size_t)-1;
        }
    }
    return s;
}

static struct str
without_mailto(struct str s)
{
    static const struct str scheme = STR_INIT("mailto:");

    if (!str_equal_ascii_case(str_slice(s, 0, scheme.bytes), scheme))
        return s;
    s = str_slice(s, scheme.bytes, s.bytes);

    ptrdiff_t query = str_find_char(s, '?');
    return trim_blanks(query < 0 ? s : str_slice(s, 0, (size_t)query));
}

/* What stands in the angle brackets of a display form, or all of it. */
static struct str
bare_address(struct str given)
{
    struct str s = without_mailto(trim_blanks(given));

    if (s.bytes == 0 || s.data[s.bytes - 1] != '>')
        return s;
    const char *open = memrchr(s.data, '<', s.bytes);
    if (open == NULL)
        return s;
    s = str_slice(s, (size_t)(open - s.data) + 1, s.bytes - 1);
    return without_mailto(trim_blanks(s));
}

/* The @ that ends the local part: the first one outside quotes. */
static ptrdiff_t
at_sign(struct str s)
{
    bool quoted = false;

    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\')
            i++;
        else if (!quoted && c == '@')
            return (ptrdiff_t)i;
    }
    return str_find_char(s, '@');
}

static bool
is_atom_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static const struct standard_reason *
quoted_fault(struct str local)
{
    if (local.bytes < 2 || local.data[local.bytes - 1] != '"')
        return &LOCAL_QUOTES;
    for (size_t i = 1; i + 1 < local.bytes; i++) {
        if (local.data[i] == '"')
            return &LOCAL_QUOTES;
        if (local.data[i] != '\\')
            continue;
        if (++i + 1 >= local.bytes)
            return &LOCAL_QUOTES; /* the closing quote was escaped */
    }
    return memchr(local.data, '\t', local.bytes) == NULL ? NULL
                                                         : &LOCAL_CHARACTER;
}

static const struct standard_reason *
dotted_fault(struct str local)
{
    char before = '.';

    for (size_t i = 0; i < local.bytes; i++) {
        char c = local.data[i];
        if (c == '.' && before == '.')
            return &LOCAL_DOT;
        if (c == ' ' || c == '\t')
            return &LOCAL_BLANK;
        if (c == ',' || c == ';')
            return &MANY;
        if (c != '.' && !is_atom_char(c))
            return &LOCAL_CHARACTER;
        before = c;
    }
    return before == '.' ? &LOCAL_DOT : NULL;
}

static const struct standard_reason *
local_fault(struct str local)
{
    if (local.bytes == 0)
        return &LOCAL_EMPTY;
    for (size_t i = 0; i < local.bytes; i++)
        if ((unsigned char)local.data[i] >= 0x80)
            return &LOCAL_NOT_ASCII;
    if (local.bytes > LOCAL_BYTES_MAX)
        return &LOCAL_LONG;
    return local.data[0] == '"' ? quoted_fault(local) : dotted_fault(local);
}

/* "ana"@x and ana@x are one mailbox; "a b"@x needs its quotes. */
static struct str
without_quotes(struct arena *arena, struct str local)
{
    struct text plain = text_new(arena);

    if (local.data[0] != '"')
        return local;
    for (size_t i = 1; i + 1 < local.bytes; i++) {
        if (local.data[i] == '\\')
            i++;
        text_add_char(&plain, local.data[i]);
    }
    struct str bare = text_str(&plain);
    return bare.bytes > 0 && dotted_fault(bare) == NULL ? bare : local;
}

static struct str
key_of(struct arena *arena, struct str local, struct str domain)
{
    local = without_quotes(arena, local);

    char *key = arena_alloc(arena, local.bytes + 1 + domain.bytes + 1);
    for (size_t i = 0; i < local.bytes; i++) {
        char c = local.data[i];
        key[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    key[local.bytes] = '@';
    memcpy(key + local.bytes + 1, domain.data, domain.bytes);
    return (struct str){ key, local.bytes + 1 + domain.bytes };
}
