// Finding a phrase: every item of every language leads to its phrase, however it is typed.
#include "codebook/find.h"
#include "tests/codebook/samples.h"

#include <stdio.h>
#include <unicode/ustring.h>

struct shelf_of {
    struct arena arena;
    struct codebook books;
    struct find_index *index; // of the language that was opened last
};

static void set_up(struct shelf_of *s)
{
    struct err err = {0};
    arena_init(&s->arena, (size_t)512 << 20);
    EXPECT_OK(codebook_embedded(&s->arena, &s->books, &err));
    s->index = NULL;
}

static void open_language(struct shelf_of *s, struct str language, bool only)
{
    struct err err = {0};
    find_close(s->index);
    EXPECT_OK(find_open(&s->books, s->books.current, language, only, &s->arena, &s->index, &err));
}

static void tear_down(struct shelf_of *s)
{
    find_close(s->index);
    arena_release(&s->arena);
}

// The place at which the phrase is found, from 1; 0: not.
static size_t place_of(struct shelf_of *s, struct str query, struct str code,
                       enum find_reason *ret_reason)
{
    struct err err = {0};
    struct found found[FIND_FOUND_MAX];
    size_t count = 0;
    EXPECT_OK(find_phrases(s->index, query, found, &count, &err));
    for (size_t i = 0; i < count; i++) {
        *ret_reason = found[i].reason;
        if (str_eq(found[i].phrase->code, code))
            return i + 1;
    }
    return 0;
}

typedef bool change(struct arena *a, struct str language, struct str item, struct str *ret);

// Every item of `words` of a language, changed, is found among the first `most`.
static size_t walk_items(struct shelf_of *s, const struct rendering *r, change *how, size_t most)
{
    size_t missed = 0;
    for (size_t i = 0; i < r->words_count; i++) {
        struct str rest = r->words[i].text;
        struct str item;
        while (rendering_words_next(&rest, &item)) {
            enum find_reason reason = FIND_REASON_COUNT;
            struct str typed = item;
            if (how != NULL)
                EXPECT(how(&s->arena, r->language, item, &typed));
            size_t place = place_of(s, typed, r->words[i].key, &reason);
            if (place >= 1 && place <= most && (how != NULL || reason == FIND_EXACT))
                continue;
            print_message("%.*s %.*s: \"%.*s\" is found at %zu\n", STR_ARG(r->language),
                          STR_ARG(r->words[i].key), STR_ARG(typed), place);
            missed++;
        }
    }
    return missed;
}

static void walk_languages(change *how, bool only, size_t most)
{
    struct shelf_of s;
    size_t missed = 0;
    set_up(&s);
    for (size_t i = 0; i < s.books.renderings_count; i++) {
        open_language(&s, s.books.renderings[i].language, only);
        missed += walk_items(&s, &s.books.renderings[i], how, most);
    }
    EXPECT(missed == 0);
    tear_down(&s);
}

TEST(every_item_of_words_finds_its_phrase_first)
{
    walk_languages(NULL, true, 1);
}

TEST(it_does_so_among_all_languages_where_the_reader_s_own_comes_first)
{
    walk_languages(NULL, false, 1);
}

static bool upper(struct arena *a, struct str language, struct str item, struct str *ret)
{
    UChar wide[1024], big[1024];
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0, bytes = 0;
    char locale[8] = {0};
    char *out = arena_new(a, char, 4096);
    memcpy(locale, language.ptr, language.len < 7 ? language.len : 7);
    (void)u_strFromUTF8(wide, 1024, &len, item.ptr, (int32_t)item.len, &status);
    len = u_strToUpper(big, 1024, wide, len, locale, &status);
    (void)u_strToUTF8(out, 4096, &bytes, big, len, &status);
    *ret = (struct str){out, (size_t)bytes};
    return out != NULL && U_SUCCESS(status);
}

TEST(capital_letters_make_no_difference)
{
    walk_languages(upper, true, 1);
}

