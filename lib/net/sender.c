/*
 * sender: see sender.h. The queue, the limits on what runs at once, and the
 * thread; one transfer is sender_transfer.c.
 *
 * We count transfers by host ourselves: curl's own limit would take them in
 * and let their time run while they wait.
 */
#include "lib/net/sender.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/net/sender_transfer.h"

enum {
    WAIT_MS_MAX = 60 * 1000, /* a wake-up comes with every submission */
    QUEUE_BYTES_MAX = 64 * 1024 * 1024,
    HOST_SHARE = 4, /* one host may fill a quarter of the queue */
};

/* In the order of arrival. */
struct transfer_list {
    struct transfer *first;
    struct transfer **end;
};

struct sender {
    struct arena arena;
    struct transfer_limits limits;
    int queue_max;
    int parallel_max;
    int host_parallel_max;
    CURLM *multi;
    pthread_t thread;
    struct transfer *running; /* the thread's own */

    pthread_mutex_t lock; /* for what follows */
    struct transfer_list waiting;
    size_t waiting_bytes;
    struct sender_state state;
    bool stopping;
};

static void *run(void *);
static bool has_room(const struct sender *, const struct transfer *);
static void list_append(struct transfer_list *, struct transfer *);
static void read_settings(struct sender *, const struct sender_settings *);
static void start_thread(struct sender *);

struct sender *
sender_start(const struct sender_settings *settings, struct arena *arena,
             struct str *why)
{
    struct sender *s = calloc(1, sizeof *s);

    if (s == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    arena_init(&s->arena);
    if (!guard_init(&s->limits.guard, &s->arena, settings->allow, why)) {
        *why = arena_str(arena, *why);
        arena_free(&s->arena);
        free(s);
        curl_global_cleanup();
        return NULL;
    }
    read_settings(s, settings);
    s->waiting.end = &s->waiting.first;
    pthread_mutex_init(&s->lock, NULL);
    s->multi = curl_multi_init();
    if (s->multi == NULL)
        abort();
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)s->parallel_max);
    start_thread(s);
    return s;
}

const struct guard *
sender_guard(const struct sender *s)
{
    return &s->limits.guard;
}

bool
sender_submit(struct sender *s, const struct outbox_message *message,
              void (*done)(void *, const struct outbox_result *), void *context)
{
    struct transfer *t = transfer_new(message, done, context);

    pthread_mutex_lock(&s->lock);
    bool taken = has_room(s, t);
    if (taken) {
        list_append(&s->waiting, t);
        s->waiting_bytes += transfer_bytes(t);
        s->state.waiting++;
    }
    pthread_mutex_unlock(&s->lock);

    if (taken)
        curl_multi_wakeup(s->multi);
    else
        transfer_free(t);
    return taken;
}

struct sender_state
sender_state(struct sender *s)
{
    pthread_mutex_lock(&s->lock);
    struct sender_state state = s->state;
    pthread_mutex_unlock(&s->lock);
    return state;
}

void
sender_stop(struct sender *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_mutex_unlock(&s->lock);
    curl_multi_wakeup(s->multi);
    pthread_join(s->thread, NULL);

    curl_multi_cleanup(s->multi);
    pthread_mutex_destroy(&s->lock);
    arena_free(&s->arena);
    free(s);
    curl_global_cleanup();
}

static void
read_settings(struct sender *s, const struct sender_settings *from)
{
    const char *agent = from->agent == NULL ? "Baton" : from->agent;

    s->queue_max = from->queue_max > 0 ? from->queue_max : 1024;
    s->parallel_max = from->parallel_max > 0 ? from->parallel_max : 64;
    s->host_parallel_max =
        from->host_parallel_max > 0 ? from->host_parallel_max : 4;
    s->limits.connect_ms_max =
        from->connect_ms_max > 0 ? from->connect_ms_max : 5000;
    s->limits.total_ms_max =
        from->total_ms_max > 0 ? from->total_ms_max : 20 * 1000;
    s->limits.agent = arena_cstr(&s->arena, str_of(agent));
    if (from->ca_file != NULL)
        s->limits.ca_file = arena_cstr(&s->arena, str_of(from->ca_file));
}

