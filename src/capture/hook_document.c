/*
 * hook_document: a hook's document, as it was given, and what it says. What
 * it leaves out is its preset's.
 */
#include <string.h>

#include "src/capture/hook.h"

enum { PATHS_MAX = 10, VALUES_MAX = 50 };

/* ----------------------------------------------------------------- shapes */

static const char *const encodings[] = { "hex", "base64", NULL };
static const char *const answers[] = { "echo", "signed", NULL };

static const struct shape_field where_fields[] = {
    { "at", SHAPE_TEXT, SHAPE_REQUIRED, 1000, .about = "A path." },
    { "is", SHAPE_TEXT, SHAPE_REQUIRED | SHAPE_LIST, VALUES_MAX,
      .about = "Any of these; true and false are yes and no." },
    { 0 },
};
static const struct shape where_shape = { "HookCondition",
                                          "What a body says at a place.", 0,
                                          where_fields };

static const struct shape_field signature_fields[] = {
    { "header", SHAPE_TEXT, 0, 200, .about = "Where the signature is." },
    { "algorithm", SHAPE_OPTION, SHAPE_REQUIRED,
      .options = hook_algorithm_names,
      .about = "plain: the header is the secret itself." },
    { "encoding", SHAPE_OPTION, 0, .options = encodings,
      .about = "hex if absent." },
    { "prefix", SHAPE_TEXT, 0, 100, .about = "In front of it: sha256=" },
    { "element", SHAPE_TEXT, 0, 100,
      .about = "When the header is t=1,v1=ab: v1" },
    { "time_element", SHAPE_TEXT, 0, 100,
      .about = "When the header is t=1,v1=ab: t" },
    { "time_header", SHAPE_TEXT, 0, 200,
      .about = "Where the time of signing is." },
    { "tolerance_s", SHAPE_INTEGER, 0, 86400, 1,
      .about = "How old that may be; 300 if absent." },
    { "signed", SHAPE_TEXT, 0, 200,
      .about = "What is signed: {body} if absent; {timestamp}, {secret}, "
               "{method} and {header:NAME} too." },
    { "secret", SHAPE_ANY, 0,
      .about = "One, or a list while it changes. Never shown again." },
    { "has_secret", SHAPE_BOOL, SHAPE_READ_ONLY },
    { 0 },
};
static const struct shape signature_shape = {
    "HookSignature", "How a sender proves that a body is his.", 0,
    signature_fields
};

static const struct shape_field key_fields[] = {
    { "at", SHAPE_TEXT, SHAPE_REQUIRED, 1000, .about = "A path." },
    { "secret", SHAPE_ANY, 0,
      .about = "What must stand there. Never shown again." },
    { "has_secret", SHAPE_BOOL, SHAPE_READ_ONLY },
    { 0 },
};
static const struct shape key_shape = { "HookKey", "A secret within the body.",
                                        0, key_fields };

static const struct shape_field challenge_fields[] = {
    { "query", SHAPE_TEXT, SHAPE_REQUIRED, 100,
      .about = "The parameter that is answered: hub.challenge" },
    { "token_query", SHAPE_TEXT, 0, 100,
      .about = "The parameter that must hold the token." },
    { "token", SHAPE_TEXT, 0, 200, .about = "Never shown again." },
    { "answer", SHAPE_OPTION, 0, .options = answers,
      .about = "echo if absent; signed: JSON with its signature." },
    { "has_secret", SHAPE_BOOL, SHAPE_READ_ONLY },
    { 0 },
};
static const struct shape challenge_shape = {
    "HookChallenge", "What a provider asks by GET before it sends.", 0,
    challenge_fields
};

