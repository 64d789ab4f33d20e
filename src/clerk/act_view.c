// clerk/act_view.c - what the node is and knows: status, partners, evidence, audit, doctor
// (declared in clerk/acts.h).
#include "base/limits.h"
#include "clerk/cosigned.h"
#include "clerk/officer.h"
#include "clerk/shown.h"
#include "store/exchange_blob.h"
#include "store/exchange_book.h"
#include "store/exchange_peer.h"
#include "store/exchange_stage.h"
#include "store/exchange_witness.h"
#include "store/office_draft.h"

#include <stdio.h>

static const char *const lock_words[KEEPER_LOCK_COUNT] = {
    [KEEPER_SIGNS] = "signs",       [KEEPER_UNFOUNDED] = "unfounded",
    [KEEPER_RESTORED] = "restored", [KEEPER_OWN_HISTORIES] = "own-histories",
    [KEEPER_RETIRED] = "retired",
};

// What is missing is a state, no error.
static bool or_missing(bool found, const struct err *why, struct err *err)
{
    return found || why->kind == ERR_NOT_FOUND ||
           err_set(err, why->kind, why->clause, "%s", why->text);
}

// -- STATUS --------------------------------------------------------------------------------------
static void put_lock(json_t *shown, const struct keeper_status *s)
{
    json_t *lock = shown_object();
    shown_word(lock, "word", lock_words[s->lock]);
    shown_str(lock, "reason", s->lock_reason);
    shown_put(shown, "lock", lock);
}

static void put_community(json_t *shown, const struct clerk *c)
{
    if (!c->has_community) {
        shown_null(shown, "community");
        return;
    }
    json_t *community = shown_object();
    json_t *states = shown_array();
    for (size_t i = 0; i < c->community.states_count; i++)
        shown_add(states, json_str(c->community.states[i].code));
    shown_digest(community, "hash", &c->community.hash);
    shown_str(community, "name", community_title(&c->community, STR("en")));
    shown_put(community, "states", states);
    shown_number(community, "quorum", c->community.quorum);
    shown_put(shown, "community", community);
}

static void put_versions(json_t *shown, const struct clerk *c)
{
    json_t *versions = shown_object();
    shown_word(versions, "elchi", ELCHI_VERSION);
    shown_number(versions, "codebook", c->codebook.current->version);
    shown_digest(versions, "codebook_hash", &c->codebook.current->hash);
    shown_put(shown, "versions", versions);
}

static bool put_own_log(struct clerk *c, struct txn *txn, struct arena *a, json_t *shown,
                        struct err *err)
{
    struct exchange_log own;
    struct clerk_cosigned newest;
    struct bytes note = {0};
    struct err why = {0};
    if (!exchange_log_get(txn, c->own, a, &own, err))
        return false;
    shown_number(shown, "size", own.size.n);
    shown_digest(shown, "root", &own.root);
    if (own.signed_size.n > 0 && !clerk_cosigned_at(txn, &own, own.signed_size, a, &note, err))
        return false;
    shown_str(shown, "checkpoint", (struct str){(const char *)note.ptr, note.len});
    shown_null(shown, "cosigned");
    if (!clerk_cosigned_newest(c, txn, &own, a, &newest, &why))
        return or_missing(false, &why, err);
    json_t *cosigned = shown_object();
    shown_number(cosigned, "size", newest.size.n);
    shown_number(cosigned, "k", newest.quorum.counted);
    shown_number(cosigned, "n", newest.quorum.available);
    shown_number(cosigned, "needed", newest.quorum.needed);
    shown_bool(cosigned, "met", newest.quorum.met);
    shown_put(shown, "cosigned", cosigned);
    return true;
}

static bool count_peer(void *context, const struct exchange_peer *row, struct err *err)
{
    uint64_t *count = context;
    (void)err; // nothing can fail
    *count += row->functions.len > 0 ? 1 : 0;
    return true;
}

