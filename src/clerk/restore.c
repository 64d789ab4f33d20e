#include "clerk/restore.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/history.h"
#include "record/entry.h"
#include "record/record.h"
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"
#include "store/office_draft.h"

enum { ENTRY_ROOM = 256 << 10 }; // one entry at a time

// One State's newest answer.
struct shown_by {
    uint8_t *octets; // owned; NULL: none yet
    size_t len;
    uint64_t size;
};
struct restore_answers {
    bool waiting;                             // for a quorum; told by the keeper once a process
    struct shown_by by[COMMUNITY_STATES_MAX]; // in the community's order
    struct digest community;                  // that the order is of
};

void clerk_restore_forget(struct clerk *c)
{
    if (c->answers == NULL)
        return;
    for (size_t i = 0; i < COMMUNITY_STATES_MAX; i++)
        memory_release(c->answers->by[i].octets);
    memory_release(c->answers);
    c->answers = NULL;
}

static bool is_waiting(struct clerk *c, struct arena *a, bool *ret, struct err *err)
{
    struct keeper_status status;
    if (!keeper_status(&c->keeper, a, &status, err))
        return false;
    *ret = status.lock == KEEPER_RESTORED;
    return true;
}

// -- our own checkpoint, as others hold it -------------------------------------------------------
struct own_then {
    struct keeper_own_then said;
    struct proof_made proof;
    bool known;
};

// The store may be behind the keeper by a batch; then nothing is said, and the next one who shows
// the same finds it caught up.
static bool read_own_then(struct clerk *c, struct tree_size then, struct tree_size now,
                          struct arena *a, struct own_then *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log own;
    struct exchange_tiles tiles;
    bool done = db_begin(c->exchange, &txn, err) && exchange_log_get(&txn, c->own, a, &own, err);
    ret->known = done && then.n > 0 && then.n < now.n && now.n <= own.size.n;
    if (ret->known) {
        exchange_tiles_init(&tiles, &txn, c->own);
        done =
            merkle_subtree_hash(&tiles.source, (struct subtree){0, then.n}, &ret->said.root, err) &&
            merkle_make_consistency(&tiles.source, then, now, &ret->proof, err);
        ret->said.proof = proof_of(&ret->proof);
    }
    txn_release(&txn);
    return done;
}

