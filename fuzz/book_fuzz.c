// rooms: codebook
#include "codebook/book.h"
#include "codebook/findings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What is accepted writes back to the same bytes, and the checks run over it.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = bytes_of(data, size);
    struct arena a;
    struct err err = {0};
    struct book book;
    struct findings found;
    struct buffer again;
    arena_init(&a, 8 << 20);
    if (!book_parse(sent, &a, &book, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        buffer_init(&again, &a, 2 << 20);
        bool written = book_write(&book, &again, &err);
        CHECK(written);
        CHECK(bytes_eq(buffer_bytes(&again), sent));
        bool checked = codebook_check(&book, NULL, 0, &a, &found, &err);
        CHECK(checked);
    }
    arena_release(&a);
    return 0;
}
