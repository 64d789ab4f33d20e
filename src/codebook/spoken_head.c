#include "codebook/spoken_head.h"

#include "base/encode.h"
#include "codebook/spelling.h"
#include "codebook/spoken_check.h"
#include "codebook/spoken_pack.h"

#define CLAUSE "docs/spoken.md, heading"

enum { FORM_RECORD = '1', FORM_LINES = '2' };
enum {
    FLAG_EXERCISE = 1,
    FLAG_ANSWERS = 2,
    FLAG_REPLACES = 4,
    FLAG_MARKING = 8,
    FLAG_MORE = 16,
};
enum { BOOK_START = 6, NOTE_START = 8 };

// FIRST TLP 2.0, rising.
static const char *const tlp_words[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
enum { TLP_WORDS = sizeof tlp_words / sizeof tlp_words[0] };

static void put_hex(struct writer *to, const char *lower)
{
    for (; *lower != '\0'; lower++)
        writer_u8(to, (uint8_t)ascii_upper(*lower));
}

static void take_hex(struct spoken_in *in, char *ret, size_t digits)
{
    for (size_t i = 0; i < digits; i++) {
        char c = spoken_take(in);
        in->failed = in->failed || !ascii_is_hex(c);
        ret[i] = ascii_lower(c);
    }
    ret[digits] = '\0';
}

static bool hex_ok(const char *text, size_t digits)
{
    for (size_t i = 0; i < digits; i++)
        if (!ascii_is_hex(text[i]) || ascii_is_upper(text[i]))
            return false;
    return text[digits] == '\0';
}

// -- addresses: the State is in the reference, the desk in the book -------------------------------

struct parties {
    struct str from, to; // States; `to` is "all" for an open record
};

static struct parties parties_of(struct str ref)
{
    const char *slash = memchr(ref.ptr, '/', ref.len);
    const char *hyphen = memchr(ref.ptr, '-', ref.len);
    CHECK(hyphen != NULL); // a reference was read
    size_t end = (size_t)(hyphen - ref.ptr);
    if (slash == NULL)
        return (struct parties){str_slice(ref, 0, end), STR("all")};
    size_t at = (size_t)(slash - ref.ptr);
    return (struct parties){str_slice(ref, 0, at), str_slice(ref, at + 1, end)};
}

static bool ref_ok(struct str ref)
{
    struct value value;
    struct err none = {0};
    return parameter_read(PARAMETER_REFERENCE, NULL, NULL, ref, &value, &none);
}

static bool put_desk(const struct book *book, struct str state, struct str address,
                     struct writer *to, struct err *err)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    if (!str_starts(address, state) || (address.len > state.len && address.ptr[state.len] != '/'))
        return err_set(err, ERR_MALFORMED, CLAUSE, "%.*s is not of the State in the reference",
                       STR_ARG(address));
    if (address.len == state.len) {
        spoken_put_number(to, 0, 2);
        return true;
    }
    struct str desk = str_slice(address, state.len + 1, address.len);
    const struct book_code *code = desks == NULL ? NULL : book_table_code(desks, desk);
    if (code == NULL)
        return err_set(err, ERR_NOT_FOUND, CLAUSE, "the codebook has no desk %.*s", STR_ARG(desk));
    spoken_put_number(to, (uint64_t)(code - desks->codes) + 1, 2);
    return true;
}

static bool take_desk(struct spoken_in *in, const struct book *book, struct str state,
                      struct arena *a, struct str *ret, struct err *err)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    uint64_t place = spoken_take_number(in, 2);
    *ret = state;
    if (in->failed || place == 0)
        return true;
    if (desks == NULL || place > desks->codes_count || str_eq(state, STR("all"))) {
        in->failed = true;
        return true;
    }
    return arena_fmt(a, ret, err, "%.*s/%.*s", STR_ARG(state),
                     STR_ARG(desks->codes[place - 1].code));
}

// -- texts
// -----------------------------------------------------------------------------------------

static bool take_text(struct spoken_in *in, struct arena *a, struct str *ret, struct err *err)
{
    char text[PARAMETER_TEXT_BYTES];
    struct writer to = writer_of(text, sizeof text);
    spoken_take_text(in, SPOKEN_CAPITAL, &to);
    return arena_str(a, (struct str){text, to.len}, ret, err);
}

static bool put_named(const struct spoken_named *named, struct writer *to, struct err *err)
{
    if (named->ref.len == 0)
        return true;
    if (!ref_ok(named->ref) || !hex_ok(named->start, NOTE_START))
        return err_set(err, ERR_MALFORMED, CLAUSE, "what is answered or replaced is not named");
    spoken_put_text(to, SPOKEN_CAPITAL, named->ref);
    put_hex(to, named->start);
    return true;
}

