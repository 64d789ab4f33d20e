#include "codebook/render_brief.h"

#include "codebook/render_value.h"
#include "codebook/wrap.h"

#define CLAUSE "DESIGN 6, rendering"

enum { CODES_MAX = 8, CODES_BYTES_MAX = 64, ISOLATE_CLUSTERS = 2 };

struct briefing {
    const struct render_with *with;
    const struct rendered *rendered;
    struct arena *arena;
    struct err *err;
    size_t notes, faults, codes; // `codes`: how many are shown
};

static size_t count_notes(const struct rendered *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->lines_count; i++)
        count += r->lines[i].disclaimers_count;
    return count;
}

static size_t count_faults(const struct rendered *r)
{
    const unsigned faults = RENDERED_UNKNOWN | RENDERED_INVALID | RENDERED_UNTRANSLATED;
    size_t count = 0;
    for (size_t i = 0; i < r->lines_count; i++)
        count += (r->lines[i].flags & faults) != 0 ? 1 : 0;
    return count;
}

// "N02 R01 C01", and "+4" when there are more than are shown: what is signed, in no language.
static bool write_codes(const struct briefing *b, struct str *ret)
{
    struct buffer to;
    struct str codes;
    const struct rendered *r = b->rendered;
    buffer_init(&to, b->arena, CODES_BYTES_MAX);
    for (size_t i = 0; i < b->codes; i++)
        buffer_fmt(&to, "%s%.*s", i == 0 ? "" : " ", STR_ARG(r->lines[i].code));
    if (b->codes < r->lines_count)
        buffer_fmt(&to, " +%zu", r->lines_count - b->codes);
    return buffer_take_str(&to, &codes, b->err) &&
           render_isolated(r->right_to_left, codes, b->arena, ret, b->err);
}

static bool number_place(const struct briefing *b, size_t count, struct pattern_value *to)
{
    to->number = (double)count;
    return render_count(b->with, count, b->arena, &to->text, b->err);
}

static bool write_line(const struct briefing *b, struct str text, struct str *ret)
{
    const struct rendered *r = b->rendered;
    struct pattern_value v[] = {
        {.name = STR("exercise"), .text = r->exercise.len > 0 ? STR("yes") : STR("no")},
        {.name = STR("draft"), .text = r->draft ? STR("yes") : STR("no")},
        {.name = STR("text"), .text = text},
        {.name = STR("codes")},
        {.name = STR("book")},
        {.name = STR("notes")},
        {.name = STR("faults")},
    };
    if (!write_codes(b, &v[3].text) ||
        !render_isolated(r->right_to_left, r->book_id, b->arena, &v[4].text, b->err) ||
        !number_place(b, b->notes, &v[5]) || !number_place(b, b->faults, &v[6]))
        return false;
    return render_string(b->with, RENDERING_BRIEF, v, 7, b->arena, ret, b->err);
}

// How many clusters the line takes before any sentence. Codes give way to the sentences first.
static bool fit_signs(struct briefing *b, size_t width, size_t *ret_taken)
{
    struct str bare;
    b->codes = b->rendered->lines_count < CODES_MAX ? b->rendered->lines_count : CODES_MAX;
    for (;; b->codes--) {
        if (!write_line(b, STR(""), &bare) || !text_clusters(bare, ret_taken, b->err))
            return false;
        if (b->codes <= 1 || *ret_taken <= width - width / 3)
            break;
    }
    if (*ret_taken <= width)
        return true;
    return err_set(b->err, ERR_LIMIT, CLAUSE,
                   "the signs of a single line take %zu characters, more than %zu", *ret_taken,
                   width);
}

// -- sentences ------------------------------------------------------------------------------------

// Sentences joined as far as they fit; `cut` is what the sign that there is more takes.
struct joining {
    struct str text;
    size_t room, cut; // clusters
};

static bool join(const struct briefing *b, struct str first, struct str second, struct str *ret,
                 size_t *ret_clusters)
{
    struct pattern_value v[2] = {{.name = STR("first"), .text = first},
                                 {.name = STR("second"), .text = second}};
    *ret = second;
    if (first.len > 0 && !render_string(b->with, RENDERING_JOIN, v, 2, b->arena, ret, b->err))
        return false;
    return text_clusters(*ret, ret_clusters, b->err);
}

// English inside another language keeps to itself.
static bool walled(const struct briefing *b, const struct rendered_line *line, struct str text,
                   struct str *ret)
{
    *ret = text;
    if ((line->flags & RENDERED_UNTRANSLATED) == 0 || text.len == 0)
        return true;
    return render_isolated(b->rendered->right_to_left, text, b->arena, ret, b->err);
}

static bool cut_sign(const struct briefing *b, struct str text, struct str *ret)
{
    const struct pattern_value v = {.name = STR("text"), .text = text};
    return render_string(b->with, RENDERING_CUT, &v, 1, b->arena, ret, b->err);
}

// What fits of the first sentence that does not fit whole, and the sign.
static bool join_beginning(const struct briefing *b, const struct rendered_line *line,
                           struct joining *j)
{
    struct str piece, with_piece;
    size_t taken = 0;
    if (!join(b, j->text, STR(""), &piece, &taken))
        return false;
    size_t used = taken + j->cut + ISOLATE_CLUSTERS;
    size_t left = used < j->room ? j->room - used : 0;
    if (!text_shorten(b->rendered->language, line->text, left, b->arena, &piece, b->err) ||
        !walled(b, line, piece, &piece))
        return false;
    with_piece = j->text;
    if (piece.len > 0 && !join(b, j->text, piece, &with_piece, &taken))
        return false;
    if (j->room < j->cut) {
        j->text = STR("");
        return true;
    }
    return cut_sign(b, with_piece, &j->text);
}

static bool join_sentences(const struct briefing *b, size_t room, struct str *ret)
{
    const struct rendered *r = b->rendered;
    struct joining j = {.text = STR(""), .room = room};
    struct str sign, sentence, both;
    size_t clusters = 0;
    if (!cut_sign(b, STR(""), &sign) || !text_clusters(sign, &j.cut, b->err))
        return false;
    for (size_t i = 0; i < r->lines_count; i++) {
        size_t kept = i + 1 < r->lines_count ? j.cut : 0;
        if (!walled(b, &r->lines[i], r->lines[i].text, &sentence) ||
            !join(b, j.text, sentence, &both, &clusters))
            return false;
        if (clusters + kept > room) {
            if (!join_beginning(b, &r->lines[i], &j))
                return false;
            break;
        }
        j.text = both;
    }
    *ret = j.text;
    return true;
}

bool render_brief(const struct render_with *with, const struct rendered *rendered, size_t width,
                  struct arena *a, struct str *ret, struct err *err)
{
    struct briefing b = {with, rendered, a, err, count_notes(rendered), count_faults(rendered), 0};
    struct str text, line;
    size_t taken = 0;
    if (!fit_signs(&b, width, &taken) || !join_sentences(&b, width - taken, &text) ||
        !write_line(&b, text, &line) || !text_clusters(line, &taken, err))
        return false;
    if (taken > width) // a pattern that says its sentence twice
        return err_set(err, ERR_LIMIT, CLAUSE, "the language has no line of %zu characters", width);
    return arena_fmt(a, ret, err, "%.*s\n", STR_ARG(line));
}
