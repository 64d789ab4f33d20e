// clerk/relay.h - bodies that a partner leaves here for a third State.
//
// Holds: what may be left, within the partner's quota; forgetting it once the third State has it.
// Knows nothing of: what a body says: it is sealed to others.
// Source: DESIGN 5.4, promise 10; FORMATS section 7.
//
// Whoever leaves octets here must bring them: a blob that is here for another reason is never
// handed on because somebody names its hash.
#ifndef CLERK_RELAY_H
#define CLERK_RELAY_H
#include "clerk/acts.h"
#include "store/exchange_blob.h"

#endif
