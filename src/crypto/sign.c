// crypto/sign.c - see sign.h.
#include "crypto/sign.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "libsodium's public key");
_Static_assert(SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "libsodium's seed");
_Static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "libsodium's signature");

bool sign_seed_new(struct world *w, struct secret *ret_owned, struct err *err)
{
    (void)err; // the world's dice do not fail; the parameter stays for a keeper with hardware keys
    secret_init(ret_owned, SIGN_SEED_BYTES);
    world_random(w, ret_owned->ptr, SIGN_SEED_BYTES);
    return true;
}

// libsodium's secret key is seed and public key side by side; the caller wipes it.
static void expand(const struct secret *seed, uint8_t ret_public[SIGN_PUBLIC_BYTES],
                   uint8_t ret_pair[crypto_sign_SECRETKEYBYTES])
{
    CHECK(seed != NULL);
    CHECK(seed->len == SIGN_SEED_BYTES);
    CHECK(crypto_sign_seed_keypair(ret_public, ret_pair, seed->ptr) == 0);
}

void sign_public_of(const struct secret *seed, struct sign_public *ret)
{
    uint8_t pair[crypto_sign_SECRETKEYBYTES];
    expand(seed, ret->octets, pair);
    secret_wipe(pair, sizeof pair);
}

void sign_message(const struct secret *seed, struct bytes message, struct signature *ret)
{
    uint8_t public[SIGN_PUBLIC_BYTES];
    uint8_t pair[crypto_sign_SECRETKEYBYTES];
    expand(seed, public, pair);
    int code = crypto_sign_detached(ret->octets, NULL, message.ptr, message.len, pair);
    secret_wipe(pair, sizeof pair);
    CHECK(code == 0);
}

bool sign_verify(const struct sign_public *key, struct bytes message, const struct signature *s)
{
    return crypto_sign_verify_detached(s->octets, message.ptr, message.len, key->octets) == 0;
}

// The check takes as long as signing, and the same few keys stand in every manifest and register
// that is read: those found sound are remembered, whole, each in the place its first octet names.
struct sound_key {
    bool is_one;
    struct sign_public key;
};
static _Thread_local struct sound_key sound_keys[256];

bool sign_public_check(const struct sign_public *key, struct err *err)
{
    struct sound_key *held = &sound_keys[key->octets[0]];
    if (held->is_one && memcmp(held->key.octets, key->octets, SIGN_PUBLIC_BYTES) == 0)
        return true;
    // Canonical, on the curve, not of small order, and in the group of prime order: what every
    // honestly made key is.
    if (crypto_core_ed25519_is_valid_point(key->octets) != 1)
        return err_set(err, ERR_DENIED, "RFC 8032 5.1.3",
                       "this public key is not a point an honest key pair can have");
    *held = (struct sound_key){true, *key};
    return true;
}

// SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING (no unused bits) of 32 octets }.
static const uint8_t spki_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
_Static_assert(sizeof spki_head + SIGN_PUBLIC_BYTES == SIGN_SPKI_BYTES, "head and key");

void sign_public_spki(const struct sign_public *key, uint8_t ret_der[SIGN_SPKI_BYTES])
{
    memcpy(ret_der, spki_head, sizeof spki_head);
    memcpy(ret_der + sizeof spki_head, key->octets, SIGN_PUBLIC_BYTES);
}

void sign_public_pin(const struct sign_public *key, struct digest *ret)
{
    uint8_t der[SIGN_SPKI_BYTES];
    sign_public_spki(key, der);
    *ret = digest_of(bytes_of(der, sizeof der));
}

bool sign_public_from_spki(struct bytes der, struct sign_public *ret)
{
    if (der.len != SIGN_SPKI_BYTES || memcmp(der.ptr, spki_head, sizeof spki_head) != 0)
        return false;
    memcpy(ret->octets, der.ptr + sizeof spki_head, SIGN_PUBLIC_BYTES);
    return true;
}
