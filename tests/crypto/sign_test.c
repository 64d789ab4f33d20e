#include "crypto/sign.h"

#include "base/encode.h"
#include "base/json.h"
#include "tests/test.h"

#include <sodium.h>

#include <stdio.h>

static void from_hex(const char *hex, uint8_t *ret, size_t size)
{
    EXPECT(hex_read(str_of(hex), ret, size));
}

// RFC 8032 section 7.1, TEST 1 to TEST 3.
static const struct {
    const char *seed, *key, *message, *signature;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(signatures_are_those_of_rfc_8032)
{
    for (size_t i = 0; i < sizeof rfc8032 / sizeof rfc8032[0]; i++) {
        uint8_t octets[SIGN_SEED_BYTES], key[SIGN_PUBLIC_BYTES], want[SIGNATURE_BYTES], message[2];
        struct secret seed;
        struct sign_public public;
        struct signature made;
        size_t size = strlen(rfc8032[i].message) / 2;
        from_hex(rfc8032[i].seed, octets, sizeof octets);
        from_hex(rfc8032[i].key, key, sizeof key);
        from_hex(rfc8032[i].signature, want, sizeof want);
        from_hex(rfc8032[i].message, message, size);
        secret_copy(&seed, bytes_of(octets, sizeof octets));
        sign_public_of(&seed, &public);
        EXPECT(memcmp(public.octets, key, sizeof key) == 0);
        sign_message(&seed, bytes_of(message, size), &made);
        EXPECT(memcmp(made.octets, want, sizeof want) == 0);
        EXPECT(sign_verify(&public, bytes_of(message, size), &made));
        secret_release(&seed);
    }
}

TEST(no_changed_bit_of_key_message_or_signature_verifies)
{
    struct err err = {0};
    struct world_fake world;
    struct secret seed;
    struct sign_public key;
    struct signature made;
    char message[] = "a word of XA";
    world_fake_init(&world, 0, test_seed());
    EXPECT_OK(sign_seed_new(&world.world, &seed, &err));
    sign_public_of(&seed, &key);
    EXPECT_OK(sign_public_check(&key, &err));
    sign_message(&seed, bytes_of(message, sizeof message), &made);
    EXPECT(sign_verify(&key, bytes_of(message, sizeof message), &made));
    EXPECT(!sign_verify(&key, bytes_of(message, sizeof message - 1), &made));
    struct {
        uint8_t *octets;
        size_t size;
    } parts[] = {{key.octets, sizeof key.octets},
                 {(uint8_t *)message, sizeof message},
                 {made.octets, sizeof made.octets}};
    for (size_t p = 0; p < 3; p++)
        for (size_t bit = 0; bit < parts[p].size * 8; bit++) {
            parts[p].octets[bit / 8] ^= (uint8_t)(1U << (bit % 8));
            EXPECT(!sign_verify(&key, bytes_of(message, sizeof message), &made));
            parts[p].octets[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        }
    EXPECT(sign_verify(&key, bytes_of(message, sizeof message), &made));
    secret_release(&seed);
}

TEST(two_seeds_are_never_alike)
{
    struct err err = {0};
    struct secret one, two;
    EXPECT_OK(sign_seed_new(world_real(), &one, &err));
    EXPECT_OK(sign_seed_new(world_real(), &two, &err));
    EXPECT(!secret_eq(&one, &two));
    EXPECT(secret_eq(&one, &one));
    secret_release(&one);
    secret_release(&two);
    secret_release(&two); // twice is fine
    secret_release(NULL);
    EXPECT(two.ptr == NULL);
}

// The points of order 1, 2, 4 and 8, and their encodings that are not canonical; then keys that are
// no point, or not of the group of prime order (small-order point added to an honest key).
TEST(keys_no_honest_party_has_are_not_enrolled)
{
    static const char *const keys[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000", // no point
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 3
        // The key of RFC 8032 TEST 1 plus a point of order 8.
        "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d",
    };
    struct err err = {0};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct sign_public key;
        from_hex(keys[i], key.octets, sizeof key.octets);
        EXPECT_ERR(sign_public_check(&key, &err), ERR_DENIED);
    }
    for (size_t i = 0; i < sizeof rfc8032 / sizeof rfc8032[0]; i++) {
        struct sign_public key;
        from_hex(rfc8032[i].key, key.octets, sizeof key.octets);
        EXPECT_OK(sign_public_check(&key, &err));
    }
}

TEST(a_key_found_sound_before_vouches_for_no_other_that_begins_like_it)
{
    struct err err = {0};
    struct sign_public good, other;
    from_hex(rfc8032[0].key, good.octets, sizeof good.octets);
    for (int again = 0; again < 2; again++) {
        EXPECT_OK(sign_public_check(&good, &err));
        for (size_t i = 1; i < sizeof good.octets; i++) {
            other = good;
            memset(other.octets + i, 0xff, sizeof other.octets - i); // y above p, or no point
            other.octets[31] = 0x7f;
            bool sound = crypto_core_ed25519_is_valid_point(other.octets) == 1;
            EXPECT(sign_public_check(&other, &err) == sound);
        }
        memset(other.octets, 0, sizeof other.octets); // of small order; nothing was kept yet there
        EXPECT_ERR(sign_public_check(&other, &err), ERR_DENIED);
        err = (struct err){0};
    }
}

// RFC 8410 section 10.1 holds this very key; the digest was made with sha256sum.
TEST(a_key_is_pinned_by_the_hash_of_its_subject_public_key_info)
{
    uint8_t der[SIGN_SPKI_BYTES], again[SIGN_SPKI_BYTES];
    struct sign_public key, copy;
    struct digest pin, want;
    from_hex(
        "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166"
        "e1",
        der, sizeof der);
    from_hex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1", key.octets,
             sizeof key.octets);
    from_hex("a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f", want.octets,
             sizeof want.octets);
    sign_public_spki(&key, again);
    EXPECT(memcmp(der, again, sizeof der) == 0);
    sign_public_pin(&key, &pin);
    EXPECT(digest_eq(&pin, &want));
    EXPECT(sign_public_from_spki(bytes_of(der, sizeof der), &copy));
    EXPECT(memcmp(copy.octets, key.octets, sizeof key.octets) == 0);
    for (size_t len = 0; len < sizeof der; len++)
        EXPECT(!sign_public_from_spki(bytes_of(der, len), &copy));
    for (size_t i = 0; i < sizeof der - SIGN_PUBLIC_BYTES; i++) {
        der[i] ^= 1;
        EXPECT(!sign_public_from_spki(bytes_of(der, sizeof der), &copy));
        der[i] ^= 1;
    }
}

