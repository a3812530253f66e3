/* rules_fields: see rules_fields.h. */
#include "src/command/rules_fields.h"

#include "lib/time/zone.h"

/* What a term says of the type of its field; NULL: nothing, it may be any. */
static const char *
type_of(const struct json *term)
{
    static const char *const of_times[] = { "before", "after", "within_last",
                                            NULL };
    const struct json *value = json_get(term, "value");
    struct str op = json_get_text(term, "op");
    int64_t days;

    for (const char *const *name = of_times; *name != NULL; name++)
        if (str_is(op, *name))
            return "time";
    if (value != NULL && value->kind == JSON_ARRAY && value->array.count > 0)
        value = &value->array.items[0];
    if (value == NULL)
        return NULL;
    if (value->kind == JSON_INTEGER || value->kind == JSON_REAL)
        return "number";
    if (str_is(op, "between") && value->kind == JSON_TEXT)
        return time_parse(value->text, &days) ? "time" : NULL;
    return value->kind == JSON_BOOL && !str_is(op, "is_empty")
                && !str_is(op, "is_known")
             ? "bool"
             : NULL;
}

static void
add(struct rules_fields *fields, struct str name, const char *type)
{
    int i = 0;

    while (i < fields->custom_count
           && !str_equal(fields->customs[i].name, name))
        i++;
    if (i == LEAD_CUSTOM_MAX)
        return; /* the reader says that it does not know it */
    if (i == fields->custom_count)
        fields->customs[fields->custom_count++] = (struct custom_field){
            .name = name,
            .type = custom_type_find(STR("text")),
            .built_in = -1,
        };
    if (type != NULL)
        fields->customs[i].type = custom_type_find(str_of(type));
}

static void
collect(struct rules_fields *fields, const struct json *json)
{
    struct str name = json_get_text(json, "field");

    if (str_starts(name, STR("custom.")) && name.bytes > sizeof "custom." - 1)
        add(fields, str_slice(name, sizeof "custom." - 1, name.bytes),
            type_of(json));
    if (json->kind == JSON_ARRAY)
        for (size_t i = 0; i < json->array.count; i++)
            collect(fields, &json->array.items[i]);
    if (json->kind == JSON_OBJECT)
        for (size_t i = 0; i < json->object.count; i++)
            collect(fields, &json->object.members[i].value);
}

void
rules_fields_read(struct arena *arena, const struct json *document,
                  struct rules_fields *fields)
{
    struct field *table = ARENA_ARRAY(arena, struct field, LEAD_FACT_COUNT + 1);

    *fields = (struct rules_fields){
        .table = table,
        .customs = ARENA_ARRAY(arena, struct custom_field, LEAD_CUSTOM_MAX),
    };
    collect(fields, document);
    for (int i = 0; i < LEAD_FIELD_COUNT; i++)
        table[i] = lead_fields[i];
    for (int i = 0; i < fields->custom_count; i++) {
        const struct custom_field *custom = &fields->customs[i];
        table[LEAD_FIELD_COUNT + i] = (struct field){
            .name = arena_cstr(arena, arena_format(arena, "custom.%.*s",
                                                   STR_ARG(custom->name))),
            .kind = custom->type->kind,
            .column = "NULL", /* no list is made with it */
            .about = "",
            .decimals = custom->type->decimals,
            .dates = custom->type->kind == FIELD_TIME,
            .names = lead_field_names,
        };
    }
}

/* A day is a moment, too: nobody says which of the two a field holds. */
static bool
read_value(struct arena *arena, const struct custom_field *field,
           const struct json *given, struct custom_value *value)
{
    const struct custom_type *date = custom_type_find(STR("date"));

    return field->type->read(arena, field, given, value)
        || (field->type->kind == FIELD_TIME
            && date->read(arena, field, given, value));
}

void
rules_fields_facts(struct arena *arena, const struct rules_fields *fields,
                   const struct json *custom, struct fact *facts)
{
    for (int i = 0; i < fields->custom_count; i++) {
        const struct custom_field *field = &fields->customs[i];
        const struct json *given = json_get_named(custom, field->name);
        struct custom_value value;
        if (given != NULL && given->kind != JSON_NULL
            && read_value(arena, field, given, &value))
            facts[LEAD_FIELD_COUNT + i] = value.fact;
    }
}
