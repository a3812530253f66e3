/*
 * lead_list: builds the WHERE of a page from conditions and constants, and
 * keeps within its budget of rows. Values are always bound. Not for SQL of
 * its own (lead_store.c), not for finding text (lead_search.c).
 *
 * A page without a filter reads as many rows as it shows. With one, the
 * budget's last row is found in the index alone first; the page is what the
 * filter holds for up to there.
 */
#include "src/lead/lead_list.h"

#include "src/lead/lead_search.h"

enum { PLACES_MAX = 64 }; /* values beside those of filter and scope */

static bool list_all(struct work *, const struct lead_query *,
                     const struct lead_place *after, struct lead_page *);
static bool list_found(struct work *, const struct lead_query *,
                       const struct lead_place *after, struct lead_page *);
static bool count_as_usual(struct work *, const struct lead_query *,
                           struct lead_page *);
static bool find_total(struct work *, const struct lead_query *,
                       struct lead_page *);
static bool sees_nothing(const struct lead_query *);

const struct lead_sort lead_sorts[] = {
    { "-created_at", "created_ms", true, 5000, 2000 },
    { "created_at", "created_ms", false, 5000, 2000 },
    { "-score", "score", true, 2000, 1000 },
    { "score", "score", false, 2000, 1000 },
    { NULL, NULL, false, 0, 0 },
};

const struct lead_sort *
lead_sort_find(struct str name)
{
    for (const struct lead_sort *sort = lead_sorts; sort->name; sort++)
        if (str_is(name, sort->name))
            return sort;
    return NULL;
}

static bool
by_time(const struct lead_sort *sort)
{
    return sort == &lead_sorts[0] || sort == &lead_sorts[1];
}

/* Text that is found counts itself. */
bool
lead_list(struct work *w, const struct lead_query *query,
          struct lead_page *page)
{
    if (!lead_list_next(w, query, page))
        return false;
    if (sees_nothing(query) || !str_is_empty(query->text))
        return true;
    if (query->sort->own != LEAD_SORT_INDEXED)
        return count_as_usual(w, query, page);
    return find_total(w, query, page);
}

bool
lead_list_next(struct work *w, const struct lead_query *query,
               struct lead_page *page)
{
    struct lead_place place;
    const struct lead_place *after = NULL;

    *page = (struct lead_page){ .total_is_exact = true };
    if (query->cursor.data != NULL && query->sort->own == LEAD_SORT_INDEXED) {
        if (!lead_cursor_read(query->cursor, query->sort, &place))
            return lead_cursor_fault(w, query->sort);
        after = &place;
    }
    if (sees_nothing(query))
        return true;
    if (query->sort->own != LEAD_SORT_INDEXED)
        return lead_list_own(w, query, page);
    if (!str_is_empty(query->text))
        return list_found(w, query, after, page);
    return list_all(w, query, after, page);
}

static bool
sees_nothing(const struct lead_query *query)
{
    return !query->scope.all && query->scope.count == 0;
}

/* -------------------------------------------------------------- cursors */

bool
lead_cursor_fault(struct work *w, const struct lead_sort *sort)
{
    return fail_at(w, STR("/cursor"), "bad_cursor",
                   "This is no cursor of a list sorted by %s.", sort->name);
}

struct str
lead_cursor_write(struct arena *arena, const struct lead_sort *sort,
                  struct lead_place place)
{
    return arena_format(arena, "%s~%ld~%s", sort->name, (long)place.value,
                        id_show(place.id).text);
}

bool
lead_cursor_read(struct str cursor, const struct lead_sort *sort,
                 struct lead_place *place)
{
    struct str name;
    struct str value;

    return str_next(&cursor, '~', &name) && str_is(name, sort->name)
        && str_next(&cursor, '~', &value) && str_to_int64(value, &place->value)
        && id_parse(cursor, &place->id);
}

static struct lead_place
place_of(const struct lead *lead, const struct lead_sort *sort)
{
    return (struct lead_place){ by_time(sort) ? lead->created_ms : lead->score,
                                lead->id };
}

/* ------------------------------------------------------------- the text */

int
lead_where_bind(struct lead_where *where, struct db_value value)
{
    if (where->count == where->room) {
        where->full = true;
        return 1;
    }
    where->values[where->count] = value;
    return ++where->count;
}

/* The owner's index is in the order of ids, which is that of time. */
static bool
along_owner(const struct lead_query *query)
{
    return !query->scope.all && by_time(query->sort);
}

/* The leads of one owner in another order are sorted, not read along that
 * order's index: +score is no column, so its index is not looked for. */
static struct str
order_column(struct arena *arena, const struct lead_query *query)
{
    const char *sign = !query->scope.all ? "+" : "";

    return arena_format(arena, "%s%s", sign, query->sort->column);
}

