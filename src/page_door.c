/*
 * page_door: the first set-up, signing in and signing out. Who may do what is
 * decided in src/access; here are the pages that ask.
 */
#include "lib/base/form.h"
#include "lib/time/zone.h"
#include "src/access/session.h"
#include "src/page_inside.h"
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

/* An alert on top of a form. */
static void
put_alert(struct page *page, struct str text)
{
    HTML(&page->text, "<p class=\"alert\" role=\"alert\"><span "
                      "aria-hidden=\"true\">▲ </span>");
    html_text(&page->text, text);
    HTML(&page->text, "</p>");
}

/* The fields of a form that a page of ours has sent. */
static bool
read_form(struct page *page, struct form *form)
{
    const struct request *request = page->request;
    struct form_error error;

    return form_parse(page->w->arena, request_header(request, "content-type"),
                      request->body, form, &error);
}

/* --------------------------------------------------------------- set-up */

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
        put_alert(page, page_word(page->language, WORD_CHECK_FIELDS));
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

/* What a person can mend is shown on the page; the rest, and whatever comes
 * after something was written, fails the unit. */
static bool
is_for_the_page(const struct work *w)
{
    return !w->changed &&
           (w->error.kind == ERR_INVALID || w->error.kind == ERR_FORBIDDEN ||
            w->error.kind == ERR_CONFLICT ||
            w->error.kind == ERR_UNAUTHENTICATED ||
            w->error.kind == ERR_TOO_MANY);
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
    if (!read_form(&page, &form))
        return page_message(&page, response, 400, WORD_SETUP_TITLE,
                            WORD_UNREADABLE);
    setup_values(&form, &setup);
    if (zone_find(setup.time_zone) == NULL)
        fail_at(w, STR("/time_zone"), "unknown", "%.*s",
                STR_ARG(page_word(PAGE_ENGLISH, WORD_FAULT_ZONE)));
    /* Asked for even then, so that all faults are shown at once; with one
     * already there it goes no further than looking. */
    if (!access_setup(w, &setup, &session) || w->error.detail_count > 0) {
        if (!is_for_the_page(w))
            return false;
        if (w->error.kind == ERR_FORBIDDEN)
            return show_closed(&page, response);
        return show_setup(&page, response, 422, &setup);
    }
    access_session_cookie(w, response, session);
    return page_redirect(&page, response, STR("/"));
}

/* -------------------------------------------------------------- sign-in */

/* What the page for signing in has to show. */
struct door {
    struct str workspace;
    bool ask_workspace;
    struct str email;
    struct str alert; /* or STR_NONE */
    int status;
};

static void
put_door_fields(struct page *page, const struct door *door)
{
    const enum page_language l = page->language;
    const struct page_input workspace = {
        STR("workspace"),
        PAGE_LINE,
        .label = page_word(l, WORD_SLUG),
        .hint = page_word(l, WORD_SLUG_HINT),
        .value = door->workspace,
        .required = true,
    };
    const struct page_input email = {
        STR("email"),
        PAGE_LINE,
        "email",
        "username",
        .label = page_word(l, WORD_EMAIL),
        .value = door->email,
        .required = true,
    };
    const struct page_input password = {
        STR("password"),
        PAGE_LINE,
        "password",
        "current-password",
        .label = page_word(l, WORD_PASSWORD),
        .required = true,
    };

    if (door->ask_workspace)
        page_input(page, &workspace);
    page_input(page, &email);
    page_input(page, &password);
}

