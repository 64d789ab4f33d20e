#include "crypto/age_key.h"

#include "base/encode.h"
#include "tests/test.h"

// Made with Debian's age-keygen for this test; used nowhere else.
static const char recipient[] = "age1pw4hnafhej6ay9mu3z70yk0xvmv8sdlheay0f0wx0ytfnddnhutqeczken";
static const char identity[] =
    "AGE-SECRET-KEY-1Z362E5MHGPKLWL8V9P5HFYY9N23PS7PY8YREA6N6U86TXYZ9QNSQ2U8DT2";

TEST(a_pair_made_by_age_keygen_reads_fits_and_writes_back)
{
    struct err err = {0};
    struct secret key;
    struct age_recipient own, read;
    char text[AGE_IDENTITY_CHARS + 1];
    EXPECT_OK(age_identity_read(str_of(identity), &key, &err));
    EXPECT_OK(age_recipient_read(str_of(recipient), &read, &err));
    age_recipient_of(&key, &own);
    EXPECT(memcmp(own.octets, read.octets, sizeof own.octets) == 0);
    age_identity_write(&key, text);
    EXPECT(strcmp(text, identity) == 0);
    age_recipient_write(&own, text);
    EXPECT(strcmp(text, recipient) == 0);
    EXPECT_OK(age_recipient_check(&own, &err));
    secret_release(&key);
}

// RFC 7748 section 6.1: Alice's private key and her public one.
TEST(a_recipient_is_the_x25519_public_key)
{
    uint8_t octets[AGE_KEY_BYTES], want[AGE_KEY_BYTES];
    struct secret key;
    struct age_recipient own;
    EXPECT(hex_read(STR("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"), octets,
                    sizeof octets));
    EXPECT(hex_read(STR("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"), want,
                    sizeof want));
    secret_copy(&key, bytes_of(octets, sizeof octets));
    age_recipient_of(&key, &own);
    EXPECT(memcmp(own.octets, want, sizeof want) == 0);
    secret_release(&key);
}

TEST(every_key_has_one_text)
{
    struct err err = {0};
    struct world_fake world;
    world_fake_init(&world, 0, test_seed());
    for (int i = 0; i < 50; i++) {
        struct secret key, again;
        struct age_recipient own, read;
        char text[AGE_IDENTITY_CHARS + 1];
        age_identity_new(&world.world, &key);
        age_identity_write(&key, text);
        EXPECT(strlen(text) == AGE_IDENTITY_CHARS);
        EXPECT_OK(age_identity_read(str_of(text), &again, &err));
        EXPECT(secret_eq(&key, &again));
        age_recipient_of(&key, &own);
        age_recipient_write(&own, text);
        EXPECT(strlen(text) == AGE_RECIPIENT_CHARS);
        EXPECT_OK(age_recipient_read(str_of(text), &read, &err));
        EXPECT(memcmp(own.octets, read.octets, sizeof own.octets) == 0);
        secret_release(&key);
        secret_release(&again);
    }
}

TEST(no_other_character_anywhere_reads_as_a_key)
{
    struct err err = {0};
    struct age_recipient read;
    struct secret key;
    char text[AGE_IDENTITY_CHARS + 1];
    for (size_t i = 0; i < AGE_RECIPIENT_CHARS; i++)
        for (int c = 0; c < 256; c++) {
            memcpy(text, recipient, sizeof recipient);
            if ((char)c == text[i])
                continue;
            text[i] = (char)c;
            EXPECT_ERR(age_recipient_read((struct str){text, AGE_RECIPIENT_CHARS}, &read, &err),
                       ERR_MALFORMED);
        }
    for (size_t i = 0; i < AGE_IDENTITY_CHARS; i++)
        for (int c = ' '; c < 127; c++) {
            memcpy(text, identity, sizeof identity);
            if ((char)c == text[i])
                continue;
            text[i] = (char)c;
            EXPECT_ERR(age_identity_read((struct str){text, AGE_IDENTITY_CHARS}, &key, &err),
                       ERR_MALFORMED);
        }
}

TEST(a_key_cut_short_or_followed_by_anything_is_refused)
{
    struct err err = {0};
    struct age_recipient read;
    struct secret key;
    for (size_t len = 0; len < AGE_RECIPIENT_CHARS; len++)
        EXPECT_ERR(age_recipient_read((struct str){recipient, len}, &read, &err), ERR_MALFORMED);
    for (size_t len = 0; len < AGE_IDENTITY_CHARS; len++)
        EXPECT_ERR(age_identity_read((struct str){identity, len}, &key, &err), ERR_MALFORMED);
    EXPECT_ERR(
        age_recipient_read(STR("age1pw4hnafhej6ay9mu3z70yk0xvmv8sdlheay0f0wx0ytfnddnhutqeczken\n"),
                           &read, &err),
        ERR_MALFORMED);
}

TEST(the_other_case_and_the_other_kind_are_refused)
{
    struct err err = {0};
    struct age_recipient read;
    struct secret key;
    EXPECT_ERR(
        age_recipient_read(STR("AGE1PW4HNAFHEJ6AY9MU3Z70YK0XVMV8SDLHEAY0F0WX0YTFNDDNHUTQECZKEN"),
                           &read, &err),
        ERR_MALFORMED);
    EXPECT_ERR(
        age_identity_read(
            STR("age-secret-key-1z362e5mhgpklwl8v9p5hfyy9n23ps7py8yrea6n6u86txyz9qnsq2u8dt2"), &key,
            &err),
        ERR_MALFORMED);
    EXPECT_ERR(age_recipient_read(str_of(identity), &read, &err), ERR_MALFORMED);
    EXPECT_ERR(age_identity_read(str_of(recipient), &key, &err), ERR_MALFORMED);
}

// 32 octets of zero whose last symbol carries one of the four padding bits, with a checksum that
// fits: made by hand from BIP 173.
TEST(padding_bits_that_are_not_zero_are_refused)
{
    struct err err = {0};
    struct age_recipient read;
    EXPECT_ERR(
        age_recipient_read(STR("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpfwgqrs"),
                           &read, &err),
        ERR_MALFORMED);
    EXPECT(strstr(err.text, "padding") != NULL);
}

// RFC 7748 section 6.1 and Bernstein's list: the points whose product with any key is zero.
TEST(encryption_keys_of_small_order_are_not_enrolled)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct err err = {0};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        struct age_recipient point;
        EXPECT(hex_read(str_of(points[i]), point.octets, sizeof point.octets));
        EXPECT_ERR(age_recipient_check(&point, &err), ERR_DENIED);
    }
}
