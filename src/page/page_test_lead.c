/*
 * page_test_lead: a lead to try the whole way with: its form on the overview,
 * and what becomes of it.
 */
#include "src/access/permission.h"
#include "src/api/capture_api.h"
#include "src/match/match.h"
#include "src/page/page_inside.h"
#include "src/standardise/standardise.h"

/* What a test lead is made of: the name of a built-in field, its label. */
static const struct test_field {
    const char *name;
    enum page_word label;
    const char *type;
    bool area;
} test_fields[] = {
    { "name", WORD_FIELD_NAME, "text" },
    { "email", WORD_EMAIL, "email" },
    { "phone", WORD_FIELD_PHONE, "tel" },
    { "company", WORD_FIELD_COMPANY, "text" },
    { "country", WORD_FIELD_COUNTRY, "text" },
    { "message", WORD_FIELD_MESSAGE, NULL, .area = true },
};
enum { TEST_FIELDS = sizeof test_fields / sizeof *test_fields };

static struct str
test_value(const struct page_home *home, const struct test_field *field)
{
    if (home->test != NULL)
        return form_get(&home->test->form, field->name);
    return str_is(str_of(field->name), "name")
             ? page_word(home->page.language, WORD_TEST_NAME)
             : STR_NONE;
}

static struct str
test_fault(struct page_home *home, const struct test_field *field)
{
    const char *pointer =
        arena_format(home->page.w->arena, "/%s", field->name).data;
    const struct error_detail *fault =
        home->test == NULL ? NULL : page_fault(&home->test->error, pointer);

    if (fault == NULL)
        return STR_NONE;
    return home->page.language == PAGE_KOREAN
             ? page_word(PAGE_KOREAN, WORD_FAULT_VALUE)
             : fault->message;
}

/* Folded away once there are leads: they come first. */
void
page_test_lead_put(struct page_home *home, bool unfolded)
{
    struct page *page = &home->page;

    HTML(&page->text, "<details class=\"box test\"");
    if (unfolded)
        HTML(&page->text, " open");
    HTML(&page->text, "><summary>");
    page_say(page, WORD_TEST_TITLE);
    HTML(&page->text, "</summary><p class=\"meta\">");
    page_say(page, WORD_TEST_ABOUT);
    HTML(&page->text, "</p><form method=\"post\"");
    page_address(page, "action", STR("/page/lead"));
    HTML(&page->text, ">");
    for (int i = 0; i < TEST_FIELDS; i++) {
        const struct test_field *field = &test_fields[i];
        page_input(page, &(struct page_input){
                             .name = str_of(field->name),
                             .kind = field->area ? PAGE_AREA : PAGE_LINE,
                             .type = field->type,
                             .autocomplete = "off",
                             .label = page_word(page->language, field->label),
                             .value = test_value(home, field),
                             .fault = test_fault(home, field),
                         });
    }
    page_button(page, WORD_TEST_DO);
    HTML(&page->text, "</form></details>");
}

/* ------------------------------------------------------ sending the lead */

static struct str
test_json(struct arena *arena, const struct form *form, struct str source)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_text(&out, "source", source);
    for (int i = 0; i < TEST_FIELDS; i++) {
        struct str value = str_trim(form_get(form, test_fields[i].name));
        if (!str_is_empty(value))
            json_put_text(&out, test_fields[i].name, value);
    }
    json_close_object(&out);
    return text_str(&text);
}

/* Faults are kept: they belong on the page, beside their fields. */
bool
page_test_lead_prepare(struct work *w, struct request *request)
{
    const struct standardise_settings settings = { .strict = true };
    const struct page page = page_new(w, request);
    struct page_test_lead *lead = ARENA_NEW(w->arena, struct page_test_lead);
    struct form_error form_error;
    struct json_error json_error;
    int64_t *keys = ARENA_ARRAY(w->arena, int64_t, MATCH_KEYS_MAX);

    request->prepared = lead;
    lead->unreadable =
        !form_parse(w->arena, request_header(request, "content-type"),
                    request->body, &lead->form, &form_error);
    if (lead->unreadable)
        return true;
    const struct json *given =
        json_parse(w->arena,
                   test_json(w->arena, &lead->form,
                             page_word(page.language, WORD_TEST_SOURCE)),
                   &json_error);
    if (given == NULL
        || !standardise(w, given, STR(""), &settings, &lead->facts)) {
        lead->error = w->error;
        lead->unreadable = given == NULL;
        w->error = (struct error){ 0 };
        return true;
    }
    w->key_count = match_keys(&lead->facts, STR_NONE, keys);
    w->keys = keys;
    return true;
}

bool
page_test_lead_do(struct work *w, const struct request *request,
                  struct response *response)
{
    struct page_test_lead *lead = request->prepared;
    struct submission submission;
    struct intake intake = { 0 };
    struct page_home home;

    if (!page_home_init(&home, w, request))
        return false;
    if (lead->unreadable)
        return page_message(&home.page, response, 400, WORD_TEST_TITLE,
                            WORD_UNREADABLE);
    if (lead->error.kind != ERR_NONE) {
        home.test = lead;
        return page_home_put(&home, response, 422);
    }
    if (!capture_submission(w, request->content_type, request->body, STR_NONE,
                            &submission)
        || !lifecycle_intake(w, &submission, &lead->facts, &intake))
        return false;
    return page_redirect(
        &home.page, response,
        arena_format(w->arena, "/?new=%s", id_show(intake.lead.id).text));
}
