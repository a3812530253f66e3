/* rules_replay: past leads through the rules of a file. It writes nothing. */
#ifndef RULES_REPLAY_H
#define RULES_REPLAY_H

#include "lib/base/json.h"
#include "src/command/command.h"

/* Options: --workspace, --days, --json. False after saying why. */
bool rules_replay(struct command *, const struct json *document);

#endif
