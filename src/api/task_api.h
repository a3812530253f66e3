/*
 * task_api: tasks by HTTP. Above the stages, because a task that is done is a
 * touch of its lead.
 */
#ifndef TASK_API_H
#define TASK_API_H

#include "src/follow_up/task.h"
#include "src/module.h"

extern const struct module task_module;

/* The leads of these tasks, by id. */
bool task_api_leads(struct work *, const struct task *, int count,
                    struct lead **, int *lead_count);

/* A lead in few words. */
void task_api_lead(struct json_out *, const struct lead *);
extern const struct shape task_lead_shape;

/* F5: the lead of that id, out of these; who is to do a task of another's
 * lead sees nothing but its id. */
void task_api_lead_of(struct work *, struct json_out *, struct id,
                      const struct lead *, int count);

/* {"id", "name"} of a person; null for nobody. */
void task_api_person(struct json_out *, const struct workspace_cache *,
                     struct id);
extern const struct shape task_person_shape;

#endif
