#include "base/encode.h"

#include <sodium.h>

void hex_write(struct bytes from, char *ret_text)
{
    CHECK(ret_text != NULL);
    (void)sodium_bin2hex(ret_text, 2 * from.len + 1, from.ptr, from.len);
}

bool hex_read(struct str text, uint8_t *ret_octets, size_t size)
{
    if (text.len != 2 * size)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    size_t read = 0;
    const char *end = NULL;
    return sodium_hex2bin(ret_octets, size, text.ptr, text.len, NULL, &read, &end) == 0 &&
           read == size;
}

static int variant_of(enum base64_kind kind)
{
    return kind == BASE64_PADDED ? sodium_base64_VARIANT_ORIGINAL
                                 : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}

size_t base64_write(struct bytes from, enum base64_kind kind, char *ret_text)
{
    size_t room = BASE64_CHARS(from.len) + 1;
    size_t need = sodium_base64_encoded_len(from.len, variant_of(kind));
    CHECK(need <= room);
    CHECK(sodium_bin2base64(ret_text, need, from.ptr, from.len, variant_of(kind)) != NULL);
    return strlen(ret_text);
}

bool base64_read(struct str text, enum base64_kind kind, uint8_t *ret_octets, size_t cap,
                 size_t *ret_size)
{
    const char *end = NULL;
    size_t size = 0;
    // libsodium 1.0.18 reads every octet above 0x7f as a slash; there is one spelling only.
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > 0x7f)
            return false;
    if (sodium_base642bin(ret_octets, cap, text.ptr, text.len, NULL, &size, &end,
                          variant_of(kind)) != 0)
        return false;
    if (end != text.ptr + text.len)
        return false;
    *ret_size = size;
    return true;
}

bool decimal_read(struct str text, uint64_t max, uint64_t *ret)
{
    uint64_t n = 0;
    if (text.len == 0 || text.len > 20)
        return false;
    if (text.len > 1 && text.ptr[0] == '0')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c < '0' || c > '9')
            return false;
        uint64_t digit = (uint64_t)(c - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (n > max)
        return false;
    *ret = n;
    return true;
}
