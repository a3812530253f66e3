/* What is sealed can be read with its key, for its purpose, and nothing else;
 * the key's file is its owner's alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "src/workspace/vault.h"

struct place {
    struct arena arena;
    char folder[64];
    const char *path;
};

static int
setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    struct str why;

    assert_non_null(place);
    log_level_set(LOG_ERROR + 1);
    arena_init(&place->arena);
    (void)!snprintf(place->folder, sizeof place->folder, "/tmp/vault-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->path = arena_format(&place->arena, "%s/key", place->folder).data;
    assert_true(vault_start(&place->arena, place->path, true, &why));
    *state = place;
    return 0;
}

static int
teardown(void **state)
{
    struct place *place = *state;

    vault_stop();
    unlink(place->path);
    rmdir(place->folder);
    arena_free(&place->arena);
    free(place);
    return 0;
}

static void
what_is_sealed_is_opened_again(void **state)
{
    struct place *place = *state;
    struct str sealed = vault_seal(&place->arena, "a", STR("whsec_canary"));
    struct str twice = vault_seal(&place->arena, "a", STR("whsec_canary"));
    struct str plain;

    assert_true(vault_is_sealed(sealed));
    assert_true(str_find(sealed, STR("canary")) < 0);
    assert_false(str_equal(sealed, twice));
    assert_true(vault_open(&place->arena, "a", sealed, &plain));
    assert_true(str_is(plain, "whsec_canary"));
}

static void
for_another_purpose_it_stays_shut(void **state)
{
    struct place *place = *state;
    struct str sealed = vault_seal(&place->arena, "a", STR("x"));
    struct str plain;

    assert_false(vault_open(&place->arena, "b", sealed, &plain));
}

static void
what_was_changed_stays_shut(void **state)
{
    struct place *place = *state;
    struct str sealed = vault_seal(&place->arena, "a", STR("x"));
    struct str plain;

    for (size_t i = sizeof "sealed:12345678"; i < sealed.bytes; i++) {
        char *text = (char *)arena_cstr(&place->arena, sealed);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        assert_false(vault_open(&place->arena, "a", str_of(text), &plain));
        assert_false(
            vault_open(&place->arena, "a", str_slice(sealed, 0, i), &plain));
    }
}

static void
what_is_not_sealed_is_given_back(void **state)
{
    struct place *place = *state;
    struct str plain;

    assert_true(vault_open(&place->arena, "a", STR("whsec_old"), &plain));
    assert_true(str_is(plain, "whsec_old"));
}

static void
another_key_opens_nothing(void **state)
{
    struct place *place = *state;
    struct str sealed = vault_seal(&place->arena, "a", STR("x"));
    struct str plain, why;

    vault_stop();
    assert_false(vault_open(&place->arena, "a", sealed, &plain));
    unlink(place->path);
    assert_true(vault_start(&place->arena, place->path, true, &why));
    assert_false(vault_open(&place->arena, "a", sealed, &plain));
}

static void
the_key_stays_and_is_its_owners_alone(void **state)
{
    struct place *place = *state;
    struct str sealed = vault_seal(&place->arena, "a", STR("x"));
    struct str plain, why;
    struct stat status;

    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    vault_stop();
    assert_true(vault_start(&place->arena, place->path, false, &why));
    assert_true(vault_open(&place->arena, "a", sealed, &plain));
}

static void
a_file_that_holds_no_key_is_told(void **state)
{
    struct place *place = *state;
    struct str why;

    vault_stop();
    assert_int_equal(truncate(place->path, 20), 0);
    assert_false(vault_start(&place->arena, place->path, true, &why));
    assert_true(str_find(why, STR("64 hexadecimal digits")) >= 0);
    unlink(place->path);
    assert_false(vault_start(&place->arena, place->path, false, &why));
    assert_true(str_find(why, STR("No such file")) >= 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_sealed_is_opened_again),
        TEST(for_another_purpose_it_stays_shut),
        TEST(what_was_changed_stays_shut),
        TEST(what_is_not_sealed_is_given_back),
        TEST(another_key_opens_nothing),
        TEST(the_key_stays_and_is_its_owners_alone),
        TEST(a_file_that_holds_no_key_is_told),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
