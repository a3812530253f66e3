/* workspace: see workspace.h. */
#include "src/workspace/workspace.h"

#include <utf8proc.h>

#include "lib/rules/condition.h"
#include "lib/time/zone.h"

const char *const reps_see_names[] = {
    [REPS_SEE_OWN] = "own",
    [REPS_SEE_TEAM] = "team",
    [REPS_SEE_ALL] = "all",
    NULL,
};

/* Letters, their marks, and digits, of any script. */
static bool
is_of_word(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);

    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

struct str
workspace_slug(struct arena *arena, struct str name)
{
    struct text slug = text_new(arena);
    bool gap = false;

    name = fold_text(arena, name);
    for (size_t at = 0; at < name.bytes;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)name.data + at,
                             (utf8proc_ssize_t)(name.bytes - at), &point);
        bool taken = bytes > 0 && is_of_word(point);
        size_t end = at + (bytes > 0 ? (size_t)bytes : 1);
        if (taken && gap && slug.bytes > 0)
            text_add_char(&slug, '-');
        if (taken)
            text_add(&slug, str_slice(name, at, end));
        gap = !taken;
        at = end;
    }
    return text_str(&slug);
}

static void
default_to(struct str *value, struct str fallback)
{
    if (str_is_empty(*value))
        *value = fallback;
}

void
workspace_defaults(struct workspace *workspace)
{
    default_to(&workspace->country, STR("KR"));
    default_to(&workspace->language, STR("en"));
    default_to(&workspace->time_zone, STR("Asia/Seoul"));
    default_to(&workspace->currency, STR("KRW"));
}

static bool
is_code(struct str text, size_t letters)
{
    for (size_t i = 0; i < text.bytes; i++)
        if (text.data[i] < 'A' || text.data[i] > 'Z')
            return false;
    return text.bytes == letters;
}

static void
check_that(struct work *w, bool good, struct str at, const char *name,
           const char *message)
{
    if (!good)
        fail_at(w, arena_format(w->arena, "%.*s/%s", STR_ARG(at), name),
                "invalid", "%s", message);
}

bool
workspace_check(struct work *w, const struct workspace *workspace,
                struct str at)
{
    check_that(w, !str_is_empty(workspace_slug(w->arena, workspace->name)), at,
               "name", "A name has a letter or a digit in it.");
    check_that(w, is_code(workspace->country, 2), at, "country",
               "A country is two letters, like KR.");
    check_that(w,
               str_is(workspace->language, "en")
                   || str_is(workspace->language, "ko"),
               at, "language", "The languages are en and ko.");
    check_that(w, zone_find(workspace->time_zone) != NULL, at, "time_zone",
               "A time zone is a name like Asia/Seoul.");
    check_that(w, is_code(workspace->currency, 3), at, "currency",
               "A currency is three letters, like KRW.");
    return w->error.kind == ERR_NONE;
}
