/*
 * account_family: companies that belong together: who is whose parent. All of
 * a family carry the id of the topmost, so they are read at once.
 */
#include "src/account/account.h"

#include "src/workspace/cache.h"

bool
account_is_below(struct work *w, const struct account *account, struct id above,
                 bool *is)
{
    struct account *at;

    *is = id_equal(account->id, above);
    if (!*is && id_is_none(account->parent))
        return true;
    for (struct id id = account->parent; !*is && !id_is_none(id);
         id = at->parent) {
        if (!account_find(w, id, &at))
            return false;
        *is = id_equal(at->id, above);
    }
    return true;
}

/* Marks what hangs below the marked ones until nothing is added. */
static int
mark_below(const struct account_family *family, struct id top, bool *below)
{
    int count = 0;
    int before;

    for (int i = 0; i < family->count; i++)
        count += below[i] = id_equal(family->members[i]->id, top);
    do {
        before = count;
        for (int i = 0; i < family->count; i++)
            for (int j = 0; j < family->count && !below[i]; j++)
                if (below[j]
                    && id_equal(family->members[i]->parent,
                                family->members[j]->id)) {
                    below[i] = true;
                    count++;
                }
    } while (count > before);
    return count;
}

bool
account_tree(struct work *w, const struct account *account, struct id **ids,
             int *count)
{
    struct account_family family;

    if (!account_family(w, account, &family))
        return false;

    bool *below = ARENA_ARRAY(w->arena, bool, (size_t)family.count);
    int marked = mark_below(&family, account->id, below);
    *ids = ARENA_ARRAY(w->arena, struct id, (size_t)marked + 1);
    *count = 0;
    for (int i = 0; i < family.count; i++)
        if (below[i])
            (*ids)[(*count)++] = family.members[i]->id;
    return true;
}

static bool
check_parent(struct work *w, const struct account *account,
             const struct account *parent)
{
    struct account *at;
    bool is_below;
    int depth = 0;

    if (!account_is_below(w, parent, account->id, &is_below))
        return false;
    if (is_below)
        return fail_at(w, STR("/parent"), "cycle",
                       "%.*s is this account itself or lies below it: an "
                       "account cannot be its own parent.",
                       STR_ARG(parent->name));
    for (struct id id = parent->id; !id_is_none(id); id = at->parent) {
        if (!account_find(w, id, &at))
            return false;
        if (++depth >= ACCOUNT_DEPTH_MAX)
            return fail_at(w, STR("/parent"), "too_deep",
                           "Accounts lie at most %d below each other.",
                           ACCOUNT_DEPTH_MAX);
    }
    return true;
}

static void
set_family(struct account_memory *memory, struct account *account,
           struct id family)
{
    account->family = family;
    account_has_changed(memory, account);
}

static bool
fits(struct work *w, const struct account *parent, int more)
{
    struct account_family family;

    if (!account_family(w, parent, &family))
        return false;
    if (family.count + more > ACCOUNT_FAMILY_MAX)
        return fail_at(w, STR("/parent"), "too_many",
                       "At most %d accounts belong together.",
                       ACCOUNT_FAMILY_MAX);
    return true;
}

bool
account_set_parent(struct work *w, struct account *account,
                   struct account *parent)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct id *below;
    int count;

    if (cache == NULL || (parent != NULL && !check_parent(w, account, parent))
        || !account_tree(w, account, &below, &count)
        || (parent != NULL && !fits(w, parent, count)))
        return false;

    struct id top = parent == NULL             ? account->id
                  : id_is_none(parent->family) ? parent->id
                                               : parent->family;
    if (parent != NULL)
        set_family(&cache->accounts, parent, top);
    for (int i = 0; i < count; i++) {
        struct account *member;
        if (!account_find(w, below[i], &member))
            return false;
        set_family(&cache->accounts, member, top);
    }
    account->parent = parent == NULL ? ID_NONE : parent->id;
    hash_map_clear(&cache->accounts.families);
    return account_write_changed(w, &cache->accounts);
}
