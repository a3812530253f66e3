/*
 * standard_unicode: the two shapes of text the leaves share: composed (NFC),
 * in which text is kept, and folded, in which names are looked up. Folded
 * text is never stored or shown.
 */
#ifndef STANDARDISE_STANDARD_UNICODE_H
#define STANDARDISE_STANDARD_UNICODE_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

/* "text_not_utf8" */
extern const struct standard_reason standard_not_utf8;

/* NFC, in the arena or `well_formed` itself when it is so already. Control
 * characters are taken out before: one may part a letter from its accent. */
struct str standard_nfc(struct arena *, struct str well_formed);

/*
 * Letters and digits only, without case, accents and width: "Côte d'Ivoire"
 * and "COTE DIVOIRE" are one. Empty for text that is no UTF-8.
 */
struct str standard_fold(struct arena *, struct str);

/* NFKC: full-width digits and signs become plain ones. Empty for text that is
 * no UTF-8. For reading, never for keeping. */
struct str standard_compat(struct arena *, struct str);

/* The code point at the front of well-formed text, taken off it; -1 when
 * nothing is left. */
int32_t standard_next_code_point(struct str *rest);

/* Cc of Unicode: C0, delete and C1. */
bool standard_is_control(int32_t code_point);

/*
 * Without what nobody sees and what turns the line around: marks and overrides
 * of direction, zero width, soft hyphens. What joins letters or pictures stays
 * where a script or a picture needs it. The same bytes when there is none.
 */
struct str standard_visible(struct arena *, struct str);

/* Blanks of any width, and tab; not line ends. */
bool standard_is_blank(int32_t code_point);

/* The longest beginning of at most so many characters that ends where a
 * reader sees a character end. */
struct str standard_cut(struct str well_formed, size_t characters_max);

#endif
