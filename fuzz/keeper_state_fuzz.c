// rooms: keeper
#include "base/encode.h"
#include "keeper/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The file ends with its own hash, which no chance finds: the harness puts the right one behind
// what it is given, and tries the octets as they are too.
static void try_one(struct arena *a, struct bytes sent)
{
    struct err err = {0};
    struct bytes again;
    struct keeper_state *s = memory_new(1, sizeof *s);
    if (!keeper_state_read(sent, STR("xa.example/demo"), s, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        CHECK(keeper_state_write(s, STR("xa.example/demo"), a, &again, &err));
        CHECK(bytes_eq(sent, again));
    }
    memory_release(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct buffer b;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct digest sum = digest_of(bytes_of(data, size));
    arena_init(&a, 16 << 20);
    try_one(&a, bytes_of(data, size));
    buffer_init(&b, &a, KEEPER_STATE_BYTES_MAX);
    digest_write(&sum, hash);
    buffer_put(&b, bytes_of(data, size));
    buffer_fmt(&b, "end %s\n", hash);
    if (!b.full)
        try_one(&a, buffer_bytes(&b));
    arena_release(&a);
    return 0;
}
