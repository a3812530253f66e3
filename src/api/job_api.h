/* job_api: what the machine could not do, for somebody to look at. */
#ifndef JOB_API_H
#define JOB_API_H

#include "src/module.h"

extern const struct module job_module;

#endif
