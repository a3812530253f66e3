/* lead_store: owns the table lead, and asks the others. */
static const char add[] = "INSERT INTO lead (workspace_id, id)"
                          " VALUES ($1, $2)";
static const char with_owner[] = "SELECT l.id"
                                 "  FROM lead l,"
                                 "       rep r"
                                 " WHERE r.id = l.owner_id";
