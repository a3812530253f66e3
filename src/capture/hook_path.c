/*
 * hook_path: finds values in a tree that somebody else has made, and lists
 * those there are. See hook.h for what a path looks like.
 */
#include "src/capture/hook.h"

enum { TEXT_BYTES_MAX = 64 * 1024 };

/* --------------------------------------------------------------- segments */

struct segment {
    struct str written;
    struct str name; /* of a choice: what it looks at */
    struct str value;
    bool chooses; /* [name=value] */
};

/* "[field/ref=a/b]" holds slashes of its own. */
static size_t
segment_end(struct str rest)
{
    ptrdiff_t end = -1;

    if (str_starts(rest, STR("["))) {
        end = str_find(rest, STR("]/"));
        if (end >= 0)
            return (size_t)end + 1;
        if (str_ends(rest, STR("]")))
            return rest.bytes;
    }
    end = str_find_char(rest, '/');
    return end < 0 ? rest.bytes : (size_t)end;
}

/* Takes "/segment" off the front. */
static bool
next_segment(struct str *rest, struct segment *segment)
{
    if (!str_starts(*rest, STR("/")))
        return false;
    *rest = str_slice(*rest, 1, rest->bytes);

    size_t end = segment_end(*rest);
    struct str text = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end, rest->bytes);

    ptrdiff_t equals = str_find_char(text, '=');
    *segment = (struct segment){ .written = text };
    if (text.bytes > 3 && text.data[0] == '[' && str_ends(text, STR("]"))
        && equals > 1)
        *segment = (struct segment){
            .written = text,
            .name = str_slice(text, 1, (size_t)equals),
            .value = str_slice(text, (size_t)equals + 1, text.bytes - 1),
            .chooses = true,
        };
    return true;
}

/* Is `written` the name, but for ~1 and ~0 (RFC 6901), and ~2 for a bracket
 * that begins no choice? */
static bool
names_member(struct str written, struct str name)
{
    size_t i = 0;
    size_t n = 0;

    while (i < written.bytes && n < name.bytes) {
        char c = written.data[i++];
        char next = i < written.bytes ? written.data[i] : '\0';
        if (c == '~' && next >= '0' && next <= '2') {
            c = "~/["[next - '0'];
            i++;
        }
        if (c != name.data[n++])
            return false;
    }
    return i == written.bytes && n == name.bytes;
}

static const struct json *
member_of(const struct json *object, struct str written)
{
    for (size_t i = 0; i < object->object.count; i++)
        if (names_member(written, object->object.members[i].name))
            return &object->object.members[i].value;
    return NULL;
}

static const struct json *
item_at(const struct json *list, struct str written)
{
    int64_t number;

    return str_to_int64(written, &number) && number >= 0
                && (size_t)number < list->array.count
             ? &list->array.items[number]
             : NULL;
}

/* "a/b" within an item, for a choice; "0" of items that are lists, such as
 * the headers of a mail. */
static const struct json *
inner_value(const struct json *item, struct str path)
{
    struct str name;

    while (item != NULL && str_next(&path, '/', &name)) {
        if (item->kind == JSON_OBJECT)
            item = member_of(item, name);
        else
            item = item->kind == JSON_ARRAY ? item_at(item, name) : NULL;
    }
    return item;
}

static bool
reads_as(const struct json *value, struct str text)
{
    struct text own;
    struct arena arena;
    bool equal;

    if (value == NULL || value->kind == JSON_OBJECT
        || value->kind == JSON_ARRAY)
        return false;
    if (value->kind == JSON_TEXT)
        return str_equal(str_trim(value->text), text);
    arena_init(&arena);
    own = text_new(&arena);
    text_add(&own, hook_text(&arena, value));
    equal = own.bytes > 0 && str_equal(text_str(&own), text);
    arena_free(&arena);
    return equal;
}

static const struct json *
item_of(const struct json *list, const struct segment *segment)
{
    if (!segment->chooses)
        return item_at(list, segment->written);
    for (size_t i = 0; i < list->array.count; i++)
        if (reads_as(inner_value(&list->array.items[i], segment->name),
                     segment->value))
            return &list->array.items[i];
    return NULL;
}

