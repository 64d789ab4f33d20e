#include "base/encode.h"
#include "log/note.h"
#include "log/parts.h"

#include <stdio.h>

static const char clause_key[] = "C2SP signed-note, verifier keys";

enum { MLDSA_PUBLIC_BYTES = 1312, ED25519_VKEY_OCTETS = 1 + SIGN_PUBLIC_BYTES, ID_DIGITS = 8 };

// Unicode's White_Space above ASCII, in UTF-8; text_check has refused U+0085, U+2028 and U+2029.
static bool is_wide_space(struct str rest)
{
    static const char *const spaces[] = {
        "\xC2\xA0",     // U+00A0
        "\xE1\x9A\x80", // U+1680
        "\xE2\x80\xAF", // U+202F
        "\xE2\x81\x9F", // U+205F
        "\xE3\x80\x80", // U+3000
    };
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (str_starts(rest, str_of(spaces[i])))
            return true;
    // U+2000 to U+200A
    return str_starts(rest, STR("\xE2\x80")) && rest.len >= 3 && (uint8_t)rest.ptr[2] >= 0x80 &&
           (uint8_t)rest.ptr[2] <= 0x8A;
}

bool note_name_check(struct str name, struct err *err)
{
    static const char clause[] = "C2SP signed-note, key name";
    if (name.len == 0)
        return err_set(err, ERR_MALFORMED, clause, "a key name is empty");
    if (name.len > KEY_NAME_BYTES_MAX)
        return err_set(err, ERR_MALFORMED, clause, "a key name has %zu octets; %d is the most",
                       name.len, KEY_NAME_BYTES_MAX);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = (uint8_t)name.ptr[i];
        if (c <= ' ' || c == '+' || c == 0x7F)
            return err_set(err, ERR_MALFORMED, clause,
                           "a key name holds the octet 0x%02x at position %zu", (unsigned)c, i);
        if (c >= 0x80 && is_wide_space(str_slice(name, i, name.len)))
            return err_set(err, ERR_MALFORMED, clause, "a key name holds a space at position %zu",
                           i);
    }
    return true;
}

uint32_t note_key_id(struct str name, uint8_t type, struct bytes public_key)
{
    const uint8_t between[2] = {0x0A, type};
    struct hash h;
    hash_init(&h);
    hash_put(&h, str_bytes(name));
    hash_put(&h, bytes_of(between, sizeof between));
    hash_put(&h, public_key);
    struct digest d = hash_end(&h);
    return (uint32_t)d.octets[0] << 24 | (uint32_t)d.octets[1] << 16 | (uint32_t)d.octets[2] << 8 |
           d.octets[3];
}

bool note_key_make(struct str name, enum note_key_type type, const struct sign_public *key,
                   struct note_key *ret, struct err *err)
{
    CHECK(type == NOTE_KEY_ED25519 || type == NOTE_KEY_COSIGNER);
    if (!note_name_check(name, err))
        return false;
    if (!sign_public_check(key, err))
        return err_wrap(err, "key %.*s", STR_ARG(name));
    *ret = (struct note_key){
        .name = name,
        .id = note_key_id(name, (uint8_t)type, bytes_of(key->octets, sizeof key->octets)),
        .type = type,
        .key = *key,
    };
    return true;
}

// -- reading ---------------------------------------------------------------------------------

