/*
 * Tests of lib/net. Nothing here leaves the machine: every peer listens on
 * the loopback interface, and what concerns other addresses asks the guard,
 * which opens nothing.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/net/guard.h"
#include "lib/net/mail.h"
#include "lib/net/net_peer.h"
#include "lib/net/sender.h"
#include "lib/net/target.h"
#include "lib/net/webhook.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The loopback interface in all its spellings, opened as an operator would. */
static const char *const loopback[] = { "127.0.0.0/8", "0.0.0.0", "::1",
                                        "::", NULL };

static int
arena_setup(void **state)
{
    struct arena *arena = calloc(1, sizeof *arena);

    arena_init(arena);
    *state = arena;
    return 0;
}

static int
arena_teardown(void **state)
{
    arena_free(*state);
    free(*state);
    return 0;
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)

static void
assert_str(struct str got, const char *wanted)
{
    if (str_is(got, wanted))
        return;
    print_error("got    \"%.*s\"\nwanted \"%s\"\n", STR_ARG(got), wanted);
    fail();
}

static void
assert_holds(struct str text, const char *part)
{
    if (str_find(text, str_of(part)) >= 0)
        return;
    print_error("\"%s\" is not in \"%.*s\"\n", part, STR_ARG(text));
    fail();
}

static void
assert_lacks(struct str text, const char *part)
{
    if (str_find(text, str_of(part)) < 0)
        return;
    print_error("\"%s\" is in \"%.*s\"\n", part, STR_ARG(text));
    fail();
}

/* ---- names ---------------------------------------------------------- */

/*
 * Stands in for the system's look-up, so that no name server is asked:
 * stuck.test is not answered while the gate is closed, inside.test is
 * 127.0.0.1, mixed.test is a private address first and 127.0.0.1 then, any
 * other name is unknown.
 */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool gate_is_open;
    int stuck;
} names = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0 };

static void
names_wait(void)
{
    pthread_mutex_lock(&names.lock);
    names.stuck++;
    pthread_cond_broadcast(&names.changed);
    while (!names.gate_is_open)
        pthread_cond_wait(&names.changed, &names.lock);
    names.stuck--;
    pthread_cond_broadcast(&names.changed);
    pthread_mutex_unlock(&names.lock);
}

static void
names_wait_stuck(int count)
{
    pthread_mutex_lock(&names.lock);
    while (names.stuck != count)
        pthread_cond_wait(&names.changed, &names.lock);
    pthread_mutex_unlock(&names.lock);
}

static void
names_open_gate(void)
{
    pthread_mutex_lock(&names.lock);
    names.gate_is_open = true;
    pthread_cond_broadcast(&names.changed);
    pthread_mutex_unlock(&names.lock);
    names_wait_stuck(0);
}

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
            struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *,
                struct addrinfo **);
    struct addrinfo numeric = *hints;
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");

    memcpy(&real, &symbol, sizeof real);
    numeric.ai_flags |= AI_NUMERICHOST;
    if (strcmp(name, "stuck.test") == 0) {
        names_wait();
        return EAI_FAIL;
    }
    if (strcmp(name, "inside.test") == 0)
        return real("127.0.0.1", service, &numeric, found);
    if (strcmp(name, "mixed.test") != 0)
        return real(name, service, &numeric, found);

    int failed = real("10.0.0.1", service, &numeric, found);
    return failed != 0
             ? failed
             : real("127.0.0.1", service, &numeric, &(*found)->ai_next);
}

/* ---- guard ---------------------------------------------------------- */

static struct guard
guard_with(struct arena *arena, const char *const *allow)
{
    struct guard guard = { 0 };
    struct str why;

    assert_true(guard_init(&guard, arena, allow, &why));
    return guard;
}

static const char *
refusal_of_six(const struct guard *guard, const unsigned char address[16])
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

    memcpy(&six.sin6_addr, address, 16);
    return guard_refusal(guard, (struct sockaddr *)&six, sizeof six);
}

static const char *
refusal_of(const struct guard *guard, const char *address)
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    unsigned char six[16];

    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return guard_refusal(guard, (struct sockaddr *)&four, sizeof four);
    assert_int_equal(inet_pton(AF_INET6, address, six), 1);
    return refusal_of_six(guard, six);
}

static void
a_public_address_may_be_connected_to(void **state)
{
    static const char *const table[] = {
        "1.1.1.1",         "9.255.255.255",   "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",     "126.255.255.255",
        "128.0.0.0",       "169.253.255.255", "169.255.0.0",
        "172.15.255.255",  "172.32.0.0",      "192.167.255.255",
        "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "::ffff:8.8.8.8",  "2001:200::1",
        "2606:4700::1111", "2a00:1450::1",    "2003::1",
        "3ffe:ffff::1",
    };
    struct guard guard = guard_with(*state, NULL);

    for (size_t i = 0; i < COUNT(table); i++)
        if (refusal_of(&guard, table[i]) != NULL)
            fail_msg("%s is refused: %s", table[i],
                     refusal_of(&guard, table[i]));
}

static void
a_special_address_is_refused_by_its_name(void **state)
{
    static const struct {
        const char *address;
        const char *kind;
    } table[] = {
        { "0.0.0.0", "this host" },
        { "0.255.255.255", "this host" },
        { "10.0.0.0", "private" },
        { "10.255.255.255", "private" },
        { "100.64.0.0", "shared with a provider's customers" },
        { "100.127.255.255", "shared with a provider's customers" },
        { "127.0.0.1", "loopback" },
        { "127.255.255.255", "loopback" },
        { "169.254.169.254", "link-local" },
        { "172.16.0.0", "private" },
        { "172.31.255.255", "private" },
        { "192.0.0.8", "protocol assignment" },
        { "192.0.2.1", "documentation" },
        { "192.88.99.1", "6to4 relay" },
        { "192.168.0.0", "private" },
        { "192.168.255.255", "private" },
        { "198.18.0.0", "benchmark" },
        { "198.19.255.255", "benchmark" },
        { "198.51.100.1", "documentation" },
        { "203.0.113.1", "documentation" },
        { "224.0.0.1", "multicast" },
        { "239.255.255.255", "multicast" },
        { "240.0.0.0", "reserved" },
        { "255.255.255.255", "reserved" },
        { "::", "this host" },
        { "::1", "loopback" },
        { "::127.0.0.1", "IPv4-compatible" },
        { "::8.8.8.8", "IPv4-compatible" },
        { "::ffff:127.0.0.1", "loopback" },
        { "::ffff:10.0.0.1", "private" },
        { "::ffff:169.254.169.254", "link-local" },
        { "::ffff:0:127.0.0.1", "outside the public range" },
        { "64:ff9b::127.0.0.1", "NAT64" },
        { "64:ff9b::8.8.8.8", "NAT64" },
        { "64:ff9b:1::1", "NAT64" },
        { "100::1", "discarded" },
        { "2001::1", "Teredo" },
        { "2001:0:7f00:1::", "Teredo" },
        { "2001:2::1", "protocol assignment" },
        { "2001:20::1", "protocol assignment" },
        { "2001:db8::1", "documentation" },
        { "2002:7f00:1::1", "6to4" },
        { "3fff::1", "documentation" },
        { "5f00::1", "segment routing" },
        { "fc00::1", "private" },
        { "fdff::1", "private" },
        { "fe80::1", "link-local" },
        { "fec0::1", "private" },
        { "ff02::1", "multicast" },
        { "1fff:ffff::1", "outside the public range" },
        { "4000::1", "outside the public range" },
        { "8000::1", "outside the public range" },
    };
    struct guard guard = guard_with(*state, NULL);

    for (size_t i = 0; i < COUNT(table); i++) {
        const char *kind = refusal_of(&guard, table[i].address);
        if (kind == NULL || strcmp(kind, table[i].kind) != 0)
            fail_msg("%s is \"%s\", not \"%s\"", table[i].address,
                     kind == NULL ? "allowed" : kind, table[i].kind);
    }
}

static void
no_ipv6_address_outside_the_public_range_is_allowed(void **state)
{
    struct guard guard = guard_with(*state, NULL);
    uint64_t seed = (uint64_t)clock_monotonic_us();
    struct random random;

    print_message("seed %llu\n", (unsigned long long)seed);
    random_init(&random, seed);
    for (int n = 0; n < 20000; n++) {
        unsigned char address[16];

        for (size_t i = 0; i < sizeof address; i++)
            address[i] = (unsigned char)random_below(&random, 256);
        if ((address[0] & 0xe0) != 0x20)
            assert_non_null(refusal_of_six(&guard, address));
    }
}

