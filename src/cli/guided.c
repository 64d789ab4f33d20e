#include "cli/guided.h"

#include "cli/guided_parts.h"
#include "cli/guided_screen.h"
#include "cli/guided_value.h"
#include "codebook/dialogue.h"

#define CLAUSE "docs/codebook.md, composing"

// -- what steps answer with -----------------------------------------------------------------------
enum outcome { TAKEN, REFUSED, FAILED };

static enum outcome refuse(struct guided *g, enum rendering_string why, struct str value)
{
    g->notice = why;
    g->notice_value = value;
    return REFUSED;
}

static void offer_answers(struct guided *g)
{
    const struct phrase_line *asked = &g->setup->asked[g->asked_line - 1];
    const struct phrase *all[BOOK_PHRASES_MAX];
    size_t count =
        codebook_answers_offered(guided_book(g), book_phrase(guided_book(g), asked->code), all);
    g->offered_count = 0;
    for (size_t i = 0; i < count; i++)
        if (guided_allowed(g, all[i]))
            g->offered[g->offered_count++] = all[i];
    g->step = GUIDED_PHRASE;
}

static void begin_line(struct guided *g)
{
    g->phrase = NULL;
    g->line = (struct phrase_line){0};
    g->asked_line = 0;
    if (g->setup->asked_count == 0) {
        g->step = GUIDED_SITUATION;
    } else if (g->setup->asked_count > 1) {
        g->step = GUIDED_ASKED;
    } else {
        g->asked_line = 1;
        offer_answers(g);
    }
}

// -- to whom, from whom ---------------------------------------------------------------------------
static void after_addresses(struct guided *g)
{
    const struct guided_made *m = &g->made;
    if (g->setup->addressed && m->to_state.len == 0)
        g->step = GUIDED_STATE;
    else if (g->setup->addressed && m->to_desk.len == 0)
        g->step = GUIDED_DESK;
    else if (g->setup->addressed && m->from.len == 0)
        g->step = GUIDED_FROM;
    else
        begin_line(g);
}

static enum outcome take_state(struct guided *g, struct str in)
{
    const struct guided_name *name;
    size_t place = 0;
    if (!guided_pick(in, g->setup->names_count, &place))
        for (place = 0; (name = guided_addressee(g, place)) != NULL; place++)
            if (str_eq(name->code, in))
                break;
    name = guided_addressee(g, place);
    if (name == NULL)
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    g->made.to_state = name->code;
    after_addresses(g);
    return TAKEN;
}

static enum outcome take_desk(struct guided *g, struct str in)
{
    const struct book_table *desks = guided_desks(g);
    size_t place = 0;
    if (in.len == 0 && g->step == GUIDED_FROM) {
        g->made.from = g->made.to_desk; // desks of one kind speak with one another
    } else {
        const struct book_code *code = book_table_code(desks, in);
        if (code == NULL && !guided_pick(in, desks->codes_count, &place))
            return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
        code = code == NULL ? &desks->codes[place] : code;
        *(g->step == GUIDED_DESK ? &g->made.to_desk : &g->made.from) = code->code;
    }
    after_addresses(g);
    return TAKEN;
}

// -- from words to a phrase -----------------------------------------------------------------------
static enum outcome end_line(struct guided *g, struct err *err)
{
    struct checked_line checked;
    struct err none = {0};
    struct str text;
    const struct electorate *states = guided_speech(g)->reader.states;
    CHECK(g->made.lines_count < PHRASE_LINES_MAX);
    if (!phrase_line_check(guided_book(g), states, &g->line, &checked, &none))
        return refuse(g, RENDERING_GUIDE_WRONG, STR(""));
    if (!guided_line_text(&g->line, &g->work, &text, err))
        return FAILED;
    g->made.bytes += text.len;
    g->made.lines[g->made.lines_count++] = g->line;
    g->phrase = NULL;
    g->step = GUIDED_NEXT;
    return TAKEN;
}