static void
add_place(struct lead_where *where, const struct lead_query *query,
          const struct lead_place *place, const char *sign)
{
    if (along_owner(query)) {
        text_format(&where->sql, " AND id %s $%d", sign,
                    lead_where_bind(where, db_id(place->id)));
        return;
    }
    int value = lead_where_bind(where, db_int(place->value));
    struct str column = order_column(where->sql.arena, query);
    text_format(&where->sql, " AND (%.*s, id) %s ($%d, $%d)", STR_ARG(column),
                sign, value, lead_where_bind(where, db_id(place->id)));
}

/*
 * L6: indexes are chosen by the order of the list, never by the filter: an
 * expression such as +score is no column, so no index is looked for.
 */
static const struct field *
fields_without_indexes(struct arena *arena, const struct field *known)
{
    size_t count = 0;

    while (known[count].name != NULL)
        count++;
    struct field *fields = ARENA_ARRAY(arena, struct field, count + 1);
    for (size_t i = 0; i <= count; i++)
        fields[i] = known[i];
    fields[LEAD_OWNER].column = "+owner_id";
    fields[LEAD_SCORE].column = "+score";
    fields[LEAD_CREATED_AT].column = "+created_ms";
    return fields;
}

int
lead_range_parts(const struct lead_range *range,
                 struct lead_part parts[LEAD_PARTS_MAX])
{
    const struct lead_place *after = range->after;
    const struct lead_place *until = range->until;
    int count = 0;

    if (!range->query->scope.all) { /* few leads: compared as a whole */
        parts[0] = (struct lead_part){ 0 };
        return 1;
    }
    if (after != NULL && until != NULL && after->value == until->value) {
        parts[0] = (struct lead_part){ .equal = &after->value,
                                       .after = &after->id,
                                       .until = &until->id };
        return 1;
    }
    if (after != NULL)
        parts[count++] =
            (struct lead_part){ .equal = &after->value, .after = &after->id };
    parts[count++] =
        (struct lead_part){ .beyond = after == NULL ? NULL : &after->value,
                            .before = until == NULL ? NULL : &until->value };
    if (until != NULL)
        parts[count++] =
            (struct lead_part){ .equal = &until->value, .until = &until->id };
    return count;
}

static void
add_bound(struct lead_where *where, const char *column, const char *sign,
          const int64_t *value)
{
    if (value != NULL)
        text_format(&where->sql, " AND %s %s $%d", column, sign,
                    lead_where_bind(where, db_int(*value)));
}

static void
add_part(struct lead_where *where, const struct lead_query *query,
         const struct lead_part *part)
{
    bool descending = query->sort->descending;
    const char *column = query->sort->column;

    add_bound(where, column, "=", part->equal);
    add_bound(where, column, descending ? "<" : ">", part->beyond);
    add_bound(where, column, descending ? ">" : "<", part->before);
    if (part->after != NULL)
        add_bound(where, "id", descending ? "<" : ">", &part->after->value);
    if (part->until != NULL)
        add_bound(where, "id", descending ? ">=" : "<=", &part->until->value);
}

static void
add_filter(struct work *w, struct lead_where *where,
           const struct lead_query *query)
{
    text_add_cstr(&where->sql, " AND (");
    int added = condition_sql(
        query->filter, fields_without_indexes(w->arena, query->fields),
        db_engine(w->db), w->now_ms, &where->sql, where->values + where->count,
        where->count + 1, where->room - where->count);
    text_add_char(&where->sql, ')');
    if (added < 0)
        where->full = true;
    else
        where->count += added;
}

/* One owner is compared: that is how his index is found. */
static void
add_scope(struct lead_where *where, const struct lead_scope *scope)
{
    if (scope->count == 1) {
        text_format(&where->sql, " AND owner_id = $%d",
                    lead_where_bind(where, db_id(scope->people[0])));
        return;
    }
    for (int i = 0; i < scope->count; i++)
        text_format(&where->sql, i == 0 ? " AND owner_id IN ($%d" : ", $%d",
                    lead_where_bind(where, db_id(scope->people[i])));
    text_add_char(&where->sql, ')');
}

/* One name may stand for many values: they are counted before. */
static int
count_values(struct work *w, const struct lead_query *query)
{
    struct text unused = text_new(w->arena);

    if (query->filter == NULL)
        return 0;
    int count =
        condition_sql(query->filter, query->fields, db_engine(w->db), w->now_ms,
                      &unused, NULL, 1, LEAD_LIST_VALUES_MAX);
    return count < 0 ? 0 : count;
}

