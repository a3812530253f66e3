/*
 * field_names: what names stand for in conditions on leads: a territory, a
 * tree of companies, a list. Rules that are read to be put in force, or looked
 * at again, may name what is gone: that holds nothing.
 */
#include "src/lead/lead.h"

#include "src/account/account.h"
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

/* {"any": []} */
static const struct json_member any_of_nothing = { STR_INIT("any"),
                                                   { .kind = JSON_ARRAY } };

static bool is_place(const struct field *);
static bool is_code(struct str);
static bool is_part_of_country(struct str);
static bool is_country(const struct field *);
static bool is_city(const struct field *);

/* A name nobody knows: an error for whoever writes it. */
static bool
gone(struct work *w, const struct workspace_cache *cache, struct str at,
     const char *code, const char *what, struct str name,
     struct condition_meaning *meaning)
{
    struct json *never = ARENA_NEW(w->arena, struct json);

    if (!cache->loading)
        return fail_at(w, at, code, "There is no %s \"%.*s\".", what,
                       STR_ARG(name));
    never->kind = JSON_OBJECT;
    never->object.members = &any_of_nothing;
    never->object.count = 1;
    meaning->condition = never;
    return true;
}

static bool
list_of(struct work *w, const struct workspace_cache *cache, struct str name,
        struct str at, struct condition_meaning *meaning)
{
    const struct value_list *list = value_list_find(cache, name);

    if (list == NULL)
        return gone(w, cache, at, "unknown_list", "list", name, meaning);
    meaning->values = list->items;
    return true;
}

static bool
territory_named(struct work *w, const struct workspace_cache *cache,
                const struct field *field, struct str name, struct str at,
                struct condition_meaning *meaning)
{
    const struct territory *territory = territory_find(cache, name);

    if (territory != NULL) {
        meaning->condition = territory_condition(w->arena, cache, territory);
        return true;
    }
    bool never = is_city(field) ? is_code(name)
                                : is_country(field) && is_part_of_country(name);
    if (never && !cache->loading)
        return fail_at(w, at, "wrong_place",
                       "No %s is within %.*s: ask for the region, "
                       "{\"field\": \"region\", \"op\": \"within\", "
                       "\"value\": \"%.*s\"}, or for the country, \"%.*s\".",
                       field->name, STR_ARG(name), STR_ARG(name),
                       STR_ARG(str_slice(name, 0, 2)));
    return is_code(name)
        || gone(w, cache, at, "unknown_territory", "territory", name, meaning);
}

/* {"field": "account", "op": "is_any_of", "value": [...]} */
static const struct json *
one_of_accounts(struct arena *arena, const struct id *ids, int count)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    json_open_object(&out);
    json_put_cstr(&out, "field", "account");
    json_put_cstr(&out, "op", "is_any_of");
    json_name(&out, "value");
    json_open_array(&out);
    for (int i = 0; i < count; i++)
        json_id(&out, ids[i]);
    json_close_array(&out);
    json_close_object(&out);
    return json_parse(arena, text_str(&text), &error);
}

static bool
accounts_below(struct work *w, const struct workspace_cache *cache,
               struct str name, struct str at,
               struct condition_meaning *meaning)
{
    struct account *account;
    struct id *ids;
    struct id id;
    int count;

    if (!id_parse(name, &id))
        return gone(w, cache, at, "unknown_account", "account", name, meaning);
    if (!account_find(w, id, &account)) {
        if (w->error.kind != ERR_NOT_FOUND)
            return false;
        w->error = (struct error){ 0 };
        return gone(w, cache, at, "unknown_account", "account", name, meaning);
    }
    if (!account_tree(w, account, &ids, &count))
        return false;
    meaning->condition = one_of_accounts(w->arena, ids, count);
    return true;
}

bool
lead_field_names(struct work *w, const struct field *field, const char *op,
                 struct str name, struct str at,
                 struct condition_meaning *meaning)
{
    if (w->app == NULL || id_is_none(w->workspace)) /* a file by itself */
        return true;

    const struct workspace_cache *cache = workspace_cache(w);
    if (cache == NULL)
        return false;
    if (str_is(STR("in_list"), op))
        return list_of(w, cache, name, at, meaning);
    if (str_is(STR("account"), field->name))
        return accounts_below(w, cache, name, at, meaning);
    return !is_place(field)
        || territory_named(w, cache, field, name, at, meaning);
}

static bool
is_place(const struct field *field)
{
    static const enum lead_field places[] = { LEAD_COUNTRY, LEAD_REGION,
                                              LEAD_CITY, LEAD_POSTAL_CODE };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_is(str_of(field->name), lead_fields[places[i]].name))
            return true;
    return false;
}

/* "KR", "KR-11": codes nest by themselves. */
static bool
is_code(struct str s)
{
    if (s.bytes < 2 || s.bytes > 6 || !char_is_letter(s.data[0])
        || !char_is_letter(s.data[1]))
        return false;
    return s.bytes == 2 || (s.data[2] == '-' && s.bytes > 3);
}

/* "KR-11" */
static bool
is_part_of_country(struct str s)
{
    return is_code(s) && s.bytes > 2;
}

static bool
is_country(const struct field *field)
{
    return str_is(STR("country"), field->name);
}

/* As it is written: cities have no codes. */
static bool
is_city(const struct field *field)
{
    return str_is(STR("city"), field->name);
}
