/* nearest: see nearest.h. */
#include "lib/base/nearest.h"

enum { NAME_BYTES_MAX = 64 };

static int
smaller(int a, int b)
{
    return a < b ? a : b;
}

static int
distance(struct str a, struct str b)
{
    int rows[3][NAME_BYTES_MAX + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];

    for (size_t k = 0; k <= b.bytes; k++)
        last[k] = (int)k;
    for (size_t i = 1; i <= a.bytes; i++) {
        now[0] = (int)i;
        for (size_t k = 1; k <= b.bytes; k++) {
            bool equal = char_lower(a.data[i - 1]) == char_lower(b.data[k - 1]);
            now[k] =
                smaller(smaller(last[k], now[k - 1]) + 1, last[k - 1] + !equal);
            if (i > 1 && k > 1
                && char_lower(a.data[i - 1]) == char_lower(b.data[k - 2])
                && char_lower(a.data[i - 2]) == char_lower(b.data[k - 1]))
                now[k] = smaller(now[k], before[k - 2] + 1);
        }
        int *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b.bytes];
}

struct nearest
nearest_to(struct str given)
{
    return (struct nearest){ .given = given,
                             .distance = (int)given.bytes / 3 + 2 };
}

void
nearest_offer(struct nearest *nearest, const char *name)
{
    struct str offered = str_of(name);

    if (nearest->given.bytes == 0 || nearest->given.bytes > NAME_BYTES_MAX
        || offered.bytes > NAME_BYTES_MAX)
        return;

    int found = distance(nearest->given, offered);
    if (found < nearest->distance && found < (int)nearest->given.bytes) {
        nearest->distance = found;
        nearest->name = name;
    }
}

struct str
nearest_question(struct arena *arena, const struct nearest *nearest)
{
    if (nearest->name == NULL)
        return STR("");
    return arena_format(arena, " Did you mean \"%s\"?", nearest->name);
}
