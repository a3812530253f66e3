/* command: see command.h. */
#include "src/command/command.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/jobs/node.h"
#include "src/instance.h"

/* --------------------------------------------------------------- options */

static void
print_usage(const struct command *command, const char *usage, FILE *to)
{
    fprintf(to, "usage: baton %s%s%s\n", command->name,
            usage[0] == '\0' ? "" : " ", usage);
    for (const struct command_option *o = command->options; o->name; o++) {
        fprintf(to, "  --%s %s\n      %s%s%s%s%s\n", o->name,
                o->value == NULL ? "" : o->value, o->about,
                o->required ? " (needed)" : "",
                o->environment == NULL ? "" : " [",
                o->environment == NULL ? "" : o->environment,
                o->environment == NULL ? "" : "]");
    }
}

/* A bar would end the table's cell. */
static void
print_cell(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        printf("%s%c", *c == '|' ? "\\" : "", *c);
}

/* The same rows for docs/SETTINGS.md. */
static void
print_manual(const struct command *command, const char *usage)
{
    const struct command_option *o = command->options;

    printf("\n## baton %s\n\n    baton %s%s%s%s\n", command->name,
           command->name, usage[0] == '\0' ? "" : " ", usage,
           o->name == NULL ? "" : " [OPTION ...]");
    if (o->name != NULL)
        puts("\n| option | | environment |\n|---|---|---|");
    for (; o->name != NULL; o++) {
        printf("| `--%s", o->name);
        if (o->value != NULL) {
            putchar(' ');
            print_cell(o->value);
        }
        fputs("` | ", stdout);
        print_cell(o->about);
        printf("%s | ", o->required ? " (needed)" : "");
        if (o->environment != NULL)
            printf("`%s` ", o->environment);
        puts("|");
    }
}

static bool
wrong_usage(struct command *command, const char *what, const char *word)
{
    return command_misuse(command,
                          "%s %s; \"baton %s --help\" shows what there is",
                          what, word, command->name);
}

static const struct command_option *
find_option(const struct command *command, struct str name)
{
    for (const struct command_option *o = command->options; o->name; o++)
        if (str_is(name, o->name))
            return o;
    return NULL;
}

/* Reads "--name value", "--name=value" or "--switch". */
static bool
read_option(struct command *command, int argc, char **argv, int *i)
{
    struct str text = str_of(argv[*i] + 2);
    ptrdiff_t equals = str_find_char(text, '=');
    struct str name = equals < 0 ? text : str_slice(text, 0, (size_t)equals);
    const struct command_option *option = find_option(command, name);
    const char *value = equals < 0 ? NULL : argv[*i] + 2 + equals + 1;

    if (option == NULL)
        return wrong_usage(command, "there is no option", argv[*i]);
    if (option->value == NULL && value != NULL)
        return wrong_usage(command, "takes no value:", argv[*i]);
    if (option->value != NULL && value == NULL) {
        if (++*i == argc)
            return wrong_usage(command, "needs a value:", argv[*i - 1]);
        value = argv[*i];
    }
    if (command->value_count == COMMAND_VALUES_MAX)
        return wrong_usage(command, "too many options at", argv[*i]);
    command->values[command->value_count].option = option;
    command->values[command->value_count++].value = value == NULL ? "" : value;
    return true;
}

static bool
read_all(struct command *command, int words_max, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            if (!read_option(command, argc, argv, &i))
                return false;
        } else if (command->word_count == words_max) {
            return wrong_usage(command, "too many words at", argv[i]);
        } else {
            command->words[command->word_count++] = argv[i];
        }
    }
    return true;
}

bool
command_read(struct command *command, const struct command_option *options,
             const char *name, const char *usage, int argc, char **argv)
{
    *command = (struct command){ .options = options, .name = name };
    arena_init(&command->arena);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_usage(command, usage, stdout);
            return false;
        }
        if (strcmp(argv[i], COMMAND_MANUAL) == 0) {
            print_manual(command, usage);
            return false;
        }
    }
    if (!read_all(command, usage[0] == '\0' ? 0 : COMMAND_WORDS_MAX, argc,
                  argv))
        return false;
    for (const struct command_option *o = options; o->name; o++)
        if (o->required && command_value(command, o->name, NULL) == NULL)
            return wrong_usage(
                command, "needs the option",
                arena_format(&command->arena, "--%s", o->name).data);
    return true;
}

