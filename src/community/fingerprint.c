#include "community/fingerprint.h"

#include <stdio.h>

enum { GROUP_BYTES = 5, GROUP_MODULUS = 100000, DIGITS = FINGERPRINT_GROUPS * FINGERPRINT_DIGITS };
_Static_assert(FINGERPRINT_GROUPS *GROUP_BYTES <= DIGEST_BYTES, "six groups fit into a hash");

struct fingerprint fingerprint_of(const struct digest *hash)
{
    struct fingerprint f = {{0}};
    for (size_t i = 0; i < FINGERPRINT_GROUPS; i++) {
        uint64_t n = 0;
        for (size_t j = 0; j < GROUP_BYTES; j++)
            n = n << 8 | hash->octets[i * GROUP_BYTES + j];
        f.groups[i] = (uint32_t)(n % GROUP_MODULUS);
    }
    return f;
}

void fingerprint_write(const struct fingerprint *f, char ret_text[FINGERPRINT_CHARS + 1])
{
    char *at = ret_text;
    for (size_t i = 0; i < FINGERPRINT_GROUPS; i++) {
        CHECK(f->groups[i] < GROUP_MODULUS);
        uint32_t n = f->groups[i];
        if (i > 0)
            *at++ = ' ';
        for (size_t j = FINGERPRINT_DIGITS; j > 0; j--) {
            at[j - 1] = (char)('0' + n % 10);
            n /= 10;
        }
        at += FINGERPRINT_DIGITS;
    }
    *at = '\0';
    CHECK(at == ret_text + FINGERPRINT_CHARS);
}

bool fingerprint_read(struct str typed, struct fingerprint *ret, struct err *err)
{
    struct fingerprint f = {{0}};
    size_t digits = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '-')
            continue;
        if (c < '0' || c > '9')
            return err_set(err, ERR_MALFORMED, "FORMATS 2", "a fingerprint is digits only");
        if (digits == DIGITS)
            return err_set(err, ERR_MALFORMED, "FORMATS 2", "a fingerprint has thirty digits");
        uint32_t *group = &f.groups[digits / FINGERPRINT_DIGITS];
        *group = *group * 10 + (uint32_t)(c - '0');
        digits++;
    }
    if (digits != DIGITS)
        return err_set(err, ERR_MALFORMED, "FORMATS 2", "a fingerprint has thirty digits, not %zu",
                       digits);
    *ret = f;
    return true;
}

unsigned fingerprint_differs(const struct fingerprint *a, const struct fingerprint *b)
{
    unsigned differs = 0;
    for (unsigned i = 0; i < FINGERPRINT_GROUPS; i++)
        if (a->groups[i] != b->groups[i])
            differs |= 1U << i;
    return differs;
}

bool fingerprint_check(const struct fingerprint *ours, const struct fingerprint *read,
                       struct err *err)
{
    char names[FINGERPRINT_GROUPS * 12 + 1];
    size_t len = 0;
    unsigned differs = fingerprint_differs(ours, read);
    if (differs == 0)
        return true;
    for (unsigned i = 0; i < FINGERPRINT_GROUPS; i++) {
        if (!(differs & 1U << i))
            continue;
        int wrote =
            snprintf(names + len, sizeof names - len, "%sgroup %u", len == 0 ? "" : ", ", i + 1);
        CHECK(wrote > 0);
        len += (size_t)wrote;
        CHECK(len < sizeof names);
    }
    return err_set(err, ERR_TAMPERED, "FORMATS 2", "the fingerprints differ in %s", names);
}
