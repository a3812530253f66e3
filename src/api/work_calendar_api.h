/* work_calendar_api: calendars of working time that people share, by HTTP.
 * Above the stages, because hours move leads. */
#ifndef WORK_CALENDAR_API_H
#define WORK_CALENDAR_API_H

#include "src/module.h"

extern const struct module work_calendar_module;

#endif
