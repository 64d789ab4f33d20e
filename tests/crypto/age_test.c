#include "crypto/age.h"

#include "base/encode.h"
#include "base/limits.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA = 256 << 20 };

struct bench {
    struct arena arena;
    struct world_fake world;
    struct secret identities[10];
    struct age_recipient recipients[10];
};

static void bench_init(struct bench *b)
{
    arena_init(&b->arena, ARENA);
    world_fake_init(&b->world, 0, test_seed());
    for (size_t i = 0; i < 10; i++) {
        age_identity_new(&b->world.world, &b->identities[i]);
        age_recipient_of(&b->identities[i], &b->recipients[i]);
    }
}

static void bench_release(struct bench *b)
{
    for (size_t i = 0; i < 10; i++)
        secret_release(&b->identities[i]);
    arena_release(&b->arena);
}

static struct bytes noise(struct bench *b, size_t size)
{
    uint8_t *octets = arena_new(&b->arena, uint8_t, size + 1);
    CHECK(octets != NULL);
    world_random(&b->world.world, octets, size);
    return bytes_of(octets, size);
}

static struct bytes seal(struct bench *b, size_t recipients, struct bytes plain)
{
    struct err err = {0};
    struct bytes file = {0};
    EXPECT_OK(
        age_file_seal(&b->world.world, b->recipients, recipients, plain, &b->arena, &file, &err));
    return file;
}

static bool opens(struct bench *b, struct bytes file, size_t who, struct err *err)
{
    struct bytes plain = {0};
    *err = (struct err){0};
    bool done = age_file_open(file, &b->identities[who], &b->arena, &plain, err);
    EXPECT(done || err->kind != ERR_NONE);
    EXPECT(done || plain.ptr == NULL); // untouched on failure
    return done;
}

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 5 << 20};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

TEST(every_recipient_opens_what_was_sealed_and_nobody_else)
{
    struct err err = {0};
    struct bench b;
    for (size_t s = 0; s < SIZES; s++)
        for (size_t n = 1; n <= 10; n++) {
            struct bytes again = {0};
            bench_init(&b);
            struct bytes plain = noise(&b, sizes[s]);
            struct bytes file = seal(&b, n, plain);
            EXPECT(file.len == age_file_size(plain.len, n));
            for (size_t who = 0; who<n; who += n> 1 ? n - 1 : 1) { // the first and the last
                EXPECT_OK(age_file_open(file, &b.identities[who], &b.arena, &again, &err));
                EXPECT(bytes_eq(plain, again));
            }
            if (n < 10)
                EXPECT_ERR(age_file_open(file, &b.identities[9], &b.arena, &again, &err),
                           ERR_NOT_FOUND);
            bench_release(&b);
        }
}

// The sizes measured with Debian's age 1.1.1: 102 + 98 per recipient + 16 per further chunk.
TEST(the_size_of_a_file_is_known_before_it_is_sealed)
{
    EXPECT(age_file_size(1000, 3) == 1396);
    EXPECT(age_file_size(0, 1) == 200);
    EXPECT(age_file_size(65536, 1) == 200 + 65536);
    EXPECT(age_file_size(65537, 1) == 200 + 65537 + 16);
    EXPECT(age_file_size(131072, 2) == 298 + 131072 + 16);
}

// -- by pieces -------------------------------------------------------------------------------

struct collected {
    struct writer out;
    size_t pieces, most;
};

static bool collect(void *context, struct bytes piece, struct err *err)
{
    struct collected *c = context;
    c->pieces++;
    c->most = piece.len > c->most ? piece.len : c->most;
    writer_put(&c->out, piece);
    return c->out.full ? err_set(err, ERR_LIMIT, NULL, "full") : true;
}

static struct collected collected_of(struct bench *b, size_t size)
{
    uint8_t *storage = arena_new(&b->arena, uint8_t, size + 1);
    CHECK(storage != NULL);
    return (struct collected){.out = writer_of(storage, size)};
}

static bool put_pieces(struct age_stream *s, struct bytes all, size_t step, struct err *err)
{
    for (size_t done = 0; done < all.len; done += step)
        if (!age_stream_put(
                s, bytes_of(all.ptr + done, all.len - done < step ? all.len - done : step), err))
            return false;
    return age_stream_end(s, err);
}

