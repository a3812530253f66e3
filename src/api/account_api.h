/*
 * account_api: companies by HTTP. Above the stages, because an account that
 * is named anew is found by another key (match), and names are standardised.
 */
#ifndef ACCOUNT_API_H
#define ACCOUNT_API_H

#include "src/module.h"

extern const struct module account_module;

#endif
