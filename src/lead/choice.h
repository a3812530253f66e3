/*
 * choice: the values that a workspace knows for a built-in field: its
 * products, its segments, ... Whoever says one of them in other letters, or by
 * a label, has said it. What is none of them is kept and noted; or, if the
 * workspace wants no others, refused to a program.
 */
#ifndef LEAD_CHOICE_H
#define LEAD_CHOICE_H

#include "src/lead/custom.h"
#include "src/lead/submission.h"

/* Whether a workspace may say which values it knows for this field. */
bool choice_is_for(int field);

/* Those it knows for a field, or NULL. */
const struct custom_field *choice_of(const struct lead_schema *, int field);

/* Facts in the words of the choices. Strict: what is none of the only ones is
 * a detail below `at`; else it is in facts->notes. */
bool choices_read(struct work *, const struct lead_schema *,
                  struct lead_facts *, bool strict, struct str at);

#endif
