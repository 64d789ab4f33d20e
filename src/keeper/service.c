#include "keeper/service.h"

#include "base/frame.h"
#include "base/limits.h"
#include "base/report.h"
#include "keeper/acts.h"

#include <poll.h>
#include <unistd.h>

enum { REQUEST_BYTES_MAX = 16 << 20, READ_TIMEOUT_MS = 30000, DOORS_MAX = 8, WAKE_MS = 1000 };

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

static bool run(struct vault *v, struct frame f, struct act_io *io, struct err *err)
{
    keeper_act *act = act_of(f.kind, io->caller, err);
    if (act == NULL)
        return false;
    io->ask = reader_of(f.payload);
    buffer_init(&io->answer, io->arena, FRAME_BYTES_MAX);
    if (!act(v, io, err))
        return false;
    struct bytes whole;
    return buffer_take(&io->answer, &whole, err);
}

static bool answer(struct vault *v, const struct keeper_door *door, struct frame f, struct arena *a,
                   struct err *err)
{
    struct act_io io = {.caller = door->is, .arena = a, .fd = -1};
    struct err why = {0};
    if (f.fd >= 0)
        (void)close(f.fd); // nobody sends the keeper descriptors
    bool done = run(v, f, &io, &why);
    bool sent = done ? frame_answer_ok(door->socket, buffer_bytes(&io.answer), io.fd, err)
                     : frame_answer_err(door->socket, &why, err);
    if (io.fd >= 0)
        (void)close(io.fd); // the receiver has its own
    if (!done)
        report_err(REPORT_WARN, "refused", &why);
    return sent;
}

bool keeper_serve_one(struct vault *v, const struct keeper_door *door, struct err *err)
{
    struct arena a;
    struct frame f;
    arena_init(&a, REQUEST_BYTES_MAX);
    bool done =
        frame_receive(door->socket, &a, READ_TIMEOUT_MS, &f, err) && answer(v, door, f, &a, err);
    arena_release(&a);
    if (v->broken)
        return err_set(err, ERR_LOCKED, "DESIGN 9", "a durable step failed; the keeper ends");
    return done;
}

// Serves one door that has something to say. False: the keeper ends.
static bool serve_door(struct vault *v, struct keeper_door *door, struct err *err)
{
    if (keeper_serve_one(v, door, err))
        return true;
    // Without a clerk there is nothing to keep; after a failed durable step nothing may be signed.
    if (err->kind == ERR_LOCKED || door->is == KEEPER_FOR_CLERK)
        return false;
    report_err(REPORT_WARN, "door-closed", err);
    door->socket = -1; // poll passes over it
    return true;
}

bool keeper_serve(struct vault *v, struct keeper_door *doors, size_t doors_count,
                  const volatile int *stop, struct err *err)
{
    struct pollfd polled[DOORS_MAX];
    CHECK(doors_count > 0);
    CHECK(doors_count <= DOORS_MAX);
    while (*stop == 0) {
        for (size_t i = 0; i < doors_count; i++)
            polled[i] = (struct pollfd){.fd = doors[i].socket, .events = POLLIN};
        int ready = poll(polled, (nfds_t)doors_count, WAKE_MS);
        for (size_t i = 0; ready > 0 && i < doors_count; i++)
            if (polled[i].revents != 0 && !serve_door(v, &doors[i], err))
                return err->kind == ERR_OFFLINE;
    }
    return true;
}
