// codebook/spoken_check.h - the characters of the spoken form and their check characters.
//
// Holds: the alphabet without look-alikes, ISO 7064 MOD 1271-36, and the filler that keeps check
// characters inside that alphabet.
// Knows nothing of: messages, blocks' meaning.
// Source: ISO/IEC 7064:2003, pure systems, MOD 1271-36 (modulus 1271, radix 36, two check
// characters); its example is "ISO79" with the check characters "3W".
//
// Why two characters are enough: 1271 = 31 * 41. A wrong character changes the sum by d * 36^i with
// 0 < |d| < 36, and an exchange of two by d * 36^i * (36^k - 1); neither is a multiple of 1271
// within 20 characters, because 36 has order 20 modulo 41 and d is no multiple of 41.
#ifndef CODEBOOK_SPOKEN_CHECK_H
#define CODEBOOK_SPOKEN_CHECK_H
#include "base/bytes.h"

enum {
    SPOKEN_CHECK_CHARS = 2,
    SPOKEN_SYMBOLS = 32, // of the alphabet below
};
// Digits and capital letters without I, L, O, U: what is read as O is 0, what is read as I or L is
// 1, and U stands for nothing.
#define SPOKEN_ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// The two check characters of any digits and capital letters, NUL-terminated.
void iso7064_write(struct str data, char ret_check[SPOKEN_CHECK_CHARS + 1]);
// Do digits and capital letters with their check characters at the end agree?
bool iso7064_agrees(struct str whole);

// The value of a symbol of the alphabet, 0 to 31; 32 for any other character.
unsigned spoken_value(char symbol);
char spoken_symbol(unsigned value); // below SPOKEN_SYMBOLS
// What a person wrote as one symbol; '\0' when it is none: lower case, O, I and L are taken.
char spoken_symbol_of(char written);

// Sets whole[filler_at] to the first symbol with which both check characters are symbols of the
// alphabet, and writes these at the end. There is one for every block of up to 20 characters: a
// test walks all sums.
void spoken_seal(char *whole, size_t len, size_t filler_at);
#endif
