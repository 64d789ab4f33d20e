// rooms: log
// What is taken as evidence writes back to the same bytes. The closing hash is made anew first, so
// that what lies behind it is reached; verifying must answer, whatever it answers.
#include "log/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes closed(const uint8_t *data, size_t size, uint8_t *octets, size_t cap)
{
    char end[DIGEST_TEXT_CHARS + 1];
    struct writer w = writer_of(octets, cap);
    size_t line = 4 + DIGEST_TEXT_CHARS + 1;
    if (size < line || size > cap)
        return (struct bytes){data, size};
    struct digest all = digest_of(bytes_of(data, size - line));
    digest_write(&all, end);
    writer_put(&w, bytes_of(data, size - line));
    writer_put(&w, bytes_of("end ", 4));
    writer_put(&w, bytes_of(end, DIGEST_TEXT_CHARS));
    writer_u8(&w, '\n');
    return writer_bytes(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t octets[EVIDENCE_BYTES_MAX], again[EVIDENCE_BYTES_MAX];
    struct evidence e;
    struct evidence_found found;
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    crypto_start();
    struct bytes sent = closed(data, size, octets, sizeof octets);
    if (!evidence_read(sent, &e, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    evidence_write(&e, &w);
    CHECK(bytes_eq(writer_bytes(&w), sent));
    CHECK(evidence_verify(&e, &found, &err) || err.kind != ERR_NONE);
    return 0;
}
