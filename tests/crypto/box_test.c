#include "crypto/box.h"

#include "base/encode.h"
#include "tests/test.h"

// draft-irtf-cfrg-xchacha-03, appendix A.3.1, laid out as crypto/box.h draws it.
TEST(the_drafts_example_opens)
{
    static const char sealed_hex[] =
        "404142434445464748494a4b4c4d4e4f5051525354555657"
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
        "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
        "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        "21f9664c97637da9768812f615c68b13b52e"
        "c0875924c1c7987947deafd8780acf49";
    static const char want[] =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.";
    struct err err = {0};
    struct arena a;
    struct secret key;
    struct bytes plain = {0};
    uint8_t sealed[(sizeof sealed_hex - 1) / 2], place[12], octets[BOX_KEY_BYTES];
    for (unsigned i = 0; i < BOX_KEY_BYTES; i++)
        octets[i] = (uint8_t)(0x80 + i);
    EXPECT(hex_read(str_of(sealed_hex), sealed, sizeof sealed));
    EXPECT(hex_read(STR("50515253c0c1c2c3c4c5c6c7"), place, sizeof place));
    arena_init(&a, 1 << 16);
    secret_copy(&key, bytes_of(octets, sizeof octets));
    EXPECT_OK(box_open(&key, bytes_of(sealed, sizeof sealed), bytes_of(place, sizeof place), &a,
                       &plain, &err));
    EXPECT(bytes_eq(plain, bytes_of(want, sizeof want - 1)));
    secret_release(&key);
    arena_release(&a);
}

TEST(what_is_sealed_opens_in_its_place_only)
{
    struct err err = {0};
    struct arena a;
    struct secret key, other;
    struct bytes sealed = {0}, again = {0}, plain = {0};
    struct bytes place = str_bytes(STR("opened/17/technical"));
    arena_init(&a, 1 << 22);
    box_key_new(world_real(), &key);
    box_key_new(world_real(), &other);
    EXPECT_OK(box_seal(world_real(), &key, str_bytes(STR("a text")), place, &a, &sealed, &err));
    EXPECT_OK(box_seal(world_real(), &key, str_bytes(STR("a text")), place, &a, &again, &err));
    EXPECT(!bytes_eq(sealed, again)); // another nonce
    EXPECT(sealed.len == 6 + BOX_OVERHEAD_BYTES);
    EXPECT_OK(box_open(&key, sealed, place, &a, &plain, &err));
    EXPECT(bytes_eq(plain, str_bytes(STR("a text"))));
    plain = (struct bytes){0};
    EXPECT_ERR(box_open(&other, sealed, place, &a, &plain, &err), ERR_TAMPERED);
    EXPECT_ERR(box_open(&key, sealed, str_bytes(STR("opened/18/technical")), &a, &plain, &err),
               ERR_TAMPERED);
    EXPECT_ERR(box_open(&key, sealed, (struct bytes){0}, &a, &plain, &err), ERR_TAMPERED);
    EXPECT(plain.ptr == NULL);
    uint8_t changed[64];
    memcpy(changed, sealed.ptr, sealed.len);
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        EXPECT_ERR(box_open(&key, bytes_of(changed, sealed.len), place, &a, &plain, &err),
                   ERR_TAMPERED);
        changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    for (size_t len = 0; len < sealed.len; len++)
        EXPECT_ERR(box_open(&key, bytes_of(changed, len), place, &a, &plain, &err),
                   len < BOX_OVERHEAD_BYTES ? ERR_MALFORMED : ERR_TAMPERED);
    secret_release(&key);
    secret_release(&other);
    arena_release(&a);
}

TEST(an_empty_text_is_a_text_and_a_small_arena_is_a_limit)
{
    struct err err = {0};
    struct arena a;
    struct secret key;
    struct bytes sealed = {0}, plain = str_bytes(STR("x"));
    arena_init(&a, 128);
    box_key_new(world_real(), &key);
    EXPECT_OK(
        box_seal(world_real(), &key, (struct bytes){0}, (struct bytes){0}, &a, &sealed, &err));
    EXPECT_OK(box_open(&key, sealed, (struct bytes){0}, &a, &plain, &err));
    EXPECT(plain.len == 0);
    uint8_t much[200] = {0};
    EXPECT_ERR(box_seal(world_real(), &key, bytes_of(much, sizeof much), (struct bytes){0}, &a,
                        &sealed, &err),
               ERR_LIMIT);
    EXPECT_ERR(box_open(&key, bytes_of(much, sizeof much), (struct bytes){0}, &a, &plain, &err),
               ERR_LIMIT);
    secret_release(&key);
    arena_release(&a);
}
