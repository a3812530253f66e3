/*
 * sequence: when a step is due, and the reading of steps as people write
 * them. Pure but for the list of faults. Runs are in sequence_run.c.
 */
#include "src/follow_up/sequence.h"

#include "src/lead/stage.h"

#include "lib/http/shape.h"

const char *const step_kinds[] = {
    [STEP_MESSAGE] = "message",
    [STEP_TASK] = "task",
    [STEP_CHANGE] = "change",
    NULL,
};

/* -------------------------------------------------------------- when due */

static bool
is_day_off(const struct sequence_wall *wall, int64_t day)
{
    for (int i = 0; i < wall->holiday_count; i++)
        if (wall->holidays[i] == day)
            return true;
    return civil_of_days(day).weekday >= 5;
}

static int64_t
next_day(const struct sequence_step *step, const struct sequence_wall *wall,
         int64_t day)
{
    do
        day++;
    while (step->working_days && is_day_off(wall, day));
    return day;
}

static int64_t
moment_of(const struct zone *zone, int64_t day, const struct civil *time)
{
    struct civil civil = civil_of_days(day);

    civil.hour = time->hour;
    civil.minute = time->minute;
    civil.second = time->second;
    return zone_utc_ms(zone, &civil, ZONE_FIRST);
}

int64_t
sequence_due_ms(const struct sequence_step *step,
                const struct sequence_wall *wall, int64_t from_ms)
{
    int64_t earliest_ms = from_ms + step->after_ms;
    struct civil civil = zone_civil(wall->zone, earliest_ms);
    int64_t day = civil_days(civil.year, civil.month, civil.day);

    if (step->after_days == 0 && step->at_minute < 0
        && !(step->working_days && is_day_off(wall, day)))
        return earliest_ms;
    for (int i = 0; i < step->after_days; i++)
        day = next_day(step, wall, day);
    if (step->working_days && is_day_off(wall, day))
        day = next_day(step, wall, day);
    if (step->at_minute >= 0)
        civil = (struct civil){ .hour = step->at_minute / 60,
                                .minute = step->at_minute % 60 };
    int64_t due_ms = moment_of(wall->zone, day, &civil);
    if (due_ms < earliest_ms) /* that time of the day is over */
        due_ms = moment_of(wall->zone, next_day(step, wall, day), &civil);
    return due_ms;
}

/* ------------------------------------------------------- the document */

static const char *const zones[] = { "lead", "workspace", NULL };
static const char *const channels[] = { "email", NULL };
static const char *const kinds[] = { "call", "message", "meeting", "other",
                                     NULL };

static const struct shape_field after_fields[] = {
    { "minutes", SHAPE_INTEGER, 0, 525600, 0, .about = "So many minutes." },
    { "hours", SHAPE_INTEGER, 0, 8760, 0, .about = "So many hours." },
    { "days", SHAPE_INTEGER, 0, 365, 0,
      .about = "So many days, at the same time on the wall." },
    { 0 },
};
static const struct shape after_shape = { "SequenceAfter",
                                          "How long after the step before.", 0,
                                          after_fields };
static const struct shape_field message_fields[] = {
    { "channel", SHAPE_OPTION, 0, .options = channels,
      .about = "email if absent." },
    { "template", SHAPE_TEXT, 0, 100,
      .about = "A template's name or id, in the lead's language if there is "
               "one; or" },
    { "subject", SHAPE_TEXT, 0, 500, .about = "a subject of its own" },
    { "body", SHAPE_TEXT, 0, 20000, .about = "and a text." },
    { 0 },
};
static const struct shape message_shape = { "SequenceMessage",
                                            "A message to the lead.", 0,
                                            message_fields };
static const struct shape_field task_fields[] = {
    { "kind", SHAPE_OPTION, SHAPE_REQUIRED, .options = kinds,
      .about = "What the owner is to do." },
    { "title", SHAPE_TEXT, SHAPE_REQUIRED, 200, .about = "In a line." },
    { "note", SHAPE_TEXT, 0, 20000, .about = "In many." },
    { "due_in_minutes", SHAPE_INTEGER, 0, 525600, 0, .about = "0 if absent." },
    { 0 },
};
static const struct shape task_shape = { "SequenceTask",
                                         "A task for the lead's owner.", 0,
                                         task_fields };
