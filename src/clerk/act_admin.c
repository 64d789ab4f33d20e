// clerk/act_admin.c - founding, community, keys, partners, register, orders (declared in
// clerk/acts.h).
#include "base/limits.h"
#include "clerk/append.h"
#include "clerk/officer.h"
#include "clerk/restore.h"
#include "log/tile.h"
#include "store/exchange_peer.h"
#include "store/exchange_stage.h"
#include "store/exchange_witness.h"

// -- the log and its keys ------------------------------------------------------------------------
bool clerk_act_found(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct bytes manifest = reader_block32(&io->ask);
    return clerk_columns_done(io, err) && clerk_found(c, manifest, err) &&
           clerk_audit(c, clerk_officer_name(io), "found", c->origin, err);
}

static bool put_manifest(void *context, const struct exchange_manifest *row, struct err *err)
{
    struct buffer *chain = context;
    (void)err; // a full buffer says so itself
    buffer_number(chain, row->logged ? row->at.n : CHAIN_INDEX_NONE, 8);
    buffer_block32(chain, row->note);
    return true;
}

// Before a community file is applied only our own chain is known: it stands in the store.
static bool own_chain(struct clerk *c, struct arena *a, struct bytes *ret, struct err *err)
{
    struct txn txn = {0};
    struct buffer chain;
    buffer_init(&chain, a, CHAIN_BYTES_MAX);
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_manifests(&txn, c->own, 0, CHAIN_VERSIONS_MAX, put_manifest, &chain, err);
    txn_release(&txn);
    if (done && chain.len == 0)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 2", "this log is not founded yet");
    return done && buffer_take(&chain, ret, err);
}

bool clerk_act_chain_get(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct bytes wire = {0};
    struct str origin = clerk_take_str(io, err);
    if (!clerk_columns_done(io, err))
        return false;
    const struct chain *chain = clerk_chain(c, origin);
    bool done = chain != NULL ? chain_write(chain, io->arena, &wire, err)
                : str_eq(origin, c->origin)
                    ? own_chain(c, io->arena, &wire, err)
                    : err_set(err, ERR_NOT_FOUND, "DESIGN 5.5",
                              "no key manifests of %.*s are known here", STR_ARG(origin));
    if (done)
        buffer_block32(&io->answer, wire);
    return done;
}

// -- the community -------------------------------------------------------------------------------
bool clerk_act_community_get(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct exchange_community row;
    if (!clerk_columns_done(io, err))
        return false;
    bool done =
        db_begin(c->exchange, &txn, err) && exchange_community_get(&txn, io->arena, &row, err);
    txn_release(&txn);
    if (!done)
        return err_wrap(err, "the community file");
    buffer_block32(&io->answer, row.text);
    return true;
}

static bool take_newest(void *context, const struct exchange_manifest *row, struct err *err)
{
    struct digest *genesis = context;
    struct note note;
    if (row->version != 1)
        return true;
    if (!note_read(row->note, &note, err))
        return false;
    *genesis = keys_text_hash(note.text);
    return true;
}

// The file must name this State as it is: a node that applied a file in which another genesis
// stands under its origin would take its own records for void.
static bool check_names_us(struct clerk *c, const struct community *next, struct err *err)
{
    struct txn txn = {0};
    struct digest genesis = {0};
    const struct community_state *own = community_by_origin(next, c->origin);
    if (own == NULL || !str_eq(own->code, state_code_str(&c->state)))
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "the file does not name %s with the log %.*s",
                       c->state.text, STR_ARG(c->origin));
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_manifests(&txn, c->own, 0, 1, take_newest, &genesis, err);
    txn_release(&txn);
    if (done && !digest_eq(&genesis, &own->genesis))
        return err_set(err, ERR_CONFLICT, "FORMATS 2",
                       "the file names another genesis for this log than its first manifest has");
    return done;
}

static bool keep_community(struct clerk *c, struct bytes file, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_community_apply(&txn, file, clerk_now(c), err) && db_commit(&txn, err);
    txn_release(&txn);
    return done && clerk_reload(c, err);
}

