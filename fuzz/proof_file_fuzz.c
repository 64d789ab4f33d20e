// rooms: community
#include "community/proof_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The closing hash is put right first: a fuzzer that cannot compute it would never get past it.
static bool close_anew(struct arena *a, struct bytes sent, struct bytes *ret)
{
    enum { END_BYTES = 4 + DIGEST_TEXT_CHARS + 1 };
    struct err err = {0};
    struct buffer out;
    char text[DIGEST_TEXT_CHARS + 1];
    if (sent.len < END_BYTES)
        return false;
    struct bytes before = {sent.ptr, sent.len - END_BYTES};
    struct digest hash = digest_of(before);
    digest_write(&hash, text);
    buffer_init(&out, a, 8 << 20);
    buffer_put(&out, before);
    buffer_fmt(&out, "end %s\n", text);
    return buffer_take(&out, ret, &err);
}

static void check(struct arena *a, struct bytes sent)
{
    struct err err = {0};
    struct bytes again;
    struct proof_file file;
    struct proof_shown shown;
    if (!proof_file_read(a, sent, &file, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return;
    }
    CHECK(proof_file_write(&file, a, &again, &err));
    CHECK(bytes_eq(sent, again));
    if (!proof_file_verify(a, sent, NULL, &shown, &err))
        CHECK(err.kind != ERR_NONE);
    else
        CHECK(shown.verdict == ERR_UNANCHORED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct bytes closed, sent = {data, size};
    crypto_start();
    arena_init(&a, 64 << 20);
    check(&a, sent);
    if (close_anew(&a, sent, &closed))
        check(&a, closed);
    arena_release(&a);
    return 0;
}
