#include "codebook/spoken.h"
#include "codebook/spoken_check.h"
#include "codebook/spoken_pack.h"
#include "tests/codebook/samples.h"
#include "tests/codebook/spoken_exhaust.h"

#include <stdio.h>

// -- ISO 7064 -------------------------------------------------------------------------------------

TEST(the_example_of_iso_7064_has_its_check_characters)
{
    char check[SPOKEN_CHECK_CHARS + 1];
    iso7064_write(STR("ISO79"), check);
    EXPECT(strcmp(check, "3W") == 0);
    EXPECT(iso7064_agrees(STR("ISO793W")));
    EXPECT(!iso7064_agrees(STR("ISO793V")));
    EXPECT(!iso7064_agrees(STR("")));
    EXPECT(!iso7064_agrees(STR("3")));
}

// The check is linear: a change is noticed when its weight times the difference is no multiple of
// 1271, whatever the other characters are. So all blocks of 20 are walked by their differences.
TEST(every_wrong_character_and_every_exchange_of_two_is_noticed_in_twenty)
{
    int weight[SPOKEN_BLOCK_CHARS_MAX] = {1};
    for (size_t i = 1; i < SPOKEN_BLOCK_CHARS_MAX; i++)
        weight[i] = weight[i - 1] * 36 % 1271;
    for (size_t i = 0; i < SPOKEN_BLOCK_CHARS_MAX; i++)
        for (int d = 1; d < 36; d++) {
            EXPECT(d * weight[i] % 1271 != 0);
            for (size_t k = 0; k < i; k++)
                EXPECT(d * (weight[i] - weight[k]) % 1271 != 0);
        }
}

// A block's first two characters, whatever two digits they become.
TEST(every_other_line_number_is_noticed)
{
    char block[SPOKEN_BLOCK_CHARS_MAX + 1] = "0011000000000000";
    size_t len = strlen(block);
    for (unsigned said = 0; said < 100; said++) {
        (void)snprintf(block, 3, "%02u", said);
        block[2] = '1';
        spoken_seal(block, len, 4);
        EXPECT(iso7064_agrees(str_of(block)));
        for (unsigned heard = 0; heard < 100; heard++) {
            (void)snprintf(block, 3, "%02u", heard);
            block[2] = '1';
            EXPECT(iso7064_agrees(str_of(block)) == (said == heard));
        }
    }
}

// The filler stands 15, 11, 7 or 3 places before the end; what is before and behind it counts only
// by its sum. All sums at all places have a filler, else spoken_seal ends the program.
TEST(a_filler_is_found_for_every_sum_and_length)
{
    for (size_t len = 8; len <= SPOKEN_BLOCK_CHARS_MAX; len += 4) {
        bool reached[1271] = {false};
        size_t sums = 0;
        for (unsigned i = 0; i < 32 * 32 * 32 && sums < 1271; i++) {
            char block[SPOKEN_BLOCK_CHARS_MAX + 1] = "00000000000000000000";
            char check[SPOKEN_CHECK_CHARS + 1];
            block[0] = spoken_symbol(i % 32);
            block[1] = spoken_symbol(i / 32 % 32);
            block[2] = spoken_symbol(i / 1024);
            iso7064_write((struct str){block, len - 2}, check);
            block[len] = '\0';
            spoken_seal(block, len, 4);
            EXPECT(iso7064_agrees(str_of(block)));
            size_t key = 0;
            for (size_t k = 0; k < 2; k++)
                key = key * 36 +
                      (check[k] <= '9' ? (size_t)(check[k] - '0') : (size_t)(check[k] - 'A') + 10);
            sums += reached[key] ? 0 : 1;
            reached[key] = true;
        }
        EXPECT(sums == 1271);
    }
}

// -- lines ----------------------------------------------------------------------------------------

static struct codebook *books(struct arena *a)
{
    static struct codebook c;
    struct err err = {0};
    arena_init(a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(a, &c, &err));
    return &c;
}

static struct spoken_heading sample_heading(void)
{
    struct spoken_heading h = {.of_record = true,
                               .ref = STR("XA/XB-2026-0012"),
                               .from = STR("XA/technical"),
                               .to = STR("XB/technical"),
                               .precedence = PRECEDENCE_IMMEDIATE,
                               .tlp = STR("AMBER")};
    EXPECT(moment_read(STR("2026-07-14T04:01:05Z"), &h.time));
    return h;
}

