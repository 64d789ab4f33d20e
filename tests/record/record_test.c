// Records: one encoding, every line in its place, and what officers approve.
#include "record/registry.h"
#include "record/type/message.h"
#include "tests/record/made.h"

enum { ROOM = 4 << 20 };

// Reads; if accepted, the writer must give back the same octets. Returns whether it was accepted.
static bool reads_and_writes_back(struct arena *scratch, struct bytes text)
{
    struct err err = {0};
    struct record r;
    struct str again;
    if (!record_read(scratch, text, &r, &err)) {
        EXPECT(err.kind != ERR_NONE);
        return false;
    }
    EXPECT_OK(record_write(scratch, &r, &again, &err));
    EXPECT(bytes_eq(str_bytes(again), text));
    return true;
}
static bool accepted(struct bytes text)
{
    struct arena scratch;
    arena_init(&scratch, ROOM);
    bool good = reads_and_writes_back(&scratch, text);
    arena_release(&scratch);
    return good;
}

TEST(every_type_reads_and_writes_back_the_same)
{
    for (size_t i = 0; i < MADE_TEXTS; i++)
        EXPECT(accepted(octets(made_texts[i])));
}
TEST(a_message_is_read_into_typed_fields)
{
    struct arena a;
    struct err err = {0};
    struct record r;
    arena_init(&a, ROOM);
    EXPECT_OK(record_read(&a, octets(MADE_MESSAGE), &r, &err));
    const struct message *m = r.payload;
    EXPECT(str_eq(r.log, STR("xa.example/demo")));
    EXPECT(r.from.desk == DESK_TECHNICAL && !r.open && r.filled && !r.exercise);
    EXPECT(r.tlp == TLP_AMBER_STRICT && r.precedence == PRECEDENCE_IMMEDIATE);
    EXPECT(r.ref.serial == 12 && r.ref.year == 2026);
    EXPECT(r.attachments_count == 2 && r.attachments[0].size == 48211);
    EXPECT(r.seen_count == 2 && r.seen[0].size == 4711);
    EXPECT(m->lines_count == 3 && m->texts_count == 2);
    EXPECT(m->has_answers && m->has_replaces && m->has_circular);
    arena_release(&a);
}
TEST(a_text_cut_anywhere_is_refused)
{
    for (size_t i = 0; i < MADE_TEXTS; i++) {
        struct bytes whole = octets(made_texts[i]);
        for (size_t n = 0; n < whole.len; n++) {
            struct bytes cut = {whole.ptr, n};
            // what may be left out at the end may be cut off with its whole line
            if (accepted(cut))
                EXPECT(n > 0 && whole.ptr[n - 1] == '\n');
        }
    }
}
TEST(no_changed_octet_is_read_as_something_else)
{
    static const uint8_t changes[] = {0x01, 0x20, 0x80, 0x02, 0x10};
    for (size_t i = 0; i < MADE_TEXTS; i++) {
        struct bytes whole = octets(made_texts[i]);
        uint8_t copy[4096];
        EXPECT(whole.len <= sizeof copy);
        for (size_t at = 0; at < whole.len; at++) {
            for (size_t c = 0; c < sizeof changes; c++) {
                memcpy(copy, whole.ptr, whole.len);
                copy[at] ^= changes[c];
                (void)accepted(bytes_of(copy, whole.len)); // EXPECTs the round trip
            }
        }
    }
}

