/*
 * command_rules: rule sets as files. "check" and "match" need no database:
 * people and queues are then taken on trust.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/time/zone.h"
#include "src/command/command.h"
#include "src/command/rules_fields.h"
#include "src/command/rules_replay.h"
#include "src/lifecycle.h"
#include "src/route/route_store.h"
#include "src/standardise/standardise.h"
#include "src/workspace/cache.h"

enum { FILE_BYTES_MAX = 8 * 1024 * 1024 };

static const struct command_option options[] = {
    COMMAND_OPTION_DATABASE,
    { "workspace", "SLUG", "whose rules; check then knows its people" },
    { "leads", "FILE", "match: one JSON object a line" },
    { "mode", "first|all", "match: the first rule, or all (first)" },
    { "note", "TEXT", "import: publishes at once, with this note" },
    { "days", "N", "replay: of the last so many days, 1 to 90 (30)" },
    { "to", "TIME", "replay: they end there (now)" },
    COMMAND_OPTION_JSON,
    { 0 },
};

static const char usage[] = "check|export|import|diff|match|replay [FILE]";

/* ----------------------------------------------------------------- files */

static const struct json *
read_document(struct command *command, struct str *text)
{
    struct json_error error = { 0 };

    *text = STR_NONE;
    if (command->word_count < 2) {
        command_misuse(command, "needs a FILE");
        return NULL;
    }
    if (!command_read_file(command, command->words[1], FILE_BYTES_MAX, text))
        return NULL;

    const struct json *json = json_parse(&command->arena, *text, &error);
    if (json == NULL)
        command_fail(command, "%s: byte %zu: %s", command->words[1],
                     error.offset, error.message);
    return json;
}

/* -------------------------------------------------- without a database */

/* A unit of work that has only memory: enough to read rules and facts. */
static struct work
bare_work(struct command *command)
{
    return (struct work){ .arena = &command->arena };
}

static void
print_faults(const struct error *error)
{
    for (int i = 0; i < error->detail_count; i++)
        fprintf(stderr, "%.*s: %.*s\n", STR_ARG(error->details[i].pointer),
                STR_ARG(error->details[i].message));
}

static const struct route_snapshot *
read_alone(struct command *command, struct rules_fields *fields,
           struct str *warnings)
{
    struct work w = bare_work(command);
    struct str text;
    const struct json *document = read_document(command, &text);

    if (document == NULL)
        return NULL;

    rules_fields_read(&command->arena, document, fields);
    const struct route_names alone = { .fields = fields->table };
    const struct route_snapshot *snapshot =
        route_rules_read(&w, &command->arena, document, 0, &alone, warnings);
    if (snapshot == NULL) {
        command_fail(command, "%s is no rule set that can be used",
                     command->words[1]);
        print_faults(&w.error);
    }
    return snapshot;
}

/* What is hardly meant goes where faults go, and the file is good. */
static void
print_warnings(struct command *command, struct str warnings)
{
    struct json_error error;
    const struct json *list = json_parse(&command->arena, warnings, &error);

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        fprintf(stderr, "warning: %.*s: %.*s\n",
                STR_ARG(json_get_text(&list->array.items[i], "pointer")),
                STR_ARG(json_get_text(&list->array.items[i], "message")));
}

static bool
say_good(struct command *command, struct str warnings)
{
    if (command_has(command, "json"))
        return printf("{\"warnings\":%.*s}\n", STR_ARG(warnings)) > 0;
    print_warnings(command, warnings);
    return puts("good") >= 0;
}

static bool
check_alone(struct command *command)
{
    struct rules_fields fields;
    struct str warnings;

    return read_alone(command, &fields, &warnings) != NULL
        && say_good(command, warnings);
}

/* Fields that are ours alone may stand in a file of leads all the same. */
static void
read_own_fields(struct work *w, const struct json *json, struct fact *facts)
{
    for (int i = LEAD_GIVEN_COUNT; i < LEAD_FIELD_COUNT; i++) {
        const struct json *value = json_get(json, lead_fields[i].name);
        struct fact *fact = &facts[i];
        if (value == NULL || value->kind == JSON_NULL)
            continue;
        fact->known = true;
        if (value->kind == JSON_INTEGER) {
            fact->number = value->integer;
        } else if (value->kind == JSON_TEXT) {
            fact->text = value->text;
            fact->folded = fold_text(w->arena, value->text);
            if (lead_fields[i].kind == FIELD_TIME)
                fact->known = time_parse(value->text, &fact->number);
        }
    }
}

