/* jobs: a folder of lib is one owner. */
static const char add[] = "INSERT INTO job (workspace_id, id) VALUES ($1, $2)";
