/*
 * account_lead_store: the chain of an account's leads, and who serves it. A
 * chain is gone along from its newest entry, by primary key.
 */
#include "src/account/account.h"

#include "src/lead/lead.h"
#include "src/workspace/cache.h"

enum {
    AT_A_TIME = 100,
    SEARCHED_MAX = 1000, /* entries looked at for the next who serves */
};

static const struct db_insert insert_entry = {
    "account_lead", "workspace_id, id, account_id, lead_id, previous_id",
    "iiiii"
};

static const char chain_from[] =
    "WITH RECURSIVE chain (id, lead_id, previous_id, place) AS ("
    "  SELECT id, lead_id, previous_id, 1 FROM account_lead"
    "   WHERE workspace_id = $1 AND id = $2"
    "  UNION ALL"
    "  SELECT e.id, e.lead_id, e.previous_id, c.place + 1"
    "    FROM account_lead e JOIN chain c ON e.id = c.previous_id"
    "   WHERE e.workspace_id = $1 AND c.place < $3)"
    " SELECT lead_id, previous_id FROM chain ORDER BY place";

bool
account_leads(struct work *w, const struct account *account, struct id before,
              int limit, struct id **leads, int *count, struct id *next)
{
    struct id from = id_is_none(before) ? account->newest_entry : before;
    struct db_rows rows;

    if (!work_query(w, chain_from,
                    DB_VALUES(db_id(w->workspace), db_id(from), db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *leads = ARENA_ARRAY(w->arena, struct id, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*leads)[i] = db_get_id(&rows, i, 0);
    *next = rows.count == 0 ? ID_NONE : db_get_id(&rows, rows.count - 1, 1);
    return true;
}

/* The newest of a page that still counts and is older than `before`. */
static bool
newest_served(struct work *w, const struct account *account,
              const struct id *ids, int count, struct id before,
              struct account_served *served)
{
    struct lead *leads;
    int read;

    if (!lead_select_ids(w, ids, count, &leads, &read))
        return false;
    for (int i = read - 1; i >= 0 && id_is_none(served->by); i--) {
        struct id rep = lead_served_by(&leads[i]);
        if (id_is_none(rep) || !id_equal(leads[i].account, account->id)
            || id_compare(leads[i].id, before) >= 0)
            continue;
        *served = (struct account_served){ rep, leads[i].id };
    }
    return true;
}

bool
account_served_before(struct work *w, const struct account *account,
                      struct id before, struct account_served *served)
{
    struct id from = account->newest_entry;

    *served = (struct account_served){ ID_NONE, ID_NONE };
    for (int seen = 0;
         seen < SEARCHED_MAX && id_is_none(served->by) && !id_is_none(from);
         seen += AT_A_TIME) {
        struct id *ids;
        int count;
        if (!account_leads(w, account, from, AT_A_TIME, &ids, &count, &from)
            || !newest_served(w, account, ids, count, before, served))
            return false;
    }
    return true;
}

/* The lead that counted is lost, or elsewhere: the next newest counts. */
static bool
find_served(struct work *w, struct account *account)
{
    struct account_served served;

    if (!account_served_before(w, account, (struct id){ INT64_MAX }, &served))
        return false;
    account->served_by = served.by;
    account->served_lead = served.lead;
    return true;
}

/* A new account is stored with its first lead. */
static bool
keep(struct work *w, struct account *account)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    if (account->version == 0)
        return account_save(w, account);
    account_has_changed(&cache->accounts, account);
    return true;
}

static bool
leave(struct work *w, struct id lead, struct id id)
{
    struct account *account;

    if (!account_find(w, id, &account))
        return false;
    account->lead_count--;
    return (!id_equal(account->served_lead, lead) || find_served(w, account))
        && keep(w, account);
}

static bool
enter(struct work *w, struct id lead, struct account *account)
{
    struct id entry = work_id(w);
    struct id previous = account->newest_entry;

    account->newest_entry = entry;
    account->lead_count++;
    return work_insert(w, &insert_entry,
                       DB_VALUES(db_id(w->workspace), db_id(entry),
                                 db_id(account->id), db_id(lead),
                                 db_id(previous)));
}

static bool
serve(struct work *w, struct id lead, struct id rep, struct account *account)
{
    if (id_is_none(rep))
        return !id_equal(account->served_lead, lead) || find_served(w, account);
    if (id_compare(lead, account->served_lead) < 0)
        return true;
    account->served_lead = lead;
    account->served_by = rep;
    return true;
}

bool
account_follow(struct work *w, struct id lead,
               const struct account_claim *before,
               const struct account_claim *now)
{
    bool moves = !id_equal(before->account, now->account);
    struct account *account;

    if (!moves
        && (id_is_none(now->account)
            || id_equal(before->served_by, now->served_by)))
        return true;
    if (moves && !id_is_none(before->account)
        && !leave(w, lead, before->account))
        return false;
    if (id_is_none(now->account))
        return true;
    return account_find(w, now->account, &account)
        && (!moves || enter(w, lead, account))
        && serve(w, lead, now->served_by, account) && keep(w, account);
}
