/* team_store: people, and the queues. */
#include <assert.h>

#include "lib/base/text.h"
#include "src/team/team.h"

#define PERSON_COLUMNS                                               \
    "id, version, email, name, role, active, takes_leads, presence," \
    " time_zone, hours, open_leads_max, day_leads_max, weight,"      \
    " language, mail_off, busy, skills, languages, seniority,"       \
    " country, region, holiday_sets, calendar_id, territories"

static const char select_people[] = "SELECT " PERSON_COLUMNS " FROM person"
                                    " WHERE workspace_id = $1 ORDER BY id";

static const char select_person[] = "SELECT " PERSON_COLUMNS " FROM person"
                                    " WHERE workspace_id = $1 AND id = $2";

static const char select_by_email[] = "SELECT " PERSON_COLUMNS " FROM person"
                                      " WHERE workspace_id = $1 AND email = $2";

static const char insert_person[] =
    "INSERT INTO person (workspace_id, id, version, email, name, role, active,"
    "   takes_leads, presence, time_zone, hours, open_leads_max,"
    "   day_leads_max, weight, created_ms, language, mail_off, busy, skills,"
    "   languages, seniority, country, region, holiday_sets,"
    "   calendar_id, territories)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    "         $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)";

static const char update_person[] =
    "UPDATE person SET version = version + 1, email = $3, name = $4,"
    "   role = $5, active = $6, takes_leads = $7, presence = $8,"
    "   time_zone = $9, hours = $10, open_leads_max = $11,"
    "   day_leads_max = $12, weight = $13, language = $15,"
    "   mail_off = $16, busy = $17, skills = $18, languages = $19,"
    "   seniority = $20, country = $21, region = $22, holiday_sets = $23,"
    "   calendar_id = $24, territories = $25"
    " WHERE workspace_id = $1 AND id = $2 AND version = $14";

static const char insert_queue[] =
    "INSERT INTO queue (workspace_id, id, slug, name, created_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

static const char select_queues[] =
    "SELECT id, slug, name FROM queue WHERE workspace_id = $1 ORDER BY id";

/* "lead.assigned lead.late", as stored. */
static unsigned
read_mail(struct str words)
{
    struct str word;
    unsigned mail = 0;

    while (str_next(&words, ' ', &word))
        for (int i = 0; i < MAIL_COUNT; i++)
            if (str_is(word, mail_names[i]))
                mail |= 1u << i;
    return mail;
}

static struct db_value
mail_value(struct arena *arena, unsigned mail)
{
    struct text text = text_new(arena);

    for (int i = 0; i < MAIL_COUNT; i++)
        if ((mail & (1u << i)) != 0)
            text_format(&text, text.bytes == 0 ? "%s" : " %s", mail_names[i]);
    return db_text(text.bytes == 0 ? STR_NONE : text_str(&text));
}

static struct person
read_person(struct arena *arena, const struct db_rows *rows, int row)
{
    bool takes_unset = db_is_null(rows, row, 6);
    struct person person = {
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .email = arena_str(arena, db_get_text(rows, row, 2)),
        .name = arena_str(arena, db_get_text(rows, row, 3)),
        .active = db_get_bool(rows, row, 5),
        .takes = takes_unset               ? TAKES_BY_ROLE
               : db_get_bool(rows, row, 6) ? TAKES_YES
                                           : TAKES_NO,
        .away = str_is(db_get_text(rows, row, 7), "away"),
        .zone_text = arena_str(arena, db_get_text(rows, row, 8)),
        .hours_json = arena_str(arena, db_get_text(rows, row, 9)),
        .open_leads_max =
            db_is_null(rows, row, 10) ? -1 : db_get_int(rows, row, 10),
        .day_leads_max =
            db_is_null(rows, row, 11) ? -1 : db_get_int(rows, row, 11),
        .weight = (int32_t)db_get_int(rows, row, 12),
        .language = arena_str(arena, db_get_text(rows, row, 13)),
        .mail_off = read_mail(db_get_text(rows, row, 14)),
        .busy = db_get_bool(rows, row, 15),
        .ability = { .skills_json =
                         arena_str(arena, db_get_text(rows, row, 16)),
                     .languages_json =
                         arena_str(arena, db_get_text(rows, row, 17)),
                     .territories_json =
                         arena_str(arena, db_get_text(rows, row, 23)),
                     .seniority = (int32_t)db_get_int(rows, row, 18) },
        .country = arena_str(arena, db_get_text(rows, row, 19)),
        .region = arena_str(arena, db_get_text(rows, row, 20)),
        .sets_json = arena_str(arena, db_get_text(rows, row, 21)),
        .calendar = db_get_id(rows, row, 22),
    };
    bool known = role_find(db_get_text(rows, row, 4), &person.role);

    assert(known); /* the table's CHECK */
    person.zone = zone_find(person.zone_text);
    if (person.zone == NULL) /* the machine's zone data has lost it */
        person.zone = zone_find(STR("UTC"));
    person.wall = person.zone;
    return person;
}

