// The guide: whatever it names is there, and everything there can be reached.
#include "codebook/dialogue.h"
#include "codebook/findings.h"

// By phrase of the book: does somebody get there, from a situation or as an answer?
struct reach {
    const struct book *book;
    bool phrases[BOOK_PHRASES_MAX];
};

static void reach_code(struct reach *reach, struct str code)
{
    const struct phrase *p = book_phrase(reach->book, code);
    if (p != NULL)
        reach->phrases[p - reach->book->phrases] = true;
}

static void reach_answers(struct reach *reach, const struct phrase *asked)
{
    const struct phrase *answers[BOOK_PHRASES_MAX];
    size_t count = codebook_answers_offered(reach->book, asked, answers);
    for (size_t i = 0; i < count; i++)
        reach_code(reach, answers[i]->code);
}

static void check_phrases(const struct guide *guide, struct reach *reach, struct finding_list *list)
{
    for (size_t i = 0; i < guide->situations_count; i++) {
        const struct guide_situation *s = &guide->situations[i];
        for (size_t p = 0; p < s->phrases_count; p++) {
            if (book_phrase(reach->book, s->phrases[p]) == NULL)
                finding_add(list, FINDING_GUIDE_UNKNOWN, s->phrases[p], s->id);
            reach_code(reach, s->phrases[p]);
        }
    }
    for (size_t i = 0; i < reach->book->phrases_count; i++)
        if (reach->phrases[i])
            reach_answers(reach, &reach->book->phrases[i]);
    for (size_t i = 0; i < reach->book->phrases_count; i++)
        if (!reach->phrases[i])
            finding_add(list, FINDING_UNREACHED, reach->book->phrases[i].code, STR(""));
}

static void check_situations(const struct guide *guide, const struct rendering *r,
                             struct finding_list *list)
{
    for (size_t i = 0; i < guide->situations_count; i++)
        if (rendering_situation(r, guide->situations[i].id) == NULL)
            finding_add(list, FINDING_SITUATION_MISSING, guide->situations[i].id, STR(""));
    for (size_t i = 0; i < r->situations_count; i++) {
        bool known = false;
        for (size_t g = 0; g < guide->situations_count; g++)
            known = known || str_eq(guide->situations[g].id, r->situations[i].key);
        if (!known)
            finding_add(list, FINDING_SITUATION_EXTRA, r->situations[i].key, STR(""));
    }
}

void findings_guide(const struct book *book, const struct guide *guide,
                    const struct rendering *renderings, size_t count, struct finding_list *list)
{
    struct reach reach = {.book = book};
    if (!str_eq(guide->book_name, book->name) || guide->book_version != book->version)
        finding_add(list, FINDING_WRONG_BOOK, guide->book_name, STR("guide"));
    check_phrases(guide, &reach, list);
    for (size_t i = 0; i < count; i++) {
        list->language = renderings[i].language;
        check_situations(guide, &renderings[i], list);
    }
    list->language = STR("");
}
