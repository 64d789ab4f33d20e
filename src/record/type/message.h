// record/type/message.h - the message: phrases of the codebook in numbered lines.
//
// Holds: the syntax of its lines, and what it answers, replaces and belongs to.
// Knows nothing of: what a phrase means; record/speech.h holds a message against its book.
// Source: DESIGN 5.1, FORMATS section 1.
//
//   codebook 1 sha256:HEX\n
//   answers REF sha256:NOTE\n                 optional
//   replaces REF sha256:NOTE\n                optional
//   circular sha256:HEX\n                     optional; sealed only
//   01 N02 sector=energy class=ddos\n         01, 02, ... without a gap, 99 at most
//   text LANG one paragraph\n                 unofficial
#ifndef RECORD_TYPE_MESSAGE_H
#define RECORD_TYPE_MESSAGE_H
#include "record/record.h"

enum {
    MESSAGE_LINES_MAX = 99,      // two digits
    MESSAGE_PARAMETERS_MAX = 32, // of one line; the codebook's own bound is tighter
    MESSAGE_TEXTS_MAX = 32,
};
struct parameter {
    struct str key, value;
};
struct phrase_line {
    unsigned number;                    // 1 is "01"
    struct str code;                    // N02
    struct str whole;                   // "N02 sector=energy class=ddos", for the codebook's parser
    const struct parameter *parameters; // in the order written
    size_t parameters_count;
};
struct unofficial_text {
    struct str language, paragraph;
};
struct message {
    uint32_t codebook_version;
    struct digest codebook;
    bool has_answers, has_replaces, has_circular;
    struct named_record answers, replaces;
    struct digest circular;
    const struct phrase_line *lines;
    size_t lines_count;
    const struct unofficial_text *texts;
    size_t texts_count;
};
extern const struct record_type record_type_message;

// The value of a parameter of a line, or an empty str.
struct str phrase_line_value(const struct phrase_line *line, struct str key);
// What `circular` names: SHA-256 over the lines all copies share, that is the approved form without
// `to`, `answers`, `replaces`, `circular` and `attach` (ciphertexts differ per addressee).
bool message_circular_digest(struct arena *a, const struct record *record, struct digest *ret,
                             struct err *err) MUST_USE;
#endif
