/*
 * standard_reason: why a leaf could not bring a text into its shape. A leaf
 * that returns false has set one of its own constants; the text as given is
 * still the caller's to keep.
 */
#ifndef STANDARDISE_STANDARD_REASON_H
#define STANDARDISE_STANDARD_REASON_H

struct standard_reason {
    const char *code;     /* a word for programs: "no_at_sign" */
    const char *sentence; /* for people: what is wrong and what is right */
};

#endif
