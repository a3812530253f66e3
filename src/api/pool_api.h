/*
 * pool_api: the pools of the rule set in force, as a resource: who is in
 * them, who could take a lead now and why not, and changes, each of which is a
 * new published version.
 */
#ifndef POOL_API_H
#define POOL_API_H

#include "src/module.h"

extern const struct module pool_module;

#endif
