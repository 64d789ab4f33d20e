#include "log/merkle.h"

// A leaf and a node are one hash each; nothing here allocates.
struct digest merkle_leaf(struct bytes entry)
{
    static const uint8_t prefix[1] = {0x00};
    struct hash h;
    hash_init(&h);
    hash_put(&h, bytes_of(prefix, 1));
    hash_put(&h, entry);
    return hash_end(&h);
}

struct digest merkle_leaf_behind(uint8_t *prefix, size_t entry_bytes)
{
    prefix[0] = 0x00;
    return digest_of(bytes_of(prefix, 1 + entry_bytes));
}

struct digest merkle_node(const struct digest *left, const struct digest *right)
{
    uint8_t octets[1 + 2 * DIGEST_BYTES];
    octets[0] = 0x01;
    memcpy(octets + 1, left->octets, DIGEST_BYTES);
    memcpy(octets + 1 + DIGEST_BYTES, right->octets, DIGEST_BYTES);
    return digest_of(bytes_of(octets, sizeof octets));
}

struct digest merkle_empty(void)
{
    return digest_of((struct bytes){0});
}

struct digest merkle_fold(struct digest *hashes, size_t width)
{
    CHECK(width >= 1);
    CHECK((width & (width - 1)) == 0);
    for (; width > 1; width /= 2)
        for (size_t i = 0; i < width / 2; i++)
            hashes[i] = merkle_node(&hashes[2 * i], &hashes[2 * i + 1]);
    return hashes[0];
}

// -- the right edge --------------------------------------------------------------------------

void edge_init(struct edge *e)
{
    e->size.n = 0;
}

void edge_append_visit(struct edge *e, const struct digest *leaf, edge_visit *visit, void *context)
{
    struct digest node = *leaf;
    uint64_t index = e->size.n;
    unsigned level = 0;
    CHECK(e->size.n < TREE_SIZE_MAX);
    if (visit != NULL)
        visit(context, 0, index, &node);
    // Every set bit below the first clear one is a subtree that this leaf completes.
    for (; index & 1; index >>= 1, level++) {
        node = merkle_node(&e->at[level], &node);
        if (visit != NULL)
            visit(context, level + 1, index >> 1, &node);
    }
    CHECK(level < EDGE_LEVELS);
    e->at[level] = node;
    e->size.n++;
}

void edge_append(struct edge *e, const struct digest *leaf)
{
    edge_append_visit(e, leaf, NULL, NULL);
}

void edge_append_many(struct edge *e, const struct digest *leaves, size_t count)
{
    for (size_t i = 0; i < count; i++)
        edge_append_visit(e, &leaves[i], NULL, NULL);
}

struct digest edge_root(const struct edge *e)
{
    struct digest root = {0};
    bool begun = false;
    if (e->size.n == 0)
        return merkle_empty();
    for (unsigned level = 0; level < EDGE_LEVELS; level++) {
        if (!(e->size.n >> level & 1))
            continue;
        root = begun ? merkle_node(&e->at[level], &root) : e->at[level];
        begun = true;
    }
    CHECK(begun);
    return root;
}

void edge_write(const struct edge *e, struct writer *w)
{
    writer_u64(w, e->size.n);
    for (unsigned level = EDGE_LEVELS; level-- > 0;)
        if (e->size.n >> level & 1)
            writer_put(w, bytes_of(e->at[level].octets, DIGEST_BYTES));
}

bool edge_read(struct bytes sent, struct edge *ret, struct err *err)
{
    struct reader r = reader_of(sent);
    struct edge e;
    edge_init(&e);
    e.size.n = reader_u64(&r);
    if (e.size.n > TREE_SIZE_MAX)
        return err_set(err, ERR_MALFORMED, NULL, "a right edge of more than 2^63-1 entries");
    for (unsigned level = EDGE_LEVELS; level-- > 0;)
        if (e.size.n >> level & 1)
            reader_copy(&r, e.at[level].octets, DIGEST_BYTES);
    if (!reader_done(&r))
        return err_set(err, ERR_MALFORMED, NULL,
                       "a right edge is not one hash per bit of its size");
    *ret = e;
    return true;
}
