/* doctor_store: see doctor_store.h. */
#include "src/command/doctor_store.h"

#define VIEW(about, name)                                              \
    {                                                                  \
        about, "SELECT count(*), COALESCE(SUM(faulty), 0) FROM " name, \
            "SELECT record_id FROM " name " WHERE faulty = 1"          \
            " ORDER BY record_id LIMIT 3"                              \
    }

const struct doctor_view doctor_views[] = {
    VIEW("each lead has one open assignment, to its owner", "check_owner"),
    VIEW("the owners of a lead came one after the other", "check_period"),
    VIEW("each owner is a person or a queue", "check_owner_known"),
    VIEW("the credits of each ledger add up to 0", "check_ledger"),
    VIEW("each submission has its lead", "check_submission"),
    VIEW("each decision is about a lead", "check_decision"),
    VIEW("who was decided on became the owner", "check_decided"),
    VIEW("each task goes along with its lead", "check_task"),
    VIEW("each lead knows whether it is in a sequence", "check_sequence"),
    VIEW("each key leads to a record", "check_key"),
    VIEW("a lead that became part of another is nobody's", "check_merge"),
    VIEW("of an erased lead nothing is left", "check_erased"),
    VIEW("each company of a lead knows the lead", "check_account"),
    VIEW("companies that belong together are one family", "check_family"),
    VIEW("a domain is one company's", "check_account_domain"),
    VIEW("no company lies below itself", "check_account_tree"),
    VIEW("each company's leads are counted right", "check_account_count"),
    VIEW("results add up to the leads that ended", "check_result"),
    VIEW("each workspace has a queue and an owner", "check_workspace"),
    { 0 },
};

bool
doctor_look(struct work *w, const struct doctor_view *view,
            struct doctor_finding *finding)
{
    struct db_rows rows;

    *finding = (struct doctor_finding){ 0 };
    if (!work_query(w, view->count, DB_NO_VALUES, &rows))
        return false;
    finding->checked = db_get_int(&rows, 0, 0);
    finding->faulty = db_get_int(&rows, 0, 1);
    if (finding->faulty == 0)
        return true;
    if (!work_query(w, view->examples, DB_NO_VALUES, &rows))
        return false;
    for (int i = 0; i < rows.count && i < DOCTOR_EXAMPLES; i++)
        finding->examples[i] = db_get_id(&rows, i, 0);
    return true;
}

void
doctor_note(struct doctor_finding *finding, struct id record, bool good)
{
    finding->checked++;
    if (good)
        return;
    if (finding->faulty < DOCTOR_EXAMPLES)
        finding->examples[finding->faulty] = record;
    finding->faulty++;
}

bool
doctor_served(struct work *w, struct id after, int limit,
              struct doctor_served **companies, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w,
            "SELECT id, served_by, served_lead FROM account_served"
            " WHERE workspace_id = $1 AND id > $2"
            " ORDER BY id LIMIT $3",
            DB_VALUES(db_id(w->workspace), db_int(after.value), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *companies =
        ARENA_ARRAY(w->arena, struct doctor_served, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*companies)[i] = (struct doctor_served){
            .account = db_get_id(&rows, i, 0),
            .rep = db_get_id(&rows, i, 1),
            .lead = db_get_id(&rows, i, 2),
        };
    return true;
}

bool
doctor_known(struct work *w, struct id after, int limit,
             struct account **companies, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w,
            "SELECT id, name_key, domain FROM account_known"
            " WHERE workspace_id = $1 AND id > $2"
            " ORDER BY id LIMIT $3",
            DB_VALUES(db_id(w->workspace), db_int(after.value), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *companies = ARENA_ARRAY(w->arena, struct account, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*companies)[i] = (struct account){
            .id = db_get_id(&rows, i, 0),
            .name_key = db_get_text(&rows, i, 1),
            .domain = db_get_text(&rows, i, 2),
        };
    return true;
}

bool
doctor_file(struct work *w, struct doctor_finding *finding)
{
    struct db_rows rows;

    *finding = (struct doctor_finding){ .checked = 1 };
    if (db_engine(w->db) == DB_POSTGRES)
        return true;
    if (!work_query(w, "PRAGMA integrity_check(10)", DB_NO_VALUES, &rows))
        return false;
    finding->words = db_get_text(&rows, 0, 0);
    if (!str_is(finding->words, "ok"))
        finding->faulty = rows.count;
    return true;
}
