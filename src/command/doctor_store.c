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
    VIEW("each owner is a person or a queue", "check_owner_known"),
    VIEW("the credits of each ledger add up to 0", "check_ledger"),
    VIEW("each submission has its lead", "check_submission"),
    VIEW("each decision is about a lead", "check_decision"),
    VIEW("each key leads to a record", "check_key"),
    VIEW("a lead that became part of another is nobody's", "check_merge"),
    VIEW("each company of a lead knows the lead", "check_account"),
    VIEW("companies that belong together are one family", "check_family"),
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
