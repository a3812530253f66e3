/* person: see person.h. */
#include "test/load/person.h"

#include <assert.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Mobile numbers of a country: `room` of them from `lowest` on. */
struct country {
    struct str code;
    struct str dial;
    int64_t lowest;
    int64_t room; /* of the form 2^a 5^b: see mixed */
};

static const struct country countries[] = {
    { STR_INIT("KR"), STR_INIT("+82"), 1020000000, 80000000 },
    { STR_INIT("JP"), STR_INIT("+81"), 9010000000, 80000000 },
    { STR_INIT("US"), STR_INIT("+1"), 4152000000, 8000000 },
    { STR_INIT("DE"), STR_INIT("+49"), 15110000000, 80000000 },
    { STR_INIT("GB"), STR_INIT("+44"), 7400000000, 80000000 },
    { STR_INIT("FR"), STR_INIT("+33"), 610000000, 80000000 },
    { STR_INIT("SG"), STR_INIT("+65"), 81000000, 8000000 },
    { STR_INIT("AU"), STR_INIT("+61"), 410000000, 80000000 },
    { STR_INIT("IN"), STR_INIT("+91"), 9810000000, 80000000 },
    { STR_INIT("BR"), STR_INIT("+55"), 11910000000, 80000000 },
};

static const struct str given_names[] = {
    STR_INIT("Minji"),   STR_INIT("Haruto"), STR_INIT("Olivia"),
    STR_INIT("Lukas"),   STR_INIT("Amelia"), STR_INIT("Chloe"),
    STR_INIT("Wei"),     STR_INIT("Noah"),   STR_INIT("Priya"),
    STR_INIT("Mateus"),  STR_INIT("Jiwoo"),  STR_INIT("Sakura"),
    STR_INIT("Ethan"),   STR_INIT("Hannah"), STR_INIT("Oscar"),
    STR_INIT("Camille"),
};
static const struct str family_names[] = {
    STR_INIT("Kim"),     STR_INIT("Tanaka"),  STR_INIT("Johnson"),
    STR_INIT("Schmidt"), STR_INIT("Evans"),   STR_INIT("Moreau"),
    STR_INIT("Tan"),     STR_INIT("Nguyen"),  STR_INIT("Sharma"),
    STR_INIT("Almeida"), STR_INIT("Park"),    STR_INIT("Suzuki"),
    STR_INIT("Miller"),  STR_INIT("Fischer"), STR_INIT("Walker"),
    STR_INIT("Laurent"),
};
static const struct str korean_names[] = {
    STR_INIT("김민지"), STR_INIT("이서준"), STR_INIT("박지우"),
    STR_INIT("최하은"), STR_INIT("정도윤"), STR_INIT("강서연"),
    STR_INIT("조시우"), STR_INIT("윤지호"),
};
static const struct str company_heads[] = {
    STR_INIT("Northwind"), STR_INIT("Hanbit"),   STR_INIT("Aurora"),
    STR_INIT("Sakai"),     STR_INIT("Bergmann"), STR_INIT("Lumiere"),
    STR_INIT("Redgum"),    STR_INIT("Ganges"),   STR_INIT("Ipanema"),
    STR_INIT("Merlion"),   STR_INIT("Oakfield"), STR_INIT("Silverline"),
};
static const struct str company_tails[] = {
    STR_INIT("Logistics"), STR_INIT("Foods"),   STR_INIT("Robotics"),
    STR_INIT("Interiors"), STR_INIT("Health"),  STR_INIT("Software"),
    STR_INIT("Trading"),   STR_INIT("Systems"),
};
static const struct str products[] = {
    STR_INIT("Kitchen remodel"),  STR_INIT("Office fit-out"),
    STR_INIT("Solar roof"),       STR_INIT("Heat pump"),
    STR_INIT("Fleet tracking"),   STR_INIT("Payroll"),
    STR_INIT("Warehouse robots"), STR_INIT("Support plan"),
};
static const struct str sources[] = {
    STR_INIT("Website form"), STR_INIT("Trade fair"), STR_INIT("Partner"),
    STR_INIT("Newsletter"),   STR_INIT("Search ad"),
};
static const struct str openings[] = {
    STR_INIT("We are looking for an offer for our new site."),
    STR_INIT("A colleague recommended you to us last week."),
    STR_INIT("Could somebody call me about your prices soon?"),
    STR_INIT("We saw your stand and would like to know more."),
};
static const struct str middles[] = {
    STR_INIT(" There are about 40 of us in two places."),
    STR_INIT(" Our budget is approved for this quarter."),
    STR_INIT(" We have to decide before the end of May."),
    STR_INIT(" The present contract ends in ten weeks."),
};
static const struct str endings[] = {
    STR_INIT(" Mornings suit me best, thank you."),
    STR_INIT(" Please write in English or Korean."),
    STR_INIT(" A short visit would be fine too."),
    STR_INIT(" Do you have references to look at?"),
};

