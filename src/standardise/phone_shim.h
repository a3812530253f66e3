/*
 * phone_shim: the one door to libphonenumber, which is C++ and throws. Only
 * standard_phone.c goes through it.
 */
#ifndef STANDARDISE_PHONE_SHIM_H
#define STANDARDISE_PHONE_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum phone_fault {
    PHONE_READ,
    PHONE_NOT_A_NUMBER,
    PHONE_NO_COUNTRY,
    PHONE_TOO_SHORT,
    PHONE_TOO_LONG,
    PHONE_LIBRARY_FAILED, /* it threw, or gave text that is too long */
};

struct phone_shim_number {
    enum phone_fault fault;
    char e164[24];      /* "+821012345678"; all texts end in NUL */
    char region[4];     /* "KR", "001" for none in particular, "" unknown */
    char extension[24]; /* "" for none */
    bool is_possible;   /* of a length that numbers of its country have */
    bool is_valid;      /* in a range that is given out there */
};

/* Reads what a person wrote; `region` as ISO 3166-1, "ZZ" for unknown. */
void phone_shim_read(const char *text, size_t bytes, const char *region,
                     struct phone_shim_number *);

/*
 * The same for a number that is apart already, for about a third of the
 * price: no text is searched. `national` must not begin with a zero.
 */
void phone_shim_check(int country_code, uint64_t national,
                      struct phone_shim_number *);

/* Whether numbers may begin with + and this country code. */
bool phone_shim_has_country_code(int country_code);

#ifdef __cplusplus
}
#endif

#endif