static bool
show_door(struct page *page, struct response *response, const struct door *door)
{
    struct text *text = &page->text;

    page->here = STR("/sign-in");
    page_begin(page, page_word(page->language, WORD_SIGN_IN));
    HTML(text, "<h1>");
    page_say(page, WORD_SIGN_IN);
    HTML(text, "</h1>");
    if (door->alert.data != NULL)
        put_alert(page, door->alert);
    HTML(text, "<form method=\"post\"");
    page_address(page, "action", STR("/sign-in"));
    HTML(text, ">");
    put_door_fields(page, door);
    page_button(page, WORD_SIGN_IN);
    HTML(text, "</form>");
    if (!door->ask_workspace) {
        HTML(text, "<p><a class=\"link\"");
        page_address(page, "href", STR("/sign-in?workspace="));
        HTML(text, ">");
        page_say(page, WORD_SEVERAL);
        HTML(text, "</a></p>");
    }
    return page_end(page, response, door->status);
}

/* Nobody can sign in yet: the link is in the server's output. */
static bool
show_waiting(struct page *page, struct response *response)
{
    struct text *text = &page->text;
    struct str host = request_header(page->request, "host");

    page->here = STR("/sign-in");
    page_begin(page, page_word(page->language, WORD_SETUP_WAITS_TITLE));
    HTML(text, "<h1>");
    page_say(page, WORD_SETUP_WAITS_TITLE);
    HTML(text, "</h1><p>");
    page_say(page, WORD_SETUP_WAITS);
    HTML(text, "</p><p><code>http://");
    html_text(text, host);
    HTML(text, "/setup?token=…</code></p>");
    return page_end(page, response, 200);
}

bool
page_sign_in_show(struct work *w, const struct request *request,
                  struct response *response)
{
    struct page page = page_new(w, request);
    struct str workspace = request_query(request, "workspace");
    const struct door door = {
        .workspace = workspace,
        .ask_workspace = workspace.data != NULL,
        .status = 200,
    };
    bool any;

    if (!workspace_any(w, &any))
        return false;
    return any ? show_door(&page, response, &door)
               : show_waiting(&page, response);
}

static bool
sign_in_refused(struct page *page, struct response *response,
                const struct sign_in *in, int64_t wait_ms)
{
    struct work *w = page->w;
    struct door door = {
        .workspace = in->workspace,
        .ask_workspace = in->workspace.data != NULL,
        .email = in->email,
        .status = 401,
    };

    if (!is_for_the_page(w))
        return false;
    door.alert = page_word(
        page->language, door.ask_workspace ? WORD_WRONG_WORKSPACE : WORD_WRONG);
    if (wait_ms > 0) {
        struct str seconds =
            arena_format(w->arena, "%lld", (long long)(wait_ms + 999) / 1000);
        door.alert =
            arena_format(w->arena, "%.*s %.*s",
                         STR_ARG(page_word(page->language, WORD_TOO_OFTEN)),
                         STR_ARG(seconds));
        door.status = 429;
        response_header(response, "Retry-After", seconds);
    }
    return show_door(page, response, &door);
}

bool
page_sign_in_do(struct work *w, const struct request *request,
                struct response *response)
{
    struct page page = page_new(w, request);
    struct form form;
    struct str session;
    int64_t wait_ms = 0;

    if (!page_is_from_us(request))
        return page_message(&page, response, 403, WORD_SIGN_IN, WORD_NOT_OURS);
    if (!read_form(&page, &form))
        return page_message(&page, response, 400, WORD_SIGN_IN,
                            WORD_UNREADABLE);

    const struct sign_in in = {
        .workspace = form_get(&form, "workspace"),
        .email = form_get(&form, "email"),
        .password = form_get(&form, "password"),
        .peer = request->peer,
    };
    if (!session_sign_in(w, &in, &session, &wait_ms))
        return sign_in_refused(&page, response, &in, wait_ms);
    access_session_cookie(w, response, session);
    return page_redirect(&page, response, STR("/"));
}

bool
page_sign_out_do(struct work *w, const struct request *request,
                 struct response *response)
{
    struct page page = page_new(w, request);
    struct token token;

    if (token_of_request(request, &token) && !session_end(w, &token))
        return false;
    access_session_cookie(w, response, STR_NONE);
    return page_redirect(&page, response, STR("/sign-in"));
}
