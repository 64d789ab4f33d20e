// rooms: cli
// Times typed at a prompt: what is taken writes as a moment that reads back.
#include "cli/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct moment at)
{
    char text[MOMENT_CHARS + 1];
    struct moment again;
    moment_write(at, text);
    bool read = moment_read(str_of(text), &again);
    CHECK(read && again.s == at.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct moment now = {1784001665};
    struct str typed = {(const char *)data, size};
    struct err err = {0};
    struct moment from, to;
    uint64_t seconds = 0;
    if (when_read(typed, now, size % 2 == 0 ? WHEN_NEXT : WHEN_LAST, &from, &err))
        check(from);
    else
        CHECK(err.kind == ERR_MALFORMED);
    if (when_read_span(typed, now, &from, &to, &err)) {
        check(from);
        check(to);
        CHECK(from.s <= to.s);
    }
    if (when_read_duration(typed, &seconds, &err))
        CHECK(seconds > 0);
    return 0;
}
