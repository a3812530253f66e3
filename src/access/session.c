/*
 * session: signing in and out, and the first set-up.
 *
 * The password is checked on a reader; the session's row is an errand for the
 * writer, so that no lead waits for a password.
 */
#include "src/access/session.h"

#include <pthread.h>
#include <sodium.h>

#include "lib/base/random.h"
#include "lib/http/client.h"
#include "src/access/access_memory.h"
#include "src/access/access_store.h"
#include "src/access/errand.h"
#include "src/workspace/workspace.h"

enum {
    FREE_OF_ACCOUNT = 5, /* failures before each further one must wait */
    FREE_OF_ADDRESS = 20,
    WORKSPACES_TRIED_MAX = 100,
    FAILURE_ACCOUNT = 1, /* kinds of keys */
    FAILURE_ADDRESS = 2,
};

/* ---- what is made once ---- */

/* Compared against when there is no such person, so that it takes as long. */
static struct {
    struct arena arena; /* lives as long as the process */
    struct str nobody;  /* the hash of a password that nobody knows */
    struct str setup;
} once;
static pthread_once_t once_control = PTHREAD_ONCE_INIT;

static void
make_once(void)
{
    arena_init(&once.arena);
    once.nobody =
        access_password_hash(&once.arena, random_token(&once.arena, 32));
    once.setup = random_token(&once.arena, 32);
}

void
session_start(void)
{
    pthread_once(&once_control, make_once);
}

/* ---- signing in ---- */

