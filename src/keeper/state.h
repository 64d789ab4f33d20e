// keeper/state.h - what the keeper must never forget: how far it signed.
//
// Holds: size, right edge and checkpoint of its own log, the last batch, and per role and origin
// what it cosigned last. Two generations in two files, each with a checksum, replaced in turn.
// Knows nothing of: keys and who asks.
// Source: DESIGN section 9 (append, restore).
//
//   elchi keeper state v1\n
//   log xa.example/demo\n
//   generation 12\n
//   time 2026-07-14T04:01:05Z\n          never goes back
//   lock signs\n                         or: unfounded, restored, own-histories, retired
//   cosigns yes\n                        no: after a restore, for ever (FORMATS 10)
//   void-until TIME|none\n               approvals must run beyond this; after a restore
//   edge BASE64\n                        log/merkle.h, edge_write
//   batch FIRST COUNT sha256:HEX\n       the last one; the hash is over its leaf hashes
//   checkpoint BASE64|none\n             the signed note
//   cosigned witness|mirror ORIGIN sha256:GENESIS SIZE BASE64ROOT TIME\n    any number, sorted
//   end sha256:HEX\n                     over all before
#ifndef KEEPER_STATE_H
#define KEEPER_STATE_H
#include "base/world.h"
#include "keeper/client.h"
#include "log/checkpoint.h"

enum { KEEPER_COSIGNED_MAX = 2 * COMMUNITY_STATES_MAX, KEEPER_STATE_BYTES_MAX = 1 << 20 };
struct keeper_cosigned_row {
    enum keeper_role role;
    char origin[ORIGIN_BYTES_MAX + 1];
    struct digest genesis; // pinned when the first one was cosigned
    struct tree_size size;
    struct digest root;
    uint64_t time_s;
};
struct keeper_state {
    uint64_t generation;
    struct moment time;
    enum keeper_lock lock;
    bool cosigns;
    bool has_void_until;
    struct moment void_until;
    struct edge edge;
    struct leaf_index batch_first;
    uint64_t batch_count;
    struct digest batch_leaves;
    uint8_t checkpoint[CHECKPOINT_NOTE_BYTES];
    size_t checkpoint_size; // 0: none
    struct keeper_cosigned_row cosigned[KEEPER_COSIGNED_MAX];
    size_t cosigned_count;
};

// A state before the first entry. Only `elchi init` writes one where there is none.
void keeper_state_fresh(struct keeper_state *s, struct moment now);
// Reads both generations of `folder` and takes the newer. None at all, one missing, or a damaged
// one yields a state with lock KEEPER_RESTORED: whoever cannot be sure how far it signed signs
// nothing. So does a file of another log.
//   errors  ERR_IO
bool keeper_state_load(struct world *w, const char *folder, struct str origin,
                       struct keeper_state *ret, struct err *err) MUST_USE;
// Makes the state durable as the next generation. On failure nothing may be signed.
bool keeper_state_save(struct world *w, const char *folder, struct str origin,
                       struct keeper_state *s, struct err *err) MUST_USE;

struct keeper_cosigned_row *keeper_state_cosigned(struct keeper_state *s, enum keeper_role role,
                                                  struct str origin); // NULL: never
// A row to fill; ERR_LIMIT when the table is full.
bool keeper_state_cosigned_add(struct keeper_state *s, enum keeper_role role, struct str origin,
                               struct keeper_cosigned_row **ret, struct err *err) MUST_USE;
const char *keeper_lock_word(enum keeper_lock lock);

// The two halves of the file, for the loader and the fuzzer.
bool keeper_state_read(struct bytes file, struct str origin, struct keeper_state *ret,
                       struct err *err) MUST_USE;
bool keeper_state_write(const struct keeper_state *s, struct str origin, struct arena *a,
                        struct bytes *ret, struct err *err) MUST_USE;
#endif
