/*
 * job_api: jobs that failed for good, with their last error, and "run again".
 * What a job does is not here but with its kind.
 */
#include "src/api/job_api.h"

#include "lib/jobs/jobs.h"
#include "src/access/permission.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200 };

static const struct request_field asks[] = {
    { STR_INIT("state"), STR_INIT("failed: only those are listed.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static const char *const states[] = { "failed", "unknown", NULL };

static const struct shape_field job_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The job." },
    { "kind", SHAPE_TEXT, 0, .about = "What it does." },
    { "about", SHAPE_TEXT, SHAPE_NULLABLE, .about = "In a sentence." },
    { "state", SHAPE_OPTION, 0, .options = states,
      .about = "unknown: it may have happened; look before you run it." },
    { "lead", SHAPE_ID, SHAPE_NULLABLE, .about = "The lead it is about." },
    { "attempts", SHAPE_INTEGER, 0, .about = "How often it was tried." },
    { "last_error", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What went wrong." },
    { "created_at", SHAPE_TIME, 0, .about = "When it was decided." },
    { 0 },
};
static const struct shape job_shape = { "Job", "Work for the machine.", 0,
                                        job_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &job_shape,
      .about = "Oldest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "JobPage", "Jobs that failed.", 0,
                                         page_fields };

static void
put_job(struct json_out *out, const struct job *job)
{
    json_open_object(out);
    json_put_id(out, "id", job->id);
    json_put_text(out, "kind", job->kind_name);
    json_put_cstr(out, "about", job->kind == NULL ? NULL : job->kind->about);
    json_put_cstr(out, "state", states[job->state == JOB_UNKNOWN]);
    json_put_id(out, "lead", job->lead);
    json_put_int(out, "attempts", job->attempts);
    json_put_text(out, "last_error", job->last_error);
    json_put_time(out, "created_at", job->created_ms);
    json_close_object(out);
}

static bool
read_page(struct work *w, const struct request *request, struct id *after,
          int64_t *limit)
{
    struct str state = request_query(request, "state");
    struct str cursor = request_query(request, "cursor");

    *after = ID_NONE;
    if (!str_is_empty(state) && !str_is(state, "failed"))
        return fail_at(w, STR("/state"), "unknown_option",
                       "Only failed jobs are listed: state=failed.");
    if (!str_is_empty(cursor) && !id_parse(cursor, after))
        return fail_at(w, STR("/cursor"), "bad_cursor",
                       "This is no cursor of jobs.");
    return request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                             limit);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct job *jobs;
    struct id after;
    struct text text;
    int64_t limit = LIMIT_USUAL;
    int count;

    if (!read_page(w, request, &after, &limit)
        || !jobs_failed(w, after, (int)limit, &jobs, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_job(&out, &jobs[i]);
    response_page_done(response, &out,
                       count == limit ? jobs[count - 1].id : ID_NONE);
    return true;
}

static bool
retry(struct work *w, const struct request *request, struct response *response)
{
    struct id id;

    (void)response;
    return request_id(w, request, "id", &id) && jobs_retry(w, id);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/jobs", list, CAN_EDIT_WORKSPACE,
      "Jobs that failed for good, or of which nobody knows.", .asks = asks,
      .gives = &page_shape },
    { POST, "/api/v1/jobs/{id}/retry", retry, CAN_EDIT_WORKSPACE,
      "Run a failed job again, from its first attempt." },
    { 0 },
};

const struct module job_module = { "job", endpoints, NULL };
