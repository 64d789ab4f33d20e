// Data nobody here wrote. Sources: transparency-dev/merkle testdata/{inclusion,consistency} and
// transparency-dev/tessera testdata/log (both Apache-2.0), in the folder test_vectors() names.
#define _XOPEN_SOURCE 700 // nftw
#include "base/encode.h"
#include "base/json.h"
#include "tests/log/made.h"

#include <ftw.h>

// -- the JSON cases --------------------------------------------------------------------------

struct tally {
    size_t cases, as_expected;
    size_t from_nothing; // 0 to more, with an empty proof: see below
};
static struct tally tally;
static bool inclusion; // which folder is walked

// A hash that is not 32 octets ("don't care 1") cannot be said in our types; another digest stands
// in for it, the same for the same octets.
static struct digest digest_at(const json_t *object, const char *name, bool *whole)
{
    struct digest d = {{0}};
    uint8_t octets[256] = {0};
    size_t size = 0;
    const char *text = json_string_value(json_object_get(object, name));
    if (text == NULL)
        text = ""; // null, as that library writes an empty hash
    if (!base64_read(str_of(text), BASE64_PADDED, octets, sizeof octets, &size))
        *whole = false;
    if (size != DIGEST_BYTES && strcmp(name, "leafHash") == 0)
        *whole = false; // that library refuses it by its size too
    if (size == DIGEST_BYTES) {
        memcpy(d.octets, octets, DIGEST_BYTES);
        return d;
    }
    octets[sizeof octets - 1] =
        1; // so that it is no hash of these octets alone, as the empty root is
    return digest_of(bytes_of(octets, sizeof octets));
}

// A proof of other hashes than 32 octets is refused by its form.
static bool case_proof(const json_t *list, struct proof_made *ret)
{
    size_t count = json_array_size(list);
    if (count > PROOF_HASHES_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t size = 0;
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL ||
            !base64_read(str_of(text), BASE64_PADDED, ret->path[i].octets, DIGEST_BYTES, &size) ||
            size != DIGEST_BYTES)
            return false;
    }
    ret->count = count;
    return true;
}

static bool number_at(const json_t *object, const char *name, uint64_t *ret)
{
    const json_t *n = json_object_get(object, name);
    if (!json_is_integer(n))
        return false;
    *ret = (uint64_t)json_integer_value(n);
    return true;
}

static bool case_accepted(const json_t *object)
{
    struct proof_made p = {.count = 0};
    uint64_t first = 0, second = 0;
    bool whole = case_proof(json_object_get(object, "proof"), &p) &&
                 number_at(object, inclusion ? "leafIdx" : "size1", &first) &&
                 number_at(object, inclusion ? "treeSize" : "size2", &second);
    struct digest a = digest_at(object, inclusion ? "leafHash" : "root1", &whole);
    struct digest b = digest_at(object, inclusion ? "root" : "root2", &whole);
    struct err err = {0};
    if (!whole)
        return false;
    if (inclusion)
        return merkle_check_inclusion(a, (struct leaf_index){first}, (struct tree_size){second},
                                      proof_of(&p), b, &err);
    return merkle_check_consistency((struct tree_size){first}, a, (struct tree_size){second}, b,
                                    proof_of(&p), &err);
}

static uint8_t *largest_in(uint8_t *from, uint8_t *end)
{
    for (; end - from >= 20; from++)
        if (memcmp(from, "18446744073709551615", 20) == 0)
            return from;
    return NULL;
}

static bool from_nothing(const json_t *object)
{
    uint64_t first = 1;
    return number_at(object, "size1", &first) && first == 0 &&
           json_array_size(json_object_get(object, "proof")) == 0;
}

static int case_run(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    struct arena a;
    struct err err = {0};
    json_t *object = NULL;
    (void)st;
    (void)ftw;
    if (flag != FTW_F || strstr(path, ".json") == NULL)
        return 0;
    arena_init(&a, 1U << 20);
    struct bytes content = test_file(&a, path);
    uint8_t *copy = arena_new(&a, uint8_t, content.len + 1);
    CHECK(copy != NULL);
    memcpy(copy, content.ptr, content.len);
    // 2^64-1 is beyond the reader's integers; -1 is the same 64 bits
    for (uint8_t *at = copy; (at = largest_in(at, copy + content.len)) != NULL; at += 20)
        memcpy(at, "-1                  ", 20);
    if (!json_read(bytes_of(copy, content.len), &object, &err))
        fail_msg("%s: %s", path, err.text);
    bool wanted = !json_is_true(json_object_get(object, "wantErr"));
    bool got = case_accepted(object);
    tally.cases++;
    if (got == wanted) {
        tally.as_expected++;
    } else {
        printf("vectors: differs: %s (wanted %s)\n",
               json_string_value(json_object_get(object, "desc")), wanted ? "accepted" : "refused");
        // From size 0 that library calls every proof meaningless; tlog-witness asks for the empty
        // proof there, so we take it. Nothing else may differ.
        if (!inclusion && got && from_nothing(object))
            tally.from_nothing++;
        else
            fail_msg("%s: accepted %d, wanted %d", path, got, wanted);
    }
    json_decref(object);
    arena_release(&a);
    return 0;
}

