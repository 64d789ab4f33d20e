#include "codebook/spoken_check.h"

enum { MODULUS = 1271, RADIX = 36 };
static const char wide[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char symbols[] = SPOKEN_ALPHABET;
_Static_assert(sizeof wide - 1 == RADIX, "the radix of MOD 1271-36");
_Static_assert(sizeof symbols - 1 == SPOKEN_SYMBOLS, "36 characters without I, L, O, U");

static unsigned wide_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    CHECK(c >= 'A');
    CHECK(c <= 'Z');
    return (unsigned)(c - 'A') + 10;
}

// The sum of all characters, the last one counting once, the one before it RADIX times.
static unsigned sum_of(struct str s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum = (sum * RADIX + wide_value(s.ptr[i])) % MODULUS;
    return sum;
}

void iso7064_write(struct str data, char ret_check[SPOKEN_CHECK_CHARS + 1])
{
    unsigned shifted = sum_of(data) * RADIX * RADIX % MODULUS;
    unsigned check = (MODULUS + 1 - shifted) % MODULUS;
    CHECK(check / RADIX < RADIX);
    ret_check[0] = wide[check / RADIX];
    ret_check[1] = wide[check % RADIX];
    ret_check[2] = '\0';
}

bool iso7064_agrees(struct str whole)
{
    // Two characters can name a sum twice (0 to 24 and 1271 to 1295); one of them is written.
    char check[SPOKEN_CHECK_CHARS + 1];
    if (whole.len < SPOKEN_CHECK_CHARS)
        return false;
    size_t data = whole.len - SPOKEN_CHECK_CHARS;
    iso7064_write(str_slice(whole, 0, data), check);
    return memcmp(whole.ptr + data, check, SPOKEN_CHECK_CHARS) == 0;
}

unsigned spoken_value(char symbol)
{
    const char *at = symbol == '\0' ? NULL : strchr(symbols, symbol);
    return at == NULL ? SPOKEN_SYMBOLS : (unsigned)(at - symbols);
}

char spoken_symbol(unsigned value)
{
    CHECK(value < SPOKEN_SYMBOLS);
    return symbols[value];
}

char spoken_symbol_of(char written)
{
    char c = written;
    if (c >= 'a' && c <= 'z')
        c = (char)(c - ('a' - 'A'));
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    if (spoken_value(c) == SPOKEN_SYMBOLS)
        return '\0';
    return c;
}

void spoken_seal(char *whole, size_t len, size_t filler_at)
{
    char check[SPOKEN_CHECK_CHARS + 1];
    size_t data = len - SPOKEN_CHECK_CHARS;
    CHECK(len > SPOKEN_CHECK_CHARS);
    CHECK(filler_at < data);
    bool found = false;
    for (unsigned filler = 0; filler < SPOKEN_SYMBOLS && !found; filler++) {
        whole[filler_at] = symbols[filler];
        iso7064_write((struct str){whole, data}, check);
        found = spoken_value(check[0]) < SPOKEN_SYMBOLS && spoken_value(check[1]) < SPOKEN_SYMBOLS;
    }
    CHECK(found);
    memcpy(whole + data, check, SPOKEN_CHECK_CHARS);
}
