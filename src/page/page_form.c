/*
 * page_form: a public form as a page. What comes back from it is read in
 * page_form_sent.c and taken in page_form_take.c.
 */
#include "src/page/page_form.h"

#include "src/api/form_api.h"
#include "src/workspace/cache.h"

/* ------------------------------------------------------------- the page */

static bool
is_korean(const struct page_form_visit *visit)
{
    return visit->page.language == PAGE_KOREAN;
}

struct str
page_form_value(const struct page_form_visit *visit, const char *name)
{
    return visit->sent == NULL ? STR_NONE
                               : form_get(&visit->sent->fields, name);
}

const struct custom_field *
page_form_known(const struct page_form_visit *visit,
                const struct form_input *input)
{
    struct str name = str_of(input->kind->name);
    int number = lead_field_find(name);

    if (visit->schema == NULL)
        return NULL;
    if (str_starts(name, STR("custom.")))
        return custom_find(visit->schema,
                           str_slice(name, sizeof "custom." - 1, name.bytes));
    return number < 0 ? NULL : choice_of(visit->schema, number);
}

bool
page_form_wants(const struct page_form_visit *visit,
                const struct form_input *input)
{
    const struct custom_field *known = page_form_known(visit, input);

    return input->required || (known != NULL && known->required);
}

bool
page_form_lacks(const struct page_form_visit *visit,
                const struct form_input *input)
{
    return page_form_wants(visit, input)
        && str_is_empty(str_trim(page_form_value(visit, input->kind->name)));
}

/* What there is to choose from: the form's own, else what the workspace knows
 * of the field. */
struct offered {
    struct page_option *options;
    int count;
    bool others; /* something else may be written, too */
};

static struct offered
offered_of(struct page_form_visit *visit, const struct form_input *input)
{
    struct arena *arena = visit->page.w->arena;
    const struct custom_field *known = page_form_known(visit, input);
    int count = input->option_count > 0 ? input->option_count
              : known != NULL           ? known->option_count
                                        : 0;
    struct offered offered = {
        ARENA_ARRAY(arena, struct page_option, (size_t)count + 1), count,
        input->option_count == 0 && known != NULL && known->built_in >= 0
            && !known->only
    };

    for (int i = 0; i < count; i++) {
        struct str value = input->option_count > 0 ? input->options[i]
                                                   : known->options[i].value;
        struct form_words label = { value, value };
        if (input->option_count == 0
            && !str_is_empty(known->options[i].label_en))
            label.english = known->options[i].label_en;
        if (input->option_count == 0
            && !str_is_empty(known->options[i].label_ko))
            label.korean = known->options[i].label_ko;
        offered.options[i] =
            (struct page_option){ value, form_say(&label, is_korean(visit)) };
    }
    return offered;
}

static void
put_question(struct page_form_visit *visit, const struct form_input *input)
{
    static const enum page_input_kind kinds[] = {
        [FORM_LINE] = PAGE_LINE,
        [FORM_AREA] = PAGE_AREA,
        [FORM_CHECK] = PAGE_CHECK,
    };
    struct page *page = &visit->page;
    const struct offered offered = offered_of(visit, input);
    const bool choice = offered.count > 0 && !offered.others;
    const struct page_input shown = {
        .name = str_of(input->kind->name),
        .kind = choice ? PAGE_CHOICE : kinds[input->kind->look],
        .type = input->kind->type,
        .autocomplete = input->kind->autocomplete,
        .label = form_say(&input->label, is_korean(visit)),
        .value = page_form_value(visit, input->kind->name),
        .fault = visit->sent != NULL && page_form_lacks(visit, input)
                   ? page_word(page->language, WORD_FAULT_REQUIRED)
                   : STR_NONE,
        .required = page_form_wants(visit, input),
        .choose = true,
        .offers = offered.count > 0 && offered.others
               && input->kind->look == FORM_LINE,
        .options = offered.options,
        .option_count = offered.count,
    };

    page_input(page, &shown);
}

static bool
is_asked(const struct page_form_visit *visit, struct str name)
{
    for (int i = 0; i < visit->form.input_count; i++)
        if (str_is(name, visit->form.inputs[i].kind->name))
            return true;
    return str_is(name, PAGE_FORM_STAMP) || str_is(name, PAGE_FORM_TRAP);
}

/* What came without being asked for comes back with the next try. */
static void
put_unasked(struct page_form_visit *visit)
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
put_carried(struct page_form_visit *visit)
{
    const struct request *request = visit->page.request;
    struct str referrer = request_header(request, "referer");

    for (const struct page_form_carried *c = page_form_carried; c->name != NULL;
         c++)
        if (!is_asked(visit, str_of(c->name)))
            page_hidden(&visit->page, c->name, request_query(request, c->name));
    if (request_query(request, "referrer").data == NULL)
        page_hidden(&visit->page, "referrer", referrer);
    if (request_query(request, "language").data == NULL
        && !is_asked(visit, STR("language")))
        page_hidden(&visit->page, "language",
                    is_korean(visit) ? STR("ko") : STR("en"));
}

