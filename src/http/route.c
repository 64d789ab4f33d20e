// http/route.c - see route.h.
#include "http/route.h"

#include "base/limits.h"
#include "http/parse.h"

static const char *const method_words[METHOD_COUNT] = {
    [METHOD_NONE] = "-",    [METHOD_GET] = "GET", [METHOD_HEAD] = "HEAD",
    [METHOD_POST] = "POST", [METHOD_PUT] = "PUT", [METHOD_DELETE] = "DELETE",
};

const char *method_word(enum http_method method)
{
    CHECK(method < METHOD_COUNT);
    return method_words[method];
}

enum http_method method_from_word(struct str word)
{
    for (int m = METHOD_GET; m < METHOD_COUNT; m++)
        if (str_eq(word, str_of(method_words[m])))
            return (enum http_method)m;
    return METHOD_NONE;
}

// -- patterns and paths as segments --------------------------------------------------------------
enum segment_kind { SEGMENT_REST = 1, SEGMENT_ONE = 2, SEGMENT_LITERAL = 3 };

static enum segment_kind kind_of(struct str segment)
{
    if (str_eq(segment, STR("{*}")))
        return SEGMENT_REST;
    return str_eq(segment, STR("{}")) ? SEGMENT_ONE : SEGMENT_LITERAL;
}

// Takes what stands up to the next "/"; *rest begins behind the first "/".
static struct str next_segment(struct str *rest, bool *ret_more)
{
    const char *slash = rest->len == 0 ? NULL : memchr(rest->ptr, '/', rest->len);
    size_t len = slash == NULL ? rest->len : (size_t)(slash - rest->ptr);
    struct str segment = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, slash == NULL ? len : len + 1, rest->len);
    *ret_more = slash != NULL;
    return segment;
}

// The more literal a pattern from its left, the higher: two bits a segment.
static uint64_t pattern_rank(const char *pattern)
{
    struct str rest = str_of(pattern + 1);
    uint64_t rank = 0;
    unsigned shift = 62;
    for (bool more = true; more; shift -= 2)
        rank |= (uint64_t)kind_of(next_segment(&rest, &more)) << shift;
    return rank;
}

// -- the table itself ----------------------------------------------------------------------------
static bool pattern_check(const char *pattern, struct err *err)
{
    struct str rest;
    size_t captures = 0;
    size_t segments = 0;
    if (pattern == NULL || pattern[0] != '/')
        return err_set(err, ERR_USAGE, NULL, "a path that does not begin with /");
    rest = str_of(pattern + 1);
    for (bool more = true; more; segments++) {
        struct str segment = next_segment(&rest, &more);
        enum segment_kind kind = kind_of(segment);
        bool braces = segment.len > 0 && (memchr(segment.ptr, '{', segment.len) != NULL ||
                                          memchr(segment.ptr, '}', segment.len) != NULL);
        if (kind == SEGMENT_LITERAL && braces)
            return err_set(err, ERR_USAGE, NULL, "%s: only {} and {*} capture", pattern);
        if (kind == SEGMENT_REST && more)
            return err_set(err, ERR_USAGE, NULL, "%s: {*} must close the path", pattern);
        if (segment.len == 0 && more)
            return err_set(err, ERR_USAGE, NULL, "%s: an empty segment", pattern);
        captures += kind != SEGMENT_LITERAL;
    }
    if (captures > ROUTE_CAPTURES_MAX || segments > HTTP_SEGMENTS_MAX)
        return err_set(err, ERR_USAGE, NULL, "%s: too many segments", pattern);
    return true;
}

static bool row_check(const struct route *row, struct err *err)
{
    bool bodiless =
        row->method == METHOD_GET || row->method == METHOD_HEAD || row->method == METHOD_DELETE;
    if (row->method <= METHOD_NONE || row->method >= METHOD_COUNT)
        return err_set(err, ERR_USAGE, NULL, "no method");
    if (row->need <= 0)
        return err_set(err, ERR_USAGE, NULL, "says not who may");
    if (row->handle == NULL)
        return err_set(err, ERR_USAGE, NULL, "has no handler");
    if (bodiless && row->body_bytes_max != 0)
        return err_set(err, ERR_USAGE, NULL, "this method takes no body");
    if (row->begin == NULL && row->body_bytes_max > HTTP_COLLECT_BYTES_MAX)
        return err_set(err, ERR_USAGE, NULL, "a body that large needs a sink");
    return pattern_check(row->path, err);
}

bool route_table_check(struct route_table table, struct err *err)
{
    if (table.rows == NULL || table.count == 0)
        return err_set(err, ERR_USAGE, NULL, "the route table is empty");
    for (size_t i = 0; i < table.count; i++) {
        const struct route *row = &table.rows[i];
        if (!row_check(row, err))
            return err_wrap(err, "route %zu (%s)", i, row->path == NULL ? "?" : row->path);
        for (size_t k = 0; k < i; k++)
            if (table.rows[k].method == row->method && strcmp(table.rows[k].path, row->path) == 0)
                return err_set(err, ERR_USAGE, NULL, "routes %zu and %zu are the same: %s %s", k, i,
                               method_word(row->method), row->path);
    }
    return true;
}

