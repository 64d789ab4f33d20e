// crypto/age_header.c - see age_header.h.
#include "crypto/age_header.h"

#include "base/encode.h"
#include "base/limits.h"

#include <sodium.h>

enum { LINE_CHARS = 64, LINE_OCTETS = 48, BARE_32_CHARS = 43 };
static const struct str version_line = {"age-encryption.org/v1\n", 22};
static const struct str stanza_mark = {"-> ", 3};
static const struct str end_mark = {"---", 3};
static const struct str x25519_mark = {"X25519 ", 7};
static const char clause[] = "C2SP age v1, header";

_Static_assert(AGE_HEADER_FIXED_BYTES == 22 + 4 + BARE_32_CHARS + 1, "version and MAC lines");
_Static_assert(AGE_STANZA_BYTES == 3 + 7 + BARE_32_CHARS + 1 + BARE_32_CHARS + 1, "one stanza");
_Static_assert(AGE_HEADER_FIXED_BYTES + AGE_STANZA_BYTES * AGE_RECIPIENTS_MAX <=
                   AGE_HEADER_BYTES_MAX,
               "a header for the most recipients is one we accept");

// -- lines -----------------------------------------------------------------------------------

// Takes the next line without its LF; false when no LF is left.
static bool line_next(struct bytes *rest, struct str *ret_line)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
    if (end == NULL)
        return false;
    size_t len = (size_t)(end - rest->ptr);
    *ret_line = (struct str){(const char *)rest->ptr, len};
    rest->ptr += len + 1;
    rest->len -= len + 1;
    return true;
}

static bool starts_right(struct bytes seen)
{
    size_t len = seen.len < version_line.len ? seen.len : version_line.len;
    return len == 0 || memcmp(seen.ptr, version_line.ptr, len) == 0;
}

bool age_header_find_end(struct bytes seen, size_t *ret_size, struct err *err)
{
    struct bytes rest = seen;
    struct str line = {0};
    if (!starts_right(seen))
        return err_set(err, ERR_MALFORMED, clause, "this is not an age file of version 1");
    if (rest.len > AGE_HEADER_BYTES_MAX)
        rest.len = AGE_HEADER_BYTES_MAX;
    struct bytes window = rest;
    while (line_next(&rest, &line)) {
        if (str_starts(line, end_mark)) {
            *ret_size = window.len - rest.len;
            return true;
        }
    }
    if (window.len < seen.len || seen.len == AGE_HEADER_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "the header is longer than %d octets",
                       AGE_HEADER_BYTES_MAX);
    *ret_size = 0;
    return true;
}

// Canonical base64 without padding. libsodium 1.0.18 reads every octet above 0x7f as the digit
// "/" (found by age_header_fuzz), so those are refused here, before it sees them.
static bool bare_read(struct str text, uint8_t *ret_octets, size_t cap, size_t *ret_size)
{
    for (size_t i = 0; i < text.len; i++)
        if (((uint8_t)text.ptr[i] & 0x80) != 0)
            return false;
    return base64_read(text, BASE64_BARE, ret_octets, cap, ret_size);
}

// -- stanzas ---------------------------------------------------------------------------------

// One or more words of visible ASCII, one space between them.
static bool arguments_ok(struct str arguments)
{
    bool in_word = false;
    for (size_t i = 0; i < arguments.len; i++) {
        char c = arguments.ptr[i];
        if (c == ' ' && !in_word)
            return false;
        if (c != ' ' && (c < 0x21 || c > 0x7e))
            return false;
        in_word = c != ' ';
    }
    return in_word;
}

// Takes the lines of a stanza's body: full ones, then one shorter, which may be empty.
static bool body_read(struct bytes *rest, struct arena *a, struct bytes *ret, struct err *err)
{
    struct bytes ahead = *rest;
    struct str line = {0};
    size_t full = 0;
    while (line_next(&ahead, &line) && line.len == LINE_CHARS)
        full++;
    uint8_t *body = arena_new(a, uint8_t, (full + 1) * LINE_OCTETS);
    if (body == NULL)
        return err_set(err, ERR_LIMIT, clause, "the body of a stanza does not fit");
    size_t size = 0;
    for (size_t i = 0; i <= full; i++) {
        size_t part = 0;
        bool right = line_next(rest, &line) &&
                     (i < full ? line.len == LINE_CHARS : line.len < LINE_CHARS) &&
                     bare_read(line, body + size, LINE_OCTETS, &part);
        if (!right)
            return err_set(err, ERR_MALFORMED, clause,
                           "the body of a stanza is not canonical base64 in lines of 64");
        size += part;
    }
    *ret = bytes_of(body, size);
    return true;
}

