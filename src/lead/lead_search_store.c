/*
 * lead_search_store: the tables of the search index. The engines differ in
 * how they keep grams: SQLite in an FTS5 table without content, PostgreSQL
 * in an array with a GIN index. The grams are the same.
 */
#include "src/lead/lead_search_store.h"

#include "src/lead/erasure.h"
#include "src/lead/lead_search.h"

/* FTS5 walks from the newest on and stops; grams are words of its own. */
static const char sqlite_candidates[] =
    "SELECT s.lead_id, s.text"
    "  FROM lead_search_index i CROSS JOIN lead_search s"
    "    ON s.lead_id = i.rowid"
    " WHERE i.lead_search_index MATCH $2 AND i.rowid < $3"
    "   AND s.workspace_id = $1"
    " ORDER BY i.rowid DESC LIMIT $4";

/*
 * GIN has no order: it finds all that match, and they are sorted. That is
 * right for what few leads have. What many have is found sooner by walking
 * from the newest on, and some of the newest tell which of the two it is.
 */
static const char postgres_walk[] =
    "SELECT lead_id, text FROM"
    "  (SELECT lead_id, text, grams FROM lead_search"
    "    WHERE workspace_id = $1 AND lead_id < $3"
    "    ORDER BY lead_id DESC LIMIT $5) AS newest"
    " WHERE grams @> CAST($2 AS INTEGER[])"
    " ORDER BY lead_id DESC LIMIT $4";
static const char postgres_edge[] = "SELECT lead_id FROM lead_search"
                                    " WHERE workspace_id = $1 AND lead_id < $2"
                                    " ORDER BY lead_id DESC LIMIT 1 OFFSET $3";
static const char postgres_all[] =
    "WITH found AS MATERIALIZED"
    "  (SELECT lead_id, text FROM lead_search"
    "    WHERE workspace_id = $1 AND grams @> CAST($2 AS INTEGER[])"
    "      AND lead_id < $3)"
    " SELECT lead_id, text FROM found ORDER BY lead_id DESC LIMIT $4";

static const char select_texts[] =
    "SELECT lead_id, text FROM lead_search WHERE workspace_id = $1"
    "   AND lead_id IN (";

static const char sqlite_put[] =
    "INSERT INTO lead_search (workspace_id, lead_id, text)"
    " VALUES ($1, $2, $3)"
    " ON CONFLICT (lead_id) DO UPDATE SET text = excluded.text";
static const char sqlite_forget[] =
    "INSERT INTO lead_search_index (lead_search_index, rowid, grams)"
    " VALUES ('delete', $1, $2)";
static const char sqlite_add[] =
    "INSERT INTO lead_search_index (rowid, grams) VALUES ($1, $2)";
static const char postgres_put[] =
    "INSERT INTO lead_search (workspace_id, lead_id, text, grams)"
    " VALUES ($1, $2, $3, CAST($4 AS INTEGER[]))"
    " ON CONFLICT (workspace_id, lead_id)"
    " DO UPDATE SET text = excluded.text, grams = excluded.grams";

static const char select_mark[] =
    "SELECT timeline_id FROM lead_search_mark WHERE workspace_id = $1";
static const char put_mark[] =
    "INSERT INTO lead_search_mark (workspace_id, timeline_id) VALUES ($1, $2)"
    " ON CONFLICT (workspace_id)"
    " DO UPDATE SET timeline_id = excluded.timeline_id";

enum {
    CANDIDATES_MAX = 400, /* of one answer */
    SAMPLE_ROWS = 1000,   /* of the newest; when so many of them match, */
    SAMPLE_MANY = 8,      /* many do */
    WALK_ROWS = 8000,     /* looked at for one answer, at most */
    WALK_MAX = 200,       /* found in one walk */
    TAIL_MAX = 2000,      /* entries behind the mark for one answer: a lead
                             that comes writes two or three */
};

/* ---------------------------------------------------------------- grams */

/* "00ff12ab 01..." for FTS5: its tokenizer splits at spaces. */
static struct str
sqlite_grams(struct arena *arena, const int32_t *grams, int count,
             const char *between)
{
    struct text text = text_new(arena);

    for (int i = 0; i < count; i++) {
        if (i > 0)
            text_add_cstr(&text, between);
        text_format(&text, "%08x", (unsigned)grams[i]);
    }
    return text_str(&text);
}

/* "{1,-2}" */
static struct str
postgres_grams(struct arena *arena, const int32_t *grams, int count)
{
    struct text text = text_new(arena);

    text_add_char(&text, '{');
    for (int i = 0; i < count; i++)
        text_format(&text, i > 0 ? ",%d" : "%d", (int)grams[i]);
    text_add_char(&text, '}');
    return text_str(&text);
}

