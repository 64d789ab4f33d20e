// clerk/act_proof.c - the proof file of one record (declared in clerk/acts.h).
//
// An export of a sealed record discloses a State's word, so two officers approve it (FORMATS 5):
// decision `export`, `text` the hash of the note, `draft` zeros, as wherever there is none.
#include "base/limits.h"
#include "clerk/cosigned.h"
#include "clerk/officer.h"
#include "clerk/rows.h"
#include "community/proof_check.h"
#include "community/proof_file.h"
#include "log/proof.h"
#include "record/body.h"
#include "store/exchange_blob.h"

struct proving {
    struct clerk *clerk;
    struct arena *arena;
    struct clerk_held_record said;
    struct exchange_log log;
    struct entry entry;
    struct proof_file file;
    struct note *checkpoint; // cosigned
};

static bool no_room(struct err *err)
{
    return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a proof file");
}

// -- may it be disclosed? ------------------------------------------------------------------------
struct asking {
    struct str record;
    const struct bytes *approvals;
    size_t approvals_count;
};

static bool check_right(struct clerk *c, const struct clerk_who *who, const struct proving *p,
                        const struct asking *ask, struct err *err)
{
    enum desk desk = DESK_NONE;
    struct decision_case how = {
        .approvals = ask->approvals, .approvals_count = ask->approvals_count, .now = clerk_now(c)};
    if (!desk_read(p->said.row.desk, &desk) || !rights_check(&who->caller, NEED_READ, desk, err))
        return err->kind != ERR_NONE
                   ? false
                   : err_set(err, ERR_DENIED, "DESIGN 3", "the record is of no desk of ours");
    if (p->said.record.open)
        return true;
    return rights_check(&who->caller, NEED_EXPORT, desk, err) &&
           register_check_export(&who->approvers, p->said.note, desk, &how, err);
}

// -- the entry and what opens it -----------------------------------------------------------------
static bool take_blind(struct proving *p, struct bytes blob, struct blind *ret, struct err *err)
{
    struct bytes plain;
    struct open_body open;
    struct sealed_body sealed;
    if (p->entry.kind == ENTRY_OPEN) {
        if (!open_body_read(blob, &open, err))
            return false;
        *ret = open.blind;
        return true;
    }
    if (!clerk_age_open(p->clerk, blob, p->arena, &plain, err) ||
        !sealed_body_read(plain, &sealed, err))
        return false;
    *ret = sealed.blind;
    return true;
}

static bool take_entry(struct proving *p, struct txn *txn, struct err *err)
{
    struct bytes blob;
    struct blind *blind = arena_new(p->arena, struct blind, 1);
    if (blind == NULL)
        return no_room(err);
    if (!exchange_entry_get(txn, p->log.id, (struct leaf_index){p->said.row.at}, p->arena,
                            &p->file.entry, err) ||
        !entry_read(p->file.entry, &p->entry, err))
        return false;
    p->file.note = p->said.note;
    if (p->entry.kind == ENTRY_AS_IT_IS)
        return true;
    if (!exchange_blob_whole(txn, &p->entry.body, BODY_BYTES_MAX, p->arena, &blob, err))
        return err_wrap(err, "the record's body");
    if (!take_blind(p, blob, blind, err))
        return false;
    p->file.blind = bytes_of(blind->octets, sizeof blind->octets);
    return true;
}

// -- keys and checkpoint -------------------------------------------------------------------------
// Whose line is it? Lines by keys that no chain known here names are left out of the file.
static bool is_line_of(const struct chain *chain, const struct note_signature *line)
{
    struct note_key keys[2 * CHAIN_VERSIONS_MAX];
    size_t count = chain_cosigner_keys(chain, keys, (size_t)2 * CHAIN_VERSIONS_MAX);
    for (size_t i = 0; i < count && i < (size_t)2 * CHAIN_VERSIONS_MAX; i++)
        if (keys[i].id == line->id && str_eq(keys[i].name, line->name))
            return true;
    return false;
}

static bool mark_cosigners(const struct proving *p, bool speaks[COMMUNITY_STATES_MAX])
{
    const struct clerk *c = p->clerk;
    struct note *note = p->checkpoint;
    size_t kept = 0;
    for (size_t i = 0; i < note->signatures_count; i++) {
        bool known = str_eq(note->signatures[i].name, p->log.origin);
        for (size_t s = 0; !known && s < c->community.states_count; s++) {
            known =
                c->chain_items[s] != NULL && is_line_of(c->chain_items[s], &note->signatures[i]);
            speaks[s] = speaks[s] || known;
        }
        if (known)
            note->signatures[kept++] = note->signatures[i];
    }
    note->signatures_count = kept;
    return kept > 0;
}

static bool add_keys(struct proving *p, size_t state, struct proof_file_keys *keys, struct err *err)
{
    const struct clerk *c = p->clerk;
    struct proof_file_keys *to = &keys[p->file.keys_count];
    to->origin = c->community.states[state].origin;
    if (c->chain_items[state] == NULL)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 9", "the key manifests of %.*s are not known",
                       STR_ARG(to->origin));
    if (!chain_write(c->chain_items[state], p->arena, &to->chain, err))
        return false;
    p->file.keys_count++;
    return true;
}

