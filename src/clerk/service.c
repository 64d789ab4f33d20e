#include "clerk/service.h"

#include "base/frame.h"
#include "base/limits.h"
#include "base/report.h"
#include "clerk/append.h"
#include "clerk/release.h"
#include "clerk/work.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    REQUEST_BYTES_MAX = 64 << 20, // a list of 200 opened records is the largest
    READ_TIMEOUT_MS = 5000,       // a caller who begins a frame finishes it, or is closed
    WAKE_MS = 1000,               // how soon *stop is noticed
    IDLE_WORK_MS = 10000,         // what time alone makes due: receipts "missing since"
    LINGER_MS = 2, // the courier brings one thing after the other: they are worked on together
    LINGER_MAX_MS = 20,
    QUIET_MS = 5,       // without a frame: time for what nobody waits for
    QUIET_MAX_MS = 200, // ... which is done all the same after so long
    BACKLOG = 16,
};

// -- the table -----------------------------------------------------------------------------------
static const struct clerk_row rows[] = {
#define CLERK_ROW(name, number, who, what) {#name, (number), (who), (what)},
    CLERK_FRAMES(CLERK_ROW)
#undef CLERK_ROW
};

// What a courier brings piece by piece is worked on once it pauses.
enum follows { ONLY_SHOWS, WORK_LINGERS, WORK_FOLLOWS };
static const struct {
    enum clerk_frame kind;
    clerk_act *act;
    enum follows follows;
} acts[] = {
    {CLERK_STATUS, clerk_act_status, ONLY_SHOWS},
    {CLERK_FOUND, clerk_act_found, WORK_FOLLOWS},
    {CLERK_COMMUNITY_GET, clerk_act_community_get, ONLY_SHOWS},
    {CLERK_COMMUNITY_APPLY, clerk_act_community_apply, WORK_FOLLOWS},
    {CLERK_CHAIN_GET, clerk_act_chain_get, ONLY_SHOWS},
    {CLERK_PEERS, clerk_act_peers, ONLY_SHOWS},
    {CLERK_PEER_SET, clerk_act_peer_set, WORK_FOLLOWS},
    {CLERK_EVIDENCES, clerk_act_evidences, ONLY_SHOWS},
    {CLERK_EVIDENCE_GET, clerk_act_evidence_get, ONLY_SHOWS},
    {CLERK_VERIFY, clerk_act_verify, ONLY_SHOWS},
    {CLERK_REBUILD, clerk_act_rebuild, WORK_FOLLOWS},
    {CLERK_BACKUP, clerk_act_backup, ONLY_SHOWS},
    {CLERK_DOCTOR, clerk_act_doctor, ONLY_SHOWS},
    {CLERK_SIGN_INDEX, clerk_act_sign_index, ONLY_SHOWS},
    {CLERK_CHALLENGE, clerk_act_challenge, ONLY_SHOWS},
    {CLERK_ORDER, clerk_act_order, WORK_FOLLOWS},
    {CLERK_CODEBOOK_FILES, clerk_act_codebook_files, ONLY_SHOWS},
    {CLERK_CODEBOOK_GET, clerk_act_codebook_get, ONLY_SHOWS},
    {CLERK_BOOK_FOR, clerk_act_book_for, ONLY_SHOWS},
    {CLERK_VOUCHES, clerk_act_vouches, ONLY_SHOWS},
    {CLERK_TAKE_MANIFESTS, clerk_act_take_manifests, WORK_LINGERS},
    {CLERK_TAKE_ENTRIES, clerk_act_take_entries, WORK_LINGERS},
    {CLERK_WITNESS, clerk_act_witness, WORK_FOLLOWS},
    {CLERK_TAKE_COSIGS, clerk_act_take_cosigs, WORK_LINGERS},
    {CLERK_TAKE_EVIDENCE, clerk_act_take_evidence, WORK_LINGERS},
    {CLERK_TAKE_WAITING, clerk_act_take_waiting, WORK_LINGERS},
    {CLERK_TAKE_BLOB, clerk_act_take_blob, WORK_LINGERS},
    {CLERK_TAKE_BODIES, clerk_act_take_bodies, WORK_FOLLOWS},
    {CLERK_OFFERS_DONE, clerk_act_offers_done, ONLY_SHOWS},
    {CLERK_LEAVE_BLOB, clerk_act_leave_blob, ONLY_SHOWS},
    {CLERK_TAKE_BOOKS, clerk_act_take_books, ONLY_SHOWS},
    {CLERK_BLOB_HAVE, clerk_act_blob_have, ONLY_SHOWS},
    {CLERK_PEER_CALLED, clerk_act_peer_called, ONLY_SHOWS},
    {CLERK_PEER_HEAD, clerk_act_peer_head, ONLY_SHOWS},
    {CLERK_TAKE_OWN_HEAD, clerk_act_take_own_head, WORK_LINGERS},
    {CLERK_HELLO, clerk_act_hello, ONLY_SHOWS},
    {CLERK_PROVE, clerk_act_prove, ONLY_SHOWS},
    {CLERK_DRAFT_NEW, clerk_act_draft_new, ONLY_SHOWS},
    {CLERK_DRAFTS, clerk_act_drafts, ONLY_SHOWS},
    {CLERK_DRAFT_SHOW, clerk_act_draft_show, ONLY_SHOWS},
    {CLERK_APPROVE, clerk_act_approve, ONLY_SHOWS},
    {CLERK_RELEASE, clerk_act_release, WORK_FOLLOWS},
    {CLERK_DRAFT_DROP, clerk_act_draft_drop, ONLY_SHOWS},
    {CLERK_INBOX, clerk_act_inbox, ONLY_SHOWS},
    {CLERK_SENT, clerk_act_sent, ONLY_SHOWS},
    {CLERK_SHOW, clerk_act_show, ONLY_SHOWS},
    {CLERK_ATTACHMENT_KEY, clerk_act_attachment_key, ONLY_SHOWS},
    {CLERK_BLOB_READ, clerk_act_blob_read, ONLY_SHOWS},
    {CLERK_PROOF, clerk_act_proof, ONLY_SHOWS},
    {CLERK_REGISTER_GET, clerk_act_register_get, ONLY_SHOWS},
    {CLERK_REGISTER_CHANGE, clerk_act_register_change, ONLY_SHOWS},
    {CLERK_AUDIT, clerk_act_audit, ONLY_SHOWS},
    {CLERK_ERASE, clerk_act_erase, WORK_FOLLOWS},
    {CLERK_ACCEPT_GAP, clerk_act_accept_gap, WORK_FOLLOWS},
    {CLERK_CODEBOOK_ADD, clerk_act_codebook_add, WORK_FOLLOWS},
    {CLERK_CODEBOOK_REMOVE, clerk_act_codebook_remove, WORK_FOLLOWS},
    {CLERK_HEAR, clerk_act_hear, ONLY_SHOWS},
    {CLERK_HEARDS, clerk_act_heards, ONLY_SHOWS},
    {CLERK_HEARD_SHOW, clerk_act_heard_show, ONLY_SHOWS},
    {CLERK_HEARD_DROP, clerk_act_heard_drop, ONLY_SHOWS},
};
_Static_assert(sizeof acts / sizeof acts[0] == sizeof rows / sizeof rows[0], "an act per frame");

