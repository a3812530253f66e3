/*
 * mapping_known: the columns that are called as a field is: by its name, or
 * by a label that the workspace has given to a field of its own, or that our
 * forms and tables give to a built-in one. A name says more than a label, and both more
 * than what people usually write (mapping_names.c).
 */
#include "src/capture/form_document.h"
#include "src/capture/mapping.h"

enum {
    MEANT_MAX = 10,   /* fields that are told of, of those meant */
    CALLINGS_MAX = 5, /* of one field */
};

/* One way to call a field. */
struct calling {
    struct str key; /* mapping_key */
    bool is_label;
    int to;            /* a lead_field, or MAPPING_CUSTOM */
    struct str custom; /* the name of the latter */
};

struct mapping_known {
    struct calling *callings;
    size_t count;
};

static void
call(struct arena *arena, struct mapping_known *known, struct str text,
     struct calling calling)
{
    calling.key = mapping_key(arena, text);
    if (!str_is_empty(calling.key))
        known->callings[known->count++] = calling;
}

static void
call_built_in(struct arena *arena, struct mapping_known *known, int field)
{
    struct str name = str_of(lead_fields[field].name);
    const struct form_kind *kind = form_kind_find(name);
    const struct calling label = { .is_label = true, .to = field };

    call(arena, known, name, (struct calling){ .to = field });
    call(arena, known, mapping_label(field, false), label);
    call(arena, known, mapping_label(field, true), label);
    if (kind == NULL)
        return;
    call(arena, known, kind->label.english, label);
    call(arena, known, kind->label.korean, label);
}

static void
call_own(struct arena *arena, struct mapping_known *known,
         const struct custom_field *field)
{
    struct calling calling = { .to = MAPPING_CUSTOM,
                               .custom = arena_str(arena, field->name) };

    if (field->removed_ms > 0)
        return;
    call(arena, known, field->name, calling);
    call(arena, known, arena_format(arena, "custom.%.*s", STR_ARG(field->name)),
         calling);
    calling.is_label = true;
    call(arena, known, field->label_en, calling);
    call(arena, known, field->label_ko, calling);
}

const struct mapping_known *
mapping_known_read(struct arena *arena, const struct lead_schema *schema)
{
    struct mapping_known *known = ARENA_NEW(arena, struct mapping_known);
    size_t fields = LEAD_GIVEN_COUNT + (size_t)schema->custom_count;

    known->callings = ARENA_ARRAY(arena, struct calling, CALLINGS_MAX * fields);
    known->count = 0;
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        call_built_in(arena, known, i);
    for (int i = 0; i < schema->custom_count; i++)
        call_own(arena, known, &schema->customs[i]);
    return known;
}

static bool
is_same_field(const struct calling *a, const struct calling *b)
{
    return a->to == b->to && str_equal(a->custom, b->custom);
}

/* The fields with this name, or else with this label; each once. */
static size_t
callings_of(const struct mapping_known *known, struct str key, bool is_label,
            const struct calling *found[MEANT_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < known->count && count < MEANT_MAX; i++) {
        const struct calling *calling = &known->callings[i];
        bool is_new =
            calling->is_label == is_label && str_equal(calling->key, key);
        for (size_t n = 0; is_new && n < count; n++)
            is_new = !is_same_field(found[n], calling);
        if (is_new)
            found[count++] = calling;
    }
    return count;
}

static struct str
field_name(struct arena *arena, const struct calling *calling)
{
    if (calling->to != MAPPING_CUSTOM)
        return str_of(lead_fields[calling->to].name);
    return arena_format(arena, "custom.%.*s", STR_ARG(calling->custom));
}

bool
mapping_known_find(struct arena *arena, const struct mapping_known *known,
                   struct mapping_column *column)
{
    const struct calling *found[MEANT_MAX];
    struct str key = mapping_key(arena, column->header);
    size_t count = 0;

    if (known == NULL || str_is_empty(key))
        return false;
    for (int is_label = 0; is_label <= 1 && count == 0; is_label++)
        count = callings_of(known, key, is_label, found);
    if (count == 1) {
        column->to = found[0]->to;
        column->custom = found[0]->custom;
        return true;
    }
    column->meant = ARENA_ARRAY(arena, struct str, count);
    column->meant_count = count;
    for (size_t i = 0; i < count; i++)
        column->meant[i] = field_name(arena, found[i]);
    return count > 0;
}
