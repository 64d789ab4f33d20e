// rooms: crypto
// The payload of an age file. The octets are tried as a payload under a fixed key, whole and in
// pieces, which must agree; then they are sealed in pieces and must come back.
#include "crypto/age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool collect(void *context, struct bytes piece, struct err *err)
{
    struct writer *out = context;
    writer_put(out, piece);
    return !out->full || err_set(err, ERR_LIMIT, NULL, "full");
}

static bool put_all(struct age_stream *s, struct bytes all, size_t step, struct err *err)
{
    for (size_t done = 0; done < all.len; done += step)
        if (!age_stream_put(
                s, bytes_of(all.ptr + done, all.len - done < step ? all.len - done : step), err))
            return false;
    return age_stream_end(s, err);
}

static bool try_open(struct bytes payload, size_t step, struct writer *out)
{
    struct age_file_key key = {{1}};
    struct age_stream s;
    struct err err = {0};
    age_stream_open(&s, &key, (struct age_sink){collect, out});
    bool done = put_all(&s, payload, step, &err);
    CHECK(done == (err.kind == ERR_NONE));
    age_stream_release(&s);
    return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct world_fake world;
    struct age_stream s;
    struct age_file_key key = {{1}};
    struct err err = {0};
    if (size < 1)
        return 0;
    size_t step = (size_t)data[0] * data[0] + 1;
    struct bytes sent = {data + 1, size - 1};
    size_t room = sent.len + 4096;
    arena_init(&a, 3 * room);
    struct writer one = writer_of(arena_alloc(&a, room, 1, 1), room);
    struct writer two = writer_of(arena_alloc(&a, room, 1, 1), room);
    CHECK(try_open(sent, sent.len + 1, &one) == try_open(sent, step, &two));
    CHECK(bytes_eq(writer_bytes(&one), writer_bytes(&two)));
    one.len = 0;
    two.len = 0;
    world_fake_init(&world, 0, size);
    CHECK(age_stream_seal(&s, &world.world, &key, (struct age_sink){collect, &one}, &err));
    CHECK(put_all(&s, sent, step, &err));
    age_stream_release(&s);
    CHECK(try_open(writer_bytes(&one), step + 1, &two));
    CHECK(bytes_eq(writer_bytes(&two), sent));
    arena_release(&a);
    return 0;
}
