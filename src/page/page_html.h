/*
 * page_html: writes HTML. What others have written goes through html_text or
 * html_attribute and is shown as text; mark-up is a literal of ours, which
 * the compiler sees to.
 */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "lib/base/html.h"

/* Mark-up of our own: takes nothing but a literal. */
#define HTML(text, literal) text_add((text), STR(literal))

/* ` name="value"`, escaped; nothing when there is no value at all. `name` is
 * ours. */
void html_attribute(struct text *, const char *name, struct str value);

/* For a query or a path: all but letters, digits and -._ as %XX. */
struct str html_percent(struct arena *, struct str);

#endif
