// crypto/age_header.h - the header of an age file: who can open it, and the MAC over that.
//
// Holds: parsing and writing, wrapping and unwrapping the file key, so that the two halves of
// opening can live in two processes: one parses (public data only) and later checks the MAC; the
// other holds the identity and turns one wrapped key into a file key.
// Knows nothing of: the payload (crypto/age_stream.h), scrypt, ssh, plugins, armour.
// Source: C2SP age.md v1. Stricter than age in one point: every X25519 stanza must be well-formed,
// also those after the one that opens.
//
//   age-encryption.org/v1\n
//   -> X25519 SHARE\n             32 octets in base64 without padding, 43 characters
//   BODY\n                        the wrapped file key, 32 octets; a body is cut into lines of 64
//   ...                           and ends with a shorter one, which may be empty
//   --- MAC\n                     HMAC-SHA256 over everything from "age" through "---"
#ifndef CRYPTO_AGE_HEADER_H
#define CRYPTO_AGE_HEADER_H
#include "crypto/age_key.h"
#include "crypto/hash.h"

enum {
    AGE_FILE_KEY_BYTES = 16,
    AGE_WRAPPED_BYTES = 32,      // the file key and its tag
    AGE_HEADER_FIXED_BYTES = 70, // version line 22, MAC line 48
    AGE_STANZA_BYTES = 98,       // one X25519 stanza
};
// Secret: wiped by whoever holds it (secret_wipe). A plain value, so that it can cross a frame.
struct age_file_key {
    uint8_t octets[AGE_FILE_KEY_BYTES];
};
// What one X25519 stanza says: all the holder of the identity needs to see.
struct age_wrapped {
    uint8_t share[AGE_KEY_BYTES];
    uint8_t body[AGE_WRAPPED_BYTES];
};
struct age_stanza {
    struct str arguments; // the line after "-> "; the first word is the type; borrowed
    struct bytes body;    // decoded; in the arena
};
struct age_header {
    const struct age_stanza *stanzas; // all, of known and unknown types, in the file's order
    size_t stanzas_count;
    const struct age_wrapped *wrapped; // those of type X25519, in the file's order
    size_t wrapped_count;
    struct bytes under_mac; // from "age" through "---"; borrowed from the file
    uint8_t mac[DIGEST_BYTES];
    size_t size; // octets of the header; the payload starts here
};

// Looks for the header's end in the octets seen so far; *ret_size is 0 while more are needed. For
// files that arrive in pieces.
//   errors  ERR_MALFORMED  this is no age file
//           ERR_LIMIT      no end within AGE_HEADER_BYTES_MAX
bool age_header_find_end(struct bytes seen, size_t *ret_size, struct err *err) MUST_USE;

// Parses the header at the start of `file`, which may go on. The result borrows from `file`.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool age_header_parse(struct bytes file, struct arena *a, struct age_header *ret,
                      struct err *err) MUST_USE;
// The same octets again.
void age_header_write(const struct age_header *h, struct buffer *out);

// Turns a wrapped key into the file key.
//   errors  ERR_NOT_FOUND  wrapped for another key (or damaged: nobody can tell)
//           ERR_MALFORMED  the share is a point of small order
bool age_stanza_open(const struct age_wrapped *wrapped, const struct secret *identity,
                     struct age_file_key *ret, struct err *err) MUST_USE;
// Wraps the file key for one recipient, under a new ephemeral key.
//   errors  ERR_DENIED  the recipient is a point of small order
bool age_stanza_seal(struct world *w, const struct age_file_key *key,
                     const struct age_recipient *recipient, struct age_wrapped *ret,
                     struct err *err) MUST_USE;
// Tries every X25519 stanza of the header with one identity.
//   errors  as age_stanza_open
bool age_header_open(const struct age_header *h, const struct secret *identity,
                     struct age_file_key *ret, struct err *err) MUST_USE;

// Does the header belong to this file key? Nothing of the payload may be opened before.
//   errors  ERR_TAMPERED
bool age_header_check(const struct age_header *h, const struct age_file_key *key,
                      struct err *err) MUST_USE;
// Writes a header for 1 to AGE_RECIPIENTS_MAX recipients, in the order given.
//   errors  ERR_USAGE (no recipient), ERR_LIMIT, ERR_DENIED (small order)
bool age_header_make(struct world *w, const struct age_file_key *key,
                     const struct age_recipient *recipients, size_t count, struct buffer *out,
                     struct err *err) MUST_USE;
#endif
