/*
 * page_form_take: what becomes of a form that was sent. Whatever a visitor
 * sends is either taken, with all that was in it, or refused on a page that
 * says so and has everything still filled in: nothing is dropped in silence.
 */
#include "lib/base/address.h"
#include "src/access/permission.h"
#include "src/api/capture_api.h"
#include "src/api/form_api.h"
#include "src/api/held_care.h"
#include "src/match/match.h"
#include "src/page/page_form.h"
#include "src/standardise/standard_unicode.h"
#include "src/standardise/standardise.h"

enum {
    HASTY_MS = 2000,           /* nobody fills a form in so fast */
    REPEAT_MS = 5 * 60 * 1000, /* the same once more is a double click */
};

/* --------------------------------------------------------------- taking */

static bool
lacks_any(const struct page_form_visit *visit)
{
    for (int i = 0; i < visit->form.input_count; i++)
        if (page_form_lacks(visit, &visit->form.inputs[i]))
            return true;
    return false;
}

/* What comes along by itself, and a tick, say nothing of anybody. */
static bool
is_said(struct arena *arena, const struct form_field *field)
{
    if (str_is(field->name, PAGE_FORM_STAMP) || str_is(field->name, "consent")
        || str_is_empty(str_trim(standard_visible(arena, field->value))))
        return false;
    for (const struct page_form_carried *c = page_form_carried; c->name != NULL;
         c++)
        if (str_is(field->name, c->name))
            return false;
    return true;
}

static bool
says_nothing(const struct page_form_visit *visit)
{
    const struct form *sent = &visit->sent->fields;

    for (size_t i = 0; i < sent->count; i++)
        if (is_said(visit->page.w->arena, &sent->fields[i]))
            return false;
    return true;
}

/* A pasted form has no stamp, and is not asked for one. */
static bool
is_hasty(const struct page_form_visit *visit)
{
    struct work *w = visit->page.w;
    struct str stamp = page_form_value(visit, PAGE_FORM_STAMP);
    int64_t opened_ms;

    if (str_is_empty(stamp))
        return false;
    return !form_stamp_read(w->arena, &visit->form, stamp, &opened_ms)
        || w->now_ms - opened_ms < HASTY_MS;
}

/* Why a person has to press once more; false: all is well. */
static bool
has_reason(const struct page_form_visit *visit, enum page_word *reason)
{
    if (visit->sent->has_file)
        *reason = WORD_FORM_NO_FILES;
    else if (lacks_any(visit))
        *reason = WORD_CHECK_FIELDS;
    else if (says_nothing(visit))
        *reason = WORD_FORM_EMPTY;
    else if (is_hasty(visit))
        *reason = WORD_FORM_TOO_FAST;
    else
        return false;
    return true;
}

static bool
refuse(struct page_form_visit *visit, struct response *response,
       enum page_word reason)
{
    struct work *w = visit->page.w;

    if (!visit->json) {
        visit->alert = reason;
        visit->has_alert = true;
        return page_form_put(visit, response, 422);
    }
    for (int i = 0; i < visit->form.input_count; i++)
        if (page_form_lacks(visit, &visit->form.inputs[i]))
            fail_at(
                w,
                arena_format(w->arena, "/%s", visit->form.inputs[i].kind->name),
                "required", "This must be filled in.");
    return w->error.detail_count == 0 ? fail(
               w, ERR_INVALID, "%.*s", STR_ARG(page_word(PAGE_ENGLISH, reason)))
                                      : false;
}

/* The name of a delivery: the same content of the same form, and about when. */
static struct str
delivery_key(const struct page_form_visit *visit, int64_t window)
{
    return arena_format(visit->page.w->arena, "form:%s:%.*s:%lld",
                        id_show(visit->form.id).text,
                        STR_ARG(visit->sent->content), (long long)window);
}

static bool
find_in_window(const struct page_form_visit *visit, int64_t window,
               struct id *earlier)
{
    struct work *w = visit->page.w;
    const struct lead_facts nobody = { 0 };
    const struct submission asked = {
        .source = visit->form.source,
        .delivery_key = delivery_key(visit, window),
    };
    struct submission_row *rows;
    struct lead lead;
    int count;

