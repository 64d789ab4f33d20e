// crypto/age_stream.c - see age_stream.h.
#include "crypto/age_stream.h"

#include "base/limits.h"

#include <sodium.h>

_Static_assert(AGE_TAG_BYTES == crypto_aead_chacha20poly1305_ietf_ABYTES, "tag");

enum { CHUNK_NONCE_BYTES = 12, SEALED_CHUNK_BYTES = AGE_CHUNK_BYTES + AGE_TAG_BYTES };
static const char clause[] = "C2SP age v1, payload";

struct age_stream_work {
    struct age_file_key file_key; // until the nonce is known
    uint8_t payload_key[crypto_aead_chacha20poly1305_ietf_KEYBYTES];
    uint8_t nonce[AGE_NONCE_BYTES];
    uint64_t chunk_index;
    size_t nonce_have, have;           // octets of nonce and of chunk
    uint8_t chunk[SEALED_CHUNK_BYTES]; // sealed and opened in place
};

static struct age_stream_work *work_of(struct age_stream *s)
{
    CHECK(s->locked.len == sizeof(struct age_stream_work));
    return (struct age_stream_work *)(void *)s->locked.ptr; // at the start of a block, aligned
}

// sodium_malloc ends its block at a guard page, so a block is aligned when its size is a multiple
// of its alignment, as every sizeof is.
_Static_assert(sizeof(struct age_stream_work) % _Alignof(struct age_stream_work) == 0, "aligned");

static void stream_init(struct age_stream *s, const struct age_file_key *key, struct age_sink sink,
                        bool sealing)
{
    *s = (struct age_stream){.sink = sink, .sealing = sealing};
    secret_init(&s->locked, sizeof(struct age_stream_work));
    work_of(s)->file_key = *key;
}

static void payload_key_make(struct age_stream_work *work)
{
    CHECK(work->nonce_have == AGE_NONCE_BYTES);
    hkdf_sha256(bytes_of(work->file_key.octets, AGE_FILE_KEY_BYTES),
                bytes_of(work->nonce, AGE_NONCE_BYTES), str_bytes(STR("payload")),
                work->payload_key, sizeof work->payload_key);
    secret_wipe(&work->file_key, sizeof work->file_key);
}

static void chunk_nonce(const struct age_stream_work *work, bool last,
                        uint8_t ret[CHUNK_NONCE_BYTES])
{
    struct writer w = writer_of(ret, CHUNK_NONCE_BYTES);
    writer_u8(&w, 0); // the counter has 88 bits, of which we need 64
    writer_u16(&w, 0);
    writer_u64(&w, work->chunk_index);
    writer_u8(&w, last ? 1 : 0);
    CHECK(w.len == CHUNK_NONCE_BYTES);
}

static bool chunk_seal(struct age_stream *s, bool last, struct err *err)
{
    struct age_stream_work *work = work_of(s);
    uint8_t nonce[CHUNK_NONCE_BYTES];
    unsigned long long size = 0;
    chunk_nonce(work, last, nonce);
    CHECK(work->have <= AGE_CHUNK_BYTES);
    CHECK(crypto_aead_chacha20poly1305_ietf_encrypt(work->chunk, &size, work->chunk, work->have,
                                                    NULL, 0, NULL, nonce, work->payload_key) == 0);
    work->chunk_index++;
    work->have = 0;
    return s->sink.put(s->sink.context, bytes_of(work->chunk, (size_t)size), err);
}

static bool chunk_open(struct age_stream *s, bool last, struct err *err)
{
    struct age_stream_work *work = work_of(s);
    uint8_t nonce[CHUNK_NONCE_BYTES];
    if (work->have < AGE_TAG_BYTES)
        return err_set(err, ERR_TAMPERED, clause, "the payload ends within a chunk's tag");
    size_t size = work->have - AGE_TAG_BYTES;
    if (size == 0 && work->chunk_index > 0)
        return err_set(err, ERR_TAMPERED, clause, "the last chunk is empty, but the file is not");
    chunk_nonce(work, last, nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(work->chunk, NULL, NULL, work->chunk, work->have,
                                                  NULL, 0, nonce, work->payload_key) != 0)
        return err_set(err, ERR_TAMPERED, clause,
                       "chunk %llu was changed, cut short, or is not where it belongs",
                       (unsigned long long)work->chunk_index);
    work->chunk_index++;
    work->have = 0;
    return size == 0 || s->sink.put(s->sink.context, bytes_of(work->chunk, size), err);
}

bool age_stream_seal(struct age_stream *ret_owned, struct world *w, const struct age_file_key *key,
                     struct age_sink sink, struct err *err)
{
    struct age_stream s;
    stream_init(&s, key, sink, true);
    struct age_stream_work *work = work_of(&s);
    world_random(w, work->nonce, AGE_NONCE_BYTES);
    work->nonce_have = AGE_NONCE_BYTES;
    payload_key_make(work);
    if (!sink.put(sink.context, bytes_of(work->nonce, AGE_NONCE_BYTES), err)) {
        age_stream_release(&s);
        return false;
    }
    *ret_owned = s;
    return true;
}

void age_stream_open(struct age_stream *ret_owned, const struct age_file_key *key,
                     struct age_sink sink)
{
    stream_init(ret_owned, key, sink, false);
}

static void take(struct bytes *piece, uint8_t *to, size_t *have, size_t want)
{
    size_t part = want - *have < piece->len ? want - *have : piece->len;
    memcpy(to + *have, piece->ptr, part);
    *have += part;
    piece->ptr += part;
    piece->len -= part;
}

static bool take_nonce(struct age_stream_work *work, struct bytes *piece)
{
    take(piece, work->nonce, &work->nonce_have, AGE_NONCE_BYTES);
    if (work->nonce_have < AGE_NONCE_BYTES)
        return false;
    payload_key_make(work);
    return true;
}

bool age_stream_put(struct age_stream *s, struct bytes piece, struct err *err)
{
    struct age_stream_work *work = work_of(s);
    size_t full = s->sealing ? AGE_CHUNK_BYTES : SEALED_CHUNK_BYTES;
    CHECK(!s->ended);
    if (s->failed)
        return err_set(err, ERR_TAMPERED, clause, "this stream has failed before");
    if (piece.len > 0 && work->nonce_have < AGE_NONCE_BYTES && !take_nonce(work, &piece))
        return true;
    while (piece.len > 0) {
        // A full chunk waits for what comes next: if anything does, it was not the last.
        if (work->have == full &&
            !(s->sealing ? chunk_seal(s, false, err) : chunk_open(s, false, err))) {
            s->failed = true;
            return false;
        }
        take(&piece, work->chunk, &work->have, full);
    }
    return true;
}

bool age_stream_end(struct age_stream *s, struct err *err)
{
    struct age_stream_work *work = work_of(s);
    CHECK(!s->ended);
    if (s->failed)
        return err_set(err, ERR_TAMPERED, clause, "this stream has failed before");
    s->failed = true; // until proven otherwise
    if (work->nonce_have < AGE_NONCE_BYTES)
        return err_set(err, ERR_MALFORMED, clause, "the file ends within the payload's nonce");
    if (!(s->sealing ? chunk_seal(s, true, err) : chunk_open(s, true, err)))
        return false;
    s->failed = false;
    s->ended = true;
    return true;
}

void age_stream_release(struct age_stream *s)
{
    if (s == NULL)
        return;
    secret_release(&s->locked);
    *s = (struct age_stream){0};
}
