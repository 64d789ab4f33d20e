#include "codebook/findings.h"

#include "codebook/pattern.h"

#define FINDING_ROW(name, word, error) {word, error},
static const struct {
    const char *word;
    bool error;
} kinds[] = {FINDING_KINDS(FINDING_ROW)};
_Static_assert(sizeof kinds / sizeof kinds[0] == FINDING_KIND_COUNT, "one row per kind");

const char *finding_word(enum finding_kind kind)
{
    CHECK(kind < FINDING_KIND_COUNT);
    return kinds[kind].word;
}
bool finding_is_error(enum finding_kind kind)
{
    CHECK(kind < FINDING_KIND_COUNT);
    return kinds[kind].error;
}

// More findings than fit are an error of their own, never a short list.
struct search {
    const struct book *book;
    const struct rendering *rendering; // NULL: the book alone
    const struct rendering *english;   // NULL: none, or this is it
    struct finding *rows;
    struct findings found;
    bool full;
};

static void add(struct search *s, enum finding_kind kind, struct str subject, struct str detail)
{
    if (s->found.count == FINDINGS_MAX) {
        s->full = true;
        return;
    }
    struct str language = s->rendering == NULL ? STR("") : s->rendering->language;
    s->rows[s->found.count++] = (struct finding){kind, language, subject, detail};
    s->found.errors += kinds[kind].error ? 1 : 0;
}

// -- the book alone -------------------------------------------------------------------------------

static void check_source(struct search *s, struct str subject, struct str checked)
{
    s->found.sources++;
    if (!str_eq(checked, STR("unchecked")))
        return;
    s->found.sources_unchecked++;
    add(s, FINDING_UNCHECKED, subject, STR(""));
}

static void check_book(struct search *s)
{
    for (size_t i = 0; i < s->book->disclaimers_count; i++)
        check_source(s, s->book->disclaimers[i].id, s->book->disclaimers[i].checked);
    for (size_t i = 0; i < s->book->phrases_count; i++) {
        const struct phrase *p = &s->book->phrases[i];
        check_source(s, p->code, p->checked);
        for (size_t o = 0; o < p->offers_count; o++) {
            const struct phrase *answer = book_phrase(s->book, p->offers[o]);
            if (answer == NULL)
                add(s, FINDING_OFFER_UNKNOWN, p->code, p->offers[o]);
            else if (answer->reply == REPLY_NONE || answer->reply == REPLY_FREE_TEXT)
                add(s, FINDING_OFFER_NO_ANSWER, p->code, p->offers[o]);
        }
    }
}

// -- one rendering --------------------------------------------------------------------------------

static void check_same(struct search *s, struct str subject, struct str text,
                       const struct str *english)
{
    if (s->english != NULL && english != NULL && str_eq(text, *english))
        add(s, FINDING_SAME_AS_ENGLISH, subject, STR(""));
}

// {name} or {has-name} of a parameter of the phrase.
static bool place_known(const struct phrase *p, struct str place)
{
    if (phrase_parameter(p, place) != NULL)
        return true;
    if (!str_starts(place, STR("has-")))
        return false;
    return phrase_parameter(p, str_slice(place, 4, place.len)) != NULL;
}

// As a text, or as a number that the sentence tells apart from every other.
static bool is_shown(const struct search *s, struct str pattern,
                     const struct pattern_places *places, struct str name)
{
    struct arena scratch;
    struct err err = {0};
    bool counted = false, told = false;
    for (size_t i = 0; i < places->count; i++) {
        if (!str_eq(places->places[i].name, name))
            continue;
        if (!places->places[i].number)
            return true;
        counted = true;
    }
    if (!counted)
        return false;
    arena_init(&scratch, 8 << 20);
    bool done = pattern_tells_number(pattern, s->rendering->language, name, &scratch, &told, &err);
    arena_release(&scratch);
    return done && told;
}

static void check_places(struct search *s, const struct phrase *p, struct str pattern)
{
    struct pattern_places places;
    struct err err = {0};
    bool read = pattern_places_read(pattern, &places, &err);
    CHECK(read); // rendering_parse read it before
    for (size_t i = 0; i < p->parameters_count; i++) {
        if (!is_shown(s, pattern, &places, p->parameters[i].name))
            add(s, FINDING_PARAMETER_LOST, p->code, p->parameters[i].name);
    }
    for (size_t i = 0; i < places.count; i++)
        if (!place_known(p, places.places[i].name))
            add(s, FINDING_PLACE_UNKNOWN, p->code, places.places[i].name);
}