static const struct shape_field document_fields[] = {
    { "preset", SHAPE_TEXT, SHAPE_NULLABLE, 100,
      .about = "A provider's; what else is given here goes first." },
    { "leads", SHAPE_TEXT, SHAPE_NULLABLE, 1000,
      .about = "Path of the list of leads; absent: the body is one, or a "
               "list of them." },
    { "delivery", SHAPE_ANY, 0,
      .about = "Path, or paths, of the sender's own id: the same one is the "
               "same lead for ever." },
    { "fields", SHAPE_OBJECT, 0,
      .about = "Field of a lead (also first_name, last_name, custom.NAME) to "
               "its path, or to paths of which the first that says something "
               "counts." },
    { "usual", SHAPE_BOOL, 0,
      .about = "Read names that leave no doubt, too; true if absent and "
               "there are no fields." },
    { "only", SHAPE_OBJECT, SHAPE_LIST, 20, .of = &where_shape,
      .about = "All must hold: others are kept, and no leads." },
    { "except", SHAPE_OBJECT, SHAPE_LIST, 20, .of = &where_shape,
      .about = "None may hold." },
    { "unpack", SHAPE_TEXT, SHAPE_LIST, 20,
      .about = "Members that are JSON within a text." },
    { "lists", SHAPE_OBJECT, 0,
      .about = "Path of a list to what tells its items apart." },
    { "set", SHAPE_OBJECT, 0, .about = "Field to the value of every lead." },
    { "empty", SHAPE_TEXT, SHAPE_LIST, 100,
      .about = "Values that mean: nothing was given." },
    { "date_order", SHAPE_TEXT, 0, 20, .about = "As in an import." },
    { "phones", SHAPE_TEXT, 0, 20, .about = "As in an import." },
    { "defaults", SHAPE_OBJECT, 0, .about = "As in an import." },
    { "signature", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &signature_shape },
    { "key", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &key_shape },
    { "challenge", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &challenge_shape },
    { "has_token", SHAPE_BOOL, SHAPE_READ_ONLY,
      .about = "There is an address; POST .../token makes it." },
    { "changed_at", SHAPE_TIME, SHAPE_READ_ONLY },
    { 0 },
};
const struct shape hook_shape = { "SourceWebhook",
                                  "How webhooks of others come in at a source.",
                                  0, document_fields };

/* ------------------------------------------------------- document, preset */

static struct str
pointer(struct work *w, struct str at, const char *name)
{
    return arena_format(w->arena, "%.*s/%s", STR_ARG(at), name);
}

static bool
preset_tree(struct work *w, struct str at, const struct hook *hook,
            const struct json **tree)
{
    struct str name = json_get_text(hook->document, "preset");
    struct json_error error;

    *tree = NULL;
    if (str_is_empty(name))
        return true;
    const struct hook_preset *preset = hook_preset_find(name);
    if (preset == NULL)
        return fail_at(w, pointer(w, at, "preset"), "unknown",
                       "There is no preset \"%.*s\"; see "
                       "/api/v1/source-presets.",
                       STR_ARG(name));
    *tree = json_parse(w->arena, str_of(preset->document), &error);
    return *tree != NULL
        || fail(w, ERR_INTERNAL, "The preset %s is broken.", preset->name);
}

/* The hook's own, else its preset's. */
struct reading {
    struct work *w;
    struct str at;
    const struct json *own;
    const struct json *preset;
    bool ok;
};

static const struct json *
member(const struct reading *r, const char *name)
{
    const struct json *own = json_get(r->own, name);

    return own != NULL ? own : json_get(r->preset, name);
}

static void
refuse(struct reading *r, struct str at, const char *code, const char *why)
{
    r->ok = fail_at(r->w, at, code, "%s", why);
}

/* One text, or a list of some. */
static struct hook_paths
texts_of(struct reading *r, const struct json *json, struct str at, int most,
         const char *wanted)
{
    const struct json *items = json;
    size_t count = 1;

    if (json == NULL)
        return (struct hook_paths){ 0 };
    if (json->kind == JSON_ARRAY) {
        items = json->array.items;
        count = json->array.count;
    }
    struct str *texts = ARENA_ARRAY(r->w->arena, struct str, count + 1);
    bool good = count <= (size_t)most;
    for (size_t i = 0; good && i < count; i++) {
        good = items[i].kind == JSON_TEXT && items[i].text.bytes > 0;
        texts[i] = items[i].text;
    }
    if (!good)
        refuse(r, at, "wrong_kind", wanted);
    return (struct hook_paths){ texts, good ? (int)count : 0 };
}

