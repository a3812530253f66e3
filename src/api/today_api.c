/* today_api: see today_api.h. Only reads; few fields of each, for the rest is
 * one click away. */
#include "src/api/today_api.h"

#include <assert.h>

#include "lib/http/shape.h"
#include "src/access/permission.h"
#include "src/api/task_api.h"
#include "src/lead/stage.h"

/* Of a person with more leads than that, the newest are looked at. */
enum { SHOWN_MAX = 50, LEADS_LOOKED_AT_MAX = 5000 };

/* ---------------------------------------------------------------- shapes */

static const struct shape_field waiting_fields[] = {
    { "lead", SHAPE_OBJECT, 0, .of = &task_lead_shape, .about = "Who waits." },
    { "response_due_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "What was promised; null: nothing." },
    { "late", SHAPE_BOOL, 0, .about = "The promise was missed." },
    { "assigned_at", SHAPE_TIME, 0, .about = "Since when it is yours." },
    { 0 },
};
static const struct shape waiting_shape = {
    "TodayWaiting", "A lead that waits for its first answer.", 0, waiting_fields
};

static const struct shape_field task_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the task." },
    { "kind", SHAPE_TEXT, 0, .about = "call, message, meeting or other." },
    { "title", SHAPE_TEXT, 0, .about = "In a line." },
    { "due_at", SHAPE_TIME, 0, .about = "When." },
    { "due_local", SHAPE_TEXT, 0, .about = "On the person's own wall." },
    { "end_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "Of an appointment." },
    { "lead", SHAPE_OBJECT, 0, .of = &task_lead_shape, .about = "With whom." },
    { 0 },
};
static const struct shape short_task_shape = { "TodayTask", "Something to do.",
                                               0, task_fields };

static const struct shape_field new_fields[] = {
    { "lead", SHAPE_OBJECT, 0, .of = &task_lead_shape, .about = "Who." },
    { "assigned_at", SHAPE_TIME, 0, .about = "Since when it is yours." },
    { 0 },
};
static const struct shape new_shape = { "TodayNew", "A lead that is new.", 0,
                                        new_fields };

static const struct shape_field today_fields[] = {
    { "person", SHAPE_OBJECT, 0, .of = &task_person_shape, .about = "Whose." },
    { "date", SHAPE_DATE, 0, .about = "The person's own day." },
    { "time_zone", SHAPE_TEXT, 0, .about = "Of the person." },
    { "waiting", SHAPE_OBJECT, SHAPE_LIST, .of = &waiting_shape,
      .about = "Leads without a first answer: the oldest promise first; then "
               "those of before yesterday to whom none was made." },
    { "overdue", SHAPE_OBJECT, SHAPE_LIST, .of = &short_task_shape,
      .about = "What should have been done." },
    { "today", SHAPE_OBJECT, SHAPE_LIST, .of = &short_task_shape,
      .about = "What is still to be done on this day." },
    { "new", SHAPE_OBJECT, SHAPE_LIST, .of = &new_shape,
      .about = "Other leads that are new since yesterday; newest first." },
    { "more", SHAPE_TEXT, SHAPE_LIST,
      .about = "Which of the lists have more than 50 entries." },
    { 0 },
};
static const struct shape today_shape = {
    "Today", "What a person is to do, in order of importance.", 0, today_fields
};

static const struct request_field asks[] = {
    { STR_INIT("person"), STR_INIT("Somebody else's, by id: for managers.") },
    { { 0 }, { 0 } },
};

/* --------------------------------------------------------------- reading */

/* One answer while it is made. */
struct today {
    struct work *w;
    const struct workspace_cache *cache;
    const struct person *person;
    struct day day;
    struct id oldest; /* lead that is looked at; or none */
    struct json_out out;
    const char *more[4]; /* lists that are cut off */
    int more_count;
};

static bool
may_see_day_of(struct work *w, struct id person)
{
    bool own = w->actor.kind == ACTOR_PERSON && id_equal(w->actor.id, person);

    return own || access_may(&w->actor, CAN_VIEW_ALL_LEADS)
        || fail(w, ERR_FORBIDDEN, "You can see your own day only.");
}

static bool
find_person(struct today *t, const struct request *request)
{
    struct str text = request_query(request, "person");
    struct id id = t->w->actor.id;

    if (str_is_empty(text) && t->w->actor.kind != ACTOR_PERSON)
        return fail_at(t->w, STR("/person"), "required",
                       "A key has no day of its own: name a person.");
    if (!str_is_empty(text) && !id_parse(text, &id))
        return fail_at(t->w, STR("/person"), "wrong_type",
                       "A person is an id of 13 characters.");
    if (!may_see_day_of(t->w, id))
        return false;
    int number = team_find(t->cache->team, id);
    if (number < 0)
        return fail_at(t->w, STR("/person"), "unknown_person",
                       "There is no person %s.", id_show(id).text);
    t->person = &t->cache->team->people[number];
    t->day = day_of(t->person->zone, t->w->now_ms);
    return true;
}

static void
open_list(struct today *t, const char *name, int *count)
{
    json_name(&t->out, name);
    json_open_array(&t->out);
    if (*count <= SHOWN_MAX)
        return;
    *count = SHOWN_MAX;
    t->more[t->more_count++] = name;
}

/* ----------------------------------------------------------------- leads */

/* Found in the index of owners alone. */
static bool
find_oldest(struct today *t)
{
    int64_t value;
    bool found;

    assert(t->person != NULL);
    return lead_find_place(t->w, "id",
                           STR("WHERE workspace_id = $1 AND owner_id = $2"
                               " ORDER BY id DESC LIMIT 1 OFFSET $3"),
                           DB_VALUES(db_id(t->w->workspace),
                                     db_id(t->person->id),
                                     db_int(LEADS_LOOKED_AT_MAX)),
                           &value, &t->oldest, &found);
}

static void
put_lead_that_waits(struct today *t, const struct lead *lead)
{
    int64_t due_ms = lead->response_due_ms;

    json_open_object(&t->out);
    json_name(&t->out, "lead");
    task_api_lead(&t->out, lead);
    json_put_time(&t->out, "response_due_at", due_ms);
    json_put_bool(&t->out, "late", due_ms > 0 && due_ms < t->w->now_ms);
    json_put_time(&t->out, "assigned_at", lead->assigned_ms);
    json_close_object(&t->out);
}

/* The open leads without a promise that nobody has answered, and that are not
 * among the new ones any more; who has had them longest comes first. */
static bool
select_forgotten(struct today *t, struct lead **leads, int *count)
{
    struct day yesterday = day_of(t->person->zone, t->day.begin_ms - 1);
    struct db_value values[6 + LEAD_STAGES_MAX] = {
        db_id(t->w->workspace),  db_id(t->person->id),
        db_int(t->oldest.value), db_int(yesterday.begin_ms),
        db_int(SHOWN_MAX + 1),   db_int(LEAD_IN_SEQUENCE)
    };
    struct text where = text_new(t->w->arena);
    int value_count = 6;

    text_add_cstr(&where, "WHERE workspace_id = $1 AND owner_id = $2"
                          "   AND id >= $3 AND assigned_ms < $4"
                          "   AND response_due_ms IS NULL"
                          "   AND first_response_ms IS NULL"
                          "   AND sequence_state <> $6"
                          "   AND merged_into IS NULL");
    for (const struct lead_stage *stage = lead_stages_of(t->w);
         stage->name != NULL; stage++) {
        if (stage->meaning == LEAD_OPEN)
            continue;
        assert(value_count < 6 + LEAD_STAGES_MAX);
        values[value_count++] = db_text(str_of(stage->name));
        text_add(&where,
                 arena_format(t->w->arena, " AND stage <> $%d", value_count));
    }
    text_add_cstr(&where, " ORDER BY assigned_ms, id LIMIT $5");
    return lead_select(t->w, text_str(&where), values, value_count, leads,
                       count);
}

static bool
put_waiting(struct today *t)
{
    struct lead *leads;
    struct lead *forgotten;
    int forgotten_count;
    int count;

    if (!lead_select(t->w,
                     STR("WHERE workspace_id = $1 AND owner_id = $2"
                         "   AND id >= $3 AND response_due_ms IS NOT NULL"
                         "   AND merged_into IS NULL"
                         " ORDER BY response_due_ms, id LIMIT $4"),
                     DB_VALUES(db_id(t->w->workspace), db_id(t->person->id),
                               db_int(t->oldest.value), db_int(SHOWN_MAX + 1)),
                     &leads, &count)
        || !select_forgotten(t, &forgotten, &forgotten_count))
        return false;

    int promised = count;
    count += forgotten_count;
    open_list(t, "waiting", &count);
    for (int i = 0; i < count; i++)
        put_lead_that_waits(t, i < promised ? &leads[i]
                                            : &forgotten[i - promised]);
    json_close_array(&t->out);
    return true;
}

/* Those that wait were shown already; those that are closed need nothing. */
static bool
put_new(struct today *t)
{
    struct day yesterday = day_of(t->person->zone, t->day.begin_ms - 1);
    struct lead *leads;
    int count;

    if (!lead_select(t->w,
                     STR("WHERE workspace_id = $1 AND owner_id = $2"
                         "   AND id >= $3 AND assigned_ms >= $4"
                         "   AND response_due_ms IS NULL"
                         "   AND merged_into IS NULL"
                         " ORDER BY assigned_ms DESC, id DESC LIMIT $5"),
                     DB_VALUES(db_id(t->w->workspace), db_id(t->person->id),
                               db_int(t->oldest.value),
                               db_int(yesterday.begin_ms),
                               db_int(SHOWN_MAX + 1)),
                     &leads, &count))
        return false;
    open_list(t, "new", &count);
    for (int i = 0; i < count; i++) {
        if (lead_is_closed(&leads[i]))
            continue;
        json_open_object(&t->out);
        json_name(&t->out, "lead");
        task_api_lead(&t->out, &leads[i]);
        json_put_time(&t->out, "assigned_at", leads[i].assigned_ms);
        json_close_object(&t->out);
    }
    json_close_array(&t->out);
    return true;
}

/* ----------------------------------------------------------------- tasks */

static void
put_task(struct today *t, const struct task *task, const struct lead *leads,
         int count)
{
    json_open_object(&t->out);
    json_put_id(&t->out, "id", task->id);
    json_put_cstr(&t->out, "kind", task->kind->name);
    json_put_text(&t->out, "title", task->title);
    json_put_time(&t->out, "due_at", task->due_ms);
    json_put_text(&t->out, "due_local",
                  task_local_show(t->w->arena, t->person->zone, task->due_ms));
    json_put_time(&t->out, "end_at", task->end_ms);
    json_name(&t->out, "lead");
    task_api_lead_of(t->w, &t->out, task->lead, leads, count);
    json_close_object(&t->out);
}

static bool
put_tasks(struct today *t, const char *name, int64_t from_ms, int64_t before_ms)
{
    struct task_query query = {
        .assigned = true,
        .assignee = t->person->id,
        .state = task_states[TASK_OPEN],
        .due_from_ms = from_ms,
        .due_before_ms = before_ms,
        .limit = SHOWN_MAX + 1,
    };
    struct lead *leads;
    struct task *tasks;
    int count;
    int lead_count;

    query.scoped = true;
    query.scope = access_lead_scope(&t->w->actor);
    if (!task_select(t->w, &query, &tasks, &count)
        || !task_api_leads(t->w, tasks, count, &leads, &lead_count))
        return false;
    open_list(t, name, &count);
    for (int i = 0; i < count; i++)
        put_task(t, &tasks[i], leads, lead_count);
    json_close_array(&t->out);
    return true;
}

/* ------------------------------------------------------------ the answer */

static void
put_person(struct today *t)
{
    json_name(&t->out, "person");
    task_api_person(&t->out, t->cache, t->person->id);
    json_put_text(&t->out, "date",
                  date_show(t->w->arena, person_day(t->person, t->w->now_ms)));
    json_put_text(&t->out, "time_zone", t->person->zone_text);
}

static void
put_more(struct today *t)
{
    json_name(&t->out, "more");
    json_open_array(&t->out);
    for (int i = 0; i < t->more_count; i++)
        json_text(&t->out, str_of(t->more[i]));
    json_close_array(&t->out);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct today t = { .w = w, .cache = workspace_cache(w) };
    struct text text;

    if (t.cache == NULL || !find_person(&t, request) || !find_oldest(&t))
        return false;
    t.out = response_json(w, response, &text);
    json_open_object(&t.out);
    put_person(&t);
    if (!put_waiting(&t) || !put_tasks(&t, "overdue", 0, w->now_ms)
        || !put_tasks(&t, "today", w->now_ms, t.day.end_ms) || !put_new(&t))
        return false;
    put_more(&t);
    json_close_object(&t.out);
    response_json_done(response, &text);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/today", show, CAN_VIEW_LEADS,
      "What is to be done, in order of importance: leads that wait for a first "
      "answer, tasks overdue, tasks of today, leads new since yesterday.",
      .asks = asks, .gives = &today_shape },
    { 0 },
};

const struct module today_module = { "today", endpoints, NULL };
