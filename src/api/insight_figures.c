/* insight_figures: see insight_figures.h. */
#include "src/api/insight_figures.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static void put_created(struct json_out *, const struct figures *, bool now);
static void put_stages(struct json_out *, const struct figures *, bool now);
static void put_owned(struct json_out *, const struct figures *, bool now);
static void put_response(struct json_out *, const struct figures *, bool now);

static const enum insight_measure created[] = { INSIGHT_CREATED };
static const enum insight_measure entered[] = { INSIGHT_ENTERED };
static const enum insight_measure owned[] = { INSIGHT_OWNED };
static const enum insight_measure response[] = {
    INSIGHT_ANSWERED, INSIGHT_WORKED, INSIGHT_KEPT,
    INSIGHT_MISSED,   INSIGHT_LATE,
};

#define PERCENTILES                                                        \
    " Percentiles are the nearest rank, within 1/32 of themselves; null: " \
    "there is nothing to measure."

static const struct figure_block blocks[] = {
    { "created",
      "Leads that came in the period, by what they are now: their present "
      "owner, source, rule, product and segment. A person who comes again "
      "is the same lead.",
      created, COUNT(created), .put = put_created },
    { "stages",
      "now: leads that stand in each stage at this moment, whenever they "
      "came. entered: moves into a stage in the period, by the owner of that "
      "moment; a lead that moves twice counts twice, and coming in is no "
      "move.",
      entered, COUNT(entered), .shows_standing = true, .put = put_stages },
    { "time_to_owner",
      "Leads that a rep got for the first time in the period, and how long "
      "after they came, by the wall clock; waiting in a queue counts. By the "
      "rep who got it. oldest_waiting_at: when the oldest open lead came "
      "that waits in a queue now." PERCENTILES,
      owned, COUNT(owned), .shows_waiting = true, .put = put_owned },
    { "response_time",
      "First answers given in the period (a call, mail, message or meeting "
      "by a person; a note is none), by the owner of that moment. wall: "
      "since the lead came. working: of that, what lies within the owner's "
      "weekly hours. in_time: no promise was missed before; too_late: one "
      "was; share_in_time is of these two. late: promises missed in the "
      "period, of answered and unanswered leads." PERCENTILES,
      response, COUNT(response), .put = put_response },
};

const struct figure_block *
figure_block_find(struct str name)
{
    for (int i = 0; i < COUNT(blocks); i++)
        if (str_is(name, blocks[i].name))
            return &blocks[i];
    return NULL;
}

struct str
figure_block_names(struct arena *arena)
{
    struct text names = text_new(arena);

    for (int i = 0; i < COUNT(blocks); i++)
        text_format(&names, i == 0 ? "%s" : ", %s", blocks[i].name);
    return text_str(&names);
}

/* ---------------------------------------------------------------- adding */

void
figures_init(struct figures *figures, struct arena *arena,
             const struct lead_stage *stages)
{
    *figures = (struct figures){
        .owned = ARENA_NEW(arena, struct histogram),
        .answered = ARENA_NEW(arena, struct histogram),
        .worked = ARENA_NEW(arena, struct histogram),
    };
    for (; stages->name != NULL && figures->stage_count < FIGURE_STAGES_MAX;
         stages++)
        if (stages->moved_to == NULL)
            figures->stages[figures->stage_count++].stage =
                str_of(stages->name);
}

static void
add_stage(struct figures *figures, const struct insight_sum *sum)
{
    int i = 0;

    while (i < figures->stage_count
           && !str_equal(figures->stages[i].stage, sum->stage))
        i++;
    if (i == FIGURE_STAGES_MAX)
        return;
    if (i == figures->stage_count)
        figures->stages[figures->stage_count++].stage = sum->stage;
    if (sum->measure == INSIGHT_STANDING)
        figures->stages[i].standing += sum->n;
    else
        figures->stages[i].entered += sum->n;
}

void
figures_add(struct figures *figures, const struct insight_sum *sums, int count)
{
    for (int i = 0; i < count; i++) {
        const struct insight_sum *sum = &sums[i];
        figures->counts[sum->measure] += sum->n;
        if (sum->measure == INSIGHT_STANDING || sum->measure == INSIGHT_ENTERED)
            add_stage(figures, sum);
        else if (sum->measure == INSIGHT_OWNED)
            histogram_add(figures->owned, sum->bucket, sum->n);
        else if (sum->measure == INSIGHT_ANSWERED)
            histogram_add(figures->answered, sum->bucket, sum->n);
        else if (sum->measure == INSIGHT_WORKED)
            histogram_add(figures->worked, sum->bucket, sum->n);
    }
}