static bool
print_matches(struct work *w, const struct route_snapshot *snapshot,
              const struct rules_fields *fields, const struct json *json,
              bool all)
{
    const struct standardise_settings lenient = { .strict = false };
    struct fact facts[LEAD_FACT_COUNT] = { 0 };
    struct lead_facts given;
    bool any = false;

    if (!standardise(w, json, STR(""), &lenient, &given))
        return false;
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        facts[i] = given.facts[i];
    read_own_fields(w, json, facts);
    rules_fields_facts(w->arena, fields, given.custom, facts);

    for (int i = 0; i < snapshot->rule_count && (all || !any); i++) {
        const struct route_rule *rule = &snapshot->rules[i];
        if (!rule->enabled || !condition_true(rule->when, facts, w->now_ms))
            continue;
        printf("%s%.*s", any ? "," : "", STR_ARG(rule->id));
        any = true;
    }
    puts(any ? "" : "-");
    return true;
}

static bool
match_lines(struct command *command, const struct route_snapshot *snapshot,
            const struct rules_fields *fields, FILE *file, bool all)
{
    struct arena arena;
    char *line = NULL;
    size_t room = 0;
    ssize_t bytes;
    int64_t number = 0;
    bool ok = true;

    arena_init(&arena);
    while (ok && (bytes = getline(&line, &room, file)) > 0) {
        struct work w = { .arena = &arena, .now_ms = clock_now_ms() };
        struct json_error error = { 0 };
        struct str text = str_trim((struct str){ line, (size_t)bytes });
        number++;
        if (str_is_empty(text))
            continue; /* no lead */
        const struct json *json = json_parse(&arena, text, &error);
        ok = (json != NULL && json->kind == JSON_OBJECT
              && print_matches(&w, snapshot, fields, json, all))
          || command_fail(command, "line %ld: %s", (long)number,
                          json == NULL ? error.message
                                       : "a lead is a JSON object");
        arena_reset(&arena);
    }
    free(line);
    arena_free(&arena);
    return ok;
}

static bool
match(struct command *command)
{
    const char *path = command_value(command, "leads", NULL);
    struct str mode = str_of(command_value(command, "mode", "first"));
    struct rules_fields fields;
    bool all = str_is(mode, "all");

    if (!all && !str_is(mode, "first"))
        return command_misuse(command, "--mode is first or all");
    if (path == NULL)
        return command_misuse(command, "needs --leads FILE");
    const struct route_snapshot *snapshot = read_alone(command, &fields, NULL);
    if (snapshot == NULL)
        return false;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return command_fail(command, "%s: %s", path, strerror(errno));
    bool ok = match_lines(command, snapshot, &fields, file, all);
    fclose(file);
    return ok;
}

/* ---------------------------------------------------- with a workspace */

struct asked {
    struct command *command;
    struct str slug;
    struct str text; /* the document read, or what is to be printed */
    const struct json *document;
    struct str note; /* publish, when given */
    struct str warnings;
};

static bool
enter_workspace(struct work *w, struct asked *asked,
                struct workspace_cache **cache)
{
    struct workspace workspace;

    if (!workspace_find(w, asked->slug, &workspace))
        return false;
    w->workspace = workspace.id;
    *cache = workspace_cache(w);
    return *cache != NULL;
}

static bool
check_unit(struct work *w, void *context)
{
    struct asked *asked = context;
    struct workspace_cache *cache;

    if (!enter_workspace(w, asked, &cache))
        return false;

    const struct route_names names = route_names_of(cache);
    struct str warnings;
    if (route_rules_read(w, w->arena, asked->document, 0, &names, &warnings)
        == NULL)
        return false;
    asked->warnings = arena_str(&asked->command->arena, warnings);
    return true;
}

static bool
export_unit(struct work *w, void *context)
{
    struct asked *asked = context;
    struct workspace_cache *cache;
    struct routing_document published;

    if (!enter_workspace(w, asked, &cache) || !routing_published(w, &published))
        return false;
    asked->text = arena_str(&asked->command->arena, published.text);
    return true;
}

static bool
import_unit(struct work *w, void *context)
{
    struct asked *asked = context;
    struct workspace_cache *cache;
    struct routing_document draft;

    if (!check_unit(w, asked) || !enter_workspace(w, asked, &cache)
        || !routing_draft_load(w, &draft))
        return false;
    int64_t number;
    draft.text = asked->text;
    if (!routing_draft_save(w, &draft))
        return false;
    if (str_is_empty(asked->note))
        return true;
    return routing_publish(w, asked->text, asked->note, &number)
        && lifecycle_team_changed(w);
}

static bool
with_workspace(struct command *command, enum unit_side side,
               bool (*run)(struct work *, void *), struct asked *asked)
{
    const char *slug = command_value(command, "workspace", NULL);

    if (slug == NULL)
        return command_misuse(command, "needs --workspace SLUG");

    struct command_database *database = command_open(command);
    if (database == NULL)
        return false;
    asked->command = command;
    asked->slug = str_of(slug);
    bool ok = command_work(command, command_runner(database), side, run, asked);
    command_close(database);
    return ok;
}

