// The fast code against the definitions of RFC 6962 section 2.1 and of
// draft-ietf-plants-merkle-tree-certs sections 4.1 to 4.5, written here as they stand there.
// Known answers: transparency-dev/merkle rfc6962/rfc6962_test.go and testonly/constants.go; rolling
// digests: the draft's appendix "Subtree Test Vectors".
#include "base/encode.h"
#include "tests/log/made.h"

#include <time.h>

enum { SIZES = 130 };

static struct digest leaves[SIZES + 1]; // of the entries 00, 01, 02 ..

static void leaves_make(void)
{
    for (size_t i = 0; i <= SIZES; i++) {
        uint8_t entry = (uint8_t)i;
        leaves[i] = merkle_leaf(bytes_of(&entry, 1));
    }
}

static bool is_hex(struct digest d, const char *wanted)
{
    char hex[2 * DIGEST_BYTES + 1];
    hex_write(bytes_of(d.octets, DIGEST_BYTES), hex);
    return strcmp(hex, wanted) == 0;
}

// -- the definitions -------------------------------------------------------------------------

static size_t below(size_t n) // the largest power of two smaller than n
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}
static struct digest defined_root(size_t start, size_t end)
{
    if (start == end)
        return merkle_empty();
    if (end - start == 1)
        return leaves[start];
    size_t k = start + below(end - start);
    struct digest left = defined_root(start, k), right = defined_root(k, end);
    return merkle_node(&left, &right);
}
static void defined_path(size_t m, size_t start, size_t end, struct proof_made *p)
{
    if (end - start <= 1)
        return;
    size_t k = start + below(end - start);
    if (m < k) {
        defined_path(m, start, k, p);
        p->path[p->count++] = defined_root(k, end);
    } else {
        defined_path(m, k, end, p);
        p->path[p->count++] = defined_root(start, k);
    }
}
// SUBTREE_SUBPROOF of [s, e) in [low, high)
static void defined_subproof(size_t s, size_t e, size_t low, size_t high, bool known,
                             struct proof_made *p)
{
    if (s == low && e == high) {
        if (!known)
            p->path[p->count++] = defined_root(low, high);
        return;
    }
    size_t k = low + below(high - low);
    if (e <= k) {
        defined_subproof(s, e, low, k, known, p);
        p->path[p->count++] = defined_root(k, high);
    } else if (k <= s) {
        defined_subproof(s, e, k, high, known, p);
        p->path[p->count++] = defined_root(low, k);
    } else {
        defined_subproof(k, e, k, high, false, p);
        p->path[p->count++] = defined_root(low, k);
    }
}
static bool same_proof(const struct proof_made *a, const struct proof_made *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->path, b->path, a->count * DIGEST_BYTES) == 0);
}

// -- known answers ---------------------------------------------------------------------------

