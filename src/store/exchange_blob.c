// store/exchange_blob.c - see exchange_blob.h.
#include "store/exchange_blob.h"

#include "store/stmt.h"

// -- heads ------------------------------------------------------------------------------------
static bool find_blob(struct txn *txn, const struct digest *hash, bool *ret_found,
                      struct exchange_blob *ret, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_BLOB_GET);
    stmt_bind_digest(&s, 1, hash);
    if (!stmt_find(&s, &found, err))
        return false;
    *ret_found = found;
    if (!found)
        return true;
    struct exchange_blob row = {.hash = *hash,
                                .size = stmt_count(&s, 0),
                                .have = stmt_count(&s, 1),
                                .complete = stmt_small(&s, 2, 1) == 1};
    if (!stmt_done(&s, err))
        return false;
    *ret = row;
    return true;
}

bool exchange_blob_get(struct txn *txn, const struct digest *hash, struct exchange_blob *ret,
                       struct err *err)
{
    bool found = false;
    if (!find_blob(txn, hash, &found, ret, err))
        return false;
    return found ? true : err_set(err, ERR_NOT_FOUND, NULL, "this blob is not held here");
}

bool exchange_blob_start(struct txn *txn, const struct digest *hash, uint64_t size,
                         struct exchange_blob *ret, struct err *err)
{
    bool found = false;
    struct exchange_blob row = {.hash = *hash, .size = size};
    if (size == 0 || size > BLOB_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a blob has 1 to %llu octets",
                       (unsigned long long)BLOB_BYTES_MAX);
    if (!find_blob(txn, hash, &found, &row, err))
        return false;
    if (found && row.size != size)
        return err_set(err, ERR_CONFLICT, NULL, "this blob was announced with %llu octets",
                       (unsigned long long)row.size);
    struct stmt s = txn_stmt(txn, SQL_BLOB_START);
    stmt_bind_digest(&s, 1, hash);
    stmt_bind_count(&s, 2, size);
    if (!found && !stmt_run(&s, err))
        return false;
    *ret = row;
    return true;
}

static bool put_head(struct txn *txn, const struct exchange_blob *blob, uint64_t was,
                     struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_BLOB_GROW);
    stmt_bind_digest(&s, 1, &blob->hash);
    stmt_bind_count(&s, 2, was);
    stmt_bind_count(&s, 3, blob->have);
    stmt_bind_int(&s, 4, blob->complete);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

// -- reading ----------------------------------------------------------------------------------
struct span {
    uint64_t from, to, next; // octets asked for, and the offset reached
    exchange_blob_each *each;
    void *context;
};
static bool span_row(struct stmt *s, void *context, struct err *err)
{
    struct span *span = context;
    uint64_t start = stmt_count(s, 0) * BLOB_CHUNK_BYTES;
    struct bytes octets = stmt_bytes(s, 1);
    uint64_t end = start + octets.len;
    if (!stmt_fits(s, err))
        return false;
    if (start > span->next || end <= span->next)
        return err_set(err, ERR_TAMPERED, NULL, "octets are missing from a stored blob");
    size_t skip = (size_t)(span->next - start);
    size_t len = (size_t)((end < span->to ? end : span->to) - span->next);
    struct bytes part = {octets.ptr + skip, len};
    if (!span->each(span->context, span->next, part, err))
        return false;
    span->next += len;
    return true;
}

static bool read_span(struct txn *txn, const struct digest *hash, struct span *span,
                      struct err *err)
{
    if (span->from == span->to)
        return true;
    struct stmt s = txn_stmt(txn, SQL_BLOB_CHUNKS);
    stmt_bind_digest(&s, 1, hash);
    stmt_bind_count(&s, 2, span->from / BLOB_CHUNK_BYTES);
    stmt_bind_count(&s, 3, (span->to - 1) / BLOB_CHUNK_BYTES);
    if (!stmt_each(&s, span_row, span, err))
        return false;
    return span->next == span->to
               ? true
               : err_set(err, ERR_TAMPERED, NULL, "octets are missing from a stored blob");
}

