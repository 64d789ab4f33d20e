// Rule 2: each phrase has one complete, testable meaning, and no other phrase has it too.
#include "codebook/findings.h"
#include "codebook/spelling.h"

enum {
    MEANING_SENTENCES_MAX = 2,
    MEANING_WORDS_MAX = 64, // more than two sentences hold; the words after it are not compared
    ALIKE_OF_4 = 3,         // three words of four shared: nearly the same
    SAID_MIN = 2,           // one word alone, as "request", says nothing yet
};

// -- words ----------------------------------------------------------------------------------------

struct words {
    struct str list[MEANING_WORDS_MAX];
    size_t count;
};

static bool same_word(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

static bool has_word(const struct words *words, struct str word)
{
    for (size_t i = 0; i < words->count; i++)
        if (same_word(words->list[i], word))
            return true;
    return false;
}

static bool is_word_char(char c)
{
    return ascii_is_digit(c) || ascii_is_lower(c) || ascii_is_upper(c);
}

// Takes the next word, passing over what is none; false at the end.
static bool next_word(struct str *rest, struct str *ret)
{
    size_t from = 0, to;
    while (from < rest->len && !is_word_char(rest->ptr[from]))
        from++;
    for (to = from; to < rest->len && is_word_char(rest->ptr[to]);)
        to++;
    if (from == to)
        return false;
    *ret = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->len);
    return true;
}

// Words that hold sentences together and carry no meaning of their own. A negation does.
static bool is_small(struct str word)
{
    static const char *const small[] = {
        "a",    "an",  "and",  "are",  "as",    "at",    "be",        "been",   "by",    "for",
        "from", "had", "has",  "have", "in",    "is",    "it",        "its",    "named", "of",
        "on",   "or",  "our",  "ours", "shall", "that",  "the",       "this",   "to",    "us",
        "was",  "we",  "were", "will", "with",  "which", "addressee", "please", "do",    "does"};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        if (same_word(word, str_of(small[i])))
            return true;
    return false;
}

// The words that make the meaning, each once: not the small ones, not the parameters' names.
static struct words words_of(const struct phrase *p)
{
    struct words made = {.count = 0};
    struct str rest = p->meaning, word;
    while (made.count < MEANING_WORDS_MAX && next_word(&rest, &word)) {
        bool names = false;
        for (size_t i = 0; i < p->parameters_count; i++)
            names = names || same_word(word, p->parameters[i].name);
        if (!names && !is_small(word) && !has_word(&made, word))
            made.list[made.count++] = word;
    }
    return made;
}

static size_t shared_words(const struct words *a, const struct words *b)
{
    size_t shared = 0;
    for (size_t i = 0; i < a->count; i++)
        shared += has_word(b, a->list[i]) ? 1 : 0;
    return shared;
}

// -- what a parameter could say -------------------------------------------------------------------

static bool code_holds(struct str code, struct str word)
{
    struct str part;
    while (code.len > 0 && next_word(&code, &part))
        if (same_word(part, word))
            return true;
    return false;
}

// Is it a word of a code that some parameter takes? Names of parameters and of letters are not.
static bool is_of_a_table(const struct book *book, struct str word)
{
    for (size_t t = 0; t < book->tables_count; t++) {
        const struct book_table *table = &book->tables[t];
        if (str_eq(table->name, STR("parameter")) || str_eq(table->name, STR("alphabet")))
            continue;
        for (size_t c = 0; c < table->codes_count; c++)
            if (code_holds(table->codes[c].code, word))
                return true;
    }
    return false;
}

static struct words without_tables(const struct book *book, const struct words *words)
{
    struct words made = {.count = 0};
    for (size_t i = 0; i < words->count; i++)
        if (!is_of_a_table(book, words->list[i]))
            made.list[made.count++] = words->list[i];
    return made;
}

// Both say the same but for words that are codes: one phrase with a parameter would do.
static bool differs_by_parameter(const struct book *book, const struct phrase *a,
                                 const struct words *of_a, const struct phrase *b,
                                 const struct words *of_b)
{
    if (a->reply != b->reply || a->response != b->response)
        return false;
    struct words x = without_tables(book, of_a), y = without_tables(book, of_b);
    bool both = x.count < of_a->count && y.count < of_b->count;
    return both && x.count >= SAID_MIN && x.count == y.count && shared_words(&x, &y) == x.count;
}

static void compare(const struct book *book, const struct phrase *a, const struct phrase *b,
                    struct finding_list *list)
{
    if (a->code.ptr[0] != b->code.ptr[0])
        return;
    struct words x = words_of(a), y = words_of(b);
    size_t shared = shared_words(&x, &y), all = x.count + y.count - shared;
    if (all > 0 && 4 * shared >= ALIKE_OF_4 * all)
        finding_add(list, FINDING_MEANING_ALIKE, a->code, b->code);
    else if (differs_by_parameter(book, a, &x, b, &y))
        finding_add(list, FINDING_ONE_PARAMETER, a->code, b->code);
}

// -- form -----------------------------------------------------------------------------------------

static size_t count_sentences(struct str meaning)
{
    size_t count = 0;
    for (size_t i = 0; i < meaning.len; i++)
        if ((meaning.ptr[i] == '.' || meaning.ptr[i] == '?') &&
            (i + 1 == meaning.len || meaning.ptr[i + 1] == ' '))
            count++;
    return count;
}

static bool form_ok(struct str meaning)
{
    char last = meaning.ptr[meaning.len - 1]; // never empty: lines_value sees to it
    size_t sentences = count_sentences(meaning);
    return (last == '.' || last == '?') && sentences >= 1 && sentences <= MEANING_SENTENCES_MAX &&
           !finding_text_holds(meaning, "and/or") && !finding_text_holds(meaning, "etc.");
}

void findings_meaning(const struct book *book, struct finding_list *list)
{
    for (size_t i = 0; i < book->phrases_count; i++) {
        if (!form_ok(book->phrases[i].meaning))
            finding_add(list, FINDING_MEANING_FORM, book->phrases[i].code, STR(""));
        for (size_t j = i + 1; j < book->phrases_count; j++)
            compare(book, &book->phrases[i], &book->phrases[j], list);
    }
}

// -- people's words -------------------------------------------------------------------------------

static bool row_has(const struct rendering_text *row, struct str item)
{
    struct str rest = row->text, other;
    while (rendering_words_next(&rest, &other))
        if (str_eq(item, other))
            return true;
    return false;
}

void findings_words(const struct rendering *r, struct finding_list *list)
{
    for (size_t i = 0; i < r->words_count; i++) {
        struct str rest = r->words[i].text, item;
        while (rendering_words_next(&rest, &item))
            for (size_t j = i + 1; j < r->words_count; j++)
                if (row_has(&r->words[j], item))
                    finding_add(list, FINDING_WORDS_TWICE, r->words[i].key, item);
    }
}
