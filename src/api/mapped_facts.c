/* mapped_facts: see mapped_facts.h. */
#include "src/api/mapped_facts.h"

#include <assert.h>

#include "lib/time/zone.h"
#include "src/standardise/standard_time_text.h"
#include "src/standardise/standardise.h"

/* Dates as people write them; standardise takes 1990-12-31 alone. */
static const struct json *
with_date(struct arena *arena, const struct mapping_file *file,
          const struct json *given)
{
    static const enum standard_date_order orders[] = {
        [MAPPING_DATE_UNKNOWN] = DATE_ORDER_UNKNOWN,
        [MAPPING_DAY_FIRST] = DATE_ORDER_DAY_FIRST,
        [MAPPING_MONTH_FIRST] = DATE_ORDER_MONTH_FIRST,
        [MAPPING_YEAR_FIRST] = DATE_ORDER_YEAR_FIRST,
    };
    struct str date = json_get_text(given, lead_fields[LEAD_BIRTHDAY].name);
    struct standard_time time;

    if (str_is_empty(date)
        || !standard_time_text(
            arena, date,
            orders[file == NULL ? MAPPING_DATE_UNKNOWN : file->date_order],
            NULL, &time))
        return given;

    struct json *changed = ARENA_NEW(arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(arena, struct json_member, given->object.count);
    *changed = *given;
    changed->object.members = members;
    for (size_t i = 0; i < given->object.count; i++) {
        members[i] = given->object.members[i];
        if (str_is(members[i].name, lead_fields[LEAD_BIRTHDAY].name))
            members[i].value.text = date_show(arena, time.days);
    }
    return changed;
}

/* A phone number's own country code goes first where the mapping file says that
 * it has one, then the lead's country, the mapping file's, the workspace's. */
void
mapped_facts(struct arena *arena, const struct mapping_file *file,
             const struct workspace *workspace, const struct json *given,
             struct lead_facts *facts)
{
    struct work w = { .arena = arena };
    struct standardise_settings settings = { .currency = workspace->currency,
                                             .currency_is_of_workspace = true };
    struct str country = workspace->country;

    settings.phones_abroad = file != NULL && file->phones_abroad;
    if (file != NULL && !str_is_empty(file->currency)) {
        settings.currency = file->currency;
        settings.currency_is_of_workspace = false;
    }
    if (file != NULL && !str_is_empty(file->country))
        country = file->country;
    bool ok = standardise(&w, with_date(arena, file, given), STR(""), &settings,
                          facts);
    assert(ok); /* only a strict one refuses */
    (void)ok;
    standardise_phone(arena, facts, country);
}