const struct clerk_row *clerk_rows(size_t *ret_count)
{
    *ret_count = sizeof rows / sizeof rows[0];
    return rows;
}

// -- connections ---------------------------------------------------------------------------------
static struct connection *free_place(struct service *s)
{
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        if (s->at[i].socket < 0)
            return &s->at[i];
    return NULL;
}

static void connect_one(struct service *s, int socket, enum clerk_caller caller, enum coming came)
{
    struct connection *to = free_place(s);
    CHECK(to != NULL);
    *to = (struct connection){.socket = socket, .came = came, .caller = caller};
    s->accepted += came == ACCEPTED ? 1 : 0;
}

// -- one frame -----------------------------------------------------------------------------------
static bool may_ask(const struct clerk_row *row, const struct connection *from)
{
    unsigned is = (unsigned)from->caller;
    if (from->caller == CLERK_FOR_LOCAL && from->officer.proved)
        is |= (unsigned)CLERK_FOR_OFFICER;
    return (row->who & is) != 0;
}

static bool find_act(unsigned kind, const struct connection *from, size_t *ret, struct err *err)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK((unsigned)acts[i].kind == rows[i].number);
        if (rows[i].number != kind)
            continue;
        *ret = i;
        if (may_ask(&rows[i], from))
            return true;
        return err_set(err, ERR_DENIED, "clerk/frames.h",
                       (rows[i].who & (unsigned)CLERK_FOR_OFFICER) != 0
                           ? "only an officer who has proved a key may ask for %s"
                           : "this caller may not ask for %s",
                       rows[i].name);
    }
    return err_set(err, ERR_MALFORMED, "clerk/frames.h", "the clerk knows no frame %u", kind);
}

