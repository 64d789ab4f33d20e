#include "codebook/fold.h"

#include "codebook/pattern.h"

#include <libstemmer.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#define CLAUSE "UAX 29"

bool folder_open(struct folder *f, struct str language, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    struct folder made = {.breaks = NULL};
    char primary[4] = {0};
    if (!locale_of(language, made.locale, err))
        return false;
    made.decompose = unorm2_getNFKDInstance(&status);
    made.breaks = ubrk_open(UBRK_WORD, made.locale, NULL, 0, &status);
    if (U_FAILURE(status)) {
        ubrk_close(made.breaks);
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    }
    for (size_t i = 0; i < 3 && i < language.len && language.ptr[i] != '-'; i++)
        primary[i] = language.ptr[i];
    made.stemmer = sb_stemmer_new(primary, "UTF_8");
    *f = made;
    return true;
}

void folder_close(struct folder *f)
{
    ubrk_close(f->breaks);
    sb_stemmer_delete(f->stemmer);
    *f = (struct folder){.breaks = NULL};
}

// -- letters --------------------------------------------------------------------------------------
// Letters that stand for one another on the keyboards and in the habits of those who type them.
static const struct {
    UChar from, to;
} variants[] = {
    {0x0622, 0x0627}, {0x0623, 0x0627}, {0x0625, 0x0627}, {0x0671, 0x0627}, // forms of alef
    {0x0649, 0x064a}, {0x06cc, 0x064a}, {0x06a9, 0x0643},                   // yeh, kaf
    {0x0629, 0x0647}, {0x06c0, 0x0647}, {0x06c1, 0x0647},                   // teh marbuta, heh
    {0x0131, 0x0069},                                                       // dotless i
    {0x04d9, 0x0430}, {0x0493, 0x0433}, {0x049b, 0x043a}, {0x04a3, 0x043d}, // Kazakh letters as a
    {0x04e9, 0x043e}, {0x04b1, 0x0443}, {0x04af, 0x0443}, {0x04bb, 0x0445}, // Russian keyboard
    {0x0456, 0x0438},                                                       // gives them
};

static UChar32 variant_of(UChar32 c)
{
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if (variants[i].from == c)
            return variants[i].to;
    return c;
}

static UChar32 next_point(const UChar *text, int32_t *at, int32_t len)
{
    UChar lead = text[(*at)++];
    if (!U16_IS_LEAD(lead) || *at == len || !U16_IS_TRAIL(text[*at]))
        return lead;
    return U16_GET_SUPPLEMENTARY(lead, text[(*at)++]);
}

