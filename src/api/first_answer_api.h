/* first_answer_api: what goes out to a new lead by itself, by HTTP. */
#ifndef FIRST_ANSWER_API_H
#define FIRST_ANSWER_API_H

#include "src/module.h"

extern const struct module first_answer_module;

#endif
