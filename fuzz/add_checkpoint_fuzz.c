// rooms: log
// What is taken as a request writes back to the same bytes, and nothing unsigned is cosigned.
#include "log/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[WITNESS_REQUEST_BYTES_MAX];
    struct bytes sent = {data, size};
    struct witness_request request;
    struct checkpoint next;
    struct str origin;
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    if (!witness_request_read(sent, &request, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    witness_request_write(&request, &w);
    CHECK(bytes_eq(writer_bytes(&w), sent));
    if (!witness_request_origin(&request, &origin, &err))
        return 0;
    struct witness_log log = {.origin = origin, .root = merkle_empty()};
    CHECK(witness_decide(&log, &request, &next, &err) == WITNESS_UNSIGNED);
    return 0;
}
