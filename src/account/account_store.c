/* account_store: the account table, and what a thread remembers of it. */
#include "src/account/account.h"

#include "lib/base/text.h"
#include "lib/db/array.h"
#include "src/workspace/cache.h"

enum {
    REMEMBERED_MAX = 20000, /* accounts; then the memory begins anew */
    LOOKED_AT_MAX = 20000,  /* of a page: rows that are compared at most */
};

#define ACCOUNT_COLUMNS                                                \
    "id, version, name, name_key, domain, parent_id, family_id,"       \
    " owner_id, country, industry, employees, created_ms, updated_ms," \
    " removed_ms, lead_count, newest_entry, served_by, served_lead"

#define SELECT_ACCOUNT "SELECT " ACCOUNT_COLUMNS " FROM account"

static const char select_one[] =
    SELECT_ACCOUNT " WHERE workspace_id = $1 AND id = $2";

static const char select_family[] =
    SELECT_ACCOUNT " WHERE workspace_id = $1 AND family_id = $2"
                   "   AND removed_ms IS NULL"
                   " ORDER BY id";

/* PostgreSQL only: all of a group at once. */
static const char select_many[] =
    SELECT_ACCOUNT " WHERE workspace_id = $1"
                   "   AND id = ANY (CAST($2 AS BIGINT[]))";

static const char select_keys[] =
    "SELECT id, name_key, domain FROM account"
    " WHERE workspace_id = $1 AND id > $2 ORDER BY id";

static const struct db_insert insert_account = {
    "account", "workspace_id, " ACCOUNT_COLUMNS, "iiitttiiittiiiiiiii"
};

static const char update_settings[] =
    "UPDATE account SET version = version + 1, name = $4, name_key = $5,"
    "   domain = $6, parent_id = $7, family_id = $8, owner_id = $9,"
    "   country = $10, industry = $11, employees = $12, updated_ms = $13,"
    "   removed_ms = $14"
    " WHERE workspace_id = $1 AND id = $2 AND version = $3";

/* What leads bring about: no version moves. */
static const char update_served[] =
    "UPDATE account SET name = $3, name_key = $4, domain = $5,"
    "   family_id = $6, lead_count = $7, newest_entry = $8, served_by = $9,"
    "   served_lead = $10"
    " WHERE workspace_id = $1 AND id = $2";

static const char select_child[] =
    "SELECT 1 FROM account"
    " WHERE workspace_id = $1 AND family_id = $2 AND parent_id = $3"
    "   AND removed_ms IS NULL LIMIT 1";

/* -------------------------------------------------------------- the memory */

void
account_memory_free(struct account_memory *memory)
{
    arena_free(&memory->arena);
    hash_map_free(&memory->accounts);
    hash_map_free(&memory->families);
    hash_map_free(&memory->keys);
}

void
account_memory_forget(struct account_memory *memory)
{
    arena_reset(&memory->arena);
    hash_map_clear(&memory->accounts);
    hash_map_clear(&memory->families);
    hash_map_clear(&memory->keys);
    memory->changed = NULL;
}

void
account_memory_trim(struct account_memory *memory)
{
    if (memory->accounts.count > REMEMBERED_MAX)
        account_memory_forget(memory);
}

static struct account_memory *
memory_of(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    return cache == NULL ? NULL : &cache->accounts;
}

static struct account *
remembered(const struct account_memory *memory, struct id id)
{
    return (struct account *)(intptr_t)hash_map_get(&memory->accounts,
                                                    id.value);
}

static struct account *
remember(struct account_memory *memory, const struct account *account)
{
    struct account *kept = ARENA_NEW(&memory->arena, struct account);

    *kept = *account;
    kept->name = arena_str(&memory->arena, account->name);
    kept->name_key = arena_str(&memory->arena, account->name_key);
    kept->domain = arena_str(&memory->arena, account->domain);
    kept->country = arena_str(&memory->arena, account->country);
    kept->industry = arena_str(&memory->arena, account->industry);
    hash_map_put(&memory->accounts, account->id.value, (intptr_t)kept);
    return kept;
}

static struct account
read_row(const struct db_rows *rows, int row)
{
    return (struct account){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .name = db_get_text(rows, row, 2),
        .name_key = db_get_text(rows, row, 3),
        .domain = db_get_text(rows, row, 4),
        .parent = db_get_id(rows, row, 5),
        .family = db_get_id(rows, row, 6),
        .owner = db_get_id(rows, row, 7),
        .country = db_get_text(rows, row, 8),
        .industry = db_get_text(rows, row, 9),
        .employees = db_get_int(rows, row, 10),
        .created_ms = db_get_int(rows, row, 11),
        .updated_ms = db_get_int(rows, row, 12),
        .removed = !db_is_null(rows, row, 13),
        .lead_count = db_get_int(rows, row, 14),
        .newest_entry = db_get_id(rows, row, 15),
        .served_by = db_get_id(rows, row, 16),
        .served_lead = db_get_id(rows, row, 17),
    };
}

