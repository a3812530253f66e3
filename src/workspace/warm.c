/* warm: see warm.h. */
#include "src/workspace/warm.h"

#include "lib/db/array.h"
#include "src/workspace/cache.h"

bool
warm_wanted(struct work *w, const struct job *const *jobs, int count,
            const struct job_kind *kind, struct warm_wanted *wanted)
{
    struct db_array workspaces = db_array_new(w->arena);
    struct db_array leads = db_array_new(w->arena);
    int found = 0;

    for (int i = 0; i < count; i++) {
        if (id_is_none(jobs[i]->lead)
            || (kind != NULL && jobs[i]->kind != kind))
            continue;
        db_array_id(&workspaces, jobs[i]->workspace);
        db_array_id(&leads, jobs[i]->lead);
        found++;
    }
    *wanted = (struct warm_wanted){ db_array_value(&workspaces),
                                    db_array_value(&leads) };
    return found > 0;
}

bool
warm_read(struct work *w, const char *sql, const struct warm_wanted *wanted,
          struct db_rows *rows)
{
    return work_query(w, sql, DB_VALUES(wanted->workspaces, wanted->leads),
                      rows);
}

void
warm_keep(struct work *w, enum warm_kind kind, const struct db_rows *rows,
          int column)
{
    struct warm_rows *warm = &cache_warm_rows(w)[kind];

    hash_map_clear(&warm->first);
    warm->rows = *rows;
    for (int i = rows->count - 1; i >= 0; i--)
        hash_map_put(&warm->first, db_get_int(rows, i, column), i + 1);
}

bool
warm_find(struct work *w, enum warm_kind kind, struct id lead,
          struct db_rows *rows, int *first)
{
    const struct warm_rows *warm = cache_warm_rows(w);
    int64_t at = warm == NULL || id_is_none(lead)
                   ? 0
                   : hash_map_get(&warm[kind].first, lead.value);

    if (at == 0)
        return false;
    *rows = warm[kind].rows;
    *first = (int)at - 1;
    return true;
}

void
warm_forget(struct work *w, enum warm_kind kind, struct id lead)
{
    struct warm_rows *warm = cache_warm_rows(w);

    if (warm != NULL)
        hash_map_remove(&warm[kind].first, lead.value);
}

void
warm_forget_all(struct work *w)
{
    for (int i = 0; i < WARM_KINDS; i++)
        hash_map_clear(&cache_warm_rows(w)[i].first);
}
