#include "crypto/keyring.h"

#include "base/encode.h"
#include "crypto/hash.h"
#include "tests/test.h"

#include <sodium.h>
#include <stdio.h>

enum { TAG_BYTES = 16 };
static const char passphrase_text[] = "twelve invented words of a test";
static const char example_digest[] =
    "sha256:9b1cc5134790b4298f74690d0dc2cbcd2c51dff84b2999664341f7f403e289ee";
static const char example_header[] =
    "elchi keyring v1\nkdf argon2id 1 8\nsalt 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n"
    "check 26bd4cca5f7ca637b146e3576064246d003d074fcd8b3c5394139b4615374839\n"
    "nonce a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\nsealed 39\n";

struct bench {
    struct arena arena;
    struct world_fake world;
    struct secret passphrase;
    struct keyring ring;
};

static void bench_init(struct bench *b)
{
    arena_init(&b->arena, 64 << 20);
    world_fake_init(&b->world, 0, test_seed());
    secret_copy(&b->passphrase, bytes_of(passphrase_text, sizeof passphrase_text - 1));
    keyring_init(&b->ring);
}

static void bench_release(struct bench *b)
{
    keyring_release(&b->ring);
    keyring_release(&b->ring); // twice is fine
    secret_release(&b->passphrase);
    arena_release(&b->arena);
}

static void put(struct bench *b, const char *name, const char *value)
{
    struct err err = {0};
    EXPECT_OK(keyring_put(&b->ring, str_of(name), str_bytes(str_of(value)), &err));
}

static struct bytes written(struct bench *b)
{
    struct err err = {0};
    struct bytes file = {0};
    EXPECT_OK(keyring_write(&b->ring, &b->world.world, &b->passphrase, KEYRING_COST_LEAST,
                            &b->arena, &file, &err));
    return file;
}

static bool holds(const struct keyring *k, const char *name, const char *value)
{
    const struct secret *s = keyring_find(k, str_of(name));
    return s != NULL && bytes_eq(secret_bytes(s), str_bytes(str_of(value)));
}

TEST(what_is_written_reads_back_in_order_of_names)
{
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    put(&b, "log", "seed of the log");
    put(&b, "desk/technical", "seed of a desk");
    put(&b, "a", "first");
    put(&b, "log", "another seed of the log"); // replaces
    put(&b, "z-9_.", "last");
    put(&b, "gone", "x");
    EXPECT(keyring_remove(&b.ring, STR("gone")));
    EXPECT(!keyring_remove(&b.ring, STR("gone")));
    EXPECT(b.ring.count == 4);
    struct bytes file = written(&b);
    EXPECT_OK(keyring_read(file, &b.passphrase, &again, &err));
    EXPECT(again.count == 4);
    EXPECT(holds(&again, "log", "another seed of the log"));
    EXPECT(holds(&again, "desk/technical", "seed of a desk"));
    EXPECT(holds(&again, "a", "first"));
    EXPECT(holds(&again, "z-9_.", "last"));
    EXPECT(keyring_find(&again, STR("gone")) == NULL);
    for (size_t i = 1; i < again.count; i++)
        EXPECT(strcmp(again.items[i - 1].name, again.items[i].name) < 0);
    keyring_release(&again);
    bench_release(&b);
}

TEST(an_empty_keyring_is_a_keyring)
{
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    EXPECT_OK(keyring_read(written(&b), &b.passphrase, &again, &err));
    EXPECT(again.count == 0);
    keyring_release(&again);
    bench_release(&b);
}

TEST(a_secret_may_be_put_from_the_keyring_itself)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    put(&b, "one", "value");
    EXPECT_OK(
        keyring_put(&b.ring, STR("one"), secret_bytes(keyring_find(&b.ring, STR("one"))), &err));
    EXPECT_OK(
        keyring_put(&b.ring, STR("ano"), secret_bytes(keyring_find(&b.ring, STR("one"))), &err));
    EXPECT(holds(&b.ring, "one", "value") && holds(&b.ring, "ano", "value"));
    bench_release(&b);
}