/* What is remembered is newer than what is stored. */
static struct account *
remember_row(struct account_memory *memory, const struct db_rows *rows, int row)
{
    struct account account = read_row(rows, row);
    struct account *known = remembered(memory, account.id);

    return known != NULL ? known : remember(memory, &account);
}

bool
account_find(struct work *w, struct id id, struct account **account)
{
    struct account_memory *memory = memory_of(w);
    struct db_rows rows;

    if (memory == NULL)
        return false;
    *account = remembered(memory, id);
    if (*account != NULL)
        return true;
    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no account %s.",
                    id_show(id).text);
    *account = remember_row(memory, &rows, 0);
    return true;
}

bool
account_warm(struct work *w, const struct id *ids, int count)
{
    struct account_memory *memory = memory_of(w);
    struct text list = text_new(w->arena);
    struct db_rows rows;

    if (memory == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        if (remembered(memory, ids[i]) != NULL)
            continue;
        text_add_char(&list, list.bytes == 0 ? '{' : ',');
        text_add_int(&list, ids[i].value);
    }
    if (list.bytes == 0)
        return true;
    text_add_char(&list, '}');
    if (!work_query(w, select_many,
                    DB_VALUES(db_id(w->workspace), db_text(text_str(&list))),
                    &rows))
        return false;
    for (int i = 0; i < rows.count; i++)
        remember_row(memory, &rows, i);
    return true;
}

bool
account_remember_key(struct work *w, int64_t key, struct id id)
{
    struct account_memory *memory = memory_of(w);

    if (memory == NULL)
        return false;
    if (remembered(memory, id) != NULL)
        hash_map_put(&memory->keys, key, id.value);
    return true;
}

struct account *
account_by_key(struct work *w, int64_t key)
{
    struct account_memory *memory = memory_of(w);
    struct id id = { memory == NULL ? 0 : hash_map_get(&memory->keys, key) };

    return id_is_none(id) ? NULL : remembered(memory, id);
}

/* ------------------------------------------------------------------ changes */

bool
account_new(struct work *w, struct str name, struct str name_key,
            struct str domain, struct account **account)
{
    struct account_memory *memory = memory_of(w);
    const struct account made = {
        .id = work_id(w),
        .name = name,
        .name_key = name_key,
        .domain = domain,
        .created_ms = w->now_ms,
        .updated_ms = w->now_ms,
    };

    if (memory == NULL)
        return false;
    *account = remember(memory, &made);
    return true;
}

bool
account_learn(struct work *w, struct account *account, struct str name,
              struct str name_key, struct str domain)
{
    struct account_memory *memory = memory_of(w);

    if (memory == NULL)
        return false;
    account->name = arena_str(&memory->arena, name);
    account->name_key = arena_str(&memory->arena, name_key);
    account->domain = arena_str(&memory->arena, domain);
    account_has_changed(memory, account);
    return true;
}

bool
account_change(struct work *w, struct account *account,
               const struct account *settings)
{
    struct account_memory *memory = memory_of(w);

    if (memory == NULL)
        return false;
    account->name = arena_str(&memory->arena, settings->name);
    account->name_key = arena_str(&memory->arena, settings->name_key);
    account->domain = arena_str(&memory->arena, settings->domain);
    account->country = arena_str(&memory->arena, settings->country);
    account->industry = arena_str(&memory->arena, settings->industry);
    account->employees = settings->employees;
    account->owner = settings->owner;
    return true;
}

static bool
insert(struct work *w, struct account *account)
{
    account->version = 1;
    return work_insert(
        w, &insert_account,
        DB_VALUES(
            db_id(w->workspace), db_id(account->id), db_int(account->version),
            db_text(account->name), db_text(account->name_key),
            db_text(account->domain), db_id(account->parent),
            db_id(account->family), db_id(account->owner),
            db_text(account->country), db_text(account->industry),
            db_int_or_null(account->employees), db_int(account->created_ms),
            db_int(account->updated_ms), db_int_or_null(0),
            db_int(account->lead_count), db_id(account->newest_entry),
            db_id(account->served_by), db_id(account->served_lead)));
}

