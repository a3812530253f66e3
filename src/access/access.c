/*
 * access: finds out who is calling: first from memory, on the HTTP thread,
 * then from the database, on a reader.
 *
 * Not for what the caller may do (permission.c), nor for signing in
 * (session.c).
 */
#include "src/access/access.h"

#include <assert.h>

#include "lib/base/clock.h"
#include "src/access/access_memory.h"
#include "src/access/access_store.h"
#include "src/access/access_token.h"
#include "src/access/circle.h"
#include "src/access/errand.h"
#include "src/access/session.h"
#include "src/workspace/workspace.h"

/* The server's callbacks carry no context, and there is one server a
 * process. Written before it starts. */
static struct access_settings settings;

void
access_start(const struct access_settings *given)
{
    settings = *given;
    memory_forget(ID_NONE);
    failures_forget_all();
    session_start();
}

void
access_stop(void)
{
    memory_forget(ID_NONE);
    settings = (struct access_settings){ 0 };
}

struct access_settings
access_settings(void)
{
    return settings;
}

enum http_caller
access_recognise(void *context, const struct request *request,
                 struct actor *actor, struct id *workspace)
{
    struct token token;
    struct caller caller;

    (void)context;
    if (!token_of_request(request, &token))
        return HTTP_CALLER_NOBODY;
    if (!memory_find(&token.hash, clock_now_ms(), &caller))
        return HTTP_CALLER_UNKNOWN;
    *actor = caller.actor;
    *workspace = caller.workspace;
    return HTTP_CALLER_KNOWN;
}

/* ---- from the database ---- */

/* What the role may, and what the workspace lets its reps see. */
static bool
may_of(struct work *w, enum role role, struct actor *actor)
{
    struct workspace workspace;

    actor->permissions = role_permissions(role);
    if (role != ROLE_REP)
        return true;
    if (!workspace_load(w, w->arena, w->workspace, &workspace))
        return false;
    if (workspace.reps_see == REPS_SEE_ALL)
        actor->permissions |= CAN_VIEW_ALL_LEADS;
    return workspace.reps_see != REPS_SEE_TEAM || actor->kind != ACTOR_PERSON
        || circle_of(w, actor->id, &actor->circle);
}

static bool
identify_key(struct work *w, const struct token *token, struct caller *caller)
{
    struct api_key key;
    bool found;

    if (!key_find(w, &token->hash, &key, &found))
        return false;
    if (!found)
        return true;
    caller->expires_ms = INT64_MAX;
    caller->actor = (struct actor){
        .kind = key.has_role ? ACTOR_KEY : ACTOR_SOURCE,
        .id = key.has_role ? key.id : key.source,
        .permissions = source_permissions,
    };
    return !key.has_role || may_of(w, key.role, &caller->actor);
}

struct prolonging {
    struct hash hash;
    int64_t expires_ms;
};

static bool
prolong(struct work *w, void *context)
{
    const struct prolonging *p = context;

    return session_prolong(w, &p->hash, p->expires_ms);
}

/* A session that is used lives on: once a day its end is moved. */
static void
prolong_session(const struct work *w, const struct token *token,
                int64_t expires_ms)
{
    struct prolonging p = { token->hash, w->now_ms + SESSION_MS };

    if (settings.runner != NULL && expires_ms < p.expires_ms - SESSION_DAY_MS)
        errand_leave(settings.runner, token->workspace, prolong, &p, sizeof p);
}

static bool
identify_session(struct work *w, const struct token *token,
                 struct caller *caller)
{
    struct session session;
    struct person person;
    bool found;

    if (!session_find(w, &token->hash, &session, &found))
        return false;
    if (!found)
        return true;
    if (!person_load(w, session.person, &person))
        return false;
    if (!person.active)
        return true;
    caller->expires_ms = session.expires_ms;
    caller->actor = (struct actor){ .kind = ACTOR_PERSON, .id = person.id };
    prolong_session(w, token, session.expires_ms);
    return may_of(w, person.role, &caller->actor);
}

bool
access_identify(struct work *w, const struct request *request,
                struct actor *actor, struct id *workspace)
{
    struct token token;
    struct caller caller = { 0 };
    uint64_t generation = memory_generation();

    if (!token_of_request(request, &token))
        return true;
    caller.workspace = w->workspace = token.workspace;
    bool ok = token.kind == TOKEN_KEY ? identify_key(w, &token, &caller)
                                      : identify_session(w, &token, &caller);
    if (!ok || id_is_none(caller.actor.id))
        return ok;
    memory_put(&token.hash, &caller, generation);
    *actor = caller.actor;
    *workspace = caller.workspace;
    return true;
}

static bool
actor_of_person(struct work *w, struct id id, struct actor *actor, bool *good)
{
    struct person person;

    if (!person_load(w, id, &person))
        return false;
    *good = person.active;
    return may_of(w, person.role, actor);
}

static bool
actor_of_key(struct work *w, struct id id, struct actor *actor, bool *good)
{
    struct api_key key;

    if (!key_load(w, id, &key))
        return false;
    *good = key.revoked_ms == 0 && key.has_role;
    return !*good || may_of(w, key.role, actor);
}

bool
access_actor(struct work *w, enum actor_kind kind, struct id id,
             struct actor *actor, bool *good)
{
    *actor = (struct actor){ .kind = kind, .id = id };
    return kind == ACTOR_KEY ? actor_of_key(w, id, actor, good)
                             : actor_of_person(w, id, actor, good);
}

/* ---- what changes it ---- */

void
access_told(const struct live_event *event)
{
    struct str topic = str_of(event->topic);

    if (str_is(topic, "person.changed") || str_is(topic, "key.changed")
        || str_is(topic, "workspace.changed") || str_is(topic, "team.changed")
        || str_is(topic, "session.ended"))
        memory_forget(event->workspace);
}

void
access_tell(struct work *w, const char *topic, struct id person)
{
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = topic,
                     .person = person,
                     .data = STR("{}"),
                 });
}

bool
access_person_changed(struct work *w, const struct person *person)
{
    if (!person->active && !session_remove_of(w, person->id))
        return false;
    access_tell(w, "person.changed", person->id);
    return true;
}

/* ---- keys ---- */

bool
access_key_create(struct work *w, struct api_key *key, struct str *shown)
{
    assert(key->has_role == id_is_none(key->source));
    if (key->has_role && !access_may_grant(&w->actor, key->role))
        return fail(w, ERR_FORBIDDEN,
                    "A key cannot have more rights than you have.");
    key->id = work_id(w);
    key->created_ms = w->now_ms;
    *shown = token_key_new(w->arena, w->workspace);

    struct hash hash = hash_of(*shown);
    return key_add(w, key, &hash);
}

bool
access_keys(struct work *w, struct api_key **list, int *count)
{
    return key_list(w, list, count);
}