static bool
check(struct command *command)
{
    struct asked asked = { 0 };

    if (!command_has(command, "workspace"))
        return check_alone(command);
    asked.document = read_document(command, &asked.text);
    if (asked.document == NULL
        || !with_workspace(command, UNIT_READS, check_unit, &asked))
        return false;
    return say_good(command, asked.warnings);
}

/* Into FILE, or onto standard output without one. */
static bool export(struct command *command)
{
    const char *path = command->word_count < 2 ? NULL : command->words[1];
    struct asked asked = { 0 };

    if (!with_workspace(command, UNIT_READS, export_unit, &asked))
        return false;

    FILE *file = path == NULL ? stdout : fopen(path, "wb");
    if (file == NULL)
        return command_fail(command, "%s: %s", path, strerror(errno));
    bool ok = fprintf(file, "%.*s\n", STR_ARG(asked.text)) > 0;
    ok &= path == NULL ? fflush(file) == 0 : fclose(file) == 0;
    return ok
        || command_fail(command, "%s: %s", path == NULL ? "the output" : path,
                        strerror(errno));
}

static bool
import(struct command *command)
{
    const char *note = command_value(command, "note", NULL);
    struct asked asked = { .note = str_of(note) };

    asked.document = read_document(command, &asked.text);
    if (asked.document == NULL
        || !with_workspace(command, UNIT_WRITES, import_unit, &asked))
        return false;
    print_warnings(command, asked.warnings);
    puts(note == NULL ? "saved as the draft" : "published");
    return true;
}

/* ------------------------------------------------------------------ diff */

static const struct json *
rule_of(const struct json *document, struct str id)
{
    const struct json *rules = json_get(document, "rules");

    for (size_t i = 0; rules != NULL && i < rules->array.count; i++)
        if (str_equal(json_get_text(&rules->array.items[i], "id"), id))
            return &rules->array.items[i];
    return NULL;
}

static void
print_rules_only_in(const struct json *here, const struct json *there,
                    const char *sign)
{
    const struct json *rules = json_get(here, "rules");

    for (size_t i = 0; rules != NULL && i < rules->array.count; i++) {
        struct str id = json_get_text(&rules->array.items[i], "id");
        if (rule_of(there, id) == NULL)
            printf("%s rule %.*s\n", sign, STR_ARG(id));
    }
}

static void
print_changed_rules(struct arena *arena, const struct json *old,
                    const struct json *new)
{
    const struct json *rules = json_get(new, "rules");

    for (size_t i = 0; rules != NULL && i < rules->array.count; i++) {
        const struct json *rule = &rules->array.items[i];
        struct str id = json_get_text(rule, "id");
        const struct json *before = rule_of(old, id);
        if (before != NULL
            && !str_equal(json_tree_text(arena, before),
                          json_tree_text(arena, rule)))
            printf("~ rule %.*s\n", STR_ARG(id));
    }
}

/* What the file would change of the published rules. */
static bool
diff(struct command *command)
{
    static const char *const parts[] = { "keep_together", "otherwise",
                                         "nobody_can", "late", "pools" };
    struct asked asked = { 0 };
    struct json_error error;
    struct str text;
    const struct json *new = read_document(command, &text);

    if (new == NULL
        || !with_workspace(command, UNIT_READS, export_unit, &asked))
        return false;
    const struct json *old = json_parse(&command->arena, asked.text, &error);
    print_rules_only_in(old, new, "-");
    print_rules_only_in(new, old, "+");
    print_changed_rules(&command->arena, old, new);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!str_equal(
                json_tree_text(&command->arena, json_get(old, parts[i])),
                json_tree_text(&command->arena, json_get(new, parts[i]))))
            printf("~ %s\n", parts[i]);
    return true;
}

/* ---------------------------------------------------------------- replay */

static bool
replay(struct command *command)
{
    struct str text;
    const struct json *document = read_document(command, &text);

    return document != NULL && rules_replay(command, document);
}

/* --------------------------------------------------------------- command */

static const struct {
    const char *name;
    bool (*run)(struct command *);
} verbs[] = {
    { "check", check }, { "export", export }, { "import", import },
    { "diff", diff },   { "match", match },   { "replay", replay },
};

int
command_rules(int argc, char **argv)
{
    struct command command;

    if (!command_read(&command, options, "rules", usage, argc, argv)) {
        command_free(&command);
        return command.exit_code;
    }
    const char *verb = command.word_count == 0 ? "" : command.words[0];
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verb, verbs[i].name) == 0) {
            verbs[i].run(&command);
            command_free(&command);
            return command.exit_code;
        }
    }
    command_misuse(&command, "say what to do: %s", usage);
    command_free(&command);
    return command.exit_code;
}
