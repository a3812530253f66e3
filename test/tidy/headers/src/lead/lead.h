/* lead: uses a type that it does not include. */
#ifndef LEAD_LEAD_H
#define LEAD_LEAD_H

size_t lead_bytes(void);

#endif
