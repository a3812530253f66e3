/*
 * page_door: signing in and out. Who may do what is decided in src/access;
 * here are the pages that ask.
 */
#include "src/access/session.h"
#include "src/page/page_inside.h"
#include "src/workspace/workspace.h"

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
        page_alert(page, door->alert);
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

    if (!page_can_show(w))
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
    if (!page_read_form(&page, &form))
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
