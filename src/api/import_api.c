/*
 * import_api: tables of leads, handed in over HTTP: looked at first, or taken
 * at once; with what became of each row, and a way back. The rows are taken
 * by importer.c.
 */
#include "src/api/import_api.h"

#include "lib/base/csv.h"
#include "lib/jobs/jobs.h"
#include "src/access/permission.h"
#include "src/api/operation_api.h"
#include "src/import/import_store.h"
#include "src/import/importer.h"

enum {
    FILE_BYTES_MAX = 100 * 1024 * 1024, /* unless the server is set otherwise:
                                           --import-file */
    RESULTS_MAX = 100000,
};

/* ----------------------------------------------------------------- shapes */

static const struct shape_field input_fields[] = {
    { "source", SHAPE_TEXT, SHAPE_REQUIRED, 200,
      .about = "Name of the source of its leads; made when it is new." },
    { "file_name", SHAPE_TEXT, SHAPE_NULLABLE, 300, .about = "For people." },
    { "mapping", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &mapping_shape,
      .about = "Absent: columns by their usual names." },
    { "dry_run", SHAPE_BOOL, 0,
      .about = "Do everything with the first 2,000 rows, and leave nothing; "
               "whole_table in the summary says whether that was all." },
    { "route", SHAPE_BOOL, 0,
      .about = "false: new leads wait in the default queue." },
    { 0 },
};
static const struct shape input_shape = { "ImportInput",
                                          "A table that is to come.", 0,
                                          input_fields };

static const struct shape_field run_fields[] = {
    { "mapping", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &mapping_shape,
      .about = "Another one, while nothing is stored; absent: the same." },
    { "dry_run", SHAPE_BOOL, 0, .about = "false if absent." },
    { 0 },
};
static const struct shape run_shape = { "ImportRun", "How it is run.", 0,
                                        run_fields };

static const struct shape_field undone_fields[] = {
    { "closed", SHAPE_INTEGER, 0, .about = "Leads that are closed now." },
    { "kept", SHAPE_INTEGER, 0,
      .about = "Leads that somebody had touched, or that others joined." },
    { 0 },
};
static const struct shape undone_shape = { "ImportUndone", "What undo did.", 0,
                                           undone_fields };

static const struct shape_field import_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "version", SHAPE_INTEGER, 0 },
    { "source", SHAPE_TEXT, 0, .about = "Its name." },
    { "file_name", SHAPE_TEXT, SHAPE_NULLABLE },
    { "mapping", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &mapping_shape },
    { "route", SHAPE_BOOL, 0 },
    { "dry_run", SHAPE_BOOL, 0, .about = "Of the last run." },
    { "state", SHAPE_OPTION, 0, .options = import_state_names,
      .about = "waiting: for its file; checked: a dry run is over." },
    { "bytes", SHAPE_INTEGER, 0, .about = "Of the file." },
    { "rows_done", SHAPE_INTEGER, 0 },
    { "summary", SHAPE_OBJECT, SHAPE_NULLABLE,
      .about = "Of the last run: columns, counts, owners, refusals." },
    { "undone", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &undone_shape },
    OPERATION_END_FIELDS,
    { 0 },
};
static const struct shape import_shape = { "Import", "A table of leads.", 0,
                                           import_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &import_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "ImportPage", "Imports.", 0,
                                         page_fields };

static const struct request_field result_asks[] = {
    { STR_INIT("status"),
      STR_INIT("new, joined, repeated or refused; all if absent.") },
    { STR_INIT("after"), STR_INIT("Rows after this one; 0 if absent.") },
    { STR_INIT("limit"), STR_INIT("1 to 100000, which is usual.") },
    { { 0 }, { 0 } },
};
static const struct request_field upload_asks[] = {
    { STR_INIT("source"),
      STR_INIT("When the body is the table itself: name of its source.") },
    { STR_INIT("file_name"), STR_INIT("For people.") },
    { STR_INIT("mapping"), STR_INIT("As in ImportInput, as JSON.") },
    { STR_INIT("dry_run"), STR_INIT("yes or no, which is usual.") },
    { STR_INIT("route"), STR_INIT("yes, which is usual, or no.") },
    { { 0 }, { 0 } },
};

