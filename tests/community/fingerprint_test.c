#include "community/fingerprint.h"
#include "tests/test.h"

static struct fingerprint of_nothing(void)
{
    struct digest d = digest_of((struct bytes){0});
    return fingerprint_of(&d);
}

TEST(the_example_in_the_header_is_right)
{
    char text[FINGERPRINT_CHARS + 1];
    struct fingerprint f = of_nothing();
    fingerprint_write(&f, text);
    // SHA-256("") = e3b0c44298 fc1c149afb f4c8996fb9 2427ae41e4 649b934ca4 95991b7852 b855; each
    // group of ten digits, as a number, modulo 100000.
    static const uint64_t groups[] = {0xe3b0c44298, 0xfc1c149afb, 0xf4c8996fb9,
                                      0x2427ae41e4, 0x649b934ca4, 0x95991b7852};
    for (size_t i = 0; i < FINGERPRINT_GROUPS; i++)
        EXPECT(f.groups[i] == groups[i] % 100000);
    assert_string_equal(text, "28312 71035 19033 54212 51492 41426");
}

TEST(what_is_written_is_read)
{
    struct err err = {0};
    char text[FINGERPRINT_CHARS + 1];
    struct fingerprint again, f = {{0, 1, 99999, 42, 12345, 70000}};
    fingerprint_write(&f, text);
    assert_string_equal(text, "00000 00001 99999 00042 12345 70000");
    EXPECT_OK(fingerprint_read(str_of(text), &again, &err));
    EXPECT(fingerprint_differs(&f, &again) == 0);
    EXPECT_OK(fingerprint_read(STR("000000000199999-00042-12345-70000"), &again, &err));
    EXPECT_OK(fingerprint_check(&f, &again, &err));
}

TEST(the_wrong_groups_are_named)
{
    struct err err = {0};
    struct fingerprint heard = of_nothing(), f = of_nothing();
    heard.groups[1] = (heard.groups[1] + 1) % 100000;
    heard.groups[4] = (heard.groups[4] + 7) % 100000;
    EXPECT(fingerprint_differs(&f, &heard) == (1U << 1 | 1U << 4));
    EXPECT_ERR(fingerprint_check(&f, &heard, &err), ERR_TAMPERED);
    EXPECT(strstr(err.text, "group 2, group 5") != NULL);
    EXPECT(strstr(err.text, "group 1") == NULL);
}

TEST(all_wrong_groups_fit_into_the_sentence)
{
    struct err err = {0};
    struct fingerprint heard, f = of_nothing();
    for (size_t i = 0; i < FINGERPRINT_GROUPS; i++)
        heard.groups[i] = (f.groups[i] + 1) % 100000;
    EXPECT_ERR(fingerprint_check(&f, &heard, &err), ERR_TAMPERED);
    EXPECT(strstr(err.text, "group 1, group 2, group 3, group 4, group 5, group 6") != NULL);
}

TEST(anything_but_thirty_digits_is_refused)
{
    static const char *const wrong[] = {"",
                                        "1",
                                        "00000 00001 99999 00042 12345 7000",
                                        "00000 00001 99999 00042 12345 700001",
                                        "0000O 00001 99999 00042 12345 70000",
                                        "00000,00001 99999 00042 12345 70000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        struct fingerprint f;
        EXPECT_ERR(fingerprint_read(str_of(wrong[i]), &f, &err), ERR_MALFORMED);
    }
}