static bool open_pieces(struct bench *b, struct bytes file, size_t step, struct age_sink sink,
                        struct err *err)
{
    struct age_header header;
    struct age_file_key key;
    struct age_stream s;
    if (!age_header_parse(file, &b->arena, &header, err) ||
        !age_header_open(&header, &b->identities[0], &key, err) ||
        !age_header_check(&header, &key, err))
        return false;
    age_stream_open(&s, &key, sink);
    bool done = put_pieces(&s, bytes_of(file.ptr + header.size, file.len - header.size), step, err);
    age_stream_release(&s);
    age_stream_release(&s); // twice is fine
    return done;
}

TEST(pieces_of_any_size_give_the_same_as_the_whole)
{
    static const size_t steps[] = {1, 7, 4099, 65536, 65537, 1 << 20};
    struct err err = {0};
    struct bench b;
    for (size_t s = 0; s < SIZES; s++)
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            struct age_stream stream;
            bench_init(&b);
            struct bytes plain = noise(&b, sizes[s]);
            struct collected file = collected_of(&b, (size_t)age_file_size(plain.len, 2));
            EXPECT_OK(age_file_seal_begin(&stream, &b.world.world, b.recipients, 2,
                                          (struct age_sink){collect, &file}, &err));
            EXPECT_OK(put_pieces(&stream, plain, steps[i], &err));
            age_stream_release(&stream);
            EXPECT(file.out.len == file.out.cap);
            EXPECT(file.most <= AGE_CHUNK_BYTES + AGE_TAG_BYTES);
            struct collected again = collected_of(&b, plain.len);
            EXPECT_OK(open_pieces(&b, writer_bytes(&file.out), steps[i],
                                  (struct age_sink){collect, &again}, &err));
            EXPECT(bytes_eq(writer_bytes(&again.out), plain));
            EXPECT(again.most <= AGE_CHUNK_BYTES);
            bench_release(&b);
        }
}

TEST(nothing_of_a_chunk_is_released_before_it_verifies)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    struct bytes plain = noise(&b, 3 * (size_t)AGE_CHUNK_BYTES);
    struct bytes file = seal(&b, 1, plain);
    uint8_t *changed = arena_new(&b.arena, uint8_t, file.len);
    size_t payload = file.len - (plain.len + 3 * (size_t)AGE_TAG_BYTES);
    for (size_t chunk = 0; chunk < 3; chunk++) {
        size_t last = payload + (chunk + 1) * (AGE_CHUNK_BYTES + (size_t)AGE_TAG_BYTES) - 1;
        memcpy(changed, file.ptr, file.len);
        changed[last] ^= 1;
        struct collected out = collected_of(&b, plain.len);
        EXPECT_ERR(open_pieces(&b, bytes_of(changed, file.len), 4096,
                               (struct age_sink){collect, &out}, &err),
                   ERR_TAMPERED);
        EXPECT(out.out.len == chunk * AGE_CHUNK_BYTES);
        EXPECT(bytes_eq(writer_bytes(&out.out), bytes_of(plain.ptr, out.out.len)));
    }
    bench_release(&b);
}

TEST(chunks_swapped_dropped_repeated_or_added_are_refused)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    size_t whole = (size_t)AGE_CHUNK_BYTES + AGE_TAG_BYTES;
    struct bytes plain = noise(&b, 3 * (size_t)AGE_CHUNK_BYTES);
    struct bytes file = seal(&b, 1, plain);
    size_t head = file.len - 3 * whole;
    static const char *const orders[] = {"102",  "01",   "0",    "",    "02", "2",
                                         "0112", "0122", "0123", "210", "12", "0120"};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        uint8_t *made = arena_new(&b.arena, uint8_t, head + 4 * whole);
        size_t size = head;
        memcpy(made, file.ptr, head);
        for (const char *c = orders[i]; *c != '\0'; c++) {
            size_t from = (size_t)(*c - '0');
            if (from < 3) // "3" stands for a chunk of zeros
                memcpy(made + size, file.ptr + head + from * whole, whole);
            size += whole;
        }
        EXPECT(!opens(&b, bytes_of(made, size), 0, &err));
        EXPECT(err.kind == ERR_TAMPERED);
    }
    // One octet, sixteen and seventeen after the end.
    static const size_t tails[] = {1, 16, 17};
    for (size_t i = 0; i < 3; i++) {
        uint8_t *made = arena_new(&b.arena, uint8_t, file.len + 17);
        memcpy(made, file.ptr, file.len);
        EXPECT(!opens(&b, bytes_of(made, file.len + tails[i]), 0, &err));
        EXPECT(err.kind == ERR_TAMPERED);
    }
    bench_release(&b);
}

