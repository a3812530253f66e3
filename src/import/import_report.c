/* import_report: see import_report.h. */
#include "src/import/import_report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REFUSED_SHOWN = 10, TALLY_MAX = 10000, NOTES_SHOWN = 10 };

/* ---------------------------------------------------------------- tally */

static void
tally_init(struct tally *tally, struct arena *arena)
{
    hash_map_free(&tally->index);
    *tally = (struct tally){ .arena = arena };
}

static struct tally_entry *
tally_new(struct tally *tally, struct str key, struct str shown)
{
    if (tally->count == tally->room) {
        int room = tally->room == 0 ? 16 : tally->room * 2;
        struct tally_entry *larger =
            ARENA_ARRAY(tally->arena, struct tally_entry, (size_t)room);
        if (tally->count > 0)
            memcpy(larger, tally->entries,
                   (size_t)tally->count * sizeof *larger);
        tally->entries = larger;
        tally->room = room;
    }
    struct tally_entry *entry = &tally->entries[tally->count++];
    *entry = (struct tally_entry){ arena_str(tally->arena, key),
                                   arena_str(tally->arena, shown), 0 };
    return entry;
}

/* Texts of rows' own making are many: those that come late are counted
 * together. */
static void
tally_add(struct tally *tally, struct str key, struct str shown)
{
    if (tally->count == TALLY_MAX)
        key = shown = STR("(others)");

    int64_t hash = hash_key(0, key);
    int64_t place = hash_map_get(&tally->index, hash);
    struct tally_entry *entry =
        place == 0 ? tally_new(tally, key, shown) : &tally->entries[place - 1];
    if (place == 0)
        hash_map_put(&tally->index, hash, tally->count);
    entry->count++;
}

static int
by_count(const void *a, const void *b)
{
    const struct tally_entry *x = a;
    const struct tally_entry *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return str_compare(x->shown, y->shown);
}

static void
tally_sort(struct tally *tally)
{
    if (tally->count > 0)
        qsort(tally->entries, (size_t)tally->count, sizeof *tally->entries,
              by_count);
    hash_map_clear(&tally->index);
}

/* -------------------------------------------------------------- results */

void
import_report_init(struct import_report *report, FILE *results)
{
    *report = (struct import_report){ .results = results };
    arena_init(&report->arena);
}

void
import_report_free(struct import_report *report)
{
    hash_map_free(&report->owners.index);
    hash_map_free(&report->rules.index);
    hash_map_free(&report->refusals.index);
    hash_map_free(&report->notes.index);
    arena_free(&report->arena);
}

static void
write_line(struct import_report *report, const struct text *text)
{
    fwrite(text->data, 1, text->bytes, report->results);
}

static void
write_header(struct import_report *report)
{
    static const char *const names[] = { "row",   "line", "status", "lead",
                                         "owner", "rule", "why",    "notes" };
    struct text text = text_new(&report->arena);
    struct csv_out out = csv_out_new(&text);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_out_text(&out, str_of(names[i]));
    csv_out_end_row(&out);
    write_line(report, &text);
}

static void
write_row(struct import_report *report, const struct import_result *result)
{
    struct arena arena;

    arena_init(&arena);
    struct text text = text_new(&arena);
    struct csv_out out = csv_out_new(&text);
    csv_out_int(&out, result->row);
    csv_out_int(&out, result->line);
    csv_out_text(&out, str_of(import_status_names[result->status]));
    csv_out_text(&out, id_is_none(result->lead)
                           ? STR("")
                           : str_of(id_show(result->lead).text));
    csv_out_text(&out, result->owner_name);
    csv_out_text(&out, result->rule);
    csv_out_text(&out, result->why);
    csv_out_text(&out, result->notes);
    csv_out_end_row(&out);
    write_line(report, &text);
    arena_free(&arena);
}