static enum outcome choose(struct guided *g, const struct phrase *p, struct err *err)
{
    if (g->made.from.len > 0 && !book_desk_may_send(guided_book(g), p, g->made.from))
        return refuse(g, RENDERING_GUIDE_NOT_OURS, p->code);
    if (!guided_allowed(g, p))
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    g->phrase = p;
    g->at = 0;
    g->line = (struct phrase_line){.number = (uint32_t)g->made.lines_count + 1, .code = p->code};
    if (g->asked_line > 0 && p->parameters_count > 0 && p->parameters[0].type == PARAMETER_LINE &&
        str_eq(p->parameters[0].name, STR("line"))) {
        struct str number;
        if (!arena_fmt(&g->work, &number, err, "%02u", (unsigned)g->asked_line))
            return FAILED;
        g->line.parameters[g->line.parameters_count++] =
            (struct phrase_parameter){p->parameters[0].name, number};
        g->at = 1;
    }
    if (g->at == p->parameters_count)
        return end_line(g, err);
    g->step = GUIDED_VALUE;
    return TAKEN;
}

// A code in either case; NULL: none of the book's.
static const struct phrase *phrase_named(const struct guided *g, struct str in)
{
    char code[PHRASE_CODE_CHARS];
    if (in.len != sizeof code)
        return NULL;
    memcpy(code, in.ptr, sizeof code);
    if (code[0] >= 'a' && code[0] <= 'z')
        code[0] = (char)(code[0] - 'a' + 'A');
    return book_phrase(guided_book(g), (struct str){code, sizeof code});
}

static enum outcome search(struct guided *g, struct str in, struct err *err)
{
    struct found found[FIND_FOUND_MAX];
    size_t count = 0, kept = 0;
    struct err why = {0};
    if (in.len > 0 && guided_speech(g)->index != NULL &&
        !find_phrases(guided_speech(g)->index, in, found, &count, &why) && why.kind != ERR_LIMIT) {
        *err = why;
        return FAILED;
    }
    for (size_t i = 0; i < count; i++)
        kept += guided_allowed(g, found[i].phrase) ? 1 : 0;
    if (kept == 0)
        return refuse(g, RENDERING_GUIDE_NOTHING, STR(""));
    g->offered_count = 0;
    for (size_t i = 0; i < count; i++)
        if (guided_allowed(g, found[i].phrase))
            g->offered[g->offered_count++] = found[i].phrase;
    g->step = GUIDED_PHRASE;
    return TAKEN;
}

static enum outcome words(struct guided *g, struct str in, struct err *err)
{
    const struct phrase *p = phrase_named(g, in);
    return p != NULL ? choose(g, p, err) : search(g, in, err);
}

static enum outcome take_asked(struct guided *g, struct str in)
{
    size_t place = 0;
    if (!guided_pick(in, g->setup->asked_count, &place))
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    g->asked_line = (uint32_t)place + 1;
    offer_answers(g);
    return TAKEN;
}

static enum outcome take_situation(struct guided *g, struct str in, struct err *err)
{
    const struct guide *guide = guided_speech(g)->guide;
    const struct phrase *fitting[GUIDE_PHRASES_MAX];
    size_t place = 0, count = 0;
    if (guide == NULL || !guided_pick(in, guide->situations_count, &place))
        return words(g, in, err);
    for (size_t i = 0; i < guide->situations[place].phrases_count; i++) {
        const struct phrase *p = book_phrase(guided_book(g), guide->situations[place].phrases[i]);
        if (p != NULL && guided_allowed(g, p))
            fitting[count++] = p;
    }
    if (count == 0)
        return refuse(g, RENDERING_GUIDE_NOTHING, STR(""));
    for (size_t i = 0; i < count; i++)
        g->offered[i] = fitting[i];
    g->offered_count = count;
    g->step = GUIDED_PHRASE;
    return TAKEN;
}

static enum outcome take_phrase(struct guided *g, struct str in, struct err *err)
{
    size_t place = 0;
    if (guided_pick(in, g->offered_count, &place))
        return choose(g, g->offered[place], err);
    return words(g, in, err);
}

// -- values ---------------------------------------------------------------------------------------
// Is this the last of those of which one is needed?
static bool last_of_one_of(const struct guided *g)
{
    return (g->phrase->one_of >> g->at) == 1u;
}

static enum outcome after_value(struct guided *g, struct err *err)
{
    enum outcome ended = TAKEN;
    g->at++;
    if (g->at == g->phrase->parameters_count)
        ended = end_line(g, err);
    return ended;
}

