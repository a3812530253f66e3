/* insight_figures: the blocks of figures: what is asked for each, what it
 * means, and how it is shown. For insight_api.c. */
#ifndef INSIGHT_FIGURES_H
#define INSIGHT_FIGURES_H

#include "lib/base/json.h"
#include "lib/http/shape.h"
#include "src/insight/insight.h"

enum { FIGURE_STAGES_MAX = 32 };

/* Sums of one period, or of one source, rep, ... */
struct figures {
    int64_t counts[INSIGHT_MEASURES];
    struct histogram *owned; /* of the measures that have one */
    struct histogram *answered;
    struct histogram *worked;
    struct {
        struct str stage;
        int64_t standing;
        int64_t entered;
    } stages[FIGURE_STAGES_MAX];
    int stage_count;
};

struct figure_block {
    const char *name;
    const char *definition; /* for people */
    const enum insight_measure *measures;
    int measure_count;
    bool shows_standing;
    bool shows_waiting;
    /* Adds members to the open object; `now`: with what stands now. */
    void (*put)(struct json_out *, const struct figures *, bool now);
};

const struct figure_block *figure_block_find(struct str name); /* or NULL */
struct str figure_block_names(struct arena *);

/* With the workspace's stages at zero. */
void figures_init(struct figures *, struct arena *, const struct lead_stage *);
void figures_add(struct figures *, const struct insight_sum *, int count);

extern const struct shape figure_answer_shape;

#endif
