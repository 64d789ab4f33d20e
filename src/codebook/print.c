#include "codebook/print.h"

#include "codebook/data.h"
#include "codebook/dialogue.h"
#include "codebook/rules.h"

#define CLAUSE "codebook/print.h"

struct str codebook_print_frame(void)
{
    CHECK(codebook_print_files_count == 1);
    struct bytes frame = codebook_print_files[0].content;
    return (struct str){(const char *)frame.ptr, frame.len};
}

// -- pieces ---------------------------------------------------------------------------------------

void print_text(struct buffer *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\`*_<|[]", text.ptr[i]) != NULL)
            buffer_str(to, STR("\\"));
        buffer_str(to, str_slice(text, i, i + 1));
    }
}

void print_link(struct buffer *to, struct str code)
{
    CHECK(phrase_code_ok(code));
    buffer_fmt(to, "[%.*s](#%c%.*s)", STR_ARG(code), code.ptr[0] - 'A' + 'a', 2, code.ptr + 1);
}

void print_source(struct buffer *to, struct str source, struct str checked)
{
    buffer_str(to, STR("Source: "));
    print_text(to, source);
    if (str_eq(checked, STR("unchecked"))) {
        buffer_str(to, STR("; wording not yet checked against the source."));
        return;
    }
    buffer_str(to, STR("; checked: "));
    print_text(to, checked);
    buffer_str(to, STR("."));
}

void print_beside(const struct book_print *what, struct buffer *to, const struct str *text)
{
    if (what->language == NULL || text == NULL)
        return;
    buffer_str(to, STR("\n> "));
    print_text(to, *text);
    buffer_str(to, STR("\n"));
}

// A column more, where there is a language.
static void print_column(const struct book_print *what, struct buffer *to, const struct str *text)
{
    if (what->language == NULL)
        return;
    buffer_str(to, STR(" "));
    if (text != NULL)
        print_text(to, *text);
    buffer_str(to, STR(" |"));
}

static void print_columns(const struct book_print *what, struct buffer *to, const char *first,
                          const char *second)
{
    buffer_fmt(to, "| %s | %s |", first, second);
    if (what->language != NULL)
        buffer_fmt(to, " %.*s |", STR_ARG(what->language->language));
    buffer_fmt(to, "\n|---|---|%s\n", what->language != NULL ? "---|" : "");
}

// -- the parts ------------------------------------------------------------------------------------

struct printing {
    const struct book_print *what;
    struct arena *arena;
    struct buffer *to;
    struct err *err;
    bool failed; // err says why
};

static void part_book(struct printing *p)
{
    const struct book_print *what = p->what;
    struct buffer *to = p->to;
    const struct book *book = what->book;
    char hash[DIGEST_TEXT_CHARS + 1];
    size_t unchecked = 0;
    digest_write(&book->hash, hash);
    for (size_t i = 0; i < book->phrases_count; i++)
        unchecked += str_eq(book->phrases[i].checked, STR("unchecked")) ? 1 : 0;
    buffer_fmt(to,
               "Codebook %.*s, version %u: %zu phrases.\n`%s`\n\n"
               "Of %zu phrases, %zu: wording not yet checked against the source.\n",
               STR_ARG(book->name), (unsigned)book->version, book->phrases_count, hash,
               book->phrases_count, unchecked);
    if (what->language != NULL)
        buffer_fmt(to, "\nBeside the English: %.*s, %s.\n", STR_ARG(what->language->language),
                   what->language->reviewed ? "reviewed" : "a draft that nobody has reviewed");
}

static void part_rules(struct printing *p)
{
    struct buffer *to = p->to;
    buffer_str(to, STR("| rule | parents | how it is kept |\n|---|---|---|\n"));
    for (uint32_t number = 1; number <= BOOK_RULES_COUNT; number++) {
        const struct book_rule *rule = book_rule(number);
        buffer_fmt(to, "| %u. %s | %s | %s: ", (unsigned)number, rule->rule, rule->parents,
                   rule->by_machine ? "checked" : "by people");
        buffer_str(to, str_of(rule->how));
        buffer_str(to, STR(" |\n"));
    }
}

static const struct family {
    char letter;
    const char *name, *says;
} families[] = {
    {'P', "Procedure", "about messages, channels and duty: say again, correct, cancel, not ours"},
    {'N', "Notice", "states a fact; begins with \"Notice.\""},
    {'A', "Question", "asks for yes or no, or for a value; begins with \"Question.\""},
    {'R', "Request", "asks for an act and leaves the addressee free; begins with \"Request.\""},
    {'E', "Answer", "answers a line of another message"},
    {'O', "Offer", "offers help, places, an exchange; begins with \"Offer.\""},
    {'C', "Calming words", "keeps the matter between two States small"},
};
_Static_assert(sizeof families / sizeof families[0] == sizeof BOOK_FAMILIES - 1, "one row each");

static size_t phrases_of(const struct book *book, char letter)
{
    size_t count = 0;
    for (size_t i = 0; i < book->phrases_count; i++)
        count += book->phrases[i].code.ptr[0] == letter ? 1 : 0;
    return count;
}

static void part_families(struct printing *p)
{
    const struct book_print *what = p->what;
    struct buffer *to = p->to;
    buffer_str(to, STR("| letter | family | what it does | phrases |\n|---|---|---|---|\n"));
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        buffer_fmt(to, "| %c | %s | %s | %zu |\n", families[i].letter, families[i].name,
                   families[i].says, phrases_of(what->book, families[i].letter));
}

// Prints the phrases of one family, from `at` on; false where one could not be printed.
static bool print_family(struct printing *p, char letter, size_t *at)
{
    const struct book *book = p->what->book;
    for (; *at < book->phrases_count; (*at)++) {
        const struct phrase *phrase = &book->phrases[*at];
        if (phrase->code.ptr[0] != letter)
            break;
        if (!print_phrase(p->what, phrase, p->arena, p->to, p->err))
            return false;
    }
    return true;
}

static void part_phrases(struct printing *p)
{
    size_t at = 0;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        buffer_fmt(p->to, "%s## %c: %s\n", i > 0 ? "\n" : "", families[i].letter, families[i].name);
        if (!print_family(p, families[i].letter, &at)) {
            p->failed = true;
            return;
        }
    }
    CHECK(at == p->what->book->phrases_count); // book_parse puts families in this order
}

// What may be said to every phrase, whatever it expects.
static void part_always(struct printing *p)
{
    const struct book *book = p->what->book;
    for (size_t i = 0; i < book->phrases_count; i++) {
        const struct phrase *phrase = &book->phrases[i];
        bool neutral = reply_is_neutral(phrase->reply);
        if (!neutral && phrase->reply != REPLY_PROCEDURE)
            continue;
        buffer_str(p->to, STR("- "));
        print_link(p->to, phrase->code);
        buffer_str(p->to, STR(" "));
        print_text(p->to, phrase->meaning);
        buffer_str(p->to, neutral ? STR("\n") : STR(" (asks back)\n"));
    }
}

static void part_disclaimers(struct printing *p)
{
    const struct book_print *what = p->what;
    struct buffer *to = p->to;
    for (size_t i = 0; i < what->book->disclaimers_count; i++) {
        const struct book_disclaimer *d = &what->book->disclaimers[i];
        buffer_fmt(to, "%s### %.*s\n\n", i > 0 ? "\n" : "", STR_ARG(d->id));
        print_text(to, d->meaning);
        buffer_str(to, STR("\n"));
        if (what->language != NULL)
            print_beside(what, to, rendering_disclaimer(what->language, d->id));
        buffer_str(to, STR("\n"));
        print_source(to, d->source, d->checked);
        buffer_str(to, STR("\n"));
    }
}

static void part_tables(struct printing *p)
{
    const struct book_print *what = p->what;
    struct buffer *to = p->to;
    for (size_t i = 0; i < what->book->tables_count; i++) {
        const struct book_table *t = &what->book->tables[i];
        buffer_fmt(to, "%s### Table %.*s\n\n", i > 0 ? "\n" : "", STR_ARG(t->name));
        print_source(to, t->source, t->checked);
        buffer_str(to, STR("\n\n"));
        print_columns(what, to, "code", "meaning");
        for (size_t c = 0; c < t->codes_count; c++) {
            buffer_fmt(to, "| `%.*s` | ", STR_ARG(t->codes[c].code));
            print_text(to, t->codes[c].meaning);
            buffer_str(to, STR(" |"));
            print_column(what, to,
                         what->language == NULL
                             ? NULL
                             : rendering_code(what->language, t->name, t->codes[c].code));
            buffer_str(to, STR("\n"));
        }
    }
}

static const char *const type_words[PARAMETER_TYPE_COUNT] = {
    [PARAMETER_TIME] = "a date and time, UTC",
    [PARAMETER_INTERVAL] = "from when to when, UTC",
    [PARAMETER_STATE] = "a State of the community",
    [PARAMETER_LEVEL] = "a State's own level of severity",
    [PARAMETER_COUNT] = "a number",
    [PARAMETER_DURATION] = "a length of time: days, hours, minutes or seconds",
    [PARAMETER_PREFIX] = "a network, IPv4 or IPv6",
    [PARAMETER_AS] = "an autonomous system of the Internet",
    [PARAMETER_DOMAIN] = "a domain name",
    [PARAMETER_URL] = "an address on the web",
    [PARAMETER_HASH] = "the fingerprint of a file",
    [PARAMETER_PRODUCT] = "a product: maker, name, and version if known",
    [PARAMETER_VULNERABILITY] = "a vulnerability by its public number",
    [PARAMETER_REFERENCE] = "a message by its reference",
    [PARAMETER_LINE] = "a line of a message",
    [PARAMETER_LANGUAGE] = "a language",
};

static void part_types(struct printing *p)
{
    struct buffer *to = p->to;
    buffer_str(to,
               STR("| type | what it says | an example |\n|---|---|---|\n"
                   "| a code of a table | one of a list, see [tables](#tables) | `energy` |\n"));
    for (size_t i = 0; i < PARAMETER_TYPE_COUNT; i++) {
        const char *example = parameter_type_example((enum parameter_type)i);
        if (example != NULL)
            buffer_fmt(to, "| %s | %s | `%s` |\n", parameter_type_word((enum parameter_type)i),
                       type_words[i], example);
    }
}

static void part_situations(struct printing *p)
{
    const struct book_print *what = p->what;
    struct buffer *to = p->to;
    if (what->guide == NULL)
        return;
    print_columns(what, to, "situation", "phrases that fit, in their usual order");
    for (size_t i = 0; i < what->guide->situations_count; i++) {
        const struct guide_situation *s = &what->guide->situations[i];
        const struct str *name =
            what->english == NULL ? NULL : rendering_situation(what->english, s->id);
        buffer_str(to, STR("| "));
        print_text(to, name != NULL ? *name : s->id);
        buffer_str(to, STR(" |"));
        for (size_t n = 0; n < s->phrases_count; n++) {
            buffer_str(to, STR(" "));
            print_link(to, s->phrases[n]);
        }
        buffer_str(to, STR(" |"));
        print_column(what, to,
                     what->language == NULL ? NULL : rendering_situation(what->language, s->id));
        buffer_str(to, STR("\n"));
    }
}

// -- the whole ------------------------------------------------------------------------------------

static const struct part {
    const char *word;
    void (*print)(struct printing *p);
} parts[] = {
    {"@book", part_book},     {"@rules", part_rules},     {"@families", part_families},
    {"@always", part_always}, {"@phrases", part_phrases}, {"@disclaimers", part_disclaimers},
    {"@tables", part_tables}, {"@types", part_types},     {"@situations", part_situations},
};

static void print_part(struct printing *p, struct str word)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (str_eq(word, str_of(parts[i].word))) {
            parts[i].print(p);
            return;
        }
    p->failed = true;
    (void)err_set(p->err, ERR_MALFORMED, CLAUSE, "\"%.*s\" is no part of a book",
                  word.len > 40 ? 40 : (int)word.len, word.ptr);
}

bool codebook_print(const struct book_print *what, struct str frame, struct arena *a,
                    struct buffer *to, struct err *err)
{
    struct printing p = {what, a, to, err, false};
    struct str rest = frame, line;
    while (!p.failed && rest.len > 0 && str_split(&rest, '\n', &line)) {
        if (str_starts(line, STR("@"))) {
            print_part(&p, line);
            continue;
        }
        buffer_str(to, line);
        buffer_str(to, STR("\n"));
    }
    if (!p.failed && to->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room to print the book");
    return !p.failed;
}