static enum outcome take_value(struct guided *g, struct str in, struct moment now, struct err *err)
{
    const struct book_parameter *p = &g->phrase->parameters[g->at];
    struct str text, shown;
    if (in.len == 0 && p->required)
        return refuse(g, RENDERING_GUIDE_NEEDED, STR(""));
    if (in.len == 0 && last_of_one_of(g) && guided_one_of_open(g))
        return refuse(g, RENDERING_GUIDE_NEEDED, STR(""));
    if (in.len == 0)
        return after_value(g, err);
    if (!guided_value(g, in, now, &text, &shown, err))
        return err->kind == ERR_NONE ? refuse(g, RENDERING_GUIDE_WRONG, STR("")) : FAILED;
    g->line.parameters[g->line.parameters_count++] = (struct phrase_parameter){p->name, text};
    (void)refuse(g, RENDERING_GUIDE_TAKEN, shown); // no refusal: it is said above the next one
    return after_value(g, err);
}

// -- the message ----------------------------------------------------------------------------------
static enum outcome take_next(struct guided *g, struct str in)
{
    enum guided_next nexts[GUIDED_NEXT_COUNT];
    size_t place = 0;
    if (!guided_pick(in, guided_nexts(g, nexts), &place))
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    if (nexts[place] == GUIDED_NEXT_ADD)
        begin_line(g);
    else
        g->step = nexts[place] == GUIDED_NEXT_REMOVE ? GUIDED_REMOVE : GUIDED_PRECEDENCE;
    return TAKEN;
}

static enum outcome take_remove(struct guided *g, struct str in, struct err *err)
{
    struct guided_made *m = &g->made;
    struct str text;
    size_t place = 0;
    if (!guided_pick(in, m->lines_count, &place))
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    if (!guided_line_text(&m->lines[place], &g->work, &text, err))
        return FAILED;
    CHECK(m->bytes >= text.len);
    m->bytes -= text.len;
    for (size_t i = place + 1; i < m->lines_count; i++) {
        m->lines[i - 1] = m->lines[i];
        m->lines[i - 1].number = (uint32_t)i;
    }
    m->lines_count--;
    g->step = GUIDED_NEXT;
    if (m->lines_count == 0)
        begin_line(g);
    return TAKEN;
}

static enum outcome take_precedence(struct guided *g, struct str in)
{
    size_t place = 0;
    enum precedence named = guided_usual(g);
    enum precedence highest = guided_highest(g);
    if (in.len > 0 && guided_pick(in, (size_t)highest + 1, &place))
        named = (enum precedence)place;
    else if (in.len > 0 && (!precedence_read(in, &named) || named > highest))
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    g->made.precedence = named;
    g->step = GUIDED_TLP;
    return TAKEN;
}

static enum outcome take_tlp(struct guided *g, struct str in)
{
    size_t place = 0;
    const struct book_table *table = book_table(guided_book(g), STR("tlp"));
    const struct book_code *code = table == NULL ? NULL : book_table_code(table, in);
    if (in.len > 0 && code == NULL && table != NULL && guided_pick(in, table->codes_count, &place))
        code = &table->codes[place];
    if (in.len > 0 && code == NULL)
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    g->made.tlp = code == NULL ? STR("") : code->code;
    g->step = GUIDED_CONFIRM;
    return TAKEN;
}

static enum outcome take_confirm(struct guided *g, struct str in)
{
    size_t place = 0;
    if (!guided_pick(in, 2, &place))
        return refuse(g, RENDERING_GUIDE_CHOICE, STR(""));
    g->step = GUIDED_NEXT;
    if (place == 0)
        g->end = GUIDED_MADE;
    return TAKEN;
}

static enum outcome apply(struct guided *g, struct str in, struct moment now, struct err *err)
{
    g->notice = RENDERING_STRING_COUNT;
    switch (g->step) {
    case GUIDED_STATE:
        return take_state(g, in);
    case GUIDED_DESK:
    case GUIDED_FROM:
        return take_desk(g, in);
    case GUIDED_ASKED:
        return take_asked(g, in);
    case GUIDED_SITUATION:
        return take_situation(g, in, err);
    case GUIDED_PHRASE:
        return take_phrase(g, in, err);
    case GUIDED_VALUE:
        return take_value(g, in, now, err);
    case GUIDED_NEXT:
        return take_next(g, in);
    case GUIDED_REMOVE:
        return take_remove(g, in, err);
    case GUIDED_PRECEDENCE:
        return take_precedence(g, in);
    case GUIDED_TLP:
        return take_tlp(g, in);
    case GUIDED_CONFIRM:
    case GUIDED_STEP_COUNT:
        break;
    }
    CHECK(g->step == GUIDED_CONFIRM);
    return take_confirm(g, in);
}

