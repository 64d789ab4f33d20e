#include "codebook/findings.h"
#include "codebook/pattern.h"

// One rendering beside its book.
struct language_search {
    struct finding_list *list;
    const struct book *book;
    const struct rendering *rendering;
    const struct rendering *english; // NULL: none, or this is it
};

static void check_same(struct language_search *s, struct str subject, struct str text,
                       const struct str *english)
{
    if (s->english != NULL && english != NULL && str_eq(text, *english))
        finding_add(s->list, FINDING_SAME_AS_ENGLISH, subject, STR(""));
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
static bool is_shown(const struct language_search *s, struct str pattern,
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

static void check_places(struct language_search *s, const struct phrase *p, struct str pattern)
{
    struct pattern_places places;
    struct err err = {0};
    bool read = pattern_places_read(pattern, &places, &err);
    CHECK(read); // rendering_parse read it before
    for (size_t i = 0; i < p->parameters_count; i++) {
        if (!is_shown(s, pattern, &places, p->parameters[i].name))
            finding_add(s->list, FINDING_PARAMETER_LOST, p->code, p->parameters[i].name);
    }
    for (size_t i = 0; i < places.count; i++)
        if (!place_known(p, places.places[i].name))
            finding_add(s->list, FINDING_PLACE_UNKNOWN, p->code, places.places[i].name);
}

static void check_phrases(struct language_search *s)
{
    const struct rendering *r = s->rendering;
    for (size_t i = 0; i < s->book->phrases_count; i++) {
        const struct phrase *p = &s->book->phrases[i];
        const struct str *text = rendering_phrase(r, p->code);
        if (text == NULL) {
            finding_add(s->list, FINDING_PHRASE_MISSING, p->code, STR(""));
            continue;
        }
        check_places(s, p, *text);
        if (s->english != NULL)
            check_same(s, p->code, *text, rendering_phrase(s->english, p->code));
    }
    for (size_t i = 0; i < r->phrases_count; i++)
        if (book_phrase(s->book, r->phrases[i].key) == NULL)
            finding_add(s->list, FINDING_PHRASE_EXTRA, r->phrases[i].key, STR(""));
}

static void check_tables(struct language_search *s)
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
                finding_add(s->list, FINDING_CODE_MISSING, table->name, code);
            else if (s->english != NULL && !same_everywhere)
                check_same(s, code, *text, rendering_code(s->english, table->name, code));
        }
    }
    for (size_t t = 0; t < r->tables_count; t++) {
        const struct book_table *table = book_table(s->book, r->tables[t].name);
        for (size_t c = 0; c < r->tables[t].codes_count; c++)
            if (table == NULL || book_table_code(table, r->tables[t].codes[c].key) == NULL)
                finding_add(s->list, FINDING_CODE_EXTRA, r->tables[t].name,
                            r->tables[t].codes[c].key);
    }
}

static void check_disclaimers(struct language_search *s)
{
    for (size_t i = 0; i < s->book->disclaimers_count; i++) {
        struct str id = s->book->disclaimers[i].id;
        const struct str *text = rendering_disclaimer(s->rendering, id);
        if (text == NULL)
            finding_add(s->list, FINDING_DISCLAIMER_MISSING, id, STR(""));
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
static void check_string(struct language_search *s, enum rendering_string which)
{
    struct str key = str_of(rendering_string_key(which)), text = s->rendering->strings[which];
    struct str wanted = str_of(rendering_string_places(which)), part;
    struct pattern_places places;
    struct err err = {0};
    if (text.len == 0) {
        finding_add(s->list,
                    which == RENDERING_EXERCISE ? FINDING_EXERCISE_MISSING : FINDING_STRING_MISSING,
                    key, STR(""));
        return;
    }
    bool read = pattern_places_read(text, &places, &err);
    CHECK(read);
    while (wanted.len > 0 && str_split(&wanted, '}', &part)) {
        struct str name = str_slice(part, 1, part.len);
        if (!pattern_has_place(&places, name))
            finding_add(s->list, FINDING_SIGN_LOST, key, name);
    }
    if (s->english != NULL && string_has_words(which))
        check_same(s, key, text, &s->english->strings[which]);
}

void findings_language(const struct book *book, const struct rendering *rendering,
                       const struct rendering *english, struct finding_list *list)
{
    struct language_search searched = {list, book, rendering, english};
    struct language_search *s = &searched;
    const struct rendering *r = s->rendering;
    if (!str_eq(r->book_name, s->book->name) || r->book_version != s->book->version)
        finding_add(s->list, FINDING_WRONG_BOOK, r->book_name, STR(""));
    if (!r->reviewed)
        finding_add(s->list, FINDING_DRAFT, r->language, STR(""));
    for (size_t i = 0; i < RENDERING_STRING_COUNT; i++)
        check_string(s, (enum rendering_string)i);
    check_tables(s);
    check_disclaimers(s);
    check_phrases(s);
}
