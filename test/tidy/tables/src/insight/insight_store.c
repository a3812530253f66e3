/* insight_store: reads what the owners publish. */
static const char count[] = "SELECT leads FROM lead_count";
static const char later[] = "DELETE FROM job WHERE id = $1";
