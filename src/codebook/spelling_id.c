#include "codebook/spelling.h"

#include <unicode/uloc.h>

static const struct {
    struct str name;
    size_t digits;
} hashes[] = {{{"md5:", 4}, 32}, {{"sha1:", 5}, 40}, {{"sha256:", 7}, 64}, {{"sha512:", 7}, 128}};

bool spelling_hash(struct spelling *s)
{
    char lower[160];
    if (s->typed.len > sizeof lower)
        return spelling_refuse(s, "a hash is md5:, sha1:, sha256: or sha512: and its digits");
    for (size_t i = 0; i < s->typed.len; i++)
        lower[i] = ascii_lower(s->typed.ptr[i]);
    struct str text = {lower, s->typed.len};
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        if (!str_starts(text, hashes[i].name))
            continue;
        if (text.len - hashes[i].name.len != hashes[i].digits)
            return spelling_refuse(s, "the hash has the wrong number of digits");
        for (size_t at = hashes[i].name.len; at < text.len; at++)
            if (!ascii_is_hex(text.ptr[at]))
                return spelling_refuse(s, "a hash is hexadecimal");
        writer_put(&s->to, str_bytes(text));
        return true;
    }
    // A bare number is not taken for the algorithm its length suggests.
    return spelling_refuse(s, "a hash begins with md5:, sha1:, sha256: or sha512:");
}

static bool is_product_char(char c)
{
    return ascii_is_lower(c) || ascii_is_digit(c) || (c != '\0' && strchr("._+~-", c) != NULL);
}

bool spelling_product(struct spelling *s)
{
    size_t parts = 1, in_part = 0;
    for (size_t i = 0; i < s->typed.len; i++) {
        char c = ascii_lower(s->typed.ptr[i]);
        writer_u8(&s->to, (uint8_t)c);
        if (c == ':' && in_part > 0) {
            parts++;
            in_part = 0;
        } else if (is_product_char(c)) {
            in_part++;
        } else {
            return spelling_refuse(s, "a product is vendor:product or vendor:product:version");
        }
    }
    if (in_part == 0 || parts < 2 || parts > 3)
        return spelling_refuse(s, "a product is vendor:product or vendor:product:version");
    return true;
}

// PROGRAMME-YEAR-NUMBER, as CVE and its sisters write it; the number has four digits at least.
bool spelling_vulnerability(struct spelling *s)
{
    struct str rest = s->typed, programme = {"", 0}, year = {"", 0};
    bool ok = str_split(&rest, '-', &programme) && str_split(&rest, '-', &year);
    ok = ok && programme.len >= 2 && programme.len <= 8 && year.len == 4;
    ok = ok && rest.len >= 4 && rest.len <= 10;
    for (size_t i = 0; ok && i < programme.len; i++) {
        char c = ascii_upper(programme.ptr[i]);
        ok = ascii_is_upper(c);
        writer_u8(&s->to, (uint8_t)c);
    }
    for (size_t i = 0; ok && i < year.len; i++)
        ok = ascii_is_digit(year.ptr[i]);
    for (size_t i = 0; ok && i < rest.len; i++)
        ok = ascii_is_digit(rest.ptr[i]);
    if (!ok || (rest.len > 4 && rest.ptr[0] == '0'))
        return spelling_refuse(s, "a vulnerability is such as CVE-2026-0001");
    spelling_put(s, "-%.*s-%.*s", STR_ARG(year), STR_ARG(rest));
    return true;
}

static bool put_state(struct spelling *s, struct str code)
{
    if (code.len < 2 || code.len > 8)
        return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = ascii_upper(code.ptr[i]);
        if (!ascii_is_upper(c) && (i == 0 || !ascii_is_digit(c)))
            return false;
        writer_u8(&s->to, (uint8_t)c);
    }
    return true;
}