/* Signals belong to the main thread; TLS would meet SIGPIPE here. */
static void
start_thread(struct sender *s)
{
    sigset_t all;
    sigset_t before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&s->thread, NULL, run, s) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
list_append(struct transfer_list *list, struct transfer *t)
{
    assert(t->next == NULL);
    *list->end = t;
    list->end = &t->next;
}

static int
count_host(const struct transfer *list, struct str host)
{
    int count = 0;

    for (; list != NULL; list = list->next)
        count += str_equal(list->host, host);
    return count;
}

static bool
has_room(const struct sender *s, const struct transfer *t)
{
    int host_max =
        s->queue_max / HOST_SHARE > 0 ? s->queue_max / HOST_SHARE : 1;

    if (s->stopping || s->state.waiting >= s->queue_max)
        return false;
    if (s->state.waiting > 0
        && s->waiting_bytes + transfer_bytes(t) > QUEUE_BYTES_MAX)
        return false;
    return count_host(s->waiting.first, t->host) < host_max;
}

/* Takes the first that may run now off the queue; NULL when there is none. */
static struct transfer *
next_to_run(struct sender *s)
{
    struct transfer *found = NULL;

    pthread_mutex_lock(&s->lock);
    for (struct transfer **at = &s->waiting.first; *at != NULL;
         at = &(*at)->next) {
        if (count_host(s->running, (*at)->host) >= s->host_parallel_max)
            continue;
        found = *at;
        *at = found->next;
        if (found->next == NULL)
            s->waiting.end = at;
        found->next = NULL;
        s->waiting_bytes -= transfer_bytes(found);
        s->state.waiting--;
        s->state.running++;
        break;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* Counted before it is told, so that who was told finds it counted. */
static void
tell(struct sender *s, struct transfer *t, const struct outbox_result *result)
{
    pthread_mutex_lock(&s->lock);
    s->state.running--;
    s->state.delivered += result->delivered;
    s->state.failed += !result->delivered;
    pthread_mutex_unlock(&s->lock);
    transfer_tell(t, result);
}

static void
tell_unsent(struct sender *s, struct transfer *t, struct str why, bool refused)
{
    struct outbox_result result;

    transfer_read_unsent(t, why, refused, &result);
    tell(s, t, &result);
}

static void
start_some(struct sender *s)
{
    struct transfer *t;

    while (s->state.running < s->parallel_max && (t = next_to_run(s)) != NULL) {
        if (!str_is_empty(t->refusal)) {
            tell_unsent(s, t, t->refusal, true);
            continue;
        }
        transfer_begin(t, &s->limits);
        t->next = s->running;
        s->running = t;
        if (curl_multi_add_handle(s->multi, t->easy) != CURLM_OK)
            abort();
    }
}

static void
running_remove(struct sender *s, struct transfer *t)
{
    struct transfer **at = &s->running;

    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    t->next = NULL;
    curl_multi_remove_handle(s->multi, t->easy);
}

/* True when something ended, so that something else may start. */
static bool
end_some(struct sender *s)
{
    CURLMsg *message;
    int left;
    bool any = false;

    while ((message = curl_multi_info_read(s->multi, &left)) != NULL) {
        struct transfer *t;
        struct outbox_result result;
        CURLcode how = message->data.result; /* the message dies with remove */

        assert(message->msg == CURLMSG_DONE);
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
        running_remove(s, t);
        transfer_read(t, how, &result);
        tell(s, t, &result);
        any = true;
    }
    return any;
}

static void
end_all(struct sender *s)
{
    struct transfer *t;

    end_some(s); /* what made it is told so */
    while ((t = s->running) != NULL) {
        running_remove(s, t);
        tell_unsent(s, t, STR("stopped"), false);
    }
    while ((t = next_to_run(s)) != NULL) {
        tell_unsent(s, t, STR("stopped"), false);
    }
}

static bool
is_stopping(struct sender *s)
{
    pthread_mutex_lock(&s->lock);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stopping;
}

static void *
run(void *context)
{
    struct sender *s = context;
    int running;

    while (!is_stopping(s)) {
        start_some(s);
        curl_multi_perform(s->multi, &running);
        if (!end_some(s))
            curl_multi_poll(s->multi, NULL, 0, WAIT_MS_MAX, NULL);
    }
    end_all(s);
    return NULL;
}