static void
begin_where(struct work *w, struct lead_where *where,
            const struct lead_query *query)
{
    int room = PLACES_MAX + query->scope.count + count_values(w, query);

    *where = (struct lead_where){
        .sql = text_new(w->arena),
        .values = ARENA_ARRAY(w->arena, struct db_value, (size_t)room),
        .room = room,
    };
    text_format(&where->sql, "WHERE workspace_id = $%d",
                lead_where_bind(where, db_id(w->workspace)));
    if (!query->scope.all)
        add_scope(where, &query->scope);
}

void
lead_where_part(struct work *w, struct lead_where *where,
                const struct lead_range *range, const struct lead_part *part)
{
    const struct lead_query *query = range->query;
    bool descending = query->sort->descending;

    begin_where(w, where, query);
    add_part(where, query, part);
    if (!query->scope.all && range->after != NULL)
        add_place(where, query, range->after, descending ? "<" : ">");
    if (!query->scope.all && range->until != NULL)
        add_place(where, query, range->until, descending ? ">=" : "<=");
    if (!id_is_none(range->oldest))
        add_bound(where, "id", ">=", &range->oldest.value);
    text_add_cstr(&where->sql, " AND merged_into IS NULL");
    if (query->filter != NULL)
        add_filter(w, where, query);
}

void
lead_where_order(struct lead_where *where, const struct lead_query *query,
                 int64_t limit, int64_t offset)
{
    const char *way = query->sort->descending ? " DESC" : "";
    struct str column = order_column(where->sql.arena, query);

    if (along_owner(query))
        text_format(&where->sql, " ORDER BY id%s", way);
    else
        text_format(&where->sql, " ORDER BY %.*s%s, id%s", STR_ARG(column), way,
                    way);
    text_format(&where->sql, " LIMIT $%d",
                lead_where_bind(where, db_int(limit)));
    if (offset > 0)
        text_format(&where->sql, " OFFSET $%d",
                    lead_where_bind(where, db_int(offset)));
}

bool
lead_where_fault(struct work *w)
{
    return fail_at(w, STR("/filter"), "too_many",
                   "The filter compares with more than %d values.",
                   LEAD_LIST_VALUES_MAX);
}

/* --------------------------------------------------------------- budget */

/* The place of the budget's last row, from the index alone; `*there` false:
 * the list ends before. */
static bool
find_edge(struct work *w, const struct lead_query *query,
          const struct lead_place *after, int rows, struct lead_place *edge,
          bool *there)
{
    struct lead_where where;

    begin_where(w, &where, query);
    if (after != NULL)
        add_place(&where, query, after, query->sort->descending ? "<" : ">");
    lead_where_order(&where, query, 1, rows - 1);
    return lead_find_place(w, query->sort->column, text_str(&where.sql),
                           where.values, where.count, &edge->value, &edge->id,
                           there);
}

/* Adds to the page until it has one more lead than it shows. */
static bool
read_part(struct work *w, const struct lead_range *range,
          const struct lead_part *part, struct lead_page *page)
{
    const int room = range->query->limit + 1 - page->count;
    struct lead_where where;
    struct lead *leads;
    int count;

    lead_where_part(w, &where, range, part);
    lead_where_order(&where, range->query, room, 0);
    if (where.full)
        return lead_where_fault(w);
    if (!lead_select(w, text_str(&where.sql), where.values, where.count, &leads,
                     &count))
        return false;
    for (int i = 0; i < count; i++)
        page->leads[page->count++] = leads[i];
    return true;
}

static bool
read_range(struct work *w, const struct lead_range *range,
           struct lead_page *page)
{
    const int room = range->query->limit + 1;
    struct lead_part parts[LEAD_PARTS_MAX];
    int count = lead_range_parts(range, parts);

    page->leads = ARENA_ARRAY(w->arena, struct lead, (size_t)room);
    for (int i = 0; i < count && page->count < room; i++)
        if (!read_part(w, range, &parts[i], page))
            return false;
    return true;
}

static bool
count_part(struct work *w, const struct lead_range *range,
           const struct lead_part *part, int64_t *total)
{
    const int64_t room = LEAD_LIST_TOTAL_MAX + 1 - *total;
    struct lead_where where;
    int64_t count;

    lead_where_part(w, &where, range, part);
    if (!range->query->scope.all && !by_time(range->query->sort))
        text_format(&where.sql, " LIMIT $%d",
                    lead_where_bind(&where, db_int(room)));
    else /* along the index: no other workspace is looked at */
        lead_where_order(&where, range->query, room, 0);
    if (where.full)
        return lead_where_fault(w);
    if (!lead_count(w, text_str(&where.sql), where.values, where.count, &count))
        return false;
    *total += count;
    return true;
}

static bool
count_range(struct work *w, const struct lead_range *range, int64_t *total)
{
    struct lead_part parts[LEAD_PARTS_MAX];
    int count = lead_range_parts(range, parts);

    for (int i = 0; i < count && *total <= LEAD_LIST_TOTAL_MAX; i++)
        if (!count_part(w, range, &parts[i], total))
            return false;
    return true;
}

