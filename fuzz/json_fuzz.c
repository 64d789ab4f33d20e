// rooms: base
// JSON from outside: what is accepted has one canonical form, which reads back as itself.
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// ECMAScript writes 3e16 and 1e20 without an exponent. So long an integer is not taken: RFC 7493
// keeps to what every reader holds.
static bool has_long_integer(struct bytes text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        digits = text.ptr[i] >= '0' && text.ptr[i] <= '9' ? digits + 1 : 0;
        if (digits == 16)
            return true;
    }
    return false;
}

static void check_canon(const json_t *value, struct arena *a)
{
    struct bytes first;
    struct bytes second;
    struct err err = {0};
    json_t *again = NULL;
    if (!json_canon(value, a, &first, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return;
    }
    if (json_read(first, &again, &err) && json_canon(again, a, &second, &err))
        CHECK(bytes_eq(first, second));
    else
        CHECK(has_long_integer(first));
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    json_t *value = NULL;
    if (!json_read(bytes_of(data, size), &value, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    arena_init(&a, 64 << 20);
    check_canon(value, &a);
    json_decref(value);
    arena_release(&a);
    return 0;
}
