/*
 * page_form: a public form as a page, and what comes back from it. Whatever a
 * visitor sends is either taken, with all that was in it, or refused on a
 * page that says so and has everything still filled in: nothing is dropped
 * in silence.
 */
#include "lib/base/form.h"
#include "src/access/permission.h"
#include "src/capture/form_document.h"
#include "src/capture_api.h"
#include "src/form_api.h"
#include "src/match/match.h"
#include "src/page.h"
#include "src/standardise/standardise.h"

enum {
    HASTY_MS = 2000,           /* nobody fills a form in so fast */
    REPEAT_MS = 5 * 60 * 1000, /* the same once more is a double click */
};

/* Fields that are ours. The trap is out of sight: who fills it in does not
 * see pages. Its name tempts programs, and no browser fills it by itself. */
#define STAMP_NAME "form_opened"
#define TRAP_NAME  "homepage_2"

/* What a page that leads here may hand on, beside what a form asks for. */
static const struct carried {
    const char *name;
    const char *field; /* of a lead, or NULL: only kept */
} carried[] = {
    { "campaign", "campaign" },   { "utm_campaign", "campaign" },
    { "medium", "medium" },       { "utm_medium", "medium" },
    { "utm_source", NULL },       { "utm_term", NULL },
    { "utm_content", NULL },      { "referrer", "referrer" },
    { "page", "page" },           { "language", "language" },
    { "time_zone", "time_zone" }, { "currency", "currency" },
};
enum { CARRIED = sizeof carried / sizeof *carried };

/* What a visitor sent, as far as it comes without a database. */
struct sent {
    struct id workspace;
    struct id form;
    bool readable;
    bool has_file;
    struct form fields;
    const struct json *given; /* fields of a lead, as texts */
    struct lead_facts facts;
    struct str content; /* digest of all but stamp and trap */
};

/* One answer to a visitor. */
struct visit {
    struct page page;
    struct form_document form;
    struct str public_id;
    const struct sent *sent; /* NULL: the form is only shown */
    enum page_word alert;    /* why it was not taken */
    bool has_alert;
    bool json; /* a program asks */
};

/* ------------------------------------------------------------- the page */

static bool
is_korean(const struct visit *visit)
{
    return visit->page.language == PAGE_KOREAN;
}

static struct str
sent_value(const struct visit *visit, const char *name)
{
    return visit->sent == NULL ? STR_NONE
                               : form_get(&visit->sent->fields, name);
}

static bool
lacks(const struct visit *visit, const struct form_input *input)
{
    return input->required &&
           str_is_empty(str_trim(sent_value(visit, input->kind->name)));
}

static void
put_question(struct visit *visit, const struct form_input *input)
{
    static const enum page_input_kind kinds[] = {
        [FORM_LINE] = PAGE_LINE,
        [FORM_AREA] = PAGE_AREA,
        [FORM_CHECK] = PAGE_CHECK,
    };
    struct page *page = &visit->page;
    struct page_option *options = ARENA_ARRAY(
        page->w->arena, struct page_option, (size_t)input->option_count + 1);
    const struct page_input shown = {
        .name = str_of(input->kind->name),
        .kind =
            input->option_count > 0 ? PAGE_CHOICE : kinds[input->kind->look],
        .type = input->kind->type,
        .autocomplete = input->kind->autocomplete,
        .label = form_say(&input->label, is_korean(visit)),
        .value = sent_value(visit, input->kind->name),
        .fault = visit->sent != NULL && lacks(visit, input)
                     ? page_word(page->language, WORD_FAULT_REQUIRED)
                     : STR_NONE,
        .required = input->required,
        .choose = true,
        .options = options,
        .option_count = input->option_count,
    };

    for (int i = 0; i < input->option_count; i++)
        options[i] =
            (struct page_option){ input->options[i], input->options[i] };
    page_input(page, &shown);
}

static bool
is_asked(const struct visit *visit, struct str name)
{
    for (int i = 0; i < visit->form.input_count; i++)
        if (str_is(name, visit->form.inputs[i].kind->name))
            return true;
    return str_is(name, STAMP_NAME) || str_is(name, TRAP_NAME);
}

