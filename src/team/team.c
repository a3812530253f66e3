/* team: see team.h. Not for SQL (team_store.c). */
#include "src/team/team.h"

const char *const role_names[] = {
    [ROLE_OWNER] = "owner",     [ROLE_ADMIN] = "admin",
    [ROLE_MANAGER] = "manager", [ROLE_REP] = "rep",
    [ROLE_VIEWER] = "viewer",   NULL,
};

const char *const presence_names[] = { "available", "busy", "away", NULL };

const char *const mail_names[] = {
    "lead.assigned", "lead.moved_on", "lead.returned",
    "lead.due_soon", "lead.late",     NULL,
};

bool
role_find(struct str name, enum role *role)
{
    for (int i = 0; role_names[i] != NULL; i++) {
        if (str_is(name, role_names[i])) {
            *role = (enum role)i;
            return true;
        }
    }
    return false;
}

int
team_find(const struct team *team, struct id id)
{
    int low = 0;
    int high = team->count - 1;

    while (low <= high) {
        int middle = low + (high - low) / 2;
        int order = id_compare(team->people[middle].id, id);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return -1;
}

int
team_find_email(const struct team *team, struct str email)
{
    for (int i = 0; i < team->count; i++)
        if (str_equal_ascii_case(team->people[i].email, email))
            return i;
    return -1;
}

bool
team_takes_leads(const struct team *team, const struct person *person)
{
    if (person->role == ROLE_VIEWER)
        return false;
    if (person->takes != TAKES_BY_ROLE)
        return person->takes == TAKES_YES;
    return person->role == ROLE_REP
        || (person->role == ROLE_OWNER && !team->has_rep);
}

bool
person_may_own(const struct person *person)
{
    return person->active && person->role != ROLE_VIEWER;
}

const struct absence *
person_absence(const struct person *person, int64_t at_ms)
{
    for (int i = 0; i < person->absence_count; i++) {
        const struct absence *absence = &person->absences[i];
        if (absence->begin_ms <= at_ms && at_ms < absence->end_ms)
            return absence;
    }
    return NULL;
}

const char *
person_presence(const struct person *person)
{
    return presence_names[person->away ? 2 : person->busy ? 1 : 0];
}

void
person_presence_set(struct person *person, struct str name)
{
    person->away = str_is(name, "away");
    person->busy = str_is(name, "busy");
}

struct holiday_place
person_place(const struct person *person, struct str country)
{
    return (struct holiday_place){
        .country = str_is_empty(person->country) ? country : person->country,
        .region = person->region,
        .sets_json = person->sets_json,
        .calendar_sets_json =
            person->shares == NULL ? STR_NONE : person->shares->sets_json,
    };
}

static int64_t
local_day(const struct zone *zone, int64_t at_ms)
{
    const int64_t day_ms = 86400000;
    int64_t local_ms = at_ms + (int64_t)zone_offset_s(zone, at_ms) * 1000;

    return local_ms / day_ms - (local_ms % day_ms < 0);
}

int64_t
person_holiday(const struct person *person, int64_t at_ms)
{
    if (person->holiday_count == 0)
        return -1;

    int64_t day = local_day(person->wall, at_ms);
    for (int i = 0; i < person->holiday_count; i++)
        if (person->holidays[i] == day)
            return day;
    return -1;
}

int64_t
person_day(const struct person *person, int64_t at_ms)
{
    return local_day(person->zone, at_ms);
}

int64_t
person_next_day_ms(const struct person *person, int64_t at_ms)
{
    struct civil day = civil_of_days(person_day(person, at_ms) + 1);

    return zone_utc_ms(person->zone, &day, ZONE_FIRST);
}
