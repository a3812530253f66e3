/*
 * insight_note: what a group adds to the sums, as one row that is written with
 * it (I1), and the job that adds such rows to the sums. Not for asking
 * (insight_store.c).
 */
#include "src/insight/insight_store.h"

#include "src/workspace/cache.h"

enum { NOTES_AT_A_TIME = 400, FOLD_AFTER_MS = 2000 };

static void
write_cell(struct json_out *out, const struct insight_cell *cell)
{
    json_open_array(out);
    json_int(out, cell->measure);
    json_int(out, cell->day);
    json_text(out, cell->stage);
    json_int(out, cell->bucket);
    json_int(out, cell->owner.value);
    json_text(out, cell->source);
    json_text(out, cell->rule);
    json_text(out, cell->product);
    json_text(out, cell->segment);
    json_int(out, cell->n);
    json_close_array(out);
}

static struct str
cells_json(struct arena *arena, const struct insight_cells *cells)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_array(&out);
    for (int i = 0; i < cells->count; i++)
        write_cell(&out, &cells->cells[i]);
    json_close_array(&out);
    return text_str(&text);
}

enum { CELL_MEMBERS = 10 };

static bool
read_cell(const struct json *json, struct insight_cell *cell)
{
    const struct json *at = json->array.items;

    if (json->kind != JSON_ARRAY || json->array.count != CELL_MEMBERS)
        return false;
    *cell = (struct insight_cell){
        .measure = (enum insight_measure)at[0].integer,
        .day = at[1].integer,
        .stage = at[2].text,
        .bucket = (int)at[3].integer,
        .owner = { at[4].integer },
        .source = at[5].text,
        .rule = at[6].text,
        .product = at[7].text,
        .segment = at[8].text,
        .n = at[9].integer,
    };
    return true;
}

bool
insight_note_read(struct work *w, struct str note, struct insight_cells *cells)
{
    struct json_error error;
    const struct json *list = json_parse(w->arena, note, &error);

    if (list == NULL || list->kind != JSON_ARRAY)
        return fail(w, ERR_INTERNAL, "A note of figures is broken.");
    for (size_t i = 0; i < list->array.count; i++) {
        struct insight_cell cell;
        if (!read_cell(&list->array.items[i], &cell))
            return fail(w, ERR_INTERNAL, "A note of figures is broken.");
        insight_cells_add(cells, &cell);
    }
    return true;
}

/* One job is enough for all notes of its time. */
static bool
fold_later(struct work *w, struct workspace_cache *cache)
{
    if (w->now_ms < cache->insight_due_ms)
        return true;
    cache->insight_due_ms = w->now_ms + FOLD_AFTER_MS;
    return job_add(w, &(struct job_new){ .kind = &insight_fold_job,
                                         .key = STR("fold"),
                                         .due_ms = cache->insight_due_ms });
}

bool
insight_note(struct work *w, struct workspace_cache *cache,
             const struct insight_cells *cells)
{
    return cells->count == 0
        || (insight_note_add(w, cells_json(w->arena, cells))
            && fold_later(w, cache));
}

static bool
fold(struct work *w, const struct job *job)
{
    struct insight_cells cells = { .arena = w->arena };
    struct insight_notes notes;

    (void)job;
    if (!insight_notes_read(w, NOTES_AT_A_TIME, &notes))
        return false;
    for (int i = 0; i < notes.count; i++)
        if (!insight_note_read(w, notes.cells[i], &cells))
            return false;
    insight_fold(&cells);
    if (!insight_cells_write(w, &cells) || !insight_notes_remove(w, &notes))
        return false;
    return notes.count < NOTES_AT_A_TIME
        || job_add(w, &(struct job_new){ .kind = &insight_fold_job,
                                         .key = STR("fold") });
}

const struct job_kind insight_fold_job = {
    .name = "insight.fold",
    .about = "Adds what has happened in the last seconds to the figures.",
    .run = fold,
};
