/*
 * import_undo: takes an import back: leads that it made and nobody has touched
 * since are closed, with a trace, and nobody is taken for them any more; so the
 * same table can be handed in again.
 */
#include "lib/jobs/jobs.h"
#include "src/api/import_api.h"
#include "src/import/import_store.h"
#include "src/lead/submission.h"
#include "src/lifecycle.h"

enum { ROWS_AT_A_TIME = 200, ENTRIES_MAX = 100 };

/* Nothing was done with it but what the program does by itself. */
static bool
is_untouched(struct work *w, const struct lead *lead, struct id import,
             bool *untouched)
{
    struct submission_row *submissions;
    struct timeline_entry *entries;
    int submission_count;
    int entry_count;

    *untouched = false;
    if (lead_is_closed(lead) || lead->first_response_ms > 0
        || !id_is_none(lead->merged_into))
        return true;
    if (!submission_of_lead(w, lead->id, &submissions, &submission_count)
        || !timeline_of_lead(w, lead->id, ID_NONE, ENTRIES_MAX, &entries,
                             &entry_count))
        return false;
    for (int i = 0; i < submission_count; i++)
        if (!id_equal(submissions[i].import, import))
            return true;
    for (int i = 0; i < entry_count; i++)
        if (str_is(entries[i].actor_kind, "person")
            || str_is(entries[i].actor_kind, "key"))
            return true;
    *untouched = entry_count < ENTRIES_MAX;
    return true;
}

static struct str
trace(struct work *w, const struct lead *lead, struct id import)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "import_undone", import);
    json_name(&out, "changes");
    json_open_array(&out);
    json_open_object(&out);
    json_put_cstr(&out, "field", "stage");
    json_put_cstr(&out, "from", lead->stage);
    json_put_cstr(&out, "to", "inactive");
    json_close_object(&out);
    json_close_array(&out);
    json_close_object(&out);
    return text_str(&text);
}

/* One that is gone, because it was merged, is somebody's decision, too. */
static bool
undo_row(struct work *w, struct id import, const struct import_row *row)
{
    struct lead lead;
    bool untouched = false;

    if (lead_load(w, row->lead, &lead)) {
        if (!is_untouched(w, &lead, import, &untouched))
            return false;
    } else if (w->error.kind != ERR_NOT_FOUND) {
        return false;
    } else {
        w->error = (struct error){ 0 };
    }
    return (!untouched || lifecycle_withdraw(w, &lead, trace(w, &lead, import)))
        && import_row_undone(w, import, row->number, untouched);
}

static bool
finish(struct work *w, struct import_record *record)
{
    operation_end(&record->operation, IMPORT_UNDONE, record->operation.reason,
                  w->now_ms);
    operation_tell(w, &import_operation, &record->operation, "import.undone");
    return operation_save(w, &import_operation, &record->operation);
}

/* Some rows at a time, so that what comes in is not kept waiting. */
static bool
undo(struct work *w, const struct job *job)
{
    struct import_record record;
    struct import_row *rows;
    struct id id;
    int count;

    if (!operation_of_job(w, &import_operation, job, &id)
        || !operation_load(w, &import_operation, id, &record.operation))
        return false;
    if (record.operation.state != IMPORT_UNDOING)
        return true;
    if (!import_rows_to_undo(w, id, ROWS_AT_A_TIME, &rows, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!undo_row(w, id, &rows[i]))
            return false;
    if (count < ROWS_AT_A_TIME)
        return finish(w, &record);
    return job_add(w, &(struct job_new){
                          .kind = &import_undo_job,
                          .payload = job->payload,
                      });
}

const struct job_kind import_undo_job = {
    .name = "import.undo",
    .about = "Closes the leads of an import that was taken back.",
    .run = undo,
};
