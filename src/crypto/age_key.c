// crypto/age_key.c - see age_key.h.
#include "crypto/age_key.h"

#include <sodium.h>

enum {
    KEY_SYMBOLS = 52,     // 256 bits in groups of 5, the last padded with four zero bits
    CHECKSUM_SYMBOLS = 6, // BIP 173
};
static const char alphabet_lower[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const char alphabet_upper[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

// One of the two texts: what stands before the key, and in which case.
struct form {
    struct str prefix;    // with the separator "1"
    struct str expanded;  // the part before the separator as the checksum sees it, lower case
    const char *alphabet; // 32 characters
    const char *what;
};
static const struct form recipient_form = {
    {"age1", 4}, {"age", 3}, alphabet_lower, "an age recipient"};
static const struct form identity_form = {
    {"AGE-SECRET-KEY-1", 16}, {"age-secret-key-", 15}, alphabet_upper, "an age identity"};

static uint32_t checksum_step(uint32_t sum, uint8_t symbol)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ symbol;
    for (unsigned i = 0; i < 5; i++)
        if (((top >> i) & 1) != 0)
            sum ^= generator[i];
    return sum;
}

// The checksum's state after the prefix and `count` symbols.
static uint32_t checksum_over(const struct form *form, const uint8_t *symbols, size_t count)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < form->expanded.len; i++)
        sum = checksum_step(sum, (uint8_t)((uint8_t)form->expanded.ptr[i] >> 5));
    sum = checksum_step(sum, 0);
    for (size_t i = 0; i < form->expanded.len; i++)
        sum = checksum_step(sum, (uint8_t)((uint8_t)form->expanded.ptr[i] & 31));
    for (size_t i = 0; i < count; i++)
        sum = checksum_step(sum, symbols[i]);
    return sum;
}

static void write_text(const struct form *form, const uint8_t key[AGE_KEY_BYTES], char *ret_text)
{
    uint8_t symbols[KEY_SYMBOLS + CHECKSUM_SYMBOLS] = {0};
    for (size_t bit = 0; bit < (size_t)AGE_KEY_BYTES * 8; bit++)
        if (((key[bit / 8] >> (7 - bit % 8)) & 1) != 0)
            symbols[bit / 5] = (uint8_t)(symbols[bit / 5] | (16U >> (bit % 5)));
    uint32_t sum = checksum_over(form, symbols, sizeof symbols) ^ 1; // over six zeros
    for (unsigned i = 0; i < CHECKSUM_SYMBOLS; i++)
        symbols[KEY_SYMBOLS + i] = (uint8_t)((sum >> (5 * (5 - i))) & 31);
    memcpy(ret_text, form->prefix.ptr, form->prefix.len);
    for (size_t i = 0; i < sizeof symbols; i++)
        ret_text[form->prefix.len + i] = form->alphabet[symbols[i]];
    ret_text[form->prefix.len + sizeof symbols] = '\0';
    secret_wipe(symbols, sizeof symbols);
}

static bool read_symbols(const struct form *form, const char *text,
                         uint8_t ret[KEY_SYMBOLS + CHECKSUM_SYMBOLS])
{
    for (size_t i = 0; i < KEY_SYMBOLS + CHECKSUM_SYMBOLS; i++) {
        // Not memchr's NUL: the alphabet is 32 characters without it.
        const char *at = memchr(form->alphabet, text[i], 32);
        if (at == NULL)
            return false;
        ret[i] = (uint8_t)(at - form->alphabet);
    }
    return true;
}

static bool read_text(const struct form *form, struct str text, uint8_t ret_key[AGE_KEY_BYTES],
                      struct err *err)
{
    bool done = false;
    uint8_t symbols[KEY_SYMBOLS + CHECKSUM_SYMBOLS];
    uint8_t key[AGE_KEY_BYTES] = {0};
    const char *clause = "C2SP age, X25519";
    if (!str_starts(text, form->prefix) || text.len != form->prefix.len + sizeof symbols)
        return err_set(err, ERR_MALFORMED, clause, "this is not %s: wrong prefix or length",
                       form->what);
    if (!read_symbols(form, text.ptr + form->prefix.len, symbols)) {
        (void)err_set(err, ERR_MALFORMED, "BIP 173", "%s holds a character that is not Bech32",
                      form->what);
        goto out;
    }
    if (checksum_over(form, symbols, sizeof symbols) != 1) {
        (void)err_set(err, ERR_MALFORMED, "BIP 173", "the checksum of %s does not fit", form->what);
        goto out;
    }
    if ((symbols[KEY_SYMBOLS - 1] & 15) != 0) { // the four bits of padding
        (void)err_set(err, ERR_MALFORMED, "BIP 173", "the padding of %s is not zero", form->what);
        goto out;
    }
    for (size_t bit = 0; bit < (size_t)AGE_KEY_BYTES * 8; bit++)
        if (((symbols[bit / 5] >> (4 - bit % 5)) & 1) != 0)
            key[bit / 8] = (uint8_t)(key[bit / 8] | (128U >> (bit % 8)));
    memcpy(ret_key, key, sizeof key);
    done = true;
out:
    secret_wipe(symbols, sizeof symbols);
    secret_wipe(key, sizeof key);
    return done;
}

bool age_recipient_read(struct str text, struct age_recipient *ret, struct err *err)
{
    return read_text(&recipient_form, text, ret->octets, err);
}

void age_recipient_write(const struct age_recipient *r, char ret_text[AGE_RECIPIENT_CHARS + 1])
{
    write_text(&recipient_form, r->octets, ret_text);
}

bool age_recipient_check(const struct age_recipient *r, struct err *err)
{
    // Any scalar tells: multiplied by the cofactor, a point of small order vanishes, which
    // crypto_scalarmult reports.
    static const uint8_t any_scalar[AGE_KEY_BYTES] = {1};
    uint8_t shared[AGE_KEY_BYTES];
    if (crypto_scalarmult(shared, any_scalar, r->octets) != 0)
        return err_set(err, ERR_DENIED, "RFC 7748 6.1",
                       "this encryption key is a point of small order");
    return true;
}

void age_identity_new(struct world *w, struct secret *ret_owned)
{
    secret_init(ret_owned, AGE_KEY_BYTES);
    world_random(w, ret_owned->ptr, AGE_KEY_BYTES);
}

bool age_identity_read(struct str text, struct secret *ret_owned, struct err *err)
{
    struct secret identity;
    secret_init(&identity, AGE_KEY_BYTES);
    if (!read_text(&identity_form, text, identity.ptr, err)) {
        secret_release(&identity);
        return false;
    }
    *ret_owned = identity;
    return true;
}

void age_identity_write(const struct secret *identity, char ret_text[AGE_IDENTITY_CHARS + 1])
{
    CHECK(identity->len == AGE_KEY_BYTES);
    write_text(&identity_form, identity->ptr, ret_text);
}

void age_recipient_of(const struct secret *identity, struct age_recipient *ret)
{
    CHECK(identity->len == AGE_KEY_BYTES);
    CHECK(crypto_scalarmult_base(ret->octets, identity->ptr) == 0);
}
