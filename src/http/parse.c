// http/parse.c - see parse.h.
#include "http/parse.h"

#include "base/encode.h"
#include "base/limits.h"

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

// Decodes into `to`, which holds sent.len octets. False on a broken %.
static bool percent_decode(struct bytes sent, bool plus_is_space, uint8_t *to, size_t *ret_len)
{
    size_t len = 0;
    for (size_t i = 0; i < sent.len; i++) {
        uint8_t c = sent.ptr[i];
        if (c == '%') {
            int high = i + 2 < sent.len ? hex_digit(sent.ptr[i + 1]) : -1;
            int low = i + 2 < sent.len ? hex_digit(sent.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (uint8_t)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[len++] = c;
    }
    *ret_len = len;
    return true;
}

bool percent_read(struct bytes sent, bool plus_is_space, struct arena *a, struct bytes *ret,
                  struct err *err)
{
    bool encoded = false;
    for (size_t i = 0; i < sent.len && !encoded; i++)
        encoded = sent.ptr[i] == '%' || (plus_is_space && sent.ptr[i] == '+');
    if (!encoded) {
        *ret = sent;
        return true;
    }
    uint8_t *to = arena_new(a, uint8_t, sent.len);
    size_t len = 0;
    if (to == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room to decode %zu octets", sent.len);
    if (!percent_decode(sent, plus_is_space, to, &len))
        return err_set(err, ERR_MALFORMED, "RFC 3986 2.1",
                       "a %% is not followed by two hex digits");
    *ret = bytes_of(to, len);
    return true;
}

static bool is_alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void percent_write(struct buffer *to, struct bytes from)
{
    for (size_t i = 0; i < from.len; i++) {
        uint8_t c = from.ptr[i];
        if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
            buffer_put(to, bytes_of(&c, 1));
        else
            buffer_fmt(to, "%%%02X", c);
    }
}

// -- query strings -----------------------------------------------------------------------------
static size_t count_of(struct bytes b, uint8_t mark)
{
    size_t count = 0;
    for (size_t i = 0; i < b.len; i++)
        count += b.ptr[i] == mark;
    return count;
}

static struct bytes take_until(struct bytes *rest, uint8_t mark)
{
    const uint8_t *at = rest->len == 0 ? NULL : memchr(rest->ptr, mark, rest->len);
    size_t len = at == NULL ? rest->len : (size_t)(at - rest->ptr);
    struct bytes part = {rest->ptr, len};
    size_t step = at == NULL ? len : len + 1;
    if (step > 0)
        *rest = bytes_of(rest->ptr + step, rest->len - step);
    return part;
}

bool query_read(struct bytes sent, struct arena *a, struct query *ret, struct err *err)
{
    size_t most = count_of(sent, '&') + 1;
    if (most > HTTP_PARAMS_MAX)
        return err_set(err, ERR_LIMIT, NULL, "more than %d parameters", HTTP_PARAMS_MAX);
    struct query_param *list = arena_new(a, struct query_param, most);
    size_t count = 0;
    if (list == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for %zu parameters", most);
    while (sent.len > 0) {
        struct bytes value = take_until(&sent, '&');
        if (value.len == 0)
            continue;
        struct bytes name = take_until(&value, '=');
        CHECK(count < most);
        if (!percent_read(name, true, a, &list[count].name, err) ||
            !percent_read(value, true, a, &list[count].value, err))
            return false;
        count++;
    }
    *ret = (struct query){list, count};
    return true;
}

bool query_find(const struct query *p, struct str name, struct bytes *ret)
{
    for (size_t i = 0; i < p->count; i++) {
        if (bytes_eq(p->list[i].name, str_bytes(name))) {
            *ret = p->list[i].value;
            return true;
        }
    }
    return false;
}

size_t query_count(const struct query *p, struct str name)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++)
        count += bytes_eq(p->list[i].name, str_bytes(name));
    return count;
}

// -- ranges ------------------------------------------------------------------------------------
// Decimal of any number of digits; more than fits counts as the largest number, since a range may
// well end past everything. A sign, a space or nothing is refused.
static bool digits_read(struct str text, uint64_t *ret)
{
    uint64_t n = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');
        n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
    }
    *ret = n;
    return true;
}

static enum range_kind range_last(struct str count_text, uint64_t size, struct range *ret)
{
    uint64_t count;
    if (!digits_read(count_text, &count))
        return RANGE_NONE;
    if (count == 0 || size == 0)
        return RANGE_OUTSIDE;
    if (count > size)
        count = size;
    *ret = (struct range){size - count, count};
    return RANGE_PART;
}

enum range_kind range_read(struct str value, uint64_t size, struct range *ret)
{
    struct str first_text;
    uint64_t first;
    uint64_t last = UINT64_MAX;
    if (!str_starts(value, STR("bytes=")))
        return RANGE_NONE;
    struct str rest = str_slice(value, 6, value.len);
    if (rest.len == 0 || memchr(rest.ptr, '-', rest.len) == NULL)
        return RANGE_NONE;
    size_t dash = (size_t)((const char *)memchr(rest.ptr, '-', rest.len) - rest.ptr);
    first_text = str_slice(rest, 0, dash);
    struct str last_text = str_slice(rest, dash + 1, rest.len);
    if (first_text.len == 0)
        return range_last(last_text, size, ret);
    if (!digits_read(first_text, &first))
        return RANGE_NONE;
    if (last_text.len > 0 && !digits_read(last_text, &last))
        return RANGE_NONE;
    if (last < first)
        return RANGE_NONE; // RFC 9110 14.1.1: invalid, and an invalid range is ignored
    if (first >= size)
        return RANGE_OUTSIDE;
    if (last >= size)
        last = size - 1;
    *ret = (struct range){first, last - first + 1};
    return RANGE_PART;
}

bool content_range_read(struct str value, struct range *ret, uint64_t *ret_total)
{
    struct str rest;
    struct str first_text;
    struct str last_text;
    uint64_t first;
    uint64_t last;
    uint64_t total;
    if (!str_starts(value, STR("bytes ")))
        return false;
    rest = str_slice(value, 6, value.len);
    if (!str_split(&rest, '-', &first_text) || !str_split(&rest, '/', &last_text))
        return false;
    if (!decimal_read(first_text, UINT64_MAX, &first) ||
        !decimal_read(last_text, UINT64_MAX, &last) || !decimal_read(rest, UINT64_MAX, &total))
        return false;
    if (last < first || last >= total)
        return false;
    *ret = (struct range){first, last - first + 1};
    *ret_total = total;
    return true;
}

// -- fields ------------------------------------------------------------------------------------
bool http_is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\0' || (!is_alnum((uint8_t)c) && strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return s.len > 0;
}

bool http_is_field_value(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}
