// courier/talk.h - a session with one partner: what came is taken, what is lacking is composed.
//
// Holds: the engine both ends run; a batch in, a batch out, no sockets.
// Knows nothing of: who dialled. The clerk verifies and decides on everything that is taken.
// Source: DESIGN 5.4, FORMATS section 7.
#ifndef COURIER_TALK_H
#define COURIER_TALK_H
#include "courier/share.h"
#include "courier/wire.h"

enum { TALK_LOGS_MAX = COMMUNITY_STATES_MAX, TALK_OFFERS_MAX = 256 };
struct talk_log {
    uint64_t size;       // the partner is known to hold
    int64_t cosigs_sent; // exchange_cosig.number up to which it has our lines
};
struct talk_offer {
    struct origin_id origin; // of the log
    struct leaf_index index;
    struct digest hash;
};
struct talk {
    struct str peer;                           // origin; owned by whoever keeps the talk
    bool told;                                 // the partner has sent its HAVE
    bool opening;                              // its own log is given back, if it holds less
    bool introduced;                           // manifests and evidence were sent
    struct talk_log logs[TALK_LOGS_MAX];       // in the community's order
    struct digest community;                   // that the order is of
    struct digest books;                       // of what the partner last said it holds
    struct digest books_said;                  // ... and we
    struct talk_offer offers[TALK_OFFERS_MAX]; // what the partner holds for us
    size_t offers_count;
    struct wire_want wants[TALK_OFFERS_MAX]; // what the partner asks to be brought
    size_t wants_count;
    struct wire_want settled[TALK_OFFERS_MAX]; // held here whole: the partner is told so once
    size_t settled_count;
    uint64_t *announced; // owned; a set of what was said to wait for the partner, by hash
    size_t announced_count, announced_cap;
    bool asks;           // WANT is said: the partner has no address, so it brings what we want
    uint64_t heard;      // rings of the bell when the last batch was composed
    bool said_something; // the last batch composed held more than greetings
    bool took_something; // the last batch taken did
};
void talk_begin(struct talk *t, struct str peer);
void talk_end(struct talk *t); // a zeroed one is fine
// Forgets what the partner was told: an answer may have been lost.
void talk_forget(struct talk *t);
// A hash in a word, for sets of them; never zero, which marks a free place.
uint64_t talk_hash_key(const struct digest *hash);
// The partner need not hold this for us any longer; said with the next batch, where there is room.
void talk_settle(struct talk *t, const struct digest *hash, uint64_t size);
// Takes a batch. A frame the clerk refuses is reported and passed over; the rest goes on.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED (the batch); ERR_DENIED (not from this
//   partner,
//           or not to us); ERR_OFFLINE (the clerk)
bool talk_take(struct talk *t, struct view *v, struct bytes batch, struct err *err) MUST_USE;
// The State whose log the frame means, and its place in the community; NULL: none here.
const struct community_state *talk_state_by_id(const struct view *v, const struct origin_id *id,
                                               size_t *ret_at);
// Composes the next batch for the partner, into the arena.
bool talk_compose(struct talk *t, struct view *v, bool fresh, struct arena *a, struct bytes *ret,
                  struct err *err) MUST_USE;
#endif
