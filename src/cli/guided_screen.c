#include "cli/guided_screen.h"

#include "cli/guided_parts.h"
#include "cli/guided_value.h"
#include "codebook/render_form.h"
#include "codebook/render_value.h"

// A screen of ninety-nine lines in two languages, with their notes.
enum { SCREEN_BYTES_MAX = 4 << 20 };
struct sheet {
    const struct guided *g;
    struct arena *arena;
    struct buffer out;
    bool right_to_left;
    struct err *err;
};

// U+2067 and U+2069: a terminal sees where the other direction begins and ends.
static const uint8_t isolate_begin[] = {0xe2, 0x81, 0xa7}, isolate_end[] = {0xe2, 0x81, 0xa9};

static void put_line(struct sheet *s, bool right_to_left, const char *before, struct str text)
{
    buffer_str(&s->out, STR("  "));
    if (right_to_left)
        buffer_put(&s->out, bytes_of(isolate_begin, sizeof isolate_begin));
    buffer_str(&s->out, str_of(before));
    buffer_str(&s->out, text);
    if (right_to_left)
        buffer_put(&s->out, bytes_of(isolate_end, sizeof isolate_end));
    buffer_str(&s->out, STR("\n"));
}

// -- the words of the language --------------------------------------------------------------------
static bool string_of(struct sheet *s, enum rendering_string which, struct str place,
                      struct str value, struct str *ret)
{
    struct pattern_value one = {.name = place};
    if (!render_isolated(s->right_to_left, value, s->arena, &one.text, s->err))
        return false;
    return render_string(&guided_speech(s->g)->reader, which, &one, 1, s->arena, ret, s->err);
}

static bool plain_string(struct sheet *s, enum rendering_string which, struct str *ret)
{
    return string_of(s, which, STR(""), STR(""), ret);
}

static bool put_string(struct sheet *s, enum rendering_string which, struct str place,
                       struct str value)
{
    struct str text;
    if (!string_of(s, which, place, value, &text))
        return false;
    if (text.len > 0)
        put_line(s, s->right_to_left, "", text);
    return true;
}

// The reader's rendering first, then English.
typedef const struct str *lookup(const struct rendering *r, struct str key);
static struct str word_of(const struct guided *g, lookup *find, struct str key,
                          struct str otherwise)
{
    const struct rendering *from[] = {guided_speech(g)->reader.language,
                                      guided_speech(g)->reader.english};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        const struct str *word = from[i] == NULL ? NULL : find(from[i], key);
        if (word != NULL)
            return *word;
    }
    return otherwise;
}

static struct str code_of(const struct guided *g, const char *table, struct str code,
                          struct str otherwise)
{
    const struct rendering *from[] = {guided_speech(g)->reader.language,
                                      guided_speech(g)->reader.english};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        const struct str *word =
            from[i] == NULL ? NULL : rendering_code(from[i], str_of(table), code);
        if (word != NULL)
            return *word;
    }
    return otherwise;
}

static struct str label_of(const struct guided *g, const struct book_parameter *p)
{
    return code_of(g, "parameter", p->name, p->name);
}

// -- choices --------------------------------------------------------------------------------------
static bool put_choice(struct sheet *s, size_t number, struct str code, struct str text)
{
    struct str before;
    if (!arena_fmt(s->arena, &before, s->err, "%3zu  %.*s%s", number, STR_ARG(code),
                   code.len > 0 ? "  " : ""))
        return false;
    put_line(s, s->right_to_left, before.ptr, text);
    return true;
}

static bool put_table(struct sheet *s, const struct book_table *t)
{
    bool own = guided_codes_are_digits(t);
    for (size_t i = 0; i < t->codes_count; i++) {
        struct str code = t->codes[i].code;
        char name[40] = {0};
        memcpy(name, t->name.ptr, t->name.len < sizeof name ? t->name.len : sizeof name - 1);
        struct str text = code_of(s->g, name, code, t->codes[i].meaning);
        if (own)
            put_line(s, s->right_to_left, "  ", text);
        else if (!put_choice(s, i + 1, STR(""), text))
            return false;
    }
    return true;
}

