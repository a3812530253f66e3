/*
 * condition_value: the value of a term, read in the shape its operator
 * wants: texts and tags, and what all shapes share. Numbers and times are in
 * condition_number.c. Each function fills what the operator's evaluation
 * uses, or adds a detail that shows what would be right and returns false.
 */
#include <string.h>

#include "lib/rules/condition_node.h"

static const char tag_separator = '\x1f'; /* between tags in their column */

enum {
    SHORT_LIST = 8, /* up to here going through is faster than a table */
    SHOWN_BYTES = 60,
};

/* How one value of a kind is called and written. */
static const struct condition_words words[] = {
    [FIELD_TEXT] = { "a text", "texts", "\"KR\"", "[\"KR\", \"JP\"]" },
    [FIELD_NUMBER] = { "a whole number", "whole numbers", "50000",
                       "[1000, 50000]" },
    [FIELD_TIME] = { "a time", "times", "\"2026-11-20T10:00:00+09:00\"",
                     "[\"2026-11-20T00:00:00+09:00\","
                     " \"2026-11-27T00:00:00+09:00\"]" },
    [FIELD_TAGS] = { "a tag", "tags", "\"vip\"", "[\"vip\", \"partner\"]" },
    [FIELD_ID] = { "an id", "ids", "\"06ftpq0kbr000\"",
                   "[\"06ftpq0kbr000\", \"06ftpq0kbr001\"]" },
    [FIELD_BOOL] = { "true or false", "truths", "true", "[true]" },
};

static const struct condition_words date_words = {
    "a date", "dates", "\"2026-11-20\"", "[\"2026-11-20\", \"2026-11-27\"]"
};
static const struct condition_words address_words = {
    "an address or a range of them (all zero behind it)",
    "addresses or ranges of them", "\"192.0.2.1\" or \"10.0.0.0/8\"",
    "[\"192.0.2.1\", \"2001:db8::/32\"]"
};

/* How values of the field are called: a number may have decimals. */
struct condition_words
condition_words_of(const struct condition_term *t)
{
    struct condition_words w = t->field->address != NULL ? address_words
                             : t->field->dates           ? date_words
                                               : words[t->field->kind];
    int decimals = t->field->decimals;

    if (decimals == 0)
        return w;
    w.one =
        arena_format(t->w->arena, "a number with at most %d decimals", decimals)
            .data;
    w.many =
        arena_format(t->w->arena, "numbers with at most %d decimals", decimals)
            .data;
    return w;
}

bool
condition_wants_one(const struct condition_term *t, struct str at)
{
    struct condition_words w = condition_words_of(t);

    return fail_at(t->w, at, "wrong_value", "%s on %s takes %s, such as %s.",
                   t->op->name, t->field->name, w.one, w.example);
}

static bool
wants_list(const struct condition_term *t)
{
    struct condition_words w = condition_words_of(t);

    return fail_at(t->w, t->at, "wrong_value",
                   "%s on %s takes a list of %s, such as %s.", t->op->name,
                   t->field->name, w.many, w.examples);
}

bool
condition_value_missing(const struct condition_term *t)
{
    return fail_at(t->w, t->at, "missing_value",
                   "%s needs a \"value\", such as %s.", t->op->name,
                   condition_words_of(t).example);
}

/* A form may send null or true where nothing is to be said. */
bool
condition_value_none(const struct condition_term *t, struct condition *c)
{
    const struct json *value = t->value;

    (void)c;
    if (value == NULL || value->kind == JSON_NULL
        || (value->kind == JSON_BOOL && value->truth))
        return true;
    return fail_at(t->w, t->at, "unexpected_value",
                   "%s takes no value: leave it out.", t->op->name);
}

/* ---- Text ---- */

/*
 * The folded text. Empty text would be in every text and equal to what is
 * missing; U+0000 is refused by PostgreSQL; U+001F would reach over the end
 * of a tag.
 */
static bool
text_value(const struct condition_term *t, const struct json *value,
           struct str at, struct str *out)
{
    if (value->kind != JSON_TEXT)
        return condition_wants_one(t, at);
    *out = fold_text(t->w->arena, value->text);
    if (out->bytes == 0)
        return fail_at(t->w, at, "empty_value",
                       "An empty text is in every text. To ask whether %s is "
                       "filled in, use is_empty or is_known.",
                       t->field->name);
    if (str_find_char(*out, '\0') >= 0
        || str_find_char(*out, tag_separator) >= 0)
        return fail_at(t->w, at, "wrong_value",
                       "A text here cannot hold the characters U+0000 and "
                       "U+001F.");
    return true;
}

/* One of the field's options, if it has any. */
static bool
check_option(const struct condition_term *t, struct str given,
             struct str folded, struct str at)
{
    const char *const *options = t->field->options;
    struct nearest nearest = nearest_to(given);

    if (options == NULL)
        return true;
    for (; *options != NULL; options++) {
        if (str_equal(fold_text(t->w->arena, str_of(*options)), folded))
            return true;
        nearest_offer(&nearest, *options);
    }
    struct str question = nearest_question(t->w->arena, &nearest);
    return fail_at(t->w, at, "unknown_option",
                   "\"%.*s\" is none of the values of %s.%.*s",
                   given.bytes < SHOWN_BYTES ? (int)given.bytes : SHOWN_BYTES,
                   given.data, t->field->name, STR_ARG(question));
}

