/* form_api: public forms: the API to make them, and their pages. */
#ifndef FORM_API_H
#define FORM_API_H

#include "src/lead/held.h"
#include "src/module.h"

extern const struct module form_module;

/* page_form.c: the page at /f/{form} */
endpoint_prepare page_form_prepare_show, page_form_prepare_send;
endpoint_run page_form_show, page_form_send, page_form_rescue;

/* What was taken for spam becomes a lead after all. w->actor is the source. */
bool page_form_release(struct work *, const struct held *, struct id *lead);

#endif
