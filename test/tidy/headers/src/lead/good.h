/* good: includes what it uses. */
#ifndef LEAD_GOOD_H
#define LEAD_GOOD_H

#include <stddef.h>

size_t good_bytes(void);

#endif
