/* submission_api: what was held back, and how it is let go. */
#ifndef SUBMISSION_API_H
#define SUBMISSION_API_H

#include "src/module.h"

extern const struct module submission_module;

#endif
