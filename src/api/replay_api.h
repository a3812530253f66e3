/* replay_api: replays by HTTP. */
#ifndef REPLAY_API_H
#define REPLAY_API_H

#include "src/module.h"

extern const struct module replay_module;

#endif
