/*
 * How often something may happen, whose request it is behind proxies, and how
 * many connections one address may have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/http/inside.h"

enum { KIM = 17, LEE = 18 };

static const struct http_limit six_three_at_once = { 6, 3 };

/* ---- buckets ---- */

static int
setup(void **state)
{
    *state = buckets_new();
    return 0;
}

static int
teardown(void **state)
{
    buckets_free(*state);
    return 0;
}

static void
a_burst_is_taken_at_once_and_comes_back_by_the_rate(void **state)
{
    const struct http_limit *limit = &six_three_at_once;
    int64_t now_ms = 1795136400000;

    for (int i = 0; i < 3; i++)
        assert_int_equal(bucket_take(*state, limit, KIM, now_ms), 0);
    assert_int_equal(bucket_take(*state, limit, KIM, now_ms), 10000);
    assert_int_equal(bucket_take(*state, limit, KIM, now_ms + 9999), 1);
    assert_int_equal(bucket_take(*state, limit, KIM, now_ms + 10000), 0);
    assert_int_equal(bucket_take(*state, limit, KIM, now_ms + 10000), 10000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bucket_take(*state, limit, KIM, now_ms + 90000), 0);
    assert_true(bucket_take(*state, limit, KIM, now_ms + 90000) > 0);
}

static void
everybody_has_a_bucket_of_his_own(void **state)
{
    for (int i = 0; i < 4; i++)
        (void)!bucket_take(*state, &six_three_at_once, KIM, 1000);
    assert_true(bucket_wait_ms(*state, &six_three_at_once, KIM, 1000) > 0);
    assert_int_equal(bucket_take(*state, &six_three_at_once, LEE, 1000), 0);
}

static void
asking_takes_nothing(void **state)
{
    for (int i = 0; i < 10; i++)
        assert_int_equal(bucket_wait_ms(*state, &six_three_at_once, KIM, 1000),
                         0);
    assert_int_equal(bucket_take(*state, &six_three_at_once, KIM, 1000), 0);
}

static void
no_limit_is_no_limit(void **state)
{
    const struct http_limit none = { 0 };

    for (int i = 0; i < 100000; i++)
        assert_int_equal(bucket_take(*state, &none, KIM, 1000), 0);
}

static void
a_clock_that_goes_back_locks_nobody_out(void **state)
{
    int64_t hour_ms = 3600000;

    for (int i = 0; i < 4; i++)
        (void)!bucket_take(*state, &six_three_at_once, KIM, 100 * hour_ms);
    assert_true(bucket_take(*state, &six_three_at_once, KIM, 99 * hour_ms)
                <= 10000);
}

/* Strangers do not push out whoever asks too often. */
static void
many_strangers_make_no_room_for_one_who_asks_too_often(void **state)
{
    const struct http_limit limit = { 60, 60 };

    for (int i = 0; i < 61; i++)
        (void)!bucket_take(*state, &limit, KIM, 1000);
    for (int64_t stranger = 1000; stranger < 500000; stranger++)
        (void)!bucket_take(*state, &limit, stranger, 1000);
    assert_true(bucket_wait_ms(*state, &limit, KIM, 1000) > 0);
}

static void
a_limit_is_read_as_people_write_it(void **state)
{
    static const char *const wrong[] = { "",   "x",    "-1",      "60:", "60:0",
                                         ":5", "60:x", "1000001", "1.5" };
    struct http_limit limit;

    (void)state;
    assert_true(http_limit_parse(STR("60"), &limit));
    assert_int_equal(limit.per_minute, 60);
    assert_int_equal(limit.burst, 60);
    assert_true(http_limit_parse(STR("60:100"), &limit));
    assert_int_equal(limit.burst, 100);
    assert_true(http_limit_parse(STR("0"), &limit));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(http_limit_parse(str_of(wrong[i]), &limit));
}

/* ---- clients ---- */

