/* holiday_api: sets of days off by HTTP. Above the stages, because a day
 * off moves queues. */
#ifndef HOLIDAY_API_H
#define HOLIDAY_API_H

#include "src/module.h"

extern const struct module holiday_module;

#endif