static struct spoken speak(const struct book *book, struct spoken_heading heading,
                           const struct phrase_line *lines, size_t count, const struct digest *note,
                           struct arena *a)
{
    struct err err = {0};
    struct spoken spoken;
    struct spoken_message m = {book, heading, lines, count, note};
    EXPECT_OK(spoken_write(&m, a, &spoken, &err));
    return spoken;
}

static struct heard hear(const struct shelf *shelf, const struct spoken *spoken, struct arena *a)
{
    struct err err = {0};
    struct heard heard;
    EXPECT_OK(spoken_hear(shelf, exhaust_text(spoken->blocks, spoken->count, SIZE_MAX, a), a,
                          &heard, &err));
    return heard;
}

static struct str text_of(const struct phrase_line *line, struct arena *a)
{
    struct err err = {0};
    struct buffer to;
    struct str text;
    buffer_init(&to, a, 1 << 16);
    EXPECT_OK(phrase_line_write(line, &to, &err));
    EXPECT_OK(buffer_take_str(&to, &text, &err));
    return text;
}

static void expect_same(const struct phrase_line *said, const struct heard *heard, size_t count,
                        struct arena *a)
{
    if (!heard->whole)
        fail_msg("%.*s", STR_ARG(heard->problems[0].text));
    EXPECT(heard->lines_count == count);
    for (size_t i = 0; i < count; i++) {
        struct str one = text_of(&said[i], a), two = text_of(&heard->lines[i], a);
        if (!str_eq(one, two))
            fail_msg("said %.*s, heard %.*s", STR_ARG(one), STR_ARG(two));
    }
}

TEST(every_phrase_of_the_book_comes_back_as_it_was_said)
{
    struct arena a;
    const struct codebook *c = books(&a);
    for (size_t i = 0; i < c->current->phrases_count; i++) {
        const struct phrase *p = &c->current->phrases[i];
        struct phrase_line lines[2] = {sample_line(p, 1, true), sample_line(p, 2, false)};
        struct digest note = digest_of(str_bytes(p->meaning));
        struct spoken with = speak(c->current, sample_heading(), lines, 2, &note, &a);
        struct heard heard = hear(&c->shelf, &with, &a);
        struct err err = {0};
        expect_same(lines, &heard, 2, &a);
        EXPECT_OK(heard_is(&heard, &with.heading, lines, 2, &note, &err));
        struct spoken alone = speak(c->current, (struct spoken_heading){0}, lines, 2, NULL, &a);
        EXPECT(alone.count < with.count);
        heard = hear(&c->shelf, &alone, &a);
        expect_same(lines, &heard, 2, &a);
        EXPECT(!heard.has_groups);
    }
    arena_release(&a);
}