static struct hook_paths
paths_of(struct reading *r, const struct json *json, struct str at)
{
    struct hook_paths paths = texts_of(r, json, at, PATHS_MAX,
                                       "This is a path, or a list of at most "
                                       "10 paths.");

    for (int i = 0; i < paths.count; i++) {
        const char *fault = hook_path_fault(paths.paths[i]);
        if (fault != NULL)
            refuse(r, at, "not_a_path", fault);
    }
    return paths;
}

/* ----------------------------------------------------------------- fields */

static void
add_column(struct reading *r, struct hook *hook, const struct json_member *m)
{
    struct str list = pointer(r->w, r->at, "fields");
    struct str at =
        arena_format(r->w->arena, "%.*s/%.*s", STR_ARG(list), STR_ARG(m->name));
    size_t number = hook->mapping.count++;
    struct mapping_column *column = &hook->mapping.columns[number];

    *column = (struct mapping_column){ .header = m->name,
                                       .named = true,
                                       .to = mapping_target(m->name) };
    hook->mapping.order[number] = number;
    hook->columns[number] = paths_of(r, &m->value, at);
    if (column->to < 0)
        refuse(r, at, "unknown_field",
               "This is no field that can be given; write a lead's field, "
               "first_name, last_name, or custom. and a name.");
    else if (column->to == MAPPING_CUSTOM)
        column->custom = str_slice(m->name, 7, m->name.bytes);
    if (column->to == LEAD_TAGS)
        column->split = STR(",");
}

static size_t
member_count(const struct json *object)
{
    return object == NULL ? 0 : object->object.count;
}

/* The preset's fields stay but for those that are given anew; null takes one
 * away. */
static void
read_fields(struct reading *r, struct hook *hook)
{
    const struct json *own = json_get(r->own, "fields");
    const struct json *preset = json_get(r->preset, "fields");
    size_t room = member_count(own) + member_count(preset) + 1;

    hook->mapping = (struct mapping){
        .file = hook->file,
        .columns = ARENA_ARRAY(r->w->arena, struct mapping_column, room),
        .order = ARENA_ARRAY(r->w->arena, size_t, room),
    };
    hook->columns = ARENA_ARRAY(r->w->arena, struct hook_paths, room);
    for (size_t i = 0; i < member_count(own); i++)
        if (own->object.members[i].value.kind != JSON_NULL)
            add_column(r, hook, &own->object.members[i]);
    for (size_t i = 0; i < member_count(preset); i++) {
        const struct json_member *m = &preset->object.members[i];
        if (json_get(own, arena_cstr(r->w->arena, m->name)) == NULL)
            add_column(r, hook, m);
    }
    const struct json *usual = member(r, "usual");
    hook->usual = usual == NULL ? hook->mapping.count == 0 : usual->truth;
}

