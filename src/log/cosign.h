// log/cosign.h - cosignatures: a witness or mirror says when it saw a checkpoint.
//
// Holds: the message of a cosignature, its line, checking it, and counting who cosigned.
// Knows nothing of: whether the checkpoint may be cosigned (log/witness.h), what a quorum is
// (log/policy.h).
// Source: C2SP tlog-cosignature v1.0.1: Ed25519, type 0x04. Lines of type 0x06 (ML-DSA-44) are read
// and kept, and count for nothing here.
//
//   cosignature/v1\n time 1752465665\n and the whole text of the checkpoint
#ifndef LOG_COSIGN_H
#define LOG_COSIGN_H
#include "log/checkpoint.h"

enum {
    COSIGN_MESSAGE_BYTES_MAX = CHECKPOINT_BYTES_MAX + 64,
    COSIGN_OCTETS = 8 + SIGNATURE_BYTES, // u64 time and the signature
    COSIGN_MLDSA_OCTETS = 8 + 2420,
};
// Times are below 2^63.
#define COSIGN_TIME_MAX ((uint64_t)INT64_MAX)

// The message to sign; the writer runs full when the text is too long.
void cosign_message(struct str checkpoint_text, uint64_t time_s, struct writer *w);
// The line, from the keeper's 64 octets.
void cosign_line(const struct note_key *key, uint64_t time_s, const struct signature *signature,
                 struct writer *w);
// Both in one, for whoever holds the seed.
void cosign_sign(struct str checkpoint_text, uint64_t time_s, const struct note_key *key,
                 const struct secret *seed, struct writer *w);
// Checks a line by a key of type 0x04 whose name and id it carries.
//   errors  ERR_NOT_FOUND (another key's line), ERR_MALFORMED (its size or time), ERR_TAMPERED,
//           ERR_UNSUPPORTED (the key is of type 0x06)
bool cosign_verify(const struct note_signature *line, struct str checkpoint_text,
                   const struct note_key *key, uint64_t *ret_time_s, struct err *err) MUST_USE;
// The time a line of the size of a cosignature claims (0x04 or 0x06), unverified.
bool cosign_claimed_time(const struct note_signature *line, uint64_t *ret_time_s) MUST_USE;

// -- counting --------------------------------------------------------------------------------
// Whoever counts names each key's owner (a State); one owner counts once, by whichever line.
struct cosigner {
    struct note_key key; // type 0x04 (0x06 is passed over)
    uint32_t owner;
};
struct cosign_seen {
    uint32_t owner;
    uint64_t time_s; // the earliest of the owner's verified times
};
// Every owner with a verified line, each once, in the order of their first line.
//   errors  ERR_TAMPERED  a known key's line fails: the whole note is refused
bool cosign_tally(const struct note *note, const struct cosigner *known, size_t known_count,
                  struct cosign_seen ret[NOTE_SIGNATURES_MAX], size_t *ret_count,
                  struct err *err) MUST_USE;
// How many of `seen` are not `author`.
size_t cosign_count(const struct cosign_seen *seen, size_t count, uint32_t author);
// The k-th smallest time: at that moment k owners had cosigned. False when fewer have.
bool cosign_time_of(const struct cosign_seen *seen, size_t count, size_t k,
                    uint64_t *ret_time_s) MUST_USE;
#endif
