/* main: finds the command. What each does is in its own file. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "src/command/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about; /* NULL: for tools/docs, not for people */
} commands[] = {
    { "serve", command_serve, "runs the server" },
    { "workspace", command_workspace, "create --name NAME | list" },
    { "user", command_user,
      "add --workspace SLUG --email ADDRESS --role ROLE" },
    { "key", command_key,
      "create --workspace SLUG --role ROLE | --source NAME" },
    { "import", command_import,
      "leads FILE.csv --workspace SLUG --source NAME" },
    { "backup", command_backup, "FILE" },
    { "restore", command_restore, "FILE --database NEW" },
    { "migrate", command_migrate, "[--plan]" },
    { "doctor", command_doctor, "looks the stored data over" },
    { "rules", command_rules,
      "check | export | import | diff | match | replay" },
    { "docs", command_docs, NULL },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int
usage(FILE *to, int exit_code)
{
    fputs("usage: baton COMMAND ...\n", to);
    for (int i = 0; i < COMMANDS; i++)
        if (commands[i].about != NULL)
            fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].about);
    fputs("\"baton COMMAND --help\" shows its options.\n", to);
    return exit_code;
}

/* The options of all commands. */
static int
manual(void)
{
    int result = 0;

    for (int i = 0; i < COMMANDS && result == 0; i++)
        if (commands[i].about != NULL)
            result = commands[i].run(
                2, (char *[]){ (char *)(uintptr_t)commands[i].name,
                               (char[]){ COMMAND_MANUAL }, NULL });
    return result;
}

int
main(int argc, char **argv)
{
    umask(S_IRWXG | S_IRWXO); /* databases and backups hold people's data */
    if (sodium_init() < 0) {
        fputs("baton: no source of randomness\n", stderr);
        return 1;
    }
    if (argc < 2)
        return usage(stderr, 2);
    if (strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (strcmp(argv[1], COMMAND_MANUAL) == 0)
        return manual();
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr,
            "baton: there is no command %s; \"baton --help\" shows what "
            "there is\n",
            argv[1]);
    return 2;
}