const struct json *
hook_find(const struct json *lead, const struct json *whole, struct str path)
{
    const struct json *at = lead;
    struct segment segment;

    if (str_starts(path, STR("^"))) {
        at = whole;
        path = str_slice(path, 1, path.bytes);
    }
    if (path.bytes > 0 && path.data[0] != '/')
        return at->kind == JSON_OBJECT ? inner_value(at, path) : NULL;
    while (at != NULL && next_segment(&path, &segment)) {
        if (at->kind == JSON_OBJECT)
            at = member_of(at, segment.written);
        else
            at = at->kind == JSON_ARRAY ? item_of(at, &segment) : NULL;
    }
    return at;
}

const char *
hook_path_fault(struct str path)
{
    struct segment segment;

    if (path.bytes > 1000)
        return "A path has at most 1,000 bytes.";
    if (str_starts(path, STR("^")))
        path = str_slice(path, 1, path.bytes);
    if (path.bytes == 0 || path.data[0] != '/')
        return NULL;
    while (next_segment(&path, &segment))
        ;
    return path.bytes == 0
             ? NULL
             : "A path is a JSON pointer, such as /contact/email or "
               "/answers/[question=Company]/answer.";
}

/* ----------------------------------------------------------------- values */

static void add_value(struct text *, const struct json *, const char *between);

static void
add_item(struct text *text, const struct json *value, const char *between)
{
    struct text one = text_new(text->arena);

    add_value(&one, value, " ");
    if (one.bytes == 0)
        return;
    text_add_cstr(text, text->bytes == 0 ? "" : between);
    text_add(text, text_str(&one));
}

static void
add_value(struct text *text, const struct json *value, const char *between)
{
    switch (value->kind) {
    case JSON_NULL:
        return;
    case JSON_BOOL:
        text_add_cstr(text, value->truth ? "yes" : "no");
        return;
    case JSON_TEXT:
        text_add(text, str_trim(value->text));
        return;
    case JSON_INTEGER:
    case JSON_REAL:
        text_add(text, json_tree_text(text->arena, value));
        return;
    case JSON_ARRAY:
        for (size_t i = 0;
             i < value->array.count && text->bytes < TEXT_BYTES_MAX; i++)
            add_item(text, &value->array.items[i], ", ");
        return;
    case JSON_OBJECT:
        for (size_t i = 0;
             i < value->object.count && text->bytes < TEXT_BYTES_MAX; i++)
            add_item(text, &value->object.members[i].value, between);
        return;
    }
}

struct str
hook_text(struct arena *arena, const struct json *value)
{
    struct text text = text_new(arena);

    if (value == NULL)
        return STR_NONE;
    if (value->kind == JSON_TEXT)
        return str_trim(value->text);
    add_value(&text, value, " ");
    return text.bytes == 0 ? STR_NONE : text_str(&text);
}

/* ----------------------------------------------------------------- leaves */

struct walk {
    struct arena *arena;
    const struct json *lists;
    struct hook_leaf *leaves;
    int count;
};

/* What may tell the items of a list apart, unless the document says it. */
static const char *const usual_names[] = { "name",  "field",      "question",
                                           "label", "key",        "column_id",
                                           "title", "questionId", NULL };

static void walk_value(struct walk *, const struct json *, struct str path,
                       struct str name);

/* Answers of several boxes: {"first": "Ada", "last": "Lovelace"}. */
static bool
is_composite(const struct json *object)
{
    static const char boxes[] = " first middle last full prefix suffix area "
                                "phone year month day hour min ";
    struct arena arena;
    bool all = object->object.count > 0;

    arena_init(&arena);
    for (size_t i = 0; all && i < object->object.count; i++)
        all = str_find(str_of(boxes),
                       arena_format(&arena, " %.*s ",
                                    STR_ARG(object->object.members[i].name)))
           >= 0;
    arena_free(&arena);
    return all;
}

static bool
is_leaf(const struct json *value)
{
    if (value->kind == JSON_OBJECT)
        return is_composite(value);
    if (value->kind != JSON_ARRAY)
        return true;
    for (size_t i = 0; i < value->array.count; i++)
        if (value->array.items[i].kind == JSON_OBJECT)
            return false;
    return true;
}

static struct str
escaped(struct arena *arena, struct str name)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < name.bytes; i++) {
        if (i == 0 && name.data[i] == '[')
            text_add_cstr(&text, "~2");
        else if (name.data[i] == '~')
            text_add_cstr(&text, "~0");
        else if (name.data[i] == '/')
            text_add_cstr(&text, "~1");
        else
            text_add_char(&text, name.data[i]);
    }
    return text_str(&text);
}

