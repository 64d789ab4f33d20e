// rooms: log
// What is taken as a tile's path writes back to the same bytes.
#include "log/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char again[TILE_PATH_CHARS + 1];
    struct tile_at at;
    struct err err = {0};
    if (!tile_path_read((struct str){(const char *)data, size}, &at, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    size_t len = tile_path_write(at, again);
    CHECK(bytes_eq(bytes_of(again, len), bytes_of(data, size)));
    return 0;
}
