/* hook_api: the addresses at which webhooks of other programs come in. */
#ifndef HOOK_API_H
#define HOOK_API_H

#include "src/module.h"

/* Makes a new secret token: what is shown, and what is stored of it. */
struct str hook_token_new(struct arena *);

/* "/in/...": where the source's webhooks go with this token. */
struct str hook_path(struct arena *, struct id workspace, struct id source,
                     struct str token);

extern const struct module hook_module;

#endif
