/*
 * page_setup: the first set-up, by whoever has the link that the server has
 * printed.
 */
#include "lib/time/zone.h"
#include "src/access/access.h"
#include "src/message/message.h"
#include "src/page/page_inside.h"
#include "src/workspace/workspace.h"

static const struct page_option languages[] = {
    { STR_INIT("en"), STR_INIT("English") },
    { STR_INIT("ko"), STR_INIT("한국어") },
};

/* Proposals only: any other zone of the system may be typed. */
#define ZONE(name)                     \
    {                                  \
        STR_INIT(name), STR_INIT(name) \
    }
static const struct page_option zones[] = {
    ZONE("Asia/Seoul"),
    ZONE("Asia/Tokyo"),
    ZONE("Asia/Shanghai"),
    ZONE("Asia/Singapore"),
    ZONE("Asia/Kolkata"),
    ZONE("Asia/Dubai"),
    ZONE("Australia/Sydney"),
    ZONE("Pacific/Auckland"),
    ZONE("Europe/London"),
    ZONE("Europe/Berlin"),
    ZONE("Europe/Paris"),
    ZONE("Europe/Istanbul"),
    ZONE("Africa/Lagos"),
    ZONE("Africa/Johannesburg"),
    ZONE("America/New_York"),
    ZONE("America/Chicago"),
    ZONE("America/Denver"),
    ZONE("America/Los_Angeles"),
    ZONE("America/Mexico_City"),
    ZONE("America/Sao_Paulo"),
    ZONE("Etc/UTC"),
};
enum { ZONES = sizeof zones / sizeof *zones };

static void
setup_values(const struct form *form, struct access_setup *setup)
{
    setup->token = form_get(form, "token");
    setup->workspace = form_get(form, "workspace");
    setup->name = form_get(form, "name");
    setup->email = form_get(form, "email");
    setup->password = form_get(form, "password");
    setup->language = form_get(form, "language");
    setup->time_zone = str_trim(form_get(form, "time_zone"));
}

/* In English as access and workspace word it; in Korean by field. */
static struct str
setup_fault(const struct page *page, const char *pointer,
            enum page_word in_korean)
{
    const struct error_detail *fault = page_fault(&page->w->error, pointer);

    if (fault == NULL)
        return STR_NONE;
    return page->language == PAGE_KOREAN ? page_word(PAGE_KOREAN, in_korean)
                                         : fault->message;
}

static void
put_setup_fields(struct page *page, const struct access_setup *setup)
{
    const struct page_input inputs[] = {
        { STR("workspace"), PAGE_LINE, .autocomplete = "organization",
          .label = page_word(page->language, WORD_WORKSPACE_NAME),
          .hint = page_word(page->language, WORD_WORKSPACE_NAME_HINT),
          .value = setup->workspace, .required = true,
          .fault = setup_fault(page, "/workspace", WORD_FAULT_WORKSPACE) },
        { STR("name"), PAGE_LINE, .autocomplete = "name",
          .label = page_word(page->language, WORD_YOUR_NAME),
          .value = setup->name, .required = true,
          .fault = setup_fault(page, "/name", WORD_FAULT_NAME) },
        { STR("email"), PAGE_LINE, "email", "email",
          .label = page_word(page->language, WORD_EMAIL), .value = setup->email,
          .required = true,
          .fault = setup_fault(page, "/email", WORD_FAULT_EMAIL) },
        { STR("password"), PAGE_LINE, "password", "new-password",
          .label = page_word(page->language, WORD_PASSWORD),
          .hint = page_word(page->language, WORD_PASSWORD_HINT),
          .required = true,
          .fault = setup_fault(page, "/password", WORD_FAULT_PASSWORD) },
        { STR("language"), PAGE_CHOICE,
          .label = page_word(page->language, WORD_SENTENCES),
          .hint = page_word(page->language, WORD_SENTENCES_HINT),
          .value = setup->language, .required = true, .options = languages,
          .option_count = 2,
          .fault = setup_fault(page, "/language", WORD_FAULT_VALUE) },
        { STR("time_zone"), PAGE_LINE,
          .label = page_word(page->language, WORD_TIME_ZONE),
          .hint = page_word(page->language, WORD_TIME_ZONE_HINT),
          .value = setup->time_zone, .required = true, .offers = true,
          .options = zones, .option_count = ZONES,
          .fault = setup_fault(page, "/time_zone", WORD_FAULT_ZONE) },
    };

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        page_input(page, &inputs[i]);
}

