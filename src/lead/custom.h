/*
 * custom: the fields that a workspace has declared for itself, and what they
 * hold. A lead keeps all of its own fields as JSON; what fits a declaration is
 * a fact besides, so that conditions, lists, rules and scores read it like a
 * built-in one, as "custom.renovation_type".
 */
#ifndef LEAD_CUSTOM_H
#define LEAD_CUSTOM_H

#include "src/lead/lead.h"

enum {
    CUSTOM_NAME_BYTES_MAX = 40,
    CUSTOM_OPTIONS_MAX = 200,
    CUSTOM_TEXT_BYTES_MAX = 2000,
};

struct custom_option {
    struct str value;
    struct str label_en; /* or STR_NONE */
    struct str label_ko;
};

struct custom_field;

/* What a value came to: as kept and shown, and as compared. */
struct custom_value {
    struct json json;
    struct fact fact;
};

struct custom_type {
    const char *name; /* "number"; NULL ends the table */
    enum field_kind kind;
    int decimals;
    unsigned given_as; /* 1 << enum json_kind, by a program */
    const char *wants; /* what would be right: "a number, such as 12.5" */
    /* Also takes text, as forms and tables give everything. */
    bool (*read)(struct arena *, const struct custom_field *,
                 const struct json *, struct custom_value *);
};
extern const struct custom_type custom_types[];
const struct custom_type *custom_type_find(struct str name); /* or NULL */

struct custom_field {
    struct str name; /* "renovation_type" */
    int64_t version; /* 0: not stored yet */
    const struct custom_type *type;
    struct str group; /* basic, qualifier, additional */
    struct str label_en;
    struct str label_ko;
    const struct custom_option *options;
    int option_count;
    bool required; /* a form that asks for it wants an answer */
    bool only;    /* of a built-in field: others than its options are refused to
                  programs */
    int built_in; /* number of the built-in field that it is of (choice.h); -1:
                     the workspace's own */
    int64_t removed_ms; /* 0: in use. A name is never another type's: rules of
                           the past are still read by it */
};

/* A workspace's fields: the built-in ones, then its own, in the order of
 * lead.facts. Immutable; part of the workspace's cache. */
struct lead_schema {
    const struct field *fields; /* all; for what is stored */
    const struct field *usable; /* without those removed; for what is new */
    int field_count;
    const struct custom_field *customs;
    int custom_count; /* with those removed */
    int usable_count;
    const struct custom_field *choices; /* of built-in fields: choice.h */
    int choice_count;
};

struct workspace_cache;
bool lead_schema_load(struct work *, struct workspace_cache *);

/* In use, or NULL. */
const struct custom_field *custom_find(const struct lead_schema *,
                                       struct str name);

/*
 * Brings the values of an object into the shape of their declarations, in a
 * new object. Strict: a fault is a detail below `at`; so is a name that was
 * not declared, once the workspace has declared any. Else what does not fit
 * stays as it was given, and `notes` (may be NULL), a JSON array of what was
 * not understood, grows.
 */
bool custom_read(struct work *, const struct lead_schema *,
                 const struct json *given, bool strict, struct str at,
                 const struct json **read, struct str *notes);

/* The option that a text means by its value or a label; true for any when
 * there are none. */
bool custom_option_of(struct arena *, const struct custom_field *, struct str,
                      struct str *value);

/* ": kitchen, bath", or "" without any; for messages. */
struct str custom_option_names(struct arena *, const struct custom_field *);

/* Two JSON arrays as one; the first may be STR_NONE. */
struct str custom_notes_joined(struct arena *, struct str, struct str);

/* `given` over `old`; null empties. Either may be NULL. */
const struct json *custom_merge(struct arena *, const struct json *old,
                                const struct json *given);

/* Makes the lead's own fields these, and facts of what was declared. */
void custom_set(struct arena *, const struct lead_schema *, struct lead *,
                const struct json *);

/* The same with the workspace's schema, of what the lead has. */
bool custom_refresh(struct work *, struct lead *);

/* Learns what the lead does not know yet. */
void custom_fill(struct arena *, const struct lead_schema *, struct lead *,
                 const struct json *given);

/* ---------------------------------------------------------------- store */

/* All, with those removed, oldest first. */
bool custom_list(struct work *, struct custom_field **, int *count);

/* Inserts (version 0) or writes it; ERR_CONFLICT when it has moved on. */
bool custom_save(struct work *, const struct custom_field *);

/* Takes over what the object has, the rest stays; and writes it into an open
 * object. */
void custom_document_read(struct arena *, const struct json *,
                          struct custom_field *);
void custom_document_write(struct json_out *, const struct custom_field *);
/* Of a field that is built in; the end of the other. */
void custom_options_write(struct json_out *, const struct custom_field *);

#endif
