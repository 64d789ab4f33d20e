// keeper/acts.h - what the keeper does for each frame; each act checks everything itself.
//
// Holds: one function per row of keeper/frames.h. An act reads its columns from `ask` to the end,
// writes its answer, and leaves state and answer untouched when it refuses.
// Knows nothing of: sockets and who asks; the service looked that up in the table.
// Source: DESIGN sections 8 and 9, FORMATS sections 4 to 6 and 10.
#ifndef KEEPER_ACTS_H
#define KEEPER_ACTS_H
#include "keeper/frames.h"
#include "keeper/vault.h"

struct act_io {
    enum keeper_caller caller; // whose socket the frame came on
    struct reader ask;
    struct arena *arena;  // lives as long as the answer
    struct buffer answer; // columns
    int fd;               // a descriptor to send along, or -1; owned by the service
};
typedef bool keeper_act(struct vault *v, struct act_io *io, struct err *err);

// keeper/act_sign.c
keeper_act act_sign_records, act_sign_node, act_sign_index;
// keeper/act_tree.c
keeper_act act_found, act_extend, act_cosign, act_cosigned;
// keeper/act_shown.c
keeper_act act_shown_checkpoint;
// keeper/act_restore.c
keeper_act act_challenge, act_order, act_resume;
// keeper/act_hold.c
keeper_act act_status, act_open_stanzas, act_desk_key, act_tls_key, act_change_register,
    act_community;

// -- helpers the acts share ----------------------------------------------------------------------
bool act_columns_done(const struct act_io *io, struct err *err) MUST_USE; // nothing is left over
bool act_must_sign(const struct vault *v, struct err *err) MUST_USE; // ERR_LOCKED with the reason
const char *act_lock_reason(const struct vault *v);
// Persists the state; on failure the vault is broken and the process will end.
bool act_save(struct vault *v, struct err *err) MUST_USE;
// Reads u16 count and that many b16 notes.
bool act_take_approvals(struct act_io *io, const struct bytes **ret, size_t *ret_count,
                        struct err *err) MUST_USE;
// After a restore approvals count only when no officer can have given them before it (FORMATS 10).
//   errors  those of register_open_approval; ERR_DENIED
bool act_check_not_void(struct vault *v, const struct bytes *approvals, size_t count,
                        struct moment *ret_longest, struct err *err) MUST_USE;
// Signs a checkpoint of the right edge with the log key and keeps it in the state, unsaved.
void act_sign_checkpoint(struct vault *v);
#endif
