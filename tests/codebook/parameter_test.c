#include "codebook/parameter.h"

#include "tests/codebook/samples.h"

#include <stdio.h>

static const struct book_code colours[] = {{{"RED", 3}, {"red", 3}},
                                           {{"AMBER+STRICT", 12}, {"strict", 6}}};
static const struct book_table table = {{"tlp", 3}, {"design", 6}, {"unchecked", 9}, colours, 2};

// What was typed, and the canonical form the refusal must name; NULL: no spelling of the type.
struct spelling_case {
    enum parameter_type type;
    const char *typed, *canonical;
};
static const struct spelling_case cases[] = {
    {PARAMETER_TABLE, "RED", "RED"},
    {PARAMETER_TABLE, "amber+strict", "AMBER+STRICT"},
    {PARAMETER_TABLE, "BLUE", NULL},
    {PARAMETER_TIME, "2026-07-14T04:01:05Z", "2026-07-14T04:01:05Z"},
    {PARAMETER_TIME, "2026-07-14t04:01z", "2026-07-14T04:01:00Z"},
    {PARAMETER_TIME, "2026-02-30T04:01:05Z", NULL},
    {PARAMETER_TIME, "2026-07-14T04:01:60Z", NULL},
    {PARAMETER_TIME, "2026-07-14T04:01:05+00:00", NULL},
    {PARAMETER_INTERVAL, "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z",
     "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"},
    {PARAMETER_INTERVAL, "2026-07-14T02:10Z/2026-07-14T03:55Z",
     "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"},
    {PARAMETER_INTERVAL, "2026-07-14T03:55:00Z/2026-07-14T02:10:00Z", NULL},
    {PARAMETER_INTERVAL, "2026-07-14T03:55:00Z", NULL},
    {PARAMETER_STATE, "XA", "XA"},
    {PARAMETER_STATE, "xa", "XA"},
    {PARAMETER_STATE, "XD", NULL}, // not in the caller's table
    {PARAMETER_STATE, "X", NULL},
    {PARAMETER_LEVEL, "XA:HIGH", "XA:HIGH"},
    {PARAMETER_LEVEL, "xa:level-3", "XA:LEVEL-3"},
    {PARAMETER_LEVEL, "XD:HIGH", NULL}, // not in the caller's table
    {PARAMETER_LEVEL, "XA", NULL},
    {PARAMETER_LEVEL, "XA:", NULL},
    {PARAMETER_LEVEL, "XA:-1", NULL},
    {PARAMETER_LEVEL, "XA:12345678901234567", NULL},
    {PARAMETER_COUNT, "0", "0"},
    {PARAMETER_COUNT, "0042", "42"},
    {PARAMETER_COUNT, "999999999999999", "999999999999999"},
    {PARAMETER_COUNT, "1000000000000000", NULL},
    {PARAMETER_COUNT, "-1", NULL},
    {PARAMETER_DURATION, "PT90M", "PT90M"},
    {PARAMETER_DURATION, "PT1H30M", "PT90M"},
    {PARAMETER_DURATION, "PT24H", "P1D"},
    {PARAMETER_DURATION, "pt60s", "PT1M"},
    {PARAMETER_DURATION, "PT0S", NULL},
    {PARAMETER_DURATION, "P1W", NULL},
    {PARAMETER_DURATION, "PT99999999999999999999S", NULL},
    {PARAMETER_DURATION, "P1D2H", NULL},
    {PARAMETER_PREFIX, "198.51.100.0/24", "198.51.100.0/24"},
    {PARAMETER_PREFIX, "198.51.100.7/24", "198.51.100.0/24"},
    {PARAMETER_PREFIX, "198.51.100.7", "198.51.100.7/32"},
    {PARAMETER_PREFIX, "198.51.100.007/32", NULL},
    {PARAMETER_PREFIX, "198.51.100.0/33", NULL},
    {PARAMETER_PREFIX, "0.0.0.0/0", "0.0.0.0/0"},
    {PARAMETER_PREFIX, "2001:DB8::/32", "2001:db8::/32"},
    {PARAMETER_PREFIX, "2001:db8:0:0:1:0:0:1/128", "2001:db8::1:0:0:1/128"}, // RFC 5952 4.2.3
    {PARAMETER_PREFIX, "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1/128"},  // RFC 5952 4.2.2
    {PARAMETER_PREFIX, "::ffff:192.0.2.1/128", "::ffff:c000:201/128"},
    {PARAMETER_PREFIX, "::/0", "::/0"},
    {PARAMETER_PREFIX, "2001:db8::/129", NULL},
    {PARAMETER_PREFIX, "example", NULL},
    {PARAMETER_AS, "AS64500", "AS64500"},
    {PARAMETER_AS, "64500", "AS64500"},
    {PARAMETER_AS, "as064500", "AS64500"},
    {PARAMETER_AS, "AS0", NULL},
    {PARAMETER_AS, "AS4294967296", NULL},
    {PARAMETER_DOMAIN, "a.example", "a.example"},
    {PARAMETER_DOMAIN, "A.Example.", "a.example"},
    {PARAMETER_DOMAIN, "bücher.example", "xn--bcher-kva.example"},
    {PARAMETER_DOMAIN, "xn--bcher-kva.example", "xn--bcher-kva.example"},
    {PARAMETER_DOMAIN, "a_b.example", NULL},
    {PARAMETER_DOMAIN, "example", NULL},
    {PARAMETER_DOMAIN, "a..example", NULL},
    {PARAMETER_DOMAIN, "-a.example", NULL},
    {PARAMETER_DOMAIN, "192.0.2.1", NULL},
    {PARAMETER_URL, "https://a.example/x", "https://a.example/x"},
    {PARAMETER_URL, "HTTPS://A.Example:443/x", "https://a.example/x"},
    {PARAMETER_URL, "http://a.example", "http://a.example/"},
    {PARAMETER_URL, "http://a.example?q=1", "http://a.example/?q%3D1"},
    {PARAMETER_URL, "http://a.example/%7euser/%2f", "http://a.example/~user/%2F"},
    {PARAMETER_URL, "http://192.0.2.1:8080/", "http://192.0.2.1:8080/"},
    {PARAMETER_URL, "http://[2001:DB8::1]/", "http://[2001:db8::1]/"},
    {PARAMETER_URL, "http://user@a.example/", NULL},
    {PARAMETER_URL, "javascript:alert(1)", NULL},
    {PARAMETER_URL, "http://a.example/#x", NULL},
    {PARAMETER_URL, "http://a.example/%zz", NULL},
    {PARAMETER_URL, "http://a.example:0/", NULL},
    {PARAMETER_URL, "http:///x", NULL},
    {PARAMETER_HASH, "md5:00112233445566778899AABBCCDDEEFF",
     "md5:00112233445566778899aabbccddeeff"},
    {PARAMETER_HASH, "00112233445566778899aabbccddeeff", NULL}, // never guessed by its length
    {PARAMETER_HASH, "sha1:00", NULL},
    {PARAMETER_PRODUCT, "Vendor:Product:1.0", "vendor:product:1.0"},
    {PARAMETER_PRODUCT, "product", NULL},
    {PARAMETER_PRODUCT, "a:b:c:d", NULL},
    {PARAMETER_PRODUCT, "a::c", NULL},
    {PARAMETER_VULNERABILITY, "cve-2026-0001", "CVE-2026-0001"},
    {PARAMETER_VULNERABILITY, "CVE-2026-00001", NULL},
    {PARAMETER_VULNERABILITY, "CVE-2026-1", NULL},
    {PARAMETER_REFERENCE, "XA/XB-2026-0012", "XA/XB-2026-0012"},
    {PARAMETER_REFERENCE, "XA-2026-12", "XA-2026-0012"},
    {PARAMETER_REFERENCE, "XA/XB-2026-2147483647", "XA/XB-2026-2147483647"},
    {PARAMETER_REFERENCE, "XA/XB-2026-2147483648", NULL},
    {PARAMETER_REFERENCE, "XA/XB/XC-2026-0001", NULL},
    {PARAMETER_REFERENCE, "XA-2026-0000", NULL},
    {PARAMETER_LINE, "02", "02"},
    {PARAMETER_LINE, "2", "02"},
    {PARAMETER_LINE, "00", NULL},
    {PARAMETER_LINE, "100", NULL},
    {PARAMETER_LANGUAGE, "ru", "ru"},
    {PARAMETER_LANGUAGE, "ZH-hant", "zh-Hant"},
    {PARAMETER_LANGUAGE, "und", NULL},
    {PARAMETER_LANGUAGE, "not a language", NULL},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static const struct book_table *table_of(enum parameter_type type)
{
    return type == PARAMETER_TABLE ? &table : NULL;
}

TEST(every_value_has_one_spelling_and_a_refusal_names_it)
{
    for (size_t i = 0; i < CASES; i++) {
        const struct spelling_case *c = &cases[i];
        struct err err = {0};
        struct value v = {.number = 77};
        bool good =
            parameter_read(c->type, table_of(c->type), &sample_states, str_of(c->typed), &v, &err);
        bool wanted = c->canonical != NULL && strcmp(c->typed, c->canonical) == 0;
        if (good != wanted)
            fail_msg("%s: %s", c->typed, err.text);
        if (!good) {
            EXPECT(v.number == 77); // outputs stay untouched
            EXPECT(err.clause != NULL);
            EXPECT(err.kind == ERR_MALFORMED || err.kind == ERR_NOT_FOUND);
        }
        if (!good && c->canonical != NULL && strstr(err.text, c->canonical) == NULL)
            fail_msg("%s: the refusal does not name %s: %s", c->typed, c->canonical, err.text);
    }
}

TEST(what_a_person_types_becomes_the_canonical_spelling)
{
    char text[PARAMETER_TEXT_BYTES];
    for (size_t i = 0; i < CASES; i++) {
        const struct spelling_case *c = &cases[i];
        struct err err = {0};
        bool good = parameter_canonical(c->type, table_of(c->type), &sample_states,
                                        str_of(c->typed), text, &err);
        EXPECT(good == (c->canonical != NULL));
        if (!good)
            continue;
        if (strcmp(text, c->canonical) != 0)
            fail_msg("%s gave %s", c->typed, text);
        struct value v;
        EXPECT_OK(
            parameter_read(c->type, table_of(c->type), &sample_states, str_of(text), &v, &err));
        for (const char *at = text; *at != '\0'; at++)
            EXPECT(*at > ' ' && *at < 0x7f && *at != '='); // FORMATS 1
    }
}

TEST(values_carry_their_meaning)
{
    struct err err = {0};
    struct value v;
    EXPECT_OK(parameter_read(PARAMETER_DURATION, NULL, NULL, STR("PT90M"), &v, &err));
    EXPECT(v.number == 5400);
    EXPECT_OK(parameter_read(PARAMETER_AS, NULL, NULL, STR("AS64500"), &v, &err));
    EXPECT(v.number == 64500);
    EXPECT_OK(parameter_read(PARAMETER_INTERVAL, NULL, NULL,
                             STR("1970-01-01T00:00:01Z/1970-01-01T00:00:03Z"), &v, &err));
    EXPECT(v.from.s == 1);
    EXPECT(v.to.s == 3);
    EXPECT_OK(parameter_read(PARAMETER_TABLE, &table, NULL, STR("AMBER+STRICT"), &v, &err));
    EXPECT(v.number == 1);
}

TEST(values_longer_than_their_type_are_refused)
{
    static char many[2 * 2048 + 2];
    memset(many, 'a', sizeof many);
    for (size_t type = 0; type < PARAMETER_TYPE_COUNT; type++) {
        struct err err = {0};
        struct value v;
        enum parameter_type t = (enum parameter_type)type;
        size_t len = 2 * parameter_type_bytes_max(t) + 1;
        EXPECT_ERR(parameter_read(t, &table, &sample_states, (struct str){many, len}, &v, &err),
                   ERR_LIMIT);
        EXPECT_ERR(parameter_read(t, &table, &sample_states, STR(""), &v, &err), ERR_MALFORMED);
    }
    struct err err = {0};
    struct value v;
    memcpy(many, "http://a.example/", 17);
    EXPECT_ERR(parameter_read(PARAMETER_URL, NULL, NULL, (struct str){many, 2049}, &v, &err),
               ERR_LIMIT);
    EXPECT_OK(parameter_read(PARAMETER_URL, NULL, NULL, (struct str){many, 2048}, &v, &err));
}

TEST(a_state_is_one_of_the_callers_table_and_of_no_other_list)
{
    struct err err = {0};
    struct value v;
    EXPECT_OK(parameter_read(PARAMETER_STATE, NULL, &sample_states, STR("XC"), &v, &err));
    EXPECT_ERR(parameter_read(PARAMETER_STATE, NULL, &sample_states, STR("XD"), &v, &err),
               ERR_NOT_FOUND);
    EXPECT_ERR(parameter_read(PARAMETER_STATE, NULL, NULL, STR("XC"), &v, &err), ERR_NOT_FOUND);
}

TEST(each_type_says_what_a_form_asks_for)
{
    enum parameter_type type;
    EXPECT(parameter_type_form(PARAMETER_TABLE) == FORM_TABLE);
    EXPECT(parameter_type_form(PARAMETER_STATE) == FORM_STATE);
    EXPECT(parameter_type_from_word(STR("prefix"), &type));
    EXPECT(type == PARAMETER_PREFIX);
    EXPECT(!parameter_type_from_word(STR("table"), &type)); // a table is named, never so called
    EXPECT(!parameter_type_from_word(STR("country"), &type));
}

TEST(the_example_of_each_type_is_a_value_of_it)
{
    for (size_t i = 0; i < PARAMETER_TYPE_COUNT; i++) {
        struct err err = {0};
        struct value value;
        const char *example = parameter_type_example((enum parameter_type)i);
        if (i == PARAMETER_TABLE)
            EXPECT(example == NULL);
        else
            EXPECT_OK(parameter_read((enum parameter_type)i, NULL, &sample_states, str_of(example),
                                     &value, &err));
    }
}
