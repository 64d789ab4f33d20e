#include "codebook/find.h"

#include "codebook/find_text.h"
#include "codebook/fold.h"

#define CLAUSE "DESIGN 6, finding a phrase"
#define REASON_WORD(name, word) word,
static const char *const reason_words[] = {FIND_REASONS(REASON_WORD)};
_Static_assert(sizeof reason_words / sizeof reason_words[0] == FIND_REASON_COUNT, "one per reason");

const char *find_reason_word(enum find_reason reason)
{
    CHECK(reason < FIND_REASON_COUNT);
    return reason_words[reason];
}

bool find_sentence(struct str pattern, struct arena *a, struct str *ret, struct err *err)
{
    return find_pattern_text(pattern, FIND_LEAST, a, ret, err);
}

// -- the index ------------------------------------------------------------------------------------
enum {
    LEXICON_WORDS_MAX = 16384, // of one language: ten times what the seven first have
    FIELDS_MAX = 8192,         // of one language
    SLOTS = 2 * LEXICON_WORDS_MAX
};
struct field { // a text in which a phrase may be found
    enum find_reason reason;
    size_t phrase;                  // index in the book; FIND_TABLE: unused
    const struct book_table *table; // FIND_TABLE
    struct str text, joined;
    const uint16_t *words; // indexes in the lexicon
    size_t words_count;
};
struct tongue { // one language
    const struct rendering *rendering;
    struct folder folder;
    struct folded_word *lexicon;
    uint16_t *slots; // index + 1 by hash; 0 free
    size_t lexicon_count;
    struct field *fields;
    size_t fields_count;
};
struct find_index {
    const struct book *book;
    const struct guide *guide; // NULL: none
    struct tongue tongues[FIND_LANGUAGES_MAX];
    size_t tongues_count;
    struct arena *arena;
    struct folded folded; // what was folded last
};

static bool no_room(struct err *err)
{
    return err_set(err, ERR_LIMIT, CLAUSE, "no room for the index");
}

static size_t slot_of(struct str s)
{
    uint32_t h = 2166136261u; // FNV-1a; where two words meet, the next slot serves
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 16777619u;
    return h % SLOTS;
}

// One place per spelling, so that a query is compared with each spelling once.
static bool lexicon_put(struct tongue *t, const struct folded_word *word, uint16_t *ret,
                        struct err *err)
{
    size_t at = slot_of(word->text);
    while (t->slots[at] != 0) {
        if (str_eq(t->lexicon[t->slots[at] - 1].text, word->text)) {
            *ret = (uint16_t)(t->slots[at] - 1);
            return true;
        }
        at = (at + 1) % SLOTS;
    }
    if (t->lexicon_count == LEXICON_WORDS_MAX)
        return no_room(err);
    t->lexicon[t->lexicon_count] = *word;
    *ret = (uint16_t)t->lexicon_count;
    t->slots[at] = (uint16_t)++t->lexicon_count;
    return true;
}

// `sought` is what a search looks through, the field's text what it shows.
static bool add_field(struct find_index *x, struct tongue *t, struct field f, struct str sought,
                      struct err *err)
{
    if (!folder_words(&t->folder, sought, x->arena, &x->folded, err))
        return false;
    uint16_t *words = arena_new(x->arena, uint16_t, x->folded.count + 1);
    if (words == NULL || t->fields_count == FIELDS_MAX)
        return no_room(err);
    for (size_t i = 0; i < x->folded.count; i++)
        if (!lexicon_put(t, &x->folded.words[i], &words[i], err))
            return false;
    f.words = words;
    f.words_count = x->folded.count;
    f.joined = x->folded.joined;
    t->fields[t->fields_count++] = f;
    return true;
}

static bool add_phrase(struct find_index *x, struct tongue *t, size_t at, struct err *err)
{
    struct str code = x->book->phrases[at].code;
    const struct str *pattern = rendering_phrase(t->rendering, code);
    const struct str *words = rendering_words(t->rendering, code);
    struct str rest = words == NULL ? STR("") : *words;
    struct field f = {.reason = FIND_WORDS, .phrase = at};
    while (rendering_words_next(&rest, &f.text))
        if (!add_field(x, t, f, f.text, err))
            return false;
    if (pattern == NULL)
        return true;
    struct str sought;
    f.reason = FIND_SENTENCE;
    return find_pattern_text(*pattern, FIND_ALL_CHOICES, x->arena, &sought, err) &&
           find_sentence(*pattern, x->arena, &f.text, err) && add_field(x, t, f, sought, err);
}