/* Without absences. */
static bool
read_rules(struct work *w, const struct person *person,
           struct hours_rules *rules)
{
    struct hours_block *blocks = NULL;
    struct json_error error;

    *rules = (struct hours_rules){ .zone = person->wall,
                                   .holidays = person->holidays,
                                   .holiday_count = person->holiday_count };
    if (person->shares != NULL) {
        rules->blocks = person->shares->blocks;
        rules->block_count = person->shares->block_count;
        rules->specials = person->shares->specials;
        rules->special_count = person->shares->special_count;
        return true;
    }
    if (str_is_empty(person->hours_json))
        return true;

    const struct json *json = json_parse(w->arena, person->hours_json, &error);
    if (json == NULL
        || !hours_read(w, json, STR(""), &blocks, &rules->block_count))
        return fail(w, ERR_INTERNAL, "The stored hours of %.*s are broken.",
                    STR_ARG(person->email));
    rules->blocks = blocks;
    return true;
}

bool
person_working_ms(struct work *w, const struct person *person, int64_t from_ms,
                  int64_t to_ms, int64_t *ms)
{
    struct hours_rules rules;

    *ms = 0;
    if (to_ms <= from_ms)
        return true;
    if (!read_rules(w, person, &rules))
        return false;

    struct hours hours = hours_compile(w->arena, &rules, from_ms, to_ms);
    *ms = hours_between(&hours, from_ms, to_ms);
    return true;
}

/* Hours as rules, once without the absences and once more with them out. */
static bool
compile_hours(struct work *w, struct arena *arena, struct person *person)
{
    const int64_t day_ms = 86400000;
    struct hours_rules rules;

    if (!read_rules(w, person, &rules))
        return false;

    int64_t until_ms = w->now_ms + TEAM_HORIZON_DAYS * day_ms;
    person->hours = hours_compile(arena, &rules, w->now_ms - day_ms, until_ms);

    struct hours_off *off =
        ARENA_ARRAY(w->arena, struct hours_off, (size_t)person->absence_count);
    for (int i = 0; i < person->absence_count; i++)
        off[i] = (struct hours_off){ person->absences[i].begin_ms,
                                     person->absences[i].end_ms };
    rules.off = off;
    rules.off_count = person->absence_count;
    person->present =
        hours_compile(arena, &rules, w->now_ms - day_ms, until_ms);
    return true;
}

/* Rows come ordered by person, as the people are. */
static void
hand_out_absences(struct team *team, const struct absence *all, int count)
{
    int next = 0;

    for (int i = 0; i < team->count; i++) {
        struct person *person = &team->people[i];
        person->absences = all + next;
        while (next < count && id_equal(all[next].person, person->id)) {
            person->absence_count++;
            next++;
        }
    }
}

static bool
load_absences(struct work *w, struct arena *arena, struct team *team)
{
    struct absence *all;
    int count;

    if (!absence_to_come(w, arena, &all, &count))
        return false;
    hand_out_absences(team, all, count);
    return true;
}

static void
compile_days_off(struct arena *arena, struct str country,
                 const struct team *team, struct person *person)
{
    const struct holiday_place place = person_place(person, country);

    holiday_days_of(arena, team->holiday_sets, team->holiday_set_count, &place,
                    &person->holidays, &person->holiday_count);
    if (person->shares != NULL)
        work_calendar_days(arena, person->shares, &person->holidays,
                           &person->holiday_count);
}

