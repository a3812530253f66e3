/*
 * secret_key: which file holds the secret key of a database, and the look over
 * what is sealed with it. For the server and the doctor.
 */
#ifndef COMMAND_SECRET_KEY_H
#define COMMAND_SECRET_KEY_H

#include "src/command/command.h"
#include "src/workspace/vault.h"

#define COMMAND_OPTION_SECRET_KEY                                          \
    {                                                                      \
        "secret-key-file", "FILE",                                         \
            "holds the key that stored secrets are sealed with (the "      \
            "credential baton.key of systemd, else DATABASE.key, or "      \
            "baton.key with PostgreSQL; made by the server when missing)", \
            .environment = "BATON_SECRET_KEY_FILE"                         \
    }

const char *secret_key_path(struct command *);

/* Starts the vault; false after saying why. */
bool secret_key_start(struct command *, bool make);

/* A unit: all workspaces in turn. */
struct secret_look {
    bool seal; /* what is not */
    struct vault_count count;
};
bool secret_look(struct work *, void *look);

/* A unit: the keys of who was erased from the unit's workspace. */
bool secret_key_look_at_erased(struct work *, void *vault_count);

#endif