/* Every number of 0 .. room-1 once, in no visible order: the factor has no
 * divisor in common with the room. */
static int64_t
mixed(int64_t number, int64_t room)
{
    return (int64_t)((uint64_t)number * 7368787 % (uint64_t)room);
}

static struct str
one_of(struct random *random, const struct str *list, size_t count)
{
    return list[random_next(random) % count];
}
#define ONE_OF(random, list) one_of((random), (list), COUNT(list))

static void
add_name(struct text *text, struct random *random, struct str given,
         struct str family, bool korean)
{
    if (korean) {
        text_add(text, ONE_OF(random, korean_names));
        return;
    }
    text_add(text, given);
    text_add_char(text, ' ');
    text_add(text, family);
}

static void
add_message(struct text *text, struct random *random)
{
    text_add(text, ONE_OF(random, openings));
    text_add(text, ONE_OF(random, middles));
    text_add(text, ONE_OF(random, endings));
}

void
person_write_lead(struct text *text, struct random *random, int64_t number)
{
    assert(number >= 0 && number < PERSON_NUMBERS);
    const struct country *country =
        &countries[(size_t)number % COUNT(countries)];
    int64_t phone = country->lowest
                  + mixed(number / (int64_t)COUNT(countries), country->room);
    struct str given = ONE_OF(random, given_names);
    struct str family = ONE_OF(random, family_names);
    struct str head = ONE_OF(random, company_heads);
    uint64_t dice = random_next(random);

    text_add(text, STR("{\"name\":\""));
    add_name(text, random, given, family, country == countries);
    text_add(text, STR("\",\"email\":\""));
    text_add(text, given);
    text_add_char(text, '.');
    text_add(text, family);
    text_add_int(text, mixed(number, PERSON_NUMBERS));
    text_add_char(text, '@');
    text_add(text, head);
    text_add(text, STR(".test\",\"phone\":\""));
    text_add(text, country->dial);
    text_add_int(text, phone);
    text_add(text, STR("\",\"company\":\""));
    text_add(text, head);
    text_add_char(text, ' ');
    text_add(text, ONE_OF(random, company_tails));
    text_add_char(text, ' ');
    text_add_int(text, (int64_t)(dice >> 32) % 500 + 1);
    text_add(text, STR("\",\"country\":\""));
    text_add(text, country->code);
    text_add(text, STR("\",\"product\":\""));
    text_add(text, ONE_OF(random, products));
    text_add(text, STR("\",\"deal_value\":"));
    text_add_int(text, (int64_t)(dice & 0xffffffff) % 1000 * 100 + 500);
    text_add(text, STR(",\"source\":\""));
    text_add(text, ONE_OF(random, sources));
    text_add(text, STR("\",\"message\":\""));
    add_message(text, random);
    text_add(text, STR("\"}"));
}
