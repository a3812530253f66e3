/*
 * absence_api: when people take no leads, by HTTP: all of the workspace, and
 * those of one person. Both are the same records.
 */
#ifndef ABSENCE_API_H
#define ABSENCE_API_H

#include "src/module.h"

extern const struct module absence_module;

#endif
