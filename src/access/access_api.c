/*
 * access_api: signing in and out, who one is, and keys over HTTP.
 * Not for people (src/api/team_api.c).
 */
#include "src/access/access_store.h"
#include "src/access/access_token.h"
#include "src/access/session.h"
#include "src/module.h"
#include "src/workspace/cache.h"

/* ---- shapes ---- */

static const struct shape_field sign_in_fields[] = {
    { "workspace", SHAPE_TEXT, 0, .max = 200,
      .about = "The slug; needed by who belongs to several." },
    { "email", SHAPE_EMAIL, SHAPE_REQUIRED, .max = 320 },
    { "password", SHAPE_TEXT, SHAPE_REQUIRED, .max = PASSWORD_BYTES_MAX },
    { 0 },
};
static const struct shape sign_in_shape = { "SignIn",
                                            "What somebody who signs in says.",
                                            0, sign_in_fields };

static const struct shape_field password_fields[] = {
    { "password", SHAPE_TEXT, SHAPE_REQUIRED, .max = PASSWORD_BYTES_MAX,
      .about = "The new one: 8 characters or more." },
    { "current", SHAPE_TEXT, 0, .max = PASSWORD_BYTES_MAX,
      .about = "The present one; needed for one's own." },
    { 0 },
};
static const struct shape password_shape = { "NewPassword", "A password.", 0,
                                             password_fields };

static const struct shape_field self_person_fields[] = {
    { "id", SHAPE_ID, 0 },          { "name", SHAPE_TEXT, 0 },
    { "email", SHAPE_EMAIL, 0 },    { "presence", SHAPE_TEXT, 0 },
    { "time_zone", SHAPE_TEXT, 0 }, { 0 },
};
static const struct shape self_person_shape = { "SessionPerson",
                                                "Who is signed in.", 0,
                                                self_person_fields };
static const struct shape_field self_workspace_fields[] = {
    { "id", SHAPE_ID, 0 },         { "slug", SHAPE_TEXT, 0 },
    { "name", SHAPE_TEXT, 0 },     { "country", SHAPE_TEXT, 0 },
    { "language", SHAPE_TEXT, 0 }, { "time_zone", SHAPE_TEXT, 0 },
    { "currency", SHAPE_TEXT, 0 }, { 0 },
};
static const struct shape self_workspace_shape = { "SessionWorkspace", "Where.",
                                                   0, self_workspace_fields };
static const struct shape_field self_key_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "name", SHAPE_TEXT, 0 },
    { 0 },
};
static const struct shape self_key_shape = { "SessionKey", "The key that asks.",
                                             0, self_key_fields };
static const struct shape_field self_fields[] = {
    { "person", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &self_person_shape,
      .about = "null for a key" },
    { "key", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &self_key_shape,
      .about = "null for a person" },
    { "role", SHAPE_OPTION, 0, .options = role_names },
    { "permissions", SHAPE_TEXT, SHAPE_LIST,
      .about = "Names of what the caller may do." },
    { "workspace", SHAPE_OBJECT, 0, .of = &self_workspace_shape },
    { "server_time", SHAPE_TIME, 0 },
    { "version", SHAPE_TEXT, 0, .about = "Of the server's build." },
    { 0 },
};
static const struct shape self_shape = { "Session",
                                         "Who is calling, and what he may do.",
                                         0, self_fields };

static const struct shape_field key_fields[] = {
    { "id", SHAPE_ID, SHAPE_READ_ONLY },
    { "name", SHAPE_TEXT, 0, .max = 200 },
    { "role", SHAPE_OPTION, SHAPE_NULLABLE, .options = role_names,
      .about = "What it may do; or give a source." },
    { "source_id", SHAPE_ID, SHAPE_NULLABLE,
      .about = "The one source that it submits leads for." },
    { "key", SHAPE_TEXT, SHAPE_READ_ONLY,
      .about = "The key itself; only in the answer that made it." },
    { "created_at", SHAPE_TIME, SHAPE_READ_ONLY },
    { "revoked_at", SHAPE_TIME, SHAPE_READ_ONLY | SHAPE_NULLABLE },
    { 0 },
};
static const struct shape key_shape = { "Key", "How a program proves itself.",
                                        0, key_fields };
static const struct shape_field key_list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &key_shape },
    { 0 },
};
static const struct shape key_list_shape = { "KeyList", "All keys.", 0,
                                             key_list_fields };

/* ---- who one is ---- */

static void
put_permissions(struct json_out *out, uint64_t permissions)
{
    json_name(out, "permissions");
    json_open_array(out);
    for (int bit = 0; bit < PERMISSION_COUNT; bit++)
        if (permissions & (UINT64_C(1) << bit))
            json_text(out, str_of(permission_names[bit]));
    json_close_array(out);
}