/* ---------------------------------------------------------------- showing */

static void
put_parsed(struct work *w, struct json_out *out, const char *name,
           struct str text)
{
    struct json_error error;

    json_put_tree(out, name,
                  str_is_empty(text) ? NULL
                                     : json_parse(w->arena, text, &error));
}

static bool
put_undone(struct work *w, struct json_out *out,
           const struct import_record *record)
{
    int64_t closed;
    int64_t kept;

    json_name(out, "undone");
    if (record->operation.state != IMPORT_UNDOING
        && record->operation.state != IMPORT_UNDONE) {
        json_null(out);
        return true;
    }
    if (!import_undo_counts(w, record->operation.id, &closed, &kept))
        return false;
    json_open_object(out);
    json_put_int(out, "closed", closed);
    json_put_int(out, "kept", kept);
    json_close_object(out);
    return true;
}

static bool
put_import(struct work *w, struct json_out *out,
           const struct operation *operation)
{
    const struct import_record *record =
        (const struct import_record *)operation;

    json_open_object(out);
    json_put_id(out, "id", operation->id);
    json_put_int(out, "version", operation->version);
    json_put_text(out, "source", record->source_name);
    json_put_text(out, "file_name", record->file_name);
    put_parsed(w, out, "mapping", record->mapping);
    json_put_bool(out, "route", record->route);
    json_put_bool(out, "dry_run", record->dry_run);
    json_put_cstr(out, "state", import_state_names[operation->state]);
    json_put_int(out, "bytes", record->bytes);
    json_put_int(out, "rows_done", record->rows_done);
    put_parsed(w, out, "summary", record->summary);
    if (!put_undone(w, out, record))
        return false;
    operation_api_put_end(out, operation);
    json_close_object(out);
    return true;
}

static bool
answer_import(struct work *w, struct response *response, int status,
              const struct import_record *record)
{
    return operation_api_answer(w, response, status, &record->operation,
                                put_import);
}

static bool
load(struct work *w, const struct request *request,
     struct import_record *record)
{
    return operation_api_load(w, request, &import_operation,
                              &record->operation);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    return operation_api_list(w, request, response, &import_operation, ID_NONE,
                              put_import);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct import_record record;

    return load(w, request, &record)
        && answer_import(w, response, 200, &record);
}

/* ---------------------------------------------------------------- making */

static bool
set_mapping(struct work *w, const struct json *mapping,
            struct import_record *record)
{
    const struct mapping_file *file;

    if (mapping == NULL || mapping->kind == JSON_NULL) {
        record->mapping = STR_NONE;
        return true;
    }
    file = mapping_file_read(w, mapping);
    for (int i = 0; i < w->error.detail_count; i++)
        w->error.details[i].pointer = arena_format(
            w->arena, "/mapping%.*s", STR_ARG(w->error.details[i].pointer));
    record->mapping = json_tree_text(w->arena, mapping);
    return file != NULL;
}

static bool
read_input(struct work *w, const struct json *json,
           struct import_record *record)
{
    record->source_name = str_trim(json_get_text(json, "source"));
    record->file_name = json_get_text(json, "file_name");
    record->dry_run = json_get_bool(json, "dry_run", false);
    record->route = json_get_bool(json, "route", true);
    if (str_is_empty(record->source_name))
        return fail_at(w, STR("/source"), "required", "A source needs a name.");
    return set_mapping(w, json_get(json, "mapping"), record);
}

static bool
read_choice(struct work *w, const struct request *request, const char *name,
            bool fallback, bool *choice)
{
    struct str value = request_query(request, name);

    *choice = str_is_empty(value)
                ? fallback
                : str_is(value, "yes") || str_is(value, "true");
    return str_is_empty(value) || *choice || str_is(value, "no")
        || str_is(value, "false")
        || fail_at(w, arena_format(w->arena, "/%s", name), "unknown_option",
                   "This is yes or no.");
}

/* The table is the body; all else stands in the address. */
static bool
read_query(struct work *w, const struct request *request,
           struct import_record *record)
{
    struct str mapping = request_query(request, "mapping");
    struct json_error error;
    const struct json *json =
        str_is_empty(mapping) ? NULL : json_parse(w->arena, mapping, &error);

