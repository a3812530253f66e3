/*
 * territory_api: places with names, and lists of values with names, by HTTP.
 * Above the stages, because places are standardised, and because rules that
 * name them decide anew.
 */
#ifndef TERRITORY_API_H
#define TERRITORY_API_H

#include "src/module.h"

extern const struct module territory_module;
extern const struct module value_list_module; /* value_list_api.c */

#endif
