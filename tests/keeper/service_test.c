// Doors that send slowly, half, too much, or do not read: none of them holds up the clerk.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "tests/keeper/made.h"

#include <poll.h>
#include <sys/socket.h>

enum { SOON_MS = 2000 }; // far below any of the keeper's own limits

static struct bytes frame_octets(struct kept *k, unsigned kind, struct bytes payload)
{
    size_t len = FRAME_HEAD_BYTES + payload.len;
    struct writer w = writer_of(arena_new(k->a, uint8_t, len), len);
    writer_u32(&w, (uint32_t)payload.len);
    writer_u16(&w, (uint16_t)kind);
    writer_u16(&w, 0);
    if (payload.len > 0)
        writer_put(&w, payload);
    EXPECT(!w.full);
    return writer_bytes(&w);
}

static void send_octets(int socket, struct bytes octets)
{
    EXPECT(send(socket, octets.ptr, octets.len, MSG_NOSIGNAL) == (ssize_t)octets.len);
}

// Asks for the status as the clerk does, and measures how long that took by the real clock.
static bool clerk_is_served_soon(struct kept *k)
{
    int64_t began = world_monotonic_ms(world_real());
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    return world_monotonic_ms(world_real()) - began < SOON_MS;
}

static bool takes_answer(struct kept *k, int socket, struct err *err)
{
    struct frame f = {.fd = -1};
    if (!frame_receive(socket, k->a, SOON_MS, &f, err))
        return false;
    if (f.fd >= 0)
        (void)close(f.fd);
    return f.kind == FRAME_ANSWER_OK;
}

static uint8_t technical_desk[] = {DESK_TECHNICAL};

TEST(half_a_frame_of_courier_or_door_holds_up_nobody_and_is_answered_when_it_is_whole)
{
    struct kept *k = kept_new();
    struct bytes desk =
        frame_octets(k, KEEPER_DESK_KEY, bytes_of(technical_desk, sizeof technical_desk));
    struct bytes tls = frame_octets(k, KEEPER_TLS_KEY, (struct bytes){0});
    for (size_t cut = 1; cut < desk.len; cut++) {
        struct err err = {0};
        size_t cut_tls = cut < tls.len ? cut : tls.len - 1;
        send_octets(k->door, bytes_of(desk.ptr, cut));
        send_octets(k->courier, bytes_of(tls.ptr, cut_tls));
        EXPECT(clerk_is_served_soon(k));
        send_octets(k->door, bytes_of(desk.ptr + cut, desk.len - cut));
        EXPECT(takes_answer(k, k->door, &err));
        send_octets(k->courier, bytes_of(tls.ptr + cut_tls, tls.len - cut_tls));
        EXPECT(takes_answer(k, k->courier, &err));
    }
    kept_release(k);
}

TEST(a_frame_that_comes_octet_by_octet_is_answered_also_the_clerks)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes status = frame_octets(k, KEEPER_STATUS, (struct bytes){0});
    struct bytes desk =
        frame_octets(k, KEEPER_DESK_KEY, bytes_of(technical_desk, sizeof technical_desk));
    for (size_t i = 0; i < status.len; i++)
        send_octets(k->clerk.socket, bytes_of(status.ptr + i, 1));
    EXPECT(takes_answer(k, k->clerk.socket, &err));
    for (size_t i = 0; i < desk.len; i++)
        send_octets(k->door, bytes_of(desk.ptr + i, 1));
    EXPECT(takes_answer(k, k->door, &err));
    kept_release(k);
}

TEST(two_frames_in_one_piece_are_two_questions)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes one =
        frame_octets(k, KEEPER_DESK_KEY, bytes_of(technical_desk, sizeof technical_desk));
    uint8_t *two = arena_new(k->a, uint8_t, 2 * one.len);
    memcpy(two, one.ptr, one.len);
    memcpy(two + one.len, one.ptr, one.len);
    send_octets(k->door, bytes_of(two, 2 * one.len));
    EXPECT(takes_answer(k, k->door, &err));
    EXPECT(takes_answer(k, k->door, &err));
    kept_release(k);
}

TEST(a_frame_begun_and_never_finished_closes_its_door_after_a_while)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes tls = frame_octets(k, KEEPER_TLS_KEY, (struct bytes){0});
    send_octets(k->courier, bytes_of(tls.ptr, 5));
    EXPECT(clerk_is_served_soon(k));
    EXPECT(clerk_is_served_soon(k)); // by now what the courier sent before has been read
    k->world->fake.monotonic_ms += 31000;
    EXPECT(clerk_is_served_soon(k));
    EXPECT(clerk_is_served_soon(k));
    EXPECT(!takes_answer(k, k->courier, &err));
    EXPECT(err.kind == ERR_OFFLINE); // told at once, not left to wait
    EXPECT(clerk_is_served_soon(k));
    kept_release(k);
}

TEST(a_silent_door_is_not_closed_however_long_it_is_silent)
{
    struct err err = {0};
    struct kept *k = kept_new();
    EXPECT(clerk_is_served_soon(k));
    k->world->fake.monotonic_ms += 86400000;
    EXPECT(clerk_is_served_soon(k));
    send_octets(k->courier, frame_octets(k, KEEPER_TLS_KEY, (struct bytes){0}));
    EXPECT(takes_answer(k, k->courier, &err));
    kept_release(k);
}

TEST(a_door_that_does_not_read_its_answers_is_closed_and_never_makes_the_clerk_wait)
{
    struct kept *k = kept_new();
    struct bytes desk =
        frame_octets(k, KEEPER_DESK_KEY, bytes_of(technical_desk, sizeof technical_desk));
    bool closed = false;
    for (int i = 0; i < 200000 && !closed; i++) {
        ssize_t n = send(k->door, desk.ptr, desk.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        struct pollfd p = {.fd = k->door, .events = POLLIN};
        closed = poll(&p, 1, 0) > 0 && (p.revents & POLLHUP) != 0;
        if (n < 0 || i % 500 == 0)
            EXPECT(clerk_is_served_soon(k));
    }
    EXPECT(closed);
    EXPECT(clerk_is_served_soon(k));
    kept_release(k);
}

TEST(courier_and_door_may_not_make_the_keeper_hold_large_frames)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes large =
        frame_octets(k, KEEPER_TLS_KEY, bytes_of(arena_new(k->a, uint8_t, 5000), 5000));
    send_octets(k->courier, bytes_of(large.ptr, FRAME_HEAD_BYTES));
    EXPECT(clerk_is_served_soon(k));
    EXPECT(!takes_answer(k, k->courier, &err));
    EXPECT(err.kind == ERR_OFFLINE);
    kept_release(k);
}
