#include "clerk/service.h"

#include "base/frame.h"
#include "base/limits.h"
#include "base/report.h"
#include "clerk/acts.h"
#include "clerk/append.h"
#include "clerk/project.h"
#include "clerk/release.h"
#include "clerk/restore.h"
#include "store/exchange_stage.h"
#include "store/office_view.h"

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
    CONNECTIONS_MAX = CLERK_CONNECTIONS_MAX + 3,
    BACKLOG = 16,
};

// -- the table -----------------------------------------------------------------------------------
static const struct clerk_row rows[] = {
#define CLERK_ROW(name, number, who, what) {#name, (number), (who), (what)},
    CLERK_FRAMES(CLERK_ROW)
#undef CLERK_ROW
};

enum follows { ONLY_SHOWS, WORK_FOLLOWS };
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
    {CLERK_TAKE_MANIFESTS, clerk_act_take_manifests, WORK_FOLLOWS},
    {CLERK_TAKE_ENTRIES, clerk_act_take_entries, WORK_FOLLOWS},
    {CLERK_WITNESS, clerk_act_witness, WORK_FOLLOWS},
    {CLERK_TAKE_COSIGS, clerk_act_take_cosigs, WORK_FOLLOWS},
    {CLERK_TAKE_EVIDENCE, clerk_act_take_evidence, WORK_FOLLOWS},
    {CLERK_TAKE_WAITING, clerk_act_take_waiting, WORK_FOLLOWS},
    {CLERK_TAKE_BLOB, clerk_act_take_blob, WORK_FOLLOWS},
    {CLERK_TAKE_BODIES, clerk_act_take_bodies, WORK_FOLLOWS},
    {CLERK_OFFERS_DONE, clerk_act_offers_done, ONLY_SHOWS},
    {CLERK_BLOB_HAVE, clerk_act_blob_have, ONLY_SHOWS},
    {CLERK_PEER_CALLED, clerk_act_peer_called, ONLY_SHOWS},
    {CLERK_PEER_HEAD, clerk_act_peer_head, ONLY_SHOWS},
    {CLERK_TAKE_OWN_HEAD, clerk_act_take_own_head, WORK_FOLLOWS},
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
};
_Static_assert(sizeof acts / sizeof acts[0] == sizeof rows / sizeof rows[0], "an act per frame");

const struct clerk_row *clerk_rows(size_t *ret_count)
{
    *ret_count = sizeof rows / sizeof rows[0];
    return rows;
}

// -- connections ---------------------------------------------------------------------------------
struct connection {
    int socket; // -1: a free place
    bool accepted;
    enum clerk_caller caller;
    struct officer_session officer;
    bool waits; // for this turn's append
    struct digest waits_for;
};
struct service {
    struct clerk *clerk;
    const struct clerk_sockets *sockets;
    struct connection at[CONNECTIONS_MAX];
    size_t accepted; // of them by the listener
    bool work;       // something in this turn asks for it
    int64_t worked_ms;
    struct err last; // of the work: said once, until it changes
};

static struct connection *free_place(struct service *s)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (s->at[i].socket < 0)
            return &s->at[i];
    return NULL;
}

static void connect_one(struct service *s, int socket, enum clerk_caller caller, bool accepted)
{
    struct connection *to = free_place(s);
    CHECK(to != NULL);
    *to = (struct connection){.socket = socket, .accepted = accepted, .caller = caller};
    s->accepted += accepted ? 1 : 0;
}

