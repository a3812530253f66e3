/*
 * html: text in mark-up, in one place for pages and mails.
 */
#ifndef BASE_HTML_H
#define BASE_HTML_H

#include "lib/base/text.h"

/* As text: & < > " ' cannot become mark-up, control characters do not
 * leave, and what is not UTF-8 is shown as U+FFFD. */
void html_text(struct text *, struct str);

/* The same; a line break becomes <br>. */
void html_lines(struct text *, struct str);

#endif
