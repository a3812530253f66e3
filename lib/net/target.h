/*
 * target: may something be sent to this address? For whoever is about to keep
 * an address, so that he hears of it at once. It resolves nothing: a name is
 * judged when its addresses are known, by the sender (N2).
 */
#ifndef NET_TARGET_H
#define NET_TARGET_H

#include "lib/net/guard.h"

/* What speaks against it, as a sentence, or STR_NONE. */
struct str target_fault(const struct guard *, struct arena *, struct str url);

#endif