struct hop {
    const char *peer;
    const char *first;  /* a header line ... */
    const char *second; /* ... and another, or NULL */
    const char *client;
};

static struct address
address_of(const char *text)
{
    struct address address = { { 0 } };

    assert_true(address_parse(str_of(text), &address));
    return address;
}

static void
check_hops(const char *header, const struct hop *hops, size_t count)
{
    struct address_range ranges[3];
    const struct proxies proxies = { ranges, 3, header };
    struct arena arena;

    arena_init(&arena);
    assert_true(address_range_parse(STR("10.0.0.0/8"), &ranges[0]));
    assert_true(address_range_parse(STR("127.0.0.1"), &ranges[1]));
    assert_true(address_range_parse(STR("fd00::/8"), &ranges[2]));
    for (size_t i = 0; i < count; i++) {
        const struct request_field fields[] = {
            { str_of(header), str_of(hops[i].first) },
            { STR("Accept"), STR("1.1.1.1") },
            { str_of(header), str_of(hops[i].second) },
        };
        const struct request request = {
            .headers = fields,
            .header_count = hops[i].second == NULL ? 2 : 3,
        };
        struct address peer = address_of(hops[i].peer);
        struct address client = client_of(&proxies, &peer, &request);
        struct str shown = address_show(&arena, &client);
        assert_string_equal(arena_cstr(&arena, shown), hops[i].client);
    }
    arena_free(&arena);
}

static void
what_a_proxy_says_is_believed_of_those_that_are_named(void **state)
{
    static const struct hop hops[] = {
        { "203.0.113.1", "198.51.100.9", NULL, "203.0.113.1" },
        { "10.0.0.1", "198.51.100.9", NULL, "198.51.100.9" },
        { "10.0.0.1", "1.2.3.4, 198.51.100.9", NULL, "198.51.100.9" },
        { "10.0.0.1", "1.2.3.4, 198.51.100.9, 10.0.0.2", NULL, "198.51.100.9" },
        { "10.0.0.1", "10.0.0.3,10.0.0.2", NULL, "10.0.0.3" },
        { "10.0.0.1", "1.2.3.4", "198.51.100.9", "198.51.100.9" },
        { "10.0.0.1", "198.51.100.9", "10.0.0.2", "198.51.100.9" },
        { "10.0.0.1", "nonsense", NULL, "10.0.0.1" },
        { "10.0.0.1", "198.51.100.9, nonsense, 10.0.0.2", NULL, "10.0.0.2" },
        { "10.0.0.1", "", NULL, "10.0.0.1" },
        { "10.0.0.1", "198.51.100.9,", NULL, "10.0.0.1" },
        { "10.0.0.1", "198.51.100.9:4711", NULL, "198.51.100.9" },
        { "10.0.0.1", "[2001:db8::1]:4711", NULL, "2001:db8::1" },
        { "10.0.0.1", "2001:db8::1", NULL, "2001:db8::1" },
        { "fd00::5", "::ffff:198.51.100.9", NULL, "198.51.100.9" },
    };

    (void)state;
    check_hops("X-Forwarded-For", hops, sizeof hops / sizeof *hops);
}

static void
the_standard_header_is_read_as_it_is_written(void **state)
{
    static const struct hop hops[] = {
        { "10.0.0.1", "for=198.51.100.9;proto=https;by=10.0.0.1", NULL,
          "198.51.100.9" },
        { "10.0.0.1", "proto=https; For=\"[2001:db8::1]:4711\"", NULL,
          "2001:db8::1" },
        { "10.0.0.1", "for=1.2.3.4, for=198.51.100.9, for=10.0.0.2", NULL,
          "198.51.100.9" },
        { "10.0.0.1", "for=198.51.100.9, for=_hidden", NULL, "10.0.0.1" },
        { "10.0.0.1", "for=unknown", NULL, "10.0.0.1" },
        { "10.0.0.1", "by=198.51.100.9", NULL, "10.0.0.1" },
    };

    (void)state;
    check_hops("Forwarded", hops, sizeof hops / sizeof *hops);
}