TEST(a_payload_under_another_files_header_is_refused)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    struct bytes one = seal(&b, 1, str_bytes(STR("the word of XA")));
    struct bytes two = seal(&b, 1, str_bytes(STR("the word of XB")));
    uint8_t *made = arena_new(&b.arena, uint8_t, one.len);
    size_t head = AGE_HEADER_FIXED_BYTES + AGE_STANZA_BYTES;
    memcpy(made, one.ptr, head);
    memcpy(made + head, two.ptr + head, two.len - head);
    EXPECT(!opens(&b, bytes_of(made, one.len), 0, &err));
    EXPECT(err.kind == ERR_TAMPERED);
    bench_release(&b);
}

// -- hostile octets --------------------------------------------------------------------------

TEST(every_flipped_bit_of_a_small_file_is_refused)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    struct bytes file = seal(&b, 2, str_bytes(STR("forty octets of invented text for a test")));
    uint8_t *changed = arena_new(&b.arena, uint8_t, file.len);
    memcpy(changed, file.ptr, file.len);
    EXPECT(opens(&b, file, 0, &err));
    for (size_t bit = 0; bit < file.len * 8; bit++) {
        changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        EXPECT(!opens(&b, bytes_of(changed, file.len), 0, &err));
        EXPECT(!opens(&b, bytes_of(changed, file.len), 1, &err));
        changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    bench_release(&b);
}

TEST(a_file_cut_short_anywhere_is_refused)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    struct bytes file = seal(&b, 2, str_bytes(STR("forty octets of invented text for a test")));
    size_t head = AGE_HEADER_FIXED_BYTES + 2 * AGE_STANZA_BYTES;
    for (size_t len = 0; len < file.len; len++) {
        EXPECT(!opens(&b, bytes_of(file.ptr, len), 0, &err));
        EXPECT(err.kind == (len < head + AGE_NONCE_BYTES ? ERR_MALFORMED : ERR_TAMPERED));
    }
    bench_release(&b);
}

TEST(a_failed_stream_stays_failed)
{
    struct err err = {0};
    struct bench b;
    struct age_stream s;
    struct age_file_key key = {{7}};
    bench_init(&b);
    struct collected out = collected_of(&b, 10);
    age_stream_open(&s, &key, (struct age_sink){collect, &out});
    uint8_t zeros[AGE_CHUNK_BYTES] = {0};
    EXPECT_OK(age_stream_put(&s, bytes_of(zeros, sizeof zeros), &err));
    EXPECT_ERR(age_stream_put(&s, bytes_of(zeros, sizeof zeros), &err), ERR_TAMPERED);
    EXPECT_ERR(age_stream_put(&s, bytes_of(zeros, 1), &err), ERR_TAMPERED);
    EXPECT_ERR(age_stream_end(&s, &err), ERR_TAMPERED);
    EXPECT(out.out.len == 0);
    age_stream_release(&s);
    bench_release(&b);
}

TEST(a_sink_that_refuses_ends_the_stream)
{
    struct err err = {0};
    struct bench b;
    struct age_stream s = {0};
    bench_init(&b);
    struct collected none = collected_of(&b, 0);
    EXPECT_ERR(age_file_seal_begin(&s, &b.world.world, b.recipients, 1,
                                   (struct age_sink){collect, &none}, &err),
               ERR_LIMIT);
    EXPECT(s.locked.ptr == NULL);
    struct collected some = collected_of(&b, 1000);
    uint8_t zeros[4096] = {0};
    EXPECT_OK(age_file_seal_begin(&s, &b.world.world, b.recipients, 1,
                                  (struct age_sink){collect, &some}, &err));
    EXPECT_OK(age_stream_put(&s, bytes_of(zeros, sizeof zeros), &err));
    EXPECT_ERR(age_stream_end(&s, &err), ERR_LIMIT);
    age_stream_release(&s);
    bench_release(&b);
}

