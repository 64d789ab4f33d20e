#include "codebook/embedded.h"

#include "codebook/data.h"

#define KIND_ROW(name, word, first) {word, first},
static const struct {
    const char *word, *first;
} kinds[] = {CODEBOOK_KINDS(KIND_ROW)};
_Static_assert(sizeof kinds / sizeof kinds[0] == CODEBOOK_KIND_COUNT, "one row per kind");

const char *codebook_kind_word(enum codebook_kind kind)
{
    CHECK(kind < CODEBOOK_KIND_COUNT);
    return kinds[kind].word;
}

enum codebook_kind codebook_kind_of(struct bytes file)
{
    for (size_t i = 0; i < CODEBOOK_KIND_COUNT; i++) {
        struct str first = str_of(kinds[i].first);
        if (file.len >= first.len && memcmp(file.ptr, first.ptr, first.len) == 0)
            return (enum codebook_kind)i;
    }
    return CODEBOOK_KIND_COUNT;
}

static bool too_many(const char *what, struct err *err)
{
    return err_set(err, ERR_LIMIT, "DESIGN 6", "too many %s", what);
}

static bool add_book(struct codebook *to, struct bytes file, struct arena *a,
                     struct codebook_file *f, struct err *err)
{
    struct book *book = arena_new(a, struct book, 1);
    if (book == NULL)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "the arena is too small for the codebook");
    if (!book_parse(file, a, book, err) || !shelf_put(&to->shelf, book, err))
        return false;
    for (size_t i = 0; i < to->shelf.count; i++) // the same one, with other sources checked
        if (digest_eq(&to->shelf.books[i]->hash, &book->hash))
            to->shelf.books[i] = book;
    if (to->current == NULL ||
        (str_eq(book->name, to->current->name) && book->version >= to->current->version))
        to->current = book;
    f->book = book->name;
    f->version = book->version;
    return true;
}

static bool add_rendering(struct codebook *to, struct bytes file, struct arena *a,
                          struct codebook_file *f, struct err *err)
{
    struct rendering made;
    size_t at = 0;
    if (!rendering_parse(file, a, &made, err))
        return false;
    for (; at < to->renderings_count; at++) {
        const struct rendering *r = &to->room[at];
        if (str_eq(r->language, made.language) && str_eq(r->book_name, made.book_name) &&
            r->book_version == made.book_version)
            break;
    }
    if (at == CODEBOOK_RENDERINGS_MAX)
        return too_many("renderings", err);
    to->room[at] = made;
    if (at == to->renderings_count)
        to->renderings_count++;
    f->of = made.language;
    f->book = made.book_name;
    f->version = made.book_version;
    return true;
}

static bool add_guide(struct codebook *to, struct bytes file, struct arena *a,
                      struct codebook_file *f, struct err *err)
{
    struct guide made;
    size_t at = 0;
    if (!guide_parse(file, a, &made, err))
        return false;
    while (at < to->guides_count && (!str_eq(to->guides[at].book_name, made.book_name) ||
                                     to->guides[at].book_version != made.book_version))
        at++;
    if (at == CODEBOOK_GUIDES_MAX)
        return too_many("guides", err);
    to->guides[at] = made;
    if (at == to->guides_count)
        to->guides_count++;
    f->book = made.book_name;
    f->version = made.book_version;
    return true;
}

static bool add_scale(struct codebook *to, struct bytes file, struct arena *a,
                      struct codebook_file *f, struct err *err)
{
    struct scale made;
    size_t at = 0;
    if (!scale_parse(file, a, &made, err))
        return false;
    while (at < to->scales_count && !str_eq(to->scales[at].state, made.state))
        at++;
    if (at == CODEBOOK_SCALES_MAX)
        return too_many("scales", err);
    to->scales[at] = made;
    if (at == to->scales_count)
        to->scales_count++;
    f->of = made.state;
    f->book = made.book_name;
    f->version = made.book_version;
    return true;
}

