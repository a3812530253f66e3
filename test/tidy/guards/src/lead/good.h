/* good: guarded. */
#ifndef LEAD_GOOD_H
#define LEAD_GOOD_H
#endif
