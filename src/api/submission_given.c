/* submission_given: see submission_given.h. One function for each way in. */
#include "src/api/submission_given.h"

#include "lib/base/form.h"
#include "src/api/capture_api.h"
#include "src/api/hook_take.h"
#include "src/import/import_store.h"
#include "src/lead/held.h"

static bool of_row(struct work *, const struct submission_row *,
                   const struct json **given);
static const struct json *of_program(struct work *, struct str body);
static const struct json *of_hook(struct work *, const struct submission_row *,
                                  struct str body);
static const struct json *of_form(struct work *, struct str content_type,
                                  struct str body);

bool
submission_given(struct work *w, const struct submission_row *row,
                 const struct json **given)
{
    const struct held packed = { .content_type = row->content_type,
                                 .body = row->body };
    struct str body = held_body(w->arena, &packed);

    if (str_starts(row->content_type, STR("application/vnd.baton.row+json")))
        return of_row(w, row, given);
    *given = of_program(w, body);
    if (*given == NULL)
        *given = of_hook(w, row, body);
    if (*given == NULL)
        *given = of_form(w, row->content_type, body);
    return true;
}

/* ----------------------------------------------------- a row of a table */

/* The mapping file it was imported with; NULL: by usual names. */
static bool
file_of(struct work *w, struct id import, const struct mapping_file **file)
{
    struct import_record record;
    struct json_error error;

    *file = NULL;
    if (id_is_none(import))
        return true;
    if (!operation_load(w, &import_operation, import, &record.operation)) {
        if (w->error.kind != ERR_NOT_FOUND)
            return false;
        w->error = (struct error){ 0 };
        return true;
    }
    if (!str_is_empty(record.mapping))
        *file =
            mapping_file_read(w, json_parse(w->arena, record.mapping, &error));
    w->error = (struct error){ 0 };
    return true;
}

/* A row is kept as {"header": "value"}. */
static bool
of_row(struct work *w, const struct submission_row *submission,
       const struct json **given)
{
    struct json_error error;
    const struct json *body = json_parse(w->arena, submission->body, &error);
    const struct workspace_cache *cache = workspace_cache(w);
    const struct mapping_file *file;
    struct mapping mapping;
    struct mapped mapped;

    *given = NULL;
    if (cache == NULL || !file_of(w, submission->import, &file))
        return false;
    if (body == NULL || body->kind != JSON_OBJECT || body->object.count == 0)
        return true;

    size_t count = body->object.count;
    struct str *headers = ARENA_ARRAY(w->arena, struct str, count);
    struct str *values = ARENA_ARRAY(w->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        headers[i] = body->object.members[i].name;
        values[i] = body->object.members[i].value.text;
    }
    const struct csv_row header = { .fields = headers, .count = count };
    const struct csv_row row = { .fields = values, .count = count };
    if (!mapping_bind(w, file, mapping_known_read(w->arena, cache->schema),
                      &header, &mapping)) {
        w->error = (struct error){ 0 };
        return true;
    }
    mapping_row(w->arena, &mapping, &row, &mapped);
    *given = mapped.given;
    return true;
}

/* --------------------------------------------------------------- a program */

/* What passes as a lead of the API is one. */
static const struct json *
of_program(struct work *w, struct str body)
{
    struct work aside = { .arena = w->arena };
    struct json_error error;
    const struct json *json = json_parse(w->arena, body, &error);

    return json != NULL && shape_check(&aside, &lead_input_shape, json, STR(""))
             ? json
             : NULL;
}

/* --------------------------------------------------------------- a webhook */

static const struct json *
of_hook(struct work *w, const struct submission_row *row, struct str body)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct hook *hook =
        cache == NULL ? NULL : hook_of_source(cache, row->source);
    struct hook_reading reading;
    struct str why;
    int count;

    if (hook == NULL || hook->broken)
        return NULL;
    const struct json *whole =
        hook_body_read(w->arena, hook, row->content_type, body, &why);
    if (whole == NULL)
        return NULL;
    const struct json *const *trees =
        hook_body_leads(w->arena, hook, whole, &count);
    /* Of a body with many leads each has kept its own part. */
    hook_map(w->arena, hook, count == 1 ? trees[0] : whole, whole, &reading);
    return reading.verdict == HOOK_LEAD ? reading.mapped.given : NULL;
}

/* ------------------------------------------------------------------ a form */

static const struct json *
of_form(struct work *w, struct str content_type, struct str body)
{
    struct json *given = ARENA_NEW(w->arena, struct json);
    struct json_member *members;
    struct form_error error;
    struct form form;
    size_t count = 0;

    if (!form_parse(w->arena, content_type, body, &form, &error))
        return NULL;
    members = ARENA_ARRAY(w->arena, struct json_member, form.count);
    for (size_t i = 0; i < form.count; i++)
        if (!form.fields[i].is_file)
            members[count++] =
                (struct json_member){ form.fields[i].name,
                                      { .kind = JSON_TEXT,
                                        .text = form.fields[i].value } };
    given->kind = JSON_OBJECT;
    given->object.members = members;
    given->object.count = count;
    return given;
}
