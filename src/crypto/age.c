// crypto/age.c - see age.h.
#include "crypto/age.h"

#include "base/limits.h"

uint64_t age_file_size(uint64_t plain_bytes, size_t recipients)
{
    uint64_t chunks = plain_bytes == 0 ? 1 : (plain_bytes - 1) / AGE_CHUNK_BYTES + 1;
    return AGE_HEADER_FIXED_BYTES + (uint64_t)AGE_STANZA_BYTES * recipients + AGE_NONCE_BYTES +
           plain_bytes + AGE_TAG_BYTES * chunks;
}

// Makes the header in a scratch arena and puts it into the sink.
static bool header_put(struct world *w, const struct age_file_key *key,
                       const struct age_recipient *recipients, size_t count, struct age_sink sink,
                       struct err *err)
{
    struct arena scratch;
    struct buffer header;
    arena_init(&scratch, (size_t)AGE_HEADER_BYTES_MAX * 4);
    buffer_init(&header, &scratch, AGE_HEADER_BYTES_MAX);
    bool done = age_header_make(w, key, recipients, count, &header, err) &&
                sink.put(sink.context, buffer_bytes(&header), err);
    arena_release(&scratch);
    return done;
}

bool age_file_seal_begin(struct age_stream *ret_owned, struct world *w,
                         const struct age_recipient *recipients, size_t count, struct age_sink sink,
                         struct err *err)
{
    struct age_file_key key;
    world_random(w, key.octets, sizeof key.octets);
    bool done = header_put(w, &key, recipients, count, sink, err) &&
                age_stream_seal(ret_owned, w, &key, sink, err);
    secret_wipe(&key, sizeof key);
    return done;
}

// A sink of known size.
static bool writer_sink(void *context, struct bytes piece, struct err *err)
{
    struct writer *out = context;
    writer_put(out, piece);
    if (out->full)
        return err_set(err, ERR_LIMIT, NULL, "the output is larger than was reckoned");
    return true;
}

static bool writer_make(struct arena *a, uint64_t size, struct writer *ret, struct err *err)
{
    uint8_t *storage = size >= SIZE_MAX ? NULL : arena_alloc(a, (size_t)size + 1, 1, 1);
    if (storage == NULL)
        return err_set(err, ERR_LIMIT, NULL, "%llu octets do not fit", (unsigned long long)size);
    *ret = writer_of(storage, (size_t)size);
    return true;
}

bool age_file_seal(struct world *w, const struct age_recipient *recipients, size_t count,
                   struct bytes plain, struct arena *a, struct bytes *ret, struct err *err)
{
    struct writer out;
    struct age_stream s = {0};
    if (count > AGE_RECIPIENTS_MAX) // before the size is reckoned from it
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu recipients are more than %d", count,
                       AGE_RECIPIENTS_MAX);
    if (!writer_make(a, age_file_size(plain.len, count), &out, err))
        return false;
    bool done =
        age_file_seal_begin(&s, w, recipients, count, (struct age_sink){writer_sink, &out}, err) &&
        age_stream_put(&s, plain, err) && age_stream_end(&s, err);
    age_stream_release(&s);
    if (!done)
        return false;
    CHECK(out.len == out.cap);
    *ret = writer_bytes(&out);
    return true;
}

static bool payload_open(struct bytes payload, const struct age_file_key *key, struct arena *a,
                         struct bytes *ret_plain, struct err *err)
{
    struct writer out;
    struct age_stream s = {0};
    if (!writer_make(a, payload.len, &out, err)) // a little more than needed
        return false;
    age_stream_open(&s, key, (struct age_sink){writer_sink, &out});
    bool done = age_stream_put(&s, payload, err) && age_stream_end(&s, err);
    age_stream_release(&s);
    if (!done) {
        secret_wipe(out.ptr, out.len); // verified chunks of a file that as a whole is not
        return false;
    }
    *ret_plain = writer_bytes(&out);
    return true;
}

bool age_file_open_with_key(struct bytes file, const struct age_file_key *key, struct arena *a,
                            struct bytes *ret_plain, struct err *err)
{
    struct age_header header;
    if (!age_header_parse(file, a, &header, err) || !age_header_check(&header, key, err))
        return false;
    return payload_open(bytes_of(file.ptr + header.size, file.len - header.size), key, a, ret_plain,
                        err);
}

bool age_file_open(struct bytes file, const struct secret *identity, struct arena *a,
                   struct bytes *ret_plain, struct err *err)
{
    struct age_header header;
    struct age_file_key key;
    if (!age_header_parse(file, a, &header, err) || !age_header_open(&header, identity, &key, err))
        return false;
    bool done = age_header_check(&header, &key, err) &&
                payload_open(bytes_of(file.ptr + header.size, file.len - header.size), &key, a,
                             ret_plain, err);
    secret_wipe(&key, sizeof key);
    return done;
}