void
command_free(struct command *command)
{
    arena_free(&command->arena);
}

const char *
command_value(const struct command *command, const char *name,
              const char *fallback)
{
    const struct command_option *option = find_option(command, str_of(name));
    const char *set = NULL;

    for (int i = command->value_count - 1; i >= 0; i--)
        if (command->values[i].option == option)
            return command->values[i].value;
    if (option != NULL && option->environment != NULL)
        set = getenv(option->environment);
    return set == NULL || set[0] == '\0' ? fallback : set;
}

bool
command_has(const struct command *command, const char *option)
{
    return command_value(command, option, NULL) != NULL;
}

const char *const *
command_values(struct command *command, const char *name)
{
    const struct command_option *option = find_option(command, str_of(name));
    const char **list = ARENA_ARRAY(&command->arena, const char *,
                                    (size_t)command->value_count + 1);
    int count = 0;

    for (int i = 0; i < command->value_count; i++)
        if (command->values[i].option == option)
            list[count++] = command->values[i].value;
    return count == 0 ? NULL : (const char *const *)list;
}

static void complain(const struct command *, const char *format, va_list)
    __attribute__((format(printf, 2, 0)));

/* One line, also where a library's message has several. */
static void
complain(const struct command *command, const char *format, va_list list)
{
    struct arena arena;

    arena_init(&arena);
    struct text text = text_new(&arena);
    text_format_list(&text, format, list);
    struct str line = str_trim(text_str(&text));
    fprintf(stderr, "baton %s: ", command->name);
    for (size_t i = 0; i < line.bytes; i++)
        fputc(line.data[i] == '\n' || line.data[i] == '\t' ? ' ' : line.data[i],
              stderr);
    fputc('\n', stderr);
    arena_free(&arena);
}

bool
command_fail(struct command *command, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    complain(command, format, list);
    va_end(list);
    command->exit_code = 1;
    return false;
}

bool
command_misuse(struct command *command, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    complain(command, format, list);
    va_end(list);
    command->exit_code = 2;
    return false;
}

bool
command_read_file(struct command *command, const char *path, size_t bytes_max,
                  struct str *text)
{
    FILE *file = fopen(path, "rb");
    struct text all = text_new(&command->arena);
    char block[65536];
    size_t got;

    *text = STR_NONE;
    if (file == NULL)
        return command_fail(command, "%s: %s", path, strerrordesc_np(errno));
    while ((got = fread(block, 1, sizeof block, file)) > 0
           && all.bytes <= bytes_max)
        text_add(&all, (struct str){ block, got });
    bool good = !ferror(file) && all.bytes <= bytes_max;
    fclose(file);
    *text = text_str(&all);
    return good
        || command_fail(command, "%s cannot be read, or has over %zu MiB", path,
                        bytes_max >> 20);
}

int
command_choose(const struct command_word *words, int argc, char **argv)
{
    const struct command_word *word;
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;
    int result = 0;

    if (argc > 1 && strcmp(argv[1], COMMAND_MANUAL) == 0) {
        for (word = words; word->word != NULL && result == 0; word++)
            result = word->run(argc, argv);
        return result;
    }
    for (word = words; argc > 1 && word->word != NULL; word++)
        if (strcmp(argv[1], word->word) == 0)
            return word->run(argc - 1, argv + 1);

    FILE *to = help ? stdout : stderr;
    fprintf(to, "usage: baton %s", argv[0]);
    for (word = words; word->word != NULL; word++)
        fprintf(to, "%s%s", word == words ? " " : " | ", word->word);
    fputs(" ...\n", to);
    return help ? 0 : 2;
}

/* -------------------------------------------------------------- database */

struct command_database {
    struct instance instance;
    struct db *lease;
    struct node node;
    bool has_node;
};

/* Only an empty database is migrated on the way: an old one may belong to a
 * server that still runs. */
static bool
check_schema(struct command_database *database, struct command *command,
             struct str *why)
{
    int pending;

    if (!db_schema_check(database->lease, &command->arena, db_migrations,
                         &pending, why))
        return false;
    if (pending == 0)
        return true;

    int all = 0;
    while (db_migrations[all].number != 0)
        all++;
    if (pending == all)
        return db_migrate(database->lease, &command->arena, db_migrations, NULL,
                          why);
    *why = STR("the database is of an older version; run \"baton migrate\"");
    return false;
}