// -- matching -------------------------------------------------------------------------------------
static bool segment_match(enum segment_kind kind, struct str wanted, struct str segment,
                          struct str rest)
{
    if (kind == SEGMENT_LITERAL)
        return str_eq(wanted, segment);
    return kind == SEGMENT_ONE ? segment.len > 0 : rest.len > 0;
}

static bool path_match(const char *pattern, struct str path, struct route_match *ret)
{
    struct str want = str_of(pattern + 1);
    struct str have = str_slice(path, 1, path.len);
    bool want_more = true;
    bool have_more = true;
    ret->count = 0;
    while (want_more && have_more) {
        struct str before = have;
        struct str wanted = next_segment(&want, &want_more);
        struct str segment = next_segment(&have, &have_more);
        enum segment_kind kind = kind_of(wanted);
        if (!segment_match(kind, wanted, segment, before))
            return false;
        if (kind != SEGMENT_LITERAL)
            ret->captures[ret->count++] = kind == SEGMENT_REST ? before : segment;
        if (kind == SEGMENT_REST)
            return true;
    }
    return !want_more && !have_more;
}

// Decodes once and proves: printable ASCII outside, text inside, no segment that another reader
// might resolve to a different place.
static bool path_decode(struct str raw, struct arena *a, struct str *ret, struct err *err)
{
    struct bytes decoded;
    struct str path;
    size_t segments = 0;
    for (size_t i = 0; i < raw.len; i++) {
        bool slash = raw.ptr[i] == '%' && i + 2 < raw.len && raw.ptr[i + 1] == '2' &&
                     (raw.ptr[i + 2] | 0x20) == 'f';
        if (raw.ptr[i] <= 0x20 || raw.ptr[i] >= 0x7f || raw.ptr[i] == '#' || slash)
            return err_set(err, ERR_MALFORMED, "RFC 3986 3.3", "the path holds what no path may");
    }
    if (raw.len == 0 || raw.ptr[0] != '/')
        return err_set(err, ERR_MALFORMED, "RFC 9112 3.2.1", "the path does not begin with /");
    if (!percent_read(str_bytes(raw), false, a, &decoded, err) ||
        !text_check_line(decoded, &path, err))
        return err_wrap(err, "the path");
    struct str rest = str_slice(path, 1, path.len);
    for (bool more = true; more; segments++) {
        struct str segment = next_segment(&rest, &more);
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")) || (segment.len == 0 && more))
            return err_set(err, ERR_MALFORMED, "RFC 3986 5.2.4", "an empty or dotted segment");
    }
    if (segments > HTTP_SEGMENTS_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a path of more than %d segments", HTTP_SEGMENTS_MAX);
    *ret = path;
    return true;
}

static bool allowed_list(bool has[METHOD_COUNT], struct arena *a, struct str *ret, struct err *err)
{
    struct buffer list;
    buffer_init(&list, a, 64);
    has[METHOD_HEAD] = has[METHOD_HEAD] || has[METHOD_GET];
    for (int m = METHOD_GET; m < METHOD_COUNT; m++)
        if (has[m])
            buffer_fmt(&list, "%s%s", list.len == 0 ? "" : ", ", method_words[m]);
    return buffer_take_str(&list, ret, err);
}

static bool method_fits(enum http_method asked, enum http_method row)
{
    return asked == row || (asked == METHOD_HEAD && row == METHOD_GET);
}

bool route_find(struct route_table table, enum http_method method, struct str raw_path,
                struct arena *a, struct route_match *ret, struct str *ret_allowed, struct err *err)
{
    struct str path = {0};
    struct route_match best = {0};
    struct route_match now;
    bool has[METHOD_COUNT] = {false};
    bool any = false;
    uint64_t best_rank = 0;
    if (!path_decode(raw_path, a, &path, err))
        return false;
    for (size_t i = 0; i < table.count; i++) {
        if (!path_match(table.rows[i].path, path, &now))
            continue;
        uint64_t rank = pattern_rank(table.rows[i].path);
        any = true;
        has[table.rows[i].method] = true;
        bool exact = table.rows[i].method == method;
        bool better = best.row == NULL || rank > best_rank || (rank == best_rank && exact);
        if (!method_fits(method, table.rows[i].method) || !better)
            continue;
        now.row = &table.rows[i];
        best = now;
        best_rank = rank;
    }
    if (!any)
        return err_set(err, ERR_NOT_FOUND, NULL, "nothing has this path");
    if (best.row == NULL) {
        if (!allowed_list(has, a, ret_allowed, err))
            return false;
        return err_set(err, ERR_UNSUPPORTED, "RFC 9110 15.5.6", "this path takes other methods");
    }
    *ret = best;
    return true;
}