// -- input ----------------------------------------------------------------------------------------
static void start(struct guided *g)
{
    const struct guided_setup *s = g->setup;
    arena_release(&g->work);
    arena_init(&g->work, GUIDED_ARENA_BYTES);
    g->made = (struct guided_made){.to_state = s->to_state, .to_desk = s->to_desk, .from = s->from};
    g->notice = RENDERING_STRING_COUNT;
    g->end = GUIDED_ASKS;
    after_addresses(g);
}

// The last input is forgotten, and the others are gone through anew.
static bool go_back(struct guided *g, struct err *err)
{
    g->inputs_count -= g->inputs_count > 0 ? 1 : 0;
    start(g);
    for (size_t i = 0; i < g->inputs_count; i++) {
        enum outcome outcome = apply(g, g->inputs[i].text, g->inputs[i].now, err);
        if (outcome == FAILED)
            return false;
        CHECK(outcome == TAKEN); // as it was before: nothing else has a say in it
    }
    g->notice = RENDERING_STRING_COUNT;
    return true;
}

static bool answer(struct guided *g, struct str in, struct moment now, struct err *err)
{
    struct guided_input kept = {.now = now};
    if (g->inputs_count == GUIDED_INPUTS_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "more than %d answers", GUIDED_INPUTS_MAX);
    if (!arena_str(&g->kept, in, &kept.text, err))
        return false;
    enum outcome outcome = apply(g, kept.text, now, err);
    if (outcome == TAKEN)
        g->inputs[g->inputs_count++] = kept;
    return outcome != FAILED;
}

static struct str trimmed(struct str s)
{
    while (s.len > 0 && s.ptr[0] == ' ')
        s = str_slice(s, 1, s.len);
    while (s.len > 0 && s.ptr[s.len - 1] == ' ')
        s.len--;
    return s;
}

bool guided_take(struct guided *g, struct bytes line, struct moment now, struct err *err)
{
    struct str text;
    struct err none = {0};
    bool done = true;
    CHECK(g->end == GUIDED_ASKS);
    if (line.len > GUIDED_INPUT_BYTES_MAX || !text_check_line(line, &text, &none)) {
        (void)refuse(g, RENDERING_GUIDE_WRONG, STR(""));
        return guided_show(g, false, err);
    }
    struct str in = trimmed(text);
    bool help = str_eq(in, STR("?"));
    if (str_eq(in, STR("q")))
        g->end = GUIDED_LEFT;
    else if (str_eq(in, STR("<")))
        done = go_back(g, err);
    else if (!help)
        done = answer(g, in, now, err);
    return done && guided_show(g, help, err);
}

bool guided_begin(struct guided *g, const struct guided_setup *setup, struct err *err)
{
    *g = (struct guided){.setup = setup};
    CHECK(setup->speech.reader.book != NULL);
    CHECK(guided_desks(g) != NULL || !setup->addressed);
    arena_init(&g->kept, GUIDED_ARENA_BYTES);
    arena_init(&g->work, GUIDED_ARENA_BYTES);
    g->inputs = arena_new(&g->kept, struct guided_input, GUIDED_INPUTS_MAX);
    if (g->inputs == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room for what is entered");
    start(g);
    return guided_show(g, true, err);
}

void guided_release(struct guided *g)
{
    arena_release(&g->kept);
    arena_release(&g->work);
    arena_release(&g->shown);
    *g = (struct guided){0};
}

bool guided_line_text(const struct phrase_line *line, struct arena *a, struct str *ret,
                      struct err *err)
{
    struct buffer b;
    buffer_init(&b, a, (size_t)2 * PHRASE_LINE_BYTES_MAX);
    buffer_str(&b, line->code);
    for (size_t i = 0; i < line->parameters_count; i++) {
        buffer_fmt(&b, " %.*s=", STR_ARG(line->parameters[i].name));
        buffer_str(&b, line->parameters[i].value);
    }
    return buffer_take_str(&b, ret, err);
}
