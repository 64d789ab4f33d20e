// crypto/age_stream.h - the payload of an age file: chunks of 64 KiB, each sealed by itself.
//
// Holds: sealing and opening by pieces of any size, in the memory of one chunk, which is locked.
// Knows nothing of: recipients and headers (crypto/age_header.h), where octets come from or go to.
// Source: C2SP age.md v1 "Payload" (STREAM). Nothing is released before its chunk is verified; a
// chunk followed by anything is never taken for the last one; the last is empty only in an empty
// file; an end without a last chunk is refused.
//
//   OFFSET  SIZE  MEANING
//   0       16    nonce; payload key = HKDF-SHA256(file key, salt = nonce, info = "payload")
//   16      n+16  chunk 0: ChaCha20-Poly1305, n = 65536 or less in the last; nonce = u88be number
//   ...           || (01 in the last chunk, else 00)
#ifndef CRYPTO_AGE_STREAM_H
#define CRYPTO_AGE_STREAM_H
#include "crypto/age_header.h"

enum { AGE_NONCE_BYTES = 16, AGE_TAG_BYTES = 16 };

// Where a stream puts what it made. `piece` is valid during the call only. Returning false (with
// err set) ends the stream.
struct age_sink {
    bool (*put)(void *context, struct bytes piece, struct err *err);
    void *context; // borrowed
};

struct age_stream_work; // locked memory: keys and one chunk
struct age_stream {
    struct secret locked; // owned; holds a struct age_stream_work
    struct age_sink sink;
    bool sealing, failed, ended;
};

// Draws the nonce and puts it out.
bool age_stream_seal(struct age_stream *ret_owned, struct world *w, const struct age_file_key *key,
                     struct age_sink sink, struct err *err) MUST_USE;
// Expects the nonce as the first octets put in. The caller has checked the header's MAC.
void age_stream_open(struct age_stream *ret_owned, const struct age_file_key *key,
                     struct age_sink sink);
// Puts in the next piece, of any size. A stream that failed stays failed.
//   errors  ERR_TAMPERED (opening), and whatever the sink says
bool age_stream_put(struct age_stream *s, struct bytes piece, struct err *err) MUST_USE;
// Nothing follows: seals or verifies the last chunk. Only after this is the whole file proven.
//   errors  ERR_MALFORMED (not even a nonce), ERR_TAMPERED, and whatever the sink says
bool age_stream_end(struct age_stream *s, struct err *err) MUST_USE;
void age_stream_release(struct age_stream *s); // wipes; a zeroed one is fine
#endif
