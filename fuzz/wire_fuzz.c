// rooms: courier
// A batch that is accepted writes back to the same octets.
#include "courier/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = {data, size};
    struct wire_batch batch;
    struct buffer again;
    struct arena a;
    struct err err = {0};
    arena_init(&a, 2 * WIRE_ARENA_BYTES);
    if (!wire_read(sent, &a, &batch, &err)) {
        CHECK(err.kind != ERR_NONE);
    } else {
        buffer_init(&again, &a, WIRE_BATCH_BYTES_MAX);
        for (size_t i = 0; i < batch.count; i++)
            wire_put(&again, &batch.frames[i]);
        CHECK(!again.full);
        CHECK(bytes_eq(buffer_bytes(&again), sent));
    }
    arena_release(&a);
    return 0;
}