/* What a mapping file of an import says in the same words. */
static void
read_file(struct reading *r, struct hook *hook)
{
    static const char *const names[] = { "set", "empty", "date_order", "phones",
                                         "defaults" };
    struct text text = text_new(r->w->arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    json_open_object(&out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct json *value = member(r, names[i]);
        if (value != NULL)
            json_put_tree(&out, names[i], value);
    }
    json_close_object(&out);

    struct work own = *r->w;
    own.error = (struct error){ 0 };
    hook->file = mapping_file_read(
        &own, json_parse(r->w->arena, text_str(&text), &error));
    for (int i = 0; i < own.error.detail_count; i++)
        refuse(r,
               arena_format(r->w->arena, "%.*s%.*s", STR_ARG(r->at),
                            STR_ARG(own.error.details[i].pointer)),
               own.error.details[i].code,
               arena_cstr(r->w->arena, own.error.details[i].message));
}

/* ------------------------------------------------------------- conditions */

static struct hook_conditions
read_conditions(struct reading *r, const char *name)
{
    const struct json *list = member(r, name);
    struct hook_conditions conditions = { 0 };

    if (list == NULL)
        return conditions;
    conditions.list =
        ARENA_ARRAY(r->w->arena, struct hook_condition, list->array.count);
    for (size_t i = 0; i < list->array.count; i++) {
        const struct json *item = &list->array.items[i];
        struct str at =
            arena_format(r->w->arena, "%.*s/%s/%zu", STR_ARG(r->at), name, i);
        struct hook_paths place =
            paths_of(r, json_get(item, "at"), pointer(r->w, at, "at"));
        struct hook_paths values =
            texts_of(r, json_get(item, "is"), pointer(r->w, at, "is"),
                     VALUES_MAX, "These are texts.");
        if (place.count == 1)
            conditions.list[conditions.count++] =
                (struct hook_condition){ place.paths[0], values.paths,
                                         values.count };
    }
    return conditions;
}

/* ---------------------------------------------------------------- senders */

static struct hook_paths
secrets_of(struct reading *r, const struct hook *hook, const char *name,
           const char *at)
{
    struct hook_paths secrets =
        texts_of(r, json_get(hook->secrets, name), pointer(r->w, r->at, at),
                 HOOK_SECRETS_MAX, "This is a secret, or a list of at most 5.");

    if (secrets.count == 0 && r->ok)
        refuse(r, pointer(r->w, r->at, at), "required",
               "Without its secret nothing can be checked.");
    return secrets;
}

static const struct json *
object_member(const struct reading *r, const char *name)
{
    const struct json *json = member(r, name);

    return json != NULL && json->kind == JSON_OBJECT ? json : NULL;
}

static void
read_check(struct reading *r, struct hook *hook)
{
    const struct json *json = object_member(r, "signature");

    if (json == NULL)
        return;
    struct hook_paths secrets =
        secrets_of(r, hook, "signature", "signature/secret");
    hook->check = (struct hook_check){
        .algorithm = hook_algorithm_find(json_get_text(json, "algorithm")),
        .header = json_get_text(json, "header"),
        .base64 = str_is(json_get_text(json, "encoding"), "base64"),
        .prefix = json_get_text(json, "prefix"),
        .element = json_get_text(json, "element"),
        .time_element = json_get_text(json, "time_element"),
        .time_header = json_get_text(json, "time_header"),
        .tolerance_s = json_get_int(json, "tolerance_s", HOOK_TOLERANCE_S),
        .signed_text = json_get_text(json, "signed"),
        .secrets = secrets.paths,
        .secret_count = secrets.count,
    };
    if (str_is_empty(hook->check.header)
        && !str_is(json_get_text(json, "algorithm"), "standard-webhooks"))
        refuse(r, pointer(r->w, r->at, "signature/header"), "required",
               "Which header holds the signature?");
}

static void
read_key(struct reading *r, struct hook *hook)
{
    const struct json *json = object_member(r, "key");

    if (json == NULL)
        return;
    struct hook_paths secrets = secrets_of(r, hook, "key", "key/secret");
    hook->key = (struct hook_key){ json_get_text(json, "at"), secrets.paths,
                                   secrets.count };
}

static void
read_challenge(struct reading *r, struct hook *hook)
{
    const struct json *json = object_member(r, "challenge");

    if (json == NULL)
        return;
    hook->challenge = (struct hook_challenge){
        .query = json_get_text(json, "query"),
        .token_query = json_get_text(json, "token_query"),
        .is_signed = str_is(json_get_text(json, "answer"), "signed"),
    };
    if (!str_is_empty(hook->challenge.token_query)) {
        struct hook_paths token =
            secrets_of(r, hook, "challenge", "challenge/token");
        hook->challenge.token = token.count > 0 ? token.paths[0] : STR_NONE;
    }
}

/* ------------------------------------------------------------ the document */

static void
read_lists(struct reading *r, struct hook *hook)
{
    hook->lists = member(r, "lists");
    for (size_t i = 0; i < member_count(hook->lists); i++)
        if (hook->lists->object.members[i].value.kind != JSON_TEXT)
            refuse(r, pointer(r->w, r->at, "lists"), "wrong_kind",
                   "Each list has the name of what tells its items apart.");
}

bool
hook_read(struct work *w, struct str at, struct hook *hook)
{
    struct reading r = { w, at, hook->document, NULL, true };

    if (!preset_tree(w, at, hook, &r.preset))
        return false;
    const struct json *leads = member(&r, "leads");
    if (leads != NULL && leads->kind == JSON_TEXT)
        hook->leads = leads->text;
    hook->delivery =
        paths_of(&r, member(&r, "delivery"), pointer(w, at, "delivery"));
    read_file(&r, hook);
    read_fields(&r, hook);
    hook->only = read_conditions(&r, "only");
    hook->except = read_conditions(&r, "except");
    hook->unpack = member(&r, "unpack");
    read_lists(&r, hook);
    read_check(&r, hook);
    read_key(&r, hook);
    read_challenge(&r, hook);
    return r.ok;
}

/* ----------------------------------------------------------------- taking */

/* Which member of which object is secret. */
static const struct {
    const char *object;
    const char *member;
} secret_members[] = {
    { "signature", "secret" },
    { "key", "secret" },
    { "challenge", "token" },
};
enum { SECRET_COUNT = sizeof secret_members / sizeof *secret_members };

static bool
is_secret(const char *object, struct str member_name)
{
    for (int i = 0; i < SECRET_COUNT; i++)
        if (strcmp(secret_members[i].object, object) == 0
            && str_is(member_name, secret_members[i].member))
            return true;
    return false;
}

static void
put_without_secret(struct json_out *out, const char *name,
                   const struct json *object, bool tell)
{
    json_name(out, name);
    json_open_object(out);
    for (size_t i = 0; i < object->object.count; i++) {
        const struct json_member *m = &object->object.members[i];
        if (is_secret(name, m->name))
            continue;
        json_name_str(out, m->name);
        json_tree(out, &m->value);
    }
    if (tell)
        json_put_bool(out, "has_secret", true);
    json_close_object(out);
}

static bool
holds_secrets(struct str name)
{
    for (int i = 0; i < SECRET_COUNT; i++)
        if (str_is(name, secret_members[i].object))
            return true;
    return false;
}

/* The members of a document, none of them secret. */
static void
put_members(struct json_out *out, const struct hook *hook, bool tell)
{
    for (size_t i = 0; i < member_count(hook->document); i++) {
        const struct json_member *m = &hook->document->object.members[i];
        const char *name = arena_cstr(out->text->arena, m->name);
        if (holds_secrets(m->name) && m->value.kind == JSON_OBJECT) {
            put_without_secret(out, name, &m->value,
                               tell && json_get(hook->secrets, name) != NULL);
            continue;
        }
        json_name_str(out, m->name);
        json_tree(out, &m->value);
    }
}

/* What was given, or what there was. */
static const struct json *
secret_of(const struct hook *hook, const struct json *given, int i)
{
    const struct json *object = json_get(given, secret_members[i].object);
    const struct json *new_one = json_get(object, secret_members[i].member);

    return new_one != NULL ? new_one
                           : json_get(hook->secrets, secret_members[i].object);
}

bool
hook_take(struct work *w, struct str at, const struct json *given,
          struct hook *hook)
{
    struct text text = text_new(w->arena);
    struct text secrets = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    struct json_out secret_out = json_out_new(&secrets);
    struct json_error error;
    struct hook taken = { .document = given, .secrets = hook->secrets };

    json_open_object(&out);
    put_members(&out, &taken, false);
    json_close_object(&out);
    json_open_object(&secret_out);
    for (int i = 0; i < SECRET_COUNT; i++) {
        const struct json *secret = secret_of(hook, given, i);
        if (secret != NULL)
            json_put_tree(&secret_out, secret_members[i].object, secret);
    }
    json_close_object(&secret_out);

    *hook = (struct hook){
        .source = hook->source,
        .has_token = hook->has_token,
        .token = hook->token,
        .old_token = hook->old_token,
        .old_until_ms = hook->old_until_ms,
        .changed_ms = w->now_ms,
        .document = json_parse(w->arena, text_str(&text), &error),
        .secrets = json_parse(w->arena, text_str(&secrets), &error),
    };
    return hook_read(w, at, hook);
}

void
hook_write(struct json_out *out, const struct hook *hook)
{
    json_open_object(out);
    put_members(out, hook, true);
    json_put_bool(out, "has_token", hook->has_token);
    json_put_time(out, "changed_at", hook->changed_ms);
    json_close_object(out);
}
