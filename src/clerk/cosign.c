#include "clerk/cosign.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/history.h"
#include "log/witness.h"
#include "store/exchange_witness.h"

// -- one role ------------------------------------------------------------------------------------
struct held_line {
    struct str name; // of our key in this role
    struct arena *arena;
    struct str line;
};

static bool own_line(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct held_line *h = context;
    struct str line;
    if (!str_eq(row->key_name, h->name))
        return true;
    return text_check(row->line, &line, err) && arena_str(h->arena, line, &h->line, err);
}

// What the keeper needs, read in one transaction; an empty proof leads from nothing, or from
// itself.
struct due {
    struct exchange_log log;
    struct proof_made proof;
    struct str line; // the one given already, if any
};

static bool read_due(struct clerk *c, struct arena *a, struct str origin, enum keeper_role role,
                     struct tree_size held, struct due *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_tiles tiles;
    struct held_line own = {.arena = a};
    bool done = arena_fmt(a, &own.name, err, "%.*s/%s", STR_ARG(c->origin),
                          role == KEEPER_MIRROR ? "mirror" : "witness") &&
                db_begin(c->exchange, &txn, err) &&
                exchange_log_find(&txn, origin, a, &ret->log, err);
    if (done && held.n > 0 && held.n == ret->log.signed_size.n)
        done = exchange_cosigs(&txn, ret->log.id, held, own_line, &own, err);
    ret->proof.count = 0;
    if (done && held.n > 0 && held.n < ret->log.signed_size.n) {
        exchange_tiles_init(&tiles, &txn, ret->log.id);
        done = merkle_make_consistency(&tiles.source, held, ret->log.signed_size, &ret->proof, err);
    }
    txn_release(&txn);
    ret->line = own.line;
    return done;
}

static bool keep_line(struct clerk *c, struct log_id log, struct tree_size size, struct str line,
                      uint64_t time_s, struct err *err)
{
    struct txn txn = {0};
    struct note_signature read;
    size_t count = 0;
    if (!note_lines_read(str_bytes(line), &read, 1, &count, err))
        return false;
    struct exchange_cosig row = {.log = log,
                                 .size = size,
                                 .key_name = read.name,
                                 .key_id = read.id,
                                 .time_s = time_s,
                                 .line = str_bytes(line)};
    bool done = db_begin(c->exchange, &txn, err) && exchange_cosig_put(&txn, &row, NULL, err) &&
                db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

// `ask` has role, origin, checkpoint and proof; whose it is stands in the community and its chain.
static bool ask_keeper(struct clerk *c, struct arena *a, struct keeper_cosigning ask,
                       struct str *ret_line, uint64_t *ret_time_s, struct err *err)
{
    const struct community_state *state = clerk_state_of(c, ask.origin);
    const struct chain *chain = clerk_chain(c, ask.origin);
    if (state == NULL || chain == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no keys of %.*s are known",
                       STR_ARG(ask.origin));
    ask.state = state->code;
    ask.genesis = state->genesis;
    return chain_write(chain, a, &ask.chain, err) &&
           keeper_cosign(&c->keeper, a, &ask, ret_line, ret_time_s, err);
}

static bool cosign_as(struct clerk *c, struct str origin, enum keeper_role role, struct arena *a,
                      struct clerk_lines *lines, struct err *err)
{
    struct tree_size held;
    struct digest root;
    struct due *due = arena_new(a, struct due, 1);
    struct str line = {0};
    uint64_t time_s = 0;
    struct err why = {0};
    if (due == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to cosign");
    if (!keeper_cosigned(&c->keeper, role, origin, &held, &root, err) ||
        !read_due(c, a, origin, role, held, due, err))
        return false;
    if (due->log.signed_size.n < held.n || due->log.signed_size.n == 0)
        return true; // as a witness it has seen further already
    line = due->line;
    if (line.len == 0) {
        struct keeper_cosigning ask = {.role = role,
                                       .origin = origin,
                                       .checkpoint = due->log.checkpoint,
                                       .proof = proof_of(&due->proof)};
        if (!ask_keeper(c, a, ask, &line, &time_s, &why))
            return why.kind == ERR_LOCKED ? true
                                          : err_set(err, why.kind, why.clause, "%s", why.text);
        if (!keep_line(c, due->log.id, due->log.signed_size, line, time_s, err))
            return false;
        clerk_ring(c);
    }
    lines->lines[lines->count++] = line;
    return true;
}

bool clerk_cosign(struct clerk *c, struct str origin, struct arena *a, struct clerk_lines *ret,
                  struct err *err)
{
    struct clerk_lines lines = {.count = 0};
    if (str_eq(origin, c->origin)) {
        *ret = lines;
        return true; // nobody cosigns its own log
    }
    if (clerk_is_on(c, origin, OPTIN_WITNESS) &&
        !cosign_as(c, origin, KEEPER_WITNESS, a, &lines, err))
        return false;
    if (clerk_is_on(c, origin, OPTIN_MIRROR) &&
        !cosign_as(c, origin, KEEPER_MIRROR, a, &lines, err))
        return false;
    *ret = lines;
    return true;
}

// -- a witness without entries -------------------------------------------------------------------
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
