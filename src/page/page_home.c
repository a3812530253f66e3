/*
 * page_home: the overview: the latest leads with their owners and why, and
 * the people and their state. The lead to try it with is in page_test_lead.c.
 */
#include "src/access/permission.h"
#include "src/lead/assignment.h"
#include "src/lead/lead_list.h"
#include "src/page/page_inside.h"
#include "src/route/route_store.h"

enum { DUE_SOON_MS = 5 * 60 * 1000, LATEST = 30 };

/* ---------------------------------------------------------------- leads */

static struct str
status_class(const struct lead *lead, int64_t now_ms, const char **mark,
             enum page_word *word)
{
    bool late = lead->response_due_ms > 0 && lead->response_due_ms <= now_ms;

    if (lead->first_response_ms > 0) {
        *mark = "✓ ", *word = WORD_ANSWERED;
        return STR("chip ok");
    }
    if (late) {
        *mark = "▲ ", *word = WORD_LATE;
        return STR("chip bad");
    }
    *word = WORD_DUE;
    if (lead->response_due_ms == 0) {
        *mark = "○ ";
        *word = lead_is_closed(lead) ? WORD_CLOSED : WORD_NO_PROMISE;
        return STR("chip");
    }
    if (lead->response_due_ms - now_ms > DUE_SOON_MS) {
        *mark = "○ ";
        return STR("chip");
    }
    *mark = "◷ ";
    return STR("chip warn");
}

/* Shape, word and colour: none of them is needed alone. */
static void
put_status(struct page_home *home, const struct lead *lead)
{
    struct page *page = &home->page;
    struct text *text = &page->text;
    const char *mark;
    enum page_word word;

    HTML(text, "<span");
    html_attribute(text, "class",
                   status_class(lead, page->w->now_ms, &mark, &word));
    HTML(text, "><span aria-hidden=\"true\">");
    text_add_cstr(text, mark);
    HTML(text, "</span>");
    page_say(page, word);
    if (word == WORD_DUE || word == WORD_LATE) {
        HTML(text, " ");
        html_text(text, page_time(page->w->arena, page->language, home->zone,
                                  lead->response_due_ms));
    }
    HTML(text, "</span>");
}

/* Name, and beside it what else tells who it is. */
static void
put_who(struct page_home *home, const struct lead *lead)
{
    static const enum lead_field rest[] = { LEAD_COMPANY, LEAD_EMAIL,
                                            LEAD_PHONE };
    struct text *text = &home->page.text;
    struct str name = lead_text(lead, LEAD_NAME);

    HTML(text, "<b>");
    if (str_is_empty(name))
        page_say(&home->page, WORD_NO_NAME);
    else
        html_text(text, name);
    HTML(text, "</b><span class=\"muted\">");
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        struct str value = lead_text(lead, rest[i]);
        if (str_is_empty(value))
            continue;
        HTML(text, " · ");
        html_text(text, value);
    }
    HTML(text, "</span>");
}

/* Why its owner has it now. What was done without a decision, or takes one
 * back, is told by its own name. */
static bool
tell_present(struct page_home *home, const struct lead *lead, struct str owner,
             struct route_telling *telling)
{
    struct work *w = home->page.w;
    struct assignment *assignments;
    struct decision_row *rows;
    int assignment_count;
    int count;

    *telling = (struct route_telling){ .code = STR("by_hand"), .owner = owner };
    if (!assignment_list(w, lead->id, &assignments, &assignment_count)
        || !decision_of_lead(w, lead->id, &rows, &count))
        return false;
    if (assignment_count == 0)
        return true;

    const struct assignment *last = &assignments[assignment_count - 1];
    if (str_is(last->reason, "given_back") || str_is(last->reason, "queued")) {
        telling->code = last->reason;
        return true;
    }
    for (int i = 0; i < count; i++)
        if (id_equal(rows[i].id, last->decision))
            *telling =
                route_tell_record(rows[i].record, home->cache->team, owner);
    telling->zone = home->zone;
    return true;
}

/* In one sentence. */
static bool
put_reason(struct page_home *home, const struct lead *lead, struct str owner)
{
    struct page *page = &home->page;
    struct route_telling telling;

    if (!tell_present(home, lead, owner, &telling))
        return false;
    HTML(&page->text, "<p class=\"meta\">");
    html_text(
        &page->text,
        route_sentence(page->w->arena, &telling,
                       page->language == PAGE_KOREAN ? STR("ko") : STR("en")));
    HTML(&page->text, "</p>");
    return true;
}