static void
put_workspace(struct json_out *out, const struct workspace *workspace)
{
    json_name(out, "workspace");
    json_open_object(out);
    json_put_id(out, "id", workspace->id);
    json_put_text(out, "slug", workspace->slug);
    json_put_text(out, "name", workspace->name);
    json_put_text(out, "country", workspace->country);
    json_put_text(out, "language", workspace->language);
    json_put_text(out, "time_zone", workspace->time_zone);
    json_put_text(out, "currency", workspace->currency);
    json_close_object(out);
}

static bool
put_person(struct work *w, struct json_out *out)
{
    struct person person;

    if (!person_load(w, w->actor.id, &person))
        return false;
    json_name(out, "person");
    json_open_object(out);
    json_put_id(out, "id", person.id);
    json_put_text(out, "name", person.name);
    json_put_text(out, "email", person.email);
    json_put_cstr(out, "presence", person_presence(&person));
    json_put_text(out, "time_zone", person.zone_text);
    json_close_object(out);
    json_name(out, "key");
    json_null(out);
    json_put_cstr(out, "role", role_names[person.role]);
    return true;
}

static bool
put_key_that_asks(struct work *w, struct json_out *out)
{
    struct api_key key;

    if (!key_load(w, w->actor.id, &key))
        return false;
    json_name(out, "person");
    json_null(out);
    json_name(out, "key");
    json_open_object(out);
    json_put_id(out, "id", key.id);
    json_put_text(out, "name", key.name);
    json_close_object(out);
    json_put_cstr(out, "role", role_names[key.role]);
    return true;
}

