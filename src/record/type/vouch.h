// record/type/vouch.h - the voucher: a State vouches for a rendering, or publishes its severity
// scale.
//
// Holds: the file by its hash, which language or State it is of, and the book it belongs to.
// Knows nothing of: what the file says, and whether it is held here (codebook/embedded.h).
// Source: refs/state-practice 6.10 rule 17 (renderings are reviewed by each State for its own
// language and signed by it; other States see who vouched); DESIGN 6.
//
//   file rendering sha256:HEX 23456\n        rendering | scale, SHA-256 and size of the file's
//   octets of ru\n                                  a rendering's language; a scale's State: the
//   author book elchi 1 sha256:HEX\n                name, version and hash of the book
#ifndef RECORD_TYPE_VOUCH_H
#define RECORD_TYPE_VOUCH_H
#include "record/record.h"

enum vouch_kind { VOUCH_NONE, VOUCH_RENDERING, VOUCH_SCALE, VOUCH_KIND_COUNT };
struct vouch {
    enum vouch_kind kind;
    struct digest file;
    uint64_t size;
    struct str of;
    struct str book;
    uint32_t version;
    struct digest book_hash;
};
extern const struct record_type record_type_vouch;
const char *vouch_kind_word(enum vouch_kind kind); // "rendering"; static
bool vouch_kind_read(struct str word, enum vouch_kind *ret) MUST_USE;
#endif
