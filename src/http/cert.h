// http/cert.h - the self-signed Ed25519 certificate that carries a node's TLS key.
//
// Holds: making it from a seed, and the SHA-256 of a SubjectPublicKeyInfo, which is all that peers
// pin. Names and dates say nothing: every certificate has the same ones, so that one seed always
// gives the same certificate.
// Source: RFC 8410 (Ed25519 in X.509), RFC 7468 (PEM), DESIGN 5.4.
#ifndef HTTP_CERT_H
#define HTTP_CERT_H
#include "crypto/hash.h"
#include "crypto/sign.h"

struct cert {
    struct str pem;        // certificate; NUL-terminated; in the arena
    struct bytes der;      // the same in DER
    struct digest key_pin; // SHA-256 of the SubjectPublicKeyInfo
    struct secret key_pem; // owned; PKCS #8, with a closing NUL inside its length
};

// `seed` is SIGN_SEED_BYTES long.
//   errors  ERR_IO (the library), ERR_LIMIT (the arena's)
bool cert_make(const struct secret *seed, struct arena *a, struct cert *ret_owned,
               struct err *err) MUST_USE;
void cert_release(struct cert *c); // wipes the key; a zeroed one is fine

// The pin of an Ed25519 public key, without any certificate: what a key manifest names.
void cert_pin_of(const struct sign_public *key, struct digest *ret);
// The pin of whatever key a certificate carries.
//   errors  ERR_MALFORMED
bool cert_pin_of_der(struct bytes certificate, struct digest *ret, struct err *err) MUST_USE;
#endif