static void
an_address_is_refused_before_it_is_kept(void **state)
{
    static const char *const refused[] = {
        "http://127.0.0.1/in",
        "https://127.1:8443/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::1]:80/x",
        "http://[::ffff:10.0.0.1]/",
        "http://10.1.2.3",
        "http://a:b@192.168.0.1/",
        "http://169.254.169.254/latest",
        "http://%31%32%37.0.0.1/",
        "HTTP://127.0.0.1/",
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
        "https://",
    };
    static const char *const kept[] = {
        "https://example.test/in", "http://localhost/", /* when it is sent */
        "https://93.184.216.34/",  "http://[2606:2800:220:1::1]/",
        "http://10.9.0.1/",
    };
    const char *const allow[] = { "10.9.0.0/16", NULL };
    struct guard guard = guard_with(*state, allow);
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (str_is_empty(target_fault(&guard, &arena, str_of(refused[i]))))
            fail_msg("kept: %s", refused[i]);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (!str_is_empty(target_fault(&guard, &arena, str_of(kept[i]))))
            fail_msg("refused: %s", kept[i]);
    arena_free(&arena);
}

static void
an_ipv4_address_is_judged_alike_in_both_families(void **state)
{
    struct guard guard = guard_with(*state, NULL);
    uint64_t seed = (uint64_t)clock_monotonic_us();
    struct random random;

    print_message("seed %llu\n", (unsigned long long)seed);
    random_init(&random, seed);
    for (int n = 0; n < 20000; n++) {
        struct sockaddr_in four = { .sin_family = AF_INET };
        unsigned char six[16] = { [10] = 0xff, [11] = 0xff };

        four.sin_addr.s_addr = (uint32_t)random_next(&random);
        memcpy(six + 12, &four.sin_addr, 4);
        assert_ptr_equal(
            guard_refusal(&guard, (struct sockaddr *)&four, sizeof four),
            refusal_of_six(&guard, six));
    }
}

static void
an_operator_opens_exactly_the_range_that_was_named(void **state)
{
    static const char *const allow[] = { "10.1.0.0/16", "fd00:1::/32", NULL };
    struct guard guard = guard_with(*state, allow);

    assert_null(refusal_of(&guard, "10.1.255.255"));
    assert_null(refusal_of(&guard, "::ffff:10.1.0.1"));
    assert_null(refusal_of(&guard, "fd00:1:ffff::1"));
    assert_non_null(refusal_of(&guard, "10.0.255.255"));
    assert_non_null(refusal_of(&guard, "10.2.0.0"));
    assert_non_null(refusal_of(&guard, "fd00:2::1"));
    assert_non_null(refusal_of(&guard, "127.0.0.1"));
}

static void
a_slip_in_an_allowed_range_is_told_at_the_start(void **state)
{
    static const char *const table[] = {
        "",
        "x",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0/8",
        "0x7f.1",
        "fd00::1/16",
        "::/129",
        "10.0.0.0/8 ",
        "10.0.0.0/8/8",
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        const char *const allow[] = { table[i], NULL };
        struct sender_settings settings = { .allow = allow };
        struct str why = STR_NONE;

        assert_null(sender_start(&settings, *state, &why));
        assert_holds(why, "is no range of addresses");
    }
}

static void
what_is_no_internet_address_is_refused(void **state)
{
    struct guard guard = guard_with(*state, loopback);
    struct sockaddr_in four = { .sin_family = AF_UNIX };

    assert_non_null(
        guard_refusal(&guard, (struct sockaddr *)&four, sizeof four));
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(0x08080808);
    assert_non_null(guard_refusal(&guard, (struct sockaddr *)&four, 4));
    assert_null(guard_refusal(&guard, (struct sockaddr *)&four, sizeof four));
}

/* ---- sender --------------------------------------------------------- */

/* What came of one or several messages; `result` is the newest. */
struct outcome {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct arena arena;
    struct outbox_result result;
    int count;
    int delivered;
};

static void
outcome_init(struct outcome *o)
{
    memset(o, 0, sizeof *o);
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->changed, NULL);
    arena_init(&o->arena);
}

static void
outcome_free(struct outcome *o)
{
    arena_free(&o->arena);
    pthread_cond_destroy(&o->changed);
    pthread_mutex_destroy(&o->lock);
}

static void
outcome_told(void *context, const struct outbox_result *result)
{
    struct outcome *o = context;

    pthread_mutex_lock(&o->lock);
    o->result = *result;
    o->result.error = arena_str(&o->arena, result->error);
    o->result.response = arena_str(&o->arena, result->response);
    o->result.excerpt = arena_str(&o->arena, result->excerpt);
    o->count++;
    o->delivered += result->delivered;
    pthread_cond_broadcast(&o->changed);
    pthread_mutex_unlock(&o->lock);
}

static void
outcome_wait(struct outcome *o, int count)
{
    pthread_mutex_lock(&o->lock);
    while (o->count < count)
        pthread_cond_wait(&o->changed, &o->lock);
    pthread_mutex_unlock(&o->lock);
}

static struct sender *
sender_with(struct arena *arena, struct sender_settings settings)
{
    struct str why;
    struct sender *sender = sender_start(&settings, arena, &why);

    assert_non_null(sender);
    return sender;
}

static struct sender *
sender_on_loopback(struct arena *arena)
{
    return sender_with(arena, (struct sender_settings){ .allow = loopback });
}

static struct outbox_message
post_to(struct str url)
{
    return (struct outbox_message){
        .job = { 7 }, .kind = OUTBOX_HTTP, .url = url, .body = STR("{\"a\":1}")
    };
}

/* Sends one message and waits; the texts live in the arena. */
static struct outbox_result
send_one(struct arena *arena, struct sender *sender,
         const struct outbox_message *message)
{
    struct outcome o;

    outcome_init(&o);
    assert_true(sender_submit(sender, message, outcome_told, &o));
    outcome_wait(&o, 1);

    struct outbox_result result = o.result;
    result.error = arena_str(arena, result.error);
    result.response = arena_str(arena, result.response);
    result.excerpt = arena_str(arena, result.excerpt);
    outcome_free(&o);
    return result;
}

static struct outbox_result
post(struct arena *arena, struct sender *sender, struct str url)
{
    struct outbox_message message = post_to(url);

    return send_one(arena, sender, &message);
}

static const struct {
    const char *host;
    bool is_ipv6;
} spellings[] = {
    { "127.0.0.1", false },
    { "127.1", false },
    { "127.0.1", false },
    { "2130706433", false },
    { "0x7f000001", false },
    { "0x7f.1", false },
    { "0x7F.0x0.0x0.0x1", false },
    { "0177.0.0.1", false },
    { "017700000001", false },
    { "0177.0x0.0.1", false },
    { "127.000.000.001", false },
    { "%31%32%37.0.0.1", false },
    { "localhost", false },
    { "LOCALHOST", false },
    { "some.localhost", false },
    { "0.0.0.0", false },
    { "0", false },
    { "0x0", false },
    { "[::ffff:127.0.0.1]", false },
    { "[::ffff:7f00:1]", false },
    { "[0:0:0:0:0:ffff:7f00:0001]", false },
    { "[::ffff:0.0.0.0]", false },
    { "[::1]", true },
    { "[0000:0000:0000:0000:0000:0000:0000:0001]", true },
    { "[::0.0.0.1]", true },
    { "[::]", true },
};

static void
no_spelling_of_loopback_arrives(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = NULL });

    for (size_t i = 0; i < COUNT(spellings); i++) {
        struct outbox_result result =
            post(*state, sender,
                 peer_url(peer, *state, "http", spellings[i].host, "/"));

        if (result.delivered || !result.refused || result.maybe_received)
            fail_msg("%s was not refused: %.*s", spellings[i].host,
                     STR_ARG(result.error));
        assert_holds(result.error, "its address is not allowed");
    }
    sender_stop(sender);
    assert_int_equal(peer_accepted(peer), 0);
    peer_stop(peer);
}

