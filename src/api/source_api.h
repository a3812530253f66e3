/* source_api: one source, with the webhook that comes in at it. */
#ifndef SOURCE_API_H
#define SOURCE_API_H

#include "src/module.h"

extern const struct module source_module;

#endif
