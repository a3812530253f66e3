/*
 * account_api: see account_api.h. Everybody who may see leads may see which
 * companies there are; what tells of leads (how many, who serves it) is shown
 * to those only who may see all of them.
 */
#include "src/api/account_api.h"

#include "src/access/permission.h"
#include "src/api/lead_json.h"
#include "src/api/place_given.h"
#include "src/match/match.h"
#include "src/standardise/standard_company.h"
#include "src/standardise/standard_domain.h"
#include "src/standardise/standard_name.h"
#include "src/workspace/cache.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200 };

/* ---- shapes ---- */

static const struct shape_field named_fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "Of the record." },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "As shown." },
    { 0 },
};
static const struct shape parent_shape = { "AccountParent", "Another account.",
                                           0, named_fields };
static const struct shape person_shape = { "AccountOwner", "A person.", 0,
                                           named_fields };

#define TEXT(field, when, bytes, says)                       \
    {                                                        \
        field, SHAPE_TEXT, when, .max = bytes, .about = says \
    }
#define ACCOUNT_INPUT(needed)                                          \
    TEXT("name", needed, 400, "As it is shown."),                      \
        TEXT("domain", SHAPE_NULLABLE, 2000,                           \
             "example.com, or an address of its site."),               \
        { "parent", SHAPE_ID, SHAPE_NULLABLE,                          \
          .about = "The account it belongs to." },                     \
        TEXT("owner", SHAPE_NULLABLE, 254,                             \
             "The person who is named for it: id or e-mail address."), \
        TEXT("country", SHAPE_NULLABLE, 200, "Code or name."),         \
        TEXT("industry", SHAPE_NULLABLE, 200, "Industry."),            \
    {                                                                  \
        "employees", SHAPE_INTEGER, SHAPE_NULLABLE, 100000000, 1,      \
            .about = "How many work there."                            \
    }

static const struct shape_field input_fields[] = {
    ACCOUNT_INPUT(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape input_shape = { "AccountInput", "A company.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    ACCOUNT_INPUT(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = {
    "AccountChange", "What is to be another; the rest stays.", 0, change_fields
};

static const struct shape_field account_fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "The account." },
    { "version", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "For If-Match." },
    TEXT("name", SHAPE_REQUIRED, 0, "As shown."),
    TEXT("domain", SHAPE_NULLABLE, 0, "What it registered."),
    { "parent", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &parent_shape,
      .about = "The account it belongs to." },
    { "owner", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &person_shape,
      .about = "The person who is named for it." },
    TEXT("country", SHAPE_NULLABLE, 0, "ISO 3166-1 alpha-2."),
    TEXT("industry", SHAPE_NULLABLE, 0, "Industry."),
    { "employees", SHAPE_INTEGER, SHAPE_NULLABLE, .about = "Known number." },
    { "created_at", SHAPE_TIME, SHAPE_REQUIRED, .about = "First met." },
    { "updated_at", SHAPE_TIME, SHAPE_REQUIRED, .about = "Last changed." },
    { "lead_count", SHAPE_INTEGER, 0,
      .about = "Its leads; for those who may see all leads." },
    { "served_by", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &person_shape,
      .about = "The owner of its newest open or won lead; for those who may "
               "see all leads." },
    { 0 },
};
static const struct shape account_shape = { "Account", "A company.", 0,
                                            account_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &account_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "AccountPage", "Accounts.", 0,
                                         page_fields };
static const struct shape_field leads_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &lead_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape leads_shape = { "AccountLeads",
                                          "The leads of an account.", 0,
                                          leads_fields };

