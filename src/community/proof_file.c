#include "community/proof_file.h"

#include "base/encode.h"
#include "base/lines.h"

#include <inttypes.h>

static const char clause[] = "FORMATS 9";

// -- the frame -----------------------------------------------------------------------------------

// Takes the octets up to the next LF as one line of text.
static bool take_line(struct reader *r, struct str *ret, struct err *err)
{
    enum { LINE_BYTES_MAX = ORIGIN_BYTES_MAX + 64 };
    size_t most = r->rest.len < LINE_BYTES_MAX ? r->rest.len : LINE_BYTES_MAX;
    const uint8_t *end = most == 0 ? NULL : memchr(r->rest.ptr, '\n', most);
    if (end == NULL)
        return err_set(err, ERR_MALFORMED, clause, "the proof ends where a section belongs");
    struct bytes line = reader_take(r, (size_t)(end - r->rest.ptr));
    (void)reader_take(r, 1);
    return text_check_line(line, ret, err) || err_wrap(err, "proof");
}

// "NAME SIZE", or "keys ORIGIN SIZE", and the octets behind it.
static bool take_section(struct reader *r, struct str line, struct str name, struct str *ret_origin,
                         struct bytes *ret, struct err *err)
{
    uint64_t size = 0;
    struct str origin = STR("");
    struct fields f = fields_of(line);
    struct str key = field_next(&f);
    if (ret_origin != NULL)
        origin = field_next(&f);
    struct str number = field_next(&f);
    if (!fields_done(&f) || !str_eq(key, name) ||
        !decimal_read(number, PROOF_FILE_BYTES_MAX, &size))
        return err_set(err, ERR_MALFORMED, clause, "expected the section %.*s and its size",
                       STR_ARG(name));
    struct bytes octets = reader_take(r, (size_t)size);
    if (r->failed)
        return err_set(err, ERR_MALFORMED, clause, "the section %.*s is cut short", STR_ARG(name));
    if (ret_origin != NULL)
        *ret_origin = origin;
    *ret = octets;
    return true;
}

static bool take_plain(struct reader *r, struct str name, struct bytes *ret, struct err *err)
{
    struct str line;
    return take_line(r, &line, err) && take_section(r, line, name, NULL, ret, err);
}

// Reads `keys` sections until another line comes, which is handed on.
static bool take_keys(struct reader *r, struct arena *a, struct proof_file *file,
                      struct str *ret_line, struct err *err)
{
    struct proof_file_keys *keys = arena_new(a, struct proof_file_keys, COMMUNITY_STATES_MAX);
    size_t count = 0;
    struct str line;
    if (keys == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for a proof");
    for (;;) {
        if (!take_line(r, &line, err))
            return false;
        if (!str_starts(line, STR("keys ")))
            break;
        if (count == COMMUNITY_STATES_MAX)
            return err_set(err, ERR_LIMIT, clause, "more than %d chains of keys",
                           COMMUNITY_STATES_MAX);
        if (!take_section(r, line, STR("keys"), &keys[count].origin, &keys[count].chain, err))
            return false;
        count++;
    }
    if (count == 0)
        return err_set(err, ERR_MALFORMED, clause, "the author's chain of keys is missing");
    file->keys = keys;
    file->keys_count = count;
    *ret_line = line;
    return true;
}

static bool take_end(struct reader *r, struct bytes sent, struct err *err)
{
    struct digest said;
    struct str line;
    struct bytes before = bytes_of(sent.ptr, sent.len - r->rest.len);
    if (!take_line(r, &line, err))
        return false;
    if (!str_starts(line, STR("end ")) || !digest_read(str_slice(line, 4, line.len), &said))
        return err_set(err, ERR_MALFORMED, clause, "expected the closing line");
    if (!reader_done(r))
        return err_set(err, ERR_MALFORMED, clause, "octets after the closing line");
    struct digest is = digest_of(before);
    if (!digest_eq(&is, &said))
        return err_set(err, ERR_TAMPERED, clause, "the closing hash is not that of the file");
    return true;
}

bool proof_file_read(struct arena *a, struct bytes sent, struct proof_file *ret, struct err *err)
{
    struct proof_file file = {0};
    struct reader r = reader_of(sent);
    struct str line;
    if (sent.len > PROOF_FILE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a proof of %zu octets", sent.len);
    if (!take_line(&r, &line, err))
        return false;
    if (!str_eq(line, STR("elchi proof v1")))
        return err_set(err, ERR_MALFORMED, clause, "not a proof file");
    if (!take_plain(&r, STR("community"), &file.community, err) ||
        !take_keys(&r, a, &file, &line, err) ||
        !take_section(&r, line, STR("note"), NULL, &file.note, err) ||
        !take_plain(&r, STR("blind"), &file.blind, err) ||
        !take_plain(&r, STR("entry"), &file.entry, err) ||
        !take_plain(&r, STR("tlog-proof"), &file.tlog_proof, err) || !take_end(&r, sent, err))
        return false;
    *ret = file;
    return true;
}

static void put_section(struct buffer *out, struct str name, struct bytes octets)
{
    buffer_fmt(out, "%.*s %zu\n", STR_ARG(name), octets.len);
    buffer_put(out, octets);
}

bool proof_file_write(const struct proof_file *file, struct arena *a, struct bytes *ret,
                      struct err *err)
{
    struct buffer out;
    char end[DIGEST_TEXT_CHARS + 1];
    buffer_init(&out, a, PROOF_FILE_BYTES_MAX);
    buffer_str(&out, STR("elchi proof v1\n"));
    put_section(&out, STR("community"), file->community);
    for (size_t i = 0; i < file->keys_count; i++) {
        buffer_fmt(&out, "keys %.*s %zu\n", STR_ARG(file->keys[i].origin), file->keys[i].chain.len);
        buffer_put(&out, file->keys[i].chain);
    }
    put_section(&out, STR("note"), file->note);
    put_section(&out, STR("blind"), file->blind);
    put_section(&out, STR("entry"), file->entry);
    put_section(&out, STR("tlog-proof"), file->tlog_proof);
    struct digest hash = digest_of(buffer_bytes(&out));
    digest_write(&hash, end);
    buffer_fmt(&out, "end %s\n", end);
    return buffer_take(&out, ret, err);
}
