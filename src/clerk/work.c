#include "clerk/work.h"

#include "base/frame.h"
#include "base/limits.h"
#include "base/report.h"
#include "clerk/append.h"
#include "clerk/cosign.h"
#include "clerk/landed.h"
#include "clerk/project.h"
#include "clerk/restore.h"
#include "store/exchange_stage.h"
#include "store/office_view.h"

#include <sys/socket.h>
#include <unistd.h>

enum { RELEASE_BYTES_MAX = 512 << 20 }; // of all releases of one turn

void service_hang_up(struct service *s, struct connection *from)
{
    if (from->came == ACCEPTED || from->came == BROUGHT)
        (void)close(from->socket); // its answers were sent or cannot be
    if (from->came == ACCEPTED)
        s->accepted--;
    secret_wipe(&from->officer, sizeof from->officer);
    *from = (struct connection){.socket = -1};
}

bool service_send_answer(struct connection *to, bool done, struct bytes payload, int fd,
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

// -- the work ------------------------------------------------------------------------------------
// The keeper has gone, or a disk fails: only a new start helps. Anything else is served around.
static bool ends_process(const struct err *err)
{
    return err->kind == ERR_OFFLINE || err->kind == ERR_IO;
}

// True when the work may go on with its next step.
bool service_settle(struct service *s, const char *event, bool done, const struct err *why,
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
    if (!done && err->kind == ERR_NOT_FOUND)
        return err_set(err, ERR_BUSY, "FORMATS 4",
                       "it is signed and on its way into the log; ask for the same release again");
    if (!done)
        return err_wrap(err, "a released record");
    digest_write(note, text);
    *ret_owned =
        json_pack("{s:s%, s:I, s:s, s:s%}", "ref", row.ref.ptr, row.ref.len, "index",
                  (json_int_t)row.at, "note", text, "origin", row.origin.ptr, row.origin.len);
    CHECK(*ret_owned != NULL);
    return true;
}

// False when it cannot be told: the connection is closed then.
static bool answer_waiting(struct clerk *c, struct connection *to, const struct err *append)
{
    struct arena a;
    struct bytes payload = {0};
    json_t *shown = NULL;
    struct err why = to->released.refused;
    struct err err = {0};
    arena_init(&a, (size_t)4 * FRAME_BYTES_MAX);
    bool done = why.kind == ERR_NONE && released_json(c, &to->released.note, &a, &shown, &why) &&
                json_canon(shown, &a, &payload, &why);
    if (!done && to->released.refused.kind == ERR_NONE && append->kind != ERR_NONE)
        why = *append; // that is why
    bool sent = service_send_answer(to, done, payload, -1, &why, &err);
    json_decref(shown);
    arena_release(&a);
    if (!done)
        report_err(REPORT_INFO, "refused", &why);
    if (!sent && err.kind != ERR_OFFLINE)
        report_err(REPORT_WARN, "connection-closed", &err);
    return sent;
}

static void answer_all_waiting(struct service *s, const struct err *append)
{
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++) {
        struct connection *to = &s->at[i];
        if (to->socket < 0 || !to->waits)
            continue;
        to->waits = false;
        if (!answer_waiting(s->clerk, to, append))
            service_hang_up(s, to);
    }
}

// -- releases ------------------------------------------------------------------------------------
// All that officers asked for in this turn, together.
static bool release_all(struct service *s, struct err *err)
{
    struct release_ask asks[SERVICE_CONNECTIONS_MAX];
    struct release_done done[SERVICE_CONNECTIONS_MAX] = {0};
    struct connection *of[SERVICE_CONNECTIONS_MAX];
    struct arena a;
    struct err why = {0};
    size_t count = 0;
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++) {
        if (s->at[i].socket < 0 || !s->at[i].waits)
            continue;
        of[count] = &s->at[i];
        asks[count++] = (struct release_ask){s->at[i].waits_for, str_of(s->at[i].officer.name)};
    }
    if (count == 0)
        return true;
    arena_init(&a, RELEASE_BYTES_MAX);
    bool good = clerk_release_all(s->clerk, &a, asks, count, done, &why);
    for (size_t i = 0; i < count; i++) {
        of[i]->released = (struct release_done){.refused = done[i].refused, .note = done[i].note};
        if (!good)
            of[i]->released.refused = why;
    }
    arena_release(&a);
    return good || service_settle(s, "release", good, &why, err);
}

static bool settle_stores(struct clerk *c, struct err *err)
{
    return db_settle(c->exchange, err) && db_settle(c->office, err);
}

static bool anybody_waits(const struct service *s)
{
    for (size_t i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        if (s->at[i].socket >= 0 && s->at[i].waits)
            return true;
    return false;
}

// Logged, shown, and told to the courier; durable, and answered; then what follows from what was
// shown. Nothing that anybody is shown afterwards is owed by the exchange store.
bool service_work(struct service *s, struct err *err)
{
    struct clerk *c = s->clerk;
    struct err append = {0};
    struct err why = {0};
    bool for_courier = !s->at_once && c->answers == NULL;
    s->work = s->at_once = c->again = false;
    s->worked_ms = world_monotonic_ms(c->world);
    bool done = release_all(s, err) &&
                service_settle(s, "append", step_append(c, &append), &append, err) &&
                service_settle(s, "project", clerk_project(c, &why), &why, err);
    ring(c);
    why = (struct err){0};
    if (done && anybody_waits(s))
        done = service_settle(s, "store", settle_stores(c, &why), &why, err);
    answer_all_waiting(s, &append);
    if (!done)
        return false;
    why = append = (struct err){0};
    done = service_settle(s, "receipts", clerk_receipts(c, &why), &why, err) &&
           service_settle(s, "append", step_append(c, &append), &append, err);
    why = (struct err){0};
    done = done && service_settle(s, "project", clerk_project(c, &why), &why, err);
    ring(c);
    why = (struct err){0};
    // What a courier brought is shown to nobody before the next frame of somebody else.
    if (done && !for_courier)
        done = service_settle(s, "store", db_settle(c->exchange, &why), &why, err);
    s->unsettled = true;
    why = (struct err){0};
    done = done && service_settle(s, "restore", clerk_restore_step(c, &why), &why, err);
    ring(c);
    s->work = s->at_once = c->again;
    return done;
}

// -- what nobody waits for -----------------------------------------------------------------------
bool service_owes(const struct service *s)
{
    const struct clerk *c = s->clerk;
    return s->unsettled || c->cosigned || clerk_cosign_owes(c) || clerk_landed_owes(c);
}

static bool step_cosigned(struct clerk *c, struct err *err)
{
    bool was = c->cosigned;
    c->cosigned = false;
    return !was || clerk_project_cosigned(c, err);
}

bool service_work_quietly(struct service *s, struct err *err)
{
    struct clerk *c = s->clerk;
    struct err why = {0};
    s->owes_ms = 0;
    s->unsettled = false;
    bool done = service_settle(s, "cosign", clerk_cosign_due(c, &why), &why, err);
    ring(c);
    why = (struct err){0};
    done = done && service_settle(s, "cosigned", step_cosigned(c, &why), &why, err);
    why = (struct err){0};
    done = done && service_settle(s, "landed", clerk_landed_settle(c, &why), &why, err);
    why = (struct err){0};
    return done && service_settle(s, "store", settle_stores(c, &why), &why, err);
}
