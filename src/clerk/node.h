// clerk/node.h - everything the clerk holds while it runs: stores, keeper, community, books.
//
// Holds: opening and closing, the facts derived from the applied community file and the manifests,
// and small questions every other file of this room asks.
// Knows nothing of: frames and sockets (clerk/service.h); how records are made or read.
// Source: DESIGN section 9, FORMATS section 10.
#ifndef CLERK_NODE_H
#define CLERK_NODE_H
#include "codebook/embedded.h"
#include "community/chains.h"
#include "community/optin.h"
#include "crypto/secret.h"
#include "keeper/client.h"
#include "store/exchange.h"
#include "store/office.h"

struct clerk_options {
    struct world *world;
    const char *folder; // of the node; exchange.db and office.db lie in it
    int keeper_socket;  // owned by the caller
    int bell; // one octet is written when peers have something to fetch; -1: nobody listens
    uint64_t peer_quota_bytes;   // blobs a peer may leave here
    const char *const *markings; // the State's table, rising, codes without "XA:"
    size_t markings_count;
    size_t markings_allowed; // how many of them are not above the ceiling
    // Told before and after each durable step ("fill", "sign", "seal", "extend", "commit"), so that
    // a test can end the process just there; NULL: nobody asks.
    void (*at_step)(const char *step, bool done);
};
struct clerk {
    struct clerk_options options;
    struct world *world;
    struct db *exchange, *office; // owned
    struct keeper keeper;
    struct secret desk_keys[DESK_COUNT]; // owned
    struct arena lasting;                // as long as the process
    struct str origin;
    struct state_code state;
    struct log_id own;
    struct arena books; // what `codebook` is in, made anew by clerk_books_load
    struct codebook codebook;
    size_t books_left_out; // files added here that could not be used
    struct electorate electorate;
    // -- facts, made anew by clerk_reload
    struct arena facts;
    bool has_community;
    struct community community;
    struct chain **chain_items; // community.states_count; NULL where none is known
    struct chains chains;
    struct record_keys keys;
    struct optin optin;
    // -- what the loop carries between steps
    bool rang;                  // peers have something new to fetch
    bool again;                 // more receipts are due than one turn gives
    bool cosigned;              // own checkpoints were, and the words of own records are to follow
    struct landed_shown *shown; // owned; bodies shown whose marks still stand; NULL: none
    bool cosign_due[COMMUNITY_STATES_MAX]; // by place in the community
    bool changed;                          // the facts; the courier reads them anew
    struct restore_answers *answers;       // owned; what peers showed of our own log; NULL: none
};

// Opens stores and keeper. The keeper's status says who we are. Resumes nothing yet.
//   errors  ERR_BUSY (another clerk holds the stores), ERR_OFFLINE (the keeper), ERR_IO ...
bool clerk_open(struct clerk *c, const struct clerk_options *options, struct err *err) MUST_USE;
void clerk_close(struct clerk *c);

// Derives the facts again: after a community file, a manifest or a partner's functions changed.
bool clerk_reload(struct clerk *c, struct err *err) MUST_USE;
// The State's chain, or NULL.
const struct chain *clerk_chain(const struct clerk *c, struct str origin);
const struct community_state *clerk_state_of(const struct clerk *c, struct str origin); // or NULL
bool clerk_is_on(const struct clerk *c, struct str origin, enum optin_function f);
// The row of a log of the community; made when missing.
//   errors  ERR_DENIED  no State of the community has this origin
bool clerk_log(struct clerk *c, struct txn *txn, struct str origin, struct log_id *ret,
               struct err *err) MUST_USE;
struct moment clerk_now(const struct clerk *c);
void clerk_ring(struct clerk *c); // tell the courier, at the end of this turn
void clerk_step(const struct clerk *c, const char *step, bool done);

// Texts of the office: sealed under the desk's key, tied to table and row.
bool clerk_text_seal(struct clerk *c, enum desk desk, const char *table, struct str row,
                     struct bytes text, struct arena *a, struct bytes *ret,
                     struct err *err) MUST_USE;
bool clerk_text_open(struct clerk *c, enum desk desk, const char *table, struct str row,
                     struct bytes sealed, struct arena *a, struct bytes *ret,
                     struct err *err) MUST_USE;
// Opens an age file with the State's own key, by way of the keeper.
//   errors  ERR_NOT_FOUND  not sealed to us; ERR_TAMPERED, ERR_MALFORMED
bool clerk_age_key(struct clerk *c, struct bytes header, struct arena *a, struct age_file_key *ret,
                   struct err *err) MUST_USE;
bool clerk_age_open(struct clerk *c, struct bytes file, struct arena *a, struct bytes *ret_plain,
                    struct err *err) MUST_USE;
#endif
