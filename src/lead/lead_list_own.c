/*
 * lead_list_own: pages in the order of a field of the workspace's own. No
 * index is in that order, so all rows that the filter leaves are read and the
 * first of them kept; what is the same on both engines is made so here: a text
 * counts by its first characters and in the order of their codes, and leads
 * without a value come last, whichever way the list goes.
 *
 * What a page ended with is asked of the column, not of the lead: a field that
 * was declared a moment ago may not be in all columns yet.
 */
#include "src/lead/custom.h"
#include "src/lead/lead_list.h"

/* Where a page ended. */
struct own_place {
    bool known; /* else it was among those without a value */
    struct str value;
    int64_t number; /* the same, of what is no text */
    struct id id;
};

/* What makes a column of text an order; the engines have no word in common
 * for it. */
static const struct {
    const char *before;
    const char *behind;
} text_orders[] = {
    [DB_SQLITE] = { "substr(", ", 1, 100)" },
    [DB_POSTGRES] = { "(substr(", ", 1, 100) COLLATE \"C\")" },
};

static const char *
order_of(struct work *w, const struct field *own)
{
    enum db_engine engine = db_engine(w->db);

    if (own->kind != FIELD_TEXT)
        return own->column;
    return arena_cstr(
        w->arena, arena_format(w->arena, "%s%s%s", text_orders[engine].before,
                               own->column, text_orders[engine].behind));
}

bool
lead_sort_own(struct work *w, const struct lead_schema *schema, struct str name,
              struct lead_sort *sort)
{
    struct str field =
        str_starts(name, STR("-")) ? str_slice(name, 1, name.bytes) : name;

    for (int i = LEAD_FIELD_COUNT; i < schema->field_count; i++) {
        const struct field *own = &schema->usable[i];
        if (!str_is(field, own->name) || own->kind == FIELD_TAGS)
            continue;
        *sort = (struct lead_sort){
            .name = arena_cstr(w->arena, name),
            .column = order_of(w, own),
            .descending = field.bytes < name.bytes,
            .own = own->kind == FIELD_TEXT ? LEAD_SORT_TEXT : LEAD_SORT_NUMBER,
        };
        return true;
    }
    return false;
}

/* -------------------------------------------------------------- cursors */

static struct str
write_cursor(struct arena *arena, const struct lead_sort *sort,
             const struct own_place *place)
{
    return arena_format(arena, "%s~%d~%s~%.*s", sort->name, place->known,
                        id_show(place->id).text, STR_ARG(place->value));
}

static bool
read_cursor(struct str cursor, const struct lead_sort *sort,
            struct own_place *place)
{
    struct str name;
    struct str known;
    struct str id;
    bool read = str_next(&cursor, '~', &name) && str_is(name, sort->name)
             && str_next(&cursor, '~', &known) && str_next(&cursor, '~', &id)
             && id_parse(id, &place->id) && str_is_utf8(cursor)
             && str_find_char(cursor, '\0') < 0;

    if (!read)
        return false;
    place->known = str_is(known, "1");
    place->value = cursor;
    return !place->known || sort->own == LEAD_SORT_TEXT
        || str_to_int64(cursor, &place->number);
}

/* ----------------------------------------------------------------- pages */

/* What is behind a place: further values, the rest of those with the same,
 * and those without one. */
static void
add_after(struct lead_where *where, const struct lead_sort *sort,
          const struct own_place *place)
{
    const char *sign = sort->descending ? "<" : ">";
    int id = lead_where_bind(where, db_id(place->id));

    if (!place->known) {
        text_format(&where->sql, " AND %s IS NULL AND id %s $%d", sort->column,
                    sign, id);
        return;
    }
    int value = lead_where_bind(where, sort->own == LEAD_SORT_TEXT
                                           ? db_text(place->value)
                                           : db_int(place->number));
    text_format(&where->sql,
                " AND (%s %s $%d OR (%s = $%d AND id %s $%d) OR %s IS NULL)",
                sort->column, sign, value, sort->column, value, sign, id,
                sort->column);
}

static void
add_order(struct lead_where *where, const struct lead_sort *sort, int limit)
{
    const char *way = sort->descending ? " DESC" : "";

    text_format(&where->sql, " ORDER BY (%s IS NULL), %s%s, id%s LIMIT $%d",
                sort->column, sort->column, way, way,
                lead_where_bind(where, db_int(limit)));
}

/* Takes off the lead that only told that there are more. */
static bool
end_page(struct work *w, const struct lead_query *query, struct lead_page *page)
{
    struct own_place last = { 0 };

    if (page->count <= query->limit)
        return true;
    page->count = query->limit;
    last.id = page->leads[page->count - 1].id;
    if (!lead_find_value(w, query->sort->column, last.id, &last.value))
        return false;
    last.known = last.value.data != NULL;
    page->next_cursor = write_cursor(w->arena, query->sort, &last);
    return true;
}

bool
lead_list_own(struct work *w, const struct lead_query *query,
              struct lead_page *page)
{
    const struct lead_range range = { .query = query };
    const struct lead_part all = { 0 };
    struct own_place after = { 0 };
    struct lead_where where;

    if (query->cursor.data != NULL
        && !read_cursor(query->cursor, query->sort, &after))
        return lead_cursor_fault(w, query->sort);
    lead_where_part(w, &where, &range, &all);
    if (query->cursor.data != NULL)
        add_after(&where, query->sort, &after);
    add_order(&where, query->sort, query->limit + 1);
    if (where.full)
        return lead_where_fault(w);
    return lead_select(w, text_str(&where.sql), where.values, where.count,
                       &page->leads, &page->count)
        && end_page(w, query, page);
}
