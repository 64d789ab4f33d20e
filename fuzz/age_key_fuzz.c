// rooms: crypto
// The texts of age keys, as a manifest or an officer's file holds them: one text per key.
#include "crypto/age_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_recipient(struct str text)
{
    struct age_recipient recipient;
    struct err err = {0};
    char again[AGE_RECIPIENT_CHARS + 1];
    if (!age_recipient_read(text, &recipient, &err)) {
        CHECK(err.kind == ERR_MALFORMED);
        return;
    }
    age_recipient_write(&recipient, again);
    CHECK(str_eq(str_of(again), text));
    CHECK(age_recipient_check(&recipient, &err) || err.kind == ERR_DENIED);
}

static void try_identity(struct str text)
{
    struct secret identity;
    struct err err = {0};
    char again[AGE_IDENTITY_CHARS + 1];
    if (!age_identity_read(text, &identity, &err)) {
        CHECK(err.kind == ERR_MALFORMED);
        return;
    }
    age_identity_write(&identity, again);
    CHECK(str_eq(str_of(again), text));
    secret_release(&identity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    try_recipient(text);
    try_identity(text);
    return 0;
}
