#include "log/note.h"

#include "base/encode.h"
#include "log/cosign.h"
#include "log/parts.h"

static const char clause_note[] = "C2SP signed-note";
static const char dash[] = "\xE2\x80\x94 "; // U+2014 and a space

enum { KEY_ID_BYTES = 4, DASH_BYTES = sizeof dash - 1 };
_Static_assert(NOTE_SIGNATURES_MAX <= 64, "one bit per line in a uint64_t");
_Static_assert(NOTE_LINE_BYTES_MAX ==
                   KEY_NAME_BYTES_MAX + 6 + BASE64_CHARS(NOTE_SIGNATURE_BYTES_MAX + KEY_ID_BYTES),
               "dash, space, name, space, base64, LF");

// -- reading ---------------------------------------------------------------------------------

// One line without its LF.
static bool line_read(struct str line, struct note_signature *ret, struct err *err)
{
    uint8_t octets[KEY_ID_BYTES + NOTE_SIGNATURE_BYTES_MAX];
    size_t size = 0;
    struct str name = {0};
    if (!str_starts(line, STR("\xE2\x80\x94 ")))
        return err_set(err, ERR_MALFORMED, clause_note,
                       "a signature line does not begin with an em dash and a space");
    struct str rest = str_slice(line, DASH_BYTES, line.len);
    size_t whole = rest.len;
    if (!str_split(&rest, ' ', &name) || name.len == whole)
        return err_set(err, ERR_MALFORMED, clause_note, "a signature line has no signature");
    if (!note_name_check(name, err))
        return false;
    if (rest.len > BASE64_CHARS(sizeof octets))
        return err_set(err, ERR_LIMIT, clause_note, "a signature has more than %d octets",
                       NOTE_SIGNATURE_BYTES_MAX);
    if (!parts_base64_read(rest, octets, sizeof octets, &size))
        return err_set(err, ERR_MALFORMED, clause_note, "a signature is not base64");
    if (size <= KEY_ID_BYTES)
        return err_set(err, ERR_MALFORMED, clause_note, "a signature is empty");
    *ret = (struct note_signature){
        .name = name,
        .id = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
              octets[3],
        .base64 = rest,
        .size = size - KEY_ID_BYTES,
    };
    return true;
}

static bool same_key(const struct note_signature *a, const struct note_signature *b)
{
    return a->id == b->id && str_eq(a->name, b->name);
}

// Lines of checked text that ends in LF.
static bool lines_read(struct str text, struct note_signature *ret, size_t cap, size_t *ret_count,
                       struct err *err)
{
    size_t count = 0, from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\n')
            continue;
        if (count == cap)
            return err_set(err, ERR_LIMIT, clause_note, "more than %zu signature lines", cap);
        if (!line_read(str_slice(text, from, i), &ret[count], err))
            return err_wrap(err, "signature line %zu", count + 1);
        for (size_t k = 0; k < count; k++)
            if (same_key(&ret[k], &ret[count]))
                ret[count].repeated = true;
        count++;
        from = i + 1;
    }
    *ret_count = count;
    return true;
}

bool note_lines_read(struct bytes sent, struct note_signature *ret, size_t cap, size_t *ret_count,
                     struct err *err)
{
    struct str text;
    if (sent.len > NOTE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause_note, "signature lines of %zu octets", sent.len);
    if (!text_check(sent, &text, err))
        return false;
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        return err_set(err, ERR_MALFORMED, clause_note, "signature lines end in a line feed");
    return lines_read(text, ret, cap, ret_count, err);
}

bool note_read(struct bytes sent, struct note *ret, struct err *err)
{
    struct str whole;
    struct note note = {0};
    if (sent.len > NOTE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause_note, "a note of %zu octets; %d is the most",
                       sent.len, NOTE_BYTES_MAX);
    if (!text_check(sent, &whole, err))
        return err_wrap(err, "note");
    if (whole.len == 0 || whole.ptr[whole.len - 1] != '\n')
        return err_set(err, ERR_MALFORMED, clause_note, "a note ends in a line feed");
    size_t at = whole.len; // one behind the empty line
    while (at >= 2 && (whole.ptr[at - 1] != '\n' || whole.ptr[at - 2] != '\n'))
        at--;
    if (at < 2)
        return err_set(err, ERR_MALFORMED, clause_note,
                       "a note has no empty line before its signatures");
    if (at == whole.len)
        return err_set(err, ERR_MALFORMED, clause_note, "a note has no signature line");
    note.text = str_slice(whole, 0, at - 1);
    if (!lines_read(str_slice(whole, at, whole.len), note.signatures, NOTE_SIGNATURES_MAX,
                    &note.signatures_count, err))
        return false;
    CHECK(note.signatures_count >= 1);
    *ret = note;
    return true;
}

// -- writing ---------------------------------------------------------------------------------

void note_line_write(const struct note_signature *line, struct writer *w)
{
    writer_put(w, bytes_of(dash, DASH_BYTES));
    writer_put(w, str_bytes(line->name));
    writer_u8(w, ' ');
    writer_put(w, str_bytes(line->base64));
    writer_u8(w, '\n');
}

void note_write(const struct note *note, struct writer *w)
{
    writer_put(w, str_bytes(note->text));
    writer_u8(w, '\n');
    for (size_t i = 0; i < note->signatures_count; i++)
        note_line_write(&note->signatures[i], w);
}

