/*
 * sequence_api: sequences by HTTP, and the runs of leads through them.
 */
#ifndef SEQUENCE_API_H
#define SEQUENCE_API_H

#include "src/module.h"

extern const struct module sequence_module;

#endif
