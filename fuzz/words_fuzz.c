// rooms: community
// What people type and small fields say: a fingerprint read by telephone, HOST:PORT, an address, a
// ref, a moment, a State's code. What is accepted writes back as one spelling.
#include "community/fingerprint.h"
#include "http/listen.h"
#include "record/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_fingerprint(struct str typed)
{
    struct fingerprint read;
    struct fingerprint again;
    struct err err = {0};
    char text[FINGERPRINT_CHARS + 1];
    if (!fingerprint_read(typed, &read, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return;
    }
    fingerprint_write(&read, text);
    CHECK(fingerprint_read(str_of(text), &again, &err));
    CHECK(fingerprint_differs(&read, &again) == 0);
}

static void try_listen(const char *text)
{
    struct listen_at at;
    struct err err = {0};
    if (listen_read(text, &at, &err))
        CHECK(at.address[0] != '\0' && strlen(at.address) < strlen(text));
    else
        CHECK(err.kind == ERR_USAGE);
}

static void try_names(struct str text)
{
    struct address address;
    struct ref ref;
    struct state_code code;
    struct moment moment;
    char spelled[REF_CHARS_MAX + ADDRESS_CHARS_MAX + MOMENT_CHARS + 1];
    if (address_read(text, &address)) {
        address_write(&address, spelled);
        CHECK(str_eq(str_of(spelled), text));
    }
    if (ref_read(text, &ref)) {
        ref_write(&ref, spelled);
        CHECK(str_eq(str_of(spelled), text));
    }
    if (moment_read(text, &moment)) {
        moment_write(moment, spelled);
        CHECK(str_eq(str_of(spelled), text));
    }
    if (state_code_read(text, &code))
        CHECK(address_read(text, &address)); // a State is addressed by its code
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct str text;
    char ended[512];
    if (size >= sizeof ended || !text_check_line(bytes_of(data, size), &text, &err))
        return 0;
    memcpy(ended, data, size);
    ended[size] = '\0';
    try_fingerprint(text);
    try_listen(ended);
    try_names(text);
    return 0;
}
