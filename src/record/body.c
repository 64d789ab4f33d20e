// record/body.c - building and taking apart the plaintext of bodies.
#include "record/body.h"

#include "base/encode.h"
#include "base/limits.h"
#include "log/checkpoint.h"
#include "record/fields.h"

static const char clause[] = "FORMATS 3";
// Five lines: two origins, a blind, a size; generously.
enum { HEADER_BYTES_MAX = 2 * ORIGIN_BYTES_MAX + 160 };

uint64_t body_padded_bytes(uint64_t size)
{
    unsigned exponent = 0, digits = 0;
    if (size < 2)
        return size;
    for (uint64_t n = size; n > 1; n >>= 1)
        exponent++;
    for (unsigned n = exponent; n > 0; n >>= 1)
        digits++;
    uint64_t low = (UINT64_C(1) << (exponent - digits)) - 1;
    CHECK(size <= UINT64_MAX - low);
    return (size + low) & ~low;
}

// The header ends at the first empty line; its end, or 0.
static size_t header_bytes(struct bytes plain)
{
    size_t most = plain.len < HEADER_BYTES_MAX ? plain.len : HEADER_BYTES_MAX;
    for (size_t i = 1; i < most; i++)
        if (plain.ptr[i] == '\n' && plain.ptr[i - 1] == '\n')
            return i + 1;
    return 0;
}

// The lines before the empty one.
static bool read_header(struct bytes header, struct sealed_body *b, uint64_t *ret_note_bytes,
                        struct err *err)
{
    struct str text;
    struct lines l;
    if (!text_check(header, &text, err))
        return err_wrap(err, "body");
    lines_init(&l, "body", text, err);
    lines_exact(&l, STR("elchi body v1"));
    b->origin = lines_origin(&l, STR("origin"));
    b->to = lines_origin(&l, STR("to"));
    struct str blind = lines_value(&l, STR("blind"));
    if (!l.failed && !hex_read(blind, b->blind.octets, BLIND_BYTES))
        (void)lines_fail(&l, clause, "\"blind\" is not 64 hex digits");
    *ret_note_bytes = lines_decimal(&l, STR("note"), RECORD_BYTES_MAX);
    if (!lines_done(&l))
        return false;
    if (*ret_note_bytes == 0)
        return err_set(err, ERR_MALFORMED, clause, "body: the note is empty");
    return true;
}

static bool check_padding(struct bytes plain, uint64_t content, struct err *err)
{
    if (content > plain.len || body_padded_bytes(content) != plain.len)
        return err_set(err, ERR_MALFORMED, clause, "body: it has not its Padme length");
    for (uint64_t i = content; i < plain.len; i++)
        if (plain.ptr[i] != 0)
            return err_set(err, ERR_MALFORMED, clause, "body: its padding is not zero");
    return true;
}

bool sealed_body_read(struct bytes plain, struct sealed_body *ret, struct err *err)
{
    struct sealed_body b = {0};
    uint64_t note_bytes = 0;
    if (plain.len > BODY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "body: above %d octets", BODY_BYTES_MAX);
    size_t header = header_bytes(plain);
    if (header == 0)
        return err_set(err, ERR_MALFORMED, clause, "body: no empty line ends its header");
    if (!read_header(bytes_of(plain.ptr, header - 1), &b, &note_bytes, err))
        return false;
    if (!check_padding(plain, header + note_bytes, err))
        return false;
    b.note = bytes_of(plain.ptr + header, (size_t)note_bytes);
    *ret = b;
    return true;
}

bool sealed_body_write(const struct sealed_body *body, struct arena *a, struct bytes *ret,
                       struct err *err)
{
    struct buffer out;
    char blind[2 * BLIND_BYTES + 1];
    if (!checkpoint_origin_check(body->origin, err) || !checkpoint_origin_check(body->to, err))
        return err_wrap(err, "body");
    if (body->note.len == 0 || body->note.len > RECORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "body: a note has 1 to %d octets", RECORD_BYTES_MAX);
    buffer_init(&out, a, BODY_BYTES_MAX);
    hex_write(bytes_of(body->blind.octets, BLIND_BYTES), blind);
    buffer_fmt(&out, "elchi body v1\norigin %.*s\nto %.*s\nblind %s\nnote %zu\n\n",
               STR_ARG(body->origin), STR_ARG(body->to), blind, body->note.len);
    buffer_put(&out, body->note);
    size_t padding = out.full ? 0 : (size_t)body_padded_bytes(out.len) - out.len;
    if (padding > 0) {
        uint8_t *zeros = arena_new(a, uint8_t, padding);
        if (!zeros)
            return err_set(err, ERR_LIMIT, NULL, "body: no room for its padding");
        buffer_put(&out, bytes_of(zeros, padding));
    }
    if (!buffer_take(&out, ret, err))
        return err_wrap(err, "body");
    return true;
}

bool open_body_read(struct bytes blob, struct open_body *ret, struct err *err)
{
    struct open_body b;
    if (blob.len <= BLIND_BYTES)
        return err_set(err, ERR_MALFORMED, clause, "body: shorter than blind and note");
    if (blob.len > BLIND_BYTES + RECORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "body: a note has at most %d octets",
                       RECORD_BYTES_MAX);
    memcpy(b.blind.octets, blob.ptr, BLIND_BYTES);
    b.note = bytes_of(blob.ptr + BLIND_BYTES, blob.len - BLIND_BYTES);
    *ret = b;
    return true;
}

bool open_body_write(const struct open_body *body, struct arena *a, struct bytes *ret,
                     struct err *err)
{
    struct buffer out;
    if (body->note.len == 0 || body->note.len > RECORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "body: a note has 1 to %d octets", RECORD_BYTES_MAX);
    buffer_init(&out, a, BLIND_BYTES + RECORD_BYTES_MAX);
    buffer_put(&out, bytes_of(body->blind.octets, BLIND_BYTES));
    buffer_put(&out, body->note);
    if (!buffer_take(&out, ret, err))
        return err_wrap(err, "body");
    return true;
}
