/* operation_errand: see operation_errand.h. */
#include "src/operation/operation_errand.h"

static bool
run(const void *context, struct errands *errands, const struct errand *errand,
    struct arena *arena, struct str *why)
{
    const struct operation_kind *kind = context;
    struct operation_errand own = { .errands = errands,
                                    .errand = errand,
                                    .id = errand->subject,
                                    .arena = arena };
    bool ok = kind->run(&own);

    *why = own.refusal.why;
    return ok;
}

struct errands *
operation_start(struct runner *runner, const struct operation_kind *kind)
{
    return errands_start(&(struct errands_settings){ .runner = runner,
                                                     .scheme = kind->scheme,
                                                     .run = run,
                                                     .context = kind });
}

bool
operation_ask(struct operation_errand *errand, const struct runner_ask *ask)
{
    struct runner_refusal refusal;

    if (errands_ask(errand->errands, errand->errand, ask, &refusal))
        return true;
    errand->refusal.kind = refusal.kind;
    errand->refusal.why = arena_str(errand->arena, refusal.why);
    return false;
}

bool
operation_goes_on(struct operation_errand *errand)
{
    if (atomic_load(errands_stopping(errand->errands))) {
        errand->refusal =
            (struct runner_refusal){ ERR_UNAVAILABLE, STR("stopped") };
        return false;
    }
    errands_step_back(errand->errands);
    return true;
}

bool
operation_may_pass(const struct operation_errand *errand)
{
    return errand->refusal.kind == ERR_UNAVAILABLE
        || errand->refusal.kind == ERR_INTERNAL
        || errand->refusal.kind == ERR_CONFLICT;
}
