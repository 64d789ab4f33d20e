// rooms: cli
// The request for officers' approval: what is accepted writes back the same, and what it asks to
// hash is refused with a rule or is the text itself.
#include "cli/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = {data, size};
    struct bytes again;
    struct request r;
    struct digest digest;
    struct arena a;
    struct err err = {0};
    if (!request_read(sent, &r, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return 0;
    }
    arena_init(&a, 16 << 20);
    CHECK(r.decision != DECISION_REFUSE);
    CHECK(request_write(&r, &a, &again, &err));
    CHECK(bytes_eq(again, sent));
    if (!request_digest(&r, &a, &digest, &err))
        CHECK(err.kind != ERR_NONE);
    else if (r.decision != DECISION_RELEASE)
        CHECK(memcmp(digest.octets, digest_of(r.text).octets, DIGEST_BYTES) == 0);
    arena_release(&a);
    return 0;
}
