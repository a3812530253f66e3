// phone_shim: see phone_shim.h. No exception leaves this file.
#include "src/standardise/phone_shim.h"

#include <cstring>
#include <set>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

template <size_t N>
static bool
put(char (&to)[N], const std::string &from)
{
    if (from.size() >= N)
        return false;
    std::memcpy(to, from.c_str(), from.size() + 1);
    return true;
}

static bool
describe(const PhoneNumber &number, phone_shim_number *out)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    std::string e164, region;

    util.Format(number, PhoneNumberUtil::E164, &e164);
    util.GetRegionCodeForNumber(number, &region);
    if (region == "ZZ")
        region.clear();
    out->is_valid =
        !region.empty() && util.IsValidNumberForRegion(number, region);
    out->is_possible = out->is_valid
                    || util.IsPossibleNumberWithReason(number)
                           == PhoneNumberUtil::IS_POSSIBLE;
    return put(out->e164, e164) && put(out->region, region)
        && put(out->extension, number.extension());
}

static phone_fault
fault_of(PhoneNumberUtil::ErrorType error)
{
    switch (error) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
        return PHONE_READ;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
        return PHONE_NO_COUNTRY;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
        return PHONE_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG_NSN:
        return PHONE_TOO_LONG;
    default:
        return PHONE_NOT_A_NUMBER;
    }
}

void
phone_shim_read(const char *text, size_t bytes, const char *region,
                phone_shim_number *out)
{
    *out = phone_shim_number();
    try {
        PhoneNumber number;
        out->fault = fault_of(PhoneNumberUtil::GetInstance()->Parse(
            std::string(text, bytes), region, &number));
        if (out->fault == PHONE_READ && !describe(number, out))
            out->fault = PHONE_LIBRARY_FAILED;
    } catch (...) {
        out->fault = PHONE_LIBRARY_FAILED;
    }
}

void
phone_shim_check(int country_code, uint64_t national, phone_shim_number *out)
{
    *out = phone_shim_number();
    try {
        PhoneNumber number;
        number.set_country_code(country_code);
        number.set_national_number(national);
        if (!describe(number, out))
            out->fault = PHONE_LIBRARY_FAILED;
    } catch (...) {
        out->fault = PHONE_LIBRARY_FAILED;
    }
}

bool
phone_shim_has_country_code(int country_code)
{
    try {
        std::string region;
        PhoneNumberUtil::GetInstance()->GetRegionCodeForCountryCode(
            country_code, &region);
        return region != "ZZ";
    } catch (...) {
        return false;
    }
}
