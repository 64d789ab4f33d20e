// log/note.h - signed notes: a text, an empty line, and one line per signature.
//
// Holds: key names and verifier keys ("vkeys"), reading, writing, signing and opening of notes.
// Knows nothing of: what the text says (log/checkpoint.h, the record room) and where keys are kept.
// Source: C2SP signed-note v1.0.0; type 0x04 from tlog-cosignature v1.0.1. Text is our text
// (base/text.h), which is narrower than C2SP's: NFC, no bidi control, no DEL.
//
//   TEXT ...\n
//   \n
//   U+2014 SPACE KEYNAME SPACE base64(keyid[4] || signature) \n     one line or more
#ifndef LOG_NOTE_H
#define LOG_NOTE_H
#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

enum note_key_type {
    NOTE_KEY_ED25519 = 0x01,  // a log, an issuer, a root: signs the text
    NOTE_KEY_COSIGNER = 0x04, // a witness or a mirror: signs a time and the text
    NOTE_KEY_MLDSA = 0x06,    // ML-DSA-44 cosigner: read and kept, never verified here
};
enum {
    NOTE_VKEY_CHARS_MAX = KEY_NAME_BYTES_MAX + 10 + 1752, // name+id+base64 of 1 + 1312 octets
    NOTE_LINE_BYTES_MAX = KEY_NAME_BYTES_MAX + 6 + 10928, // a whole signature line with its LF
};

struct note_key {
    struct str name; // borrowed from the vkey text
    uint32_t id;     // first four octets of SHA-256(name || 0x0A || type || public key)
    enum note_key_type type;
    struct sign_public key;  // types 0x01 and 0x04
    struct str mldsa_base64; // type 0x06: base64 of type and key, borrowed; empty otherwise
};

// -- names and keys --------------------------------------------------------------------------
// Not empty, at most KEY_NAME_BYTES_MAX octets, no Unicode space, no '+'.
bool note_name_check(struct str name, struct err *err) MUST_USE;
uint32_t note_key_id(struct str name, uint8_t type, struct bytes public_key);
// A key from its parts; type 0x01 or 0x04.
//   errors  ERR_MALFORMED  the name; ERR_DENIED  a small-order key
bool note_key_make(struct str name, enum note_key_type type, const struct sign_public *key,
                   struct note_key *ret, struct err *err) MUST_USE;
// Reads "NAME+HEX8+BASE64"; exactly that, and the id must be the one computed. Borrows from vkey.
//   errors  ERR_MALFORMED, ERR_UNSUPPORTED (another type), ERR_DENIED (a small-order key)
bool note_key_read(struct str vkey, struct note_key *ret, struct err *err) MUST_USE;
void note_key_write(const struct note_key *key, struct writer *w);
bool note_key_text(const struct note_key *key, struct arena *a, struct str *ret,
                   struct err *err) MUST_USE;
bool note_key_eq(const struct note_key *a, const struct note_key *b); // name, type and key

// -- notes -----------------------------------------------------------------------------------
struct note_signature {
    struct str name;   // of the key; borrowed
    uint32_t id;       // of the key
    struct str base64; // of id and signature, proven canonical; borrowed
    size_t size;       // octets of the signature after the id
    bool repeated;     // an earlier line has the same name and id: only that one counts
};
struct note {
    struct str text; // with its final LF; borrowed
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
    size_t signatures_count; // at least 1
};

// Splits at the last empty line. Every signature type is taken; nothing is verified.
// Borrows from `sent`. Writes back to the same bytes.
//   errors  ERR_MALFORMED, ERR_LIMIT (NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, one line's size)
bool note_read(struct bytes sent, struct note *ret, struct err *err) MUST_USE;
void note_write(const struct note *note, struct writer *w);
// Signature lines alone, as a witness answers them: one or more, nothing else.
bool note_lines_read(struct bytes sent, struct note_signature *ret, size_t cap, size_t *ret_count,
                     struct err *err) MUST_USE;
void note_line_write(const struct note_signature *line, struct writer *w);
// The octets after the key id; false when there are more than `cap`.
bool note_signature_octets(const struct note_signature *line, uint8_t *ret_octets, size_t cap,
                           size_t *ret_size) MUST_USE;

// -- signing ---------------------------------------------------------------------------------
// The message a key of type 0x01 signs is the text itself, with its final LF. One who holds no key
// sends that to the keeper and makes the line from the 64 octets that come back.
void note_signature_line(const struct note_key *key, struct bytes signature, struct writer *w);
// text, empty line, one signature line. `text` must be not empty and end in LF.
void note_assemble(struct str text, const struct note_key *key, const struct signature *signature,
                   struct writer *w);
void note_sign(struct str text, const struct note_key *key, const struct secret *seed,
               struct writer *w);

// -- opening ---------------------------------------------------------------------------------
// Checks every line by a known key of type 0x01 or 0x04 (0x06 counts as unknown). One bit per line
// of note->signatures is set in *ret_verified where a known key's signature stands.
//   errors  ERR_TAMPERED  a known key's line fails, or no line is by a known key
//           ERR_LIMIT     a cosigned text above CHECKPOINT_BYTES_MAX
bool note_verify(const struct note *note, const struct note_key *known, size_t known_count,
                 uint64_t *ret_verified, struct err *err) MUST_USE;
// note_read and note_verify in one.
bool note_open(struct bytes sent, const struct note_key *known, size_t known_count,
               struct note *ret, uint64_t *ret_verified, struct err *err) MUST_USE;
// Checks one line against one key whose name and id it carries (else ERR_NOT_FOUND).
// *ret_time_s is the cosignature's time for 0x04, and 0 for 0x01.
bool note_line_verify(const struct note_signature *line, struct str text,
                      const struct note_key *key, uint64_t *ret_time_s, struct err *err) MUST_USE;
// The first line with the key's name and id, or NULL.
const struct note_signature *note_line_of(const struct note *note, const struct note_key *key);
#endif
