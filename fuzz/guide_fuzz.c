// rooms: codebook
#include "codebook/guide.h"
#include "codebook/scale.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A guide and a scale are of the same shape; one harness feeds both parsers. What is accepted
// writes back to the same bytes.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = bytes_of(data, size);
    struct arena a;
    struct err err = {0};
    struct guide guide;
    struct scale scale;
    struct buffer again;
    arena_init(&a, 8 << 20);
    buffer_init(&again, &a, 2 << 20);
    if (guide_parse(sent, &a, &guide, &err)) {
        bool written = guide_write(&guide, &again, &err);
        CHECK(written);
        CHECK(bytes_eq(buffer_bytes(&again), sent));
    } else {
        CHECK(err.kind != ERR_NONE);
        err = (struct err){0};
        if (scale_parse(sent, &a, &scale, &err)) {
            bool written = scale_write(&scale, &again, &err);
            CHECK(written);
            CHECK(bytes_eq(buffer_bytes(&again), sent));
        } else {
            CHECK(err.kind != ERR_NONE);
        }
    }
    arena_release(&a);
    return 0;
}
