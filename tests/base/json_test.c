// Vectors: RFC 8785 cases of github cyberphone/json-canonicalization, Apache-2.0, from VECTORS/jcs.
#include "base/json.h"

#include "base/canon.h"
#include "base/world.h"
#include "tests/test.h"

#include <math.h>
#include <stdio.h>

static bool canon_of(struct arena *a, struct bytes sent, struct bytes *ret, struct err *err)
{
    json_t *value = NULL;
    if (!json_read(sent, &value, err))
        return false;
    bool done = json_canon(value, a, ret, err);
    json_decref(value);
    return done;
}

TEST(the_outside_cases_of_rfc_8785_come_out_to_the_byte)
{
    static const char *const cases[] = {"arrays",  "french", "structures",
                                        "unicode", "values", "weird"};
    if (test_vectors() == NULL)
        SKIP("no vectors");
    struct arena a;
    arena_init(&a, 1 << 22);
    size_t right = 0;
    for (size_t i = 0; i < 6; i++) {
        struct err err = {0};
        struct str in;
        struct str out;
        struct bytes got = {0};
        EXPECT_OK(arena_fmt(&a, &in, &err, "%s/jcs/input/%s.json", test_vectors(), cases[i]));
        EXPECT_OK(arena_fmt(&a, &out, &err, "%s/jcs/output/%s.json", test_vectors(), cases[i]));
        EXPECT_OK(canon_of(&a, test_file(&a, in.ptr), &got, &err));
        if (bytes_eq(got, test_file(&a, out.ptr)))
            right++;
        else
            print_message("treated differently: jcs %s\n", cases[i]);
    }
    print_message("vectors: jcs 6 cases, %zu as expected\n", right);
    EXPECT(right == 6);
    arena_release(&a);
}

static bool prints_as(double value, const char *wanted)
{
    char text[CANON_NUMBER_CHARS_MAX];
    struct err err = {0};
    return canon_number(value, text, &err) && strcmp(text, wanted) == 0;
}

TEST(numbers_print_as_ecmascript_prints_them)
{
    // RFC 8785 appendix B
    EXPECT(prints_as(0.0, "0"));
    EXPECT(prints_as(-0.0, "0"));
    EXPECT(prints_as(5e-324, "5e-324"));
    EXPECT(prints_as(-5e-324, "-5e-324"));
    EXPECT(prints_as(1.7976931348623157e308, "1.7976931348623157e+308"));
    EXPECT(prints_as(9007199254740992.0, "9007199254740992"));
    EXPECT(prints_as(295147905179352830000.0, "295147905179352830000"));
    EXPECT(prints_as(9.999999999999997e22, "9.999999999999997e+22"));
    EXPECT(prints_as(1e23, "1e+23"));
    EXPECT(prints_as(1e21, "1e+21"));
    EXPECT(prints_as(999999999999999900000.0, "999999999999999900000"));
    EXPECT(prints_as(9.999999999999997e-7, "9.999999999999997e-7"));
    EXPECT(prints_as(0.000001, "0.000001"));
    EXPECT(prints_as(333333333.3333333, "333333333.3333333"));
    EXPECT(prints_as(-0.0000033333333333333333, "-0.0000033333333333333333"));
    char text[CANON_NUMBER_CHARS_MAX];
    struct err err = {0};
    EXPECT_ERR(canon_number((double)NAN, text, &err), ERR_MALFORMED);
    EXPECT_ERR(canon_number((double)INFINITY, text, &err), ERR_MALFORMED);
}

TEST(json_that_readers_could_read_differently_is_refused)
{
    static const char *const wrong[] = {"{\"a\":1,\"a\":2}",
                                        "[1,]",
                                        "{} x",
                                        "[01]",
                                        "[NaN]",
                                        "['a']",
                                        "\"\\u0000\"",
                                        "\"\xff\"",
                                        "[1e999]",
                                        "",
                                        "[9007199254740993]"};
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err err = {0};
        struct bytes got;
        EXPECT_ERR(canon_of(&a, bytes_of(wrong[i], strlen(wrong[i])), &got, &err), ERR_MALFORMED);
    }
    arena_release(&a);
}

TEST(a_file_is_replaced_whole_and_read_back)
{
    struct arena a;
    struct err err = {0};
    struct str path;
    struct bytes got;
    struct world *w = world_real();
    arena_init(&a, 1 << 20);
    EXPECT_OK(arena_fmt(&a, &path, &err, "%s/file", test_folder(&a)));
    EXPECT_ERR(world_read_file(w, path.ptr, 100, &a, &got, &err), ERR_NOT_FOUND);
    EXPECT_OK(world_write_file(w, path.ptr, bytes_of("one", 3), 0600, &err));
    EXPECT_OK(world_append_file(w, path.ptr, bytes_of("two", 3), 0600, &err));
    EXPECT_OK(world_read_file(w, path.ptr, 6, &a, &got, &err));
    EXPECT(bytes_eq(got, bytes_of("onetwo", 6)));
    EXPECT_ERR(world_read_file(w, path.ptr, 5, &a, &got, &err), ERR_LIMIT);
    EXPECT_OK(world_remove(w, path.ptr, &err));
    EXPECT(!world_exists(w, path.ptr));
    arena_release(&a);
}

TEST(fake_dice_fall_the_same_from_the_same_seed)
{
    struct world_fake one;
    struct world_fake two;
    uint8_t a[32];
    uint8_t b[32];
    world_fake_init(&one, 1000, 42);
    world_fake_init(&two, 1000, 42);
    world_random(&one.world, a, sizeof a);
    world_random(&two.world, b, sizeof b);
    EXPECT(memcmp(a, b, sizeof a) == 0);
    EXPECT(world_now(&one.world).s == 1000);
    one.now_ms += 5000;
    EXPECT(world_now(&one.world).s == 1005);
}
