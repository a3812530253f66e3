/*
 * source_settings: what is set at a source for all that comes by it. How its
 * webhooks are read is not here: that is capture's hook.
 */
#include "src/access/access.h"

#include "src/standardise/standard_place.h"

enum { COUNTRY_BYTES_MAX = 200 };

static const struct shape_field settings_fields[] = {
    { "country", SHAPE_TEXT, SHAPE_NULLABLE, COUNTRY_BYTES_MAX,
      .about = "Code or name: of phone numbers without one, when the lead has "
               "none either. The workspace's if absent." },
    { 0 },
};
const struct shape source_settings_shape = {
    "SourceSettings", "What counts for all that comes by it.", 0,
    settings_fields
};

bool
source_settings_read(struct work *w, const struct json *sent,
                     struct source *source)
{
    const struct standard_reason *why;
    struct str given, code;

    if (sent == NULL)
        return true;
    source->country = STR_NONE;
    if (sent->kind != JSON_OBJECT)
        return true;
    given = str_trim(json_get_text(sent, "country"));
    if (str_is_empty(given))
        return true;
    if (!standard_country(w->arena, given, &code, &why))
        return fail_at(w, STR("/settings/country"), why->code, "%s",
                       why->sentence);
    source->country = code;
    return true;
}

void
source_settings_put(struct json_out *out, const struct source *source)
{
    if (str_is_empty(source->country)) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_text(out, "country", source->country);
    json_close_object(out);
}

struct str
source_settings_store(struct arena *arena, const struct source *source)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    if (str_is_empty(source->country))
        return STR_NONE;
    source_settings_put(&out, source);
    return text_str(&text);
}

void
source_settings_load(struct arena *arena, struct str stored,
                     struct source *source)
{
    struct json_error error;
    const struct json *json =
        str_is_empty(stored) ? NULL : json_parse(arena, stored, &error);
    const struct standard_reason *why;
    struct str code;

    /* What was stored before it was checked may be no country. */
    if (json != NULL
        && standard_country(arena, json_get_text(json, "country"), &code, &why))
        source->country = code;
}
