// courier/call.h - one partner, dialled: a connection, and the rounds of a session on it.
//
// Holds: finding the partner's address, its keys if they are unknown, the rounds, the long wait.
// Knows nothing of: when to call, and how long to wait after a failure (courier/caller.h).
// Source: FORMATS section 7.
#ifndef COURIER_CALL_H
#define COURIER_CALL_H
#include "courier/share.h"
#include "courier/talk.h"
#include "http/client.h"

enum { CALL_ABSENT_MAX = 256 };
struct call {
    struct share *share;
    char *peer; // owned; its origin
    struct view view;
    struct talk talk;
    struct client *client; // owned; NULL: not connected
    struct digest pin;     // that the client was opened with
    bool missed;   // an answer or a body may be lost: the partner must say again what it holds
    uint64_t came; // octets of bodies that came or went in the last call_hold
    uint64_t
        absent[CALL_ABSENT_MAX]; // bodies that the partner did not have, by hash; the oldest goes
    size_t absent_next;
    uint64_t left[CALL_ABSENT_MAX]; // bodies left with it for others, the same way
    size_t left_next;
};
// `peer` is copied.
bool call_open(struct call *c, struct share *s, struct str peer, struct err *err) MUST_USE;
void call_close(struct call *c); // a zeroed one is fine
void call_hang_up(struct call *c);

// Rounds until neither side has anything new to say and nothing is left to fetch or to bring.
// Without `must`, nothing is sent when there is nothing to say.
//   errors  ERR_OFFLINE, ERR_DENIED, ...: the partner must hear everything anew
bool call_hold(struct call *c, bool must, struct err *err) MUST_USE;
// Leaves one question open until the partner has something, at most WIRE_WAIT_S.
bool call_wait(struct call *c, struct err *err) MUST_USE;
// "/blob/HASH".
enum { CALL_TARGET_CHARS = 80 };
void call_blob_target(const struct digest *hash, char target[CALL_TARGET_CHARS]);
// Bodies that the partner did not have, or that were left with it, in this session.
bool call_has_left(const struct call *c, const struct digest *hash);
void call_note_left(struct call *c, const struct digest *hash);
bool call_is_absent(const struct call *c, const struct digest *hash);
void call_note_absent(struct call *c, const struct digest *hash);
#endif
