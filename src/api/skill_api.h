/* skill_api: the catalogue of skills by HTTP. Above the stages, because a
 * skill that rules need stays. */
#ifndef SKILL_API_H
#define SKILL_API_H

#include "src/module.h"

extern const struct module skill_module;

#endif
