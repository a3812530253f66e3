/* page_inside: the handlers that make up page_module; for page*.c only. */
#ifndef PAGE_INSIDE_H
#define PAGE_INSIDE_H

#include "src/lead/submission.h"
#include "src/page/page.h"
#include "src/workspace/cache.h"

/* page_style.c */
extern const char page_style[];
endpoint_run page_style_run, page_accent_run;

/* page_setup.c, page_door.c: set-up, signing in and out */
endpoint_run page_setup_show, page_setup_do, page_sign_in_show, page_sign_in_do,
    page_sign_out_do;

/* page_stop.c: no more mails of a sequence */
endpoint_run page_stop_show, page_stop_do;
endpoint_prepare page_stop_prepare;

/* page_home.c, page_test_lead.c: the overview and its test lead */
endpoint_run page_home_show, page_test_lead_do;
endpoint_prepare page_test_lead_prepare;

/* A test lead as far as it comes without a database. */
struct page_test_lead {
    struct form form;
    bool unreadable;
    struct lead_facts facts;
    struct error error; /* what is wrong with its values */
};

/* One overview that is being written. */
struct page_home {
    struct page page;
    struct workspace_cache *cache;
    const struct zone *zone;
    struct str new_lead;               /* id in the address, or STR_NONE */
    const struct page_test_lead *test; /* sent and refused, or NULL */
};

/* Reads what the overview needs; false fails the unit. */
bool page_home_init(struct page_home *, struct work *, const struct request *);
bool page_home_put(struct page_home *, struct response *, int status);

/* The form of a test lead, folded away once there are leads. */
void page_test_lead_put(struct page_home *, bool unfolded);

#endif