static bool
option_value(const struct condition_term *t, const struct json *value,
             struct str at, struct str *out)
{
    return text_value(t, value, at, out)
        && check_option(t, value->text, *out, at);
}

bool
condition_value_part(const struct condition_term *t, struct condition *c)
{
    if (t->value == NULL)
        return condition_value_missing(t);
    return text_value(t, t->value, t->at, &c->text);
}

/* Whoever knows trees has put something else in place of the name. */
bool
condition_value_tree(const struct condition_term *t, struct condition *c)
{
    (void)c;
    if (t->value == NULL)
        return condition_value_missing(t);
    return fail_at(t->w, t->at, "wrong_operator",
                   "Nothing is known here that %s could be within.",
                   t->field->name);
}

bool
condition_value_text(const struct condition_term *t, struct condition *c)
{
    if (t->value == NULL)
        return condition_value_missing(t);
    return option_value(t, t->value, t->at, &c->text);
}

/* Open addressing, at most half full. */
static void
make_places(struct arena *arena, struct condition_texts *texts)
{
    uint32_t room = 2;

    while (room < (uint32_t)texts->count * 2)
        room *= 2;
    uint16_t *places = ARENA_ARRAY(arena, uint16_t, room);
    for (int i = 0; i < texts->count; i++) {
        uint32_t at = condition_text_hash(texts->items[i]) & (room - 1);
        while (places[at] != 0)
            at = (at + 1) & (room - 1);
        places[at] = (uint16_t)(i + 1);
    }
    texts->places = places;
    texts->places_mask = room - 1;
}

static struct condition_texts
texts_of(struct arena *arena, const struct str *items, int count)
{
    struct condition_texts texts = { .items = items, .count = count };

    for (int i = 0; i < count; i++)
        if (items[i].bytes > texts.bytes_max)
            texts.bytes_max = items[i].bytes;
    if (count > SHORT_LIST)
        make_places(arena, &texts);
    return texts;
}

/* Tags are compared as lists, also with a single one. */
bool
condition_value_tag(const struct condition_term *t, struct condition *c)
{
    struct str *tag = ARENA_NEW(t->w->arena, struct str);

    if (t->value == NULL)
        return condition_value_missing(t);
    if (!option_value(t, t->value, t->at, tag))
        return false;
    c->texts = texts_of(t->w->arena, tag, 1);
    return true;
}

bool
condition_check_list(const struct condition_term *t)
{
    const struct json *value = t->value;

    if (value == NULL)
        return condition_value_missing(t);
    if (value->kind == JSON_TEXT && strcmp(t->op->name, "in_list") == 0)
        return fail_at(t->w, t->at, "unknown_list",
                       "Lists by name are not known here: give in_list the "
                       "values themselves, such as %s.",
                       condition_words_of(t).examples);
    if (value->kind != JSON_ARRAY)
        return wants_list(t);
    if (value->array.count == 0)
        return fail_at(t->w, t->at, "empty_value",
                       "The list of %s is empty: name at least one value.",
                       t->op->name);
    if (value->array.count > CONDITION_LIST_MAX && !t->spelled)
        return fail_at(t->w, t->at, "too_many",
                       "A list has at most %d values; this one has %zu.",
                       CONDITION_LIST_MAX, value->array.count);
    return true;
}

struct str
condition_item_at(const struct condition_term *t, size_t i)
{
    return arena_format(t->w->arena, "%.*s/%zu", STR_ARG(t->at), i);
}

bool
condition_value_texts(const struct condition_term *t, struct condition *c)
{
    bool ok = true;

    if (!condition_check_list(t))
        return false;

    size_t count = t->value->array.count;
    struct str *items = ARENA_ARRAY(t->w->arena, struct str, count);
    for (size_t i = 0; i < count; i++)
        ok &= option_value(t, &t->value->array.items[i],
                           condition_item_at(t, i), &items[i]);
    if (ok)
        c->texts = texts_of(t->w->arena, items, (int)count);
    return ok;
}

/* ---- Internet addresses ---- */

static bool
range_at(const struct condition_term *t, const struct json *value,
         struct str at, struct address_range *range)
{
    return (value->kind == JSON_TEXT
            && address_range_parse(str_trim(value->text), range))
        || condition_wants_one(t, at);
}

bool
condition_value_range(const struct condition_term *t, struct condition *c)
{
    struct address_range *range = ARENA_NEW(t->w->arena, struct address_range);

    if (t->value == NULL)
        return condition_value_missing(t);
    c->ranges = (struct condition_ranges){ range, 1 };
    return range_at(t, t->value, t->at, range);
}

bool
condition_value_ranges(const struct condition_term *t, struct condition *c)
{
    bool ok = true;

    if (!condition_check_list(t))
        return false;

    size_t count = t->value->array.count;
    struct address_range *ranges =
        ARENA_ARRAY(t->w->arena, struct address_range, count);
    for (size_t i = 0; i < count; i++)
        ok &= range_at(t, &t->value->array.items[i], condition_item_at(t, i),
                       &ranges[i]);
    c->ranges = (struct condition_ranges){ ranges, (int)count };
    return ok;
}
