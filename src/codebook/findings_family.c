// Rule 3: the family is the speech act, and equals do not instruct each other.
#include "codebook/findings.h"

// -- what a family may be -------------------------------------------------------------------------

#define REPLIES(r) (1u << (r))
#define RESPONSES(r) (1u << (r))
enum {
    REPLIES_ALL = (1u << REPLY_COUNT) - 1,
    ANSWERS = REPLIES_ALL & ~(REPLIES(REPLY_NONE) | REPLIES(REPLY_FREE_TEXT)),
    RESPONSES_ALL = (1u << RESPONSE_COUNT) - 1,
    STATES = RESPONSES(RESPONSE_NONE) | RESPONSES(RESPONSE_ACKNOWLEDGE)
};
static const struct family {
    char letter;
    bool question;      // its meaning is one
    unsigned replies;   // REPLIES() of what it may be
    unsigned responses; // RESPONSES() of what it may expect
    const char *marker; // first word of its English sentences; NULL: none
} families[] = {
    {'P', false, REPLIES(REPLY_NONE) | REPLIES(REPLY_PROCEDURE) | REPLIES(REPLY_FREE_TEXT),
     RESPONSES_ALL, NULL},
    {'N', false, REPLIES(REPLY_NONE), STATES, "Notice."},
    {'A', true, REPLIES(REPLY_NONE), RESPONSES(RESPONSE_YES_NO) | RESPONSES(RESPONSE_VALUE),
     "Question."},
    {'R', false, REPLIES(REPLY_NONE), RESPONSES(RESPONSE_CAN_CANNOT) | RESPONSES(RESPONSE_VALUE),
     "Request."},
    {'E', false, ANSWERS, RESPONSES_ALL, NULL},
    {'O', false, REPLIES(REPLY_NONE), RESPONSES(RESPONSE_YES_NO), "Offer."},
    {'C', false, REPLIES(REPLY_NONE), STATES, NULL},
};
enum { FAMILIES = sizeof families / sizeof families[0] };
_Static_assert(FAMILIES == sizeof BOOK_FAMILIES - 1, "one row per family");

static const struct family *family_of(struct str code)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (families[i].letter == code.ptr[0])
            return &families[i];
    return NULL;
}

// "Please" and "we request" leave the addressee free; these do not.
static bool orders(struct str meaning)
{
    static const char *const words[] = {"You ",          "you ",           " must ",
                                        "Must ",         "ddressee shall", "ddressee should",
                                        "ddressee will", "ddressee is to", "ddressee has to"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (finding_text_holds(meaning, words[i]))
            return true;
    return false;
}

void findings_families(const struct book *book, struct finding_list *list)
{
    for (size_t i = 0; i < book->phrases_count; i++) {
        const struct phrase *p = &book->phrases[i];
        const struct family *family = family_of(p->code);
        CHECK(family != NULL); // book_parse knows no other
        bool asks = p->meaning.ptr[p->meaning.len - 1] == '?';
        if ((family->replies & REPLIES(p->reply)) == 0)
            finding_add(list, FINDING_FAMILY, p->code, str_of(reply_word(p->reply)));
        if ((family->responses & RESPONSES(p->response)) == 0)
            finding_add(list, FINDING_FAMILY, p->code, str_of(response_word(p->response)));
        // A procedure phrase may ask whether something was heard well.
        if (asks != family->question && family->letter != 'P')
            finding_add(list, FINDING_FAMILY, p->code, STR("question"));
        if (orders(p->meaning))
            finding_add(list, FINDING_ORDERS, p->code, STR(""));
    }
}

// -- how the sentences of a family begin ----------------------------------------------------------

// The first sentence: up to its mark and no place before that; empty when there is none.
static struct str first_sentence(struct str text)
{
    static const char *const marks[] = {".", "。", "؟", "?", "۔", ":", "："};
    for (size_t i = 0; i < text.len && text.ptr[i] != '{'; i++)
        for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++)
            if (str_starts(str_slice(text, i, text.len), str_of(marks[m])))
                return str_slice(text, 0, i + strlen(marks[m]));
    return STR("");
}

// In English the word is known; elsewhere it is the one with which the first of them begins.
static struct str marker_of(const struct rendering *r, const struct family *family)
{
    if (str_eq(r->language, STR("en")))
        return str_of(family->marker);
    for (size_t i = 0; i < r->phrases_count; i++)
        if (r->phrases[i].key.ptr[0] == family->letter)
            return first_sentence(r->phrases[i].text);
    return STR("");
}

static void check_marker(const struct rendering *r, const struct family *family, struct str marker,
                         struct finding_list *list)
{
    for (size_t i = 0; i < r->phrases_count; i++) {
        const struct rendering_text *row = &r->phrases[i];
        bool marked = marker.len > 0 && str_eq(first_sentence(row->text), marker);
        if (row->key.ptr[0] == family->letter && !marked)
            finding_add(list, FINDING_MARKER, row->key, marker);
    }
}

void findings_markers(const struct rendering *r, struct finding_list *list)
{
    struct str markers[FAMILIES] = {{0}};
    for (size_t i = 0; i < FAMILIES; i++) {
        if (families[i].marker == NULL)
            continue;
        markers[i] = marker_of(r, &families[i]);
        check_marker(r, &families[i], markers[i], list);
        for (size_t j = 0; j < i; j++)
            if (markers[i].len > 0 && str_eq(markers[i], markers[j]))
                finding_add(list, FINDING_MARKER_SHARED, str_slice(STR(BOOK_FAMILIES), i, i + 1),
                            markers[i]);
    }
}
