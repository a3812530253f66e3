/*
 * person: people who write to us, made up. Each number is somebody else (name,
 * address and telephone number differ), and the same seed gives the same
 * people with the same wishes.
 */
#ifndef LOAD_PERSON_H
#define LOAD_PERSON_H

#include "lib/base/random.h"
#include "lib/base/text.h"

/* Numbers from 0 up to here are different people. */
enum { PERSON_NUMBERS = 80000000 };

/* Adds the JSON of the lead that this person sends: about 500 bytes. */
void person_write_lead(struct text *, struct random *, int64_t number);

#endif
