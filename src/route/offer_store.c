/* offer_store: see offer_store.h. */
#include "src/route/offer_store.h"

#include "src/workspace/cache.h"

#define SELECT_OFFER                                                       \
    "SELECT lead_id, owner_version, until_ms, rule, pool, people, over_ms" \
    " FROM offer"

static const char of_lead[] =
    SELECT_OFFER " WHERE workspace_id = $1 AND lead_id = $2";
static const char not_over[] = SELECT_OFFER
    " WHERE workspace_id = $1 AND until_ms > $2 ORDER BY until_ms LIMIT $3";
static const char upsert[] =
    "INSERT INTO offer (workspace_id, lead_id, owner_version, until_ms, rule,"
    "                   pool, people, over_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (workspace_id, lead_id) DO UPDATE SET"
    "   owner_version = excluded.owner_version,"
    "   until_ms = excluded.until_ms, rule = excluded.rule,"
    "   pool = excluded.pool, people = excluded.people,"
    "   over_ms = excluded.over_ms";

static struct str
people_json(struct work *w, const struct offer *offer, const struct team *team)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_array(&out);
    for (int i = 0; i < offer->count; i++) {
        json_open_object(&out);
        json_put_id(&out, "person", team->people[offer->people[i].person].id);
        json_put_int(&out, "weight", offer->people[i].weight);
        json_close_object(&out);
    }
    for (int i = 0; i < offer->declined_count; i++) {
        json_open_object(&out);
        json_put_id(&out, "person", offer->declined[i]);
        json_put_bool(&out, "declined", true);
        json_close_object(&out);
    }
    json_close_array(&out);
    return text_str(&text);
}

bool
offer_save(struct work *w, const struct offer *offer, const struct team *team)
{
    return work_run(w, upsert,
                    DB_VALUES(db_id(w->workspace), db_id(offer->lead),
                              db_int(offer->owner_version),
                              db_int(offer->until_ms), db_text(offer->rule),
                              db_text(offer->pool),
                              db_text(people_json(w, offer, team)),
                              db_int_or_null(offer->over_ms)),
                    NULL);
}

static void
read_person(const struct team *team, const struct json *item,
            struct offer *offer)
{
    struct id id;
    int number;

    if (!id_parse(json_get_text(item, "person"), &id))
        return;
    if (json_get_bool(item, "declined", false)) {
        offer->declined[offer->declined_count++] = id;
        return;
    }
    number = team_find(team, id);
    if (number >= 0)
        offer->people[offer->count++] = (struct ledger_share){
            number, (int32_t)json_get_int(item, "weight", 1), 0
        };
}

static bool
read_people(struct work *w, const struct team *team, struct str text,
            struct offer *offer)
{
    struct json_error error;
    const struct json *list = json_parse(w->arena, text, &error);

    if (list == NULL)
        return fail(w, ERR_INTERNAL, "A stored offer is broken.");
    offer->people =
        ARENA_ARRAY(w->arena, struct ledger_share, list->array.count);
    offer->declined = ARENA_ARRAY(w->arena, struct id, list->array.count);
    for (size_t i = 0; i < list->array.count; i++)
        read_person(team, &list->array.items[i], offer);
    return true;
}

static bool
read_row(struct work *w, const struct db_rows *rows, int row,
         struct offer *offer)
{
    struct workspace_cache *cache = workspace_cache(w);

    *offer = (struct offer){
        .lead = db_get_id(rows, row, 0),
        .owner_version = db_get_int(rows, row, 1),
        .until_ms = db_get_int(rows, row, 2),
        .rule = db_get_text(rows, row, 3),
        .pool = db_get_text(rows, row, 4),
        .over_ms = db_get_int(rows, row, 6),
    };
    return cache != NULL
        && read_people(w, cache->team, db_get_text(rows, row, 5), offer);
}

bool
offer_find(struct work *w, struct id lead, struct offer *offer, bool *found)
{
    struct db_rows rows;

    if (!work_query(w, of_lead, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    &rows))
        return false;
    *found = rows.count > 0;
    return rows.count == 0 || read_row(w, &rows, 0, offer);
}

bool
offer_list(struct work *w, int limit, struct offer **list, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, not_over,
            DB_VALUES(db_id(w->workspace), db_int(w->now_ms), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct offer, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, &rows, i, &(*list)[i]))
            return false;
    return true;
}

static const char delete_one[] =
    "DELETE FROM offer WHERE workspace_id = $1 AND lead_id = $2";

bool
offer_erase(struct work *w, struct id lead)
{
    return work_run(w, delete_one, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    NULL);
}