static bool is_x25519(struct str arguments)
{
    return str_starts(arguments, x25519_mark) ||
           str_eq(arguments, str_slice(x25519_mark, 0, x25519_mark.len - 1));
}

// An X25519 stanza has exactly two arguments, the type and the share, and 32 octets of body; the
// body's size is looked at before anything is decrypted.
static bool wrapped_read(const struct age_stanza *stanza, struct age_wrapped *ret, struct err *err)
{
    size_t size = 0;
    struct age_wrapped wrapped;
    if (stanza->arguments.len != x25519_mark.len + BARE_32_CHARS)
        return err_set(err, ERR_MALFORMED, clause, "an X25519 stanza needs one share of 32 octets");
    struct str share = str_slice(stanza->arguments, x25519_mark.len, stanza->arguments.len);
    if (!bare_read(share, wrapped.share, sizeof wrapped.share, &size) ||
        size != sizeof wrapped.share)
        return err_set(err, ERR_MALFORMED, clause,
                       "the share of an X25519 stanza is not canonical");
    if (stanza->body.len != sizeof wrapped.body)
        return err_set(err, ERR_MALFORMED, clause, "the body of an X25519 stanza is not 32 octets");
    memcpy(wrapped.body, stanza->body.ptr, sizeof wrapped.body);
    *ret = wrapped;
    return true;
}

// -- the header ------------------------------------------------------------------------------

static bool mac_read(struct str line, uint8_t ret[DIGEST_BYTES], struct err *err)
{
    size_t size = 0;
    uint8_t mac[DIGEST_BYTES];
    bool right = line.len == end_mark.len + 1 + BARE_32_CHARS && line.ptr[end_mark.len] == ' ' &&
                 bare_read(str_slice(line, end_mark.len + 1, line.len), mac, sizeof mac, &size) &&
                 size == sizeof mac;
    if (!right)
        return err_set(err, ERR_MALFORMED, clause, "the header's last line is not a canonical MAC");
    memcpy(ret, mac, sizeof mac);
    return true;
}

struct lists {
    struct age_stanza *stanzas;
    struct age_wrapped *wrapped;
    size_t stanzas_count, wrapped_count;
};

// Room for as many stanzas as there are lines that begin like one.
static bool lists_make(struct bytes lines, struct arena *a, struct lists *ret, struct err *err)
{
    size_t most = 0;
    struct str line = {0};
    while (line_next(&lines, &line))
        most += str_starts(line, stanza_mark) ? 1 : 0;
    if (most == 0)
        return err_set(err, ERR_MALFORMED, clause, "the header names no recipient");
    struct lists made = {.stanzas = arena_new(a, struct age_stanza, most),
                         .wrapped = arena_new(a, struct age_wrapped, most)};
    if (made.stanzas == NULL || made.wrapped == NULL)
        return err_set(err, ERR_LIMIT, clause, "the header's %zu stanzas do not fit", most);
    *ret = made;
    return true;
}

static bool stanza_read(struct bytes *rest, struct arena *a, struct lists *lists, struct err *err)
{
    struct str line = {0};
    struct age_stanza *stanza = &lists->stanzas[lists->stanzas_count];
    if (!line_next(rest, &line) || !str_starts(line, stanza_mark))
        return err_set(err, ERR_MALFORMED, clause, "a line of the header starts no stanza");
    stanza->arguments = str_slice(line, stanza_mark.len, line.len);
    if (!arguments_ok(stanza->arguments))
        return err_set(err, ERR_MALFORMED, clause, "the arguments of a stanza are not words");
    if (!body_read(rest, a, &stanza->body, err))
        return false;
    lists->stanzas_count++;
    if (!is_x25519(stanza->arguments))
        return true; // of a type we do not know: not for us, and no reason to refuse the file
    if (!wrapped_read(stanza, &lists->wrapped[lists->wrapped_count], err))
        return false;
    lists->wrapped_count++;
    return true;
}