static bool put_states(struct sheet *s, bool all)
{
    for (size_t i = 0; i < s->g->setup->names_count; i++) {
        const struct guided_name *n = all ? &s->g->setup->names[i] : guided_addressee(s->g, i);
        if (n != NULL && !put_choice(s, i + 1, n->code, n->name))
            return false;
    }
    return true;
}

static bool sentence_of(struct sheet *s, const struct phrase *p, struct str *ret)
{
    struct str pattern = word_of(s->g, rendering_phrase, p->code, p->meaning);
    return find_sentence(pattern, s->arena, ret, s->err);
}

static bool put_situations(struct sheet *s)
{
    const struct guide *guide = guided_speech(s->g)->guide;
    for (size_t i = 0; guide != NULL && i < guide->situations_count; i++) {
        struct str id = guide->situations[i].id;
        if (!put_choice(s, i + 1, STR(""), word_of(s->g, rendering_situation, id, id)))
            return false;
    }
    return true;
}

static bool put_offered(struct sheet *s)
{
    struct str text;
    for (size_t i = 0; i < s->g->offered_count; i++)
        if (!sentence_of(s, s->g->offered[i], &text) ||
            !put_choice(s, i + 1, s->g->offered[i]->code, text))
            return false;
    return true;
}

// -- a parameter ----------------------------------------------------------------------------------
static bool put_one_of(struct sheet *s)
{
    struct buffer labels;
    struct str text;
    const struct phrase *p = s->g->phrase;
    buffer_init(&labels, s->arena, 4096);
    for (size_t i = 0; i < p->parameters_count; i++) {
        if ((p->one_of >> i & 1u) == 0)
            continue;
        buffer_str(&labels, labels.len == 0 ? STR("") : STR(" / "));
        buffer_str(&labels, label_of(s->g, &p->parameters[i]));
    }
    return buffer_take_str(&labels, &text, s->err) &&
           put_string(s, RENDERING_GUIDE_ONE_OF, STR("labels"), text);
}

static bool show_value(struct sheet *s, struct str *ret_question)
{
    const struct guided *g = s->g;
    const struct book_parameter *p = &g->phrase->parameters[g->at];
    struct str text;
    bool one_of = (g->phrase->one_of >> g->at & 1u) != 0;
    if (!sentence_of(s, g->phrase, &text) ||
        !arena_fmt(s->arena, &text, s->err, "%.*s  %.*s", STR_ARG(g->phrase->code), STR_ARG(text)))
        return false;
    put_line(s, s->right_to_left, "", text);
    if (p->table != NULL && !put_table(s, p->table))
        return false;
    if (p->type == PARAMETER_STATE && !put_states(s, true))
        return false;
    if (one_of && guided_one_of_open(g) && !put_one_of(s))
        return false;
    if (!p->required && !put_string(s, RENDERING_GUIDE_OPTIONAL, STR(""), STR("")))
        return false;
    if (p->table == NULL && !put_string(s, RENDERING_GUIDE_LIKE, STR("example"), guided_example(p)))
        return false;
    return arena_fmt(s->arena, ret_question, s->err, "%zu/%zu  %.*s", g->at + 1,
                     g->phrase->parameters_count, STR_ARG(label_of(g, p)));
}

// -- the message so far ---------------------------------------------------------------------------
static bool put_lines(struct sheet *s, const struct render_with *with,
                      const struct phrase_line *lines, size_t count)
{
    struct rendered rendered;
    struct str text, row;
    if (!codebook_render(with, lines, count, s->arena, &rendered, s->err) ||
        !codebook_render_plain(with, &rendered, s->arena, &text, s->err))
        return false;
    while (text.len > 0 && str_split(&text, '\n', &row))
        if (row.len > 0)
            put_line(s, rendered.right_to_left, "", row);
    buffer_str(&s->out, STR("\n"));
    return true;
}

