// log/merkle.h - the Merkle tree over a State's entries.
//
// Holds: leaf and node hashes, the right edge, roots, proofs of inclusion and of consistency.
// Knows nothing of: storage, signatures, records. It hashes what it is given.
// Source: RFC 6962 section 2.1 (prefix 0x00 for leaves, 0x01 for nodes); RFC 9162 section 2.1;
// subtrees: draft-ietf-plants-merkle-tree-certs sections 4.1 to 4.5.
#ifndef LOG_MERKLE_H
#define LOG_MERKLE_H
#include "base/limits.h"
#include "crypto/hash.h"

struct leaf_index {
    uint64_t n;
}; // 0-based position of an entry
struct tree_size {
    uint64_t n;
}; // number of entries; 0 is the empty tree; below 2^63
struct proof {
    const struct digest *path;
    size_t count;
}; // leaf side first; borrowed
struct proof_made {
    struct digest path[PROOF_HASHES_MAX + 1];
    size_t count;
}; // caller's storage
static inline struct proof proof_of(const struct proof_made *made)
{
    return (struct proof){made->path, made->count};
}

// -- hashes ----------------------------------------------------------------------------------
struct digest merkle_leaf(struct bytes entry);
// The same for an entry that stands behind one free octet, which becomes the prefix: hashing one
// piece is a twentieth faster than two.
struct digest merkle_leaf_behind(uint8_t *prefix, size_t entry_bytes);
struct digest merkle_node(const struct digest *left, const struct digest *right);
struct digest merkle_empty(void); // the root of no entries: SHA-256 of nothing
// The root over `width` hashes of one level, a power of two; the hashes are used up.
struct digest merkle_fold(struct digest *hashes, size_t width);

// -- the right edge: all a replica needs to extend a tree and know its root -----------------------
enum { EDGE_LEVELS = 63, EDGE_BYTES_MAX = 8 + EDGE_LEVELS * DIGEST_BYTES };
struct edge {
    struct tree_size size;
    struct digest
        at[EDGE_LEVELS]; // at[l]: the complete subtree of 2^l leaves, if bit l of size is set
};
// Called for every node that an append completes, the leaf first (level 0).
typedef void edge_visit(void *context, unsigned level, uint64_t index, const struct digest *node);

void edge_init(struct edge *e);
void edge_append(struct edge *e, const struct digest *leaf); // a leaf hash
void edge_append_many(struct edge *e, const struct digest *leaves, size_t count);
void edge_append_visit(struct edge *e, const struct digest *leaf, edge_visit *visit, void *context);
struct digest edge_root(const struct edge *e);
// u64 size, then one hash per set bit of the size, the largest subtree first.
void edge_write(const struct edge *e, struct writer *w);
bool edge_read(struct bytes sent, struct edge *ret, struct err *err) MUST_USE;

// -- checking proofs -------------------------------------------------------------------------
// Checks that `leaf` stands at `index` in the tree of `size` entries whose root is `root`.
//   errors  ERR_MALFORMED  index >= size, or a path of the wrong length
//           ERR_TAMPERED   the path leads to another root
//   source  RFC 9162 section 2.1.3.2
bool merkle_check_inclusion(struct digest leaf, struct leaf_index index, struct tree_size size,
                            struct proof proof, struct digest root, struct err *err) MUST_USE;
// Checks that the tree of `to` entries begins with the tree of `from` entries. From 0, and from a
// size to itself, the proof is empty; in the latter case the roots must be equal. The root of the
// empty tree must be merkle_empty().
//   errors  ERR_MALFORMED  from > to, or a path of the wrong length; ERR_TAMPERED  other roots
//   source  RFC 9162 section 2.1.4.2; tlog-witness for size 0
bool merkle_check_consistency(struct tree_size from, struct digest from_root, struct tree_size to,
                              struct digest to_root, struct proof proof, struct err *err) MUST_USE;

struct subtree {
    uint64_t start, end;
}; // entries [start, end)
// start <= end, and start is a multiple of the smallest power of two not below end - start.
bool merkle_subtree_valid(struct subtree s);
// The one or two subtrees that cover [start, end) (the first may begin before start); returns how
// many. Two are always adjoining and the second ends at `end`.
size_t merkle_cover(uint64_t start, uint64_t end, struct subtree ret[2]);
// Inclusion of a leaf of the tree in a valid subtree, whose hash is `hash`.
bool merkle_check_subtree_inclusion(struct digest leaf, struct leaf_index index, struct subtree s,
                                    struct proof proof, struct digest hash,
                                    struct err *err) MUST_USE;
// Checks that the valid, not empty subtree `s` with `hash` is part of the tree of `size` entries.
//   source  draft-ietf-plants-merkle-tree-certs section 4.4
bool merkle_check_subtree(struct subtree s, struct digest hash, struct tree_size size,
                          struct digest root, struct proof proof, struct err *err) MUST_USE;

// -- making proofs, from a source of stored hashes (log/tile.h) -----------------------------------
struct tile_source;
// The hash of the valid subtree [start, end); also the root of a tree ([0, size)).
bool merkle_subtree_hash(struct tile_source *from, struct subtree s, struct digest *ret,
                         struct err *err) MUST_USE;
bool merkle_make_inclusion(struct tile_source *from, struct leaf_index index, struct tree_size size,
                           struct proof_made *ret, struct err *err) MUST_USE;
bool merkle_make_consistency(struct tile_source *from, struct tree_size old, struct tree_size size,
                             struct proof_made *ret, struct err *err) MUST_USE;
bool merkle_make_subtree_inclusion(struct tile_source *from, struct leaf_index index,
                                   struct subtree s, struct proof_made *ret,
                                   struct err *err) MUST_USE;
bool merkle_make_subtree(struct tile_source *from, struct subtree s, struct tree_size size,
                         struct proof_made *ret, struct err *err) MUST_USE;
#endif
