/* insight_api: figures by HTTP. Above the stages, because figures by rule
 * carry the rules' names. */
#ifndef INSIGHT_API_H
#define INSIGHT_API_H

#include "src/module.h"

extern const struct module insight_module;

#endif