struct command_database *
command_open(struct command *command)
{
    const char *address = command_value(command, "database", "baton.db");

    if (db_engine_of(address) != DB_SQLITE || access(address, F_OK) == 0)
        return command_open_or_create(command);
    command_fail(command,
                 "%s: there is no such file; name the database with --database "
                 "or BATON_DATABASE, or begin one with \"baton workspace "
                 "create\"",
                 address);
    return NULL;
}

struct command_database *
command_open_or_create(struct command *command)
{
    struct command_database *database =
        ARENA_NEW(&command->arena, struct command_database);
    const char *address = command_value(command, "database", "baton.db");
    struct str why = STR_NONE;

    database->lease = db_open(&command->arena, address, false, &why);
    database->has_node =
        database->lease != NULL && check_schema(database, command, &why)
        && node_take(database->lease, &command->arena, &database->node, &why);
    if (database->has_node)
        database->instance.runner = runner_start(
            &(struct runner_settings){
                .database = address,
                .readers = 1,
                .writers = 1,
                .group_max = 256,
                .queue_max = 1024,
                .node = database->node.number,
                .hooks = instance_hooks(&database->instance),
            },
            &command->arena, &why);
    if (database->instance.runner != NULL)
        return database;
    command_fail(command, "%s: %.*s", address, STR_ARG(why));
    command_close(database);
    return NULL;
}

void
command_close(struct command_database *database)
{
    if (database == NULL)
        return;
    if (database->instance.runner != NULL)
        runner_stop(database->instance.runner);
    if (database->has_node)
        node_release(database->lease, &database->node);
    db_close(database->lease);
}

struct runner *
command_runner(struct command_database *database)
{
    return database->instance.runner;
}

void
command_renew(struct command_database *database)
{
    if (!node_renew(database->lease, &database->node))
        log_error("node_lost", LOG_NUMBER("number", database->node.number));
}

/* ------------------------------------------------------------------ unit */

struct waiting {
    bool (*run)(struct work *, void *);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool over;
    bool ok;
    struct command *command;
};

static bool
unit_run(struct work *w, void *context)
{
    struct waiting *waiting = context;

    return waiting->run(w, waiting->context);
}

/* One line, whatever is wrong: with details they are what there is to say. */
static void
print_error(struct command *command, const struct error *error)
{
    struct text text = text_new(&command->arena);

    for (int i = 0; i < error->detail_count; i++)
        text_format(&text, "%s%.*s: %.*s", i == 0 ? "" : "; ",
                    STR_ARG(error->details[i].pointer),
                    STR_ARG(error->details[i].message));
    if (error->detail_count == 0)
        text_add(&text, error->detail);
    command_fail(command, "%.*s", STR_ARG(text_str(&text)));
}

static void
unit_done(struct work *w, void *context, bool ok)
{
    struct waiting *waiting = context;

    if (!ok)
        print_error(waiting->command, &w->error);
    pthread_mutex_lock(&waiting->lock);
    waiting->ok = ok;
    waiting->over = true;
    pthread_cond_signal(&waiting->changed);
    pthread_mutex_unlock(&waiting->lock);
}

bool
command_work(struct command *command, struct runner *runner,
             enum unit_side side, bool (*run)(struct work *, void *),
             void *context)
{
    return command_work_in(command, runner, side, &command->arena, run,
                           context);
}

bool
command_work_in(struct command *command, struct runner *runner,
                enum unit_side side, struct arena *arena,
                bool (*run)(struct work *, void *), void *context)
{
    struct waiting waiting = { .run = run,
                               .context = context,
                               .command = command };
    struct unit unit = { .side = side,
                         .arena = arena,
                         .run = unit_run,
                         .done = unit_done,
                         .context = &waiting };

    pthread_mutex_init(&waiting.lock, NULL);
    pthread_cond_init(&waiting.changed, NULL);
    if (!runner_submit(runner, &unit))
        return command_fail(command, "the queue is full; try again");
    pthread_mutex_lock(&waiting.lock);
    while (!waiting.over)
        pthread_cond_wait(&waiting.changed, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    pthread_cond_destroy(&waiting.changed);
    pthread_mutex_destroy(&waiting.lock);
    return waiting.ok;
}