static void
put_owner(struct page_home *home, const struct lead *lead, struct str owner)
{
    struct page *page = &home->page;
    struct text *text = &page->text;

    HTML(text, "<span><span class=\"muted\">");
    page_say(page, WORD_OWNER);
    HTML(text, "</span> <b>");
    html_text(text, owner);
    HTML(text, "</b>");
    if (!lead_has_rep(lead)) {
        HTML(text, " <span class=\"chip\">");
        page_say(page, WORD_QUEUE);
        HTML(text, "</span>");
    }
    HTML(text, "</span>");
}

static void
put_score_and_time(struct page_home *home, const struct lead *lead)
{
    struct page *page = &home->page;
    struct text *text = &page->text;

    HTML(text, "<span class=\"meta\">");
    page_say(page, WORD_SCORE);
    HTML(text, " <b>");
    text_add_int(text, lead->score);
    HTML(text, "</b> · <time");
    html_attribute(text, "datetime",
                   time_show(page->w->arena, lead->created_ms));
    HTML(text, ">");
    html_text(text, page_time(page->w->arena, page->language, home->zone,
                              lead->created_ms));
    HTML(text, "</time></span>");
}

static bool
put_lead(struct page_home *home, const struct lead *lead)
{
    struct page *page = &home->page;
    struct text *text = &page->text;
    const struct workspace_cache *cache = home->cache;
    struct str owner = route_owner_name(cache->team, cache->queues,
                                        cache->queue_count, lead->owner);
    bool is_new = str_is(home->new_lead, id_show(lead->id).text);

    HTML(text, "<li");
    html_attribute(text, "class", is_new ? STR("new") : STR_NONE);
    html_attribute(text, "id", is_new ? STR("new") : STR_NONE);
    HTML(text, "><div class=\"row\"><span>");
    if (is_new) {
        HTML(text, "<span class=\"chip\">");
        page_say(page, WORD_NEW);
        HTML(text, "</span> ");
    }
    put_who(home, lead);
    HTML(text, "</span>");
    put_score_and_time(home, lead);
    HTML(text, "</div><div class=\"row\">");
    put_owner(home, lead, owner);
    put_status(home, lead);
    HTML(text, "</div>");
    if (!put_reason(home, lead, owner))
        return false;
    HTML(text, "</li>");
    return true;
}

static bool
latest_leads(struct work *w, struct lead **leads, int *count)
{
    const struct lead_query query = { .sort = &lead_sorts[0],
                                      .scope = access_lead_scope(&w->actor),
                                      .limit = LATEST };
    struct lead_page page;

    if (!lead_list(w, &query, &page))
        return false;
    *leads = page.leads;
    *count = page.count;
    return true;
}

static bool
put_leads(struct page_home *home, const struct lead *leads, int count)
{
    struct page *page = &home->page;

    HTML(&page->text, "<section class=\"leads\" aria-labelledby=\"leads\">"
                      "<h2 id=\"leads\">");
    page_say(page, WORD_LEADS);
    HTML(&page->text, "</h2>");
    if (count == 0) {
        HTML(&page->text, "<p class=\"muted\">");
        page_say(page, WORD_LEADS_NONE);
        HTML(&page->text, "</p>");
    } else {
        HTML(&page->text, "<ol>");
    }
    for (int i = 0; i < count; i++)
        if (!put_lead(home, &leads[i]))
            return false;
    if (count > 0)
        HTML(&page->text, "</ol>");
    HTML(&page->text, "</section>");
    return true;
}

/* --------------------------------------------------------------- people */

