// clerk/frames.h - what may be asked of the clerk, by whom, in which frame.
//
// Holds: the one table of kinds. What is done travels as columns; what is shown travels as one JSON
// object, which a command prints as it is (--json) or lays out for people.
// Knows nothing of: how an answer is made.
// Source: DESIGN section 9, FORMATS section 10.
//
// Columns: u8, u16, u32, u64 big-endian, d32 a raw digest, b16/b32 a block with its length before
// it. Whoever connects to the local socket is LOCAL; after HELLO and PROVE also OFFICER, and then
// sees the desks of that officer. The courier's and the door's sockets are made by the supervisor.
#ifndef CLERK_FRAMES_H
#define CLERK_FRAMES_H

enum clerk_caller {
    CLERK_FOR_NOBODY = 0,  // no row names it
    CLERK_FOR_LOCAL = 1,   // by uid: only what reads no body
    CLERK_FOR_OFFICER = 2, // proved an officer's key on this connection
    CLERK_FOR_COURIER = 4,
    CLERK_FOR_DOOR = 8,
};
#define CLERK_FOR_CARRIER (CLERK_FOR_LOCAL | CLERK_FOR_COURIER) /* a bundle read is a session */

#define CLERK_FRAMES(X) /* name, wire number, who may ask, what it does */                         \
    /* -- the node ---------------------------------------------------------------------------- */ \
    X(CLERK_STATUS, 16, CLERK_FOR_LOCAL | CLERK_FOR_DOOR | CLERK_FOR_COURIER, /* - -> JSON */      \
      "tells what the node is, holds and waits for")                                               \
    X(CLERK_FOUND, 17, CLERK_FOR_LOCAL, /* b32 manifest note -> - */                               \
      "appends entry 0, the roots' key manifest")                                                  \
    X(CLERK_COMMUNITY_GET, 18, CLERK_FOR_LOCAL | CLERK_FOR_COURIER, /* - -> b32 file */            \
      "hands out the community file applied here")                                                 \
    X(CLERK_COMMUNITY_APPLY, 19, CLERK_FOR_LOCAL, /* b32 file [, u16 approvals, each b16] -> - */  \
      "applies a community file")                                                                  \
    X(CLERK_CHAIN_GET, 20, CLERK_FOR_LOCAL, /* b16 origin -> b32 chain */                          \
      "hands out a State's key manifests")                                                         \
    X(CLERK_PEERS, 21, CLERK_FOR_LOCAL, /* - -> JSON */ "lists partners, functions and contacts")  \
    X(CLERK_PEER_SET, 22, CLERK_FOR_LOCAL, /* b16 origin, b16 functions, b16 endpoint or empty */  \
      "switches functions on or off for a partner")                                                \
    X(CLERK_EVIDENCES, 23, CLERK_FOR_LOCAL, /* - -> JSON */ "lists evidence of two histories")     \
    X(CLERK_EVIDENCE_GET, 24, CLERK_FOR_LOCAL, /* d32 -> b32 */ "hands out one piece of evidence") \
    X(CLERK_VERIFY, 25, CLERK_FOR_LOCAL, /* b16 origin, u64 from -> JSON {next, size, ok, ...} */  \
      "checks a log again from its entries, a step at a time")                                     \
    X(CLERK_REBUILD, 26, CLERK_FOR_LOCAL, /* u8 start anew -> JSON {done, total} */                \
      "derives every view again, a step at a time")                                                \
    X(CLERK_BACKUP, 27, CLERK_FOR_LOCAL, /* b16 folder -> - */                                     \
      "copies both stores, consistent, into a folder")                                             \
    X(CLERK_DOCTOR, 28, CLERK_FOR_LOCAL, /* - -> JSON findings */ "looks for what is wrong")       \
    X(CLERK_SIGN_INDEX, 29, CLERK_FOR_LOCAL, /* b32 text -> b32 note */                            \
      "has the index of a bundle signed")                                                          \
    X(CLERK_CHALLENGE, 30, CLERK_FOR_LOCAL, /* - -> 16 */ "asks the keeper for a challenge")       \
    X(CLERK_ORDER, 31, CLERK_FOR_LOCAL, /* b32 note -> - */ "hands a root-signed order on")        \
    X(CLERK_CODEBOOK_FILES, 32, CLERK_FOR_LOCAL, /* - -> each d32 */                               \
      "lists the codebook files added here")                                                       \
    X(CLERK_CODEBOOK_GET, 33, CLERK_FOR_LOCAL, /* d32 -> b32 */ "hands out one of them")           \
    X(CLERK_BOOK_FOR, 34, CLERK_FOR_LOCAL, /* b16 State's code, or "all" -> JSON */                \
      "tells under which codebook to write to a State")                                            \
    X(CLERK_VOUCHES, 35, CLERK_FOR_LOCAL, /* - -> JSON */                                          \
      "lists which States vouch for which codebook file")                                          \
    /* -- what a carrier brings: a session or a bundle ---------------------------------------- */ \
    X(CLERK_TAKE_MANIFESTS, 48, CLERK_FOR_CARRIER, /* b16 origin, b32 chain -> u8 changed */       \
      "takes a chain of key manifests")                                                            \
    /* b16 from (peer), b16 origin, u64 first, b32 checkpoint note, u32 count, count times b16 ->  \
       u64 size held. Entries held already are skipped */                                          \
    X(CLERK_TAKE_ENTRIES, 49, CLERK_FOR_CARRIER, "takes entries with the checkpoint over them")    \
    /* b16 from, b16 origin, b32 checkpoint note, u64 old, u16 proof, each d32 -> b16 line.        \
       As C2SP tlog-witness: ERR_CONFLICT "held SIZE" when old is another */                       \
    X(CLERK_WITNESS, 50, CLERK_FOR_COURIER, "cosigns a checkpoint without entries")                \
    X(CLERK_TAKE_COSIGS, 51,                                                                       \
      CLERK_FOR_CARRIER, /* b16 origin, b32 checkpoint with lines -> u16 new */                    \
      "takes cosignatures of a checkpoint held here")                                              \
    X(CLERK_TAKE_EVIDENCE, 52, CLERK_FOR_CARRIER, /* b32 -> u8 new */ "takes evidence")            \
    /* b16 from, u16 rows, each: b16 origin, u64 index, d32 hash, u64 size, u8 precedence -> - */  \
    X(CLERK_TAKE_WAITING, 53, CLERK_FOR_CARRIER, "notes what a peer holds for us")                 \
    /* b16 from, d32 hash, u64 size, u64 offset, b32 octets -> u64 have, u8 complete */            \
    X(CLERK_TAKE_BLOB, 54, CLERK_FOR_CARRIER | CLERK_FOR_OFFICER, "takes a piece of a blob")       \
    /* b16 from, u16 count, each: d32 hash, b32 octets, whole -> u16 taken; what nobody asked for  \
       is passed over */                                                                           \
    X(CLERK_TAKE_BODIES, 59, CLERK_FOR_CARRIER, "takes small blobs whole, many at once")           \
    X(CLERK_OFFERS_DONE, 60, CLERK_FOR_COURIER, /* b16 from, u16 count, each d32 -> - */           \
      "notes what a peer holds whole: it waits for that peer no longer")                           \
    /* b16 from, b16 to, u64 index, u8 precedence, d32 hash, u64 size, u64 offset, b32 octets ->   \
       u64 have, u8 complete */                                                                    \
    X(CLERK_LEAVE_BLOB, 61, CLERK_FOR_COURIER, "takes a piece to carry for a third State")         \
    /* b16 from, u64 when a file that brings it was written, 0 in an open session, u16 count,      \
       each: b16 name, u32 version, 8 first octets of the hash -> - */                             \
    X(CLERK_TAKE_BOOKS, 62, CLERK_FOR_CARRIER, "notes which codebooks a peer holds")               \
    X(CLERK_BLOB_HAVE, 55,                                                                         \
      CLERK_FOR_CARRIER | CLERK_FOR_OFFICER, /* d32 -> u64 have, u8 complete */                    \
      "tells how much of a blob is held")                                                          \
    /* b16 peer, u8 well, u64 next try ms -> - */                                                  \
    X(CLERK_PEER_CALLED, 56, CLERK_FOR_COURIER, "notes how a call to a peer went")                 \
    /* b16 peer, b16 origin, u64 size, b16 root prefix, u64 cosigs sent -> - */                    \
    X(CLERK_PEER_HEAD, 57, CLERK_FOR_CARRIER, "notes what a peer is known to hold")                \
    /* b16 from, b32 checkpoint of our own origin with the peer's lines, u64 when the file that    \
       brings it was written, 0 in an open session -> - */                                         \
    X(CLERK_TAKE_OWN_HEAD, 58, CLERK_FOR_CARRIER, "is shown our own checkpoint by a peer")         \
    /* -- officers --------------------------------------------------------------------------- */  \
    X(CLERK_HELLO, 80, CLERK_FOR_LOCAL,                                                            \
      /* b16 name -> 32 challenge */ "begins an officer's proof")                                  \
    X(CLERK_PROVE, 81, CLERK_FOR_LOCAL, /* 64 signature -> JSON officer */ "ends it")              \
    X(CLERK_DRAFT_NEW, 82, CLERK_FOR_OFFICER, /* b32 approved form -> JSON draft */                \
      "keeps a draft")                                                                             \
    X(CLERK_DRAFTS, 83, CLERK_FOR_OFFICER, /* u8 all -> JSON */ "lists drafts")                    \
    X(CLERK_DRAFT_SHOW, 84, CLERK_FOR_OFFICER, /* 16 -> JSON */ "shows a draft")                   \
    X(CLERK_APPROVE, 85, CLERK_FOR_OFFICER, /* b32 note -> JSON */ "keeps an approval or refusal") \
    X(CLERK_RELEASE, 86, CLERK_FOR_OFFICER, /* 16 -> JSON {ref, index, note} */                    \
      "releases a draft as the State's word")                                                      \
    X(CLERK_DRAFT_DROP, 87, CLERK_FOR_OFFICER, /* 16 -> - */ "drops a draft")                      \
    X(CLERK_INBOX, 88, CLERK_FOR_OFFICER, /* u64 before, u32 most -> JSON */ "lists what came in") \
    X(CLERK_SENT, 89, CLERK_FOR_OFFICER, /* u64 before, u32 most -> JSON */ "lists what went out") \
    X(CLERK_SHOW, 90, CLERK_FOR_OFFICER, /* b16 ref or sha256: -> JSON */                          \
      "shows a record, its dialogue and its delivery")                                             \
    X(CLERK_ATTACHMENT_KEY, 91, CLERK_FOR_OFFICER, /* d32 -> 16 file key, u64 size */              \
      "opens an attachment's age file")                                                            \
    X(CLERK_BLOB_READ, 92, CLERK_FOR_OFFICER, /* d32, u64 offset, u32 most -> octets */            \
      "reads a blob of a record the officer may read")                                             \
    X(CLERK_PROOF, 93, CLERK_FOR_OFFICER, /* b16 ref, u16 approvals, each b16 -> b32 proof file */ \
      "exports a proof file")                                                                      \
    X(CLERK_REGISTER_GET, 94, CLERK_FOR_LOCAL, /* - -> b32 */ "hands out the register")            \
    X(CLERK_REGISTER_CHANGE, 95, CLERK_FOR_OFFICER, /* b32 text, u16 approvals, each b16 -> - */   \
      "changes the register of approvers")                                                         \
    X(CLERK_AUDIT, 96, CLERK_FOR_OFFICER,                                                          \
      /* u64 after, u32 most -> JSON */ "shows the audit trail")                                   \
    X(CLERK_ERASE, 97, CLERK_FOR_OFFICER, /* d32 body, u16 approvals, each b16 -> - */             \
      "destroys a body; the log still verifies")                                                   \
    X(CLERK_ACCEPT_GAP, 98, CLERK_FOR_OFFICER, /* b16 State's code, or "all" -> JSON */            \
      "leaves out a pair's numbers that unopened entries may have used")                           \
    X(CLERK_CODEBOOK_ADD, 99, CLERK_FOR_OFFICER, /* b32 -> JSON file */                            \
      "adds a codebook file, or one in place of it")                                               \
    X(CLERK_CODEBOOK_REMOVE, 100, CLERK_FOR_OFFICER, /* d32 -> - */                                \
      "removes a codebook file that was added here")                                               \
    X(CLERK_HEAR, 101, CLERK_FOR_OFFICER, /* b32 blocks as typed down -> JSON */                   \
      "keeps what was heard of a message by voice, fax or SMS")                                    \
    X(CLERK_HEARDS, 102, CLERK_FOR_OFFICER, /* - -> JSON */ "lists what was heard")                \
    X(CLERK_HEARD_SHOW, 103, CLERK_FOR_OFFICER, /* b16 ref or id -> JSON */                        \
      "shows what was heard, and whether its record came")                                         \
    X(CLERK_HEARD_DROP, 104, CLERK_FOR_OFFICER, /* b16 id -> - */ "drops what was heard")

// What an octet on the courier's bell says.
enum clerk_bell {
    CLERK_BELL_NEWS = 1,  // there is something new for peers, or something to fetch from them
    CLERK_BELL_FACTS = 2, // besides, community, manifests or functions changed
};

#define CLERK_FRAME_ENUM(name, number, who, what) name = (number),
enum clerk_frame { CLERK_FRAMES(CLERK_FRAME_ENUM) };
#undef CLERK_FRAME_ENUM
#endif