// -- lines -------------------------------------------------------------------------------------
struct rows {
    struct str row[64];
    size_t count;
};
static struct rows rows_of(const char *text)
{
    struct rows r = {.count = 0};
    struct str rest = str_of(text);
    rest.len--;
    while (r.count < 64 && str_split(&rest, '\n', &r.row[r.count]))
        r.count++;
    return r;
}
static struct bytes join(const struct rows *r, char to[8192])
{
    size_t len = 0;
    for (size_t i = 0; i < r->count; i++) {
        memcpy(to + len, r->row[i].ptr, r->row[i].len);
        len += r->row[i].len;
        to[len++] = '\n';
    }
    return bytes_of(to, len);
}
static bool is_either(struct str row, const char *key)
{
    return str_starts(row, str_of(key));
}
TEST(lines_out_of_their_order_are_refused)
{
    char room[8192];
    for (size_t i = 0; i < MADE_TEXTS; i++) {
        struct rows all = rows_of(made_texts[i]);
        for (size_t x = 0; x < all.count; x++) {
            for (size_t y = x + 1; y < all.count; y++) {
                struct rows r = all;
                r.row[x] = all.row[y];
                r.row[y] = all.row[x];
                // the order of paragraphs and of attachments is the author's
                bool free = (is_either(r.row[x], "text ") && is_either(r.row[y], "text ")) ||
                            (is_either(r.row[x], "attach ") && is_either(r.row[y], "attach "));
                EXPECT(accepted(join(&r, room)) == free);
            }
        }
    }
}
TEST(no_line_stands_twice_and_none_is_strange)
{
    char room[8192];
    for (size_t i = 0; i < MADE_TEXTS; i++) {
        struct rows all = rows_of(made_texts[i]);
        for (size_t x = 0; x < all.count; x++) {
            struct rows r = all;
            r.count++;
            for (size_t y = all.count; y > x; y--)
                r.row[y] = all.row[y - 1];
            bool paragraph = is_either(r.row[x], "text ");
            EXPECT(accepted(join(&r, room)) == paragraph);
            r.row[x] = STR("comment hello");
            EXPECT(!accepted(join(&r, room)));
            r.row[x] = STR("");
            EXPECT(!accepted(join(&r, room)));
        }
    }
}
TEST(only_optional_lines_may_be_left_out)
{
    static const char *const optional[] = {"marking ", "answers ", "replaces ", "circular ",
                                           "text ",    "attach ",  "seen ",     "03 "};
    char room[8192];
    for (size_t i = 0; i < MADE_TEXTS; i++) {
        struct rows all = rows_of(made_texts[i]);
        for (size_t x = 0; x < all.count; x++) {
            struct rows r = all;
            bool may = false;
            for (size_t o = 0; o < sizeof optional / sizeof optional[0]; o++)
                may = may || is_either(all.row[x], optional[o]);
            r.count--;
            for (size_t y = x; y < r.count; y++)
                r.row[y] = all.row[y + 1];
            EXPECT(accepted(join(&r, room)) == may);
        }
    }
}

