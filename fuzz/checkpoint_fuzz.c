// rooms: log
// What is taken as a checkpoint's text writes back to the same bytes.
#include "log/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[CHECKPOINT_BYTES_MAX];
    struct bytes sent = {data, size};
    struct checkpoint_claim claim;
    struct str text;
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    if (!text_check(sent, &text, &err) || !checkpoint_read(text, &claim, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    checkpoint_text(claim.said.origin, claim.said.size, &claim.said.root, &w);
    writer_put(&w, str_bytes(claim.said.extensions));
    CHECK(bytes_eq(writer_bytes(&w), sent));
    return 0;
}
