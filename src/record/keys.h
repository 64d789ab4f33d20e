// record/keys.h - the key manifest: what a `keys` record says, read and written exactly.
//
// Holds: the lines of type `keys`, every rule one manifest can be held to alone, and the signature
// lines its note must have. Knows nothing of: chains of manifests and who must sign which version
// (community/manifest.h), the community's genesis hash.
// Source: DESIGN 5.5, FORMATS section 2.
//
//   elchi record v1
//   log xa.example/demo
//   type keys
//   from XA
//   time 2026-07-14T04:01:05Z
//   version 1
//   previous none                        or sha256:HEX of the text of version N-1
//   demo no                              yes: made by a demonstration; never to be trusted
//   threshold M
//   root VKEY                            1 to 16, named ORIGIN/root, in the author's order
//   next-threshold M
//   next sha256:HEX                      1 to 16, of the text of a root vkey of version N+1
//   key log VKEY                         ORIGIN
//   key witness VKEY                     ORIGIN/witness, a cosigner's key (0x04)
//   key mirror VKEY                      ORIGIN/mirror, a cosigner's key (0x04)
//   key node VKEY                        ORIGIN/node
//   key technical VKEY                   ORIGIN/technical; each of the four desks may be absent
//   key diplomatic VKEY
//   key judicial VKEY
//   key coordination VKEY
//   key encryption age1...               an X25519 recipient
//   key tls sha256:HEX                   of the SubjectPublicKeyInfo
//   compromised VKEY SIZE BASE64         0 to 16: the key of an earlier version counts only up to
//   compromised VKEY none                this size and root; `none`: a cosigner's, counts no more
#ifndef RECORD_KEYS_H
#define RECORD_KEYS_H
#include "log/merkle.h"
#include "log/note.h"
#include "record/record.h"

enum keys_role {
    KEYS_LOG,
    KEYS_WITNESS,
    KEYS_MIRROR,
    KEYS_NODE,
    KEYS_TECHNICAL,
    KEYS_DIPLOMATIC,
    KEYS_JUDICIAL,
    KEYS_COORDINATION,
    KEYS_ROLE_COUNT
};
const char *keys_role_word(enum keys_role role); // "witness"; static
bool keys_role_read(struct str word, enum keys_role *ret) MUST_USE;

struct keys_compromised {
    struct note_key key;
    bool counts_before;    // false: `none`
    struct tree_size size; // the last size it counts for
    struct digest root;    // of the tree of that size
};

enum { KEYS_COMPROMISED_MAX = MANIFEST_ROOTS_MAX };
struct keys_record {
    struct str origin; // of `log`
    struct str state;  // the code of `from`
    struct moment time;
    uint64_t version; // 1 is the first
    bool has_previous;
    struct digest previous;
    bool demo;
    unsigned threshold;
    struct note_key roots[MANIFEST_ROOTS_MAX];
    size_t roots_count;
    unsigned next_threshold;
    struct digest next[MANIFEST_ROOTS_MAX];
    size_t next_count;
    bool present[KEYS_ROLE_COUNT];
    struct note_key keys[KEYS_ROLE_COUNT]; // zeroed where absent
    struct str encryption;                 // "age1..."
    struct digest tls;
    struct keys_compromised compromised[KEYS_COMPROMISED_MAX];
    size_t compromised_count;
};

// Reads the signed text and holds it to every rule above: names fit their roles, no small-order
// key, no public key and no root key id twice, thresholds within their counts, version 1 exactly
// where `previous none` stands. Borrows from `text`.
//   errors  ERR_MALFORMED, ERR_DENIED (a key that may not be enrolled), ERR_LIMIT
bool keys_record_read(struct str text, struct keys_record *ret, struct err *err) MUST_USE;
// Writes the one encoding and reads it back, so that nothing is written that no reader accepts.
//   errors  as keys_record_read; ERR_LIMIT when the arena is full
bool keys_record_write(const struct keys_record *record, struct arena *a, struct str *ret,
                       struct err *err) MUST_USE;

// SHA-256 of the signed text: genesis, `previous`, and what "the same manifest" means.
struct digest keys_text_hash(struct str text);
// SHA-256 of the vkey's text, as `next` lines name a root.
struct digest keys_root_hash(const struct note_key *root);

// Splits the note: at most MANIFEST_SIGNATURES_MAX lines, all named ORIGIN/root, ascending by key
// id, each once. Verifies nothing else.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool keys_note_read(struct bytes sent, struct note *ret_note, struct keys_record *ret,
                    struct err *err) MUST_USE;
// Puts root signature lines behind the text, sorted, as roots that sign one after the other need.
//   errors  ERR_CONFLICT  two lines of one key; ERR_LIMIT
bool keys_note_write(struct str text, const struct note_signature *lines, size_t count,
                     struct arena *a, struct bytes *ret, struct err *err) MUST_USE;

// The registry's row. Its payload is a struct keys_record without origin, state and time, which the
// envelope holds.
extern const struct record_type record_type_keys;
#endif
