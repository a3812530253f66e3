/*
 * lead_search: finds leads by text: any part of a word that is at least two
 * characters long, or the beginning of a word. Korean words of two syllables
 * are found, parts of addresses, and digits of phone numbers however they are
 * written.
 *
 * The index is fed after the acknowledgement, by a job that follows the
 * timeline: capturing a lead costs one comparison. What the index has not
 * seen yet is read from the table of leads, so a lead is found from the moment
 * it is acknowledged.
 */
#ifndef LEAD_LEAD_SEARCH_H
#define LEAD_LEAD_SEARCH_H

#include "lib/jobs/jobs.h"
#include "src/lead/lead.h"

enum {
    LEAD_SEARCH_WORDS_MAX = 8,    /* of a question */
    LEAD_SEARCH_GRAMS_MAX = 2000, /* of a lead */
    LEAD_SEARCH_ASKED_MAX = 16,   /* grams that a question looks up */
};

struct lead_search_hits {
    struct id *leads; /* newest first */
    int count;
    bool more;      /* there may be others, older than `last` */
    struct id last; /* the last that was looked at */
    bool behind;    /* more has changed than was looked at: some of it may be
                       missing, in whichever place */
    struct str words[LEAD_SEARCH_WORDS_MAX];
    int word_count;
};

/* The newest leads, older than `before` (none: the newest of all), that have
 * all words of the text, or had them when they were indexed. False with
 * ERR_INVALID when it asks for nothing. */
bool lead_search(struct work *, struct str text, struct id before,
                 struct lead_search_hits *);

/* L4: true when the lead, as it is now, has all words that were asked for. */
bool lead_search_is_hit(struct arena *, const struct lead_search_hits *,
                        const struct lead *);

/* A lead has come or changed: it will be indexed. In the unit that does it. */
bool lead_search_later(struct work *);

/* Something else has been written to the timeline. Nothing is indexed for it,
 * but the mark does not stay far behind either. In the unit that does it. */
bool lead_search_passes(struct work *);

/* "lead.search": indexes what the timeline names since it last ran. */
extern const struct job_kind lead_search_job;

/* ------------------------------------------- for its own files and tests */

/* Texts that are searched of a lead, besides its phone number and its tags. */
enum { LEAD_SEARCH_FIELDS = 11 };
extern const enum lead_field lead_search_fields[LEAD_SEARCH_FIELDS];

/* What is searched of a lead: folded words, each after a space. */
struct str lead_search_text(struct arena *, const struct lead *);

/* The words of a question, folded; a number without its signs and leading
 * zeros. Returns how many. */
int lead_search_words(struct arena *, struct str text,
                      struct str words[LEAD_SEARCH_WORDS_MAX]);

/* True when the text has every word: within a word of the text, or, for a
 * single character, at the beginning of one. */
bool lead_search_holds(struct str text, const struct str *words, int count);

/*
 * The grams of a text or of a word: hashes of each two neighbouring
 * characters of a word, and of the first character of each word, of that
 * workspace. Ascending, without repeats, at most `room`. What holds a word
 * has all grams of the word.
 */
int lead_search_grams(struct id workspace, struct str text, int32_t *grams,
                      int room);
/* Of one word of a question, which may begin anywhere in a word. */
int lead_search_word_grams(struct id workspace, struct str word, int32_t *grams,
                           int room);

#endif