static void cases_run(const char *folder)
{
    char path[512];
    tally = (struct tally){0};
    (void)snprintf(path, sizeof path, "%s/merkle/%s", test_vectors(), folder);
    EXPECT(nftw(path, case_run, 16, FTW_PHYS) == 0);
    printf("vectors: merkle %s %zu cases, %zu as expected\n", folder, tally.cases,
           tally.as_expected);
}

TEST(all_98_inclusion_vectors_are_decided_as_their_authors_say)
{
    if (test_vectors() == NULL)
        SKIP("no folder of outside vectors");
    inclusion = true;
    cases_run("inclusion");
    EXPECT(tally.cases == 98);
    EXPECT(tally.as_expected == 98);
}

TEST(of_98_consistency_vectors_only_those_from_size_0_are_decided_otherwise)
{
    if (test_vectors() == NULL)
        SKIP("no folder of outside vectors");
    inclusion = false;
    cases_run("consistency");
    EXPECT(tally.cases == 98);
    EXPECT(tally.as_expected == 97);
    EXPECT(tally.from_nothing == 1);
    // From 0 to 0 that library refuses every proof; tlog-witness asks for it to be allowed. Its one
    // such case is refused here too, because its root is not that of the empty tree.
    struct digest empty = merkle_empty();
    struct err err = {0};
    EXPECT_OK(merkle_check_consistency((struct tree_size){0}, empty, (struct tree_size){0}, empty,
                                       (struct proof){NULL, 0}, &err));
    printf("vectors: merkle consistency also differs in rule: 0 to 0 with the empty "
           "root is allowed here (tlog-witness), refused there\n");
}

// -- a whole log -----------------------------------------------------------------------------

enum { LOG_SIZE = 15 };
static struct bytes log_file(struct arena *a, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/tlog/tessera-log/%s", test_vectors(), name);
    return test_file(a, path);
}

static void size_verified(struct arena *a, unsigned size, const struct note_key *key)
{
    char name[80], path[TILE_PATH_CHARS + 1];
    struct checkpoint head;
    struct note note;
    struct digest from_tile[TILE_WIDTH], root;
    struct bytes entries[TILE_WIDTH];
    struct edge e;
    struct err err = {0};
    (void)snprintf(name, sizeof name, "checkpoint.%u", size);
    struct bytes sent = log_file(a, name);
    EXPECT_OK(checkpoint_open(sent, STR("example.com/log/testdata"), key, 1, &head, &note, &err));
    EXPECT(head.size.n == size);
    edge_init(&e);
    if (size > 0) {
        tile_path_write((struct tile_at){TILE_HASHES, 0, 0, (uint16_t)size}, path);
        EXPECT_OK(tile_read(log_file(a, path), (uint16_t)size, from_tile, &err));
        tile_path_write((struct tile_at){TILE_ENTRIES, 0, 0, (uint16_t)size}, path);
        EXPECT_OK(tile_entries_read(log_file(a, path), (uint16_t)size, entries, &err));
    }
    for (unsigned i = 0; i < size; i++) {
        struct digest leaf = merkle_leaf(entries[i]);
        EXPECT(digest_eq(&leaf, &from_tile[i]));
        edge_append(&e, &leaf);
    }
    root = edge_root(&e);
    EXPECT(digest_eq(&root, &head.root));
}

TEST(the_tessera_log_verifies_whole)
{
    struct arena a;
    struct note_key key;
    struct err err = {0};
    if (test_vectors() == NULL)
        SKIP("no folder of outside vectors");
    crypto_start();
    arena_init(&a, 8U << 20);
    EXPECT_OK(note_key_read(
        STR("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"), &key,
        &err));
    size_t verified = 0;
    for (unsigned size = 0; size <= LOG_SIZE; size++, verified++)
        size_verified(&a, size, &key);
    // the newest checkpoint is the largest one
    EXPECT(bytes_eq(log_file(&a, "checkpoint"), log_file(&a, "checkpoint.15")));
    printf("vectors: tessera log %zu cases, %zu as expected (checkpoints, tiles, entries)\n",
           verified, verified);
    EXPECT(verified == 16);
    arena_release(&a);
}
