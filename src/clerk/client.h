// clerk/client.h - asking the clerk, the only writer.
//
// Holds: one typed function per frame that does something; one function for all frames that show
// something as JSON. Blocking, one question at a time per connection; not shared between threads.
// Knows nothing of: stores and keys.
// Source: DESIGN section 9, FORMATS section 10.
#ifndef CLERK_CLIENT_H
#define CLERK_CLIENT_H
#include "base/json.h"
#include "clerk/frames.h"
#include "community/optin.h"
#include "crypto/age_header.h"
#include "crypto/secret.h"
#include "log/merkle.h"
#include "record/address.h"
#include "record/approval.h"

struct clerk_link {
    int socket; // owned by whoever opened it
};

// Connects to a node's local socket.
//   errors  ERR_OFFLINE  no node runs there
bool clerk_connect(const char *path, struct clerk_link *ret, struct err *err) MUST_USE;
void clerk_hang_up(struct clerk_link *c);
// Every frame that answers with JSON: `columns` are the frame's own. The answer is owned by the
// caller.
bool clerk_show(const struct clerk_link *c, enum clerk_frame kind, struct bytes columns,
                json_t **ret_owned, struct err *err) MUST_USE;
// Every other frame: columns in, columns out (in the arena).
bool clerk_ask(const struct clerk_link *c, enum clerk_frame kind, struct bytes columns,
               struct arena *a, struct bytes *ret_columns, struct err *err) MUST_USE;

// -- what a carrier brings ---------------------------------------------------------------------
bool clerk_take_manifests(const struct clerk_link *c, struct str origin, struct bytes chain,
                          bool *ret_changed, struct err *err) MUST_USE;
struct clerk_entries {
    struct str from;   // origin of the peer that brought them
    struct str origin; // of the log
    struct leaf_index first;
    struct bytes checkpoint; // note, the log's signature at least
    const struct bytes *entries;
    size_t count;
};
// Answers with the size held. What this node signs for it comes later, as cosignatures do.
//   errors  ERR_GAP       entries before `first` are missing here
//           ERR_CONFLICT  the checkpoint is of another history: evidence was kept
//           ERR_TAMPERED  the entries do not lead to the checkpoint
bool clerk_take_entries(const struct clerk_link *c, const struct clerk_entries *ask,
                        struct tree_size *ret_size, struct err *err) MUST_USE;
bool clerk_witness(const struct clerk_link *c, struct arena *a, struct str from, struct str origin,
                   struct bytes checkpoint, struct tree_size old, struct proof proof,
                   struct str *ret_line, struct err *err) MUST_USE;
bool clerk_take_cosigs(const struct clerk_link *c, struct str origin, struct bytes checkpoint,
                       uint16_t *ret_new, struct err *err) MUST_USE;
bool clerk_take_evidence(const struct clerk_link *c, struct bytes evidence, bool *ret_new,
                         struct err *err) MUST_USE;
struct clerk_waiting {
    struct str origin;
    struct leaf_index index;
    struct digest hash;
    uint64_t size;
    enum precedence precedence;
};
bool clerk_take_waiting(const struct clerk_link *c, struct str from,
                        const struct clerk_waiting *rows, size_t count, struct err *err) MUST_USE;
// A piece of at most BLOB_CHUNK_BYTES * 8 at exactly the offset that is held.
//   errors  ERR_CONFLICT  another offset ("have N"); ERR_TAMPERED  complete, but another hash:
//   dropped
//           ERR_DENIED    nobody asked for this blob; ERR_LIMIT  the peer's quota
bool clerk_take_blob(const struct clerk_link *c, struct str from, const struct digest *hash,
                     uint64_t size, uint64_t offset, struct bytes octets, uint64_t *ret_have,
                     bool *ret_complete, struct err *err) MUST_USE;
struct clerk_body {
    struct digest hash;
    struct bytes octets;
};
// Whole blobs in one durable step; together at most 512 KiB. Those that nobody asked for are passed
// over.
bool clerk_take_bodies(const struct clerk_link *c, struct str from, const struct clerk_body *bodies,
                       size_t count, uint16_t *ret_taken, struct err *err) MUST_USE;
bool clerk_blob_have(const struct clerk_link *c, const struct digest *hash, uint64_t *ret_have,
                     bool *ret_complete, struct err *err) MUST_USE;
struct clerk_left { // a piece of a body that a partner leaves here for a third State
    struct str from, to;
    struct leaf_index at; // of the record in the log of `from`
    enum precedence precedence;
    struct digest hash;
    uint64_t size, offset;
    struct bytes octets;
};
//   errors  ERR_DENIED, ERR_LIMIT (the quota), ERR_GAP (the record is not here yet), ERR_CONFLICT
//           ("have N"), ERR_TAMPERED
bool clerk_leave_blob(const struct clerk_link *c, const struct clerk_left *l, uint64_t *ret_have,
                      struct err *err) MUST_USE;
// At most CLERK_BODIES_MAX.
bool clerk_offers_done(const struct clerk_link *c, struct str peer, const struct digest *hashes,
                       size_t count, struct err *err) MUST_USE;
bool clerk_peer_called(const struct clerk_link *c, struct str peer, bool well, int64_t next_try_ms,
                       struct err *err) MUST_USE;
bool clerk_peer_head(const struct clerk_link *c, struct str peer, struct str origin,
                     struct tree_size size, struct bytes root_prefix, int64_t cosigs_sent,
                     struct err *err) MUST_USE;
// `written`: when the file that brings it was, by its signed index; 0 says it in an open session.
bool clerk_take_own_head(const struct clerk_link *c, struct str from, struct bytes checkpoint,
                         struct moment written, struct err *err) MUST_USE;
struct clerk_book {
    struct str name;
    uint32_t version;
    uint8_t prefix[8]; // of the book's hash
};
// The books a peer says it holds; `written` as above. At most CLERK_BOOKS_MAX.
enum { CLERK_BOOKS_MAX = 64 };
bool clerk_take_books(const struct clerk_link *c, struct str from, struct moment written,
                      const struct clerk_book *books, size_t count, struct err *err) MUST_USE;
// Proves the officer's key on this connection: signs clerk_hello_write (clerk/officer.h).
bool clerk_prove(const struct clerk_link *c, struct str origin, struct str officer,
                 const struct secret *seed, struct err *err) MUST_USE;
bool clerk_draft_new(const struct clerk_link *c, struct bytes text, struct draft_id *ret,
                     struct err *err) MUST_USE;
bool clerk_proof(const struct clerk_link *c, struct arena *a, struct str ref,
                 const struct bytes *approvals, size_t approvals_count, struct bytes *ret,
                 struct err *err) MUST_USE;
bool clerk_change_register(const struct clerk_link *c, struct bytes text,
                           const struct bytes *approvals, size_t approvals_count,
                           struct err *err) MUST_USE;
bool clerk_attachment_key(const struct clerk_link *c, const struct digest *hash,
                          struct age_file_key *ret, uint64_t *ret_size, struct err *err) MUST_USE;
bool clerk_blob_read(const struct clerk_link *c, const struct digest *hash, uint64_t offset,
                     uint32_t most, struct arena *a, struct bytes *ret, struct err *err) MUST_USE;
#endif