bool
account_save(struct work *w, struct account *account)
{
    int64_t changed = 0;

    account->updated_ms = w->now_ms;
    if (account->version == 0)
        return insert(w, account);
    if (!work_run(w, update_settings,
                  DB_VALUES(db_id(w->workspace), db_id(account->id),
                            db_int(account->version), db_text(account->name),
                            db_text(account->name_key),
                            db_text(account->domain), db_id(account->parent),
                            db_id(account->family), db_id(account->owner),
                            db_text(account->country),
                            db_text(account->industry),
                            db_int_or_null(account->employees),
                            db_int(account->updated_ms),
                            db_int_or_null(account->removed ? w->now_ms : 0)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT,
                    "The account has changed since it was read.");
    account->version++;
    return true;
}

static bool
has_child(struct work *w, const struct account *account, bool *has)
{
    struct db_rows rows;

    if (!work_query(w, select_child,
                    DB_VALUES(db_id(w->workspace), db_id(account->family),
                              db_id(account->id)),
                    &rows))
        return false;
    *has = rows.count > 0;
    return true;
}

bool
account_remove(struct work *w, struct account *account)
{
    struct account_memory *memory = memory_of(w);
    bool parent = false;

    if (memory == NULL || !has_child(w, account, &parent))
        return false;
    if (account->lead_count > 0)
        return fail(w, ERR_CONFLICT,
                    "The account still has %ld leads: they would stand "
                    "without their company.",
                    (long)account->lead_count);
    if (parent)
        return fail(w, ERR_CONFLICT,
                    "Other accounts have this one as their parent.");
    account->removed = true;
    account->parent = account->family = ID_NONE;
    hash_map_clear(&memory->families);
    return account_save(w, account);
}

bool
account_erase(struct work *w, struct account *account)
{
    account->name = account->name_key = STR("");
    account->domain = account->country = account->industry = STR_NONE;
    account->employees = 0;
    return account_remove(w, account);
}

static bool
write_one(struct work *w, const struct account *account)
{
    return work_run(
        w, update_served,
        DB_VALUES(db_id(w->workspace), db_id(account->id),
                  db_text(account->name), db_text(account->name_key),
                  db_text(account->domain), db_id(account->family),
                  db_int(account->lead_count), db_id(account->newest_entry),
                  db_id(account->served_by), db_id(account->served_lead)),
        NULL);
}

void
account_has_changed(struct account_memory *memory, struct account *account)
{
    if (account->changed)
        return;
    account->changed = true;
    account->next_changed = memory->changed;
    memory->changed = account;
}

/* PostgreSQL: all of a group in one statement. */
static const char update_served_many[] =
    "UPDATE account AS a SET name = v.name, name_key = v.name_key,"
    "   domain = v.domain, family_id = v.family_id,"
    "   lead_count = v.lead_count, newest_entry = v.newest_entry,"
    "   served_by = v.served_by, served_lead = v.served_lead"
    "  FROM (SELECT unnest(CAST($2 AS BIGINT[])) AS id,"
    "               unnest(CAST($3 AS TEXT[])) AS name,"
    "               unnest(CAST($4 AS TEXT[])) AS name_key,"
    "               unnest(CAST($5 AS TEXT[])) AS domain,"
    "               unnest(CAST($6 AS BIGINT[])) AS family_id,"
    "               unnest(CAST($7 AS BIGINT[])) AS lead_count,"
    "               unnest(CAST($8 AS BIGINT[])) AS newest_entry,"
    "               unnest(CAST($9 AS BIGINT[])) AS served_by,"
    "               unnest(CAST($10 AS BIGINT[])) AS served_lead) AS v"
    " WHERE a.workspace_id = $1 AND a.id = v.id";

enum { SERVED_COLUMNS = 9 };

static void
add_served(struct db_array columns[SERVED_COLUMNS],
           const struct account *account)
{
    db_array_id(&columns[0], account->id);
    db_array_text(&columns[1], account->name);
    db_array_text(&columns[2], account->name_key);
    db_array_text(&columns[3], account->domain);
    db_array_id(&columns[4], account->family);
    db_array_int(&columns[5], account->lead_count);
    db_array_id(&columns[6], account->newest_entry);
    db_array_id(&columns[7], account->served_by);
    db_array_id(&columns[8], account->served_lead);
}

static bool
write_together(struct work *w, const struct account *first)
{
    struct db_value values[1 + SERVED_COLUMNS] = { db_id(w->workspace) };
    struct db_array columns[SERVED_COLUMNS];

    for (int i = 0; i < SERVED_COLUMNS; i++)
        columns[i] = db_array_new(w->arena);
    for (; first != NULL; first = first->next_changed)
        if (first->version > 0)
            add_served(columns, first);
    for (int i = 0; i < SERVED_COLUMNS; i++)
        values[i + 1] = db_array_value(&columns[i]);
    return work_run(w, update_served_many, values, 1 + SERVED_COLUMNS, NULL);
}

static bool
write_each(struct work *w, const struct account *first)
{
    for (; first != NULL; first = first->next_changed)
        if (first->version > 0 && !write_one(w, first))
            return false;
    return true;
}

bool
account_write_changed(struct work *w, struct account_memory *memory)
{
    struct account *first = memory->changed;

    if (first == NULL)
        return true;
    bool ok = db_engine(w->db) == DB_POSTGRES ? write_together(w, first)
                                              : write_each(w, first);
    for (; first != NULL; first = first->next_changed)
        first->changed = false;
    memory->changed = NULL;
    return ok;
}

/* ------------------------------------------------------------------ reading */

static bool
read_all(struct work *w, struct account_memory *memory,
         const struct db_rows *rows, struct account_family *family)
{
    family->members =
        ARENA_ARRAY(&memory->arena, struct account *, (size_t)rows->count + 1);
    family->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        family->members[i] = remember_row(memory, rows, i);
    return w->error.kind == ERR_NONE;
}

static void
family_of_one(struct work *w, const struct account *account,
              struct account_family *family)
{
    family->members = ARENA_NEW(w->arena, struct account *);
    family->members[0] = (struct account *)account;
    family->count = 1;
}

bool
account_family(struct work *w, const struct account *account,
               struct account_family *family)
{
    struct account_memory *memory = memory_of(w);
    struct db_rows rows;

    if (memory == NULL)
        return false;
    if (id_is_none(account->family)) {
        family_of_one(w, account, family);
        return true;
    }
    struct account_family *known =
        (struct account_family *)(intptr_t)hash_map_get(&memory->families,
                                                        account->family.value);
    if (known == NULL) {
        if (!work_query(w, select_family,
                        DB_VALUES(db_id(w->workspace), db_id(account->family)),
                        &rows))
            return false;
        known = ARENA_NEW(&memory->arena, struct account_family);
        if (!read_all(w, memory, &rows, known))
            return false;
        hash_map_put(&memory->families, account->family.value, (intptr_t)known);
    }
    *family = *known;
    return true;
}

/* The newest rows are compared, so many at most; the words are looked for in
 * both texts. */
static struct str
list_sql(struct work *w, bool with_text)
{
    const char *position = db_engine(w->db) == DB_SQLITE ? "instr" : "strpos";

    if (!with_text)
        return STR(SELECT_ACCOUNT
                   " WHERE workspace_id = $1 AND id < $2"
                   "   AND removed_ms IS NULL ORDER BY id DESC LIMIT $3");
    return arena_format(
        w->arena,
        "SELECT " ACCOUNT_COLUMNS " FROM (SELECT * FROM account"
        " WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT %d)"
        " AS newest WHERE removed_ms IS NULL AND (%s(name_key, $4) > 0"
        " OR %s(lower(name), $5) > 0 OR %s(COALESCE(domain, ''), $5) > 0)"
        " ORDER BY id DESC LIMIT $3",
        LOOKED_AT_MAX, position, position, position);
}

static const char select_edge[] =
    "SELECT id FROM account WHERE workspace_id = $1 AND id < $2"
    " ORDER BY id DESC LIMIT 1 OFFSET $3";

/* Where the rows end that were looked at; none: all were. */
static bool
find_edge(struct work *w, struct id before, struct id *edge)
{
    struct db_rows rows;

    if (!work_query(w, select_edge,
                    DB_VALUES(db_id(w->workspace), db_id(before),
                              db_int(LOOKED_AT_MAX - 1)),
                    &rows))
        return false;
    *edge = rows.count == 0 ? ID_NONE : db_get_id(&rows, 0, 0);
    return true;
}

bool
account_list(struct work *w, const struct account_query *query,
             struct account **list, int *count, struct id *next)
{
    bool with_text = !str_is_empty(query->text);
    struct id before =
        id_is_none(query->before) ? (struct id){ INT64_MAX } : query->before;
    const struct db_value values[] = { db_id(w->workspace), db_id(before),
                                       db_int(query->limit + 1),
                                       db_text(query->key),
                                       db_text(query->text) };
    struct db_rows rows;

    *next = ID_NONE;
    if (!work_query_text(w, list_sql(w, with_text), values, with_text ? 5 : 3,
                         &rows)
        || (with_text && !find_edge(w, before, next)))
        return false;
    *count = rows.count > query->limit ? query->limit : rows.count;
    *list = ARENA_ARRAY(w->arena, struct account, (size_t)*count);
    for (int i = 0; i < *count; i++)
        (*list)[i] = read_row(&rows, i);
    if (rows.count > query->limit)
        *next = (*list)[*count - 1].id;
    return true;
}

struct keys_wanted {
    bool (*each)(void *context, struct id account, struct str name_key,
                 struct str domain);
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
account_keys_after(struct work *w, struct id after,
                   bool (*each)(void *context, struct id account,
                                struct str name_key, struct str domain),
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
