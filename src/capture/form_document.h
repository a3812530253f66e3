/*
 * form_document: a public form: what it asks, in two languages, and whose
 * leads come of it. How it looks is src/page/page_form.c's.
 */
#ifndef CAPTURE_FORM_DOCUMENT_H
#define CAPTURE_FORM_DOCUMENT_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"

enum {
    FORM_INPUTS_MAX = 30,
    FORM_OPTIONS_MAX = 100,
    FORM_HOSTS_MAX = 20,
    FORM_PUBLIC_ID_BYTES = 2 * ID_TEXT_BYTES,
};

/* The same in English and Korean; one of them may be empty. */
struct form_words {
    struct str english;
    struct str korean;
};

/* The words in the language, or in the other one. */
struct str form_say(const struct form_words *, bool korean);

/* What a form may ask for: a field of a lead, or "consent". Those of the
 * workspace's own ("custom.rooms") are not in the table. */
struct form_kind {
    const char *name; /* NULL ends the table */
    enum form_look {
        FORM_LINE,
        FORM_AREA,
        FORM_CHECK, /* a box */
    } look;
    const char *type; /* of <input> */
    const char *autocomplete;
    struct form_words label; /* unless the form has its own */
};
extern const struct form_kind form_kinds[];
const struct form_kind *form_kind_find(struct str name); /* or NULL */

/* One thing it asks. */
struct form_input {
    const struct form_kind *kind;
    struct form_words label;
    bool required;
    const struct str *options; /* to choose from; NULL: any text */
    int option_count;
};

struct form_document {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str name; /* for us; visitors see the title */
    struct id source;
    struct form_words title;
    struct form_words about;
    struct form_words thanks; /* empty: a text of ours */
    struct str accent;        /* "1f5bd8", or STR_NONE */
    struct str redirect;      /* where a visitor goes on to, or STR_NONE */
    const struct str *hosts;  /* where he may be sent at all */
    int host_count;
    struct form_input *inputs;
    int input_count;
    struct str stamp_key; /* secret; signs when a form was opened */
    int64_t created_ms;
};

/* A new one with the usual questions and a key of its own. */
void form_document_init(struct arena *, struct form_document *);

/*
 * Takes over what `given` has; the rest stays. The shape was checked; each
 * fault of meaning is a detail of the unit, with a pointer.
 */
bool form_document_read(struct work *, const struct json *given,
                        struct form_document *);

/* The members that form_document_read reads, into an open object. */
void form_document_write(struct json_out *, const struct form_document *);

/* Is it http(s), at one of the form's hosts, and nothing that two readers
 * could understand in two ways? */
bool form_may_send_to(const struct form_document *, struct str url);

/* ------------------------------------------------------ its public name */

/* A visitor has no session that names the workspace: so the address does. */
struct str form_public_id(struct arena *, struct id workspace, struct id form);
bool form_public_id_read(struct str, struct id *workspace, struct id *form);

/* --------------------------------------------------------------- stamps */

/* When a form was opened, signed with its key. */
struct str form_stamp(struct arena *, const struct form_document *,
                      int64_t now_ms);

/* False when it was not made by form_stamp for this form. */
bool form_stamp_read(struct arena *, const struct form_document *, struct str,
                     int64_t *opened_ms);

/* ---------------------------------------------------------------- store */

bool form_list(struct work *, struct form_document **, int *count);
/* False with ERR_NOT_FOUND when there is none. */
bool form_load(struct work *, struct id, struct form_document *);
/* Inserts (version 0) or writes it; ERR_CONFLICT when it has moved on. */
bool form_save(struct work *, struct form_document *);

#endif
