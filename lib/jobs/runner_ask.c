/* runner_ask: see runner_ask.h. */
#include "lib/jobs/runner_ask.h"

#include <pthread.h>

#include "lib/base/text.h"

struct asking {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    const struct runner_ask *ask;
    bool over;
    bool ok;
    struct runner_refusal refusal;
};

static bool
asked(struct work *w, void *context)
{
    struct asking *asking = context;

    return asking->ask->run(w, asking->ask->context);
}

/* In the arena of whoever asks: the unit's own error is soon gone. */
static struct runner_refusal
refusal_of(struct arena *arena, const struct error *error)
{
    struct text text = text_new(arena);

    for (int i = 0; i < error->detail_count; i++)
        text_format(&text, "%s%.*s: %.*s", i == 0 ? "" : "; ",
                    STR_ARG(error->details[i].pointer),
                    STR_ARG(error->details[i].message));
    if (error->detail_count == 0)
        text_add(&text, error->detail);
    return (struct runner_refusal){ error->kind, text_str(&text) };
}

static void
was_answered(struct work *w, void *context, bool ok)
{
    struct asking *asking = context;

    pthread_mutex_lock(&asking->lock);
    asking->over = true;
    asking->ok = ok;
    if (!ok)
        asking->refusal = refusal_of(asking->ask->arena, &w->error);
    pthread_cond_signal(&asking->answered);
    pthread_mutex_unlock(&asking->lock);
}

bool
runner_ask(struct runner *runner, const struct runner_ask *ask,
           struct runner_refusal *refusal)
{
    struct asking asking = { .ask = ask };
    struct unit unit = {
        .side = ask->side,
        .workspace = ask->workspace,
        .arena = ask->arena,
        .steps_back = ask->steps_back,
        .run = asked,
        .done = was_answered,
        .context = &asking,
    };

    pthread_mutex_init(&asking.lock, NULL);
    pthread_cond_init(&asking.answered, NULL);
    /* It may be answered before this returns. */
    if (!runner_submit(runner, &unit)) {
        asking.refusal =
            (struct runner_refusal){ ERR_UNAVAILABLE,
                                     STR("too much work is waiting") };
        asking.over = true;
    }
    pthread_mutex_lock(&asking.lock);
    while (!asking.over)
        pthread_cond_wait(&asking.answered, &asking.lock);
    pthread_mutex_unlock(&asking.lock);
    pthread_cond_destroy(&asking.answered);
    pthread_mutex_destroy(&asking.lock);
    *refusal = asking.refusal;
    return asking.ok;
}
