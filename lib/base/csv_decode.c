/*
 * csv_decode: see csv_decode.h.
 *
 * A file may be plain ASCII for a long way before the first name in Korean.
 * So ASCII is passed on as it comes, and the encoding is found when the first
 * other byte is there, by a sample that starts with it.
 */
#include "lib/base/csv_decode.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { BEGINNING_BYTES = 1024, SAMPLE_BYTES = 64 * 1024 };

static const struct str replacement = STR_INIT("\xef\xbf\xbd"); /* U+FFFD */

void
csv_bytes_room(struct csv_bytes *bytes, size_t more)
{
    if (bytes->room - bytes->count >= more)
        return;

    size_t room = bytes->room == 0 ? 4096 : bytes->room;
    while (room - bytes->count < more)
        room *= 2;
    bytes->data = realloc(bytes->data, room);
    if (bytes->data == NULL) {
        fputs("baton: out of memory\n", stderr);
        abort();
    }
    bytes->room = room;
}

void
csv_bytes_add(struct csv_bytes *bytes, struct str s)
{
    if (s.bytes == 0)
        return;
    csv_bytes_room(bytes, s.bytes);
    memcpy(bytes->data + bytes->count, s.data, s.bytes);
    bytes->count += s.bytes;
}

void
csv_bytes_drop(struct csv_bytes *bytes, size_t count)
{
    assert(count <= bytes->count);
    if (count == 0)
        return;
    bytes->count -= count;
    memmove(bytes->data, bytes->data + count, bytes->count);
}

void
csv_bytes_free(struct csv_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct csv_bytes){ 0 };
}

const char *
csv_encoding_name(enum csv_encoding encoding)
{
    static const char *const names[] = {
        [CSV_ENCODING_FIND] = "ASCII", [CSV_UTF_8] = "UTF-8",
        [CSV_UTF_16LE] = "UTF-16LE",   [CSV_UTF_16BE] = "UTF-16BE",
        [CSV_CP949] = "CP949",         [CSV_WINDOWS_1252] = "WINDOWS-1252",
    };

    assert((size_t)encoding < sizeof names / sizeof *names);
    return names[encoding];
}

void
csv_decoder_init(struct csv_decoder *decoder, enum csv_encoding encoding)
{
    *decoder =
        (struct csv_decoder){ .encoding = encoding, .converter = (iconv_t)-1 };
}

void
csv_decoder_free(struct csv_decoder *decoder)
{
    if (decoder->converter != (iconv_t)-1)
        iconv_close(decoder->converter);
    csv_bytes_free(&decoder->held);
}

static struct str
held(const struct csv_decoder *decoder)
{
    return decoder->held.count == 0
             ? STR("")
             : (struct str){ decoder->held.data, decoder->held.count };
}

/* A byte order mark wins over what we were told: it is in the file. */
static void
take_mark(struct csv_decoder *decoder)
{
    static const struct {
        struct str mark;
        enum csv_encoding encoding;
    } marks[] = {
        { STR_INIT("\xef\xbb\xbf"), CSV_UTF_8 },
        { STR_INIT("\xff\xfe"), CSV_UTF_16LE },
        { STR_INIT("\xfe\xff"), CSV_UTF_16BE },
    };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(held(decoder), marks[i].mark)) {
            decoder->encoding = marks[i].encoding;
            csv_bytes_drop(&decoder->held, marks[i].mark.bytes);
            return;
        }
}

/* Every second byte of Western text in UTF-16 is 0. */
static enum csv_encoding
guess_by_zeros(struct str s)
{
    size_t zeros[2] = { 0, 0 };
    size_t pairs = s.bytes / 2;

    for (size_t i = 0; i < pairs * 2; i++)
        zeros[i % 2] += s.data[i] == 0;
    if (pairs >= 4 && zeros[1] > pairs / 2 && zeros[0] < pairs / 8)
        return CSV_UTF_16LE;
    if (pairs >= 4 && zeros[0] > pairs / 2 && zeros[1] < pairs / 8)
        return CSV_UTF_16BE;
    return CSV_ENCODING_FIND;
}

/* Bytes at the end that begin a character of UTF-8 and do not finish it. */
static size_t
unfinished_bytes(struct str s)
{
    for (size_t i = 1; i <= 3 && i <= s.bytes; i++) {
        unsigned char c = (unsigned char)s.data[s.bytes - i];
        size_t needed = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;

        if (needed > 0)
            return needed > i ? i : 0;
        if (c < 0x80)
            return 0;
    }
    return 0;
}

