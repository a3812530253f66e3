/*
 * connection: open sockets, and how long a peer may take.
 *
 * libmicrohttpd ends a connection that is silent; one that drips a byte a
 * second is not silent. So every connection has a deadline for what it is
 * doing: the request line and headers, the body, or the pause between two
 * requests. A connection past it has its socket shut down here; the library
 * then sees the end of the stream and closes it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/clock.h"
#include "lib/http/inside.h"

void
connections_init(struct connections *all)
{
    pthread_mutex_init(&all->mutex, NULL);
    hash_map_init(&all->by_client);
}

void
connections_free(struct connections *all)
{
    while (all->first != NULL)
        connection_close(all, all->first);
    hash_map_free(&all->by_client);
    pthread_mutex_destroy(&all->mutex);
}

/* MHD tells the family, not the length. */
static void
read_peer(struct connection *connection, const struct sockaddr *address,
          const struct proxies *proxies)
{
    size_t bytes = address == NULL                ? 0
                 : address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                  : sizeof(struct sockaddr_in);
    struct arena arena;

    if (!address_of_socket(address, bytes, &connection->address))
        return;
    arena_init(&arena);
    struct str shown = address_show(&arena, &connection->address);
    memcpy(connection->peer, shown.data, shown.bytes);
    arena_free(&arena);
    connection->is_proxy = proxies_hold(proxies, &connection->address);
    if (!connection->is_proxy && !address_is_loopback(&connection->address))
        connection->client_key = client_key(&connection->address);
}

static void
count_client(struct connections *all, const struct connection *connection,
             int64_t more)
{
    int64_t key = connection->client_key;

    if (key == 0)
        return;
    int64_t count = hash_map_get(&all->by_client, key) + more;
    if (count > 0)
        hash_map_put(&all->by_client, key, count);
    else
        hash_map_remove(&all->by_client, key);
}

struct connection *
connection_open(struct connections *all, const struct proxies *proxies,
                struct MHD_Connection *mhd)
{
    struct connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL)
        return NULL;
    connection->socket =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)
            ->connect_fd;
    read_peer(connection,
              MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
                  ->client_addr,
              proxies);
    count_client(all, connection, 1);

    pthread_mutex_lock(&all->mutex);
    connection->after = all->first;
    if (all->first != NULL)
        all->first->before = connection;
    all->first = connection;
    pthread_mutex_unlock(&all->mutex);
    atomic_fetch_add(&all->count, 1);
    return connection;
}

/* The library closes the socket after this: the number is ours until then. */
void
connection_close(struct connections *all, struct connection *connection)
{
    pthread_mutex_lock(&all->mutex);
    if (connection->before != NULL)
        connection->before->after = connection->after;
    else
        all->first = connection->after;
    if (connection->after != NULL)
        connection->after->before = connection->before;
    pthread_mutex_unlock(&all->mutex);
    atomic_fetch_sub(&all->count, 1);
    count_client(all, connection, -1);
    free(connection);
}

void
connection_deadline(struct connection *connection, int64_t ms)
{
    int64_t at = ms == 0 ? 0 : clock_monotonic_us() + ms * 1000;

    atomic_store_explicit(&connection->deadline_us, at, memory_order_relaxed);
}

void
connections_sweep(struct connections *all)
{
    int64_t now_us = clock_monotonic_us();

    pthread_mutex_lock(&all->mutex);
    for (struct connection *c = all->first; c != NULL; c = c->after) {
        int64_t deadline_us =
            atomic_load_explicit(&c->deadline_us, memory_order_relaxed);
        if (deadline_us == 0 || now_us < deadline_us)
            continue;
        atomic_fetch_add(&all->cut_off, 1);
        connection_deadline(c, 0);
        shutdown(c->socket, SHUT_RDWR);
    }
    pthread_mutex_unlock(&all->mutex);
}
