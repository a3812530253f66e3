/*
 * page: the pages that the server writes itself, until and beside the web
 * interface: set-up, sign-in, one overview, and public forms (form_api.h).
 * No script runs on them.
 */
#ifndef PAGE_H
#define PAGE_H

#include "lib/base/form.h"
#include "lib/http/endpoint.h"
#include "src/module.h"
#include "src/page/page_html.h"
#include "src/page/page_text.h"

extern const struct module page_module;

/* ------------------------------------------------------------- one page */

/* A page that is being written. */
struct page {
    struct work *w;
    const struct request *request;
    enum page_language language;
    bool language_asked; /* by ?lang=: addresses of this page keep it */
    struct text text;
    bool wide;         /* an overview; else a form or a message */
    struct str accent; /* "1f5bd8" in place of ours, or STR_NONE */
    struct str here;   /* path for a change of language, or STR_NONE */
    struct str query;  /* "token=..." that it keeps, or STR_NONE */
    bool fault_seen;   /* the first faulty field takes the cursor */
};

/* Language and settings; nothing is written yet. */
struct page page_new(struct work *, const struct request *);

/* The head up to <main>; `title` may be anybody's text. */
void page_begin(struct page *, struct str title);

/* The end, and all as an answer. Always true: an error that the page shows
 * is not the unit's any more. */
bool page_end(struct page *, struct response *, int status);

/* One of our texts, escaped. */
void page_say(struct page *, enum page_word);

/* A page that says one thing. */
bool page_message(struct page *, struct response *, int status,
                  enum page_word title, enum page_word about);

/* 303 to a path of ours, which keeps a language that was asked for. */
bool page_redirect(struct page *, struct response *, struct str path);

/* Adds ` action="PATH"`, or href, with the language if it was asked for. */
void page_address(struct page *, const char *attribute, struct str path);

/* False when a browser says that another site's page sent this. Rows that
 * are open to anybody are not looked at by the server itself. */
bool page_is_from_us(const struct request *);

/* ----------------------------------------------------------- its fields */

struct page_option {
    struct str value;
    struct str shown;
};

struct page_input {
    struct str name;
    enum page_input_kind {
        PAGE_LINE,   /* one line; `type` says which */
        PAGE_AREA,   /* several */
        PAGE_CHOICE, /* one of `options` */
        PAGE_CHECK,  /* a box; value "yes" when it is set */
    } kind;
    const char *type;         /* "email"; NULL: "text" */
    const char *autocomplete; /* or NULL */
    struct str label;
    struct str hint;  /* or STR_NONE */
    struct str value; /* kept as it was typed; not of a password */
    struct str fault; /* what is wrong with it, or STR_NONE */
    bool required;
    bool offers; /* PAGE_LINE: `options` are proposals only */
    bool choose; /* PAGE_CHOICE: begins with none chosen */
    const struct page_option *options;
    int option_count;
};

/* Label, field, hint and fault; the fault is tied to its field. */
void page_input(struct page *, const struct page_input *);

/* <input type=hidden> */
void page_hidden(struct page *, const char *name, struct str value);

void page_button(struct page *, enum page_word);

/* Words that are read out at once. */
void page_alert(struct page *, struct str text);

/* The fields of a form that was sent; false when it cannot be read. */
bool page_read_form(const struct page *, struct form *);

/* May the page go on and show the unit's error? Only what a person can mend,
 * and only while nothing was written. */
bool page_can_show(const struct work *);

/* The first fault with that pointer, or NULL. */
const struct error_detail *page_fault(const struct error *,
                                      const char *pointer);

#endif
