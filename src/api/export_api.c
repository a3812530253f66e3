/*
 * export_api: leads as a file: asked for, watched, fetched, taken away again.
 * Whoever asked for a file has it, and who runs the workspace; to anybody else
 * there is none. The files are written by exporter.c.
 */
#include "src/api/export_api.h"

#include "lib/jobs/jobs.h"
#include "src/api/lead_api.h"
#include "src/api/operation_api.h"
#include "src/export/export_columns.h"
#include "src/export/export_read.h"
#include "src/export/exporter.h"

enum {
    UNFINISHED_MAX = 3,
    QUESTION_BYTES_MAX = 500,
    NAMED_MAX = 200,
};

/* ----------------------------------------------------------------- shapes */

static const char *const whats[] = { "leads", NULL };
static const char *const languages[] = { "names", "en", "ko", NULL };
static const char *const made_by_kinds[] = { "person", "key", NULL };

static const struct shape_field input_fields[] = {
    { "what", SHAPE_OPTION, SHAPE_REQUIRED, .options = whats,
      .about = "What is written." },
    { "filter", SHAPE_OBJECT, SHAPE_NULLABLE,
      .about = "A condition, as of lists; absent: all that you may see." },
    { "q", SHAPE_TEXT, SHAPE_NULLABLE, QUESTION_BYTES_MAX,
      .about = "Text: words, or parts of them." },
    { "sort", SHAPE_TEXT, SHAPE_NULLABLE, 100,
      .about = "-created_at (usual) or created_at." },
    { "columns", SHAPE_TEXT, SHAPE_LIST, NAMED_MAX,
      .about = "In this order: fields, custom.NAME, id, owner, account, "
               "consent, social, and custom, which is what no other column "
               "says; absent: all." },
    { "language", SHAPE_OPTION, SHAPE_NULLABLE, .options = languages,
      .about = "Of the header: en, ko, or names, as programs call the fields; "
               "absent: yours." },
    { 0 },
};
static const struct shape input_shape = { "ExportInput", "A file of leads.", 0,
                                          input_fields };

static const struct shape_field maker_fields[] = {
    { "kind", SHAPE_OPTION, 0, .options = made_by_kinds },
    { "id", SHAPE_ID, 0 },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE },
    { 0 },
};
static const struct shape maker_shape = { "ExportMaker", "Who asked for it.", 0,
                                          maker_fields };