static bool put_message(struct sheet *s)
{
    const struct guided *g = s->g;
    const struct guided_made *m = &g->made;
    struct str text;
    if (m->lines_count == 0)
        return true;
    if (!put_string(s, RENDERING_GUIDE_MESSAGE, STR(""), STR("")))
        return false;
    for (size_t i = 0; i < m->lines_count; i++) {
        if (!guided_line_text(&m->lines[i], s->arena, &text, s->err))
            return false;
        buffer_fmt(&s->out, "    %02u ", (unsigned)m->lines[i].number);
        buffer_str(&s->out, text);
        buffer_str(&s->out, STR("\n"));
    }
    buffer_str(&s->out, STR("\n"));
    return put_lines(s, &guided_speech(g)->reader, m->lines, m->lines_count) &&
           (guided_speech(g)->partner.language == guided_speech(g)->reader.language ||
            put_lines(s, &guided_speech(g)->partner, m->lines, m->lines_count));
}

static bool show_next(struct sheet *s, struct str *ret_question)
{
    static const enum rendering_string words[GUIDED_NEXT_COUNT] = {
        [GUIDED_NEXT_ADD] = RENDERING_GUIDE_ADD,
        [GUIDED_NEXT_REMOVE] = RENDERING_GUIDE_REMOVE,
        [GUIDED_NEXT_DONE] = RENDERING_GUIDE_DONE,
    };
    enum guided_next nexts[GUIDED_NEXT_COUNT];
    size_t count = guided_nexts(s->g, nexts);
    struct str text;
    if (!put_message(s))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!plain_string(s, words[nexts[i]], &text) || !put_choice(s, i + 1, STR(""), text))
            return false;
    return plain_string(s, RENDERING_GUIDE_NEXT, ret_question);
}

static bool show_remove(struct sheet *s, struct str *ret_question)
{
    return put_message(s) && plain_string(s, RENDERING_GUIDE_WHICH, ret_question);
}

static bool show_precedence(struct sheet *s, struct str *ret_question)
{
    enum precedence highest = guided_highest(s->g);
    for (size_t i = 0; i <= (size_t)highest; i++)
        if (!put_choice(s, i + 1, STR(""), str_of(precedence_word((enum precedence)i))))
            return false;
    return put_string(s, RENDERING_GUIDE_USUAL, STR("value"),
                      str_of(precedence_word(guided_usual(s->g)))) &&
           string_of(s, RENDERING_GUIDE_PRECEDENCE, STR("highest"),
                     str_of(precedence_word(highest)), ret_question);
}

// What is usual without a choice, cli/compose.c decides: it knows to whom and what phrases ask for.
static bool show_tlp(struct sheet *s, struct str *ret_question)
{
    const struct book_table *table = book_table(guided_book(s->g), STR("tlp"));
    if (table != NULL && !put_table(s, table))
        return false;
    return put_string(s, RENDERING_GUIDE_OPTIONAL, STR(""), STR("")) &&
           plain_string(s, RENDERING_GUIDE_TLP, ret_question);
}

static bool show_confirm(struct sheet *s, struct str *ret_question)
{
    struct str yes, no;
    const struct guided_made *m = &s->g->made;
    if (m->to_state.len > 0)
        buffer_fmt(&s->out, "    %.*s/%.*s -> %.*s/%.*s\n", STR_ARG(s->g->setup->own),
                   STR_ARG(m->from), STR_ARG(m->to_state), STR_ARG(m->to_desk));
    buffer_fmt(&s->out, "    %s%s%.*s\n\n", precedence_word(m->precedence),
               m->tlp.len > 0 ? "  TLP:" : "", STR_ARG(m->tlp));
    return put_message(s) && plain_string(s, RENDERING_GUIDE_YES, &yes) &&
           put_choice(s, 1, STR(""), yes) && plain_string(s, RENDERING_GUIDE_CHANGE, &no) &&
           put_choice(s, 2, STR(""), no) && plain_string(s, RENDERING_GUIDE_CONFIRM, ret_question);
}

