/* lead_test: a test may. */
static void
set(void)
{
    setenv("TZ", "UTC", 1);
    strcpy(a, b);
}
