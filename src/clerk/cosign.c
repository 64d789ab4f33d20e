#include "clerk/cosign.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/history.h"
#include "log/witness.h"
#include "store/exchange_witness.h"

enum { ASKS_BYTES_MAX = FRAME_BYTES_MAX / 2, ASKS_ROOM = 64 << 20 };

// -- which are due -------------------------------------------------------------------------------
void clerk_cosign_later(struct clerk *c, struct str origin)
{
    for (size_t i = 0; c->has_community && i < c->community.states_count; i++)
        if (str_eq(c->community.states[i].origin, origin))
            c->cosign_due[i] = true;
}

static bool is_due(const struct clerk *c, size_t at)
{
    return c->cosign_due[at] && !str_eq(c->community.states[at].origin, c->origin);
}

bool clerk_cosign_owes(const struct clerk *c)
{
    for (size_t i = 0; c->has_community && i < c->community.states_count; i++)
        if (is_due(c, i))
            return true;
    return false;
}

// -- one role of one log -------------------------------------------------------------------------
struct held_line {
    struct str name; // of our key in this role
    bool found;
};

static bool own_line(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct held_line *h = context;
    (void)err;
    h->found = h->found || str_eq(row->key_name, h->name);
    return true;
}

// What the keeper needs, read in one transaction; an empty proof leads from nothing, or from
// itself.
struct due {
    struct exchange_log log;
    struct proof_made proof;
    bool given; // the line is here already
};

static bool read_due(struct clerk *c, struct arena *a, struct str origin, enum keeper_role role,
                     struct tree_size held, struct due *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_tiles tiles;
    struct held_line own = {.found = false};
    struct err why = {0};
    bool done = arena_fmt(a, &own.name, err, "%.*s/%s", STR_ARG(c->origin),
                          role == KEEPER_MIRROR ? "mirror" : "witness") &&
                db_begin(c->exchange, &txn, err);
    *ret = (struct due){.given = false};
    if (done && !exchange_log_find(&txn, origin, a, &ret->log, &why))
        done = why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    if (done && held.n > 0 && held.n == ret->log.signed_size.n)
        done = exchange_cosigs(&txn, ret->log.id, held, own_line, &own, err);
    if (done && held.n > 0 && held.n < ret->log.signed_size.n) {
        exchange_tiles_init(&tiles, &txn, ret->log.id);
        done = merkle_make_consistency(&tiles.source, held, ret->log.signed_size, &ret->proof, err);
    }
    txn_release(&txn);
    ret->given = own.found;
    return done;
}

// `ask` has role, origin, checkpoint and proof; whose it is stands in the community and its chain.
static bool name_log(struct clerk *c, struct arena *a, struct keeper_cosigning *ask,
                     struct err *err)
{
    const struct community_state *state = clerk_state_of(c, ask->origin);
    const struct chain *chain = clerk_chain(c, ask->origin);
    if (state == NULL || chain == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no keys of %.*s are known",
                       STR_ARG(ask->origin));
    ask->state = state->code;
    ask->genesis = state->genesis;
    return chain_write(chain, a, &ask->chain, err);
}

// -- all that are due ----------------------------------------------------------------------------
struct asking {
    struct clerk *c;
    struct arena *arena;
    struct keeper_cosigning asks[KEEPER_COSIGN_MAX];
    struct {
        struct log_id log;
        struct tree_size size;
    } of[KEEPER_COSIGN_MAX];
    size_t count, bytes;
    struct err refused; // the last one
};

static bool keep_line(struct txn *txn, struct log_id log, struct tree_size size,
                      const struct keeper_cosigned_line *given, struct err *err)
{
    struct note_signature read;
    size_t count = 0;
    if (!note_lines_read(str_bytes(given->line), &read, 1, &count, err))
        return false;
    struct exchange_cosig row = {.log = log,
                                 .size = size,
                                 .key_name = read.name,
                                 .key_id = read.id,
                                 .time_s = given->time_s,
                                 .line = str_bytes(given->line)};
    return exchange_cosig_put(txn, &row, NULL, err);
}

// The lines need not be waited for: the keeper gives them again for the size it holds.
static bool keep_lines(struct asking *q, const struct keeper_cosigned_line *given, struct err *err)
{
    struct txn txn = {0};
    bool any = false;
    bool done = db_begin_deferred(q->c->exchange, &txn, err);
    for (size_t i = 0; done && i < q->count; i++) {
        if (given[i].refused.kind != ERR_NONE) {
            q->refused = given[i].refused;
            continue;
        }
        any = true;
        done = keep_line(&txn, q->of[i].log, q->of[i].size, &given[i], err);
    }
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    if (done && any)
        clerk_ring(q->c);
    return done;
}