TEST(the_wrong_passphrase_is_denied)
{
    static const char *const wrong[] = {"x", "twelve invented words of a tesT",
                                        "twelve invented words of a test "};
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    put(&b, "log", "seed");
    struct bytes file = written(&b);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct secret other;
        secret_copy(&other, str_bytes(str_of(wrong[i])));
        EXPECT_ERR(keyring_read(file, &other, &again, &err), ERR_DENIED);
        EXPECT(strstr(err.text, wrong[i]) == NULL || strlen(wrong[i]) == 1); // not repeated
        secret_release(&other);
    }
    struct secret none = {0};
    EXPECT_ERR(keyring_read(file, &none, &again, &err), ERR_DENIED);
    EXPECT_ERR(
        keyring_write(&b.ring, &b.world.world, &none, KEYRING_COST_LEAST, &b.arena, &file, &err),
        ERR_USAGE);
    bench_release(&b);
}

TEST(no_flipped_bit_is_taken_for_a_keyring_or_a_wrong_passphrase)
{
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    put(&b, "log", "seed");
    struct bytes file = written(&b);
    uint8_t *changed = arena_new(&b.arena, uint8_t, file.len + 1);
    memcpy(changed, file.ptr, file.len);
    for (size_t bit = 0; bit < file.len * 8; bit++) {
        changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        err = (struct err){0};
        EXPECT(!keyring_read(bytes_of(changed, file.len), &b.passphrase, &again, &err));
        EXPECT(err.kind == ERR_MALFORMED || err.kind == ERR_TAMPERED || err.kind == ERR_LIMIT);
        changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    for (size_t len = 0; len < file.len; len++)
        EXPECT_ERR(keyring_read(bytes_of(changed, len), &b.passphrase, &again, &err),
                   ERR_MALFORMED);
    EXPECT_ERR(keyring_read(bytes_of(changed, file.len + 1), &b.passphrase, &again, &err),
               ERR_MALFORMED);
    bench_release(&b);
}

// The digest at the end stops accidents, not people: they make a new one.
static void digest_anew(uint8_t *file, size_t size)
{
    struct digest sum = digest_of(bytes_of(file, size - DIGEST_BYTES));
    memcpy(file + size - DIGEST_BYTES, sum.octets, DIGEST_BYTES);
}

TEST(a_change_with_a_new_digest_is_still_found)
{
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    put(&b, "log", "seed");
    struct bytes file = written(&b);
    struct keyring_header h;
    EXPECT_OK(keyring_header_read(file, &h, &err));
    uint8_t *changed = arena_new(&b.arena, uint8_t, file.len);
    for (size_t at = h.size; at < h.size + h.sealed_size; at++) {
        memcpy(changed, file.ptr, file.len);
        changed[at] ^= 1;
        digest_anew(changed, file.len);
        EXPECT_ERR(keyring_read(bytes_of(changed, file.len), &b.passphrase, &again, &err),
                   ERR_TAMPERED);
    }
    char text[KEYRING_HEADER_BYTES_MAX + 1];
    h.nonce[0] ^= 1;
    memcpy(changed, text, keyring_header_write(&h, text));
    digest_anew(changed, file.len);
    EXPECT_ERR(keyring_read(bytes_of(changed, file.len), &b.passphrase, &again, &err),
               ERR_TAMPERED);
    h.salt[0] ^= 1; // undecidable from a wrong passphrase
    memcpy(changed, text, keyring_header_write(&h, text));
    digest_anew(changed, file.len);
    EXPECT_ERR(keyring_read(bytes_of(changed, file.len), &b.passphrase, &again, &err), ERR_DENIED);
    bench_release(&b);
}

// -- a second hand: the format as crypto/keyring.h draws it, written with libsodium alone ----

static struct bytes sealed_by_hand(struct bench *b, struct bytes inside)
{
    uint8_t root[32], key[32], check[32];
    struct keyring_header h = {.cost = KEYRING_COST_LEAST, .sealed_size = inside.len + TAG_BYTES};
    char text[KEYRING_HEADER_BYTES_MAX + 1];
    memset(h.salt, 0x5a, sizeof h.salt);
    memset(h.nonce, 0xa5, sizeof h.nonce);
    EXPECT(crypto_pwhash(root, sizeof root, passphrase_text, sizeof passphrase_text - 1, h.salt, 1,
                         8192, crypto_pwhash_ALG_ARGON2ID13) == 0);
    hkdf_sha256(bytes_of(root, sizeof root), (struct bytes){0},
                str_bytes(STR("elchi keyring v1 seal")), key, sizeof key);
    hkdf_sha256(bytes_of(root, sizeof root), (struct bytes){0},
                str_bytes(STR("elchi keyring v1 check")), check, sizeof check);
    memcpy(h.check, check, sizeof check);
    size_t head = keyring_header_write(&h, text);
    size_t size = head + h.sealed_size + DIGEST_BYTES;
    uint8_t *file = arena_new(&b->arena, uint8_t, size);
    memcpy(file, text, head);
    EXPECT(crypto_aead_xchacha20poly1305_ietf_encrypt(file + head, NULL, inside.ptr, inside.len,
                                                      (const uint8_t *)text, head, NULL, h.nonce,
                                                      key) == 0);
    digest_anew(file, size);
    return bytes_of(file, size);
}

TEST(a_keyring_made_by_the_drawing_reads)
{
    static const char inside[] = "\0\0\0\2\0\1a\0\3one\0\4desk\0\3two";
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    struct bytes file = sealed_by_hand(&b, bytes_of(inside, sizeof inside - 1));
    EXPECT_OK(keyring_read(file, &b.passphrase, &again, &err));
    EXPECT(again.count == 2 && holds(&again, "a", "one") && holds(&again, "desk", "two"));
    keyring_release(&again);
    // The example that crypto/keyring.h names, so that it cannot go stale.
    char text[DIGEST_TEXT_CHARS + 1];
    struct digest whole = digest_of(file);
    digest_write(&whole, text);
    EXPECT(strcmp(text, example_digest) == 0);
    EXPECT(file.len == 279);
    EXPECT(memcmp(file.ptr, example_header, sizeof example_header - 1) == 0);
    bench_release(&b);
}

TEST(secrets_that_are_not_in_canonical_order_are_refused)
{
#define INSIDE(literal)              \
    {                                \
        literal, sizeof(literal) - 1 \
    }
    static const struct {
        const char *octets;
        size_t size;
    } wrong[] = {
        INSIDE("\0\0\0\2\0\1b\0\1x\0\1a\0\1y"), // descending
        INSIDE("\0\0\0\2\0\1a\0\1x\0\1a\0\1y"), // twice
        INSIDE("\0\0\0\1\0\1A\0\1x"),           // a name out of the alphabet
        INSIDE("\0\0\0\1\0\0\0\1x"),            // no name
        INSIDE("\0\0\0\1\0\1a\0\0"),            // no secret
        INSIDE("\0\0\0\2\0\1a\0\1x"),           // fewer than counted
        INSIDE("\0\0\0\1\0\1a\0\1x\0\1b\0\1y"), // more than counted
        INSIDE("\0\0\0\1\0\1a\0\1x "),          // one octet more
        INSIDE("\0\0\0\1\0\1a\0\5x"),           // a size that lies
        INSIDE("\xff\xff\xff\xff\0\1a\0\1x"),   // a count that lies
        INSIDE("\0\0\0"),
    };
    struct err err = {0};
    struct bench b;
    struct keyring again;
    bench_init(&b);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bytes file = sealed_by_hand(&b, bytes_of(wrong[i].octets, wrong[i].size));
        EXPECT_ERR(keyring_read(file, &b.passphrase, &again, &err), ERR_MALFORMED);
    }
    bench_release(&b);
}

