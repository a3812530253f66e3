/* array: see array.h. */
#include "lib/db/array.h"

#include <assert.h>

struct db_array
db_array_new(struct arena *arena)
{
    return (struct db_array){ .text = text_new(arena) };
}

static void
next(struct db_array *array)
{
    assert(!array->is_ended);
    text_add_char(&array->text, array->text.bytes == 0 ? '{' : ',');
}

void
db_array_int(struct db_array *array, int64_t n)
{
    next(array);
    text_add_int(&array->text, n);
}

void
db_array_id(struct db_array *array, struct id id)
{
    if (id_is_none(id))
        db_array_text(array, STR_NONE);
    else
        db_array_int(array, id.value);
}

void
db_array_text(struct db_array *array, struct str s)
{
    next(array);
    if (s.data == NULL) {
        text_add(&array->text, STR("NULL"));
        return;
    }
    text_add_char(&array->text, '"');
    for (size_t i = 0; i < s.bytes; i++) {
        if (s.data[i] == '"' || s.data[i] == '\\')
            text_add_char(&array->text, '\\');
        text_add_char(&array->text, s.data[i]);
    }
    text_add_char(&array->text, '"');
}

struct db_value
db_array_value(struct db_array *array)
{
    if (!array->is_ended && array->text.bytes == 0)
        text_add_char(&array->text, '{');
    if (!array->is_ended)
        text_add_char(&array->text, '}');
    array->is_ended = true;
    return db_text(text_str(&array->text));
}
