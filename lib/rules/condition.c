/*
 * condition: reads the tree and checks its form; see condition.h. What an
 * operator is stands in condition_operator.c, how its value is read in
 * condition_value.c.
 */
#include "lib/rules/condition.h"

#include <assert.h>
#include <string.h>

#include "lib/rules/condition_node.h"

/* The members a node may have. The first four are forms: a node has one. */
enum part { ALL, ANY, NOT, FIELD, OP, VALUE, PARTS };
static const char *const part_names[PARTS] = { "all",   "any", "not",
                                               "field", "op",  "value" };

enum { SHOWN_BYTES = 60 };

/* One reading. */
struct reader {
    struct work *w;
    const struct field *fields;
    int terms;
    bool unbounded; /* the program wrote it: as long as it must be */
};

static bool read_node(struct reader *, const struct json *, struct str at,
                      int depth, struct condition *);
static bool read_parts(struct reader *, const struct json *, struct str at,
                       const struct json **parts);
static bool check_form(struct reader *, const struct json *const *parts,
                       struct str at);
static bool read_group(struct reader *, const struct json *, struct str at,
                       int depth, struct condition *);
static bool read_term(struct reader *, const struct json *const *parts,
                      struct str at, struct condition *);

static const struct condition true_for_all = { .eval = condition_eval_all,
                                               .field = -1 };

const struct condition *
condition_read(struct work *w, const struct field *fields,
               const struct json *json, struct str at)
{
    struct reader r = { .w = w, .fields = fields };
    struct condition *c = ARENA_NEW(w->arena, struct condition);

    return read_node(&r, json, at, 0, c) ? c : NULL;
}

static struct str
below(struct reader *r, struct str at, const char *name)
{
    return arena_format(r->w->arena, "%.*s/%s", STR_ARG(at), name);
}

static int
shown(struct str s)
{
    return s.bytes < SHOWN_BYTES ? (int)s.bytes : SHOWN_BYTES;
}

static bool
read_node(struct reader *r, const struct json *json, struct str at, int depth,
          struct condition *out)
{
    const struct json *parts[PARTS] = { 0 };

    *out = true_for_all;
    if (json == NULL || json->kind != JSON_OBJECT)
        return fail_at(r->w, at, "not_a_condition",
                       "A condition is an object, such as {\"field\": "
                       "\"country\", \"op\": \"is\", \"value\": \"KR\"}.");
    if (json->object.count == 0)
        return true;
    if (!read_parts(r, json, at, parts) || !check_form(r, parts, at))
        return false;
    if (parts[FIELD] != NULL)
        return read_term(r, parts, at, out);

    if (depth == CONDITION_DEPTH_MAX)
        return fail_at(r->w, at, "too_deep",
                       "all, any and not go at most %d deep.",
                       CONDITION_DEPTH_MAX);
    if (parts[NOT] != NULL) {
        bool ok = read_node(r, parts[NOT], below(r, at, "not"), depth + 1, out);
        out->negated = !out->negated;
        return ok;
    }
    if (parts[ANY] != NULL)
        out->eval = condition_eval_any;
    enum part form = parts[ANY] != NULL ? ANY : ALL;
    return read_group(r, parts[form], below(r, at, part_names[form]), depth,
                      out);
}

/* RFC 6901: ~ and / in a name. */
static struct str
pointer_to(struct reader *r, struct str at, struct str name)
{
    struct text t = text_new(r->w->arena);

    text_add(&t, at);
    text_add_char(&t, '/');
    for (int i = 0; i < shown(name); i++) {
        if (name.data[i] == '~')
            text_add_cstr(&t, "~0");
        else if (name.data[i] == '/')
            text_add_cstr(&t, "~1");
        else
            text_add_char(&t, name.data[i]);
    }
    return text_str(&t);
}

static bool
unknown_part(struct reader *r, struct str at, struct str name)
{
    struct nearest nearest = nearest_to(name);

    for (int i = 0; i < PARTS; i++)
        nearest_offer(&nearest, part_names[i]);
    struct str question = nearest_question(r->w->arena, &nearest);
    return fail_at(r->w, pointer_to(r, at, name), "unknown_member",
                   "A condition has no \"%.*s\"; it has all, any, not, or "
                   "field, op and value.%.*s",
                   shown(name), name.data, STR_ARG(question));
}

static bool
read_parts(struct reader *r, const struct json *json, struct str at,
           const struct json **parts)
{
    bool ok = true;

    for (size_t i = 0; i < json->object.count; i++) {
        const struct json_member *member = &json->object.members[i];
        int part = 0;
        while (part < PARTS && !str_is(member->name, part_names[part]))
            part++;
        if (part < PARTS)
            parts[part] = &member->value;
        else
            ok = unknown_part(r, at, member->name);
    }
    return ok;
}