static const struct shape_field change_fields[] = {
    { "stage", SHAPE_TEXT, 0, 50, .about = "The stage it moves to." },
    { "add_tags", SHAPE_TEXT, SHAPE_LIST, 50, .about = "Tags it gets." },
    { "remove_tags", SHAPE_TEXT, SHAPE_LIST, 50, .about = "Tags it loses." },
    { 0 },
};
static const struct shape change_shape = { "SequenceStepChange",
                                           "A change of the lead.", 0,
                                           change_fields };
static const struct shape_field step_fields[] = {
    { "after", SHAPE_OBJECT, 0, .of = &after_shape,
      .about = "At once if absent." },
    { "at", SHAPE_TEXT, 0, 5, .about = "A time of the day: 09:00." },
    { "zone", SHAPE_OPTION, 0, .options = zones,
      .about = "On whose wall: of the lead if its zone is known (if absent), "
               "or of the workspace." },
    { "working_days", SHAPE_BOOL, 0,
      .about = "Monday to Friday, but for holidays there." },
    { "message", SHAPE_OBJECT, 0, .of = &message_shape, .about = "One of" },
    { "task", SHAPE_OBJECT, 0, .of = &task_shape, .about = "these" },
    { "change", SHAPE_OBJECT, 0, .of = &change_shape, .about = "three." },
    { 0 },
};
const struct shape sequence_step_shape = {
    "SequenceStep", "What is done, and how long after the step before.", 0,
    step_fields
};

/* --------------------------------------------------------------- reading */

struct reading {
    struct work *w;
    struct arena *arena;
    struct str at; /* of the step: "/steps/2" */
};

static struct str
below(const struct reading *r, const char *name)
{
    return arena_format(r->w->arena, "%.*s/%s", STR_ARG(r->at), name);
}

static struct str
kept_text(const struct reading *r, const struct json *json, const char *name)
{
    struct str text = json_get_text(json, name);

    return text.data == NULL ? STR_NONE : arena_str(r->arena, text);
}

static bool
read_after(const struct reading *r, const struct json *json,
           struct sequence_step *step)
{
    const struct json *after = json_get(json, "after");

    if (after == NULL)
        return true;
    if (after->object.count != 1)
        return fail_at(r->w, below(r, "after"), "one_of",
                       "Say one of minutes, hours and days.");
    step->after_ms = json_get_int(after, "minutes", 0) * 60000
                   + json_get_int(after, "hours", 0) * 3600000;
    step->after_days = (int32_t)json_get_int(after, "days", 0);
    return true;
}

static bool
read_time(const struct reading *r, const struct json *json,
          struct sequence_step *step)
{
    struct str text = json_get_text(json, "at");
    int64_t hour;
    int64_t minute;

    step->at_minute = -1;
    if (text.data == NULL)
        return true;
    if (text.bytes != 5 || text.data[2] != ':' || !char_is_digit(text.data[0])
        || !char_is_digit(text.data[3])
        || !str_to_int64(str_slice(text, 0, 2), &hour) || hour > 23
        || !str_to_int64(str_slice(text, 3, 5), &minute) || minute > 59)
        return fail_at(r->w, below(r, "at"), "wrong_type",
                       "A time of the day is written as 09:00.");
    step->at_minute = (int32_t)(hour * 60 + minute);
    return true;
}

/* Whether the template is there, and the text can be filled, is asked by
 * whoever knows templates (src/sequence_message.c). */
static bool
read_message(const struct reading *r, const struct json *json,
             struct sequence_step *step)
{
    step->kind = STEP_MESSAGE;
    step->channel = channels[0];
    step->template = kept_text(r, json, "template");
    step->subject = kept_text(r, json, "subject");
    step->body = kept_text(r, json, "body");
    bool text = step->subject.data != NULL || step->body.data != NULL;
    if (str_is_empty(step->template) == text)
        return true;
    return fail_at(r->w, below(r, "message"), "one_of",
                   "Name a template, or give subject and body.");
}

static bool
read_task(const struct reading *r, const struct json *json,
          struct sequence_step *step)
{
    step->kind = STEP_TASK;
    step->task_kind = task_kind_find(json_get_text(json, "kind"));
    step->title = str_trim(kept_text(r, json, "title"));
    step->note = kept_text(r, json, "note");
    step->due_minutes = json_get_int(json, "due_in_minutes", 0);
    return !str_is_empty(step->title)
        || fail_at(r->w, below(r, "task/title"), "empty",
                   "Say in a line what is to do.");
}