void
import_report_begin(struct import_report *report, const struct mapping *mapping)
{
    report->mapping = *mapping;
    report->rows = 0;
    report->refused_count = 0;
    memset(report->statuses, 0, sizeof report->statuses);
    arena_reset(&report->arena);
    tally_init(&report->owners, &report->arena);
    tally_init(&report->rules, &report->arena);
    tally_init(&report->refusals, &report->arena);
    tally_init(&report->notes, &report->arena);
    report->refused =
        ARENA_ARRAY(&report->arena, struct import_result, REFUSED_SHOWN);
    if (report->results == NULL)
        return;
    rewind(report->results);
    (void)!ftruncate(fileno(report->results), 0);
    write_header(report);
}

static void
note_all(struct tally *tally, struct str notes)
{
    struct str note;

    while (str_next(&notes, ';', &note))
        if (!str_is_empty(str_trim(note)))
            tally_add(tally, str_trim(note), str_trim(note));
}

void
import_report_row(struct import_report *report,
                  const struct import_result *result)
{
    report->rows++;
    report->statuses[result->status]++;
    if (report->results != NULL)
        write_row(report, result);
    if (result->status == IMPORT_REFUSED) {
        tally_add(&report->refusals, result->notes, result->notes);
        if (report->refused_count == REFUSED_SHOWN)
            return;
        struct import_result *kept = &report->refused[report->refused_count++];
        *kept = *result;
        kept->notes = arena_str(&report->arena, result->notes);
        return;
    }
    note_all(&report->notes, result->notes);
    if (result->status != IMPORT_NEW)
        return;
    tally_add(&report->owners, str_of(id_show(result->owner.id).text),
              result->owner_name);
    tally_add(&report->rules,
              str_is_empty(result->rule) ? STR("(not routed)") : result->rule,
              str_is_empty(result->rule) ? STR("(not routed)") : result->rule);
}

/* -------------------------------------------------------------- summary */

static void
print_tally(struct tally *tally, const char *title, int most, FILE *to)
{
    if (tally->count == 0)
        return;
    tally_sort(tally);
    fprintf(to, "%s\n", title);
    for (int i = 0; i < tally->count && i < most; i++)
        fprintf(to, "  %8ld  %.*s\n", (long)tally->entries[i].count,
                STR_ARG(tally->entries[i].shown));
    if (tally->count > most)
        fprintf(to, "            and %d more\n", tally->count - most);
}

static void
print_meant(const struct mapping_column *column, FILE *to)
{
    for (size_t i = 0; i < column->meant_count; i++)
        fprintf(to,
                i == 0 ? " (name it in the mapping; meant may be %.*s"
                       : ", %.*s",
                STR_ARG(column->meant[i]));
    fprintf(to, column->meant_count > 0 ? ")\n" : "\n");
}

static void
print_columns(struct import_report *report, FILE *to)
{
    fprintf(to, "columns\n");
    for (size_t i = 0; i < report->mapping.count; i++) {
        const struct mapping_column *column = &report->mapping.columns[i];
        fprintf(to, "  %.*s -> %.*s", STR_ARG(column->header),
                STR_ARG(mapping_target_name(&report->arena, column)));
        print_meant(column, to);
    }
}

void
import_report_print(struct import_report *report,
                    const struct import_outcome *outcome,
                    const struct import_time *time, FILE *to)
{
    print_columns(report, to);
    print_tally(&report->rules, "new leads by rule", 1000, to);
    print_tally(&report->owners, "new leads by owner", 1000, to);
    print_tally(&report->notes, "kept as given", NOTES_SHOWN, to);
    if (report->refused_count > 0)
        fprintf(to, "refused\n");
    for (int i = 0; i < report->refused_count; i++)
        fprintf(to, "  line %ld (row %ld): %.*s\n",
                (long)report->refused[i].line, (long)report->refused[i].row,
                STR_ARG(report->refused[i].notes));
    if (report->statuses[IMPORT_REFUSED] > report->refused_count)
        fprintf(
            to, "  and %ld more\n",
            (long)(report->statuses[IMPORT_REFUSED] - report->refused_count));
    if (outcome->facts.replaced > 0)
        fprintf(to, "%zu bytes were no text and became U+FFFD\n",
                outcome->facts.replaced);
    fprintf(to,
            "%s%ld rows: %ld new, %ld joined, %ld repeated, %ld refused; "
            "%.1f s, %.0f rows/s\n",
            time->dry_run ? "dry run, nothing was stored: " : "",
            (long)report->rows, (long)report->statuses[IMPORT_NEW],
            (long)report->statuses[IMPORT_JOINED],
            (long)report->statuses[IMPORT_REPEATED],
            (long)report->statuses[IMPORT_REFUSED], time->seconds,
            time->seconds > 0 ? (double)report->rows / time->seconds : 0);
}

