#include "crypto/hash.h"

#include "base/encode.h"
#include "tests/test.h"

static bool is_hex(const uint8_t *octets, size_t size, const char *hex)
{
    char text[256];
    hex_write(bytes_of(octets, size), text);
    return strcmp(text, hex) == 0;
}

static size_t from_hex(const char *hex, uint8_t *ret, size_t cap)
{
    size_t size = strlen(hex) / 2;
    EXPECT(size <= cap);
    EXPECT(hex_read(str_of(hex), ret, size));
    return size;
}

// FIPS 180-4 examples (NIST, "Examples with intermediate values": SHA-256).
TEST(sha_256_gives_the_known_answers)
{
    static const struct {
        const char *text, *hex;
    } known[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct digest d = digest_of(str_bytes(str_of(known[i].text)));
        EXPECT(is_hex(d.octets, DIGEST_BYTES, known[i].hex));
    }
}

TEST(a_million_octets_in_odd_pieces_give_the_known_answer_twice)
{
    struct hash h;
    char a[997];
    memset(a, 'a', sizeof a);
    hash_init(&h);
    for (int round = 0; round < 2; round++) { // hash_end starts anew
        for (size_t done = 0; done < 1000000; done += sizeof a)
            hash_put(&h, bytes_of(a, 1000000 - done < sizeof a ? 1000000 - done : sizeof a));
        struct digest d = hash_end(&h);
        EXPECT(is_hex(d.octets, DIGEST_BYTES,
                      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }
}

// RFC 4231 sections 4.2, 4.3 and 4.7 (a key longer than a block).
TEST(hmac_gives_the_answers_of_rfc_4231)
{
    struct digest d;
    uint8_t key[131];
    memset(key, 0x0b, 20);
    hmac_sha256(bytes_of(key, 20), str_bytes(STR("Hi There")), &d);
    EXPECT(is_hex(d.octets, DIGEST_BYTES,
                  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    hmac_sha256(str_bytes(STR("Jefe")), str_bytes(STR("what do ya want for nothing?")), &d);
    EXPECT(is_hex(d.octets, DIGEST_BYTES,
                  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    memset(key, 0xaa, sizeof key);
    hmac_sha256(bytes_of(key, sizeof key),
                str_bytes(STR("Test Using Larger Than Block-Size Key - Hash Key First")), &d);
    EXPECT(is_hex(d.octets, DIGEST_BYTES,
                  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

// RFC 5869 appendix A.1 to A.3.
TEST(hkdf_gives_the_answers_of_rfc_5869)
{
    uint8_t material[80], salt[80], info[80], out[82];
    memset(material, 0x0b, 22);
    size_t salt_size = from_hex("000102030405060708090a0b0c", salt, sizeof salt);
    size_t info_size = from_hex("f0f1f2f3f4f5f6f7f8f9", info, sizeof info);
    hkdf_sha256(bytes_of(material, 22), bytes_of(salt, salt_size), bytes_of(info, info_size), out,
                42);
    EXPECT(is_hex(out, 42,
                  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                  "34007208d5b887185865"));
    hkdf_sha256(bytes_of(material, 22), (struct bytes){0}, (struct bytes){0}, out, 42); // A.3
    EXPECT(is_hex(out, 42,
                  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                  "9d201395faa4b61a96c8"));
    for (unsigned i = 0; i < 80; i++) { // A.2
        material[i] = (uint8_t)i;
        salt[i] = (uint8_t)(0x60 + i);
        info[i] = (uint8_t)(0xb0 + i);
    }
    hkdf_sha256(bytes_of(material, 80), bytes_of(salt, 80), bytes_of(info, 80), out, 82);
    EXPECT(is_hex(out, 82,
                  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                  "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                  "cc30c58179ec3e87c14c01d5c1f3434f1d87"));
}

TEST(the_text_of_a_digest_has_one_form)
{
    struct digest d = digest_of(str_bytes(STR("abc")));
    struct digest again = {{0}};
    char text[DIGEST_TEXT_CHARS + 1];
    digest_write(&d, text);
    EXPECT(strcmp(text, "sha256:"
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
    EXPECT(digest_read(str_of(text), &again));
    EXPECT(digest_eq(&d, &again));
    EXPECT(digest_cmp(&d, &again) == 0);
    for (size_t len = 0; len < DIGEST_TEXT_CHARS; len++)
        EXPECT(!digest_read((struct str){text, len}, &again));
    for (size_t i = 0; i < DIGEST_TEXT_CHARS; i++) {
        char was = text[i];
        static const char wrong[] = {'g', 'A', ' ', '\n', '\0'};
        for (size_t j = 0; j < sizeof wrong; j++) {
            text[i] = wrong[j];
            EXPECT(!digest_read((struct str){text, DIGEST_TEXT_CHARS}, &again));
        }
        text[i] = was;
    }
}