// Values that are awkward for their type, each in its canonical spelling.
static const struct {
    enum parameter_type type;
    const char *text;
} awkward[] = {
    {PARAMETER_TIME, "1970-01-01T00:00:00Z"},
    {PARAMETER_TIME, "9999-12-31T23:59:59Z"},
    {PARAMETER_INTERVAL, "2026-07-14T02:10:00Z/2026-07-14T02:10:00Z"},
    {PARAMETER_STATE, "XA"},
    {PARAMETER_STATE, "ULIO0119"},
    {PARAMETER_LEVEL, "XA:HIGH"},
    {PARAMETER_LEVEL, "XULIO:4-OIL-UXYZ"},
    {PARAMETER_COUNT, "0"},
    {PARAMETER_COUNT, "999999999999999"},
    {PARAMETER_DURATION, "P1D"},
    {PARAMETER_DURATION, "PT1H"},
    {PARAMETER_DURATION, "PT90M"},
    {PARAMETER_DURATION, "PT315000001S"},
    {PARAMETER_PREFIX, "0.0.0.0/0"},
    {PARAMETER_PREFIX, "198.51.100.0/24"},
    {PARAMETER_PREFIX, "198.51.100.128/25"},
    {PARAMETER_PREFIX, "203.0.113.255/32"},
    {PARAMETER_PREFIX, "::/0"},
    {PARAMETER_PREFIX, "2001:db8::/32"},
    {PARAMETER_PREFIX, "2001:db8:0:2::/63"},
    {PARAMETER_PREFIX, "2001:db8::1/128"},
    {PARAMETER_AS, "AS1"},
    {PARAMETER_AS, "AS4294967295"},
    {PARAMETER_DOMAIN, "a.example"},
    {PARAMETER_DOMAIN, "xn--bcher-kva.example"},
    {PARAMETER_DOMAIN, "oil-lulu.xyz.example"},
    {PARAMETER_URL, "https://a.example/"},
    {PARAMETER_URL, "https://a.example:8443/XYZ~oilu/OILU?q%3D1&z%5B%5D'()*+,;@!$"},
    {PARAMETER_HASH, "md5:00112233445566778899aabbccddeeff"},
    {PARAMETER_HASH, "sha1:0123456789abcdef0123456789abcdef01234567"},
    {PARAMETER_HASH, "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {PARAMETER_HASH, "sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {PARAMETER_PRODUCT, "vendor:pro_duct"},
    {PARAMETER_PRODUCT, "vendor:product:1.0+oil~u"},
    {PARAMETER_VULNERABILITY, "CVE-2026-0001"},
    {PARAMETER_VULNERABILITY, "CVE-2026-1234567"},
    {PARAMETER_REFERENCE, "XA/XB-2026-0012"},
    {PARAMETER_REFERENCE, "XULIO/XYZ-2026-123456"},
    {PARAMETER_REFERENCE, "XA-2026-0001"},
    {PARAMETER_LINE, "01"},
    {PARAMETER_LINE, "99"},
    {PARAMETER_LANGUAGE, "ru"},
    {PARAMETER_LANGUAGE, "zh-Hant"},
};

// A book of one phrase for each type, so that no type is left out whatever the book holds.
static void book_of_types(struct arena *a, struct book *ret)
{
    struct err err = {0};
    struct buffer to;
    buffer_init(&to, a, 1 << 20);
    buffer_fmt(&to, "elchi codebook v1\nname types\nversion 1\n\ntable desk\nsource design\n"
                    "checked unchecked\ncode technical A desk\n");
    for (unsigned type = PARAMETER_TIME; type < PARAMETER_TYPE_COUNT; type++)
        buffer_fmt(&to,
                   "\nphrase O%02u\nmeaning One value.\nparameter it %s required\nreply none\n"
                   "response none\nstand-by no\nrespond none\noffer none\ndesks technical\n"
                   "precedence FLASH\nsource design\nchecked unchecked\n",
                   type, parameter_type_word((enum parameter_type)type));
    EXPECT_OK(book_parse(buffer_bytes(&to), a, ret, &err));
}

static struct phrase_line line_of(enum parameter_type type, const char *value, struct arena *a)
{
    struct err err = {0};
    struct str text;
    struct phrase_line line;
    EXPECT_OK(arena_fmt(a, &text, &err, "01 O%02u it=%s", (unsigned)type, value));
    EXPECT_OK(phrase_line_read(text, &line, &err));
    return line;
}

TEST(every_type_of_value_comes_back_byte_for_byte)
{
    struct arena a;
    struct shelf shelf = {.count = 0};
    struct book book;
    struct err err = {0};
    uint32_t seen = 1u << PARAMETER_TABLE; // every phrase of the book, above
    (void)books(&a);
    book_of_types(&a, &book);
    EXPECT_OK(shelf_put(&shelf, &book, &err));
    for (size_t i = 0; i < sizeof awkward / sizeof awkward[0]; i++) {
        struct phrase_line line = line_of(awkward[i].type, awkward[i].text, &a);
        struct spoken spoken = speak(&book, (struct spoken_heading){0}, &line, 1, NULL, &a);
        struct heard heard = hear(&shelf, &spoken, &a);
        expect_same(&line, &heard, 1, &a);
        seen |= 1u << awkward[i].type;
    }
    EXPECT(seen == (1u << PARAMETER_TYPE_COUNT) - 1);
    arena_release(&a);
}

TEST(every_visible_character_has_one_spelling)
{
    char all[128], back[128];
    uint8_t symbols[512];
    size_t len = 0;
    for (char c = 0x21; c < 0x7f; c++)
        if (c != '=')
            all[len++] = c;
    for (int usual = SPOKEN_SMALL; usual <= SPOKEN_CAPITAL; usual++) {
        struct writer to = writer_of(symbols, sizeof symbols), read = writer_of(back, sizeof back);
        spoken_put_text(&to, (enum spoken_case)usual, (struct str){all, len});
        struct spoken_in in = {.rest = {(const char *)symbols, to.len}};
        spoken_take_text(&in, (enum spoken_case)usual, &read);
        EXPECT(!in.failed);
        EXPECT(in.rest.len == 0);
        EXPECT(bytes_eq(writer_bytes(&read), bytes_of(all, len)));
        for (size_t i = 0; i < to.len; i++)
            EXPECT(spoken_value((char)symbols[i]) < SPOKEN_SYMBOLS);
    }
}

TEST(what_no_31_blocks_hold_is_refused)
{
    struct arena a;
    struct book book;
    struct err err = {0};
    char url[600] = "https://a.example/";
    (void)books(&a);
    book_of_types(&a, &book);
    memset(url + strlen(url), 'a', 400);
    struct phrase_line line = line_of(PARAMETER_URL, url, &a);
    struct spoken spoken;
    struct spoken_message m = {.book = &book, .lines = &line, .lines_count = 1};
    EXPECT_ERR(spoken_write(&m, &a, &spoken, &err), ERR_LIMIT);
    EXPECT_OK(phrase_line_read(STR("01 N77"), &line, &err));
    EXPECT_ERR(spoken_write(&m, &a, &spoken, &err), ERR_NOT_FOUND);
    arena_release(&a);
}

// -- the heading ----------------------------------------------------------------------------------

static void expect_heading(struct spoken_heading said)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct digest note = digest_of(str_bytes(STR("a note")));
    struct phrase_line line;
    struct err err = {0};
    EXPECT_OK(phrase_line_read(STR("01 C01"), &line, &err));
    struct spoken spoken = speak(c->current, said, &line, 1, &note, &a);
    struct heard heard = hear(&c->shelf, &spoken, &a);
    EXPECT(heard.whole);
    EXPECT_OK(heard_is(&heard, &spoken.heading, &line, 1, &note, &err));
    // Each field counts.
    struct spoken_heading other = spoken.heading;
    other.exercise = !other.exercise;
    EXPECT_ERR(heard_is(&heard, &other, &line, 1, &note, &err), ERR_CONFLICT);
    note.octets[31] ^= 1;
    EXPECT_ERR(heard_is(&heard, &spoken.heading, &line, 1, &note, &err), ERR_CONFLICT);
    arena_release(&a);
}

