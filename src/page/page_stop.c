/*
 * page_stop: where somebody says that he wants no more mails of a sequence:
 * the link in each of them, and what mail programs send by themselves when
 * the reader asks them to (RFC 8058). Looking at the page changes nothing:
 * programs that check links look at it too.
 */
#include "src/page/page_inside.h"

#include "src/follow_up/sequence.h"
#include "src/lifecycle.h"

/* Who is asking, by his address alone. */
struct stop {
    struct id run;
    struct str token;
};

bool
page_stop_prepare(struct work *w, struct request *request)
{
    struct stop *stop = ARENA_NEW(w->arena, struct stop);

    w->workspace = ID_NONE;
    if (sequence_address_read(request_parameter(request, "token"),
                              &w->workspace, &stop->run, &stop->token))
        request->prepared = stop;
    return true;
}

static bool
find(struct work *w, const struct request *request, struct sequence_run *run,
     bool *found)
{
    const struct stop *stop = request->prepared;

    *found = false;
    if (stop == NULL)
        return true;
    if (workspace_cache(w) == NULL) {
        bool made_up = w->error.kind == ERR_NOT_FOUND;
        if (made_up)
            w->error = (struct error){ 0 };
        return made_up;
    }
    if (!sequence_run_load(w, stop->run, run, found))
        return false;
    *found = *found && sequence_token_fits(run, stop->token);
    return true;
}

static bool
unknown(struct page *page, struct response *response)
{
    return page_message(page, response, 404, WORD_STOP_UNKNOWN_TITLE,
                        WORD_STOP_UNKNOWN);
}

bool
page_stop_show(struct work *w, const struct request *request,
               struct response *response)
{
    struct page page = page_new(w, request);
    struct sequence_run run;
    bool found;

    if (!find(w, request, &run, &found))
        return false;
    if (!found)
        return unknown(&page, response);
    page.here = request->path;
    page_begin(&page, page_word(page.language, WORD_STOP_TITLE));
    HTML(&page.text, "<h1>");
    page_say(&page, WORD_STOP_TITLE);
    HTML(&page.text, "</h1><p>");
    page_say(&page, WORD_STOP_ABOUT);
    HTML(&page.text, "</p><form method=\"post\"");
    page_address(&page, "action", request->path);
    HTML(&page.text, ">");
    page_button(&page, WORD_STOP_DO);
    HTML(&page.text, "</form>");
    return page_end(&page, response, 200);
}

/* ------------------------------------------------------------ saying no */

/* What was said before stays beside it. */
static struct str
without_mail(struct arena *arena, const struct json *consent)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    bool is_object = consent != NULL && consent->kind == JSON_OBJECT;

    json_open_object(&out);
    for (size_t i = 0; is_object && i < consent->object.count; i++) {
        const struct json_member *member = &consent->object.members[i];
        if (str_is(member->name, "email"))
            continue;
        json_name_str(&out, member->name);
        json_tree(&out, &member->value);
    }
    json_put_bool(&out, "email", false);
    json_close_object(&out);
    return text_str(&text);
}

static struct str
change_json(struct arena *arena, const struct json *before, struct str after)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_name(&out, "changes");
    json_open_array(&out);
    json_open_object(&out);
    json_put_cstr(&out, "field", "consent");
    json_put_tree(&out, "from", before);
    json_name(&out, "to");
    json_raw(&out, after);
    json_close_object(&out);
    json_close_array(&out);
    json_put_cstr(&out, "reason", "refused");
    json_close_object(&out);
    return text_str(&text);
}

/* S5 */
static bool
refuse(struct work *w, struct id id)
{
    struct json_error error;
    struct lead lead;

    if (!lead_load(w, id, &lead))
        return false;
    if (!id_is_none(lead.merged_into)) /* he is another by now */
        return refuse(w, lead.merged_into);
    if (!sequence_consents(&lead, "email")
        && lead.sequence_state != LEAD_IN_SEQUENCE)
        return true; /* he has said so before */
    const struct json *before = lead.consent;
    struct str after = without_mail(w->arena, before);
    lead.consent = json_parse(w->arena, after, &error);
    return sequence_stop(w, &lead, "refused")
        && lifecycle_changed(w, &lead, change_json(w->arena, before, after));
}

bool
page_stop_do(struct work *w, const struct request *request,
             struct response *response)
{
    struct page page = page_new(w, request);
    struct sequence_run run;
    bool found;

    if (!find(w, request, &run, &found))
        return false;
    if (!found)
        return unknown(&page, response);
    return refuse(w, run.lead)
        && page_message(&page, response, 200, WORD_STOP_DONE_TITLE,
                        WORD_STOP_DONE);
}