static bool
tells_apart(const struct json *list, struct str inner)
{
    for (size_t i = 0; i < list->array.count; i++) {
        const struct json *value = inner_value(&list->array.items[i], inner);
        if (value == NULL
            || (value->kind != JSON_TEXT && value->kind != JSON_INTEGER))
            return false;
    }
    return list->array.count > 0;
}

/* STR_NONE: nothing but their places tells the items apart. */
static struct str
inner_name(const struct walk *walk, const struct json *list, struct str path)
{
    for (size_t i = 0; walk->lists != NULL && i < walk->lists->object.count;
         i++)
        if (str_equal(walk->lists->object.members[i].name, path))
            return walk->lists->object.members[i].value.text;
    for (int i = 0; usual_names[i] != NULL; i++)
        if (tells_apart(list, str_of(usual_names[i])))
            return str_of(usual_names[i]);
    return STR_NONE;
}

/* A name that would read as something else in a path tells nothing. */
static bool
is_choice(struct str inner, struct str tells)
{
    return !str_is_empty(inner) && !str_is_empty(tells)
        && str_find_char(inner, '=') < 0 && str_find_char(inner, ']') < 0
        && str_find_char(tells, ']') < 0;
}

static struct str
item_path(struct arena *arena, struct str path, size_t number, struct str inner,
          struct str tells)
{
    struct text text = text_new(arena);

    text_add(&text, path);
    if (!is_choice(inner, tells)) {
        text_format(&text, "/%zu", number);
        return text_str(&text);
    }
    text_add_cstr(&text, "/[");
    text_add(&text, inner);
    text_add_char(&text, '=');
    text_add(&text, tells);
    text_add_char(&text, ']');
    return text_str(&text);
}

static struct str
member_path(struct arena *arena, struct str path, struct str name)
{
    struct text text = text_new(arena);

    text_add(&text, path);
    text_add_char(&text, '/');
    text_add(&text, escaped(arena, name));
    return text_str(&text);
}

static void
walk_list(struct walk *walk, const struct json *list, struct str path)
{
    struct str inner = inner_name(walk, list, path);

    for (size_t i = 0; i < list->array.count && walk->count < HOOK_LEAVES_MAX;
         i++) {
        const struct json *item = &list->array.items[i];
        struct str tells = hook_text(walk->arena, inner_value(item, inner));
        walk_value(walk, item, item_path(walk->arena, path, i, inner, tells),
                   tells);
    }
}

/* In an item that is chosen by a name, that name is what its values are
 * called: {"question": "Company", "answer": "Hanok"}. */
static void
walk_object(struct walk *walk, const struct json *object, struct str path,
            struct str chosen)
{
    for (size_t i = 0;
         i < object->object.count && walk->count < HOOK_LEAVES_MAX; i++) {
        const struct json_member *m = &object->object.members[i];
        bool tells = m->value.kind == JSON_TEXT
                  && str_equal(str_trim(m->value.text), chosen);
        if (!tells)
            walk_value(walk, &m->value, member_path(walk->arena, path, m->name),
                       str_is_empty(chosen) ? m->name : chosen);
    }
}

static void
walk_value(struct walk *walk, const struct json *value, struct str path,
           struct str name)
{
    if (walk->count == HOOK_LEAVES_MAX)
        return;
    if (is_leaf(value) && path.bytes > 0) {
        if (!str_is_empty(hook_text(walk->arena, value)))
            walk->leaves[walk->count++] =
                (struct hook_leaf){ path, name, value };
        return;
    }
    if (value->kind == JSON_ARRAY)
        walk_list(walk, value, path);
    else if (value->kind == JSON_OBJECT)
        walk_object(walk, value, path,
                    str_ends(path, STR("]")) ? name : STR_NONE);
}

int
hook_leaves(struct arena *arena, const struct json *lead,
            const struct json *lists, struct hook_leaf **leaves)
{
    struct walk walk = {
        .arena = arena,
        .lists = lists,
        .leaves = ARENA_ARRAY(arena, struct hook_leaf, HOOK_LEAVES_MAX),
    };

    walk_value(&walk, lead, STR(""), STR_NONE);
    *leaves = walk.leaves;
    return walk.count;
}
