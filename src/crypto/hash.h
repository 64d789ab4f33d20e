// crypto/hash.h - SHA-256 and what is built on it.
//
// Holds: digests, HMAC and HKDF, all by nettle; and the text form "sha256:HEX" used everywhere.
// Knows nothing of: trees (log/merkle.h) and what is hashed.
// Source: FIPS 180-4, RFC 2104, RFC 5869; DESIGN section 5 for the text form.
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H
#include "base/arena.h"

#include <nettle/sha2.h>

enum { DIGEST_BYTES = 32, DIGEST_TEXT_CHARS = 71 }; // "sha256:" and 64 digits
struct digest {
    uint8_t octets[DIGEST_BYTES];
};

// Hashing in pieces; copyable, holds no pointer.
struct hash {
    struct sha256_ctx state;
};
void hash_init(struct hash *h);
void hash_put(struct hash *h, struct bytes more);
struct digest hash_end(struct hash *h); // h starts anew

struct digest digest_of(struct bytes b);
bool digest_eq(const struct digest *a, const struct digest *b);
int digest_cmp(const struct digest *a, const struct digest *b);
// "sha256:" and 64 lower-case digits, NUL-terminated.
void digest_write(const struct digest *d, char ret_text[DIGEST_TEXT_CHARS + 1]);
bool digest_read(struct str text, struct digest *ret) MUST_USE; // only that form

void hmac_sha256(struct bytes key, struct bytes message, struct digest *ret);
// RFC 5869 extract and expand; `size` at most 255*32.
void hkdf_sha256(struct bytes key_material, struct bytes salt, struct bytes info,
                 uint8_t *ret_octets, size_t size);
#endif