static bool count_want(void *context, const struct exchange_want *row, struct err *err)
{
    uint64_t *count = context;
    (void)row;
    (void)err; // nothing can fail
    (*count)++;
    return true;
}

static bool count_draft(void *context, const struct office_draft *row, struct err *err)
{
    uint64_t *count = context;
    (void)row;
    (void)err; // nothing can fail
    (*count)++;
    return true;
}

enum { COUNTED_MAX = 100000 }; // beyond it nobody cares how many

static bool put_waiting(struct clerk *c, struct txn *exchange, json_t *shown, struct err *err)
{
    struct txn office = {0};
    uint64_t staged = 0;
    uint64_t bodies = 0;
    uint64_t drafts = 0;
    bool done = exchange_stage_count(exchange, &staged, err) &&
                exchange_wants(exchange, COUNTED_MAX, count_want, &bodies, err) &&
                db_begin(c->office, &office, err) &&
                office_drafts_in(&office, DRAFT_AWAITING, count_draft, &drafts, err);
    txn_release(&office);
    json_t *waiting = shown_object();
    shown_number(waiting, "staged", staged);
    shown_number(waiting, "bodies", bodies);
    shown_number(waiting, "drafts", drafts);
    shown_put(shown, "waiting", waiting);
    return done;
}

bool clerk_act_status(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct keeper_status s;
    struct txn txn = {0};
    uint64_t peers = 0;
    if (!clerk_columns_done(io, err) || !keeper_status(&c->keeper, io->arena, &s, err))
        return false;
    io->shown = shown_object();
    shown_str(io->shown, "state", state_code_str(&c->state));
    shown_str(io->shown, "origin", c->origin);
    shown_bool(io->shown, "demo", s.demo);
    put_lock(io->shown, &s);
    put_community(io->shown, c);
    put_versions(io->shown, c);
    bool done =
        db_begin(c->exchange, &txn, err) && put_own_log(c, &txn, io->arena, io->shown, err) &&
        exchange_peers(&txn, count_peer, &peers, err) && put_waiting(c, &txn, io->shown, err);
    txn_release(&txn);
    shown_number(io->shown, "peers", peers);
    return done;
}

// -- PEERS ---------------------------------------------------------------------------------------
struct vouched { // what each cosigner's key has of our own log, at most
    const struct clerk *clerk;
    uint64_t size[COMMUNITY_STATES_MAX];
};

static bool take_vouched(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct vouched *v = context;
    (void)err; // nothing can fail
    for (size_t i = 0; i < v->clerk->community.states_count; i++) {
        struct str origin = v->clerk->community.states[i].origin;
        bool of_it = str_starts(row->key_name, origin) && row->key_name.len > origin.len &&
                     row->key_name.ptr[origin.len] == '/';
        if (of_it && row->size.n > v->size[i])
            v->size[i] = row->size.n;
    }
    return true;
}

static void put_calls(json_t *one, const struct exchange_peer *peer)
{
    json_t *functions = shown_array();
    struct str rest = peer->functions;
    struct str word;
    while (rest.len > 0 && str_split(&rest, ' ', &word))
        shown_add(functions, json_str(word));
    shown_put(one, "functions", functions);
    shown_str(one, "endpoint", peer->endpoint);
    shown_time(one, "contact", (struct moment){peer->contact_ms / 1000});
    shown_time(one, "next_try", (struct moment){peer->next_try_ms / 1000});
    shown_number(one, "failures", peer->failures);
}

static bool put_book(void *context, const struct exchange_book *row, struct err *err)
{
    json_t *one = shown_object();
    (void)err; // nothing can fail
    shown_str(one, "name", row->name);
    shown_number(one, "version", row->version);
    shown_add(context, one);
    return true;
}