static const struct str *
kept_tags(const struct reading *r, const struct json *list, int *count)
{
    size_t length = list == NULL ? 0 : list->array.count;
    struct str *tags = ARENA_ARRAY(r->arena, struct str, length);

    for (size_t i = 0; i < length; i++)
        tags[i] = arena_str(r->arena, list->array.items[i].text);
    *count = (int)length;
    return tags;
}

static bool
read_change(const struct reading *r, const struct json *json,
            struct sequence_step *step)
{
    step->kind = STEP_CHANGE;
    step->stage = kept_text(r, json, "stage");
    step->add_tags = kept_tags(r, json_get(json, "add_tags"), &step->add_count);
    step->remove_tags =
        kept_tags(r, json_get(json, "remove_tags"), &step->remove_count);
    if (step->stage.data != NULL && lead_stage_of(r->w, step->stage) == NULL)
        return fail_at(r->w, below(r, "change/stage"), "unknown_stage",
                       "There is no stage \"%.*s\".", STR_ARG(step->stage));
    if (step->stage.data != NULL || step->add_count + step->remove_count > 0)
        return true;
    return fail_at(r->w, below(r, "change"), "empty",
                   "Say what changes: stage, add_tags or remove_tags.");
}

static bool
read_step(const struct reading *r, const struct json *json,
          struct sequence_step *step)
{
    const struct json *message = json_get(json, "message");
    const struct json *task = json_get(json, "task");
    const struct json *change = json_get(json, "change");
    bool ok = read_after(r, json, step);

    ok &= read_time(r, json, step); /* both, so that one try shows all */
    step->workspace_zone = str_is(json_get_text(json, "zone"), "workspace");
    step->working_days = json_get_bool(json, "working_days", false);
    if ((message != NULL) + (task != NULL) + (change != NULL) != 1)
        return fail_at(r->w, r->at, "one_of",
                       "A step is exactly one of message, task and change.");
    if (message != NULL)
        return read_message(r, message, step) && ok;
    if (task != NULL)
        return read_task(r, task, step) && ok;
    return read_change(r, change, step) && ok;
}

bool
sequence_read(struct work *w, struct arena *arena, const struct json *steps,
              struct str at, struct sequence *sequence)
{
    size_t count = steps->array.count;
    struct sequence_step *list =
        ARENA_ARRAY(arena, struct sequence_step, count);
    bool ok = true;

    if (count == 0 || count > SEQUENCE_STEPS_MAX)
        return fail_at(w, at, "count", "A sequence has 1 to %d steps.",
                       SEQUENCE_STEPS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct reading r = {
            w, arena, arena_format(w->arena, "%.*s/%zu", STR_ARG(at), i)
        };
        ok &= shape_check(w, &sequence_step_shape, &steps->array.items[i], r.at)
           && read_step(&r, &steps->array.items[i], &list[i]);
    }
    sequence->steps = list;
    sequence->step_count = (int)count;
    return ok;
}

/* --------------------------------------------------------------- consent */

/* Consent is kept as it was given: true or false, or an object that says it
 * for channels or for advertising as a whole. Silence is no refusal: the
 * person has asked us something. */
bool
sequence_consents(const struct lead *lead, const char *channel)
{
    const struct json *consent = lead->consent;

    if (consent == NULL)
        return true;
    if (consent->kind == JSON_BOOL)
        return consent->truth;
    return json_get_bool(consent, "marketing", true)
        && json_get_bool(consent, channel, true);
}

/* --------------------------------------------------------------- finding */

const struct sequence *
sequence_of(const struct workspace_cache *cache, struct id id)
{
    for (int i = 0; i < cache->sequences->count; i++)
        if (id_equal(cache->sequences->list[i].id, id))
            return &cache->sequences->list[i];
    return NULL;
}

const struct sequence *
sequence_find(const struct workspace_cache *cache, struct str name)
{
    struct id id = ID_NONE;
    bool by_id = id_parse(name, &id);

    for (int i = 0; i < cache->sequences->count; i++) {
        const struct sequence *sequence = &cache->sequences->list[i];
        if (sequence->archived_ms == 0
            && (str_equal(sequence->slug, name)
                || (by_id && id_equal(sequence->id, id))))
            return sequence;
    }
    return NULL;
}
