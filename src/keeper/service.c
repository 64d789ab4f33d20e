#include "keeper/service.h"

#include "base/frame.h"
#include "base/limits.h"
#include "base/report.h"
#include "keeper/acts.h"
#include "keeper/intake.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REQUEST_BYTES_MAX = 16 << 20, // what one act may take while it answers
    OTHERS_BYTES_MAX = 4096,      // courier and door ask in an octet or two
    FRAME_WITHIN_MS = 30000,      // a frame that is begun is finished, or its door is closed
    DOORS_MAX = 8,
    WAKE_MS = 1000,
    USHER_WITHIN_MS = 1000, // the supervisor sends a whole frame at once
};

static const struct keeper_row rows[] = {
#define KEEPER_ROW(name, number, who, what) {#name, (number), (who), (what)},
    KEEPER_FRAMES(KEEPER_ROW)
#undef KEEPER_ROW
};

static const struct {
    enum keeper_frame kind;
    keeper_act *act;
} acts[] = {
    {KEEPER_STATUS, act_status},
    {KEEPER_SIGN_RECORDS, act_sign_records},
    {KEEPER_SIGN_NODE, act_sign_node},
    {KEEPER_SIGN_INDEX, act_sign_index},
    {KEEPER_EXTEND, act_extend},
    {KEEPER_COSIGN, act_cosign},
    {KEEPER_COSIGNED, act_cosigned},
    {KEEPER_OPEN_STANZAS, act_open_stanzas},
    {KEEPER_DESK_KEY, act_desk_key},
    {KEEPER_TLS_KEY, act_tls_key},
    {KEEPER_CHANGE_REGISTER, act_change_register},
    {KEEPER_CHALLENGE, act_challenge},
    {KEEPER_ORDER, act_order},
    {KEEPER_RESUME, act_resume},
    {KEEPER_COMMUNITY, act_community},
    {KEEPER_SHOWN_CHECKPOINT, act_shown_checkpoint},
    {KEEPER_FOUND, act_found},
};
_Static_assert(sizeof acts / sizeof acts[0] == sizeof rows / sizeof rows[0], "an act per frame");

const struct keeper_row *keeper_rows(size_t *ret_count)
{
    *ret_count = sizeof rows / sizeof rows[0];
    return rows;
}

static keeper_act *act_of(unsigned kind, enum keeper_caller caller, struct err *err)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK((unsigned)acts[i].kind == rows[i].number);
        if (rows[i].number != kind)
            continue;
        if ((rows[i].who & (unsigned)caller) != 0)
            return acts[i].act;
        (void)err_set(err, ERR_DENIED, "keeper/frames.h", "this process may not ask for %s",
                      rows[i].name);
        return NULL;
    }
    (void)err_set(err, ERR_MALFORMED, "keeper/frames.h", "the keeper knows no frame %u", kind);
    return NULL;
}

struct keeper_doors {
    struct keeper_door *doors;
    size_t count;
    int usher;             // brings new sockets; -1: nobody does
    bool owned[DOORS_MAX]; // brought by it, so closed here
    struct intake in[DOORS_MAX];
};

static bool run(struct vault *v, const struct frame *f, struct act_io *io, struct err *err)
{
    keeper_act *act = act_of(f->kind, io->caller, err);
    if (act == NULL)
        return false;
    io->ask = reader_of(f->payload);
    buffer_init(&io->answer, io->arena, FRAME_BYTES_MAX);
    if (!act(v, io, err))
        return false;
    struct bytes whole;
    return buffer_take(&io->answer, &whole, err);
}

static bool answer(struct vault *v, const struct keeper_door *door, const struct frame *f,
                   struct arena *a, struct err *err)
{
    struct act_io io = {.caller = door->is, .arena = a, .fd = -1};
    struct err why = {0};
    bool done = run(v, f, &io, &why);
    bool sent = done ? frame_answer_ok(door->socket, buffer_bytes(&io.answer), io.fd, err)
                     : frame_answer_err(door->socket, &why, err);
    if (io.fd >= 0)
        (void)close(io.fd); // the receiver has its own
    if (!done)
        report_err(REPORT_WARN, "refused", &why);
    return sent;
}

// The clerk waits for its answer. Another door that lets its answers pile up is closed, before one
// of them could make the keeper wait.
static bool reads_its_answers(const struct keeper_door *door, struct err *err)
{
    struct pollfd p = {.fd = door->socket, .events = POLLOUT};
    if (door->is == KEEPER_FOR_CLERK || (poll(&p, 1, 0) > 0 && (p.revents & POLLOUT) != 0))
        return true;
    return err_set(err, ERR_BUSY, "keeper/service.h", "the process does not read its answers");
}

