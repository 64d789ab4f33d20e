// clerk/act_book.c - codebook files of this node: listed, handed out, added, removed (declared in
// clerk/acts.h).
#include "base/limits.h"
#include "clerk/book_choice.h"
#include "clerk/books.h"
#include "clerk/officer.h"
#include "clerk/shown.h"
#include "clerk/take.h"
#include "store/exchange_book.h"
#include "store/office_vouch.h"

// -- handing out ---------------------------------------------------------------------------------
static bool put_hash(void *context, const struct digest *hash, struct bytes octets, struct err *err)
{
    struct clerk_io *io = context;
    (void)octets;
    (void)err; // a full answer says so itself
    clerk_put_digest(io, hash);
    return true;
}

bool clerk_act_codebook_files(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    if (!clerk_columns_done(io, err))
        return false;
    bool done = db_begin(c->exchange, &txn, err) && exchange_codebooks(&txn, put_hash, io, err);
    txn_release(&txn);
    return done;
}

bool clerk_act_codebook_get(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct digest hash;
    struct bytes file = {0};
    clerk_take_digest(io, &hash);
    if (!clerk_columns_done(io, err))
        return false;
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_codebook_get(&txn, &hash, io->arena, &file, err);
    txn_release(&txn);
    if (done)
        buffer_block32(&io->answer, file);
    return done;
}

// -- adding --------------------------------------------------------------------------------------
static const struct codebook_file *same_file(const struct clerk *c, const struct codebook_file *f)
{
    for (size_t i = 0; i < c->codebook.files_count; i++)
        if (codebook_file_same(&c->codebook.files[i], f))
            return &c->codebook.files[i];
    return NULL;
}

static bool keep_file(struct clerk *c, struct bytes octets, const struct codebook_file *before,
                      struct err *err)
{
    struct txn txn = {0};
    struct digest hash;
    bool done =
        db_begin(c->exchange, &txn, err) &&
        (before == NULL || before->embedded || exchange_codebook_drop(&txn, &before->hash, err)) &&
        exchange_codebook_put(&txn, octets, &hash, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done && clerk_books_load(c, err);
}

static json_t *shown_file(const struct codebook_file *f)
{
    json_t *o = shown_object();
    shown_word(o, "kind", codebook_kind_word(f->kind));
    shown_str(o, "of", f->of);
    shown_str(o, "book", f->book);
    shown_number(o, "version", f->version);
    shown_digest(o, "file", &f->hash);
    shown_number(o, "size", f->size);
    return o;
}

bool clerk_act_codebook_add(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct codebook_file f;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct bytes octets = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_need(c, io, NEED_ADMINISTER, DESK_NONE, err))
        return false;
    if (octets.len > CLERK_BOOK_FILE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "clerk/books.h", "a file of %zu octets; %d is the most",
                       octets.len, CLERK_BOOK_FILE_BYTES_MAX);
    if (!clerk_books_check(c, io->arena, octets, &f, err))
        return false;
    const struct codebook_file *before = same_file(c, &f);
    bool there = before != NULL && digest_eq(&before->hash, &f.hash);
    bool replaced = before != NULL && !there;
    digest_write(&f.hash, hash);
    if (!there && (!keep_file(c, octets, before, err) ||
                   !clerk_audit(c, clerk_officer_name(io), "codebook-add", str_of(hash), err)))
        return false;
    clerk_ring(c); // partners are told
    io->shown = shown_file(&f);
    shown_bool(io->shown, "replaced", replaced);
    return true;
}

// -- removing ------------------------------------------------------------------------------------
// What the community speaks by stays.
static bool may_go(const struct clerk *c, const struct codebook_file *f, struct err *err)
{
    if (f == NULL) // it may be one that could not be used
        return true;
    if (f->embedded)
        return err_set(err, ERR_DENIED, "DESIGN 6", "this file came with the program");
    const struct book *book = codebook_book(&c->codebook, f->book, f->version);
    if (f->kind == CODEBOOK_BOOK && c->has_community && book != NULL &&
        digest_eq(&book->hash, &c->community.codebook))
        return err_set(err, ERR_CONFLICT, "DESIGN 5.6", "the community speaks by this book");
    return true;
}

