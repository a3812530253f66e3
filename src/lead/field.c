/*
 * field: the table of a lead's built-in fields. Conditions, lists, imports,
 * forms and the API's description read it; nothing else lists fields.
 */
#include "src/lead/lead.h"

#define TEXT(field, about)                                                 \
    {                                                                      \
#field, FIELD_TEXT, #field, about, NULL, .names = lead_field_names \
    }
#define NAMED(field, spelled, about)                                        \
    {                                                                       \
#field, FIELD_TEXT, #field, about, NULL, .names = lead_field_names, \
                                                 .spelling = spelled        \
    }
#define NUMBER(field, about)                                                 \
    {                                                                        \
#field, FIELD_NUMBER, #field, about, NULL, .names = lead_field_names \
    }

const struct field lead_fields[LEAD_FIELD_COUNT + 1] = {
    [LEAD_NAME] = TEXT(name, "Full name, as one text."),
    [LEAD_EMAIL] = TEXT(email, "E-mail address."),
    [LEAD_PHONE] = TEXT(phone, "Phone number; kept as E.164 when it is one."),
    [LEAD_COMPANY] = TEXT(company, "Company name."),
    [LEAD_JOB_TITLE] = TEXT(job_title, "Position in the company."),
    [LEAD_WEBSITE] = TEXT(website, "Address of the company's site."),
    [LEAD_COUNTRY] =
        NAMED(country, lead_country_spelling, "Country, ISO 3166-1 alpha-2."),
    [LEAD_REGION] = NAMED(region, lead_region_spelling,
                          "State or province, ISO 3166-2 if known."),
    [LEAD_CITY] = NAMED(city, lead_city_spelling, "City, as it was written."),
    [LEAD_POSTAL_CODE] = TEXT(postal_code, "Postal code."),
    [LEAD_ADDRESS] = TEXT(address, "Street address."),
    [LEAD_LANGUAGE] =
        NAMED(language, lead_language_spelling, "Language, BCP 47."),
    [LEAD_TIME_ZONE] = TEXT(time_zone, "IANA time zone."),
    [LEAD_IP] = { "ip", FIELD_TEXT, "ip", "Address the visitor came from.",
                  NULL, .address = "ip_key", .names = lead_field_names },
    [LEAD_SOURCE] = TEXT(source, "Where the lead came from."),
    [LEAD_CAMPAIGN] = TEXT(campaign, "Campaign."),
    [LEAD_MEDIUM] = TEXT(medium, "Medium: cpc, mail, social, ..."),
    [LEAD_REFERRER] = TEXT(referrer, "Page that led to ours."),
    [LEAD_PAGE] = TEXT(page, "Page the form was on."),
    [LEAD_INDUSTRY] = TEXT(industry, "Industry."),
    [LEAD_EMPLOYEES] = NUMBER(employees, "Number of employees."),
    [LEAD_PRODUCT] = TEXT(product, "Product or service of interest."),
    [LEAD_SEGMENT] = TEXT(segment, "Customer segment."),
    [LEAD_USE_CASE] = TEXT(use_case, "What the product shall be used for."),
    [LEAD_DEAL_VALUE] = { "deal_value", FIELD_NUMBER, "deal_value",
                          "Expected value, in units of the currency.", NULL,
                          .decimals = AMOUNT_DECIMALS },
    [LEAD_CURRENCY] = TEXT(currency, "Currency, ISO 4217."),
    [LEAD_TAGS] = { "tags", FIELD_TAGS, "tags", "Tags.", NULL,
                    .names = lead_field_names },
    [LEAD_MESSAGE] = TEXT(message, "What the person wrote."),
    [LEAD_BIRTHDAY] = TEXT(birthday, "Date of birth, 1990-12-31."),
    [LEAD_NEXT_STEP] = TEXT(next_step, "What to do next."),
    [LEAD_EXTERNAL_ID] = TEXT(external_id, "The source's own id."),
    [LEAD_STAGE] = TEXT(stage, "Stage of the pipeline."),
    [LEAD_OWNER] = { "owner", FIELD_ID, "owner_id", "Rep or queue.", NULL },
    [LEAD_ACCOUNT] = { "account", FIELD_ID, "account_id",
                       "The company behind it.", NULL,
                       .names = lead_field_names },
    [LEAD_SCORE] = NUMBER(score, "Sum of the score's lines."),
    [LEAD_CREATED_AT] = { "created_at", FIELD_TIME, "created_ms",
                          "When it was captured.", NULL },
    [LEAD_UPDATED_AT] = { "updated_at", FIELD_TIME, "updated_ms",
                          "When it last changed.", NULL },
    [LEAD_ASSIGNED_AT] = { "assigned_at", FIELD_TIME, "assigned_ms",
                           "When its owner got it.", NULL },
    [LEAD_FIRST_RESPONSE_AT] = { "first_response_at", FIELD_TIME,
                                 "first_response_ms", "First answer.", NULL },
    [LEAD_RESPONSE_DUE_AT] = { "response_due_at", FIELD_TIME, "response_due_ms",
                               "Promised answer.", NULL },
    [LEAD_RETURNS] = NUMBER(returns, "How often the person came again."),
    [LEAD_TOUCHES] = NUMBER(touches, "How often somebody did something."),
    [LEAD_TOUCH_KINDS] = { "touch_kinds", FIELD_TAGS, "touch_kinds",
                           "What has been done: call, email, meeting, ...",
                           NULL },
    [LEAD_LAST_RETURN_AT] = { "last_return_at", FIELD_TIME, "last_return_ms",
                              "When the person last came again.", NULL },
    [LEAD_LAST_TOUCH_AT] = { "last_touch_at", FIELD_TIME, "last_touch_ms",
                             "When somebody last did something.", NULL },
};

int
lead_field_find(struct str name)
{
    for (int i = 0; i < LEAD_FIELD_COUNT; i++)
        if (str_is(name, lead_fields[i].name))
            return i;
    return -1;
}
