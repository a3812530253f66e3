/*
 * standardise: one row per field says which leaf reads it. See standardise.h.
 */
#include "src/standardise/standardise.h"

#include <math.h>

#include "lib/base/address.h"
#include "lib/time/zone.h"
#include "src/standardise/standard_company.h"
#include "src/standardise/standard_currency.h"
#include "src/standardise/standard_domain.h"
#include "src/standardise/standard_email.h"
#include "src/standardise/standard_host.h"
#include "src/standardise/standard_language.h"
#include "src/standardise/standard_money.h"
#include "src/standardise/standard_name.h"
#include "src/standardise/standard_number.h"
#include "src/standardise/standard_phone.h"
#include "src/standardise/standard_place.h"
#include "src/standardise/standard_text.h"
#include "src/standardise/standard_unicode.h"

enum {
    MESSAGE_CHARACTERS_MAX = 20000,
    LINE_CHARACTERS_MAX = 2000,
    TAGS_MAX = 100,
    AMOUNT_UNIT = 10000, /* 10^AMOUNT_DECIMALS */
};

struct reading {
    struct work *w;
    const struct standardise_settings *settings;
    struct lead_facts *facts;
    struct str at;
    struct text notes;
    struct json_out out;
    bool ok;
};

static const struct standard_reason no_number = {
    "not_a_number", "This is a whole number, such as 250."
};
static const struct standard_reason no_zone = {
    "unknown_zone", "This is an IANA time zone, such as Asia/Seoul."
};
static const struct standard_reason no_date = {
    "not_a_date", "This is a date, such as 1990-12-31."
};
static const struct standard_reason no_birthday = {
    "not_a_birthday",
    "A date of birth lies between 1800 and today, such as 1990-12-31."
};
static const struct standard_reason no_address = {
    "not_an_address",
    "This is one address on the internet, such as 192.0.2.1 or 2001:db8::1."
};
static const struct standard_reason no_amount = {
    "too_large",
    "An amount is at most 90,000,000,000,000, and one with decimals has at "
    "most 15 digits."
};
/* By the decimals that there may be. */
static const struct standard_reason too_precise[AMOUNT_DECIMALS + 1] = {
    { "too_precise", "Amounts in this currency have no decimals." },
    { "too_precise", "Amounts in this currency have at most one decimal." },
    { "too_precise", "Amounts in this currency have at most two decimals." },
    { "too_precise", "Amounts in this currency have at most three decimals." },
    { "too_precise", "An amount has at most four decimals." },
};

static void
set_text(struct reading *r, enum lead_field field, struct str text)
{
    if (str_is_empty(text))
        return;
    r->facts->facts[field] = (struct fact){
        .known = true, .text = text, .folded = fold_text(r->w->arena, text)
    };
}

static void
set_number(struct reading *r, enum lead_field field, int64_t number)
{
    r->facts->facts[field] = (struct fact){ .known = true, .number = number };
}

static void
note(struct reading *r, enum lead_field field, const char *code)
{
    json_open_object(&r->out);
    json_put_cstr(&r->out, "field", lead_fields[field].name);
    json_put_cstr(&r->out, "code", code);
    json_close_object(&r->out);
}

/* A value without sense: the sender hears of it, or it is noted. */
static void
refuse(struct reading *r, enum lead_field field,
       const struct standard_reason *why)
{
    if (r->settings->strict)
        r->ok = fail_at(r->w,
                        arena_format(r->w->arena, "%.*s/%s", STR_ARG(r->at),
                                     lead_fields[field].name),
                        why->code, "%s", why->sentence);
    else
        note(r, field, why->code);
}