bool exchange_blob_read(struct txn *txn, const struct digest *hash, uint64_t from, uint64_t size,
                        exchange_blob_each *each, void *context, struct err *err)
{
    struct exchange_blob blob;
    if (!exchange_blob_get(txn, hash, &blob, err))
        return false;
    if (from > blob.have || size > blob.have - from)
        return err_set(err, ERR_LIMIT, NULL, "only %llu octets of this blob are here",
                       (unsigned long long)blob.have);
    struct span span = {from, from + size, from, each, context};
    return read_span(txn, hash, &span, err);
}

static bool gather(void *context, uint64_t offset, struct bytes octets, struct err *err)
{
    struct writer *w = context;
    CHECK(w->len == offset);
    writer_put(w, octets);
    return w->full ? err_set(err, ERR_LIMIT, NULL, "a blob longer than it said") : true;
}

bool exchange_blob_whole(struct txn *txn, const struct digest *hash, size_t max, struct arena *a,
                         struct bytes *ret, struct err *err)
{
    struct exchange_blob blob;
    if (!exchange_blob_get(txn, hash, &blob, err))
        return false;
    if (!blob.complete)
        return err_set(err, ERR_NOT_FOUND, NULL, "this blob is not complete yet");
    if (blob.size > max)
        return err_set(err, ERR_LIMIT, NULL, "this blob has %llu octets",
                       (unsigned long long)blob.size);
    uint8_t *octets = arena_new(a, uint8_t, (size_t)blob.size);
    if (octets == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for a blob of %llu octets",
                       (unsigned long long)blob.size);
    struct writer w = writer_of(octets, (size_t)blob.size);
    if (!exchange_blob_read(txn, hash, 0, blob.size, gather, &w, err))
        return false;
    *ret = writer_bytes(&w);
    return true;
}

// -- growing ----------------------------------------------------------------------------------
static bool put_chunk(struct txn *txn, const struct digest *hash, uint64_t n, struct bytes octets,
                      struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_BLOB_CHUNK_PUT);
    stmt_bind_digest(&s, 1, hash);
    stmt_bind_count(&s, 2, n);
    stmt_bind_bytes(&s, 3, octets);
    return stmt_run(&s, err);
}

// What the last, partial chunk holds already.
static bool get_partial(struct txn *txn, const struct exchange_blob *blob, struct writer *w,
                        struct err *err)
{
    uint64_t held = blob->have % BLOB_CHUNK_BYTES;
    if (held == 0)
        return true;
    struct stmt s = txn_stmt(txn, SQL_BLOB_CHUNK_GET);
    stmt_bind_digest(&s, 1, &blob->hash);
    stmt_bind_count(&s, 2, blob->have / BLOB_CHUNK_BYTES);
    if (!stmt_run_one(&s, err))
        return false;
    struct bytes octets = stmt_bytes(&s, 0);
    bool fits = octets.len == held;
    if (fits)
        writer_put(w, octets);
    if (!stmt_done(&s, err))
        return false;
    return fits ? true : err_set(err, ERR_TAMPERED, NULL, "a stored chunk has another length");
}

static bool put_all(struct txn *txn, struct exchange_blob *blob, struct bytes more, struct err *err)
{
    uint8_t storage[BLOB_CHUNK_BYTES];
    struct writer chunk = writer_of(storage, sizeof storage);
    struct reader r = reader_of(more);
    if (!get_partial(txn, blob, &chunk, err))
        return false;
    while (!reader_done(&r)) {
        size_t room = BLOB_CHUNK_BYTES - chunk.len;
        struct bytes part = reader_take(&r, r.rest.len < room ? r.rest.len : room);
        uint64_t n = blob->have / BLOB_CHUNK_BYTES;
        writer_put(&chunk, part);
        CHECK(!chunk.full);
        if (!put_chunk(txn, &blob->hash, n, writer_bytes(&chunk), err))
            return false;
        blob->have += part.len;
        chunk.len = chunk.len == BLOB_CHUNK_BYTES ? 0 : chunk.len;
    }
    return true;
}