/* What bounds a page or a total: nothing when every row of an index is
 * shown. One owner's leads in another order: his newest. */
static bool
set_bounds(struct work *w, int rows, struct lead_range *range,
           struct lead_place *edge)
{
    struct lead_query newest = *range->query;
    bool there = false;

    if (!range->query->scope.all && !by_time(range->query->sort)) {
        newest.sort = &lead_sorts[0];
        if (!find_edge(w, &newest, NULL, LEAD_LIST_OWNED_MAX, edge, &there))
            return false;
        range->oldest = there ? edge->id : ID_NONE;
        return true;
    }
    if (range->query->filter == NULL)
        return true;
    if (!find_edge(w, range->query, range->after, rows, edge, &there))
        return false;
    range->until = there ? edge : NULL;
    return true;
}

/* Counts from the beginning, whatever page this is. */
static bool
find_total(struct work *w, const struct lead_query *query,
           struct lead_page *page)
{
    struct lead_range range = { .query = query };
    struct lead_place edge;

    if (!set_bounds(w, query->sort->count_rows_max, &range, &edge)
        || !count_range(w, &range, &page->total))
        return false;
    page->total_is_exact = range.until == NULL && id_is_none(range.oldest)
                        && page->total <= LEAD_LIST_TOTAL_MAX;
    if (page->total > LEAD_LIST_TOTAL_MAX)
        page->total = LEAD_LIST_TOTAL_MAX;
    return true;
}

/* In whichever order, they are as many. */
static bool
count_as_usual(struct work *w, const struct lead_query *query,
               struct lead_page *page)
{
    struct lead_query usual = *query;

    usual.sort = &lead_sorts[0];
    return find_total(w, &usual, page);
}

/* Takes off the row that only told that there are more, and says where to go
 * on: behind the last lead, or behind the last row that was looked at. */
static void
end_page(struct work *w, const struct lead_query *query,
         const struct lead_place *edge, struct lead_page *page)
{
    struct lead_place last;

    if (page->count > query->limit) {
        page->count = query->limit;
        last = place_of(&page->leads[page->count - 1], query->sort);
    } else if (edge != NULL) {
        last = *edge;
    } else {
        return;
    }
    page->next_cursor = lead_cursor_write(w->arena, query->sort, last);
}

static bool
list_all(struct work *w, const struct lead_query *query,
         const struct lead_place *after, struct lead_page *page)
{
    struct lead_range range = { .query = query, .after = after };
    struct lead_place edge;

    if (!set_bounds(w, query->sort->rows_max, &range, &edge)
        || !read_range(w, &range, page))
        return false;
    end_page(w, query, range.until, page);
    return true;
}

/* ----------------------------------------------------------------- text */

/* Found leads are few: the scope and the filter are asked in memory. */
static bool
is_wanted(struct work *w, const struct lead_query *query,
          const struct lead_search_hits *hits, const struct lead *lead)
{
    return lead_scope_holds(&query->scope, lead->owner.id)
        && lead_search_is_hit(w->arena, hits, lead)
        && (query->filter == NULL
            || condition_true(query->filter, lead->facts, w->now_ms));
}

/* Adds what is wanted of some hits, newest first. */
static bool
add_found(struct work *w, const struct lead_query *query,
          const struct lead_search_hits *hits, int from, int room,
          struct lead_page *page)
{
    int left = hits->count - from;
    struct lead *leads;
    int count;

    if (!lead_select_ids(w, hits->leads + from, left < room ? left : room,
                         &leads, &count))
        return false;
    for (int i = count - 1; i >= 0 && page->count <= query->limit; i--)
        if (is_wanted(w, query, hits, &leads[i]))
            page->leads[page->count++] = leads[i];
    return true;
}

static bool
list_found(struct work *w, const struct lead_query *query,
           const struct lead_place *after, struct lead_page *page)
{
    const int at_a_time = query->limit + 1;
    struct lead_search_hits hits;

    if (!lead_search(w, query->text, after == NULL ? ID_NONE : after->id,
                     &hits))
        return false;
    page->leads = ARENA_ARRAY(w->arena, struct lead, (size_t)at_a_time);
    for (int i = 0; i < hits.count && page->count <= query->limit;
         i += at_a_time)
        if (!add_found(w, query, &hits, i, at_a_time, page))
            return false;
    page->total = page->count > query->limit ? query->limit : page->count;
    page->total_is_exact = after == NULL && !hits.more && !hits.behind
                        && page->count <= query->limit;

    const struct lead_place edge = { id_time_ms(hits.last), hits.last };
    end_page(w, query, hits.more ? &edge : NULL, page);
    return true;
}