TEST(every_field_of_the_heading_comes_back)
{
    struct spoken_heading h = sample_heading();
    expect_heading(h);
    h.exercise = true;
    h.more = true;
    h.marking = STR("XA:NO-OIL7");
    h.answers = (struct spoken_named){STR("XB/XA-2026-0007"), "0123cdef"};
    h.replaces = (struct spoken_named){STR("XA/XB-2026-0003"), "89abcdef"};
    expect_heading(h);
    h = sample_heading();
    h.ref = STR("XULIO-2026-123456789");
    h.from = STR("XULIO/diplomatic");
    h.to = STR("all");
    h.tlp = STR("CLEAR");
    h.precedence = PRECEDENCE_FLASH;
    expect_heading(h);
    h.from = STR("XULIO");
    h.tlp = STR("");
    expect_heading(h);
}

TEST(a_heading_that_contradicts_itself_is_not_spoken)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct digest note = {0};
    struct phrase_line line;
    struct err err = {0};
    struct spoken spoken;
    EXPECT_OK(phrase_line_read(STR("01 C01"), &line, &err));
    struct spoken_message m = {c->current, sample_heading(), &line, 1, &note};
    m.heading.from = STR("XC/technical");
    EXPECT_ERR(spoken_write(&m, &a, &spoken, &err), ERR_MALFORMED);
    m.heading = sample_heading();
    m.heading.to = STR("XB/unknown");
    EXPECT_ERR(spoken_write(&m, &a, &spoken, &err), ERR_NOT_FOUND);
    m.heading = sample_heading();
    m.heading.ref = STR("");
    EXPECT_ERR(spoken_write(&m, &a, &spoken, &err), ERR_MALFORMED);
    m.heading = sample_heading();
    m.heading.answers = (struct spoken_named){STR("XB/XA-2026-0007"), "0123CDEF"};
    EXPECT_ERR(spoken_write(&m, &a, &spoken, &err), ERR_MALFORMED);
    arena_release(&a);
}

// -- hearing --------------------------------------------------------------------------------------

static const char *const incident[] = {
    ("01 N02 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z "
     "prefix=198.51.100.0/24 confidence=3"),
    "02 R01 by=2026-07-14T12:00:00Z",
    "03 C01",
};
enum { INCIDENT_LINES = 3 };

