#include "codebook/spoken_blocks.h"
#include "codebook/spoken_head.h"
#include "codebook/spoken_pack.h"

#include <stdarg.h>
#include <stdio.h>

#define CLAUSE "docs/spoken.md, hearing"

#define HEARD_ROW(name, word) word,
static const char *const kind_words[] = {HEARD_KINDS(HEARD_ROW)};
_Static_assert(sizeof kind_words / sizeof kind_words[0] == HEARD_KIND_COUNT, "one word each");

const char *heard_kind_word(enum heard_kind kind)
{
    CHECK(kind < HEARD_KIND_COUNT);
    return kind_words[kind];
}

enum { SLOTS = SPOKEN_CLOSING + 1 };
// What agrees of one line.
struct slot {
    const struct raw_block *blocks[SPOKEN_BLOCKS_MAX + 1]; // by number; NULL: not heard
    uint32_t spoiled; // bit n: heard in two ways, so nobody knows which
    uint32_t count;   // 0: no block was heard
    bool miscounted;  // blocks count the line differently
    bool hinted;      // a block that does not agree claims to be of this line
    struct str whole; // symbols, once all blocks are there
    bool is_whole;
};
struct hearing {
    struct arena *arena;
    struct err *err;
    const struct shelf *shelf;
    struct raw raw;
    struct slot *slots; // by line
    struct heard_problem *problems;
    size_t problems_room;
    struct phrase_line *lines;
    struct heard heard;
    size_t unplaced; // blocks that do not agree and are missing nowhere
    bool out_of_room;
};

__attribute__((format(printf, 6, 7))) static void problem(struct hearing *h, enum heard_kind kind,
                                                          uint32_t line, uint32_t block,
                                                          size_t place, const char *fmt, ...)
{
    char text[200];
    va_list args;
    struct heard_problem p = {kind, line, block, (uint32_t)place, STR("")};
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    CHECK(len > 0);
    if (h->heard.problems_count == h->problems_room ||
        !arena_str(h->arena, str_of(text), &p.text, h->err)) {
        h->out_of_room = true;
        return;
    }
    h->problems[h->heard.problems_count++] = p;
}

static bool no_room(struct hearing *h)
{
    return err_set(h->err, ERR_LIMIT, CLAUSE, "the arena is too small to hear a message");
}

// "line 02", "the heading (line 00)", "the closing (line ZZ)".
struct line_words {
    char text[32];
};
static struct line_words words_of(uint32_t line)
{
    struct line_words w = {"the heading (line 00)"};
    if (line == SPOKEN_CLOSING)
        w = (struct line_words){"the closing (line ZZ)"};
    else if (line != SPOKEN_HEADING)
        (void)snprintf(w.text, sizeof w.text, "line %02u", (unsigned)line);
    return w;
}

// -- blocks that agree ----------------------------------------------------------------------------

static void take_block(struct hearing *h, const struct raw_block *b)
{
    struct slot *slot = &h->slots[b->line];
    if (slot->count == 0)
        slot->count = b->count;
    if (slot->count != b->count)
        slot->miscounted = true;
    const struct raw_block *before = slot->blocks[b->number];
    if (before != NULL && strcmp(before->text, b->text) != 0)
        slot->spoiled |= 1u << b->number;
    slot->blocks[b->number] = b;
}

static bool is_wanted(const struct hearing *h, uint32_t line, uint32_t number)
{
    if (line > SPOKEN_CLOSING)
        return false;
    const struct slot *slot = &h->slots[line];
    bool counted =
        !h->heard.has_heading || line == SPOKEN_CLOSING || line <= h->heard.heading.lines_count;
    if (slot->count == 0)
        return counted;
    return number >= 1 && number <= slot->count && slot->blocks[number] == NULL;
}