bool
access_email(struct arena *arena, struct str given, struct str *email)
{
    struct str trimmed = str_trim(given);
    ptrdiff_t at = str_find_char(trimmed, '@');
    struct text lower = text_new(arena);

    for (size_t i = 0; i < trimmed.bytes; i++) {
        char c = trimmed.data[i];
        if ((unsigned char)c <= ' ' || c == 0x7F)
            return false;
        text_add_char(&lower, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    *email = text_str(&lower);
    if (at <= 0 || email->bytes > 254)
        return false;

    struct str domain = str_slice(*email, (size_t)at + 1, email->bytes);
    ptrdiff_t dot = str_find_char(domain, '.');
    return str_find_char(domain, '@') < 0 && dot > 0
        && !str_ends(domain, STR(".")) && str_find(domain, STR("..")) < 0;
}

struct found {
    struct id workspace;
    struct person person;
    int count; /* of people with that address */
};

static bool
look_in(struct work *w, struct id workspace, struct str email,
        struct found *found)
{
    struct person person;
    bool there;

    w->workspace = workspace;
    if (!person_find_email(w, email, &person, &there))
        return false;
    if (there) {
        found->count++;
        found->workspace = workspace;
        found->person = person;
    }
    return true;
}

/* Without a workspace it must be in one only. */
static bool
find_person(struct work *w, const struct sign_in *in, struct str email,
            struct found *found)
{
    struct workspace *workspaces;
    int count;

    if (!workspace_list(w, &workspaces, &count))
        return false;
    bool named = !str_is_empty(in->workspace);
    if (!named && count > WORKSPACES_TRIED_MAX)
        return true;
    for (int i = 0; i < count; i++) {
        if (named && !str_equal(workspaces[i].slug, in->workspace))
            continue;
        if (!look_in(w, workspaces[i].id, email, found))
            return false;
    }
    return true;
}

static bool
password_is_right(struct work *w, const struct found *found,
                  struct str password, bool *right)
{
    struct str hash = STR_NONE;
    bool known = found->count == 1 && found->person.active;

    if (known) {
        w->workspace = found->workspace;
        if (!password_load(w, found->person.id, &hash))
            return false;
    }
    session_start();
    known = known && hash.data != NULL;
    *right =
        access_password_fits(known ? hash : once.nobody, password) && known;
    return true;
}

struct new_session {
    struct id person;
    struct str token;
};

static bool
store_session(struct work *w, void *context)
{
    struct new_session *new = context;

    return session_remove_old(w)
        && access_session_create(w, new->person, &new->token);
}

static bool
refuse(struct work *w)
{
    return fail(w, ERR_UNAUTHENTICATED,
                "The address or the password is wrong. Who belongs to several "
                "workspaces must say which.");
}

static bool
must_wait(struct work *w, int64_t wait_ms)
{
    return fail(w, ERR_TOO_MANY,
                "Signing in has failed too often. Try again in %lld s.",
                (long long)(wait_ms + 999) / 1000);
}

/* Who has a whole network of IPv6 is one. */
static int64_t
address_key(struct str peer)
{
    struct address address;

    return address_parse(peer, &address) ? client_key(&address)
                                         : hash_key(FAILURE_ADDRESS, peer);
}

bool
session_sign_in(struct work *w, const struct sign_in *in, struct str *session,
                int64_t *wait_ms)
{
    struct str email;
    struct found found = { 0 };
    bool right;

    if (!access_email(w->arena, in->email, &email))
        email = in->email;
    int64_t account = hash_key(FAILURE_ACCOUNT, email);
    int64_t address = address_key(in->peer);
    int64_t account_ms = failures_wait_ms(account, w->now_ms);
    int64_t address_ms = failures_wait_ms(address, w->now_ms);
    *wait_ms = account_ms > address_ms ? account_ms : address_ms;
    if (*wait_ms > 0)
        return must_wait(w, *wait_ms);

    if (!find_person(w, in, email, &found)
        || !password_is_right(w, &found, in->password, &right))
        return false;
    if (!right) {
        failures_add(account, w->now_ms, FREE_OF_ACCOUNT);
        failures_add(address, w->now_ms, FREE_OF_ADDRESS);
        return refuse(w);
    }
    failures_forget(account);

    w->workspace = found.workspace;
    w->actor = (struct actor){ ACTOR_PERSON, found.person.id,
                               role_permissions(found.person.role) };
    struct new_session new = { .person = found.person.id };
    if (!errand_run(access_settings().runner, w, store_session, &new))
        return false;
    *session = new.token;
    return true;
}

/* ---- passwords ---- */

bool
session_check_password(struct work *w, const struct person *person,
                       struct str password)
{
    int64_t account = hash_key(FAILURE_ACCOUNT, person->email);
    int64_t wait_ms = failures_wait_ms(account, w->now_ms);
    struct str hash;

    if (wait_ms > 0)
        return must_wait(w, wait_ms);
    if (!password_load(w, person->id, &hash))
        return false;
    if (hash.data == NULL || access_password_fits(hash, password))
        return true;
    failures_add(account, w->now_ms, FREE_OF_ACCOUNT);
    return fail_at(w, STR("/current"), "wrong",
                   "This is not the present password.");
}

struct new_password {
    struct id person;
    struct str hash;
    struct str token;
};

static bool
store_password(struct work *w, void *context)
{
    struct new_password *new = context;

    access_tell(w, "session.ended", new->person);
    return password_save(w, new->person, new->hash)
        && session_remove_of(w, new->person)
        && (!id_equal(new->person, w->actor.id)
            || access_session_create(w, new->person, &new->token));
}

bool
session_set_password(struct work *w, struct id person, struct str password,
                     struct str *session)
{
    struct new_password new = {
        .person = person,
        .hash = access_password_hash(w->arena, password),
    };

    if (!errand_run(access_settings().runner, w, store_password, &new))
        return false;
    *session = new.token;
    return true;
}

bool
session_end(struct work *w, const struct token *token)
{
    if (token->kind != TOKEN_SESSION)
        return fail(w, ERR_INVALID,
                    "A key is not signed in: it is revoked, not signed out.");
    access_tell(w, "session.ended", w->actor.id);
    return session_remove(w, &token->hash);
}

/* ---- for others ---- */

bool
access_password_save(struct work *w, struct id person, struct str hash)
{
    return password_save(w, person, hash);
}

bool
access_session_create(struct work *w, struct id person, struct str *token)
{
    struct session session = { person, w->now_ms + SESSION_MS };

    *token = token_session_new(w->arena, w->workspace);
    struct hash hash = hash_of(*token);
    return session_add(w, &hash, &session);
}

void
access_session_cookie(struct work *w, struct response *response,
                      struct str session)
{
    bool ends = session.data == NULL;

    response_header(
        response, "Set-Cookie",
        arena_format(w->arena,
                     "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                     token_cookie_name(), STR_ARG(session),
                     ends ? 0LL : (long long)(SESSION_MS / 1000),
                     access_settings().secure ? "; Secure" : ""));
}

/* ---- first set-up ---- */

struct str
access_setup_token(void)
{
    session_start();
    return once.setup;
}

static bool
token_is_ours(struct str given)
{
    struct str ours = access_setup_token();

    return given.bytes == ours.bytes
        && sodium_memcmp(given.data, ours.data, ours.bytes) == 0;
}

static bool
may_set_up(struct work *w, struct str token)
{
    bool any;

    if (!workspace_any(w, &any))
        return false;
    if (any || !token_is_ours(token))
        return fail(w, ERR_FORBIDDEN,
                    "This link is not valid any more. Sign in; or start the "
                    "server on an empty database for a new link.");
    return true;
}

static bool
check_setup(struct work *w, const struct access_setup *setup, struct str *email)
{
    const char *fault = access_password_fault(setup->password);

    if (str_is_empty(workspace_slug(w->arena, setup->workspace)))
        fail_at(w, STR("/workspace"), "required",
                "A workspace needs a name with a letter or a digit in it.");
    if (str_is_empty(str_trim(setup->name)))
        fail_at(w, STR("/name"), "required", "Say who you are.");
    if (!access_email(w->arena, setup->email, email))
        fail_at(w, STR("/email"), "not_an_address",
                "This is no e-mail address, like ana@example.com.");
    if (fault != NULL)
        fail_at(w, STR("/password"), "too_weak", "%s", fault);
    return w->error.kind == ERR_NONE;
}

bool
access_setup(struct work *w, const struct access_setup *setup,
             struct str *session)
{
    struct str email;

    if (!may_set_up(w, setup->token) || !check_setup(w, setup, &email))
        return false;

    struct workspace workspace = {
        .name = str_trim(setup->workspace),
        .country = setup->country,
        .language = setup->language,
        .time_zone = setup->time_zone,
        .currency = setup->currency,
    };
    workspace_defaults(&workspace);
    if (!workspace_check(w, &workspace, STR(""))
        || !workspace_create(w, &workspace))
        return false;
    struct person owner = {
        .id = work_id(w),
        .email = email,
        .name = str_trim(setup->name),
        .role = ROLE_OWNER,
        .active = true,
        .zone_text = workspace.time_zone,
        .open_leads_max = -1,
        .day_leads_max = -1,
        .weight = 1,
    };
    return person_save(w, &owner)
        && password_save(w, owner.id,
                         access_password_hash(w->arena, setup->password))
        && access_session_create(w, owner.id, session);
}