bool age_header_parse(struct bytes file, struct arena *a, struct age_header *ret, struct err *err)
{
    struct lists lists = {0};
    struct age_header header = {0};
    struct str line = {0};
    if (!age_header_find_end(file, &header.size, err))
        return false;
    if (header.size == 0)
        return err_set(err, ERR_MALFORMED, clause, "the file ends within its header");
    struct bytes rest = {file.ptr + version_line.len, header.size - version_line.len};
    if (!lists_make(rest, a, &lists, err))
        return false;
    while (rest.len < end_mark.len || memcmp(rest.ptr, end_mark.ptr, end_mark.len) != 0)
        if (!stanza_read(&rest, a, &lists, err))
            return false;
    if (lists.stanzas_count == 0)
        return err_set(err, ERR_MALFORMED, clause, "the header names no recipient");
    header.under_mac = bytes_of(file.ptr, (size_t)(rest.ptr - file.ptr) + end_mark.len);
    CHECK(line_next(&rest, &line)); // find_end saw its LF
    if (!mac_read(line, header.mac, err))
        return false;
    CHECK(rest.len == 0);
    header.stanzas = lists.stanzas;
    header.stanzas_count = lists.stanzas_count;
    header.wrapped = lists.wrapped;
    header.wrapped_count = lists.wrapped_count;
    *ret = header;
    return true;
}

static void stanza_write(struct buffer *out, struct str arguments, struct bytes body)
{
    char text[LINE_CHARS + 1];
    buffer_str(out, stanza_mark);
    buffer_str(out, arguments);
    buffer_str(out, STR("\n"));
    for (size_t done = 0; done <= body.len; done += LINE_OCTETS) {
        size_t part = body.len - done < LINE_OCTETS ? body.len - done : LINE_OCTETS;
        size_t len = base64_write(bytes_of(body.ptr + done, part), BASE64_BARE, text);
        buffer_str(out, (struct str){text, len});
        buffer_str(out, STR("\n"));
    }
}

static void mac_write(struct buffer *out, const uint8_t mac[DIGEST_BYTES])
{
    char text[BASE64_CHARS(DIGEST_BYTES) + 1];
    size_t len = base64_write(bytes_of(mac, DIGEST_BYTES), BASE64_BARE, text);
    buffer_str(out, STR(" "));
    buffer_str(out, (struct str){text, len});
    buffer_str(out, STR("\n"));
}

void age_header_write(const struct age_header *h, struct buffer *out)
{
    buffer_str(out, version_line);
    for (size_t i = 0; i < h->stanzas_count; i++)
        stanza_write(out, h->stanzas[i].arguments, h->stanzas[i].body);
    buffer_str(out, end_mark);
    mac_write(out, h->mac);
}

// -- keys ------------------------------------------------------------------------------------

enum { WRAP_KEY_BYTES = crypto_aead_chacha20poly1305_ietf_KEYBYTES };
// A wrap key serves once, so its nonce may stand still.
static const uint8_t zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0};

// The key under which the file key is wrapped. False when the shared secret is all zero, which
// libsodium reports.
static bool wrap_key_of(const uint8_t scalar[AGE_KEY_BYTES], const uint8_t point[AGE_KEY_BYTES],
                        const uint8_t share[AGE_KEY_BYTES], const uint8_t recipient[AGE_KEY_BYTES],
                        uint8_t ret[WRAP_KEY_BYTES])
{
    uint8_t shared[AGE_KEY_BYTES];
    uint8_t salt[2 * AGE_KEY_BYTES];
    bool good = crypto_scalarmult(shared, scalar, point) == 0;
    if (good) {
        memcpy(salt, share, AGE_KEY_BYTES);
        memcpy(salt + AGE_KEY_BYTES, recipient, AGE_KEY_BYTES);
        hkdf_sha256(bytes_of(shared, sizeof shared), bytes_of(salt, sizeof salt),
                    str_bytes(STR("age-encryption.org/v1/X25519")), ret, WRAP_KEY_BYTES);
    }
    secret_wipe(shared, sizeof shared);
    return good;
}

bool age_stanza_open(const struct age_wrapped *wrapped, const struct secret *identity,
                     struct age_file_key *ret, struct err *err)
{
    struct age_recipient own;
    struct age_file_key key;
    uint8_t wrap_key[WRAP_KEY_BYTES];
    age_recipient_of(identity, &own);
    if (!wrap_key_of(identity->ptr, wrapped->share, wrapped->share, own.octets, wrap_key))
        return err_set(err, ERR_MALFORMED, "RFC 7748 6.1",
                       "the share of an X25519 stanza is a point of small order");
    int code = crypto_aead_chacha20poly1305_ietf_decrypt(
        key.octets, NULL, NULL, wrapped->body, sizeof wrapped->body, NULL, 0, zero_nonce, wrap_key);
    secret_wipe(wrap_key, sizeof wrap_key);
    if (code != 0)
        return err_set(err, ERR_NOT_FOUND, clause, "this stanza is not for this identity");
    *ret = key;
    secret_wipe(&key, sizeof key);
    return true;
}

