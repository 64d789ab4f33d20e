#include "log/proof.h"

#include "base/encode.h"
#include "log/parts.h"

static const char clause[] = "C2SP tlog-proof";
static const char first_line[] = "c2sp.org/tlog-proof@v1";

// Canonical base64 of any length, decoded a piece at a time and thrown away.
static bool extra_check(struct str base64)
{
    enum { PIECE = 4096 };
    uint8_t octets[PIECE / 4 * 3];
    size_t size = 0;
    while (base64.len > PIECE) {
        if (!parts_base64_read(str_slice(base64, 0, PIECE), octets, sizeof octets, &size) ||
            size != sizeof octets)
            return false;
        base64 = str_slice(base64, PIECE, base64.len);
    }
    return parts_base64_read(base64, octets, sizeof octets, &size);
}

bool proof_read(struct bytes sent, struct log_proof *ret, struct err *err)
{
    struct reader r = reader_of(sent);
    struct log_proof proof = {.extra = {0}};
    if (sent.len > PROOF_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a proof of %zu octets", sent.len);
    if (!str_eq(parts_line(&r), str_of(first_line)))
        return err_set(err, ERR_MALFORMED, clause, "the first line is not \"%s\"", first_line);
    if (r.rest.len >= 6 && memcmp(r.rest.ptr, "extra ", 6) == 0) {
        proof.extra = parts_value(&r, STR("extra"));
        if (r.failed || proof.extra.len > PROOF_EXTRA_CHARS_MAX || !extra_check(proof.extra))
            return err_set(err, ERR_MALFORMED, clause, "the extra line is not base64");
    }
    struct str index = parts_value(&r, STR("index"));
    if (r.failed || !decimal_read(index, TREE_SIZE_MAX, &proof.index.n))
        return err_set(err, ERR_MALFORMED, clause, "a line \"index N\" is missing");
    if (!parts_hashes_read(&r, &proof.path, clause, err))
        return false;
    proof.note = r.rest;
    if (proof.note.len == 0)
        return err_set(err, ERR_MALFORMED, clause, "no checkpoint follows the proof");
    *ret = proof;
    return true;
}

void proof_write(const struct log_proof *proof, struct writer *w)
{
    writer_put(w, str_bytes(str_of(first_line)));
    writer_u8(w, '\n');
    if (proof->extra.len > 0) {
        writer_put(w, str_bytes(STR("extra ")));
        writer_put(w, str_bytes(proof->extra));
        writer_u8(w, '\n');
    }
    parts_number_write(STR("index "), proof->index.n, w);
    parts_hashes_write(&proof->path, w);
    writer_put(w, proof->note);
}

bool proof_verify(const struct log_proof *proof, struct digest leaf, const struct policy *policy,
                  struct arena *a, struct checkpoint *ret, struct err *err)
{
    struct checkpoint head;
    if (!policy_open(policy, proof->note, a, &head, err) ||
        !merkle_check_inclusion(leaf, proof->index, head.size, proof_of(&proof->path), head.root,
                                err))
        return false;
    *ret = head;
    return true;
}

bool proof_verify_log(const struct log_proof *proof, struct digest leaf, struct str origin,
                      const struct note_key *keys, size_t keys_count, struct checkpoint *ret,
                      struct err *err)
{
    struct checkpoint head;
    if (!checkpoint_open(proof->note, origin, keys, keys_count, &head, NULL, err) ||
        !merkle_check_inclusion(leaf, proof->index, head.size, proof_of(&proof->path), head.root,
                                err))
        return false;
    *ret = head;
    return true;
}
