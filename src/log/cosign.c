#include "log/cosign.h"

#include <stdio.h>

static const char clause[] = "C2SP tlog-cosignature";

void cosign_message(struct str checkpoint_text, uint64_t time_s, struct writer *w)
{
    char head[48];
    int len =
        snprintf(head, sizeof head, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
    CHECK(len > 0 && (size_t)len < sizeof head);
    writer_put(w, bytes_of(head, (size_t)len));
    writer_put(w, str_bytes(checkpoint_text));
}

void cosign_line(const struct note_key *key, uint64_t time_s, const struct signature *signature,
                 struct writer *w)
{
    uint8_t octets[COSIGN_OCTETS];
    struct writer raw = writer_of(octets, sizeof octets);
    CHECK(key->type == NOTE_KEY_COSIGNER);
    CHECK(time_s <= COSIGN_TIME_MAX);
    writer_u64(&raw, time_s);
    writer_put(&raw, bytes_of(signature->octets, SIGNATURE_BYTES));
    note_signature_line(key, writer_bytes(&raw), w);
}

void cosign_sign(struct str checkpoint_text, uint64_t time_s, const struct note_key *key,
                 const struct secret *seed, struct writer *w)
{
    uint8_t message[COSIGN_MESSAGE_BYTES_MAX];
    struct signature signature;
    struct writer m = writer_of(message, sizeof message);
    cosign_message(checkpoint_text, time_s, &m);
    CHECK(!m.full); // a checkpoint is below CHECKPOINT_BYTES_MAX
    sign_message(seed, writer_bytes(&m), &signature);
    cosign_line(key, time_s, &signature, w);
}

bool cosign_claimed_time(const struct note_signature *line, uint64_t *ret_time_s)
{
    uint8_t octets[COSIGN_MLDSA_OCTETS];
    size_t size = 0;
    if ((line->size != COSIGN_OCTETS && line->size != COSIGN_MLDSA_OCTETS) ||
        !note_signature_octets(line, octets, sizeof octets, &size))
        return false;
    struct reader r = reader_of(bytes_of(octets, size));
    uint64_t time_s = reader_u64(&r);
    if (time_s > COSIGN_TIME_MAX)
        return false;
    *ret_time_s = time_s;
    return true;
}

bool cosign_verify(const struct note_signature *line, struct str checkpoint_text,
                   const struct note_key *key, uint64_t *ret_time_s, struct err *err)
{
    uint8_t octets[COSIGN_OCTETS], message[COSIGN_MESSAGE_BYTES_MAX];
    struct signature signature;
    size_t size = 0;
    if (line->id != key->id || !str_eq(line->name, key->name))
        return err_set(err, ERR_NOT_FOUND, clause, "the line is by another key than %.*s",
                       STR_ARG(key->name));
    if (key->type != NOTE_KEY_COSIGNER)
        return err_set(err, ERR_UNSUPPORTED, clause, "cosignatures of type 0x%02x are not checked",
                       (unsigned)key->type);
    if (line->size != COSIGN_OCTETS || !note_signature_octets(line, octets, sizeof octets, &size))
        return err_set(err, ERR_MALFORMED, clause, "the cosignature by %.*s has %zu octets, not 72",
                       STR_ARG(line->name), line->size);
    struct reader r = reader_of(bytes_of(octets, size));
    uint64_t time_s = reader_u64(&r);
    reader_copy(&r, signature.octets, SIGNATURE_BYTES);
    if (time_s > COSIGN_TIME_MAX)
        return err_set(err, ERR_MALFORMED, clause, "the cosignature by %.*s has a time above 2^63",
                       STR_ARG(line->name));
    struct writer m = writer_of(message, sizeof message);
    cosign_message(checkpoint_text, time_s, &m);
    if (m.full)
        return err_set(err, ERR_LIMIT, clause, "a cosigned text has %zu octets",
                       checkpoint_text.len);
    if (!sign_verify(&key->key, writer_bytes(&m), &signature))
        return err_set(err, ERR_TAMPERED, clause, "the cosignature by %.*s does not fit",
                       STR_ARG(line->name));
    *ret_time_s = time_s;
    return true;
}

// -- counting --------------------------------------------------------------------------------

static void seen_put(struct cosign_seen *seen, size_t *count, uint32_t owner, uint64_t time_s)
{
    for (size_t i = 0; i < *count; i++) {
        if (seen[i].owner != owner)
            continue;
        if (time_s < seen[i].time_s)
            seen[i].time_s = time_s;
        return;
    }
    seen[(*count)++] = (struct cosign_seen){owner, time_s};
}

bool cosign_tally(const struct note *note, const struct cosigner *known, size_t known_count,
                  struct cosign_seen ret[NOTE_SIGNATURES_MAX], size_t *ret_count, struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < note->signatures_count; i++) {
        const struct note_signature *line = &note->signatures[i];
        for (size_t k = 0; k < known_count && !line->repeated; k++) {
            uint64_t time_s = 0;
            if (line->id != known[k].key.id || !str_eq(line->name, known[k].key.name) ||
                known[k].key.type != NOTE_KEY_COSIGNER)
                continue;
            if (!cosign_verify(line, note->text, &known[k].key, &time_s, err))
                return false;
            seen_put(ret, &count, known[k].owner, time_s);
            break;
        }
    }
    *ret_count = count;
    return true;
}

size_t cosign_count(const struct cosign_seen *seen, size_t count, uint32_t author)
{
    size_t others = 0;
    for (size_t i = 0; i < count; i++)
        if (seen[i].owner != author)
            others++;
    return others;
}

bool cosign_time_of(const struct cosign_seen *seen, size_t count, size_t k, uint64_t *ret_time_s)
{
    CHECK(k >= 1);
    // Sixty-four at most: for each time, count those not later.
    for (size_t i = 0; i < count; i++) {
        size_t before = 0, same = 0;
        for (size_t j = 0; j < count; j++) {
            before += seen[j].time_s < seen[i].time_s;
            same += seen[j].time_s == seen[i].time_s;
        }
        if (before < k && k <= before + same) {
            *ret_time_s = seen[i].time_s;
            return true;
        }
    }
    return false;
}
