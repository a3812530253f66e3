/* source_settings: what is set at a source, as the API has it. */
#ifndef SOURCE_SETTINGS_H
#define SOURCE_SETTINGS_H

#include "src/access/access.h"
#include "src/module.h"

extern const struct shape source_settings_shape;

/* "settings" as sent; NULL: what there is stays. */
bool source_settings_read(struct work *, const struct json *sent,
                          struct source *);

/* The member "settings" of an object that is open. */
void source_settings_put(struct json_out *, const struct source *);

extern const struct module source_list_module;

#endif
