// One phrase on paper.
#include "codebook/dialogue.h"
#include "codebook/find.h"
#include "codebook/print.h"

// -- what it carries ------------------------------------------------------------------------------

static void print_type(struct buffer *to, const struct book_parameter *q)
{
    if (q->table != NULL)
        buffer_fmt(to, "a code of [%.*s](#table-%.*s)", STR_ARG(q->table->name),
                   STR_ARG(q->table->name));
    else
        buffer_fmt(to, "%s, as `%s`", parameter_type_word(q->type),
                   parameter_type_example(q->type));
}

static void print_label(const struct book_print *what, struct buffer *to, struct str name)
{
    const struct book_table *labels = book_table(what->book, STR("parameter"));
    const struct book_code *label = labels == NULL ? NULL : book_table_code(labels, name);
    const struct str *beside =
        what->language == NULL ? NULL : rendering_code(what->language, STR("parameter"), name);
    if (label != NULL)
        print_text(to, label->meaning);
    if (beside != NULL) {
        buffer_str(to, STR(" / "));
        print_text(to, *beside);
    }
}

static void print_parameters(const struct book_print *what, const struct phrase *p,
                             struct buffer *to)
{
    if (p->parameters_count == 0) {
        buffer_str(to, STR("\nCarries nothing.\n"));
        return;
    }
    buffer_str(to, STR("\n| carries | what it says | how it is written | |\n|---|---|---|---|\n"));
    for (size_t i = 0; i < p->parameters_count; i++) {
        const struct book_parameter *q = &p->parameters[i];
        bool one_of = (p->one_of >> i & 1u) != 0;
        buffer_fmt(to, "| `%.*s` | ", STR_ARG(q->name));
        print_label(what, to, q->name);
        buffer_str(to, STR(" | "));
        print_type(to, q);
        buffer_fmt(to, " | %s |\n",
                   q->required ? "always"
                   : one_of    ? "at least one of these"
                               : "if given");
    }
}

// -- what it expects ------------------------------------------------------------------------------

static const char *const expects[RESPONSE_COUNT] = {
    [RESPONSE_NONE] = "no answer",
    [RESPONSE_ACKNOWLEDGE] = "receipt",
    [RESPONSE_YES_NO] = "yes or no",
    [RESPONSE_CAN_CANNOT] = "whether it can be done",
    [RESPONSE_VALUE] = "one of the answers offered",
};
static const char *const answers[REPLY_COUNT] = {
    [REPLY_NONE] = NULL,
    [REPLY_RECEIVED] = "anything; it says receipt and no more (neutral)",
    [REPLY_STAND_BY] = "anything; the time to respond moves, where that is allowed (neutral)",
    [REPLY_YES] = "what asks for yes or no",
    [REPLY_NO] = "what asks for yes or no",
    [REPLY_WILL] = "what asks whether it can be done",
    [REPLY_CAN] = "what asks whether it can be done",
    [REPLY_CANNOT] = "anything (neutral)",
    [REPLY_NOT_COMPETENT] = "anything (neutral)",
    [REPLY_NO_COMMENT] = "anything (neutral)",
    [REPLY_VALUE] = "what offers it",
    [REPLY_PROCEDURE] = "anything, by asking back; what was asked stays open",
    [REPLY_FREE_TEXT] = NULL,
};

static void print_time(struct buffer *to, uint64_t seconds)
{
    static const struct {
        uint64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;
    while (seconds % units[i].seconds != 0)
        i++;
    uint64_t count = seconds / units[i].seconds;
    buffer_fmt(to, "%llu %s%s", (unsigned long long)count, units[i].name, count == 1 ? "" : "s");
}

static void print_expected(const struct phrase *p, struct buffer *to)
{
    buffer_fmt(to, "\n- Expects %s", expects[p->response]);
    if (p->response != RESPONSE_NONE) {
        buffer_str(to, STR(", within "));
        print_time(to, p->respond_s);
        buffer_fmt(to, "; \"under examination\" %s that time",
                   p->stand_by ? "moves" : "does not move");
    }
    buffer_str(to, STR(".\n"));
}

// Those who offer it give a value its meaning.
static void print_answered(const struct book_print *what, const struct phrase *p, struct buffer *to)
{
    const char *between = ": ";
    if (answers[p->reply] == NULL)
        return;
    buffer_fmt(to, "- Answers %s", answers[p->reply]);
    for (size_t i = 0; i < what->book->phrases_count && p->reply == REPLY_VALUE; i++)
        for (size_t o = 0; o < what->book->phrases[i].offers_count; o++) {
            if (!str_eq(what->book->phrases[i].offers[o], p->code))
                continue;
            buffer_str(to, str_of(between));
            print_link(to, what->book->phrases[i].code);
            between = ", ";
        }
    buffer_str(to, STR(".\n"));
}

static void print_offered(const struct book_print *what, const struct phrase *p, struct buffer *to)
{
    const struct phrase *offered[BOOK_PHRASES_MAX];
    size_t count = codebook_answers_offered(what->book, p, offered);
    bool first = true;
    if (p->response == RESPONSE_NONE)
        return;
    for (size_t i = 0; i < count; i++) {
        if (reply_is_neutral(offered[i]->reply) || offered[i]->reply == REPLY_PROCEDURE)
            continue;
        buffer_str(to, first ? STR("- Besides the neutral answers:\n") : STR(""));
        first = false;
        buffer_str(to, STR("  - "));
        print_link(to, offered[i]->code);
        buffer_str(to, STR(" "));
        print_text(to, offered[i]->meaning);
        buffer_str(to, STR("\n"));
    }
}

// -- who says it, and what always stands with it --------------------------------------------------

static void print_senders(const struct book_print *what, const struct phrase *p, struct buffer *to)
{
    const struct book_table *desks = book_table(what->book, STR("desk"));
    const char *between = "- Desks: ";
    for (size_t i = 0; i < desks->codes_count; i++) {
        if ((p->desks >> i & 1u) == 0)
            continue;
        buffer_fmt(to, "%s%.*s", between, STR_ARG(desks->codes[i].code));
        between = ", ";
    }
    buffer_fmt(to, "; precedence at most %s.\n", precedence_word(p->precedence_max));
}

bool print_phrase(const struct book_print *what, const struct phrase *p, struct arena *a,
                  struct buffer *to, struct err *err)
{
    const struct str *pattern =
        what->language == NULL ? NULL : rendering_phrase(what->language, p->code);
    struct str sentence;
    buffer_fmt(to, "\n### %.*s\n\n**", STR_ARG(p->code));
    print_text(to, p->meaning);
    buffer_str(to, STR("**\n"));
    if (pattern != NULL) {
        if (!find_sentence(*pattern, a, &sentence, err))
            return false;
        print_beside(what, to, &sentence);
    }
    print_parameters(what, p, to);
    print_expected(p, to);
    print_answered(what, p, to);
    print_offered(what, p, to);
    print_senders(what, p, to);
    for (size_t i = 0; i < p->disclaimers_count; i++) {
        buffer_str(to, STR("- Always with it: *"));
        print_text(to, p->disclaimers[i]->meaning);
        buffer_str(to, STR("*\n"));
    }
    buffer_str(to, STR("- "));
    print_source(to, p->source, p->checked);
    buffer_str(to, STR("\n"));
    return true;
}
