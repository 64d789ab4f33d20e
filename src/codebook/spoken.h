// codebook/spoken.h - the spoken form: a message as blocks that a person reads aloud, by voice, fax
// or SMS.
//
// Holds: blocks with check characters; a heading; phrases and parameters; a closing with check
// groups. Writing them, and hearing them without ever guessing: every problem is located, so that a
// person can ask for all of it in one go.
// Knows nothing of: records, keys, languages. What was heard is heard, not proven, until the record
// itself has come; record/voice.h makes a spoken form from a record.
// Source: DESIGN section 6; refs 6.10 rule 15; ISO/IEC 7064:2003 MOD 1271-36. docs/spoken.md works
// an example that a test decodes.
//
// A block has 8, 12, 16 or 20 symbols, shown as groups of four; all of a line but its last have 20:
//   OFFSET SIZE MEANING
//   0      2    line: 00 the heading, 01 to 99 the message's lines, ZZ the closing
//   2      1    this block of the line, 1 to 31 (1 to 9, A is 10 ... Z is 31)
//   3      1    how many blocks the line has, 1 to 31
//   4      1    filler: the first symbol with which the check characters are symbols too
//   5      p    a part of the line's symbols, p = 1, 5, 9 or 13 (codebook/spoken_pack.h)
//   5+p    2    check characters of all before, ISO 7064 MOD 1271-36
//
// The heading's symbols (texts and numbers as in codebook/spoken_pack.h):
//   1 or 2   the form: 1 with a record's note, 2 lines alone
//   number Z version of the codebook
//   6        start of the codebook's hash, hexadecimal
//   2        how many lines
//   1        flags: 1 exercise, 2 answers, 4 replaces, 8 marking, 16 more than is spoken
//   in form 1 also:
//   1        precedence, 1 ROUTINE to 4 FLASH
//   1        TLP, 0 none, 1 CLEAR to 5 RED
//   14       time
//   text Z   reference; the States of `from` and `to` are in it
//   2 2      desk of `from`, of `to`, by their place in the book's table "desk"; 00 none
//   text Z   marking, by the flag
//   text Z 8 what it answers, by the flag: reference, start of the note's hash, hexadecimal
//   text Z 8 what it replaces, by the flag
// The closing's symbols:
//   40       form 1 only: eight check groups of five digits; group i is the 32-bit big-endian word
//   i
//            of the note's SHA-256, modulo 100000
//   10       two such groups of the SHA-256 of "elchi spoken v1", LF, then the symbols of heading
//            and lines, zeros included, and in form 1 the 40 digits above, each ended by LF: they
//            say that all of it belongs together
#ifndef CODEBOOK_SPOKEN_H
#define CODEBOOK_SPOKEN_H
#include "codebook/line.h"

enum {
    SPOKEN_BLOCK_CHARS_MAX = 20,
    SPOKEN_GROUP_CHARS = 4,
    SPOKEN_FRAME_CHARS = 7, // of a block around its part of the line
    SPOKEN_PART_CHARS = SPOKEN_BLOCK_CHARS_MAX - SPOKEN_FRAME_CHARS,
    SPOKEN_BLOCKS_MAX = 31, // of one line
    SPOKEN_LINE_SYMBOLS_MAX = SPOKEN_PART_CHARS * SPOKEN_BLOCKS_MAX,
    SPOKEN_HEADING = 0,   // a line's number
    SPOKEN_CLOSING = 100, // written ZZ
    SPOKEN_GROUPS = 8,    // of a note's hash
    SPOKEN_GROUP_DIGITS = 5,
    SPOKEN_HEARD_BYTES_MAX = 1 << 19, // 3104 blocks as people type them, twice
    SPOKEN_HEARD_BLOCKS_MAX = 6208,   // the same
};

// A record that is answered or replaced.
struct spoken_named {
    struct str ref;    // empty: none
    char start[8 + 1]; // of the note's hash, lower-case hexadecimal
};
struct spoken_heading {
    bool of_record; // false: lines alone, nothing below `exercise` is said
    uint32_t book_version;
    char book_start[6 + 1]; // of the book's hash, lower-case hexadecimal
    uint32_t lines_count;   // 1 to 99
    bool exercise;
    bool more;           // text or attachments that are not spoken: they come with the record
    struct str ref;      // "XA/XB-2026-0012", "XA-2026-0001"
    struct str from, to; // "XA/technical"; `to` is "all" for an open record
    struct moment time;
    enum precedence precedence;
    struct str tlp;     // "AMBER"; empty: none
    struct str marking; // "XA:CODE"; empty: none
    struct spoken_named answers, replaces;
};
struct spoken_block {
    char text[SPOKEN_BLOCK_CHARS_MAX + 1]; // symbols, NUL-terminated
    uint32_t line;                         // SPOKEN_HEADING, 1 to 99, SPOKEN_CLOSING
    uint32_t number, count;                // block `number` of `count`, from 1
};

