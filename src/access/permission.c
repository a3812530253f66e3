/*
 * permission: the table of roles, and the functions that ask it. Not for
 * finding out who is calling (access.c).
 */
#include "src/access/permission.h"

#include <assert.h>

#define NAME(bit, name) [__builtin_ctz(bit)] = name

const char *const permission_names[64] = {
    NAME(CAN_SUBMIT_LEADS, "submit_leads"),
    NAME(CAN_VIEW_LEADS, "view_leads"),
    NAME(CAN_VIEW_ALL_LEADS, "view_all_leads"),
    NAME(CAN_EDIT_LEADS, "edit_leads"),
    NAME(CAN_ASSIGN_LEADS, "assign_leads"),
    NAME(CAN_VIEW_ROUTING, "view_routing"),
    NAME(CAN_EDIT_ROUTING, "edit_routing"),
    NAME(CAN_EDIT_SCORING, "edit_scoring"),
    NAME(CAN_VIEW_TEAM, "view_team"),
    NAME(CAN_EDIT_TEAM, "edit_team"),
    NAME(CAN_EDIT_PRESENCE, "edit_presence"),
    NAME(CAN_EDIT_OWN_PRESENCE, "edit_own_presence"),
    NAME(CAN_VIEW_INSIGHTS, "view_insights"),
    NAME(CAN_IMPORT, "import"),
    NAME(CAN_EXPORT, "export"),
    NAME(CAN_EDIT_SOURCES, "edit_sources"),
    NAME(CAN_MANAGE_KEYS, "manage_keys"),
    NAME(CAN_MANAGE_WEBHOOKS, "manage_webhooks"),
    NAME(CAN_VIEW_WORKSPACE, "view_workspace"),
    NAME(CAN_EDIT_WORKSPACE, "edit_workspace"),
    NAME(CAN_HAND_OVER_WORKSPACE, "hand_over_workspace"),
    NAME(CAN_EDIT_TEMPLATES, "edit_templates"),
};

enum {
    EVERYBODY =
        CAN_VIEW_LEADS | CAN_VIEW_TEAM | CAN_VIEW_WORKSPACE | CAN_VIEW_INSIGHTS,
    VIEWER = EVERYBODY | CAN_VIEW_ALL_LEADS | CAN_VIEW_ROUTING,
    REP = EVERYBODY | CAN_SUBMIT_LEADS | CAN_EDIT_LEADS | CAN_EDIT_OWN_PRESENCE
        | CAN_EXPORT,
    MANAGER = VIEWER | REP | CAN_ASSIGN_LEADS | CAN_EDIT_PRESENCE | CAN_IMPORT
            | CAN_EDIT_TEMPLATES,
    ADMIN = MANAGER | CAN_EDIT_ROUTING | CAN_EDIT_SCORING | CAN_EDIT_TEAM
          | CAN_EDIT_SOURCES | CAN_MANAGE_KEYS | CAN_MANAGE_WEBHOOKS
          | CAN_EDIT_WORKSPACE,
    OWNER = ADMIN | CAN_HAND_OVER_WORKSPACE,
};

static const uint64_t of_role[] = {
    [ROLE_OWNER] = OWNER, [ROLE_ADMIN] = ADMIN,   [ROLE_MANAGER] = MANAGER,
    [ROLE_REP] = REP,     [ROLE_VIEWER] = VIEWER,
};

const uint64_t source_permissions = CAN_SUBMIT_LEADS;

/* Which events need which permission, by the start of their topic; the first
 * that fits. Those of leads are asked as leads are. */
static const struct event_rule {
    struct str topic;
    uint64_t permission;
} event_rules[] = {
    { STR_INIT("person."), CAN_VIEW_TEAM },
    { STR_INIT("team."), CAN_VIEW_TEAM },
    { STR_INIT("routing."), CAN_VIEW_ROUTING },
    { STR_INIT("replay."), CAN_EDIT_ROUTING },
    { STR_INIT("scoring."), CAN_VIEW_ROUTING },
    { STR_INIT("key."), CAN_MANAGE_KEYS },
    { STR_INIT("webhook."), CAN_MANAGE_WEBHOOKS },
    { STR_INIT("import."), CAN_IMPORT },
    { STR_INIT("submission."), CAN_VIEW_ALL_LEADS },
    { STR_INIT("workspace."), CAN_VIEW_WORKSPACE },
};

uint64_t
role_permissions(enum role role)
{
    assert((size_t)role < sizeof of_role / sizeof *of_role);
    return of_role[role];
}

/* The program itself may do anything. */
static uint64_t
permissions(const struct actor *actor)
{
    return actor->kind == ACTOR_SYSTEM ? UINT64_MAX : actor->permissions;
}

bool
access_may_grant(const struct actor *actor, enum role role)
{
    return (role_permissions(role) & ~permissions(actor)) == 0;
}

bool
access_may(const struct actor *actor, enum permission permission)
{
    return (permissions(actor) & (uint64_t)permission) != 0;
}

/* A key is nobody's owner: one without CAN_VIEW_ALL_LEADS sees none. */
struct lead_scope
access_lead_scope(const struct actor *actor)
{
    if (!access_may(actor, CAN_VIEW_LEADS))
        return (struct lead_scope){ 0 };
    if (access_may(actor, CAN_VIEW_ALL_LEADS))
        return (struct lead_scope){ .all = true };
    if (actor->kind != ACTOR_PERSON)
        return (struct lead_scope){ 0 };
    if (actor->circle == NULL)
        return (struct lead_scope){ false, &actor->id, 1, actor->id };
    return (struct lead_scope){ false, actor->circle->people,
                                actor->circle->count, actor->id };
}

static bool
may_see_of(const struct actor *actor, struct id holder)
{
    const struct lead_scope scope = access_lead_scope(actor);

    return scope.all
        || (!id_is_none(holder) && lead_scope_holds(&scope, holder));
}

bool
access_may_see_lead(const struct actor *actor, const struct lead *lead)
{
    return may_see_of(actor,
                      lead->owner.kind == OWNER_REP ? lead->owner.id : ID_NONE);
}

/* What no rule knows is nobody's to see. */
bool
access_may_see_event(const struct actor *actor, const struct live_event *event)
{
    struct str topic = str_of(event->topic);

    if (str_starts(topic, STR("lead.")))
        return may_see_of(actor, event->person)
            || (!id_is_none(event->person_before)
                && may_see_of(actor, event->person_before));
    /* Who asked for it, person or key, and who runs the workspace. */
    if (str_starts(topic, STR("export.")))
        return id_equal(actor->id, event->person)
            || access_may(actor, CAN_EDIT_WORKSPACE);
    /* A reminder and an offer are for one alone. */
    if (str_starts(topic, STR("task.")) || str_starts(topic, STR("offer.")))
        return actor->kind == ACTOR_PERSON
            && id_equal(actor->id, event->person);
    for (size_t i = 0; i < sizeof event_rules / sizeof *event_rules; i++)
        if (str_starts(topic, event_rules[i].topic))
            return (permissions(actor) & event_rules[i].permission) != 0;
    return false;
}
