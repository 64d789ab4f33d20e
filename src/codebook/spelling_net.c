#include "codebook/spelling.h"

#include <arpa/inet.h>
#include <unicode/uidna.h>

// inet_pton wants a C string; an address has at most 45 characters.
static bool address_read(int family, struct str typed, uint8_t *ret_octets)
{
    char text[48];
    if (typed.len == 0 || typed.len >= sizeof text)
        return false;
    memcpy(text, typed.ptr, typed.len);
    text[typed.len] = '\0';
    return inet_pton(family, text, ret_octets) == 1;
}

static void put4(struct spelling *s, const uint8_t octets[4])
{
    spelling_put(s, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
}

// RFC 5952: lower case, no leading zeros, the first longest run of two zero groups or more is "::".
// Never the dotted form of section 5, so that no prefix list can make two spellings.
static void put6(struct spelling *s, const uint8_t octets[16])
{
    unsigned groups[8];
    size_t run_at = 8, run = 1;
    for (size_t i = 0; i < 8; i++)
        groups[i] = (unsigned)octets[2 * i] << 8 | octets[2 * i + 1];
    for (size_t i = 0; i < 8; i++) {
        size_t end = i;
        while (end < 8 && groups[end] == 0)
            end++;
        if (end - i > run) {
            run_at = i;
            run = end - i;
        }
    }
    for (size_t i = 0; i < 8; i++) {
        if (i == run_at) {
            spelling_put(s, "::");
            i += run - 1;
            continue;
        }
        bool first = i == 0 || i == run_at + run;
        spelling_put(s, first ? "%x" : ":%x", groups[i]);
    }
}

bool spelling_address4(struct spelling *s, struct str typed)
{
    uint8_t octets[4];
    if (!address_read(AF_INET, typed, octets))
        return false;
    put4(s, octets);
    return true;
}

bool spelling_address6(struct spelling *s, struct str typed)
{
    uint8_t octets[16];
    if (!address_read(AF_INET6, typed, octets))
        return false;
    put6(s, octets);
    return true;
}

bool prefix_octets(struct str prefix, uint8_t ret_octets[16])
{
    const char *slash = memchr(prefix.ptr, '/', prefix.len);
    CHECK(slash != NULL);
    struct str address = str_slice(prefix, 0, (size_t)(slash - prefix.ptr));
    bool four = address_read(AF_INET, address, ret_octets);
    bool six = !four && address_read(AF_INET6, address, ret_octets);
    CHECK(four || six); // a canonical prefix is one of the two
    return four;
}

static void clear_host_bits(uint8_t *octets, size_t size, uint64_t bits)
{
    for (size_t i = 0; i < size; i++) {
        uint64_t kept = bits > 8 * i ? bits - 8 * i : 0;
        if (kept < 8)
            octets[i] = (uint8_t)(octets[i] & ~(0xffu >> kept));
    }
}

bool spelling_prefix(struct spelling *s)
{
    uint8_t octets[16];
    const char *slash = memchr(s->typed.ptr, '/', s->typed.len);
    size_t address_len = slash == NULL ? s->typed.len : (size_t)(slash - s->typed.ptr);
    struct str address = str_slice(s->typed, 0, address_len);
    bool four = address_read(AF_INET, address, octets);
    uint64_t bits_max = four ? 32 : 128;
    if (!four && !address_read(AF_INET6, address, octets))
        return spelling_refuse(s, "a prefix is such as 198.51.100.0/24 or 2001:db8::/32");
    uint64_t bits = bits_max;
    if (slash != NULL) {
        struct str length = str_slice(s->typed, address_len + 1, s->typed.len);
        if (!digits_take(&length, bits_max, &bits) || length.len > 0)
            return spelling_refuse(s, "the length of the prefix is out of bounds");
    }
    clear_host_bits(octets, four ? 4 : 16, bits);
    if (four)
        put4(s, octets);
    else
        put6(s, octets);
    spelling_put(s, "/%u", (unsigned)bits);
    s->value.number = bits;
    return true;
}

bool spelling_as(struct spelling *s)
{
    struct str rest = s->typed;
    if (rest.len > 2 && ascii_upper(rest.ptr[0]) == 'A' && ascii_upper(rest.ptr[1]) == 'S')
        rest = str_slice(rest, 2, rest.len);
    if (!digits_take(&rest, UINT32_MAX, &s->value.number) || rest.len > 0 || s->value.number == 0)
        return spelling_refuse(s, "an AS number is AS1 to AS4294967295");
    spelling_put(s, "AS%llu", (unsigned long long)s->value.number);
    return true;
}

// Letters, digits and hyphens; two labels at least; the last is not a number, which would read as
// an IPv4 address (RFC 1123 section 2.1).
static const char *label_problem(struct str label, bool *ret_numeric)
{
    bool numeric = true;
    if (label.len == 0 || label.len > 63)
        return "a label has 1 to 63 characters";
    if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return "a label neither begins nor ends with a hyphen";
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!ascii_is_lower(c) && !ascii_is_digit(c) && c != '-')
            return "a domain is letters, digits and hyphens";
        numeric = numeric && ascii_is_digit(c);
    }
    *ret_numeric = numeric;
    return NULL;
}

static const char *host_problem(struct str name)
{
    struct str rest = name, label = {"", 0};
    size_t labels = 0;
    bool numeric = false;
    const char *problem = NULL;
    while (problem == NULL && str_split(&rest, '.', &label)) {
        problem = label_problem(label, &numeric);
        labels++;
    }
    if (problem != NULL)
        return problem;
    if (labels < 2)
        return "a domain has two labels at least";
    return numeric ? "the last label of a domain is not a number" : NULL;
}

bool spelling_host(struct spelling *s, struct str typed)
{
    char ascii[512];
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    if (typed.len > 0 && typed.ptr[typed.len - 1] == '.')
        typed = str_slice(typed, 0, typed.len - 1); // the root's dot adds nothing
    if (typed.len == 0 || typed.len > 500)
        return spelling_refuse(s, "a domain has at most 253 characters");
    UIDNA *idna =
        uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                            UIDNA_NONTRANSITIONAL_TO_UNICODE,
                        &status);
    if (U_FAILURE(status))
        return err_set(s->err, ERR_IO, "UTS 46", "ICU: %s", u_errorName(status));
    int32_t len = uidna_nameToASCII_UTF8(idna, typed.ptr, (int32_t)typed.len, ascii,
                                         (int32_t)sizeof ascii, &info, &status);
    uidna_close(idna);
    if (U_FAILURE(status) || info.errors != 0 || len <= 0 || len > 253)
        return spelling_refuse(s, "not a domain name by UTS 46");
    struct str name = {ascii, (size_t)len};
    const char *problem = host_problem(name);
    if (problem != NULL)
        return spelling_refuse(s, problem);
    writer_put(&s->to, str_bytes(name));
    return true;
}

bool spelling_domain(struct spelling *s)
{
    return spelling_host(s, s->typed);
}