static void ask_for_work(struct service *s, enum follows follows, enum clerk_caller caller)
{
    if (follows == ONLY_SHOWS)
        return;
    if (!s->work)
        s->asked_ms = world_monotonic_ms(s->clerk->world);
    s->work = true;
    s->at_once = s->at_once || follows == WORK_FOLLOWS || caller != CLERK_FOR_COURIER;
}

static bool run(struct service *s, struct connection *from, const struct frame *f,
                struct clerk_io *io, struct bytes *ret, struct err *err)
{
    size_t at = 0;
    if (!find_act(f->kind, from, &at, err))
        return false;
    io->ask = reader_of(f->payload);
    buffer_init(&io->answer, io->arena, FRAME_BYTES_MAX);
    // An act that fails half-way may have left work: what it staged is found again.
    ask_for_work(s, acts[at].follows, from->caller);
    if (!acts[at].act(s->clerk, io, err))
        return false;
    if (io->shown == NULL)
        return buffer_take(&io->answer, ret, err);
    CHECK(io->answer.len == 0);
    return json_canon(io->shown, io->arena, ret, err);
}

static bool answer(struct service *s, struct connection *from, const struct frame *f,
                   struct arena *a, struct err *err)
{
    struct clerk_io io = {.arena = a, .fd = -1, .caller = from->caller, .officer = &from->officer};
    struct bytes payload = {0};
    struct err why = {0};
    bool sent = true;
    bool done = run(s, from, f, &io, &payload, &why);
    if (done && io.waits) {
        from->waits = true;
        from->waits_for = io.waits_for;
    } else {
        sent = service_send_answer(from, done, payload, io.fd, &why, err);
    }
    json_decref(io.shown);
    if (io.fd >= 0)
        (void)close(io.fd); // the receiver has its own
    if (!done)
        report_err(REPORT_INFO, "refused", &why);
    return sent;
}

// -- the usher -----------------------------------------------------------------------------------
// A process was started anew: its socket takes the place of the one before, with nothing of what
// was half said on that. False: the supervisor has gone.
static bool take_socket(struct service *s, struct connection *usher, struct err *err)
{
    struct arena a;
    struct frame f = {.fd = -1};
    arena_init(&a, FRAME_BYTES_MAX);
    bool came = frame_receive(usher->socket, &a, READ_TIMEOUT_MS, &f, err);
    arena_release(&a);
    if (!came)
        return false;
    bool fits = f.fd >= 0 && (f.kind == CLERK_FOR_COURIER || f.kind == CLERK_FOR_DOOR);
    for (size_t i = 0; fits && i < SERVICE_CONNECTIONS_MAX; i++)
        if (s->at[i].socket >= 0 && (unsigned)s->at[i].caller == f.kind)
            service_hang_up(s, &s->at[i]);
    if (fits)
        connect_one(s, f.fd, (enum clerk_caller)f.kind, BROUGHT);
    else if (f.fd >= 0)
        (void)close(f.fd); // of nobody here
    return fits || err_set(err, ERR_MALFORMED, "clerk/service.h", "a socket of no process");
}

