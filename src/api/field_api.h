/*
 * field_api: the fields of leads by HTTP: the built-in ones, which everybody
 * has, and those that the workspace has declared.
 */
#ifndef FIELD_API_H
#define FIELD_API_H

#include "src/module.h"

extern const struct module field_module;

#endif
