/*
 * message: see message.h. The fields that a template may name, and what they
 * are for a lead. Not for SQL (message_store.c).
 */
#include "src/message/message.h"

#include <stdlib.h>

const char *const message_channels[] = {
    [CHANNEL_EMAIL] = "email",
    [CHANNEL_SMS] = "sms",
    [CHANNEL_WHATSAPP] = "whatsapp",
    [CHANNEL_NOTE] = "note",
    NULL,
};

/* The lead's own facts first, in this order. */
static const enum lead_field facts[] = {
    LEAD_NAME,      LEAD_EMAIL,      LEAD_PHONE,           LEAD_COMPANY,
    LEAD_JOB_TITLE, LEAD_WEBSITE,    LEAD_COUNTRY,         LEAD_REGION,
    LEAD_CITY,      LEAD_ADDRESS,    LEAD_INDUSTRY,        LEAD_EMPLOYEES,
    LEAD_PRODUCT,   LEAD_SEGMENT,    LEAD_USE_CASE,        LEAD_DEAL_VALUE,
    LEAD_CURRENCY,  LEAD_SOURCE,     LEAD_CAMPAIGN,        LEAD_MESSAGE,
    LEAD_NEXT_STEP, LEAD_CREATED_AT, LEAD_RESPONSE_DUE_AT,
};

enum {
    FACTS = sizeof facts / sizeof *facts,
    FIELD_OWNER_NAME = FACTS,
    FIELD_OWNER_EMAIL,
    FIELD_WORKSPACE_NAME,
    FIELD_TODAY,
    FIELDS,
};

const struct template_field message_fields[FIELDS + 1] = {
    { "lead.name", TEMPLATE_TEXT, "Full name." },
    { "lead.email", TEMPLATE_TEXT, "E-mail address." },
    { "lead.phone", TEMPLATE_TEXT, "Telephone number." },
    { "lead.company", TEMPLATE_TEXT, "Company." },
    { "lead.job_title", TEMPLATE_TEXT, "Position in the company." },
    { "lead.website", TEMPLATE_TEXT, "The company's site." },
    { "lead.country", TEMPLATE_TEXT, "Country." },
    { "lead.region", TEMPLATE_TEXT, "State or province." },
    { "lead.city", TEMPLATE_TEXT, "City." },
    { "lead.address", TEMPLATE_TEXT, "Street address." },
    { "lead.industry", TEMPLATE_TEXT, "Industry." },
    { "lead.employees", TEMPLATE_TEXT, "Number of employees." },
    { "lead.product", TEMPLATE_TEXT, "Product of interest." },
    { "lead.segment", TEMPLATE_TEXT, "Customer segment." },
    { "lead.use_case", TEMPLATE_TEXT, "What it shall be used for." },
    { "lead.deal_value", TEMPLATE_TEXT, "Expected value." },
    { "lead.currency", TEMPLATE_TEXT, "Its currency." },
    { "lead.source", TEMPLATE_TEXT, "Where the lead came from." },
    { "lead.campaign", TEMPLATE_TEXT, "Campaign." },
    { "lead.message", TEMPLATE_TEXT, "What the person wrote." },
    { "lead.next_step", TEMPLATE_TEXT, "What to do next." },
    { "lead.created_at", TEMPLATE_TIME, "When it came." },
    { "lead.response_due_at", TEMPLATE_TIME, "The promised answer." },
    { "owner.name", TEMPLATE_TEXT, "The rep, or the workspace." },
    { "owner.email", TEMPLATE_TEXT, "The rep's address." },
    { "workspace.name", TEMPLATE_TEXT, "The company that writes." },
    { "today", TEMPLATE_TIME, "The day on which it is written." },
    { 0 },
};

/* ---------------------------------------------------------------- check */

static const struct template *
read_part(struct work *w, const char *pointer, struct str text)
{
    struct template_fault fault;
    const struct template *template =
        template_read(w->arena, text, message_fields, &fault);

    if (template == NULL)
        fail_at(w, str_of(pointer), fault.code, "%.*s", STR_ARG(fault.message));
    return template;
}

static bool
is_one_line(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++)
        if ((unsigned char)s.data[i] < 0x20)
            return false;
    return true;
}

static bool
check_subject(struct work *w, const struct message_template *template)
{
    bool empty = str_is_empty(str_trim(template->subject));

    if (template->channel != CHANNEL_EMAIL)
        return empty
            || fail_at(w, STR("/subject"), "not_used",
                       "Only an e-mail has a subject.");
    if (empty)
        return fail_at(w, STR("/subject"), "required",
                       "An e-mail has a subject.");
    if (!is_one_line(template->subject))
        return fail_at(w, STR("/subject"), "one_line",
                       "A subject is one line.");
    return read_part(w, "/subject", template->subject) != NULL;
}

