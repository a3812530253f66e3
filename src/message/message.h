/*
 * message: what is written to leads: templates, and what they come to for one
 * lead. Who is written to, and when, is decided above (lifecycle_answer.c).
 */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include "lib/base/template.h"
#include "src/lead/lead.h"
#include "src/workspace/cache.h"

enum message_channel {
    CHANNEL_EMAIL,
    CHANNEL_SMS,
    CHANNEL_WHATSAPP,
    CHANNEL_NOTE,
};
extern const char *const message_channels[]; /* by channel; ends with NULL */

/* What a template may name: "lead.name", "owner.name", "workspace.name". */
extern const struct template_field message_fields[];

struct message_template {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str name;
    enum message_channel channel;
    struct str language; /* "en" or "ko" */
    struct str subject;  /* of a mail; STR_NONE */
    struct str body;
};

/* M1: can every place in it be filled? Adds a detail for each part that cannot
 * be, at "/subject" and "/body". */
bool message_template_check(struct work *, const struct message_template *);

/* What a template comes to for a lead. */
struct message_text {
    struct str subject; /* one line, of a mail */
    struct str body;
    struct str html; /* the body escaped, of a mail */
};
bool message_fill(struct work *, const struct workspace_cache *,
                  const struct message_template *, const struct lead *,
                  struct message_text *);

/* Four to begin with, in each language: for a new workspace. */
bool message_samples_add(struct work *);

/* Store. */
bool message_template_list(struct work *, struct message_template **,
                           int *count);
bool message_template_load(struct work *, struct id, struct message_template *);
bool message_template_save(struct work *, struct message_template *);
bool message_template_remove(struct work *, struct id);

extern const struct module message_module;

#endif
