#include "crypto/age_header.h"

#include "base/limits.h"
#include "tests/test.h"

#define SHARE "P8Rqxz36o4VW1Rl+sV8EHerbY07uGGbrnbJy0MPXCA4"
#define BODY "8yuVYqIfXqlvYub11re5RH9/WLm1B/rzugUV4Di6VkM"
#define VERSION "age-encryption.org/v1\n"
#define STANZA "-> X25519 " SHARE "\n" BODY "\n"
#define MAC "--- /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1I\n"
#define LINE64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static bool parses(const char *text, size_t len, struct age_header *ret, struct err *err)
{
    struct arena a;
    char again[4096];
    arena_init(&a, 1 << 20);
    *err = (struct err){0};
    bool done = age_header_parse(bytes_of(text, len), &a, ret, err);
    if (done) { // what is accepted writes back to the same octets
        struct buffer out;
        buffer_init(&out, &a, sizeof again);
        age_header_write(ret, &out);
        EXPECT(bytes_eq(buffer_bytes(&out), bytes_of(text, ret->size)));
    }
    arena_release(&a);
    return done;
}

// These share, body and MAC are three random texts of 43 characters: parsing looks at form alone.
TEST(a_header_is_read_to_its_last_line_and_no_further)
{
    static const char text[] = VERSION "-> grease one two\n\n" STANZA "-> other " SHARE "\n" LINE64
                                       "\n\n" STANZA MAC "--- payload\n";
    struct err err = {0};
    struct age_header h = {0};
    EXPECT_OK(parses(text, sizeof text - 1, &h, &err));
    EXPECT(h.stanzas_count == 4);
    EXPECT(h.wrapped_count == 2);
    EXPECT(h.size == sizeof text - 1 - strlen("--- payload\n"));
    EXPECT(h.under_mac.len == h.size - 45);
}

TEST(headers_that_are_not_canonical_are_refused)
{
    static const char *const wrong[] = {
        "",
        "age-encryption.org/v2\n" STANZA MAC,
        "age-encryption.org/v1\r\n" STANZA MAC,
        "Age-encryption.org/v1\n" STANZA MAC,
        " " VERSION STANZA MAC,
        VERSION MAC,             // no recipient
        VERSION "\n" STANZA MAC, // an empty line
        VERSION STANZA "\n" MAC,
        VERSION STANZA BODY "\n" MAC, // a line too many
        VERSION "->X25519 " SHARE "\n" BODY "\n" MAC,
        VERSION "->  X25519 " SHARE "\n" BODY "\n" MAC,
        VERSION "-> X25519  " SHARE "\n" BODY "\n" MAC,
        VERSION "-> X25519 " SHARE " \n" BODY "\n" MAC,
        VERSION "-> X25519 " SHARE " x\n" BODY "\n" MAC, // three arguments
        VERSION "-> X25519\n" BODY "\n" MAC,
        VERSION "-> X25519 \n" BODY "\n" MAC,
        VERSION "-> \n" BODY "\n" MAC,
        VERSION "->\n" BODY "\n" MAC,
        VERSION "-> caf\xc3\xa9\n" BODY "\n" MAC,
        VERSION "-> a\tb\n" BODY "\n" MAC,
        VERSION "-> X25519 " SHARE "=\n" BODY "\n" MAC,
        VERSION "-> X25519 " SHARE "\n" BODY "=\n" MAC,
        VERSION "-> X25519 " SHARE "\n" BODY "\r\n" MAC,
        VERSION "-> X25519 " SHARE "\n" BODY " \n" MAC,
        VERSION "-> X25519 " SHARE "\n\n" MAC,             // a body of nothing
        VERSION "-> X25519 " SHARE "\n" LINE64 "\n\n" MAC, // 48 octets
        VERSION "-> X25519 " SHARE "\n" MAC,               // no body
        VERSION "-> other\n" LINE64 "\n" MAC,              // no short line at the end
        VERSION "-> other\n" LINE64 "A\n\n" MAC,           // 65 columns
        VERSION "-> other\nAAAA\nAAAA\n" MAC,              // two short lines
        VERSION "-> other\nAAA-\n" MAC,                    // the URL alphabet
        VERSION "-> other\nA\n" MAC,
        VERSION "-> other\nAB\n" MAC, // trailing bits
        VERSION STANZA "---\n",
        VERSION STANZA "--- \n",
        VERSION STANZA "---/agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1I\n",
        VERSION STANZA "---  /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1I\n",
        VERSION STANZA "--- /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1I \n",
        VERSION STANZA "--- /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1I=\n",
        VERSION STANZA "--- /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1I\r\n",
        VERSION STANZA "--- /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLITX1J\n", // trailing bits
        VERSION STANZA "--- /agWjcu8rmtkNIGrjtFnlJb5zJ2arg5sX9sQrLIT\n",
        VERSION STANZA "---- " SHARE "\n",
    };
    struct err err = {0};
    struct age_header h = {0};
    EXPECT_OK(parses(VERSION STANZA MAC, strlen(VERSION STANZA MAC), &h, &err));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (parses(wrong[i], strlen(wrong[i]), &h, &err))
            fail_msg("accepted: %s", wrong[i]);
        EXPECT(err.kind == ERR_MALFORMED);
    }
}

