// rooms: community
#include "community/community.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct arena a;
    struct bytes again, sent = {data, size};
    struct community c;
    arena_init(&a, 16 << 20);
    if (!community_read(&a, sent, &c, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        CHECK(c.quorum <= c.states_count - 1);
        CHECK(community_write(&c, &a, &again, &err));
        CHECK(bytes_eq(sent, again));
    }
    arena_release(&a);
    return 0;
}