static bool add_situation(struct find_index *x, struct tongue *t, const struct guide_situation *s,
                          struct err *err)
{
    const struct str *name = rendering_situation(t->rendering, s->id);
    for (size_t i = 0; name != NULL && i < s->phrases_count; i++) {
        const struct phrase *p = book_phrase(x->book, s->phrases[i]);
        struct field f = {.reason = FIND_SITUATION, .text = *name};
        if (p == NULL)
            continue; // a guide is an aid: findings.h reports it
        f.phrase = (size_t)(p - x->book->phrases);
        if (!add_field(x, t, f, f.text, err))
            return false;
    }
    return true;
}

static bool add_table(struct find_index *x, struct tongue *t, const struct book_table *table,
                      struct err *err)
{
    struct field f = {.reason = FIND_TABLE, .table = table};
    for (size_t i = 0; i < table->codes_count; i++) {
        const struct str *name = rendering_code(t->rendering, table->name, table->codes[i].code);
        f.text = name == NULL ? table->codes[i].code : *name;
        if (!add_field(x, t, f, f.text, err))
            return false;
    }
    return true;
}

static bool add_tongue(struct find_index *x, const struct rendering *r, struct err *err)
{
    CHECK(x->tongues_count < FIND_LANGUAGES_MAX);
    struct tongue *t = &x->tongues[x->tongues_count++];
    t->rendering = r;
    t->lexicon = arena_new(x->arena, struct folded_word, LEXICON_WORDS_MAX);
    t->slots = arena_new(x->arena, uint16_t, SLOTS);
    t->fields = arena_new(x->arena, struct field, FIELDS_MAX);
    if (t->lexicon == NULL || t->slots == NULL || t->fields == NULL)
        return no_room(err);
    if (!folder_open(&t->folder, r->language, err))
        return false;
    for (size_t i = 0; i < x->book->phrases_count; i++)
        if (!add_phrase(x, t, i, err))
            return false;
    for (size_t i = 0; x->guide != NULL && i < x->guide->situations_count; i++)
        if (!add_situation(x, t, &x->guide->situations[i], err))
            return false;
    for (size_t i = 0; i < x->book->tables_count; i++)
        if (!add_table(x, t, &x->book->tables[i], err))
            return false;
    return true;
}

static bool is_of(const struct rendering *r, const struct book *book)
{
    return str_eq(r->book_name, book->name) && r->book_version == book->version;
}

static bool add_tongues(struct find_index *x, const struct codebook *c, struct str reader,
                        bool only, struct err *err)
{
    const struct rendering *first = codebook_rendering(c, x->book, reader);
    if (first != NULL && !add_tongue(x, first, err))
        return false;
    for (size_t i = 0; !only && i < c->renderings_count; i++) {
        const struct rendering *r = &c->renderings[i];
        if (r == first || !is_of(r, x->book) || x->tongues_count == FIND_LANGUAGES_MAX)
            continue;
        if (!add_tongue(x, r, err))
            return err_wrap(err, "the words of %.*s", STR_ARG(r->language));
    }
    return true;
}

bool find_open(const struct codebook *c, const struct book *book, struct str reader, bool only,
               struct arena *a, struct find_index **ret, struct err *err)
{
    struct find_index *x = arena_new(a, struct find_index, 1);
    if (x == NULL)
        return no_room(err);
    x->book = book;
    x->guide = codebook_guide(c, book);
    x->arena = a;
    if (!add_tongues(x, c, reader, only, err)) {
        find_close(x);
        return false;
    }
    *ret = x;
    return true;
}

void find_close(struct find_index *index)
{
    for (size_t i = 0; index != NULL && i < index->tongues_count; i++)
        folder_close(&index->tongues[i].folder);
}

// -- the search -----------------------------------------------------------------------------------
// Worth of a match: of the field, of the likeness; products are summed over the query's words.
static const unsigned field_worth[FIND_REASON_COUNT] = {
    [FIND_WORDS] = 10, [FIND_SENTENCE] = 4, [FIND_SITUATION] = 3, [FIND_TABLE] = 2};
static const unsigned like_worth[] = {
    [FOLD_UNLIKE] = 0, [FOLD_BEGINS] = 2, [FOLD_STEM] = 4, [FOLD_SAME] = 5};
