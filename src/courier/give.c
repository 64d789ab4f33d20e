#include "courier/give.h"

#include "store/exchange_blob.h"

bool give_may(struct view *v, struct str partner, const struct digest *hash, uint64_t *ret_size,
              struct err *err)
{
    struct txn txn = {0};
    struct exchange_blob blob;
    bool may = false;
    struct err why = {0};
    bool found = db_begin(v->exchange, &txn, &why) &&
                 exchange_reader_may(&txn, hash, partner, &may, &why) && may &&
                 exchange_blob_get(&txn, hash, &blob, &why) && blob.complete;
    txn_release(&txn);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such blob");
    *ret_size = blob.size;
    return true;
}

bool give_part(struct view *v, struct str partner, const struct digest *hash, uint64_t *ret_have)
{
    struct txn txn = {0};
    struct exchange_blob blob;
    bool may = false;
    struct err why = {0};
    bool found = db_begin(v->exchange, &txn, &why) &&
                 exchange_reader_may(&txn, hash, partner, &may, &why) && may &&
                 exchange_blob_get(&txn, hash, &blob, &why) && !blob.complete;
    txn_release(&txn);
    if (found)
        *ret_have = blob.have;
    return found;
}

struct piece {
    uint8_t *to;
    size_t cap, count;
};

static bool take_piece(void *context, uint64_t offset, struct bytes octets, struct err *err)
{
    struct piece *p = context;
    (void)offset;
    (void)err;
    CHECK(octets.len <= p->cap - p->count);
    memcpy(p->to + p->count, octets.ptr, octets.len);
    p->count += octets.len;
    return true;
}

bool give_read(struct view *v, const struct digest *hash, uint64_t offset, void *to, size_t cap,
               size_t *ret_count, struct err *err)
{
    struct txn txn = {0};
    struct exchange_blob blob;
    struct piece p = {.to = to, .cap = cap};
    bool done = db_begin(v->exchange, &txn, err) && exchange_blob_get(&txn, hash, &blob, err);
    if (done) {
        uint64_t left = blob.size > offset ? blob.size - offset : 0;
        done = exchange_blob_read(&txn, hash, offset, left < cap ? left : cap, take_piece, &p, err);
    }
    txn_release(&txn);
    if (done && p.count == 0)
        done = err_set(err, ERR_LIMIT, NULL, "the blob ends before");
    if (done)
        *ret_count = p.count;
    return done;
}

// -- many at once --------------------------------------------------------------------------------
static bool put_one(struct txn *txn, struct str partner, const struct digest *hash,
                    struct buffer *out, struct err *err)
{
    struct exchange_blob blob = {.have = 0};
    struct arena a;
    struct bytes octets = {0};
    bool may = false;
    struct err why = {0};
    if (!exchange_reader_may(txn, hash, partner, &may, err))
        return false;
    bool gives = may && exchange_blob_get(txn, hash, &blob, &why) && blob.complete &&
                 blob.size <= GIVE_SMALL_BYTES;
    arena_init(&a, (size_t)2 * GIVE_SMALL_BYTES);
    bool done = !gives || exchange_blob_whole(txn, hash, GIVE_SMALL_BYTES, &a, &octets, err);
    if (done)
        buffer_block32(out, octets);
    arena_release(&a);
    return done;
}

bool give_many(struct view *v, struct str partner, struct bytes hashes, struct arena *a,
               struct bytes *ret, struct err *err)
{
    struct txn txn = {0};
    struct buffer out;
    struct reader r = reader_of(hashes);
    if (hashes.len == 0 || hashes.len % DIGEST_BYTES != 0)
        return err_set(err, ERR_MALFORMED, "courier/give.h", "a question is made of hashes");
    if (hashes.len > (size_t)GIVE_MANY_MAX * DIGEST_BYTES)
        return err_set(err, ERR_LIMIT, "courier/give.h", "more than %d hashes", GIVE_MANY_MAX);
    buffer_init(&out, a, GIVE_MANY_BYTES_MAX);
    bool done = db_begin(v->exchange, &txn, err);
    while (done && r.rest.len > 0 && out.cap_max - out.len > GIVE_SMALL_BYTES + sizeof(uint32_t)) {
        struct digest hash;
        reader_copy(&r, hash.octets, sizeof hash.octets);
        done = put_one(&txn, partner, &hash, &out, err);
    }
    txn_release(&txn);
    return done && buffer_take(&out, ret, err);
}
