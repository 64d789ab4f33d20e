// courier/place.h - where a partner's node answers.
//
// Holds: reading "https://HOST:PORT" from what the administrator set, else from the community file.
// Knows nothing of: connecting.
// Source: DESIGN 5.6.
#ifndef COURIER_PLACE_H
#define COURIER_PLACE_H
#include "courier/share.h"

struct place {
    char host[256]; // a name or an address; IPv6 without brackets
    uint16_t port;
};
//   errors  ERR_NOT_FOUND (no address is known: it calls us), ERR_MALFORMED
bool place_of(struct view *v, struct str origin, struct place *ret, struct err *err) MUST_USE;
// Can the partner be called from here at all? And we from there?
bool place_is_known(struct view *v, struct str origin);
#endif
