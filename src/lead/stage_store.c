/* stage_store: the table lead_stages. */
#include "src/lead/stage.h"
#include "src/workspace/document.h"

static const struct document_table stages = {
    .select = "SELECT version, document FROM lead_stages"
              " WHERE workspace_id = $1",
    .insert =
        "INSERT INTO lead_stages (workspace_id, version, document, updated_ms)"
        " VALUES ($1, 1, $2, $3)",
    .update = "UPDATE lead_stages SET version = version + 1, document = $2,"
              "       updated_ms = $3"
              " WHERE workspace_id = $1 AND version = $4",
    .changed = "The stages have changed since.",
};

bool
lead_stages_stored(struct work *w, struct str *document, int64_t *version)
{
    return document_load(w, &stages, document, version);
}

bool
lead_stages_save(struct work *w, struct str document, int64_t version)
{
    return document_save(w, &stages, document, &version);
}