// As people type who have no other keyboard at hand.
static const struct {
    const char *language, *from, *to;
} plain_letters[] = {
    {"ru", "ё", "е"}, {"ru", "й", "и"}, {"tr", "ı", "i"}, {"tr", "İ", "I"}, {"tr", "ş", "s"},
    {"tr", "ğ", "g"}, {"tr", "ç", "c"}, {"tr", "ö", "o"}, {"tr", "ü", "u"}, {"tr", "â", "a"},
    {"ar", "أ", "ا"}, {"ar", "إ", "ا"}, {"ar", "آ", "ا"}, {"ar", "ة", "ه"}, {"ar", "ى", "ي"},
    {"fa", "ی", "ي"}, {"fa", "ک", "ك"}, {"fa", "آ", "ا"}, {"kk", "ә", "а"}, {"kk", "ғ", "г"},
    {"kk", "қ", "к"}, {"kk", "ң", "н"}, {"kk", "ө", "о"}, {"kk", "ұ", "у"}, {"kk", "ү", "у"},
    {"kk", "һ", "х"}, {"kk", "і", "и"},
};

static void put_plain(struct buffer *b, struct str language, struct str letter)
{
    for (size_t i = 0; i < sizeof plain_letters / sizeof plain_letters[0]; i++)
        if (str_eq(language, str_of(plain_letters[i].language)) &&
            str_eq(letter, str_of(plain_letters[i].from)))
            letter = str_of(plain_letters[i].to);
    buffer_str(b, letter);
}

static bool plain(struct arena *a, struct str language, struct str item, struct str *ret)
{
    struct buffer b;
    struct err err = {0};
    buffer_init(&b, a, 4096);
    for (size_t i = 0; i < item.len;) {
        size_t n = text_char_bytes(str_slice(item, i, item.len));
        put_plain(&b, language, str_slice(item, i, i + n));
        i += n;
    }
    return buffer_take_str(&b, ret, &err);
}

TEST(letters_without_their_marks_do_too)
{
    walk_languages(plain, true, 1);
}

// Harakat and tatweel as a careful or a playful writer sets them.
static bool adorned(struct arena *a, struct str language, struct str item, struct str *ret)
{
    struct buffer b;
    struct err err = {0};
    bool arabic = str_eq(language, STR("ar")) || str_eq(language, STR("fa"));
    buffer_init(&b, a, 8192);
    for (size_t i = 0; i < item.len;) {
        size_t n = text_char_bytes(str_slice(item, i, item.len));
        buffer_str(&b, str_slice(item, i, i + n));
        if (arabic && n == 2)
            buffer_str(&b, i % 4 == 0 ? STR("َ") : STR("ـ"));
        i += n;
    }
    return buffer_take_str(&b, ret, &err);
}

TEST(harakat_and_tatweel_make_no_difference)
{
    walk_languages(adorned, true, 1);
}

// -- inflected ------------------------------------------------------------------------------------
static const struct {
    const char *language, *typed, *code;
} inflected[] = {
    {"en", "attacks from your countries", "N02"},
    {"en", "hostile traffics", "N02"},
    {"en", "they said again", "P10"},
    {"en", "publishing embargoed", "R09"},
    {"en", "preserving the logs", "R23"},
    {"en", "apologies", "C06"},
    {"ru", "атаки из ваших стран", "N02"},
    {"ru", "враждебного трафика", "N02"},
    {"ru", "плановых учений", "N08"},
    {"ru", "шифровальщиком", "N01"},
    {"ru", "нужна была помощь", "R06"},
    {"ru", "сохраните логи", "R23"},
    {"ar", "الهجوم من دولتكم", "N02"},
    {"ar", "هجمات من دولتكم", "N02"},
    {"tr", "ülkelerinizden saldırılar", "N02"},
    {"tr", "dusmanca trafigin", "N02"},
    {"tr", "fidye yazılımlarından", "N01"},
    {"fa", "حمله‌هایی از کشورتان", "N02"},
    {"fa", "ترافيك‌هاي مخرب", "N02"},
    {"fa", "باج‌افزارها", "N01"},
    {"fa", "باج افزار", "N01"},
    {"fa", "باجافزار", "N01"},
    {"kk", "сіздің елден шабуылдар", "N02"},
    {"kk", "зиянды трафиктің", "N02"},
    {"kk", "сиздин елден шабуылдын", "N02"},
    {"zh", "贵国的恶意流量", "N02"},
    {"zh", "我们遭到网络攻击了", "N01"},
    {"zh", "请贵方重新发送一遍", "P10"},
};