static const struct shape_field export_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "version", SHAPE_INTEGER, 0 },
    { "what", SHAPE_OPTION, 0, .options = whats },
    { "state", SHAPE_OPTION, 0, .options = export_state_names,
      .about = "done: the file can be fetched. expired, deleted, erased: it is "
               "gone; erased: because somebody was forgotten who may be in "
               "it." },
    { "made_by", SHAPE_OBJECT, 0, .of = &maker_shape },
    { "filter", SHAPE_OBJECT, SHAPE_NULLABLE },
    { "q", SHAPE_TEXT, SHAPE_NULLABLE },
    { "sort", SHAPE_TEXT, 0 },
    { "columns", SHAPE_TEXT, SHAPE_LIST },
    { "language", SHAPE_OPTION, 0, .options = languages },
    { "leads", SHAPE_INTEGER, 0, .about = "So many are in it, so far." },
    { "bytes", SHAPE_INTEGER, 0 },
    { "file", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Where it is." },
    OPERATION_END_FIELDS,
    { "expires_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "The file is gone then." },
    { 0 },
};
static const struct shape export_shape = { "Export", "Leads as a file.", 0,
                                           export_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &export_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "ExportPage", "Exports.", 0,
                                         page_fields };

/* ---------------------------------------------------------------- showing */

static void
put_columns(struct work *w, struct json_out *out,
            const struct export_record *record)
{
    struct export_columns columns;

    export_columns_read(w->arena, record->columns, &columns);
    json_name(out, "columns");
    json_open_array(out);
    for (int i = 0; i < columns.count; i++)
        json_text(out, columns.list[i].name);
    json_close_array(out);
}

static void
put_question(struct work *w, struct json_out *out,
             const struct export_record *record)
{
    struct json_error error;
    const struct json *question =
        json_parse(w->arena, record->question, &error);
    struct str sort = json_get_text(question, "sort");

    json_put_tree(out, "filter", json_get(question, "filter"));
    json_put_text(out, "q", json_get_text(question, "q"));
    json_put_text(out, "sort",
                  str_is_empty(sort) ? str_of(lead_sorts[0].name) : sort);
}

static bool
put_export(struct work *w, struct json_out *out,
           const struct operation *operation)
{
    const struct export_record *record =
        (const struct export_record *)operation;
    struct known_actors known = { .cache = workspace_cache(w) };
    struct str file = STR_NONE;

    if (known.cache == NULL
        || (record->actor_kind == ACTOR_KEY && !lead_api_actors(w, &known)))
        return false;
    if (operation->state == OPERATION_DONE)
        file = arena_format(w->arena, "/api/v1/exports/%s/file",
                            id_show(operation->id).text);
    json_open_object(out);
    json_put_id(out, "id", operation->id);
    json_put_int(out, "version", operation->version);
    json_put_cstr(out, "what", whats[0]);
    json_put_cstr(out, "state", export_state_names[operation->state]);
    json_name(out, "made_by");
    lead_api_actor(out, &known, str_of(actor_kind_name(record->actor_kind)),
                   operation->actor);
    put_question(w, out, record);
    put_columns(w, out, record);
    json_put_text(out, "language", record->language);
    json_put_int(out, "leads", record->leads);
    json_put_int(out, "bytes", record->bytes);
    json_put_text(out, "file", file);
    operation_api_put_end(out, operation);
    json_put_time(out, "expires_at", record->expires_ms);
    json_close_object(out);
    return true;
}

static bool
answer(struct work *w, struct response *response, int status,
       const struct export_record *record)
{
    if (!operation_api_answer(w, response, status, &record->operation,
                              put_export))
        return false;
    response_version(w, response, record->operation.version);
    return true;
}

/* ----------------------------------------------------------------- whose */

static bool
runs_workspace(const struct work *w)
{
    return access_may(&w->actor, CAN_EDIT_WORKSPACE);
}

static bool
load(struct work *w, const struct request *request,
     struct export_record *record)
{
    const struct operation *operation = &record->operation;

    if (!operation_api_load(w, request, &export_operation, &record->operation))
        return false;
    return runs_workspace(w) || id_equal(operation->actor, w->actor.id)
        || fail(w, ERR_NOT_FOUND, "There is no export %s.",
                id_show(operation->id).text);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    return operation_api_list(w, request, response, &export_operation,
                              runs_workspace(w) ? ID_NONE : w->actor.id,
                              put_export);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct export_record record;

    return load(w, request, &record) && answer(w, response, 200, &record);
}

/* ----------------------------------------------------------------- asking */

static struct str
language_of(struct work *w, const struct workspace_cache *cache,
            const struct json *json)
{
    struct str given = json_get_text(json, "language");
    int person = team_find(cache->team, w->actor.id);

    if (!str_is_empty(given))
        return given;
    return person >= 0 && !str_is_empty(cache->team->people[person].language)
             ? cache->team->people[person].language
             : cache->workspace.language;
}

static bool
choose_columns(struct work *w, const struct json *json,
               struct export_record *record)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct export_columns columns;

    if (cache == NULL)
        return false;
    record->language = language_of(w, cache, json);
    enum export_header way = str_is(record->language, "ko")    ? EXPORT_KOREAN
                           : str_is(record->language, "names") ? EXPORT_NAMES
                                                               : EXPORT_ENGLISH;
    if (!export_columns_choose(w, cache->schema, json_get(json, "columns"), way,
                               &columns))
        return false;
    record->columns = export_columns_text(w->arena, &columns);
    return true;
}