static bool put_peer(struct clerk *c, struct txn *txn, const struct community_state *state,
                     struct arena *a, json_t *one, struct err *err)
{
    struct exchange_peer peer = {0};
    struct exchange_log log = {0};
    struct err why = {0};
    const struct chain *chain = clerk_chain(c, state->origin);
    json_t *endpoints = shown_array();
    for (size_t i = 0; i < state->endpoints_count; i++)
        shown_add(endpoints, json_str(state->endpoints[i]));
    shown_put(one, "endpoints", endpoints);
    shown_str(one, "state", state->code);
    shown_str(one, "origin", state->origin);
    shown_number(one, "keys", chain == NULL ? 0 : chain->count);
    if (!or_missing(exchange_peer_get(txn, state->origin, a, &peer, &why), &why, err))
        return false;
    put_calls(one, &peer);
    why = (struct err){0};
    if (!or_missing(exchange_log_find(txn, state->origin, a, &log, &why), &why, err))
        return false;
    shown_number(one, "size", log.size.n);
    shown_number(one, "signed_size", log.signed_size.n);
    uint64_t carried = 0;
    if (log.size.n > 0 && !exchange_offer_bytes(txn, log.id, &carried, err))
        return false;
    shown_number(one, "carried", carried);
    json_t *books = shown_array();
    shown_put(one, "books", books);
    return exchange_peer_books(txn, state->origin, put_book, books, err);
}

static bool put_peers(struct clerk *c, struct txn *txn, struct arena *a, json_t *rows,
                      struct err *err)
{
    struct vouched v = {.clerk = c};
    if (!exchange_cosigs_newest(txn, c->own, take_vouched, &v, err))
        return false;
    for (size_t i = 0; i < c->community.states_count; i++) {
        const struct community_state *state = &c->community.states[i];
        if (str_eq(state->origin, c->origin))
            continue;
        json_t *one = shown_object();
        shown_add(rows, one);
        shown_number(one, "cosigned", v.size[i]);
        if (!put_peer(c, txn, state, a, one, err))
            return false;
    }
    return true;
}

bool clerk_act_peers(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    if (!clerk_columns_done(io, err))
        return false;
    io->shown = shown_object();
    json_t *rows = shown_array();
    shown_put(io->shown, "peers", rows);
    bool done = db_begin(c->exchange, &txn, err) &&
                (!c->has_community || put_peers(c, &txn, io->arena, rows, err));
    txn_release(&txn);
    return done;
}

// -- EVIDENCES -----------------------------------------------------------------------------------
static bool take_evidence(void *context, const struct exchange_evidence *row, struct err *err)
{
    json_t *one = shown_object();
    (void)err; // nothing can fail
    shown_digest(one, "hash", &row->digest);
    shown_str(one, "origin", row->origin);
    shown_time(one, "found", row->found);
    shown_number(one, "size", row->octets.len);
    shown_add(context, one);
    return true;
}

static bool list_evidences(struct clerk *c, json_t *rows, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_evidences(&txn, NULL, CLERK_ROWS_MAX, take_evidence, rows, err);
    txn_release(&txn);
    return done;
}

bool clerk_act_evidences(struct clerk *c, struct clerk_io *io, struct err *err)
{
    if (!clerk_columns_done(io, err))
        return false;
    io->shown = shown_object();
    json_t *rows = shown_array();
    shown_put(io->shown, "evidences", rows);
    return list_evidences(c, rows, err);
}

// -- AUDIT ---------------------------------------------------------------------------------------
struct audit_page {
    json_t *rows;
    uint64_t last;
    size_t count;
};

static bool take_audit(void *context, const struct office_audit *row, struct err *err)
{
    struct audit_page *p = context;
    json_t *one = shown_object();
    (void)err; // nothing can fail
    shown_number(one, "n", row->n);
    shown_time(one, "at", row->at);
    shown_str(one, "who", row->who);
    shown_str(one, "what", row->what);
    shown_str(one, "subject", row->subject);
    shown_add(p->rows, one);
    p->last = row->n;
    p->count++;
    return true;
}

