#include "codebook/find_text.h"

#include "codebook/pattern.h"

// Braces alternate between text and what chooses it: at even depth stands text, at odd depth a
// name, the kind of choice and its keywords.
struct reading {
    struct str rest;
    struct buffer out;
    enum find_choices choices;
    size_t depth, left_out; // left_out: the depth of the choice that is passed over; 0 none
    struct str keyword;     // the last one read at odd depth
};

static bool shown(const struct reading *r)
{
    return r->left_out == 0;
}

static struct str word_at(struct str s)
{
    size_t n = 0;
    while (n < s.len && (s.ptr[n] == '-' || (s.ptr[n] >= 'a' && s.ptr[n] <= 'z')))
        n++;
    return str_slice(s, 0, n);
}

static void value(struct reading *r)
{
    if (shown(r))
        buffer_str(&r->out, r->choices == FIND_LEAST ? STR("…") : STR(" "));
}

static void take(struct reading *r, size_t n)
{
    r->rest = str_slice(r->rest, n, r->rest.len);
}

// At a brace that opens a place.
static void open_place(struct reading *r)
{
    take(r, 1);
    struct str name = word_at(r->rest);
    if (name.len < r->rest.len && r->rest.ptr[name.len] == '}') {
        take(r, name.len + 1);
        value(r);
        return;
    }
    r->depth++;
    r->keyword = name;
}

static void open_choice(struct reading *r)
{
    take(r, 1);
    r->depth++;
    if (shown(r) && r->choices == FIND_LEAST && !str_eq(r->keyword, STR("other")))
        r->left_out = r->depth;
}

static void close_one(struct reading *r)
{
    take(r, 1);
    if (r->left_out == r->depth)
        r->left_out = 0;
    r->depth -= r->depth > 0 ? 1 : 0;
}

static void read_text(struct reading *r)
{
    if (r->rest.ptr[0] == '#' && r->depth > 0) {
        value(r);
    } else if (shown(r)) {
        buffer_str(&r->out, str_slice(r->rest, 0, 1));
    }
    take(r, 1);
}

bool find_pattern_text(struct str pattern, enum find_choices choices, struct arena *a,
                       struct str *ret, struct err *err)
{
    struct reading r = {.rest = pattern, .choices = choices};
    buffer_init(&r.out, a, (size_t)4 * PATTERN_BYTES_MAX);
    while (r.rest.len > 0) {
        char c = r.rest.ptr[0];
        bool text = r.depth % 2 == 0;
        if (c == '{' && text) {
            open_place(&r);
        } else if (c == '{') {
            open_choice(&r);
        } else if (c == '}') {
            close_one(&r);
        } else if (text) {
            read_text(&r);
        } else {
            struct str word = word_at(r.rest);
            r.keyword = word.len > 0 ? word : r.keyword;
            take(&r, word.len > 0 ? word.len : 1);
        }
    }
    return buffer_take_str(&r.out, ret, err);
}
