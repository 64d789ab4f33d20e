// http/strict.c - see strict.h.
//
// How it sees what libmicrohttpd hides: the library hands out pointers into the very octets that
// came. In METHOD SP TARGET SP VERSION CRLF (NAME ":" SP VALUE CRLF)* CRLF every part begins at a
// fixed distance behind the one before. A folded line, a NUL, a bare CR or LF, a missing or a
// second space each move some part, so comparing addresses finds them all, and the size of the head
// closes the end. Should a later library copy its parts, every request is refused and a test fails:
// the check cannot pass by accident.
#include "http/strict.h"

#include "base/encode.h"
#include "base/limits.h"
#include "http/parse.h"

#include <microhttpd.h>

enum { CRLF_BYTES = 2 };

struct walk {
    uintptr_t expected; // where the next part must begin
    bool broken, bad_name, bad_value;
    size_t fields, hosts, lengths, encodings;
    struct str length, encoding, host;
};

static bool name_is(struct str name, struct str lower)
{
    if (name.len != lower.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        if (c != lower.ptr[i])
            return false;
    }
    return true;
}

static void walk_place(struct walk *w, struct str name, struct str value)
{
    uintptr_t at = (uintptr_t)name.ptr;
    uintptr_t colon_end = at + name.len + 1;
    uintptr_t value_at = (uintptr_t)value.ptr;
    bool spaced = value_at == colon_end + 1 && name.ptr[name.len + 1] == ' ';
    bool empty = value.len == 0 && value_at == colon_end;
    if (at != w->expected || !(spaced || empty))
        w->broken = true;
    w->expected = value_at + value.len + CRLF_BYTES;
}

static enum MHD_Result walk_field(void *own, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    struct walk *w = own;
    struct str n = {name, name_len};
    struct str v = {value == NULL ? "" : value, value == NULL ? 0 : value_len};
    (void)kind;
    w->fields++;
    walk_place(w, n, v);
    w->bad_name = w->bad_name || !http_is_token(n);
    w->bad_value = w->bad_value || !http_is_field_value(v);
    if (name_is(n, STR("host"))) {
        w->hosts++;
        w->host = v;
    } else if (name_is(n, STR("content-length"))) {
        w->lengths++;
        w->length = v;
    } else if (name_is(n, STR("transfer-encoding"))) {
        w->encodings++;
        w->encoding = v;
    }
    return MHD_YES;
}

// The request line and every field stand where the one form puts them.
static bool layout_check(struct MHD_Connection *c, const struct head *head, const struct walk *w,
                         struct err *err)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    uintptr_t method = (uintptr_t)head->method;
    uintptr_t target = (uintptr_t)head->target_at;
    uintptr_t version = (uintptr_t)head->version;
    bool line =
        target == method + strlen(head->method) + 1 && version == target + head->target.len + 1;
    if (info == NULL || !line || w->broken ||
        w->expected + CRLF_BYTES != method + info->header_size)
        return err_set(err, ERR_MALFORMED, "RFC 9112 2.2",
                       "the head has folded, padded or broken lines");
    return true;
}

static bool fields_check(const struct walk *w, struct err *err)
{
    if (w->fields > HTTP_HEADERS_MAX)
        return err_set(err, ERR_LIMIT, NULL, "more than %d fields", HTTP_HEADERS_MAX);
    if (w->bad_name)
        return err_set(err, ERR_MALFORMED, "RFC 9110 5.1", "a field name that is no token");
    if (w->bad_value)
        return err_set(err, ERR_MALFORMED, "RFC 9110 5.5", "a control in a field value");
    if (w->hosts != 1 || w->host.len == 0)
        return err_set(err, ERR_MALFORMED, "RFC 9112 3.2", "not exactly one Host");
    if (w->lengths > 1)
        return err_set(err, ERR_MALFORMED, "RFC 9112 6.3", "more than one Content-Length");
    if (w->encodings > 1 || (w->encodings == 1 && !name_is(w->encoding, STR("chunked"))))
        return err_set(err, ERR_MALFORMED, "RFC 9112 6.1",
                       "a Transfer-Encoding other than chunked");
    if (w->lengths > 0 && w->encodings > 0)
        return err_set(err, ERR_MALFORMED, "RFC 9112 6.1",
                       "both Content-Length and Transfer-Encoding");
    return true;
}

static bool body_facts(const struct walk *w, struct head_facts *f, struct err *err)
{
    f->chunked = w->encodings > 0;
    f->body_bytes = f->chunked ? UINT64_MAX : 0;
    if (w->lengths > 0 && !decimal_read(w->length, INT64_MAX, &f->body_bytes))
        return err_set(err, ERR_MALFORMED, "RFC 9112 6.2", "a Content-Length that is no number");
    f->has_body = f->body_bytes > 0;
    bool takes_body = f->method == METHOD_POST || f->method == METHOD_PUT;
    if (f->has_body && !takes_body)
        return err_set(err, ERR_MALFORMED, "RFC 9110 9.3.1", "a body where none belongs");
    return true;
}

static void target_split(struct str target, struct head_facts *f)
{
    const char *mark = memchr(target.ptr, '?', target.len);
    f->path = target;
    f->query = (struct str){0};
    if (mark != NULL) {
        f->path.len = (size_t)(mark - target.ptr);
        f->query = str_slice(target, f->path.len + 1, target.len);
    }
}

static bool target_check(struct str target, struct err *err)
{
    if (target.len == 0 || target.len > HTTP_TARGET_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a target above %d octets", HTTP_TARGET_BYTES_MAX);
    for (size_t i = 0; i < target.len; i++)
        if (target.ptr[i] <= 0x20 || target.ptr[i] >= 0x7f || target.ptr[i] == '#')
            return err_set(err, ERR_MALFORMED, "RFC 3986 2", "the target holds what none may");
    return true;
}

bool strict_head(struct MHD_Connection *c, const struct head *head, struct head_facts *ret,
                 struct err *err)
{
    struct head_facts facts = {0};
    struct walk walk = {.expected = (uintptr_t)head->version + strlen(head->version) + CRLF_BYTES};
    if (strcmp(head->version, "HTTP/1.1") != 0)
        return err_set(err, ERR_MALFORMED, "RFC 9112 2.3", "only HTTP/1.1 is spoken here");
    if (!target_check(head->target, err))
        return false;
    if (!http_is_token(str_of(head->method)))
        return err_set(err, ERR_MALFORMED, "RFC 9110 9.1", "a method that is no token");
    (void)MHD_get_connection_values_n(c, MHD_HEADER_KIND, walk_field, &walk);
    if (!fields_check(&walk, err) || !layout_check(c, head, &walk, err))
        return false;
    facts.method = method_from_word(str_of(head->method));
    if (!body_facts(&walk, &facts, err))
        return false;
    target_split(head->target, &facts);
    *ret = facts;
    return true;
}