    record->source_name = str_trim(request_query(request, "source"));
    record->file_name = request_query(request, "file_name");
    if (str_is_empty(record->source_name))
        return fail_at(w, STR("/source"), "required",
                       "A source needs a name: ?source=...");
    if (!str_is_empty(mapping) && json == NULL)
        return fail_at(w, STR("/mapping"), "malformed_json", "%s",
                       error.message);
    return read_choice(w, request, "dry_run", false, &record->dry_run)
        && read_choice(w, request, "route", true, &record->route)
        && set_mapping(w, json, record);
}

static bool
take_file(struct work *w, const struct request *request,
          struct import_record *record)
{
    if (str_is_empty(request->body))
        return fail(w, ERR_MALFORMED, "The body is empty: send the table.");
    record->bytes = (int64_t)request->body.bytes;
    return import_file_save(w, record->operation.id, request->body)
        && operation_queue(w, &import_operation, &record->operation);
}

/* The types by which tables are sent; what is inside is found out. */
static bool
check_type(struct work *w, const struct request *request)
{
    static const char *const types[] = { "text/csv",
                                         "text/plain",
                                         "text/tab-separated-values",
                                         "application/vnd.ms-excel",
                                         "application/csv",
                                         "application/octet-stream",
                                         NULL };

    for (int i = 0; types[i] != NULL; i++)
        if (str_is(request->content_type, types[i]))
            return true;
    return fail(w, ERR_MEDIA_TYPE,
                "The table must be CSV: send Content-Type: text/csv.");
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct import_record record = { .operation.state = IMPORT_WAITING,
                                    .route = true };

    if (w->actor.kind == ACTOR_PERSON)
        record.operation.actor = w->actor.id;
    if (request->json != NULL)
        return read_input(w, request->json, &record)
            && operation_save(w, &import_operation, &record.operation)
            && answer_import(w, response, 201, &record);
    return check_type(w, request) && read_query(w, request, &record)
        && operation_save(w, &import_operation, &record.operation)
        && take_file(w, request, &record)
        && answer_import(w, response, 201, &record);
}

static bool
put_file(struct work *w, const struct request *request,
         struct response *response)
{
    struct import_record record;

    if (!check_type(w, request) || !load(w, request, &record))
        return false;
    if (record.operation.state != IMPORT_WAITING
        && (record.operation.state != IMPORT_CHECKED || record.rows_done > 0))
        return fail(w, ERR_CONFLICT,
                    "The import has a file already; make another import.");
    return take_file(w, request, &record)
        && answer_import(w, response, 202, &record);
}

/* ---------------------------------------------------------------- running */

static bool
run(struct work *w, const struct request *request, struct response *response)
{
    const struct json *mapping = json_get(request->json, "mapping");
    struct import_record record;

    if (!load(w, request, &record))
        return false;
    if (record.operation.state != IMPORT_CHECKED
        && record.operation.state != OPERATION_STOPPED)
        return fail(w, ERR_CONFLICT,
                    "An import is run after a dry run, or when it was "
                    "stopped; this one is %s.",
                    import_state_names[record.operation.state]);
    if (mapping != NULL && record.rows_done > 0)
        return fail(w, ERR_CONFLICT,
                    "Rows are stored already by the mapping there was.");
    if (mapping != NULL && !set_mapping(w, mapping, &record))
        return false;
    record.dry_run = json_get_bool(request->json, "dry_run", false);
    return operation_queue(w, &import_operation, &record.operation)
        && answer_import(w, response, 202, &record);
}

static bool
undo(struct work *w, const struct request *request, struct response *response)
{
    struct import_record record;

    if (!load(w, request, &record))
        return false;
    if (record.rows_done == 0
        || (record.operation.state != OPERATION_DONE
            && record.operation.state != OPERATION_STOPPED))
        return fail(w, ERR_CONFLICT,
                    "There is nothing to undo; the import is %s.",
                    import_state_names[record.operation.state]);
    record.operation.state = IMPORT_UNDOING;
    return operation_save(w, &import_operation, &record.operation)
        && job_add(w,
                   &(struct job_new){
                       .kind = &import_undo_job,
                       .payload = operation_payload(w, &import_operation,
                                                    record.operation.id),
                   })
        && answer_import(w, response, 202, &record);
}

