/* command_user: adds people to a workspace. */
#include <stdio.h>

#include "src/access/access.h"
#include "src/api/team_api.h"
#include "src/command/command.h"
#include "src/workspace/workspace.h"

static const struct command_option options[] = {
    { "workspace", "SLUG", "where; \"baton workspace list\" shows which",
      .required = true },
    { "email", "ADDRESS", "what the person signs in with", .required = true },
    { "role", "owner|admin|manager|rep|viewer", "what the person may do",
      .required = true },
    { "name", "NAME", "as others see it (what stands before the @)" },
    { "time-zone", "ZONE", "where the person is (the workspace's)" },
    { "hours", "JSON",
      "working hours, like {\"mon\": [\"09:00-18:00\"]} (any)" },
    { "password-stdin", NULL, "reads the password from standard input" },
    COMMAND_OPTION_DATABASE,
    COMMAND_OPTION_JSON,
    { 0 },
};

struct addition {
    const struct command *command;
    enum role role;
    struct str password_hash; /* STR_NONE: signs in with no password */
    struct person person;
};

static bool read_role(struct command *, struct addition *);
static bool read_password(struct command *, struct str *hash);
static bool add_in(struct command *, struct command_database *,
                   struct addition *);
static bool run_add(struct work *, void *context);
static bool read_hours(struct work *, struct str text, struct person *);

static int
add(int argc, char **argv)
{
    struct command command;
    struct addition addition = { .command = &command };

    if (command_read(&command, options, "user add", "", argc, argv)
        && read_role(&command, &addition)) {
        struct command_database *database = command_open(&command);
        if (database != NULL
            && read_password(&command, &addition.password_hash))
            (void)add_in(&command, database, &addition);
        command_close(database);
    }
    command_free(&command);
    return command.exit_code;
}

int
command_user(int argc, char **argv)
{
    static const struct command_word words[] = { { "add", add }, { 0 } };

    return command_choose(words, argc, argv);
}

static struct str
text_of(const struct command *command, const char *option)
{
    return str_of(command_value(command, option, NULL));
}

/* The first line, without its end. */
static struct str
read_line(struct arena *arena)
{
    struct text line = text_new(arena);

    for (int c; (c = getchar()) != EOF && c != '\n';)
        text_add_char(&line, (char)c);
    struct str text = text_str(&line);
    if (str_ends(text, STR("\r")))
        text.bytes--;
    return text;
}

/* Before the unit: nobody waits for it. */
static bool
read_password(struct command *command, struct str *hash)
{
    if (!command_has(command, "password-stdin"))
        return true;

    struct str password = read_line(&command->arena);
    const char *fault = access_password_fault(password);
    if (fault != NULL)
        return command_fail(command, "%s", fault);
    *hash = access_password_hash(&command->arena, password);
    return true;
}

static bool
read_role(struct command *command, struct addition *addition)
{
    struct str role = text_of(command, "role");

    return role_find(role, &addition->role)
        || command_misuse(command,
                          "there is no role \"%.*s\"; the roles are owner, "
                          "admin, manager, rep and viewer",
                          STR_ARG(role));
}

static bool
add_in(struct command *command, struct command_database *database,
       struct addition *addition)
{
    const struct person *person = &addition->person;

    if (!command_work(command, command_runner(database), UNIT_WRITES, run_add,
                      addition))
        return false;
    if (!command_has(command, "json")) {
        printf("%s %.*s\n", role_names[person->role], STR_ARG(person->email));
        return true;
    }

    struct text text = text_new(&command->arena);
    struct json_out out = json_out_new(&text);
    json_open_object(&out);
    json_put_id(&out, "id", person->id);
    json_put_text(&out, "email", person->email);
    json_put_text(&out, "name", person->name);
    json_put_cstr(&out, "role", role_names[person->role]);
    json_close_object(&out);
    printf("%.*s\n", STR_ARG(text_str(&text)));
    return true;
}

static bool
run_add(struct work *w, void *context)
{
    struct addition *addition = context;
    const struct command *command = addition->command;
    struct workspace workspace;
    struct str name = text_of(command, "name");
    struct str zone = text_of(command, "time-zone");

    if (!workspace_find(w, text_of(command, "workspace"), &workspace))
        return false;
    w->workspace = workspace.id;
    addition->person = (struct person){
        .email = text_of(command, "email"),
        .name = name,
        .role = addition->role,
        .active = true,
        .zone_text = zone.data == NULL ? workspace.time_zone : zone,
        .open_leads_max = -1,
        .day_leads_max = -1,
        .weight = 1,
    };
    return read_hours(w, text_of(command, "hours"), &addition->person)
        && team_person_add(w, &addition->person)
        && (addition->password_hash.data == NULL
            || access_password_save(w, addition->person.id,
                                    addition->password_hash));
}

static bool
read_hours(struct work *w, struct str text, struct person *person)
{
    struct json_error error;

    if (text.data == NULL)
        return true;
    const struct json *json = json_parse(w->arena, text, &error);
    if (json == NULL)
        return fail(w, ERR_INVALID, "--hours is not JSON: %s", error.message);
    return team_hours_set(w, person, json, STR("/hours"));
}
