/*
 * csv_decode: bytes in some encoding to UTF-8, piece by piece; finds the
 * encoding when asked to. Used by csv.c only.
 */
#ifndef BASE_CSV_DECODE_H
#define BASE_CSV_DECODE_H

#include <iconv.h>

#include "lib/base/csv.h"

/* Bytes that grow; memory of its own, because it outlives arenas. */
struct csv_bytes {
    char *data;
    size_t count;
    size_t room;
};

void csv_bytes_room(struct csv_bytes *, size_t more);
void csv_bytes_add(struct csv_bytes *, struct str);
void csv_bytes_drop(struct csv_bytes *, size_t count); /* off the front */
void csv_bytes_free(struct csv_bytes *);

struct csv_decoder {
    enum csv_encoding encoding; /* CSV_ENCODING_FIND while unknown */
    bool begun;                 /* a byte order mark has been looked for */
    struct csv_bytes held;      /* not decoded yet */
    iconv_t converter;          /* (iconv_t)-1 for UTF-8 and while unknown */
    size_t replaced;            /* bytes that were no text */
};

void csv_decoder_init(struct csv_decoder *, enum csv_encoding);
void csv_decoder_free(struct csv_decoder *);

/* Adds the UTF-8 of what can be decoded by now; `last`: of everything. */
void csv_decode(struct csv_decoder *, struct str bytes, bool last,
                struct csv_bytes *out);

#endif
