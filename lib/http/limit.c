/*
 * limit: who asks too often is told when to come back, before anything is
 * read or looked up for him. Callers we know are counted by who they are;
 * strangers by their address, and whoever has shown wrong keys as well.
 *
 * This machine's own addresses are not counted: what comes from there is the
 * operator, or everybody, through a proxy that he has not named. Nor are the
 * proxies that he has.
 */
#include "lib/http/inside.h"

static const uint64_t kind_mark[HTTP_LIMIT_COUNT] = {
    [HTTP_LIMIT_CALLER] = UINT64_C(0x1000000000000001),
    [HTTP_LIMIT_PUBLIC] = UINT64_C(0x2000000000000003),
    [HTTP_LIMIT_BY_HAND] = UINT64_C(0x3000000000000005),
    [HTTP_LIMIT_WRONG_KEY] = UINT64_C(0x4000000000000007),
};

static int64_t
key_of(enum http_limit_kind kind, int64_t whom)
{
    int64_t key = (int64_t)((uint64_t)whom ^ kind_mark[kind]);

    return key == 0 ? 1 : key;
}

void
limit_client(struct exchange *x)
{
    const struct connection *connection = x->connection;
    const struct proxies *proxies = &x->server->proxies;

    x->request.peer = str_of(connection->peer);
    x->client_key = connection->client_key;
    if (!connection->is_proxy)
        return;

    struct address client =
        client_of(proxies, &connection->address, &x->request);
    x->request.peer = address_show(x->arena, &client);
    if (!address_is_loopback(&client) && !proxies_hold(proxies, &client))
        x->client_key = client_key(&client);
}

static bool
refuse(struct exchange *x, int64_t wait_ms)
{
    long long wait_s = (long long)(wait_ms + 999) / 1000;

    atomic_fetch_add_explicit(&x->server->limited, 1, memory_order_relaxed);
    response_header(&x->response, "Retry-After",
                    arena_format(x->arena, "%lld", wait_s));
    return fail(&x->work, ERR_TOO_MANY,
                "That was too often. Try again in %lld s.", wait_s);
}

static bool
takes(struct exchange *x, enum http_limit_kind kind, int64_t whom)
{
    const struct http_limit *limit = &x->server->settings.limits[kind];

    if (whom == 0 || limit->per_minute == 0)
        return true;
    int64_t wait_ms = bucket_take(x->server->buckets, limit, key_of(kind, whom),
                                  x->work.now_ms);
    return wait_ms == 0 || refuse(x, wait_ms);
}

/* What was wrong is only known later: it is counted then. */
static bool
has_guessed_too_often(struct exchange *x)
{
    const struct http_limit *limit =
        &x->server->settings.limits[HTTP_LIMIT_WRONG_KEY];
    int64_t wait_ms =
        x->client_key == 0
            ? 0
            : bucket_wait_ms(x->server->buckets, limit,
                             key_of(HTTP_LIMIT_WRONG_KEY, x->client_key),
                             x->work.now_ms);

    return wait_ms > 0 && !refuse(x, wait_ms);
}

bool
limit_allows(struct exchange *x)
{
    const struct endpoint *row = x->request.endpoint;

    if (row->flags & ENDPOINT_INLINE)
        return true;
    if (row->permission & PERMISSION_PUBLIC)
        return takes(x,
                     row->flags & ENDPOINT_BY_HAND ? HTTP_LIMIT_BY_HAND
                                                   : HTTP_LIMIT_PUBLIC,
                     x->client_key);
    if (x->caller == HTTP_CALLER_KNOWN)
        return takes(x, HTTP_LIMIT_CALLER, x->actor.id.value);
    return x->caller == HTTP_CALLER_NOBODY || !has_guessed_too_often(x);
}

void
limit_note_answer(struct exchange *x)
{
    if (!x->asked_who || x->response.status != 401 || x->client_key == 0)
        return;
    int64_t wait_ms = bucket_take(
        x->server->buckets, &x->server->settings.limits[HTTP_LIMIT_WRONG_KEY],
        key_of(HTTP_LIMIT_WRONG_KEY, x->client_key), x->work.now_ms);
    (void)wait_ms; /* he hears of it when he comes again */
}

bool
limit_connects(const struct http_server *server, const struct address *address)
{
    const struct connections *all = &server->connections;

    if (address_is_loopback(address) || proxies_hold(&server->proxies, address))
        return true;
    return hash_map_get(&all->by_client, client_key(address))
         < server->settings.client_connections_max;
}