    enum match_result result = match_find(w, &nobody, &asked, &lead);
    if (result == MATCH_FAILED)
        return false;
    if (result == MATCH_NONE)
        return true;
    if (!submission_of_lead(w, lead.id, &rows, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (str_equal(rows[i].delivery_key, asked.delivery_key)
            && w->now_ms - rows[i].received_ms < REPEAT_MS)
            *earlier = rows[i].id;
    return true;
}

/* Windows stand beside each other: what came shortly before the border of
 * one is in the one before. */
static bool
find_repeat(const struct page_form_visit *visit, struct id *earlier)
{
    int64_t window = visit->page.w->now_ms / REPEAT_MS;

    *earlier = ID_NONE;
    return find_in_window(visit, window, earlier)
        && (!id_is_none(*earlier)
            || find_in_window(visit, window - 1, earlier));
}

/* What was agreed to, in the words that were shown. */
static const struct json *
consent_given(const struct page_form_visit *visit)
{
    struct work *w = visit->page.w;
    struct str value = page_form_value(visit, "consent");
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    if (str_is_empty(value))
        return NULL;
    json_open_object(&out);
    json_put_bool(&out, "agreed", true);
    for (int i = 0; i < visit->form.input_count; i++)
        if (str_is(STR("consent"), visit->form.inputs[i].kind->name))
            json_put_text(&out, "text",
                          form_say(&visit->form.inputs[i].label,
                                   visit->page.language == PAGE_KOREAN));
    json_put_time(&out, "at", w->now_ms);
    json_put_id(&out, "form", visit->form.id);
    json_put_int(&out, "version", visit->form.version);
    json_close_object(&out);
    return json_parse(w->arena, text_str(&text), &error);
}

/* An amount without a currency is in the workspace's, which is known only
 * now. */
static bool
read_amount(struct work *w, struct page_form_sent *sent)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    const struct standardise_settings settings = {
        .country = cache->workspace.country,
        .currency = cache->workspace.currency,
        .currency_is_of_workspace = true,
    };
    return json_get(sent->given, "deal_value") == NULL
        || standardise(w, sent->given, STR(""), &settings, &sent->facts);
}

/* What the form asks for alone: the rest stays with the submission. */
static const struct json *
own_asked(struct page_form_visit *visit, const struct json *custom)
{
    struct arena *arena = visit->page.w->arena;
    struct json *asked = ARENA_NEW(arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(arena, struct json_member, (size_t)visit->form.input_count);

    asked->kind = JSON_OBJECT;
    asked->object.members = members;
    for (int i = 0; i < visit->form.input_count; i++) {
        struct str name = str_of(visit->form.inputs[i].kind->name);
        struct str own = str_starts(name, STR("custom."))
                           ? str_slice(name, sizeof "custom." - 1, name.bytes)
                           : STR_NONE;
        const struct json *value = json_get_named(custom, own);
        if (own.data != NULL && value != NULL)
            members[asked->object.count++] =
                (struct json_member){ own, *value };
    }
    return asked->object.count > 0 ? asked : NULL;
}

/* One submission of the form, with the bytes as they came. */
static bool
take(struct page_form_visit *visit, struct page_form_sent *sent,
     struct submission *submission, struct intake *intake)
{
    if (!read_amount(visit->page.w, sent))
        return false;
    sent->facts.consent = consent_given(visit);
    sent->facts.custom = own_asked(visit, sent->facts.custom);
    return lifecycle_intake(visit->page.w, submission, &sent->facts, intake);
}

/* This machine's own address is a proxy's that nobody has named. */
static void
add_ip(struct work *w, const struct request *request, struct lead_facts *facts)
{
    struct fact *ip = &facts->facts[LEAD_IP];
    struct address address;

    if (!ip->known && address_parse(request->peer, &address)
        && !address_is_loopback(&address))
        *ip = (struct fact){ .known = true,
                             .text = request->peer,
                             .folded = fold_text(w->arena, request->peer) };
}

static bool
take_sent(struct page_form_visit *visit, struct page_form_sent *sent,
          struct id *id)
{
    const struct request *request = visit->page.request;
    struct work *w = visit->page.w;
    struct submission submission;
    struct intake intake = { 0 };

    if (!capture_submission(w, request->content_type, request->body,
                            delivery_key(visit, w->now_ms / REPEAT_MS),
                            &submission))
        return false;
    *id = submission.id;
    submission.form = visit->form.id;
    add_ip(w, request, &sent->facts);
    return take(visit, sent, &submission, &intake);
}

/* Kept as it came; somebody can find it, and let it go. */
static bool
keep(struct page_form_visit *visit, struct held *held, struct id *id)
{
    const struct request *request = visit->page.request;
    struct work *w = visit->page.w;
    bool is_new;

    held->source = visit->form.source;
    held->form = visit->form.id;
    held->door = HELD_BY_FORM;
    held->delivery_key = delivery_key(visit, w->now_ms / REPEAT_MS);
    held_pack(w->arena, request_header(request, "content-type"), request->body,
              held);
    if (!held_keep(w, held, &is_new))
        return false;
    if (is_new)
        held_tell(w, held);
    *id = held->id;
    return true;
}

/* F3: who fills in the trap sees no page; but it may have been a person. */
static bool
keep_spam(struct page_form_visit *visit, struct id *id)
{
    struct held held = {
        .state = HELD_SPAM,
        .code = STR("trap"),
        .reason = STR("A field was filled in that no visitor sees."),
    };

    return keep(visit, &held, id);
}

/* The words a visitor saw are those of the language he said he has. */
static struct page_form_visit
visit_again(struct work *w, struct page_form_sent *sent)
{
    struct str language = form_get(&sent->fields, "language");

    return (struct page_form_visit){
        .page = { .w = w,
                  .language = str_starts(language, STR("ko")) ? PAGE_KOREAN
                                                              : PAGE_ENGLISH },
        .sent = sent,
    };
}

bool
page_form_release(struct work *w, const struct held *held, struct id *lead)
{
    struct page_form_sent sent = { .workspace = w->workspace,
                                   .form = held->form };
    struct page_form_body body = { .content_type = held_content_type(held),
                                   .bytes = held_body(w->arena, held) };
    struct page_form_visit visit;
    struct submission submission;
    struct intake intake = { 0 };
    struct json_error error;

    body.json = json_parse(w->arena, body.bytes, &error);
    if (!page_form_read(w, &body, &sent))
        return fail(w, ERR_CONFLICT, "The form that was sent is unreadable.");
    visit = visit_again(w, &sent);
    if (!form_load(w, held->form, &visit.form)
        || !capture_submission(w, held->content_type, held->body,
                               held->delivery_key, &submission))
        return false;
    submission.id = held->id;
    submission.form = held->form;
    if (!take(&visit, &sent, &submission, &intake))
        return false;
    *lead = intake.lead.id;
    return true;
}

bool
page_form_send(struct work *w, const struct request *request,
               struct response *response)
{
    struct page_form_sent *sent = request->prepared;
    struct page_form_visit visit;
    enum page_word reason;
    struct id id;

    switch (page_form_open(w, request, &visit)) {
    case PAGE_FORM_FAILED:
        return false;
    case PAGE_FORM_UNKNOWN:
        return page_form_answer_unknown(&visit, response);
    case PAGE_FORM_OPENED:
        break;
    }
    if (!sent->readable && visit.json)
        return fail(w, ERR_MALFORMED,
                    "The body is no form that can be read: "
                    "urlencoded, multipart, or an object.");
    if (!sent->readable)
        return page_message(&visit.page, response, 400, WORD_FORM_SEND,
                            WORD_UNREADABLE);
    visit.sent = sent;
    if (has_reason(&visit, &reason))
        return refuse(&visit, response, reason);

    /* Whoever sends it, a person of ours too, speaks for the source. */
    w->actor =
        (struct actor){ ACTOR_SOURCE, visit.form.source, source_permissions };
    if (!find_repeat(&visit, &id))
        return false;
    bool trapped = !str_is_empty(page_form_value(&visit, PAGE_FORM_TRAP));
    if (id_is_none(id)
        && !(trapped ? keep_spam(&visit, &id) : take_sent(&visit, sent, &id)))
        return false;
    return page_form_put_thanks(&visit, response, id);
}

/* A stage has failed on it. That is nothing a visitor could mend, so he is
 * thanked, and what he sent waits for somebody of ours. */
bool
page_form_rescue(struct work *w, const struct request *request,
                 struct response *response)
{
    struct page_form_visit visit;
    struct id id;
    struct held held = held_failed(request->failure);

    if (page_form_open(w, request, &visit) != PAGE_FORM_OPENED) {
        w->error = *request->failure;
        return false;
    }
    visit.sent = request->prepared;
    return keep(&visit, &held, &id)
        && page_form_put_thanks(&visit, response, id);
}
