/* tag: which leads have a tag, along the index lead_tagged. The sets of tags
 * are counted by lead_store.c. */
#include "src/lead/tag.h"

/* The columns hold each tag between U+001F characters. */
static const char *const has_tag[] = {
    [DB_SQLITE] = "instr(tags, $2) > 0",
    [DB_POSTGRES] = "strpos(tags, $2) > 0",
};

static struct str
marked(struct arena *arena, struct str tag)
{
    return arena_format(arena, "\x1f%.*s\x1f", STR_ARG(tag));
}

bool
tag_leads(struct work *w, struct str tag, const struct tag_place *after,
          int limit, struct lead **leads, int *count)
{
    struct str from = after->folded.data == NULL ? STR("") : after->folded;
    struct str where = arena_format(
        w->arena,
        "WHERE workspace_id = $1 AND tags IS NOT NULL AND merged_into IS NULL"
        "  AND %s AND (tags, id) > ($3, $4) ORDER BY tags, id LIMIT $5",
        has_tag[db_engine(w->db)]);

    return lead_select(w, where,
                       DB_VALUES(db_id(w->workspace),
                                 db_text(marked(w->arena, tag)), db_text(from),
                                 db_int(after->lead.value), db_int(limit)),
                       leads, count);
}

bool
tag_is_used(struct work *w, struct str tag, bool *used)
{
    struct str where = arena_format(
        w->arena,
        "WHERE workspace_id = $1 AND tags IS NOT NULL AND merged_into IS NULL"
        "  AND %s LIMIT 1",
        has_tag[db_engine(w->db)]);
    int64_t found;

    if (!lead_count(
            w, where,
            DB_VALUES(db_id(w->workspace), db_text(marked(w->arena, tag))),
            &found))
        return false;
    *used = found > 0;
    return true;
}