static struct spoken speak_incident(const struct codebook *c, struct arena *a,
                                    struct phrase_line lines[INCIDENT_LINES])
{
    struct err err = {0};
    struct str texts[INCIDENT_LINES];
    struct digest note = digest_of(str_bytes(STR("a note")));
    for (size_t i = 0; i < INCIDENT_LINES; i++)
        texts[i] = str_of(incident[i]);
    EXPECT_OK(phrase_lines_read(texts, INCIDENT_LINES, lines, &err));
    return speak(c->current, sample_heading(), lines, INCIDENT_LINES, &note, a);
}

TEST(whatever_small_thing_goes_wrong_is_noticed_and_its_place_asked_for)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    size_t hearings = spoken_exhaust(&c->shelf, &spoken);
    EXPECT(hearings > 10000);
    struct spoken alone =
        speak(c->current, (struct spoken_heading){0}, lines, INCIDENT_LINES, NULL, &a);
    EXPECT(spoken_exhaust(&c->shelf, &alone) > 5000);
    arena_release(&a);
}

TEST(the_order_of_blocks_case_groups_and_look_alikes_do_not_matter)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    struct err err = {0};
    struct heard heard;
    struct buffer to;
    buffer_init(&to, &a, 1 << 16);
    for (size_t i = spoken.count; i-- > 0;) {
        const char *text = spoken.blocks[i].text;
        for (size_t k = 0; text[k] != '\0'; k++) {
            char shown = text[k];
            if (shown == '0')
                shown = i % 2 == 0 ? 'O' : 'o';
            if (shown == '1')
                shown = i % 2 == 0 ? 'l' : 'I';
            buffer_fmt(&to, "%s%c", k % 4 == 0 ? " -." : "",
                       shown >= 'A' && shown <= 'Z' && k % 2 == 0 ? shown + 32 : shown);
        }
        buffer_fmt(&to, i % 3 == 0 ? "\r\n\n" : "\n");
    }
    EXPECT_OK(spoken_hear(&c->shelf, buffer_bytes(&to), &a, &heard, &err));
    expect_same(lines, &heard, INCIDENT_LINES, &a);
    arena_release(&a);
}

static bool has_problem(const struct heard *heard, enum heard_kind kind, uint32_t line,
                        uint32_t block, const char *text)
{
    for (size_t i = 0; i < heard->problems_count; i++) {
        const struct heard_problem *p = &heard->problems[i];
        if (p->kind == kind && p->line == line && p->block == block)
            return str_eq(p->text, str_of(text));
    }
    return false;
}

TEST(all_that_is_wrong_is_said_at_once_with_line_and_block)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    struct spoken_block blocks[32];
    struct err err = {0};
    struct heard heard;
    size_t n = 0, line1 = 0;
    EXPECT(spoken.count <= 32);
    for (size_t i = 0; i < spoken.count; i++) {
        blocks[n] = spoken.blocks[i];
        line1 = blocks[n].line == 1 ? blocks[n].count : line1;
        bool left_out = (blocks[n].line == 1 && blocks[n].number == 2) || blocks[n].line == 3;
        if (blocks[n].line == 1 && blocks[n].number == 3)
            blocks[n].text[9] = blocks[n].text[9] == '7' ? '8' : '7';
        n += left_out ? 0 : 1;
    }
    EXPECT_OK(spoken_hear(&c->shelf, exhaust_text(blocks, n, SIZE_MAX, &a), &a, &heard, &err));
    EXPECT(!heard.whole);
    EXPECT(heard.problems_count == 3);
    EXPECT(has_problem(&heard, HEARD_CHECK, 1, 3,
                       "line 01 block 3 does not agree with its check characters: ask for it "
                       "again"));
    struct str missing;
    EXPECT_OK(arena_fmt(&a, &missing, &err, "line 01: block 2 of %zu was not heard", line1));
    EXPECT(has_problem(&heard, HEARD_MISSING, 1, 2, missing.ptr));
    EXPECT(has_problem(&heard, HEARD_MISSING, 3, 0, "line 03 was not heard"));
    EXPECT(heard.lines_count == 1); // what was heard whole is there
    EXPECT(heard.lines[0].number == 2);
    arena_release(&a);
}