TEST(inflected_words_find_the_phrase_among_the_first_three)
{
    struct shelf_of s;
    size_t missed = 0;
    set_up(&s);
    for (size_t i = 0; i < sizeof inflected / sizeof inflected[0]; i++) {
        enum find_reason reason = FIND_REASON_COUNT;
        const struct rendering *r =
            codebook_rendering(&s.books, s.books.current, str_of(inflected[i].language));
        if (r == NULL)
            continue; // a language that this program does not carry
        open_language(&s, str_of(inflected[i].language), true);
        size_t place = place_of(&s, str_of(inflected[i].typed), str_of(inflected[i].code), &reason);
        if (place >= 1 && place <= 3)
            continue;
        print_message("%s: %s is found at %zu\n", inflected[i].typed, inflected[i].code, place);
        missed++;
    }
    EXPECT(missed == 0);
    tear_down(&s);
}

// -- everything else ------------------------------------------------------------------------------
TEST(a_code_finds_its_phrase_in_either_case)
{
    struct shelf_of s;
    enum find_reason reason = FIND_REASON_COUNT;
    set_up(&s);
    open_language(&s, STR("en"), false);
    EXPECT(place_of(&s, STR("N02"), STR("N02"), &reason) == 1);
    EXPECT(reason == FIND_CODE);
    EXPECT(place_of(&s, STR("n02"), STR("N02"), &reason) == 1);
    tear_down(&s);
}

TEST(nonsense_finds_nothing)
{
    static const char *const nonsense[] = {"",    " ",   "qwzxv", "....", "xyzzy plugh",
                                           "Z99", "77",  "ъъъ",   "\x7e", "ﷺ",
                                           "😀😀",  "ᚠᚢᚦ", "の",    "=",    "%%"};
    struct shelf_of s;
    set_up(&s);
    open_language(&s, STR("en"), false);
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        struct err err = {0};
        struct found found[FIND_FOUND_MAX];
        size_t count = 99;
        EXPECT_OK(find_phrases(s.index, str_of(nonsense[i]), found, &count, &err));
        if (count != 0)
            fail_msg("\"%s\" finds %.*s", nonsense[i], STR_ARG(found[0].phrase->code));
    }
    tear_down(&s);
}

TEST(a_long_query_is_refused_and_one_of_many_words_too)
{
    struct shelf_of s;
    struct err err = {0};
    struct found found[FIND_FOUND_MAX];
    size_t count = 99;
    static char query[10001];
    set_up(&s);
    open_language(&s, STR("en"), false);
    memset(query, 'a', sizeof query - 1);
    EXPECT_ERR(find_phrases(s.index, str_of(query), found, &count, &err), ERR_LIMIT);
    for (size_t i = 0; i < FIND_QUERY_BYTES_MAX; i++)
        query[i] = i % 2 == 0 ? 'a' : ' ';
    query[FIND_QUERY_BYTES_MAX] = '\0';
    EXPECT_ERR(find_phrases(s.index, str_of(query), found, &count, &err), ERR_LIMIT);
    memset(query, 'a', FIND_QUERY_BYTES_MAX);
    err = (struct err){0};
    EXPECT_OK(find_phrases(s.index, str_of(query), found, &count, &err));
    EXPECT(count == 0);
    tear_down(&s);
}

TEST(the_same_words_find_the_same_in_the_same_order)
{
    struct shelf_of s;
    struct found first[FIND_FOUND_MAX], again[FIND_FOUND_MAX];
    struct err err = {0};
    size_t first_count = 0, again_count = 0;
    set_up(&s);
    open_language(&s, STR("en"), false);
    EXPECT_OK(find_phrases(s.index, STR("request information"), first, &first_count, &err));
    open_language(&s, STR("en"), false);
    EXPECT_OK(find_phrases(s.index, STR("request information"), again, &again_count, &err));
    EXPECT(first_count > 0);
    EXPECT(first_count == again_count);
    for (size_t i = 0; i < first_count; i++)
        EXPECT(first[i].phrase == again[i].phrase);
    tear_down(&s);
}

TEST(a_pattern_reads_as_a_sentence_without_its_values)
{
    static const struct {
        const char *pattern, *sentence;
    } cases[] = {
        {"Notice. Class: {class}.{has-sector, select, yes { Sector: {sector}.} other {}}",
         "Notice. Class: …."},
        {"{count, plural, one {# system} other {# systems}} by {by}.", "… systems by …."},
        {"{has-by, select, yes {By {by}.} other {As you can.}}", "As you can."},
        {"}{", ""},
        {"{{{", ""},
        {"", ""},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct str text;
        EXPECT_OK(find_sentence(str_of(cases[i].pattern), &a, &text, &err));
        if (!str_eq(text, str_of(cases[i].sentence)))
            fail_msg("%s: %.*s", cases[i].pattern, STR_ARG(text));
    }
    arena_release(&a);
}
