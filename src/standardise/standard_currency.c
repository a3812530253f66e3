/* standard_currency: see standard_currency.h. */
#include "src/standardise/standard_currency.h"

#include "src/standardise/standard_table.h"
#include "src/standardise/standard_unicode.h"

enum { GIVEN_BYTES_MAX = 200 };

static const struct standard_reason UNKNOWN = {
    "currency_unknown",
    "No currency is known by this name, code or sign; USD or $ would be one."
};

/* A sign, who it is for, and who else uses it. */
struct sign {
    struct str text;
    const char *code;
    const char *also; /* codes, three letters each; "" for nobody */
};

static const struct sign signs[] = {
    { STR_INIT("$"), "USD", "CADAUDNZDSGDHKDTWDMXNCLPCOPARS" },
    { STR_INIT("＄"), "USD", "CADAUDNZDSGDHKDTWDMXNCLPCOPARS" },
    { STR_INIT("¥"), "JPY", "CNY" },
    { STR_INIT("￥"), "JPY", "CNY" },
    { STR_INIT("£"), "GBP", "EGPFKPGIP" },
    { STR_INIT("€"), "EUR", "" },
    { STR_INIT("₩"), "KRW", "" },
    { STR_INIT("￦"), "KRW", "" },
    { STR_INIT("\\"), "KRW", "JPY" }, /* the sign of old Korean code pages */
    { STR_INIT("₹"), "INR", "" },
    { STR_INIT("₽"), "RUB", "" },
    { STR_INIT("₫"), "VND", "" },
    { STR_INIT("₺"), "TRY", "" },
    { STR_INIT("฿"), "THB", "" },
    { STR_INIT("₱"), "PHP", "" },
    { STR_INIT("₪"), "ILS", "" },
    { STR_INIT("₴"), "UAH", "" },
    { STR_INIT("₦"), "NGN", "" },
    { STR_INIT("US$"), "USD", "" },
    { STR_INIT("C$"), "CAD", "" },
    { STR_INIT("CA$"), "CAD", "" },
    { STR_INIT("A$"), "AUD", "" },
    { STR_INIT("AU$"), "AUD", "" },
    { STR_INIT("NZ$"), "NZD", "" },
    { STR_INIT("S$"), "SGD", "" },
    { STR_INIT("HK$"), "HKD", "" },
    { STR_INIT("NT$"), "TWD", "" },
    { STR_INIT("MX$"), "MXN", "" },
    { STR_INIT("R$"), "BRL", "" },
    { STR_INIT("Rs"), "INR", "PKRLKRNPR" },
    { STR_INIT("Rs."), "INR", "PKRLKRNPR" },
    { STR_INIT("Rp"), "IDR", "" },
    { STR_INIT("RM"), "MYR", "" },
    { STR_INIT("zł"), "PLN", "" },
    { STR_INIT("kr"), "SEK", "NOKDKKISK" },
    { STR_INIT("Fr."), "CHF", "" },
};

static struct str
code_of(const struct sign *sign, struct str usual)
{
    struct str also = str_of(sign->also);

    for (size_t i = 0; i + 3 <= also.bytes; i += 3)
        if (str_equal(str_slice(also, i, i + 3), usual))
            return usual;
    return str_of(sign->code);
}

static struct str
code_of_sign(struct str s, struct str usual)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_equal_ascii_case(signs[i].text, s))
            return code_of(&signs[i], usual);
    return STR_NONE;
}

bool
standard_currency(struct arena *arena, struct str given, struct str usual,
                  struct standard_currency *out)
{
    struct str s = str_trim(given);
    size_t count;

    *out = (struct standard_currency){ .why = &UNKNOWN };
    if (s.bytes == 0 || s.bytes > GIVEN_BYTES_MAX)
        return false;

    struct str code = code_of_sign(s, usual);
    const struct standard_row *row = standard_table_find(
        &standard_currencies, standard_fold(arena, code.bytes > 0 ? code : s),
        &count);
    if (row == NULL)
        return false;
    *out = (struct standard_currency){ str_of(row->code), row->number, NULL };
    return true;
}
