/* doctor_leads: see doctor_leads.h. */
#include "src/command/doctor_leads.h"

#include "lib/base/json.h"
#include "src/match/match.h"
#include "src/workspace/cache.h"

enum { AT_A_TIME = 500 };

/* What the leads say of others, by id. */
struct seen {
    struct hash_map load;        /* open leads of a person */
    struct hash_map served_lead; /* the newest of a company that counts */
    struct hash_map served_by;   /* and its rep */
};

/* S1: the score is the sum of its lines. */
static bool
score_adds_up(struct arena *arena, const struct lead *lead)
{
    struct json_error error;
    const struct json *lines = json_parse(arena, lead->score_lines, &error);
    int64_t sum = 0;

    if (lines == NULL || lines->kind != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < lines->array.count; i++)
        sum += json_get_int(&lines->array.items[i], "points", 0);
    return sum == lead->score;
}

/* C2: only a lead that a person owns, and that is open, has a promise. */
static bool
clock_may_run(const struct lead *lead)
{
    return lead->response_due_ms == 0
        || (lead_has_rep(lead) && !lead_is_closed(lead));
}

/* Leads come in the order of their ids: the last one that counts stays. */
static void
note_others(struct seen *seen, const struct lead *lead)
{
    struct id rep = lead_served_by(lead);

    if (lead->owner.kind == OWNER_REP && !lead_is_closed(lead))
        hash_map_put(&seen->load, lead->owner.id.value,
                     hash_map_get(&seen->load, lead->owner.id.value) + 1);
    if (id_is_none(rep) || id_is_none(lead->account))
        return;
    hash_map_put(&seen->served_lead, lead->account.value, lead->id.value);
    hash_map_put(&seen->served_by, lead->account.value, rep.value);
}

static bool
look_at_page(struct work *w, struct doctor_leads *doctor, struct seen *seen,
             struct id *after, int *count)
{
    bool *found = ARENA_ARRAY(w->arena, bool, AT_A_TIME);
    struct lead *leads;

    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND id > $2"
                         "   AND merged_into IS NULL ORDER BY id LIMIT $3"),
                     DB_VALUES(db_id(w->workspace), db_int(after->value),
                               db_int(AT_A_TIME)),
                     &leads, count)
        || !match_are_found(w, leads, *count, found))
        return false;
    for (int i = 0; i < *count; i++) {
        struct id id = *after = leads[i].id;
        doctor_note(&doctor->score, id, score_adds_up(w->arena, &leads[i]));
        doctor_note(&doctor->keys, id, found[i]);
        doctor_note(&doctor->clock, id, clock_may_run(&leads[i]));
        note_others(seen, &leads[i]);
    }
    return true;
}

/* All pages, each in memory of its own. */
static bool
look_at_pages(struct work *w,
              bool (*look)(struct work *, struct doctor_leads *, struct seen *,
                           struct id *after, int *count),
              struct doctor_leads *doctor, struct seen *seen)
{
    struct arena *own = w->arena;
    struct arena page;
    struct id after = ID_NONE;
    int count = AT_A_TIME;
    bool ok = true;

    arena_init(&page);
    w->arena = &page;
    while (ok && count == AT_A_TIME) {
        arena_reset(&page);
        ok = look(w, doctor, seen, &after, &count);
    }
    w->arena = own;
    if (!ok)
        w->error.detail = arena_str(own, w->error.detail);
    arena_free(&page);
    return ok;
}

/* A3: the owner of the newest lead that is open or won serves a company. */
static bool
look_at_companies(struct work *w, struct doctor_leads *doctor,
                  struct seen *seen, struct id *after, int *count)
{
    struct doctor_served *companies;

    if (!doctor_served(w, *after, AT_A_TIME, &companies, count))
        return false;
    for (int i = 0; i < *count; i++) {
        int64_t id = companies[i].account.value;
        doctor_note(&doctor->served, companies[i].account,
                    companies[i].lead.value
                            == hash_map_get(&seen->served_lead, id)
                        && companies[i].rep.value
                               == hash_map_get(&seen->served_by, id));
        *after = companies[i].account;
    }
    return true;
}

/* M2: a company is found by its name and domain. */
static bool
look_at_company_keys(struct work *w, struct doctor_leads *doctor,
                     struct seen *seen, struct id *after, int *count)
{
    bool *found = ARENA_ARRAY(w->arena, bool, AT_A_TIME);
    struct account *companies;

    (void)seen;
    if (!doctor_known(w, *after, AT_A_TIME, &companies, count)
        || !match_accounts_are_found(w, companies, *count, found))
        return false;
    for (int i = 0; i < *count; i++) {
        *after = companies[i].id;
        doctor_note(&doctor->known, *after, found[i]);
    }
    return true;
}

static void
look_at_load(const struct workspace_cache *cache, struct doctor_leads *doctor,
             const struct seen *seen)
{
    for (int i = 0; i < cache->team->count; i++) {
        struct id person = cache->team->people[i].id;
        doctor_note(&doctor->load, person,
                    cache->ledger.entries[i].open_leads
                        == hash_map_get(&seen->load, person.value));
    }
}

bool
doctor_look_at_leads(struct work *w, struct doctor_leads *doctor)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct seen seen;

    if (cache == NULL)
        return false;
    hash_map_init(&seen.load);
    hash_map_init(&seen.served_lead);
    hash_map_init(&seen.served_by);
    bool ok = look_at_pages(w, look_at_page, doctor, &seen)
           && look_at_pages(w, look_at_companies, doctor, &seen)
           && look_at_pages(w, look_at_company_keys, doctor, &seen);
    if (ok)
        look_at_load(cache, doctor, &seen);
    hash_map_free(&seen.load);
    hash_map_free(&seen.served_lead);
    hash_map_free(&seen.served_by);
    return ok;
}
