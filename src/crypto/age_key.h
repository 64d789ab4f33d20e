// crypto/age_key.h - the X25519 keys of age, and their two texts.
//
// Holds: recipients ("age1...", public) and identities ("AGE-SECRET-KEY-1...", secret).
// Knows nothing of: files, States, and which key is in force (community/manifest.h).
// Source: C2SP age.md "The X25519 recipient type"; BIP 173 (Bech32) without its length limit. As in
// age itself a recipient is lower case only and an identity upper case only: one text per key.
#ifndef CRYPTO_AGE_KEY_H
#define CRYPTO_AGE_KEY_H
#include "base/world.h"
#include "crypto/secret.h"

enum {
    AGE_KEY_BYTES = 32,
    AGE_RECIPIENT_CHARS = 62, // "age1", 52 characters of key, 6 of checksum
    AGE_IDENTITY_CHARS = 74,  // "AGE-SECRET-KEY-1", 52, 6
};
struct age_recipient {
    uint8_t octets[AGE_KEY_BYTES];
}; // an identity is a struct secret of AGE_KEY_BYTES

//   errors  ERR_MALFORMED  not Bech32, another prefix, mixed or wrong case, another length
bool age_recipient_read(struct str text, struct age_recipient *ret, struct err *err) MUST_USE;
void age_recipient_write(const struct age_recipient *r, char ret_text[AGE_RECIPIENT_CHARS + 1]);
// May this key be enrolled? A point of small order would make every file for it unsealable.
//   errors  ERR_DENIED
bool age_recipient_check(const struct age_recipient *r, struct err *err) MUST_USE;

void age_identity_new(struct world *w, struct secret *ret_owned);
bool age_identity_read(struct str text, struct secret *ret_owned, struct err *err) MUST_USE;
// `ret_text` is secret: the caller wipes it (secret_wipe).
void age_identity_write(const struct secret *identity, char ret_text[AGE_IDENTITY_CHARS + 1]);
void age_recipient_of(const struct secret *identity, struct age_recipient *ret);
#endif
