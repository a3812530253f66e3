/* pool_document: see pool_document.h. */
#include "src/api/pool_document.h"

static const char *const parts[] = {
    "id",
    "name",
    "strategy",
    "fairness",
    "explore_percent",
    "accept_minutes",
    "needs",
    "members",
    NULL,
};

int
pool_document_find(const struct json *document, struct str id)
{
    const struct json *pools = json_get(document, "pools");

    for (size_t i = 0; pools != NULL && i < pools->array.count; i++)
        if (str_equal(json_get_text(&pools->array.items[i], "id"), id))
            return (int)i;
    return -1;
}

static bool
is_part(struct str name)
{
    for (const char *const *part = parts; *part != NULL; part++)
        if (str_is(name, *part))
            return true;
    return false;
}

static void
put_pool(struct json_out *out, const struct json *pool,
         const struct json *change)
{
    json_open_object(out);
    for (const char *const *part = parts; *part != NULL; part++) {
        const struct json *value = json_get(change, *part);
        if (value == NULL)
            value = json_get(pool, *part);
        if (value != NULL && value->kind != JSON_NULL)
            json_put_tree(out, *part, value);
    }
    /* What a newer program has written stays. */
    for (size_t i = 0; pool != NULL && i < pool->object.count; i++) {
        if (is_part(pool->object.members[i].name))
            continue;
        json_name_str(out, pool->object.members[i].name);
        json_tree(out, &pool->object.members[i].value);
    }
    json_close_object(out);
}

static void
put_pools(struct json_out *out, const struct json *document, struct str id,
          const struct json *change)
{
    const struct json *pools = json_get(document, "pools");
    int place = pool_document_find(document, id);
    int count = pools == NULL ? 0 : (int)pools->array.count;

    json_open_array(out);
    for (int i = 0; i < count; i++) {
        if (i != place)
            json_tree(out, &pools->array.items[i]);
        else if (change != NULL)
            put_pool(out, &pools->array.items[i], change);
    }
    if (place < 0 && change != NULL)
        put_pool(out, NULL, change);
    json_close_array(out);
}

struct str
pool_document_with(struct arena *arena, const struct json *document,
                   struct str id, const struct json *change)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    bool done = false;

    json_open_object(&out);
    for (size_t i = 0; i < document->object.count; i++) {
        const struct json_member *member = &document->object.members[i];
        json_name_str(&out, member->name);
        if (str_is(member->name, "pools")) {
            put_pools(&out, document, id, change);
            done = true;
        } else {
            json_tree(&out, &member->value);
        }
    }
    if (!done) {
        json_name(&out, "pools");
        put_pools(&out, document, id, change);
    }
    json_close_object(&out);
    return text_str(&text);
}
