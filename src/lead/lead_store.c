/*
 * lead_store: reads and writes the lead table. A lead is written whole: its
 * facts as shown in one JSON column, and folded in a column each for
 * conditions (lib/rules).
 */
#include <assert.h>

#include "lib/base/address.h"
#include "src/lead/custom.h"
#include "src/lead/erasure.h"
#include "src/lead/stage.h"
#include "src/lead/tag.h"
#include "src/workspace/warm.h"

/* What is stored beside the fields; the fields follow in their own order. */
#define OWN_COLUMNS                                                    \
    "workspace_id, id, version, stage, owner_kind, owner_id,"          \
    " owner_version, pinned_until_ms, score, score_lines, created_ms," \
    " updated_ms, assigned_ms, first_assigned_ms, first_response_ms,"  \
    " response_due_ms, late_count, facts, email_key, phone_key"
#define FIELD_COLUMNS                                                    \
    "name, email, phone, company, job_title, website, country, region,"  \
    " city, postal_code, address, language, time_zone, ip, source,"      \
    " campaign, medium, referrer, page, industry, employees, product,"   \
    " segment, use_case, deal_value, currency, tags, message, birthday," \
    " next_step, external_id"
#define LATER_COLUMNS                                                       \
    "returns, last_return_ms, touches, last_touch_ms, touch_kinds,"         \
    " rescore_ms, account_id, sequence_state, merged_into, asked_again_ms," \
    " reminded_ms, rule, first_rep_ms, promise, custom, ip_key"

enum {
    OWN_COUNT = 20,
    LATER_AT = OWN_COUNT + LEAD_GIVEN_COUNT,
    LATER_COUNT = 16,
    COLUMN_COUNT = LATER_AT + LATER_COUNT,
};

static const char kind_letters[] = "iiittiiiitiiiiiiittt"
                                   "tttttttttttttttttttt"
                                   "i"
                                   "ttt"
                                   "i"
                                   "tttttt"
                                   "iiiitiiiiiitiitt";

static const struct db_insert insert_lead = { "lead",
                                              OWN_COLUMNS ", " FIELD_COLUMNS
                                                          ", " LATER_COLUMNS,
                                              kind_letters, NULL };

static const char update_lead[] =
    "UPDATE lead SET version = version + 1, stage = $4, owner_kind = $5,"
    " owner_id = $6, owner_version = $7, pinned_until_ms = $8, score = $9,"
    " score_lines = $10, updated_ms = $12, assigned_ms = $13,"
    " first_assigned_ms = $14, first_response_ms = $15,"
    " response_due_ms = $16, late_count = $17, facts = $18, email_key = $19, "
    "phone_key = $20, name = $21,"
    " email = $22, phone = $23, company = $24, job_title = $25,"
    " website = $26, country = $27, region = $28, city = $29,"
    " postal_code = $30, address = $31, language = $32, time_zone = $33,"
    " ip = $34, source = $35, campaign = $36, medium = $37, referrer = $38,"
    " page = $39, industry = $40, employees = $41, product = $42,"
    " segment = $43, use_case = $44, deal_value = $45, currency = $46,"
    " tags = $47, message = $48, birthday = $49, next_step = $50,"
    " external_id = $51, returns = $52, last_return_ms = $53, touches = $54,"
    " last_touch_ms = $55, touch_kinds = $56, rescore_ms = $57,"
    " account_id = $58, sequence_state = $59, merged_into = $60,"
    " asked_again_ms = $61, reminded_ms = $62, rule = $63,"
    " first_rep_ms = $64, promise = $65, custom = $66, ip_key = $67"
    " WHERE workspace_id = $1 AND id = $2 AND version = $3"
    "   AND created_ms = $11";
static const struct db_update change_lead = {
    .sql = update_lead, .kinds = kind_letters, .keys = 2, .must = true, /* L2 */
};

