/*
 * page: what all pages have in common, and the rows of page_module. What each
 * page says is in page_door.c, page_home.c and form_page.c.
 */
#include "src/page/page.h"

#include "src/access/permission.h"
#include "src/page/page_inside.h"

enum { FORM_BYTES_MAX = 64 * 1024 };

/* No script, no image, nothing from elsewhere. */
static const char policy[] =
    "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

/* -------------------------------------------------------------- language */

static bool
read_language(struct str tag, enum page_language *language)
{
    struct str primary = str_slice(str_trim(tag), 0, 2);

    if (str_equal_ascii_case(primary, STR("ko")))
        *language = PAGE_KOREAN;
    else if (str_equal_ascii_case(primary, STR("en")))
        *language = PAGE_ENGLISH;
    else
        return false;
    return true;
}

/* The first of ours that the browser names: browsers send them in order. */
static enum page_language
accepted_language(const struct request *request)
{
    struct str rest = request_header(request, "accept-language");
    enum page_language language = PAGE_ENGLISH;
    struct str tag;

    while (str_next(&rest, ',', &tag))
        if (read_language(tag, &language))
            break;
    return language;
}

/* ------------------------------------------------------------- one page */

struct page
page_new(struct work *w, const struct request *request)
{
    struct page page = {
        .w = w,
        .request = request,
        .text = text_new(w->arena),
    };

    page.language_asked =
        read_language(request_query(request, "lang"), &page.language);
    if (!page.language_asked)
        page.language = accepted_language(request);
    return page;
}

static const struct str language_codes[] = { STR_INIT("en"), STR_INIT("ko") };

void
page_begin(struct page *page, struct str title)
{
    struct text *text = &page->text;

    HTML(text, "<!doctype html>\n<html");
    html_attribute(text, "lang", language_codes[page->language]);
    HTML(text, "><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, "
               "initial-scale=1\"><meta name=\"color-scheme\" content=\"light "
               "dark\"><meta name=\"robots\" content=\"noindex\"><title>");
    html_text(text, title);
    HTML(text, "</title><link rel=\"stylesheet\" href=\"/page/style.css\">");
    if (page->accent.data != NULL) {
        HTML(text, "<link rel=\"stylesheet\" href=\"/page/accent/");
        html_text(text, page->accent);
        HTML(text, "\">");
    }
    HTML(text, "</head><body><a class=\"skip\" href=\"#main\">");
    page_say(page, WORD_SKIP);
    HTML(text, "</a><main id=\"main\"");
    html_attribute(text, "class", page->wide ? STR("wide") : STR("narrow"));
    HTML(text, ">");
}

/* The same page in the other language. */
static void
put_language_link(struct page *page)
{
    struct text *text = &page->text;
    bool korean = page->language == PAGE_KOREAN;

    if (page->here.data == NULL)
        return;
    HTML(text, "<footer");
    html_attribute(text, "class", page->wide ? STR("wide") : STR_NONE);
    HTML(text, "><a");
    html_attribute(text, "href",
                   arena_format(page->w->arena, "%.*s?%.*s%slang=%s",
                                STR_ARG(page->here), STR_ARG(page->query),
                                str_is_empty(page->query) ? "" : "&",
                                korean ? "en" : "ko"));
    html_attribute(text, "lang", language_codes[!korean]);
    HTML(text, ">");
    html_text(text, korean ? STR("English") : STR("한국어"));
    HTML(text, "</a></footer>");
}

bool
page_end(struct page *page, struct response *response, int status)
{
    HTML(&page->text, "</main>");
    put_language_link(page);
    HTML(&page->text, "</body></html>\n");
    page->w->error = (struct error){ 0 };
    response->status = status;
    response->content_type = "text/html; charset=utf-8";
    response->body = text_str(&page->text);
    response_header(response, "Content-Security-Policy", str_of(policy));
    response_header(response, "Vary", STR("Accept-Language"));
    /* Without it browsers send "Origin: null" with our own forms. */
    response_header(response, "Referrer-Policy", STR("same-origin"));
    return true;
}

void
page_say(struct page *page, enum page_word word)
{
    html_text(&page->text, page_word(page->language, word));
}

bool
page_message(struct page *page, struct response *response, int status,
             enum page_word title, enum page_word about)
{
    page_begin(page, page_word(page->language, title));
    HTML(&page->text, "<h1>");
    page_say(page, title);
    HTML(&page->text, "</h1><p>");
    page_say(page, about);
    HTML(&page->text, "</p>");
    return page_end(page, response, status);
}