// Where a block that does not agree belongs: where it says, if that is missing; else where the
// block before it leads, if that is missing. Else nowhere, and what is missing is named anyway.
static void place_of(const struct hearing *h, size_t at, uint32_t *ret_line, uint32_t *ret_block)
{
    const struct raw_block *b = &h->raw.blocks[at];
    const struct raw_block *before = at == 0 ? NULL : &h->raw.blocks[at - 1];
    bool claims = b->number >= 1 && b->number <= b->count;
    *ret_line = HEARD_NOWHERE;
    *ret_block = 0;
    if (claims && is_wanted(h, b->line, b->number)) {
        *ret_line = b->line;
        *ret_block = b->number;
    } else if (before != NULL && before->agrees && before->number < before->count &&
               is_wanted(h, before->line, before->number + 1)) {
        *ret_line = before->line;
        *ret_block = before->number + 1;
    }
}

static void hear_bad_block(struct hearing *h, size_t at)
{
    uint32_t line, block;
    const char *why = h->raw.blocks[at].strange ? "holds a character that is no symbol, or too many"
                                                : "does not agree with its check characters";
    place_of(h, at, &line, &block);
    if (line == HEARD_NOWHERE) {
        h->unplaced++;
        problem(h, HEARD_CHECK, line, 0, at + 1, "the block heard as number %zu %s", at + 1, why);
        return;
    }
    h->slots[line].hinted = true;
    problem(h, HEARD_CHECK, line, block, at + 1, "%s block %u %s: ask for it again",
            words_of(line).text, (unsigned)block, why);
}

static bool already_asked(const struct hearing *h, uint32_t line, uint32_t block)
{
    for (size_t i = 0; i < h->heard.problems_count; i++)
        if (h->problems[i].line == line && h->problems[i].block == block)
            return true;
    return false;
}

// -- lines ----------------------------------------------------------------------------------------

static void hear_blocks_of(struct hearing *h, uint32_t line)
{
    const struct slot *slot = &h->slots[line];
    struct line_words words = words_of(line);
    for (uint32_t n = 1; n <= slot->count; n++) {
        if ((slot->spoiled >> n & 1u) != 0)
            problem(h, HEARD_TWO_WAYS, line, n, 0,
                    "%s block %u was heard in two ways: ask for it again", words.text, (unsigned)n);
        else if (slot->blocks[n] == NULL && !already_asked(h, line, n))
            problem(h, HEARD_MISSING, line, n, 0, "%s: block %u of %u was not heard", words.text,
                    (unsigned)n, (unsigned)slot->count);
    }
}

static bool is_complete(const struct slot *slot)
{
    if (slot->count == 0 || slot->miscounted || slot->spoiled != 0)
        return false;
    for (uint32_t n = 1; n <= slot->count; n++)
        if (slot->blocks[n] == NULL)
            return false;
    return true;
}

static bool join(struct hearing *h, struct slot *slot)
{
    char symbols[SPOKEN_LINE_SYMBOLS_MAX];
    struct writer to = writer_of(symbols, sizeof symbols);
    for (uint32_t n = 1; n <= slot->count; n++) {
        const struct raw_block *b = slot->blocks[n];
        writer_put(&to, bytes_of(b->text + 5, b->len - SPOKEN_FRAME_CHARS));
    }
    CHECK(!to.full);
    slot->is_whole = true;
    return arena_str(h->arena, (struct str){symbols, to.len}, &slot->whole, h->err);
}

// Says what is missing of a line that was expected.
static void miss_line(struct hearing *h, uint32_t line)
{
    const struct slot *slot = &h->slots[line];
    if (slot->miscounted)
        problem(h, HEARD_COUNT, line, 0, 0,
                "the blocks of %s do not agree how many they are: ask for the whole line again",
                words_of(line).text);
    else if (slot->count == 0 && !slot->hinted)
        problem(h, HEARD_MISSING, line, 0, 0, "%s was not heard", words_of(line).text);
    else
        hear_blocks_of(h, line);
}

