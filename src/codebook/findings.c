#include "codebook/findings.h"

#include "codebook/rules.h"

#define CLAUSE "DESIGN 6"
#define FINDING_ROW(name, word, rule, error) {word, rule, error},
static const struct {
    const char *word;
    uint32_t rule;
    bool error;
} kinds[] = {FINDING_KINDS(FINDING_ROW)};
_Static_assert(sizeof kinds / sizeof kinds[0] == FINDING_KIND_COUNT, "one row per kind");

const char *finding_word(enum finding_kind kind)
{
    CHECK(kind < FINDING_KIND_COUNT);
    return kinds[kind].word;
}
uint32_t finding_rule(enum finding_kind kind)
{
    CHECK(kind < FINDING_KIND_COUNT);
    return kinds[kind].rule;
}
bool finding_is_error(enum finding_kind kind)
{
    CHECK(kind < FINDING_KIND_COUNT);
    return kinds[kind].error;
}

void finding_add(struct finding_list *list, enum finding_kind kind, struct str subject,
                 struct str detail)
{
    if (list->found.count == FINDINGS_MAX) {
        list->full = true;
        return;
    }
    list->rows[list->found.count++] = (struct finding){kind, list->language, subject, detail};
    list->found.errors += kinds[kind].error ? 1 : 0;
}

bool finding_text_holds(struct str text, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++)
        if (memcmp(text.ptr + i, part, len) == 0)
            return true;
    return false;
}

// -- the book alone -------------------------------------------------------------------------------

static void check_source(struct finding_list *list, struct str subject, struct str checked)
{
    list->found.sources++;
    if (!str_eq(checked, STR("unchecked")))
        return;
    list->found.sources_unchecked++;
    finding_add(list, FINDING_UNCHECKED, subject, STR(""));
}

static void check_book(const struct book *book, struct finding_list *list)
{
    for (size_t i = 0; i < book->disclaimers_count; i++)
        check_source(list, book->disclaimers[i].id, book->disclaimers[i].checked);
    for (size_t i = 0; i < book->phrases_count; i++) {
        const struct phrase *p = &book->phrases[i];
        check_source(list, p->code, p->checked);
        for (size_t o = 0; o < p->offers_count; o++) {
            const struct phrase *answer = book_phrase(book, p->offers[o]);
            if (answer == NULL)
                finding_add(list, FINDING_OFFER_UNKNOWN, p->code, p->offers[o]);
            else if (answer->reply == REPLY_NONE || answer->reply == REPLY_FREE_TEXT)
                finding_add(list, FINDING_OFFER_NO_ANSWER, p->code, p->offers[o]);
        }
    }
}

// -- book and aids --------------------------------------------------------------------------------

static bool begin(struct finding_list *list, struct arena *a, struct err *err)
{
    *list = (struct finding_list){.language = STR("")};
    list->rows = arena_new(a, struct finding, FINDINGS_MAX);
    if (list->rows == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for the findings");
    return true;
}

static bool end(struct finding_list *list, struct findings *ret, struct err *err)
{
    if (list->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "more than %d findings", FINDINGS_MAX);
    list->found.rows = list->rows;
    *ret = list->found;
    return true;
}

static void check_files(const struct book *book, const struct rendering *renderings, size_t count,
                        struct finding_list *list)
{
    const struct rendering *english = NULL;
    check_book(book, list);
    for (size_t i = 0; i < count; i++)
        if (str_eq(renderings[i].language, STR("en")))
            english = &renderings[i];
    for (size_t i = 0; i < count; i++) {
        const struct rendering *r = &renderings[i];
        list->language = r->language;
        findings_language(book, r, r == english ? NULL : english, list);
    }
    list->language = STR("");
}

bool codebook_check(const struct book *book, const struct rendering *renderings, size_t count,
                    struct arena *a, struct findings *ret, struct err *err)
{
    struct finding_list list;
    if (!begin(&list, a, err))
        return false;
    check_files(book, renderings, count, &list);
    return end(&list, ret, err);
}

bool codebook_check_rules(const struct book *book, const struct rendering *renderings, size_t count,
                          const struct guide *guide, struct arena *a, struct findings *ret,
                          struct err *err)
{
    struct finding_list list;
    if (!begin(&list, a, err))
        return false;
    check_files(book, renderings, count, &list);
    findings_meaning(book, &list);
    findings_families(book, &list);
    findings_dialogue(book, &list);
    findings_data(book, &list);
    findings_duties(book, &list);
    findings_spoken(book, &list);
    for (size_t i = 0; i < count; i++) {
        list.language = renderings[i].language;
        findings_words(&renderings[i], &list);
        findings_markers(&renderings[i], &list);
    }
    list.language = STR("");
    if (guide != NULL)
        findings_guide(book, guide, renderings, count, &list);
    return end(&list, ret, err);
}