static void check_phrases(struct search *s)
{
    const struct rendering *r = s->rendering;
    for (size_t i = 0; i < s->book->phrases_count; i++) {
        const struct phrase *p = &s->book->phrases[i];
        const struct str *text = rendering_phrase(r, p->code);
        if (text == NULL) {
            add(s, FINDING_PHRASE_MISSING, p->code, STR(""));
            continue;
        }
        check_places(s, p, *text);
        if (s->english != NULL)
            check_same(s, p->code, *text, rendering_phrase(s->english, p->code));
    }
    for (size_t i = 0; i < r->phrases_count; i++)
        if (book_phrase(s->book, r->phrases[i].key) == NULL)
            add(s, FINDING_PHRASE_EXTRA, r->phrases[i].key, STR(""));
}

static void check_tables(struct search *s)
{
    const struct rendering *r = s->rendering;
    for (size_t t = 0; t < s->book->tables_count; t++) {
        const struct book_table *table = &s->book->tables[t];
        // Radiotelephony words are meant to be the same wherever Latin letters are written.
        bool same_everywhere = str_eq(table->name, STR("alphabet"));
        for (size_t c = 0; c < table->codes_count; c++) {
            struct str code = table->codes[c].code;
            const struct str *text = rendering_code(r, table->name, code);
            if (text == NULL)
                add(s, FINDING_CODE_MISSING, table->name, code);
            else if (s->english != NULL && !same_everywhere)
                check_same(s, code, *text, rendering_code(s->english, table->name, code));
        }
    }
    for (size_t t = 0; t < r->tables_count; t++) {
        const struct book_table *table = book_table(s->book, r->tables[t].name);
        for (size_t c = 0; c < r->tables[t].codes_count; c++)
            if (table == NULL || book_table_code(table, r->tables[t].codes[c].key) == NULL)
                add(s, FINDING_CODE_EXTRA, r->tables[t].name, r->tables[t].codes[c].key);
    }
}

static void check_disclaimers(struct search *s)
{
    for (size_t i = 0; i < s->book->disclaimers_count; i++) {
        struct str id = s->book->disclaimers[i].id;
        const struct str *text = rendering_disclaimer(s->rendering, id);
        if (text == NULL)
            add(s, FINDING_DISCLAIMER_MISSING, id, STR(""));
        else if (s->english != NULL)
            check_same(s, id, *text, rendering_disclaimer(s->english, id));
    }
}

// What holds places and marks but no words may well be the same in two languages.
static bool string_has_words(enum rendering_string which)
{
    return which != RENDERING_LINE && which != RENDERING_TIME && which != RENDERING_JOIN &&
           which != RENDERING_CUT && which != RENDERING_RUNNING;
}

// Each place named "{so}" in `wanted` must stand in the string.
static void check_string(struct search *s, enum rendering_string which)
{
    struct str key = str_of(rendering_string_key(which)), text = s->rendering->strings[which];
    struct str wanted = str_of(rendering_string_places(which)), part;
    struct pattern_places places;
    struct err err = {0};
    if (text.len == 0) {
        add(s, FINDING_STRING_MISSING, key, STR(""));
        return;
    }
    bool read = pattern_places_read(text, &places, &err);
    CHECK(read);
    while (wanted.len > 0 && str_split(&wanted, '}', &part)) {
        struct str name = str_slice(part, 1, part.len);
        if (!pattern_has_place(&places, name))
            add(s, FINDING_PARAMETER_LOST, key, name);
    }
    if (s->english != NULL && string_has_words(which))
        check_same(s, key, text, &s->english->strings[which]);
}

static void check_rendering(struct search *s)
{
    const struct rendering *r = s->rendering;
    if (!str_eq(r->book_name, s->book->name) || r->book_version != s->book->version)
        add(s, FINDING_WRONG_BOOK, r->book_name, STR(""));
    if (!r->reviewed)
        add(s, FINDING_DRAFT, r->language, STR(""));
    for (size_t i = 0; i < RENDERING_STRING_COUNT; i++)
        check_string(s, (enum rendering_string)i);
    check_tables(s);
    check_disclaimers(s);
    check_phrases(s);
}

bool codebook_check(const struct book *book, const struct rendering *renderings, size_t count,
                    struct arena *a, struct findings *ret, struct err *err)
{
    struct search s = {.book = book};
    const struct rendering *english = NULL;
    s.rows = arena_new(a, struct finding, FINDINGS_MAX);
    if (s.rows == NULL)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "the arena is too small for the findings");
    check_book(&s);
    for (size_t i = 0; i < count; i++)
        if (str_eq(renderings[i].language, STR("en")))
            english = &renderings[i];
    for (size_t i = 0; i < count; i++) {
        s.rendering = &renderings[i];
        s.english = s.rendering == english ? NULL : english;
        check_rendering(&s);
    }
    if (s.full)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "more than %d findings", FINDINGS_MAX);
    s.found.rows = s.rows;
    *ret = s.found;
    return true;
}
