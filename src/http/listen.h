// http/listen.h - "HOST:PORT" as configuration writes it.
//
// Holds: reading such a text; HOST is an address, in brackets when it is IPv6.
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H
#include "base/err.h"

#include <stdint.h>

struct listen_at {
    char address[64]; // without brackets
    uint16_t port;
};
//   errors  ERR_USAGE
bool listen_read(const char *text, struct listen_at *ret, struct err *err) MUST_USE;
#endif
