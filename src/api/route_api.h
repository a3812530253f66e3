/*
 * route_api: routing by HTTP: the draft, published versions, trials, the
 * decisions that were made and the ledger of turns.
 */
#ifndef ROUTE_API_H
#define ROUTE_API_H

#include "src/module.h"
#include "src/route/route_store.h"
#include "src/workspace/cache.h"

/* route_module is declared in src/route/route.h. */

/* ------------------------------------------------- between its own files */

/* Reads a document with the people of the workspace; NULL with details. */
const struct route_snapshot *route_api_read(struct work *,
                                            const struct json *document,
                                            int64_t version,
                                            struct str *warnings);

/* Publishes a document that was read and tested (R5), and looks at the queues
 * again. A number is never used twice: the highest is in force. */
bool route_api_put_in_force(struct work *, struct routing_document *);

endpoint_run route_api_draft;
endpoint_run route_api_save;
endpoint_run route_api_publish;
endpoint_run route_api_versions;
endpoint_run route_api_version;
endpoint_run route_api_restore;

extern const struct shape route_saved_shape;
extern const struct shape route_publish_shape;
extern const struct shape route_version_shape;
extern const struct shape route_versions_shape;

#endif
