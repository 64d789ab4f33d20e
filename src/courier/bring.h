// courier/bring.h - bodies that a partner asks for and cannot fetch, for it calls nobody.
//
// Holds: answering WANT piece by piece, from where the partner says it stands.
// Knows nothing of: who may have a body (the clerk wrote that beside it).
// Source: FORMATS section 7.
#ifndef COURIER_BRING_H
#define COURIER_BRING_H
#include "courier/call.h"

// Brings what the partner's last answer asked for. Counts octets in c->came.
//   errors  ERR_OFFLINE and what else breaks the connection
bool bring_wanted(struct call *c, struct err *err) MUST_USE;
#endif