static bool
answer_self(struct work *w, struct response *response)
{
    struct workspace workspace;
    struct text text;
    struct json_out out = response_json(w, response, &text);
    const char *version = access_settings().version;

    json_open_object(&out);
    bool ok = w->actor.kind == ACTOR_PERSON ? put_person(w, &out)
                                            : put_key_that_asks(w, &out);
    if (!ok || !workspace_load(w, w->arena, w->workspace, &workspace))
        return false;
    put_permissions(&out, w->actor.permissions);
    put_workspace(&out, &workspace);
    json_put_time(&out, "server_time", w->now_ms);
    json_put_cstr(&out, "version", version == NULL ? "" : version);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

/* The cookie of somebody who comes back lives on, as his session does. */
static bool
show_session(struct work *w, const struct request *request,
             struct response *response)
{
    struct token token;

    if (!answer_self(w, response))
        return false;
    if (token_of_request(request, &token) && token.kind == TOKEN_SESSION)
        access_session_cookie(w, response, token.text);
    return true;
}

static bool
sign_in(struct work *w, const struct request *request,
        struct response *response)
{
    struct sign_in in = {
        .workspace = json_get_text(request->json, "workspace"),
        .email = json_get_text(request->json, "email"),
        .password = json_get_text(request->json, "password"),
        .peer = request->peer,
    };
    struct str session;
    int64_t wait_ms;

    if (!session_sign_in(w, &in, &session, &wait_ms)) {
        if (wait_ms > 0)
            response_header(response, "Retry-After",
                            arena_format(w->arena, "%lld",
                                         (long long)(wait_ms + 999) / 1000));
        return false;
    }
    access_session_cookie(w, response, session);
    return answer_self(w, response);
}

static bool
sign_out(struct work *w, const struct request *request,
         struct response *response)
{
    struct token token;

    if (!token_of_request(request, &token))
        return fail(w, ERR_UNAUTHENTICATED, "Nobody is signed in.");
    if (!session_end(w, &token))
        return false;
    access_session_cookie(w, response, STR_NONE);
    return true;
}

/* ---- passwords ---- */

static bool
is_oneself(const struct work *w, struct id person)
{
    return w->actor.kind == ACTOR_PERSON && id_equal(w->actor.id, person);
}

static bool
may_set_password(struct work *w, const struct request *request,
                 const struct person *person)
{
    if (is_oneself(w, person->id))
        return session_check_password(w, person,
                                      json_get_text(request->json, "current"));
    if (access_may(&w->actor, CAN_EDIT_TEAM)
        && access_may_grant(&w->actor, person->role))
        return true;
    return fail(w, ERR_FORBIDDEN,
                "You can set your own password, and those of people whose "
                "rights you may give.");
}

/* Whoever knew the old password is signed out; oneself is signed in anew. */
static bool
set_password(struct work *w, const struct request *request,
             struct response *response)
{
    struct str password = json_get_text(request->json, "password");
    const char *fault = access_password_fault(password);
    struct person person;
    struct str session;
    struct id id;

    if (!request_id(w, request, "id", &id) || !person_load(w, id, &person))
        return false;
    if (fault != NULL)
        return fail_at(w, STR("/password"), "too_weak", "%s", fault);
    if (!may_set_password(w, request, &person)
        || !session_set_password(w, id, password, &session))
        return false;
    if (is_oneself(w, id))
        access_session_cookie(w, response, session);
    return true;
}

/* ---- keys ---- */

static void
put_key(struct json_out *out, const struct api_key *key, struct str shown)
{
    json_open_object(out);
    json_put_id(out, "id", key->id);
    json_put_text(out, "name", key->name);
    json_put_cstr(out, "role", key->has_role ? role_names[key->role] : NULL);
    json_put_id(out, "source_id", key->source);
    if (shown.data != NULL)
        json_put_text(out, "key", shown);
    json_put_time(out, "created_at", key->created_ms);
    json_put_time(out, "revoked_at", key->revoked_ms);
    json_close_object(out);
}

static bool
list_keys(struct work *w, const struct request *request,
          struct response *response)
{
    struct api_key *keys;
    struct text text;
    int count;

    (void)request;
    if (!key_list(w, &keys, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_key(&out, &keys[i], STR_NONE);
    response_list_done(response, &out);
    return true;
}

static bool
read_key_input(struct work *w, const struct json *json, struct api_key *key)
{
    struct str role = json_get_text(json, "role");
    struct str source_id = json_get_text(json, "source_id");
    struct source source;

    if ((role.data == NULL) == (source_id.data == NULL))
        return fail_at(w, STR(""), "one_of",
                       "A key has either a role or a source_id.");
    key->name = str_trim(json_get_text(json, "name"));
    if (role.data != NULL) {
        key->has_role = role_find(role, &key->role);
        key->name = str_is_empty(key->name) ? role : key->name;
        return key->has_role;
    }
    if (!id_parse(source_id, &key->source)
        || !source_load(w, key->source, &source))
        return fail_at(w, STR("/source_id"), "unknown",
                       "There is no such source.");
    key->name = str_is_empty(key->name) ? source.name : key->name;
    return true;
}

static void
answer_key(struct work *w, struct response *response, const struct api_key *key,
           struct str shown)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    put_key(&out, key, shown);
    response_json_done(response, &text);
    response->status = 201;
}

/*
 * The row keeps its repeated answers itself: what is kept never holds the
 * key, which no table does. Who repeats is told of the key he has made, and
 * must make another when the first answer is lost.
 */
static bool
add_key(struct work *w, const struct request *request,
        struct response *response)
{
    bool repeatable = request_header(request, "idempotency-key").data != NULL;
    struct api_key key = { 0 };
    struct str shown;
    bool replayed = false;

    if (repeatable && !access_replay(w, request, response, &replayed)) {
        if (replayed)
            response_header(response, "Idempotent-Replay", STR("true"));
        return replayed;
    }
    if (!read_key_input(w, request->json, &key)
        || !access_key_create(w, &key, &shown))
        return false;
    answer_key(w, response, &key, STR_NONE);
    if (repeatable && !access_keep_answer(w, request, response))
        return false;
    answer_key(w, response, &key, shown);
    access_tell(w, "key.changed", ID_NONE);
    return true;
}

static bool
revoke_key(struct work *w, const struct request *request,
           struct response *response)
{
    struct api_key key;
    struct id id;

    (void)response;
    if (!request_id(w, request, "id", &id) || !key_load(w, id, &key))
        return false;
    if (key.has_role && !access_may_grant(&w->actor, key.role))
        return fail(w, ERR_FORBIDDEN, "The key has more rights than you have.");
    access_tell(w, "key.changed", ID_NONE);
    return key_revoke(w, id);
}

/* ---- the rows ---- */

static const struct endpoint endpoints[] = {
    { POST, "/api/v1/session", sign_in, PERMISSION_PUBLIC,
      "Sign in with e-mail and password; the answer sets the cookie.",
      ENDPOINT_READS | ENDPOINT_BY_HAND, .takes = &sign_in_shape,
      .gives = &self_shape, .body_bytes_max = 4096 },
    { DELETE, "/api/v1/session", sign_out, CAN_VIEW_WORKSPACE, "Sign out." },
    { GET, "/api/v1/session", show_session, CAN_VIEW_WORKSPACE,
      "Who is calling, and what he may do.", .gives = &self_shape },
    { PUT, "/api/v1/people/{id}/password", set_password, CAN_VIEW_TEAM,
      "Set a password; ends the person's sessions.", ENDPOINT_READS,
      .takes = &password_shape, .body_bytes_max = 8192 },
    { GET, "/api/v1/keys", list_keys, CAN_MANAGE_KEYS,
      "The keys of programs, without what is secret.",
      .gives = &key_list_shape },
    { POST, "/api/v1/keys", add_key, CAN_MANAGE_KEYS,
      "Make a key; only this answer shows it.", ENDPOINT_OWN_REPLAY,
      .takes = &key_shape, .gives = &key_shape },
    { DELETE, "/api/v1/keys/{id}", revoke_key, CAN_MANAGE_KEYS,
      "Revoke a key; from then on it opens nothing." },
    { 0 },
};

static const struct job_kind *const jobs[] = { &access_clean_job, NULL };

const struct module access_module = { "access", endpoints, jobs };