/* Shows that the test above could fail: the same spellings do get there. */
static void
with_the_operators_leave_every_spelling_arrives(void **state)
{
    struct peer *peer = peer_start(peer_answer_once);
    struct sender *sender = sender_on_loopback(*state);
    int sent = 0;

    for (size_t i = 0; i < COUNT(spellings); i++) {
        if (spellings[i].is_ipv6 && !peer_has_ipv6(peer)) {
            print_message("no IPv6 here: %s is left out\n", spellings[i].host);
            continue;
        }

        struct outbox_result result =
            post(*state, sender,
                 peer_url(peer, *state, "http", spellings[i].host, "/"));
        if (!result.delivered)
            fail_msg("%s: %.*s", spellings[i].host, STR_ARG(result.error));
        sent++;
    }
    sender_stop(sender);
    assert_int_equal(peer_accepted(peer), sent);
    peer_stop(peer);
}

static void
a_name_that_points_inside_does_not_arrive(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = NULL });

    assert_true(
        post(*state, sender, peer_url(peer, *state, "http", "inside.test", "/"))
            .refused);
    sender_stop(sender);
    assert_int_equal(peer_accepted(peer), 0);

    sender = sender_on_loopback(*state);
    assert_true(
        post(*state, sender, peer_url(peer, *state, "http", "inside.test", "/"))
            .delivered);
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_refused_address_does_not_spoil_the_next_of_the_same_name(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);

    assert_true(
        post(*state, sender, peer_url(peer, *state, "http", "mixed.test", "/"))
            .delivered);
    sender_stop(sender);
    peer_stop(peer);
}

static void
an_unknown_name_is_a_failure_to_try_again(void **state)
{
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_result result =
        post(*state, sender, STR("http://unknown.test:1/"));

    assert_false(result.delivered);
    assert_false(result.refused);
    assert_str(result.error,
               "unknown.test:1: no address is known for this host");
    sender_stop(sender);
}

static void
a_name_server_that_does_not_answer_holds_up_nobody(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *hasty =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .connect_ms_max = 100 });
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_message stuck = post_to(STR("http://stuck.test:1/"));
    struct outcome o;

    outcome_init(&o);
    assert_true(sender_submit(sender, &stuck, outcome_told, &o));
    names_wait_stuck(1);
    assert_true(
        post(*state, sender, peer_url(peer, *state, "http", "127.0.0.1", "/"))
            .delivered);
    sender_stop(sender); /* nor does it hold up the stop */
    assert_int_equal(o.count, 1);

    struct outbox_result result = send_one(*state, hasty, &stuck);
    assert_false(result.delivered);
    assert_holds(result.error, "took too long");
    sender_stop(hasty);
    names_open_gate();
    outcome_free(&o);
    peer_stop(peer);
}

static void
mail_to_a_forbidden_address_does_not_arrive(void **state)
{
    struct peer *peer = peer_start(peer_mail);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = NULL });
    struct str to = STR("bo@example.com");
    struct outbox_message message = {
        .kind = OUTBOX_SMTP,
        .url = peer_url(peer, *state, "smtp", "localhost", ""),
        .from = STR("ana@example.com"),
        .to = &to,
        .to_count = 1,
        .body = STR("Subject: x\r\n\r\nx\r\n"),
    };
    struct outbox_result result = send_one(*state, sender, &message);

    assert_true(result.refused);
    sender_stop(sender);
    assert_int_equal(peer_accepted(peer), 0);
    peer_stop(peer);
}

static void
a_proxy_named_by_the_environment_is_not_used(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct peer *proxy = peer_start(peer_answer);
    struct str url = peer_url(proxy, *state, "http", "127.0.0.1", "");

    setenv("http_proxy", url.data, 1);
    setenv("all_proxy", url.data, 1);
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_result result =
        post(*state, sender, peer_url(peer, *state, "http", "127.0.0.1", "/"));
    unsetenv("http_proxy");
    unsetenv("all_proxy");

    assert_true(result.delivered);
    sender_stop(sender);
    assert_int_equal(peer_accepted(proxy), 0);
    peer_stop(proxy);
    peer_stop(peer);
}

static void
a_redirect_is_a_failure_and_nobody_follows_it(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct peer *target = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);
    struct str url = peer_url(target, *state, "http", "127.0.0.1", "/");

    peer->answer = arena_format(*state,
                                "HTTP/1.1 307 Temporary Redirect\r\n"
                                "Location: %s\r\nContent-Length: 0\r\n\r\n",
                                url.data)
                       .data;
    struct outbox_result result =
        post(*state, sender, peer_url(peer, *state, "http", "127.0.0.1", "/"));

    assert_false(result.delivered);
    assert_int_equal(result.code, 307);
    assert_true(result.maybe_received);
    assert_holds(result.error, "redirects are not followed");
    sender_stop(sender);
    assert_int_equal(peer_accepted(target), 0);
    peer_stop(target);
    peer_stop(peer);
}

static void
a_post_arrives_byte_for_byte(void **state)
{
    static const char body[] = "{\"name\":\"\xec\x95\x84\xeb\x82\x98\",\0\x01}";
    const struct outbox_header headers[] = {
        { STR("Content-Type"), STR("application/json") },
        { STR("webhook-id"), STR("msg_1") },
        { STR("X-Empty"), STR("") },
    };
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/in?a=b#part"));

    message.headers = headers;
    message.header_count = COUNT(headers);
    message.body = (struct str){ body, sizeof body - 1 };
    struct outbox_result result = send_one(*state, sender, &message);

    assert_true(result.delivered);
    assert_int_equal(result.code, 200);
    assert_int_equal(result.job.value, 7);
    assert_true(str_is_empty(result.error));
    assert_str(result.response, "ok");

    struct str heard = peer_heard(peer, *state);
    assert_true(str_starts(heard, STR("POST /in?a=b HTTP/1.1\r\n")));
    assert_true(str_ends(heard, message.body));
    assert_holds(heard, "\r\nContent-Type: application/json\r\n");
    assert_holds(heard, "\r\nwebhook-id: msg_1\r\n");
    assert_holds(heard, "\r\nX-Empty:\r\n");
    assert_holds(heard, "\r\nUser-Agent: Baton\r\n");
    assert_lacks(heard, "Expect");
    assert_lacks(heard, "x-www-form-urlencoded");
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_large_post_arrives_whole(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/"));
    size_t bytes = 3 * 1024 * 1024;
    char *body = arena_alloc(*state, bytes);

    memset(body, 'x', bytes);
    body[bytes - 1] = '!';
    message.body = (struct str){ body, bytes };
    assert_true(send_one(*state, sender, &message).delivered);
    assert_true(str_ends(peer_heard(peer, *state), message.body));
    sender_stop(sender);
    peer_stop(peer);
}

/* The message is refused before anything is opened, with these words. */
static void
assert_refused(struct arena *arena, const struct outbox_message *message,
               const char *words)
{
    struct sender *sender = sender_on_loopback(arena);
    struct outbox_result result = send_one(arena, sender, message);

    assert_false(result.delivered);
    assert_true(result.refused);
    assert_false(result.maybe_received);
    assert_holds(result.error, words);
    sender_stop(sender);
}

static void
a_header_cannot_smuggle_another(void **state)
{
    static const struct {
        struct str name, value;
        const char *words;
    } table[] = {
        { STR_INIT("X-A"), STR_INIT("1\r\nX-B: 2"), "line break" },
        { STR_INIT("X-A"), STR_INIT("1\nX-B: 2"), "line break" },
        { STR_INIT("X-A"), STR_INIT("1\0"), "control" },
        { STR_INIT("X-A: 1\r\nX-B"), STR_INIT("2"), "name" },
        { STR_INIT("X A"), STR_INIT("2"), "name" },
        { STR_INIT(""), STR_INIT("2"), "name" },
        { STR_INIT("content-length"), STR_INIT("2"), "only the sender" },
        { STR_INIT("Transfer-Encoding"), STR_INIT("chunked"), "only" },
        { STR_INIT("HOST"), STR_INIT("other"), "only the sender" },
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct outbox_header header = { table[i].name, table[i].value };
        struct outbox_message message = post_to(STR("http://127.0.0.1:1/"));

        message.headers = &header;
        message.header_count = 1;
        assert_refused(*state, &message, table[i].words);
    }
}

static void
a_url_that_is_not_for_posting_is_refused(void **state)
{
    static const struct {
        struct str url;
        const char *words;
    } table[] = {
        { STR_INIT("file:///etc/passwd"), "must start with https" },
        { STR_INIT("gopher://127.0.0.1:1/"), "must start with https" },
        { STR_INIT("smtp://127.0.0.1:1/"), "must start with https" },
        { STR_INIT("ftp://127.0.0.1:1/"), "must start with https" },
        { STR_INIT("127.0.0.1:1/"), "" },
        { STR_INIT("http://ana:secret@127.0.0.1:1/"), "user name" },
        { STR_INIT("http://127.0.0.1:1/ HTTP/1.1"), "space" },
        { STR_INIT("http://127.0.0.1:1/\r\nX: y"), "control" },
        { STR_INIT("http://127.0.0.1:1/\0@other"), "control" },
        { STR_INIT("http://127.0.0.1:99999/"), "cannot be read" },
        { STR_INIT("http://"), "cannot be read" },
        { STR_INIT(""), "empty" },
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct outbox_message message = post_to(table[i].url);
        assert_refused(*state, &message, table[i].words);
    }
}

static void
a_receiver_that_drips_is_cut_off_by_the_total_time(void **state)
{
    struct peer *peer = peer_start(peer_drip);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .total_ms_max = 300 });
    struct outbox_result result;

    do /* a slow machine may not have sent it in time: then again */
        result = post(*state, sender,
                      peer_url(peer, *state, "http", "127.0.0.1", "/"));
    while (!result.maybe_received && str_is_empty(peer_heard(peer, *state)));
    assert_false(result.delivered);
    assert_false(result.refused);
    assert_true(result.maybe_received);
    assert_holds(result.error, "took too long");
    assert_true(result.duration_ms >= 250); /* clocks differ by a bit */
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_message_may_ask_for_less_time_but_not_for_more(void **state)
{
    enum { HOUR_MS = 3600 * 1000 };
    struct peer *peer = peer_start(peer_drip);
    struct sender *patient = sender_with(
        *state,
        (struct sender_settings){ .allow = loopback, .total_ms_max = HOUR_MS });
    struct sender *hasty =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .total_ms_max = 300 });
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/"));

    message.total_ms_max = 100;
    assert_holds(send_one(*state, patient, &message).error, "took too long");
    message.total_ms_max = HOUR_MS;
    assert_holds(send_one(*state, hasty, &message).error, "took too long");
    sender_stop(patient);
    sender_stop(hasty);
    peer_stop(peer);
}

