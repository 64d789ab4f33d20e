// record/address.c - the written forms of names, references and handling.
#include "record/address.h"

#include "base/encode.h"
#include "base/limits.h"

#include <stdio.h>

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
// All of `s` in a class.
static bool all_of(struct str s, bool (*is)(char c))
{
    for (size_t i = 0; i < s.len; i++)
        if (!is(s.ptr[i]))
            return false;
    return true;
}
static bool is_code_char(char c)
{
    return is_upper(c) || is_digit(c);
}
static bool is_marking_char(char c)
{
    return is_code_char(c) || c == '-';
}
// Finds the position of `mark`; s.len when it is not there.
static size_t find(struct str s, char mark)
{
    const char *hit = s.len ? memchr(s.ptr, mark, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : s.len;
}
// The index of a word in a table whose entry 0 is no value; 0 when it is not there.
static int word_index(struct str word, const char *const *words, int count)
{
    for (int i = 1; i < count; i++)
        if (str_eq(word, str_of(words[i])))
            return i;
    return 0;
}

bool state_code_read(struct str text, struct state_code *ret)
{
    if (text.len < 2 || text.len > STATE_CODE_CHARS_MAX)
        return false;
    if (!is_upper(text.ptr[0]) || !all_of(text, is_code_char))
        return false;
    struct state_code made = {{0}};
    memcpy(made.text, text.ptr, text.len);
    *ret = made;
    return true;
}

// -- desks and addresses -----------------------------------------------------------------------
static const char *const desk_words[DESK_COUNT] = {"", "technical", "diplomatic", "judicial",
                                                   "coordination"};
const char *desk_word(enum desk desk)
{
    CHECK(desk < DESK_COUNT);
    return desk_words[desk];
}
bool desk_read(struct str word, enum desk *ret)
{
    int found = word_index(word, desk_words, DESK_COUNT);
    if (!found)
        return false;
    *ret = (enum desk)found;
    return true;
}

bool address_read(struct str text, struct address *ret)
{
    struct address made = {0};
    size_t slash = find(text, '/');
    if (!state_code_read(str_slice(text, 0, slash), &made.state))
        return false;
    if (slash < text.len && !desk_read(str_slice(text, slash + 1, text.len), &made.desk))
        return false;
    *ret = made;
    return true;
}
void address_write(const struct address *address, char ret_text[ADDRESS_CHARS_MAX + 1])
{
    const char *mark = address->desk == DESK_NONE ? "" : "/";
    int wrote = snprintf(ret_text, ADDRESS_CHARS_MAX + 1, "%s%s%s", address->state.text, mark,
                         desk_word(address->desk));
    CHECK(wrote >= 0 && wrote <= ADDRESS_CHARS_MAX);
}
bool address_eq(const struct address *a, const struct address *b)
{
    return state_code_eq(&a->state, &b->state) && a->desk == b->desk;
}

// -- references --------------------------------------------------------------------------------
// "0012": at least four digits, zero-filled to four and no further, 1 to SERIAL_MAX.
static bool serial_read(struct str text, uint32_t *ret)
{
    if (text.len < 4 || text.len > 10 || (text.len > 4 && text.ptr[0] == '0'))
        return false;
    while (text.len > 1 && text.ptr[0] == '0')
        text = str_slice(text, 1, text.len);
    uint64_t n;
    if (!decimal_read(text, SERIAL_MAX, &n) || n == 0)
        return false;
    *ret = (uint32_t)n;
    return true;
}
static bool year_read(struct str text, uint16_t *ret)
{
    uint64_t n;
    if (text.len != 4 || !decimal_read(text, 9999, &n) || n < 1970)
        return false;
    *ret = (uint16_t)n;
    return true;
}
bool ref_read(struct str text, struct ref *ret)
{
    struct ref made = {0};
    size_t dash = find(text, '-');
    struct str who = str_slice(text, 0, dash);
    size_t slash = find(who, '/');
    if (dash == text.len || !state_code_read(str_slice(who, 0, slash), &made.from))
        return false;
    if (slash < who.len && !state_code_read(str_slice(who, slash + 1, who.len), &made.to))
        return false;
    struct str rest = str_slice(text, dash + 1, text.len);
    size_t second = find(rest, '-');
    if (second == rest.len || !year_read(str_slice(rest, 0, second), &made.year))
        return false;
    if (!serial_read(str_slice(rest, second + 1, rest.len), &made.serial))
        return false;
    *ret = made;
    return true;
}
void ref_write(const struct ref *ref, char ret_text[REF_CHARS_MAX + 1])
{
    CHECK(ref->serial >= 1 && ref->serial <= SERIAL_MAX);
    CHECK(ref->year >= 1970 && ref->year <= 9999);
    const char *mark = ref_is_open(ref) ? "" : "/";
    int wrote = snprintf(ret_text, REF_CHARS_MAX + 1, "%s%s%s-%04u-%04u", ref->from.text, mark,
                         ref->to.text, (unsigned)ref->year, (unsigned)ref->serial);
    CHECK(wrote >= 0 && wrote <= REF_CHARS_MAX);
}
bool ref_same_serial(const struct ref *a, const struct ref *b)
{
    return state_code_eq(&a->from, &b->from) && state_code_eq(&a->to, &b->to) &&
           a->serial == b->serial;
}
bool ref_eq(const struct ref *a, const struct ref *b)
{
    return ref_same_serial(a, b) && a->year == b->year;
}

bool named_record_read(struct str text, struct named_record *ret)
{
    struct named_record made;
    size_t space = find(text, ' ');
    if (space == text.len || !ref_read(str_slice(text, 0, space), &made.ref))
        return false;
    if (!digest_read(str_slice(text, space + 1, text.len), &made.note))
        return false;
    *ret = made;
    return true;
}
void named_record_write(const struct named_record *n, char ret_text[NAMED_RECORD_CHARS_MAX + 1])
{
    ref_write(&n->ref, ret_text);
    size_t at = strlen(ret_text);
    ret_text[at] = ' ';
    digest_write(&n->note, ret_text + at + 1);
}

// -- handling ----------------------------------------------------------------------------------
static const char *const tlp_words[TLP_COUNT] = {"",      "CLEAR",        "GREEN",
                                                 "AMBER", "AMBER+STRICT", "RED"};
const char *tlp_word(enum tlp tlp)
{
    CHECK(tlp < TLP_COUNT);
    return tlp_words[tlp];
}
bool tlp_read(struct str word, enum tlp *ret)
{
    int found = word_index(word, tlp_words, TLP_COUNT);
    if (!found)
        return false;
    *ret = (enum tlp)found;
    return true;
}

bool marking_read(struct str text, struct marking *ret)
{
    struct marking made = {0};
    size_t colon = find(text, ':');
    if (colon == text.len || !state_code_read(str_slice(text, 0, colon), &made.state))
        return false;
    struct str code = str_slice(text, colon + 1, text.len);
    if (code.len == 0 || code.len >= sizeof made.code || !all_of(code, is_marking_char))
        return false;
    memcpy(made.code, code.ptr, code.len);
    *ret = made;
    return true;
}
void marking_write(const struct marking *marking, char ret_text[MARKING_CHARS_MAX + 1])
{
    int wrote =
        snprintf(ret_text, MARKING_CHARS_MAX + 1, "%s:%s", marking->state.text, marking->code);
    CHECK(wrote >= 0 && wrote <= MARKING_CHARS_MAX);
}

bool language_is_tag(struct str text)
{
    struct str rest = text, part;
    if (text.len > LANGUAGE_CHARS_MAX || text.len < 2 || text.ptr[text.len - 1] == '-')
        return false;
    if (!str_split(&rest, '-', &part) || part.len < 2 || part.len > 3 || !all_of(part, is_lower))
        return false;
    if (!str_split(&rest, '-', &part))
        return true;
    if (part.len == 4) { // a script: "Latn"
        if (!is_upper(part.ptr[0]) || !all_of(str_slice(part, 1, 4), is_lower))
            return false;
        if (!str_split(&rest, '-', &part))
            return true;
    }
    bool country = part.len == 2 && all_of(part, is_upper);
    bool area = part.len == 3 && all_of(part, is_digit);
    return (country || area) && !str_split(&rest, '-', &part);
}

bool key_name_of(struct str origin, const char *role, struct arena *a, struct str *ret,
                 struct err *err)
{
    return arena_fmt(a, ret, err, "%.*s/%s", STR_ARG(origin), role);
}
