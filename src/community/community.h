// community/community.h - the community file: which States, which quorum, which codebook.
//
// Holds: the file's reader and writer, its rules, and every look-up of a State's name.
// Knows nothing of: keys. They come from each State's own manifests (community/manifest.h); the
// file holds only the hash of the first.
// Source: DESIGN 5.6; the lines below are this header's own (docs/wire.md).
//
// The lines, in this order. Fields are separated by one space; the last one of a name, long or
// short line may hold spaces. `*` may be repeated or absent, `+` repeated; sorting and counting
// rules make one encoding of one community.
//   elchi community v1
//   name LANG TEXT                 +  the community's name; LANG ascending by octet, each once
//   codebook N sha256:HEX             the book that new messages name
//   duration NAME SECONDS             one line per row of COMMUNITY_DURATIONS, in its order
//   group NAME K XA XB ..          *  States that count as one voice; a State is in one at most
//   quorum K                          voices other than the author's that make a quorum
//   state XA                       +  one block per State, in the order of every list:
//   role member|observer
//   origin xa.example/demo
//   genesis sha256:HEX                SHA-256 of the text of key manifest version 1
//   endpoint URL                   *  where its peers' listener may be reached, first tried first
//   long LANG TEXT                 *  LANG ascending
//   short LANG TEXT                *  LANG ascending
#ifndef COMMUNITY_COMMUNITY_H
#define COMMUNITY_COMMUNITY_H
#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"

struct community_name {
    struct str language; // BCP 47 by shape: "en", "kk", "zh-Hant"
    struct str text;
};
struct community_names {
    const struct community_name *items; // ascending by language
    size_t count;
};

enum community_role { ROLE_MEMBER, ROLE_OBSERVER, COMMUNITY_ROLE_COUNT };
const char *community_role_word(enum community_role role); // "member"

// How long things take in this community, in seconds; never a decision, only when to say so.
#define COMMUNITY_DURATIONS(X)                                                     \
    X(DURATION_SILENCE, "silence") /* the shortest time a proposal stays open */   \
    X(DURATION_RECEIPT, "receipt") /* without a receipt after this: alarm */       \
    X(DURATION_HEARD, "heard")     /* no newer checkpoint after this: not heard */ \
    X(DURATION_REVEAL, "reveal")   /* all committed, none revealed: say so */      \
    X(DURATION_CHECK, "check")     /* a communication check at least this often */ \
    X(DURATION_CONTACT, "contact") /* contact data confirmed at least this often */
#define DURATION_ENUM(name, word) name,
enum community_duration { COMMUNITY_DURATIONS(DURATION_ENUM) COMMUNITY_DURATION_COUNT };
#undef DURATION_ENUM
const char *community_duration_word(enum community_duration d);

struct community_state {
    struct str code;   // "XA"
    struct str origin; // "xa.example/demo"
    enum community_role role;
    struct digest genesis;
    struct digest origin_hash; // SHA-256 of the origin, the name in paths
    const struct str *endpoints;
    size_t endpoints_count;
    struct community_names long_names, short_names;
    size_t group; // index into groups, or COMMUNITY_NO_GROUP
};
enum { COMMUNITY_NO_GROUP = COMMUNITY_STATES_MAX };

struct community_group {
    struct str name;
    unsigned needed;      // of its States
    const size_t *states; // indexes into states, in the file's order of the line
    size_t states_count;
};

// A community that was read and checked; made by community_read only.
struct community {
    struct str text;    // the file itself; borrowed
    struct digest hash; // SHA-256 of the file: the community's identity
    struct community_names names;
    uint32_t codebook_version;
    struct digest codebook;
    uint64_t durations_s[COMMUNITY_DURATION_COUNT];
    const struct community_group *groups;
    size_t groups_count;
    unsigned quorum;
    const struct community_state *states; // the order of every list
    size_t states_count;
};

// Reads and checks a whole file. The result lives in the arena and borrows `sent`.
//   errors  ERR_MALFORMED  not of the format, a code, origin, genesis or language twice, a quorum
//                          that some author could never reach
//           ERR_LIMIT      longer than COMMUNITY_BYTES_MAX, more States than COMMUNITY_STATES_MAX
bool community_read(struct arena *a, struct bytes sent, struct community *ret,
                    struct err *err) MUST_USE;
// Writes the one encoding. Anyone may fill a struct community for this (a wizard does); only what
// community_read then accepts is a community.
//   errors  ERR_LIMIT
bool community_write(const struct community *c, struct arena *a, struct bytes *ret,
                     struct err *err) MUST_USE;

// NULL when the community has no such State.
const struct community_state *community_by_code(const struct community *c, struct str code);
const struct community_state *community_by_origin(const struct community *c, struct str origin);
const struct community_state *community_by_hash(const struct community *c,
                                                const struct digest *origin_hash);

// A State's name in a language; without one there, in the language before the first hyphen; then
// the code itself. Never a name from anywhere else.
enum community_form { NAME_SHORT, NAME_LONG };
struct str community_state_name(const struct community *c, struct str code, struct str language,
                                enum community_form form);
// The community's own name in a language, else its first.
struct str community_title(const struct community *c, struct str language);

// Voices other than the author's: every State in no group, and every group that can still speak
// without the author. Those are the n of "k of n".
size_t community_voices(const struct community *c, const struct community_state *author);

struct digest origin_hash(struct str origin);          // SHA-256 of its octets
void origin_path(struct str origin, char ret_hex[65]); // the same in hex, as paths have it
#endif
