/* lead_test: a test may look. */
static const char all[] = "SELECT id FROM rep";
