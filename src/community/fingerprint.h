// community/fingerprint.h - a hash as six groups of five digits, for the telephone.
//
// Holds: the groups of a SHA-256, their writing and reading, and the comparison that says which
// groups differ, so that two officers can find a slip of the tongue.
// Knows nothing of: what the hash is of (genesis manifest, community file).
// Source: FORMATS section 2: group i = (big-endian bytes 5i..5i+4) mod 100000.
//
// Example (a test decodes it): SHA-256 of the empty text, e3b0c44298 fc1c149afb ..., is
//   28312 71035 19033 54212 51492 41426
#ifndef COMMUNITY_FINGERPRINT_H
#define COMMUNITY_FINGERPRINT_H
#include "crypto/hash.h"

enum {
    FINGERPRINT_GROUPS = 6,
    FINGERPRINT_DIGITS = 5,
    FINGERPRINT_CHARS = FINGERPRINT_GROUPS * (FINGERPRINT_DIGITS + 1) - 1
};
struct fingerprint {
    uint32_t groups[FINGERPRINT_GROUPS]; // each 0..99999
};

struct fingerprint fingerprint_of(const struct digest *hash);
// "01234 56789 ..." with a NUL.
void fingerprint_write(const struct fingerprint *f, char ret_text[FINGERPRINT_CHARS + 1]);
// Reads what a person typed: thirty digits, spaces or hyphens anywhere between them.
//   errors  ERR_MALFORMED  another count of digits, or any other character
bool fingerprint_read(struct str typed, struct fingerprint *ret, struct err *err) MUST_USE;
// One bit per group that differs, bit 0 the first; 0 when all agree.
unsigned fingerprint_differs(const struct fingerprint *a, const struct fingerprint *b);
// The same as an answer for people.
//   errors  ERR_TAMPERED, naming the groups that differ: "group 2, group 5"
bool fingerprint_check(const struct fingerprint *ours, const struct fingerprint *read,
                       struct err *err) MUST_USE;
#endif
