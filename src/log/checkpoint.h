// log/checkpoint.h - checkpoints: what a log signs about its tree.
//
// Holds: the text of a checkpoint, and the two makers of `struct checkpoint`: opening a peer's note
// and signing our own. To have one is to know that the log's key signed it.
// Knows nothing of: whether it extends what we hold (log/merkle.h, log/witness.h).
// Source: C2SP tlog-checkpoint v1.0.0; strictness: refs, logs 1.11.
//
//   xa.example/demo\n
//   4711\n
//   base64 of the root\n
//   [extension lines, kept as they are]
#ifndef LOG_CHECKPOINT_H
#define LOG_CHECKPOINT_H
#include "log/merkle.h"
#include "log/note.h"

struct checkpoint {
    struct str text;   // the whole note text; borrowed
    struct str origin; // borrowed
    struct tree_size size;
    struct digest root;
    struct str extensions; // whole lines, each with its LF; usually empty; borrowed
};
// The same words with nobody's signature checked: good for finding the key, for nothing else.
struct checkpoint_claim {
    struct checkpoint said;
};

// Reads the text of a note. Size 0 with another root than the empty tree's is refused.
//   errors  ERR_MALFORMED, ERR_LIMIT (CHECKPOINT_BYTES_MAX), ERR_TAMPERED (that root of size 0)
bool checkpoint_read(struct str text, struct checkpoint_claim *ret, struct err *err) MUST_USE;
// Not empty, at most ORIGIN_BYTES_MAX, a key name (no space, no '+').
bool checkpoint_origin_check(struct str origin, struct err *err) MUST_USE;
// Opens a peer's note: it must be of `origin` and hold a line that one of the log's keys signed.
// `keys` are those of the log alone (type 0x01). Borrows from `sent`. `ret_note` may be NULL.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_CONFLICT (another origin), ERR_TAMPERED (signatures)
bool checkpoint_open(struct bytes sent, struct str origin, const struct note_key *keys,
                     size_t keys_count, struct checkpoint *ret, struct note *ret_note,
                     struct err *err) MUST_USE;

// The text to sign: origin, size, root, no extensions.
void checkpoint_text(struct str origin, struct tree_size size, const struct digest *root,
                     struct writer *w);
// The whole note from its parts; a checkpoint sent as binary is rendered so and then opened.
void checkpoint_note(struct str origin, struct tree_size size, const struct digest *root,
                     const struct note_key *key, const struct signature *signature,
                     struct writer *w);
// Signs our own; the note is written to `w`, whose storage *ret borrows from (CHECKs room for
// CHECKPOINT_NOTE_BYTES). The key's name must be the origin.
enum { CHECKPOINT_NOTE_BYTES = 1024 };
void checkpoint_sign(struct tree_size size, const struct digest *root, const struct note_key *key,
                     const struct secret *seed, struct writer *w, struct checkpoint *ret);
#endif
