#include "courier/batch.h"

void batch_put(struct batch *b, const struct wire_frame *f)
{
    wire_put(&b->out, f);
    if (f->kind != WIRE_HELLO && f->kind != WIRE_HAVE)
        b->t->said_something = true;
}

size_t batch_room(const struct batch *b)
{
    return b->out.cap_max - b->out.len;
}
