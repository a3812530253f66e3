/*
 * first_answer_api: see first_answer_api.h. Above the stages, because it
 * names forms of one and templates of another.
 */
#include "src/api/first_answer_api.h"

#include "src/access/access.h"
#include "src/capture/form_document.h"
#include "src/message/message.h"

static const struct shape_field answer_fields[] = {
    { "source", SHAPE_ID, SHAPE_NULLABLE,
      .about = "What comes from it; null: everything." },
    { "form", SHAPE_ID, SHAPE_NULLABLE,
      .about = "Or what is sent with it; the nearest counts." },
    { "template", SHAPE_ID, SHAPE_REQUIRED | SHAPE_NULLABLE,
      .about = "An e-mail; null: nothing goes out." },
    { "counts_as_answer", SHAPE_BOOL, 0,
      .about = "It stops the clock, as if a person had answered." },
    { 0 },
};
static const struct shape answer_shape = {
    "FirstAnswer", "What goes out by itself to a lead that has come.", 0,
    answer_fields
};
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &answer_shape,
      .about = "All that are set." },
    { 0 },
};
static const struct shape list_shape = { "FirstAnswers",
                                         "What goes out by itself.", 0,
                                         list_fields };

/* ------------------------------------------------------------------ show */

static bool
is_source(const struct workspace_cache *cache, struct id id)
{
    for (int i = 0; i < cache->source_count; i++)
        if (id_equal(cache->sources[i].id, id))
            return true;
    return false;
}

/* A scope is the workspace, a source, or else a form. */
static void
put_answer(struct json_out *out, const struct workspace_cache *cache,
           const struct first_answer *answer)
{
    bool all = id_equal(answer->scope, cache->id);
    bool source = is_source(cache, answer->scope);

    json_open_object(out);
    json_put_id(out, "source", source ? answer->scope : ID_NONE);
    json_put_id(out, "form", all || source ? ID_NONE : answer->scope);
    json_put_id(out, "template", answer->template);
    json_put_bool(out, "counts_as_answer", answer->counts);
    json_close_object(out);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->first_answers->count; i++)
        put_answer(&out, cache, &cache->first_answers->items[i]);
    response_list_done(response, &out);
    return true;
}

/* ---------------------------------------------------------------- change */

/* There is no such record: said at its place, not as a missing page. */
static bool
is_unknown(struct work *w, const char *pointer, const char *what)
{
    if (w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return fail_at(w, str_of(pointer), "unknown", "There is no such %s.", what);
}

static bool
read_scope(struct work *w, const struct json *json,
           const struct workspace_cache *cache, struct id *scope)
{
    struct form_document form;
    struct id source;
    struct id sent;

    bool of_source = id_parse(json_get_text(json, "source"), &source);
    bool of_form = id_parse(json_get_text(json, "form"), &sent);
    if (of_source && of_form)
        return fail_at(w, STR("/form"), "one_of",
                       "Name a source or a form, not both.");
    *scope = of_source ? source : of_form ? sent : cache->id;
    if (of_source && !is_source(cache, source))
        return fail_at(w, STR("/source"), "unknown",
                       "There is no such source.");
    return !of_form || form_load(w, sent, &form)
        || is_unknown(w, "/form", "form");
}

static bool
read_template(struct work *w, const struct json *json, struct id *id)
{
    struct message_template template;

    *id = ID_NONE;
    if (!id_parse(json_get_text(json, "template"), id))
        return true;
    if (!message_template_load(w, *id, &template))
        return is_unknown(w, "/template", "template");
    return template.channel == CHANNEL_EMAIL
        || fail_at(w, STR("/template"), "not_an_email",
                   "A first answer is an e-mail.");
}

static bool
set(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct first_answer answer = {
        .counts = json_get_bool(request->json, "counts_as_answer", false),
    };
    struct text text;

    if (cache == NULL || !read_scope(w, request->json, cache, &answer.scope)
        || !read_template(w, request->json, &answer.template)
        || !first_answer_save(w, &answer) || !workspace_config_changed(w))
        return false;
    cache = workspace_cache(w);
    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_answer(&out, cache, &answer);
    response_json_done(response, &text);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/first-answers", list, CAN_VIEW_WORKSPACE,
      "What goes out by itself to new leads.", .gives = &list_shape },
    { PUT, "/api/v1/first-answers", set, CAN_EDIT_TEMPLATES,
      "Set what goes out to leads of the workspace, a source or a form.",
      .takes = &answer_shape, .gives = &answer_shape },
    { 0 },
};

const struct module first_answer_module = { "first_answer", endpoints, NULL };
