// codebook/book.h - the codebook: phrases, their parameters and rules, by code.
//
// Holds: one version of the book in memory, its strict parser and writer, its hash, and a shelf on
// which several versions stand side by side.
// Knows nothing of: languages (codebook/rendering.h), messages, who sent what.
// Source: DESIGN section 6; docs/codebook-format.md draws the file.
//
//   elchi codebook v1                        first line, exactly
//   name elchi
//   version 1
//                                            one blank line before every block
//   table sector
//   source design
//   checked unchecked                        or: checked 2026-07-14 NAME
//   code energy Energy: electricity, oil, gas and heat
//
//   disclaimer origin-not-responsibility
//   meaning That activity emanates from ...
//   source GGE 2021 (A/76/135), norm (c)
//   checked unchecked
//
//   phrase N02
//   meaning Activity directed against us was observed ...
//   parameter sector sector optional         NAME TYPE required|optional; none to many
//   one-of prefix as domain url              optional: at least one of these stands in the line
//   reply none                               what the phrase does when it answers another
//   response acknowledge                     none | acknowledge | yes-no | can-cannot | value
//   stand-by yes
//   respond PT4H                             default time to respond; none when response is none
//   offer E01 E02                            answers offered besides the neutral ones, or none
//   desks technical diplomatic
//   precedence FLASH                         the highest allowed
//   disclaimer origin-not-responsibility     none to four
//   source design
//   checked unchecked
#ifndef CODEBOOK_BOOK_H
#define CODEBOOK_BOOK_H
#include "codebook/parameter.h"
#include "crypto/hash.h"

enum {
    BOOK_TABLES_MAX = 32,
    BOOK_CODES_MAX = 64, // of one table
    BOOK_DISCLAIMERS_MAX = 16,
    BOOK_PHRASES_MAX = 128, // refs 6.10 rule 18: 60-120 phrases
    PHRASE_PARAMETERS_MAX = 10,
    PHRASE_DISCLAIMERS_MAX = 4,
    PHRASE_OFFERS_MAX = 16,
    PHRASE_CODE_CHARS = 3, // a letter and two digits
};

// The one order of families, and of phrases in the book.
#define BOOK_FAMILIES "PNAREOC"

enum precedence {
    PRECEDENCE_ROUTINE,
    PRECEDENCE_PRIORITY,
    PRECEDENCE_IMMEDIATE,
    PRECEDENCE_FLASH,
    PRECEDENCE_COUNT
};
const char *precedence_word(enum precedence p); // "ROUTINE"; static
bool precedence_read(struct str word, enum precedence *ret) MUST_USE;

enum response {
    RESPONSE_NONE,        // no answer is expected
    RESPONSE_ACKNOWLEDGE, // "received" is enough
    RESPONSE_YES_NO,
    RESPONSE_CAN_CANNOT,
    RESPONSE_VALUE, // only the answers offered give it
    RESPONSE_COUNT
};
const char *response_word(enum response r);
bool response_read(struct str word, enum response *ret) MUST_USE;

// What a phrase does to the line it answers. The rules are a table in codebook/dialogue.c.
enum reply {
    REPLY_NONE,     // it is a statement of its own, never an answer
    REPLY_RECEIVED, // neutral
    REPLY_STAND_BY, // neutral: under examination until T
    REPLY_YES,
    REPLY_NO,
    REPLY_WILL,
    REPLY_CAN,
    REPLY_CANNOT,        // neutral: for reason R
    REPLY_NOT_COMPETENT, // neutral: passed to desk D
    REPLY_NO_COMMENT,    // neutral: the channel stays open
    REPLY_VALUE,
    REPLY_PROCEDURE, // about the message, not about what it says: say again, not understood
    REPLY_FREE_TEXT, // the escape; answers nothing
    REPLY_COUNT
};
const char *reply_word(enum reply r);
bool reply_read(struct str word, enum reply *ret) MUST_USE;

struct book_parameter {
    struct str name; // [a-z][a-z0-9-]{0,31}
    enum parameter_type type;
    const struct book_table *table; // PARAMETER_TABLE only
    bool required;
};
struct book_disclaimer {
    struct str id, meaning, source, checked;
};
struct phrase {
    struct str code;    // "N02"
    struct str meaning; // English reference sentence
    struct book_parameter parameters[PHRASE_PARAMETERS_MAX];
    size_t parameters_count;
    uint32_t one_of; // bit i: parameters[i]; 0 when there is no such rule
    enum reply reply;
    enum response response;
    bool stand_by;      // may "under examination until T" move the time to respond?
    uint64_t respond_s; // default time to respond; 0 when no answer is expected
    struct str offers[PHRASE_OFFERS_MAX]; // codes; may name what is missing (findings.h says so)
    size_t offers_count;
    uint32_t desks; // bit i: code i of the table "desk"
    enum precedence precedence_max;
    const struct book_disclaimer *disclaimers[PHRASE_DISCLAIMERS_MAX];
    size_t disclaimers_count;
    struct str source, checked;
};
struct book {
    struct str name;
    uint32_t version;
    struct digest hash; // of the canonical text, see book_parse
    const struct book_table *tables;
    size_t tables_count;
    const struct book_disclaimer *disclaimers;
    size_t disclaimers_count;
    const struct phrase *phrases; // ordered by family, then number
    size_t phrases_count;
};

// Parses a book. Everything points into `a` (the text is copied there). The hash is SHA-256 of the
// file without its `source` and `checked` lines: a person who checks a source makes no new book,
// a changed meaning, parameter or rule does; renderings are other files.
//   errors  ERR_MALFORMED (with the line), ERR_LIMIT
bool book_parse(struct bytes file, struct arena *a, struct book *ret, struct err *err) MUST_USE;
// Writes the same bytes back. ERR_LIMIT when the buffer is full.
bool book_write(const struct book *book, struct buffer *to, struct err *err) MUST_USE;

const struct phrase *book_phrase(const struct book *book, struct str code);    // NULL: unknown
const struct book_table *book_table(const struct book *book, struct str name); // NULL: unknown
const struct book_code *book_table_code(const struct book_table *table, struct str code);
const struct book_parameter *phrase_parameter(const struct phrase *phrase, struct str name);
bool phrase_code_ok(struct str code); // shape only: [A-Z][0-9][0-9]
bool book_name_ok(struct str name);   // shape only: [a-z][a-z0-9-]{0,31}
bool book_desk_may_send(const struct book *book, const struct phrase *phrase, struct str desk);

// Versions side by side: a message names its book by hash, and old books stay readable.
enum { SHELF_BOOKS_MAX = 32 };
struct shelf {
    const struct book *books[SHELF_BOOKS_MAX]; // borrowed
    size_t count;
};
// Errors: ERR_LIMIT; ERR_CONFLICT when name and version stand there with another hash. The same
// book twice is fine.
bool shelf_put(struct shelf *shelf, const struct book *book, struct err *err) MUST_USE;
const struct book *shelf_find(const struct shelf *shelf, const struct digest *hash); // NULL
#endif