static void
a_chain_of_proxies_has_an_end(void **state)
{
    struct hop hop = { .peer = "10.0.0.1", .client = "10.0.0.2" };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    struct text list = text_new(&arena);
    text_add_cstr(&list, "198.51.100.9");
    for (int i = 0; i < CLIENT_HOPS_MAX; i++)
        text_add_cstr(&list, ", 10.0.0.2");
    hop.first = arena_cstr(&arena, text_str(&list));
    check_hops("X-Forwarded-For", &hop, 1);
    arena_free(&arena);
}

static void
a_network_of_ipv6_is_one_client(void **state)
{
    struct address one = address_of("2001:db8:1:2::1");
    struct address two = address_of("2001:db8:1:2:ffff::9");
    struct address next = address_of("2001:db8:1:3::1");
    struct address four = address_of("192.0.2.1");
    struct address five = address_of("192.0.2.2");

    (void)state;
    assert_true(client_key(&one) == client_key(&two));
    assert_true(client_key(&one) != client_key(&next));
    assert_true(client_key(&four) != client_key(&five));
}

static void
one_address_has_so_many_connections(void **state)
{
    struct address_range proxy;
    struct http_server server = { .settings.client_connections_max = 2 };
    struct address stranger = address_of("203.0.113.7");
    struct address next = address_of("203.0.113.8");
    struct address ours = address_of("10.0.0.1");
    struct address here = address_of("127.0.0.1");

    (void)state;
    assert_true(address_range_parse(STR("10.0.0.0/8"), &proxy));
    server.proxies = (struct proxies){ &proxy, 1, "X-Forwarded-For" };
    hash_map_init(&server.connections.by_client);
    hash_map_put(&server.connections.by_client, client_key(&stranger), 1);
    assert_true(limit_connects(&server, &stranger));
    hash_map_put(&server.connections.by_client, client_key(&stranger), 2);
    assert_false(limit_connects(&server, &stranger));
    assert_true(limit_connects(&server, &next));
    hash_map_put(&server.connections.by_client, client_key(&ours), 2);
    hash_map_put(&server.connections.by_client, client_key(&here), 2);
    assert_true(limit_connects(&server, &ours));
    assert_true(limit_connects(&server, &here));
    hash_map_free(&server.connections.by_client);
}

static void
how_fast(void **state)
{
    const struct http_limit limit = { 600, 600 };
    int count = 2000000;

    if (getenv("BATON_BENCH") == NULL) {
        print_message("measured when BATON_BENCH is set\n");
        skip();
    }
    int64_t begin_us = clock_monotonic_us();
    int64_t waits_ms = 0;
    for (int i = 0; i < count; i++)
        waits_ms += bucket_take(*state, &limit, 1 + i % 5000, 1000 + i / 100);
    int64_t us = clock_monotonic_us() - begin_us;
    print_message("%.1f ns (%lld)\n", (double)us * 1000 / count,
                  (long long)waits_ms);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_burst_is_taken_at_once_and_comes_back_by_the_rate),
        TEST(everybody_has_a_bucket_of_his_own),
        TEST(asking_takes_nothing),
        TEST(no_limit_is_no_limit),
        TEST(a_clock_that_goes_back_locks_nobody_out),
        TEST(many_strangers_make_no_room_for_one_who_asks_too_often),
        cmocka_unit_test(a_limit_is_read_as_people_write_it),
        cmocka_unit_test(what_a_proxy_says_is_believed_of_those_that_are_named),
        cmocka_unit_test(the_standard_header_is_read_as_it_is_written),
        cmocka_unit_test(a_chain_of_proxies_has_an_end),
        cmocka_unit_test(a_network_of_ipv6_is_one_client),
        cmocka_unit_test(one_address_has_so_many_connections),
        TEST(how_fast),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