TEST(every_truncated_header_is_refused_and_its_end_is_not_found)
{
    static const char text[] = VERSION "-> grease one two\n\n" STANZA MAC;
    struct err err = {0};
    struct age_header h = {0};
    size_t size = 7;
    for (size_t len = 0; len < sizeof text - 1; len++) {
        EXPECT(!parses(text, len, &h, &err));
        EXPECT(err.kind == ERR_MALFORMED);
        EXPECT_OK(age_header_find_end(bytes_of(text, len), &size, &err));
        EXPECT(size == 0);
    }
    EXPECT_OK(age_header_find_end(bytes_of(text, sizeof text), &size, &err)); // with the NUL
    EXPECT(size == sizeof text - 1);
}

TEST(a_zero_octet_anywhere_is_refused)
{
    char text[] = VERSION STANZA MAC;
    struct err err = {0};
    struct age_header h = {0};
    for (size_t i = 0; i < sizeof text - 1; i++) {
        char was = text[i];
        text[i] = '\0';
        EXPECT(!parses(text, sizeof text - 1, &h, &err));
        text[i] = was;
    }
}

TEST(a_header_without_an_end_meets_the_bound)
{
    struct err err = {0};
    struct arena a;
    struct age_header h = {0};
    size_t size = 7;
    arena_init(&a, 4 << 20);
    uint8_t *text = arena_new(&a, uint8_t, AGE_HEADER_BYTES_MAX + 100);
    memcpy(text, VERSION, strlen(VERSION));
    for (size_t i = strlen(VERSION); i < AGE_HEADER_BYTES_MAX + 100; i++)
        text[i] = (uint8_t)("-> a\n\n"[(i - strlen(VERSION)) % 6]);
    EXPECT_OK(age_header_find_end(bytes_of(text, AGE_HEADER_BYTES_MAX - 1), &size, &err));
    EXPECT(size == 0);
    EXPECT_ERR(age_header_find_end(bytes_of(text, AGE_HEADER_BYTES_MAX), &size, &err), ERR_LIMIT);
    EXPECT_ERR(age_header_parse(bytes_of(text, AGE_HEADER_BYTES_MAX + 100), &a, &h, &err),
               ERR_LIMIT);
    EXPECT_ERR(age_header_find_end(bytes_of("age-encryption.org/w", 20), &size, &err),
               ERR_MALFORMED);
    arena_release(&a);
}

// -- keys, as two processes share them -------------------------------------------------------

TEST(one_side_parses_and_the_other_opens_the_stanza)
{
    struct err err = {0};
    struct arena a;
    struct buffer file;
    struct world_fake world;
    struct secret identity, stranger;
    struct age_recipient recipient;
    struct age_file_key key = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    struct age_file_key found = {{0}};
    struct age_header h;
    arena_init(&a, 1 << 20);
    world_fake_init(&world, 0, test_seed());
    age_identity_new(&world.world, &identity);
    age_identity_new(&world.world, &stranger);
    age_recipient_of(&identity, &recipient);
    buffer_init(&file, &a, AGE_HEADER_BYTES_MAX);
    EXPECT_OK(age_header_make(&world.world, &key, &recipient, 1, &file, &err));
    EXPECT_OK(age_header_parse(buffer_bytes(&file), &a, &h, &err)); // the clerk
    EXPECT(h.wrapped_count == 1);
    EXPECT_ERR(age_stanza_open(&h.wrapped[0], &stranger, &found, &err), ERR_NOT_FOUND);
    EXPECT_OK(age_stanza_open(&h.wrapped[0], &identity, &found, &err)); // the keeper
    EXPECT(memcmp(&found, &key, sizeof key) == 0);
    EXPECT_OK(age_header_check(&h, &found, &err)); // the clerk
    found.octets[15] ^= 1;
    EXPECT_ERR(age_header_check(&h, &found, &err), ERR_TAMPERED);
    secret_release(&identity);
    secret_release(&stranger);
    arena_release(&a);
}

TEST(every_share_is_new_even_for_one_recipient_twice)
{
    struct err err = {0};
    struct world_fake world;
    struct secret identity;
    struct age_recipient recipient;
    struct age_file_key key = {{9}};
    struct age_wrapped one, two;
    world_fake_init(&world, 0, test_seed());
    age_identity_new(&world.world, &identity);
    age_recipient_of(&identity, &recipient);
    EXPECT_OK(age_stanza_seal(&world.world, &key, &recipient, &one, &err));
    EXPECT_OK(age_stanza_seal(&world.world, &key, &recipient, &two, &err));
    EXPECT(memcmp(one.share, two.share, sizeof one.share) != 0);
    EXPECT(memcmp(one.body, two.body, sizeof one.body) != 0);
    secret_release(&identity);
}

// Shares whose product with any key is zero: everyone could reckon the wrap key.
TEST(a_share_of_small_order_is_refused_not_skipped)
{
    struct err err = {0};
    struct secret identity;
    struct age_file_key found;
    struct age_wrapped wrapped = {{0}, {0}};
    age_identity_new(world_real(), &identity);
    EXPECT_ERR(age_stanza_open(&wrapped, &identity, &found, &err), ERR_MALFORMED);
    wrapped.share[0] = 1;
    EXPECT_ERR(age_stanza_open(&wrapped, &identity, &found, &err), ERR_MALFORMED);
    secret_release(&identity);
}

// libsodium 1.0.18 takes octets above 0x7f for "/" when it reads base64.
TEST(octets_above_ascii_are_refused_everywhere)
{
    char text[] = VERSION STANZA MAC;
    struct err err = {0};
    struct age_header h = {0};
    for (size_t i = 0; i < sizeof text - 1; i++)
        for (int c = 0x80; c < 0x100; c++) {
            char was = text[i];
            text[i] = (char)c;
            EXPECT(!parses(text, sizeof text - 1, &h, &err));
            text[i] = was;
        }
}