static const struct request_field list_asks[] = {
    { STR_INIT("q"), STR_INIT("A part of a name or domain.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};
static const struct request_field leads_asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

/* ---- showing ---- */

static void
put_named(struct json_out *out, const char *name, struct id id,
          struct str shown)
{
    json_name(out, name);
    if (id_is_none(id)) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_id(out, "id", id);
    json_put_text(out, "name", shown);
    json_close_object(out);
}

static void
put_person(struct json_out *out, const struct workspace_cache *cache,
           const char *name, struct id id)
{
    int number = team_find(cache->team, id);

    put_named(out, name, number < 0 ? ID_NONE : id,
              number < 0 ? STR_NONE : cache->team->people[number].name);
}

static void
put_text(struct json_out *out, const char *name, struct str text)
{
    json_put_text(out, name, str_is_empty(text) ? STR_NONE : text);
}

static bool
put_account(struct work *w, struct json_out *out,
            const struct workspace_cache *cache, const struct account *account)
{
    struct account *parent = NULL;

    if (!id_is_none(account->parent)
        && !account_find(w, account->parent, &parent))
        return false;
    json_open_object(out);
    json_put_id(out, "id", account->id);
    json_put_int(out, "version", account->version);
    json_put_text(out, "name", account->name);
    put_text(out, "domain", account->domain);
    put_named(out, "parent", account->parent,
              parent == NULL ? STR_NONE : parent->name);
    put_person(out, cache, "owner", account->owner);
    put_text(out, "country", account->country);
    put_text(out, "industry", account->industry);
    json_name(out, "employees");
    if (account->employees == 0)
        json_null(out);
    else
        json_int(out, account->employees);
    json_put_time(out, "created_at", account->created_ms);
    json_put_time(out, "updated_at", account->updated_ms);
    if (access_may(&w->actor, CAN_VIEW_ALL_LEADS)) {
        json_put_int(out, "lead_count", account->lead_count);
        put_person(out, cache, "served_by", account->served_by);
    }
    json_close_object(out);
    return true;
}

static bool
answer(struct work *w, struct response *response, const struct account *account)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    if (!put_account(w, &out, cache, account))
        return false;
    response_json_done(response, &text);
    response_version(w, response, account->version);
    return true;
}

static struct str
account_text(struct work *w, const struct workspace_cache *cache,
             const struct account *account)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    return put_account(w, &out, cache, account) ? text_str(&text) : STR("null");
}

/* ---- reading what was asked ---- */

static bool
load(struct work *w, const struct request *request, struct account **account)
{
    struct id id;

    if (!request_id(w, request, "id", &id) || !account_find(w, id, account))
        return false;
    if ((*account)->removed)
        return fail(w, ERR_NOT_FOUND, "There is no account %s.",
                    id_show(id).text);
    return true;
}

static bool
read_cursor(struct work *w, const struct request *request, struct id *before,
            int *limit)
{
    struct str cursor = request_query(request, "cursor");
    int64_t number;

    *before = ID_NONE;
    if (!request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                           &number))
        return false;
    *limit = (int)number;
    if (!str_is_empty(cursor) && !id_parse(cursor, before))
        return fail_at(w, STR("/cursor"), "bad_cursor",
                       "This is no cursor of this list.");
    return true;
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct account_query query = {
        .text = fold_text(w->arena, request_query(request, "q")),
    };
    struct account *accounts;
    struct id next;
    struct text text;
    int count;

    query.key = standard_company_key(w->arena, query.text);
    if (str_is_empty(query.key))
        query.key = query.text;
    if (cache == NULL || !read_cursor(w, request, &query.before, &query.limit)
        || !account_list(w, &query, &accounts, &count, &next))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        if (!put_account(w, &out, cache, &accounts[i]))
            return false;
    response_page_done(response, &out, next);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct account *account;

    return load(w, request, &account) && answer(w, response, account);
}

/* ---- leads ---- */

static bool
is_shown(const struct work *w, const struct account *account,
         const struct lead *lead)
{
    return id_equal(lead->account, account->id)
        && access_may_see_lead(&w->actor, lead);
}