// Joins the blocks of a line that was expected, or says what is missing of it.
static bool hear_line(struct hearing *h, uint32_t line)
{
    struct slot *slot = &h->slots[line];
    if (is_complete(slot))
        return join(h, slot);
    miss_line(h, line);
    return true;
}

// The heading says how many lines there are, so it is read before anything is missed.
static bool read_heading(struct hearing *h)
{
    struct err why = {0};
    struct heard *to = &h->heard;
    struct slot *slot = &h->slots[SPOKEN_HEADING];
    if (!is_complete(slot))
        return true;
    if (!join(h, slot))
        return false;
    to->has_heading =
        spoken_unpack_heading(h->shelf, slot->whole, h->arena, &to->heading, &to->book, &why);
    if (!to->has_heading && why.kind == ERR_LIMIT) {
        *h->err = why;
        return false;
    }
    return true;
}

static void hear_heading(struct hearing *h)
{
    const struct heard *to = &h->heard;
    if (!h->slots[SPOKEN_HEADING].is_whole)
        miss_line(h, SPOKEN_HEADING);
    else if (!to->has_heading)
        problem(h, HEARD_NO_SENSE, SPOKEN_HEADING, 0, 0,
                "the heading (line 00) agrees with its check characters and yet makes no sense");
    else if (to->book == NULL)
        problem(h, HEARD_BOOK, HEARD_NOWHERE, 0, 0,
                "spoken with a codebook not held here: version %u, hash sha256:%s...",
                (unsigned)to->heading.book_version, to->heading.book_start);
}

static bool hear_phrase(struct hearing *h, uint32_t line)
{
    struct err why = {0};
    struct heard *to = &h->heard;
    const struct slot *slot = &h->slots[line];
    if (!slot->is_whole || to->book == NULL)
        return true;
    if (spoken_unpack_line(to->book, line, slot->whole, h->arena, &h->lines[to->lines_count],
                           &why)) {
        to->lines_count++;
        return true;
    }
    if (why.kind == ERR_LIMIT) {
        *h->err = why;
        return false;
    }
    problem(h, HEARD_NO_SENSE, line, 0, 0,
            "line %02u agrees with its check characters and yet makes no sense: ask for it again",
            (unsigned)line);
    return true;
}

// Without a heading the last line heard is the last one known of.
static uint32_t last_line(const struct hearing *h)
{
    uint32_t last = 0;
    for (uint32_t line = 1; line <= PHRASE_LINES_MAX; line++)
        if (h->slots[line].count > 0)
            last = line;
    return last;
}

static bool hear_lines(struct hearing *h)
{
    uint32_t heard_last = last_line(h);
    uint32_t last = h->heard.has_heading ? h->heard.heading.lines_count : heard_last;
    for (uint32_t line = 1; line <= last; line++)
        if (!hear_line(h, line) || !hear_phrase(h, line))
            return false;
    for (uint32_t line = last + 1; line <= heard_last; line++)
        if (h->slots[line].count > 0)
            problem(h, HEARD_NOT_COUNTED, line, 0, 0,
                    "line %02u was heard, but the heading counts %u lines", (unsigned)line,
                    (unsigned)last);
    return true;
}

// -- the closing ----------------------------------------------------------------------------------

// `of_note` are the symbols of the closing before its own two groups.
static void check_together(struct hearing *h, struct str of_note, const uint32_t *said)
{
    struct hash sum;
    uint32_t wanted[SPOKEN_SUM_GROUPS];
    spoken_sum_begin(&sum);
    for (uint32_t line = 0; line <= h->heard.heading.lines_count; line++) {
        if (!h->slots[line].is_whole)
            return; // said already
        spoken_sum_line(&sum, h->slots[line].whole);
    }
    if (of_note.len > 0)
        spoken_sum_line(&sum, of_note);
    spoken_sum_end(&sum, wanted);
    if (memcmp(wanted, said, sizeof wanted) != 0)
        problem(h, HEARD_APART, HEARD_NOWHERE, 0, 0,
                "heading, lines and closing do not belong together: a block is of another "
                "reading; ask for all of it again");
}