static struct str
grams_of(struct work *w, struct str text)
{
    int32_t *grams = ARENA_ARRAY(w->arena, int32_t, LEAD_SEARCH_GRAMS_MAX);
    int count =
        lead_search_grams(w->workspace, text, grams, LEAD_SEARCH_GRAMS_MAX);

    if (db_engine(w->db) == DB_SQLITE)
        return sqlite_grams(w->arena, grams, count, " ");
    return postgres_grams(w->arena, grams, count);
}

/* -------------------------------------------------------------- finding */

static void
read_rows(struct work *w, const struct db_rows *rows, int limit,
          struct lead_search_found *found)
{
    *found = (struct lead_search_found){
        .rows =
            ARENA_ARRAY(w->arena, struct lead_search_row, (size_t)rows->count),
        .count = rows->count,
        .more = rows->count == limit,
    };
    for (int i = 0; i < rows->count; i++)
        found->rows[i] = (struct lead_search_row){ db_get_id(rows, i, 0),
                                                   db_get_text(rows, i, 1) };
    if (rows->count > 0)
        found->last = found->rows[rows->count - 1].lead;
}

static bool
ask_sqlite(struct work *w, struct str grams, struct id before,
           struct lead_search_found *found)
{
    struct db_rows rows;

    if (!work_query(w, sqlite_candidates,
                    DB_VALUES(db_id(w->workspace), db_text(grams),
                              db_id(before), db_int(CANDIDATES_MAX)),
                    &rows))
        return false;
    read_rows(w, &rows, CANDIDATES_MAX, found);
    return true;
}

static bool
walk(struct work *w, struct str grams, struct id before, int rows_max,
     struct db_rows *rows)
{
    return work_query(w, postgres_walk,
                      DB_VALUES(db_id(w->workspace), db_text(grams),
                                db_id(before), db_int(WALK_MAX),
                                db_int(rows_max)),
                      rows);
}

/* A walk that found few has come to its last row, or to the oldest lead. */
static bool
end_walk(struct work *w, struct id before, struct lead_search_found *found)
{
    struct db_rows rows;

    if (found->more)
        return true;
    if (!work_query(w, postgres_edge,
                    DB_VALUES(db_id(w->workspace), db_id(before),
                              db_int(WALK_ROWS - 1)),
                    &rows))
        return false;
    found->more = rows.count > 0;
    if (found->more)
        found->last = db_get_id(&rows, 0, 0);
    return true;
}

static bool
ask_postgres(struct work *w, struct str grams, struct id before,
             struct lead_search_found *found)
{
    struct db_rows rows;

    if (!walk(w, grams, before, SAMPLE_ROWS, &rows))
        return false;
    if (rows.count >= SAMPLE_MANY) {
        if (!walk(w, grams, before, WALK_ROWS, &rows))
            return false;
        read_rows(w, &rows, WALK_MAX, found);
        return end_walk(w, before, found);
    }
    if (!work_query(w, postgres_all,
                    DB_VALUES(db_id(w->workspace), db_text(grams),
                              db_id(before), db_int(CANDIDATES_MAX)),
                    &rows))
        return false;
    read_rows(w, &rows, CANDIDATES_MAX, found);
    return true;
}

bool
search_candidates(struct work *w, const int32_t *grams, int gram_count,
                  struct id before, struct lead_search_found *found)
{
    if (db_engine(w->db) == DB_SQLITE)
        return ask_sqlite(w, sqlite_grams(w->arena, grams, gram_count, " AND "),
                          before, found);
    return ask_postgres(w, postgres_grams(w->arena, grams, gram_count), before,
                        found);
}

/* The text of a lead whose columns these are. Tags stand in theirs with a
 * separator between them that separates words, too. */
static struct str
text_of_row(struct work *w, const struct db_rows *rows, int row,
            struct lead *lead)
{
    struct str tags = db_get_text(rows, row, 2);

    lead->facts[LEAD_PHONE].text = db_get_text(rows, row, 1);
    lead->facts[LEAD_TAGS].tags = &tags;
    lead->facts[LEAD_TAGS].tag_count = 1;
    for (int i = 0; i < LEAD_SEARCH_FIELDS; i++)
        lead->facts[lead_search_fields[i]].folded =
            db_get_text(rows, row, 3 + i);
    struct str text = lead_search_text(w->arena, lead);
    lead->facts[LEAD_TAGS].tags = NULL;
    return text;
}