static bool take_named(struct spoken_in *in, bool given, struct arena *a, struct spoken_named *ret,
                       struct err *err)
{
    if (!given)
        return true;
    if (!take_text(in, a, &ret->ref, err))
        return false;
    take_hex(in, ret->start, NOTE_START);
    in->failed = in->failed || !ref_ok(ret->ref);
    return true;
}

// [A-Z0-9-] and one colon, as record/address.h has it.
static bool marking_ok(struct str marking)
{
    size_t colons = 0;
    for (size_t i = 0; i < marking.len; i++) {
        char c = marking.ptr[i];
        colons += c == ':' ? 1 : 0;
        if (!ascii_is_upper(c) && !ascii_is_digit(c) && c != '-' && c != ':')
            return false;
    }
    return colons == 1 && marking.len <= 64;
}

// -- the heading ----------------------------------------------------------------------------------

static unsigned flags_of(const struct spoken_heading *h)
{
    unsigned flags = h->exercise ? FLAG_EXERCISE : 0;
    if (!h->of_record)
        return flags;
    flags |= h->answers.ref.len > 0 ? FLAG_ANSWERS : 0;
    flags |= h->replaces.ref.len > 0 ? FLAG_REPLACES : 0;
    flags |= h->marking.len > 0 ? FLAG_MARKING : 0;
    flags |= h->more ? FLAG_MORE : 0;
    return flags;
}

static bool put_tlp(struct str tlp, struct writer *to, struct err *err)
{
    unsigned place = 0;
    for (unsigned i = 0; i < TLP_WORDS; i++)
        if (str_eq(tlp, str_of(tlp_words[i])))
            place = i + 1;
    writer_u8(to, (uint8_t)spoken_symbol(place));
    return place > 0 || tlp.len == 0 ||
           err_set(err, ERR_MALFORMED, CLAUSE, "%.*s is no TLP", STR_ARG(tlp));
}

static bool put_envelope(const struct book *book, const struct spoken_heading *h, struct writer *to,
                         struct err *err)
{
    if (!ref_ok(h->ref))
        return err_set(err, ERR_MALFORMED, CLAUSE, "a record is spoken with its reference");
    struct parties parties = parties_of(h->ref);
    writer_u8(to, (uint8_t)spoken_symbol((unsigned)h->precedence + 1));
    if (!put_tlp(h->tlp, to, err))
        return false;
    spoken_put_time(to, h->time);
    spoken_put_text(to, SPOKEN_CAPITAL, h->ref);
    if (!put_desk(book, parties.from, h->from, to, err) ||
        !put_desk(book, parties.to, h->to, to, err))
        return false;
    if (h->marking.len > 0 && !marking_ok(h->marking))
        return err_set(err, ERR_MALFORMED, CLAUSE, "a marking is a State, a colon and its code");
    if (h->marking.len > 0)
        spoken_put_text(to, SPOKEN_CAPITAL, h->marking);
    return put_named(&h->answers, to, err) && put_named(&h->replaces, to, err);
}

bool spoken_pack_heading(const struct book *book, const struct spoken_heading *h, struct writer *to,
                         struct err *err)
{
    CHECK(h->lines_count >= 1);
    CHECK(h->lines_count <= PHRASE_LINES_MAX);
    CHECK(h->precedence < PRECEDENCE_COUNT);
    writer_u8(to, (uint8_t)(h->of_record ? FORM_RECORD : FORM_LINES));
    spoken_put_number(to, h->book_version, 1);
    writer_u8(to, 'Z');
    put_hex(to, h->book_start);
    spoken_put_number(to, h->lines_count, 2);
    writer_u8(to, (uint8_t)spoken_symbol(flags_of(h)));
    if (h->of_record && !put_envelope(book, h, to, err))
        return false;
    if (to->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "the heading is too long to be spoken");
    return true;
}

static const struct book *book_of(const struct shelf *shelf, const struct spoken_heading *h)
{
    const struct book *found = NULL;
    for (size_t i = 0; i < shelf->count; i++) {
        char start[2 * (BOOK_START / 2) + 1];
        hex_write(bytes_of(shelf->books[i]->hash.octets, BOOK_START / 2), start);
        if (shelf->books[i]->version != h->book_version || strcmp(start, h->book_start) != 0)
            continue;
        if (found != NULL)
            return NULL; // two that could be meant: nobody guesses
        found = shelf->books[i];
    }
    return found;
}