static bool take_keys(struct proving *p, struct err *err)
{
    const struct clerk *c = p->clerk;
    bool speaks[COMMUNITY_STATES_MAX] = {false};
    const struct community_state *author = clerk_state_of(c, p->log.origin);
    struct proof_file_keys *keys =
        arena_new(p->arena, struct proof_file_keys, c->community.states_count + 1);
    if (keys == NULL)
        return no_room(err);
    if (author == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "%.*s is no log of this community",
                       STR_ARG(p->log.origin));
    size_t author_at = (size_t)(author - c->community.states);
    if (!mark_cosigners(p, speaks))
        return err_set(err, ERR_TAMPERED, "FORMATS 9",
                       "no line of the checkpoint is by a known key");
    if (!add_keys(p, author_at, keys, err))
        return false;
    for (size_t s = 0; s < c->community.states_count; s++)
        if (speaks[s] && s != author_at && !add_keys(p, s, keys, err))
            return false;
    p->file.keys = keys;
    return true;
}

static bool take_path(struct proving *p, struct txn *txn, struct tree_size size, struct err *err)
{
    struct exchange_tiles tiles;
    struct log_proof path = {.index = {p->said.row.at}};
    uint8_t *room = arena_new(p->arena, uint8_t, PROOF_BYTES_MAX);
    uint8_t *note_room = arena_new(p->arena, uint8_t, NOTE_BYTES_MAX);
    if (room == NULL || note_room == NULL)
        return no_room(err);
    struct writer note = writer_of(note_room, NOTE_BYTES_MAX);
    note_write(p->checkpoint, &note);
    CHECK(!note.full);
    path.note = writer_bytes(&note);
    exchange_tiles_init(&tiles, txn, p->log.id);
    if (!merkle_make_inclusion(&tiles.source, path.index, size, &path.path, err))
        return false;
    struct writer w = writer_of(room, PROOF_BYTES_MAX);
    proof_write(&path, &w);
    CHECK(!w.full);
    p->file.tlog_proof = writer_bytes(&w);
    return true;
}

static bool take_checkpoint(struct proving *p, struct txn *txn, struct err *err)
{
    struct clerk_cosigned best;
    if (!clerk_cosigned_over(p->clerk, txn, &p->log, (struct tree_size){p->said.row.at + 1},
                             p->arena, &best, err))
        return err_wrap(err, "%.*s cannot be proven yet", STR_ARG(p->said.row.ref));
    p->checkpoint = arena_new(p->arena, struct note, 1);
    if (p->checkpoint == NULL)
        return no_room(err);
    return note_read(best.note, p->checkpoint, err) && take_keys(p, err) &&
           take_path(p, txn, best.size, err);
}

static bool gather(struct proving *p, struct err *err)
{
    struct txn txn = {0};
    p->file.community = str_bytes(p->clerk->community.text);
    bool done = db_begin(p->clerk->exchange, &txn, err) &&
                exchange_log_find(&txn, p->said.row.origin, p->arena, &p->log, err) &&
                take_entry(p, &txn, err) && take_checkpoint(p, &txn, err);
    txn_release(&txn);
    return done;
}

// What is handed out was verified as its reader will verify it.
static bool write_file(struct proving *p, struct bytes *ret, struct err *err)
{
    struct proof_shown shown;
    struct bytes file;
    if (!proof_file_write(&p->file, p->arena, &file, err) ||
        !proof_file_verify(p->arena, file, &p->clerk->community.hash, &shown, err))
        return err_wrap(err, "the proof file");
    *ret = file;
    return true;
}

bool clerk_act_proof(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct asking ask = {.record = clerk_take_str(io, err)};
    struct proving *p = arena_new(io->arena, struct proving, 1);
    struct clerk_named *named = arena_new(io->arena, struct clerk_named, 1);
    struct bytes file;
    CHECK(p != NULL && named != NULL);
    p->clerk = c;
    p->arena = io->arena;
    if (!clerk_take_approvals(io, &ask.approvals, &ask.approvals_count, err) ||
        !clerk_columns_done(io, err) || !clerk_who(c, io, &who, err))
        return false;
    if (!c->has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no community file is applied here");
    if (!clerk_find(c, ask.record, named, err) ||
        !clerk_open_row(c, io->arena, &named->first, &p->said, err))
        return false;
    if (!p->said.read)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 4", "the note of %.*s is not held here",
                       STR_ARG(p->said.row.ref));
    if (!check_right(c, &who, p, &ask, err) || !gather(p, err) || !write_file(p, &file, err) ||
        !clerk_audit(c, clerk_officer_name(io), p->said.record.open ? "proof" : "export",
                     p->said.row.ref, err))
        return false;
    buffer_block32(&io->answer, file);
    return true;
}