TEST(a_file_needs_a_recipient_and_takes_no_more_than_the_bound)
{
    struct err err = {0};
    struct bench b;
    struct bytes file = {0};
    bench_init(&b);
    struct age_recipient *many = arena_new(&b.arena, struct age_recipient, AGE_RECIPIENTS_MAX + 1);
    for (size_t i = 0; i <= AGE_RECIPIENTS_MAX; i++)
        many[i] = b.recipients[i % 10];
    EXPECT_ERR(age_file_seal(&b.world.world, many, 0, (struct bytes){0}, &b.arena, &file, &err),
               ERR_USAGE);
    EXPECT_ERR(age_file_seal(&b.world.world, many, AGE_RECIPIENTS_MAX + 1, (struct bytes){0},
                             &b.arena, &file, &err),
               ERR_LIMIT);
    EXPECT_OK(age_file_seal(&b.world.world, many, AGE_RECIPIENTS_MAX, (struct bytes){0}, &b.arena,
                            &file, &err));
    EXPECT(opens(&b, file, 9, &err));
    many[3] = (struct age_recipient){{1}}; // small order
    EXPECT_ERR(age_file_seal(&b.world.world, many, 5, (struct bytes){0}, &b.arena, &file, &err),
               ERR_DENIED);
    bench_release(&b);
}

TEST(a_small_arena_is_a_limit_not_an_end)
{
    struct err err = {0};
    struct bench b;
    struct bytes got = {0};
    bench_init(&b);
    struct bytes file = seal(&b, 1, noise(&b, 100000));
    struct arena small;
    arena_init(&small, 50000);
    EXPECT_ERR(age_file_open(file, &b.identities[0], &small, &got, &err), ERR_LIMIT);
    EXPECT_ERR(age_file_seal(&b.world.world, b.recipients, 1, file, &small, &got, &err), ERR_LIMIT);
    EXPECT(got.ptr == NULL);
    arena_release(&small);
    bench_release(&b);
}

// -- other programs --------------------------------------------------------------------------

