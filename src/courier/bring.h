// courier/bring.h - bodies that go out by our own call: a partner that calls nobody asks for them,
// or carries them for a State that we cannot reach.
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
// Leaves bodies of ours for States that could not be reached with this partner, if it has relay on.
// Each once in a session; what it refuses is not offered again.
bool bring_carried(struct call *c, struct err *err) MUST_USE;
#endif
