/* team_store: owns the table rep. */
static const struct db_insert insert = {
    .table = "rep",
};
static const char take[] = "UPDATE lead SET owner_id = $1";