bool codebook_file_same(const struct codebook_file *a, const struct codebook_file *b)
{
    if (a->kind != b->kind || !str_eq(a->of, b->of))
        return false;
    return a->kind == CODEBOOK_SCALE || (str_eq(a->book, b->book) && a->version == b->version);
}

bool codebook_add(struct codebook *c, struct bytes file, struct arena *a, struct err *err)
{
    static bool (*const adds[CODEBOOK_KIND_COUNT])(struct codebook *, struct bytes, struct arena *,
                                                   struct codebook_file *, struct err *) = {
        [CODEBOOK_BOOK] = add_book,
        [CODEBOOK_RENDERING] = add_rendering,
        [CODEBOOK_GUIDE] = add_guide,
        [CODEBOOK_SCALE] = add_scale,
    };
    struct codebook_file f = {.kind = codebook_kind_of(file), .of = STR(""), .size = file.len};
    if (f.kind == CODEBOOK_KIND_COUNT)
        return err_set(err, ERR_MALFORMED, "docs/codebook-format.md",
                       "neither a codebook nor a rendering, guide or scale");
    if (!adds[f.kind](c, file, a, &f, err))
        return false;
    f.hash = digest_of(file);
    size_t at = 0;
    while (at < c->files_count && !codebook_file_same(&c->files[at], &f))
        at++;
    CHECK(at < CODEBOOK_FILES_MAX); // every kind has a bound of its own, together below this one
    c->files[at] = f;
    c->files_count += at == c->files_count ? 1 : 0;
    return true;
}
_Static_assert(SHELF_BOOKS_MAX + CODEBOOK_RENDERINGS_MAX + CODEBOOK_GUIDES_MAX +
                       CODEBOOK_SCALES_MAX <=
                   CODEBOOK_FILES_MAX,
               "a place for every file");

bool codebook_embedded(struct arena *a, struct codebook *ret, struct err *err)
{
    struct codebook made = {.current = NULL};
    made.room = arena_new(a, struct rendering, CODEBOOK_RENDERINGS_MAX);
    if (made.room == NULL)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "the arena is too small for the codebook");
    made.renderings = made.room;
    for (size_t i = 0; i < codebook_files_count; i++)
        if (!codebook_add(&made, codebook_files[i].content, a, err))
            return err_wrap(err, "%s", codebook_files[i].name);
    for (size_t i = 0; i < made.files_count; i++)
        made.files[i].embedded = true;
    CHECK(made.current != NULL); // a build without a book is a broken build
    *ret = made;
    return true;
}

const struct codebook_file *codebook_file(const struct codebook *c, const struct digest *hash)
{
    for (size_t i = 0; i < c->files_count; i++)
        if (digest_eq(&c->files[i].hash, hash))
            return &c->files[i];
    return NULL;
}

const struct book *codebook_book(const struct codebook *c, struct str name, uint32_t version)
{
    for (size_t i = 0; i < c->shelf.count; i++)
        if (str_eq(c->shelf.books[i]->name, name) && c->shelf.books[i]->version == version)
            return c->shelf.books[i];
    return NULL;
}

const struct rendering *codebook_rendering(const struct codebook *c, const struct book *book,
                                           struct str language)
{
    for (;;) {
        for (size_t i = 0; i < c->renderings_count; i++) {
            const struct rendering *r = &c->renderings[i];
            if (str_eq(r->book_name, book->name) && r->book_version == book->version &&
                str_eq(r->language, language))
                return r;
        }
        while (language.len > 0 && language.ptr[language.len - 1] != '-')
            language.len--;
        if (language.len == 0)
            return NULL;
        language.len--;
    }
}

const struct guide *codebook_guide(const struct codebook *c, const struct book *book)
{
    for (size_t i = 0; i < c->guides_count; i++)
        if (str_eq(c->guides[i].book_name, book->name) &&
            c->guides[i].book_version == book->version)
            return &c->guides[i];
    return NULL;
}

const struct scale *codebook_scale(const struct codebook *c, struct str state)
{
    for (size_t i = 0; i < c->scales_count; i++)
        if (str_eq(c->scales[i].state, state))
            return &c->scales[i];
    return NULL;
}
