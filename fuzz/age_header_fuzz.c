// rooms: crypto
// An age file from anybody: its header, and with a fixed key its payload. What is accepted writes
// back to the same octets; the search for the end agrees with the parser.
#include "base/limits.h"
#include "crypto/age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_end(struct bytes sent, const struct age_header *header)
{
    struct err err = {0};
    size_t end = 0;
    CHECK(age_header_find_end(sent, &end, &err));
    CHECK(end == header->size);
    CHECK(age_header_find_end(bytes_of(sent.ptr, end - 1), &end, &err));
    CHECK(end == 0); // one octet less is not enough
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = {data, size};
    struct arena a;
    struct buffer again;
    struct age_header header;
    struct bytes plain = {0};
    struct age_file_key key = {{1}};
    struct err err = {0};
    arena_init(&a, 8 << 20);
    if (!age_header_parse(sent, &a, &header, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        buffer_init(&again, &a, AGE_HEADER_BYTES_MAX);
        age_header_write(&header, &again);
        CHECK(bytes_eq(buffer_bytes(&again), bytes_of(data, header.size)));
        CHECK(header.wrapped_count <= header.stanzas_count);
        check_end(sent, &header);
        CHECK(!age_file_open_with_key(sent, &key, &a, &plain, &err)); // nobody forges a MAC
        CHECK(err.kind != ERR_NONE);
    }
    arena_release(&a);
    return 0;
}
