// community/policy_derive.h - the C2SP policy of one State's log, derived and never edited.
//
// Holds: the file that foreign tools (tlog-policy) check the same quorum with.
// Knows nothing of: counting; our own count is community/quorum.h.
// Source: FORMATS section 6; C2SP tlog-policy (refs, logs 1.10).
//
//   log VKEY [URL]                    the newest log key known
//   witness XB-witness VKEY           the newest witness and mirror key of every other State known
//   witness XB-mirror VKEY
//   group XB any XB-witness XB-mirror
//   group NAME K XB XC                a community group that can speak without the author
//   group q K XB XC NAME              K: the community's quorum
//   quorum q
#ifndef COMMUNITY_POLICY_DERIVE_H
#define COMMUNITY_POLICY_DERIVE_H
#include "community/quorum.h"

//   errors  ERR_NOT_FOUND  the author is not of the community, or its chain is not known
//           ERR_GAP        too few States' chains are known to reach the quorum
//           ERR_LIMIT
bool policy_derive(const struct chains *all, struct str author_origin, struct arena *a,
                   struct str *ret, struct err *err) MUST_USE;
#endif
