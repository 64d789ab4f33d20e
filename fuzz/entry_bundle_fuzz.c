// rooms: log
// The first octet is the width less one. What is taken as a bundle writes back to the same bytes.
#include "log/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[1 << 20];
    struct bytes entries[TILE_WIDTH];
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    if (size == 0 || size > sizeof again)
        return 0;
    uint16_t width = (uint16_t)(data[0] + 1);
    struct bytes sent = {data + 1, size - 1};
    if (!tile_entries_read(sent, width, entries, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    for (size_t i = 0; i < width; i++)
        tile_entry_write(entries[i], &w);
    CHECK(bytes_eq(writer_bytes(&w), sent));
    return 0;
}
