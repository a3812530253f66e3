/* task_api: see task_api.h. What is due when is decided in follow_up. */
#include "src/api/task_api.h"

#include "lib/http/shape.h"
#include "src/access/permission.h"
#include "src/lifecycle.h"

enum {
    LIMIT_USUAL = 50,
    LIMIT_MAX = 200,
    TITLE_MAX = 200,
    NOTE_MAX = 20000,
    YEARS_MAX = 10,
};

/* ---------------------------------------------------------------- shapes */

static const char *const kinds[] = { "call", "message", "meeting", "other",
                                     NULL };

static const struct shape_field person_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the person." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE, .about = "The name." },
    { 0 },
};
const struct shape task_person_shape = { "TaskPerson", "A person.", 0,
                                         person_fields };

static const struct shape_field lead_fields_shown[] = {
    { "id", SHAPE_ID, 0, .about = "Of the lead." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "What is known of it; absent when you may not see the lead." },
    { "company", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Where from." },
    { "phone", SHAPE_TEXT, SHAPE_NULLABLE, .about = "To call." },
    { "stage", SHAPE_TEXT, 0, .about = "How far it has come." },
    { "score", SHAPE_INTEGER, 0, .about = "Points." },
    { 0 },
};
const struct shape task_lead_shape = { "TaskLead", "A lead in few words.", 0,
                                       lead_fields_shown };

/* What may be set. */
#define TASK_FIELDS(needed)                                                    \
    { "kind", SHAPE_OPTION, needed, .options = kinds,                          \
      .about = "What is to be done." },                                        \
        { "title", SHAPE_TEXT, needed, TITLE_MAX, .about = "In a line." },     \
        { "note", SHAPE_TEXT, SHAPE_NULLABLE, NOTE_MAX, .about = "In many." }, \
        { "due_at", SHAPE_TIME, 0, .about = "When; or due_local." },           \
        { "due_local", SHAPE_TEXT, 0, 16,                                      \
          .about = "When, on the wall of time_zone: 2026-11-20T09:00." },      \
        { "time_zone", SHAPE_TEXT, 0, 64,                                      \
          .about = "Asia/Seoul; of whoever is to do it if absent." },          \
        { "end_at", SHAPE_TIME, SHAPE_NULLABLE,                                \
          .about = "Of an appointment; moves along with due_at." },            \
        { "remind_before_minutes",                                             \
          SHAPE_INTEGER,                                                       \
          SHAPE_NULLABLE,                                                      \
          REMIND_MINUTES_MAX,                                                  \
          0,                                                                   \
          .about = "null: no reminder." },                                     \
    {                                                                          \
        "assignee", SHAPE_TEXT, SHAPE_NULLABLE, 254,                           \
            .about = "A person, by id or e-mail address, whoever owns the "    \
                     "lead; null: the lead's owner, as it changes."            \
    }

static const struct shape_field new_fields[] = {
    { "lead", SHAPE_ID, SHAPE_REQUIRED, .about = "What it is about." },
    TASK_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape new_shape = { "TaskInput", "Something to do.", 0,
                                        new_fields };
static const struct shape_field change_fields[] = {
    TASK_FIELDS(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = { "TaskChange",
                                           "What is to be another.", 0,
                                           change_fields };
static const struct shape_field done_fields[] = {
    { "outcome", SHAPE_TEXT, SHAPE_NULLABLE, 200, .about = "In a word." },
    { "note", SHAPE_TEXT, SHAPE_NULLABLE, NOTE_MAX,
      .about = "In many; the title if absent." },
    { 0 },
};
static const struct shape done_shape = { "TaskDone", "How it went.", 0,
                                         done_fields };

static const struct shape_field task_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the task." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    { "lead", SHAPE_OBJECT, 0, .of = &task_lead_shape,
      .about = "What it is about." },
    { "kind", SHAPE_OPTION, 0, .options = kinds, .about = "What." },
    { "title", SHAPE_TEXT, 0, .about = "In a line." },
    { "note", SHAPE_TEXT, SHAPE_NULLABLE, .about = "In many." },
    { "due_at", SHAPE_TIME, 0, .about = "When." },
    { "due_local", SHAPE_TEXT, 0, .about = "The same in time_zone." },
    { "time_zone", SHAPE_TEXT, 0, .about = "In whose day it was meant." },
    { "end_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "Of an appointment." },
    { "remind_before_minutes", SHAPE_INTEGER, SHAPE_NULLABLE,
      .about = "null: no reminder." },
    { "assignee", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &task_person_shape,
      .about = "Who is to do it; null: whoever gets the lead." },
    { "fixed", SHAPE_BOOL, 0,
      .about = "Stays with the assignee when the lead gets another owner." },
    { "automatic", SHAPE_BOOL, 0,
      .about = "Made by the program; cancelled when the lead is closed." },
    { "state", SHAPE_OPTION, 0, .options = task_states, .about = "Now." },
    { "overdue", SHAPE_BOOL, 0, .about = "Due, and not done." },
    { "today", SHAPE_BOOL, 0, .about = "Due on this day of the assignee." },
    { "outcome", SHAPE_TEXT, SHAPE_NULLABLE, .about = "How it went." },
    { "done_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "null: not yet." },
    { "created_at", SHAPE_TIME, 0, .about = "When it was made." },
    { 0 },
};
static const struct shape task_shape = { "Task", "What somebody is to do.", 0,
                                         task_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &task_shape,
      .about = "In the order of due_at." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape list_shape = { "Tasks", "A page of tasks.", 0,
                                         list_fields };

/* --------------------------------------------------------------- showing */

void
task_api_person(struct json_out *out, const struct workspace_cache *cache,
                struct id id)
{
    int number = team_find(cache->team, id);

    if (id_is_none(id)) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_id(out, "id", id);
    json_put_text(out, "name",
                  number < 0 ? STR_NONE : cache->team->people[number].name);
    json_close_object(out);
}

void
task_api_lead(struct json_out *out, const struct lead *lead)
{
    json_open_object(out);
    json_put_id(out, "id", lead->id);
    json_put_text(out, "name", lead_text(lead, LEAD_NAME));
    json_put_text(out, "company", lead_text(lead, LEAD_COMPANY));
    json_put_text(out, "phone", lead_text(lead, LEAD_PHONE));
    json_put_cstr(out, "stage", lead->stage);
    json_put_int(out, "score", lead->score);
    json_close_object(out);
}

void
task_api_lead_of(struct work *w, struct json_out *out, struct id id,
                 const struct lead *leads, int count)
{
    for (int i = 0; i < count; i++) {
        if (!id_equal(leads[i].id, id)
            || !access_may_see_lead(&w->actor, &leads[i]))
            continue;
        task_api_lead(out, &leads[i]);
        return;
    }
    json_open_object(out);
    json_put_id(out, "id", id);
    json_close_object(out);
}

static void
put_times(struct work *w, struct json_out *out, const struct task *task)
{
    json_put_time(out, "due_at", task->due_ms);
    json_put_text(
        out, "due_local",
        task_local_show(w->arena, zone_find(task->zone), task->due_ms));
    json_put_text(out, "time_zone", task->zone);
    json_put_time(out, "end_at", task->end_ms);
    json_name(out, "remind_before_minutes");
    if (task->remind_before_minutes < 0)
        json_null(out);
    else
        json_int(out, task->remind_before_minutes);
}

static void
put_task(struct work *w, struct json_out *out,
         const struct workspace_cache *cache, const struct task *task,
         const struct lead *leads, int lead_count)
{
    json_open_object(out);
    json_put_id(out, "id", task->id);
    json_put_int(out, "version", task->version);
    json_name(out, "lead");
    task_api_lead_of(w, out, task->lead, leads, lead_count);
    json_put_cstr(out, "kind", task->kind->name);
    json_put_text(out, "title", task->title);
    json_put_text(out, "note", task->note);
    put_times(w, out, task);
    json_name(out, "assignee");
    task_api_person(out, cache, task->assignee);
    json_put_bool(out, "fixed", task->fixed);
    json_put_bool(out, "automatic", task->automatic);
    json_put_cstr(out, "state", task_states[task->state]);
    json_put_bool(out, "overdue", task_is_overdue(task, w->now_ms));
    json_put_bool(out, "today", task_is_today(task, cache, w->now_ms));
    json_put_text(out, "outcome", task->outcome);
    json_put_time(out, "done_at", task->done_ms);
    json_put_time(out, "created_at", task->created_ms);
    json_close_object(out);
}

bool
task_api_leads(struct work *w, const struct task *tasks, int count,
               struct lead **leads, int *lead_count)
{
    struct id *ids = ARENA_ARRAY(w->arena, struct id, (size_t)count);

    *leads = NULL;
    for (int i = 0; i < count; i++)
        ids[i] = tasks[i].lead;
    return lead_select_ids(w, ids, count, leads, lead_count);
}

static bool
put_tasks(struct work *w, struct json_out *out, const struct task *tasks,
          int count)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct lead *leads;
    int lead_count;

    if (cache == NULL || !task_api_leads(w, tasks, count, &leads, &lead_count))
        return false;
    for (int i = 0; i < count; i++)
        put_task(w, out, cache, &tasks[i], leads, lead_count);
    return true;
}

static bool
task_text(struct work *w, const struct task *task, struct text *text)
{
    *text = text_new(w->arena);
    struct json_out out = json_out_new(text);

    return put_tasks(w, &out, task, 1);
}

static bool
answer(struct work *w, struct response *response, const struct task *task)
{
    struct text text;

    if (!task_text(w, task, &text))
        return false;
    response_json_done(response, &text);
    response_version(w, response, task->version);
    return true;
}

/* --------------------------------------------------------------- finding */

static bool
is_own(const struct work *w, const struct task *task)
{
    return task->fixed && w->actor.kind == ACTOR_PERSON
        && id_equal(task->assignee, w->actor.id);
}

/* F5: a task of somebody else's lead is not there. */
static bool
load(struct work *w, const struct request *request, struct task *task,
     struct lead *lead)
{
    struct id id;

    if (!request_id(w, request, "id", &id) || !task_load(w, id, task)
        || !lead_load(w, task->lead, lead))
        return false;
    if (!access_may_see_lead(&w->actor, lead) && !is_own(w, task))
        return fail(w, ERR_NOT_FOUND, "There is no task %s.", id_show(id).text);
    return true;
}

/* Opened for a change: as the sender saw it, and not over. */
static bool
load_open(struct work *w, const struct request *request, struct task *task,
          struct lead *lead)
{
    struct text current;

    if (!load(w, request, task, lead) || !task_text(w, task, &current)
        || !request_if_match(w, request, task->version, text_str(&current)))
        return false;
    if (json_get_int(request->json, "version", task->version)
        != task->version) {
        w->error.extra_json = arena_format(w->arena, "\"current\":%.*s",
                                           STR_ARG(text_str(&current)))
                                  .data;
        return fail(w, ERR_CONFLICT,
                    "The task is at version %ld. Look at it again and repeat "
                    "the change.",
                    (long)task->version);
    }
    if (task->state != TASK_OPEN)
        return fail(w, ERR_CONFLICT, "The task is %s already.",
                    task_states[task->state]);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct task task;
    struct lead lead;

    return load(w, request, &task, &lead) && answer(w, response, &task);
}

/* ----------------------------------------------------------------- lists */

static const struct request_field asks[] = {
    { STR_INIT("assignee"), STR_INIT("\"me\", or the id of a person.") },
    { STR_INIT("lead"), STR_INIT("The id of a lead.") },
    { STR_INIT("state"), STR_INIT("open, done or cancelled; all if absent.") },
    { STR_INIT("due_before"), STR_INIT("A moment: due earlier than that.") },
    { STR_INIT("today"),
      STR_INIT("\"true\": due on this day of whoever is to do it. A page may "
               "be short, and yet not the last.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static bool
read_cursor(struct work *w, const struct request *request,
            struct task_query *query)
{
    struct str cursor = request_query(request, "cursor");
    struct str due;

    if (str_is_empty(cursor))
        return true;
    if (str_next(&cursor, '~', &due) && str_to_int64(due, &query->after_due_ms)
        && id_parse(cursor, &query->after))
        return true;
    return fail_at(w, STR("/cursor"), "bad_cursor",
                   "This is no cursor of a list of tasks.");
}

static bool
read_ids(struct work *w, const struct request *request,
         struct task_query *query)
{
    struct str assignee = request_query(request, "assignee");
    struct str lead = request_query(request, "lead");

    query->assigned = !str_is_empty(assignee);
    if (str_is(assignee, "me"))
        query->assignee = w->actor.kind == ACTOR_PERSON ? w->actor.id : ID_NONE;
    else if (query->assigned && !id_parse(assignee, &query->assignee))
        return fail_at(w, STR("/assignee"), "wrong_type",
                       "The assignee is \"me\" or an id of 13 characters.");
    if (!str_is_empty(lead) && !id_parse(lead, &query->lead))
        return fail_at(w, STR("/lead"), "wrong_type",
                       "A lead is an id of 13 characters.");
    return true;
}

static bool
read_state(struct work *w, const struct request *request,
           struct task_query *query)
{
    struct str state = request_query(request, "state");

    if (str_is_empty(state))
        return true;
    for (const char *const *name = task_states; *name != NULL; name++)
        if (str_is(state, *name))
            query->state = *name;
    return query->state != NULL
        || fail_at(w, STR("/state"), "unknown_state",
                   "A task is open, done or cancelled.");
}

/* Around the world a day takes fifty hours; whose day it is is looked at
 * task by task. */
static bool
read_due(struct work *w, const struct request *request,
         struct task_query *query, bool *today)
{
    const int64_t around_ms = INT64_C(26) * 3600000;
    struct str before = request_query(request, "due_before");
    struct str text = request_query(request, "today");

    *today = str_is(text, "true");
    if (!str_is_empty(text) && !*today)
        return fail_at(w, STR("/today"), "wrong_type",
                       "Say true, or leave it out.");
    if (!str_is_empty(before) && !time_parse(before, &query->due_before_ms))
        return fail_at(w, STR("/due_before"), "wrong_type",
                       "A time is written as 2026-11-20T10:00:00+09:00.");
    if (!*today)
        return true;
    query->due_from_ms = w->now_ms - around_ms;
    if (query->due_before_ms == 0
        || query->due_before_ms > w->now_ms + around_ms)
        query->due_before_ms = w->now_ms + around_ms;
    return true;
}

static bool
read_query(struct work *w, const struct request *request,
           struct task_query *query, bool *today)
{
    int64_t limit;

    *query = (struct task_query){ 0 };
    query->scoped = true;
    query->scope = access_lead_scope(&w->actor);
    if (!request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                           &limit)
        || !read_cursor(w, request, query) || !read_ids(w, request, query)
        || !read_state(w, request, query)
        || !read_due(w, request, query, today))
        return false;
    query->limit = (int)limit;
    return true;
}

static int
keep_today(struct work *w, const struct workspace_cache *cache,
           struct task *tasks, int count)
{
    int kept = 0;

    for (int i = 0; i < count; i++)
        if (task_is_today(&tasks[i], cache, w->now_ms))
            tasks[kept++] = tasks[i];
    return kept;
}

static void
close_page(struct work *w, struct json_out *out, const struct task *last)
{
    json_close_array(out);
    json_put_text(out, "next_cursor",
                  last == NULL
                      ? STR_NONE
                      : arena_format(w->arena, "%ld~%s", (long)last->due_ms,
                                     id_show(last->id).text));
    json_close_object(out);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct task *tasks = NULL;
    struct task_query query;
    struct task last;
    struct text text;
    bool today;
    int count;

    if (cache == NULL || !read_query(w, request, &query, &today)
        || !task_select(w, &query, &tasks, &count))
        return false;
    bool more = count == query.limit;
    if (more)
        last = tasks[count - 1];
    if (today)
        count = keep_today(w, cache, tasks, count);

    struct json_out out = response_list(w, response, &text);
    if (!put_tasks(w, &out, tasks, count))
        return false;
    close_page(w, &out, more ? &last : NULL);
    response_json_done(response, &text);
    return true;
}

/* --------------------------------------------------------------- reading */

static bool
read_assignee(struct work *w, const struct workspace_cache *cache,
              const struct json *json, struct task *task,
              const struct lead *lead)
{
    const struct json *given = json_get(json, "assignee");
    struct id id;

    if (given != NULL && given->kind == JSON_NULL)
        task->fixed = false;
    if (given == NULL || given->kind == JSON_NULL) {
        task_follow(task, lead);
        return true;
    }
    int number = id_parse(given->text, &id)
                   ? team_find(cache->team, id)
                   : team_find_email(cache->team, given->text);
    if (number < 0 || !cache->team->people[number].active)
        return fail_at(w, STR("/assignee"), "unknown_person",
                       "Nobody who works here is %.*s.", STR_ARG(given->text));
    task->fixed = true;
    task->assignee = cache->team->people[number].id;
    task_follow(task, lead);
    return true;
}

static bool
read_zone(struct work *w, const struct workspace_cache *cache,
          const struct json *json, struct task *task)
{
    struct str given = json_get_text(json, "time_zone");

    if (given.data != NULL)
        task->zone = given;
    else if (task->version == 0)
        task->zone = str_of(zone_name(task_zone_of(cache, task->assignee)));
    return zone_find(task->zone) != NULL
        || fail_at(w, STR("/time_zone"), "unknown",
                   "A time zone is a name like Asia/Seoul.");
}

static bool
read_due_at(struct work *w, const struct json *json, struct task *task)
{
    struct str at = json_get_text(json, "due_at");
    struct str local = json_get_text(json, "due_local");

    if (at.data != NULL && local.data != NULL)
        return fail_at(w, STR("/due_local"), "one_of",
                       "Say due_at or due_local, not both.");
    if (at.data == NULL && local.data == NULL)
        return task->version > 0
            || fail_at(w, STR("/due_at"), "required",
                       "Say when it is due: due_at, or due_local with "
                       "time_zone.");
    if (at.data != NULL)
        return time_parse(at, &task->due_ms)
            || fail_at(w, STR("/due_at"), "wrong_type",
                       "A time is written as 2026-11-20T10:00:00+09:00.");
    return task_local_parse(local, zone_find(task->zone), &task->due_ms)
        || fail_at(w, STR("/due_local"), "wrong_type",
                   "A time on the wall is written as 2026-11-20T09:00.");
}

/* A slip in the year is a slip, not a plan. */
static bool
is_in_sight(struct work *w, int64_t ms, const char *pointer)
{
    int64_t away_ms = ms > w->now_ms ? ms - w->now_ms : w->now_ms - ms;

    return away_ms <= YEARS_MAX * INT64_C(366) * 86400000
        || fail_at(w, str_of(pointer), "out_of_sight",
                   "A task is due within %d years of today.", YEARS_MAX);
}

/* An appointment that is moved keeps its length. */
static bool
read_end(struct work *w, const struct json *json, struct task *task,
         int64_t due_before_ms)
{
    const struct json *given = json_get(json, "end_at");

    if (given == NULL && task->end_ms > 0)
        task->end_ms += task->due_ms - due_before_ms;
    else if (given != NULL && given->kind == JSON_NULL)
        task->end_ms = 0;
    else if (given != NULL && !time_parse(given->text, &task->end_ms))
        return fail_at(w, STR("/end_at"), "wrong_type",
                       "A time is written as 2026-11-20T10:00:00+09:00.");
    return task->end_ms == 0 || task->end_ms > task->due_ms
        || fail_at(w, STR("/end_at"), "before_begin",
                   "An appointment ends after it begins.");
}

static bool
read_words(struct work *w, const struct json *json, struct task *task)
{
    const struct json *kind = json_get(json, "kind");
    const struct json *title = json_get(json, "title");
    const struct json *note = json_get(json, "note");
    const struct json *remind = json_get(json, "remind_before_minutes");

    if (kind != NULL)
        task->kind = task_kind_find(kind->text);
    if (title != NULL)
        task->title = str_trim(title->text);
    if (note != NULL)
        task->note = json_get_text(json, "note");
    if (remind != NULL)
        task->remind_before_minutes =
            json_get_int(json, "remind_before_minutes", REMIND_NEVER);
    return !str_is_empty(task->title)
        || fail_at(w, STR("/title"), "empty", "Say in a line what is to do.");
}

/* The shape was checked: kinds and bounds are right. */
static bool
read_task(struct work *w, const struct json *json, struct task *task,
          const struct lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);
    int64_t due_before_ms = task->due_ms;

    if (cache == NULL)
        return false;
    bool good = read_words(w, json, task);
    good &= read_assignee(w, cache, json, task, lead);
    good &= read_zone(w, cache, json, task);
    return good && read_due_at(w, json, task)
        && is_in_sight(w, task->due_ms, "/due_at")
        && read_end(w, json, task, due_before_ms)
        && (task->end_ms == 0 || is_in_sight(w, task->end_ms, "/end_at"));
}

/* --------------------------------------------------------------- changes */

static bool
find_lead(struct work *w, const struct json *json, struct lead *lead)
{
    struct str text = json_get_text(json, "lead");
    struct id id;

    if (id_parse(text, &id) && lead_load(w, id, lead)
        && access_may_see_lead(&w->actor, lead))
        return true;
    if (w->error.kind != ERR_NONE && w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return fail_at(w, STR("/lead"), "unknown_lead", "There is no lead %.*s.",
                   STR_ARG(text));
}

static bool
create(struct work *w, const struct request *request, struct response *response)
{
    struct task task = { .id = work_id(w),
                         .remind_before_minutes = REMIND_NEVER };
    struct lead lead;

    if (!find_lead(w, request->json, &lead))
        return false;
    task.lead = lead.id;
    if (!read_task(w, request->json, &task, &lead)
        || !task_keep(w, &task, "task.created") || !answer(w, response, &task))
        return false;
    response->status = 201;
    return true;
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    struct task task;
    struct lead lead;

    return load_open(w, request, &task, &lead)
        && read_task(w, request->json, &task, &lead)
        && task_keep(w, &task, "task.changed") && answer(w, response, &task);
}

static const struct touch_kind *
touch_of(const struct task *task)
{
    const struct touch_kind *kind = touch_kinds;

    while (!str_is(str_of(task->kind->touch), kind->name))
        kind++;
    return kind;
}

/* F6: what was done is a touch, so the promise of an answer hears of it. */
static bool
finish(struct work *w, const struct request *request, struct response *response)
{
    struct str note = json_get_text(request->json, "note");
    struct task task;
    struct lead lead;

    if (!load_open(w, request, &task, &lead))
        return false;
    task.state = TASK_DONE;
    task.done_ms = w->now_ms;
    task.outcome = json_get_text(request->json, "outcome");

    const struct touch touch = {
        .kind = touch_of(&task),
        .outcome = task.outcome,
        .note = str_is_empty(note) ? task.title : note,
        .at_ms = w->now_ms,
        .task = task.id,
    };
    return task_keep(w, &task, NULL) && lifecycle_touch(w, &lead, &touch)
        && answer(w, response, &task);
}

static bool
cancel(struct work *w, const struct request *request, struct response *response)
{
    struct task task;
    struct lead lead;

    (void)response;
    if (!load_open(w, request, &task, &lead))
        return false;
    task.state = TASK_CANCELLED;
    return task_keep(w, &task, "task.cancelled");
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/tasks", list, CAN_VIEW_LEADS,
      "Tasks in the order in which they are due: of the leads one may see, and "
      "those that are fixed to oneself.",
      .asks = asks, .gives = &list_shape },
    { POST, "/api/v1/tasks", create, CAN_EDIT_LEADS,
      "Plan something for a lead. Its owner is to do it, unless somebody is "
      "named.",
      .takes = &new_shape, .gives = &task_shape },
    { GET, "/api/v1/tasks/{id}", show, CAN_VIEW_LEADS, "One task.",
      .gives = &task_shape },
    { PATCH, "/api/v1/tasks/{id}", change, CAN_EDIT_LEADS,
      "Change an open task, or put it off.", .takes = &change_shape,
      .gives = &task_shape },
    { POST, "/api/v1/tasks/{id}/done", finish, CAN_EDIT_LEADS,
      "It is done: noted as a touch on the lead's timeline.",
      .takes = &done_shape, .gives = &task_shape },
    { DELETE, "/api/v1/tasks/{id}", cancel, CAN_EDIT_LEADS,
      "Cancel a task; it stays in the history." },
    { 0 },
};

static const struct job_kind *const jobs[] = { &task_remind_job, &task_mail_job,
                                               NULL };

const struct module task_module = { "task", endpoints, jobs };
