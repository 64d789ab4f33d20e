#include "clerk/books.h"

#include "base/limits.h"
#include "codebook/findings.h"
#include "store/exchange_book.h"

enum { BOOKS_BYTES_MAX = 256 << 20 }; // every place of a codebook taken by a large file

// -- loading -------------------------------------------------------------------------------------
struct loading {
    struct codebook *to;
    struct arena *arena;
    size_t left_out;
};

static bool load_file(void *context, const struct digest *hash, struct bytes octets,
                      struct err *err)
{
    struct loading *l = context;
    struct err why = {0};
    (void)hash;
    (void)err; // one file that cannot be used ends nothing; the doctor tells of it
    if (!codebook_add(l->to, octets, l->arena, &why))
        l->left_out++;
    return true;
}

static bool load(struct txn *txn, struct arena *a, struct codebook *to, size_t *ret_left_out,
                 struct err *err)
{
    struct loading l = {.to = to, .arena = a};
    if (!codebook_embedded(a, to, err) || !exchange_codebooks(txn, load_file, &l, err))
        return false;
    *ret_left_out = l.left_out;
    return true;
}

static bool tell(struct txn *txn, const struct codebook *c, struct err *err)
{
    struct exchange_book rows[SHELF_BOOKS_MAX];
    for (size_t i = 0; i < c->shelf.count; i++) {
        const struct book *b = c->shelf.books[i];
        rows[i] =
            (struct exchange_book){b->name, b->version, bytes_of(b->hash.octets, DIGEST_BYTES)};
    }
    return exchange_books_put(txn, rows, c->shelf.count, err);
}

bool clerk_books_load(struct clerk *c, struct err *err)
{
    struct arena books;
    struct txn txn = {0};
    size_t left_out = 0;
    struct codebook *made = memory_new(1, sizeof *made);
    arena_init(&books, BOOKS_BYTES_MAX);
    bool done = db_begin(c->exchange, &txn, err) && load(&txn, &books, made, &left_out, err) &&
                tell(&txn, made, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (done) {
        arena_release(&c->books);
        c->books = books;
        c->codebook = *made;
        c->books_left_out = left_out;
    } else {
        arena_release(&books);
    }
    memory_release(made);
    return done;
}

// -- checking ------------------------------------------------------------------------------------
static bool no_errors(const struct findings *f, struct err *err)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *one = &f->rows[i];
        if (finding_is_error(one->kind))
            return err_set(err, ERR_MALFORMED, "codebook/findings.h",
                           "%zu errors, the first: %s %.*s %.*s; `elchi codebook check --codebook "
                           "FILE` lists them",
                           f->errors, finding_word(one->kind), STR_ARG(one->subject),
                           STR_ARG(one->detail));
    }
    return true;
}

static bool check_with_book(const struct codebook *c, const struct codebook_file *f,
                            struct arena *a, struct err *err)
{
    struct findings found = {0};
    struct rendering pair[2];
    size_t count = 0;
    const struct book *book = codebook_book(c, f->book, f->version);
    if (book == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "codebook %.*s version %u is not held here; add the book first",
                       STR_ARG(f->book), (unsigned)f->version);
    if (f->kind == CODEBOOK_RENDERING) {
        const struct rendering *english = codebook_rendering(c, book, STR("en"));
        const struct rendering *own = codebook_rendering(c, book, f->of);
        CHECK(own != NULL); // it was added
        pair[count++] = *own;
        if (english != NULL && english != own)
            pair[count++] = *english;
    }
    return codebook_check(book, pair, count, a, &found, err) && no_errors(&found, err);
}

bool clerk_books_check(struct clerk *c, struct arena *a, struct bytes file,
                       struct codebook_file *ret, struct err *err)
{
    struct arena scratch;
    struct txn txn = {0};
    struct codebook_file made = {0};
    size_t ignored = 0;
    struct digest hash = digest_of(file);
    struct codebook *trial = memory_new(1, sizeof *trial);
    arena_init(&scratch, BOOKS_BYTES_MAX);
    bool done = db_begin(c->exchange, &txn, err) && load(&txn, &scratch, trial, &ignored, err) &&
                codebook_add(trial, file, &scratch, err);
    txn_release(&txn);
    if (done) {
        const struct codebook_file *f = codebook_file(trial, &hash);
        CHECK(f != NULL);
        made = *f;
        done = check_with_book(trial, f, &scratch, err) && arena_str(a, f->of, &made.of, err) &&
               arena_str(a, f->book, &made.book, err);
    }
    arena_release(&scratch);
    memory_release(trial);
    if (done)
        *ret = made;
    return done;
}
