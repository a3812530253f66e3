/* skill_store: the catalogue of skills. */
#include "src/team/ability.h"

static const char select_skills[] = "SELECT id, slug, name, version FROM skill "
                                    "WHERE workspace_id = $1 ORDER BY slug";
static const char insert_skill[] =
    "INSERT INTO skill (workspace_id, id, slug, name, created_ms)"
    " VALUES ($1, $2, $3, $4, $5)";
static const char update_skill[] =
    "UPDATE skill SET name = $3, version = version + 1"
    " WHERE workspace_id = $1 AND id = $2";
static const char delete_skill[] =
    "DELETE FROM skill WHERE workspace_id = $1 AND id = $2";

bool
skill_list(struct work *w, struct arena *arena, struct skills *skills)
{
    struct db_rows rows;

    if (!work_query(w, select_skills, DB_VALUES(db_id(w->workspace)), &rows))
        return false;

    struct skill *list = ARENA_ARRAY(arena, struct skill, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        list[i] = (struct skill){
            .id = db_get_id(&rows, i, 0),
            .slug = arena_str(arena, db_get_text(&rows, i, 1)),
            .name = arena_str(arena, db_get_text(&rows, i, 2)),
            .version = db_get_int(&rows, i, 3),
        };
    *skills = (struct skills){ list, rows.count };
    return true;
}

bool
skill_add(struct work *w, const struct skill *skill)
{
    return work_run(w, insert_skill,
                    DB_VALUES(db_id(w->workspace), db_id(skill->id),
                              db_text(skill->slug), db_text(skill->name),
                              db_int(w->now_ms)),
                    NULL);
}

bool
skill_rename(struct work *w, const struct skill *skill)
{
    return work_run(
        w, update_skill,
        DB_VALUES(db_id(w->workspace), db_id(skill->id), db_text(skill->name)),
        NULL);
}

bool
skill_remove(struct work *w, struct id id)
{
    return work_run(w, delete_skill, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}