// The first file by whoever administers the node; every later one by a releasing officer, with the
// approvals the keeper asks for. The keeper takes it first: asked again it has it already.
bool clerk_act_community_apply(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct community *next = arena_new(io->arena, struct community, 1);
    const struct bytes *approvals = NULL;
    size_t count = 0;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct bytes file = reader_block32(&io->ask);
    CHECK(next != NULL);
    if (io->ask.rest.len > 0 && !clerk_take_approvals(io, &approvals, &count, err))
        return false;
    if (!clerk_columns_done(io, err) || !community_read(io->arena, file, next, err) ||
        !check_names_us(c, next, err))
        return false;
    if (c->has_community && digest_eq(&c->community.hash, &next->hash))
        return true; // it is in force already
    if (c->has_community && !clerk_need(c, io, NEED_APPLY, DESK_NONE, err))
        return false;
    digest_write(&next->hash, hash);
    if (!keeper_community(&c->keeper, file, approvals, count, err) || !keep_community(c, file, err))
        return false;
    clerk_ring(c);
    return clerk_audit(c, clerk_officer_name(io), "community", str_of(hash), err);
}

// -- partners ------------------------------------------------------------------------------------
// The words in the table's order, each once, whatever order they came in.
static bool put_functions(struct str asked, struct arena *a, struct str *ret, struct err *err)
{
    unsigned on = 0;
    enum optin_function f;
    struct str word;
    struct buffer out;
    buffer_init(&out, a, PEER_TEXT_BYTES_MAX);
    while (asked.len > 0 && str_split(&asked, ' ', &word)) {
        if (!optin_from_word(word, &f))
            return err_set(err, ERR_MALFORMED, "community/optin.h", "no function is called %.*s",
                           STR_ARG(word));
        on |= 1U << f;
    }
    for (int i = 0; i < OPTIN_FUNCTION_COUNT; i++)
        if ((on >> i & 1) != 0)
            buffer_fmt(&out, "%s%s", out.len == 0 ? "" : " ", optin_word((enum optin_function)i));
    return buffer_take_str(&out, ret, err);
}

bool clerk_act_peer_set(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct str functions;
    struct str origin = clerk_take_str(io, err);
    struct str asked = clerk_take_str(io, err);
    struct str endpoint = clerk_take_str(io, err);
    if (!clerk_columns_done(io, err) || !put_functions(asked, io->arena, &functions, err))
        return false;
    if (str_eq(origin, c->origin) || clerk_state_of(c, origin) == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no other State of the community has %.*s",
                       STR_ARG(origin));
    if (endpoint.len > 0 && !str_starts(endpoint, STR("https://")))
        return err_set(err, ERR_MALFORMED, "DESIGN 5.4", "a peer answers at https:// only");
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_peer_put(&txn, origin, functions, endpoint, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (!done || !clerk_reload(c, err))
        return false;
    clerk_ring(c);
    return clerk_audit(c, clerk_officer_name(io), "partner", origin, err);
}

// -- evidence ------------------------------------------------------------------------------------
struct wanted {
    struct digest hash;
    struct clerk_io *io;
    bool found;
};

static bool take_evidence(void *context, const struct exchange_evidence *row, struct err *err)
{
    struct wanted *w = context;
    (void)err; // a full answer says so itself
    w->found = digest_eq(&row->digest, &w->hash);
    if (w->found)
        buffer_block32(&w->io->answer, row->octets);
    return true;
}

// The store lists in the order of hashes, above one: so the one before the wanted is asked for.
static bool hash_before(const struct digest *of, struct digest *ret)
{
    *ret = *of;
    for (size_t i = DIGEST_BYTES; i > 0; i--)
        if (ret->octets[i - 1]-- != 0)
            return true;
    return false; // of zero there is none
}

bool clerk_act_evidence_get(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct digest before;
    struct wanted w = {.io = io};
    clerk_take_digest(io, &w.hash);
    if (!clerk_columns_done(io, err))
        return false;
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_evidences(&txn, hash_before(&w.hash, &before) ? &before : NULL, 1,
                                   take_evidence, &w, err);
    txn_release(&txn);
    if (done && !w.found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such evidence is held here");
    return done;
}

// -- backup --------------------------------------------------------------------------------------
// The office first: it is derived, and what exchange holds beyond it is projected again.
bool clerk_act_backup(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct str folder = clerk_take_str(io, err);
    struct str exchange;
    struct str office;
    const char *path;
    if (!clerk_columns_done(io, err))
        return false;
    if (!str_starts(folder, STR("/")))
        return err_set(err, ERR_MALFORMED, "DESIGN 9", "the folder is named by its whole path");
    if (!arena_cstr(io->arena, folder, &path, err) ||
        !arena_fmt(io->arena, &exchange, err, "%.*s/exchange.db", STR_ARG(folder)) ||
        !arena_fmt(io->arena, &office, err, "%.*s/office.db", STR_ARG(folder)))
        return false;
    if (world_exists(c->world, exchange.ptr) || world_exists(c->world, office.ptr))
        return err_set(err, ERR_CONFLICT, "DESIGN 9", "the folder holds a copy already");
    if (!world_exists(c->world, path) && !world_make_folder(c->world, path, 0700, err))
        return false;
    return db_backup_to(c->office, office.ptr, err) &&
           db_backup_to(c->exchange, exchange.ptr, err) &&
           clerk_audit(c, clerk_officer_name(io), "backup", folder, err);
}

// -- through to the keeper -----------------------------------------------------------------------
bool clerk_act_sign_index(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct str text;
    struct bytes note;
    struct bytes sent = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err) || !text_check(sent, &text, err) ||
        !keeper_sign_index(&c->keeper, io->arena, text, &note, err))
        return false;
    buffer_block32(&io->answer, note);
    return true;
}

