#include "codebook/embedded.h"

#include "codebook/data.h"

static bool is_book(struct bytes file)
{
    struct str first = STR("elchi codebook v1\n");
    return file.len >= first.len && memcmp(file.ptr, first.ptr, first.len) == 0;
}

static bool take_book(struct bytes file, struct arena *a, struct codebook *to, struct err *err)
{
    struct book *book = arena_new(a, struct book, 1);
    if (book == NULL)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "the arena is too small for the codebook");
    if (!book_parse(file, a, book, err) || !shelf_put(&to->shelf, book, err))
        return false;
    if (to->current == NULL || book->version > to->current->version)
        to->current = book;
    return true;
}

static bool take_file(const struct embedded_file *f, struct arena *a, struct rendering *renderings,
                      struct codebook *to, struct err *err)
{
    if (is_book(f->content))
        return take_book(f->content, a, to, err) || err_wrap(err, "%s", f->name);
    if (to->renderings_count == EMBEDDED_RENDERINGS_MAX)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "too many renderings are embedded");
    if (!rendering_parse(f->content, a, &renderings[to->renderings_count], err))
        return err_wrap(err, "%s", f->name);
    to->renderings_count++;
    return true;
}

bool codebook_embedded(struct arena *a, struct codebook *ret, struct err *err)
{
    struct codebook made = {.current = NULL};
    struct rendering *renderings = arena_new(a, struct rendering, EMBEDDED_RENDERINGS_MAX);
    if (renderings == NULL)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "the arena is too small for the codebook");
    made.renderings = renderings;
    for (size_t i = 0; i < codebook_files_count; i++)
        if (!take_file(&codebook_files[i], a, renderings, &made, err))
            return false;
    CHECK(made.current != NULL); // a build without a book is a broken build
    *ret = made;
    return true;
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
