/* name_input: see name_input.h. */
#include "src/api/name_input.h"

#include "src/lifecycle.h"
#include "src/workspace/cache.h"
#include "src/workspace/workspace.h"

bool
name_input_read(struct work *w, const struct json *json, struct name_input *in)
{
    const struct json *sent = json_get(json, "name");

    *in = (struct name_input){ .name = STR_NONE, .slug = STR_NONE };
    if (sent == NULL)
        return true;
    in->name = str_trim(sent->text);
    in->slug = workspace_slug(w->arena, in->name);
    return !str_is_empty(in->slug)
        || fail_at(w, STR("/name"), "no_letters",
                   "A name has a letter or a digit.");
}

bool
name_input_is_free(struct work *w, struct str slug, bool taken,
                   const char *thing)
{
    return !taken
        || fail_at(w, STR("/name"), "taken", "There is a %s \"%.*s\" already.",
                   thing, STR_ARG(slug));
}

bool
name_input_changed(struct work *w)
{
    return workspace_config_changed(w) && lifecycle_team_changed(w);
}
