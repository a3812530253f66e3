/*
 * route_kept: who may be the one for a lead's company: whoever was named for
 * it, or serves it by its newest open or won lead; then the same for those it
 * belongs together with, its parents first. Who of them it is, if any, is
 * decided in route.c.
 */
#include "src/route/route.h"

#include <stdlib.h>

#include "src/account/account.h"

enum { KEPT_MAX = 8 };

struct kept_list {
    struct work *w;
    struct id before; /* served by older leads than this alone; none: by all */
    struct route_kept *items; /* room for KEPT_MAX */
    int count;
};

/* Whoever stands there already is not asked twice. */
static void
add(struct kept_list *list, const struct account *account, bool family,
    struct id person, int64_t since_ms)
{
    if (id_is_none(person) || list->count == KEPT_MAX)
        return;
    for (int i = 0; i < list->count; i++)
        if (id_equal(list->items[i].person, person)
            && list->items[i].since_ms == 0)
            return;
    list->items[list->count++] =
        (struct route_kept){ .person = person,
                             .family = family,
                             .since_ms = since_ms,
                             .account = account->id,
                             .account_name = account->name };
}

static bool
add_account(struct kept_list *list, const struct account *account, bool family)
{
    struct account_served served = { account->served_by, account->served_lead };

    add(list, account, family, account->owner, 0);
    if (!id_is_none(list->before) && id_compare(served.lead, list->before) >= 0
        && !account_served_before(list->w, account, list->before, &served))
        return false;
    if (!id_is_none(served.lead))
        add(list, account, family, served.by, id_time_ms(served.lead));
    return true;
}

static bool
add_parents(struct work *w, struct kept_list *list,
            const struct account *account)
{
    struct account *parent;

    for (struct id id = account->parent; !id_is_none(id); id = parent->parent) {
        if (!account_find(w, id, &parent))
            return false;
        if (!add_account(list, parent, true))
            return false;
    }
    return true;
}

static int
by_newest_lead(const void *a, const void *b)
{
    const struct account *one = *(struct account *const *)a;
    const struct account *two = *(struct account *const *)b;

    return id_compare(two->served_lead, one->served_lead);
}

/* The rest of the family: who was served last is asked first. */
static bool
add_others(struct work *w, struct kept_list *list,
           const struct account *account)
{
    struct account_family family;
    struct account **others;
    int count = 0;

    if (!account_family(w, account, &family))
        return false;
    others = ARENA_ARRAY(w->arena, struct account *, (size_t)family.count);
    for (int i = 0; i < family.count; i++) {
        struct account *member = family.members[i];
        bool above;
        if (!account_is_below(w, account, member->id, &above))
            return false;
        if (!above)
            others[count++] = member;
    }
    qsort(others, (size_t)count, sizeof(struct account *), by_newest_lead);
    for (int i = 0; i < count; i++)
        if (!add_account(list, others[i], true))
            return false;
    return true;
}

bool
route_kept_of(struct work *w, const struct route_snapshot *snapshot,
              const struct lead *lead, struct route_question *question)
{
    struct account *account;
    struct kept_list list = { .w = w, .before = question->kept_before };

    if (id_is_none(lead->account)
        || !(snapshot->keep_account || snapshot->keep_family))
        return true;
    if (!account_find(w, lead->account, &account))
        return false;
    list.items = ARENA_ARRAY(w->arena, struct route_kept, KEPT_MAX);
    if (snapshot->keep_account && !add_account(&list, account, false))
        return false;
    if (snapshot->keep_family
        && (!add_parents(w, &list, account) || !add_others(w, &list, account)))
        return false;
    question->kept = list.items;
    question->kept_count = list.count;
    return true;
}