/* What is compiled of the catalogues: levels, days off, hours. */
static bool
compile(struct work *w, struct arena *arena, struct str country,
        struct team *team)
{
    for (int i = 0; i < team->count; i++) {
        struct person *person = &team->people[i];
        ability_compile(arena, &team->skills, &person->ability);
        person->shares = work_calendar_find(
            team->calendars, team->calendar_count, person->calendar);
        if (person->shares != NULL && person->shares->zone != NULL)
            person->wall = person->shares->zone;
        compile_days_off(arena, country, team, person);
        if (!compile_hours(w, arena, person))
            return false;
    }
    return true;
}

bool
team_load(struct work *w, struct arena *arena, struct str country,
          const struct team **loaded)
{
    struct db_rows rows;

    if (!work_query(w, select_people, DB_VALUES(db_id(w->workspace)), &rows))
        return false;

    struct team *team = ARENA_NEW(arena, struct team);
    team->compiled_ms = w->now_ms;
    team->count = rows.count;
    team->people = ARENA_ARRAY(arena, struct person, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        team->people[i] = read_person(arena, &rows, i);
        team->has_rep |=
            team->people[i].active && team->people[i].role == ROLE_REP;
    }
    if (!load_absences(w, arena, team) || !skill_list(w, arena, &team->skills)
        || !holiday_list(w, arena, &team->holiday_sets,
                         &team->holiday_set_count)
        || !work_calendar_list(w, arena, &team->calendars,
                               &team->calendar_count)
        || !compile(w, arena, country, team))
        return false;
    *loaded = team;
    return true;
}

bool
person_load(struct work *w, struct id id, struct person *person)
{
    struct db_rows rows;

    if (!work_query(w, select_person, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no person %s.",
                    id_show(id).text);
    *person = read_person(w->arena, &rows, 0);
    return true;
}

bool
person_find_email(struct work *w, struct str email, struct person *person,
                  bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_by_email,
                    DB_VALUES(db_id(w->workspace), db_text(email)), &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *person = read_person(w->arena, &rows, 0);
    return true;
}

static struct db_value
limit_value(int64_t limit)
{
    struct db_value value = db_int(limit);

    value.is_null = limit < 0;
    return value;
}

static struct db_value
takes_value(const struct person *person)
{
    struct db_value value = db_bool(person->takes == TAKES_YES);

    value.is_null = person->takes == TAKES_BY_ROLE;
    return value;
}

bool
person_save(struct work *w, struct person *person)
{
    bool is_new = person->version == 0;
    int64_t changed = 0;
    const struct db_value values[] = {
        db_id(w->workspace),
        db_id(person->id),
        db_text(person->email),
        db_text(person->name),
        db_cstr(role_names[person->role]),
        db_bool(person->active),
        takes_value(person),
        db_cstr(person->away ? "away" : "available"),
        db_text(person->zone_text),
        db_text_or_null(person->hours_json),
        limit_value(person->open_leads_max),
        limit_value(person->day_leads_max),
        db_int(person->weight),
        db_int(is_new ? w->now_ms : person->version),
        db_text_or_null(person->language),
        mail_value(w->arena, person->mail_off),
        db_bool(person->busy),
        db_text_or_null(person->ability.skills_json),
        db_text_or_null(person->ability.languages_json),
        db_int(person->ability.seniority == 0 ? SENIORITY_REGULAR
                                              : person->ability.seniority),
        db_text_or_null(person->country),
        db_text_or_null(person->region),
        db_text_or_null(person->sets_json),
        db_id(person->calendar),
        db_text_or_null(person->ability.territories_json),
    };

    if (!work_run(w, is_new ? insert_person : update_person, values,
                  (int)(sizeof values / sizeof *values), &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The person has changed since.");
    person->version++;
    return true;
}

bool
queue_save(struct work *w, const struct queue *queue)
{
    return work_run(w, insert_queue,
                    DB_VALUES(db_id(w->workspace), db_id(queue->id),
                              db_text(queue->slug), db_text(queue->name),
                              db_int(w->now_ms)),
                    NULL);
}

bool
queue_list(struct work *w, struct arena *arena, struct queue **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_queues, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(arena, struct queue, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct queue){
            .id = db_get_id(&rows, i, 0),
            .slug = arena_str(arena, db_get_text(&rows, i, 1)),
            .name = arena_str(arena, db_get_text(&rows, i, 2)),
        };
    return true;
}
