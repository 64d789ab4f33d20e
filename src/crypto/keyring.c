// crypto/keyring.c - see keyring.h.
#include "crypto/keyring.h"

#include "base/encode.h"
#include "base/lines.h"
#include "crypto/hash.h"

#include <sodium.h>
#include <stdio.h>

enum { KEY_BYTES = 32, TAG_BYTES = 16, KIB_MIN = 8, HEADER_LINES = 6 };
static const char clause[] = "crypto/keyring.h";

_Static_assert(KEYRING_SALT_BYTES == crypto_pwhash_SALTBYTES, "salt");
_Static_assert(KIB_MIN * 1024 == crypto_pwhash_MEMLIMIT_MIN, "least memory");
_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(KEYRING_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");

// -- in memory -------------------------------------------------------------------------------

void keyring_init(struct keyring *k)
{
    *k = (struct keyring){0};
}

void keyring_release(struct keyring *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->count; i++)
        secret_release(&k->items[i].value);
    memory_release(k->items);
    *k = (struct keyring){0};
}

bool keyring_name_ok(struct str name)
{
    if (name.len == 0 || name.len > KEYRING_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool right = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
                     c == '_' || c == '-';
        if (!right)
            return false;
    }
    return true;
}

// Where the name stands, or would stand.
static size_t place_of(const struct keyring *k, struct str name, bool *ret_there)
{
    size_t low = 0;
    size_t high = k->count;
    *ret_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(str_of(k->items[middle].name), name);
        if (order == 0) {
            *ret_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t item_size(const struct keyring_item *item)
{
    return 2 + strlen(item->name) + 2 + item->value.len;
}

static size_t inside_size(const struct keyring *k)
{
    size_t size = 4;
    for (size_t i = 0; i < k->count; i++)
        size += item_size(&k->items[i]);
    return size;
}

static void grow(struct keyring *k)
{
    size_t cap = k->cap == 0 ? 16 : k->cap * 2;
    struct keyring_item *wider = memory_new(cap, sizeof *wider);
    if (k->count > 0)
        memcpy(wider, k->items, k->count * sizeof *wider);
    memory_release(k->items);
    k->items = wider;
    k->cap = cap;
}

static bool put_check(const struct keyring *k, struct str name, size_t size, bool there,
                      struct err *err)
{
    if (!keyring_name_ok(name))
        return err_set(err, ERR_USAGE, clause, "a secret's name is [a-z0-9/._-]{1,255}");
    if (size == 0)
        return err_set(err, ERR_USAGE, clause, "the secret %.*s is empty", STR_ARG(name));
    if (size > KEYRING_SECRET_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a secret of %zu octets is above %d", size,
                       KEYRING_SECRET_BYTES_MAX);
    if (!there && k->count == KEYRING_SECRETS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a keyring holds at most %d secrets",
                       KEYRING_SECRETS_MAX);
    // As if nothing were replaced: the file must stay within its bound.
    size_t around = KEYRING_HEADER_BYTES_MAX + TAG_BYTES + DIGEST_BYTES;
    if (inside_size(k) + 4 + name.len + size + around > KEYRING_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a keyring holds at most %d octets",
                       KEYRING_BYTES_MAX);
    return true;
}

bool keyring_put(struct keyring *k, struct str name, struct bytes value, struct err *err)
{
    bool there = false;
    struct secret copy;
    size_t at = place_of(k, name, &there);
    if (!put_check(k, name, value.len, there, err))
        return false;
    secret_copy(&copy, value); // before anything moves: the value may be one of ours
    if (there) {
        secret_release(&k->items[at].value);
        k->items[at].value = copy;
        return true;
    }
    if (k->count == k->cap)
        grow(k);
    memmove(&k->items[at + 1], &k->items[at], (k->count - at) * sizeof *k->items);
    k->items[at] = (struct keyring_item){.value = copy};
    memcpy(k->items[at].name, name.ptr, name.len);
    k->count++;
    return true;
}

const struct secret *keyring_find(const struct keyring *k, struct str name)
{
    bool there = false;
    size_t at = place_of(k, name, &there);
    return there ? &k->items[at].value : NULL;
}

bool keyring_remove(struct keyring *k, struct str name)
{
    bool there = false;
    size_t at = place_of(k, name, &there);
    if (!there)
        return false;
    secret_release(&k->items[at].value);
    k->count--;
    memmove(&k->items[at], &k->items[at + 1], (k->count - at) * sizeof *k->items);
    return true;
}

// -- the header ------------------------------------------------------------------------------

size_t keyring_header_write(const struct keyring_header *h,
                            char ret_text[KEYRING_HEADER_BYTES_MAX + 1])
{
    char salt[2 * KEYRING_SALT_BYTES + 1];
    char check[2 * KEYRING_CHECK_BYTES + 1];
    char nonce[2 * KEYRING_NONCE_BYTES + 1];
    hex_write(bytes_of(h->salt, sizeof h->salt), salt);
    hex_write(bytes_of(h->check, sizeof h->check), check);
    hex_write(bytes_of(h->nonce, sizeof h->nonce), nonce);
    int len = snprintf(ret_text, KEYRING_HEADER_BYTES_MAX + 1,
                       "elchi keyring v1\nkdf argon2id %u %u\nsalt %s\ncheck %s\nnonce %s\n"
                       "sealed %zu\n",
                       h->cost.passes, h->cost.kib, salt, check, nonce, h->sealed_size);
    CHECK(len > 0);
    CHECK(len <= KEYRING_HEADER_BYTES_MAX);
    return (size_t)len;
}

// Cuts the six lines off the file.
static bool header_cut(struct bytes file, struct str *ret, struct err *err)
{
    size_t lines = 0;
    size_t most = file.len < KEYRING_HEADER_BYTES_MAX ? file.len : KEYRING_HEADER_BYTES_MAX;
    for (size_t i = 0; i < most; i++) {
        lines += file.ptr[i] == '\n' ? 1 : 0;
        if (lines == HEADER_LINES)
            return text_check(bytes_of(file.ptr, i + 1), ret, err);
    }
    return err_set(err, ERR_MALFORMED, clause, "this is not a keyring, or only its beginning");
}

static bool cost_read(struct lines *l, struct keyring_cost *ret)
{
    uint64_t passes = 0;
    uint64_t kib = 0;
    struct fields f = fields_of(lines_value(l, STR("kdf")));
    struct str kind = field_next(&f);
    bool right = str_eq(kind, STR("argon2id")) &&
                 decimal_read(field_next(&f), UINT32_MAX, &passes) &&
                 decimal_read(field_rest(&f), UINT32_MAX, &kib) && passes >= 1 && kib >= KIB_MIN;
    if (!right)
        return lines_fail(l, clause, "the cost is not \"argon2id PASSES KIB\"");
    *ret = (struct keyring_cost){(uint32_t)passes, (uint32_t)kib};
    return true;
}

static void hex_line(struct lines *l, struct str key, uint8_t *ret, size_t size)
{
    if (!hex_read(lines_value(l, key), ret, size))
        (void)lines_fail(l, clause, "%.*s is not %zu octets in hex", STR_ARG(key), size);
}

bool keyring_header_read(struct bytes file, struct keyring_header *ret, struct err *err)
{
    struct str text = {0};
    struct lines l;
    struct keyring_header h = {0};
    uint64_t sealed = 0;
    if (!header_cut(file, &text, err))
        return err_wrap(err, "keyring");
    lines_init(&l, "keyring", text, err);
    lines_exact(&l, STR("elchi keyring v1"));
    if (!cost_read(&l, &h.cost))
        return false;
    hex_line(&l, STR("salt"), h.salt, sizeof h.salt);
    hex_line(&l, STR("check"), h.check, sizeof h.check);
    hex_line(&l, STR("nonce"), h.nonce, sizeof h.nonce);
    if (!decimal_read(lines_value(&l, STR("sealed")), KEYRING_BYTES_MAX, &sealed))
        (void)lines_fail(&l, clause, "the size of the sealed part is no number within bounds");
    if (!lines_done(&l))
        return false;
    if (h.cost.passes > KEYRING_PASSES_MAX || h.cost.kib > KEYRING_KIB_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "this keyring asks for too much work");
    h.sealed_size = (size_t)sealed;
    h.size = text.len;
    *ret = h;
    return true;
}

// -- the passphrase --------------------------------------------------------------------------

// Yields the sealing key (owned, 32 octets) and the check value.
static bool derive(const struct secret *passphrase, const struct keyring_header *h,
                   struct secret *ret_key, uint8_t ret_check[KEYRING_CHECK_BYTES], struct err *err)
{
    struct secret root;
    secret_init(&root, KEY_BYTES);
    int code =
        crypto_pwhash(root.ptr, root.len, (const char *)passphrase->ptr, passphrase->len, h->salt,
                      h->cost.passes, (size_t)h->cost.kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
    if (code == 0) {
        secret_init(ret_key, KEY_BYTES);
        hkdf_sha256(secret_bytes(&root), (struct bytes){0}, str_bytes(STR("elchi keyring v1 seal")),
                    ret_key->ptr, KEY_BYTES);
        hkdf_sha256(secret_bytes(&root), (struct bytes){0},
                    str_bytes(STR("elchi keyring v1 check")), ret_check, KEYRING_CHECK_BYTES);
    }
    secret_release(&root);
    if (code != 0)
        return err_set(err, ERR_IO, "RFC 9106", "not enough memory for the passphrase: %u KiB",
                       h->cost.kib);
    return true;
}

// -- writing ---------------------------------------------------------------------------------

static void inside_write(const struct keyring *k, struct secret *ret_owned)
{
    secret_init(ret_owned, inside_size(k));
    struct writer w = writer_of(ret_owned->ptr, ret_owned->len);
    writer_u32(&w, (uint32_t)k->count);
    for (size_t i = 0; i < k->count; i++) {
        writer_block16(&w, str_bytes(str_of(k->items[i].name)));
        writer_block16(&w, secret_bytes(&k->items[i].value));
    }
    CHECK(!w.full);
    CHECK(w.len == w.cap);
}

static bool write_check(const struct secret *passphrase, struct keyring_cost cost, struct err *err)
{
    if (passphrase->len == 0)
        return err_set(err, ERR_USAGE, clause, "a keyring needs a passphrase");
    if (cost.passes < 1 || cost.passes > KEYRING_PASSES_MAX || cost.kib < KIB_MIN ||
        cost.kib > KEYRING_KIB_MAX)
        return err_set(err, ERR_USAGE, clause, "a keyring costs 1 to %d passes of %d to %d KiB",
                       KEYRING_PASSES_MAX, KIB_MIN, KEYRING_KIB_MAX);
    return true;
}

// Header, sealed part and digest, into `out`, which has room.
static void file_write(const struct keyring_header *h, const struct secret *inside,
                       const struct secret *key, struct writer *out)
{
    char text[KEYRING_HEADER_BYTES_MAX + 1];
    struct bytes header = bytes_of(text, keyring_header_write(h, text));
    writer_put(out, header);
    uint8_t *to = out->ptr + out->len;
    CHECK(out->cap - out->len >= h->sealed_size + DIGEST_BYTES);
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(to, NULL, inside->ptr, inside->len, header.ptr,
                                                     header.len, NULL, h->nonce, key->ptr) == 0);
    out->len += h->sealed_size;
    struct digest sum = digest_of(writer_bytes(out));
    writer_put(out, bytes_of(sum.octets, DIGEST_BYTES));
    CHECK(!out->full);
}

bool keyring_write(const struct keyring *k, struct world *w, const struct secret *passphrase,
                   struct keyring_cost cost, struct arena *a, struct bytes *ret, struct err *err)
{
    struct secret key = {0};
    struct secret inside = {0};
    struct keyring_header h = {.cost = cost, .sealed_size = inside_size(k) + TAG_BYTES};
    size_t cap = KEYRING_HEADER_BYTES_MAX + h.sealed_size + DIGEST_BYTES;
    if (!write_check(passphrase, cost, err))
        return false;
    uint8_t *storage = arena_alloc(a, cap, 1, 1);
    if (storage == NULL)
        return err_set(err, ERR_LIMIT, NULL, "a keyring of %zu octets does not fit", cap);
    struct writer out = writer_of(storage, cap);
    world_random(w, h.salt, sizeof h.salt);
    world_random(w, h.nonce, sizeof h.nonce);
    if (!derive(passphrase, &h, &key, h.check, err))
        return false;
    inside_write(k, &inside);
    file_write(&h, &inside, &key, &out);
    secret_release(&inside);
    secret_release(&key);
    CHECK(out.len <= KEYRING_BYTES_MAX);
    *ret = writer_bytes(&out);
    return true;
}

// -- reading ---------------------------------------------------------------------------------

static bool inside_read(const struct secret *inside, struct keyring *ret_owned, struct err *err)
{
    struct keyring k;
    struct str before = {"", 0};
    struct reader r = reader_of(secret_bytes(inside));
    uint32_t count = reader_u32(&r);
    bool right = count <= KEYRING_SECRETS_MAX;
    keyring_init(&k);
    for (uint32_t i = 0; right && i < count; i++) {
        struct bytes name = reader_block16(&r);
        struct bytes value = reader_block16(&r);
        struct str text = {(const char *)name.ptr, name.len};
        right = !r.failed && keyring_name_ok(text) && str_cmp(before, text) < 0 &&
                keyring_put(&k, text, value, err);
        before = text;
    }
    if (right && reader_done(&r)) {
        *ret_owned = k;
        return true;
    }
    keyring_release(&k);
    return err_set(err, ERR_MALFORMED, clause, "the secrets inside the keyring are not in order");
}

static bool sealed_open(struct bytes file, const struct keyring_header *h, const struct secret *key,
                        struct keyring *ret_owned, struct err *err)
{
    struct secret inside;
    secret_init(&inside, h->sealed_size - TAG_BYTES);
    bool done = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    inside.ptr, NULL, NULL, file.ptr + h->size, h->sealed_size, file.ptr, h->size,
                    h->nonce, key->ptr) == 0;
    if (done)
        done = inside_read(&inside, ret_owned, err);
    else
        (void)err_set(err, ERR_TAMPERED, clause, "the keyring was changed");
    secret_release(&inside);
    return done;
}

static bool frame_check(struct bytes file, const struct keyring_header *h, struct err *err)
{
    if (h->sealed_size < TAG_BYTES + 4 || file.len != h->size + h->sealed_size + DIGEST_BYTES)
        return err_set(err, ERR_MALFORMED, clause, "the keyring is not as long as it says");
    struct digest sum = digest_of(bytes_of(file.ptr, file.len - DIGEST_BYTES));
    if (memcmp(sum.octets, file.ptr + file.len - DIGEST_BYTES, DIGEST_BYTES) != 0)
        return err_set(err, ERR_TAMPERED, clause,
                       "the keyring is damaged: its digest does not fit");
    return true;
}

bool keyring_read(struct bytes file, const struct secret *passphrase, struct keyring *ret_owned,
                  struct err *err)
{
    struct keyring_header h = {0};
    struct secret key = {0};
    uint8_t check[KEYRING_CHECK_BYTES];
    bool done = false;
    if (file.len > KEYRING_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a keyring has at most %d octets",
                       KEYRING_BYTES_MAX);
    if (passphrase->len == 0) // none was ever written under an empty one
        return err_set(err, ERR_DENIED, clause, "a keyring needs a passphrase");
    if (!keyring_header_read(file, &h, err) || !frame_check(file, &h, err) ||
        !derive(passphrase, &h, &key, check, err))
        return false;
    if (sodium_memcmp(check, h.check, sizeof check) == 0)
        done = sealed_open(file, &h, &key, ret_owned, err);
    else
        (void)err_set(err, ERR_DENIED, clause, "wrong passphrase");
    secret_release(&key);
    secret_wipe(check, sizeof check);
    return done;
}
