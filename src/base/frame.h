// base/frame.h - bounded, typed frames between our own processes over a stream socket.
//
// Holds: the framing and a blocking call/answer over it. At most one descriptor may ride along.
// Knows nothing of: what the kinds mean; each server has its own table.
//
//   OFFSET SIZE MEANING
//   0      4    length of the payload, big-endian, at most FRAME_BYTES_MAX
//   4      2    kind
//   6      2    zero
//   8      n    payload
// Example: 00 00 00 02 00 07 00 00 68 69 is kind 7 with payload "hi".
#ifndef BASE_FRAME_H
#define BASE_FRAME_H
#include "base/arena.h"

enum { FRAME_HEAD_BYTES = 8 };
struct frame {
    uint16_t kind;
    struct bytes payload;
    int fd; // a descriptor that came along, owned by the receiver, or -1
};

// Both block until done or `timeout_ms` without progress (-1: for ever).
//   errors  ERR_MALFORMED (a frame out of bounds), ERR_OFFLINE (the other side closed), ERR_BUSY
//   (timeout), ERR_IO
bool frame_send(int socket, struct frame f, int timeout_ms, struct err *err) MUST_USE;
bool frame_receive(int socket, struct arena *a, int timeout_ms, struct frame *ret,
                   struct err *err) MUST_USE;

// The answer kind that carries an error: u8 kind, block16 clause, block16 sentence.
enum { FRAME_ANSWER_OK = 0, FRAME_ANSWER_ERR = 1 };
bool frame_answer_ok(int socket, struct bytes payload, int fd, struct err *err) MUST_USE;
bool frame_answer_err(int socket, const struct err *what, struct err *err) MUST_USE;
// Sends, receives, and turns an error answer back into err, whose clause outlives the arena.
bool frame_call(int socket, struct frame ask, struct arena *a, int timeout_ms,
                struct frame *ret_answer, struct err *err) MUST_USE;

bool frame_pair(int ret_sockets[2], struct err *err) MUST_USE; // a socket pair, close-on-exec
#endif
