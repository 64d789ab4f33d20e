#include "cli/guided_parts.h"

#include "codebook/dialogue.h"

const struct guided_speech *guided_speech(const struct guided *g)
{
    const struct guided_setup *s = g->setup;
    for (size_t i = 0; g->made.to_state.len > 0 && i < s->names_count; i++)
        if (str_eq(s->names[i].code, g->made.to_state) && s->names[i].speech != NULL)
            return s->names[i].speech;
    return &s->speech;
}

const struct book *guided_book(const struct guided *g)
{
    return guided_speech(g)->reader.book;
}

const struct book_table *guided_desks(const struct guided *g)
{
    return book_table(guided_book(g), STR("desk"));
}

const struct guided_name *guided_addressee(const struct guided *g, size_t place)
{
    for (size_t i = 0; i < g->setup->names_count; i++) {
        if (str_eq(g->setup->names[i].code, g->setup->own))
            continue;
        if (place-- == 0)
            return &g->setup->names[i];
    }
    return NULL;
}

static bool answers(const struct guided *g, const struct phrase *p)
{
    enum answer_effect effect;
    struct err none = {0};
    const struct phrase_line *asked = &g->setup->asked[g->asked_line - 1];
    return phrase_answer_allowed(book_phrase(guided_book(g), asked->code), p, &effect, &none);
}

bool guided_allowed(const struct guided *g, const struct phrase *p)
{
    if (g->made.from.len > 0 && !book_desk_may_send(guided_book(g), p, g->made.from))
        return false;
    return g->setup->asked_count == 0 || answers(g, p);
}

enum precedence guided_highest(const struct guided *g)
{
    enum precedence highest = PRECEDENCE_FLASH;
    for (size_t i = 0; i < g->made.lines_count; i++) {
        const struct phrase *p = book_phrase(guided_book(g), g->made.lines[i].code);
        CHECK(p != NULL); // the machine puts no other line there
        highest = p->precedence_max < highest ? p->precedence_max : highest;
    }
    return highest;
}

enum precedence guided_usual(const struct guided *g)
{
    enum precedence highest = guided_highest(g);
    return g->setup->usual < highest ? g->setup->usual : highest;
}

size_t guided_nexts(const struct guided *g, enum guided_next ret[GUIDED_NEXT_COUNT])
{
    size_t count = 0;
    if (g->made.lines_count < PHRASE_LINES_MAX && g->made.bytes < GUIDED_LINES_BYTES_MAX)
        ret[count++] = GUIDED_NEXT_ADD;
    ret[count++] = GUIDED_NEXT_REMOVE;
    ret[count++] = GUIDED_NEXT_DONE;
    return count;
}
