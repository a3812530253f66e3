/* page_text: see page_text.h. */
#include "src/page_text.h"

#include "lib/time/zone.h"

static const struct str words[][PAGE_LANGUAGES] = {
#define PAGE_WORD(name, english, korean) \
    [WORD_##name] = { STR_INIT(english), STR_INIT(korean) },
    PAGE_TEXTS(PAGE_WORD)
#undef PAGE_WORD
};

static const char *const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

struct str
page_word(enum page_language language, enum page_word word)
{
    return words[word][language];
}

struct str
page_time(struct arena *arena, enum page_language language,
          const struct zone *zone, int64_t ms)
{
    const struct civil c = zone_civil(zone, ms);

    if (language == PAGE_KOREAN)
        return arena_format(arena, "%d월 %d일 %02d:%02d", c.month, c.day,
                            c.hour, c.minute);
    return arena_format(arena, "%d %s %02d:%02d", c.day, months[c.month - 1],
                        c.hour, c.minute);
}