static bool hear_closing(struct hearing *h)
{
    uint32_t groups[SPOKEN_GROUPS + SPOKEN_SUM_GROUPS];
    struct heard *to = &h->heard;
    const struct slot *slot = &h->slots[SPOKEN_CLOSING];
    if (!hear_line(h, SPOKEN_CLOSING))
        return false;
    if (!slot->is_whole || !to->has_heading)
        return true;
    size_t of_note = to->heading.of_record ? SPOKEN_GROUPS : 0;
    if (!spoken_unpack_groups(slot->whole, of_note + SPOKEN_SUM_GROUPS, groups)) {
        problem(h, HEARD_NO_SENSE, SPOKEN_CLOSING, 0, 0,
                "the closing (line ZZ) is not the one that the heading announces");
        return true;
    }
    to->has_groups = of_note > 0;
    memcpy(to->groups, groups, of_note * sizeof groups[0]);
    check_together(h, str_slice(slot->whole, 0, of_note * SPOKEN_GROUP_DIGITS), groups + of_note);
    return true;
}

// -- messages of an SMS ---------------------------------------------------------------------------

static void hear_message(struct hearing *h, size_t at, bool *came)
{
    const struct raw_message *m = &h->raw.messages[at], *first = &h->raw.messages[0];
    struct str ref = h->heard.heading.ref;
    bool other = m->count != first->count || !str_eq(m->ref, first->ref);
    if (h->heard.has_heading && h->heard.book != NULL)
        other = other || !str_eq(m->ref, ref.len > 0 ? ref : STR(SPOKEN_NO_REF));
    if (m->strange || other)
        problem(h, HEARD_MESSAGE, HEARD_NOWHERE, 0, at + 1,
                "the message that came as number %zu is of another reference or count", at + 1);
    else
        came[m->number] = true;
}

static bool hear_messages(struct hearing *h)
{
    size_t count = h->raw.messages_count;
    if (count == 0)
        return true;
    bool *came = arena_new(h->arena, bool, RAW_MESSAGES_MAX + 1);
    if (came == NULL)
        return no_room(h);
    for (size_t i = 0; i < count; i++)
        hear_message(h, i, came);
    for (uint32_t n = 1; n <= h->raw.messages[0].count; n++)
        if (!came[n])
            problem(h, HEARD_MESSAGE, HEARD_NOWHERE, 0, n, "message %u of %u did not come",
                    (unsigned)n, (unsigned)h->raw.messages[0].count);
    return true;
}

// -- the whole ------------------------------------------------------------------------------------

// Sorts what agrees into lines, and makes room for all that can be wrong.
static bool sort_blocks(struct hearing *h)
{
    size_t room = h->raw.blocks_count + 8;
    const struct raw_message *first = h->raw.messages;
    h->slots = arena_new(h->arena, struct slot, SLOTS);
    if (h->slots == NULL)
        return no_room(h);
    for (size_t i = 0; i < h->raw.blocks_count; i++)
        if (h->raw.blocks[i].agrees)
            take_block(h, &h->raw.blocks[i]);
    // One for each block of a line, three for each line, one for each SMS that came or did not.
    for (size_t line = 0; line < SLOTS; line++)
        room += h->slots[line].count + 3;
    room += h->raw.messages_count > 0 ? h->raw.messages_count + first->count : 0;
    h->problems_room = room;
    h->problems = arena_new(h->arena, struct heard_problem, room);
    h->lines = arena_new(h->arena, struct phrase_line, PHRASE_LINES_MAX + 1);
    return (h->problems != NULL && h->lines != NULL) || no_room(h);
}