static void
put_trap_and_stamp(struct page_form_visit *visit)
{
    struct page *page = &visit->page;
    struct arena *arena = page->w->arena;
    struct str stamp = page_form_value(visit, PAGE_FORM_STAMP);
    int64_t opened_ms;

    /* The first stamp stays good, so that a second try is never hasty. */
    if (!form_stamp_read(arena, &visit->form, stamp, &opened_ms))
        stamp = form_stamp(arena, &visit->form, page->w->now_ms);
    page_hidden(page, PAGE_FORM_STAMP, stamp);
    HTML(&page->text, "<div class=\"away\" aria-hidden=\"true\"><label>");
    page_say(page, WORD_FORM_TRAP);
    HTML(&page->text, " <input name=\"" PAGE_FORM_TRAP "\" tabindex=\"-1\" "
                      "autocomplete=\"off\"></label></div>");
}

static struct str
path_of(const struct page_form_visit *visit)
{
    return arena_format(visit->page.w->arena, "/f/%.*s",
                        STR_ARG(visit->public_id));
}

/* The address in the other language hands on what this one does. */
static struct str
query_of(const struct page_form_visit *visit)
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
put_reason(struct page_form_visit *visit)
{
    if (!visit->has_alert)
        return;
    HTML(&visit->page.text, "<p class=\"alert\" role=\"alert\"><span "
                            "aria-hidden=\"true\">▲ </span>");
    page_say(&visit->page, visit->alert);
    HTML(&visit->page.text, "</p>");
}

bool
page_form_put(struct page_form_visit *visit, struct response *response,
              int status)
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
    put_reason(visit);
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
thanks_of(const struct page_form_visit *visit)
{
    struct str own = form_say(&visit->form.thanks, is_korean(visit));

    return str_is_empty(own) ? page_word(visit->page.language, WORD_FORM_THANKS)
                             : own;
}

/* A10: where the form says, or the page that led here, if the form's hosts
 * allow it; STR_NONE: he stays. */
static struct str
goes_on_to(const struct page_form_visit *visit)
{
    struct str asked = page_form_value(visit, PAGE_FORM_RETURN);

    return form_may_send_to(&visit->form, asked) ? asked : visit->form.redirect;
}

/* By a header, not by a redirect: the page's own policy lets its form lead
 * nowhere else, and the thanks are seen. */
static void
put_way_on(struct page_form_visit *visit, struct response *response)
{
    struct page *page = &visit->page;
    struct str target = goes_on_to(visit);

    if (str_is_empty(target))
        return;
    response_header(
        response, "Refresh",
        arena_format(page->w->arena, "2; url=%.*s", STR_ARG(target)));
    HTML(&page->text, "<p><a href=\"");
    html_text(&page->text, target);
    HTML(&page->text, "\">");
    page_say(page, WORD_FORM_GO_ON);
    HTML(&page->text, "</a></p>");
}

bool
page_form_put_thanks(struct page_form_visit *visit, struct response *response,
                     struct id submission)
{
    struct page *page = &visit->page;
    struct text text;

    if (visit->json) {
        struct json_out out = response_json(page->w, response, &text);
        json_open_object(&out);
        json_put_id(&out, "id", submission);
        json_put_text(&out, "thanks", thanks_of(visit));
        json_put_text(&out, "redirect", goes_on_to(visit));
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
    put_way_on(visit, response);
    return page_end(page, response, 200);
}

/* -------------------------------------------------------------- showing */

static bool
wants_json(const struct request *request)
{
    struct str accept = request_header(request, "accept");
    bool html = str_find(accept, STR("text/html")) >= 0;

    return !html
        && (str_find(accept, STR("application/json")) >= 0
            || str_is(request->content_type, "application/json"));
}

enum page_form_opened
page_form_open(struct work *w, const struct request *request,
               struct page_form_visit *visit)
{
    const struct page_form_sent *sent = request->prepared;

    *visit = (struct page_form_visit){
        .page = page_new(w, request),
        .public_id = request_parameter(request, "form"),
        .json = wants_json(request),
    };
    if (id_is_none(sent->workspace))
        return PAGE_FORM_UNKNOWN;
    if (form_load(w, sent->form, &visit->form)) {
        const struct workspace_cache *cache = workspace_cache(w);
        visit->schema = cache == NULL ? NULL : cache->schema;
        return cache == NULL ? PAGE_FORM_FAILED : PAGE_FORM_OPENED;
    }
    return w->error.kind == ERR_NOT_FOUND ? PAGE_FORM_UNKNOWN
                                          : PAGE_FORM_FAILED;
}

bool
page_form_answer_unknown(struct page_form_visit *visit,
                         struct response *response)
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
    struct page_form_visit visit;

    switch (page_form_open(w, request, &visit)) {
    case PAGE_FORM_FAILED:
        return false;
    case PAGE_FORM_UNKNOWN:
        visit.json = false;
        return page_form_answer_unknown(&visit, response);
    case PAGE_FORM_OPENED:
        break;
    }
    return page_form_put(&visit, response, 200);
}