// -- the one rule, pinned --------------------------------------------------------------------
// github.com/C2SP/CCTV ed25519: 914 signatures at the edges. These are the numbers libsodium
// 1.0.18 accepts; a library that accepts another set must not be linked.
static const int accepted[] = {
    7,   29,  50,  117, 139, 161, 182, 249, 305, 411, 425, 438, 465, 473, 481,
    489, 497, 511, 525, 538, 565, 573, 581, 589, 597, 611, 625, 638, 665, 673,
    681, 689, 697, 711, 725, 738, 765, 773, 781, 789, 797, 832, 899,
};

static bool vector_verifies(const json_t *vector)
{
    struct sign_public key;
    struct signature s;
    const char *message = json_string_value(json_object_get(vector, "msg"));
    from_hex(json_string_value(json_object_get(vector, "key")), key.octets, sizeof key.octets);
    from_hex(json_string_value(json_object_get(vector, "sig")), s.octets, sizeof s.octets);
    return sign_verify(&key, str_bytes(str_of(message)), &s);
}

TEST(exactly_the_pinned_edge_signatures_are_accepted)
{
    struct arena a;
    struct err err = {0};
    struct str path = {0};
    json_t *vectors = NULL;
    if (test_vectors() == NULL)
        SKIP("vectors/ed25519 is absent");
    arena_init(&a, 1 << 24);
    EXPECT_OK(arena_fmt(&a, &path, &err, "%s/ed25519/ed25519vectors.json", test_vectors()));
    EXPECT_OK(json_read(test_file(&a, path.ptr), &vectors, &err));
    size_t cases = json_array_size(vectors);
    size_t good = 0;
    size_t pinned = sizeof accepted / sizeof accepted[0];
    for (size_t i = 0; i < cases; i++) {
        const json_t *vector = json_array_get(vectors, i);
        if (!vector_verifies(vector))
            continue;
        int number = (int)json_integer_value(json_object_get(vector, "number"));
        if (good >= pinned || accepted[good] != number)
            fail_msg("vector %d is accepted and not pinned here", number);
        good++;
    }
    print_message("vectors: ed25519 %zu cases, %zu accepted %s\n", cases, good,
                  good == pinned ? "as pinned" : "NOT AS PINNED");
    EXPECT(cases == 914);
    EXPECT(good == pinned);
    json_decref(vectors);
    arena_release(&a);
}
