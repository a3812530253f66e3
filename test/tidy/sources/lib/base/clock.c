/* clock: the one place. */
static long
now(void)
{
    return time(0);
}