// False when the connection is to be closed; a caller who simply left is no event.
static bool serve_frame(struct service *s, struct connection *from)
{
    struct err gone = {0};
    if (from->came == USHER)
        return take_socket(s, from, &gone);
    struct arena a;
    struct frame f = {.fd = -1};
    struct err err = {0};
    arena_init(&a, REQUEST_BYTES_MAX);
    bool came = frame_receive(from->socket, &a, READ_TIMEOUT_MS, &f, &err);
    if (f.fd >= 0)
        (void)close(f.fd); // nobody sends the clerk descriptors
    bool done = came && answer(s, from, &f, &a, &err);
    arena_release(&a);
    if (!done && err.kind != ERR_OFFLINE)
        report_err(REPORT_WARN, "connection-closed", &err);
    return done;
}

// -- the loop ------------------------------------------------------------------------------------
static void accept_one(struct service *s)
{
    int socket = accept(s->sockets->listener, NULL, NULL);
    if (socket < 0)
        return; // it has gone again
    connect_one(s, socket, CLERK_FOR_LOCAL, ACCEPTED);
}

// Gathers what to wait for; place 0 is the listener, left out while there is no room. The usher
// comes last, for it gives places of connections to others.
static nfds_t gather(struct service *s, struct pollfd *polled, struct connection **owners)
{
    nfds_t count = 1;
    bool room = s->accepted < CLERK_CONNECTIONS_MAX;
    polled[0] = (struct pollfd){.fd = room ? s->sockets->listener : -1, .events = POLLIN};
    for (size_t n = 0; n < (size_t)2 * SERVICE_CONNECTIONS_MAX; n++) {
        struct connection *at = &s->at[n % SERVICE_CONNECTIONS_MAX];
        if (at->socket < 0 || (at->came == USHER) != (n >= SERVICE_CONNECTIONS_MAX))
            continue;
        owners[count] = at;
        polled[count++] = (struct pollfd){.fd = at->socket, .events = POLLIN};
    }
    return count;
}

// How long a turn waits for a frame.
static int patience_of(struct service *s)
{
    if (s->work)
        return s->at_once ? 0 : LINGER_MS;
    if (!service_owes(s)) {
        s->owes_ms = 0;
        return WAKE_MS;
    }
    if (s->owes_ms == 0)
        s->owes_ms = world_monotonic_ms(s->clerk->world);
    return QUIET_MS;
}

// What the clerk does of itself after a turn; `quiet`: no frame came in it.
static bool follow(struct service *s, bool quiet, struct err *err)
{
    int64_t now = world_monotonic_ms(s->clerk->world);
    bool lingered = quiet || now - s->asked_ms >= LINGER_MAX_MS;
    if ((s->work && (s->at_once || lingered)) || now - s->worked_ms >= IDLE_WORK_MS)
        return service_work(s, err);
    bool overdue = s->owes_ms != 0 && now - s->owes_ms >= QUIET_MAX_MS;
    if (!s->work && service_owes(s) && (overdue || (quiet && s->owes_ms != 0)))
        return service_work_quietly(s, err);
    return true;
}

// Whoever asks to be shown something sees all that was done before.
static bool only_courier_asks(const struct pollfd *polled, struct connection **owners, nfds_t count)
{
    for (nfds_t i = 1; i < count; i++)
        if (polled[i].revents != 0 && owners[i]->caller != CLERK_FOR_COURIER &&
            owners[i]->came != USHER)
            return false;
    return true;
}

// What was done before is done to the end, and durable: whoever asks now may be shown it, and what
// an act waits for in the office must not be there before what it was derived from.
static bool catch_up(struct service *s, struct err *err)
{
    struct err why = {0};
    if (s->work && !service_work(s, err))
        return false;
    return !s->unsettled ||
           service_settle(s, "store", db_settle(s->clerk->exchange, &why), &why, err);
}