// -- bounds ----------------------------------------------------------------------------------

TEST(names_are_of_one_alphabet)
{
    char longest[300];
    memset(longest, 'a', sizeof longest);
    EXPECT(keyring_name_ok(STR("xa.example/demo/technical_0-9")));
    EXPECT(keyring_name_ok((struct str){longest, 255}));
    EXPECT(!keyring_name_ok((struct str){longest, 256}));
    EXPECT(!keyring_name_ok(STR("")));
    for (int c = 0; c < 256; c++) {
        char name = (char)c;
        bool right = c != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789/._-", c) != NULL;
        EXPECT(keyring_name_ok((struct str){&name, 1}) == right);
    }
}

TEST(bounds_are_kept_when_putting)
{
    struct err err = {0};
    struct bench b;
    uint8_t octets[KEYRING_SECRET_BYTES_MAX + 1] = {0};
    char name[16];
    bench_init(&b);
    EXPECT_ERR(keyring_put(&b.ring, STR("a"), bytes_of(octets, sizeof octets), &err), ERR_LIMIT);
    EXPECT_ERR(keyring_put(&b.ring, STR("a"), bytes_of(octets, 0), &err), ERR_USAGE);
    EXPECT_ERR(keyring_put(&b.ring, STR("A"), bytes_of(octets, 1), &err), ERR_USAGE);
    EXPECT(b.ring.count == 0);
    for (unsigned i = 0; i < KEYRING_SECRETS_MAX; i++) {
        (void)snprintf(name, sizeof name, "%04u", i * 7 % KEYRING_SECRETS_MAX);
        EXPECT_OK(keyring_put(&b.ring, str_of(name), bytes_of(name, 4), &err));
    }
    EXPECT_ERR(keyring_put(&b.ring, STR("more"), bytes_of(octets, 1), &err), ERR_LIMIT);
    EXPECT_OK(keyring_put(&b.ring, STR("0000"), bytes_of(octets, 1), &err)); // replacing is fine
    struct keyring again;
    EXPECT_OK(keyring_read(written(&b), &b.passphrase, &again, &err));
    EXPECT(again.count == KEYRING_SECRETS_MAX);
    EXPECT(holds(&again, "0777", "0777"));
    keyring_release(&again);
    bench_release(&b);
}

