// rooms: keeper
// Octets on a socket between our own processes: the reader that waits and the one that takes pieces
// see the same frames, and what is read writes back to the same octets.
#include "base/limits.h"
#include "keeper/intake.h"

#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 32768, WAIT_MS = 1000 }; // less than a socket holds; nobody waits so long

// Two ends that have sent everything and hung up.
static int sent(struct bytes octets)
{
    int pair[2];
    struct err err = {0};
    CHECK(frame_pair(pair, &err));
    CHECK(send(pair[1], octets.ptr, octets.len, MSG_NOSIGNAL) == (ssize_t)octets.len);
    CHECK(close(pair[1]) == 0);
    return pair[0];
}

static bool next_piecewise(struct intake *in, int socket, struct world *w, struct err *err)
{
    bool whole = false;
    while (!whole)
        if (!intake_read(in, socket, w, &whole, err))
            return false;
    return true;
}

static void check_same(const struct frame *a, const struct frame *b, struct bytes *rest)
{
    uint8_t head[FRAME_HEAD_BYTES];
    struct writer w = writer_of(head, sizeof head);
    CHECK(a->kind == b->kind);
    CHECK(bytes_eq(a->payload, b->payload));
    CHECK(a->fd == -1 && b->fd == -1);
    writer_u32(&w, (uint32_t)a->payload.len);
    writer_u16(&w, a->kind);
    writer_u16(&w, 0);
    CHECK(rest->len >= sizeof head + a->payload.len);
    CHECK(memcmp(rest->ptr, head, sizeof head) == 0);
    CHECK(a->payload.len == 0 ||
          memcmp(rest->ptr + sizeof head, a->payload.ptr, a->payload.len) == 0);
    rest->ptr += sizeof head + a->payload.len;
    rest->len -= sizeof head + a->payload.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world_fake fake;
    struct intake in;
    struct bytes rest = {data, size};
    if (size == 0 || size > INPUT_MAX)
        return 0;
    int pieces = sent(rest);
    int waits = sent(rest);
    world_fake_init(&fake, 1784005265, 1);
    intake_init(&in, FRAME_BYTES_MAX);
    for (bool more = true; more;) {
        struct arena a;
        struct frame frame = {.fd = -1};
        struct err one = {0};
        struct err two = {0};
        arena_init(&a, 2 * FRAME_BYTES_MAX);
        more = frame_receive(waits, &a, WAIT_MS, &frame, &one);
        CHECK(next_piecewise(&in, pieces, &fake.world, &two) == more);
        if (more)
            check_same(&frame, &in.frame, &rest);
        else
            CHECK(one.kind != ERR_NONE && two.kind != ERR_NONE); // a refusal must say why
        intake_release(&in);
        arena_release(&a);
    }
    CHECK(close(pieces) == 0);
    CHECK(close(waits) == 0);
    return 0;
}