/* What came without being asked for comes back with the next try. */
static void
put_unasked(struct visit *visit)
{
    const struct form *fields = &visit->sent->fields;

    for (size_t i = 0; i < fields->count; i++) {
        const struct form_field *field = &fields->fields[i];
        if (!field->is_file && !is_asked(visit, field->name))
            page_hidden(&visit->page,
                        arena_cstr(visit->page.w->arena, field->name),
                        field->value);
    }
}

/* What the address that led here says of the visitor. */
static void
put_carried(struct visit *visit)
{
    const struct request *request = visit->page.request;
    struct str referrer = request_header(request, "referer");

    for (int i = 0; i < CARRIED; i++)
        if (!is_asked(visit, str_of(carried[i].name)))
            page_hidden(&visit->page, carried[i].name,
                        request_query(request, carried[i].name));
    if (request_query(request, "referrer").data == NULL)
        page_hidden(&visit->page, "referrer", referrer);
    if (request_query(request, "language").data == NULL &&
        !is_asked(visit, STR("language")))
        page_hidden(&visit->page, "language",
                    is_korean(visit) ? STR("ko") : STR("en"));
}

static void
put_trap_and_stamp(struct visit *visit)
{
    struct page *page = &visit->page;
    struct arena *arena = page->w->arena;
    struct str stamp = sent_value(visit, STAMP_NAME);
    int64_t opened_ms;

    /* The first stamp stays good, so that a second try is never hasty. */
    if (!form_stamp_read(arena, &visit->form, stamp, &opened_ms))
        stamp = form_stamp(arena, &visit->form, page->w->now_ms);
    page_hidden(page, STAMP_NAME, stamp);
    HTML(&page->text, "<div class=\"away\" aria-hidden=\"true\"><label>");
    page_say(page, WORD_FORM_TRAP);
    HTML(&page->text, " <input name=\"" TRAP_NAME "\" tabindex=\"-1\" "
                      "autocomplete=\"off\"></label></div>");
}

static struct str
path_of(const struct visit *visit)
{
    return arena_format(visit->page.w->arena, "/f/%.*s",
                        STR_ARG(visit->public_id));
}

/* The address in the other language hands on what this one does. */
static struct str
query_of(const struct visit *visit)
{
    const struct request *request = visit->page.request;
    struct arena *arena = visit->page.w->arena;
    struct text text = text_new(arena);

    for (int i = 0; i < request->query_count; i++) {
        const struct request_field *field = &request->query[i];
        if (str_is(field->name, "lang"))
            continue;
        text_add_cstr(&text, text.bytes > 0 ? "&" : "");
        text_add(&text, html_percent(arena, field->name));
        text_add_char(&text, '=');
        text_add(&text, html_percent(arena, field->value));
    }
    return text_str(&text);
}

static void
put_alert(struct visit *visit)
{
    if (!visit->has_alert)
        return;
    HTML(&visit->page.text, "<p class=\"alert\" role=\"alert\"><span "
                            "aria-hidden=\"true\">▲ </span>");
    page_say(&visit->page, visit->alert);
    HTML(&visit->page.text, "</p>");
}

static bool
put_form(struct visit *visit, struct response *response, int status)
{
    struct page *page = &visit->page;
    struct text *text = &page->text;
    struct str title = form_say(&visit->form.title, is_korean(visit));

    page->accent = visit->form.accent;
    page->here = path_of(visit);
    page->query = query_of(visit);
    page_begin(page, title);
    HTML(text, "<h1>");
    html_text(text, title);
    HTML(text, "</h1><p>");
    html_lines(text, form_say(&visit->form.about, is_korean(visit)));
    HTML(text, "</p>");
    put_alert(visit);
    HTML(text, "<form method=\"post\"");
    page_address(page, "action", path_of(visit));
    HTML(text, ">");
    for (int i = 0; i < visit->form.input_count; i++)
        put_question(visit, &visit->form.inputs[i]);
    if (visit->sent == NULL)
        put_carried(visit);
    else
        put_unasked(visit);
    put_trap_and_stamp(visit);
    page_button(page, visit->has_alert ? WORD_FORM_AGAIN : WORD_FORM_SEND);
    HTML(text, "</form>");
    return page_end(page, response, status);
}

static struct str
thanks_of(const struct visit *visit)
{
    struct str own = form_say(&visit->form.thanks, is_korean(visit));

    return str_is_empty(own) ? page_word(visit->page.language, WORD_FORM_THANKS)
                             : own;
}

