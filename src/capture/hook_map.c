/*
 * hook_map: what a body says, as trees, and each lead in it as a row of a
 * table, so that one mapping reads both (mapping_row).
 */
#include "src/capture/hook.h"

#include <string.h>

#include "lib/base/form.h"

/* ------------------------------------------------------------------- body */

static struct json
text_json(struct str text)
{
    return (struct json){ .kind = JSON_TEXT, .text = text };
}

/* A name that comes again makes a list: ticks of one question. */
static void
add_field(struct arena *arena, struct json_member *members, size_t *count,
          const struct form_field *field)
{
    struct json value =
        text_json(field->is_file ? field->file_name : field->value);

    for (size_t i = 0; i < *count; i++) {
        struct json *had = &members[i].value;
        if (!str_equal(members[i].name, field->name))
            continue;
        size_t before = had->kind == JSON_ARRAY ? had->array.count : 1;
        struct json *items = ARENA_ARRAY(arena, struct json, before + 1);
        memcpy(items, had->kind == JSON_ARRAY ? had->array.items : had,
               before * sizeof *items);
        items[before] = value;
        *had = (struct json){ .kind = JSON_ARRAY };
        had->array.items = items;
        had->array.count = before + 1;
        return;
    }
    members[(*count)++] = (struct json_member){ field->name, value };
}

