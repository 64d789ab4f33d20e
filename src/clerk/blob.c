#include "clerk/blob.h"

#include "base/limits.h"
#include "clerk/landed.h"
#include "clerk/officer.h"
#include "clerk/project.h"
#include "clerk/take.h"
#include "store/exchange_blob.h"
#include "store/office_index.h"

enum { PIECE_BYTES_MAX = BLOB_CHUNK_BYTES * 8, NOTES_MAX = 64 };

// -- in ------------------------------------------------------------------------------------------
struct piece {
    struct str from;
    struct digest hash;
    uint64_t size, offset;
    struct bytes octets;
};

static bool take_piece(struct clerk_io *io, struct piece *ret, struct err *err)
{
    struct piece p = {.from = clerk_take_str(io, err)};
    clerk_take_digest(io, &p.hash);
    p.size = reader_u64(&io->ask);
    p.offset = reader_u64(&io->ask);
    p.octets = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err))
        return false;
    if (p.octets.len > PIECE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "clerk/frames.h", "a piece has at most %d octets",
                       PIECE_BYTES_MAX);
    if (p.size == 0 || p.size > BLOB_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a blob has 1 to %llu octets",
                       (unsigned long long)BLOB_BYTES_MAX);
    *ret = p;
    return true;
}

// Whatever is wanted here was started when it was noted as wanted; so whether a blob is known says
// whether it is awaited, at the cost of one look. What is here whole is awaited no more, and a peer
// that may not fetch it is not told so: or it could ask every node for whom a record was sealed.
static bool awaited(struct clerk_io *io, struct txn *txn, const struct piece *p,
                    struct exchange_blob *ret, struct err *err)
{
    struct err why = {0};
    bool told = true;
    bool known = exchange_blob_get(txn, &p->hash, ret, &why);
    if (!known && why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    if (known && ret->complete && io->caller == CLERK_FOR_COURIER &&
        !exchange_reader_may(txn, &p->hash, p->from, &told, err))
        return false;
    if (!known || !told)
        return err_set(err, ERR_DENIED, "DESIGN 5.4", "nobody asked for this blob");
    if (ret->size != p->size)
        return err_set(err, ERR_CONFLICT, "DESIGN 5.4", "the blob has %llu octets",
                       (unsigned long long)ret->size);
    return true;
}

static bool may_leave(struct clerk *c, struct clerk_io *io, struct txn *txn, const struct piece *p,
                      struct exchange_blob *ret, struct err *err)
{
    if (!io->officer->proved)
        return clerk_take_from(c, p->from, err) && awaited(io, txn, p, ret, err);
    // An officer's upload for a draft: ours to read, nobody else's until it is released.
    return exchange_blob_start(txn, &p->hash, p->size, ret, err) &&
           exchange_reader_add(txn, &p->hash, c->origin, err);
}

struct landing {
    struct clerk *clerk;
    struct txn *txn;
    struct arena *arena;
    const struct piece *piece;
    bool any;
};

// The author may have it back (FORMATS 3). Only when it was he who brought it: others can name a
// body of his too, for its hash stands in his log.
static bool add_author(struct txn *txn, const struct piece *p, struct str author, struct err *err)
{
    return !str_eq(p->from, author) || exchange_reader_add(txn, &p->hash, author, err);
}

static bool mark_landed(void *context, const struct exchange_want *want, struct err *err)
{
    struct landing *l = context;
    struct exchange_log log;
    if (!exchange_log_get(l->txn, want->log, l->arena, &log, err))
        return false;
    struct clerk_landed landed = {log.origin, want->at, want->from_author};
    l->any = true;
    return clerk_landed_mark(l->clerk, l->txn, &l->piece->hash, &landed, err) &&
           add_author(l->txn, l->piece, log.origin, err);
}

// Complete: no longer wanted; marked for every record that named it, so that each is shown even
// after a crash, and nobody hides a record by naming its body in one of his own.
static bool land(struct clerk *c, struct arena *a, struct txn *txn, const struct piece *p,
                 struct err *err)
{
    struct landing l = {c, txn, a, p, false};
    if (!exchange_wants_for(txn, &p->hash, mark_landed, &l, err))
        return false;
    return !l.any ||
           (exchange_reader_add(txn, &p->hash, c->origin, err) && // else an officer's upload
            exchange_want_drop(txn, &p->hash, err));
}

// The whole is another blob than its name says: what came goes, and it can be fetched anew.
static bool start_anew(struct clerk *c, const struct piece *p, struct err *err)
{
    struct txn txn = {0};
    struct exchange_blob blob;
    struct err why = *err;
    *err = (struct err){0};
    bool done = db_begin(c->exchange, &txn, err) && exchange_blob_erase(&txn, &p->hash, err) &&
                exchange_want_tried(&txn, &p->hash, err) &&
                exchange_blob_start(&txn, &p->hash, p->size, &blob, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (done)
        *err = why;
    return false;
}

static bool append(struct clerk *c, struct clerk_io *io, const struct piece *p,
                   struct exchange_blob *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_blob blob = {.have = 0};
    // What is whole is waited for: the peer is told that it need not hold it for us any longer.
    bool last = p->octets.len >= p->size - p->offset;
    bool done =
        (last ? db_begin(c->exchange, &txn, err) : clerk_take_begin(c, io->caller, &txn, err)) &&
        may_leave(c, io, &txn, p, &blob, err);
    if (done && blob.complete) { // sent twice is fine
        *ret = blob;
        txn_release(&txn);
        return true;
    }
    if (done && p->offset != blob.have)
        done = err_set(err, ERR_CONFLICT, "FORMATS 7", "have %llu", (unsigned long long)blob.have);
    done = done && exchange_blob_append(&txn, &p->hash, p->offset, p->octets, &blob, err);
    if (done && blob.complete)
        done = land(c, io->arena, &txn, p, err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    if (done)
        *ret = blob;
    return done;
}

bool clerk_act_take_blob(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct piece p = {.size = 0};
    struct exchange_blob blob = {.have = 0};
    if (!take_piece(io, &p, err))
        return false;
    if (!append(c, io, &p, &blob, err))
        return err->kind == ERR_TAMPERED ? start_anew(c, &p, err) : false;
    buffer_number(&io->answer, blob.have, 8);
    buffer_number(&io->answer, blob.complete ? 1 : 0, 1);
    return true;
}

// -- small ones, whole and many at once ----------------------------------------------------------
static bool take_body(struct clerk *c, struct clerk_io *io, struct txn *txn, const struct piece *p,
                      bool *ret_landed, struct err *err)
{
    struct exchange_blob blob;
    struct err why = {0};
    if (!exchange_blob_get(txn, &p->hash, &blob, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    struct digest said = digest_of(p->octets);
    // Not awaited, here already, begun piece by piece, or not what it says: passed over.
    if (blob.have > 0 || blob.size != p->octets.len || !digest_eq(&said, &p->hash))
        return true;
    if (!exchange_blob_append(txn, &p->hash, 0, p->octets, &blob, err))
        return false;
    CHECK(blob.complete);
    *ret_landed = true;
    return land(c, io->arena, txn, p, err);
}

static bool take_bodies(struct clerk *c, struct clerk_io *io, const struct piece *pieces,
                        size_t count, uint64_t *ret_landed, struct err *err)
{
    struct txn txn = {0};
    uint64_t landed = 0;
    // Waited for: the peer is told next that it need not hold them for us any longer.
    bool done = db_begin(c->exchange, &txn, err);
    for (size_t i = 0; done && i < count; i++) {
        bool one = false;
        done = take_body(c, io, &txn, &pieces[i], &one, err);
        landed += one ? 1 : 0;
    }
    done = done && (landed == 0 || db_commit(&txn, err));
    txn_release(&txn);
    if (done)
        *ret_landed = landed;
    return done;
}

bool clerk_act_take_bodies(struct clerk *c, struct clerk_io *io, struct err *err)
{
    uint64_t landed = 0;
    struct str from = clerk_take_str(io, err);
    size_t count = reader_u16(&io->ask);
    if (count > CLERK_BODIES_MAX)
        return err_set(err, ERR_LIMIT, "clerk/frames.h", "%zu bodies at once", count);
    struct piece *pieces = arena_new(io->arena, struct piece, count + 1);
    if (pieces == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for %zu bodies", count);
    for (size_t i = 0; i < count && !io->ask.failed; i++) {
        clerk_take_digest(io, &pieces[i].hash);
        pieces[i].octets = reader_block32(&io->ask);
    }
    if (!clerk_columns_done(io, err) || !clerk_take_from(c, from, err) ||
        !take_bodies(c, io, pieces, count, &landed, err))
        return false;
    buffer_number(&io->answer, landed, 2);
    return true;
}

bool clerk_act_blob_have(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct digest hash;
    struct exchange_blob blob = {.have = 0};
    struct err why = {0};
    clerk_take_digest(io, &hash);
    if (!clerk_columns_done(io, err) || !db_begin(c->exchange, &txn, err))
        return false;
    bool found = exchange_blob_get(&txn, &hash, &blob, &why);
    txn_release(&txn);
    if (!found && why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    buffer_number(&io->answer, found ? blob.have : 0, 8);
    buffer_number(&io->answer, found && blob.complete ? 1 : 0, 1);
    return true;
}

// -- out to officers -----------------------------------------------------------------------------
struct naming {
    struct digest notes[NOTES_MAX];
    size_t count;
    bool more;    // than were looked at
    bool is_body; // of one of these records
    bool desks[DESK_COUNT];
};

static bool see_note(void *context, const struct digest *note, struct err *err)
{
    struct naming *n = context;
    (void)err;
    if (n->count < NOTES_MAX)
        n->notes[n->count++] = *note;
    else
        n->more = true;
    return true;
}

// Whose records name it. A body's hash stands in a log for all to see, so that any record may name
// it as an attachment of its own; only the record whose body it is gives a right to read it.
static bool name_desks(struct clerk *c, struct arena *a, const struct digest *hash,
                       struct naming *ret, struct err *err)
{
    struct txn txn = {0};
    bool as_body[DESK_COUNT] = {false};
    bool done = db_begin(c->office, &txn, err) && office_attached(&txn, hash, see_note, ret, err);
    for (size_t i = 0; done && i < ret->count; i++) {
        struct office_record row;
        enum desk desk;
        struct err why = {0};
        bool found = office_record_get(&txn, &ret->notes[i], a, &row, &why);
        bool body = found && digest_eq(&row.body, hash);
        ret->is_body = ret->is_body || body;
        if (found && row.void_rule.len == 0 && desk_read(row.desk, &desk))
            *(body ? &as_body[desk] : &ret->desks[desk]) = true;
        done = found || why.kind == ERR_NOT_FOUND ||
               err_set(err, why.kind, why.clause, "%s", why.text);
    }
    txn_release(&txn);
    if (ret->is_body || ret->more) // among more than these may be the one whose body it is
        memcpy(ret->desks, as_body, sizeof as_body);
    return done;
}

bool clerk_blob_attachable(struct clerk *c, struct arena *a, const struct digest *hash,
                           enum desk desk, bool *ret_may, struct err *err)
{
    struct naming n = {.count = 0};
    if (!name_desks(c, a, hash, &n, err))
        return false;
    *ret_may = n.count == 0 || (!n.is_body && n.desks[desk]);
    return true;
}

bool clerk_blob_readable(struct clerk *c, struct clerk_io *io, const struct digest *hash,
                         struct err *err)
{
    struct clerk_who who;
    struct naming n = {.count = 0};
    if (!clerk_who(c, io, &who, err) || !name_desks(c, io->arena, hash, &n, err))
        return false;
    for (int d = DESK_TECHNICAL; d < DESK_COUNT; d++)
        if (n.desks[d] && rights_has(&who.caller, NEED_READ, (enum desk)d))
            return true;
    return err_set(err, ERR_NOT_FOUND, "DESIGN 5.3", "no record of your desks names this blob");
}

static bool put_octets(void *context, uint64_t offset, struct bytes octets, struct err *err)
{
    struct buffer *to = context;
    (void)offset;
    buffer_put(to, octets);
    return !to->full || err_set(err, ERR_LIMIT, "base/limits.h", "the answer is full");
}

static bool read_some(struct clerk *c, const struct digest *hash, uint64_t offset, uint64_t most,
                      struct buffer *to, uint64_t *ret_size, struct err *err)
{
    struct txn txn = {0};
    struct exchange_blob blob;
    bool done = db_begin(c->exchange, &txn, err) && exchange_blob_get(&txn, hash, &blob, err);
    if (done && !blob.complete)
        done = err_set(err, ERR_NOT_FOUND, "DESIGN 5.3", "the blob is not held whole yet");
    if (done && offset > blob.size)
        done = err_set(err, ERR_LIMIT, "clerk/frames.h", "the blob has %llu octets",
                       (unsigned long long)blob.size);
    if (done) {
        uint64_t rest = blob.size - offset;
        uint64_t count = rest < most ? rest : most;
        done = count == 0 || exchange_blob_read(&txn, hash, offset, count, put_octets, to, err);
        *ret_size = blob.size;
    }
    txn_release(&txn);
    return done;
}

bool clerk_act_blob_read(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct digest hash;
    uint64_t size;
    clerk_take_digest(io, &hash);
    uint64_t offset = reader_u64(&io->ask);
    uint64_t most = reader_u32(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_blob_readable(c, io, &hash, err))
        return false;
    most = most < PIECE_BYTES_MAX ? most : PIECE_BYTES_MAX;
    return read_some(c, &hash, offset, most, &io->answer, &size, err);
}

bool clerk_act_attachment_key(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct digest hash;
    struct buffer head;
    struct age_file_key key;
    uint64_t size = 0;
    clerk_take_digest(io, &hash);
    if (!clerk_columns_done(io, err) || !clerk_blob_readable(c, io, &hash, err))
        return false;
    buffer_init(&head, io->arena, AGE_HEADER_BYTES_MAX);
    if (!read_some(c, &hash, 0, AGE_HEADER_BYTES_MAX, &head, &size, err) ||
        !clerk_age_key(c, buffer_bytes(&head), io->arena, &key, err))
        return false;
    buffer_put(&io->answer, bytes_of(key.octets, sizeof key.octets));
    buffer_number(&io->answer, size, 8);
    secret_wipe(key.octets, sizeof key.octets);
    return true;
}