static void
put_state(struct page_home *home, const struct person *person)
{
    struct page *page = &home->page;
    struct text *text = &page->text;
    int64_t now_ms = page->w->now_ms;
    const struct absence *absence = person_absence(person, now_ms);

    if (!person->active) {
        HTML(text, "<span class=\"chip\">✕ ");
        page_say(page, WORD_INACTIVE);
    } else if (absence != NULL) {
        HTML(text, "<span class=\"chip warn\">◷ ");
        page_say(page, WORD_ABSENT);
        HTML(text, " ");
        html_text(text, page_time(page->w->arena, page->language, home->zone,
                                  absence->end_ms));
    } else if (person->away || person->busy) {
        HTML(text, "<span class=\"chip\">○ ");
        page_say(page, WORD_AWAY);
    } else if (!hours_open(&person->hours, now_ms)) {
        HTML(text, "<span class=\"chip warn\">◷ ");
        page_say(page, WORD_OUTSIDE_HOURS);
    } else {
        HTML(text, "<span class=\"chip ok\">● ");
        page_say(page, WORD_AVAILABLE);
    }
    HTML(text, "</span>");
}

static void
put_person(struct page_home *home, int number)
{
    struct page *page = &home->page;
    struct text *text = &page->text;
    const struct team *team = home->cache->team;
    const struct person *person = &team->people[number];

    HTML(text, "<li><div class=\"row\"><b>");
    html_text(text, str_is_empty(person->name) ? person->email : person->name);
    HTML(text, "</b>");
    put_state(home, person);
    HTML(text, "</div><p class=\"meta\">");
    html_text(text,
              page_word(page->language,
                        (enum page_word)(WORD_ROLE_OWNER + person->role)));
    HTML(text, " · ");
    if (team_takes_leads(team, person)) {
        page_say(page, WORD_OPEN_LEADS);
        HTML(text, " ");
        text_add_int(text, home->cache->ledger.entries[number].open_leads);
    } else {
        page_say(page, WORD_TAKES_NONE);
    }
    HTML(text, "</p></li>");
}

static void
put_people(struct page_home *home)
{
    struct page *page = &home->page;

    HTML(&page->text, "<section aria-labelledby=\"people\"><h2 id=\"people\">");
    page_say(page, WORD_PEOPLE);
    HTML(&page->text, "</h2><ul>");
    for (int i = 0; i < home->cache->team->count; i++)
        put_person(home, i);
    HTML(&page->text,
         "</ul><p><a class=\"link\" href=\"/api/v1/openapi.json\">");
    page_say(page, WORD_API);
    HTML(&page->text, "</a></p></section>");
}

/* ------------------------------------------------------------- the page */

static void
put_top(struct page_home *home)
{
    struct page *page = &home->page;
    struct text *text = &page->text;
    int me = team_find(home->cache->team, page->w->actor.id);

    HTML(text, "<div class=\"top\"><h1>");
    html_text(text, home->cache->workspace.name);
    HTML(text, "</h1><form method=\"post\"");
    page_address(page, "action", STR("/sign-out"));
    HTML(text, "><span class=\"muted\">");
    if (me >= 0)
        html_text(text, home->cache->team->people[me].name);
    HTML(text, "</span><button>");
    page_say(page, WORD_SIGN_OUT);
    HTML(text, "</button></form></div>");
}

bool
page_home_put(struct page_home *home, struct response *response, int status)
{
    struct page *page = &home->page;
    struct text *text = &page->text;
    struct lead *leads;
    int count;

    if (!latest_leads(page->w, &leads, &count))
        return false;
    page->wide = true;
    page->here = STR("/");
    page_begin(page, home->cache->workspace.name);
    put_top(home);
    HTML(text, "<div class=\"two\">");
    if (access_may(&page->w->actor, CAN_SUBMIT_LEADS))
        page_test_lead_put(home, count == 0 || home->test != NULL);
    if (!put_leads(home, leads, count))
        return false;
    put_people(home);
    HTML(text, "</div>");
    return page_end(page, response, status);
}

/* Times are shown in the zone of whoever looks, else the workspace's. */
bool
page_home_init(struct page_home *home, struct work *w,
               const struct request *request)
{
    *home = (struct page_home){
        .page = page_new(w, request),
        .cache = workspace_cache(w),
        .new_lead = request_query(request, "new"),
    };
    if (home->cache == NULL)
        return false;
    int me = team_find(home->cache->team, w->actor.id);
    home->zone = me >= 0 ? home->cache->team->people[me].zone
                         : zone_find(home->cache->workspace.time_zone);
    if (home->zone == NULL)
        home->zone = zone_find(STR("Etc/UTC"));
    return true;
}

bool
page_home_show(struct work *w, const struct request *request,
               struct response *response)
{
    struct page_home home;

    return page_home_init(&home, w, request)
        && page_home_put(&home, response, 200);
}
