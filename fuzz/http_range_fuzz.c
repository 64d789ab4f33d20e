// rooms: http
// The first eight octets are the size of a thing, the rest a Range value; a part that is given lies
// within the thing, and written out it reads the same.
#include "http/parse.h"

#include <inttypes.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct range *r, uint64_t total)
{
    char text[80];
    struct range again = {0};
    uint64_t same;
    CHECK(r->count > 0);
    CHECK(r->first < total);
    CHECK(r->count <= total - r->first);
    (void)snprintf(text, sizeof text, "bytes=%" PRIu64 "-%" PRIu64, r->first,
                   r->first + (r->count - 1));
    CHECK(range_read(str_of(text), total, &again) == RANGE_PART);
    CHECK(again.first == r->first);
    CHECK(again.count == r->count);
    (void)snprintf(text, sizeof text, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, r->first,
                   r->first + (r->count - 1), total);
    CHECK(content_range_read(str_of(text), &again, &same));
    CHECK(same == total);
    CHECK(again.first == r->first);
    CHECK(again.count == r->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader in = reader_of(bytes_of(data, size));
    uint64_t total = reader_u64(&in);
    struct str value = {(const char *)in.rest.ptr, in.rest.len};
    struct range r = {0};
    uint64_t told;
    if (in.failed)
        return 0;
    if (range_read(value, total, &r) == RANGE_PART)
        check_part(&r, total);
    if (content_range_read(value, &r, &told))
        check_part(&r, told);
    return 0;
}
