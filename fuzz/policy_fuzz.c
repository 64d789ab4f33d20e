// rooms: log
// Comments and spacing are not kept, so: what is written reads back, and writes the same again.
#include "log/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t one[POLICY_BYTES_MAX], two[POLICY_BYTES_MAX];
    struct arena a;
    struct policy policy, back;
    struct err err = {0};
    struct writer w = writer_of(one, sizeof one), v = writer_of(two, sizeof two);
    bool met = false;
    static const bool none[POLICY_ITEMS_MAX];
    crypto_start();
    arena_init(&a, 16U << 20);
    if (!policy_read((struct bytes){data, size}, &a, &policy, &err)) {
        CHECK(err.kind != ERR_NONE);
        arena_release(&a);
        return 0;
    }
    policy_write(&policy, &w);
    CHECK(policy_read(writer_bytes(&w), &a, &back, &err));
    policy_write(&back, &v);
    CHECK(bytes_eq(writer_bytes(&w), writer_bytes(&v)));
    CHECK(policy_met(&policy, none, &a, &met, &err));
    CHECK(met == policy.quorum_none); // nobody is no quorum
    arena_release(&a);
    return 0;
}
