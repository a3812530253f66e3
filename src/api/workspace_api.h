/* workspace_api: the workspace's name and defaults over HTTP. */
#ifndef WORKSPACE_API_H
#define WORKSPACE_API_H

#include "src/module.h"

extern const struct module workspace_module;

#endif
