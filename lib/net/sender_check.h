/*
 * sender_check: is a message fit to be sent? Decides on its form only; where
 * it may go is the guard's business.
 */
#ifndef NET_SENDER_CHECK_H
#define NET_SENDER_CHECK_H

#include "lib/net/sender.h"

/* NULL, or what is wrong, as a constant for operators. Pure. */
const char *sender_check(const struct outbox_message *);

#endif
