/*
 * command_doctor: looks the stored data over: is what must always be true
 * still true? Reads alone; what it finds is for a person to judge.
 */
#include <stdio.h>
#include <unistd.h>

#include "lib/base/json.h"
#include "src/command/command.h"
#include "src/command/doctor_store.h"
#include "src/command/secret_key.h"
#include "src/match/match.h"
#include "src/workspace/cache.h"
#include "src/workspace/mailing.h"

enum { LEADS_AT_A_TIME = 500 };

static const struct command_option options[] = {
    COMMAND_OPTION_DATABASE,
    { "mail-server", "URL", "as the server has it; else it is said",
      .environment = "BATON_MAIL_SERVER" },
    COMMAND_OPTION_SECRET_KEY,
    COMMAND_OPTION_JSON,
    { 0 },
};

struct doctor {
    struct command *command;
    struct command_database *database;
    struct text text; /* with --json */
    struct json_out out;
    const struct doctor_view *view;
    struct doctor_finding finding;
    struct workspace *workspaces;
    int workspace_count;
    struct workspace *workspace; /* being looked at */
    struct doctor_finding score;
    struct doctor_finding keys;
    struct doctor_finding load;
    int64_t checks;
    int64_t failed;
    int64_t plain_secrets; /* not sealed yet */
};

static bool look_over(struct doctor *);
static bool look_at_leads(struct work *, void *context);

/* --------------------------------------------------------------- saying */

static void
say_json(struct doctor *doctor, const char *about,
         const struct doctor_finding *finding)
{
    struct json_out *out = &doctor->out;

    json_open_object(out);
    json_put_cstr(out, "check", about);
    json_put_bool(out, "ok", finding->faulty == 0);
    json_put_int(out, "checked", finding->checked);
    json_put_int(out, "faulty", finding->faulty);
    json_name(out, "examples");
    json_open_array(out);
    for (int i = 0; i < DOCTOR_EXAMPLES; i++)
        if (!id_is_none(finding->examples[i]))
            json_id(out, finding->examples[i]);
    json_close_array(out);
    json_close_object(out);
}

static void
say(struct doctor *doctor, const char *about,
    const struct doctor_finding *finding)
{
    doctor->checks++;
    doctor->failed += finding->faulty > 0;
    if (command_has(doctor->command, "json")) {
        say_json(doctor, about, finding);
        return;
    }
    if (finding->faulty == 0) {
        printf("ok      %s (%ld)\n", about, (long)finding->checked);
        fflush(stdout);
        return;
    }
    printf("FAILED  %s: %ld of %ld", about, (long)finding->faulty,
           (long)finding->checked);
    for (int i = 0; i < DOCTOR_EXAMPLES; i++)
        if (!id_is_none(finding->examples[i]))
            printf("%s%s", i == 0 ? ", as " : ", ",
                   id_show(finding->examples[i]).text);
    printf("%s%.*s\n", str_is_empty(finding->words) ? "" : ": ",
           STR_ARG(finding->words));
    fflush(stdout);
}

static void
note_fault(struct doctor_finding *finding, struct id record)
{
    if (finding->faulty < DOCTOR_EXAMPLES)
        finding->examples[finding->faulty] = record;
    finding->faulty++;
}

/* ---------------------------------------------------------------- leads */

/* S1: the score is the sum of its lines. */
static bool
score_adds_up(struct arena *arena, const struct lead *lead)
{
    struct json_error error;
    const struct json *lines = json_parse(arena, lead->score_lines, &error);
    int64_t sum = 0;

    if (lines == NULL || lines->kind != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < lines->array.count; i++)
        sum += json_get_int(&lines->array.items[i], "points", 0);
    return sum == lead->score;
}

static void
count_load(struct hash_map *load, const struct lead *lead)
{
    if (lead->owner.kind == OWNER_REP && !lead_is_closed(lead))
        hash_map_put(load, lead->owner.id.value,
                     hash_map_get(load, lead->owner.id.value) + 1);
}

static bool
look_at_page(struct work *w, struct doctor *doctor, struct hash_map *load,
             struct id *after, int *count)
{
    bool *found = ARENA_ARRAY(w->arena, bool, LEADS_AT_A_TIME);
    struct lead *leads;

    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND id > $2"
                         "   AND merged_into IS NULL ORDER BY id LIMIT $3"),
                     DB_VALUES(db_id(w->workspace), db_int(after->value),
                               db_int(LEADS_AT_A_TIME)),
                     &leads, count)
        || !match_are_found(w, leads, *count, found))
        return false;
    for (int i = 0; i < *count; i++) {
        if (!score_adds_up(w->arena, &leads[i]))
            note_fault(&doctor->score, leads[i].id);
        if (!found[i])
            note_fault(&doctor->keys, leads[i].id);
        count_load(load, &leads[i]);
        *after = leads[i].id;
    }
    doctor->score.checked += *count;
    doctor->keys.checked += *count;
    return true;
}

static bool
look_at_pages(struct work *w, struct doctor *doctor, struct hash_map *load)
{
    struct arena *own = w->arena;
    struct arena page;
    struct id after = ID_NONE;
    int count = LEADS_AT_A_TIME;
    bool ok = true;

    arena_init(&page);
    w->arena = &page;
    while (ok && count == LEADS_AT_A_TIME) {
        arena_reset(&page);
        ok = look_at_page(w, doctor, load, &after, &count);
    }
    w->arena = own;
    if (!ok)
        w->error.detail = arena_str(own, w->error.detail);
    arena_free(&page);
    return ok;
}

