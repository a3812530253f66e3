/*
 * mapping_names: the names that people and other programs give to columns,
 * in English and Korean, without case, spaces and signs. Only names that
 * leave no doubt: a bare "id" may be a row number, and two files with row
 * numbers would be taken for the same leads.
 */
#include "src/capture/mapping.h"

/* Names are between spaces. */
static const struct {
    int to;
    const char *names;
} usual[] = {
    { LEAD_NAME, " name fullname contactname leadname personname customername "
                 "contact 이름 성명 성함 고객명 고객이름 담당자 담당자명 " },
    { MAPPING_FIRST_NAME, " firstname givenname forename " },
    { MAPPING_LAST_NAME, " lastname surname familyname 성 " },
    { LEAD_EMAIL,
      " email emailaddress mail workemail businessemail primaryemail "
      "personemail personemailwork emailid 이메일 이메일주소 메일 메일주소 "
      "전자우편 " },
    { LEAD_PHONE,
      " phone phonenumber mobile mobilephone mobilenumber cell cellphone "
      "telephone telephonenumber tel workphone contactnumber personphone "
      "personphonemobile personphonework 전화 전화번호 연락처 휴대폰 "
      "휴대폰번호 휴대전화 휴대전화번호 핸드폰 핸드폰번호 " },
    { LEAD_COMPANY, " company companyname companyaccount account accountname "
                    "organization organisation organizationname "
                    "associatedcompany employer 회사 회사명 업체명 기업명 "
                    "상호 소속 법인명 " },
    { LEAD_JOB_TITLE, " title jobtitle position 직책 직함 직위 직급 " },
    { LEAD_WEBSITE, " website websiteurl companywebsite homepage url 홈페이지 "
                    "웹사이트 " },
    { LEAD_COUNTRY, " country countryregion countrycode 국가 나라 " },
    { LEAD_REGION, " state stateregion stateprovince region province 지역 "
                   "시도 " },
    { LEAD_CITY, " city town 도시 시군구 " },
    { LEAD_POSTAL_CODE, " postalcode zip zipcode postcode zippostalcode "
                        "우편번호 " },
    { LEAD_ADDRESS, " address street streetaddress address1 addressline1 "
                    "organizationaddress 주소 " },
    { LEAD_LANGUAGE, " language preferredlanguage 언어 " },
    { LEAD_TIME_ZONE, " timezone 시간대 " },
    { LEAD_IP, " ip ipaddress " },
    { LEAD_SOURCE, " source leadsource originalsource utmsource 유입경로 "
                   "유입채널 출처 " },
    { LEAD_CAMPAIGN, " campaign campaignname utmcampaign 캠페인 캠페인명 " },
    { LEAD_MEDIUM, " medium utmmedium 매체 " },
    { LEAD_REFERRER, " referrer referer " },
    { LEAD_PAGE, " page pageurl landingpage " },
    { LEAD_INDUSTRY, " industry sector 업종 산업 산업군 " },
    { LEAD_EMPLOYEES, " employees numberofemployees noofemployees "
                      "employeecount 직원수 사원수 임직원수 " },
    { LEAD_PRODUCT, " product productname productofinterest 제품 제품명 상품 "
                    "상품명 관심제품 관심상품 " },
    { LEAD_SEGMENT, " segment customersegment 세그먼트 고객군 " },
    { LEAD_USE_CASE, " usecase 용도 " },
    { LEAD_DEAL_VALUE, " dealvalue amount expectedvalue budget 예상금액 "
                       "예산 " },
    { LEAD_CURRENCY, " currency currencycode dealcurrencyofvalue 통화 " },
    { LEAD_TAGS, " tags tag labels label deallabel 태그 " },
    { LEAD_MESSAGE, " message comment comments description inquiry enquiry "
                    "question 문의 문의내용 내용 메모 비고 요청사항 " },
    { LEAD_BIRTHDAY, " birthday birthdate dateofbirth dob 생일 생년월일 " },
    { LEAD_NEXT_STEP, " nextstep 다음단계 " },
    { LEAD_EXTERNAL_ID, " recordid leadid externalid prospectid hsobjectid " },
};

static int
usual_of(struct str key)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct str rest = str_of(usual[i].names);
        struct str name;
        while (str_next(&rest, ' ', &name))
            if (!str_is_empty(name) && str_equal(name, key))
                return usual[i].to;
    }
    return -1;
}

/* Some programs say of every column that it is a property. */
int
mapping_usual(struct str key)
{
    int to = usual_of(key);

    return to < 0 && str_starts(key, STR("property"))
             ? usual_of(str_slice(key, 8, key.bytes))
             : to;
}

static bool
is_sign(unsigned char c)
{
    return c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9');
}

/* En and em dash: "Person – Name". */
static bool
is_dash(struct str rest)
{
    return str_starts(rest, STR("\u2013")) || str_starts(rest, STR("\u2014"));
}

struct str
mapping_key(struct arena *arena, struct str header)
{
    struct str folded = fold_text(arena, header);
    struct text text = text_new(arena);

    for (size_t i = 0; i < folded.bytes; i++) {
        if (is_dash(str_slice(folded, i, folded.bytes)))
            i += 2;
        else if (!is_sign((unsigned char)folded.data[i]))
            text_add_char(&text, folded.data[i]);
    }
    return text_str(&text);
}
