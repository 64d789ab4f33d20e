#include "codebook/spelling.h"

static const struct {
    struct str scheme;
    uint64_t port; // the one that goes without saying
} schemes[] = {{{"http", 4}, 80}, {{"https", 5}, 443}, {{"ftp", 3}, 21}};
enum { SCHEMES = sizeof schemes / sizeof schemes[0] };

// Takes "scheme://" off the front and writes it in lower case.
static bool take_scheme(struct spelling *s, struct str *rest, size_t *ret_scheme)
{
    for (size_t i = 0; i < SCHEMES; i++) {
        size_t len = schemes[i].scheme.len;
        if (rest->len < len + 3 || memcmp(rest->ptr + len, "://", 3) != 0)
            continue;
        bool same = true;
        for (size_t at = 0; at < len; at++)
            same = same && ascii_lower(rest->ptr[at]) == schemes[i].scheme.ptr[at];
        if (!same)
            continue;
        spelling_put(s, "%.*s://", STR_ARG(schemes[i].scheme));
        *rest = str_slice(*rest, len + 3, rest->len);
        *ret_scheme = i;
        return true;
    }
    return spelling_refuse(s, "a URL begins with http://, https:// or ftp://");
}

// [2001:db8::1]; yields what stands after the bracket.
static bool put_bracketed(struct spelling *s, struct str authority, struct str *ret_after)
{
    const char *end = memchr(authority.ptr, ']', authority.len);
    if (end == NULL)
        return spelling_refuse(s, "the bracket of the address does not close");
    size_t at = (size_t)(end - authority.ptr);
    spelling_put(s, "[");
    if (!spelling_address6(s, str_slice(authority, 1, at)))
        return spelling_refuse(s, "the brackets hold no IPv6 address");
    spelling_put(s, "]");
    *ret_after = str_slice(authority, at + 1, authority.len);
    return true;
}

static bool put_host(struct spelling *s, struct str authority, struct str *ret_after)
{
    if (authority.len > 0 && authority.ptr[0] == '[')
        return put_bracketed(s, authority, ret_after);
    const char *colon = authority.len == 0 ? NULL : memchr(authority.ptr, ':', authority.len);
    size_t at = colon == NULL ? authority.len : (size_t)(colon - authority.ptr);
    struct str host = str_slice(authority, 0, at);
    *ret_after = str_slice(authority, at, authority.len);
    return spelling_address4(s, host) || spelling_host(s, host);
}

static bool put_port(struct spelling *s, struct str after, uint64_t default_port)
{
    uint64_t port = 0;
    if (after.len == 0)
        return true;
    struct str digits = str_slice(after, 1, after.len);
    if (after.ptr[0] != ':' || !digits_take(&digits, 65535, &port) || digits.len > 0 || port == 0)
        return spelling_refuse(s, "the port is out of bounds");
    if (port != default_port)
        spelling_put(s, ":%u", (unsigned)port);
    return true;
}

// Unreserved characters and those a path or query may hold as they are (RFC 3986 section 3.3, 3.4),
// without '=', which FORMATS section 1 keeps for parameters.
static bool stands_plain(char c)
{
    if (ascii_is_lower(c) || ascii_is_upper(c) || ascii_is_digit(c))
        return true;
    return c != '\0' && strchr("-._~!$&'()*+,;:@/?", c) != NULL;
}

static bool is_unreserved(uint8_t c)
{
    return ascii_is_lower((char)c) || ascii_is_upper((char)c) || ascii_is_digit((char)c) ||
           (c != 0 && strchr("-._~", c) != NULL);
}

static uint8_t hex_of(char c)
{
    return (uint8_t)(ascii_is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10);
}

// The octet at the front of a path, and whether it was percent-encoded.
static bool take_octet(struct spelling *s, struct str *rest, uint8_t *ret_octet, bool *ret_coded)
{
    const char *p = rest->ptr;
    bool coded = p[0] == '%';
    if (coded && (rest->len < 3 || !ascii_is_hex(p[1]) || !ascii_is_hex(p[2])))
        return spelling_refuse(s, "a percent sign is followed by two hexadecimal digits");
    if (p[0] == '#')
        return spelling_refuse(s, "a fragment never leaves the reader's machine: leave it out");
    *ret_octet = coded ? (uint8_t)(hex_of(p[1]) * 16 + hex_of(p[2])) : (uint8_t)p[0];
    *ret_coded = coded;
    *rest = str_slice(*rest, coded ? 3 : 1, rest->len);
    return true;
}

// Percent-encoding has one form: upper-case digits, and none for what may stand plain.
static bool put_path(struct spelling *s, struct str path)
{
    struct str rest = path;
    uint8_t octet = 0;
    bool coded = false;
    if (path.len == 0 || path.ptr[0] != '/')
        spelling_put(s, "/");
    while (rest.len > 0) {
        if (!take_octet(s, &rest, &octet, &coded))
            return false;
        if (coded ? is_unreserved(octet) : stands_plain((char)octet))
            writer_u8(&s->to, octet);
        else
            spelling_put(s, "%%%02X", octet);
    }
    return true;
}

bool spelling_url(struct spelling *s)
{
    struct str rest = s->typed, after = {"", 0};
    size_t scheme = 0, end = 0;
    if (!take_scheme(s, &rest, &scheme))
        return false;
    while (end < rest.len && strchr("/?#", rest.ptr[end]) == NULL)
        end++;
    struct str authority = str_slice(rest, 0, end);
    if (authority.len > 0 && memchr(authority.ptr, '@', authority.len) != NULL)
        return spelling_refuse(s, "a URL here names no user");
    if (!put_host(s, authority, &after))
        return false;
    if (!put_port(s, after, schemes[scheme].port))
        return false;
    return put_path(s, str_slice(rest, end, rest.len));
}
