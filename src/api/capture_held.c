/* capture_held: see capture_held.h. */
#include "src/api/capture_held.h"

#include "src/api/capture_api.h"
#include "src/lead/custom.h"
#include "src/standardise/standardise.h"

static int
least(int a, int b)
{
    return a < b ? a : b;
}

struct capture_part
capture_part_next(struct capture_part before, bool stored, int count)
{
    int tried = before.to - before.from;

    if (stored) {
        int more = before.care == HELD_CARE_NONE ? tried * 2 : 1;
        return (struct capture_part){ before.to, least(before.to + more, count),
                                      HELD_CARE_NONE };
    }
    if (tried > 1)
        return (struct capture_part){ before.from, before.from + 1,
                                      HELD_CARE_NONE };
    if (before.care == HELD_CARE_NONE)
        before.care = HELD_CARE_QUEUE;
    else
        before.care = HELD_CARE_BYTES;
    return before;
}

static bool
make_lead(struct work *w, const struct submission *submission,
          struct lead_facts *facts, struct intake *intake)
{
    struct submission held_back = *submission;

    held_back.hold = "quarantined";
    return lifecycle_intake(w, &held_back, facts, intake);
}

bool
capture_hold(struct work *w, const struct submission *submission,
             struct lead_facts *facts, enum held_care care,
             const struct error *failure, struct intake *intake,
             struct held *held)
{
    bool is_new;

    *held = held_failed(failure);
    if (care == HELD_CARE_QUEUE && !make_lead(w, submission, facts, intake))
        return false;
    held->lead = intake->lead.id;
    held->source = submission->source;
    held->door = HELD_BY_API;
    held->delivery_key =
        held_name(w->arena, submission->delivery_key, submission->body);
    held_pack(w->arena, submission->content_type, submission->body, held);
    if (!held_keep(w, held, &is_new))
        return false;
    if (is_new)
        held_tell(w, held);
    return true;
}

/* It has passed all this when it came; what is asked of it may be more by
 * now. */
static bool
read_again(struct work *w, struct str body, struct lead_facts *facts)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct standardise_settings settings = { .strict = true };
    struct json_error error;
    const struct json *json = json_parse(w->arena, body, &error);

    if (cache == NULL)
        return false;
    if (json == NULL)
        return fail(w, ERR_CONFLICT, "What was sent is unreadable: %s",
                    error.message);
    return shape_check(w, &lead_input_shape, json, STR(""))
        && standardise(w, json, STR(""), &settings, facts)
        && custom_read(w, cache->schema, facts->custom, true, STR("/custom"),
                       &facts->custom, NULL);
}

bool
capture_release(struct work *w, const struct held *held, struct intake *intake)
{
    struct lead_facts facts;
    struct submission submission;

    if (!read_again(w, held->body, &facts)
        || !capture_submission(w, held->content_type, held->body,
                               held_name_delivery(held->delivery_key),
                               &submission))
        return false;
    submission.id = held->id;
    return lifecycle_intake(w, &submission, &facts, intake);
}
