// crypto/keyring.h - a file of named secrets under a passphrase.
//
// Holds: names and secrets, in locked memory while open, sealed with XChaCha20-Poly1305 under a
// key that Argon2id makes from the passphrase when at rest.
// Knows nothing of: what the secrets are for, and where the file lies (the caller stores it with
// world_write_file, mode 0600).
// Source: RFC 9106 (Argon2id; section 4, second recommended option: 64 MiB, 3 passes, here with
// the single lane libsodium offers).
//
//   elchi keyring v1\n
//   kdf argon2id 3 65536\n        passes, memory in KiB
//   salt HEX32\n                  16 random octets
//   check HEX64\n                 tells a wrong passphrase from a damaged file, see below
//   nonce HEX48\n                 24 random octets
//   sealed SIZE\n                 octets of the next part
//   ...                           XChaCha20-Poly1305, additional data = all lines above
//   ...                           32 octets: SHA-256 of everything above
//
// root  = Argon2id(passphrase, salt), 32 octets
// check = HKDF-SHA256(root, info = "elchi keyring v1 check"), 32 octets
// key   = HKDF-SHA256(root, info = "elchi keyring v1 seal"), 32 octets
// Inside: u32be count, then per secret u16be size || name, u16be size || secret, by ascending name.
//
// Example: passphrase "twelve invented words of a test", secrets a = "one", desk = "two". A test
// makes it with libsodium alone and reads it. 279 octets, SHA-256 9b1cc5134790b429..., beginning
//   elchi keyring v1\n
//   kdf argon2id 1 8\n
//   salt 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n
//   check 26bd4cca5f7ca637b146e3576064246d003d074fcd8b3c5394139b4615374839\n
//   nonce a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\n
//   sealed 39\n
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H
#include "base/limits.h"
#include "base/world.h"
#include "crypto/secret.h"

enum {
    KEYRING_SALT_BYTES = 16,
    KEYRING_CHECK_BYTES = 32,
    KEYRING_NONCE_BYTES = 24,
    KEYRING_HEADER_BYTES_MAX = 256, // all lines; they are 220 octets at most
};

// What one guess of the passphrase costs. Stored in the file.
struct keyring_cost {
    uint32_t passes, kib;
};
#define KEYRING_COST_NORMAL ((struct keyring_cost){3, 65536}) // half a second
#define KEYRING_COST_LEAST ((struct keyring_cost){1, 8})      // tests and the unattended demo

struct keyring_item {
    char name[KEYRING_NAME_BYTES_MAX + 1]; // [a-z0-9/._-]{1,255}, NUL-terminated
    struct secret value;                   // owned; at most KEYRING_SECRET_BYTES_MAX octets
};
struct keyring {
    struct keyring_item *items; // owned; ascending by name, each name once
    size_t count, cap;
};

void keyring_init(struct keyring *k);
void keyring_release(struct keyring *k); // wipes; a zeroed one is fine

bool keyring_name_ok(struct str name);
// Adds a secret or replaces the one of that name.
//   errors  ERR_USAGE (the name), ERR_LIMIT (size or number of secrets)
bool keyring_put(struct keyring *k, struct str name, struct bytes value, struct err *err) MUST_USE;
// The secret of that name, borrowed until the keyring changes; NULL when there is none.
const struct secret *keyring_find(const struct keyring *k, struct str name);
bool keyring_remove(struct keyring *k, struct str name); // false: there was none

// The whole file, with fresh salt and nonce.
//   errors  ERR_USAGE (empty passphrase, cost out of bounds), ERR_LIMIT, ERR_IO (no memory)
bool keyring_write(const struct keyring *k, struct world *w, const struct secret *passphrase,
                   struct keyring_cost cost, struct arena *a, struct bytes *ret,
                   struct err *err) MUST_USE;
//   errors  ERR_MALFORMED  not of the format
//           ERR_LIMIT      too large, or asks for more work than KEYRING_KIB_MAX or _PASSES_MAX
//           ERR_TAMPERED   damaged or changed
//           ERR_DENIED     wrong passphrase
//           ERR_IO         not enough memory for the passphrase's derivation
bool keyring_read(struct bytes file, const struct secret *passphrase, struct keyring *ret_owned,
                  struct err *err) MUST_USE;

// The public part, for tools that show it and for the parser's tests.
struct keyring_header {
    struct keyring_cost cost;
    uint8_t salt[KEYRING_SALT_BYTES];
    uint8_t check[KEYRING_CHECK_BYTES];
    uint8_t nonce[KEYRING_NONCE_BYTES];
    size_t sealed_size;
    size_t size; // octets of the header itself
};
//   errors  ERR_MALFORMED, ERR_LIMIT
bool keyring_header_read(struct bytes file, struct keyring_header *ret, struct err *err) MUST_USE;
// Returns the size; NUL-terminated.
size_t keyring_header_write(const struct keyring_header *h,
                            char ret_text[KEYRING_HEADER_BYTES_MAX + 1]);
#endif
