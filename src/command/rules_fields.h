/*
 * rules_fields: the table of fields for a rule set that stands alone. No
 * workspace says which fields of its own it has, so what the rules ask of them
 * says it: a field that is compared with a number is one.
 */
#ifndef COMMAND_RULES_FIELDS_H
#define COMMAND_RULES_FIELDS_H

#include "src/lead/custom.h"

struct rules_fields {
    const struct field *table; /* the built-in ones, then those named */
    struct custom_field *customs;
    int custom_count;
};

/* Those that the document names as "custom.x", LEAD_CUSTOM_MAX at most. */
void rules_fields_read(struct arena *, const struct json *document,
                       struct rules_fields *);

/* Facts of the fields named, of {"custom": {...}} of a lead. */
void rules_fields_facts(struct arena *, const struct rules_fields *,
                        const struct json *custom, struct fact *facts);

#endif