#define SELECT_LEAD                                                          \
    "SELECT id, version, stage, owner_kind, owner_id, owner_version,"        \
    "       pinned_until_ms, score, score_lines, created_ms, updated_ms,"    \
    "       assigned_ms, first_assigned_ms, first_response_ms,"              \
    "       response_due_ms, late_count, facts, email_key, phone_key,"       \
    "       returns, last_return_ms, touches, last_touch_ms, touch_kinds,"   \
    "       rescore_ms, account_id,"                                         \
    "       (SELECT a.name FROM account_shown a"                             \
    "         WHERE a.workspace_id = lead.workspace_id"                      \
    "           AND a.id = lead.account_id),"                                \
    "       sequence_state, merged_into, asked_again_ms, reminded_ms, rule," \
    "       first_rep_ms, promise, erased_ms"                                \
    "  FROM lead"

static const char select_one[] =
    SELECT_LEAD " WHERE workspace_id = $1 AND id = $2";

/* PostgreSQL only. */
static const char select_many[] =
    SELECT_LEAD "  JOIN unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[]))"
                "       AS wanted (in_workspace, lead_id)"
                "    ON workspace_id = in_workspace AND id = lead_id";

static struct db_value
field_value(struct arena *arena, int field, const struct fact *fact)
{
    struct db_value value = { .is_null = !fact->known };

    switch (lead_fields[field].kind) {
    case FIELD_TEXT:
        value = db_text(fact->known ? fact->folded : STR_NONE);
        break;
    case FIELD_TAGS:
        value = db_text(lead_tags_folded(arena, fact));
        break;
    case FIELD_NUMBER:
    case FIELD_TIME:
    case FIELD_ID:
    case FIELD_BOOL:
        value.kind = DB_INT;
        value.integer = fact->number;
        break;
    }
    return value;
}

/* A key that is the folded text itself is not written again. */
static struct db_value
key_value(struct str key, const struct fact *fact)
{
    return db_text(str_equal(key, fact->folded) ? STR_NONE : key);
}

static struct str
read_key(const struct db_rows *rows, int row, int column,
         const struct fact *fact)
{
    return db_is_null(rows, row, column) ? fact->folded
                                         : db_get_text(rows, row, column);
}

/* What is no address has none. */
static struct db_value
ip_key(struct arena *arena, const struct fact *fact)
{
    struct address address;

    return db_text(fact->known && address_parse(fact->folded, &address)
                       ? address_digits(arena, &address)
                       : STR_NONE);
}

static void
all_values(struct work *w, const struct lead *lead, struct db_value *values)
{
    const struct db_value own[OWN_COUNT] = {
        db_id(w->workspace),
        db_id(lead->id),
        db_int(lead->version),
        db_cstr(lead->stage),
        db_cstr(owner_kind_name(lead->owner.kind)),
        db_id(lead->owner.id),
        db_int(lead->owner_version),
        db_int_or_null(lead->pinned_until_ms),
        db_int(lead->score),
        db_text(lead->score_lines),
        db_int(lead->created_ms),
        db_int(lead->updated_ms),
        db_int(lead->assigned_ms),
        db_int(lead->first_assigned_ms),
        db_int_or_null(lead->first_response_ms),
        db_int_or_null(lead->response_due_ms),
        db_int(lead->late_count),
        db_text(lead_facts_json(w->arena, lead)),
        key_value(lead->email_key, &lead->facts[LEAD_EMAIL]),
        key_value(lead->phone_key, &lead->facts[LEAD_PHONE]),
    };

    const struct fact *kinds = &lead->facts[LEAD_TOUCH_KINDS];
    const struct db_value later[LATER_COUNT] = {
        db_int(lead->returns),
        db_int_or_null(lead->last_return_ms),
        db_int(lead->touches),
        db_int_or_null(lead->last_touch_ms),
        db_text(lead_tags_folded(w->arena, kinds)),
        db_int_or_null(lead->rescore_ms),
        db_id(lead->account),
        db_int(lead->sequence_state),
        db_id(lead->merged_into),
        db_int_or_null(lead->asked_again_ms),
        db_int_or_null(lead->reminded_ms),
        db_text(lead->rule),
        db_int_or_null(lead->first_rep_ms),
        db_int(lead->promise),
        db_text(lead->custom_folded),
        ip_key(w->arena, &lead->facts[LEAD_IP]),
    };

    for (int i = 0; i < OWN_COUNT; i++)
        values[i] = own[i];
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        values[OWN_COUNT + i] = field_value(w->arena, i, &lead->facts[i]);
    for (int i = 0; i < LATER_COUNT; i++)
        values[LATER_AT + i] = later[i];
}