TEST(a_keyring_filled_to_its_size_still_reads)
{
    struct err err = {0};
    struct bench b;
    struct keyring again;
    uint8_t octets[KEYRING_SECRET_BYTES_MAX];
    char name[16];
    size_t count = 0;
    bench_init(&b);
    memset(octets, 7, sizeof octets);
    do {
        err = (struct err){0};
        (void)snprintf(name, sizeof name, "%04zu", count++);
    } while (keyring_put(&b.ring, str_of(name), bytes_of(octets, sizeof octets), &err));
    EXPECT(err.kind == ERR_LIMIT);
    EXPECT(b.ring.count > 250);
    struct bytes file = written(&b);
    EXPECT(file.len <= KEYRING_BYTES_MAX);
    EXPECT_OK(keyring_read(file, &b.passphrase, &again, &err));
    EXPECT(again.count == b.ring.count);
    keyring_release(&again);
    EXPECT_ERR(keyring_read(bytes_of(file.ptr, KEYRING_BYTES_MAX + (size_t)1), &b.passphrase,
                            &again, &err),
               ERR_LIMIT);
    bench_release(&b);
}

TEST(a_file_may_not_ask_for_more_work_than_the_bound)
{
    static const struct keyring_cost costs[] = {
        {KEYRING_PASSES_MAX + 1, 8}, {1, KEYRING_KIB_MAX + 1}, {UINT32_MAX, UINT32_MAX}};
    struct err err = {0};
    struct bench b;
    struct keyring again;
    struct keyring_header h;
    bench_init(&b);
    struct bytes file = written(&b);
    EXPECT_OK(keyring_header_read(file, &h, &err));
    for (size_t i = 0; i < 3; i++) {
        uint8_t *made = arena_new(&b.arena, uint8_t, 1024);
        h.cost = costs[i];
        size_t head = keyring_header_write(&h, (char *)made);
        size_t tail = file.len - (h.size);
        memcpy(made + head, file.ptr + h.size, tail);
        EXPECT_ERR(keyring_read(bytes_of(made, head + tail), &b.passphrase, &again, &err),
                   ERR_LIMIT);
        EXPECT_ERR(
            keyring_write(&b.ring, &b.world.world, &b.passphrase, costs[i], &b.arena, &file, &err),
            ERR_USAGE);
    }
    EXPECT_ERR(keyring_write(&b.ring, &b.world.world, &b.passphrase, (struct keyring_cost){0, 8},
                             &b.arena, &file, &err),
               ERR_USAGE);
    EXPECT_ERR(keyring_write(&b.ring, &b.world.world, &b.passphrase, (struct keyring_cost){1, 7},
                             &b.arena, &file, &err),
               ERR_USAGE);
    bench_release(&b);
}

