/*
 * clock: the only place that reads the time. Work gets `now_ms` handed in.
 *
 * With a test clock the wall time is what the test set it to; it moves only
 * when the test moves it.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_now_ms(void);       /* UTC, since 1970 */
int64_t clock_real_ms(void);      /* the same, also under a test clock: for
                                     leases between processes */
int64_t clock_monotonic_us(void); /* for durations; from an unknown start */
int64_t clock_processor_us(void); /* spent by this thread so far */

/* From now on the wall clock stands at its present value and is moved by
 * clock_test_advance. Called once, before threads start. */
void clock_test_begin(int64_t now_ms);
bool clock_is_test(void);
void clock_test_advance(int64_t by_ms);

#endif