static unsigned take_first(struct spoken_in *in, struct spoken_heading *h)
{
    char number[16];
    uint64_t version = 0;
    struct writer to = writer_of(number, sizeof number);
    char form = spoken_take(in);
    h->of_record = form == FORM_RECORD;
    spoken_take_text(in, SPOKEN_SMALL, &to);
    take_hex(in, h->book_start, BOOK_START);
    h->lines_count = (uint32_t)spoken_take_number(in, 2);
    unsigned flags = spoken_value(spoken_take(in));
    bool good = !in->failed && (form == FORM_RECORD || form == FORM_LINES) &&
                decimal_read((struct str){number, to.len}, 999999, &version) && version > 0 &&
                h->lines_count > 0 && (h->of_record || flags <= FLAG_EXERCISE);
    in->failed = !good;
    h->book_version = (uint32_t)version;
    h->exercise = (flags & FLAG_EXERCISE) != 0;
    h->more = (flags & FLAG_MORE) != 0;
    return flags;
}

static bool take_envelope(struct spoken_in *in, const struct book *book, unsigned flags,
                          struct arena *a, struct spoken_heading *h, struct err *err)
{
    unsigned precedence = spoken_value(spoken_take(in));
    unsigned tlp = spoken_value(spoken_take(in));
    if (in->failed || precedence < 1 || precedence > PRECEDENCE_COUNT || tlp > TLP_WORDS) {
        in->failed = true;
        return true;
    }
    h->precedence = (enum precedence)(precedence - 1);
    h->tlp = tlp == 0 ? STR("") : str_of(tlp_words[tlp - 1]);
    h->time = spoken_take_time(in);
    if (!take_text(in, a, &h->ref, err))
        return false;
    if (in->failed || !ref_ok(h->ref)) {
        in->failed = true;
        return true;
    }
    struct parties parties = parties_of(h->ref);
    if (!take_desk(in, book, parties.from, a, &h->from, err) ||
        !take_desk(in, book, parties.to, a, &h->to, err))
        return false;
    if ((flags & FLAG_MARKING) != 0) {
        if (!take_text(in, a, &h->marking, err))
            return false;
        in->failed = in->failed || !marking_ok(h->marking);
    }
    return take_named(in, (flags & FLAG_ANSWERS) != 0, a, &h->answers, err) &&
           take_named(in, (flags & FLAG_REPLACES) != 0, a, &h->replaces, err);
}

// One spelling: the heading written again is what was heard, and zeros fill it.
static bool heading_is(const struct book *book, const struct spoken_heading *h, struct str symbols)
{
    char again[SPOKEN_LINE_SYMBOLS_MAX];
    struct writer to = writer_of(again, sizeof again);
    struct err none = {0};
    if (!spoken_pack_heading(book, h, &to, &none) || to.len > symbols.len ||
        symbols.len - to.len >= SPOKEN_GROUP_CHARS || memcmp(again, symbols.ptr, to.len) != 0)
        return false;
    for (size_t i = to.len; i < symbols.len; i++)
        if (symbols.ptr[i] != '0')
            return false;
    return true;
}

bool spoken_unpack_heading(const struct shelf *shelf, struct str symbols, struct arena *a,
                           struct spoken_heading *ret, const struct book **ret_book,
                           struct err *err)
{
    struct spoken_in in = {.rest = symbols};
    struct spoken_heading h = {.of_record = false};
    unsigned flags = take_first(&in, &h);
    const struct book *book = in.failed ? NULL : book_of(shelf, &h);
    if (!in.failed && book != NULL && h.of_record && !take_envelope(&in, book, flags, a, &h, err))
        return false;
    if (in.failed || (book != NULL && !heading_is(book, &h, symbols)))
        return err_set(err, ERR_MALFORMED, CLAUSE, "the heading makes no sense");
    *ret = h;
    *ret_book = book;
    return true;
}

// -- the closing ----------------------------------------------------------------------------------

void spoken_pack_groups(const uint32_t *groups, size_t count, struct writer *to)
{
    for (size_t i = 0; i < count; i++)
        spoken_put_number(to, groups[i], SPOKEN_GROUP_DIGITS);
}

bool spoken_unpack_groups(struct str symbols, size_t count, uint32_t *ret_groups)
{
    struct spoken_in in = {.rest = symbols};
    for (size_t i = 0; i < count; i++)
        ret_groups[i] = (uint32_t)spoken_take_number(&in, SPOKEN_GROUP_DIGITS);
    if (in.failed || in.rest.len >= SPOKEN_GROUP_CHARS)
        return false;
    for (size_t i = 0; i < in.rest.len; i++)
        if (in.rest.ptr[i] != '0')
            return false;
    return true;
}
