#include "keeper/intake.h"

#include "base/limits.h"

#include <poll.h>
#include <sys/socket.h>

void intake_init(struct intake *in, size_t payload_max)
{
    CHECK(payload_max <= FRAME_BYTES_MAX);
    *in = (struct intake){.payload_max = payload_max, .frame = {.fd = -1}};
}

void intake_release(struct intake *in)
{
    memory_release(in->payload);
    intake_init(in, in->payload_max);
}

// A socket that gave nothing may only be empty; true when it will never give anything again.
static bool has_gone(int socket)
{
    struct pollfd p = {.fd = socket, .events = POLLIN};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

// One piece. No room is given for descriptors, so the system closes any that come along.
static bool read_some(int socket, uint8_t *to, size_t size, size_t *ret_count, struct err *err)
{
    ssize_t n = recv(socket, to, size, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && has_gone(socket)))
        return err_set(err, ERR_OFFLINE, NULL, "the other process has gone");
    *ret_count = n < 0 ? 0 : (size_t)n;
    return true;
}

static bool read_head(struct intake *in, struct err *err)
{
    struct reader r = reader_of(bytes_of(in->head, sizeof in->head));
    size_t len = reader_u32(&r);
    in->frame.kind = reader_u16(&r);
    uint16_t zero = reader_u16(&r);
    CHECK(reader_done(&r));
    if (len > FRAME_BYTES_MAX || zero != 0)
        return err_set(err, ERR_MALFORMED, "base/frame.h", "a frame out of bounds (%zu octets)",
                       len);
    if (len > in->payload_max)
        return err_set(err, ERR_LIMIT, "keeper/frames.h",
                       "a frame of %zu octets, %zu may come from this process", len,
                       in->payload_max);
    if (len > 0)
        in->payload = memory_new(len, 1);
    in->frame.payload = (struct bytes){in->payload, len};
    return true;
}

// Where the next octets go, and how many are still to come of the head or of the payload.
static uint8_t *next_place(struct intake *in, size_t *ret_rest)
{
    if (in->have < sizeof in->head) {
        *ret_rest = sizeof in->head - in->have;
        return in->head + in->have;
    }
    size_t done = in->have - sizeof in->head;
    *ret_rest = in->frame.payload.len - done;
    return *ret_rest == 0 ? NULL : in->payload + done;
}

bool intake_read(struct intake *in, int socket, struct world *w, bool *ret_whole, struct err *err)
{
    for (;;) {
        bool in_head = in->have < sizeof in->head;
        size_t rest = 0;
        size_t count = 0;
        uint8_t *to = next_place(in, &rest);
        if (rest > 0 && !read_some(socket, to, rest, &count, err))
            return false;
        if (in->have == 0 && count > 0)
            in->began_ms = world_monotonic_ms(w);
        in->have += count;
        *ret_whole = !in_head && count == rest;
        if (*ret_whole || count < rest)
            return true;
        if (!read_head(in, err))
            return false;
    }
}

bool intake_overdue(const struct intake *in, struct world *w, int64_t limit_ms)
{
    return in->have > 0 && world_monotonic_ms(w) - in->began_ms >= limit_ms;
}