// -- speaking -------------------------------------------------------------------------------------
struct spoken_message {
    const struct book *book;
    struct spoken_heading heading; // book_version, book_start and lines_count are filled in
    const struct phrase_line *lines;
    size_t lines_count;        // 1 to 99
    const struct digest *note; // of the record; NULL: lines alone
};
struct spoken {
    struct spoken_heading heading;
    const struct spoken_block *blocks; // in the order in which they are read
    size_t count;
    bool of_record;
    uint32_t groups[SPOKEN_GROUPS]; // of_record only
};
//   errors  ERR_MALFORMED  a field out of form, a line that breaks a rule of the book
//           ERR_NOT_FOUND  a phrase, a desk the book does not hold
//           ERR_LIMIT      a line of more than 31 blocks, or the arena
bool spoken_write(const struct spoken_message *message, struct arena *a, struct spoken *ret,
                  struct err *err) MUST_USE;
// Check groups of a note's hash.
void spoken_groups(const struct digest *note, uint32_t ret_groups[SPOKEN_GROUPS]);
// "00", "07", "ZZ": a line's number as it is said; NUL-terminated.
void spoken_line_name(uint32_t line, char ret_name[3]);

// -- hearing --------------------------------------------------------------------------------------
// Upper or lower case; O is 0, I and L are 1. Spaces, hyphens and dots are passed over. A line end
// ends a block; where the text holds "=", that does, and line ends are passed over. An SMS begins
// with its reference and its number, "XA/XB-2026-0012 2/3:"; they come in any order.
#define SPOKEN_NO_REF "ELCHI"           // begins an SMS of lines alone
#define HEARD_KINDS(X)                  /* name, word */                                        \
    X(HEARD_CHECK, "check")             /* a block does not agree with its check characters */  \
    X(HEARD_MISSING, "missing")         /* a block, or a whole line, was not heard */           \
    X(HEARD_TWO_WAYS, "two-ways")       /* a block was heard twice, differently */              \
    X(HEARD_COUNT, "count")             /* blocks of a line count it differently */             \
    X(HEARD_NOT_COUNTED, "not-counted") /* a line the heading does not count */                 \
    X(HEARD_BOOK, "book")               /* spoken with a codebook that is not held here */      \
    X(HEARD_NO_SENSE, "no-sense")       /* agrees, and yet is no line of the book */            \
    X(HEARD_APART, "apart")             /* heading, lines and closing do not belong together */ \
    X(HEARD_MESSAGE, "message")         /* an SMS did not come, or is of another message */
#define HEARD_ENUM(name, word) name,
enum heard_kind { HEARD_KINDS(HEARD_ENUM) HEARD_KIND_COUNT };
#undef HEARD_ENUM
const char *heard_kind_word(enum heard_kind kind); // static

enum { HEARD_NOWHERE = 101 }; // a problem of no line
struct heard_problem {
    enum heard_kind kind;
    uint32_t line;   // SPOKEN_HEADING, 1 to 99, SPOKEN_CLOSING, HEARD_NOWHERE
    uint32_t block;  // 0: the whole line
    uint32_t place;  // HEARD_CHECK: which block of those heard, from 1; HEARD_MESSAGE: which SMS
    struct str text; // one English sentence, with what to ask for
};
struct heard {
    bool whole;         // no problem at all: everything below is there
    size_t passed_over; // blocks that did not agree and were heard well another time
    const struct heard_problem *problems;
    size_t problems_count;
    bool has_heading; // `heading` was heard whole
    struct spoken_heading heading;
    const struct book *book; // NULL: not held here, or not heard
    // Lines heard whole, rising; when `whole`, 01 to the last.
    const struct phrase_line *lines;
    size_t lines_count;
    bool has_groups; // the closing of a record's note was heard whole
    uint32_t groups[SPOKEN_GROUPS];
};
// What does not agree is a problem in `ret`, never an error and never mended.
//   errors  ERR_LIMIT  more text or blocks than any message has; the arena
bool spoken_hear(const struct shelf *shelf, struct bytes text, struct arena *a, struct heard *ret,
                 struct err *err) MUST_USE;
// Is the record that came the one that was heard? `heading` and `lines` are the record's own.
//   errors  ERR_CONFLICT  with the first difference: heading, a line, a check group; or what was
//                         heard is not whole
bool heard_is(const struct heard *heard, const struct spoken_heading *heading,
              const struct phrase_line *lines, size_t lines_count, const struct digest *note,
              struct err *err) MUST_USE;
#endif
