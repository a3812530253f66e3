/* page_inside: the handlers that make up page_module; for page*.c only. */
#ifndef PAGE_INSIDE_H
#define PAGE_INSIDE_H

#include "src/page.h"

/* page_style.c */
extern const char page_style[];
endpoint_run page_style_run, page_accent_run;

/* page_door.c: set-up, signing in and out */
endpoint_run page_setup_show, page_setup_do, page_sign_in_show, page_sign_in_do,
    page_sign_out_do;

/* page_home.c: the overview and its test lead */
endpoint_run page_home_show, page_test_lead_do;
endpoint_prepare page_test_lead_prepare;

#endif