TEST(headers_with_another_spelling_are_refused)
{
#define SALT "salt 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n"
#define CHECK_LINE "check " ZEROS ZEROS "\n"
#define ZEROS "00000000000000000000000000000000"
#define NONCE "nonce 000000000000000000000000000000000000000000000000\n"
#define FIRST "elchi keyring v1\n"
    static const char *const wrong[] = {
        "elchi keyring v2\nkdf argon2id 1 8\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2i 1 8\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 01 8\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 0 8\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 7\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 8 1\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1  8\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 8 \n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 4294967296\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 8\r\n" SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST SALT "kdf argon2id 1 8\n" CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 8\n" SALT SALT CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 8\n" CHECK_LINE NONCE "sealed 20\n\n",
        FIRST "kdf argon2id 1 8\nsalt 5A5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n" CHECK_LINE NONCE
              "sealed 20\n",
        FIRST "kdf argon2id 1 8\nsalt 5a\n" CHECK_LINE NONCE "sealed 20\n",
        FIRST "kdf argon2id 1 8\n" SALT CHECK_LINE NONCE "sealed 020\n",
        FIRST "kdf argon2id 1 8\n" SALT CHECK_LINE NONCE "sealed 1048577\n",
        FIRST "kdf argon2id 1 8\n" SALT CHECK_LINE NONCE "sealed \n",
        FIRST "kdf argon2id 1 8\n" SALT CHECK_LINE NONCE "sealed 20",
    };
    static const char right[] = FIRST "kdf argon2id 1 8\n" SALT CHECK_LINE NONCE "sealed 20\n";
    struct err err = {0};
    struct keyring_header h;
    char text[KEYRING_HEADER_BYTES_MAX + 1];
    EXPECT_OK(keyring_header_read(bytes_of(right, sizeof right), &h, &err)); // with the NUL
    EXPECT(h.size == sizeof right - 1);
    EXPECT(keyring_header_write(&h, text) == h.size && strcmp(text, right) == 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        EXPECT_ERR(keyring_header_read(str_bytes(str_of(wrong[i])), &h, &err), ERR_MALFORMED);
}

TEST(two_writings_share_no_salt_and_the_normal_cost_works)
{
    struct err err = {0};
    struct bench b;
    struct keyring again;
    struct bytes file = {0};
    bench_init(&b);
    put(&b, "log", "seed");
    struct bytes one = written(&b);
    struct bytes two = written(&b);
    EXPECT(one.len == two.len);
    EXPECT(memcmp(one.ptr, two.ptr, one.len) != 0);
    EXPECT_OK(keyring_write(&b.ring, &b.world.world, &b.passphrase, KEYRING_COST_NORMAL, &b.arena,
                            &file, &err));
    EXPECT(strstr((const char *)file.ptr, "kdf argon2id 3 65536\n") != NULL);
    EXPECT_OK(keyring_read(file, &b.passphrase, &again, &err));
    EXPECT(holds(&again, "log", "seed"));
    keyring_release(&again);
    bench_release(&b);
}
