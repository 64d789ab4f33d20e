// rooms: codebook
// Text laid into a width: no line is empty of progress, nothing is lost but spaces at the ends of
// lines, every isolate that is open at a line's end is closed, and what is cut is never too long.
#include "codebook/wrap.h"

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cut(struct str text, size_t clusters, struct arena *a)
{
    struct err err = {0};
    struct str cut;
    size_t count;
    if (!text_shorten(STR("ar"), text, clusters, a, &cut, &err)) {
        CHECK(err.kind != ERR_NONE);
        return;
    }
    CHECK(cut.len <= text.len);
    CHECK(cut.len == 0 || memcmp(cut.ptr, text.ptr, cut.len) == 0);
    CHECK(text_clusters(cut, &count, &err));
    CHECK(count <= clusters);
}

static void check_lines(struct str text, size_t columns, struct arena *a)
{
    struct err err = {0};
    struct wrapped w, again;
    if (!wrap_columns(STR("zh"), text, columns, a, &w, &err)) {
        CHECK(err.kind != ERR_NONE);
        return;
    }
    CHECK(w.count > 0);
    size_t octets = 0;
    for (size_t i = 0; i < w.count; i++)
        octets += w.lines[i].len;
    size_t spaces = 0;
    for (size_t i = 0; i < text.len; i++)
        spaces += text.ptr[i] == ' ' ? 1 : 0;
    CHECK(octets + spaces >= text.len);
    // what fits is one line when it is laid again
    if (w.count == 1) {
        CHECK(wrap_columns(STR("zh"), w.lines[0], columns, a, &again, &err));
        CHECK(again.count == 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct str text;
    arena_init(&a, 64 << 20);
    if (size > 1 && text_check_line(bytes_of(data + 1, size - 1), &text, &err)) {
        check_lines(text, WRAP_COLUMNS_MIN + data[0] % 64, &a);
        check_cut(text, data[0], &a);
    }
    arena_release(&a);
    return 0;
}
