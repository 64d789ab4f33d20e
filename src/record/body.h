// record/body.h - the plaintext of a body: the blind and the note, sealed or open.
//
// Holds: the inner header and the padding of a sealed body, and the bare form of an open one.
// Knows nothing of: age (crypto/age.h seals and opens what is built here), entries.
// Source: FORMATS section 3; Padme: Nikitin et al., PURBs (PETS 2019), section 4.
//
//   elchi body v1\n
//   origin xa.example/demo\n
//   to xb.example/demo\n
//   blind 64 hex digits\n
//   note SIZE\n
//   \n
//   the note, then zero bytes up to the Padme length of all before
#ifndef RECORD_BODY_H
#define RECORD_BODY_H
#include "record/entry.h"

struct sealed_body {
    struct str origin; // the author's log
    struct str to;     // the addressee's log
    struct blind blind;
    struct bytes note;
};
struct open_body {
    struct blind blind;
    struct bytes note;
};

// The Padme length of `size`: at most 12 percent more, and few distinct lengths.
uint64_t body_padded_bytes(uint64_t size);

// Reads an opened plaintext; the result borrows from it.
//   errors  ERR_MALFORMED  another header, non-zero padding, or another length
//           ERR_LIMIT      above BODY_BYTES_MAX, or a note above RECORD_BYTES_MAX
bool sealed_body_read(struct bytes plain, struct sealed_body *ret, struct err *err) MUST_USE;
//   errors  ERR_LIMIT; ERR_MALFORMED for an origin that is none
bool sealed_body_write(const struct sealed_body *body, struct arena *a, struct bytes *ret,
                       struct err *err) MUST_USE;

//   errors  ERR_MALFORMED, ERR_LIMIT
bool open_body_read(struct bytes blob, struct open_body *ret, struct err *err) MUST_USE;
bool open_body_write(const struct open_body *body, struct arena *a, struct bytes *ret,
                     struct err *err) MUST_USE;
#endif