static bool
put_thanks(struct visit *visit, struct response *response, struct id submission)
{
    struct page *page = &visit->page;
    struct text text;

    if (visit->json) {
        struct json_out out = response_json(page->w, response, &text);
        json_open_object(&out);
        json_put_id(&out, "id", submission);
        json_put_text(&out, "thanks", thanks_of(visit));
        json_close_object(&out);
        response_json_done(response, &text);
        return true;
    }
    page->accent = visit->form.accent;
    page_begin(page, page_word(page->language, WORD_FORM_THANKS_TITLE));
    HTML(&page->text, "<h1>");
    page_say(page, WORD_FORM_THANKS_TITLE);
    HTML(&page->text, "</h1><p role=\"status\">");
    html_lines(&page->text, thanks_of(visit));
    HTML(&page->text, "</p>");
    return page_end(page, response, 200);
}

/* ------------------------------------------------------- reading a body */

/* A program may send the same fields as JSON; what is no single value stays
 * in the submission. */
static struct str
json_value_text(struct arena *arena, const struct json *value)
{
    switch (value->kind) {
    case JSON_TEXT:
        return value->text;
    case JSON_BOOL:
        return value->truth ? STR("yes") : STR("");
    case JSON_INTEGER:
    case JSON_REAL: {
        struct text text = text_new(arena);
        struct json_out out = json_out_new(&text);
        json_tree(&out, value);
        return text_str(&text);
    }
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return STR("");
}

static bool
read_json_fields(struct arena *arena, const struct json *json,
                 struct form *form)
{
    if (json == NULL || json->kind != JSON_OBJECT)
        return false;

    size_t count = json->object.count;
    struct form_field *fields = ARENA_ARRAY(arena, struct form_field, count);
    for (size_t i = 0; i < count; i++) {
        fields[i].name = json->object.members[i].name;
        fields[i].value =
            json_value_text(arena, &json->object.members[i].value);
    }
    form->fields = fields;
    form->count = count;
    return true;
}

/* What is stored is text: a file has no place in it. */
static bool
read_fields(struct work *w, const struct request *request, struct sent *sent)
{
    struct form_error error;

    if (str_is(request->content_type, "application/json"))
        return read_json_fields(w->arena, request->json, &sent->fields);
    if (!form_parse(w->arena, request_header(request, "content-type"),
                    request->body, &sent->fields, &error))
        return false;
    for (size_t i = 0; i < sent->fields.count; i++)
        if (sent->fields.fields[i].is_file &&
            !str_is_empty(sent->fields.fields[i].file_name))
            sent->has_file = true;
    return sent->has_file || str_is_utf8(request->body);
}

/* The field of a lead that a name fills; NULL: it is only kept. */
static const char *
lead_field_of(struct str name)
{
    const struct form_kind *kind = form_kind_find(name);

    if (kind != NULL)
        return str_is(name, "consent") ? NULL : kind->name;
    for (int i = 0; i < CARRIED; i++)
        if (str_is(name, carried[i].name))
            return carried[i].field;
    return NULL;
}

/* The texts sent under any name of a field, one behind the other. */
static struct str
joined_values(struct arena *arena, const struct form *form, const char *field)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < form->count; i++) {
        const char *of = lead_field_of(form->fields[i].name);
        struct str value = str_trim(form->fields[i].value);
        if (of == NULL || !str_is(str_of(of), field) || str_is_empty(value))
            continue;
        text_add_cstr(&text, text.bytes > 0 ? ", " : "");
        text_add(&text, value);
    }
    return text_str(&text);
}

static const struct json *
facts_given(struct arena *arena, const struct form *form)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    json_open_object(&out);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++) {
        struct str value = joined_values(arena, form, lead_fields[i].name);
        if (!str_is_empty(value))
            json_put_text(&out, lead_fields[i].name, value);
    }
    json_close_object(&out);
    return json_parse(arena, text_str(&text), &error);
}

/* Two submissions with the same digest say the same. */
static struct str
digest(struct arena *arena, const struct form *form)
{
    static const char digits[] = "0123456789abcdef";
    struct text all = text_new(arena);
    struct text hex = text_new(arena);

    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        if (str_is(field->name, STAMP_NAME) || str_is(field->name, TRAP_NAME))
            continue;
        /* Lengths in front: no two lists of fields read the same. */
        text_format(&all, "%zu %zu ", field->name.bytes, field->value.bytes);
        text_add(&all, field->name);
        text_add(&all, field->value);
    }
    const struct hash hash = hash_of(text_str(&all));
    for (int i = 0; i < HASH_BYTES; i++) {
        text_add_char(&hex, digits[hash.bytes[i] >> 4]);
        text_add_char(&hex, digits[hash.bytes[i] & 15]);
    }
    return text_str(&hex);
}