static struct str
with_language(struct page *page, struct str path)
{
    if (!page->language_asked)
        return path;
    return arena_format(page->w->arena, "%.*s%clang=%.*s", STR_ARG(path),
                        str_find_char(path, '?') < 0 ? '?' : '&',
                        STR_ARG(language_codes[page->language]));
}

bool
page_redirect(struct page *page, struct response *response, struct str path)
{
    response->status = 303;
    response_header(response, "Location", with_language(page, path));
    return true;
}

void
page_address(struct page *page, const char *attribute, struct str path)
{
    html_attribute(&page->text, attribute, with_language(page, path));
}

static bool
origin_is(struct str origin, struct str host)
{
    ptrdiff_t at = str_find(origin, STR("://"));

    return at >= 0
        && str_equal_ascii_case(str_slice(origin, (size_t)at + 3, origin.bytes),
                                host);
}

bool
page_is_from_us(const struct request *request)
{
    struct str site = request_header(request, "sec-fetch-site");
    struct str origin = request_header(request, "origin");

    if (site.data != NULL)
        return str_is(site, "same-origin") || str_is(site, "none");
    return origin.data == NULL
        || origin_is(origin, request_header(request, "host"));
}

const struct error_detail *
page_fault(const struct error *error, const char *pointer)
{
    for (int i = 0; i < error->detail_count; i++)
        if (str_is(error->details[i].pointer, pointer))
            return &error->details[i];
    return NULL;
}

bool
page_read_form(const struct page *page, struct form *form)
{
    const struct request *request = page->request;
    struct form_error error;

    return form_parse(page->w->arena, request_header(request, "content-type"),
                      request->body, form, &error);
}

bool
page_can_show(const struct work *w)
{
    return !w->changed
        && (w->error.kind == ERR_INVALID || w->error.kind == ERR_FORBIDDEN
            || w->error.kind == ERR_CONFLICT
            || w->error.kind == ERR_UNAUTHENTICATED
            || w->error.kind == ERR_TOO_MANY);
}

/* ------------------------------------------------------------- the rows */

enum {
    PAGE = ENDPOINT_HIDDEN | ENDPOINT_BROWSER | ENDPOINT_ANY_QUERY,
    POSTED = PAGE | ENDPOINT_ANY_BODY,
    AT_THE_DOOR = POSTED | ENDPOINT_BY_HAND,
};

static const struct endpoint endpoints[] = {
    { GET, "/", page_home_show, CAN_VIEW_LEADS,
      "The latest leads, and who has them.", PAGE },
    { POST, "/page/lead", page_test_lead_do, CAN_SUBMIT_LEADS,
      "Send a test lead.", POSTED, .prepare = page_test_lead_prepare,
      .body_bytes_max = FORM_BYTES_MAX },
    { GET, "/setup", page_setup_show, PERMISSION_PUBLIC,
      "The form for the first workspace.", PAGE },
    { POST, "/setup", page_setup_do, PERMISSION_PUBLIC,
      "Create the first workspace.", AT_THE_DOOR,
      .body_bytes_max = FORM_BYTES_MAX },
    { GET, "/sign-in", page_sign_in_show, PERMISSION_PUBLIC,
      "The form for signing in.", PAGE },
    { POST, "/sign-in", page_sign_in_do, PERMISSION_PUBLIC, "Sign in.",
      AT_THE_DOOR | ENDPOINT_READS, .body_bytes_max = FORM_BYTES_MAX },
    { POST, "/sign-out", page_sign_out_do, CAN_VIEW_WORKSPACE, "Sign out.",
      POSTED, .body_bytes_max = FORM_BYTES_MAX },
    { GET, "/stop/{token}", page_stop_show, PERMISSION_PUBLIC,
      "Asks whether somebody wants no more mails.", PAGE,
      .prepare = page_stop_prepare },
    { POST, "/stop/{token}", page_stop_do, PERMISSION_PUBLIC,
      "Somebody wants no more mails.", POSTED, .prepare = page_stop_prepare,
      .body_bytes_max = FORM_BYTES_MAX },
    { GET, "/page/style.css", page_style_run, PERMISSION_PUBLIC,
      "How the pages look.",
      ENDPOINT_HIDDEN | ENDPOINT_INLINE | ENDPOINT_ANY_QUERY },
    { GET, "/page/accent/{colour}", page_accent_run, PERMISSION_PUBLIC,
      "The same in another colour.",
      ENDPOINT_HIDDEN | ENDPOINT_INLINE | ENDPOINT_ANY_QUERY },
    { 0 },
};

const struct module page_module = { "page", endpoints, NULL };