static bool
check_form(struct reader *r, const struct json *const *parts, struct str at)
{
    int forms = 0;

    for (int i = ALL; i <= FIELD; i++)
        forms += parts[i] != NULL;
    if (forms > 1)
        return fail_at(r->w, at, "ambiguous",
                       "Only one of all, any, not and field: put one inside "
                       "the other.");
    if (forms == 0)
        return fail_at(r->w, below(r, at, "field"), "missing_field",
                       "Name the \"field\" that op and value are about.");
    if (parts[FIELD] == NULL && (parts[OP] != NULL || parts[VALUE] != NULL))
        return fail_at(r->w, below(r, at, parts[OP] != NULL ? "op" : "value"),
                       "ambiguous",
                       "op and value go with a field, not with all, any and "
                       "not.");
    return true;
}

static bool
read_group(struct reader *r, const struct json *list, struct str at, int depth,
           struct condition *out)
{
    bool ok = true;

    if (list->kind != JSON_ARRAY)
        return fail_at(r->w, at, "wrong_type",
                       "all and any hold a list of conditions, such as "
                       "[{...}, {...}].");
    if (!r->unbounded && list->array.count > CONDITION_TERMS_MAX)
        return fail_at(r->w, at, "too_many",
                       "A condition has at most %d terms.",
                       CONDITION_TERMS_MAX);

    struct condition *items =
        ARENA_ARRAY(r->w->arena, struct condition, list->array.count);
    for (size_t i = 0; i < list->array.count; i++) {
        struct str item_at =
            arena_format(r->w->arena, "%.*s/%zu", STR_ARG(at), i);
        ok &=
            read_node(r, &list->array.items[i], item_at, depth + 1, &items[i]);
    }
    out->group.items = items;
    out->group.count = (int)list->array.count;
    return ok;
}

/* ---- Terms ---- */

static bool
find_field(struct reader *r, const struct json *name, struct str at, int *field)
{
    struct str field_at = below(r, at, "field");

    if (name->kind != JSON_TEXT)
        return fail_at(r->w, field_at, "wrong_type",
                       "\"field\" is the name of a field, a text.");

    struct nearest nearest = nearest_to(name->text);
    for (*field = 0; r->fields[*field].name != NULL; (*field)++) {
        if (str_is(name->text, r->fields[*field].name))
            return true;
        nearest_offer(&nearest, r->fields[*field].name);
    }
    struct str question = nearest_question(r->w->arena, &nearest);
    return fail_at(r->w, field_at, "unknown_field",
                   "There is no field \"%.*s\".%.*s", shown(name->text),
                   name->text.data, STR_ARG(question));
}

/* "is, is_not, ...": those of these kinds; rows of one name stand together. */
static struct str
operators_of(struct reader *r, unsigned kinds)
{
    struct text t = text_new(r->w->arena);
    const char *last = "";

    for (const struct condition_operator *op = condition_operators;
         op->name != NULL; op++) {
        if ((op->kinds & kinds) == 0 || strcmp(op->name, last) == 0)
            continue;
        text_add_cstr(&t, t.bytes > 0 ? ", " : "");
        text_add_cstr(&t, op->name);
        last = op->name;
    }
    return text_str(&t);
}

/* `field` is NULL when it is not known; then the name is checked alone. */
static bool
find_operator(struct reader *r, const struct json *name, struct str at,
              const struct field *field,
              const struct condition_operator **found)
{
    unsigned kind = field == NULL ? ~0u : condition_kind(field);
    struct str op_at = below(r, at, "op");
    bool known = false;

    if (name == NULL || name->kind != JSON_TEXT)
        return fail_at(r->w, op_at, name == NULL ? "missing_op" : "wrong_type",
                       "\"op\" says how to compare, such as \"is\".");

    struct nearest nearest = nearest_to(name->text);
    for (*found = condition_operators; (*found)->name != NULL; (*found)++) {
        bool same = str_is(name->text, (*found)->name);
        if (same && ((*found)->kinds & kind) != 0)
            return true;
        known |= same;
        if (((*found)->kinds & kind) != 0)
            nearest_offer(&nearest, (*found)->name);
    }
    struct str all = operators_of(r, kind);
    if (known) {
        assert(field != NULL); /* every operator works on some kind */
        return fail_at(r->w, op_at, "wrong_operator",
                       "%.*s does not work on %s; use one of %.*s.",
                       shown(name->text), name->text.data, field->name,
                       STR_ARG(all));
    }
    struct str question = nearest_question(r->w->arena, &nearest);
    return fail_at(r->w, op_at, "unknown_operator",
                   "There is no operator \"%.*s\".%.*s Known here: %.*s.",
                   shown(name->text), name->text.data, STR_ARG(question),
                   STR_ARG(all));
}

/* The first term too many is told; the rest would only repeat it. */
static bool
count_term(struct reader *r, struct str at)
{
    if (++r->terms <= CONDITION_TERMS_MAX || r->unbounded)
        return true;
    if (r->terms == CONDITION_TERMS_MAX + 1)
        fail_at(r->w, at, "too_many", "A condition has at most %d terms.",
                CONDITION_TERMS_MAX);
    return false;
}

static bool
takes_names(const struct condition_operator *op)
{
    return strcmp(op->name, "in_list") == 0 || strcmp(op->name, "within") == 0;
}

/* A group in place of the term; explanations still show the term. */
static bool
read_meaning(struct reader *r, const struct json *json, struct str at,
             struct condition *out)
{
    struct reader inner = { r->w, r->fields, .unbounded = true };
    struct condition term = *out;

