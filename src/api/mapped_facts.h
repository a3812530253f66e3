/* mapped_facts: what a mapping has read, as facts in one shape. */
#ifndef MAPPED_FACTS_H
#define MAPPED_FACTS_H

#include "src/capture/mapping.h"
#include "src/lead/submission.h"
#include "src/workspace/workspace.h"

/*
 * Dates, amounts and telephone numbers are read by the rules of the mapping
 * file (or NULL), else by the workspace's. Nothing is refused: what has no
 * sense is in facts->notes. Pure.
 */
void mapped_facts(struct arena *, const struct mapping_file *,
                  const struct workspace *, const struct json *given,
                  struct lead_facts *);

#endif
