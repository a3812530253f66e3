/* Whatever is written in a field, no leaf may crash, and what it gives keeps
 * its promises. */
#include <assert.h>

#include "src/standardise/standard_currency.h"
#include "src/standardise/standard_domain.h"
#include "src/standardise/standard_email.h"
#include "src/standardise/standard_language.h"
#include "src/standardise/standard_money.h"
#include "src/standardise/standard_name.h"
#include "src/standardise/standard_number.h"
#include "src/standardise/standard_phone.h"
#include "src/standardise/standard_place.h"
#include "src/standardise/standard_text.h"
#include "src/standardise/standard_time_text.h"
#include "src/standardise/standard_unicode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An address is read as itself, with the same key. */
static void
check_email(struct arena *arena, struct str given)
{
    struct standard_email first, again;

    if (!standard_email(arena, given, &first)) {
        assert(first.why != NULL && first.key.data == NULL);
        return;
    }
    assert(standard_email(arena, first.address, &again));
    assert(str_equal(first.key, again.key));
    assert(first.key.bytes <= 254);
}

static void
check_phone(struct arena *arena, struct str given)
{
    struct standard_phone phone, again;

    assert(standard_phone(arena, given, STR("KR"), &phone)
           == (phone.why == NULL));
    if (!phone.is_valid)
        return;
    standard_phone(arena, phone.e164, STR_NONE, &again);
    assert(again.is_valid && str_equal(phone.e164, again.e164));
}

static void
check_domain(struct arena *arena, struct str given)
{
    struct standard_domain first, again;

    if (!standard_domain(arena, given, &first))
        return;
    assert(standard_domain(arena, first.domain, &again));
    assert(str_equal(first.domain, again.domain));
}

static void
check_words(struct arena *arena, struct str given)
{
    struct standard_name name, name_again;
    struct standard_text text, text_again;

    if (standard_name(arena, given, &name)) {
        assert(str_is_utf8(name.name));
        assert(standard_name(arena, name.name, &name_again));
        assert(str_equal(name.name, name_again.name));
    }
    if (standard_text(arena, given, 20, &text)) {
        assert(str_is_utf8(text.text));
        assert(standard_text(arena, text.text, 20, &text_again));
        assert(str_equal(text.text, text_again.text));
    }
}

static void
check_rest(struct arena *arena, struct str given)
{
    struct standard_language language;
    struct standard_currency currency;
    struct standard_money money;
    struct standard_number number;
    struct standard_time time;
    const struct standard_reason *why;
    struct str code;

    assert(standard_country(arena, given, &code, &why) == (why == NULL));
    assert(standard_region(arena, given, STR_NONE, &code, &why)
           == (why == NULL));
    assert(standard_language(arena, given, &language)
           == (language.why == NULL));
    assert(standard_currency(arena, given, STR("USD"), &currency)
           == (currency.why == NULL));
    assert(standard_money(arena, given, STR("KRW"), &money)
           == (money.why == NULL));
    assert(standard_number(arena, given, &number) == (number.why == NULL));
    for (int order = 0; order <= DATE_ORDER_YEAR_FIRST; order++)
        assert(standard_time_text(arena, given, (enum standard_date_order)order,
                                  NULL, &time)
               == (time.why == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str given = { (const char *)data, size };
    struct arena arena;

    arena_init(&arena);
    check_email(&arena, given);
    check_phone(&arena, given);
    check_domain(&arena, given);
    check_words(&arena, given);
    check_rest(&arena, given);
    arena_free(&arena);
    return 0;
}
