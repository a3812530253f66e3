/* standard_company: see standard_company.h. */
#include "src/standardise/standard_company.h"

#include <stdlib.h>

#include "lib/base/text.h"
#include "src/standardise/standard_unicode.h"

enum { WORDS_MAX = 40 };

/* Legal forms and words that say as little, folded; sorted by bytes. */
/* clang-format off */
static const char *const forms[] = {
    "ab", "ag", "and", "aps", "as", "asa", "bhd", "bv", "co", "company",
    "corp", "corporation", "cv", "doo", "eirl", "ev", "gbr", "gmbh", "inc",
    "incorporated", "jsc", "kft", "kg", "kgaa", "kk", "limited", "llc", "llp",
    "lp", "ltd", "ltda", "mbh", "nv", "ohg", "ooo", "oy", "oyj", "plc",
    "private", "pte", "pty", "pvt", "sa", "sarl", "sas", "sdn", "se", "sl",
    "spa", "spzoo", "srl", "sro", "ug", "zoo",
};
/* clang-format on */

/* Written without a blank, before or after the name. */
static const char *const attached[] = {
    "주식회사", "유한책임회사", "유한회사",     "합자회사",
    "株式会社", "有限会社",     "合同会社",     "股份有限公司",
    "有限公司", "有限責任公司", "有限责任公司", NULL,
};

struct words {
    struct str items[WORDS_MAX];
    int from;
    int to;
};

static int
by_bytes(const void *key, const void *row)
{
    return str_compare(*(const struct str *)key,
                       str_of(*(const char *const *)row));
}

static bool
is_form(struct str word)
{
    return bsearch(&word, forms, sizeof forms / sizeof *forms, sizeof *forms,
                   by_bytes)
        != NULL;
}

/* Points and apostrophes join ("S.A." is "sa"); other signs part. */
static bool
parts_words(char c)
{
    return (unsigned char)c < 0x80 && !char_is_letter(c) && !char_is_digit(c)
        && c != '.' && c != '\'' && c != '&';
}

/* "(주)" is short for 주식회사, and "(유)" for 유한회사; both signs of three
 * bytes end with the bracket. */
static struct str
write_out_brackets(struct arena *arena, struct str name)
{
    static const struct {
        struct str sign;
        const char *means;
    } signs[] = { { STR_INIT("(주)"), " 주식회사 " },
                  { STR_INIT("(유)"), " 유한회사 " },
                  { STR_INIT("(株)"), " 株式会社 " } };
    struct text out = text_new(arena);

    for (size_t i = 0; i < name.bytes;) {
        struct str rest = str_slice(name, i, name.bytes);
        size_t j = 0;
        while (j < 3 && !str_starts(rest, signs[j].sign))
            j++;
        if (j < 3) {
            text_add_cstr(&out, signs[j].means);
            i += signs[j].sign.bytes;
        } else {
            text_add_char(&out, name.data[i++]);
        }
    }
    return text_str(&out);
}

static void
add_word(struct arena *arena, struct words *words, struct str word)
{
    struct str folded = standard_fold(arena, word);

    if (!str_is_empty(folded) && words->to < WORDS_MAX)
        words->items[words->to++] = folded;
}

static struct words
split(struct arena *arena, struct str name)
{
    struct words words = { .to = 0 };
    size_t begin = 0;

    for (size_t i = 0; i <= name.bytes; i++) {
        if (i < name.bytes && !parts_words(name.data[i]))
            continue;
        add_word(arena, &words, str_slice(name, begin, i));
        begin = i + 1;
    }
    return words;
}

/* At the end any form, at the beginning "the"; something stays. */
static void
drop_forms(struct words *words)
{
    while (words->to - words->from > 1 && is_form(words->items[words->to - 1]))
        words->to--;
    if (words->to - words->from > 1 && str_is(words->items[words->from], "the"))
        words->from++;
}

static struct str
join(struct arena *arena, const struct words *words)
{
    struct text out = text_new(arena);

    for (int i = words->from; i < words->to; i++)
        text_add(&out, words->items[i]);
    return text_str(&out);
}

static struct str
drop_attached(struct str key)
{
    for (const char *const *form = attached; *form != NULL; form++) {
        struct str word = str_of(*form);
        if (key.bytes <= word.bytes)
            continue;
        if (str_starts(key, word))
            return str_slice(key, word.bytes, key.bytes);
        if (str_ends(key, word))
            return str_slice(key, 0, key.bytes - word.bytes);
    }
    return key;
}

struct str
standard_company_key(struct arena *arena, struct str given)
{
    struct str name = write_out_brackets(arena, standard_compat(arena, given));
    struct words words = split(arena, name);

    drop_forms(&words);
    return drop_attached(join(arena, &words));
}
