/* crew_api: teams, which are people who work together, by HTTP. */
#ifndef CREW_API_H
#define CREW_API_H

#include "src/module.h"

extern const struct module crew_module;

#endif