// The octets behind the second '+': a type and a key of the size that type has.
static bool key_of_octets(struct bytes octets, struct str base64, struct note_key *key,
                          struct err *err)
{
    uint8_t type = octets.ptr[0];
    struct bytes public_key = bytes_of(octets.ptr + 1, octets.len - 1);
    if (type == NOTE_KEY_ED25519 || type == NOTE_KEY_COSIGNER) {
        if (public_key.len != SIGN_PUBLIC_BYTES)
            return err_set(err, ERR_MALFORMED, clause_key, "an Ed25519 key has %zu octets, not 32",
                           public_key.len);
        memcpy(key->key.octets, public_key.ptr, SIGN_PUBLIC_BYTES);
        if (!sign_public_check(&key->key, err))
            return err_wrap(err, "key %.*s", STR_ARG(key->name));
        key->type = type == NOTE_KEY_ED25519 ? NOTE_KEY_ED25519 : NOTE_KEY_COSIGNER;
    } else if (type == NOTE_KEY_MLDSA) {
        if (public_key.len != MLDSA_PUBLIC_BYTES)
            return err_set(err, ERR_MALFORMED, clause_key,
                           "an ML-DSA-44 key has %zu octets, not 1312", public_key.len);
        key->type = NOTE_KEY_MLDSA;
        key->mldsa_base64 = base64;
    } else {
        return err_set(err, ERR_UNSUPPORTED, clause_key, "keys of type 0x%02x are not known here",
                       (unsigned)type);
    }
    if (key->id != note_key_id(key->name, type, public_key))
        return err_set(err, ERR_MALFORMED, clause_key, "the id of key %.*s is not that of its key",
                       STR_ARG(key->name));
    return true;
}

bool note_key_read(struct str vkey, struct note_key *ret, struct err *err)
{
    uint8_t octets[1 + MLDSA_PUBLIC_BYTES];
    uint8_t id[4];
    size_t size = 0;
    struct str name, rest = vkey;
    struct note_key key = {0};
    if (vkey.len > NOTE_VKEY_CHARS_MAX)
        return err_set(err, ERR_MALFORMED, clause_key, "a verifier key has %zu octets", vkey.len);
    if (!str_split(&rest, '+', &name) || name.len == vkey.len)
        return err_set(err, ERR_MALFORMED, clause_key, "a verifier key is NAME+ID+KEY");
    if (!note_name_check(name, err))
        return false;
    if (rest.len < ID_DIGITS + 1 || rest.ptr[ID_DIGITS] != '+' ||
        !hex_read(str_slice(rest, 0, ID_DIGITS), id, sizeof id))
        return err_set(err, ERR_MALFORMED, clause_key,
                       "the id in a verifier key is eight lower-case hex digits");
    struct str base64 = str_slice(rest, ID_DIGITS + 1, rest.len);
    if (!parts_base64_read(base64, octets, sizeof octets, &size) || size == 0)
        return err_set(err, ERR_MALFORMED, clause_key, "the key in a verifier key is not base64");
    key.name = name;
    key.id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    if (!key_of_octets(bytes_of(octets, size), base64, &key, err))
        return false;
    *ret = key;
    return true;
}

// -- writing ---------------------------------------------------------------------------------

void note_key_write(const struct note_key *key, struct writer *w)
{
    char id[ID_DIGITS + 3];
    char base64[BASE64_CHARS(ED25519_VKEY_OCTETS) + 1];
    (void)snprintf(id, sizeof id, "+%08x+", (unsigned)key->id);
    writer_put(w, str_bytes(key->name));
    writer_put(w, bytes_of(id, ID_DIGITS + 2));
    if (key->type == NOTE_KEY_MLDSA) {
        writer_put(w, str_bytes(key->mldsa_base64));
        return;
    }
    uint8_t octets[ED25519_VKEY_OCTETS] = {(uint8_t)key->type};
    memcpy(octets + 1, key->key.octets, SIGN_PUBLIC_BYTES);
    size_t len = base64_write(bytes_of(octets, sizeof octets), BASE64_PADDED, base64);
    writer_put(w, bytes_of(base64, len));
}

bool note_key_text(const struct note_key *key, struct arena *a, struct str *ret, struct err *err)
{
    char text[NOTE_VKEY_CHARS_MAX];
    struct writer w = writer_of(text, sizeof text);
    note_key_write(key, &w);
    CHECK(!w.full); // the bound is the longest name and the longest key
    return arena_str(a, (struct str){text, w.len}, ret, err);
}

bool note_key_eq(const struct note_key *a, const struct note_key *b)
{
    return a->type == b->type && str_eq(a->name, b->name) &&
           memcmp(a->key.octets, b->key.octets, SIGN_PUBLIC_BYTES) == 0 &&
           str_eq(a->mldsa_base64, b->mldsa_base64);
}