static void hang_up(struct service *s, struct connection *from)
{
    if (from->accepted) {
        (void)close(from->socket); // its answers were sent or cannot be
        s->accepted--;
    }
    secret_wipe(&from->officer, sizeof from->officer);
    *from = (struct connection){.socket = -1};
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

static bool run(struct service *s, struct connection *from, const struct frame *f,
                struct clerk_io *io, struct bytes *ret, struct err *err)
{
    size_t at = 0;
    if (!find_act(f->kind, from, &at, err))
        return false;
    io->ask = reader_of(f->payload);
    buffer_init(&io->answer, io->arena, FRAME_BYTES_MAX);
    // An act that fails half-way may have left work: what it staged is found again.
    s->work = s->work || acts[at].follows == WORK_FOLLOWS;
    if (!acts[at].act(s->clerk, io, err))
        return false;
    if (io->shown == NULL)
        return buffer_take(&io->answer, ret, err);
    CHECK(io->answer.len == 0);
    return json_canon(io->shown, io->arena, ret, err);
}

static bool send_answer(struct connection *to, bool done, struct bytes payload, int fd,
                        const struct err *why, struct err *err)
{
    if (!done)
        return frame_answer_err(to->socket, why, err);
    if (payload.len <= FRAME_BYTES_MAX)
        return frame_answer_ok(to->socket, payload, fd, err);
    struct err large = {0};
    (void)err_set(&large, ERR_LIMIT, "base/limits.h", "an answer of %zu octets", payload.len);
    return frame_answer_err(to->socket, &large, err);
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
        sent = send_answer(from, done, payload, io.fd, &why, err);
    }
    json_decref(io.shown);
    if (io.fd >= 0)
        (void)close(io.fd); // the receiver has its own
    if (!done)
        report_err(REPORT_INFO, "refused", &why);
    return sent;
}

// False when the connection is to be closed; a caller who simply left is no event.
static bool serve_frame(struct service *s, struct connection *from)
{
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

// -- the work ------------------------------------------------------------------------------------
// The keeper has gone, or a disk fails: only a new start helps. Anything else is served around.
static bool ends_process(const struct err *err)
{
    return err->kind == ERR_OFFLINE || err->kind == ERR_IO;
}

// True when the work may go on with its next step.
static bool settle(struct service *s, const char *event, bool done, const struct err *why,
                   struct err *err)
{
    if (done)
        return true;
    if (strcmp(s->last.text, why->text) != 0)
        report_err(REPORT_WARN, event, why);
    s->last = *why;
    if (!ends_process(why))
        return true;
    return err_set(err, why->kind, why->clause, "%s", why->text);
}

static bool is_staged(struct clerk *c, bool *ret, struct err *err)
{
    struct txn txn = {0};
    uint64_t count = 0;
    bool done = db_begin(c->exchange, &txn, err) && exchange_stage_count(&txn, &count, err);
    txn_release(&txn);
    *ret = count > 0;
    return done;
}

static bool step_append(struct clerk *c, struct err *err)
{
    bool staged = false;
    uint64_t count;
    return is_staged(c, &staged, err) && (!staged || clerk_append(c, &count, err));
}

// A full bell rings already; that the facts changed is said until it was heard.
static void ring(struct clerk *c)
{
    const uint8_t octet = c->changed ? CLERK_BELL_FACTS : CLERK_BELL_NEWS;
    if (c->rang && c->options.bell >= 0 &&
        send(c->options.bell, &octet, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
        c->changed = false;
    c->rang = c->changed;
}

// -- answers that waited -------------------------------------------------------------------------
static bool released_json(struct clerk *c, const struct digest *note, struct arena *a,
                          json_t **ret_owned, struct err *err)
{
    struct txn txn = {0};
    struct office_record row;
    char text[DIGEST_TEXT_CHARS + 1];
    bool done = db_begin(c->office, &txn, err) && office_record_get(&txn, note, a, &row, err);
    txn_release(&txn);
    if (!done)
        return err_wrap(err, "released, but not in the log yet");
    digest_write(note, text);
    *ret_owned =
        json_pack("{s:s%, s:I, s:s, s:s%}", "ref", row.ref.ptr, row.ref.len, "index",
                  (json_int_t)row.at, "note", text, "origin", row.origin.ptr, row.origin.len);
    CHECK(*ret_owned != NULL);
    return true;
}

static bool answer_waiting(struct clerk *c, struct connection *to, const struct err *append)
{
    struct arena a;
    struct bytes payload = {0};
    json_t *shown = NULL;
    struct err why = {0};
    struct err err = {0};
    arena_init(&a, (size_t)4 * FRAME_BYTES_MAX);
    bool done =
        released_json(c, &to->waits_for, &a, &shown, &why) && json_canon(shown, &a, &payload, &why);
    if (!done && append->kind != ERR_NONE)
        why = *append; // that is why
    bool sent = send_answer(to, done, payload, -1, &why, &err);
    json_decref(shown);
    arena_release(&a);
    if (!sent && err.kind != ERR_OFFLINE)
        report_err(REPORT_WARN, "connection-closed", &err);
    return sent;
}

static void answer_all_waiting(struct service *s, const struct err *append)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *to = &s->at[i];
        if (to->socket < 0 || !to->waits)
            continue;
        to->waits = false;
        if (!answer_waiting(s->clerk, to, append))
            hang_up(s, to);
    }
}

// Logged and shown; then answered; then what follows from what was shown.
static bool work(struct service *s, struct err *err)
{
    struct clerk *c = s->clerk;
    struct err append = {0};
    struct err why = {0};
    s->work = false;
    s->worked_ms = world_monotonic_ms(c->world);
    bool done = settle(s, "append", step_append(c, &append), &append, err) &&
                settle(s, "project", clerk_project(c, &why), &why, err);
    ring(c);
    answer_all_waiting(s, &append);
    if (!done)
        return false;
    why = append = (struct err){0};
    done = settle(s, "receipts", clerk_receipts(c, &why), &why, err) &&
           settle(s, "append", step_append(c, &append), &append, err);
    why = (struct err){0};
    done = done && settle(s, "project", clerk_project(c, &why), &why, err);
    why = (struct err){0};
    done = done && settle(s, "restore", clerk_restore_step(c, &why), &why, err);
    ring(c);
    return done;
}

// -- the loop ------------------------------------------------------------------------------------
static void accept_one(struct service *s)
{
    int socket = accept(s->sockets->listener, NULL, NULL);
    if (socket < 0)
        return; // it has gone again
    connect_one(s, socket, CLERK_FOR_LOCAL, true);
}

// Gathers what to wait for; place 0 is the listener, left out while there is no room.
static nfds_t gather(struct service *s, struct pollfd *polled, struct connection **owners)
{
    nfds_t count = 1;
    bool room = s->accepted < CLERK_CONNECTIONS_MAX;
    polled[0] = (struct pollfd){.fd = room ? s->sockets->listener : -1, .events = POLLIN};
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (s->at[i].socket < 0)
            continue;
        owners[count] = &s->at[i];
        polled[count++] = (struct pollfd){.fd = s->at[i].socket, .events = POLLIN};
    }
    return count;
}