static void
an_endless_answer_is_cut_and_still_counts(void **state)
{
    struct peer *peer = peer_start(peer_drip);
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/"));

    message.response_bytes_max = 3;
    struct outbox_result result = send_one(*state, sender, &message);
    assert_true(result.delivered);
    assert_str(result.response, "...");
    sender_stop(sender);
    peer_stop(peer);
}

static void
no_more_than_64_kb_of_an_answer_are_kept(void **state)
{
    size_t bytes = 200 * 1000;
    char *body = arena_alloc(*state, bytes + 1);
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);

    memset(body, 'x', bytes);
    peer->answer = arena_format(*state,
                                "HTTP/1.1 500 No\r\nContent-Length: "
                                "200000\r\n\r\n%s",
                                body)
                       .data;
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/"));
    message.response_bytes_max = 1000 * 1000;
    struct outbox_result result = send_one(*state, sender, &message);

    assert_false(result.delivered);
    assert_int_equal(result.response.bytes, SENDER_RESPONSE_BYTES_MAX);
    assert_true(result.excerpt.bytes <= 300);
    assert_holds(result.error, "answered 500");
    sender_stop(sender);
    peer_stop(peer);
}

static void
an_answer_whose_header_does_not_end_is_given_up(void **state)
{
    struct text answer = text_new(*state);
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);

    text_add_cstr(&answer, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 10000; i++)
        text_add_cstr(&answer, "X-Filler: 0123456789\r\n");
    text_add_char(&answer, '\0');
    peer->answer = answer.data;
    struct outbox_result result =
        post(*state, sender, peer_url(peer, *state, "http", "127.0.0.1", "/"));

    assert_false(result.delivered);
    assert_holds(result.error, "too long");
    sender_stop(sender);
    peer_stop(peer);
}

static void
when_to_try_again_is_told_as_the_receiver_asked(void **state)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } table[] = {
        { "120", 120 },
        { "99999999", 86400 },
        { "soon", 0 },
        { "-5", 0 },
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct peer *peer = peer_start(peer_answer);
        struct sender *sender = sender_on_loopback(*state);

        peer->answer = arena_format(*state,
                                    "HTTP/1.1 429 Slow\r\nRetry-After: %s\r\n"
                                    "Content-Length: 0\r\n\r\n",
                                    table[i].value)
                           .data;
        struct outbox_result result = post(
            *state, sender, peer_url(peer, *state, "http", "127.0.0.1", "/"));
        assert_int_equal(result.code, 429);
        assert_int_equal(result.retry_after_s, table[i].seconds);
        sender_stop(sender);
        peer_stop(peer);
    }
}

static void
an_excerpt_can_be_shown_whatever_was_answered(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);

    peer->answer = "HTTP/1.1 500 No\r\nContent-Length: 16\r\n\r\n"
                   "a\x1b[1m\r\nb\xff"
                   "c\xe2\x80\xae"
                   "d\xc3\xa9";
    struct outbox_result result =
        post(*state, sender, peer_url(peer, *state, "http", "127.0.0.1", "/"));

    assert_str(result.excerpt, "a [1m  b?c d\xc3\xa9");
    sender_stop(sender);
    peer_stop(peer);
}

static void
an_error_tells_the_host_but_not_the_secret_in_the_path(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);
    struct str url = peer_url(peer, *state, "http", "127.0.0.1", "/s3cret?k=v");

    peer_stop(peer); /* nobody listens there now */
    struct outbox_result result = post(*state, sender, url);
    assert_false(result.delivered);
    assert_false(result.refused);
    assert_false(result.maybe_received);
    assert_int_equal(result.code, 0);
    assert_holds(result.error, "127.0.0.1:");
    assert_lacks(result.error, "s3cret");
    sender_stop(sender);
}

static void
connections_are_kept_for_the_next_message(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);
    struct str url = peer_url(peer, *state, "http", "127.0.0.1", "/");

    for (int i = 0; i < 5; i++)
        assert_true(post(*state, sender, url).delivered);
    assert_int_equal(peer_accepted(peer), 1);
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_kept_connection_that_died_costs_no_message(void **state)
{
    struct peer *peer = peer_start(peer_answer_once);
    struct sender *sender = sender_on_loopback(*state);
    struct str url = peer_url(peer, *state, "http", "127.0.0.1", "/");

    for (int i = 0; i < 5; i++)
        assert_true(post(*state, sender, url).delivered);
    assert_int_equal(peer_accepted(peer), 5);
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_slow_receiver_does_not_hold_up_another(void **state)
{
    enum { SLOW = 20, QUICK = 10 };
    struct peer *slow = peer_start(peer_hold);
    struct peer *quick = peer_start(peer_answer);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .parallel_max = 4,
                                                      .host_parallel_max = 2 });
    struct outbox_message to_slow =
        post_to(peer_url(slow, *state, "http", "127.0.0.1", "/"));
    struct outbox_message to_quick =
        post_to(peer_url(quick, *state, "http", "127.0.0.1", "/"));
    struct outcome held, sent;

    outcome_init(&held);
    outcome_init(&sent);
    for (int i = 0; i < SLOW; i++)
        assert_true(sender_submit(sender, &to_slow, outcome_told, &held));
    for (int i = 0; i < QUICK; i++)
        assert_true(sender_submit(sender, &to_quick, outcome_told, &sent));
    outcome_wait(&sent, QUICK);
    assert_int_equal(sent.delivered, QUICK);
    assert_int_equal(held.count, 0);

    peer_wait_accepted(slow, 2);
    peer_open_gate(slow);
    outcome_wait(&held, SLOW);
    assert_int_equal(held.delivered, SLOW);
    assert_int_equal(slow->open_peak, 2);

    struct sender_state at_end = sender_state(sender);
    assert_int_equal(at_end.waiting, 0);
    assert_int_equal(at_end.running, 0);
    assert_int_equal(at_end.delivered, SLOW + QUICK);
    assert_int_equal(at_end.failed, 0);
    sender_stop(sender);
    peer_stop(slow);
    peer_stop(quick);
    outcome_free(&held);
    outcome_free(&sent);
}

