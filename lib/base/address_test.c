/* Both families in one shape, and which ranges hold what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "lib/base/address.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct address
read(const char *text)
{
    struct address address = { { 0 } };

    assert_true(address_parse(str_of(text), &address));
    return address;
}

static bool
holds(const char *range_text, const char *text)
{
    struct address_range range;
    struct address address = read(text);

    assert_true(address_range_parse(str_of(range_text), &range));
    return address_range_holds(&range, &address);
}

static void
a_range_holds_what_begins_like_it(void **state)
{
    static const struct {
        const char *range;
        const char *in;
        const char *out;
    } cases[] = {
        { "10.0.0.0/8", "10.255.0.1", "11.0.0.0" },
        { "192.0.2.128/25", "192.0.2.255", "192.0.2.127" },
        { "192.0.2.7", "192.0.2.7", "192.0.2.6" },
        { "0.0.0.0/0", "255.1.2.3", "2001:db8::1" },
        { "2001:db8::/32", "2001:db8:ffff::", "2001:db9::" },
        { "::1", "::1", "::2" },
        { "fe80::/10", "febf::1", "fec0::1" },
        { "10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(holds(cases[i].range, cases[i].in));
        assert_false(holds(cases[i].range, cases[i].out));
    }
    assert_true(holds("::/0", "1.2.3.4"));
}

static void
what_is_no_range_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",       "10.0.0.0/33",  "10.0.0.1/8", "10.0.0/8",    "::1/129",
        "::1/64", "fe80::1%eth0", "10.0.0.0/",  "10.0.0.0/-1", "acme.test",
        "/8",     "10.0.0.0/8 ",  "1.2.3.4:80", "[::1]",
    };
    struct address_range range;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(address_range_parse(str_of(wrong[i]), &range));
}

static void
loopback_is_known_in_every_spelling(void **state)
{
    struct address address;

    (void)state;
    address = read("127.1.2.3");
    assert_true(address_is_loopback(&address));
    address = read("::1");
    assert_true(address_is_loopback(&address));
    address = read("::ffff:127.0.0.1");
    assert_true(address_is_loopback(&address));
    address = read("128.0.0.1");
    assert_false(address_is_loopback(&address));
    address = read("::2");
    assert_false(address_is_loopback(&address));
}

static void
an_address_is_shown_as_people_write_it(void **state)
{
    static const char *const texts[] = { "192.0.2.1", "2001:db8::1", "::" };
    const struct sockaddr_in six = { .sin_family = AF_INET };
    struct arena arena;
    struct address address;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        address = read(texts[i]);
        assert_true(str_is(address_show(&arena, &address), texts[i]));
    }
    address = read("::ffff:192.0.2.1");
    assert_true(str_is(address_show(&arena, &address), "192.0.2.1"));
    assert_true(address_of_socket((const struct sockaddr *)(const void *)&six,
                                  sizeof six, &address));
    assert_true(str_is(address_show(&arena, &address), "0.0.0.0"));
    assert_false(address_of_socket((const struct sockaddr *)(const void *)&six,
                                   4, &address));
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_holds_what_begins_like_it),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(loopback_is_known_in_every_spelling),
        cmocka_unit_test(an_address_is_shown_as_people_write_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
