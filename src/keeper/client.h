// keeper/client.h - asking the keeper, from the process that may.
//
// Holds: one function per frame of keeper/frames.h, typed. Blocking; one question at a time.
// Knows nothing of: any secret but those the table hands out.
// Source: DESIGN sections 8 and 9, FORMATS sections 4 to 6 and 10.
#ifndef KEEPER_CLIENT_H
#define KEEPER_CLIENT_H
#include "crypto/age_header.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "log/merkle.h"
#include "record/address.h"
#include "record/approval.h"

struct keeper {
    int socket; // owned by whoever opened it
};

enum keeper_lock {
    KEEPER_SIGNS,         // all is well
    KEEPER_UNFOUNDED,     // no entry 0 yet
    KEEPER_RESTORED,      // no state file: waits for a quorum or an order (FORMATS 10)
    KEEPER_OWN_HISTORIES, // saw its own valid signature on a tree it does not know
    KEEPER_RETIRED,       // by order of the roots
    KEEPER_LOCK_COUNT
};
struct keeper_status {
    struct str origin, state;
    struct tree_size size;
    struct digest root;
    struct bytes checkpoint; // own log's signature only; empty before founding
    enum keeper_lock lock;
    struct str lock_reason; // a sentence; empty when it signs
    bool demo;
    struct str register_text;
    struct digest register_hash;
};
bool keeper_status(const struct keeper *k, struct arena *a, struct keeper_status *ret,
                   struct err *err) MUST_USE;

struct keeper_signing {
    struct draft_id draft;
    struct str text;               // full, with ref and time
    const struct bytes *approvals; // notes
    size_t approvals_count;
};
struct keeper_signed {
    struct err refused; // kind ERR_NONE: signed. A refusal is final; the draft's serial is free
    struct bytes note;
};
// Signs each of `count` (at most 64) released records, or says why not. One durable step for all.
bool keeper_sign_records(const struct keeper *k, struct arena *a, const struct keeper_signing *asks,
                         size_t count, struct keeper_signed *ret, struct err *err) MUST_USE;
// The same for node-made records, by their closed templates.
bool keeper_sign_node(const struct keeper *k, struct arena *a, const struct str *texts,
                      size_t count, struct keeper_signed *ret, struct err *err) MUST_USE;
bool keeper_sign_index(const struct keeper *k, struct arena *a, struct str text,
                       struct bytes *ret_note, struct err *err) MUST_USE;

// Extends by `count` leaves from index `first`. The same batch again returns the same note.
//   errors  ERR_CONFLICT  does not start at its size
//           ERR_LOCKED    signs nothing at present
bool keeper_extend(const struct keeper *k, struct arena *a, struct leaf_index first,
                   const struct digest *leaves, uint32_t count, struct bytes *ret_checkpoint,
                   struct err *err) MUST_USE;

// Founds the log: its entry 0 is this key manifest. Returns the checkpoint of size 1.
bool keeper_found(const struct keeper *k, struct arena *a, struct bytes manifest,
                  struct bytes *ret_checkpoint, struct err *err) MUST_USE;

enum keeper_role { KEEPER_WITNESS, KEEPER_MIRROR };
struct keeper_cosigning {
    enum keeper_role role;
    struct str origin, state;
    struct digest genesis;
    struct bytes chain;      // wire form
    struct bytes checkpoint; // note
    struct proof proof;      // from the size the keeper holds
};
enum { KEEPER_COSIGN_MAX = 64 };
struct keeper_cosigned_line {
    struct str line; // in the arena
    uint64_t time_s;
    struct err refused; // ERR_NONE when the line is there
};
// Any number up to KEEPER_COSIGN_MAX in one durable step, each with its own verdict, as below.
bool keeper_cosign_all(const struct keeper *k, struct arena *a, const struct keeper_cosigning *asks,
                       size_t count, struct keeper_cosigned_line *ret, struct err *err) MUST_USE;
// One.
//   errors  ERR_CONFLICT  another old size is held (ask keeper_cosigned), or another genesis is
//   pinned
//           ERR_TAMPERED  the log's signature or the proof does not fit
bool keeper_cosign(const struct keeper *k, struct arena *a, const struct keeper_cosigning *ask,
                   struct str *ret_line, uint64_t *ret_time_s, struct err *err) MUST_USE;
bool keeper_cosigned(const struct keeper *k, enum keeper_role role, struct str origin,
                     struct tree_size *ret_size, struct digest *ret_root, struct err *err) MUST_USE;

struct keeper_file_key {
    bool opened;
    struct age_file_key key;
};
// At most 256 stanzas at a time; each is tried with every encryption key of the State.
bool keeper_open_stanzas(const struct keeper *k, const struct age_wrapped *asks, size_t count,
                         struct keeper_file_key *ret, struct err *err) MUST_USE;
bool keeper_desk_key(const struct keeper *k, enum desk desk, struct secret *ret_owned,
                     struct err *err) MUST_USE;
// The seed of the process's TLS key.
bool keeper_tls_seed(const struct keeper *k, struct secret *ret_owned, struct err *err) MUST_USE;

bool keeper_change_register(const struct keeper *k, struct str text, const struct bytes *approvals,
                            size_t approvals_count, struct err *err) MUST_USE;
bool keeper_challenge(const struct keeper *k, struct challenge *ret, struct err *err) MUST_USE;
bool keeper_order(const struct keeper *k, struct bytes note, const struct edge *edge,
                  struct err *err) MUST_USE;
// The first file needs no approvals; a later one is approved like a change of the register, the
// text being the file.
bool keeper_community(const struct keeper *k, struct bytes file, const struct bytes *approvals,
                      size_t approvals_count, struct err *err) MUST_USE;
// What our own tree was at the size of a checkpoint shown, and that the keeper's tree begins so.
struct keeper_own_then {
    struct digest root;
    struct proof proof;
};
// `ours` is NULL where it is not known; a checkpoint of a smaller size then proves nothing.
//   errors  ERR_TAMPERED  not signed by the keeper's own log key, or `ours` is not of its tree
bool keeper_shown_checkpoint(const struct keeper *k, struct bytes note,
                             const struct keeper_own_then *ours, struct err *err) MUST_USE;

struct keeper_answer {
    struct str state, origin;
    struct digest genesis;
    struct bytes chain;
    struct bytes checkpoint; // our own, with that State's cosignature lines
};
bool keeper_resume(const struct keeper *k, const struct edge *edge, struct bytes checkpoint,
                   const struct keeper_answer *answers, size_t answers_count,
                   struct err *err) MUST_USE;
#endif
