// keeper/intake.h - one frame as it arrives, piece by piece, without ever waiting for the rest.
//
// Holds: the head and at most one payload of one door. Nothing beyond the frame is read, so what
// a door sends ahead stays in its socket and not in the keeper's memory.
// Knows nothing of: what the kinds mean.
// Source: base/frame.h, whose drawing this reads; DESIGN section 9.
#ifndef KEEPER_INTAKE_H
#define KEEPER_INTAKE_H
#include "base/frame.h"
#include "base/world.h"

struct intake {
    size_t payload_max; // octets this door may send at a time
    uint8_t head[FRAME_HEAD_BYTES];
    size_t have; // octets of head and payload so far; 0: between two frames
    struct frame frame;
    uint8_t *payload; // owned
    int64_t began_ms; // when its first octet came
};

void intake_init(struct intake *in, size_t payload_max);
void intake_release(struct intake *in); // forgets what came so far
// Takes what waits in the socket and returns at once. *ret_whole: the frame is complete, and stands
// in `frame` until intake_release.
//   errors  ERR_OFFLINE    the other side has gone
//           ERR_MALFORMED  no frame; ERR_LIMIT  above payload_max: the door is to be closed
bool intake_read(struct intake *in, int socket, struct world *w, bool *ret_whole,
                 struct err *err) MUST_USE;
// A frame that was begun so long ago is not waited for any more.
bool intake_overdue(const struct intake *in, struct world *w, int64_t limit_ms);
#endif