/* "id, phone, tags, name, ...": columns are folded, so no JSON is read. */
static struct str
searched_columns(struct arena *arena)
{
    struct text columns = text_new(arena);

    text_add_cstr(&columns, "id, phone, tags");
    for (int i = 0; i < LEAD_SEARCH_FIELDS; i++)
        text_format(&columns, ", %s",
                    lead_fields[lead_search_fields[i]].column);
    return text_str(&columns);
}

/* Rows are in the order of ids; the newest comes first here. */
static bool
read_tail(struct work *w, const struct id *leads, int count,
          struct lead_search_found *tail)
{
    struct lead lead = { 0 }; /* one for all: it is large */
    struct db_rows rows;

    if (!lead_select_columns(w, searched_columns(w->arena), leads, count,
                             &rows))
        return false;
    tail->rows =
        ARENA_ARRAY(w->arena, struct lead_search_row, (size_t)rows.count);
    for (int i = rows.count - 1; i >= 0; i--)
        tail->rows[tail->count++] =
            (struct lead_search_row){ db_get_id(&rows, i, 0),
                                      text_of_row(w, &rows, i, &lead) };
    return true;
}

bool
search_tail(struct work *w, struct id before, struct lead_search_found *tail)
{
    struct timeline_changes changes = { 0 };
    int count = 0;

    *tail = (struct lead_search_found){ 0 };
    if (!search_mark_read(w, &changes.after)
        || !timeline_changes_newest(w, TAIL_MAX, &changes))
        return false;
    for (int i = 0; i < changes.count; i++)
        if (id_compare(changes.leads[i], before) < 0)
            changes.leads[count++] = changes.leads[i];
    tail->more = changes.more;
    return read_tail(w, changes.leads, count, tail);
}

/* -------------------------------------------------------------- feeding */

bool
search_texts(struct work *w, const struct id *leads, int count,
             struct str **texts)
{
    struct db_value *values =
        ARENA_ARRAY(w->arena, struct db_value, (size_t)count + 1);
    struct text sql = text_new(w->arena);
    struct db_rows rows;
    int row = 0;

    *texts = ARENA_ARRAY(w->arena, struct str, (size_t)count);
    if (count == 0)
        return true;
    values[0] = db_id(w->workspace);
    text_add_cstr(&sql, select_texts);
    for (int i = 0; i < count; i++) {
        text_format(&sql, i > 0 ? ", $%d" : "$%d", i + 2);
        values[i + 1] = db_id(leads[i]);
    }
    text_add_cstr(&sql, ") ORDER BY lead_id");
    if (!work_query_text(w, text_str(&sql), values, count + 1, &rows))
        return false;
    for (int i = 0; i < count; i++)
        if (row < rows.count && id_equal(db_get_id(&rows, row, 0), leads[i]))
            (*texts)[i] = db_get_text(&rows, row++, 1);
    return true;
}

static bool
put_sqlite(struct work *w, struct id lead, struct str before, struct str text)
{
    return work_run(w, sqlite_put,
                    DB_VALUES(db_id(w->workspace), db_id(lead), db_text(text)),
                    NULL)
        && (before.data == NULL
            || work_run(w, sqlite_forget,
                        DB_VALUES(db_id(lead), db_text(grams_of(w, before))),
                        NULL))
        && work_run(w, sqlite_add,
                    DB_VALUES(db_id(lead), db_text(grams_of(w, text))), NULL);
}

bool
search_put(struct work *w, struct id lead, struct str before, struct str text)
{
    if (db_engine(w->db) == DB_SQLITE)
        return put_sqlite(w, lead, before, text);
    return work_run(w, postgres_put,
                    DB_VALUES(db_id(w->workspace), db_id(lead), db_text(text),
                              db_text(grams_of(w, text))),
                    NULL);
}

static const char delete_text[] =
    "DELETE FROM lead_search WHERE workspace_id = $1 AND lead_id = $2";

bool
lead_search_erase(struct work *w, struct id lead)
{
    struct str *texts;

    if (!search_texts(w, &lead, 1, &texts))
        return false;
    if (texts[0].data == NULL)
        return true;
    if (db_engine(w->db) == DB_SQLITE
        && !work_run(w, sqlite_forget,
                     DB_VALUES(db_id(lead), db_text(grams_of(w, texts[0]))),
                     NULL))
        return false;
    return work_run(w, delete_text, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    NULL);
}

/* ----------------------------------------------------------------- mark */

bool
search_mark_read(struct work *w, struct id *mark)
{
    struct db_rows rows;

    if (!work_query(w, select_mark, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *mark = rows.count == 0 ? ID_NONE : db_get_id(&rows, 0, 0);
    return true;
}

bool
search_mark_write(struct work *w, struct id mark)
{
    return id_is_none(mark)
        || work_run(w, put_mark, DB_VALUES(db_id(w->workspace), db_id(mark)),
                    NULL);
}
