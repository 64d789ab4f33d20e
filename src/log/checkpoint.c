#include "log/checkpoint.h"

#include "base/encode.h"
#include "base/lines.h"
#include "log/parts.h"

#include <stdio.h>

static const char clause[] = "C2SP tlog-checkpoint";

bool checkpoint_origin_check(struct str origin, struct err *err)
{
    if (origin.len > ORIGIN_BYTES_MAX)
        return err_set(err, ERR_MALFORMED, clause, "an origin has %zu octets; %d is the most",
                       origin.len, ORIGIN_BYTES_MAX);
    if (!note_name_check(origin, err))
        return err_wrap(err, "origin");
    return true;
}

bool checkpoint_read(struct str text, struct checkpoint_claim *ret, struct err *err)
{
    struct lines l;
    struct checkpoint c = {.text = text};
    struct digest empty = merkle_empty();
    size_t size = 0;
    if (text.len > CHECKPOINT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a checkpoint has %zu octets; %d is the most",
                       text.len, CHECKPOINT_BYTES_MAX);
    lines_init(&l, "checkpoint", text, err);
    c.origin = lines_any(&l);
    struct str number = lines_any(&l);
    struct str root = lines_any(&l);
    if (l.failed)
        return false;
    if (!checkpoint_origin_check(c.origin, err))
        return false;
    if (!decimal_read(number, TREE_SIZE_MAX, &c.size.n))
        return lines_fail(&l, clause, "the size is not a decimal number below 2^63");
    if (!parts_base64_read(root, c.root.octets, DIGEST_BYTES, &size) || size != DIGEST_BYTES)
        return lines_fail(&l, clause, "the root is not 32 octets in base64");
    if (c.size.n == 0 && !digest_eq(&c.root, &empty))
        return err_set(err, ERR_TAMPERED, clause,
                       "the root of no entries is not that of the empty tree");
    c.extensions = l.rest;
    for (size_t i = 0; i < c.extensions.len; i++)
        if (c.extensions.ptr[i] == '\n' && (i == 0 || c.extensions.ptr[i - 1] == '\n'))
            return lines_fail(&l, clause, "an extension line is empty");
    ret->said = c;
    return true;
}

bool checkpoint_open(struct bytes sent, struct str origin, const struct note_key *keys,
                     size_t keys_count, struct checkpoint *ret, struct note *ret_note,
                     struct err *err)
{
    struct note note = {0};
    struct checkpoint_claim claim = {0};
    uint64_t verified = 0;
    for (size_t i = 0; i < keys_count; i++)
        CHECK(keys[i].type == NOTE_KEY_ED25519); // a cosignature is no log's word
    if (!note_open(sent, keys, keys_count, &note, &verified, err) ||
        !checkpoint_read(note.text, &claim, err))
        return err_wrap(err, "checkpoint of %.*s", STR_ARG(origin));
    if (!str_eq(claim.said.origin, origin))
        return err_set(err, ERR_CONFLICT, clause, "a checkpoint of %.*s where one of %.*s belongs",
                       STR_ARG(claim.said.origin), STR_ARG(origin));
    *ret = claim.said;
    if (ret_note != NULL)
        *ret_note = note;
    return true;
}

void checkpoint_text(struct str origin, struct tree_size size, const struct digest *root,
                     struct writer *w)
{
    char number[24], base64[BASE64_CHARS(DIGEST_BYTES) + 1];
    CHECK(size.n <= TREE_SIZE_MAX);
    int digits = snprintf(number, sizeof number, "\n%llu\n", (unsigned long long)size.n);
    CHECK(digits > 0);
    size_t len = base64_write(bytes_of(root->octets, DIGEST_BYTES), BASE64_PADDED, base64);
    writer_put(w, str_bytes(origin));
    writer_put(w, bytes_of(number, (size_t)digits));
    writer_put(w, bytes_of(base64, len));
    writer_u8(w, '\n');
}

void checkpoint_note(struct str origin, struct tree_size size, const struct digest *root,
                     const struct note_key *key, const struct signature *signature,
                     struct writer *w)
{
    checkpoint_text(origin, size, root, w);
    writer_u8(w, '\n');
    note_signature_line(key, bytes_of(signature->octets, SIGNATURE_BYTES), w);
}

void checkpoint_sign(struct tree_size size, const struct digest *root, const struct note_key *key,
                     const struct secret *seed, struct writer *w, struct checkpoint *ret)
{
    struct signature signature;
    struct checkpoint_claim claim = {0};
    struct err err = {0};
    size_t start = w->len;
    CHECK(key->type == NOTE_KEY_ED25519);
    CHECK(key->name.len <= ORIGIN_BYTES_MAX);
    checkpoint_text(key->name, size, root, w);
    CHECK(!w->full); // the caller brings CHECKPOINT_NOTE_BYTES
    struct str text = {(const char *)w->ptr + start, w->len - start};
    // What we sign must be what everybody else will take for a checkpoint.
    CHECK(checkpoint_read(text, &claim, &err));
    sign_message(seed, str_bytes(text), &signature);
    CHECK(sign_verify(&key->key, str_bytes(text), &signature));
    writer_u8(w, '\n');
    note_signature_line(key, bytes_of(signature.octets, SIGNATURE_BYTES), w);
    CHECK(!w->full);
    *ret = claim.said;
}