static bool forget_asks(struct asking *q)
{
    q->count = q->bytes = 0;
    return true;
}

static bool ask_all(struct asking *q, struct err *err)
{
    struct err why = {0};
    struct keeper_cosigned_line *given = arena_new(q->arena, struct keeper_cosigned_line, q->count);
    if (q->count == 0)
        return true;
    if (given == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to cosign");
    if (!keeper_cosign_all(&q->c->keeper, q->arena, q->asks, q->count, given, &why))
        return why.kind == ERR_LOCKED ? forget_asks(q)
                                      : err_set(err, why.kind, why.clause, "%s", why.text);
    if (!keep_lines(q, given, err))
        return false;
    return forget_asks(q);
}

static bool add_ask(struct asking *q, struct str origin, enum keeper_role role, struct err *err)
{
    struct tree_size held;
    struct digest root;
    struct due *due = arena_new(q->arena, struct due, 1);
    if (due == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to cosign");
    if (!keeper_cosigned(&q->c->keeper, role, origin, &held, &root, err) ||
        !read_due(q->c, q->arena, origin, role, held, due, err))
        return false;
    // Given already, or as a witness it has seen further.
    if (due->given || due->log.signed_size.n < held.n || due->log.signed_size.n == 0)
        return true;
    struct keeper_cosigning ask = {.role = role,
                                   .origin = origin,
                                   .checkpoint = due->log.checkpoint,
                                   .proof = proof_of(&due->proof)};
    if (!name_log(q->c, q->arena, &ask, err))
        return false;
    size_t more = ask.chain.len + ask.checkpoint.len + (size_t)PROOF_HASHES_MAX * DIGEST_BYTES;
    bool full = q->count == KEEPER_COSIGN_MAX || q->bytes + more > ASKS_BYTES_MAX;
    if (full && !ask_all(q, err))
        return false;
    q->of[q->count].log = due->log.id;
    q->of[q->count].size = due->log.signed_size;
    q->asks[q->count++] = ask;
    q->bytes += more;
    return true;
}

static bool add_log(struct asking *q, struct str origin, struct err *err)
{
    return (!clerk_is_on(q->c, origin, OPTIN_WITNESS) || add_ask(q, origin, KEEPER_WITNESS, err)) &&
           (!clerk_is_on(q->c, origin, OPTIN_MIRROR) || add_ask(q, origin, KEEPER_MIRROR, err));
}

bool clerk_cosign_due(struct clerk *c, struct err *err)
{
    struct arena a;
    if (!clerk_cosign_owes(c))
        return true;
    struct asking *q = memory_new(1, sizeof *q);
    arena_init(&a, ASKS_ROOM);
    q->c = c;
    q->arena = &a;
    bool done = db_settle(c->exchange, err);
    for (size_t i = 0; done && i < c->community.states_count; i++) {
        struct err why = {0};
        if (!is_due(c, i) || add_log(q, c->community.states[i].origin, &why))
            continue;
        q->refused = why;
        if (why.kind == ERR_IO || why.kind == ERR_OFFLINE)
            done = err_set(err, why.kind, why.clause, "%s", why.text);
    }
    done = done && ask_all(q, err);
    memset(c->cosign_due, 0, sizeof c->cosign_due);
    if (done && q->refused.kind != ERR_NONE)
        done = err_set(err, q->refused.kind, q->refused.clause, "%s", q->refused.text);
    arena_release(&a);
    memory_release(q);
    return done;
}

// -- a witness without entries -------------------------------------------------------------------
static bool ask_keeper(struct clerk *c, struct arena *a, struct keeper_cosigning ask,
                       struct str *ret_line, uint64_t *ret_time_s, struct err *err)
{
    return name_log(c, a, &ask, err) &&
           keeper_cosign(&c->keeper, a, &ask, ret_line, ret_time_s, err);
}

static const enum err_kind kind_of_verdict[WITNESS_VERDICT_COUNT] = {
    [WITNESS_COSIGN] = ERR_NONE,
    [WITNESS_MALFORMED] = ERR_MALFORMED,
    [WITNESS_UNKNOWN_LOG] = ERR_NOT_FOUND,
    [WITNESS_UNSIGNED] = ERR_DENIED,
    [WITNESS_OLD_ABOVE_NEW] = ERR_MALFORMED,
    [WITNESS_OTHER_OLD] = ERR_CONFLICT,
    [WITNESS_WRONG_EMPTY_ROOT] = ERR_TAMPERED,
    [WITNESS_OTHER_ROOT] = ERR_TAMPERED,
    [WITNESS_WRONG_PROOF] = ERR_TAMPERED,
};

static bool take_request(struct clerk_io *io, struct str *ret_origin, struct witness_request *ret,
                         struct err *err)
{
    (void)clerk_take_str(io, err); // who brought it; what counts is who signed
    *ret_origin = clerk_take_str(io, err);
    ret->note = reader_block32(&io->ask);
    ret->old.n = reader_u64(&io->ask);
    ret->proof.count = reader_u16(&io->ask);
    if (ret->proof.count > PROOF_HASHES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu hashes", ret->proof.count);
    for (size_t i = 0; i < ret->proof.count; i++)
        clerk_take_digest(io, &ret->proof.path[i]);
    return clerk_columns_done(io, err);
}

// Signed, and yet not of the history cosigned before: where we hold that history, it is evidence.
static bool keep_request(struct clerk *c, struct arena *a, struct str origin, struct bytes note,
                         struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    struct chain chain;
    struct clerk_head *head = arena_new(a, struct clerk_head, 1);
    struct err why = {0};
    bool kept = false;
    struct clerk_fork fork = {c, &txn, &log, &chain, head, NULL, a};
    if (head == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    bool done = db_begin(c->exchange, &txn, err);
    if (done && exchange_log_find(&txn, origin, a, &log, &why))
        done = clerk_history_chain(c, &txn, &log, a, &chain, err) &&
               clerk_head_open(&chain, note, head, err) && clerk_history_fork(&fork, &kept, err) &&
               db_commit(&txn, err);
    else if (done && why.kind != ERR_NOT_FOUND)
        done = err_set(err, why.kind, why.clause, "%s", why.text);
    txn_release(&txn);
    return done;
}

static bool refuse(struct clerk *c, struct clerk_io *io, const struct witness_log *log,
                   const struct witness_request *r, enum witness_verdict verdict,
                   const struct err *why, struct err *err)
{
    if (verdict == WITNESS_OTHER_ROOT && !keep_request(c, io->arena, log->origin, r->note, err))
        return false;
    if (verdict == WITNESS_OTHER_OLD)
        return err_set(err, ERR_CONFLICT, "tlog-witness", "held %llu",
                       (unsigned long long)log->size.n);
    return err_set(err, kind_of_verdict[verdict], why->clause, "%s", why->text);
}

bool clerk_act_witness(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct witness_request *r = arena_new(io->arena, struct witness_request, 1);
    struct witness_log log = {0};
    struct checkpoint_claim claim;
    struct checkpoint next;
    struct note note;
    const struct note_key *key;
    struct str line = {0};
    uint64_t time_s = 0;
    struct err why = {0};
    if (r == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a request");
    if (!take_request(io, &log.origin, r, err))
        return false;
    const struct chain *chain = clerk_chain(c, log.origin);
    // A partner that is not switched on reads the same as one that is not known.
    if (chain == NULL || !clerk_is_on(c, log.origin, OPTIN_WITNESS))
        return err_set(err, ERR_NOT_FOUND, "tlog-witness", "this log is not witnessed here");
    if (!note_read(r->note, &note, err) || !checkpoint_read(note.text, &claim, err) ||
        !chain_log_key(chain, claim.said.size, &key, err) ||
        !keeper_cosigned(&c->keeper, KEEPER_WITNESS, log.origin, &log.size, &log.root, err))
        return false;
    log.keys = key;
    log.keys_count = 1;
    enum witness_verdict verdict = witness_decide(&log, r, &next, &why);
    if (verdict != WITNESS_COSIGN)
        return refuse(c, io, &log, r, verdict, &why, err);
    struct keeper_cosigning ask = {.role = KEEPER_WITNESS,
                                   .origin = log.origin,
                                   .checkpoint = r->note,
                                   .proof = proof_of(&r->proof)};
    if (!ask_keeper(c, io->arena, ask, &line, &time_s, err))
        return false;
    buffer_block16(&io->answer, str_bytes(line));
    return true;
}
