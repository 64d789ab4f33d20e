// rooms: codebook
// A pattern of a rendering, with its choices and plurals: ICU never sees one whose shape was not
// proven, and one that was proven formats in a language of six plural forms.
#include "codebook/pattern.h"

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_places(struct str pattern, struct arena *a)
{
    static const char *const languages[] = {"en", "ar", "ru"};
    struct pattern_places places;
    struct pattern_value values[PATTERN_PLACES_MAX];
    struct err err = {0};
    struct str shown;
    if (!pattern_places_read(pattern, &places, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return;
    }
    CHECK(places.count <= PATTERN_PLACES_MAX);
    for (size_t i = 0; i < places.count; i++) {
        CHECK(pattern_has_place(&places, places.places[i].name));
        values[i] = (struct pattern_value){places.places[i].name, STR("one"), (double)i};
    }
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        if (!pattern_check(pattern, str_of(languages[i]), a, &err) ||
            !pattern_format(pattern, str_of(languages[i]), values, places.count, a, &shown, &err))
            CHECK(err.kind != ERR_NONE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct str pattern;
    arena_init(&a, 32 << 20);
    if (text_check(bytes_of(data, size), &pattern, &err))
        check_places(pattern, &a);
    arena_release(&a);
    return 0;
}
