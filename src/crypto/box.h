// crypto/box.h - texts sealed for ourselves, under a key of the keyring.
//
// Holds: XChaCha20-Poly1305 with a random nonce and additional data that ties a text to its place.
// Knows nothing of: what the additional data says; the caller puts there table, row and desk, so
// that a text moved to another row does not open.
// Source: draft-irtf-cfrg-xchacha-03; FORMATS section 10.
//
//   OFFSET SIZE MEANING
//   0      24   nonce, random
//   24     n    the text, encrypted
//   24+n   16   tag
#ifndef CRYPTO_BOX_H
#define CRYPTO_BOX_H
#include "base/world.h"
#include "crypto/secret.h"

enum { BOX_KEY_BYTES = 32, BOX_NONCE_BYTES = 24, BOX_TAG_BYTES = 16, BOX_OVERHEAD_BYTES = 40 };

void box_key_new(struct world *w, struct secret *ret_owned);
//   errors  ERR_LIMIT (the arena's)
bool box_seal(struct world *w, const struct secret *key, struct bytes plain, struct bytes place,
              struct arena *a, struct bytes *ret, struct err *err) MUST_USE;
//   errors  ERR_MALFORMED  shorter than BOX_OVERHEAD_BYTES
//           ERR_TAMPERED   another key, another place, or changed
bool box_open(const struct secret *key, struct bytes sealed, struct bytes place, struct arena *a,
              struct bytes *ret_plain, struct err *err) MUST_USE;
#endif
