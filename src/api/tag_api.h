/* tag_api: the tags of a workspace by HTTP: which there are, and one that
 * becomes another, or none, on all leads. */
#ifndef TAG_API_H
#define TAG_API_H

#include "src/module.h"

extern const struct module tag_module;

#endif