/* ---------------------------------------------------------------- results */

static void
write_header(struct csv_out *out)
{
    static const char *const names[] = { "row",  "line",  "status",
                                         "lead", "owner", "rule",
                                         "why",  "notes", "undo" };

    csv_out_mark(out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_out_text(out, str_of(names[i]));
    csv_out_end_row(out);
}

static void
write_row(struct csv_out *out, const struct import_row *row)
{
    csv_out_int(out, row->number);
    csv_out_int(out, row->line);
    csv_out_text(out, row->status);
    csv_out_text(out, id_is_none(row->lead) ? STR("")
                                            : str_of(id_show(row->lead).text));
    csv_out_text(out, row->owner);
    csv_out_text(out, row->rule);
    csv_out_text(out, row->why);
    csv_out_text(out, row->notes);
    csv_out_text(out, row->undo);
    csv_out_end_row(out);
}

static bool
check_status(struct work *w, struct str status)
{
    if (str_is_empty(status))
        return true;
    for (int i = 0; i <= IMPORT_REFUSED; i++)
        if (str_is(status, import_status_names[i]))
            return true;
    return fail_at(w, STR("/status"), "unknown_option",
                   "This is new, joined, repeated or refused.");
}

static bool
results(struct work *w, const struct request *request,
        struct response *response)
{
    struct str status = request_query(request, "status");
    struct text text = text_new(w->arena);
    struct csv_out out = csv_out_new(&text);
    struct import_record record;
    struct import_row *rows;
    int64_t after;
    int64_t limit;
    int count;

    if (!load(w, request, &record) || !check_status(w, status)
        || !request_query_int(w, request, "after", 0, 0, INT64_MAX, &after)
        || !request_query_int(w, request, "limit", RESULTS_MAX, 1, RESULTS_MAX,
                              &limit)
        || !import_rows(w, record.operation.id, after, (int)limit, status,
                        &rows, &count))
        return false;
    write_header(&out);
    for (int i = 0; i < count; i++)
        write_row(&out, &rows[i]);
    response->body = text_str(&text);
    response->content_type = "text/csv; charset=utf-8";
    response_header(response, "Content-Disposition",
                    arena_format(w->arena,
                                 "attachment; filename=\"import-%s.csv\"",
                                 id_show(record.operation.id).text));
    return true;
}

/* --------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/imports", list, CAN_IMPORT, "Imports, newest first.",
      .asks = operation_list_asks, .gives = &page_shape },
    { POST, "/api/v1/imports", add, CAN_IMPORT,
      "Begin an import: its settings as JSON, or the table itself.",
      ENDPOINT_ANY_BODY | ENDPOINT_LARGE_BODY, .takes = &input_shape,
      .gives = &import_shape, .asks = upload_asks,
      .body_bytes_max = FILE_BYTES_MAX },
    { GET, "/api/v1/imports/{id}", show, CAN_IMPORT,
      "One import, and how far it is.", .gives = &import_shape },
    { PUT, "/api/v1/imports/{id}/file", put_file, CAN_IMPORT,
      "Hand in the table; it is run, or looked at.",
      ENDPOINT_ANY_BODY | ENDPOINT_LARGE_BODY, .gives = &import_shape,
      .body_bytes_max = FILE_BYTES_MAX },
    { POST, "/api/v1/imports/{id}/run", run, CAN_IMPORT,
      "Run it after a dry run, or go on where it was stopped.",
      .takes = &run_shape, .gives = &import_shape },
    { GET, "/api/v1/imports/{id}/results", results, CAN_IMPORT,
      "What became of each row, as CSV.", .asks = result_asks },
    { POST, "/api/v1/imports/{id}/undo", undo, CAN_IMPORT,
      "Close the leads that it made and nobody has touched since.",
      .gives = &import_shape },
    { 0 },
};

static const struct job_kind *const jobs[] = { &import_run_job,
                                               &import_undo_job, NULL };

const struct module import_module = { "import", endpoints, jobs };