// -- single rules ------------------------------------------------------------------------------
static void expect_refused(const char *old, const char *new, enum err_kind kind)
{
    struct arena a;
    struct err err;
    struct record r = {.filled = false};
    arena_init(&a, ROOM);
    EXPECT_ERR(record_read(&a, octets(with(&a, MADE_MESSAGE, old, new)), &r, &err), kind);
    EXPECT(!r.filled && r.type == NULL); // outputs stay untouched
    arena_release(&a);
}
TEST(characters_that_deceive_the_eye_are_refused)
{
    static const char *const bad[] = {
        "\xe2\x80\xae",     // U+202E right-to-left override
        "\xe2\x81\xa6",     // U+2066 isolate
        "\xc2\x85",         // U+0085, C1
        "\x7f",             // DEL
        "\t",               //
        "\r",               //
        "\xe2\x80\xa8",     // U+2028
        "\xef\xbf\xbe",     // U+FFFE
        "\xc2\xad",         // U+00AD soft hyphen
        "\xe2\x80\x8b",     // U+200B zero-width space
        "e\xcc\x81",        // not NFC
        "\xed\xa0\x80",     // a surrogate
        "\xff",             //
        "\xf0\x9d\x85\xb3", // U+1D173, default ignorable
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_refused("at night", bad[i], ERR_MALFORMED);
}
TEST(a_nul_is_refused)
{
    static const char text[] = MADE_MESSAGE;
    uint8_t copy[sizeof text - 1];
    memcpy(copy, text, sizeof copy);
    copy[40] = 0;
    EXPECT(!accepted(bytes_of(copy, sizeof copy)));
}
TEST(parties_and_reference_agree)
{
    expect_refused("from XA/technical", "from XA", ERR_MALFORMED);
    expect_refused("to XB/technical", "to XB", ERR_MALFORMED);
    expect_refused("to XB/technical", "to XA/technical", ERR_MALFORMED);
    expect_refused("to XB/technical", "to XC/technical", ERR_MALFORMED);
    expect_refused("to XB/technical", "to all", ERR_MALFORMED);
    expect_refused("to XB/technical", "to all XB", ERR_MALFORMED);
    expect_refused("to XB/technical", "to ", ERR_MALFORMED);
    expect_refused("ref XA/XB-2026-0012", "ref XA-2026-0012", ERR_MALFORMED);
    expect_refused("ref XA/XB-2026-0012", "ref XB/XA-2026-0012", ERR_MALFORMED);
    expect_refused("ref XA/XB-2026-0012", "ref XA/XC-2026-0012", ERR_MALFORMED);
    expect_refused("ref XA/XB-2026-0012", "ref XA/XB-2026-12", ERR_MALFORMED);
    expect_refused("marking XA:", "marking XB:", ERR_MALFORMED);
    expect_refused("2026-07-14T04:01:05Z", "2026-07-14T04:01:60Z", ERR_MALFORMED);
    expect_refused("2026-07-14T04:01:05Z", "2026-02-30T04:01:05Z", ERR_MALFORMED);
    expect_refused("exercise no", "exercise NO", ERR_MALFORMED);
}
TEST(an_unknown_type_is_unsupported_and_named)
{
    struct arena a;
    struct err err;
    struct record r;
    struct str type;
    arena_init(&a, ROOM);
    const char *text = with(&a, MADE_MESSAGE, "type message", "type treaty");
    EXPECT_ERR(record_read(&a, octets(text), &r, &err), ERR_UNSUPPORTED);
    EXPECT(strstr(err.text, "treaty") != NULL);
    EXPECT_OK(record_peek_type(octets(text), &type, &err));
    EXPECT(str_eq(type, STR("treaty")));
    arena_release(&a);
}
TEST(attachments_are_distinct_bounded_and_well_named)
{
    expect_refused(HASH_B " 12 text/plain notes.txt", HASH_A " 12 text/plain notes.txt",
                   ERR_MALFORMED);
    expect_refused("notes.txt", "indicators.json", ERR_MALFORMED);
    expect_refused("notes.txt", "../notes.txt", ERR_MALFORMED);
    expect_refused("notes.txt", ".notes", ERR_MALFORMED);
    expect_refused("notes.txt", "Notes.txt", ERR_MALFORMED);
    expect_refused("notes.txt", "a b.txt", ERR_MALFORMED);
    expect_refused(" 12 text/plain", " 0 text/plain", ERR_MALFORMED);
    expect_refused(" 12 text/plain", " 012 text/plain", ERR_MALFORMED);
    expect_refused(" 12 text/plain", " 1073741825 text/plain", ERR_MALFORMED);
    expect_refused("text/plain", "text", ERR_MALFORMED);
    expect_refused("text/plain", "text/plain;", ERR_MALFORMED);
    expect_refused("text/plain", "text/plain/x", ERR_MALFORMED);
    expect_refused("text/plain", "text/\xc3\xa9", ERR_MALFORMED);
}
TEST(seen_lines_are_sorted_and_each_origin_stands_once)
{
    expect_refused("seen xc.example", "seen xa.example", ERR_MALFORMED);
    expect_refused("seen xc.example", "seen xb.example", ERR_MALFORMED);
    expect_refused("demo 4711 ", "demo 04711 ", ERR_MALFORMED);
    expect_refused("demo 4711 ", "demo 9223372036854775808 ", ERR_MALFORMED);
    expect_refused("qqqo=", "qqqq=", ERR_MALFORMED);
    expect_refused("qqqo=", "qqqo", ERR_MALFORMED);
}
TEST(counts_above_their_bound_are_a_limit)
{
    struct arena a;
    struct err err;
    struct record r;
    struct buffer b;
    arena_init(&a, 16 << 20);
    buffer_init(&b, &a, 1 << 20);
    buffer_str(&b, STR(MADE_HEAD MADE_FILLED MADE_HANDLING "codebook 1 " HASH_A "\n01 P01\n"));
    for (unsigned i = 0; i < ATTACHMENT_COUNT_MAX + 1; i++)
        buffer_fmt(&b, "attach sha256:%064x 1 text/plain f%u\n", i + 1, i);
    EXPECT_ERR(record_read(&a, buffer_bytes(&b), &r, &err), ERR_LIMIT);
    buffer_init(&b, &a, 1 << 20);
    buffer_str(&b, STR(MADE_HEAD MADE_FILLED MADE_HANDLING "codebook 1 " HASH_A "\n01 P01\n"));
    for (unsigned i = 0; i < MESSAGE_TEXTS_MAX + 1; i++)
        buffer_str(&b, STR("text en again\n"));
    EXPECT_ERR(record_read(&a, buffer_bytes(&b), &r, &err), ERR_LIMIT);
    buffer_init(&b, &a, 1 << 20);
    buffer_str(&b, STR(MADE_HEAD MADE_FILLED MADE_HANDLING "codebook 1 " HASH_A "\n01 P01\n"));
    for (unsigned i = 0; i < RECORD_SEEN_MAX + 1; i++)
        buffer_fmt(&b, "seen x%04u.example/demo 1 " ROOT_A "\n", i);
    EXPECT_ERR(record_read(&a, buffer_bytes(&b), &r, &err), ERR_LIMIT);
    arena_release(&a);
}
TEST(a_hundredth_line_is_refused)
{
    struct arena a;
    struct buffer b;
    arena_init(&a, ROOM);
    buffer_init(&b, &a, 1 << 20);
    buffer_str(&b, STR(MADE_HEAD MADE_FILLED MADE_HANDLING "codebook 1 " HASH_A "\n"));
    for (unsigned i = 1; i <= 99; i++)
        buffer_fmt(&b, "%02u P01\n", i);
    EXPECT(accepted(buffer_bytes(&b)));
    buffer_str(&b, STR("100 P01\n"));
    EXPECT(!accepted(buffer_bytes(&b)));
    arena_release(&a);
}
TEST(a_text_leaves_room_for_its_signature_line)
{
    struct arena a;
    struct err err = {0};
    struct record r;
    struct buffer b;
    arena_init(&a, 16 << 20);
    buffer_init(&b, &a, 1 << 20);
    buffer_str(&b, STR(MADE_HEAD MADE_FILLED MADE_HANDLING "codebook 1 " HASH_A "\n01 P01\n"));
    buffer_str(&b, STR("text en "));
    while (buffer_bytes(&b).len < RECORD_TEXT_BYTES_MAX - 1)
        buffer_str(&b, STR("x"));
    buffer_str(&b, STR("\n"));
    EXPECT(accepted(buffer_bytes(&b)));
    const char *text;
    EXPECT_OK(arena_cstr(&a, (struct str){(const char *)b.ptr, b.len}, &text, &err));
    struct bytes note = made_note(&a, text, "xa.example/demo", "technical", 1);
    EXPECT(note.len <= RECORD_BYTES_MAX);
    struct buffer more;
    buffer_init(&more, &a, 1 << 20);
    buffer_put(&more, bytes_of(buffer_bytes(&b).ptr, buffer_bytes(&b).len - 1));
    buffer_str(&more, STR("x\n"));
    EXPECT_ERR(record_read(&a, buffer_bytes(&more), &r, &err), ERR_LIMIT);
    while (buffer_bytes(&more).len <= RECORD_BYTES_MAX)
        buffer_str(&more, STR("x"));
    EXPECT_ERR(record_read(&a, buffer_bytes(&more), &r, &err), ERR_LIMIT);
    arena_release(&a);
}
TEST(an_arena_too_small_is_a_limit_and_no_crash)
{
    for (size_t room = 0; room < 6000; room += 100) {
        struct arena a;
        struct err err = {0};
        struct record r;
        arena_init(&a, room);
        if (!record_read(&a, octets(MADE_MESSAGE), &r, &err))
            EXPECT(err.kind == ERR_LIMIT);
        arena_release(&a);
    }
}
TEST(the_registry_finds_each_type_by_its_name_once)
{
    size_t count = 0;
    for (const struct record_type *t; (t = record_type_at(count)) != NULL; count++) {
        EXPECT(record_type_find(str_of(t->name)) == t);
        EXPECT(t->read && t->write && t->source && t->summary);
        EXPECT(t->text_bytes_max > 0 && t->text_bytes_max <= RECORD_BYTES_MAX);
        EXPECT(!t->as_it_is || t->reach == RECORD_OPEN_ONLY); // what is sealed never stands whole
    }
    EXPECT(count >= 4);
    EXPECT(record_type_find(STR("messag")) == NULL);
    EXPECT(record_type_find(STR("")) == NULL);
}
