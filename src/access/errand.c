/* errand: see errand.h. */
#include "src/access/errand.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct errand {
    struct unit unit;
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done;
    bool ok;
    struct error error;
    bool (*run)(struct work *, void *context);
    void *context;
};

static bool
run_errand(struct work *w, void *opaque)
{
    struct errand *errand = opaque;

    return errand->run(w, errand->context);
}

static void
errand_done(struct work *w, void *opaque, bool ok)
{
    struct errand *errand = opaque;

    pthread_mutex_lock(&errand->mutex);
    errand->ok = ok;
    errand->error = w->error;
    errand->done = true;
    pthread_cond_signal(&errand->answered);
    pthread_mutex_unlock(&errand->mutex);
}

static void
wait_for(struct errand *errand)
{
    pthread_mutex_lock(&errand->mutex);
    while (!errand->done)
        pthread_cond_wait(&errand->answered, &errand->mutex);
    pthread_mutex_unlock(&errand->mutex);
}

bool
errand_run(struct runner *runner, struct work *w,
           bool (*run)(struct work *, void *context), void *context)
{
    struct errand errand = {
        .unit = { .side = UNIT_WRITES,
                  .workspace = w->workspace,
                  .actor = w->actor,
                  .arena = w->arena,
                  .run = run_errand,
                  .done = errand_done },
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .answered = PTHREAD_COND_INITIALIZER,
        .run = run,
        .context = context,
    };

    errand.unit.context = &errand;
    if (!runner_submit(runner, &errand.unit))
        return fail(w, ERR_UNAVAILABLE,
                    "More work is waiting than can be done. Try again soon.");
    wait_for(&errand);
    pthread_cond_destroy(&errand.answered);
    pthread_mutex_destroy(&errand.mutex);
    if (!errand.ok)
        w->error = errand.error;
    return errand.ok;
}

/* Owns itself: `done` frees it. */
struct left_errand {
    struct unit unit;
    struct arena arena;
    bool (*run)(struct work *, void *context);
    void *context;
};

static bool
run_left(struct work *w, void *opaque)
{
    struct left_errand *errand = opaque;

    return errand->run(w, errand->context);
}

static void
left_free(struct left_errand *errand)
{
    arena_free(&errand->arena);
    free(errand);
}

static void
left_done(struct work *w, void *opaque, bool ok)
{
    (void)w;
    (void)ok;
    left_free(opaque);
}

void
errand_leave(struct runner *runner, struct id workspace,
             bool (*run)(struct work *, void *context), const void *context,
             size_t bytes)
{
    struct left_errand *errand = calloc(1, sizeof *errand);

    if (errand == NULL)
        abort();
    arena_init(&errand->arena);
    errand->run = run;
    errand->context = arena_alloc(&errand->arena, bytes);
    memcpy(errand->context, context, bytes);
    errand->unit = (struct unit){
        .side = UNIT_WRITES,
        .workspace = workspace,
        .arena = &errand->arena,
        .run = run_left,
        .done = left_done,
        .context = errand,
    };
    if (!runner_submit(runner, &errand->unit))
        left_free(errand);
}