static void
one_host_cannot_fill_the_queue(void **state)
{
    struct peer *slow = peer_start(peer_hold);
    struct peer *quick = peer_start(peer_answer);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .queue_max = 40,
                                                      .host_parallel_max = 1 });
    struct outbox_message to_slow =
        post_to(peer_url(slow, *state, "http", "127.0.0.1", "/"));
    struct outcome held;
    int taken = 0;

    outcome_init(&held);
    while (sender_submit(sender, &to_slow, outcome_told, &held))
        taken++;
    assert_in_range(taken, 10, 11); /* a quarter waits, one may run */
    assert_true(
        post(*state, sender, peer_url(quick, *state, "http", "127.0.0.1", "/"))
            .delivered);

    peer_open_gate(slow);
    outcome_wait(&held, taken);
    assert_int_equal(held.count, taken);
    sender_stop(sender);
    peer_stop(slow);
    peer_stop(quick);
    outcome_free(&held);
}

static void
whoever_waits_is_told_when_the_sender_stops(void **state)
{
    enum { MESSAGES = 8 };
    struct peer *peer = peer_start(peer_hold);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .host_parallel_max = 2 });
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/"));
    struct outcome o;

    outcome_init(&o);
    for (int i = 0; i < MESSAGES; i++)
        assert_true(sender_submit(sender, &message, outcome_told, &o));
    peer_wait_accepted(peer, 2);
    sender_stop(sender);
    assert_int_equal(o.count, MESSAGES);
    assert_int_equal(o.delivered, 0);
    assert_str(o.result.error, "stopped");
    peer_stop(peer);
    outcome_free(&o);
}

/* Submits the next message when it hears of the one before. */
struct chain {
    struct sender *sender;
    struct outbox_message message;
    int left;
    struct outcome end;
};

static void
chain_told(void *context, const struct outbox_result *result)
{
    struct chain *chain = context;

    if (--chain->left == 0)
        outcome_told(&chain->end, result);
    else if (!sender_submit(chain->sender, &chain->message, chain_told, chain))
        abort();
}

static void
who_needs_an_order_submits_the_next_when_one_is_done(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct chain chain = {
        .sender = sender_on_loopback(*state),
        .message = post_to(peer_url(peer, *state, "http", "127.0.0.1", "/")),
        .left = 20,
    };

    outcome_init(&chain.end);
    assert_true(
        sender_submit(chain.sender, &chain.message, chain_told, &chain));
    outcome_wait(&chain.end, 1);
    assert_true(chain.end.result.delivered);
    assert_int_equal(peer_accepted(peer), 1);
    sender_stop(chain.sender);
    peer_stop(peer);
    outcome_free(&chain.end);
}

static void
a_receiver_without_tls_gets_nothing_over_https(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender =
        sender_with(*state, (struct sender_settings){ .allow = loopback,
                                                      .total_ms_max = 2000 });
    struct outbox_message message =
        post_to(peer_url(peer, *state, "https", "127.0.0.1", "/"));

    message.body = STR("confidential");
    message.total_ms_max = 300; /* the peer waits for a request in clear */
    assert_false(send_one(*state, sender, &message).delivered);
    assert_lacks(peer_heard(peer, *state), "confidential");
    sender_stop(sender);
    peer_stop(peer);
}

/* ---- TLS ------------------------------------------------------------- */

/* Made for these tests and good for nothing else: it vouches for "localhost"
 * and for itself until 2120. */
static const char tls_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMzzW5biXELveB2zR\n"
    "O1yNfNUkNbfjbtCDM/D1lf9QxNuhRANCAAQ7OvYFTGELBK5byvctaquMJVV19NJg\n"
    "o5Ui2P9juat8Iu2o0ZEoeNLYwBGLY088RI8eohPfYVLdh6LCUbE4Q+QZ\n"
    "-----END PRIVATE KEY-----\n";
static const char tls_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv\n"
    "c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM\n"
    "CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDs69gVMYQsErlvK\n"
    "9y1qq4wlVXX00mCjlSLY/2O5q3wi7ajRkSh40tjAEYtjTzxEjx6iE99hUt2HosJR\n"
    "sThD5BmjSDBGMA8GA1UdEwEB/wQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0\n"
    "MB0GA1UdDgQWBBSlqUQcrsVn11XilPQZnmDs5tTtWTAKBggqhkjOPQQDAgNIADBF\n"
    "AiEA+9xh3QB4h1hXYRdU02yOlOTmeGLCjVtbBCvpzxCRVC4CIHRJP/oPrWBOJOV7\n"
    "kN1q1L1/WY5omfpviSh8NDPGmznN\n"
    "-----END CERTIFICATE-----\n";

static enum MHD_Result
tls_taken(void *context, struct MHD_Connection *connection, const char *url,
          const char *method, const char *version, const char *data,
          size_t *bytes, void **request)
{
    static char seen;
    static char empty[1];

    (void)url, (void)method, (void)version, (void)data;
    if (*request == NULL || *bytes > 0) {
        *request = &seen;
        *bytes = 0;
        return MHD_YES;
    }
    atomic_fetch_add((atomic_int *)context, 1);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, empty, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static struct MHD_Daemon *
tls_start(atomic_int *taken, int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, tls_taken,
        taken, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_HTTPS_MEM_KEY, tls_key, MHD_OPTION_HTTPS_MEM_CERT,
        tls_certificate, MHD_OPTION_END);

    assert_non_null(daemon);
    *port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return daemon;
}

/* A file with the certificate; the caller removes it. */
static const char *
tls_ca_file(struct arena *arena)
{
    char *path = (char *)(uintptr_t)arena_cstr(arena, STR("/tmp/net_XXXXXX"));
    int file = mkstemp(path);

    assert_true(file >= 0);
    assert_int_equal(write(file, tls_certificate, strlen(tls_certificate)),
                     strlen(tls_certificate));
    close(file);
    return path;
}

static void
a_certificate_nobody_vouches_for_ends_the_attempt(void **state)
{
    atomic_int taken = 0;
    int port;
    struct MHD_Daemon *daemon = tls_start(&taken, &port);
    struct sender *sender = sender_on_loopback(*state);
    struct outbox_result result = post(
        *state, sender, arena_format(*state, "https://localhost:%d/", port));

    assert_false(result.delivered);
    assert_false(result.maybe_received);
    assert_holds(result.error, "certificate is not trusted");
    sender_stop(sender);
    MHD_stop_daemon(daemon);
    assert_int_equal(taken, 0);
}

static void
a_certificate_counts_for_the_name_it_was_made_for(void **state)
{
    atomic_int taken = 0;
    int port;
    struct MHD_Daemon *daemon = tls_start(&taken, &port);
    const char *file = tls_ca_file(*state);
    struct sender *sender = sender_with(
        *state, (struct sender_settings){ .allow = loopback, .ca_file = file });
    struct outbox_result named = post(
        *state, sender, arena_format(*state, "https://localhost:%d/", port));
    struct outbox_result unnamed = post(
        *state, sender, arena_format(*state, "https://127.0.0.1:%d/", port));

    assert_true(named.delivered);
    assert_false(unnamed.delivered);
    assert_holds(unnamed.error, "certificate is not trusted");
    sender_stop(sender);
    MHD_stop_daemon(daemon);
    assert_int_equal(taken, 1);
    unlink(file);
}

/* ---- mail out -------------------------------------------------------- */

static struct outbox_message
mail_through(struct str url, const struct str *to)
{
    return (struct outbox_message){ .job = { 8 },
                                    .kind = OUTBOX_SMTP,
                                    .url = url,
                                    .from = STR("ana@example.com"),
                                    .to = to,
                                    .to_count = 1,
                                    .body = STR("Subject: x\r\n\r\n"
                                                ".hidden\r\n"
                                                ".\r\n"
                                                "QUIT\r\n") };
}

