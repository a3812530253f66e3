/* claim: of the same owner. */
static const char claim[] = "UPDATE job SET lease_ms = $1";
