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

/* ---------------------------------------------------------- first answer */

/* Which template goes out by itself, to what comes from where. */
struct first_answer {
    struct id scope;    /* the workspace, a source or a form */
    struct id template; /* none: nothing goes out */
    bool counts;        /* as an answer: it stops the clock */
};

/* All that are set; in workspace_cache.first_answers. */
struct first_answers {
    const struct first_answer *items;
    int count;
};
bool first_answer_load(struct work *, struct workspace_cache *);

/* The form's, else the source's, else the workspace's; NULL: none is set. */
const struct first_answer *first_answer_of(const struct workspace_cache *,
                                           struct id form, struct id source);

bool first_answer_save(struct work *, const struct first_answer *);

/*
 * M6: notes that a job writes to a lead. False in `*first` when the same
 * address was written to by another within `within_ms`: nothing is noted.
 */
bool message_note(struct work *, struct id job, const struct lead *,
                  struct id template, int64_t within_ms, bool *first);

/* Store. */
bool message_template_list(struct work *, struct message_template **,
                           int *count);
bool message_template_load(struct work *, struct id, struct message_template *);
bool message_template_save(struct work *, struct message_template *);
bool message_template_remove(struct work *, struct id);

/* To whom something went by itself. */
bool message_erase(struct work *, struct id lead);

extern const struct module message_module;

#endif
