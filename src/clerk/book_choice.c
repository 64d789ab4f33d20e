#include "clerk/book_choice.h"

#include "base/limits.h"
#include "record/type/message.h"
#include "store/exchange_book.h"

// -- what a peer holds ---------------------------------------------------------------------------
struct looking {
    const struct codebook *held;
    const struct digest *wanted; // NULL: the newest that is held by both
    struct str name;             // ... of this name
    const struct book *common;
    bool told, holds;
};

static bool is_prefix_of(struct bytes prefix, const struct digest *whole)
{
    return prefix.len == BOOK_PREFIX_BYTES && memcmp(prefix.ptr, whole->octets, prefix.len) == 0;
}

static bool look_at(void *context, const struct exchange_book *row, struct err *err)
{
    struct looking *l = context;
    const struct book *own = codebook_book(l->held, row->name, row->version);
    (void)err; // nothing can fail
    l->told = true;
    if (l->wanted != NULL && is_prefix_of(row->hash, l->wanted))
        l->holds = true;
    if (own != NULL && str_eq(own->name, l->name) && is_prefix_of(row->hash, &own->hash) &&
        (l->common == NULL || own->version > l->common->version))
        l->common = own;
    return true;
}

static bool look(struct clerk *c, const struct state_code *state, struct looking *l,
                 struct err *err)
{
    struct txn txn = {0};
    const struct community_state *of =
        c->has_community ? community_by_code(&c->community, state_code_str(state)) : NULL;
    if (of == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no State of this community has the code");
    l->held = &c->codebook;
    bool done =
        db_begin(c->exchange, &txn, err) && exchange_peer_books(&txn, of->origin, look_at, l, err);
    txn_release(&txn);
    return done;
}

bool clerk_book_at_peer(struct clerk *c, const struct state_code *state, const struct digest *book,
                        bool *ret_told, bool *ret_holds, struct err *err)
{
    struct looking l = {.wanted = book, .name = STR("")};
    if (!look(c, state, &l, err))
        return false;
    *ret_told = l.told;
    *ret_holds = l.holds;
    return true;
}

// -- the rule ------------------------------------------------------------------------------------
static const struct book *newest_of(const struct codebook *c, struct str name)
{
    const struct book *newest = NULL;
    for (size_t i = 0; i < c->shelf.count; i++) {
        const struct book *b = c->shelf.books[i];
        if (str_eq(b->name, name) && (newest == NULL || b->version > newest->version))
            newest = b;
    }
    return newest;
}

bool clerk_book_choose(struct clerk *c, const struct state_code *to, struct clerk_book_choice *ret,
                       struct err *err)
{
    if (!c->has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6",
                       "no community is applied here yet; `elchi community apply FILE` does it");
    const struct book *base = shelf_find(&c->codebook.shelf, &c->community.codebook);
    struct looking l = {.name = base != NULL ? base->name : c->codebook.current->name};
    if (state_code_is_set(to) && !look(c, to, &l, err))
        return false;
    if (l.told && l.common == NULL)
        return err_set(err, ERR_UNSUPPORTED, "DESIGN 6",
                       "%s holds no codebook that this node holds; agree on one and add it by "
                       "`elchi codebook add FILE`",
                       to->text);
    const struct book *book = l.told ? l.common : base;
    if (book == NULL)
        return err_set(err, ERR_UNSUPPORTED, "DESIGN 6",
                       "this node does not hold the community's codebook (version %u); `elchi "
                       "codebook add FILE` adds it",
                       (unsigned)c->community.codebook_version);
    // The book itself is on the shelf, so there is a newest one of its name.
    const struct book *newest = newest_of(&c->codebook, book->name);
    CHECK(newest != NULL);
    *ret = (struct clerk_book_choice){book, newest, l.told};
    return true;
}

// -- the sentence --------------------------------------------------------------------------------
static const struct state_code *other_side(const struct clerk *c, const struct record *r)
{
    static const struct state_code nobody;
    if (r->open)
        return &nobody;
    return state_code_eq(&r->from.state, &c->state) ? &r->to.state : &r->from.state;
}

static bool say_why(const struct clerk_book_choice *chosen, const struct book *book,
                    const struct state_code *other, struct arena *a, struct str *ret,
                    struct err *err)
{
    CHECK(chosen->newest != NULL);
    unsigned under = (unsigned)book->version, newest = (unsigned)chosen->newest->version;
    if (!state_code_is_set(other))
        return arena_fmt(a, ret, err, "Written under codebook %u: every member reads it.", under);
    if (!chosen->told)
        return arena_fmt(a, ret, err,
                         "Written under codebook %u: %s has not said yet whether it holds version "
                         "%u.",
                         under, other->text, newest);
    if (chosen->book->version > book->version)
        return arena_fmt(a, ret, err, "Written under codebook %u; both hold version %u now.", under,
                         (unsigned)chosen->book->version);
    return arena_fmt(a, ret, err, "Written under codebook %u: %s does not hold version %u.", under,
                     other->text, newest);
}

bool clerk_book_sentence(struct clerk *c, struct arena *a, const struct record *record,
                         struct str *ret, struct err *err)
{
    struct clerk_book_choice chosen;
    struct err why = {0};
    *ret = STR("");
    if (record->type != &record_type_message)
        return true;
    const struct message *m = record->payload;
    const struct book *book = shelf_find(&c->codebook.shelf, &m->codebook);
    if (book == NULL)
        return arena_fmt(a, ret, err,
                         "Written under codebook %u, which this node does not hold: the codes "
                         "stand.",
                         (unsigned)m->codebook_version);
    const struct state_code *other = other_side(c, record);
    if (newest_of(&c->codebook, book->name) == book || !clerk_book_choose(c, other, &chosen, &why))
        return true; // nothing in common is no matter of this record
    return say_why(&chosen, book, other, a, ret, err);
}