bool clerk_act_codebook_remove(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct digest hash;
    char text[DIGEST_TEXT_CHARS + 1];
    clerk_take_digest(io, &hash);
    if (!clerk_columns_done(io, err) || !clerk_need(c, io, NEED_ADMINISTER, DESK_NONE, err) ||
        !may_go(c, codebook_file(&c->codebook, &hash), err))
        return false;
    bool done = db_begin(c->exchange, &txn, err) && exchange_codebook_drop(&txn, &hash, err) &&
                db_commit(&txn, err);
    txn_release(&txn);
    digest_write(&hash, text);
    clerk_ring(c);
    return done && clerk_books_load(c, err) &&
           clerk_audit(c, clerk_officer_name(io), "codebook-remove", str_of(text), err);
}

// -- what a peer holds ---------------------------------------------------------------------------
// By a peer's clock, but never later than now: what it says next must still count.
static struct moment told_at(const struct clerk *c, uint64_t written)
{
    struct moment now = clerk_now(c);
    return written == 0 || written > (uint64_t)now.s ? now : (struct moment){(int64_t)written};
}

bool clerk_act_take_books(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct exchange_book rows[PEER_BOOKS_MAX];
    struct str from = clerk_take_str(io, err);
    uint64_t written = reader_u64(&io->ask);
    size_t count = reader_u16(&io->ask);
    if (count > PEER_BOOKS_MAX)
        return err_set(err, ERR_LIMIT, "clerk/frames.h", "%zu books of a peer", count);
    for (size_t i = 0; i < count; i++) {
        rows[i].name = clerk_take_str(io, err);
        rows[i].version = reader_u32(&io->ask);
        rows[i].hash = reader_take(&io->ask, BOOK_PREFIX_BYTES);
    }
    if (!clerk_columns_done(io, err) || !clerk_take_from(c, from, err))
        return false;
    bool done = db_begin_deferred(c->exchange, &txn, err) &&
                exchange_peer_books_put(&txn, from, told_at(c, written), rows, count, err) &&
                db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

// -- under which book ----------------------------------------------------------------------------
bool clerk_act_book_for(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_book_choice chosen;
    struct state_code to = {0};
    struct str code = clerk_take_str(io, err);
    if (!clerk_columns_done(io, err))
        return false;
    if (!str_eq(code, STR("all")) && !state_code_read(code, &to))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a State is named by its code");
    if (!clerk_book_choose(c, &to, &chosen, err))
        return false;
    io->shown = shown_object();
    shown_str(io->shown, "book", chosen.book->name);
    shown_number(io->shown, "version", chosen.book->version);
    shown_digest(io->shown, "hash", &chosen.book->hash);
    shown_number(io->shown, "newest", chosen.newest->version);
    shown_bool(io->shown, "told", chosen.told);
    return true;
}

// -- who vouches for what ------------------------------------------------------------------------
struct vouching {
    const struct clerk *clerk;
    json_t *rows;
};

static bool take_vouch(void *context, const struct office_vouch *row, struct err *err)
{
    struct vouching *v = context;
    const struct community_state *state = clerk_state_of(v->clerk, row->origin);
    json_t *one = shown_object();
    (void)err; // nothing can fail
    shown_str(one, "state", state == NULL ? STR("") : state->code);
    shown_str(one, "origin", row->origin);
    shown_str(one, "ref", row->ref);
    shown_digest(one, "note", &row->note);
    shown_time(one, "time", row->time);
    shown_str(one, "kind", row->kind);
    shown_str(one, "of", row->of);
    shown_str(one, "book", row->book);
    shown_number(one, "version", row->version);
    shown_digest(one, "file", &row->file);
    shown_bool(one, "in_use", codebook_file(&v->clerk->codebook, &row->file) != NULL);
    shown_add(v->rows, one);
    return true;
}

// They are open to all members, so no officer is asked for.
bool clerk_act_vouches(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct vouching v = {c, shown_array()};
    io->shown = shown_object();
    shown_put(io->shown, "vouches", v.rows);
    bool done = clerk_columns_done(io, err) && db_begin(c->office, &txn, err) &&
                office_vouches(&txn, take_vouch, &v, err);
    txn_release(&txn);
    return done;
}
