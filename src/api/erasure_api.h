/* erasure_api: forgetting somebody, and who was forgotten, by HTTP. */
#ifndef API_ERASURE_API_H
#define API_ERASURE_API_H

#include "src/module.h"

extern const struct module erasure_module;

#endif