/* A lead of this group may be on its way to the table yet: that one is changed
 * by itself, behind it. */
static bool
change_at_once(struct work *w, const struct db_value *values)
{
    int64_t changed = 0;

    return work_run(w, update_lead, values, COLUMN_COUNT, &changed)
        && (changed == 1 /* L2 */
            || fail(w, ERR_CONFLICT,
                    "The lead has changed since it was read."));
}

static bool
write_lead(struct work *w, struct lead *lead)
{
    struct db_value values[COLUMN_COUNT];

    if (lead->version == 0) {
        lead->version = 1;
        all_values(w, lead, values);
        return work_insert(w, &insert_lead, values, COLUMN_COUNT);
    }

    all_values(w, lead, values);
    warm_forget(w, WARM_LEADS, lead->id);
    if (!(lead->created_ms == w->now_ms
              ? change_at_once(w, values)
              : work_update(w, &change_lead, values, COLUMN_COUNT)))
        return false;
    lead->version++;
    return true;
}

/* What an account counts the lead for; a merged one counts nowhere. */
static struct account_claim
claim_of(const struct lead *lead)
{
    if (!id_is_none(lead->merged_into))
        return (struct account_claim){ 0 };
    return (struct account_claim){ lead->account, lead_served_by(lead) };
}

bool
lead_save(struct work *w, struct lead *lead)
{
    const struct account_claim before = lead->account_claim;

    assert(lead->owner_version > 0); /* L1: never stored without an owner */
    lead->updated_ms = w->now_ms;
    lead->account_claim = claim_of(lead);
    return write_lead(w, lead) && lead_step_note(w, lead)
        && account_follow(w, lead->id, &before, &lead->account_claim);
}

static const char update_score[] =
    "UPDATE lead SET score = $4, score_lines = $5, rescore_ms = $6"
    " WHERE workspace_id = $1 AND id = $2 AND version = $3";

bool
lead_save_score(struct work *w, const struct lead *lead)
{
    int64_t changed = 0;

    warm_forget(w, WARM_LEADS, lead->id);
    if (!work_run(w, update_score,
                  DB_VALUES(db_id(w->workspace), db_id(lead->id),
                            db_int(lead->version), db_int(lead->score),
                            db_text(lead->score_lines),
                            db_int_or_null(lead->rescore_ms)),
                  &changed))
        return false;
    return changed == 1
        || fail(w, ERR_CONFLICT, "The lead has changed since it was read.");
}

static const char update_custom[] =
    "UPDATE lead SET custom = $3 WHERE workspace_id = $1 AND id = $2";

bool
lead_save_custom(struct work *w, const struct lead *lead)
{
    warm_forget(w, WARM_LEADS, lead->id);
    return work_run(w, update_custom,
                    DB_VALUES(db_id(w->workspace), db_id(lead->id),
                              db_text(lead->custom_folded)),
                    NULL);
}

/* What tags_folded wrote: what stands between the separators. */
static void
read_touch_kinds(struct arena *arena, struct lead *lead, struct str column)
{
    struct str *kinds = ARENA_ARRAY(arena, struct str, column.bytes);
    size_t begin = 1;
    int count = 0;

    for (size_t i = 1; i < column.bytes; i++)
        if (column.data[i] == '\x1f') {
            kinds[count++] = str_slice(column, begin, i);
            begin = i + 1;
        }
    lead_set_touch_kinds(lead, arena, kinds, count);
}

