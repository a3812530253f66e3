/* stage_api: the stages of a workspace by HTTP, and what becomes of leads whose
 * stage is removed. */
#ifndef STAGE_API_H
#define STAGE_API_H

#include "src/module.h"

extern const struct module stage_module;

#endif
