#include "log/tile.h"

static const char clause[] = "RFC 9162 2.1";

// The largest power of two below n, for n > 1.
static uint64_t split_of(uint64_t n)
{
    CHECK(n > 1);
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

bool merkle_subtree_hash(struct tile_source *from, struct subtree s, struct digest *ret,
                         struct err *err)
{
    CHECK(merkle_subtree_valid(s));
    uint64_t count = s.end - s.start;
    struct digest root = merkle_empty(), node;
    bool begun = false;
    // One complete node per set bit of the count, from the right.
    for (unsigned level = 0; level < EDGE_LEVELS; level++) {
        if (!(count >> level & 1))
            continue;
        uint64_t start = s.start + (count >> level >> 1 << 1 << level);
        if (!tile_source_node(from, level, start >> level, &node, err))
            return false;
        root = begun ? merkle_node(&node, &root) : node;
        begun = true;
    }
    *ret = root;
    return true;
}

// A proof is found from the root down and told from the leaf up.
struct path {
    struct subtree parts[PROOF_HASHES_MAX + 1];
    size_t count;
};

static void path_put(struct path *p, uint64_t start, uint64_t end)
{
    CHECK(p->count <= PROOF_HASHES_MAX);
    p->parts[p->count++] = (struct subtree){start, end};
}

static bool path_hashes(const struct path *p, struct tile_source *from, struct proof_made *ret,
                        struct err *err)
{
    struct proof_made made;
    for (size_t i = 0; i < p->count; i++)
        if (!merkle_subtree_hash(from, p->parts[p->count - 1 - i], &made.path[i], err))
            return false;
    made.count = p->count;
    *ret = made;
    return true;
}

bool merkle_make_subtree_inclusion(struct tile_source *from, struct leaf_index index,
                                   struct subtree s, struct proof_made *ret, struct err *err)
{
    struct path p = {.count = 0};
    uint64_t start = s.start, end = s.end;
    if (!merkle_subtree_valid(s) || index.n < start || index.n >= end || end > TREE_SIZE_MAX)
        return err_set(err, ERR_MALFORMED, clause, "entry %llu is not in the subtree asked for",
                       (unsigned long long)index.n);
    while (end - start > 1) {
        uint64_t middle = start + split_of(end - start);
        if (index.n < middle) {
            path_put(&p, middle, end);
            end = middle;
        } else {
            path_put(&p, start, middle);
            start = middle;
        }
    }
    return path_hashes(&p, from, ret, err);
}

bool merkle_make_inclusion(struct tile_source *from, struct leaf_index index, struct tree_size size,
                           struct proof_made *ret, struct err *err)
{
    return merkle_make_subtree_inclusion(from, index, (struct subtree){0, size.n}, ret, err);
}

bool merkle_make_subtree(struct tile_source *from, struct subtree s, struct tree_size size,
                         struct proof_made *ret, struct err *err)
{
    struct path p = {.count = 0};
    uint64_t low = 0, high = size.n;
    bool known = true; // does the checker know the hash of what is left?
    if (!merkle_subtree_valid(s) || s.end > size.n || size.n > TREE_SIZE_MAX)
        return err_set(err, ERR_MALFORMED, clause, "not a subtree of %llu entries",
                       (unsigned long long)size.n);
    if (s.start == s.end)
        return path_hashes(&p, from, ret, err); // the empty tree begins every tree
    while (s.start != low || s.end != high) {
        uint64_t middle = low + split_of(high - low);
        if (s.end <= middle) {
            path_put(&p, middle, high);
            high = middle;
            continue;
        }
        path_put(&p, low, middle);
        if (s.start < middle) { // the subtree spans the middle: being valid, it begins at `low`
            s.start = middle;
            known = false;
        }
        low = middle;
    }
    if (!known)
        path_put(&p, low, high);
    return path_hashes(&p, from, ret, err);
}

bool merkle_make_consistency(struct tile_source *from, struct tree_size old, struct tree_size size,
                             struct proof_made *ret, struct err *err)
{
    return merkle_make_subtree(from, (struct subtree){0, old.n}, size, ret, err);
}
