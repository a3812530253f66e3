/* sla: asks the system for the time, which it must not. */
static long
now(struct work *w)
{
    long late = w->now_ms + w->time(1) + zone_time(2);
    clock_gettime(0, 0);
    randombytes_buf(0, 0);
    return late + time(0);
}
