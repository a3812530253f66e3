/*
 * convention_api: a workspace's conventions by HTTP, and what they would make
 * of a lead. Above the stages: what is tried is read as a submission is.
 */
#ifndef CONVENTION_API_H
#define CONVENTION_API_H

#include "src/module.h"

extern const struct module convention_module;

#endif