TEST(the_known_answers_of_rfc_6962_hold)
{
    EXPECT(
        is_hex(merkle_empty(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    EXPECT(is_hex(merkle_leaf(bytes_of("", 0)),
                  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
    EXPECT(is_hex(merkle_leaf(bytes_of("L123456", 7)),
                  "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"));
    // rfc6962_test.go hashes "N123" and "N456", which are no digests: the prefix is all there is
    EXPECT(is_hex(digest_of(bytes_of("\x01N123N456", 9)),
                  "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"));
}

TEST(the_eight_roots_of_the_known_tree_hold)
{
    static const struct {
        const char *entry;
        size_t size;
        const char *root;
    } known[8] = {
        {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct edge e;
    edge_init(&e);
    for (size_t i = 0; i < 8; i++) {
        struct digest leaf = merkle_leaf(bytes_of(known[i].entry, known[i].size));
        edge_append(&e, &leaf);
        EXPECT(is_hex(edge_root(&e), known[i].root));
    }
}

// -- rolling digests -------------------------------------------------------------------------

static void fold(struct hash *h, const char *head, const struct proof_made *p)
{
    char hex[2 * DIGEST_BYTES + 1];
    hash_put(h, bytes_of(head, strlen(head)));
    for (size_t i = 0; i < p->count; i++) {
        hex_write(bytes_of(p->path[i].octets, DIGEST_BYTES), hex);
        hash_put(h, bytes_of(" ", 1));
        hash_put(h, bytes_of(hex, 2 * DIGEST_BYTES));
    }
    hash_put(h, bytes_of("\n", 1));
}

TEST(the_hash_of_every_subtree_to_size_130_folds_to_the_published_digest)
{
    struct tile_memory m;
    struct hash h;
    struct err err = {0};
    char head[64];
    leaves_make();
    tile_memory_init(&m, leaves, SIZES);
    hash_init(&h);
    for (uint64_t end = 0; end <= SIZES; end++)
        for (uint64_t start = 0; start <= end; start++) {
            struct proof_made one = {.count = 1};
            if (!merkle_subtree_valid((struct subtree){start, end}))
                continue;
            EXPECT_OK(
                merkle_subtree_hash(&m.source, (struct subtree){start, end}, &one.path[0], &err));
            (void)snprintf(head, sizeof head, "[%u, %u)", (unsigned)start, (unsigned)end);
            fold(&h, head, &one);
        }
    EXPECT(
        is_hex(hash_end(&h), "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"));
}

TEST(every_subtree_inclusion_proof_to_size_130_folds_to_the_published_digest_and_verifies)
{
    struct tile_memory m;
    struct hash h;
    struct err err = {0};
    char head[64];
    size_t lines = 0;
    leaves_make();
    tile_memory_init(&m, leaves, SIZES);
    hash_init(&h);
    for (uint64_t end = 0; end <= SIZES; end++)
        for (uint64_t start = 0; start <= end; start++) {
            struct subtree s = {start, end};
            struct digest root;
            if (!merkle_subtree_valid(s))
                continue;
            EXPECT_OK(merkle_subtree_hash(&m.source, s, &root, &err));
            for (uint64_t i = start; i < end; i++, lines++) {
                struct proof_made p;
                EXPECT_OK(
                    merkle_make_subtree_inclusion(&m.source, (struct leaf_index){i}, s, &p, &err));
                EXPECT_OK(merkle_check_subtree_inclusion(leaves[i], (struct leaf_index){i}, s,
                                                         proof_of(&p), root, &err));
                (void)snprintf(head, sizeof head, "%u [%u, %u)", (unsigned)i, (unsigned)start,
                               (unsigned)end);
                fold(&h, head, &p);
            }
        }
    EXPECT(lines == 12807);
    EXPECT(
        is_hex(hash_end(&h), "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"));
}

TEST(every_subtree_consistency_proof_to_size_130_folds_to_the_published_digest_and_verifies)
{
    struct tile_memory m;
    struct hash h;
    struct err err = {0};
    char head[64];
    leaves_make();
    tile_memory_init(&m, leaves, SIZES);
    hash_init(&h);
    for (uint64_t n = 0; n <= SIZES; n++) {
        struct digest root = made_root(leaves, n);
        for (uint64_t end = 0; end <= n; end++)
            for (uint64_t start = 0; start <= end; start++) {
                struct subtree s = {start, end};
                struct proof_made p;
                struct digest hash;
                if (!merkle_subtree_valid(s))
                    continue;
                EXPECT_OK(merkle_make_subtree(&m.source, s, (struct tree_size){n}, &p, &err));
                EXPECT_OK(merkle_subtree_hash(&m.source, s, &hash, &err));
                if (start != end)
                    EXPECT_OK(merkle_check_subtree(s, hash, (struct tree_size){n}, root,
                                                   proof_of(&p), &err));
                (void)snprintf(head, sizeof head, "[%u, %u) %u", (unsigned)start, (unsigned)end,
                               (unsigned)n);
                fold(&h, head, &p);
            }
    }
    EXPECT(
        is_hex(hash_end(&h), "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"));
}

TEST(the_two_covering_subtrees_of_every_range_fold_to_the_published_digest)
{
    struct hash h;
    char line[96];
    hash_init(&h);
    for (uint64_t end = 0; end <= SIZES; end++)
        for (uint64_t start = 0; start <= end; start++) {
            struct subtree two[2];
            size_t count = merkle_cover(start, end, two);
            if (count == 1)
                two[1] = (struct subtree){two[0].end, end};
            EXPECT(two[0].start <= start);
            int len = snprintf(line, sizeof line, "[%u, %u) [%u, %u)\n", (unsigned)two[0].start,
                               (unsigned)two[0].end, (unsigned)two[1].start, (unsigned)two[1].end);
            hash_put(&h, bytes_of(line, (size_t)len));
        }
    EXPECT(
        is_hex(hash_end(&h), "7fd9c8b926e9d2b5cf831560e8ce295a5ef97ad5c5ede4ea0dea28a8c8fc8bb0"));
}

// -- the definitions against the fast code ---------------------------------------------------

TEST(the_right_edge_has_the_defined_root_at_every_size_to_130)
{
    struct edge e;
    leaves_make();
    edge_init(&e);
    for (size_t n = 0; n <= SIZES; n++) {
        struct digest fast = edge_root(&e), defined = defined_root(0, n);
        EXPECT(digest_eq(&fast, &defined));
        EXPECT(e.size.n == n);
        edge_append(&e, &leaves[n]);
    }
}

TEST(an_edge_written_is_the_edge_read_and_any_other_length_is_refused)
{
    leaves_make();
    for (size_t n = 0; n <= SIZES; n++) {
        struct edge e, back;
        uint8_t octets[EDGE_BYTES_MAX];
        struct err err = {0};
        struct writer w = writer_of(octets, sizeof octets);
        edge_init(&e);
        edge_append_many(&e, leaves, n);
        edge_write(&e, &w);
        EXPECT(!w.full);
        EXPECT(w.len == 8 + 32 * (size_t)__builtin_popcountll(n));
        EXPECT_OK(edge_read(writer_bytes(&w), &back, &err));
        struct digest a = edge_root(&e), b = edge_root(&back);
        EXPECT(digest_eq(&a, &b));
        for (size_t cut = 0; cut < w.len; cut++)
            EXPECT(!edge_read(bytes_of(octets, cut), &back, &err));
        EXPECT(!edge_read(bytes_of(octets, w.len + 1), &back, &err));
    }
}

struct visited {
    size_t count[8];
    bool right;
};
static void visit_one(void *context, unsigned level, uint64_t index, const struct digest *node)
{
    struct visited *v = context;
    struct digest wanted = defined_root(index << level, (index + 1) << level);
    v->count[level]++;
    v->right = v->right && digest_eq(node, &wanted);
}

TEST(appending_names_every_node_it_completes_once)
{
    struct visited v = {.right = true};
    struct edge e;
    leaves_make();
    edge_init(&e);
    for (size_t i = 0; i < 100; i++)
        edge_append_visit(&e, &leaves[i], visit_one, &v);
    EXPECT(v.right);
    for (unsigned level = 0; level < 8; level++)
        EXPECT(v.count[level] == 100U >> level);
}

TEST(every_proof_to_size_130_is_the_defined_one_and_verifies)
{
    struct tile_memory m;
    struct err err = {0};
    leaves_make();
    tile_memory_init(&m, leaves, SIZES);
    for (size_t n = 1; n <= SIZES; n++) {
        struct digest root = made_root(leaves, n);
        for (size_t i = 0; i < n; i++) {
            struct proof_made fast, defined = {.count = 0};
            defined_path(i, 0, n, &defined);
            EXPECT_OK(merkle_make_inclusion(&m.source, (struct leaf_index){i},
                                            (struct tree_size){n}, &fast, &err));
            EXPECT(same_proof(&fast, &defined));
            EXPECT_OK(merkle_check_inclusion(leaves[i], (struct leaf_index){i},
                                             (struct tree_size){n}, proof_of(&fast), root, &err));
        }
        for (size_t old = 0; old <= n; old++) {
            struct proof_made fast, defined = {.count = 0};
            struct digest old_root = made_root(leaves, old);
            if (old > 0)
                defined_subproof(0, old, 0, n, true, &defined);
            EXPECT_OK(merkle_make_consistency(&m.source, (struct tree_size){old},
                                              (struct tree_size){n}, &fast, &err));
            EXPECT(same_proof(&fast, &defined));
            EXPECT_OK(merkle_check_consistency((struct tree_size){old}, old_root,
                                               (struct tree_size){n}, root, proof_of(&fast), &err));
        }
    }
}

// -- hostile proofs --------------------------------------------------------------------------

static bool included(struct digest leaf, size_t i, size_t n, const struct proof_made *p,
                     struct digest root)
{
    struct err err = {0};
    bool done = merkle_check_inclusion(leaf, (struct leaf_index){i}, (struct tree_size){n},
                                       proof_of(p), root, &err);
    CHECK(done == (err.kind == ERR_NONE));
    return done;
}
static bool consistent(size_t m, struct digest a, size_t n, struct digest b,
                       const struct proof_made *p)
{
    struct err err = {0};
    bool done = merkle_check_consistency((struct tree_size){m}, a, (struct tree_size){n}, b,
                                         proof_of(p), &err);
    CHECK(done == (err.kind == ERR_NONE));
    return done;
}

TEST(every_flipped_bit_of_every_inclusion_proof_to_size_40_is_refused)
{
    struct tile_memory m;
    struct err err = {0};
    leaves_make();
    tile_memory_init(&m, leaves, SIZES);
    for (size_t n = 1; n <= 40; n++) {
        struct digest root = made_root(leaves, n);
        for (size_t i = 0; i < n; i++) {
            struct proof_made p;
            EXPECT_OK(merkle_make_inclusion(&m.source, (struct leaf_index){i},
                                            (struct tree_size){n}, &p, &err));
            for (size_t bit = 0; bit < p.count * 256; bit++) {
                p.path[bit / 256].octets[bit % 256 / 8] ^= (uint8_t)(1U << bit % 8);
                EXPECT(!included(leaves[i], i, n, &p, root));
                p.path[bit / 256].octets[bit % 256 / 8] ^= (uint8_t)(1U << bit % 8);
            }
            EXPECT(!included(leaves[i + 1], i, n, &p, root));
            EXPECT(!included(leaves[i], n, n, &p, root));
            for (size_t other = 0; other < n; other++)
                EXPECT(other == i || !included(leaves[i], other, n, &p, root));
            p.path[p.count++] = root; // one hash too many, then one too few
            EXPECT(!included(leaves[i], i, n, &p, root));
            p.count -= 2;
            EXPECT(n == 1 || !included(leaves[i], i, n, &p, root));
        }
    }
}

TEST(every_flipped_bit_of_every_consistency_proof_to_size_40_is_refused)
{
    struct tile_memory m;
    struct err err = {0};
    leaves_make();
    tile_memory_init(&m, leaves, SIZES);
    for (size_t n = 1; n <= 40; n++) {
        struct digest root = made_root(leaves, n);
        for (size_t old = 1; old <= n; old++) {
            struct digest old_root = made_root(leaves, old), wrong = old_root;
            struct proof_made p;
            EXPECT_OK(merkle_make_consistency(&m.source, (struct tree_size){old},
                                              (struct tree_size){n}, &p, &err));
            for (size_t bit = 0; bit < p.count * 256; bit++) {
                p.path[bit / 256].octets[bit % 256 / 8] ^= (uint8_t)(1U << bit % 8);
                EXPECT(!consistent(old, old_root, n, root, &p));
                p.path[bit / 256].octets[bit % 256 / 8] ^= (uint8_t)(1U << bit % 8);
            }
            wrong.octets[31] ^= 1;
            EXPECT(!consistent(old, wrong, n, root, &p));
            EXPECT(old == n || !consistent(n, root, old, old_root, &p));
            p.path[p.count++] = root;
            EXPECT(!consistent(old, old_root, n, root, &p));
            p.count--;
            for (; p.count > 0; p.count--) {
                struct proof_made shorter = p;
                shorter.count--;
                EXPECT(!consistent(old, old_root, n, root, &shorter));
            }
        }
    }
}

TEST(from_no_entries_to_any_size_an_empty_proof_is_the_proof)
{
    struct proof_made none = {.count = 0}, one = {.count = 1};
    struct digest empty = merkle_empty(), zeros = {{0}};
    leaves_make();
    EXPECT(consistent(0, empty, 0, empty, &none));
    EXPECT(consistent(0, empty, 7, made_root(leaves, 7), &none));
    EXPECT(!consistent(0, empty, 7, made_root(leaves, 7), &one));
    EXPECT(!consistent(0, zeros, 7, made_root(leaves, 7), &none));
    EXPECT(!consistent(0, empty, 0, zeros, &none));
    EXPECT(consistent(7, made_root(leaves, 7), 7, made_root(leaves, 7), &none));
    EXPECT(!consistent(7, made_root(leaves, 7), 7, zeros, &none));
}

TEST(the_largest_sizes_and_indexes_end_no_program)
{
    struct proof_made p = {.count = 0};
    struct digest d = {{1}};
    struct subtree two[2];
    static const uint64_t odd[] = {
        0, 1, 2, UINT64_MAX / 2, UINT64_MAX / 2 + 1, UINT64_MAX - 1, UINT64_MAX};
    enum { COUNT = sizeof odd / sizeof *odd };
    memset(p.path, 3, sizeof p.path);
    for (size_t i = 0; i < COUNT * COUNT * 65; i++) {
        uint64_t a = odd[i % COUNT], b = odd[i / COUNT % COUNT];
        struct err err = {0};
        p.count = i / COUNT / COUNT;
        struct subtree s = {a, b};
        (void)included(d, a, b, &p, d);
        (void)consistent(a, d, b, d, &p);
        bool done = merkle_check_subtree(s, d, (struct tree_size){b}, d, proof_of(&p), &err);
        EXPECT(!done || (a == 0 && p.count == 0));
        EXPECT(a > b || merkle_cover(a, b, two) >= 1);
    }
}

// -- speed -----------------------------------------------------------------------------------

TEST(a_million_leaves_are_appended_in_well_below_a_second)
{
    enum { MILLION = 1000000 };
    struct edge e;
    struct timespec from, to;
    edge_init(&e);
    leaves_make();
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < MILLION; i++)
        edge_append(&e, &leaves[i & 127]);
    struct digest root = edge_root(&e);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double s = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    print_message("edge: %d appends in %.3f s, root %02x%02x\n", MILLION, s, root.octets[0],
                  root.octets[1]);
#ifndef __SANITIZE_ADDRESS__
    EXPECT(s < 5.0); // a loaded machine under other work; alone it takes about 0.15 s
#endif
}

TEST(a_leaf_behind_its_prefix_is_the_same_leaf)
{
    uint8_t room[1 + 300];
    for (size_t len = 0; len <= 300; len += 7) {
        memset(room, 0x5a, sizeof room);
        struct digest apart = merkle_leaf(bytes_of(room + 1, len));
        struct digest behind = merkle_leaf_behind(room, len);
        EXPECT(digest_eq(&apart, &behind));
    }
}

TEST(folding_a_level_gives_the_root_of_its_leaves)
{
    for (size_t width = 1; width <= TILE_WIDTH; width *= 2) {
        struct arena a;
        arena_init(&a, 1u << 20);
        struct digest *level = made_leaves(&a, width, width);
        struct digest root = made_root(level, width);
        struct digest folded = merkle_fold(level, width);
        EXPECT(digest_eq(&folded, &root));
        arena_release(&a);
    }
}
