/* stage: see stage.h. How leads move between them is lead_owner.c's. */
#include "src/lead/stage.h"

#include <assert.h>

#include "src/workspace/cache.h"

const char *const lead_meaning_names[] = {
    [LEAD_OPEN] = "open",
    [LEAD_WON] = "won",
    [LEAD_LOST] = "lost",
    [LEAD_INACTIVE] = "inactive",
    NULL,
};

const struct lead_stage *
lead_stages_of(struct work *w)
{
    const struct workspace_cache *cache =
        w->app == NULL ? NULL : workspace_cache(w);

    return cache == NULL ? lead_stages : cache->stages;
}

const struct lead_stage *
lead_stage_of(struct work *w, struct str name)
{
    return lead_stage_find(lead_stages_of(w), name);
}

const struct lead_stage *
lead_stage_meaning(const struct lead_stage *stages, enum lead_meaning meaning)
{
    for (const struct lead_stage *stage = stages; stage->name; stage++)
        if (stage->meaning == meaning && stage->moved_to == NULL)
            return stage;
    assert(false);
    return stages;
}

bool
lead_stage_leads_to(const struct lead_stage *stage, struct str name)
{
    if (stage->moves == NULL)
        return true;
    for (const char *const *move = stage->moves; *move != NULL; move++)
        if (str_is(name, *move))
            return true;
    return false;
}

struct str
lead_stage_names(struct arena *arena, const struct lead_stage *stages)
{
    struct text names = text_new(arena);

    for (const struct lead_stage *stage = stages; stage->name; stage++)
        if (stage->moved_to == NULL)
            text_format(&names, names.bytes > 0 ? ", %s" : "%s", stage->name);
    return text_str(&names);
}

/* --------------------------------------------------------------- document */

static void
write_stage(struct json_out *out, const struct lead_stage *stage)
{
    json_open_object(out);
    json_put_cstr(out, "name", stage->name);
    json_name(out, "label");
    json_open_object(out);
    json_put_text(out, "en", stage->label_en);
    json_put_text(out, "ko", stage->label_ko);
    json_close_object(out);
    json_put_cstr(out, "meaning", lead_meaning_names[stage->meaning]);
    json_name(out, "moves");
    if (stage->moves == NULL)
        json_null(out);
    else {
        json_open_array(out);
        for (const char *const *move = stage->moves; *move != NULL; move++)
            json_text(out, str_of(*move));
        json_close_array(out);
    }
    if (stage->moved_to != NULL)
        json_put_cstr(out, "moved_to", stage->moved_to);
    json_close_object(out);
}

void
lead_stages_write(struct json_out *out, const struct lead_stage *stages,
                  bool whole)
{
    json_name(out, "items");
    json_open_array(out);
    for (const struct lead_stage *stage = stages; stage->name; stage++)
        if (whole || stage->moved_to == NULL)
            write_stage(out, stage);
    json_close_array(out);
}

static enum lead_meaning
meaning_of(struct str name)
{
    int i = 0;

    while (lead_meaning_names[i] != NULL
           && !str_is(name, lead_meaning_names[i]))
        i++;
    return lead_meaning_names[i] == NULL ? LEAD_OPEN : (enum lead_meaning)i;
}

static const char *const *
read_moves(struct arena *arena, const struct json *list)
{
    if (list == NULL || list->kind != JSON_ARRAY)
        return NULL;

    const char **moves =
        ARENA_ARRAY(arena, const char *, list->array.count + 1);
    for (size_t i = 0; i < list->array.count; i++)
        moves[i] = arena_cstr(arena, list->array.items[i].text);
    return moves;
}

static void
read_stage(struct arena *arena, const struct json *json,
           struct lead_stage *stage)
{
    const struct json *label = json_get(json, "label");
    struct str moved_to = json_get_text(json, "moved_to");
    struct str name = json_get_text(json, "name");
    struct str en = json_get_text(label, "en");

    *stage = (struct lead_stage){
        .name = arena_cstr(arena, name),
        .meaning = meaning_of(json_get_text(json, "meaning")),
        .label_en = arena_str(arena, str_is_empty(en) ? name : en),
        .label_ko = arena_str(arena, json_get_text(label, "ko")),
        .moves = read_moves(arena, json_get(json, "moves")),
        .moved_to = moved_to.data == NULL ? NULL : arena_cstr(arena, moved_to),
    };
}

const struct lead_stage *
lead_stages_read(struct arena *arena, const struct json *json)
{
    const struct json *items = json_get(json, "items");
    struct lead_stage *stages =
        ARENA_ARRAY(arena, struct lead_stage, items->array.count + 1);

    for (size_t i = 0; i < items->array.count; i++)
        read_stage(arena, &items->array.items[i], &stages[i]);
    return stages;
}

bool
lead_stages_load(struct work *w, struct workspace_cache *cache)
{
    struct json_error error;
    struct str document;
    int64_t version;

    cache->stages = lead_stages;
    if (!lead_stages_stored(w, &document, &version))
        return false;
    if (version == 0)
        return true;
    const struct json *json = json_parse(w->arena, document, &error);
    if (json == NULL)
        return fail(w, ERR_INTERNAL, "The stored stages are broken.");
    cache->stages = lead_stages_read(w->arena, json);
    return true;
}
