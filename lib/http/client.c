/* client: see client.h. */
#include "lib/http/client.h"

#include "lib/base/hash.h"

enum { CLIENT_KEY = 7301 }; /* a kind of hash_key that nobody else has */

bool
proxies_hold(const struct proxies *proxies, const struct address *address)
{
    for (int i = 0; i < proxies->count; i++)
        if (address_range_holds(&proxies->ranges[i], address))
            return true;
    return false;
}

/* "192.0.2.1:4711", "[2001:db8::1]:4711", "\"[::1]\"": the address alone. */
static struct str
without_port(struct str s)
{
    ptrdiff_t colon = str_find_char(s, ':');

    if (s.bytes >= 2 && s.data[0] == '"' && s.data[s.bytes - 1] == '"')
        return without_port(str_slice(s, 1, s.bytes - 1));
    if (s.bytes > 0 && s.data[0] == '[') {
        ptrdiff_t end = str_find_char(s, ']');
        return end < 0 ? s : str_slice(s, 1, (size_t)end);
    }
    /* one colon: a port; more: IPv6 without brackets */
    if (colon >= 0
        && str_find_char(str_slice(s, (size_t)colon + 1, s.bytes), ':') < 0)
        return str_slice(s, 0, (size_t)colon);
    return s;
}

/* The value of for= in "for=192.0.2.1;proto=https". */
static struct str
for_of(struct str element)
{
    struct str part;

    while (str_next(&element, ';', &part)) {
        part = str_trim(part);
        if (part.bytes > 4
            && str_equal_ascii_case(str_slice(part, 0, 4), STR("for=")))
            return str_slice(part, 4, part.bytes);
    }
    return STR_NONE;
}

/* Cuts the last element off the list. */
static bool
last_of(struct str *list, struct str *element)
{
    size_t begin = list->bytes;

    if (list->bytes == 0)
        return false;
    while (begin > 0 && list->data[begin - 1] != ',')
        begin--;
    *element = str_trim(str_slice(*list, begin, list->bytes));
    *list = str_slice(*list, 0, begin > 0 ? begin - 1 : 0);
    return true;
}

struct walk {
    const struct proxies *proxies;
    struct address client; /* the farthest that is certain */
    int hops;
};

/* From its end; false when there is nobody farther away to be believed. */
static bool
walk_back(struct walk *walk, struct str list)
{
    bool named =
        str_equal_ascii_case(str_of(walk->proxies->header), STR("Forwarded"));
    struct str element;
    struct address address;

    while (last_of(&list, &element)) {
        if (named)
            element = for_of(element);
        if (walk->hops++ == CLIENT_HOPS_MAX
            || !address_parse(without_port(element), &address))
            return false;
        walk->client = address;
        if (!proxies_hold(walk->proxies, &address))
            return false;
    }
    return true;
}

struct address
client_of(const struct proxies *proxies, const struct address *peer,
          const struct request *request)
{
    struct walk walk = { .proxies = proxies, .client = *peer };
    struct str header = str_of(proxies->header);

    if (!proxies_hold(proxies, peer))
        return *peer;
    for (int i = request->header_count - 1; i >= 0; i--)
        if (str_equal_ascii_case(request->headers[i].name, header)
            && !walk_back(&walk, request->headers[i].value))
            break;
    return walk.client;
}

int64_t
client_key(const struct address *address)
{
    static const unsigned char four[12] = { [10] = 0xff, [11] = 0xff };
    bool is_four = str_equal((struct str){ (const char *)address->bytes, 12 },
                             (struct str){ (const char *)four, 12 });
    struct str bytes = { (const char *)address->bytes, is_four ? 16 : 8 };
    int64_t key = hash_key(CLIENT_KEY, bytes);

    return key == 0 ? 1 : key;
}
