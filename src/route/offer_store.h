/* offer_store: the table of offers. */
#ifndef ROUTE_OFFER_STORE_H
#define ROUTE_OFFER_STORE_H

#include "src/route/offer.h"

/* In place of an older one of the lead. */
bool offer_save(struct work *, const struct offer *, const struct team *);

bool offer_erase(struct work *, struct id lead);

#endif
