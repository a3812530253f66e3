/*
 * insight_note: what a group adds to the sums, as one row that is written with
 * it (I1), and the job that adds such rows to the sums. Not for asking
 * (insight_store.c).
 */
#include "src/insight/insight_store.h"

#include <stdlib.h>

#include "src/workspace/cache.h"

enum {
    NOTES_AT_A_TIME = 1000,
    FOLD_AFTER_MS = 2000,
    /* Between so many notes and more, sums that few leads share are not worth
     * a row yet: a lead is then one of some thousand sums, and each row is
     * written for itself. */
    BUSY_NOTES = 20,
    BUSY_CELLS_MAX = 20000,
    LEADS_A_ROW = 16,
    MERGE_CELLS_MIN = 4096, /* fewer fit into the processor's memory */
};

/* ---- how sums are noted: runs of one group, each
 * [owner, source, rule, product, segment,
 *  measure, day, stage, bucket, n,  measure, day, ...] */

enum { GROUP_MEMBERS = 5, SUM_MEMBERS = 5 };

static void
write_group(struct json_out *out, const struct insight_cell *cell)
{
    json_int(out, cell->owner.value);
    json_text(out, cell->source);
    json_text(out, cell->rule);
    json_text(out, cell->product);
    json_text(out, cell->segment);
}

static void
write_sum(struct json_out *out, const struct insight_cell *cell)
{
    json_int(out, cell->measure);
    json_int(out, cell->day);
    json_text(out, cell->stage);
    json_int(out, cell->bucket);
    json_int(out, cell->n);
}

static struct str
note_of(struct arena *arena, const struct insight_cells *cells)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_array(&out);
    for (int i = 0; i < cells->count;) {
        const struct insight_cell *first = &cells->cells[i];
        json_open_array(&out);
        write_group(&out, first);
        do
            write_sum(&out, &cells->cells[i++]);
        while (i < cells->count
               && insight_compare_group(first, &cells->cells[i]) == 0);
        json_close_array(&out);
    }
    json_close_array(&out);
    return text_str(&text);
}

static void
read_run(const struct json *at, size_t sums, struct insight_cells *cells)
{
    struct insight_cell cell = {
        .owner = { at[0].integer },
        .source = at[1].text,
        .rule = at[2].text,
        .product = at[3].text,
        .segment = at[4].text,
    };

    at += GROUP_MEMBERS;
    for (size_t i = 0; i < sums; i++, at += SUM_MEMBERS) {
        cell.measure = (enum insight_measure)at[0].integer;
        cell.day = at[1].integer;
        cell.stage = at[2].text;
        cell.bucket = (int)at[3].integer;
        cell.n = at[4].integer;
        insight_cells_add(cells, &cell);
    }
}

/* One sum, as it was noted before runs: measure, day, stage, bucket, then its
 * group, then n. */
static void
read_single(const struct json *at, struct insight_cells *cells)
{
    const struct json run[] = { at[4], at[5], at[6], at[7], at[8],
                                at[0], at[1], at[2], at[3], at[9] };

    read_run(run, 1, cells);
}

static bool
read_list(const struct json *list, struct insight_cells *cells)
{
    size_t count = list->array.count;
    const struct json *items = list->array.items;

    if (list->kind != JSON_ARRAY || count < GROUP_MEMBERS + SUM_MEMBERS
        || (count - GROUP_MEMBERS) % SUM_MEMBERS != 0)
        return false;
    if (items[1].kind == JSON_TEXT)
        read_run(items, (count - GROUP_MEMBERS) / SUM_MEMBERS, cells);
    else
        read_single(items, cells);
    return true;
}

bool
insight_note_read(struct work *w, struct str note, struct insight_cells *cells)
{
    struct json_error error;
    const struct json *list = json_parse(w->arena, note, &error);

    if (list == NULL || list->kind != JSON_ARRAY)
        return fail(w, ERR_INTERNAL, "A note of figures is broken.");
    for (size_t i = 0; i < list->array.count; i++)
        if (!read_list(&list->array.items[i], cells))
            return fail(w, ERR_INTERNAL, "A note of figures is broken.");
    return true;
}

/* ---- when they are added up */

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
        || (insight_note_add(w, note_of(w->arena, cells))
            && fold_later(w, cache));
}

static bool
read_notes(struct work *w, struct insight_notes *notes,
           struct insight_cells *cells)
{
    int full = MERGE_CELLS_MIN;

    if (!insight_notes_read(w, NOTES_AT_A_TIME, notes))
        return false;
    for (int i = 0; i < notes->count; i++) {
        if (!insight_note_read(w, notes->cells[i], cells))
            return false;
        if (cells->count < full)
            continue;
        insight_merge(cells);
        full = cells->count * 2 + MERGE_CELLS_MIN;
    }
    insight_fold(cells);
    return true;
}

/* Many notes came, and few of their sums were the same: then one note of them
 * all is enough until more have come. */
static bool
is_worth_waiting(const struct insight_notes *notes,
                 const struct insight_cells *cells)
{
    int64_t changes = 0;

    for (int i = 0; i < cells->count; i++)
        changes += llabs(cells->cells[i].n);
    return notes->count >= BUSY_NOTES && cells->count <= BUSY_CELLS_MAX
        && changes < (int64_t)cells->count * LEADS_A_ROW;
}

static bool
fold(struct work *w, const struct job *job)
{
    struct insight_cells cells = { .arena = w->arena };
    struct insight_notes notes;

    (void)job;
    if (!read_notes(w, &notes, &cells))
        return false;

    bool waits = is_worth_waiting(&notes, &cells);
    if (!insight_notes_remove(w, &notes)
        || !(waits ? insight_note_add(w, note_of(w->arena, &cells))
                   : insight_cells_write(w, &cells)))
        return false;
    if (!waits && notes.count < NOTES_AT_A_TIME)
        return true;
    return job_add(w, &(struct job_new){ .kind = &insight_fold_job,
                                         .key = STR("fold"),
                                         .due_ms = w->now_ms + FOLD_AFTER_MS });
}

const struct job_kind insight_fold_job = {
    .name = "insight.fold",
    .about = "Adds what has happened in the last seconds to the figures.",
    .run = fold,
};