/* --------------------------------------------------------------- showing */

static void
put_percentile(struct json_out *out, const char *name,
               const struct histogram *histogram, int percent)
{
    json_name(out, name);
    if (histogram->total > 0)
        json_int(out, histogram_percentile(histogram, percent));
    else
        json_null(out);
}

static void
put_percentiles(struct json_out *out, const struct histogram *histogram)
{
    put_percentile(out, "p50_ms", histogram, 50);
    put_percentile(out, "p90_ms", histogram, 90);
    put_percentile(out, "p99_ms", histogram, 99);
}

static void
put_created(struct json_out *out, const struct figures *figures, bool now)
{
    (void)now;
    json_put_int(out, "created", figures->counts[INSIGHT_CREATED]);
}

static void
put_stages(struct json_out *out, const struct figures *figures, bool now)
{
    json_name(out, "stages");
    json_open_array(out);
    for (int i = 0; i < figures->stage_count; i++) {
        json_open_object(out);
        json_put_text(out, "stage", figures->stages[i].stage);
        if (now)
            json_put_int(out, "now", figures->stages[i].standing);
        json_put_int(out, "entered", figures->stages[i].entered);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
put_owned(struct json_out *out, const struct figures *figures, bool now)
{
    (void)now;
    json_put_int(out, "owned", figures->counts[INSIGHT_OWNED]);
    put_percentiles(out, figures->owned);
}

/* Four digits after the point: a share of counts, not a measurement. */
static void
put_share(struct json_out *out, const char *name, int64_t part, int64_t of)
{
    const int64_t digits = 10000;
    int64_t share = of > 0 ? part * digits / of : 0;

    json_name(out, name);
    if (of > 0)
        json_real(out, (double)share / (double)digits);
    else
        json_null(out);
}

static void
put_response(struct json_out *out, const struct figures *figures, bool now)
{
    int64_t kept = figures->counts[INSIGHT_KEPT];
    int64_t missed = figures->counts[INSIGHT_MISSED];

    (void)now;
    json_put_int(out, "answered", figures->counts[INSIGHT_ANSWERED]);
    json_name(out, "wall");
    json_open_object(out);
    put_percentiles(out, figures->answered);
    json_close_object(out);
    json_name(out, "working");
    json_open_object(out);
    put_percentiles(out, figures->worked);
    json_close_object(out);
    json_put_int(out, "in_time", kept);
    json_put_int(out, "too_late", missed);
    put_share(out, "share_in_time", kept, kept + missed);
    json_put_int(out, "late", figures->counts[INSIGHT_LATE]);
}

/* ---------------------------------------------------------------- shapes */

static const struct shape figures_shape = {
    "InsightFigures",
    "The block's figures; its definition says what they mean.", SHAPE_OPEN,
    (const struct shape_field[]){ { 0 } }
};
static const struct shape_field answer_fields[] = {
    { "block", SHAPE_TEXT, SHAPE_REQUIRED, .about = "What was asked." },
    { "definition", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "What the figures mean." },
    { "from", SHAPE_DATE, SHAPE_REQUIRED, .about = "First day." },
    { "to", SHAPE_DATE, SHAPE_REQUIRED, .about = "Last day." },
    { "time_zone", SHAPE_TEXT, SHAPE_REQUIRED, .about = "Of the days." },
    { "as_of", SHAPE_TIME, SHAPE_REQUIRED, .about = "Now." },
    { "last_day_is_partial", SHAPE_BOOL, SHAPE_REQUIRED,
      .about = "It is not over yet." },
    { "complete", SHAPE_BOOL, SHAPE_REQUIRED,
      .about = "false: leads are still being counted." },
    { "leads", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "all, or own: those of who asks." },
    { "oldest_waiting_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "In time_to_owner: null when none waits." },
    { "total", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &figures_shape,
      .about = "Of the whole period." },
    { "previous", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &figures_shape,
      .about = "Of as many days before." },
    { "periods", SHAPE_OBJECT, SHAPE_LIST, .of = &figures_shape,
      .about = "With `by`: each with from and to; the first and the last may "
               "be cut off." },
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &figures_shape,
      .about = "With `split`: each with id and name, null for none." },
    { 0 },
};
const struct shape figure_answer_shape = { "Insight",
                                           "Figures, and what they stand on.",
                                           0, answer_fields };
