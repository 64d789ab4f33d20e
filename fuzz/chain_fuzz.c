// rooms: community
#include "community/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The genesis is taken from the input itself, so that a chain can be accepted at all; signatures
// are the fuzzer's to get right, which it does by keeping those of the corpus.
static bool genesis_of(struct bytes sent, struct note *ret_note, struct keys_record *ret)
{
    struct err err = {0};
    struct reader r = reader_of(sent);
    (void)reader_u64(&r);
    struct bytes first = reader_block32(&r);
    return !r.failed && keys_note_read(first, ret_note, ret, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct arena a;
    struct bytes again, sent = {data, size};
    struct note note;
    struct keys_record first;
    struct chain c;
    struct digest genesis = {{0}};
    struct str origin = STR("xa.example/demo"), state = STR("XA");
    crypto_start();
    if (genesis_of(sent, &note, &first)) {
        genesis = keys_text_hash(note.text);
        origin = first.origin;
        state = first.state;
    }
    arena_init(&a, 16 << 20);
    chain_init(&c, &a, origin, state, &genesis);
    if (!chain_read(&c, sent, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        CHECK(c.count == 0);
    } else {
        CHECK(chain_write(&c, &a, &again, &err));
        CHECK(bytes_eq(sent, again));
    }
    arena_release(&a);
    return 0;
}
