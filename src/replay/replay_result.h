/* replay_result: what a replay came to, as JSON (README.md) and for people. */
#ifndef REPLAY_REPLAY_RESULT_H
#define REPLAY_REPLAY_RESULT_H

#include <stdio.h>

#include "src/replay/replay_run.h"

struct str replay_result_json(struct arena *, const struct replay_run *);

/* The same JSON, read by a person at a terminal. */
void replay_result_print(const struct json *result, FILE *);

#endif
