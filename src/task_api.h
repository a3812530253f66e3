/*
 * task_api: tasks by HTTP. Above the stages, because a task that is done is a
 * touch of its lead.
 */
#ifndef TASK_API_H
#define TASK_API_H

#include "src/follow_up/task.h"
#include "src/module.h"

extern const struct module task_module;

/* Shows tasks with the names of their leads; how they are described. */
bool task_api_put(struct work *, struct json_out *, const struct task *,
                  int count);
extern const struct shape task_shape;

/* What a list of leads needs of each. */
void task_api_lead(struct json_out *, const struct lead *);
extern const struct shape task_lead_shape;

/* {"id", "name"} of a person; null for nobody. */
void task_api_person(struct json_out *, const struct workspace_cache *,
                     struct id);
extern const struct shape task_person_shape;

#endif
