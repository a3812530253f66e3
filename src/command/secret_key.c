/* secret_key: see secret_key.h. */
#include "src/command/secret_key.h"

#include <stdlib.h>
#include <unistd.h>

#include "src/capture/hook.h"
#include "src/lead/erasure.h"
#include "src/notify/webhook.h"
#include "src/workspace/workspace.h"

/* What systemd's LoadCredential=baton.key:... has put there. */
static const char *
credential(struct command *command)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (folder == NULL)
        return NULL;
    const char *path =
        arena_format(&command->arena, "%s/baton.key", folder).data;
    return access(path, R_OK) == 0 ? path : NULL;
}

const char *
secret_key_path(struct command *command)
{
    const char *address = command_value(command, "database", "baton.db");
    const char *path = command_value(command, "secret-key-file", NULL);

    if (path == NULL)
        path = credential(command);
    if (path != NULL)
        return path;
    return db_engine_of(address) == DB_POSTGRES
             ? "baton.key"
             : arena_format(&command->arena, "%s.key", address).data;
}

bool
secret_key_start(struct command *command, bool make)
{
    struct str why;

    return vault_start(&command->arena, secret_key_path(command), make, &why)
        || command_fail(command, "%.*s", STR_ARG(why));
}

bool
secret_key_look_at_erased(struct work *w, void *context)
{
    struct vault_count *count = context;

    *count = (struct vault_count){ 0 };
    return erasure_look_at_keys(w, false, count);
}

static bool
look_at_all(struct work *w, struct secret_look *look)
{
    struct workspace *workspaces;
    int count;

    if (!workspace_list(w, &workspaces, &count))
        return false;
    for (int i = 0; i < count; i++) {
        w->workspace = workspaces[i].id;
        if (!webhook_look_at_secrets(w, look->seal, &look->count)
            || !hook_look_at_secrets(w, look->seal, &look->count)
            || !erasure_look_at_keys(w, look->seal, &look->count))
            return false;
    }
    return true;
}

bool
secret_look(struct work *w, void *context)
{
    struct secret_look *look = context;

    look->count = (struct vault_count){ 0 }; /* a unit may run twice */
    if (!look_at_all(w, look))
        return false;
    if (look->seal && look->count.plain > 0)
        db_scrub(w->db);
    return true;
}
