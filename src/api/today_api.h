/*
 * today_api: what a person is to do now, in order of importance: leads that
 * wait for a first answer, what is overdue, what is due today, what is new.
 */
#ifndef TODAY_API_H
#define TODAY_API_H

#include "src/module.h"

extern const struct module today_module;

#endif
