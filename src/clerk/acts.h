// clerk/acts.h - what the clerk does for each frame; the service dispatches to these.
//
// Holds: one act per row of clerk/frames.h, grouped by the file that implements it. An act reads
// its columns from `ask` to the end; it answers with columns, or with one JSON object, never with
// both. Knows nothing of: sockets. Who may ask was checked against the table; what an officer may
// do is checked in the act (clerk/officer.h). Source: DESIGN section 9, FORMATS sections 4 to 7
// and 10; docs/json.md for the fields of what is shown.
#ifndef CLERK_ACTS_H
#define CLERK_ACTS_H
#include "access/rights.h"
#include "base/json.h"
#include "clerk/frames.h"
#include "clerk/node.h"

// One connection's officer, once proved. Desks and roles are looked up in the register in force
// each time: whoever was taken off it may do nothing from then on.
struct officer_session {
    bool challenged, proved;
    char name[OFFICER_NAME_CHARS_MAX + 1];
    uint8_t challenge[32];
};
struct clerk_io {
    struct reader ask;
    struct arena *arena;             // lives as long as the answer
    struct buffer answer;            // columns
    json_t *shown;                   // owned by the service once set; NULL: columns
    int fd;                          // a descriptor to send along, or -1
    enum clerk_caller caller;        // whose socket; an officer at LOCAL has proved himself besides
    struct officer_session *officer; // of this connection; never NULL
    // Set by act_release: this turn releases all that are asked for together, and answers then.
    bool waits;
    struct draft_id waits_for;
};
typedef bool clerk_act(struct clerk *c, struct clerk_io *io, struct err *err);

// clerk/act_view.c and clerk/act_show.c
clerk_act clerk_act_status, clerk_act_peers, clerk_act_evidences, clerk_act_doctor, clerk_act_inbox,
    clerk_act_sent, clerk_act_show, clerk_act_audit;
// clerk/act_admin.c
clerk_act clerk_act_found, clerk_act_community_get, clerk_act_community_apply, clerk_act_chain_get,
    clerk_act_peer_set, clerk_act_evidence_get, clerk_act_backup, clerk_act_sign_index,
    clerk_act_challenge, clerk_act_order, clerk_act_register_get, clerk_act_register_change,
    clerk_act_erase;
// clerk/officer.c
clerk_act clerk_act_hello, clerk_act_prove;
// clerk/act_draft.c
clerk_act clerk_act_draft_new, clerk_act_drafts, clerk_act_draft_show, clerk_act_approve,
    clerk_act_release, clerk_act_draft_drop;
// clerk/act_proof.c
clerk_act clerk_act_proof;
// clerk/take.c
clerk_act clerk_act_take_manifests, clerk_act_take_entries, clerk_act_witness,
    clerk_act_take_cosigs, clerk_act_take_evidence, clerk_act_take_waiting, clerk_act_peer_called,
    clerk_act_peer_head, clerk_act_take_own_head;
// clerk/blob.c
clerk_act clerk_act_take_blob, clerk_act_take_bodies, clerk_act_blob_have, clerk_act_blob_read,
    clerk_act_attachment_key;
// clerk/relay.c
clerk_act clerk_act_leave_blob, clerk_act_offers_done;
// clerk/act_book.c
clerk_act clerk_act_take_books, clerk_act_book_for, clerk_act_vouches, clerk_act_codebook_files,
    clerk_act_codebook_get, clerk_act_codebook_add, clerk_act_codebook_remove;
// clerk/act_heard.c
clerk_act clerk_act_hear, clerk_act_heards, clerk_act_heard_show, clerk_act_heard_drop;
// clerk/act_gap.c
clerk_act clerk_act_accept_gap;
// clerk/recheck.c
clerk_act clerk_act_verify, clerk_act_rebuild;

// -- what several acts share (clerk/acts.c) ---------------------------------------------------
// Nothing is left of the columns, and none was cut short.
//   errors  ERR_MALFORMED
bool clerk_columns_done(const struct clerk_io *io, struct err *err) MUST_USE;
// b16, proven to be one line of text; empty on failure, which is then in err.
struct str clerk_take_str(struct clerk_io *io, struct err *err);
void clerk_take_digest(struct clerk_io *io, struct digest *ret); // d32
void clerk_put_digest(struct clerk_io *io, const struct digest *d);
// u16 count, each b16 note; at most REGISTER_APPROVALS_MAX.
bool clerk_take_approvals(struct clerk_io *io, const struct bytes **ret, size_t *ret_count,
                          struct err *err) MUST_USE;
// The note of a row of the record view, opened. It was sealed by clerk_text_seal under the row's
// desk, the table "record" and the row "sha256:HEX" of the note.
//   errors  ERR_NOT_FOUND  the body was destroyed, or is not here yet
struct office_record;
bool clerk_record_note(struct clerk *c, const struct office_record *row, struct arena *a,
                       struct bytes *ret, struct err *err) MUST_USE;
#define CLERK_RECORD_TABLE "record"

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