// Runs a program in `folder` with standard output to the file `out` there; false when it cannot be
// run or fails.
static bool run(const char *folder, const char *out, const char *const arguments[])
{
    int status = -1;
    char words[8][80]; // execvp wants them writable
    char *pointers[8] = {NULL};
    for (size_t i = 0; arguments[i] != NULL; i++) {
        (void)snprintf(words[i], sizeof words[i], "%s", arguments[i]);
        pointers[i] = words[i];
    }
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        int fd = chdir(folder) == 0 ? open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
        if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
            (void)execvp(pointers[0], pointers);
        _exit(127);
    }
    EXPECT(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void save(struct arena *a, const char *folder, const char *name, struct bytes content)
{
    struct err err = {0};
    struct str path = {0};
    EXPECT_OK(arena_fmt(a, &path, &err, "%s/%s", folder, name));
    EXPECT_OK(world_write_file(world_real(), path.ptr, content, 0600, &err));
}

static struct bytes load(struct arena *a, const char *folder, const char *name)
{
    struct err err = {0};
    struct str path = {0};
    EXPECT_OK(arena_fmt(a, &path, &err, "%s/%s", folder, name));
    return test_file(a, path.ptr);
}

TEST(debians_age_opens_our_files_and_we_open_its)
{
    struct err err = {0};
    struct bench b;
    struct bytes plain = {0};
    char identity[AGE_IDENTITY_CHARS + 1];
    char recipient[AGE_RECIPIENT_CHARS + 1];
    bench_init(&b);
    const char *folder = test_folder(&b.arena);
    if (!run(folder, "version", (const char *[]){"age", "--version", NULL}))
        SKIP("age is not installed");
    age_identity_write(&b.identities[1], identity);
    age_recipient_write(&b.recipients[1], recipient);
    save(&b.arena, folder, "key", bytes_of(identity, AGE_IDENTITY_CHARS));
    for (size_t s = 0; s < SIZES; s++) {
        struct bytes text = noise(&b, sizes[s]);
        save(&b.arena, folder, "ours.age", seal(&b, 2, text));
        EXPECT(run(folder, "ours", (const char *[]){"age", "-d", "-i", "key", "ours.age", NULL}));
        EXPECT(bytes_eq(load(&b.arena, folder, "ours"), text));
        EXPECT(run(folder, "theirs.age", (const char *[]){"age", "-r", recipient, "ours", NULL}));
        EXPECT_OK(age_file_open(load(&b.arena, folder, "theirs.age"), &b.identities[1], &b.arena,
                                &plain, &err));
        EXPECT(bytes_eq(plain, text));
    }
    bench_release(&b);
}

// -- the example of crypto/age.h -------------------------------------------------------------

TEST(the_example_of_the_header_file_opens)
{
    static const char header[] = "age-encryption.org/v1\n"
                                 "-> X25519 5Gyb87xSbi4J1BJFjZdfPCQsphWKjgvQQ//5B6CclyU\n"
                                 "NZvw3Ue11LiNtI9hjoP5iCVfQQriYyX8ojCPooGJPwg\n"
                                 "--- 0s8sdOfewzd8npG68HG/XQ6jx6zpebH8+hMaGSEBgTQ\n";
    struct err err = {0};
    struct arena a;
    struct secret identity;
    struct bytes plain = {0};
    uint8_t file[sizeof header - 1 + 34];
    memcpy(file, header, sizeof header - 1);
    EXPECT(hex_read(STR("a17e61d14fbd2f161ee7d7b0774b548ced"
                        "e1f96d36b55f4bbb2120fac76537c1bfb5"),
                    file + sizeof header - 1, 34));
    EXPECT(age_file_size(2, 1) == sizeof file);
    arena_init(&a, 1 << 16);
    EXPECT_OK(age_identity_read(
        STR("AGE-SECRET-KEY-1Z362E5MHGPKLWL8V9P5HFYY9N23PS7PY8YREA6N6U86TXYZ9QNSQ2U8DT2"),
        &identity, &err));
    EXPECT_OK(age_file_open(bytes_of(file, sizeof file), &identity, &a, &plain, &err));
    EXPECT(bytes_eq(plain, str_bytes(STR("hi"))));
    secret_release(&identity);
    arena_release(&a);
}

// The clerk's way with an attachment: it arrives in pieces, the file key comes from the keeper.
TEST(a_file_that_arrives_in_pieces_opens_with_the_key_alone)
{
    struct err err = {0};
    struct bench b;
    bench_init(&b);
    struct bytes plain = noise(&b, 200000);
    struct bytes file = seal(&b, 3, plain);
    struct collected out = collected_of(&b, plain.len);
    struct age_header header;
    struct age_file_key key;
    struct age_stream s;
    size_t seen = 0, head = 0;
    while (head == 0) {
        seen += 50;
        EXPECT_OK(age_header_find_end(bytes_of(file.ptr, seen), &head, &err));
    }
    EXPECT_OK(age_header_parse(bytes_of(file.ptr, seen), &b.arena, &header, &err));
    EXPECT(header.size == head);
    EXPECT(header.wrapped_count == 3);
    EXPECT_OK(age_stanza_open(&header.wrapped[1], &b.identities[1], &key, &err)); // the keeper
    EXPECT_OK(age_header_check(&header, &key, &err));
    age_stream_open(&s, &key, (struct age_sink){collect, &out});
    for (size_t at = head; at < file.len; at += 1000)
        EXPECT_OK(age_stream_put(
            &s, bytes_of(file.ptr + at, file.len - at < 1000 ? file.len - at : 1000), &err));
    EXPECT_OK(age_stream_end(&s, &err));
    EXPECT(bytes_eq(writer_bytes(&out.out), plain));
    age_stream_release(&s);
    struct bytes again = {0};
    EXPECT_OK(age_file_open_with_key(file, &key, &b.arena, &again, &err));
    EXPECT(bytes_eq(again, plain));
    key.octets[0] ^= 1;
    EXPECT_ERR(age_file_open_with_key(file, &key, &b.arena, &again, &err), ERR_TAMPERED);
    bench_release(&b);
}