/* No session names the workspace of a visitor: the address does. */
static struct sent *
read_address(struct work *w, struct request *request)
{
    struct sent *sent = ARENA_NEW(w->arena, struct sent);

    request->prepared = sent;
    if (!form_public_id_read(request_parameter(request, "form"),
                             &sent->workspace, &sent->form))
        sent->workspace = ID_NONE;
    w->workspace = sent->workspace;
    return sent;
}

bool
page_form_prepare_show(struct work *w, struct request *request)
{
    read_address(w, request);
    return true;
}

bool
page_form_prepare_send(struct work *w, struct request *request)
{
    const struct standardise_settings settings = { .strict = false };
    struct sent *sent = read_address(w, request);
    int64_t *keys = ARENA_ARRAY(w->arena, int64_t, MATCH_KEYS_MAX);

    sent->readable = read_fields(w, request, sent);
    if (!sent->readable)
        return true;
    sent->given = facts_given(w->arena, &sent->fields);
    if (sent->given == NULL ||
        !standardise(w, sent->given, STR(""), &settings, &sent->facts)) {
        w->error = (struct error){ 0 };
        sent->readable = false;
        return true;
    }
    sent->content = digest(w->arena, &sent->fields);
    w->key_count = match_keys(&sent->facts, STR_NONE, keys);
    w->keys = keys;
    return true;
}

/* -------------------------------------------------------------- showing */

static bool
wants_json(const struct request *request)
{
    struct str accept = request_header(request, "accept");
    bool html = str_find(accept, STR("text/html")) >= 0;

    return !html && (str_find(accept, STR("application/json")) >= 0 ||
                     str_is(request->content_type, "application/json"));
}

enum opened { OPENED, OPENED_UNKNOWN, OPENED_FAILED };

/* Readies the visit; the form's address may lead nowhere. */
static enum opened
open_form(struct work *w, const struct request *request, struct visit *visit)
{
    const struct sent *sent = request->prepared;

    *visit = (struct visit){
        .page = page_new(w, request),
        .public_id = request_parameter(request, "form"),
        .json = wants_json(request),
    };
    if (id_is_none(sent->workspace))
        return OPENED_UNKNOWN;
    if (form_load(w, sent->form, &visit->form))
        return OPENED;
    return w->error.kind == ERR_NOT_FOUND ? OPENED_UNKNOWN : OPENED_FAILED;
}

static bool
answer_unknown(struct visit *visit, struct response *response)
{
    if (visit->json)
        return fail(visit->page.w, ERR_NOT_FOUND, "There is no such form.");
    return page_message(&visit->page, response, 404, WORD_FORM_UNKNOWN_TITLE,
                        WORD_FORM_UNKNOWN);
}

bool
page_form_show(struct work *w, const struct request *request,
               struct response *response)
{
    struct visit visit;

    switch (open_form(w, request, &visit)) {
    case OPENED_FAILED:
        return false;
    case OPENED_UNKNOWN:
        visit.json = false;
        return answer_unknown(&visit, response);
    case OPENED:
        break;
    }
    return put_form(&visit, response, 200);
}

/* --------------------------------------------------------------- taking */

static bool
lacks_any(const struct visit *visit)
{
    for (int i = 0; i < visit->form.input_count; i++)
        if (lacks(visit, &visit->form.inputs[i]))
            return true;
    return false;
}

/* A pasted form has no stamp, and is not asked for one. */
static bool
is_hasty(const struct visit *visit)
{
    struct work *w = visit->page.w;
    struct str stamp = sent_value(visit, STAMP_NAME);
    int64_t opened_ms;

    if (str_is_empty(stamp))
        return false;
    return !form_stamp_read(w->arena, &visit->form, stamp, &opened_ms) ||
           w->now_ms - opened_ms < HASTY_MS;
}

