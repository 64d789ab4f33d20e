// http/cert.c - see cert.h.
#include "http/cert.h"

#include "base/limits.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

// Dates say nothing; these are the widest that X.509 can write (RFC 5280 4.1.2.5: 99991231235959Z
// means "no end").
#define CERT_FROM_S 0
#define CERT_UNTIL_S ((time_t)253402300799)

static bool library_failed(struct err *err, const char *what, int code)
{
    return err_set(err, ERR_IO, NULL, "%s: %s", what, gnutls_strerror(code));
}

// The 12 octets before the key are the same for every Ed25519 key (RFC 8410 section 4):
//   30 2a       SEQUENCE, 42 octets
//   30 05       SEQUENCE, 5 octets: the algorithm
//   06 03 2b 65 70   OBJECT 1.3.101.112
//   03 21 00    BIT STRING, 33 octets, no unused bits
void cert_pin_of(const struct sign_public *key, struct digest *ret)
{
    static const uint8_t head[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                     0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    struct hash h;
    hash_init(&h);
    hash_put(&h, bytes_of(head, sizeof head));
    hash_put(&h, bytes_of(key->octets, sizeof key->octets));
    *ret = hash_end(&h);
}

static bool pin_of_certificate(gnutls_x509_crt_t crt, struct digest *ret, struct err *err)
{
    bool done = false;
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t der = {0};
    int code = gnutls_pubkey_init(&key);
    if (code == 0)
        code = gnutls_pubkey_import_x509(key, crt, 0);
    if (code == 0)
        code = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der);
    if (code == 0) {
        *ret = digest_of(bytes_of(der.data, der.size));
        done = true;
    } else {
        err_set(err, ERR_MALFORMED, NULL, "the certificate's key: %s", gnutls_strerror(code));
    }
    gnutls_free(der.data);
    gnutls_pubkey_deinit(key);
    return done;
}

bool cert_pin_of_der(struct bytes certificate, struct digest *ret, struct err *err)
{
    gnutls_x509_crt_t crt = NULL;
    bool done = false;
    if (certificate.len == 0 || certificate.len > HTTP_CERTIFICATE_BYTES_MAX)
        return err_set(err, ERR_MALFORMED, NULL, "a certificate of %zu octets", certificate.len);
    uint8_t octets[HTTP_CERTIFICATE_BYTES_MAX]; // GnuTLS wants a pointer it could write through
    memcpy(octets, certificate.ptr, certificate.len);
    const gnutls_datum_t der = {octets, (unsigned)certificate.len};
    int code = gnutls_x509_crt_init(&crt);
    if (code == 0)
        code = gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER);
    if (code == 0)
        done = pin_of_certificate(crt, ret, err);
    else
        err_set(err, ERR_MALFORMED, NULL, "the certificate: %s", gnutls_strerror(code));
    gnutls_x509_crt_deinit(crt);
    return done;
}

// -- making one --------------------------------------------------------------------------------
static int key_import(gnutls_x509_privkey_t key, const struct secret *seed)
{
    struct sign_public public_key;
    sign_public_of(seed, &public_key);
    const gnutls_datum_t x = {public_key.octets, SIGN_PUBLIC_BYTES};
    const gnutls_datum_t k = {seed->ptr, SIGN_SEED_BYTES};
    return gnutls_x509_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519, &x, NULL, &k);
}

static int certificate_fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    static const uint8_t serial[1] = {1};
    int code = gnutls_x509_crt_set_version(crt, 3);
    if (code == 0)
        code = gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
    if (code == 0)
        code = gnutls_x509_crt_set_activation_time(crt, CERT_FROM_S);
    if (code == 0)
        code = gnutls_x509_crt_set_expiration_time(crt, CERT_UNTIL_S);
    if (code == 0)
        code = gnutls_x509_crt_set_dn(crt, "CN=elchi", NULL);
    if (code == 0)
        code = gnutls_x509_crt_set_key(crt, key);
    if (code == 0)
        code = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA512, 0);
    return code;
}

static bool certificate_take(gnutls_x509_crt_t crt, gnutls_x509_crt_fmt_t form, struct arena *a,
                             struct bytes *ret, struct err *err)
{
    gnutls_datum_t text = {0};
    struct str copy;
    int code = gnutls_x509_crt_export2(crt, form, &text);
    if (code != 0)
        return library_failed(err, "the certificate", code);
    // arena_fmt would stop at a NUL of DER; a NUL after the copy serves PEM as a C string
    uint8_t *to = arena_new(a, uint8_t, (size_t)text.size + 1);
    if (to != NULL)
        memcpy(to, text.data, text.size);
    copy = (struct str){(const char *)to, text.size};
    gnutls_free(text.data);
    if (to == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for a certificate");
    *ret = str_bytes(copy);
    return true;
}

static bool key_take(gnutls_x509_privkey_t key, struct secret *ret, struct err *err)
{
    gnutls_datum_t text = {0};
    int code =
        gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text);
    if (code != 0)
        return library_failed(err, "the certificate's key", code);
    secret_init(ret, (size_t)text.size + 1);
    memcpy(ret->ptr, text.data, text.size);
    secret_wipe(text.data, text.size);
    gnutls_free(text.data);
    return true;
}

bool cert_make(const struct secret *seed, struct arena *a, struct cert *ret_owned, struct err *err)
{
    bool done = false;
    struct cert made = {0};
    struct bytes pem;
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    CHECK(seed->len == SIGN_SEED_BYTES);
    int code = gnutls_x509_privkey_init(&key);
    if (code == 0)
        code = gnutls_x509_crt_init(&crt);
    if (code == 0)
        code = key_import(key, seed);
    if (code == 0)
        code = certificate_fill(crt, key);
    if (code != 0) {
        library_failed(err, "a certificate", code);
        goto out;
    }
    if (!certificate_take(crt, GNUTLS_X509_FMT_PEM, a, &pem, err) ||
        !certificate_take(crt, GNUTLS_X509_FMT_DER, a, &made.der, err) ||
        !pin_of_certificate(crt, &made.key_pin, err) || !key_take(key, &made.key_pem, err))
        goto out;
    made.pem = (struct str){(const char *)pem.ptr, pem.len};
    *ret_owned = made;
    done = true;
out:
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key); // GnuTLS wipes what it held
    return done;
}

void cert_release(struct cert *c)
{
    secret_release(&c->key_pem);
    *c = (struct cert){0};
}
