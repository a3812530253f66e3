/*
 * lead_step: what a save has changed is noted for whoever keeps figures, until
 * the end of the group. Every save comes by here, so no path through the
 * program can change a lead behind the figures' back.
 */
#include <stdlib.h>

#include "src/lead/lead.h"
#include "src/workspace/cache.h"

static struct lead_step *
add_step(struct workspace_cache *cache)
{
    if (cache->step_count == cache->step_room) {
        cache->step_room = cache->step_room == 0 ? 64 : cache->step_room * 2;
        cache->steps = realloc(cache->steps,
                               (size_t)cache->step_room * sizeof *cache->steps);
        if (cache->steps == NULL)
            abort();
    }
    return &cache->steps[cache->step_count++];
}

/* What a view names outlives the unit and the configuration. */
static struct lead_view
kept(struct arena *arena, struct lead_view view)
{
    if (view.stage != NULL)
        view.stage = arena_cstr(arena, str_of(view.stage));
    view.source = arena_str(arena, view.source);
    view.rule = arena_str(arena, view.rule);
    view.product = arena_str(arena, view.product);
    view.segment = arena_str(arena, view.segment);
    return view;
}

bool
lead_step_note(struct work *w, struct lead *lead)
{
    const struct lead_view before = lead->stored;

    lead->stored = lead_view(lead);
    if (w->app == NULL)
        return true; /* a test of this folder: nobody keeps figures */

    struct workspace_cache *cache = workspace_cache(w);
    if (cache == NULL)
        return false;
    if (lead->id.value > cache->steps_until.value)
        return true; /* counted whole, later */
    *add_step(cache) = (struct lead_step){
        .lead = lead->id,
        .created_ms = lead->created_ms,
        .at_ms = w->now_ms,
        .is_new = lead->version == 1,
        .before = kept(&cache->step_texts, before),
        .after = kept(&cache->step_texts, lead->stored),
    };
    return true;
}
