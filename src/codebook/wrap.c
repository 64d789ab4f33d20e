#include "codebook/wrap.h"

#include "codebook/pattern.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uiter.h>

#define CLAUSE "DESIGN 6, rendering"

enum { LRI = 0x2066, FSI = 0x2068, PDI = 0x2069, SCRATCH_BYTES = 1 << 22 };

// What may happen before a unit of UTF-16, and what the character that begins there takes.
struct unit {
    uint8_t columns;
    uint8_t depth; // of isolates that are open before it
    bool cluster;  // one begins here
    bool word;     // a line may break here
    bool space;    // and a cluster of its own
};
struct measured {
    struct wide text;
    struct unit *units; // text.len + 1 of them
};

static bool icu_failed(UErrorCode status, struct err *err)
{
    return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
}

static bool is_opener(UChar32 c)
{
    return c >= LRI && c <= FSI;
}

static uint8_t columns_of(UChar32 c)
{
    int8_t type = u_charType(c);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR ||
        type == U_CONTROL_CHAR)
        return 0;
    int32_t width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

static bool measure_characters(struct measured *m, struct err *err)
{
    size_t depth = 0;
    UCharIterator all;
    uiter_setString(&all, m->text.ptr, m->text.len);
    for (int32_t at = 0; at < m->text.len; at = all.getIndex(&all, UITER_CURRENT)) {
        struct unit *unit = &m->units[at];
        UChar32 c = uiter_next32(&all);
        unit->depth = (uint8_t)depth;
        unit->columns = columns_of(c);
        unit->space = c == ' ';
        if (is_opener(c))
            depth++;
        else if (c == PDI && depth > 0)
            depth--;
        if (depth > WRAP_ISOLATES_MAX)
            return err_set(err, ERR_LIMIT, CLAUSE, "isolates are nested too deep");
    }
    m->units[m->text.len].depth = (uint8_t)depth;
    return true;
}

static bool mark_edges(struct measured *m, UBreakIteratorType type, const char *locale,
                       struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *edges = ubrk_open(type, locale, m->text.ptr, m->text.len, &status);
    if (U_FAILURE(status))
        return icu_failed(status, err);
    for (int32_t at = ubrk_first(edges); at != UBRK_DONE; at = ubrk_next(edges)) {
        if (type == UBRK_LINE)
            m->units[at].word = true;
        else
            m->units[at].cluster = true;
    }
    ubrk_close(edges);
    return true;
}

