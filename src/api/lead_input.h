/*
 * lead_input: what a program may say of a lead, in rows of a shape: the fields
 * that mean the same when a lead is sent and when it is changed. What differs
 * stands in capture_api.c and lead_api_change.c.
 */
#ifndef LEAD_INPUT_H
#define LEAD_INPUT_H

#include "lib/http/shape.h"

#define LEAD_INPUT_LINE(field, says)                           \
    {                                                          \
        field, SHAPE_TEXT, SHAPE_NULLABLE, 2000, .about = says \
    }

#define LEAD_INPUT_NUMBER(field, kind, max, says)          \
    {                                                      \
        field, kind, SHAPE_NULLABLE, max, 0, .about = says \
    }

#define LEAD_INPUT_FIELDS                                                     \
    LEAD_INPUT_LINE("name", "Full name, as one text."),                       \
        { "email", SHAPE_EMAIL, SHAPE_NULLABLE, 320,                          \
          .about = "E-mail address." },                                       \
        LEAD_INPUT_LINE(                                                      \
            "phone", "Phone number, best with its country code: +82 10-..."), \
        LEAD_INPUT_LINE("company", "Company name."),                          \
        LEAD_INPUT_LINE("job_title", "Position in the company."),             \
        LEAD_INPUT_LINE("website", "Address of the company's site."),         \
        LEAD_INPUT_LINE("country", "Code or name, in English or Korean."),    \
        LEAD_INPUT_LINE("region", "State or province."),                      \
        LEAD_INPUT_LINE("city", "City."),                                     \
        LEAD_INPUT_LINE("postal_code", "Postal code."),                       \
        LEAD_INPUT_LINE("address", "Street address."),                        \
        LEAD_INPUT_LINE("language", "Code, tag or name."),                    \
        LEAD_INPUT_LINE("time_zone", "IANA time zone: Asia/Seoul."),          \
        LEAD_INPUT_LINE("ip", "Address the visitor came from."),              \
        LEAD_INPUT_LINE("campaign", "Campaign."),                             \
        LEAD_INPUT_LINE("medium", "Medium."),                                 \
        LEAD_INPUT_LINE("referrer", "Page that led to yours."),               \
        LEAD_INPUT_LINE("page", "Page the form was on."),                     \
        LEAD_INPUT_LINE("industry", "Industry."),                             \
        LEAD_INPUT_NUMBER("employees", SHAPE_INTEGER, 100000000,              \
                          "Number of employees."),                            \
        LEAD_INPUT_LINE("product", "Product or service of interest."),        \
        LEAD_INPUT_LINE("segment", "Customer segment."),                      \
        LEAD_INPUT_LINE("use_case", "What it shall be used for."),            \
        LEAD_INPUT_NUMBER("deal_value", SHAPE_NUMBER, 90000000000000,         \
                          "Expected value, in units of the currency."),       \
        LEAD_INPUT_LINE("birthday", "1990-12-31"),                            \
        LEAD_INPUT_LINE("next_step", "What to do next."),                     \
    {                                                                         \
        "message", SHAPE_TEXT, SHAPE_NULLABLE, 20000,                         \
            .about = "What the person wrote."                                 \
    }

#endif
