// Tests of http/cert.h and http/memfile.h.
#include "tests/http/fixture.h"

#include "http/memfile.h"

#include <fcntl.h>

TEST(one_seed_gives_one_certificate_and_the_pin_of_its_key)
{
    struct cert again;
    struct digest pin;
    struct sign_public key;
    struct secret seed = {0};
    struct err err = {0};
    uint8_t octets[SIGN_SEED_BYTES];
    fixture_up(false);
    seed_cert(1, &again);
    EXPECT(bytes_eq(again.der, fx.cert.der));
    EXPECT(str_eq(again.pem, fx.cert.pem));
    EXPECT(!bytes_eq(fx.cert.der, fx.friend_cert.der));
    memset(octets, 1, sizeof octets);
    secret_copy(&seed, bytes_of(octets, sizeof octets));
    sign_public_of(&seed, &key);
    cert_pin_of(&key, &pin);
    EXPECT(digest_eq(&pin, &fx.cert.key_pin));
    EXPECT_OK(cert_pin_of_der(fx.cert.der, &pin, &err));
    EXPECT(digest_eq(&pin, &fx.cert.key_pin));
    secret_release(&seed);
    cert_release(&again);
    fixture_down();
}

TEST(a_broken_certificate_has_no_pin_and_breaks_nothing)
{
    struct digest pin;
    struct err err = {0};
    uint8_t copy[2048];
    fixture_up(false);
    size_t len = fx.cert.der.len;
    EXPECT(len < sizeof copy);
    for (size_t cut = 0; cut < len; cut++)
        EXPECT_ERR(cert_pin_of_der(bytes_of(fx.cert.der.ptr, cut), &pin, &err), ERR_MALFORMED);
    for (size_t i = 0; i < len; i++) {
        memcpy(copy, fx.cert.der.ptr, len);
        copy[i] ^= 0x55;
        err = (struct err){0};
        // some octets are not the key's: then the pin is the same; else it differs or is refused
        if (!cert_pin_of_der(bytes_of(copy, len), &pin, &err))
            EXPECT(err.kind == ERR_MALFORMED);
    }
    fixture_down();
}

TEST(a_file_in_memory_holds_what_it_was_given)
{
    struct memfile f = {0};
    struct err err = {0};
    char got[16];
    EXPECT_OK(memfile_open(&f, bytes_of("hello", 5), &err));
    int fd = open(f.path, O_RDONLY);
    EXPECT(fd >= 0);
    EXPECT(read(fd, got, sizeof got) == 5);
    EXPECT(memcmp(got, "hello", 5) == 0);
    close(fd);
    EXPECT((fcntl(f.fd, F_GETFD) & FD_CLOEXEC) != 0);
    memfile_close(&f);
    memfile_close(&f);
}