static bool measure(struct str language, struct str text, struct arena *scratch,
                    struct measured *ret, struct err *err)
{
    char locale[LOCALE_CHARS];
    if (text.len > WRAP_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a text of %zu octets to lay out", text.len);
    if (!locale_of(language, locale, err) || !wide_of(scratch, text, &ret->text, err))
        return false;
    ret->units = arena_new(scratch, struct unit, (size_t)ret->text.len + 1);
    if (ret->units == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to lay out a text");
    if (!measure_characters(ret, err) || !mark_edges(ret, UBRK_CHARACTER, locale, err) ||
        !mark_edges(ret, UBRK_LINE, locale, err))
        return false;
    for (int32_t at = 0; at < ret->text.len; at++) {
        struct unit *u = &ret->units[at];
        u->space = u->space && u->cluster && ret->units[at + 1].cluster;
    }
    return true;
}

// -- lines ----------------------------------------------------------------------------------------

struct laying {
    const struct measured *m;
    size_t columns;
    UChar open[WRAP_ISOLATES_MAX]; // openers of the isolates the next line begins in
    size_t open_count;
    struct arena *arena;
    struct err *err;
};

// Where a line may end: the last edge of each sort that fits.
struct edges {
    int32_t outside, inside, cluster; // a word's outside isolates, one inside, a cluster's
};

static void note_edge(const struct unit *unit, int32_t at, struct edges *e)
{
    if (!unit->cluster)
        return;
    e->cluster = at;
    if (unit->word && unit->depth == 0)
        e->outside = at;
    else if (unit->word)
        e->inside = at;
}

// The end of the line that begins at `from`; one cluster it takes in any case.
static int32_t line_end(const struct laying *l, int32_t from)
{
    const struct unit *units = l->m->units;
    struct edges e = {from, from, from};
    size_t columns = 0, filled = 0; // `filled` leaves out the spaces at the end
    int32_t at = from;
    for (; at < l->m->text.len; at++) {
        columns += units[at].columns;
        if (!units[at].space)
            filled = columns;
        if (filled > l->columns && e.cluster > from)
            break;
        note_edge(&units[at + 1], at + 1, &e);
    }
    if (at == l->m->text.len)
        return at;
    if (e.outside > from)
        return e.outside;
    return e.inside > from ? e.inside : e.cluster;
}

static void note_isolates(struct laying *l, UChar c)
{
    if (is_opener(c))
        l->open[l->open_count++] = c;
    else if (c == PDI && l->open_count > 0)
        l->open_count--;
}

static bool take_line(struct laying *l, int32_t from, int32_t to, struct str *ret)
{
    size_t room = (size_t)(to - from) + (size_t)2 * WRAP_ISOLATES_MAX, n = 0;
    UChar *line = arena_new(l->arena, UChar, room);
    if (line == NULL)
        return err_set(l->err, ERR_LIMIT, CLAUSE, "the arena is too small to lay out a text");
    while (to > from && l->m->units[to - 1].space)
        to--;
    for (size_t i = 0; i < l->open_count; i++)
        line[n++] = l->open[i];
    for (int32_t at = from; at < to; at++) {
        line[n++] = l->m->text.ptr[at];
        note_isolates(l, l->m->text.ptr[at]);
    }
    for (size_t i = 0; i < l->open_count; i++)
        line[n++] = PDI;
    CHECK(n <= room);
    return wide_text(l->arena, line, (int32_t)n, ret, l->err);
}

static bool lay_lines(struct laying *l, struct wrapped *ret)
{
    int32_t from = 0, len = l->m->text.len;
    // Each line takes a cluster at least, and blank lines are not made.
    ret->lines = arena_new(l->arena, struct str, (size_t)len + 1);
    if (ret->lines == NULL)
        return err_set(l->err, ERR_LIMIT, CLAUSE, "the arena is too small to lay out a text");
    ret->lines[0] = STR("");
    ret->count = 1;
    for (size_t n = 0; from < len; n++) {
        int32_t to = line_end(l, from);
        CHECK(to > from);
        if (!take_line(l, from, to, &ret->lines[n]))
            return false;
        ret->count = n + 1;
        for (from = to; from < len && l->m->units[from].space; from++)
            continue;
    }
    return true;
}

static bool keep_lines(const struct wrapped *made, struct arena *a, struct wrapped *ret,
                       struct err *err)
{
    struct wrapped kept = {arena_new(a, struct str, made->count), made->count};
    if (kept.lines == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to lay out a text");
    for (size_t i = 0; i < made->count; i++)
        if (!arena_str(a, made->lines[i], &kept.lines[i], err))
            return false;
    *ret = kept;
    return true;
}

bool wrap_columns(struct str language, struct str text, size_t columns, struct arena *a,
                  struct wrapped *ret, struct err *err)
{
    struct measured m;
    struct wrapped made = {NULL, 0};
    struct arena scratch;
    CHECK(columns >= WRAP_COLUMNS_MIN);
    arena_init(&scratch, SCRATCH_BYTES);
    struct laying l = {.m = &m, .columns = columns, .arena = &scratch, .err = err};
    bool done = measure(language, text, &scratch, &m, err) && lay_lines(&l, &made) &&
                keep_lines(&made, a, ret, err);
    arena_release(&scratch);
    return done;
}

// -- clusters -------------------------------------------------------------------------------------

static size_t clusters_of(const struct measured *m)
{
    size_t count = 0;
    for (int32_t at = 0; at < m->text.len; at++)
        count += m->units[at].cluster ? 1 : 0;
    return count;
}

bool text_clusters(struct str text, size_t *ret, struct err *err)
{
    struct measured m;
    struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    bool done = measure(STR("en"), text, &scratch, &m, err);
    if (done)
        *ret = clusters_of(&m);
    arena_release(&scratch);
    return done;
}

static int32_t short_end(const struct measured *m, size_t clusters)
{
    int32_t word = 0, cluster = 0;
    size_t seen = 0, filled = 0; // `filled` leaves out the spaces at the end
    for (int32_t at = 1; at <= m->text.len; at++) {
        if (!m->units[at].cluster)
            continue;
        seen++;
        if (!m->units[at - 1].space)
            filled = seen;
        if (filled > clusters)
            break;
        if (m->units[at].depth > 0)
            continue;
        cluster = at;
        if (m->units[at].word)
            word = at;
    }
    int32_t end = word > 0 ? word : cluster;
    while (end > 0 && m->units[end - 1].space)
        end--;
    return end;
}

bool text_shorten(struct str language, struct str text, size_t clusters, struct arena *a,
                  struct str *ret, struct err *err)
{
    struct measured m;
    struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    bool done = measure(language, text, &scratch, &m, err);
    if (done && clusters_of(&m) <= clusters)
        *ret = text;
    else if (done)
        done = wide_text(a, m.text.ptr, short_end(&m, clusters), ret, err);
    arena_release(&scratch);
    return done;
}
