/*
 * task: when a task is due for whom, and what follows when it or its lead
 * changes. Not for SQL (task_store.c), nor for who may do it (task_api.c).
 */
#include "src/follow_up/task.h"

const char *const task_states[] = {
    [TASK_OPEN] = "open",
    [TASK_DONE] = "done",
    [TASK_CANCELLED] = "cancelled",
    NULL,
};

const struct task_kind task_kinds[] = {
    { "call", "call" },  { "message", "message" }, { "meeting", "meeting" },
    { "other", "note" }, { NULL, NULL },
};

const struct task_kind *
task_kind_find(struct str name)
{
    for (const struct task_kind *kind = task_kinds; kind->name; kind++)
        if (str_is(name, kind->name))
            return kind;
    return NULL;
}

/* ------------------------------------------------------------------ time */

bool
task_is_overdue(const struct task *task, int64_t now_ms)
{
    int64_t over_ms = task->end_ms > 0 ? task->end_ms : task->due_ms;

    return task->state == TASK_OPEN && over_ms < now_ms;
}

struct day
day_of(const struct zone *zone, int64_t at_ms)
{
    struct civil begin = zone_civil(zone, at_ms);

    begin.hour = begin.minute = begin.second = 0;
    struct civil end = begin;
    end.day++;
    return (struct day){ zone_utc_ms(zone, &begin, ZONE_FIRST),
                         zone_utc_ms(zone, &end, ZONE_FIRST) };
}

const struct zone *
task_zone_of(const struct workspace_cache *cache, struct id person)
{
    int number = team_find(cache->team, person);

    return number < 0 ? zone_find(cache->workspace.time_zone)
                      : cache->team->people[number].zone;
}

bool
task_is_today(const struct task *task, const struct workspace_cache *cache,
              int64_t now_ms)
{
    struct day day = day_of(task_zone_of(cache, task->assignee), now_ms);

    return day.begin_ms <= task->due_ms && task->due_ms < day.end_ms;
}

static bool
two_digits(struct str text, size_t at, int32_t below, int32_t *number)
{
    int64_t value;

    if (!char_is_digit(text.data[at])
        || !str_to_int64(str_slice(text, at, at + 2), &value) || value >= below)
        return false;
    *number = (int32_t)value;
    return true;
}

bool
task_local_parse(struct str text, const struct zone *zone, int64_t *utc_ms)
{
    int64_t days;
    int32_t hour;
    int32_t minute;

    if (text.bytes != 16 || text.data[10] != 'T' || text.data[13] != ':'
        || !date_parse(str_slice(text, 0, 10), &days)
        || !two_digits(text, 11, 24, &hour)
        || !two_digits(text, 14, 60, &minute))
        return false;
    struct civil civil = civil_of_days(days);
    civil.hour = hour;
    civil.minute = minute;
    *utc_ms = zone_utc_ms(zone, &civil, ZONE_FIRST);
    return true;
}

struct str
task_local_show(struct arena *arena, const struct zone *zone, int64_t ms)
{
    struct civil at = zone_civil(zone, ms);

    return arena_format(arena, "%04d-%02d-%02dT%02d:%02d", (int)at.year,
                        (int)at.month, (int)at.day, (int)at.hour,
                        (int)at.minute);
}

int64_t
task_remind_ms(const struct task *task)
{
    if (task->state != TASK_OPEN || task->remind_before_minutes < 0)
        return 0;
    return task->due_ms - task->remind_before_minutes * 60000;
}

/* ------------------------------------------------------------- reminders */

static struct str
reminder_key(struct work *w, const struct task *task)
{
    return arena_format(w->arena, "%s", id_show(task->id).text);
}

/* The job of a task that was put off, or is done, is another or none. */
static bool
set_reminder(struct work *w, const struct task *task)
{
    struct str key = reminder_key(w, task);
    int64_t at_ms = task_remind_ms(task);

    if (task->version > 1 && !job_cancel(w, &task_remind_job, key))
        return false;
    if (at_ms == 0 || at_ms == task->reminded_ms)
        return true;
    return job_add(w, &(struct job_new){
                          .kind = &task_remind_job,
                          .key = key,
                          .payload = arena_format(w->arena, "{\"task\":\"%s\"}",
                                                  id_show(task->id).text),
                          .due_ms = at_ms,
                      });
}

/* F4: ids only; for the one who is to do it. */
static void
tell_assignee(struct work *w, const struct task *task, const char *topic)
{
    if (id_is_none(task->assignee))
        return;
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = topic,
                     .person = task->assignee,
                     .data = arena_format(
                         w->arena, "{\"id\":\"%s\",\"lead\":\"%s\"}",
                         id_show(task->id).text, id_show(task->lead).text),
                 });
}

static bool
task_is_gone(struct work *w)
{
    if (w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return true;
}

/* F2: early, late or twice, it tells once of each moment. */
static bool
remind(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct task task;
    struct id id;

    if (!id_parse(json_get_text(json, "task"), &id))
        return fail(w, ERR_INTERNAL, "The job names no task.");
    if (!task_load(w, id, &task))
        return task_is_gone(w);

    int64_t at_ms = task_remind_ms(&task);
    if (at_ms == 0 || at_ms > w->now_ms || at_ms == task.reminded_ms)
        return true;
    task.reminded_ms = at_ms;
    tell_assignee(w, &task, "task.due_soon");
    return task_save(w, &task) && task_mail(w, &task);
}

const struct job_kind task_remind_job = {
    .name = "task.remind",
    .about = "Tells whoever is to do a task that it is due soon.",
    .run = remind,
};

/* ---------------------------------------------------------- what happens */

void
task_follow(struct task *task, const struct lead *lead)
{
    task->owner = lead_has_rep(lead) ? lead->owner.id : ID_NONE;
    if (!task->fixed && task->state == TASK_OPEN)
        task->assignee = task->owner;
}

static struct str
happening(struct work *w, const struct task *task)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "task", task->id);
    json_put_cstr(&out, "kind", task->kind->name);
    json_put_text(&out, "title", task->title);
    json_put_time(&out, "due_at", task->due_ms);
    json_put_id(&out, "assignee", task->assignee);
    json_close_object(&out);
    return text_str(&text);
}

bool
task_keep(struct work *w, struct task *task, const char *happened)
{
    if (!task_save(w, task) || !set_reminder(w, task))
        return false;
    tell_assignee(w, task, "task.changed");
    return happened == NULL
        || timeline_add(w, task->lead, happened, happening(w, task), NULL);
}

bool
task_lead_closed(struct work *w, const struct lead *lead)
{
    const struct task_query open = { .lead = lead->id,
                                     .state = task_states[TASK_OPEN] };
    struct task *tasks;
    int count;

    if (!task_select(w, &open, &tasks, &count))
        return false;
    for (int i = 0; i < count; i++) {
        if (!tasks[i].automatic)
            continue;
        tasks[i].state = TASK_CANCELLED;
        if (!task_keep(w, &tasks[i], "task.cancelled"))
            return false;
    }
    return true;
}