static bool
read_row(struct work *w, const struct db_rows *rows, int row, struct lead *lead)
{
    const struct lead_stage *stage =
        lead_stage_of(w, db_get_text(rows, row, 2));
    struct json_error error;
    const struct json *facts =
        json_parse(w->arena, db_get_text(rows, row, 16), &error);

    if (stage == NULL || facts == NULL)
        return fail(w, ERR_INTERNAL, "Lead %s cannot be read from the store.",
                    id_show(db_get_id(rows, row, 0)).text);
    *lead = (struct lead){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .stage = arena_cstr(w->arena, str_of(stage->name)),
        .meaning = stage->meaning,
        .owner = { str_is(db_get_text(rows, row, 3), "rep") ? OWNER_REP
                                                            : OWNER_QUEUE,
                   db_get_id(rows, row, 4) },
        .owner_version = db_get_int(rows, row, 5),
        .pinned_until_ms = db_get_int(rows, row, 6),
        .score = db_get_int(rows, row, 7),
        .score_lines = db_get_text(rows, row, 8),
        .created_ms = db_get_int(rows, row, 9),
        .updated_ms = db_get_int(rows, row, 10),
        .assigned_ms = db_get_int(rows, row, 11),
        .first_assigned_ms = db_get_int(rows, row, 12),
        .first_response_ms = db_get_int(rows, row, 13),
        .response_due_ms = db_get_int(rows, row, 14),
        .late_count = db_get_int(rows, row, 15),
        .returns = db_get_int(rows, row, 19),
        .last_return_ms = db_get_int(rows, row, 20),
        .touches = db_get_int(rows, row, 21),
        .last_touch_ms = db_get_int(rows, row, 22),
        .rescore_ms = db_get_int(rows, row, 24),
        .sequence_state = (enum lead_sequence)db_get_int(rows, row, 27),
        .asked_again_ms = db_get_int(rows, row, 29),
        .reminded_ms = db_get_int(rows, row, 30),
        .rule = db_get_text(rows, row, 31),
        .first_rep_ms = db_get_int(rows, row, 32),
        .promise = (enum lead_promise)db_get_int(rows, row, 33),
        .erased_ms = db_get_int(rows, row, 34),
    };
    lead_facts_read(w->arena, lead, facts);
    if (lead->custom != NULL && !custom_refresh(w, lead))
        return false;
    lead->email_key = read_key(rows, row, 17, &lead->facts[LEAD_EMAIL]);
    lead->phone_key = read_key(rows, row, 18, &lead->facts[LEAD_PHONE]);
    lead->account = db_get_id(rows, row, 25);
    lead->account_name = db_get_text(rows, row, 26);
    lead->merged_into = db_get_id(rows, row, 28);
    lead->account_claim = claim_of(lead);
    if (!db_is_null(rows, row, 23))
        read_touch_kinds(w->arena, lead, db_get_text(rows, row, 23));
    lead_refresh(lead);
    lead->stored = lead_view(lead);
    return true;
}

bool
lead_load(struct work *w, struct id id, struct lead *lead)
{
    return lead_load_shell(w, id, lead)
        && (lead->erased_ms == 0
            || fail(w, ERR_NOT_FOUND, "Lead %s was erased.", id_show(id).text));
}

bool
lead_load_shell(struct work *w, struct id id, struct lead *lead)
{
    struct db_rows rows;
    int row = 0;

    if (warm_find(w, WARM_LEADS, id, &rows, &row))
        return read_row(w, &rows, row, lead);
    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no lead %s.", id_show(id).text);
    return read_row(w, &rows, 0, lead);
}

bool
lead_warm(struct work *w, const struct warm_wanted *wanted)
{
    struct db_rows rows;

    if (!warm_read(w, select_many, wanted, &rows))
        return false;
    warm_keep(w, WARM_LEADS, &rows, 0);
    return true;
}