bool spoken_hear(const struct shelf *shelf, struct bytes text, struct arena *a, struct heard *ret,
                 struct err *err)
{
    struct hearing h = {.arena = a, .err = err, .shelf = shelf};
    if (!raw_cut(text, a, &h.raw, err) || !sort_blocks(&h))
        return false;
    if (!read_heading(&h))
        return false;
    for (size_t i = 0; i < h.raw.blocks_count; i++)
        if (!h.raw.blocks[i].agrees)
            hear_bad_block(&h, i);
    hear_heading(&h);
    if (!hear_lines(&h) || !hear_closing(&h) || !hear_messages(&h))
        return false;
    if (h.out_of_room)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for what is wrong");
    // What was said again is still there as it was first written down. All else being whole, and
    // the closing agreeing with it, that is passed over.
    if (h.heard.problems_count == h.unplaced) {
        h.heard.passed_over = h.unplaced;
        h.heard.problems_count = 0;
    }
    h.heard.problems = h.problems;
    h.heard.lines = h.lines;
    h.heard.whole = h.heard.problems_count == 0;
    *ret = h.heard;
    return true;
}

// -- against the record ---------------------------------------------------------------------------

static bool named_eq(const struct spoken_named *a, const struct spoken_named *b)
{
    return str_eq(a->ref, b->ref) && (a->ref.len == 0 || strcmp(a->start, b->start) == 0);
}

static bool headings_eq(const struct spoken_heading *a, const struct spoken_heading *b)
{
    return a->of_record == b->of_record && a->book_version == b->book_version &&
           strcmp(a->book_start, b->book_start) == 0 && a->lines_count == b->lines_count &&
           a->exercise == b->exercise && a->more == b->more && str_eq(a->ref, b->ref) &&
           str_eq(a->from, b->from) && str_eq(a->to, b->to) && a->time.s == b->time.s &&
           a->precedence == b->precedence && str_eq(a->tlp, b->tlp) &&
           str_eq(a->marking, b->marking) && named_eq(&a->answers, &b->answers) &&
           named_eq(&a->replaces, &b->replaces);
}

static bool lines_eq(const struct phrase_line *a, const struct phrase_line *b)
{
    if (a->number != b->number || !str_eq(a->code, b->code) ||
        a->parameters_count != b->parameters_count)
        return false;
    for (size_t i = 0; i < a->parameters_count; i++)
        if (!str_eq(a->parameters[i].name, b->parameters[i].name) ||
            !str_eq(a->parameters[i].value, b->parameters[i].value))
            return false;
    return true;
}

bool heard_is(const struct heard *heard, const struct spoken_heading *heading,
              const struct phrase_line *lines, size_t lines_count, const struct digest *note,
              struct err *err)
{
    uint32_t groups[SPOKEN_GROUPS];
    if (!heard->whole || !heard->has_groups)
        return err_set(err, ERR_CONFLICT, CLAUSE, "a record was not heard whole");
    if (!headings_eq(&heard->heading, heading))
        return err_set(err, ERR_CONFLICT, CLAUSE, "the heading heard is not the record's");
    for (size_t i = 0; i < heard->lines_count; i++)
        if (i >= lines_count || !lines_eq(&heard->lines[i], &lines[i]))
            return err_set(err, ERR_CONFLICT, CLAUSE, "line %02zu heard is not the record's",
                           i + 1);
    if (heard->lines_count != lines_count)
        return err_set(err, ERR_CONFLICT, CLAUSE, "%zu lines were heard, the record has %zu",
                       heard->lines_count, lines_count);
    spoken_groups(note, groups);
    for (size_t i = 0; i < SPOKEN_GROUPS; i++)
        if (groups[i] != heard->groups[i])
            return err_set(err, ERR_CONFLICT, CLAUSE,
                           "check group %zu heard is %05u, the record's is %05u", i + 1,
                           (unsigned)heard->groups[i], (unsigned)groups[i]);
    return true;
}