bool
message_template_check(struct work *w, const struct message_template *template)
{
    bool good = check_subject(w, template);

    if (str_is_empty(str_trim(template->body)))
        return fail_at(w, STR("/body"), "required", "A template has a text.");
    return read_part(w, "/body", template->body) != NULL && good;
}

/* --------------------------------------------------------- first answer */

static const struct first_answer *
answer_of_scope(const struct first_answers *all, struct id scope)
{
    for (int i = 0; i < all->count; i++)
        if (id_equal(all->items[i].scope, scope))
            return &all->items[i];
    return NULL;
}

const struct first_answer *
first_answer_of(const struct workspace_cache *cache, struct id form,
                struct id source)
{
    const struct id scopes[] = { form, source, cache->id };
    const struct first_answer *found = NULL;

    for (size_t i = 0; found == NULL && i < sizeof scopes / sizeof *scopes; i++)
        found = answer_of_scope(cache->first_answers, scopes[i]);
    return found;
}

/* ----------------------------------------------------------------- fill */

/* 24,000,000; fractions only when there are any, and then two digits. */
static struct str
money_text(struct arena *arena, int64_t amount)
{
    struct str number = lead_decimal_text(arena, amount, AMOUNT_DECIMALS);
    ptrdiff_t point = str_find_char(number, '.');
    size_t whole = point < 0 ? number.bytes : (size_t)point;
    struct text out = text_new(arena);

    for (size_t i = 0; i < whole; i++) {
        text_add_char(&out, number.data[i]);
        size_t left = whole - i - 1;
        if (left > 0 && left % 3 == 0 && char_is_digit(number.data[i]))
            text_add_char(&out, ',');
    }
    text_add(&out, str_slice(number, whole, number.bytes));
    if (number.bytes == whole + 2)
        text_add_char(&out, '0');
    return text_str(&out);
}

static struct template_value
fact_value(struct arena *arena, const struct zone *zone,
           const struct lead *lead, enum lead_field field)
{
    const struct fact *fact = &lead->facts[field];
    struct template_value value = { .text = STR_NONE };

    if (!fact->known)
        return value;
    switch (lead_fields[field].kind) {
    case FIELD_TIME:
        value.local_ms =
            fact->number + INT64_C(1000) * zone_offset_s(zone, fact->number);
        break;
    case FIELD_NUMBER:
        value.text = field == LEAD_DEAL_VALUE
                       ? money_text(arena, fact->number)
                       : arena_format(arena, "%ld", (long)fact->number);
        break;
    case FIELD_TEXT:
    case FIELD_TAGS:
    case FIELD_ID:
    case FIELD_BOOL:
        value.text = fact->text;
        break;
    }
    return value;
}

static struct template_value *
values_of(struct work *w, const struct workspace_cache *cache,
          const struct lead *lead)
{
    struct template_value *values =
        ARENA_ARRAY(w->arena, struct template_value, FIELDS);
    const struct zone *zone = zone_find(cache->workspace.time_zone);
    int rep = lead->owner.kind == OWNER_REP
                ? team_find(cache->team, lead->owner.id)
                : -1;

    if (zone == NULL)
        zone = zone_find(STR("UTC"));
    for (int i = 0; i < FACTS; i++)
        values[i] = fact_value(w->arena, zone, lead, facts[i]);
    values[FIELD_OWNER_NAME] = (struct template_value){
        .text = rep < 0 ? cache->workspace.name : cache->team->people[rep].name
    };
    values[FIELD_OWNER_EMAIL] = (struct template_value){
        .text = rep < 0 ? STR_NONE : cache->team->people[rep].email
    };
    values[FIELD_WORKSPACE_NAME] =
        (struct template_value){ .text = cache->workspace.name };
    values[FIELD_TODAY] = (struct template_value){
        .local_ms = w->now_ms + INT64_C(1000) * zone_offset_s(zone, w->now_ms)
    };
    return values;
}

static bool
write_part(struct work *w, const struct message_template *template,
           struct str text, const struct template_value *values,
           enum template_target target, struct str *written)
{
    const struct template *read = read_part(w, "", text);
    struct text out = text_new(w->arena);

    if (read == NULL)
        return false;
    if (!template_write(&out, read, values, target, template->language))
        return fail(w, ERR_INVALID, "The text becomes too long for this lead.");
    *written = text_str(&out);
    return true;
}

bool
message_fill(struct work *w, const struct workspace_cache *cache,
             const struct message_template *template, const struct lead *lead,
             struct message_text *text)
{
    struct template_value *values = values_of(w, cache, lead);

    *text = (struct message_text){ 0 };
    if (!write_part(w, template, template->body, values, TEMPLATE_FOR_TEXT,
                    &text->body))
        return false;
    if (template->channel != CHANNEL_EMAIL)
        return true;
    return write_part(w, template, template->subject, values,
                      TEMPLATE_FOR_HEADER, &text->subject)
        && write_part(w, template, template->body, values, TEMPLATE_FOR_HTML,
                      &text->html);
}
