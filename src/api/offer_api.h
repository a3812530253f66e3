/* offer_api: leads that are offered, and accepting one, by HTTP. */
#ifndef OFFER_API_H
#define OFFER_API_H

#include "src/module.h"

extern const struct module offer_module;

#endif
