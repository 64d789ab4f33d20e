// http/reply.h - from an answer or an error to what the library sends. For this room alone;
// handlers use the reply_* calls of request.h.
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H
#include "http/exchange.h"

// Turns an error into the request's answer, in place of one that stands ready.
void reply_error(struct request *rq, const struct err *why);
// Hands the answer that stands ready to the library. False when it would not take it.
bool reply_queue(struct request *rq) MUST_USE;
#endif
