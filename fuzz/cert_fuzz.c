// rooms: http
// A peer's certificate, before anything of it is trusted: it has a pin or is refused, and the pin
// of one and the same certificate is one and the same.
#include "http/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct digest pin;
    struct digest again;
    struct err err = {0};
    if (!cert_pin_of_der(bytes_of(data, size), &pin, &err)) {
        CHECK(err.kind == ERR_MALFORMED);
        return 0;
    }
    CHECK(cert_pin_of_der(bytes_of(data, size), &again, &err));
    CHECK(digest_eq(&pin, &again));
    return 0;
}
