#include "log/merkle.h"

static const char clause_inclusion[] = "RFC 9162 2.1.3.2";
static const char clause_consistency[] = "RFC 9162 2.1.4.2";
static const char clause_subtree[] = "merkle-tree-certs 4.4";

// -- inclusion -------------------------------------------------------------------------------

// The root that a path leads to, by the loop of RFC 9162 2.1.3.2; false for a wrong length.
static bool inclusion_root(struct digest leaf, uint64_t index, uint64_t size, struct proof proof,
                           struct digest *ret)
{
    uint64_t fn = index, sn = size - 1;
    struct digest r = leaf;
    for (size_t i = 0; i < proof.count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            r = merkle_node(&proof.path[i], &r);
            for (; !(fn & 1) && fn != 0; sn >>= 1)
                fn >>= 1;
        } else {
            r = merkle_node(&r, &proof.path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    *ret = r;
    return sn == 0;
}

bool merkle_check_inclusion(struct digest leaf, struct leaf_index index, struct tree_size size,
                            struct proof proof, struct digest root, struct err *err)
{
    struct digest led_to;
    if (index.n >= size.n)
        return err_set(err, ERR_MALFORMED, clause_inclusion,
                       "index %llu is not in a tree of %llu entries", (unsigned long long)index.n,
                       (unsigned long long)size.n);
    if (!inclusion_root(leaf, index.n, size.n, proof, &led_to))
        return err_set(err, ERR_MALFORMED, clause_inclusion,
                       "an inclusion proof of %zu hashes has the wrong length", proof.count);
    if (!digest_eq(&led_to, &root))
        return err_set(err, ERR_TAMPERED, clause_inclusion,
                       "the inclusion proof leads to another root");
    return true;
}

// -- subtrees --------------------------------------------------------------------------------

static unsigned bit_width(uint64_t n)
{
    return n == 0 ? 0 : 64 - (unsigned)__builtin_clzll(n);
}

bool merkle_subtree_valid(struct subtree s)
{
    if (s.start > s.end)
        return false;
    if (s.start == 0 || s.start == s.end)
        return true;
    unsigned width = bit_width(s.end - s.start - 1); // the smallest power of two is 2^width
    return width < 64 && (s.start & ((UINT64_C(1) << width) - 1)) == 0;
}

size_t merkle_cover(uint64_t start, uint64_t end, struct subtree ret[2])
{
    CHECK(start <= end);
    if (end - start <= 1) {
        ret[0] = (struct subtree){start, end};
        return 1;
    }
    // The paths to the first and the last entry part at bit `split`.
    uint64_t last = end - 1;
    CHECK((start ^ last) != 0);
    unsigned split = bit_width(start ^ last) - 1;
    uint64_t mask = (UINT64_C(1) << split) - 1;
    uint64_t middle = last & ~mask;
    unsigned left_split = bit_width(~start & mask);
    ret[0] = (struct subtree){start & ~((UINT64_C(1) << left_split) - 1), middle};
    ret[1] = (struct subtree){middle, end};
    CHECK(merkle_subtree_valid(ret[0]));
    CHECK(merkle_subtree_valid(ret[1]));
    return 2;
}

bool merkle_check_subtree_inclusion(struct digest leaf, struct leaf_index index, struct subtree s,
                                    struct proof proof, struct digest hash, struct err *err)
{
    if (!merkle_subtree_valid(s))
        return err_set(err, ERR_MALFORMED, clause_subtree, "not a subtree");
    if (index.n < s.start || index.n >= s.end)
        return err_set(err, ERR_MALFORMED, clause_subtree, "the entry is not in the subtree");
    return merkle_check_inclusion(leaf, (struct leaf_index){index.n - s.start},
                                  (struct tree_size){s.end - s.start}, proof, hash, err);
}

// -- consistency -----------------------------------------------------------------------------

// The three numbers of the draft's loop: first and last entry of the subtree, last of the tree.
struct walk {
    uint64_t fn, sn, tn;
};
static void walk_up(struct walk *w)
{
    w->fn >>= 1;
    w->sn >>= 1;
    w->tn >>= 1;
}

// Up past every level where the subtree's last entry is a left child.
static void walk_to_right_child(struct walk *w)
{
    while (!(w->sn & 1))
        walk_up(w);
}

// To the level where the proof begins: up to where the subtree ends in a complete part. True when
// that part is the whole subtree, whose hash the checker knows.
static bool walk_begin(struct walk *w)
{
    while (w->fn != w->sn && (w->sn == w->tn || (w->sn & 1)))
        walk_up(w);
    return w->fn == w->sn;
}

// Climbs from the subtree's last complete part to both roots: `fr` grows to the subtree's, `sr` to
// the tree's. With start 0 this is the loop of RFC 9162 2.1.4.2. False for a wrong length.
static bool subtree_roots(struct subtree s, struct digest hash, uint64_t size, struct proof proof,
                          struct digest ret_roots[2])
{
    struct walk w = {s.start, s.end - 1, size - 1};
    struct digest fr = hash, sr;
    size_t i = 0;
    if (!walk_begin(&w)) {
        if (proof.count == 0)
            return false;
        fr = proof.path[i++];
    }
    sr = fr;
    for (; i < proof.count && w.tn != 0; i++) {
        if ((w.sn & 1) || w.sn == w.tn) {
            if (w.fn < w.sn)
                fr = merkle_node(&proof.path[i], &fr);
            sr = merkle_node(&proof.path[i], &sr);
            walk_to_right_child(&w);
        } else {
            sr = merkle_node(&sr, &proof.path[i]);
        }
        walk_up(&w);
    }
    ret_roots[0] = fr;
    ret_roots[1] = sr;
    return w.tn == 0 && i == proof.count;
}

static bool subtree_check(struct subtree s, struct digest hash, uint64_t size, struct digest root,
                          struct proof proof, const char *clause, struct err *err)
{
    struct digest led_to[2];
    if (!subtree_roots(s, hash, size, proof, led_to))
        return err_set(err, ERR_MALFORMED, clause,
                       "a consistency proof of %zu hashes has the wrong length", proof.count);
    if (!digest_eq(&led_to[0], &hash) || !digest_eq(&led_to[1], &root))
        return err_set(err, ERR_TAMPERED, clause, "the consistency proof leads to another root");
    return true;
}

bool merkle_check_subtree(struct subtree s, struct digest hash, struct tree_size size,
                          struct digest root, struct proof proof, struct err *err)
{
    if (!merkle_subtree_valid(s) || s.start == s.end)
        return err_set(err, ERR_MALFORMED, clause_subtree, "not a subtree, or an empty one");
    if (s.end > size.n)
        return err_set(err, ERR_MALFORMED, clause_subtree, "the subtree ends behind the tree");
    return subtree_check(s, hash, size.n, root, proof, clause_subtree, err);
}

bool merkle_check_consistency(struct tree_size from, struct digest from_root, struct tree_size to,
                              struct digest to_root, struct proof proof, struct err *err)
{
    struct digest empty = merkle_empty();
    if (from.n > to.n)
        return err_set(err, ERR_MALFORMED, clause_consistency,
                       "a tree of %llu entries does not begin with one of %llu",
                       (unsigned long long)to.n, (unsigned long long)from.n);
    if ((from.n == 0 && !digest_eq(&from_root, &empty)) ||
        (to.n == 0 && !digest_eq(&to_root, &empty)))
        return err_set(err, ERR_TAMPERED, clause_consistency,
                       "the root of no entries is not that of the empty tree");
    if ((from.n == 0 || from.n == to.n) && proof.count != 0)
        return err_set(err, ERR_MALFORMED, clause_consistency,
                       "a consistency proof of %zu hashes where none is needed", proof.count);
    if (from.n == 0)
        return true;
    return subtree_check((struct subtree){0, from.n}, from_root, to.n, to_root, proof,
                         clause_consistency, err);
}
