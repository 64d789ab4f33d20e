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
//   01 N02 sector=energy class=ddos\n         01, 02, ... without a gap; one at least
//   text LANG one paragraph\n                 unofficial; any number up to MESSAGE_TEXTS_MAX
#ifndef RECORD_TYPE_MESSAGE_H
#define RECORD_TYPE_MESSAGE_H
#include "codebook/line.h"
#include "record/record.h"

struct unofficial_text {
    struct str language, paragraph;
};
struct message {
    uint32_t codebook_version; // at least 1
    struct digest codebook;
    bool has_answers, has_replaces, has_circular;
    struct named_record answers, replaces;
    struct digest circular;
    const struct phrase_line *lines; // numbers 1, 2, ...
    size_t lines_count;              // 1 to PHRASE_LINES_MAX
    const struct unofficial_text *texts;
    size_t texts_count;
};
extern const struct record_type record_type_message;

// What `circular` names: SHA-256 over the lines all copies share, that is the approved form without
// `to`, `answers`, `replaces`, `circular` and `attach` (ciphertexts differ per addressee).
bool message_circular_digest(struct arena *a, const struct record *record, struct digest *ret,
                             struct err *err) MUST_USE;
#endif