    if (!read_node(&inner, json, at, 0, out))
        return false;
    if (out->op == NULL) {
        out->stands_for = term.op;
        out->field = term.field;
    }
    out->value = term.value;
    return true;
}

/* `*done`: a condition stands in place of the term. */
static bool
read_name(struct reader *r, struct condition_term *term, struct condition *out,
          bool *done)
{
    struct condition_meaning meaning = { 0 };

    *done = false;
    if (term->field->names == NULL || !takes_names(term->op)
        || term->value == NULL || term->value->kind != JSON_TEXT)
        return true;
    if (!term->field->names(r->w, term->field, term->op->name,
                            term->value->text, term->at, &meaning))
        return false;
    if (meaning.values != NULL)
        term->value = meaning.values;
    *done = meaning.condition != NULL;
    return !*done || read_meaning(r, meaning.condition, term->at, out);
}

/* Operators that compare whole values, and what each is with several. */
static const struct condition_operator *
with_several(const struct condition_term *term)
{
    static const char *const several[][2] = {
        { "is", "is_any_of" },      { "is_any_of", "is_any_of" },
        { "is_not", "is_none_of" }, { "is_none_of", "is_none_of" },
        { "in_list", "in_list" },
    };

    for (size_t i = 0; i < sizeof several / sizeof *several; i++)
        if (strcmp(term->op->name, several[i][0]) == 0)
            for (const struct condition_operator *op = condition_operators;
                 op->name != NULL; op++)
                if (strcmp(op->name, several[i][1]) == 0
                    && (op->kinds & condition_kind(term->field)) != 0)
                    return op;
    return NULL;
}

/* Texts that are gathered; the room doubles. */
struct gathered {
    struct json *items;
    size_t count;
    size_t room;
};

static void
gather(struct arena *arena, struct gathered *list, struct str text)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 4 : 2 * list->room;
        struct json *items = ARENA_ARRAY(arena, struct json, room);
        for (size_t i = 0; i < list->count; i++)
            items[i] = list->items[i];
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] =
        (struct json){ .kind = JSON_TEXT, .text = text };
}

/* Adds what one given value is in facts. */
static bool
spell(const struct condition_term *term, const struct json *given,
      struct str at, struct gathered *list)
{
    const struct str *values = NULL;
    int count = 0;

    if (!term->field->spelling(term->w, term->field, given->text, at, &values,
                               &count))
        return false;
    if (count == 0)
        gather(term->w->arena, list, given->text);
    for (int i = 0; i < count; i++)
        gather(term->w->arena, list, values[i]);
    return true;
}

/* Values that people call by names are put as facts have them; what is no text
 * is left to the operator, which says so. */
static bool
read_spelling(struct reader *r, struct condition_term *term,
              struct condition *out)
{
    const struct condition_operator *op = with_several(term);
    const struct json *value = term->value;
    struct gathered list = { 0 };
    bool ok = true;

    if (term->field->spelling == NULL || op == NULL || value == NULL
        || (value->kind == JSON_ARRAY
            && value->array.count > CONDITION_LIST_MAX))
        return true;
    if (value->kind == JSON_TEXT)
        ok = spell(term, value, term->at, &list);
    for (size_t i = 0; value->kind == JSON_ARRAY && i < value->array.count;
         i++) {
        if (value->array.items[i].kind != JSON_TEXT)
            return true;
        ok &= spell(term, &value->array.items[i], condition_item_at(term, i),
                    &list);
    }
    if (!ok || list.count == 0)
        return ok;
    if (value->kind == JSON_TEXT && list.count == 1) {
        term->value = list.items;
        return true;
    }
    struct json *several = ARENA_NEW(r->w->arena, struct json);
    *several = (struct json){ .kind = JSON_ARRAY,
                              .array = { list.items, list.count } };
    out->stands_for = term->op;
    term->value = several;
    term->op = op;
    term->spelled = true;
    return true;
}

static bool
read_term(struct reader *r, const struct json *const *parts, struct str at,
          struct condition *out)
{
    const struct condition_operator *op = NULL;
    bool done;
    const struct field *field = NULL;

    if (!count_term(r, at))
        return false;
    if (find_field(r, parts[FIELD], at, &out->field))
        field = &r->fields[out->field];
    if (!find_operator(r, parts[OP], at, field, &op) || field == NULL)
        return false;

    assert(op != NULL);
    out->op = op;
    out->value = parts[VALUE];
    struct condition_term term = { r->w, field, op, parts[VALUE],
                                   below(r, at, "value") };
    if (!read_name(r, &term, out, &done))
        return false;
    if (done)
        return true;
    if (!read_spelling(r, &term, out))
        return false;
    out->op = term.op;
    out->eval = term.op->eval;
    out->negated = term.op->negated;
    return term.op->read(&term, out);
}

void
condition_fields(const struct condition *c, bool *used)
{
    if (c->op != NULL) {
        used[c->field] = true;
        return;
    }
    for (int i = 0; i < c->group.count; i++)
        condition_fields(&c->group.items[i], used);
}
