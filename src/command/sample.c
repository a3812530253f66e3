/*
 * sample: four people and a few leads, taken in as any lead is, so that
 * rules, decisions and timelines have something to show. The addresses are
 * in a domain that nobody can own (RFC 6761).
 */
#include "src/command/sample.h"

#include "src/api/team_api.h"
#include "src/lifecycle.h"
#include "src/standardise/standardise.h"

static const struct {
    struct str name;
    struct str email;
    enum role role;
} people[] = {
    { STR_INIT("Mina Park (sample)"), STR_INIT("mina@sample.test"),
      ROLE_MANAGER },
    { STR_INIT("Ana Torres (sample)"), STR_INIT("ana@sample.test"), ROLE_REP },
    { STR_INIT("Bo Lindqvist (sample)"), STR_INIT("bo@sample.test"), ROLE_REP },
    { STR_INIT("Jun Choi (sample)"), STR_INIT("jun@sample.test"), ROLE_REP },
};

static const char *const leads[] = {
    "{\"name\": \"Kim Seo-yeon\", \"email\": \"seoyeon.kim@sample.test\","
    " \"company\": \"Hanok Kitchens\", \"country\": \"KR\","
    " \"city\": \"Seoul\", \"product\": \"Kitchen remodelling\","
    " \"deal_value\": 24000000, \"currency\": \"KRW\", \"source\": \"sample\","
    " \"message\": \"We would like a quote before the end of the month.\"}",
    "{\"name\": \"Lee Do-hyun\", \"email\": \"dohyun.lee@sample.test\","
    " \"company\": \"Busan Harbour Logistics\", \"country\": \"KR\","
    " \"city\": \"Busan\", \"employees\": 240, \"source\": \"sample\","
    " \"message\": \"Can somebody call us about your service plans?\"}",
    "{\"name\": \"Grace Okafor\", \"email\": \"grace@sample.test\","
    " \"company\": \"Okafor Interiors\", \"country\": \"GB\","
    " \"city\": \"London\", \"product\": \"Office fit-out\","
    " \"deal_value\": 18000, \"currency\": \"GBP\", \"source\": \"sample\"}",
    "{\"name\": \"Tanaka Haruto\", \"email\": \"haruto@sample.test\","
    " \"country\": \"JP\", \"city\": \"Osaka\", \"source\": \"sample\","
    " \"message\": \"Do you deliver to Osaka?\"}",
    "{\"name\": \"Maria Silva\", \"email\": \"maria@sample.test\","
    " \"company\": \"Silva & Filhos\", \"country\": \"BR\","
    " \"employees\": 12, \"source\": \"sample\"}",
    "{\"name\": \"Park Ji-woo\", \"email\": \"jiwoo.park@sample.test\","
    " \"country\": \"KR\", \"product\": \"Bathroom remodelling\","
    " \"deal_value\": 9000000, \"currency\": \"KRW\","
    " \"source\": \"sample\"}",
};

static bool
add_people(struct work *w)
{
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct person person = {
            .email = people[i].email,
            .name = people[i].name,
            .role = people[i].role,
            .active = true,
            .zone_text = STR("Asia/Seoul"),
            .open_leads_max = -1,
            .day_leads_max = -1,
            .weight = 1,
        };
        if (!team_person_add(w, &person))
            return false;
    }
    return true;
}

static bool
add_lead(struct work *w, struct str text)
{
    const struct standardise_settings settings = { .strict = true };
    struct json_error error;
    const struct json *json = json_parse(w->arena, text, &error);
    struct submission submission = {
        .id = work_id(w),
        .content_type = STR("application/json"),
        .body = text,
        .manner = SENT_IN_LIST,
    };
    struct lead_facts facts;
    struct intake intake;

    return standardise(w, json, STR(""), &settings, &facts)
        && lifecycle_intake(w, &submission, &facts, &intake);
}

bool
sample_fill(struct work *w)
{
    if (!add_people(w))
        return false;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (!add_lead(w, str_of(leads[i])))
            return false;
    return true;
}
