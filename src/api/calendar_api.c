/* calendar_api: see calendar_api.h. */
#include "src/api/calendar_api.h"

#include <assert.h>

#include "lib/http/shape.h"
#include "src/access/permission.h"
#include "src/follow_up/calendar.h"

static const int64_t PAST_MS = INT64_C(90) * 86400000;

static const struct shape_field feed_fields[] = {
    { "active", SHAPE_BOOL, 0, .about = "Somebody may subscribe to it." },
    { "path", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Below this server's address; shown once, when it is made." },
    { "created_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When." },
    { 0 },
};
static const struct shape feed_shape = { "CalendarFeed",
                                         "Your calendar's address.", 0,
                                         feed_fields };

/* ----------------------------------------------------------- the address */

static bool
is_person(struct work *w)
{
    return w->actor.kind == ACTOR_PERSON
        || fail(w, ERR_FORBIDDEN,
                "A calendar is a person's: a key has none of its own.");
}

static void
answer(struct work *w, struct response *response, int64_t created_ms,
       struct str token)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    json_open_object(&out);
    json_put_bool(&out, "active", created_ms > 0);
    json_put_text(&out, "path",
                  token.data == NULL
                      ? STR_NONE
                      : arena_format(w->arena, "/cal/%.*s", STR_ARG(token)));
    json_put_time(&out, "created_at", created_ms);
    json_close_object(&out);
    response_json_done(response, &text);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    int64_t created_ms;

    (void)request;
    if (!is_person(w) || !calendar_feed_since(w, w->actor.id, &created_ms))
        return false;
    answer(w, response, created_ms, STR_NONE);
    return true;
}

static bool
make(struct work *w, const struct request *request, struct response *response)
{
    struct str token = calendar_token_new(w->arena, w->workspace);

    (void)request;
    if (!is_person(w) || !calendar_feed_save(w, w->actor.id, token))
        return false;
    answer(w, response, w->now_ms, token);
    response->status = 201;
    return true;
}

static bool
withdraw(struct work *w, const struct request *request,
         struct response *response)
{
    (void)request, (void)response;
    return is_person(w) && calendar_feed_remove(w, w->actor.id);
}

/* ---------------------------------------------------------- the calendar */

/* No session names the workspace of a calendar program: the address does. */
static bool
prepare(struct work *w, struct request *request)
{
    struct hash *hash = ARENA_NEW(w->arena, struct hash);

    if (calendar_token_parse(request_parameter(request, "token"), &w->workspace,
                             hash))
        request->prepared = hash;
    else
        w->workspace = ID_NONE;
    return true;
}

static bool
not_there(struct work *w)
{
    return fail(w, ERR_NOT_FOUND, "There is no calendar at this address.");
}

/* K2: whoever has left has no calendar any more. */
static bool
find_person(struct work *w, const struct request *request,
            const struct workspace_cache **cache, const struct person **person)
{
    struct id id;
    bool found;

    if (request->prepared == NULL)
        return not_there(w);
    *cache = workspace_cache(w);
    if (*cache == NULL)
        return w->error.kind == ERR_NOT_FOUND ? not_there(w) : false;
    if (!calendar_feed_find(w, request->prepared, &id, &found))
        return false;
    int number = found ? team_find((*cache)->team, id) : -1;
    if (number < 0 || !(*cache)->team->people[number].active)
        return not_there(w);
    *person = &(*cache)->team->people[number];
    return true;
}

static struct str
etag_of(struct arena *arena, struct str body)
{
    const struct hash hash = hash_of(body);
    struct text text = text_new(arena);

    text_add_char(&text, '"');
    for (int i = 0; i < 16; i++)
        text_format(&text, "%02x", hash.bytes[i]);
    text_add_char(&text, '"');
    return text_str(&text);
}

static void
answer_calendar(struct work *w, const struct request *request,
                struct response *response, struct str body)
{
    struct str etag = etag_of(w->arena, body);

    response_header(response, "ETag", etag);
    response_header(response, "Cache-Control", STR("private, no-cache"));
    if (str_equal(request_header(request, "if-none-match"), etag)) {
        response->status = 304;
        return;
    }
    response->content_type = "text/calendar; charset=utf-8";
    response->body = body;
}

static bool
read_calendar(struct work *w, const struct request *request,
              struct response *response)
{
    const struct workspace_cache *cache = NULL;
    const struct person *person = NULL;
    struct task *tasks;
    int count;

    if (!find_person(w, request, &cache, &person))
        return false;
    assert(person != NULL);
    /* F5: as he would see them himself */
    const struct task_query query = {
        .scoped = true,
        .scope = { .people = &person->id, .count = 1, .self = person->id },
        .assigned = true,
        .assignee = person->id,
        .due_from_ms = w->now_ms - PAST_MS,
    };
    if (!task_select(w, &query, &tasks, &count))
        return false;
    const struct calendar calendar = {
        .name = arena_format(w->arena, "%.*s - %.*s", STR_ARG(person->name),
                             STR_ARG(cache->workspace.name)),
        .workspace = w->workspace,
        .tasks = tasks,
        .count = count,
    };
    answer_calendar(w, request, response, calendar_text(w->arena, &calendar));
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/calendar-feed", show, CAN_VIEW_LEADS,
      "Whether you have a calendar to subscribe to.", .gives = &feed_shape },
    { POST, "/api/v1/calendar-feed", make, CAN_VIEW_LEADS,
      "Make an address for your calendar; the one before is put out of use. "
      "Only this answer shows it.",
      ENDPOINT_OWN_REPLAY, .gives = &feed_shape },
    { DELETE, "/api/v1/calendar-feed", withdraw, CAN_VIEW_LEADS,
      "Put the address out of use." },
    { GET, "/cal/{token}", read_calendar, PERMISSION_PUBLIC,
      "A person's tasks of the last 90 days and to come, as a calendar (RFC "
      "5545). Whoever knows the address may read it.",
      ENDPOINT_ANY_QUERY, .prepare = prepare },
    { 0 },
};

const struct module calendar_module = { "calendar", endpoints, NULL };