static bool is_mark(UChar32 c)
{
    return (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0 || c == 0x0640; // tatweel
}

// At most FOLD_WORD_UNITS_MAX units, and never half a character.
static int32_t bounded(const UChar *from, int32_t len)
{
    int32_t cut = FOLD_WORD_UNITS_MAX;
    if (len <= cut)
        return len;
    U16_SET_CP_START(from, 0, cut);
    return cut;
}

static int32_t append(UChar *to, int32_t at, UChar32 c)
{
    U16_APPEND_UNSAFE(to, at, c);
    return at;
}

// Case, compatibility, marks and variants are gone; at most FOLD_WORD_UNITS_MAX units.
static bool fold_letters(const struct folder *f, const UChar *from, int32_t from_len,
                         struct arena *a, struct str *ret, struct err *err)
{
    enum { ROOM = 4 * FOLD_WORD_UNITS_MAX };
    UChar whole[ROOM];
    UChar kept[FOLD_WORD_UNITS_MAX];
    int32_t n = 0;
    UErrorCode status = U_ZERO_ERROR;
    int32_t len =
        unorm2_normalize(f->decompose, from, bounded(from, from_len), whole, ROOM, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        *ret = STR(""); // a ligature of a whole sentence is no word that anybody looks for
        return true;
    }
    if (U_FAILURE(status))
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    for (int32_t i = 0; i < len && n < FOLD_WORD_UNITS_MAX - 1;) {
        UChar32 c = next_point(whole, &i, len);
        if (!is_mark(c))
            n = append(kept, n, variant_of(u_foldCase(c, U_FOLD_CASE_DEFAULT)));
    }
    return wide_text(a, kept, n, ret, err);
}

// -- words ----------------------------------------------------------------------------------------
static bool stem_of(const struct folder *f, const UChar *word, int32_t len, struct arena *a,
                    struct str *ret, struct err *err)
{
    struct str plain;
    struct str stemmed;
    struct wide wide;
    if (!wide_text(a, word, len, &plain, err))
        return false;
    const sb_symbol *stem =
        sb_stemmer_stem(f->stemmer, (const sb_symbol *)plain.ptr, (int)plain.len);
    if (stem == NULL)
        return err_set(err, ERR_IO, CLAUSE, "the stemmer has no memory");
    stemmed = (struct str){(const char *)stem, (size_t)sb_stemmer_length(f->stemmer)};
    return wide_of(a, stemmed, &wide, err) && fold_letters(f, wide.ptr, wide.len, a, ret, err);
}

static bool add_word(struct folder *f, const UChar *word, int32_t len, struct arena *a,
                     struct folded *ret, struct err *err)
{
    struct folded_word made;
    if (!fold_letters(f, word, len, a, &made.text, err))
        return false;
    if (made.text.len == 0)
        return true;
    if (ret->count == FOLD_WORDS_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "more than %d words", FOLD_WORDS_MAX);
    made.stem = made.text;
    if (f->stemmer != NULL && len <= FOLD_WORD_UNITS_MAX &&
        !stem_of(f, word, len, a, &made.stem, err))
        return false;
    if (made.stem.len == 0)
        made.stem = made.text;
    ret->words[ret->count++] = made;
    return true;
}

static bool is_han(const UChar *text, int32_t at, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    U16_SET_CP_START(text, 0, at);
    return uscript_getScript(next_point(text, &at, len), &status) == USCRIPT_HAN;
}

static int32_t after_point(const UChar *text, int32_t at, int32_t len)
{
    U16_FWD_1(text, at, len);
    return at;
}

// A run of Han from `from` on: every two neighbours, or the one character that stands alone.
static bool add_han(struct folder *f, const UChar *text, int32_t from, int32_t to, struct arena *a,
                    struct folded *ret, struct err *err)
{
    int32_t at = from;
    for (;;) {
        int32_t second = after_point(text, at, to);
        if (second == to && at > from)
            return true;
        int32_t end = second < to ? after_point(text, second, to) : to;
        if (!add_word(f, text + at, end - at, a, ret, err))
            return false;
        if (end >= to)
            return true;
        at = second;
    }
}

static int32_t han_end(const UChar *text, int32_t at, int32_t len)
{
    while (at < len && is_han(text, at, len))
        at = after_point(text, at, len);
    return at;
}

// Small letters of the language; what joins without being seen parts words, tatweel and harakat go.
static int32_t prepare(UChar *text, int32_t len)
{
    int32_t n = 0;
    for (int32_t i = 0; i < len; i++) {
        UChar c = text[i];
        if (c == 0x0640 || c == 0x200d || (c >= 0x064b && c <= 0x065f) || c == 0x0670)
            continue;
        text[n++] = c == 0x200c ? ' ' : c;
    }
    return n;
}

static bool lower(const struct folder *f, struct str text, struct arena *a, UChar **ret,
                  int32_t *ret_len, struct err *err)
{
    struct wide wide;
    UErrorCode status = U_ZERO_ERROR;
    if (!wide_of(a, text, &wide, err))
        return false;
    int32_t room = 2 * wide.len + 4; // only U+0130 grows
    UChar *small = arena_new(a, UChar, (size_t)room);
    if (small == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room to fold the text");
    int32_t len = u_strToLower(small, room, wide.ptr, wide.len, f->locale, &status);
    if (U_FAILURE(status))
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    *ret_len = prepare(small, len);
    *ret = small;
    return true;
}

static bool add_all(struct folder *f, const UChar *text, int32_t len, struct arena *a,
                    struct folded *ret, struct err *err)
{
    int32_t from = ubrk_first(f->breaks);
    for (int32_t to = ubrk_next(f->breaks); to != UBRK_DONE; to = ubrk_next(f->breaks)) {
        int32_t start = from;
        from = to;
        if (ubrk_getRuleStatus(f->breaks) < UBRK_WORD_NUMBER)
            continue;
        bool han = is_han(text, start, len);
        if (han && start > 0 && is_han(text, start - 1, len))
            continue; // the run began before
        bool done = han ? add_han(f, text, start, han_end(text, start, len), a, ret, err)
                        : add_word(f, text + start, to - start, a, ret, err);
        if (!done)
            return false;
    }
    return true;
}

static bool join(struct folded *to, struct arena *a, struct err *err)
{
    struct buffer b;
    buffer_init(&b, a, (size_t)4 * FOLD_TEXT_BYTES_MAX * 2);
    for (size_t i = 0; i < to->count; i++)
        buffer_str(&b, to->words[i].text);
    return buffer_take_str(&b, &to->joined, err);
}

bool folder_words(struct folder *f, struct str text, struct arena *a, struct folded *ret,
                  struct err *err)
{
    UChar *small = NULL;
    int32_t len = 0;
    UErrorCode status = U_ZERO_ERROR;
    CHECK(f->breaks != NULL);
    ret->count = 0;
    ret->joined = STR("");
    if (text.len > FOLD_TEXT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a text of %zu octets", text.len);
    if (!lower(f, text, a, &small, &len, err))
        return false;
    ubrk_setText(f->breaks, small, len, &status);
    if (U_FAILURE(status))
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    return add_all(f, small, len, a, ret, err) && join(ret, a, err);
}

// -- comparing ------------------------------------------------------------------------------------
static size_t chars_of(struct str s, size_t octets)
{
    size_t n = 0;
    for (size_t i = 0; i < octets; i++)
        n += ((uint8_t)s.ptr[i] & 0xc0u) != 0x80u ? 1u : 0u;
    return n;
}

static size_t common_chars(struct str a, struct str b)
{
    size_t same = 0;
    while (same < a.len && same < b.len && a.ptr[same] == b.ptr[same])
        same++;
    while (same > 0 && same < a.len && ((uint8_t)a.ptr[same] & 0xc0u) == 0x80u)
        same--;
    return chars_of(a, same);
}

// Suffixes grow to the right and soften the last letter of what they follow ("trafik", "trafiği").
static bool begins_alike(struct str a, struct str b)
{
    enum { LEAST = 3, SURE = 5 };
    size_t one = chars_of(a, a.len);
    size_t other = chars_of(b, b.len);
    size_t least = one < other ? one : other;
    size_t most = one < other ? other : one;
    size_t same = common_chars(a, b);
    if (same < LEAST || most > 3 * same)
        return false;
    return same == least || (same >= SURE - 1 && same + 1 == least && most <= 2 * same);
}

// Is the one character looked for in the pair?
static bool han_within(struct str sought, struct str word)
{
    if (chars_of(sought, sought.len) != 1 || sought.len != 3 || word.len != 6)
        return false;
    return memcmp(word.ptr, sought.ptr, 3) == 0 || memcmp(word.ptr + 3, sought.ptr, 3) == 0;
}

enum fold_likeness fold_compare(const struct folded_word *sought, const struct folded_word *word)
{
    if (str_eq(sought->text, word->text))
        return FOLD_SAME;
    if (str_eq(sought->stem, word->stem))
        return FOLD_STEM;
    if (begins_alike(sought->text, word->text) || han_within(sought->text, word->text))
        return FOLD_BEGINS;
    return FOLD_UNLIKE;
}