/*
 * Korean text in CP949 is pairs of bytes in the 2,350 syllables of KS X 1001,
 * with few other pairs between; in Western text a byte above 127 rarely has
 * such a neighbour, and Chinese text uses pairs beyond the syllables.
 */
static bool
looks_korean(struct str s)
{
    size_t syllables = 0;
    size_t others = 0;

    for (size_t i = 0; i + 1 < s.bytes; i++) {
        unsigned char lead = (unsigned char)s.data[i];
        unsigned char trail = (unsigned char)s.data[i + 1];

        if (lead < 0x80)
            continue;
        if (lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1 && trail != 0xff)
            syllables++;
        else
            others++;
        i += trail >= 0x80;
    }
    return syllables > 0 && syllables >= 4 * others;
}

static enum csv_encoding
guess(struct str sample, bool last)
{
    struct str whole = sample;

    if (!last)
        whole.bytes -= unfinished_bytes(sample);
    if (str_is_utf8(whole))
        return CSV_UTF_8;
    return looks_korean(sample) ? CSV_CP949 : CSV_WINDOWS_1252;
}

static void
add_utf8(struct csv_decoder *decoder, struct str s, struct csv_bytes *out)
{
    utf8proc_int32_t point;

    if (str_is_utf8(s)) {
        csv_bytes_add(out, s);
        return;
    }
    for (size_t i = 0; i < s.bytes;) {
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)s.data + i,
                             (utf8proc_ssize_t)(s.bytes - i), &point);
        if (bytes > 0) {
            csv_bytes_add(out, str_slice(s, i, i + (size_t)bytes));
            i += (size_t)bytes;
            continue;
        }
        csv_bytes_add(out, replacement);
        decoder->replaced++;
        i++;
    }
}

/* Converts what it can; returns the bytes taken. */
static size_t
add_converted(struct csv_decoder *decoder, struct str s, bool last,
              struct csv_bytes *out)
{
    bool wide =
        decoder->encoding == CSV_UTF_16LE || decoder->encoding == CSV_UTF_16BE;
    char *from = (char *)s.data; /* iconv does not write there */
    size_t left = s.bytes;

    while (left > 0) {
        csv_bytes_room(out, left * 3 + 16);
        char *to = out->data + out->count;
        size_t room = out->room - out->count;
        size_t result = iconv(decoder->converter, &from, &left, &to, &room);
        out->count = (size_t)(to - out->data);
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EINVAL && !last)
            break;
        size_t bad = wide && left >= 2 ? 2 : 1;
        csv_bytes_add(out, replacement);
        decoder->replaced++;
        from += bad;
        left -= bad;
    }
    return s.bytes - left;
}

static void
open_converter(struct csv_decoder *decoder)
{
    decoder->converter =
        iconv_open("UTF-8", csv_encoding_name(decoder->encoding));
    /* The C library has them all; a system without its tables is broken. */
    assert(decoder->converter != (iconv_t)-1);
}

static void
decode_held(struct csv_decoder *decoder, bool last, struct csv_bytes *out)
{
    struct str s = held(decoder);

    if (decoder->encoding == CSV_UTF_8) {
        if (!last)
            s.bytes -= unfinished_bytes(s);
        add_utf8(decoder, s, out);
        csv_bytes_drop(&decoder->held, s.bytes);
        return;
    }
    if (decoder->converter == (iconv_t)-1)
        open_converter(decoder);
    csv_bytes_drop(&decoder->held, add_converted(decoder, s, last, out));
}

static size_t
ascii_bytes(struct str s)
{
    size_t n = 0;

    while (n < s.bytes && (unsigned char)s.data[n] < 0x80)
        n++;
    return n;
}

void
csv_decode(struct csv_decoder *decoder, struct str bytes, bool last,
           struct csv_bytes *out)
{
    csv_bytes_add(&decoder->held, bytes);
    if (!decoder->begun) {
        if (decoder->held.count < BEGINNING_BYTES && !last)
            return;
        decoder->begun = true;
        take_mark(decoder);
        if (decoder->encoding == CSV_ENCODING_FIND)
            decoder->encoding =
                guess_by_zeros(str_slice(held(decoder), 0, BEGINNING_BYTES));
    }
    if (decoder->encoding == CSV_ENCODING_FIND) {
        size_t ascii = ascii_bytes(held(decoder));
        csv_bytes_add(out, str_slice(held(decoder), 0, ascii));
        csv_bytes_drop(&decoder->held, ascii);
        if (decoder->held.count == 0
            || (decoder->held.count < SAMPLE_BYTES && !last))
            return;
        decoder->encoding = guess(held(decoder), last);
    }
    decode_held(decoder, last, out);
}
