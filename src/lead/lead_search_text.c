/*
 * lead_search_text: what is searched of a lead, and its grams. Pure.
 *
 * A gram is a hash of two neighbouring characters of a word, or of a word's
 * first character alone. Hashes of different workspaces differ, so one index
 * serves them all without looking at another's leads.
 */
#include "src/lead/lead_search.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"

enum { MESSAGE_BYTES_MAX = 1500 };

/* In this order; a number is added without its signs. */
const enum lead_field lead_search_fields[LEAD_SEARCH_FIELDS] = {
    LEAD_NAME,     LEAD_EMAIL,       LEAD_COMPANY, LEAD_JOB_TITLE,
    LEAD_WEBSITE,  LEAD_CITY,        LEAD_ADDRESS, LEAD_PRODUCT,
    LEAD_CAMPAIGN, LEAD_EXTERNAL_ID, LEAD_MESSAGE,
};

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\x1f';
}

/* The next word of `*rest`. */
static bool
next_word(struct str *rest, struct str *word)
{
    size_t from = 0;

    while (from < rest->bytes && is_space(rest->data[from]))
        from++;

    size_t to = from;
    while (to < rest->bytes && !is_space(rest->data[to]))
        to++;
    *word = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->bytes);
    return word->bytes > 0;
}

static void
add_words(struct text *text, struct str source)
{
    struct str word;

    while (next_word(&source, &word)) {
        text_add_char(text, ' ');
        text_add(text, word);
    }
}

/* "+82 10-1234-5678" as "821012345678". */
static struct str
digits_of(struct arena *arena, struct str number)
{
    struct text digits = text_new(arena);

    for (size_t i = 0; i < number.bytes; i++)
        if (number.data[i] >= '0' && number.data[i] <= '9')
            text_add_char(&digits, number.data[i]);
    return text_str(&digits);
}

/* Cut between two characters. */
static struct str
beginning(struct str text, size_t bytes_max)
{
    size_t end = text.bytes < bytes_max ? text.bytes : bytes_max;

    while (end > 0 && end < text.bytes
           && ((unsigned char)text.data[end] & 0xc0) == 0x80)
        end--;
    return str_slice(text, 0, end);
}

struct str
lead_search_text(struct arena *arena, const struct lead *lead)
{
    struct text text = text_new(arena);

    for (int i = 0; i < LEAD_SEARCH_FIELDS; i++)
        add_words(&text, beginning(lead->facts[lead_search_fields[i]].folded,
                                   MESSAGE_BYTES_MAX));
    add_words(&text, digits_of(arena, lead_text(lead, LEAD_PHONE)));
    for (int i = 0; i < lead->facts[LEAD_TAGS].tag_count; i++)
        add_words(&text, lead->facts[LEAD_TAGS].tags[i]);
    return text_str(&text);
}

/* ------------------------------------------------------------- questions */

/* Digits and what is written between them: "010-1234-5678", "+82 10 ...". */
static bool
is_number(struct str text)
{
    int digits = 0;

    for (size_t i = 0; i < text.bytes; i++) {
        char c = text.data[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (strchr("+-.() ", c) == NULL)
            return false;
    }
    return digits > 0;
}

/* The zero before an area is not part of the number as it is kept. */
static struct str
number_word(struct arena *arena, struct str text)
{
    struct str digits = digits_of(arena, text);
    size_t zeros = 0;

    while (zeros + 2 < digits.bytes && digits.data[zeros] == '0')
        zeros++;
    return str_slice(digits, zeros, digits.bytes);
}

int
lead_search_words(struct arena *arena, struct str text,
                  struct str words[LEAD_SEARCH_WORDS_MAX])
{
    struct str folded = fold_text(arena, text);
    int count = 0;

    if (is_number(folded)) {
        words[0] = number_word(arena, folded);
        return 1;
    }
    while (count < LEAD_SEARCH_WORDS_MAX && next_word(&folded, &words[count]))
        count++;
    return count;
}

/* ----------------------------------------------------------- characters */

/* Bytes of the character at the front; broken text goes byte by byte. */
static size_t
character_bytes(struct str text)
{
    size_t bytes = 1;

    while (bytes < text.bytes && bytes < 4
           && ((unsigned char)text.data[bytes] & 0xc0) == 0x80)
        bytes++;
    return bytes;
}

static bool
is_one_character(struct str word)
{
    return word.bytes > 0 && character_bytes(word) == word.bytes;
}

bool
lead_search_holds(struct str text, const struct str *words, int count)
{
    for (int i = 0; i < count; i++) {
        struct str rest = text;
        struct str word;
        bool found = false;
        if (!is_one_character(words[i]))
            found = str_find(text, words[i]) >= 0;
        else
            while (!found && next_word(&rest, &word))
                found = str_starts(word, words[i]);
        if (!found)
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- grams */

struct grams {
    struct id workspace;
    int32_t *list;
    int count;
    int room;
};

static void
add_gram(struct grams *grams, struct str characters)
{
    if (grams->count < grams->room)
        grams->list[grams->count++] =
            (int32_t)hash_key(grams->workspace.value, characters);
}

static void
add_pairs(struct grams *grams, struct str word)
{
    while (word.bytes > 0) {
        size_t first = character_bytes(word);
        struct str rest = str_slice(word, first, word.bytes);
        if (rest.bytes == 0)
            return;
        add_gram(grams, str_slice(word, 0, first + character_bytes(rest)));
        word = rest;
    }
}

static int
by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static int
sort_and_join(int32_t *list, int count)
{
    int kept = 0;

    qsort(list, (size_t)count, sizeof *list, by_value);
    for (int i = 0; i < count; i++)
        if (kept == 0 || list[i] != list[kept - 1])
            list[kept++] = list[i];
    return kept;
}

int
lead_search_grams(struct id workspace, struct str text, int32_t *list, int room)
{
    struct grams grams = { workspace, list, 0, room };
    struct str word;

    while (next_word(&text, &word)) {
        add_gram(&grams, str_slice(word, 0, character_bytes(word)));
        add_pairs(&grams, word);
    }
    return sort_and_join(list, grams.count);
}

/* Pairs side by side say nearly as much as all of them, and are half as many
 * lists to go through. The last one may overlap. */
static void
add_pairs_apart(struct grams *grams, struct str word)
{
    while (word.bytes > 0) {
        size_t first = character_bytes(word);
        struct str rest = str_slice(word, first, word.bytes);
        size_t second = character_bytes(rest);
        struct str after = str_slice(rest, second, rest.bytes);
        add_gram(grams, str_slice(word, 0, first + second));
        word = is_one_character(after) ? rest : after;
    }
}

int
lead_search_word_grams(struct id workspace, struct str word, int32_t *list,
                       int room)
{
    struct grams grams = { workspace, list, 0, room };

    if (is_one_character(word))
        add_gram(&grams, word);
    else
        add_pairs_apart(&grams, word);
    return sort_and_join(list, grams.count);
}