static bool serve_whole(struct vault *v, const struct keeper_door *door, struct intake *in,
                        struct err *err)
{
    struct arena a;
    arena_init(&a, REQUEST_BYTES_MAX);
    bool done = reads_its_answers(door, err) && answer(v, door, &in->frame, &a, err);
    arena_release(&a);
    intake_release(in);
    if (v->broken)
        return err_set(err, ERR_LOCKED, "DESIGN 9", "a durable step failed; the keeper ends");
    return done;
}

// What one door brings in one turn: a piece of a frame, or a frame and its answer.
static bool serve_turn(struct vault *v, const struct keeper_door *door, struct intake *in,
                       short ready, struct err *err)
{
    bool whole = false;
    if (ready != 0 && !intake_read(in, door->socket, v->world, &whole, err))
        return false;
    if (whole)
        return serve_whole(v, door, in, err);
    if (!intake_overdue(in, v->world, FRAME_WITHIN_MS))
        return true;
    return err_set(err, ERR_BUSY, "keeper/service.h", "a frame was begun and not finished in %d ms",
                   FRAME_WITHIN_MS);
}

// -- new sockets ----------------------------------------------------------------------------------
static void shut(struct keeper_doors *d, size_t at)
{
    struct keeper_door *door = &d->doors[at];
    intake_release(&d->in[at]);
    (void)shutdown(door->socket, SHUT_RDWR); // so that the other side does not wait for answers
    if (d->owned[at])
        (void)close(door->socket); // nothing of ours waits in it
    door->socket = -1;             // poll passes over it
}

// The supervisor started a process anew: its socket takes the place of the one before, with nothing
// of what was half said on that.
static bool take_socket(struct keeper_doors *d, int usher, struct err *err)
{
    struct arena a;
    struct frame f = {.fd = -1};
    arena_init(&a, OTHERS_BYTES_MAX);
    bool came = frame_receive(usher, &a, USHER_WITHIN_MS, &f, err);
    arena_release(&a);
    if (!came)
        return false;
    for (size_t i = 0; i < d->count && f.fd >= 0; i++) {
        if ((unsigned)d->doors[i].is != f.kind)
            continue;
        if (d->doors[i].socket >= 0)
            shut(d, i);
        d->doors[i].socket = f.fd;
        d->owned[i] = true;
        return true;
    }
    if (f.fd >= 0)
        (void)close(f.fd); // of no door here
    return err_set(err, ERR_MALFORMED, "keeper/service.h", "a socket of no door");
}

// False: the keeper ends.
static bool serve_door(struct vault *v, struct keeper_doors *d, size_t at, short ready,
                       struct err *err)
{
    struct keeper_door *door = &d->doors[at];
    if (door->socket < 0 || serve_turn(v, door, &d->in[at], ready, err))
        return true;
    // After a failed durable step nothing may be signed. Without a clerk there is nothing to keep,
    // unless somebody brings another.
    if (err->kind == ERR_LOCKED || (door->is == KEEPER_FOR_CLERK && d->usher < 0))
        return false;
    if (door->is != KEEPER_FOR_CLERK || err->kind != ERR_OFFLINE)
        report_err(REPORT_WARN, "door-closed", err);
    shut(d, at);
    return true;
}

static bool serve_all(struct vault *v, struct keeper_doors *d, struct err *err)
{
    struct pollfd polled[DOORS_MAX + 1];
    for (size_t i = 0; i < d->count; i++)
        polled[i] = (struct pollfd){.fd = d->doors[i].socket, .events = POLLIN};
    polled[d->count] = (struct pollfd){.fd = d->usher, .events = POLLIN};
    if (poll(polled, (nfds_t)d->count + 1, WAKE_MS) < 0)
        return true; // a signal: the loop looks whether it is to stop
    for (size_t i = 0; i < d->count; i++)
        if (!serve_door(v, d, i, polled[i].revents, err))
            return false;
    return polled[d->count].revents == 0 || take_socket(d, d->usher, err);
}

bool keeper_serve_ushered(struct vault *v, struct keeper_door *doors, size_t doors_count, int usher,
                          const volatile int *stop, struct err *err)
{
    struct keeper_doors d = {.doors = doors, .count = doors_count, .usher = usher};
    CHECK(doors_count > 0);
    CHECK(doors_count <= DOORS_MAX);
    for (size_t i = 0; i < doors_count; i++)
        intake_init(&d.in[i], doors[i].is == KEEPER_FOR_CLERK ? FRAME_BYTES_MAX : OTHERS_BYTES_MAX);
    bool done = true;
    while (done && *stop == 0)
        done = serve_all(v, &d, err);
    for (size_t i = 0; i < doors_count; i++) {
        if (d.owned[i] && doors[i].socket >= 0)
            shut(&d, i);
        intake_release(&d.in[i]);
    }
    return done || err->kind == ERR_OFFLINE;
}

bool keeper_serve(struct vault *v, struct keeper_door *doors, size_t doors_count,
                  const volatile int *stop, struct err *err)
{
    return keeper_serve_ushered(v, doors, doors_count, -1, stop, err);
}
