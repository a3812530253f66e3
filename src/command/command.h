/*
 * command: what all subcommands of the program share: options as a table, one
 * line on standard error when something is wrong, exit codes, and a unit of
 * work in the database.
 *
 * Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "lib/jobs/runner.h"

struct command_option {
    const char *name;  /* without the dashes; NULL ends the table */
    const char *value; /* what it takes, as shown; NULL: it is a switch */
    const char *about;
    bool required;
    bool repeats;
    const char *environment; /* where its value comes from otherwise */
};

#define COMMAND_OPTION_DATABASE                                         \
    {                                                                   \
        "database", "FILE|URL", "a file, or postgres://... (baton.db)", \
            .environment = "BATON_DATABASE"                             \
    }
#define COMMAND_OPTION_JSON                 \
    {                                       \
        "json", NULL, "prints for programs" \
    }

/* Every command takes it: prints its options for docs/SETTINGS.md. */
#define COMMAND_MANUAL "--manual"

enum { COMMAND_VALUES_MAX = 64, COMMAND_WORDS_MAX = 8 };

/* What was written on the command line. Values are the process's own. */
struct command {
    const struct command_option *options;
    const char *name; /* "user add" */
    struct {
        const struct command_option *option;
        const char *value; /* "" of a switch */
    } values[COMMAND_VALUES_MAX];
    int value_count;
    const char *words[COMMAND_WORDS_MAX]; /* what is no option */
    int word_count;
    int exit_code;
    struct arena arena; /* lives as long as the command */
};

/*
 * Reads argv[1..]; `usage` describes the words, "" when there are none.
 * False: it was asked for help, or one line says what is wrong; exit_code
 * says how to end.
 */
bool command_read(struct command *, const struct command_option *,
                  const char *name, const char *usage, int argc, char **argv);
void command_free(struct command *);

/* The option's value, its environment's, or the fallback. */
const char *command_value(const struct command *, const char *option,
                          const char *fallback);
bool command_has(const struct command *, const char *option);

/* All values of an option that repeats, ended by NULL; NULL: none. */
const char *const *command_values(struct command *, const char *option);

/* A whole file into the command's arena; false after saying why not. */
bool command_read_file(struct command *, const char *path, size_t bytes_max,
                       struct str *text);

/* One line on standard error; false, with exit_code 1. */
bool command_fail(struct command *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a value that was not understood: exit_code 2. */
bool command_misuse(struct command *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A command of two words ("workspace create"): runs the row that argv[1]
 * names with the rest of the words, or prints which there are and is 2. The
 * table ends with a NULL word.
 */
struct command_word {
    const char *word;
    int (*run)(int argc, char **argv);
};
int command_choose(const struct command_word *, int argc, char **argv);

/*
 * Opens the option --database for units of work: brings an empty database up
 * to date, and refuses one whose schema is not this program's. NULL: it said
 * why. Ends with command_close. A file that is not there is a name misspelt,
 * but for what begins a database.
 */
struct command_database;
struct command_database *command_open(struct command *);
struct command_database *command_open_or_create(struct command *);
void command_close(struct command_database *);
struct runner *command_runner(struct command_database *);

/* A command that may take longer than NODE_LEASE_MS calls this every
 * NODE_RENEW_MS. */
void command_renew(struct command_database *);

/* Runs one unit and waits for it; false after saying why. */
bool command_work(struct command *, struct runner *, enum unit_side,
                  bool (*run)(struct work *, void *), void *context);

/* The same, with memory that the caller may have back between two units. */
bool command_work_in(struct command *, struct runner *, enum unit_side,
                     struct arena *, bool (*run)(struct work *, void *),
                     void *context);

/* The commands; each is a file. */
int command_serve(int argc, char **argv);
int command_workspace(int argc, char **argv);
int command_user(int argc, char **argv);
int command_key(int argc, char **argv);
int command_import(int argc, char **argv);
int command_rules(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_docs(int argc, char **argv);

#endif
