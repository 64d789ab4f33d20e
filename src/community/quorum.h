// community/quorum.h - who cosigned a checkpoint, counted as "k of n".
//
// Holds: the count of voices other than the author's, each once, by witness or mirror line, under a
// key of any version of the cosigner's chain that is not named compromised.
// Knows nothing of: C2SP policy files; the derived one (community/policy_derive.h) says the same
// to foreign tools.
// Source: FORMATS sections 2 and 6.
#ifndef COMMUNITY_QUORUM_H
#define COMMUNITY_QUORUM_H
#include "community/chains.h"
#include "log/cosign.h"

struct quorum_cosigner {
    const struct community_state *state;
    struct moment time; // the earliest of its verified cosignatures
};
struct quorum {
    size_t counted;   // k reached so far: voices, not lines
    size_t needed;    // the community's quorum
    size_t available; // n: community_voices of the author
    bool met;
    struct moment met_at; // when the last needed voice had spoken; only if met
    struct quorum_cosigner cosigners[NOTE_SIGNATURES_MAX]; // States, in the community's order
    size_t cosigners_count;
};

// Counts the cosignatures on a checkpoint of `author`'s log. A known cosigner's line that fails
// refuses the whole note; lines by unknown keys are passed over. With `after` only cosignatures
// later than that moment count.
//   errors  ERR_TAMPERED  a known key's line fails
//           ERR_NOT_FOUND the author is not of this community
//           ERR_LIMIT     the scratch arena
bool quorum_count(const struct chains *all, struct str author_origin, const struct note *checkpoint,
                  const struct moment *after, struct arena *scratch, struct quorum *ret,
                  struct err *err) MUST_USE;
#endif
