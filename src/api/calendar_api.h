/*
 * calendar_api: a calendar to subscribe to: the address a person asks for,
 * and what his calendar program finds there.
 */
#ifndef CALENDAR_API_H
#define CALENDAR_API_H

#include "src/module.h"

extern const struct module calendar_module;

#endif
