// crypto/hash.c - see hash.h.
#include "crypto/hash.h"

#include "base/encode.h"
#include "crypto/secret.h"

#include <nettle/hmac.h>

_Static_assert(DIGEST_BYTES == SHA256_DIGEST_SIZE, "nettle's digest fills ours");

void hash_init(struct hash *h)
{
    sha256_init(&h->state);
}

void hash_put(struct hash *h, struct bytes more)
{
    if (more.len > 0)
        sha256_update(&h->state, more.len, more.ptr);
}

struct digest hash_end(struct hash *h)
{
    struct digest d;
    sha256_digest(&h->state, DIGEST_BYTES, d.octets);
    return d;
}

struct digest digest_of(struct bytes b)
{
    struct hash h;
    hash_init(&h);
    hash_put(&h, b);
    return hash_end(&h);
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
    return memcmp(a->octets, b->octets, DIGEST_BYTES) == 0;
}

int digest_cmp(const struct digest *a, const struct digest *b)
{
    return memcmp(a->octets, b->octets, DIGEST_BYTES);
}

static const struct str digest_prefix = {"sha256:", 7};

void digest_write(const struct digest *d, char ret_text[DIGEST_TEXT_CHARS + 1])
{
    memcpy(ret_text, digest_prefix.ptr, digest_prefix.len);
    hex_write(bytes_of(d->octets, DIGEST_BYTES), ret_text + digest_prefix.len);
}

bool digest_read(struct str text, struct digest *ret)
{
    struct digest d;
    if (text.len != DIGEST_TEXT_CHARS || !str_starts(text, digest_prefix))
        return false;
    if (!hex_read(str_slice(text, digest_prefix.len, text.len), d.octets, DIGEST_BYTES))
        return false;
    *ret = d;
    return true;
}

static void hmac_put(struct hmac_sha256_ctx *state, struct bytes more)
{
    if (more.len > 0)
        hmac_sha256_update(state, more.len, more.ptr);
}

void hmac_sha256(struct bytes key, struct bytes message, struct digest *ret)
{
    struct hmac_sha256_ctx state;
    hmac_sha256_set_key(&state, key.len, key.ptr);
    hmac_put(&state, message);
    hmac_sha256_digest(&state, DIGEST_BYTES, ret->octets);
    secret_wipe(&state, sizeof state);
}

void hkdf_sha256(struct bytes key_material, struct bytes salt, struct bytes info,
                 uint8_t *ret_octets, size_t size)
{
    struct digest root;
    struct digest block;
    struct hmac_sha256_ctx state;
    CHECK(size > 0);
    CHECK(size <= (size_t)255 * DIGEST_BYTES); // RFC 5869 section 2.3: the counter is one octet
    hmac_sha256(salt, key_material, &root);    // section 2.2, extract
    hmac_sha256_set_key(&state, DIGEST_BYTES, root.octets);
    uint8_t counter = 0;
    for (size_t done = 0; done < size; done += DIGEST_BYTES) {
        size_t part = size - done < DIGEST_BYTES ? size - done : DIGEST_BYTES;
        if (counter > 0)
            hmac_put(&state, bytes_of(block.octets, DIGEST_BYTES));
        counter++;
        hmac_put(&state, info);
        hmac_put(&state, bytes_of(&counter, 1));
        hmac_sha256_digest(&state, DIGEST_BYTES, block.octets); // and starts anew with the same key
        memcpy(ret_octets + done, block.octets, part);
    }
    secret_wipe(&root, sizeof root);
    secret_wipe(&block, sizeof block);
    secret_wipe(&state, sizeof state);
}