// XA/XB-YYYY-N or XA-YYYY-N. Whether these States take part is the record's affair: a reference
// must be readable even when a State has left.
bool spelling_reference(struct spelling *s)
{
    struct str rest = s->typed, states = {"", 0}, year = {"", 0}, from = {"", 0};
    uint64_t serial = 0, y = 0;
    bool ok = str_split(&rest, '-', &states) && str_split(&rest, '-', &year);
    struct str year_left = year;
    ok = ok && year.len == 4 && digits_take(&year_left, 9999, &y) && year_left.len == 0;
    ok = ok && y >= 1970;
    ok = ok && digits_take(&rest, INT32_MAX, &serial) && rest.len == 0 && serial > 0;
    bool pair = ok && memchr(states.ptr, '/', states.len) != NULL;
    ok = ok && str_split(&states, '/', &from) && put_state(s, from);
    if (ok && pair) {
        spelling_put(s, "/");
        ok = put_state(s, states);
    }
    if (!ok)
        return spelling_refuse(s, "a reference is XA/XB-YYYY-NNNN or XA-YYYY-NNNN");
    spelling_put(s, "-%04llu-%04llu", (unsigned long long)y, (unsigned long long)serial);
    return true;
}

bool spelling_language(struct spelling *s)
{
    char tag[40], locale[ULOC_FULLNAME_CAPACITY], canonical[ULOC_FULLNAME_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    if (s->typed.len >= sizeof tag)
        return spelling_refuse(s, "a language is a BCP 47 tag such as ru or zh-Hant");
    for (size_t i = 0; i < s->typed.len; i++)
        if (!ascii_is_digit(s->typed.ptr[i]) && !ascii_is_lower(ascii_lower(s->typed.ptr[i])) &&
            s->typed.ptr[i] != '-')
            return spelling_refuse(s, "a language is letters, digits and hyphens");
    memcpy(tag, s->typed.ptr, s->typed.len);
    tag[s->typed.len] = '\0';
    (void)uloc_forLanguageTag(tag, locale, sizeof locale, &parsed, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING ||
        parsed != (int32_t)s->typed.len || locale[0] == '\0' || locale[0] == '_')
        return spelling_refuse(s, "a language is a BCP 47 tag such as ru or zh-Hant");
    int32_t len = uloc_toLanguageTag(locale, canonical, sizeof canonical, true, &status);
    if (U_FAILURE(status) || len <= 0 || (size_t)len >= sizeof canonical ||
        strncmp(canonical, "und", 3) == 0)
        return spelling_refuse(s, "a language is a BCP 47 tag such as ru or zh-Hant");
    writer_put(&s->to, bytes_of(canonical, (size_t)len));
    return true;
}

// The code in capitals, appended to s->to, if the community has that State.
static bool put_member(struct spelling *s, struct str typed)
{
    char code[8];
    if (typed.len < 2 || typed.len > sizeof code)
        return spelling_refuse(s, "a State's code has two to eight characters");
    for (size_t i = 0; i < typed.len; i++) {
        code[i] = ascii_upper(typed.ptr[i]);
        if (!ascii_is_upper(code[i]) && (i == 0 || !ascii_is_digit(code[i])))
            return spelling_refuse(s, "a State's code is letters and digits");
    }
    struct str upper = {code, typed.len};
    if (s->states == NULL || !s->states->has(s->states->who, upper))
        return err_set(s->err, ERR_NOT_FOUND, "DESIGN 6, parameters",
                       "the community has no State \"%.*s\"", STR_ARG(upper));
    writer_put(&s->to, str_bytes(upper));
    return true;
}

bool spelling_state(struct spelling *s)
{
    return put_member(s, s->typed);
}

bool spelling_level(struct spelling *s)
{
    struct str rest = s->typed, state = {"", 0};
    if (!str_split(&rest, ':', &state) || rest.len == 0 || rest.len > SCALE_LEVEL_CHARS)
        return spelling_refuse(s, "a level is a State's code and its own word, such as XA:HIGH");
    if (!put_member(s, state))
        return false;
    spelling_put(s, ":");
    for (size_t i = 0; i < rest.len; i++) {
        char c = ascii_upper(rest.ptr[i]);
        if (!ascii_is_upper(c) && !ascii_is_digit(c) && (i == 0 || c != '-'))
            return spelling_refuse(s, "a level is capital letters, digits and hyphens");
        writer_u8(&s->to, (uint8_t)c);
    }
    return true;
}
