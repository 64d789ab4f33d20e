// crypto/box.c - see box.h.
#include "crypto/box.h"

#include <sodium.h>

_Static_assert(BOX_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(BOX_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(BOX_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(BOX_OVERHEAD_BYTES == BOX_NONCE_BYTES + BOX_TAG_BYTES, "nonce and tag");

void box_key_new(struct world *w, struct secret *ret_owned)
{
    secret_init(ret_owned, BOX_KEY_BYTES);
    world_random(w, ret_owned->ptr, BOX_KEY_BYTES);
}

bool box_seal(struct world *w, const struct secret *key, struct bytes plain, struct bytes place,
              struct arena *a, struct bytes *ret, struct err *err)
{
    CHECK(key->len == BOX_KEY_BYTES);
    uint8_t *out = NULL;
    if (plain.len < SIZE_MAX - BOX_OVERHEAD_BYTES)
        out = arena_alloc(a, plain.len + BOX_OVERHEAD_BYTES, 1, 1);
    if (out == NULL)
        return err_set(err, ERR_LIMIT, NULL, "a text of %zu octets does not fit", plain.len);
    world_random(w, out, BOX_NONCE_BYTES);
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(out + BOX_NONCE_BYTES, NULL, plain.ptr,
                                                     plain.len, place.ptr, place.len, NULL, out,
                                                     key->ptr) == 0);
    *ret = bytes_of(out, plain.len + BOX_OVERHEAD_BYTES);
    return true;
}

bool box_open(const struct secret *key, struct bytes sealed, struct bytes place, struct arena *a,
              struct bytes *ret_plain, struct err *err)
{
    CHECK(key->len == BOX_KEY_BYTES);
    if (sealed.len < BOX_OVERHEAD_BYTES)
        return err_set(err, ERR_MALFORMED, "FORMATS 10", "a sealed text of %zu octets is too short",
                       sealed.len);
    size_t plain_size = sealed.len - BOX_OVERHEAD_BYTES;
    uint8_t *plain = arena_alloc(a, plain_size + 1, 1, 1); // one more: no empty allocation
    if (plain == NULL)
        return err_set(err, ERR_LIMIT, NULL, "a text of %zu octets does not fit", plain_size);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed.ptr + BOX_NONCE_BYTES,
                                                   sealed.len - BOX_NONCE_BYTES, place.ptr,
                                                   place.len, sealed.ptr, key->ptr) != 0)
        return err_set(err, ERR_TAMPERED, "FORMATS 10",
                       "a sealed text was changed, moved, or sealed under another key");
    *ret_plain = bytes_of(plain, plain_size);
    return true;
}