static bool
show_setup(struct page *page, struct response *response, int status,
           const struct access_setup *setup)
{
    struct text *text = &page->text;

    page->here = STR("/setup");
    page->query =
        arena_format(page->w->arena, "token=%.*s",
                     STR_ARG(html_percent(page->w->arena, setup->token)));
    page_begin(page, page_word(page->language, WORD_SETUP_TITLE));
    HTML(text, "<h1>");
    page_say(page, WORD_SETUP_TITLE);
    HTML(text, "</h1><p class=\"muted\">");
    page_say(page, WORD_SETUP_ABOUT);
    HTML(text, "</p>");
    if (page->w->error.detail_count > 0)
        page_alert(page, page_word(page->language, WORD_CHECK_FIELDS));
    HTML(text, "<form method=\"post\"");
    page_address(page, "action", STR("/setup"));
    HTML(text, ">");
    page_hidden(page, "token", setup->token);
    put_setup_fields(page, setup);
    page_button(page, WORD_SETUP_DO);
    HTML(text, "</form>");
    return page_end(page, response, status);
}

/* The way on from a link that opens nothing. */
static bool
show_closed(struct page *page, struct response *response)
{
    struct text *text = &page->text;

    page_begin(page, page_word(page->language, WORD_SETUP_CLOSED_TITLE));
    HTML(text, "<h1>");
    page_say(page, WORD_SETUP_CLOSED_TITLE);
    HTML(text, "</h1><p>");
    page_say(page, WORD_SETUP_CLOSED);
    HTML(text, "</p><p><a class=\"link\"");
    page_address(page, "href", STR("/sign-in"));
    HTML(text, ">");
    page_say(page, WORD_SIGN_IN);
    HTML(text, "</a></p>");
    return page_end(page, response, 403);
}

bool
page_setup_show(struct work *w, const struct request *request,
                struct response *response)
{
    struct page page = page_new(w, request);
    const bool korean = page.language == PAGE_KOREAN;
    const struct access_setup setup = {
        .token = request_query(request, "token"),
        .language = korean ? STR("ko") : STR("en"),
        .time_zone = korean ? STR("Asia/Seoul") : STR(""),
    };
    const struct hash given = hash_of(setup.token);
    const struct hash ours = hash_of(access_setup_token());
    bool any;

    if (!workspace_any(w, &any))
        return false;
    if (any || !hash_equal(&given, &ours))
        return show_closed(&page, response);
    return show_setup(&page, response, 200, &setup);
}

bool
page_setup_do(struct work *w, const struct request *request,
              struct response *response)
{
    struct page page = page_new(w, request);
    struct access_setup setup = { 0 };
    struct form form;
    struct str session;

    if (!page_is_from_us(request))
        return page_message(&page, response, 403, WORD_SETUP_TITLE,
                            WORD_NOT_OURS);
    if (!page_read_form(&page, &form))
        return page_message(&page, response, 400, WORD_SETUP_TITLE,
                            WORD_UNREADABLE);
    setup_values(&form, &setup);
    if (zone_find(setup.time_zone) == NULL)
        fail_at(w, STR("/time_zone"), "unknown", "%.*s",
                STR_ARG(page_word(PAGE_ENGLISH, WORD_FAULT_ZONE)));
    /* Asked for even then, so that all faults are shown at once; with one
     * already there it goes no further than looking. */
    if (!access_setup(w, &setup, &session) || w->error.detail_count > 0) {
        if (!page_can_show(w))
            return false;
        if (w->error.kind == ERR_FORBIDDEN)
            return show_closed(&page, response);
        return show_setup(&page, response, 422, &setup);
    }
    access_session_cookie(w, response, session);
    return message_samples_add(w) && page_redirect(&page, response, STR("/"));
}
