// rooms: log
// What is taken as a proof file writes back to the same bytes.
#include "log/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[PROOF_BYTES_MAX];
    struct bytes sent = {data, size};
    struct log_proof proof;
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    if (!proof_read(sent, &proof, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    proof_write(&proof, &w);
    CHECK(bytes_eq(writer_bytes(&w), sent));
    return 0;
}