static bool
list_leads(struct work *w, const struct request *request,
           struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct account *account;
    struct id before;
    struct id next;
    struct id *ids;
    struct lead *leads;
    struct text text;
    int limit;
    int count;

    if (cache == NULL || !load(w, request, &account)
        || !read_cursor(w, request, &before, &limit)
        || !account_leads(w, account, before, limit, &ids, &count, &next)
        || !lead_select_ids(w, ids, count, &leads, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = count - 1; i >= 0; i--)
        if (is_shown(w, account, &leads[i]))
            lead_json(&out, w->arena, cache, &leads[i]);
    response_page_done(response, &out, next);
    return true;
}

/* ---- changes ---- */

static bool
read_name(struct work *w, const struct json *json, struct account *account)
{
    const struct json *sent = json_get(json, "name");
    struct standard_name name;

    if (sent == NULL)
        return true;
    if (!standard_name(w->arena, sent->text, &name))
        return fail_at(w, STR("/name"), name.why->code, "%s",
                       name.why->sentence);
    account->name = name.name;
    account->name_key = standard_company_key(w->arena, name.name);
    if (str_is_empty(account->name_key))
        return fail_at(w, STR("/name"), "no_letters",
                       "A name has a letter or a digit.");
    return true;
}

static bool
read_domain(struct work *w, const struct json *json, struct account *account)
{
    const struct json *sent = json_get(json, "domain");
    struct standard_domain domain;

    if (sent == NULL)
        return true;
    account->domain = STR_NONE;
    if (sent->kind == JSON_NULL)
        return true;
    if (!standard_domain(w->arena, sent->text, &domain))
        return fail_at(w, STR("/domain"), domain.why->code, "%s",
                       domain.why->sentence);
    if (domain.is_free_mail || domain.is_disposable)
        return fail_at(w, STR("/domain"), "free_mail",
                       "Anybody can have an address at %.*s: it is no "
                       "company's own.",
                       STR_ARG(domain.domain));
    account->domain = domain.domain;
    return true;
}

static bool
read_owner(struct work *w, const struct team *team, const struct json *json,
           struct account *account)
{
    const struct json *sent = json_get(json, "owner");
    struct id id;

    if (sent == NULL)
        return true;
    account->owner = ID_NONE;
    if (sent->kind == JSON_NULL)
        return true;
    int number = id_parse(sent->text, &id)
                   ? team_find(team, id)
                   : team_find_email(team, fold_text(w->arena, sent->text));
    if (number < 0)
        return fail_at(w, STR("/owner"), "unknown_person",
                       "Nobody here is %.*s.", STR_ARG(sent->text));
    account->owner = team->people[number].id;
    return true;
}

static bool
read_country(struct work *w, const struct json *json, struct account *account)
{
    const struct json *sent = json_get(json, "country");

    return sent == NULL
        || place_country(w, sent->text, STR("/country"), &account->country);
}

static void
read_rest(const struct json *json, struct account *account)
{
    const struct json *industry = json_get(json, "industry");
    const struct json *employees = json_get(json, "employees");

    if (industry != NULL)
        account->industry =
            industry->kind == JSON_NULL ? STR_NONE : str_trim(industry->text);
    if (employees != NULL)
        account->employees =
            employees->kind == JSON_NULL ? 0 : employees->integer;
}

static bool
read_parent(struct work *w, const struct json *json, struct account **parent)
{
    struct str sent = json_get_text(json, "parent");
    struct id id;

    *parent = NULL;
    if (sent.data == NULL)
        return true;
    if (!id_parse(sent, &id) || !account_find(w, id, parent)
        || (*parent)->removed) {
        w->error = (struct error){ 0 };
        return fail_at(w, STR("/parent"), "unknown_account",
                       "There is no account %.*s.", STR_ARG(sent));
    }
    return true;
}

static bool
read_settings(struct work *w, const struct workspace_cache *cache,
              const struct json *json, struct account *account)
{
    bool ok = read_name(w, json, account);

    ok &= read_domain(w, json, account);
    ok &= read_owner(w, cache->team, json, account);
    ok &= read_country(w, json, account);
    read_rest(json, account);
    return ok;
}

/* A company is one account; two of one name may have two domains. */
static bool
is_another(struct work *w, const struct account *account)
{
    const struct account_clue clue = { .name_key = account->name_key,
                                       .mail_domain = account->domain };
    struct account *same;

    if (!match_account_same(w, &clue, &same))
        return false;
    if (same == NULL || id_equal(same->id, account->id))
        return true;

    bool by_domain = !str_is_empty(account->domain)
                  && str_equal(same->domain, account->domain);
    if (!by_domain && !str_is_empty(account->domain)
        && !str_is_empty(same->domain))
        return true;
    return fail_at(w, by_domain ? STR("/domain") : STR("/name"), "taken",
                   "Account %s, \"%.*s\", is this company already.",
                   id_show(same->id).text, STR_ARG(same->name));
}

static bool
store(struct work *w, const struct json *json, struct account *account,
      const struct account *settings)
{
    struct account *parent;
    bool moves = json_get(json, "parent") != NULL;

    if (!read_parent(w, json, &parent) || !is_another(w, settings)
        || w->error.kind != ERR_NONE || !account_change(w, account, settings))
        return false;
    if (moves
        && (!account_set_parent(w, account, parent)
            || !workspace_config_changed(w)))
        return false;
    return account_save(w, account) && match_account_remember(w, account);
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct account settings = { 0 };
    struct account *account;

    if (cache == NULL || !read_settings(w, cache, request->json, &settings)
        || !account_new(w, settings.name, settings.name_key, settings.domain,
                        &account))
        return false;
    settings.id = account->id;
    if (!store(w, request->json, account, &settings)
        || !answer(w, response, account))
        return false;
    response->status = 201;
    return true;
}

static bool
unchanged(struct work *w, const struct request *request,
          const struct workspace_cache *cache, const struct account *account)
{
    int64_t version = json_get_int(request->json, "version", account->version);
    struct str current = account_text(w, cache, account);

    if (!request_if_match(w, request, account->version, current))
        return false;
    if (version == account->version)
        return true;
    w->error.extra_json =
        arena_format(w->arena, "\"current\":%.*s", STR_ARG(current)).data;
    return fail(w, ERR_CONFLICT,
                "The change was made for version %ld, and the account is at "
                "version %ld. Look at it again and repeat the change.",
                (long)version, (long)account->version);
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct account settings;
    struct account *account;

    if (cache == NULL || !load(w, request, &account)
        || !unchanged(w, request, cache, account))
        return false;
    settings = *account;
    return read_settings(w, cache, request->json, &settings)
        && store(w, request->json, account, &settings)
        && answer(w, response, account);
}

static bool
remove_account(struct work *w, const struct request *request,
               struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct account *account;

    (void)response;
    return cache != NULL && load(w, request, &account)
        && unchanged(w, request, cache, account) && account_remove(w, account)
        && workspace_config_changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/accounts", list, CAN_VIEW_LEADS,
      "Companies, newest first. With q each page looks at a bounded number "
      "of them: it may be short while next_cursor says that there are more.",
      .asks = list_asks, .gives = &page_shape },
    { POST, "/api/v1/accounts", add, CAN_ASSIGN_LEADS,
      "Add a company. Leads make theirs by themselves.", .takes = &input_shape,
      .gives = &account_shape },
    { GET, "/api/v1/accounts/{id}", show, CAN_VIEW_LEADS,
      "One company; its version is the ETag.", .gives = &account_shape },
    { PATCH, "/api/v1/accounts/{id}", change, CAN_ASSIGN_LEADS,
      "Change a company, its parent, or who is named for it.",
      .takes = &change_shape, .gives = &account_shape },
    { DELETE, "/api/v1/accounts/{id}", remove_account, CAN_ASSIGN_LEADS,
      "Take a company away on which nothing hangs." },
    { GET, "/api/v1/accounts/{id}/leads", list_leads, CAN_VIEW_LEADS,
      "Its leads, newest first. Reps see their own; a page may be short "
      "while next_cursor says that there are more.",
      .asks = leads_asks, .gives = &leads_shape },
    { 0 },
};

const struct module account_module = { "account", endpoints, NULL };
