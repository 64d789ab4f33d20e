// rooms: crypto
// A keyring file: its header writes back to the same octets. Where it asks for the least work, the
// whole is tried too, under a passphrase that fits the seed.
#include "crypto/keyring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_whole(struct bytes sent)
{
    static const char words[] = "twelve invented words of a test";
    struct secret passphrase;
    struct keyring ring;
    struct err err = {0};
    secret_copy(&passphrase, bytes_of(words, sizeof words - 1));
    if (keyring_read(sent, &passphrase, &ring, &err))
        keyring_release(&ring);
    else
        CHECK(err.kind != ERR_NONE);
    secret_release(&passphrase);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = {data, size};
    struct keyring_header header;
    struct err err = {0};
    char again[KEYRING_HEADER_BYTES_MAX + 1];
    if (!keyring_header_read(sent, &header, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return 0;
    }
    CHECK(keyring_header_write(&header, again) == header.size);
    CHECK(memcmp(again, data, header.size) == 0);
    if (header.cost.passes == 1 && header.cost.kib == 8)
        try_whole(sent);
    return 0;
}