/* Why a person has to press once more; false: all is well. */
static bool
has_reason(const struct visit *visit, enum page_word *reason)
{
    if (visit->sent->has_file)
        *reason = WORD_FORM_NO_FILES;
    else if (lacks_any(visit))
        *reason = WORD_CHECK_FIELDS;
    else if (!str_is_empty(sent_value(visit, TRAP_NAME)))
        *reason = WORD_FORM_TRAPPED;
    else if (is_hasty(visit))
        *reason = WORD_FORM_TOO_FAST;
    else
        return false;
    return true;
}

static bool
refuse(struct visit *visit, struct response *response, enum page_word reason)
{
    struct work *w = visit->page.w;

    if (!visit->json) {
        visit->alert = reason;
        visit->has_alert = true;
        return put_form(visit, response, 422);
    }
    for (int i = 0; i < visit->form.input_count; i++)
        if (lacks(visit, &visit->form.inputs[i]))
            fail_at(
                w,
                arena_format(w->arena, "/%s", visit->form.inputs[i].kind->name),
                "required", "This must be filled in.");
    return w->error.detail_count == 0
               ? fail(w, ERR_INVALID, "%.*s",
                      STR_ARG(page_word(PAGE_ENGLISH, reason)))
               : false;
}

/* The name of a delivery: the same content of the same form, and about when. */
static struct str
delivery_key(const struct visit *visit, int64_t window)
{
    return arena_format(visit->page.w->arena, "form:%s:%.*s:%lld",
                        id_show(visit->form.id).text,
                        STR_ARG(visit->sent->content), (long long)window);
}

static bool
find_in_window(const struct visit *visit, int64_t window, struct id *earlier)
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
        if (str_equal(rows[i].delivery_key, asked.delivery_key) &&
            w->now_ms - rows[i].received_ms < REPEAT_MS)
            *earlier = rows[i].id;
    return true;
}

/* Windows stand beside each other: what came shortly before the border of
 * one is in the one before. */
static bool
find_repeat(const struct visit *visit, struct id *earlier)
{
    int64_t window = visit->page.w->now_ms / REPEAT_MS;

    *earlier = ID_NONE;
    return find_in_window(visit, window, earlier) &&
           (!id_is_none(*earlier) ||
            find_in_window(visit, window - 1, earlier));
}

/* What was agreed to, in the words that were shown. */
static const struct json *
consent_given(const struct visit *visit)
{
    struct work *w = visit->page.w;
    struct str value = sent_value(visit, "consent");
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    if (str_is_empty(value))
        return NULL;
    json_open_object(&out);
    json_put_bool(&out, "agreed", true);
    for (int i = 0; i < visit->form.input_count; i++)
        if (str_is(STR("consent"), visit->form.inputs[i].kind->name))
            json_put_text(
                &out, "text",
                form_say(&visit->form.inputs[i].label, is_korean(visit)));
    json_put_time(&out, "at", w->now_ms);
    json_close_object(&out);
    return json_parse(w->arena, text_str(&text), &error);
}

/* An amount without a currency is in the workspace's, which is known only
 * now. */
static bool
read_amount(struct work *w, struct sent *sent)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    const struct standardise_settings settings = {
        .country = cache->workspace.country,
        .currency = cache->workspace.currency,
    };
    return json_get(sent->given, "deal_value") == NULL ||
           standardise(w, sent->given, STR(""), &settings, &sent->facts);
}

static bool
take(struct visit *visit, struct sent *sent, struct id *id)
{
    const struct request *request = visit->page.request;
    struct work *w = visit->page.w;
    struct submission submission;
    struct intake intake = { 0 };

    if (!read_amount(w, sent))
        return false;
    sent->facts.consent = consent_given(visit);
    if (!capture_submission(w, request->content_type, request->body,
                            delivery_key(visit, w->now_ms / REPEAT_MS),
                            &submission))
        return false;
    *id = submission.id;
    return lifecycle_intake(w, &submission, &sent->facts, &intake);
}

bool
page_form_send(struct work *w, const struct request *request,
               struct response *response)
{
    struct sent *sent = request->prepared;
    struct visit visit;
    enum page_word reason;
    struct id id;

    switch (open_form(w, request, &visit)) {
    case OPENED_FAILED:
        return false;
    case OPENED_UNKNOWN:
        return answer_unknown(&visit, response);
    case OPENED:
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
    if (id_is_none(id) && !take(&visit, sent, &id))
        return false;
    return put_thanks(&visit, response, id);
}