// -- one screen per step --------------------------------------------------------------------------
static bool show_state(struct sheet *s, struct str *ret_question)
{
    return put_states(s, false) && plain_string(s, RENDERING_GUIDE_TO, ret_question);
}

static bool show_desk(struct sheet *s, struct str *ret_question)
{
    return put_table(s, guided_desks(s->g)) && plain_string(s, RENDERING_GUIDE_DESK, ret_question);
}

static bool show_from(struct sheet *s, struct str *ret_question)
{
    struct str usual = s->g->made.to_desk;
    return put_table(s, guided_desks(s->g)) &&
           put_string(s, RENDERING_GUIDE_USUAL, STR("value"),
                      code_of(s->g, "desk", usual, usual)) &&
           plain_string(s, RENDERING_GUIDE_FROM, ret_question);
}

static bool show_asked(struct sheet *s, struct str *ret_question)
{
    const struct guided_setup *setup = s->g->setup;
    return put_lines(s, &guided_speech(s->g)->reader, setup->asked, setup->asked_count) &&
           plain_string(s, RENDERING_GUIDE_ANSWER, ret_question);
}

static bool show_situation(struct sheet *s, struct str *ret_question)
{
    return put_situations(s) && plain_string(s, RENDERING_GUIDE_SITUATION, ret_question);
}

static bool show_phrase(struct sheet *s, struct str *ret_question)
{
    const struct guided *g = s->g;
    if (g->asked_line > 0 &&
        !put_lines(s, &guided_speech(g)->reader, &g->setup->asked[g->asked_line - 1], 1))
        return false;
    return put_offered(s) && plain_string(s, RENDERING_GUIDE_PHRASE, ret_question);
}

static bool (*const screens[GUIDED_STEP_COUNT])(struct sheet *s, struct str *ret_question) = {
    [GUIDED_STATE] = show_state,
    [GUIDED_DESK] = show_desk,
    [GUIDED_FROM] = show_from,
    [GUIDED_ASKED] = show_asked,
    [GUIDED_SITUATION] = show_situation,
    [GUIDED_PHRASE] = show_phrase,
    [GUIDED_VALUE] = show_value,
    [GUIDED_NEXT] = show_next,
    [GUIDED_REMOVE] = show_remove,
    [GUIDED_PRECEDENCE] = show_precedence,
    [GUIDED_TLP] = show_tlp,
    [GUIDED_CONFIRM] = show_confirm,
};

static bool put_notice(struct sheet *s)
{
    const struct guided *g = s->g;
    struct str place = g->notice == RENDERING_GUIDE_NOT_OURS ? STR("code") : STR("value");
    if (g->notice == RENDERING_STRING_COUNT)
        return true;
    return put_string(s, g->notice, place, g->notice_value);
}

bool guided_show(struct guided *g, bool help, struct err *err)
{
    struct sheet s = {.g = g, .arena = &g->shown, .err = err};
    const struct rendering *language = guided_speech(g)->reader.language;
    bool done = true;
    s.right_to_left = language != NULL && language->right_to_left;
    arena_release(&g->shown);
    arena_init(&g->shown, GUIDED_ARENA_BYTES);
    buffer_init(&s.out, s.arena, SCREEN_BYTES_MAX);
    g->question = STR("");
    if (g->end == GUIDED_LEFT)
        done = put_string(&s, RENDERING_GUIDE_LEFT, STR(""), STR(""));
    else if (g->end == GUIDED_ASKS)
        done = (!help || put_string(&s, RENDERING_GUIDE_HELP, STR(""), STR(""))) &&
               put_notice(&s) && screens[g->step](&s, &g->question);
    return done && buffer_take_str(&s.out, &g->screen, err);
}
