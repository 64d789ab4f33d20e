// The files of github.com/C2SP/CCTV age/testdata: what every age program must do with each.
#include "base/encode.h"
#include "base/limits.h"
#include "crypto/age.h"
#include "tests/test.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <stdlib.h>

enum { ARENA = 160 << 20, FILE_MAX = 32 << 20, NAMES_MAX = 512 };

struct vector {
    const char *name;
    struct str expect, payload, file_key, identity;
    bool compressed;
    struct bytes file;
};

// -- reading a vector ------------------------------------------------------------------------

static void field_take(struct vector *v, struct str key, struct str value)
{
    if (str_eq(key, STR("expect")))
        v->expect = value;
    else if (str_eq(key, STR("payload")))
        v->payload = value;
    else if (str_eq(key, STR("file key")))
        v->file_key = value;
    else if (str_eq(key, STR("identity")))
        v->identity = value;
    else if (str_eq(key, STR("compressed")) && str_eq(value, STR("zlib")))
        v->compressed = true;
    else if (!str_eq(key, STR("comment")))
        fail_msg("%s: unknown line \"%.*s\"", v->name, STR_ARG(key));
}

// libarchive reads gzip but not bare zlib: the two differ in what stands around the same octets.
static struct bytes inflate_zlib(struct arena *a, struct bytes zlib)
{
    static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    struct archive *archive = archive_read_new();
    struct archive_entry *entry = NULL;
    uint8_t *gzip = arena_new(a, uint8_t, zlib.len + 20);
    uint8_t *out = malloc(FILE_MAX);
    size_t size = 0;
    EXPECT(zlib.len > 6 && gzip != NULL && out != NULL);
    memcpy(gzip, head, sizeof head);
    memcpy(gzip + sizeof head, zlib.ptr + 2, zlib.len - 6); // the trailer stays zero, unchecked
    EXPECT(archive_read_support_filter_gzip(archive) == ARCHIVE_OK);
    EXPECT(archive_read_support_format_raw(archive) == ARCHIVE_OK);
    EXPECT(archive_read_open_memory(archive, gzip, sizeof head + zlib.len - 6 + 8) == ARCHIVE_OK);
    EXPECT(archive_read_next_header(archive, &entry) == ARCHIVE_OK);
    for (;;) {
        la_ssize_t n = archive_read_data(archive, out + size, FILE_MAX - size);
        EXPECT(n >= 0);
        if (n == 0)
            break;
        size += (size_t)n;
    }
    archive_read_free(archive);
    struct bytes copy = {0};
    struct err err = {0};
    EXPECT_OK(arena_copy(a, bytes_of(out, size), &copy, &err));
    free(out);
    return copy;
}

static void vector_load(struct arena *a, const char *name, struct vector *ret)
{
    struct err err = {0};
    struct str path = {0};
    *ret = (struct vector){.name = name};
    EXPECT_OK(arena_fmt(a, &path, &err, "%s/age/%s", test_vectors(), name));
    struct bytes all = test_file(a, path.ptr);
    struct str rest = {(const char *)all.ptr, all.len}, line = {0};
    while (str_split(&rest, '\n', &line) && line.len > 0) {
        const char *mark = memchr(line.ptr, ':', line.len);
        EXPECT(mark != NULL);
        size_t at = (size_t)(mark - line.ptr);
        field_take(ret, str_slice(line, 0, at), str_slice(line, at + 2, line.len));
    }
    ret->file = bytes_of(rest.ptr, rest.len);
    if (ret->compressed)
        ret->file = inflate_zlib(a, ret->file);
}

// -- doing what the vector asks --------------------------------------------------------------

struct outcome {
    const char *word;       // as the vectors say it
    struct digest released; // of what came out, whether or not the end was good
    struct age_file_key key;
    bool key_found;
};

static bool hash_sink(void *context, struct bytes piece, struct err *err)
{
    (void)err;
    hash_put(context, piece);
    return true;
}

static const char *payload_run(struct bytes payload, const struct age_file_key *key, size_t step,
                               struct digest *ret_released)
{
    struct err err = {0};
    struct hash h;
    struct age_stream s;
    bool good = true;
    hash_init(&h);
    age_stream_open(&s, key, (struct age_sink){hash_sink, &h});
    for (size_t done = 0; good && done < payload.len; done += step) {
        size_t part = payload.len - done < step ? payload.len - done : step;
        good = age_stream_put(&s, bytes_of(payload.ptr + done, part), &err);
    }
    good = good && age_stream_end(&s, &err);
    age_stream_release(&s);
    *ret_released = hash_end(&h);
    if (good)
        return "success";
    return err.kind == ERR_TAMPERED ? "payload failure" : "header failure";
}