static void
a_mail_arrives_with_its_envelope_and_its_dots(void **state)
{
    struct peer *peer = peer_start(peer_mail);
    struct sender *sender = sender_on_loopback(*state);
    struct str to[] = { STR("bo@example.com"), STR("cy@example.com") };
    struct outbox_message message =
        mail_through(peer_url(peer, *state, "smtp", "127.0.0.1", ""), to);

    message.to_count = 2;
    struct outbox_result result = send_one(*state, sender, &message);
    assert_true(result.delivered);
    assert_int_equal(result.code, 250);
    assert_true(result.maybe_received);
    assert_str(result.excerpt, "250 taken as 7");

    struct str heard = peer_heard(peer, *state);
    assert_holds(heard, "MAIL FROM:<ana@example.com>");
    assert_holds(heard, "RCPT TO:<bo@example.com>");
    assert_holds(heard, "RCPT TO:<cy@example.com>");
    assert_holds(heard, "DATA\r\nSubject: x\r\n\r\n"
                        "..hidden\r\n..\r\nQUIT\r\n.\r\n");
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_refused_recipient_is_told_with_the_servers_code(void **state)
{
    struct peer *peer = peer_start(peer_mail);
    struct sender *sender = sender_on_loopback(*state);
    struct str to = STR("nobody@example.com");
    struct outbox_message message =
        mail_through(peer_url(peer, *state, "smtp", "127.0.0.1", ""), &to);
    struct outbox_result result = send_one(*state, sender, &message);

    assert_false(result.delivered);
    assert_false(result.maybe_received);
    assert_false(result.refused);
    assert_int_equal(result.code, 550);
    assert_holds(result.error, "(550)");
    assert_str(result.excerpt, "550 no such user");
    sender_stop(sender);
    peer_stop(peer);
}

static void
a_password_goes_over_tls_only(void **state)
{
    struct peer *peer = peer_start(peer_mail);
    struct sender *sender = sender_on_loopback(*state);
    struct str to = STR("bo@example.com");
    struct outbox_message message =
        mail_through(peer_url(peer, *state, "smtp", "127.0.0.1", ""), &to);

    message.user = STR("ana");
    message.password = STR("secret");
    struct outbox_result result = send_one(*state, sender, &message);
    assert_false(result.delivered);
    assert_holds(result.error, "offers no TLS");
    assert_lacks(peer_heard(peer, *state), "AUTH");
    assert_lacks(peer_heard(peer, *state), "MAIL FROM");

    message.password_may_be_plain = true;
    assert_true(send_one(*state, sender, &message).delivered);
    assert_holds(peer_heard(peer, *state), "AGFuYQBzZWNyZXQ=");
    sender_stop(sender);
    peer_stop(peer);
}

static void
an_address_cannot_become_a_command(void **state)
{
    static const struct str table[] = {
        STR_INIT("bo@example.com>\r\nRCPT TO:<eve@example.com"),
        STR_INIT("bo@example.com> SIZE=1"),
        STR_INIT("Bo <bo@example.com>"),
        STR_INIT("bo@example.com\n"),
        STR_INIT("bo"),
        STR_INIT("@example.com"),
        STR_INIT(""),
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct str good = STR("bo@example.com");
        struct outbox_message message =
            mail_through(STR("smtp://127.0.0.1:1"), &table[i]);

        assert_refused(*state, &message, "is no mail address");
        message.to = &good;
        message.from = table[i];
        assert_refused(*state, &message, "is no mail address");
    }
}

/* ---- webhook -------------------------------------------------------- */

/* shared by the specification's own tests in five languages */
static const struct str secret =
    STR_INIT("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
static const struct str message_id = STR_INIT("msg_p5jXN8AQM9LWM0D4loKWxJek");
static const struct str payload = STR_INIT("{\"test\": 2432232314}");
static const int64_t signed_s = 1614265330;

#define GOOD  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define OTHER "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="

static struct webhook_key
key_of(struct str text)
{
    struct webhook_key key;

    assert_true(webhook_key_parse(text, &key));
    return key;
}

static enum webhook_answer
verify(struct str signature, struct str timestamp, int64_t now_s)
{
    struct webhook_key key = key_of(secret);
    struct webhook_headers headers = { message_id, timestamp, signature };

    return webhook_verify(&key, 1, &headers, payload, now_s);
}

static void
a_signature_is_the_one_the_specification_prints(void **state)
{
    struct webhook_key key = key_of(secret);
    struct outbox_header headers[WEBHOOK_HEADERS];

    assert_true(
        webhook_sign(*state, &key, 1, message_id, signed_s, payload, headers));
    assert_str(headers[0].name, "webhook-id");
    assert_str(headers[0].value, "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert_str(headers[1].name, "webhook-timestamp");
    assert_str(headers[1].value, "1614265330");
    assert_str(headers[2].name, "webhook-signature");
    assert_str(headers[2].value, GOOD);
}

static void
published_signatures_are_told_apart(void **state)
{
    static const struct {
        struct str signature;
        enum webhook_answer answer;
    } table[] = {
        { STR_INIT(GOOD), WEBHOOK_GENUINE },
        { STR_INIT("v1," OTHER " v2," OTHER " " GOOD), WEBHOOK_GENUINE },
        { STR_INIT("v1a,AAAA " GOOD), WEBHOOK_GENUINE },
        { STR_INIT("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="),
          WEBHOOK_FORGED },
        { STR_INIT("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
          WEBHOOK_FORGED },
        { STR_INIT("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
          WEBHOOK_FORGED },
        { STR_INIT("v1,"), WEBHOOK_FORGED },
        { STR_INIT("v1,g0hM"), WEBHOOK_FORGED },
        { STR_INIT(GOOD "AAAA"), WEBHOOK_FORGED },
        { STR_INIT(""), WEBHOOK_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        assert_int_equal(
            verify(table[i].signature, STR("1614265330"), signed_s),
            table[i].answer);
}

static void
a_signature_is_good_for_five_minutes_either_way(void **state)
{
    (void)state;
    struct str at = STR("1614265330");

    assert_int_equal(verify(STR(GOOD), at, signed_s + 300), WEBHOOK_GENUINE);
    assert_int_equal(verify(STR(GOOD), at, signed_s - 300), WEBHOOK_GENUINE);
    assert_int_equal(verify(STR(GOOD), at, signed_s + 301), WEBHOOK_OLD);
    assert_int_equal(verify(STR(GOOD), at, signed_s - 301), WEBHOOK_EARLY);
    assert_int_equal(verify(STR(GOOD), STR("soon"), signed_s),
                     WEBHOOK_MALFORMED);
    assert_int_equal(verify(STR(GOOD), STR("-1"), signed_s), WEBHOOK_MALFORMED);
    assert_int_equal(verify(STR(GOOD), STR_NONE, signed_s), WEBHOOK_MALFORMED);
    assert_int_equal(verify(STR(GOOD), STR("9223372036854775807"), signed_s),
                     WEBHOOK_FORGED);
}

static void
any_changed_byte_is_noticed(void **state)
{
    struct webhook_key key = key_of(secret);
    struct outbox_header made[WEBHOOK_HEADERS];

    assert_true(
        webhook_sign(*state, &key, 1, message_id, signed_s, payload, made));
    for (int part = 0; part < 4; part++) {
        struct str parts[] = { made[0].value, made[1].value, made[2].value,
                               payload };

        for (size_t i = 0; i < parts[part].bytes; i++) {
            char *changed = arena_alloc(*state, parts[part].bytes);
            struct str all[] = { parts[0], parts[1], parts[2], parts[3] };

            memcpy(changed, parts[part].data, parts[part].bytes);
            changed[i] ^= 1;
            all[part].data = changed;
            struct webhook_headers headers = { all[0], all[1], all[2] };
            assert_int_not_equal(
                webhook_verify(&key, 1, &headers, all[3], signed_s),
                WEBHOOK_GENUINE);
        }
    }
}

static void
both_secrets_count_while_one_replaces_the_other(void **state)
{
    struct webhook_key keys[] = { key_of(webhook_secret_new(*state)),
                                  key_of(secret) };
    struct webhook_key stranger = key_of(webhook_secret_new(*state));
    struct outbox_header made[WEBHOOK_HEADERS];

    assert_true(
        webhook_sign(*state, keys, 2, message_id, signed_s, payload, made));
    assert_true(str_ends(made[2].value, STR(" " GOOD)));

    struct webhook_headers headers = { made[0].value, made[1].value,
                                       made[2].value };
    assert_int_equal(webhook_verify(&keys[0], 1, &headers, payload, signed_s),
                     WEBHOOK_GENUINE);
    assert_int_equal(webhook_verify(&keys[1], 1, &headers, payload, signed_s),
                     WEBHOOK_GENUINE);
    assert_int_equal(webhook_verify(&stranger, 1, &headers, payload, signed_s),
                     WEBHOOK_FORGED);
}

static void
the_borders_of_id_time_and_body_cannot_be_moved(void **state)
{
    struct webhook_key key = key_of(secret);
    struct outbox_header made[WEBHOOK_HEADERS];
    struct str body = STR("1614265330.{}");

    assert_true(webhook_sign(*state, &key, 1, STR("a"), signed_s, body, made));
    struct webhook_headers moved = { STR("a.1614265330"), STR("1614265330"),
                                     made[2].value };
    assert_int_equal(webhook_verify(&key, 1, &moved, STR("{}"), signed_s),
                     WEBHOOK_MALFORMED);
    assert_false(
        webhook_sign(*state, &key, 1, STR("a.1"), signed_s, body, made));
    assert_false(webhook_sign(*state, &key, 1, STR(""), signed_s, body, made));
    assert_false(
        webhook_sign(*state, &key, 1, STR("a\r\nX: y"), signed_s, body, made));
}

static void
a_secret_has_between_24_and_64_bytes_of_base64(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true },
        { "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true },
        { "whsec_", false },
        { "", false },
        { "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false }, /* 23 bytes */
        { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!!", false },
        { "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
          true }, /* 64 */
        { "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
          false }, /* 65 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct webhook_key key;
        if (webhook_key_parse(str_of(table[i].text), &key) != table[i].good)
            fail_msg("%s", table[i].text);
    }
}

static void
a_signed_webhook_arrives_and_verifies(void **state)
{
    struct peer *peer = peer_start(peer_answer);
    struct sender *sender = sender_on_loopback(*state);
    struct webhook_key key = key_of(webhook_secret_new(*state));
    struct outbox_header headers[WEBHOOK_HEADERS];
    struct outbox_message message =
        post_to(peer_url(peer, *state, "http", "127.0.0.1", "/"));

    assert_true(webhook_sign(*state, &key, 1, message_id, signed_s,
                             message.body, headers));
    message.headers = headers;
    message.header_count = COUNT(headers);
    assert_true(send_one(*state, sender, &message).delivered);

    struct str heard = peer_heard(peer, *state);
    for (size_t i = 0; i < COUNT(headers); i++)
        assert_holds(heard, arena_format(*state, "\r\n%.*s: %.*s\r\n",
                                         STR_ARG(headers[i].name),
                                         STR_ARG(headers[i].value))
                                .data);
    sender_stop(sender);
    peer_stop(peer);
}

/* ---- mail ----------------------------------------------------------- */

static const struct mail_person bo = { STR_INIT("Bo Berg"),
                                       STR_INIT("bo@example.com") };

static struct mail
mail_plain(void)
{
    return (struct mail){ .job = { 1 },
                          .host = STR("baton.example"),
                          .date_ms = 1795136400000, /* 2026-11-20 01:00 */
                          .from = { STR("Baton"), STR("baton@example.com") },
                          .to = &bo,
                          .to_count = 1,
                          .subject = STR("A new lead"),
                          .body = STR("Hello Bo,\n\n.a dot\n") };
}

static struct str
built(struct arena *arena, const struct mail *mail)
{
    struct str message = STR_NONE;
    const char *why;

    if (!mail_build(arena, mail, &message, &why))
        fail_msg("%s", why);
    return message;
}

static void
a_plain_mail_is_built_like_this(void **state)
{
    struct mail mail = mail_plain();

    mail.origin = MAIL_GENERATED;
    assert_str(built(*state, &mail),
               "Date: Fri, 20 Nov 2026 01:00:00 +0000\r\n"
               "From: Baton\r\n <baton@example.com>\r\n"
               "To: Bo Berg\r\n <bo@example.com>\r\n"
               "Subject: A new lead\r\n"
               "Message-ID: <0000000000001@baton.example>\r\n"
               "Auto-Submitted: auto-generated\r\n"
               "X-Auto-Response-Suppress: All\r\n"
               "MIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n"
               "\r\n"
               "Hello Bo,\r\n\r\n.a dot\r\n");
}

static void
a_mail_says_where_its_reader_wants_no_more(void **state)
{
    struct mail mail = mail_plain();

    mail.stop_url = STR("https://baton.example/stop/0abc");
    struct str message = built(*state, &mail);
    assert_true(
        str_find(message,
                 STR("\r\nList-Unsubscribe: <https://baton.example/stop/0abc>"
                     "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"
                     "\r\n"))
        > 0);
}

static void
a_mail_with_html_has_both_as_alternatives(void **state)
{
    struct mail mail = mail_plain();

    mail.origin = MAIL_REPLIED;
    mail.html = STR("<p class=\"a\">Hello Bo</p>");
    struct str message = built(*state, &mail);
    assert_true(str_ends(
        message, STR("Auto-Submitted: auto-replied\r\n"
                     "X-Auto-Response-Suppress: All\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: multipart/alternative;\r\n"
                     " boundary=\"=_0000000000001\"\r\n\r\n"
                     "--=_0000000000001\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                     "Hello Bo,\r\n\r\n.a dot\r\n\r\n"
                     "--=_0000000000001\r\n"
                     "Content-Type: text/html; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                     "<p class=3D\"a\">Hello Bo</p>\r\n\r\n"
                     "--=_0000000000001--\r\n")));
}

static void
a_second_attempt_is_the_same_mail(void **state)
{
    struct mail mail = mail_plain();
    struct str first = built(*state, &mail);
    struct str second = built(*state, &mail);

    assert_true(str_equal(first, second));
    mail.job = (struct id){ 2 };
    assert_holds(built(*state, &mail), "<0000000000002@baton.example>");
}

static void
dates_are_right_around_leap_days_and_new_year(void **state)
{
    static const struct {
        int64_t ms;
        const char *date;
    } table[] = {
        { 0, "Thu, 01 Jan 1970 00:00:00 +0000" },
        { 951782400000, "Tue, 29 Feb 2000 00:00:00 +0000" },
        { 1709251199999, "Thu, 29 Feb 2024 23:59:59 +0000" },
        { 1709251200000, "Fri, 01 Mar 2024 00:00:00 +0000" },
        { 1767225599000, "Wed, 31 Dec 2025 23:59:59 +0000" },
        { 1767225600000, "Thu, 01 Jan 2026 00:00:00 +0000" },
        { 4107542400000, "Mon, 01 Mar 2100 00:00:00 +0000" },
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct mail mail = mail_plain();

        mail.date_ms = table[i].ms;
        assert_holds(built(*state, &mail),
                     arena_format(*state, "Date: %s\r\n", table[i].date).data);
    }
}

static void
a_korean_subject_becomes_encoded_words_of_whole_characters(void **state)
{
    struct mail mail = mail_plain();

    /* "new lead: Kim Min-su (Seoul), please call within five minutes" */
    mail.subject =
        STR("\xec\x83\x88 \xeb\xa6\xac\xeb\x93\x9c: "
            "\xea\xb9\x80\xeb\xaf\xbc\xec\x88\x98 "
            "(\xec\x84\x9c\xec\x9a\xb8), 5\xeb\xb6\x84 "
            "\xec\x95\x88\xec\x97\x90 "
            "\xec\xa0\x84\xed\x99\x94\xed\x95\x98\xec\x84\xb8\xec\x9a\x94");
    assert_holds(built(*state, &mail),
                 "\r\nSubject: =?UTF-8?B?"
                 "7IOIIOumrOuTnDog6rmA66+87IiYICjshJzsmrgpLCA167aEIA==?=\r\n"
                 " =?UTF-8?B?7JWI7JeQIOyghO2ZlO2VmOyEuOyalA==?=\r\n");
}

static void
a_name_that_would_need_quotes_is_encoded(void **state)
{
    struct mail_person person = { STR("Berg, Bo \"x\" <eve@example.com>"),
                                  STR("bo@example.com") };
    struct mail mail = mail_plain();

    mail.to = &person;
    struct str message = built(*state, &mail);
    assert_lacks(message, "eve@example.com");
    assert_holds(message, "To: =?UTF-8?B?");
    assert_holds(message, "\r\n <bo@example.com>\r\n");
}

static void
what_looks_encoded_is_shown_as_it_was_written(void **state)
{
    struct mail mail = mail_plain();

    mail.subject = STR("=?UTF-8?B?QUJD?=");
    assert_holds(built(*state, &mail),
                 "Subject: =?UTF-8?B?PT9VVEYtOD9CP1FVSkQ/PQ==?=\r\n");
}

static void
a_body_of_few_accents_is_quoted_and_a_korean_one_base64(void **state)
{
    struct mail mail = mail_plain();

    mail.body = STR("A long enough line: caf\xc3\xa9 = 1 \nend\t");
    assert_true(str_ends(built(*state, &mail),
                         STR("quoted-printable\r\n\r\nA long enough line: "
                             "caf=C3=A9 =3D 1=20\r\nend=09\r\n")));
    mail.body = STR("\xec\x84\x9c\xec\x9a\xb8");
    assert_true(
        str_ends(built(*state, &mail), STR("base64\r\n\r\n7ISc7Jq4DQo=\r\n")));
}

static void
no_line_of_a_mail_is_too_long(void **state)
{
    static const struct str fillers[] = { STR_INIT("x"), STR_INIT("="),
                                          STR_INIT("\xc3\xa9"),
                                          STR_INIT(" a") };

    for (size_t i = 0; i < COUNT(fillers); i++) {
        struct text long_text = text_new(*state);
        struct mail mail = mail_plain();

        while (long_text.bytes < 1500)
            text_add(&long_text, fillers[i]);
        mail.subject = text_str(&long_text);
        mail.body = text_str(&long_text);
        mail.from.name = text_str(&long_text);

        struct str rest = built(*state, &mail);
        struct str line;
        while (str_next(&rest, '\n', &line))
            assert_true(line.bytes <= 77); /* 76 and the CR */
    }
}

static void
line_ends_of_a_body_become_crlf(void **state)
{
    struct mail mail = mail_plain();

    mail.body = STR("a\nb\r\nc\rd");
    assert_true(
        str_ends(built(*state, &mail), STR("\r\n\r\na\r\nb\r\nc\r\nd\r\n")));
    mail.body = STR("");
    assert_true(str_ends(built(*state, &mail), STR("\r\n\r\n\r\n")));
}

static void
assert_not_built(struct arena *arena, const struct mail *mail)
{
    struct str message;
    const char *why = NULL;

    assert_false(mail_build(arena, mail, &message, &why));
    assert_non_null(why);
}

static void
no_header_can_be_slipped_into_a_mail(void **state)
{
    static const struct str table[] = {
        STR_INIT("x\r\nBcc: eve@example.com"),
        STR_INIT("x\ny"),
        STR_INIT("x\ry"),
        STR_INIT("x\0y"),
        STR_INIT("x\x7f"),
        STR_INIT("\xff\xfe"),
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct mail mail = mail_plain();
        struct mail_person person = { table[i], bo.address };

        mail.subject = table[i];
        assert_not_built(*state, &mail);
        mail = mail_plain();
        mail.from.name = table[i];
        assert_not_built(*state, &mail);
        mail = mail_plain();
        mail.to = &person;
        assert_not_built(*state, &mail);
        mail = mail_plain();
        mail.reply_to = (struct mail_person){ STR_NONE, table[i] };
        assert_not_built(*state, &mail);
        mail = mail_plain();
        mail.host = table[i];
        assert_not_built(*state, &mail);
        mail = mail_plain();
        mail.stop_url = table[i];
        assert_not_built(*state, &mail);
    }
}

static void
a_mail_to_nobody_or_no_address_is_not_built(void **state)
{
    static const struct str table[] = {
        STR_INIT(""),      STR_INIT("bo"),    STR_INIT("bo@"),
        STR_INIT("@a"),    STR_INIT("a@b@c"), STR_INIT("bo@a, eve@a"),
        STR_INIT("<a@b>"), STR_INIT("a b@c"),
    };
    struct mail mail = mail_plain();

    mail.to_count = 0;
    assert_not_built(*state, &mail);
    for (size_t i = 0; i < COUNT(table); i++) {
        struct mail_person person = { STR_NONE, table[i] };

        mail = mail_plain();
        mail.to = &person;
        assert_not_built(*state, &mail);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_public_address_may_be_connected_to),
        TEST(a_special_address_is_refused_by_its_name),
        TEST(no_ipv6_address_outside_the_public_range_is_allowed),
        TEST(an_address_is_refused_before_it_is_kept),
        TEST(an_ipv4_address_is_judged_alike_in_both_families),
        TEST(an_operator_opens_exactly_the_range_that_was_named),
        TEST(a_slip_in_an_allowed_range_is_told_at_the_start),
        TEST(what_is_no_internet_address_is_refused),
        TEST(no_spelling_of_loopback_arrives),
        TEST(with_the_operators_leave_every_spelling_arrives),
        TEST(a_name_that_points_inside_does_not_arrive),
        TEST(a_refused_address_does_not_spoil_the_next_of_the_same_name),
        TEST(an_unknown_name_is_a_failure_to_try_again),
        TEST(a_name_server_that_does_not_answer_holds_up_nobody),
        TEST(mail_to_a_forbidden_address_does_not_arrive),
        TEST(a_proxy_named_by_the_environment_is_not_used),
        TEST(a_redirect_is_a_failure_and_nobody_follows_it),
        TEST(a_post_arrives_byte_for_byte),
        TEST(a_large_post_arrives_whole),
        TEST(a_header_cannot_smuggle_another),
        TEST(a_url_that_is_not_for_posting_is_refused),
        TEST(a_receiver_that_drips_is_cut_off_by_the_total_time),
        TEST(a_message_may_ask_for_less_time_but_not_for_more),
        TEST(an_endless_answer_is_cut_and_still_counts),
        TEST(no_more_than_64_kb_of_an_answer_are_kept),
        TEST(an_answer_whose_header_does_not_end_is_given_up),
        TEST(when_to_try_again_is_told_as_the_receiver_asked),
        TEST(an_excerpt_can_be_shown_whatever_was_answered),
        TEST(an_error_tells_the_host_but_not_the_secret_in_the_path),
        TEST(connections_are_kept_for_the_next_message),
        TEST(a_kept_connection_that_died_costs_no_message),
        TEST(a_slow_receiver_does_not_hold_up_another),
        TEST(one_host_cannot_fill_the_queue),
        TEST(whoever_waits_is_told_when_the_sender_stops),
        TEST(who_needs_an_order_submits_the_next_when_one_is_done),
        TEST(a_receiver_without_tls_gets_nothing_over_https),
        TEST(a_certificate_nobody_vouches_for_ends_the_attempt),
        TEST(a_certificate_counts_for_the_name_it_was_made_for),
        TEST(a_mail_arrives_with_its_envelope_and_its_dots),
        TEST(a_refused_recipient_is_told_with_the_servers_code),
        TEST(a_password_goes_over_tls_only),
        TEST(an_address_cannot_become_a_command),
        TEST(a_signature_is_the_one_the_specification_prints),
        TEST(published_signatures_are_told_apart),
        TEST(a_signature_is_good_for_five_minutes_either_way),
        TEST(any_changed_byte_is_noticed),
        TEST(both_secrets_count_while_one_replaces_the_other),
        TEST(the_borders_of_id_time_and_body_cannot_be_moved),
        TEST(a_secret_has_between_24_and_64_bytes_of_base64),
        TEST(a_signed_webhook_arrives_and_verifies),
        TEST(a_plain_mail_is_built_like_this),
        TEST(a_mail_says_where_its_reader_wants_no_more),
        TEST(a_mail_with_html_has_both_as_alternatives),
        TEST(a_second_attempt_is_the_same_mail),
        TEST(dates_are_right_around_leap_days_and_new_year),
        TEST(a_korean_subject_becomes_encoded_words_of_whole_characters),
        TEST(a_name_that_would_need_quotes_is_encoded),
        TEST(what_looks_encoded_is_shown_as_it_was_written),
        TEST(a_body_of_few_accents_is_quoted_and_a_korean_one_base64),
        TEST(no_line_of_a_mail_is_too_long),
        TEST(line_ends_of_a_body_become_crlf),
        TEST(no_header_can_be_slipped_into_a_mail),
        TEST(a_mail_to_nobody_or_no_address_is_not_built),
    };

    return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
