// rooms: codebook
#include "codebook/parameter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool any_state(const void *who, struct str state)
{
    (void)who;
    return state.len > 0;
}

static const struct book_code codes[] = {{{"RED", 3}, {"red", 3}}, {{"AMBER", 5}, {"amber", 5}}};
static const struct book_table table = {{"tlp", 3}, {"design", 6}, {"unchecked", 9}, codes, 2};
static const struct electorate states = {.has = any_state};

// First octet: the type; the rest: what was typed. A canonical form is its own canonical form, is
// visible ASCII without '=', and is the only spelling taken.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char once[PARAMETER_TEXT_BYTES], twice[PARAMETER_TEXT_BYTES];
    struct err err = {0};
    struct str typed;
    struct value value;
    if (size == 0 || !text_check_line(bytes_of(data + 1, size - 1), &typed, &err))
        return 0;
    enum parameter_type type = (enum parameter_type)(data[0] % PARAMETER_TYPE_COUNT);
    bool read = parameter_read(type, &table, &states, typed, &value, &err);
    if (!parameter_canonical(type, &table, &states, typed, once, &err)) {
        CHECK(!read);
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    bool again = parameter_canonical(type, &table, &states, str_of(once), twice, &err);
    CHECK(again);
    CHECK(strcmp(once, twice) == 0);
    CHECK(read == str_eq(str_of(once), typed));
    for (const char *at = once; *at != '\0'; at++) {
        CHECK(*at > 0x20);
        CHECK(*at < 0x7f);
        CHECK(*at != '=');
    }
    return 0;
}
