// clerk/acts.h - what the clerk does for each frame; the service dispatches to these.
//
// Holds: one act per row of clerk/frames.h, grouped by the file that implements it. An act reads
// its columns from `ask` to the end; it answers with columns, or with one JSON object, never with
// both. Knows nothing of: sockets. Who may ask was checked against the table; what an officer may
// do is checked in the act (access/rights.h). Source: DESIGN section 9, FORMATS sections 4 to 7
// and 10.
#ifndef CLERK_ACTS_H
#define CLERK_ACTS_H
#include "access/rights.h"
#include "base/json.h"
#include "clerk/frames.h"
#include "clerk/node.h"

// One connection's officer, once proved. The name and desks come from the register in force.
struct officer_session {
    bool challenged, proved;
    char name[OFFICER_NAME_CHARS_MAX + 1];
    uint8_t challenge[32];
};
struct clerk_io {
    struct reader ask;
    struct arena *arena;  // lives as long as the answer
    struct buffer answer; // columns
    json_t *shown;        // owned by the service once set; NULL: columns
    int fd;               // a descriptor to send along, or -1
    enum clerk_caller caller;
    struct officer_session *officer; // of this connection; never NULL
};
typedef bool clerk_act(struct clerk *c, struct clerk_io *io, struct err *err);

// clerk/view.c
clerk_act act_status, act_peers, act_evidences, act_doctor, act_inbox, act_sent, act_show,
    act_audit;
// clerk/admin.c
clerk_act act_found, act_community_get, act_community_apply, act_chain_get, act_peer_set,
    act_evidence_get, act_backup, act_sign_index, act_challenge, act_order, act_register_get,
    act_register_change, act_erase;
// clerk/officer.c
clerk_act act_hello, act_prove;
// clerk/draft.c
clerk_act act_draft_new, act_drafts, act_draft_show, act_approve, act_release, act_draft_drop;
// clerk/proof.c
clerk_act act_proof;
// clerk/take.c
clerk_act act_take_manifests, act_take_entries, act_witness, act_take_cosigs, act_take_evidence,
    act_take_waiting, act_peer_called, act_peer_head, act_take_own_head;
// clerk/blob.c
clerk_act act_take_blob, act_blob_have, act_blob_read, act_attachment_key;
// clerk/recheck.c
clerk_act act_verify, act_rebuild;

// -- what several acts share
// -----------------------------------------------------------------------
bool clerk_columns_done(const struct clerk_io *io, struct err *err) MUST_USE;
struct str clerk_take_str(struct clerk_io *io,
                          struct err *err); // b16, proven text; empty on failure
// The row of the table, for the service and for tests that list every way to a body.
struct clerk_row {
    const char *name;
    unsigned number, who;
    const char *what;
};
const struct clerk_row *clerk_rows(size_t *ret_count);
// A line of the audit trail; `what` is one word.
bool clerk_audit(struct clerk *c, struct str who, const char *what, struct str subject,
                 struct err *err) MUST_USE;
#endif