bool age_stanza_seal(struct world *w, const struct age_file_key *key,
                     const struct age_recipient *recipient, struct age_wrapped *ret,
                     struct err *err)
{
    struct age_wrapped wrapped;
    struct secret ephemeral;
    uint8_t wrap_key[WRAP_KEY_BYTES];
    age_identity_new(w, &ephemeral);
    CHECK(crypto_scalarmult_base(wrapped.share, ephemeral.ptr) == 0);
    bool good =
        wrap_key_of(ephemeral.ptr, recipient->octets, wrapped.share, recipient->octets, wrap_key);
    secret_release(&ephemeral);
    if (!good)
        return err_set(err, ERR_DENIED, "RFC 7748 6.1",
                       "a recipient's encryption key is a point of small order");
    CHECK(crypto_aead_chacha20poly1305_ietf_encrypt(wrapped.body, NULL, key->octets,
                                                    sizeof key->octets, NULL, 0, NULL, zero_nonce,
                                                    wrap_key) == 0);
    secret_wipe(wrap_key, sizeof wrap_key);
    *ret = wrapped;
    return true;
}

bool age_header_open(const struct age_header *h, const struct secret *identity,
                     struct age_file_key *ret, struct err *err)
{
    for (size_t i = 0; i < h->wrapped_count; i++) {
        if (age_stanza_open(&h->wrapped[i], identity, ret, err))
            return true;
        if (err->kind != ERR_NOT_FOUND)
            return false;
    }
    return err_set(err, ERR_NOT_FOUND, clause, "none of the %zu stanzas is for this identity",
                   h->stanzas_count);
}

static void mac_of(struct bytes under_mac, const struct age_file_key *key, struct digest *ret)
{
    uint8_t mac_key[DIGEST_BYTES];
    hkdf_sha256(bytes_of(key->octets, sizeof key->octets), (struct bytes){0},
                str_bytes(STR("header")), mac_key, sizeof mac_key);
    hmac_sha256(bytes_of(mac_key, sizeof mac_key), under_mac, ret);
    secret_wipe(mac_key, sizeof mac_key);
}

bool age_header_check(const struct age_header *h, const struct age_file_key *key, struct err *err)
{
    struct digest want;
    mac_of(h->under_mac, key, &want);
    if (sodium_memcmp(want.octets, h->mac, DIGEST_BYTES) != 0)
        return err_set(err, ERR_TAMPERED, clause, "the header's MAC does not fit its file key");
    return true;
}

static bool recipient_put(struct world *w, const struct age_file_key *key,
                          const struct age_recipient *recipient, struct buffer *out,
                          struct err *err)
{
    struct age_wrapped wrapped;
    char arguments[7 + BASE64_CHARS(AGE_KEY_BYTES) + 1];
    if (!age_stanza_seal(w, key, recipient, &wrapped, err))
        return false;
    memcpy(arguments, x25519_mark.ptr, x25519_mark.len);
    size_t len = base64_write(bytes_of(wrapped.share, sizeof wrapped.share), BASE64_BARE,
                              arguments + x25519_mark.len);
    stanza_write(out, (struct str){arguments, x25519_mark.len + len},
                 bytes_of(wrapped.body, sizeof wrapped.body));
    return true;
}

bool age_header_make(struct world *w, const struct age_file_key *key,
                     const struct age_recipient *recipients, size_t count, struct buffer *out,
                     struct err *err)
{
    struct digest mac;
    if (count == 0)
        return err_set(err, ERR_USAGE, NULL, "an age file needs a recipient");
    if (count > AGE_RECIPIENTS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu recipients are more than %d", count,
                       AGE_RECIPIENTS_MAX);
    size_t start = out->len;
    buffer_str(out, version_line);
    for (size_t i = 0; i < count; i++)
        if (!recipient_put(w, key, &recipients[i], out, err))
            return false;
    buffer_str(out, end_mark);
    if (!out->full) {
        mac_of(bytes_of(out->ptr + start, out->len - start), key, &mac);
        mac_write(out, mac.octets);
    }
    if (out->full)
        return err_set(err, ERR_LIMIT, NULL, "the header for %zu recipients does not fit", count);
    CHECK(out->len - start == AGE_HEADER_FIXED_BYTES + AGE_STANZA_BYTES * count);
    return true;
}
