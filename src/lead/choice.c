/* choice: see choice.h. */
#include "src/lead/choice.h"

bool
choice_is_for(int field)
{
    static const enum lead_field fields[] = {
        LEAD_JOB_TITLE, LEAD_SOURCE,  LEAD_CAMPAIGN, LEAD_MEDIUM,
        LEAD_INDUSTRY,  LEAD_PRODUCT, LEAD_SEGMENT,  LEAD_USE_CASE,
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i] == (unsigned)field)
            return true;
    return false;
}

const struct custom_field *
choice_of(const struct lead_schema *schema, int field)
{
    for (int i = 0; i < schema->choice_count; i++)
        if (schema->choices[i].built_in == field)
            return &schema->choices[i];
    return NULL;
}

static void
note(struct work *w, struct lead_facts *facts, int field)
{
    facts->notes = custom_notes_joined(
        w->arena, facts->notes,
        arena_format(w->arena,
                     "[{\"field\":\"%s\",\"code\":\"unknown_option\"}]",
                     lead_fields[field].name));
}

static bool
read_one(struct work *w, const struct custom_field *choice,
         struct lead_facts *facts, bool strict, struct str at)
{
    struct fact *fact = &facts->facts[choice->built_in];
    struct str value;

    if (!fact->known)
        return true;
    if (custom_option_of(w->arena, choice, fact->text, &value)) {
        *fact = (struct fact){ .known = true,
                               .text = value,
                               .folded = fold_text(w->arena, value) };
        return true;
    }
    if (!strict)
        note(w, facts, choice->built_in);
    if (!strict || !choice->only)
        return true;
    return fail_at(w,
                   arena_format(w->arena, "%.*s/%s", STR_ARG(at),
                                lead_fields[choice->built_in].name),
                   "unknown_option", "%.*s is one of%.*s.",
                   STR_ARG(choice->name),
                   STR_ARG(custom_option_names(w->arena, choice)));
}

bool
choices_read(struct work *w, const struct lead_schema *schema,
             struct lead_facts *facts, bool strict, struct str at)
{
    bool ok = true;

    for (int i = 0; i < schema->choice_count; i++)
        if (schema->choices[i].option_count > 0)
            ok &= read_one(w, &schema->choices[i], facts, strict, at);
    return ok;
}