static bool show_keeper(struct clerk *c, struct bytes note, struct arena *a, struct err *err)
{
    struct keeper_status status;
    struct note read;
    struct checkpoint_claim claim;
    struct own_then *then = arena_new(a, struct own_then, 1);
    if (then == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    return note_read(note, &read, err) && checkpoint_read(read.text, &claim, err) &&
           keeper_status(&c->keeper, a, &status, err) &&
           read_own_then(c, claim.said.size, status.size, a, then, err) &&
           keeper_shown_checkpoint(&c->keeper, note, then->known ? &then->said : NULL, err);
}

bool clerk_restore_show_keeper(struct clerk *c, struct bytes note, struct err *err)
{
    struct arena a;
    arena_init(&a, (size_t)4 * FRAME_BYTES_MAX);
    bool done = show_keeper(c, note, &a, err);
    arena_release(&a);
    return done;
}

// -- since when ----------------------------------------------------------------------------------
// The moment this node first found that its keeper waits; 0 once it signs again.
#define SINCE STR("restored/since")

static bool read_since(struct clerk *c, struct arena *a, struct moment *ret, struct err *err)
{
    struct txn txn = {0};
    struct bytes value;
    struct err why = {0};
    ret->s = 0;
    if (!db_begin(c->exchange, &txn, err))
        return false;
    bool found = exchange_setting_get(&txn, SINCE, a, &value, &why);
    txn_release(&txn);
    if (!found)
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    struct reader r = reader_of(value);
    uint64_t since = reader_u64(&r);
    if (!reader_done(&r) || since > INT64_MAX)
        return err_set(err, ERR_MALFORMED, "FORMATS 10", "the stored moment of the restore");
    ret->s = (int64_t)since;
    return true;
}

// A backup may hold the moment of an earlier restore; it goes once the keeper signs.
static bool settle_since(struct clerk *c, struct arena *a, bool waiting, struct err *err)
{
    struct txn txn = {0};
    struct moment since;
    uint8_t room[8];
    struct writer w = writer_of(room, sizeof room);
    if (!read_since(c, a, &since, err))
        return false;
    if (waiting == (since.s > 0))
        return true;
    writer_u64(&w, waiting ? (uint64_t)clerk_now(c).s : 0);
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_setting_put(&txn, SINCE, writer_bytes(&w), err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

// -- answers -------------------------------------------------------------------------------------
// Only what that State itself cosigned is its answer.
static bool cosigned_by(struct str from, struct bytes note, bool *ret, struct err *err)
{
    struct note read;
    *ret = false;
    if (!note_read(note, &read, err))
        return false;
    for (size_t i = 0; i < read.signatures_count; i++) {
        struct str name = read.signatures[i].name;
        *ret = *ret || (name.len > from.len && str_starts(name, from) && name.ptr[from.len] == '/');
    }
    return true;
}

static void keep_answer(struct clerk *c, size_t at, struct bytes note, uint64_t size)
{
    CHECK(c->answers != NULL);
    struct shown_by *by = &c->answers->by[at];
    if (by->octets != NULL && by->size > size)
        return;
    uint8_t *copy = memory_new(note.len, 1);
    memcpy(copy, note.ptr, note.len);
    memory_release(by->octets);
    *by = (struct shown_by){copy, note.len, size};
}

static bool take_answer(struct clerk *c, struct arena *a, struct str from, struct bytes checkpoint,
                        struct err *err)
{
    struct clerk_head *head = arena_new(a, struct clerk_head, 1);
    const struct chain *own = clerk_chain(c, c->origin);
    const struct community_state *state = clerk_state_of(c, from);
    struct bytes clean;
    bool cosigned = false;
    if (head == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    if (own == NULL || state == NULL)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 10", "our own manifests are not here yet");
    if (!clerk_head_open(own, checkpoint, head, err) ||
        !clerk_head_clean(c, head, a, &clean, err) || !cosigned_by(from, clean, &cosigned, err))
        return false;
    if (cosigned)
        keep_answer(c, (size_t)(state - c->community.states), clean, head->said.size.n);
    return true;
}

// A keeper that waits is still the same one as long as this process lives: without it, it ends.
static bool begin(struct clerk *c, struct arena *a, struct err *err)
{
    bool waiting = false;
    bool same = c->answers != NULL && digest_eq(&c->answers->community, &c->community.hash);
    if (same && !c->answers->waiting)
        return true;
    if (!is_waiting(c, a, &waiting, err) || !settle_since(c, a, waiting, err))
        return false;
    if (!same || !waiting) {
        clerk_restore_forget(c);
        c->answers = memory_new(1, sizeof *c->answers);
        c->answers->community = c->community.hash;
    }
    c->answers->waiting = waiting;
    return true;
}

static bool check_written(struct clerk *c, struct arena *a, struct moment written, struct err *err)
{
    struct moment since = {0};
    if (written.s == 0)
        return true;
    if (!read_since(c, a, &since, err))
        return false;
    if (written.s > since.s && written.s <= clerk_now(c).s + RECORD_AHEAD_S_MAX)
        return true;
    return err_set(err, ERR_DENIED, "FORMATS 10",
                   "this file was not written after the restore, so it is no answer about our log; "
                   "ask its author for a new one");
}

bool clerk_restore_answer(struct clerk *c, struct str from, struct bytes checkpoint,
                          struct moment written, struct err *err)
{
    struct arena a;
    if (str_eq(from, c->origin) || !c->has_community)
        return true;
    arena_init(&a, 8 << 20);
    bool done = begin(c, &a, err);
    if (done && c->answers->waiting)
        done = check_written(c, &a, written, err) && take_answer(c, &a, from, checkpoint, err);
    arena_release(&a);
    return done;
}

// -- own entries that are not open yet ------------------------------------------------------------
// The mark spares everybody who was
// never restored from looking through what is wanted.
#define MARK STR("restored/own-bodies")

bool clerk_restore_mark(struct txn *exchange, struct err *err)
{
    return exchange_setting_put(exchange, MARK, bytes_of("1", 1), err);
}

struct unopened {
    struct txn *exchange;
    uint64_t count;
};

// Attachments of our own records are wanted too; they use no number.
static bool see_want(void *context, const struct exchange_want *row, struct err *err)
{
    struct unopened *u = context;
    struct arena a;
    struct bytes octets;
    struct entry entry;
    struct err why = {0};
    arena_init(&a, ENTRY_ROOM);
    bool done = exchange_entry_get(u->exchange, row->log, row->at, &a, &octets, err);
    if (done && entry_read(octets, &entry, &why) && digest_eq(&entry.body, &row->hash))
        u->count++;
    arena_release(&a);
    return done;
}

bool clerk_restore_unopened(struct clerk *c, struct txn *exchange, uint64_t *ret, struct err *err)
{
    struct arena a;
    struct bytes value;
    struct unopened u = {.exchange = exchange};
    struct err why = {0};
    arena_init(&a, 4096);
    bool marked = exchange_setting_get(exchange, MARK, &a, &value, &why);
    bool done =
        marked || why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    if (marked)
        done = exchange_wants_in(exchange, c->own, false, UINT64_MAX, see_want, &u, err);
    arena_release(&a);
    *ret = u.count;
    return done;
}

// "restored/gap/PAIR": an officer accepted that numbers of this pair are left out.
static bool gap_accepted(struct txn *exchange, struct str pair, struct arena *a,
                         struct str *ret_key, bool *ret, struct err *err)
{
    struct bytes value;
    struct err why = {0};
    if (!arena_fmt(a, ret_key, err, "restored/gap/%.*s", STR_ARG(pair)))
        return false;
    *ret = exchange_setting_get(exchange, *ret_key, a, &value, &why);
    return *ret || why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
}

bool clerk_restore_may_number(struct clerk *c, struct txn *exchange, struct str pair,
                              struct err *err)
{
    struct arena a;
    struct str key;
    uint64_t unopened = 0;
    bool accepted = false;
    size_t own = strlen(c->state.text) + 1; // of XA/XB the officer names XB, of XA all
    if (!clerk_restore_unopened(c, exchange, &unopened, err))
        return false;
    if (unopened == 0)
        return true;
    arena_init(&a, 4096);
    bool done = gap_accepted(exchange, pair, &a, &key, &accepted, err);
    arena_release(&a);
    if (!done || accepted)
        return done;
    struct str state = pair.len > own ? str_slice(pair, own, pair.len) : STR("all");
    return err_set(err, ERR_LOCKED, "FORMATS 10",
                   "%llu own entries are not opened since the restore; wait for their bodies, or "
                   "accept the gap with `elchi restore accept-gap %.*s`",
                   (unsigned long long)unopened, STR_ARG(state));
}

static bool leave_out(struct txn *exchange, struct str pair, uint64_t unopened, struct str key,
                      struct err *err)
{
    uint64_t last = 0;
    bool pending = false;
    if (!exchange_serial_last(exchange, pair, &last, &pending, err))
        return false;
    if (last + unopened >= EXCHANGE_SERIAL_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 1", "the pair %.*s has no serial left",
                       STR_ARG(pair));
    return exchange_serial_raise(exchange, pair, last + unopened, err) &&
           exchange_setting_put(exchange, key, bytes_of("1", 1), err);
}

static bool accept_gap(struct clerk *c, struct txn *exchange, struct str pair, struct arena *a,
                       uint64_t *ret_left_out, struct err *err)
{
    struct str key;
    bool accepted = false;
    if (!clerk_restore_unopened(c, exchange, ret_left_out, err) ||
        !gap_accepted(exchange, pair, a, &key, &accepted, err))
        return false;
    if (accepted || *ret_left_out == 0)
        return err_set(err, ERR_CONFLICT, "FORMATS 10",
                       accepted ? "the gap of this pair is accepted already; its records can go"
                                : "every own entry is open: there is no gap to accept");
    return leave_out(exchange, pair, *ret_left_out, key, err);
}

bool clerk_restore_accept_gap(struct clerk *c, struct str pair, struct str officer,
                              uint64_t *ret_left_out, struct err *err)
{
    struct arena a;
    struct txn txn = {0};
    struct str subject = {0};
    bool waiting = false;
    arena_init(&a, 1 << 20);
    bool done = is_waiting(c, &a, &waiting, err);
    if (done && waiting)
        done = err_set(err, ERR_LOCKED, "FORMATS 10",
                       "how many entries are missing is known only once a quorum has answered");
    // What is accepted is in the trail before it is so, never the other way round.
    done = done && db_begin(c->exchange, &txn, err) &&
           accept_gap(c, &txn, pair, &a, ret_left_out, err) &&
           arena_fmt(&a, &subject, err, "%.*s: %llu numbers are left out", STR_ARG(pair),
                     (unsigned long long)*ret_left_out) &&
           clerk_audit(c, officer, "gap", subject, err) && db_commit(&txn, err);
    txn_release(&txn);
    arena_release(&a);
    return done;
}

// -- before anything is signed again --------------------------------------------------------------
enum { AT_A_TIME = 64 };
struct draft_ids {
    struct office_draft_id items[AT_A_TIME];
    size_t count;
};

static bool see_draft(void *context, const struct office_draft *row, struct err *err)
{
    struct draft_ids *ids = context;
    (void)err;
    if (ids->count < AT_A_TIME)
        ids->items[ids->count++] = row->id;
    return true;
}

static bool see_fill(void *context, const struct office_fill *row, struct err *err)
{
    struct draft_ids *ids = context;
    (void)err;
    if (ids->count < AT_A_TIME)
        ids->items[ids->count++] = row->draft;
    return true;
}

static bool erase_some(struct clerk *c, struct draft_ids *ids, struct err *err)
{
    struct txn txn = {0};
    ids->count = 0;
    bool done = db_begin(c->office, &txn, err);
    for (int s = DRAFT_OPEN; done && s < DRAFT_STATE_COUNT && ids->count < AT_A_TIME; s++)
        if (s != DRAFT_LOGGED)
            done = office_drafts_in(&txn, (enum office_draft_state)s, see_draft, ids, err);
    for (size_t i = 0; done && i < ids->count; i++)
        done = office_draft_erase(&txn, &ids->items[i], err);
    size_t drafts = ids->count;
    ids->count = 0;
    done = done && office_fills(&txn, see_fill, ids, err);
    for (size_t i = 0; done && i < ids->count; i++)
        done = office_fill_drop(&txn, &ids->items[i], err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    ids->count += drafts;
    return done;
}

// After a restore every earlier draft and approval is void (FORMATS 10); so is what was sealed and
// not yet logged: some of it may stand in the log that was fetched back.
bool clerk_restore_void(struct clerk *c, struct err *err)
{
    struct txn txn = {0};
    struct draft_ids ids = {.count = 1};
    size_t all = 0;
    while (ids.count > 0) {
        if (!erase_some(c, &ids, err))
            return false;
        all += ids.count;
    }
    bool done = db_begin(c->exchange, &txn, err) && exchange_stage_clear(&txn, INT64_MAX, err) &&
                db_commit(&txn, err);
    txn_release(&txn);
    return done &&
           (all == 0 || clerk_audit(c, STR("clerk"), "restore", STR("drafts are void"), err));
}

// -- resuming ------------------------------------------------------------------------------------
static bool gather(struct clerk *c, struct arena *a, struct keeper_answer **ret, size_t *ret_count,
                   uint64_t *ret_largest, struct err *err)
{
    struct keeper_answer *all = arena_new(a, struct keeper_answer, COMMUNITY_STATES_MAX);
    size_t count = 0;
    uint64_t largest = 0;
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for answers");
    for (size_t i = 0; i < c->community.states_count; i++) {
        const struct shown_by *by = &c->answers->by[i];
        const struct community_state *state = &c->community.states[i];
        if (by->octets == NULL || c->chain_items[i] == NULL)
            continue;
        struct keeper_answer *to = &all[count++];
        *to = (struct keeper_answer){.state = state->code,
                                     .origin = state->origin,
                                     .genesis = state->genesis,
                                     .checkpoint = bytes_of(by->octets, by->len)};
        largest = by->size > largest ? by->size : largest;
        if (!chain_write(c->chain_items[i], a, &to->chain, err))
            return false;
    }
    *ret = all;
    *ret_count = count;
    *ret_largest = largest;
    return true;
}

static bool own_log(struct clerk *c, struct arena *a, struct exchange_log *ret, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->exchange, &txn, err) && exchange_log_get(&txn, c->own, a, ret, err);
    txn_release(&txn);
    return done;
}

static bool try_resume(struct clerk *c, struct arena *a, struct err *err)
{
    struct keeper_answer *answers = NULL;
    struct exchange_log own;
    size_t count = 0;
    uint64_t largest = 0;
    if (!gather(c, a, &answers, &count, &largest, err) || !own_log(c, a, &own, err))
        return false;
    if (count == 0 || count < c->community.quorum)
        return true; // others have not answered yet
    if (own.signed_size.n != own.size.n || own.size.n < largest) {
        clerk_ring(c); // entries of ours are still to be fetched
        return true;
    }
    if (own.size.n > largest)
        return true; // nobody has shown as much as we hold; only the roots can say
    if (!clerk_restore_void(c, err) ||
        !keeper_resume(&c->keeper, &own.edge, own.checkpoint, answers, count, err))
        return false;
    // Now that it knows a tree again: was a smaller answer perhaps of another one?
    for (size_t i = 0; i < count; i++)
        if (!clerk_restore_show_keeper(c, answers[i].checkpoint, err))
            return false;
    clerk_restore_forget(c);
    clerk_ring(c);
    return clerk_audit(c, STR("clerk"), "resume", STR("a quorum has answered"), err);
}

bool clerk_restore_step(struct clerk *c, struct err *err)
{
    struct arena a;
    if (!c->has_community)
        return true;
    arena_init(&a, 64 << 20);
    bool done = begin(c, &a, err);
    if (done && c->answers->waiting)
        done = try_resume(c, &a, err);
    arena_release(&a);
    return done;
}
