#include "log/parts.h"

#include "base/encode.h"

#include <stdio.h>

struct str parts_line(struct reader *r)
{
    const uint8_t *end = r->rest.len == 0 ? NULL : memchr(r->rest.ptr, '\n', r->rest.len);
    if (r->failed || end == NULL) {
        r->failed = true;
        return (struct str){0};
    }
    struct bytes line = reader_take(r, (size_t)(end - r->rest.ptr) + 1);
    return (struct str){(const char *)line.ptr, line.len - 1};
}

struct str parts_value(struct reader *r, struct str word)
{
    struct str line = parts_line(r);
    if (r->failed || line.len <= word.len + 1 || !str_starts(line, word) ||
        line.ptr[word.len] != ' ') {
        r->failed = true;
        return (struct str){0};
    }
    return str_slice(line, word.len + 1, line.len);
}

bool parts_hashes_read(struct reader *r, struct proof_made *ret, const char *clause,
                       struct err *err)
{
    struct proof_made made = {.count = 0};
    for (;;) {
        size_t size = 0;
        struct str line = parts_line(r);
        if (r->failed)
            return err_set(err, ERR_MALFORMED, clause, "no empty line ends the proof");
        if (line.len == 0)
            break;
        if (made.count == PROOF_HASHES_MAX)
            return err_set(err, ERR_LIMIT, clause, "a proof has more than %d hashes",
                           PROOF_HASHES_MAX);
        if (!parts_base64_read(line, made.path[made.count].octets, DIGEST_BYTES, &size) ||
            size != DIGEST_BYTES)
            return err_set(err, ERR_MALFORMED, clause,
                           "line %zu of a proof is not 32 octets in base64", made.count + 1);
        made.count++;
    }
    *ret = made;
    return true;
}

void parts_hashes_write(const struct proof_made *proof, struct writer *w)
{
    char base64[BASE64_CHARS(DIGEST_BYTES) + 1];
    for (size_t i = 0; i < proof->count; i++) {
        size_t len =
            base64_write(bytes_of(proof->path[i].octets, DIGEST_BYTES), BASE64_PADDED, base64);
        writer_put(w, bytes_of(base64, len));
        writer_u8(w, '\n');
    }
    writer_u8(w, '\n');
}

void parts_number_write(struct str before, uint64_t n, struct writer *w)
{
    char number[24];
    int len = snprintf(number, sizeof number, "%llu\n", (unsigned long long)n);
    CHECK(len > 0);
    writer_put(w, str_bytes(before));
    writer_put(w, bytes_of(number, (size_t)len));
}

bool parts_base64_read(struct str text, uint8_t *ret_octets, size_t cap, size_t *ret_size)
{
    for (size_t i = 0; i < text.len; i++)
        if ((uint8_t)text.ptr[i] >= 0x80)
            return false;
    return base64_read(text, BASE64_PADDED, ret_octets, cap, ret_size);
}