bool note_signature_octets(const struct note_signature *line, uint8_t *ret_octets, size_t cap,
                           size_t *ret_size)
{
    uint8_t octets[KEY_ID_BYTES + NOTE_SIGNATURE_BYTES_MAX];
    size_t size = 0;
    if (line->size > cap || !parts_base64_read(line->base64, octets, sizeof octets, &size))
        return false;
    CHECK(size == line->size + KEY_ID_BYTES);
    memcpy(ret_octets, octets + KEY_ID_BYTES, line->size);
    *ret_size = line->size;
    return true;
}

// -- signing ---------------------------------------------------------------------------------

void note_signature_line(const struct note_key *key, struct bytes signature, struct writer *w)
{
    uint8_t octets[KEY_ID_BYTES + COSIGN_MLDSA_OCTETS];
    char base64[BASE64_CHARS(sizeof octets) + 1];
    CHECK(signature.len > 0);
    CHECK(signature.len <= COSIGN_MLDSA_OCTETS);
    struct writer raw = writer_of(octets, sizeof octets);
    writer_u32(&raw, key->id);
    writer_put(&raw, signature);
    size_t len = base64_write(writer_bytes(&raw), BASE64_PADDED, base64);
    writer_put(w, bytes_of(dash, DASH_BYTES));
    writer_put(w, str_bytes(key->name));
    writer_u8(w, ' ');
    writer_put(w, bytes_of(base64, len));
    writer_u8(w, '\n');
}

void note_assemble(struct str text, const struct note_key *key, const struct signature *signature,
                   struct writer *w)
{
    CHECK(text.len > 0);
    CHECK(text.ptr[text.len - 1] == '\n');
    writer_put(w, str_bytes(text));
    writer_u8(w, '\n');
    note_signature_line(key, bytes_of(signature->octets, SIGNATURE_BYTES), w);
}

void note_sign(struct str text, const struct note_key *key, const struct secret *seed,
               struct writer *w)
{
    struct signature signature;
    CHECK(key->type == NOTE_KEY_ED25519); // a cosigner's key signs another message
    sign_message(seed, str_bytes(text), &signature);
    note_assemble(text, key, &signature, w);
}

// -- opening ---------------------------------------------------------------------------------

static bool line_is_by(const struct note_signature *line, const struct note_key *key)
{
    return line->id == key->id && str_eq(line->name, key->name);
}

const struct note_signature *note_line_of(const struct note *note, const struct note_key *key)
{
    for (size_t i = 0; i < note->signatures_count; i++)
        if (line_is_by(&note->signatures[i], key))
            return &note->signatures[i];
    return NULL;
}

static bool text_line_verify(const struct note_signature *line, struct str text,
                             const struct note_key *key, struct err *err)
{
    struct signature signature;
    size_t size = 0;
    if (!note_signature_octets(line, signature.octets, SIGNATURE_BYTES, &size) ||
        size != SIGNATURE_BYTES)
        return err_set(err, ERR_TAMPERED, clause_note, "the signature by %.*s has %zu octets",
                       STR_ARG(line->name), line->size);
    if (!sign_verify(&key->key, str_bytes(text), &signature))
        return err_set(err, ERR_TAMPERED, clause_note, "the signature by %.*s does not fit",
                       STR_ARG(line->name));
    return true;
}

bool note_line_verify(const struct note_signature *line, struct str text,
                      const struct note_key *key, uint64_t *ret_time_s, struct err *err)
{
    if (!line_is_by(line, key))
        return err_set(err, ERR_NOT_FOUND, clause_note, "the line is by another key than %.*s",
                       STR_ARG(key->name));
    if (key->type != NOTE_KEY_ED25519)
        return cosign_verify(line, text, key, ret_time_s, err);
    if (!text_line_verify(line, text, key, err))
        return false;
    *ret_time_s = 0;
    return true;
}

// True when no known key failed; *ret_stands says whether one stood. Two known keys that share name
// and id cannot be told apart, so one of them standing is enough.
static bool line_check(const struct note *note, size_t at, const struct note_key *known,
                       size_t known_count, bool *ret_stands, struct err *err)
{
    bool failed = false;
    uint64_t time_s;
    *ret_stands = false;
    for (size_t k = 0; k < known_count; k++) {
        if (known[k].type == NOTE_KEY_MLDSA || !line_is_by(&note->signatures[at], &known[k]))
            continue;
        if (note_line_verify(&note->signatures[at], note->text, &known[k], &time_s, err)) {
            *ret_stands = true;
            return true;
        }
        failed = true;
    }
    return !failed;
}

bool note_verify(const struct note *note, const struct note_key *known, size_t known_count,
                 uint64_t *ret_verified, struct err *err)
{
    uint64_t verified = 0;
    for (size_t i = 0; i < note->signatures_count; i++) {
        bool stands = false;
        if (note->signatures[i].repeated)
            continue;
        if (!line_check(note, i, known, known_count, &stands, err))
            return false;
        if (stands)
            verified |= UINT64_C(1) << i;
    }
    if (verified == 0)
        return err_set(err, ERR_TAMPERED, clause_note, "no signature is by a known key");
    *ret_verified = verified;
    return true;
}

bool note_open(struct bytes sent, const struct note_key *known, size_t known_count,
               struct note *ret, uint64_t *ret_verified, struct err *err)
{
    struct note note = {0};
    uint64_t verified = 0;
    if (!note_read(sent, &note, err) || !note_verify(&note, known, known_count, &verified, err))
        return false;
    *ret = note;
    *ret_verified = verified;
    return true;
}