/* Text of any JSON scalar: imports and forms give text for everything. */
static struct str
text_of(struct reading *r, const struct json *value)
{
    switch (value->kind) {
    case JSON_TEXT:
        return str_trim(standard_visible(r->w->arena, value->text));
    case JSON_INTEGER:
        return arena_format(r->w->arena, "%ld", (long)value->integer);
    case JSON_REAL:
        return arena_format(r->w->arena, "%.15g", value->real);
    case JSON_BOOL:
        return value->truth ? STR("yes") : STR("no");
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return STR_NONE;
}

/* --------------------------------------------------------------- leaves */

static void
read_line(struct reading *r, enum lead_field field, const struct json *value)
{
    struct standard_text text;

    if (!standard_text(r->w->arena, text_of(r, value), LINE_CHARACTERS_MAX,
                       &text)
        || text.truncated)
        refuse(r, field, text.why);
    set_text(r, field, str_trim(text.text));
}

static void
read_message(struct reading *r, enum lead_field field, const struct json *value)
{
    struct standard_text text;

    if (!standard_text(r->w->arena, text_of(r, value), MESSAGE_CHARACTERS_MAX,
                       &text)
        || text.truncated)
        refuse(r, field, text.why);
    set_text(r, field, text.text);
}

static void
read_name(struct reading *r, enum lead_field field, const struct json *value)
{
    struct standard_name name;

    bool ok = standard_name(r->w->arena, text_of(r, value), &name);
    bool empty = !ok && name.why != &standard_not_utf8;
    if (name.why != NULL && !empty) /* nothing but odd blanks: no name */
        refuse(r, field, name.why);
    set_text(r, field, name.name);
}

static void
read_email(struct reading *r, enum lead_field field, const struct json *value)
{
    struct standard_email email;
    struct str given = text_of(r, value);

    if (!standard_email(r->w->arena, given, &email)) {
        refuse(r, field, email.why);
        set_text(r, field, given);
        return;
    }
    set_text(r, field, email.address);
    r->facts->email_key = email.key;
}

static void
keep_phone(struct arena *arena, struct lead_facts *facts,
           const struct standard_phone *phone)
{
    struct fact *fact = &facts->facts[LEAD_PHONE];

    facts->phone_waits = false;
    facts->phone_key = phone->e164.data == NULL
                         ? standard_phone_given_key(arena, phone->given)
                         : phone->key;
    if (phone->e164.data == NULL)
        return;
    fact->text = phone->e164;
    fact->folded = fold_text(arena, phone->e164);
}

/* By its country code, of which the + is not written. What is no number that
 * way is read as any other: somebody will have typed it. */
static bool
is_from_abroad(struct reading *r, struct str given)
{
    struct standard_phone phone;

    if (given.bytes == 0 || given.data[0] < '1' || given.data[0] > '9'
        || !standard_phone(r->w->arena,
                           arena_format(r->w->arena, "+%.*s", STR_ARG(given)),
                           STR_NONE, &phone))
        return false;
    keep_phone(r->w->arena, r->facts, &phone);
    return true;
}

static void
read_phone(struct reading *r, enum lead_field field, const struct json *value)
{
    struct str given = text_of(r, value);

    set_text(r, field, given);
    r->facts->phone_waits = !str_is_empty(given);
    if (r->settings->phones_abroad && is_from_abroad(r, given))
        return;
    if (str_starts(given, STR("+")) || !str_is_empty(r->settings->country))
        standardise_phone(r->w->arena, r->facts, r->settings->country);
}

static void
read_country(struct reading *r, enum lead_field field, const struct json *value)
{
    const struct standard_reason *why;
    struct str given = text_of(r, value);
    struct str code;

    if (!standard_country(r->w->arena, given, &code, &why)) {
        refuse(r, field, why);
        code = given;
    }
    set_text(r, field, code);
}

/* The code of a region begins with its country's. */
static void
derive_country(struct reading *r, struct str region)
{
    if (r->facts->facts[LEAD_COUNTRY].known)
        return;
    set_text(r, LEAD_COUNTRY, str_slice(region, 0, 2));
    r->facts->derived = STR("[{\"field\":\"country\",\"from\":\"region\"}]");
}

/* The city stays as it is written; within a known country some say which
 * region they are. */
static void
read_city(struct reading *r, enum lead_field field, const struct json *value)
{
    struct lead_facts *facts = r->facts;
    struct str code;

    read_line(r, field, value);
    if (!facts->facts[LEAD_COUNTRY].known || facts->facts[LEAD_REGION].known
        || !standard_city_region(r->w->arena, facts->facts[field].text,
                                 facts->facts[LEAD_COUNTRY].text, &code))
        return;
    set_text(r, LEAD_REGION, code);
    facts->derived = STR("[{\"field\":\"region\",\"from\":\"city\"}]");
}

/* Regions of the world have more names than any list: never refused. */
static void
read_region(struct reading *r, enum lead_field field, const struct json *value)
{
    const struct standard_reason *why;
    struct str given = text_of(r, value);
    struct str country = r->facts->facts[LEAD_COUNTRY].text;
    struct str code;

    if (!standard_region(r->w->arena, given, country, &code, &why)) {
        note(r, field, why->code);
        code = given;
    } else {
        derive_country(r, code);
    }
    set_text(r, field, code);
}

static void
read_language(struct reading *r, enum lead_field field,
              const struct json *value)
{
    struct standard_language language;
    struct str given = text_of(r, value);

    if (!standard_language(r->w->arena, given, &language)) {
        refuse(r, field, language.why);
        language.tag = given;
    }
    set_text(r, field, language.tag);
}

static void
read_currency(struct reading *r, enum lead_field field,
              const struct json *value)
{
    struct standard_currency currency;
    struct str given = text_of(r, value);

    if (!standard_currency(r->w->arena, given, r->settings->currency,
                           &currency)) {
        refuse(r, field, currency.why);
        currency.code = given;
    }
    set_text(r, field, currency.code);
}

static void
read_zone(struct reading *r, enum lead_field field, const struct json *value)
{
    struct str given = text_of(r, value);

    if (zone_find(given) == NULL)
        refuse(r, field, &no_zone);
    set_text(r, field, given);
}

/* One spelling, so that rules and people compare like with like. */
static void
read_ip(struct reading *r, enum lead_field field, const struct json *value)
{
    struct str given = text_of(r, value);
    struct address address;

    if (address_parse(given, &address))
        given = address_show(r->w->arena, &address);
    else
        refuse(r, field, &no_address);
    set_text(r, field, given);
}

/* As given: only whether there is a site behind it is asked. */
static void
read_website(struct reading *r, enum lead_field field, const struct json *value)
{
    struct standard_domain domain;

    read_line(r, field, value);
    struct str given = r->facts->facts[field].text;
    if (!str_is_empty(given) && !standard_domain(r->w->arena, given, &domain))
        refuse(r, field, domain.why);
}

static void
read_date(struct reading *r, enum lead_field field, const struct json *value)
{
    enum { DAY_MS = 86400000 };
    const int64_t earliest = -62091;                  /* 1800-01-01 */
    const int64_t latest = r->w->now_ms / DAY_MS + 1; /* it is so somewhere */
    struct str given = text_of(r, value);
    int64_t days;

    if (!date_parse(given, &days))
        refuse(r, field, &no_date);
    else if (days < earliest || days > latest)
        refuse(r, field, &no_birthday);
    set_text(r, field, given);
}

static void
read_count(struct reading *r, enum lead_field field, const struct json *value)
{
    struct standard_number number;

    if (!standard_number(r->w->arena, text_of(r, value), &number)
        || !number.is_whole)
        refuse(r, field, &no_number);
    else
        set_number(r, field, number.whole);
}

/* What an amount is counted in: its digits, and whether somebody said so. */
struct money_terms {
    struct str usual; /* the currency of what names none; or none */
    int decimals;     /* that it may have */
    bool named;
};

/* Where a currency was only assumed, it takes no decimals away. */
static struct money_terms
terms_of(struct reading *r)
{
    struct str own = r->facts->facts[LEAD_CURRENCY].text;
    struct standard_currency currency;
    struct money_terms terms = { .usual = own, .decimals = AMOUNT_DECIMALS };

    if (str_is_empty(own))
        terms.usual = r->settings->currency;
    terms.named =
        !str_is_empty(terms.usual)
        && (!str_is_empty(own) || !r->settings->currency_is_of_workspace);
    if (terms.named
        && standard_currency(r->w->arena, terms.usual, terms.usual, &currency))
        terms.decimals = currency.exponent;
    return terms;
}

/* Half a minor unit is rounded away from zero, and that is said. */
static int64_t
round_to(int64_t amount, int decimals)
{
    int64_t unit = 1;

    for (int i = decimals; i < AMOUNT_DECIMALS; i++)
        unit *= 10;
    int64_t rest = amount % unit;
    int64_t cut = amount - rest;
    int64_t size = rest < 0 ? -rest : rest;
    if (2 * size < unit)
        return cut;
    return amount < 0 ? cut - unit : cut + unit;
}

static void
set_amount(struct reading *r, enum lead_field field, int64_t amount,
           int decimals, bool rounded)
{
    const int64_t amount_max = INT64_C(90000000000000) * AMOUNT_UNIT;
    const int64_t digits_max = INT64_C(1000000000000000);
    bool fits = amount <= amount_max && amount >= -amount_max;
    int64_t kept = fits ? round_to(amount, decimals) : 0;
    int64_t digits = kept;

    for (int i = 0; i < AMOUNT_DECIMALS && digits % 10 == 0; i++)
        digits /= 10;
    bool whole = kept % AMOUNT_UNIT == 0;
    if (!fits || (!whole && (digits >= digits_max || digits <= -digits_max))) {
        refuse(r, field, &no_amount);
        return;
    }
    if (rounded || kept != amount)
        refuse(r, field, &too_precise[decimals]);
    set_number(r, field, kept);
}

/* By itself, whatever is usual here. */
static bool
names_currency(struct reading *r, const struct json *value)
{
    struct standard_money money;

    return standard_money(r->w->arena, text_of(r, value), STR_NONE, &money);
}

/* A number of a document: its decimals are those that were written. */
static void
read_plain_amount(struct reading *r, enum lead_field field,
                  const struct json *value, int decimals)
{
    const double amount_max = 9e13;
    int64_t amount;
    double real;

    if (json_decimal(value, AMOUNT_DECIMALS, &amount)) {
        set_amount(r, field, amount, decimals, false);
        return;
    }
    if (!json_number(value, &real) || real > amount_max || real < -amount_max) {
        refuse(r, field, &no_amount);
        return;
    }
    set_amount(r, field, (int64_t)round(real * AMOUNT_UNIT), decimals, true);
}

static void
read_amount(struct reading *r, enum lead_field field, const struct json *value)
{
    struct money_terms terms = terms_of(r);
    struct standard_money money;

    if (value->kind == JSON_INTEGER || value->kind == JSON_REAL) {
        read_plain_amount(r, field, value, terms.decimals);
        return;
    }
    if (!standard_money(r->w->arena, text_of(r, value), terms.usual, &money)) {
        refuse(r, field, money.why);
        return;
    }
    bool named = terms.named || names_currency(r, value);
    set_amount(r, field, money.fine, named ? money.exponent : AMOUNT_DECIMALS,
               money.fine_rounded);
    if (r->facts->facts[LEAD_CURRENCY].known)
        return;
    set_text(r, LEAD_CURRENCY, money.currency);
    r->facts->currency_usual =
        r->settings->currency_is_of_workspace && !names_currency(r, value);
}

/* On one line, and without what parts tags in their column. */
static void
add_tag(struct reading *r, struct str given, struct str *tags, int *count)
{
    struct standard_name name;

    if (!standard_name(r->w->arena, given, &name)) {
        if (name.why == &standard_not_utf8)
            refuse(r, LEAD_TAGS, name.why);
        return;
    }
    if (name.truncated)
        refuse(r, LEAD_TAGS, name.why);
    tags[(*count)++] = name.name;
}

/* A list, or one text with commas between. */
static int
split_tags(struct reading *r, const struct json *value, struct str *tags)
{
    int count = 0;

    if (value->kind == JSON_ARRAY) {
        for (size_t i = 0; i < value->array.count && count < TAGS_MAX; i++)
            add_tag(r, text_of(r, &value->array.items[i]), tags, &count);
        return count;
    }
    struct str rest = text_of(r, value);
    struct str tag;
    while (count < TAGS_MAX && str_next(&rest, ',', &tag))
        add_tag(r, tag, tags, &count);
    return count;
}

/* Each once, as it was given first. */
static void
read_tags(struct reading *r, enum lead_field field, const struct json *value)
{
    static const struct fact none = { 0 };
    struct str *tags = ARENA_ARRAY(r->w->arena, struct str, TAGS_MAX);
    int count = split_tags(r, value, tags);

    struct fact given = lead_tags_fact(r->w->arena, tags, count);

    r->facts->facts[field] = lead_tags_joined(r->w->arena, &none, &given);
}

/* ---------------------------------------------------------------- fields */

/* In the order of reading: a region needs its country, a city both, an amount
 * its currency. What is not here is one line of text. */
static const struct {
    enum lead_field field;
    void (*read)(struct reading *, enum lead_field, const struct json *);
} readers[] = {
    { LEAD_NAME, read_name },         { LEAD_EMAIL, read_email },
    { LEAD_PHONE, read_phone },       { LEAD_COMPANY, read_name },
    { LEAD_JOB_TITLE, read_line },    { LEAD_WEBSITE, read_website },
    { LEAD_COUNTRY, read_country },   { LEAD_REGION, read_region },
    { LEAD_CITY, read_city },         { LEAD_POSTAL_CODE, read_line },
    { LEAD_ADDRESS, read_line },      { LEAD_LANGUAGE, read_language },
    { LEAD_TIME_ZONE, read_zone },    { LEAD_IP, read_ip },
    { LEAD_SOURCE, read_line },       { LEAD_CAMPAIGN, read_line },
    { LEAD_MEDIUM, read_line },       { LEAD_REFERRER, read_line },
    { LEAD_PAGE, read_line },         { LEAD_INDUSTRY, read_line },
    { LEAD_EMPLOYEES, read_count },   { LEAD_PRODUCT, read_line },
    { LEAD_SEGMENT, read_line },      { LEAD_USE_CASE, read_line },
    { LEAD_CURRENCY, read_currency }, { LEAD_DEAL_VALUE, read_amount },
    { LEAD_TAGS, read_tags },         { LEAD_MESSAGE, read_message },
    { LEAD_BIRTHDAY, read_date },     { LEAD_NEXT_STEP, read_line },
    { LEAD_EXTERNAL_ID, read_line },
};
_Static_assert(sizeof readers / sizeof *readers == LEAD_GIVEN_COUNT,
               "every given field has a reader");

static bool
says_something(struct reading *r, const struct json *value)
{
    return value != NULL && value->kind != JSON_NULL
        && !(value->kind == JSON_TEXT && str_is_empty(text_of(r, value)));
}

/* null says nothing, as of any field. */
static const struct json *
get_unless_null(const struct json *given, const char *name)
{
    const struct json *value = json_get(given, name);

    return value == NULL || value->kind == JSON_NULL ? NULL : value;
}

bool
standardise(struct work *w, const struct json *given, struct str at,
            const struct standardise_settings *settings,
            struct lead_facts *facts)
{
    struct reading r = {
        .w = w,
        .settings = settings,
        .facts = facts,
        .at = at,
        .notes = text_new(w->arena),
        .ok = true,
    };

    *facts = (struct lead_facts){
        .consent = get_unless_null(given, "consent"),
        .social = get_unless_null(given, "social"),
        .custom = get_unless_null(given, "custom"),
    };
    r.out = json_out_new(&r.notes);
    json_open_array(&r.out);
    for (size_t i = 0; i < LEAD_GIVEN_COUNT; i++) {
        enum lead_field field = readers[i].field;
        const struct json *value = json_get(given, lead_fields[field].name);
        if (says_something(&r, value))
            readers[i].read(&r, field, value);
    }
    json_close_array(&r.out);
    if (r.notes.bytes > 2)
        facts->notes = text_str(&r.notes);
    facts->company =
        standardise_company(w->arena, facts->facts, facts->email_key);
    return r.ok;
}

/* ---------------------------------------------------------------- company */

/* Where anybody can have an address there is no company. */
static struct str
own_domain(struct arena *arena, struct str given)
{
    struct standard_domain domain;

    if (str_is_empty(given) || !standard_domain(arena, given, &domain)
        || domain.is_free_mail || domain.is_disposable)
        return STR_NONE;
    return domain.domain;
}

struct account_clue
standardise_company(struct arena *arena, const struct fact facts[],
                    struct str email_key)
{
    struct str name = facts[LEAD_COMPANY].text;
    struct str name_key = standard_company_key(arena, name);

    struct account_clue clue = {
        .name = name,
        .name_key = str_is_empty(name_key) ? STR_NONE : name_key,
        .mail_domain = own_domain(arena, email_key),
        .web_domain = own_domain(arena, facts[LEAD_WEBSITE].text),
    };
    clue.domain_shown = standard_host_read(arena, str_is_empty(clue.mail_domain)
                                                      ? clue.web_domain
                                                      : clue.mail_domain);
    return clue;
}

bool
standardise_currency(struct arena *arena, struct fact facts[],
                     struct str currency)
{
    if (!facts[LEAD_DEAL_VALUE].known || facts[LEAD_CURRENCY].known
        || str_is_empty(currency))
        return false;
    facts[LEAD_CURRENCY] =
        (struct fact){ .known = true,
                       .text = arena_str(arena, currency),
                       .folded = fold_text(arena, currency) };
    return true;
}

void
standardise_phone(struct arena *arena, struct lead_facts *facts,
                  struct str country)
{
    struct str own = facts->facts[LEAD_COUNTRY].text;
    struct standard_phone phone;

    if (!facts->phone_waits)
        return;
    standard_phone(arena, facts->facts[LEAD_PHONE].text,
                   own.bytes == 2 ? own : country, &phone);
    keep_phone(arena, facts, &phone);
}
