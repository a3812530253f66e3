/*
 * mapping_labels: what columns are called in tables that we write, so that an
 * import knows them again: the fields that are given, and what else a lead's
 * record shows, which no table can say of a lead.
 */
#include "src/capture/mapping.h"

static const struct {
    struct str english;
    struct str korean;
} labels[LEAD_GIVEN_COUNT] = {
    [LEAD_NAME] = { STR_INIT("Name"), STR_INIT("이름") },
    [LEAD_EMAIL] = { STR_INIT("E-mail"), STR_INIT("이메일") },
    [LEAD_PHONE] = { STR_INIT("Phone"), STR_INIT("전화번호") },
    [LEAD_COMPANY] = { STR_INIT("Company"), STR_INIT("회사") },
    [LEAD_JOB_TITLE] = { STR_INIT("Position"), STR_INIT("직책") },
    [LEAD_WEBSITE] = { STR_INIT("Website"), STR_INIT("웹사이트") },
    [LEAD_COUNTRY] = { STR_INIT("Country"), STR_INIT("국가") },
    [LEAD_REGION] = { STR_INIT("State or province"), STR_INIT("시/도") },
    [LEAD_CITY] = { STR_INIT("City"), STR_INIT("도시") },
    [LEAD_POSTAL_CODE] = { STR_INIT("Postal code"), STR_INIT("우편번호") },
    [LEAD_ADDRESS] = { STR_INIT("Address"), STR_INIT("주소") },
    [LEAD_LANGUAGE] = { STR_INIT("Language"), STR_INIT("언어") },
    [LEAD_TIME_ZONE] = { STR_INIT("Time zone"), STR_INIT("시간대") },
    [LEAD_IP] = { STR_INIT("IP address"), STR_INIT("IP 주소") },
    [LEAD_SOURCE] = { STR_INIT("Source"), STR_INIT("유입 경로") },
    [LEAD_CAMPAIGN] = { STR_INIT("Campaign"), STR_INIT("캠페인") },
    [LEAD_MEDIUM] = { STR_INIT("Medium"), STR_INIT("매체") },
    [LEAD_REFERRER] = { STR_INIT("Referrer"), STR_INIT("이전 페이지") },
    [LEAD_PAGE] = { STR_INIT("Page"), STR_INIT("문의 페이지") },
    [LEAD_INDUSTRY] = { STR_INIT("Industry"), STR_INIT("업종") },
    [LEAD_EMPLOYEES] = { STR_INIT("Number of employees"), STR_INIT("직원 수") },
    [LEAD_PRODUCT] = { STR_INIT("Product or service"),
                       STR_INIT("관심 제품 또는 서비스") },
    [LEAD_SEGMENT] = { STR_INIT("Segment"), STR_INIT("고객 구분") },
    [LEAD_USE_CASE] = { STR_INIT("Use case"), STR_INIT("용도") },
    [LEAD_DEAL_VALUE] = { STR_INIT("Deal value"), STR_INIT("예상 금액") },
    [LEAD_CURRENCY] = { STR_INIT("Currency"), STR_INIT("통화") },
    [LEAD_TAGS] = { STR_INIT("Tags"), STR_INIT("태그") },
    [LEAD_MESSAGE] = { STR_INIT("Message"), STR_INIT("문의 내용") },
    [LEAD_BIRTHDAY] = { STR_INIT("Birthday"), STR_INIT("생년월일") },
    [LEAD_NEXT_STEP] = { STR_INIT("Next step"), STR_INIT("다음 단계") },
    [LEAD_EXTERNAL_ID] = { STR_INIT("External id"),
                           STR_INIT("외부 고객 번호") },
};

#define SHOWN(name, english, korean)                                       \
    {                                                                      \
        name, STR_INIT("lead." name), STR_INIT(english), STR_INIT(korean), \
            false                                                          \
    }
#define OBJECT(name, english, korean)                                      \
    {                                                                      \
        name, STR_INIT("lead." name), STR_INIT(english), STR_INIT(korean), \
            true                                                           \
    }

const struct mapping_record_column mapping_record_columns[] = {
    SHOWN("id", "Lead: id", "리드: 번호"),
    SHOWN("stage", "Lead: stage", "리드: 단계"),
    SHOWN("owner", "Lead: owner", "리드: 담당자"),
    SHOWN("account", "Lead: account", "리드: 고객사"),
    SHOWN("score", "Lead: score", "리드: 점수"),
    SHOWN("created_at", "Lead: created", "리드: 접수 시각"),
    SHOWN("updated_at", "Lead: changed", "리드: 변경 시각"),
    SHOWN("assigned_at", "Lead: assigned", "리드: 배정 시각"),
    SHOWN("first_response_at", "Lead: first answer", "리드: 첫 응답 시각"),
    SHOWN("response_due_at", "Lead: answer due", "리드: 응답 기한"),
    SHOWN("returns", "Lead: returns", "리드: 재문의 수"),
    SHOWN("touches", "Lead: touches", "리드: 활동 수"),
    SHOWN("touch_kinds", "Lead: kinds of touches", "리드: 활동 종류"),
    SHOWN("last_return_at", "Lead: last return", "리드: 마지막 재문의"),
    SHOWN("last_touch_at", "Lead: last touch", "리드: 마지막 활동"),
    OBJECT("consent", "Lead: consent", "리드: 동의"),
    OBJECT("social", "Lead: social", "리드: 소셜"),
    OBJECT("custom", "Lead: other fields", "리드: 그 밖의 항목"),
    { .name = NULL },
};

struct str
mapping_label(int field, bool korean)
{
    return korean ? labels[field].korean : labels[field].english;
}

/* To the letter: "Lead ID" is somebody else's. */
const struct mapping_record_column *
mapping_record_find(struct str header)
{
    for (const struct mapping_record_column *column = mapping_record_columns;
         column->name != NULL; column++)
        if (str_equal(header, column->header)
            || str_equal(header, column->label_en)
            || str_equal(header, column->label_ko))
            return column;
    return NULL;
}
