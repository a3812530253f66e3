/* wording: see wording.h. */
#include "src/route/wording.h"

#include "lib/base/text.h"

const struct wording *
wording_find(const struct wording *wording, struct str code)
{
    while (wording->code != NULL && !str_is(code, wording->code))
        wording++;
    return wording->code == NULL ? NULL : wording;
}

/* The last code point, or 0. */
static uint32_t
last_character(struct str s)
{
    size_t at = s.bytes;
    uint32_t c = 0;
    int shift = 0;

    while (at > 0) {
        unsigned char byte = (unsigned char)s.data[--at];
        if (byte < 0x80)
            return byte;
        if ((byte & 0xc0) != 0x80)
            return c | (uint32_t)(byte & (0x7f >> (shift / 6 + 1))) << shift;
        c |= (uint32_t)(byte & 0x3f) << shift;
        shift += 6;
    }
    return 0;
}

/*
 * Whether a word ends in a consonant as it is spoken. Hangul syllables carry
 * the answer in their code; digits are read as Korean numerals. -1: other
 * scripts, nobody knows.
 */
static int
ends_in_consonant(struct str word, bool *final_is_rieul)
{
    static const char digit_final[] = "1101001110"; /* 영일이삼사오육칠팔구 */
    uint32_t c = last_character(word);

    *final_is_rieul = false;
    if (c >= 0xac00 && c <= 0xd7a3) {
        *final_is_rieul = (c - 0xac00) % 28 == 8;
        return (c - 0xac00) % 28 != 0;
    }
    if (c >= '0' && c <= '9') {
        *final_is_rieul = c == '1' || c == '7' || c == '8';
        return digit_final[c - '0'] == '1';
    }
    return -1;
}

/* `pair` is "이/가": after a consonant / after a vowel. 으로/로 takes 로 after
 * ㄹ as well. Where the sound is not known both are shown: 이(가). */
static void
add_particle(struct text *text, struct str word, struct str pair)
{
    bool rieul;
    struct str first;
    struct str second = pair;
    int consonant = ends_in_consonant(word, &rieul);

    str_next(&second, '/', &first);
    if (consonant < 0) {
        text_add(text, first);
        text_add_char(text, '(');
        text_add(text, second);
        text_add_char(text, ')');
        return;
    }
    if (rieul && str_is(second, "로"))
        consonant = 0;
    text_add(text, consonant ? first : second);
}

/* As the clock on the wall of the workspace shows it. */
struct str
wording_moment(struct arena *arena, int64_t at_ms, const struct zone *zone)
{
    struct str shown = time_show(arena, at_ms);

    if (zone == NULL)
        return arena_format(arena, "%.10s %.5s UTC", shown.data,
                            shown.data + 11);
    shown =
        time_show(arena, at_ms + (int64_t)zone_offset_s(zone, at_ms) * 1000);
    return arena_format(arena, "%.10s %.5s %s", shown.data, shown.data + 11,
                        zone_name(zone));
}

/* "owner|이/가": what stands for it, and the particle that fits. */
static void
add_placeholder(struct text *text, struct str value, struct str particle)
{
    text_add(text, value);
    if (!str_is_empty(particle))
        add_particle(text, value, particle);
}

struct str
wording_fill(struct arena *arena, const struct wording *wording,
             struct str language, wording_value *value, const void *told)
{
    bool korean = str_is(language, "ko");
    struct str rest = str_of(korean ? wording->korean : wording->english);
    struct text text = text_new(arena);
    struct str plain;

    while (str_next(&rest, '{', &plain)) {
        struct str inside;
        struct str name;
        text_add(&text, plain);
        if (rest.data == NULL || !str_next(&rest, '}', &inside))
            continue;
        str_next(&inside, '|', &name);
        add_placeholder(&text, value(arena, told, name, korean), inside);
    }
    return text_str(&text);
}