/* As it was asked, for who looks at it later. */
static struct str
question_text(struct arena *arena, const struct json *json)
{
    static const char *const names[] = { "filter", "q", "sort" };
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct json *value = json_get(json, names[i]);
        if (value != NULL && value->kind != JSON_NULL)
            json_put_tree(&out, names[i], value);
    }
    json_close_object(&out);
    return text_str(&text);
}

static bool
check_count(struct work *w)
{
    int64_t count;

    if (!export_unfinished(w, w->actor.id, &count))
        return false;
    return count < UNFINISHED_MAX
        || fail(w, ERR_TOO_MANY,
                "%d exports of yours are not over yet: wait for one of them.",
                UNFINISHED_MAX);
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct export_record record = {
        .actor_kind = w->actor.kind,
        .operation.actor = w->actor.id,
        .question = question_text(w->arena, request->json),
    };
    struct lead_query query;

    return export_question_read(w, request->json, &query)
        && choose_columns(w, request->json, &record) && check_count(w)
        && operation_queue(w, &export_operation, &record.operation)
        && answer(w, response, 201, &record);
}

/* ------------------------------------------------------------------- file */

static bool
read_piece(struct work *w, const void *context, int64_t number,
           struct str *piece)
{
    const struct export_record *record = context;

    return export_piece_load(w, record->operation.id, number, piece);
}

static bool
file(struct work *w, const struct request *request, struct response *response)
{
    struct export_record *record = ARENA_NEW(w->arena, struct export_record);
    struct response_pieces *pieces =
        ARENA_NEW(w->arena, struct response_pieces);

    if (!load(w, request, record))
        return false;
    if (record->operation.state != OPERATION_DONE)
        return fail(w, ERR_CONFLICT, "There is no file: the export is %s.",
                    export_state_names[record->operation.state]);
    if (!export_scope_fits(w, &w->actor, record))
        return false;
    *pieces = (struct response_pieces){ record->bytes, read_piece, record };
    response->pieces = pieces;
    response->content_type = "text/csv; charset=utf-8";
    response_header(response, "Content-Disposition",
                    arena_format(w->arena,
                                 "attachment; filename=\"leads-%s.csv\"",
                                 id_show(record->operation.id).text));
    return true;
}

static bool
remove_file(struct work *w, const struct request *request,
            struct response *response)
{
    struct export_record record;

    (void)response;
    if (!load(w, request, &record))
        return false;
    if (record.operation.state > OPERATION_STOPPED)
        return true;
    record.operation.state = EXPORT_DELETED;
    if (record.operation.ended_ms == 0)
        record.operation.ended_ms = w->now_ms;
    return operation_save(w, &export_operation, &record.operation)
        && export_forget_later(w, record.operation.id);
}

/* --------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/exports", list, CAN_EXPORT,
      "Exports, newest first: one's own, and everybody's for who runs the "
      "workspace. They stay when their files are gone, and say who has taken "
      "how many leads out, and by which question.",
      .asks = operation_list_asks, .gives = &page_shape },
    { POST, "/api/v1/exports", add, CAN_EXPORT,
      "Write leads into a file: those that you may see, each as it is when its "
      "line is written. The live stream tells export.progress, .done, "
      ".stopped.",
      .takes = &input_shape, .gives = &export_shape },
    { GET, "/api/v1/exports/{id}", show, CAN_EXPORT,
      "One export, and how far it is.", .gives = &export_shape },
    { GET, "/api/v1/exports/{id}/file", file, CAN_EXPORT,
      "The file: CSV in UTF-8 with a byte order mark. What a spreadsheet would "
      "run has an apostrophe in front; an import takes it off again. Refused "
      "with 409 when you see less than when it was written." },
    { DELETE, "/api/v1/exports/{id}", remove_file, CAN_EXPORT,
      "Take the file away, or stop writing it; that it was made stays." },
    { 0 },
};

static const struct job_kind *const jobs[] = { &export_run_job,
                                               &export_expire_job,
                                               &export_forget_job, NULL };

const struct module export_module = { "export", endpoints, jobs };