enum {
    WORTH_CODE = 1 << 30,
    WORTH_EXACT = 1 << 29,
    WEIGHT_COMMON = 1, // a word that more than a third of the phrases share
    WEIGHT_LEAST = 4,  //
    SCRATCH_BYTES = 16 << 20
};
struct score {
    uint32_t sum;
    uint32_t best; // of one field; its reason and text are shown
    enum find_reason reason;
    struct str matched, language;
};
struct search {
    const struct find_index *index;
    struct tongue *tongue;
    uint32_t sooner; // of two items alike, the one in the sooner language is meant
    struct arena scratch;
    struct folded query;
    uint8_t *alike;                          // [word of the query][word of the lexicon]
    uint32_t weights[FIND_QUERY_WORDS_MAX];  // of the query's words
    uint32_t (*worth)[FIND_QUERY_WORDS_MAX]; // by phrase: the best worth of each word
    bool *rare;                              // by phrase: a word matched that is not common
    struct score *scores;                    // by phrase, in this language
    struct score all[BOOK_PHRASES_MAX];      // best of the languages so far
};

static enum fold_likeness likeness(const struct search *s, size_t sought, uint16_t word)
{
    return (enum fold_likeness)s->alike[sought * s->tongue->lexicon_count + word];
}

static enum fold_likeness likest(const struct search *s, size_t sought, const struct field *f)
{
    enum fold_likeness best = FOLD_UNLIKE;
    for (size_t i = 0; i < f->words_count; i++) {
        enum fold_likeness one = likeness(s, sought, f->words[i]);
        best = one > best ? one : best;
    }
    return best;
}

// In how many phrases' words and sentences does it stand?
static size_t spread(const struct search *s, size_t sought)
{
    bool seen[BOOK_PHRASES_MAX] = {false};
    size_t n = 0;
    for (size_t i = 0; i < s->tongue->fields_count; i++) {
        const struct field *f = &s->tongue->fields[i];
        if (f->reason != FIND_WORDS && f->reason != FIND_SENTENCE)
            continue;
        if (!seen[f->phrase] && likest(s, sought, f) >= FOLD_STEM) {
            seen[f->phrase] = true;
            n++;
        }
    }
    return n;
}

static uint32_t weight_of(const struct search *s, size_t sought)
{
    size_t n = spread(s, sought);
    size_t phrases = s->index->book->phrases_count;
    uint32_t weight = WEIGHT_LEAST;
    if (n * 3 > phrases)
        return WEIGHT_COMMON;
    for (size_t times = n == 0 ? phrases : phrases / n; times > 1; times /= 2)
        weight++;
    return weight;
}

static void count_for(struct search *s, const struct field *f, size_t phrase, uint32_t sum,
                      const uint32_t *worths)
{
    struct score *to = &s->scores[phrase];
    for (size_t q = 0; q < s->query.count; q++) {
        if (worths[q] > s->worth[phrase][q])
            s->worth[phrase][q] = worths[q];
        s->rare[phrase] = s->rare[phrase] || (worths[q] > 0 && s->weights[q] > WEIGHT_COMMON);
    }
    if (sum <= to->best)
        return;
    to->best = sum;
    to->reason = f->reason;
    to->matched = f->text;
    to->language = s->tongue->rendering->language;
}

// All words of an item stand in the query: that item is meant more than one of which half fits.
static bool covered(const struct search *s, const struct field *f)
{
    for (size_t i = 0; i < f->words_count; i++) {
        bool any = false;
        for (size_t q = 0; !any && q < s->query.count; q++)
            any = likeness(s, q, f->words[i]) > FOLD_UNLIKE;
        if (!any)
            return false;
    }
    return f->words_count > 0;
}

static bool carries(const struct phrase *p, const struct book_table *table)
{
    for (size_t i = 0; i < p->parameters_count; i++)
        if (p->parameters[i].table == table)
            return true;
    return false;
}

static void look_into(struct search *s, const struct field *f)
{
    uint32_t worths[FIND_QUERY_WORDS_MAX] = {0};
    uint32_t sum = 0;
    const struct book *book = s->index->book;
    for (size_t q = 0; q < s->query.count; q++) {
        worths[q] = s->weights[q] * field_worth[f->reason] * like_worth[likest(s, q, f)];
        sum += worths[q];
    }
    if (sum == 0)
        return;
    if (f->reason == FIND_WORDS && covered(s, f))
        sum += sum / 2;
    if (f->reason == FIND_WORDS && str_eq(f->joined, s->query.joined))
        sum = WORTH_EXACT + s->sooner;
    for (size_t p = 0; f->reason == FIND_TABLE && p < book->phrases_count; p++)
        if (carries(&book->phrases[p], f->table))
            count_for(s, f, p, sum, worths);
    if (f->reason != FIND_TABLE)
        count_for(s, f, f->phrase, sum, worths);
}

