/* lead_api: endpoints hold no SQL. */
static const char all[] = "SELECT id FROM lead";
static const char text[] = "lead FROM old and a rep UPDATE SET";
/* "SELECT id FROM lead" */