static bool hash_part(void *context, uint64_t offset, struct bytes octets, struct err *err)
{
    (void)offset;
    (void)err;
    hash_put(context, octets);
    return true;
}

// The state of the hash is not kept between appends: the whole is read once, at the end.
static bool complete(struct txn *txn, struct exchange_blob *blob, struct err *err)
{
    struct hash h;
    struct span span = {0, blob->size, 0, hash_part, &h};
    hash_init(&h);
    if (!read_span(txn, &blob->hash, &span, err))
        return false;
    struct digest whole = hash_end(&h);
    if (!digest_eq(&whole, &blob->hash))
        return err_set(err, ERR_TAMPERED, NULL, "the blob has another hash");
    blob->complete = true;
    return true;
}

bool exchange_blob_append(struct txn *txn, const struct digest *hash, uint64_t offset,
                          struct bytes more, struct exchange_blob *ret, struct err *err)
{
    struct exchange_blob blob;
    if (!exchange_blob_get(txn, hash, &blob, err))
        return false;
    uint64_t was = blob.have;
    if (blob.complete || offset != was)
        return err_set(err, ERR_CONFLICT, NULL, "%llu octets of this blob are here",
                       (unsigned long long)was);
    if (more.len > blob.size - was)
        return err_set(err, ERR_LIMIT, NULL, "more octets than the %llu announced",
                       (unsigned long long)blob.size);
    if (!put_all(txn, &blob, more, err))
        return err_wrap(err, "blob");
    if (blob.have == blob.size && !complete(txn, &blob, err))
        return false;
    if (!put_head(txn, &blob, was, err))
        return false;
    *ret = blob;
    return true;
}

bool exchange_blob_put(struct txn *txn, const struct digest *hash, struct bytes octets,
                       struct err *err)
{
    struct exchange_blob blob;
    struct digest real = digest_of(octets);
    if (!digest_eq(&real, hash))
        return err_set(err, ERR_TAMPERED, NULL, "the blob has another hash");
    if (!exchange_blob_start(txn, hash, octets.len, &blob, err))
        return false;
    if (blob.complete)
        return true;
    struct bytes rest = {octets.ptr + blob.have, octets.len - (size_t)blob.have};
    return exchange_blob_append(txn, hash, blob.have, rest, &blob, err);
}

bool exchange_blob_erase(struct txn *txn, const struct digest *hash, struct err *err)
{
    static const enum sql steps[] = {SQL_BLOB_ERASE_CHUNKS, SQL_BLOB_ERASE_READERS,
                                     SQL_BLOB_ERASE_OFFERS, SQL_BLOB_ERASE_HEAD};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct stmt s = txn_stmt(txn, steps[i]);
        stmt_bind_digest(&s, 1, hash);
        if (!stmt_run(&s, err))
            return false;
    }
    return true;
}

// -- who may fetch ----------------------------------------------------------------------------
bool exchange_reader_add(struct txn *txn, const struct digest *hash, struct str origin,
                         struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_READER_ADD);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_digest(&s, 2, hash);
    return stmt_run(&s, err);
}

bool exchange_reader_may(struct txn *txn, const struct digest *hash, struct str origin,
                         bool *ret_may, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_READER_MAY);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_digest(&s, 2, hash);
    if (!stmt_find(&s, &found, err) || !stmt_done(&s, err))
        return false;
    *ret_may = found;
    return true;
}

bool exchange_reader_bytes(struct txn *txn, struct str origin, uint64_t *ret_bytes, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_READER_BYTES);
    stmt_bind_str(&s, 1, origin);
    if (!stmt_run_one(&s, err))
        return false;
    *ret_bytes = stmt_count(&s, 0);
    return stmt_done(&s, err);
}
