/*
 * operation_api: what is the same of all operations by HTTP: their list, one of
 * them, and what is said at its end.
 */
#ifndef API_OPERATION_API_H
#define API_OPERATION_API_H

#include "lib/http/endpoint.h"
#include "src/operation/operation.h"

/* Of a list of operations, and of what came out of one. */
extern const struct request_field operation_list_asks[];
bool operation_api_limit(struct work *, const struct request *, int64_t *);
bool operation_api_cursor(struct work *, const struct request *, struct id *);

/* The last fields of a shape, and their values. */
#define OPERATION_END_FIELDS                                               \
    { "reason", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What stopped it." }, \
        { "created_at", SHAPE_TIME, 0 },                                   \
        { "begun_at", SHAPE_TIME, SHAPE_NULLABLE },                        \
    {                                                                      \
        "ended_at", SHAPE_TIME, SHAPE_NULLABLE                             \
    }
void operation_api_put_end(struct json_out *, const struct operation *);

/* The one in the address. */
bool operation_api_load(struct work *, const struct request *,
                        const struct operation_kind *, struct operation *);

/* A page, newest first; `actor` none: everybody's. */
bool operation_api_list(struct work *, const struct request *,
                        struct response *, const struct operation_kind *,
                        struct id actor,
                        bool (*put)(struct work *, struct json_out *,
                                    const struct operation *));

/* One of them as JSON, with a status. */
bool operation_api_answer(struct work *, struct response *, int status,
                          const struct operation *,
                          bool (*put)(struct work *, struct json_out *,
                                      const struct operation *));

#endif