static struct outcome vector_run(struct arena *a, const struct vector *v, size_t step)
{
    struct err err = {0};
    struct age_header header;
    struct secret identity;
    struct outcome o = {.word = "header failure"};
    EXPECT_OK(age_identity_read(v->identity, &identity, &err));
    if (!age_header_parse(v->file, a, &header, &err))
        goto out;
    o.key_found = age_header_open(&header, &identity, &o.key, &err);
    if (!o.key_found) {
        o.word = err.kind == ERR_NOT_FOUND ? "no match" : "header failure";
        goto out;
    }
    o.word = "HMAC failure";
    if (!age_header_check(&header, &o.key, &err))
        goto out;
    o.word = payload_run(bytes_of(v->file.ptr + header.size, v->file.len - header.size), &o.key,
                         step, &o.released);
out:
    secret_release(&identity);
    return o;
}

// Where the end is wrong, age itself has released the chunk before it sees that. Here a full chunk
// waits until it is known whether anything follows: followed by anything it is never taken for the
// last one, and at the end it must be the last one. The outcome is the same; less is released.
static const char *const released_less[] = {
    "stream_no_final_full",          "stream_no_final_two_chunks_full",
    "stream_trailing_garbage_long",  "stream_trailing_garbage_short",
    "stream_two_final_chunks",       "stream_two_final_chunks_full",
    "stream_two_final_chunks_second"};

static bool known_to_release_less(const char *name)
{
    for (size_t i = 0; i < sizeof released_less / sizeof released_less[0]; i++)
        if (strcmp(name, released_less[i]) == 0)
            return true;
    return false;
}

static bool vector_check(struct arena *a, const struct vector *v, size_t step, size_t *ret_less)
{
    struct outcome o = vector_run(a, v, step);
    uint8_t key[AGE_FILE_KEY_BYTES], payload[DIGEST_BYTES];
    if (!str_eq(str_of(o.word), v->expect)) {
        print_message("vectors: age %s: expected \"%.*s\", got \"%s\"\n", v->name,
                      STR_ARG(v->expect), o.word);
        return false;
    }
    if (o.key_found) {
        EXPECT(hex_read(v->file_key, key, sizeof key));
        EXPECT(memcmp(key, o.key.octets, sizeof key) == 0);
    }
    if (v->payload.len == 0)
        return true;
    EXPECT(hex_read(v->payload, payload, sizeof payload));
    if (memcmp(payload, o.released.octets, sizeof payload) == 0)
        return true;
    if (!known_to_release_less(v->name) || strcmp(o.word, "success") == 0) {
        print_message("vectors: age %s: other octets came out\n", v->name);
        return false;
    }
    (*ret_less)++;
    return true;
}

static size_t names_list(struct arena *a, const char *folder, struct str ret[NAMES_MAX])
{
    struct err err = {0};
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        EXPECT(count < NAMES_MAX);
        EXPECT_OK(arena_str(a, str_of(entry->d_name), &ret[count++], &err));
    }
    closedir(dir);
    return count;
}

TEST(every_age_vector_ends_as_it_must)
{
    static const size_t steps[] = {SIZE_MAX / 2, 1, 4099, 65552};
    struct arena names_arena;
    struct err err = {0};
    struct str folder = {0}, names[NAMES_MAX];
    if (test_vectors() == NULL)
        SKIP("vectors/age is absent");
    arena_init(&names_arena, 1 << 20);
    EXPECT_OK(arena_fmt(&names_arena, &folder, &err, "%s/age", test_vectors()));
    size_t count = names_list(&names_arena, folder.ptr, names);
    if (count == 0)
        SKIP("vectors/age is absent");
    size_t good = 0, less = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena a;
        struct vector v;
        arena_init(&a, ARENA);
        vector_load(&a, names[i].ptr, &v);
        bool right = true;
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            size_t this_less = 0;
            right = vector_check(&a, &v, steps[s], &this_less) && right;
            if (s == 0 && this_less > 0)
                print_message("vectors: age %s: refused as expected, releasing one chunk less\n",
                              v.name);
            less += s == 0 ? this_less : 0;
        }
        good += right ? 1 : 0;
        arena_release(&a);
    }
    print_message("vectors: age %zu files, %zu as expected\n", count, good);
    EXPECT(good == count);
    EXPECT(less == sizeof released_less / sizeof released_less[0]);
    arena_release(&names_arena);
}