// False when the command's caller has gone, for whom alone this process runs.
static bool turn(struct service *s)
{
    struct pollfd polled[CONNECTIONS_MAX + 1];
    struct connection *owners[CONNECTIONS_MAX + 1];
    nfds_t count = gather(s, polled, owners);
    if (poll(polled, count, WAKE_MS) <= 0)
        return true;
    bool goes_on = true;
    for (nfds_t i = 1; i < count; i++) {
        if (polled[i].revents == 0 || serve_frame(s, owners[i]))
            continue;
        goes_on = goes_on && owners[i]->socket != s->sockets->command;
        hang_up(s, owners[i]);
    }
    if (polled[0].revents != 0)
        accept_one(s);
    return goes_on;
}

bool clerk_start(struct clerk *c, struct err *err)
{
    struct service *s = memory_new(1, sizeof *s);
    struct err why = {0};
    uint64_t count;
    s->clerk = c;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        s->at[i].socket = -1;
    bool done = settle(s, "resume", clerk_release_resume(c, &why), &why, err);
    why = (struct err){0};
    done = done && settle(s, "append", clerk_append(c, &count, &why), &why, err) && work(s, err);
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
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        s->at[i].socket = -1;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (given[i].socket >= 0)
            connect_one(s, given[i].socket, given[i].is, false);
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
        goes_on = turn(s);
        if (s->work || world_monotonic_ms(c->world) - s->worked_ms >= IDLE_WORK_MS)
            done = work(s, err);
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (s->at[i].socket >= 0)
            hang_up(s, &s->at[i]);
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
