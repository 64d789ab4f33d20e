// base/encode.h - hex, base64 and decimal numbers, strict: one encoding per value.
//
// Holds: what C2SP and age need to the letter. Upper-case hex, padding that should not be there,
// trailing bits that are not zero, leading zeros, signs and spaces are refused.
// Source: RFC 4648 sections 4 and 8; C2SP tlog-checkpoint (decimal), age (unpadded base64).
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H
#include "base/arena.h"

// Writes 2*from.len characters and a NUL; `ret_text` holds 2*from.len+1.
void hex_write(struct bytes from, char *ret_text);
// Reads exactly `size` octets from 2*size lower-case digits.
bool hex_read(struct str text, uint8_t *ret_octets, size_t size) MUST_USE;

enum base64_kind { BASE64_PADDED, BASE64_BARE };
#define BASE64_CHARS(size) (((size) + 2) / 3 * 4) // characters of the padded form
// Writes into `ret_text` (BASE64_CHARS(from.len)+1 octets) with a NUL; returns the length without
// it.
size_t base64_write(struct bytes from, enum base64_kind kind, char *ret_text);
// Reads at most `cap` octets; false on any deviation from the canonical form.
bool base64_read(struct str text, enum base64_kind kind, uint8_t *ret_octets, size_t cap,
                 size_t *ret_size) MUST_USE;

// Decimal without sign, space or leading zero, at most `max`.
bool decimal_read(struct str text, uint64_t max, uint64_t *ret) MUST_USE;
#endif