static bool make_room(struct search *s, struct err *err)
{
    size_t phrases = s->index->book->phrases_count;
    s->alike = arena_new(&s->scratch, uint8_t, s->query.count * s->tongue->lexicon_count + 1);
    s->worth = arena_alloc(&s->scratch, phrases, sizeof *s->worth, _Alignof(uint32_t));
    s->rare = arena_new(&s->scratch, bool, phrases);
    s->scores = arena_new(&s->scratch, struct score, phrases);
    if (s->alike == NULL || s->worth == NULL || s->rare == NULL || s->scores == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room for the search");
    return true;
}

// What the best single field gives, and what the other fields add to it.
static void keep_best(struct search *s)
{
    for (size_t p = 0; p < s->index->book->phrases_count; p++) {
        struct score *one = &s->scores[p];
        uint32_t together = 0;
        for (size_t q = 0; q < s->query.count; q++)
            together += s->worth[p][q];
        one->sum = one->best >= WORTH_EXACT ? one->best : one->best + together;
        if (one->best >= WORTH_EXACT)
            one->reason = FIND_EXACT;
        if ((s->rare[p] || one->best >= WORTH_EXACT) && one->sum > s->all[p].sum)
            s->all[p] = *one;
    }
}

static bool search_tongue(struct search *s, struct str query, struct err *err)
{
    struct tongue *t = s->tongue;
    if (!folder_words(&t->folder, query, &s->scratch, &s->query, err))
        return false;
    if (s->query.count > FIND_QUERY_WORDS_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "more than %d words to look for",
                       FIND_QUERY_WORDS_MAX);
    if (!make_room(s, err))
        return false;
    for (size_t q = 0; q < s->query.count; q++)
        for (size_t w = 0; w < t->lexicon_count; w++)
            s->alike[q * t->lexicon_count + w] =
                (uint8_t)fold_compare(&s->query.words[q], &t->lexicon[w]);
    for (size_t q = 0; q < s->query.count; q++)
        s->weights[q] = weight_of(s, q);
    for (size_t i = 0; i < t->fields_count; i++)
        look_into(s, &t->fields[i]);
    keep_best(s);
    return true;
}

// -- the answer -----------------------------------------------------------------------------------
static void take_code(struct search *s, struct str query)
{
    char code[PHRASE_CODE_CHARS];
    if (query.len != sizeof code)
        return;
    memcpy(code, query.ptr, sizeof code);
    if (code[0] >= 'a' && code[0] <= 'z')
        code[0] = (char)(code[0] - 'a' + 'A');
    const struct phrase *p = book_phrase(s->index->book, (struct str){code, sizeof code});
    if (p != NULL)
        s->all[p - s->index->book->phrases] =
            (struct score){WORTH_CODE, WORTH_CODE, FIND_CODE, p->code, STR("")};
}

static size_t take_found(struct search *s, struct found *ret)
{
    size_t count = 0;
    uint32_t first = 0;
    while (count < FIND_FOUND_MAX) {
        size_t best = 0;
        for (size_t p = 1; p < s->index->book->phrases_count; p++)
            best = s->all[p].sum > s->all[best].sum ? p : best;
        struct score *one = &s->all[best];
        if (first == 0 && one->sum < WORTH_EXACT)
            first = one->sum; // of those that were not named outright
        if (one->sum == 0 || one->sum < first / 3)
            break; // what is far behind is noise
        ret[count++] = (struct found){&s->index->book->phrases[best], one->reason, one->matched,
                                      one->language};
        one->sum = 0;
    }
    return count;
}

bool find_phrases(struct find_index *index, struct str query, struct found ret[FIND_FOUND_MAX],
                  size_t *ret_count, struct err *err)
{
    if (query.len > FIND_QUERY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "%zu octets to look for; a few words are enough",
                       query.len);
    struct search *s = memory_new(1, sizeof *s);
    bool done = true;
    s->index = index;
    take_code(s, query);
    for (size_t i = 0; done && i < index->tongues_count; i++) {
        s->tongue = &index->tongues[i];
        s->sooner = (uint32_t)(index->tongues_count - i);
        arena_init(&s->scratch, SCRATCH_BYTES);
        done = search_tongue(s, query, err);
        arena_release(&s->scratch);
    }
    if (done)
        *ret_count = take_found(s, ret);
    memory_release(s);
    return done;
}