TEST(nothing_at_all_misses_heading_and_closing)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct err err = {0};
    struct heard heard;
    EXPECT_OK(spoken_hear(&c->shelf, (struct bytes){0}, &a, &heard, &err));
    EXPECT(!heard.whole);
    EXPECT(heard.problems_count == 2);
    EXPECT(has_problem(&heard, HEARD_MISSING, SPOKEN_HEADING, 0,
                       "the heading (line 00) was not heard"));
    arena_release(&a);
}

// The person types the block anew below; the wrong one above may stay.
TEST(a_block_said_again_mends_what_was_wrong)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    struct spoken_block blocks[64];
    struct err err = {0};
    struct heard heard;
    EXPECT(spoken.count < 64);
    memcpy(blocks, spoken.blocks, spoken.count * sizeof blocks[0]);
    blocks[7].text[8] = blocks[7].text[8] == 'A' ? 'B' : 'A';
    blocks[spoken.count] = spoken.blocks[7];
    EXPECT_OK(
        spoken_hear(&c->shelf, exhaust_text(blocks, spoken.count, SIZE_MAX, &a), &a, &heard, &err));
    EXPECT(!heard.whole);
    EXPECT_OK(spoken_hear(&c->shelf, exhaust_text(blocks, spoken.count + 1, SIZE_MAX, &a), &a,
                          &heard, &err));
    expect_same(lines, &heard, INCIDENT_LINES, &a);
    EXPECT(heard.passed_over == 1);
    arena_release(&a);
}

TEST(blocks_of_another_message_do_not_slip_in)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    struct phrase_line other[INCIDENT_LINES];
    struct err err = {0};
    struct heard heard;
    memcpy(other, lines, sizeof other);
    EXPECT_OK(phrase_line_read(STR("03 C02"), &other[2], &err));
    struct digest note = digest_of(str_bytes(STR("another note")));
    struct spoken second = speak(c->current, sample_heading(), other, INCIDENT_LINES, &note, &a);
    EXPECT(second.count == spoken.count);
    struct spoken_block blocks[64];
    memcpy(blocks, spoken.blocks, spoken.count * sizeof blocks[0]);
    for (size_t i = 0; i < spoken.count; i++)
        if (blocks[i].line == 3)
            blocks[i] = second.blocks[i];
    EXPECT_OK(
        spoken_hear(&c->shelf, exhaust_text(blocks, spoken.count, SIZE_MAX, &a), &a, &heard, &err));
    EXPECT(!heard.whole);
    EXPECT(heard.problems_count == 1);
    EXPECT(heard.problems[0].kind == HEARD_APART);
    arena_release(&a);
}

TEST(a_codebook_that_is_not_held_is_named_and_its_lines_not_guessed)
{
    struct arena a;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    struct shelf empty = {.count = 0};
    struct heard heard = hear(&empty, &spoken, &a);
    EXPECT(!heard.whole);
    EXPECT(heard.problems_count == 1);
    EXPECT(heard.problems[0].kind == HEARD_BOOK);
    EXPECT(heard.lines_count == 0);
    EXPECT(heard.book == NULL);
    arena_release(&a);
}

TEST(hearing_stops_at_its_bounds)
{
    struct arena a, small;
    const struct codebook *c = books(&a);
    struct phrase_line lines[INCIDENT_LINES];
    struct spoken spoken = speak_incident(c, &a, lines);
    struct err err = {0};
    struct heard heard;
    struct bytes text = exhaust_text(spoken.blocks, spoken.count, SIZE_MAX, &a);
    for (size_t limit = 64; limit < 400000; limit += limit / 2) {
        arena_init(&small, limit);
        err = (struct err){0};
        if (!spoken_hear(&c->shelf, text, &small, &heard, &err))
            EXPECT(err.kind == ERR_LIMIT);
        arena_release(&small);
    }
    char *much = arena_new(&a, char, SPOKEN_HEARD_BYTES_MAX + 1);
    memset(much, ' ', SPOKEN_HEARD_BYTES_MAX + 1);
    EXPECT_ERR(spoken_hear(&c->shelf, bytes_of(much, SPOKEN_HEARD_BYTES_MAX + 1), &a, &heard, &err),
               ERR_LIMIT);
    for (size_t i = 0; i < SPOKEN_HEARD_BYTES_MAX; i += 2)
        memcpy(much + i, "0\n", 2);
    EXPECT_ERR(spoken_hear(&c->shelf, bytes_of(much, SPOKEN_HEARD_BYTES_MAX), &a, &heard, &err),
               ERR_LIMIT);
    arena_release(&a);
}