/* All that is a field goes; what it was counted as stays. */
static const char erase_one[] =
    "UPDATE lead SET version = version + 1, updated_ms = $3, erased_ms = $3,"
    " merged_into = 0, facts = '{}', score = 0, score_lines = '[]',"
    " pinned_until_ms = NULL, response_due_ms = NULL, rescore_ms = NULL,"
    " asked_again_ms = NULL, account_id = NULL, custom = NULL,"
    " email_key = NULL, phone_key = NULL, name = NULL, email = NULL,"
    " phone = NULL, company = NULL, job_title = NULL, website = NULL,"
    " country = NULL, region = NULL, city = NULL, postal_code = NULL,"
    " address = NULL, language = NULL, time_zone = NULL, ip = NULL,"
    " source = NULL, campaign = NULL, medium = NULL, referrer = NULL,"
    " page = NULL, industry = NULL, employees = NULL, product = NULL,"
    " segment = NULL, use_case = NULL, deal_value = NULL, currency = NULL,"
    " tags = NULL, message = NULL, birthday = NULL, next_step = NULL,"
    " external_id = NULL, ip_key = NULL"
    " WHERE workspace_id = $1 AND id = $2";

bool
lead_erase(struct work *w, const struct lead *lead)
{
    const struct account_claim nobody = { 0 };

    warm_forget(w, WARM_LEADS, lead->id);
    return work_run(w, erase_one,
                    DB_VALUES(db_id(w->workspace), db_id(lead->id),
                              db_int(w->now_ms)),
                    NULL)
        && account_follow(w, lead->id, &lead->account_claim, &nobody);
}

static bool
read_rows(struct work *w, const struct db_rows *rows, struct lead **leads)
{
    *leads = ARENA_ARRAY(w->arena, struct lead, (size_t)rows->count);
    for (int i = 0; i < rows->count; i++)
        if (!read_row(w, rows, i, &(*leads)[i]))
            return false;
    return true;
}

bool
lead_select(struct work *w, struct str where, const struct db_value *values,
            int count, struct lead **leads, int *found)
{
    struct text sql = text_new(w->arena);
    struct db_rows rows;

    text_add_cstr(&sql, SELECT_LEAD " ");
    text_add(&sql, where);
    if (!work_query_text(w, text_str(&sql), values, count, &rows))
        return false;
    *found = rows.count;
    return read_rows(w, &rows, leads);
}

bool
lead_select_ids(struct work *w, const struct id *ids, int count,
                struct lead **leads, int *found)
{
    struct db_value *values =
        ARENA_ARRAY(w->arena, struct db_value, (size_t)count + 1);
    struct text where = text_new(w->arena);

    *found = 0;
    if (count == 0)
        return true;
    values[0] = db_id(w->workspace);
    text_add_cstr(&where, "WHERE workspace_id = $1 AND id IN (");
    for (int i = 0; i < count; i++) {
        text_format(&where, i > 0 ? ", $%d" : "$%d", i + 2);
        values[i + 1] = db_id(ids[i]);
    }
    text_add_cstr(&where, ") AND merged_into IS NULL ORDER BY id");
    return lead_select(w, text_str(&where), values, count + 1, leads, found);
}

/* Many ids in one value: SQLite takes a time for names like $1234 that grows
 * with the square of how many there are. */
static const struct {
    const char *among;
    char open, close;
} id_lists[] = {
    [DB_SQLITE] = { "(SELECT value FROM json_each($2))", '[', ']' },
    [DB_POSTGRES] = { "(SELECT unnest(CAST($2 AS BIGINT[])))", '{', '}' },
};

static struct str
id_list(struct arena *arena, enum db_engine engine, const struct id *ids,
        int count)
{
    struct text list = text_new(arena);

    text_add_char(&list, id_lists[engine].open);
    for (int i = 0; i < count; i++)
        text_format(&list, i > 0 ? ",%ld" : "%ld", (long)ids[i].value);
    text_add_char(&list, id_lists[engine].close);
    return text_str(&list);
}