static const struct json *
form_tree(struct arena *arena, const struct form *form)
{
    struct json *object = ARENA_NEW(arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(arena, struct json_member, form->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < form->count; i++)
        add_field(arena, members, &count, &form->fields[i]);
    object->kind = JSON_OBJECT;
    object->object.members = members;
    object->object.count = count;
    return object;
}

static bool
is_unpacked(const struct hook *hook, struct str name)
{
    for (size_t i = 0; hook->unpack != NULL && i < hook->unpack->array.count;
         i++)
        if (str_equal(hook->unpack->array.items[i].text, name))
            return true;
    return false;
}

/* Members that are JSON within a text are taken out of it. */
static const struct json *
unpack(struct arena *arena, const struct hook *hook, const struct json *body)
{
    struct json_error error;

    if (hook->unpack == NULL || body->kind != JSON_OBJECT)
        return body;
    struct json *object = ARENA_NEW(arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(arena, struct json_member, body->object.count);
    *object = *body;
    object->object.members = members;
    for (size_t i = 0; i < body->object.count; i++) {
        members[i] = body->object.members[i];
        const struct json *inner =
            members[i].value.kind == JSON_TEXT
                    && is_unpacked(hook, members[i].name)
                ? json_parse(arena, members[i].value.text, &error)
                : NULL;
        if (inner != NULL)
            members[i].value = *inner;
    }
    return object;
}

static bool
is_form(struct str content_type)
{
    return str_starts(content_type, STR("application/x-www-form-urlencoded"))
        || str_starts(content_type, STR("multipart/form-data"));
}

/* Programs name JSON in many ways, and some in none. */
const struct json *
hook_body_read(struct arena *arena, const struct hook *hook,
               struct str content_type, struct str body, struct str *why)
{
    struct form_error form_error;
    struct json_error error;
    struct form form;

    if (str_is_empty(body)) {
        *why = STR("The body is empty.");
        return NULL;
    }
    if (is_form(content_type)) {
        if (form_parse(arena, content_type, body, &form, &form_error))
            return unpack(arena, hook, form_tree(arena, &form));
        *why = arena_format(arena, "The body is no form that can be read: %s",
                            form_error.message);
        return NULL;
    }
    const struct json *tree = json_parse(arena, body, &error);
    if (tree != NULL && (tree->kind == JSON_OBJECT || tree->kind == JSON_ARRAY))
        return unpack(arena, hook, tree);
    *why = tree != NULL
             ? STR("The body is JSON, but no object.")
             : arena_format(arena,
                            "The body is neither JSON nor a form that can be "
                            "read: %s (byte %zu)",
                            error.message, error.offset);
    return NULL;
}

const struct json *const *
hook_body_leads(struct arena *arena, const struct hook *hook,
                const struct json *body, int *count)
{
    const struct json *at =
        str_is_empty(hook->leads) ? body : hook_find(body, body, hook->leads);
    bool many = at != NULL && at->kind == JSON_ARRAY;
    size_t all = many ? at->array.count : 1;

    if (all > HOOK_LEADS_MAX)
        all = HOOK_LEADS_MAX + 1; /* the caller sees that it is too many */
    const struct json **leads =
        ARENA_ARRAY(arena, const struct json *, all + 1);
    for (size_t i = 0; i < all; i++)
        leads[i] = many ? &at->array.items[i] : at == NULL ? body : at;
    *count = (int)all;
    return leads;
}

/* -------------------------------------------------------------- conditions */

static bool
holds(struct arena *arena, const struct hook_condition *condition,
      const struct json *lead, const struct json *whole)
{
    struct str value = hook_text(arena, hook_find(lead, whole, condition->at));

    for (int i = 0; i < condition->count; i++)
        if (str_equal(value, condition->values[i]))
            return true;
    return false;
}

/* Where the document says that it is no lead; STR_NONE: it is one. */
static struct str
ignored_at(struct arena *arena, const struct hook *hook,
           const struct json *lead, const struct json *whole)
{
    for (int i = 0; i < hook->only.count; i++)
        if (!holds(arena, &hook->only.list[i], lead, whole))
            return hook->only.list[i].at;
    for (int i = 0; i < hook->except.count; i++)
        if (holds(arena, &hook->except.list[i], lead, whole))
            return hook->except.list[i].at;
    return STR_NONE;
}

/* ------------------------------------------------------------------ fields */

static struct str
first_text(struct arena *arena, const struct hook_paths *paths,
           const struct json *lead, const struct json *whole)
{
    for (int i = 0; i < paths->count; i++) {
        struct str text =
            hook_text(arena, hook_find(lead, whole, paths->paths[i]));
        if (!str_is_empty(text))
            return text;
    }
    return STR_NONE;
}

/* "your-name" of a contact form is a name, and so is "q3_name". */
static int
usual_target(struct arena *arena, struct str name)
{
    struct str key = mapping_key(arena, name);
    int to = mapping_usual(key);
    size_t from = 0;

    if (str_starts(key, STR("your")))
        from = 4;
    else if (str_starts(key, STR("q")))
        for (from = 1; from < key.bytes && char_is_digit(key.data[from]);)
            from++;
    return to >= 0 || from == 0
             ? to
             : mapping_usual(str_slice(key, from, key.bytes));
}

struct table {
    struct mapping mapping;
    struct str *cells;
};

static bool
has_target(const struct mapping *mapping, int to)
{
    for (size_t i = 0; i < mapping->count; i++)
        if (mapping->columns[i].to == to)
            return true;
    return false;
}

/* A column for every field of the document, and one for each usual name. */
static void
add_usual(struct arena *arena, struct table *table,
          const struct hook_leaf *leaf)
{
    int to = usual_target(arena, leaf->name);
    size_t number = table->mapping.count;

    if (to < 0 || has_target(&table->mapping, to))
        return;
    table->mapping.columns[number] = (struct mapping_column){
        .header = leaf->path,
        .to = to,
        .split = to == LEAD_TAGS ? STR(",") : STR_NONE,
    };
    table->mapping.order[number] = number;
    table->cells[number] = hook_text(arena, leaf->value);
    table->mapping.count++;
}

static struct table
table_of(struct arena *arena, const struct hook *hook, const struct json *lead,
         const struct json *whole, const struct hook_leaf *leaves, int count)
{
    size_t given = hook->mapping.count;
    size_t room = given + (size_t)count + 1;
    struct table table = {
        .mapping = hook->mapping,
        .cells = ARENA_ARRAY(arena, struct str, room),
    };

    table.mapping.columns = ARENA_ARRAY(arena, struct mapping_column, room);
    table.mapping.order = ARENA_ARRAY(arena, size_t, room);
    for (size_t i = 0; i < given; i++) {
        table.mapping.columns[i] = hook->mapping.columns[i];
        table.mapping.order[i] = i;
        table.cells[i] = first_text(arena, &hook->columns[i], lead, whole);
    }
    for (int i = 0; hook->usual && i < count; i++)
        add_usual(arena, &table, &leaves[i]);
    return table;
}

/* ----------------------------------------------------------- what is left */

static bool
is_read(const struct hook *hook, const struct table *table,
        const struct json *lead, const struct json *whole,
        const struct hook_leaf *leaf)
{
    for (size_t i = 0; i < hook->mapping.count; i++)
        for (int j = 0; j < hook->columns[i].count; j++)
            if (hook_find(lead, whole, hook->columns[i].paths[j])
                == leaf->value)
                return true;
    for (size_t i = hook->mapping.count; i < table->mapping.count; i++)
        if (str_equal(table->mapping.columns[i].header, leaf->path))
            return true;
    return false;
}

static void
keep_new(const struct hook *hook, const struct table *table,
         const struct json *lead, const struct json *whole,
         struct hook_leaf *leaves, int count, struct hook_reading *reading)
{
    reading->new_leaves = leaves;
    for (int i = 0; i < count; i++)
        if (!is_read(hook, table, lead, whole, &leaves[i]))
            leaves[reading->new_count++] = leaves[i];
}

static struct str
delivery_of(struct arena *arena, const struct hook *hook,
            const struct json *lead, const struct json *whole)
{
    struct text text = text_new(arena);

    for (int i = 0; i < hook->delivery.count; i++) {
        struct str part =
            hook_text(arena, hook_find(lead, whole, hook->delivery.paths[i]));
        text_add_cstr(&text, text.bytes > 0 ? " " : "");
        text_add(&text, part);
    }
    return text.bytes == 0 ? STR_NONE : str_trim(text_str(&text));
}

/* By what could somebody be told, or reached? */
static bool
tells_of_somebody(const struct json *given)
{
    static const char *const names[] = { "name",    "email",       "phone",
                                         "company", "external_id", "message",
                                         NULL };

    for (int i = 0; names[i] != NULL; i++)
        if (json_get(given, names[i]) != NULL)
            return true;
    return false;
}

void
hook_map(struct arena *arena, const struct hook *hook, const struct json *lead,
         const struct json *whole, struct hook_reading *reading)
{
    struct hook_leaf *leaves;
    int count = hook_leaves(arena, lead, hook->lists, &leaves);

    *reading = (struct hook_reading){
        .verdict = HOOK_IGNORED,
        .delivery_key = delivery_of(arena, hook, lead, whole),
        .pointer = ignored_at(arena, hook, lead, whole),
    };
    if (reading->pointer.data != NULL)
        return;
    struct table table = table_of(arena, hook, lead, whole, leaves, count);
    const struct csv_row row = { .fields = table.cells,
                                 .count = table.mapping.count };
    mapping_row(arena, &table.mapping, &row, &reading->mapped);
    if (str_is_empty(reading->delivery_key))
        reading->delivery_key = reading->mapped.external_id;
    keep_new(hook, &table, lead, whole, leaves, count, reading);
    reading->verdict =
        tells_of_somebody(reading->mapped.given) ? HOOK_LEAD : HOOK_NOTHING;
}