bool clerk_act_challenge(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct challenge challenge;
    if (!clerk_columns_done(io, err) || !keeper_challenge(&c->keeper, &challenge, err))
        return false;
    buffer_put(&io->answer, bytes_of(challenge.octets, sizeof challenge.octets));
    return true;
}

// Where bit l of the size is set, the last complete subtree of 2^l leaves ends at the size with its
// lower bits cleared.
static bool edge_at(struct txn *txn, struct log_id id, struct tree_size size, struct edge *ret,
                    struct err *err)
{
    struct exchange_tiles tiles;
    struct edge edge;
    edge_init(&edge);
    edge.size = size;
    exchange_tiles_init(&tiles, txn, id);
    for (unsigned l = 0; l < EDGE_LEVELS; l++)
        if ((size.n >> l & 1) != 0 &&
            !tile_source_node(&tiles.source, l, (size.n >> l) - 1, &edge.at[l], err))
            return false;
    *ret = edge;
    return true;
}

static bool own_edge_at(struct clerk *c, struct arena *a, struct tree_size size,
                        struct tree_size *ret_held, struct edge *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log own;
    bool done = db_begin(c->exchange, &txn, err) && exchange_log_get(&txn, c->own, a, &own, err);
    if (done && size.n > own.size.n)
        done = err_set(err, ERR_GAP, "FORMATS 5", "the order names %llu entries, %llu are held",
                       (unsigned long long)size.n, (unsigned long long)own.size.n);
    done = done && edge_at(&txn, c->own, size, ret, err);
    txn_release(&txn);
    if (done)
        *ret_held = own.size;
    return done;
}

// What the roots saw when they signed is what the node holds still; a keeper that waits after a
// restore begins anew, so all that was begun before is void.
static bool prepare_order(struct clerk *c, struct arena *a, const struct order *o, struct edge *ret,
                          struct err *err)
{
    struct keeper_status status;
    struct tree_size held;
    if (!own_edge_at(c, a, (struct tree_size){o->size}, &held, ret, err) ||
        !keeper_status(&c->keeper, a, &status, err))
        return false;
    if (o->act == ORDER_RETIRE)
        return true;
    if (held.n != o->size)
        return err_set(err, ERR_CONFLICT, "FORMATS 5",
                       "the order names %llu entries and the node holds %llu by now: ask for a new "
                       "challenge",
                       (unsigned long long)o->size, (unsigned long long)held.n);
    return status.lock != KEEPER_RESTORED || clerk_restore_void(c, err);
}

bool clerk_act_order(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct note note;
    struct order order;
    struct edge edge;
    struct bytes sent = reader_block32(&io->ask);
    return clerk_columns_done(io, err) && note_read(sent, &note, err) &&
           order_read(note.text, &order, err) && prepare_order(c, io->arena, &order, &edge, err) &&
           keeper_order(&c->keeper, sent, &edge, err) &&
           clerk_audit(c, clerk_officer_name(io), "order", str_of(order_act_word(order.act)), err);
}

// -- the register --------------------------------------------------------------------------------
bool clerk_act_register_get(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct keeper_status s;
    if (!clerk_columns_done(io, err) || !keeper_status(&c->keeper, io->arena, &s, err))
        return false;
    buffer_block32(&io->answer, str_bytes(s.register_text));
    return true;
}

bool clerk_act_register_change(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct str text;
    struct bytes sent = reader_block32(&io->ask);
    const struct bytes *approvals;
    size_t count;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct digest digest = digest_of(sent);
    digest_write(&digest, hash);
    return clerk_take_approvals(io, &approvals, &count, err) && clerk_columns_done(io, err) &&
           text_check(sent, &text, err) && clerk_need(c, io, NEED_ADMINISTER, DESK_NONE, err) &&
           keeper_change_register(&c->keeper, text, approvals, count, err) &&
           clerk_audit(c, clerk_officer_name(io), "register", str_of(hash), err);
}