// *ret_goes_on is false when the command's caller has gone, for whom alone this process runs.
static bool turn(struct service *s, bool *ret_goes_on, struct err *err)
{
    struct pollfd polled[SERVICE_CONNECTIONS_MAX + 1];
    struct connection *owners[SERVICE_CONNECTIONS_MAX + 1];
    nfds_t count = gather(s, polled, owners);
    if (poll(polled, count, patience_of(s)) <= 0)
        return follow(s, true, err);
    if (!only_courier_asks(polled, owners, count) && !catch_up(s, err))
        return false;
    for (nfds_t i = 1; i < count; i++) {
        if (polled[i].revents == 0 || serve_frame(s, owners[i]))
            continue;
        *ret_goes_on =
            *ret_goes_on && owners[i]->socket != s->sockets->command && owners[i]->came != USHER;
        service_hang_up(s, owners[i]);
    }
    if (polled[0].revents != 0)
        accept_one(s);
    return follow(s, false, err);
}

bool clerk_start(struct clerk *c, struct err *err)
{
    struct service *s = memory_new(1, sizeof *s);
    struct err why = {0};
    uint64_t count;
    s->clerk = c;
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        s->at[i].socket = -1;
    bool done = service_settle(s, "resume", clerk_release_resume(c, &why), &why, err);
    why = (struct err){0};
    done = done && service_settle(s, "append", clerk_append(c, &count, &why), &why, err) &&
           service_work(s, err);
    memory_release(s);
    return done;
}

static void service_init(struct service *s, struct clerk *c, const struct clerk_sockets *sockets)
{
    const struct {
        int socket;
        enum clerk_caller is;
    } given[] = {{sockets->command, CLERK_FOR_LOCAL},
                 {sockets->courier, CLERK_FOR_COURIER},
                 {sockets->door, CLERK_FOR_DOOR}};
    s->clerk = c;
    s->sockets = sockets;
    s->worked_ms = world_monotonic_ms(c->world);
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        s->at[i].socket = -1;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (given[i].socket >= 0)
            connect_one(s, given[i].socket, given[i].is, GIVEN);
    if (sockets->usher > 0)
        connect_one(s, sockets->usher, CLERK_FOR_NOBODY, USHER);
}

bool clerk_serve(struct clerk *c, const struct clerk_sockets *sockets, const volatile int *stop,
                 struct err *err)
{
    if (!clerk_start(c, err))
        return false;
    struct service *s = memory_new(1, sizeof *s);
    service_init(s, c, sockets);
    bool done = true;
    bool goes_on = true;
    while (done && goes_on && *stop == 0) {
        done = turn(s, &goes_on, err);
    }
    if (done && s->work)
        done = service_work(s, err);
    done = done && service_work_quietly(s, err);
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        if (s->at[i].socket >= 0)
            service_hang_up(s, &s->at[i]);
    memory_release(s);
    return done;
}

// -- the local socket ----------------------------------------------------------------------------
bool clerk_listen(const char *path, int *ret_listener, struct err *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    union {
        const struct sockaddr_un *local;
        const struct sockaddr *any;
    } address = {&at};
    size_t len = strlen(path);
    if (len >= sizeof at.sun_path)
        return err_set(err, ERR_LIMIT, NULL, "the local socket has too long a path");
    memcpy(at.sun_path, path, len + 1);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s < 0)
        return err_set_errno(err, "making the local socket");
    (void)unlink(path); // a stale one; a missing one is fine
    mode_t before = umask(0177);
    int bound = bind(s, address.any, sizeof at);
    (void)umask(before);
    if (bound != 0 || listen(s, BACKLOG) != 0) {
        (void)err_set_errno(err, "listening at %.160s", path);
        (void)close(s); // nobody has connected
        return false;
    }
    *ret_listener = s;
    return true;
}
