/* convention_store: the table convention. */
#include "src/standardise/convention.h"
#include "src/workspace/document.h"

static const struct document_table conventions = {
    .select = "SELECT version, document FROM convention"
              " WHERE workspace_id = $1",
    .insert =
        "INSERT INTO convention (workspace_id, version, document, updated_ms)"
        " VALUES ($1, 1, $2, $3)",
    .update = "UPDATE convention SET version = version + 1, document = $2,"
              "       updated_ms = $3"
              " WHERE workspace_id = $1 AND version = $4",
    .absent = "{\"rules\":[]}",
    .changed = "The conventions have changed since.",
};

bool
conventions_stored(struct work *w, struct str *document, int64_t *version)
{
    return document_load(w, &conventions, document, version);
}

bool
conventions_save(struct work *w, struct str document, int64_t *version)
{
    return document_save(w, &conventions, document, version);
}