// Names every desk's doings, so administrators alone see it.
bool clerk_act_audit(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    char next[24];
    uint64_t below = reader_u64(&io->ask);
    size_t most = reader_u32(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_need(c, io, NEED_ADMINISTER, DESK_NONE, err))
        return false;
    if (most == 0 || most > CLERK_ROWS_MAX)
        most = CLERK_ROWS_MAX;
    struct audit_page p = {.rows = shown_array()};
    io->shown = shown_object();
    shown_put(io->shown, "rows", p.rows);
    bool done =
        db_begin(c->office, &txn, err) && office_audits(&txn, below, most, take_audit, &p, err);
    txn_release(&txn);
    (void)snprintf(next, sizeof next, "%llu", (unsigned long long)p.last);
    if (p.count == most && p.last > 1)
        shown_word(io->shown, "next", next);
    else
        shown_null(io->shown, "next");
    return done;
}

// -- DOCTOR --------------------------------------------------------------------------------------
static void find(json_t *findings, const char *word, bool grave, struct str sentence)
{
    json_t *one = shown_object();
    shown_word(one, "word", word);
    shown_bool(one, "grave", grave);
    shown_str(one, "sentence", sentence);
    shown_add(findings, one);
}

static void look_at_stores(struct clerk *c, json_t *findings)
{
    struct txn txn = {0};
    struct err why = {0};
    if (!db_integrity(c->exchange, &why))
        find(findings, "exchange-store", true, str_of(why.text));
    if (!db_integrity(c->office, &why))
        find(findings, "office-store", true, str_of(why.text));
    if (!db_begin(c->office, &txn, &why) || !office_audit_check(&txn, NULL, NULL, &why))
        find(findings, "audit", true, str_of(why.text));
    txn_release(&txn);
}

static void look_at_community(const struct clerk *c, json_t *findings)
{
    size_t known = 0;
    size_t on = 0;
    if (!c->has_community) {
        find(findings, "community", true, STR("No community file is applied here."));
        return;
    }
    if (shelf_find(&c->codebook.shelf, &c->community.codebook) == NULL)
        find(findings, "codebook", true,
             STR("The community's codebook is none that this node holds."));
    for (size_t i = 0; i < c->community.states_count; i++) {
        const struct community_state *state = &c->community.states[i];
        if (str_eq(state->origin, c->origin))
            continue;
        known += clerk_chain(c, state->origin) != NULL ? 1 : 0;
        on += optin_is_on(&c->optin, state->code, OPTIN_EXCHANGE) ? 1 : 0;
    }
    if (on == 0)
        find(findings, "partners", false, STR("Exchange is switched on with no partner."));
    if (known < c->community.quorum)
        find(findings, "quorum", false,
             STR("The keys of too few States are known for a quorum to be seen."));
}

bool clerk_act_doctor(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct keeper_status s;
    if (!clerk_columns_done(io, err) || !keeper_status(&c->keeper, io->arena, &s, err))
        return false;
    io->shown = shown_object();
    json_t *findings = shown_array();
    json_t *evidences = shown_array();
    shown_put(io->shown, "findings", findings);
    if (s.lock != KEEPER_SIGNS)
        find(findings, lock_words[s.lock], true, s.lock_reason);
    if (s.demo)
        find(findings, "demo", false,
             STR("The keys are of a demonstration; nobody may trust them."));
    look_at_community(c, findings);
    if (c->books_left_out > 0)
        find(findings, "codebook-file", false,
             STR("A codebook file that was added here cannot be used beside the program's own."));
    look_at_stores(c, findings);
    bool done = list_evidences(c, evidences, err);
    if (json_array_size(evidences) > 0)
        find(findings, "evidence", true,
             STR("Two histories were signed with one key; this may be fault, theft or intent."));
    json_decref(evidences);
    return done;
}