static void
put_tally(struct json_out *out, const char *name, const char *what,
          struct tally *tally)
{
    tally_sort(tally);
    json_name(out, name);
    json_open_array(out);
    for (int i = 0; i < tally->count; i++) {
        json_open_object(out);
        json_put_text(out, what, tally->entries[i].shown);
        json_put_int(out, "leads", tally->entries[i].count);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
put_owners(struct json_out *out, struct tally *tally)
{
    tally_sort(tally);
    json_name(out, "owners");
    json_open_array(out);
    for (int i = 0; i < tally->count; i++) {
        json_open_object(out);
        json_put_text(out, "id", tally->entries[i].key);
        json_put_text(out, "name", tally->entries[i].shown);
        json_put_int(out, "leads", tally->entries[i].count);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
put_refused(struct json_out *out, const struct import_report *report)
{
    json_name(out, "refused_first");
    json_open_array(out);
    for (int i = 0; i < report->refused_count; i++) {
        json_open_object(out);
        json_put_int(out, "row", report->refused[i].row);
        json_put_int(out, "line", report->refused[i].line);
        json_put_text(out, "reason", report->refused[i].notes);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
put_columns(struct json_out *out, struct import_report *report)
{
    json_name(out, "columns");
    json_open_object(out);
    for (size_t i = 0; i < report->mapping.count; i++) {
        const struct mapping_column *column = &report->mapping.columns[i];
        json_name_str(out, column->header);
        json_text(out, mapping_target_name(&report->arena, column));
    }
    json_close_object(out);
}

/* Columns of which it must be said what is meant. */
static void
put_ambiguous(struct json_out *out, const struct import_report *report)
{
    json_name(out, "ambiguous");
    json_open_object(out);
    for (size_t i = 0; i < report->mapping.count; i++) {
        const struct mapping_column *column = &report->mapping.columns[i];
        if (column->meant_count == 0)
            continue;
        json_name_str(out, column->header);
        json_open_array(out);
        for (size_t n = 0; n < column->meant_count; n++)
            json_text(out, column->meant[n]);
        json_close_array(out);
    }
    json_close_object(out);
}

struct str
import_report_json(struct import_report *report,
                   const struct import_outcome *outcome,
                   const struct import_time *time)
{
    struct text text = text_new(&report->arena);
    struct json_out out = json_out_new(&text);
    char delimiter = outcome->facts.delimiter;

    json_open_object(&out);
    json_put_bool(&out, "dry_run", time->dry_run);
    json_put_int(&out, "rows", report->rows);
    json_put_bool(&out, "whole_table", !outcome->partial);
    for (int i = 0; i <= IMPORT_REFUSED; i++)
        json_put_int(&out, import_status_names[i], report->statuses[i]);
    json_put_int(&out, "blank_lines", outcome->blank_lines);
    json_put_cstr(&out, "encoding",
                  outcome->facts.encoding == CSV_ENCODING_FIND
                      ? "ASCII"
                      : csv_encoding_name(outcome->facts.encoding));
    json_put_text(&out, "delimiter",
                  (struct str){ &delimiter, delimiter == 0 ? 0 : 1 });
    json_put_int(&out, "replaced_bytes", (int64_t)outcome->facts.replaced);
    json_name(&out, "seconds");
    json_real(&out, time->seconds);
    put_columns(&out, report);
    put_ambiguous(&out, report);
    put_owners(&out, &report->owners);
    put_tally(&out, "rules", "rule", &report->rules);
    put_tally(&out, "kept_as_given", "note", &report->notes);
    put_tally(&out, "refusals", "reason", &report->refusals);
    put_refused(&out, report);
    json_put_text(&out, "stopped_by", outcome->why);
    json_close_object(&out);
    return text_str(&text);
}
