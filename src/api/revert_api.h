/* revert_api: what a version of the rules has assigned, and taking it back, by
 * HTTP. */
#ifndef REVERT_API_H
#define REVERT_API_H

#include "src/module.h"

extern const struct module revert_module;

#endif
