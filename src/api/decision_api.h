/* decision_api: decisions by HTTP. */
#ifndef DECISION_API_H
#define DECISION_API_H

#include "src/module.h"

extern const struct module decision_module;

#endif
