/* errands: see errands.h. */
#include "lib/jobs/errands.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { NAP_MS = 10 };

struct errands {
    struct errands_settings settings;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    struct errand *first; /* owned */
    atomic_bool stopping;
};

static void *serve(void *errands);
static void answer(struct errand *, bool delivered, struct str error);

struct errands *
errands_start(const struct errands_settings *settings)
{
    struct errands *errands = calloc(1, sizeof *errands);

    if (errands == NULL)
        abort();
    errands->settings = *settings;
    pthread_mutex_init(&errands->lock, NULL);
    pthread_cond_init(&errands->told, NULL);
    if (pthread_create(&errands->thread, NULL, serve, errands) != 0)
        abort();
    return errands;
}

void
errands_stop(struct errands *errands)
{
    if (errands == NULL)
        return;
    pthread_mutex_lock(&errands->lock);
    atomic_store(&errands->stopping, true);
    pthread_cond_signal(&errands->told);
    pthread_mutex_unlock(&errands->lock);
    pthread_join(errands->thread, NULL);
    pthread_cond_destroy(&errands->told);
    pthread_mutex_destroy(&errands->lock);
    free(errands);
}

/* --------------------------------------------------------------- messages */

void
errands_message(struct work *w, const struct job *job, struct str scheme,
                struct id subject, struct outbox_message *message)
{
    message->job = job->id;
    message->url =
        arena_format(w->arena, "%.*s%s%s", STR_ARG(scheme),
                     id_show(w->workspace).text, id_show(subject).text);
}

bool
errands_take(const struct errands *errands,
             const struct outbox_message *message)
{
    return str_starts(message->url, errands->settings.scheme);
}

bool
errands_submit(struct errands *errands, const struct outbox_message *message,
               void (*done)(void *context, const struct outbox_result *),
               void *context)
{
    struct str rest = str_slice(message->url, errands->settings.scheme.bytes,
                                message->url.bytes);
    struct errand *errand = calloc(1, sizeof *errand);
    struct errand **last = &errands->first;

    if (errand == NULL)
        abort();
    *errand = (struct errand){ .job = message->job,
                               .done = done,
                               .context = context };
    bool taken = id_parse(str_slice(rest, 0, ID_TEXT_BYTES), &errand->workspace)
              && id_parse(str_slice(rest, ID_TEXT_BYTES, rest.bytes),
                          &errand->subject);
    pthread_mutex_lock(&errands->lock);
    taken = taken && !atomic_load(&errands->stopping);
    while (*last != NULL)
        last = &(*last)->next;
    if (taken)
        *last = errand;
    pthread_cond_signal(&errands->told);
    pthread_mutex_unlock(&errands->lock);
    if (!taken)
        free(errand);
    return taken;
}

/* ------------------------------------------------------------- its thread */

static struct errand *
next_errand(struct errands *errands)
{
    pthread_mutex_lock(&errands->lock);
    while (errands->first == NULL && !atomic_load(&errands->stopping))
        pthread_cond_wait(&errands->told, &errands->lock);
    struct errand *errand = errands->first;
    if (errand != NULL)
        errands->first = errand->next;
    pthread_mutex_unlock(&errands->lock);
    return errand;
}

static void *
serve(void *opaque)
{
    struct errands *errands = opaque;
    struct errand *errand;

    while ((errand = next_errand(errands)) != NULL) {
        struct arena arena;
        struct str why = STR("stopped");
        arena_init(&arena);
        bool ok = !atomic_load(&errands->stopping)
               && errands->settings.run(errands->settings.context, errands,
                                        errand, &arena, &why);
        answer(errand, ok, why);
        arena_free(&arena);
        free(errand);
    }
    return NULL;
}

static void
answer(struct errand *errand, bool delivered, struct str error)
{
    const struct outbox_result result = {
        .job = errand->job,
        .delivered = delivered,
        .error = delivered ? STR_NONE : error,
    };

    errand->done(errand->context, &result);
}

/* -------------------------------------------------------- for what is run */

const atomic_bool *
errands_stopping(const struct errands *errands)
{
    return &errands->stopping;
}

struct runner *
errands_runner(struct errands *errands)
{
    return errands->settings.runner;
}

/* So it takes a third of one processor at most then, and comes to its end all
 * the same. */
void
errands_step_back(struct errands *errands)
{
    const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };

    if (runner_is_asked(errands->settings.runner))
        nanosleep(&nap, NULL);
}

bool
errands_ask(struct errands *errands, const struct errand *errand,
            const struct runner_ask *ask, struct runner_refusal *refusal)
{
    struct runner_ask in_place = *ask;

    in_place.workspace = errand->workspace;
    return runner_ask(errands->settings.runner, &in_place, refusal);
}
