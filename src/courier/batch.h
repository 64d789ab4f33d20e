// courier/batch.h - one batch for a partner while it is composed.
//
// Holds: what the parts of a batch share, and the room that is left.
// Knows nothing of: what is put into it (courier/talk.c, courier/talk_waiting.c).
#ifndef COURIER_BATCH_H
#define COURIER_BATCH_H
#include "courier/talk.h"

struct batch {
    struct talk *t;
    struct view *v;
    struct txn txn;
    struct arena *arena;
    struct buffer out;
    size_t at; // the State whose log is composed
    struct exchange_log log;
};
// Notes besides whether anything but greetings was said.
void batch_put(struct batch *b, const struct wire_frame *f);
size_t batch_room(const struct batch *b); // octets left
#endif
