/*
 * command_doctor: looks the stored data over: is what must always be true
 * still true? Reads alone; what it finds is for a person to judge.
 */
#include <stdio.h>
#include <unistd.h>

#include "lib/base/json.h"
#include "src/command/command.h"
#include "src/command/doctor_leads.h"
#include "src/command/secret_key.h"
#include "src/workspace/mailing.h"
#include "src/workspace/workspace.h"

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
    struct doctor_leads leads;
    int64_t checks;
    int64_t failed;
    int64_t plain_secrets; /* not sealed yet */
};

static bool look_over(struct doctor *);

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
run_leads(struct work *w, void *context)
{
    struct doctor *doctor = context;

    w->workspace = doctor->workspace->id;
    return doctor_look_at_leads(w, &doctor->leads);
}

static bool
ask(struct doctor *doctor, bool (*run)(struct work *, void *))
{
    return command_work(doctor->command, command_runner(doctor->database),
                        UNIT_READS, run, doctor);
}

static void
say_leads(struct doctor *doctor, const struct doctor_leads *leads)
{
    say(doctor, "each score is the sum of its lines", &leads->score);
    say(doctor, "each lead is found by its address and number", &leads->keys);
    say(doctor, "only open leads of a person have a promise", &leads->clock);
    say(doctor, "each person's open leads are counted right", &leads->load);
    say(doctor, "each company is served by its newest lead's owner",
        &leads->served);
    say(doctor, "each company is found by its name and domain", &leads->known);
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
        if (!ask(doctor, run_leads))
            return false;
    }
    if (!look_at_secrets(doctor))
        return false;
    say_leads(doctor, &doctor->leads);
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
