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

/* Names of stages are the cache's, which may be read anew in this group. */
static void
keep_stage(struct arena *arena, struct lead_view *view)
{
    if (view->stage != NULL)
        view->stage = arena_cstr(arena, str_of(view->stage));
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
        .before = before,
        .after = lead->stored,
    };
    keep_stage(w->arena, &cache->steps[cache->step_count - 1].before);
    keep_stage(w->arena, &cache->steps[cache->step_count - 1].after);
    return true;
}