bool
lead_select_columns(struct work *w, struct str columns, const struct id *ids,
                    int count, struct db_rows *rows)
{
    const enum db_engine engine = db_engine(w->db);
    struct str sql = arena_format(
        w->arena,
        "SELECT %.*s FROM lead WHERE workspace_id = $1 AND id IN %s"
        "   AND merged_into IS NULL ORDER BY id",
        STR_ARG(columns), id_lists[engine].among);

    *rows = (struct db_rows){ 0 };
    return count == 0
        || work_query_text(
               w, sql,
               DB_VALUES(db_id(w->workspace),
                         db_text(id_list(w->arena, engine, ids, count))),
               rows);
}

bool
lead_count(struct work *w, struct str where, const struct db_value *values,
           int count, int64_t *found)
{
    struct text sql = text_new(w->arena);
    struct db_rows rows;

    text_add_cstr(&sql, "SELECT count(*) FROM (SELECT id FROM lead ");
    text_add(&sql, where);
    text_add_cstr(&sql, ") AS found");
    if (!work_query_text(w, text_str(&sql), values, count, &rows))
        return false;
    *found = db_get_int(&rows, 0, 0);
    return true;
}

bool
lead_find_place(struct work *w, const char *column, struct str where,
                const struct db_value *values, int count, int64_t *value,
                struct id *id, bool *found)
{
    struct text sql = text_new(w->arena);
    struct db_rows rows;

    text_format(&sql, "SELECT %s, id FROM lead ", column);
    text_add(&sql, where);
    if (!work_query_text(w, text_str(&sql), values, count, &rows))
        return false;
    *found = rows.count > 0;
    if (*found) {
        *value = db_get_int(&rows, 0, 0);
        *id = db_get_id(&rows, 0, 1);
    }
    return true;
}

bool
lead_find_value(struct work *w, const char *column, struct id id,
                struct str *value)
{
    struct text sql = text_new(w->arena);
    struct db_rows rows;

    text_format(&sql,
                "SELECT CAST(%s AS TEXT) FROM lead"
                " WHERE workspace_id = $1 AND id = $2",
                column);
    if (!work_query_text(w, text_str(&sql),
                         DB_VALUES(db_id(w->workspace), db_id(id)), &rows))
        return false;
    *value = rows.count == 0 ? STR_NONE : db_get_text(&rows, 0, 0);
    return true;
}

/* ------------------------------------------------------------------ keys */

static const char select_keys[] =
    "SELECT id, COALESCE(email_key, email), COALESCE(phone_key, phone)"
    "  FROM lead WHERE workspace_id = $1 AND id > $2 ORDER BY id";

struct keys_wanted {
    bool (*each)(void *context, struct id lead, struct str email_key,
                 struct str phone_key);
    void *context;
};

static bool
give_keys(void *context, const struct db_rows *row)
{
    struct keys_wanted *wanted = context;

    return wanted->each(wanted->context, db_get_id(row, 0, 0),
                        db_get_text(row, 0, 1), db_get_text(row, 0, 2));
}

bool
lead_keys_after(struct work *w, struct id after,
                bool (*each)(void *context, struct id lead,
                             struct str email_key, struct str phone_key),
                void *context)
{
    struct keys_wanted wanted = { each, context };
    struct arena row;

    arena_init(&row);
    bool ok = db_each(w->db, &row, select_keys,
                      DB_VALUES(db_id(w->workspace), db_int(after.value)),
                      give_keys, &wanted);
    arena_free(&row);
    return ok || fail_db(w);
}

/* ------------------------------------------------------------------- tags */

static const char select_sets[] =
    "SELECT tags, count(*), max(id) FROM lead"
    " WHERE workspace_id = $1 AND tags IS NOT NULL AND merged_into IS NULL"
    " GROUP BY tags ORDER BY tags LIMIT $2";

bool
tag_sets(struct work *w, struct tag_set **sets, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_sets,
                    DB_VALUES(db_id(w->workspace), db_int(TAG_SETS_MAX)),
                    &rows))
        return false;
    *count = rows.count;
    *sets = ARENA_ARRAY(w->arena, struct tag_set, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*sets)[i] = (struct tag_set){
            .folded = db_get_text(&rows, i, 0),
            .leads = db_get_int(&rows, i, 1),
            .newest = db_get_id(&rows, i, 2),
        };
    return true;
}