/* The leads of one workspace, read once for all that is asked of each. */
static bool
look_at_leads(struct work *w, void *context)
{
    struct doctor *doctor = context;
    struct hash_map load;

    w->workspace = doctor->workspace->id;
    struct workspace_cache *cache = workspace_cache(w);
    if (cache == NULL)
        return false;
    hash_map_init(&load);
    bool ok = look_at_pages(w, doctor, &load);
    for (int i = 0; ok && i < cache->team->count; i++) {
        struct id person = cache->team->people[i].id;
        if (cache->ledger.entries[i].open_leads
            != hash_map_get(&load, person.value))
            note_fault(&doctor->load, person);
    }
    doctor->load.checked += cache->team->count;
    hash_map_free(&load);
    return ok;
}

/* --------------------------------------------------------------- checks */

static bool
run_file(struct work *w, void *context)
{
    struct doctor *doctor = context;

    return doctor_file(w, &doctor->finding);
}

static bool
run_view(struct work *w, void *context)
{
    struct doctor *doctor = context;

    return doctor_look(w, doctor->view, &doctor->finding);
}

static bool
run_workspaces(struct work *w, void *context)
{
    struct doctor *doctor = context;

    return workspace_list(w, &doctor->workspaces, &doctor->workspace_count);
}

static bool
ask(struct doctor *doctor, bool (*run)(struct work *, void *))
{
    return command_work(doctor->command, command_runner(doctor->database),
                        UNIT_READS, run, doctor);
}

/* Without the key none can be opened: then what is sealed is at fault, and
 * the reason is said. */
static bool
look_at_secrets(struct doctor *doctor)
{
    const char *path = secret_key_path(doctor->command);
    struct secret_look look = { 0 };
    struct str why = STR_NONE;

    (void)!vault_start(&doctor->command->arena, path, false, &why);
    bool ok = command_work(doctor->command, command_runner(doctor->database),
                           UNIT_READS, secret_look, &look);
    vault_stop();
    if (!ok)
        return false;
    if (str_is_empty(why) && look.count.lost > 0)
        why = arena_format(&doctor->command->arena,
                           "sealed with another key than %s", path);
    say(doctor, "stored secrets can be opened",
        &(struct doctor_finding){ .checked = look.count.checked,
                                  .faulty = look.count.lost,
                                  .words = why });
    doctor->plain_secrets = look.count.plain;
    return true;
}

static bool
look_over(struct doctor *doctor)
{
    if (!ask(doctor, run_file))
        return false;
    if (!str_is_empty(doctor->finding.words))
        say(doctor, "the database's file is whole", &doctor->finding);
    for (doctor->view = doctor_views; doctor->view->about != NULL;
         doctor->view++) {
        if (!ask(doctor, run_view))
            return false;
        say(doctor, doctor->view->about, &doctor->finding);
    }
    if (!ask(doctor, run_workspaces))
        return false;
    for (int i = 0; i < doctor->workspace_count; i++) {
        doctor->workspace = &doctor->workspaces[i];
        if (!ask(doctor, look_at_leads))
            return false;
    }
    if (!look_at_secrets(doctor))
        return false;
    say(doctor, "each score is the sum of its lines", &doctor->score);
    say(doctor, "each lead is found by its address and number", &doctor->keys);
    say(doctor, "each person's open leads are counted right", &doctor->load);
    return true;
}

/* What is no fault, but may not be meant so. */
static int
find_hints(struct doctor *doctor, const char *hints[2])
{
    int count = 0;

    if (command_value(doctor->command, "mail-server", NULL) == NULL
        && mailing_hint() != NULL)
        hints[count++] = mailing_hint();
    if (doctor->plain_secrets > 0)
        hints[count++] = "Some secrets are not sealed yet: the server does it "
                         "when it starts.";
    return count;
}

static void
say_hints(struct doctor *doctor)
{
    const char *hints[2];
    int count = find_hints(doctor, hints);

    if (!command_has(doctor->command, "json")) {
        for (int i = 0; i < count; i++)
            printf("hint    %s\n", hints[i]);
        return;
    }
    json_close_array(&doctor->out);
    json_name(&doctor->out, "hints");
    json_open_array(&doctor->out);
    for (int i = 0; i < count; i++)
        json_text(&doctor->out, str_of(hints[i]));
    json_close_array(&doctor->out);
}

static void
conclude(struct doctor *doctor)
{
    say_hints(doctor);
    if (command_has(doctor->command, "json")) {
        json_put_bool(&doctor->out, "ok", doctor->failed == 0);
        json_close_object(&doctor->out);
        printf("%.*s\n", STR_ARG(text_str(&doctor->text)));
    }
    if (doctor->failed > 0)
        command_fail(doctor->command, "%ld of %ld checks failed",
                     (long)doctor->failed, (long)doctor->checks);
}

/* Looking must not make a database. */
static bool
is_there(struct command *command)
{
    const char *address = command_value(command, "database", "baton.db");

    return db_engine_of(address) == DB_POSTGRES || access(address, R_OK) == 0
        || command_fail(command, "there is no database %s", address);
}

int
command_doctor(int argc, char **argv)
{
    struct command command;
    struct doctor doctor = { .command = &command };

    if (command_read(&command, options, "doctor", "", argc, argv)
        && is_there(&command)) {
        doctor.text = text_new(&command.arena);
        doctor.out = json_out_new(&doctor.text);
        json_open_object(&doctor.out);
        json_name(&doctor.out, "checks");
        json_open_array(&doctor.out);
        doctor.database = command_open(&command);
        if (doctor.database != NULL && look_over(&doctor))
            conclude(&doctor);
        command_close(doctor.database);
    }
    command_free(&command);
    return command.exit_code;
}
