/* export_api: leads as files by HTTP. */
#ifndef EXPORT_API_H
#define EXPORT_API_H

#include "src/module.h"

extern const struct module export_module;

#endif
