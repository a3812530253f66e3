/* page_form: what the parts of a public form's page share; for page_form*.c. */
#ifndef PAGE_FORM_H
#define PAGE_FORM_H

#include "lib/base/form.h"
#include "src/capture/form_document.h"
#include "src/lead/choice.h"
#include "src/lead/submission.h"
#include "src/page/page.h"

/* Fields that are ours. The trap is out of sight: who fills it in does not
 * see pages. Its name tempts programs, and no browser fills it by itself. */
#define PAGE_FORM_STAMP "form_opened"
#define PAGE_FORM_TRAP  "homepage_2"

/* Where the page that led here wants its visitor back. */
#define PAGE_FORM_RETURN "return"

/* What a page that leads here may hand on, beside what a form asks for. */
struct page_form_carried {
    const char *name;
    const char *field; /* of a lead, or NULL: only kept */
};
extern const struct page_form_carried page_form_carried[]; /* ends with NULL */

/* What a visitor sent, as far as it comes without a database. */
struct page_form_sent {
    struct id workspace;
    struct id form;
    bool readable;
    bool has_file;
    struct form fields;
    const struct json *given; /* fields of a lead, as texts */
    struct lead_facts facts;
    struct str content; /* digest of all but stamp and trap */
};

/* The bytes of a form that was sent. */
struct page_form_body {
    struct str content_type; /* with its parameters */
    const struct json *json; /* when it is JSON; NULL: it cannot be read */
    struct str bytes;
};

/* False when it is no form that can be read. Needs no database. */
bool page_form_read(struct work *, const struct page_form_body *,
                    struct page_form_sent *);

/* One answer to a visitor. */
struct page_form_visit {
    struct page page;
    struct form_document form;
    const struct lead_schema *schema; /* of the workspace */
    struct str public_id;
    const struct page_form_sent *sent; /* NULL: the form is only shown */
    enum page_word alert;              /* why it was not taken */
    bool has_alert;
    bool json; /* a program asks */
};

/* The field with that name as it was sent, or STR_NONE. */
struct str page_form_value(const struct page_form_visit *, const char *name);

/* What the workspace knows of the field it asks for; or NULL. */
const struct custom_field *page_form_known(const struct page_form_visit *,
                                           const struct form_input *);

/* Does the form, or the field itself, want an answer? */
bool page_form_wants(const struct page_form_visit *, const struct form_input *);

/* Is it required, and empty? */
bool page_form_lacks(const struct page_form_visit *, const struct form_input *);

/* The form, with what was sent and why that was not taken. */
bool page_form_put(struct page_form_visit *, struct response *, int status);
bool page_form_put_thanks(struct page_form_visit *, struct response *,
                          struct id submission);

enum page_form_opened {
    PAGE_FORM_OPENED,
    PAGE_FORM_UNKNOWN,
    PAGE_FORM_FAILED,
};
enum page_form_opened page_form_open(struct work *, const struct request *,
                                     struct page_form_visit *);
bool page_form_answer_unknown(struct page_form_visit *, struct response *);

#endif
