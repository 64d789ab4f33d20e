// crypto/sign.h - Ed25519, by the one rule: what libsodium 1.0.18 accepts.
//
// Holds: key pairs, signatures, the check that a key may be enrolled at all.
// Knows nothing of: notes and key names (log/note.h), key files (crypto/keyring.h).
// Source: RFC 8032; the accepted set of edge cases is pinned by a test over 914 vectors.
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H
#include "base/world.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

enum { SIGN_PUBLIC_BYTES = 32, SIGN_SEED_BYTES = 32, SIGNATURE_BYTES = 64 };
struct sign_public {
    uint8_t octets[SIGN_PUBLIC_BYTES];
};
struct signature {
    uint8_t octets[SIGNATURE_BYTES];
};

// A secret key is its 32-byte seed in locked memory.
bool sign_seed_new(struct world *w, struct secret *ret_owned, struct err *err) MUST_USE;
void sign_public_of(const struct secret *seed, struct sign_public *ret);
void sign_message(const struct secret *seed, struct bytes message, struct signature *ret);

// True when libsodium accepts the signature; nothing else decides, anywhere.
bool sign_verify(const struct sign_public *key, struct bytes message,
                 const struct signature *s) MUST_USE;
// Refuses small-order and non-canonical keys.
//   errors  ERR_DENIED
bool sign_public_check(const struct sign_public *key, struct err *err) MUST_USE;

// The key as X.509 writes it: a DER SubjectPublicKeyInfo (RFC 8410 section 4), and the SHA-256 of
// that, by which TLS keys are pinned.
enum { SIGN_SPKI_BYTES = 44 };
void sign_public_spki(const struct sign_public *key, uint8_t ret_der[SIGN_SPKI_BYTES]);
void sign_public_pin(const struct sign_public *key, struct digest *ret);
// The key in such a structure; false for anything else.
bool sign_public_from_spki(struct bytes der, struct sign_public *ret) MUST_USE;
#endif
