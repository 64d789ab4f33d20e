// keeper/frames.h - what may be asked of the keeper, by whom, in which frame.
//
// Holds: the one table of kinds. The service dispatches by it, the client sends by it, and a test
// lists every route to a secret from it.
// Knows nothing of: how an answer is made.
// Source: DESIGN sections 8 and 9, FORMATS sections 4, 5 and 6.
//
// Payloads are columns of the fields named below: u8, u16, u32, u64 big-endian, d32 a raw digest,
// b16/b32 a block with its length before it.
#ifndef KEEPER_FRAMES_H
#define KEEPER_FRAMES_H

enum keeper_caller {
    KEEPER_FOR_CLERK = 1,   // signs, extends, opens stanzas
    KEEPER_FOR_COURIER = 2, // its own TLS key and no other
    KEEPER_FOR_DOOR = 4,    // the keys of the desks it serves, and its own TLS key
};

#define KEEPER_FRAMES(X) /* name, wire number, who may ask, what it does (for tables and tests) */ \
    /* ask: nothing. answer: b16 origin, b16 State, u64 size, d32 root, b32 checkpoint (empty      \
       before founding), u8 locked, b16 why, u8 demo, b32 register text, d32 register digest */    \
    X(KEEPER_STATUS, 16, KEEPER_FOR_CLERK, "tells size, root and whether it signs")                \
    /* ask: u16 count, then each: 16 draft, b32 full text, u16 approvals, each b16 note.           \
       answer: u16 count, then each: u8 error kind, b32 note (kind 0) or b16 sentence; ERR_BUSY:   \
       it has a number above that of a refused one of its pair, and is to be filled anew */        \
    X(KEEPER_SIGN_RECORDS, 17, KEEPER_FOR_CLERK, "signs released records by a desk's key")         \
    /* ask: u16 count, then each b32 full text. answer: as above */                                \
    X(KEEPER_SIGN_NODE, 18, KEEPER_FOR_CLERK, "signs what the node says by itself")                \
    /* ask: b32 text, at most 1 MiB less the frame. answer: b32 note */                            \
    X(KEEPER_SIGN_INDEX, 19, KEEPER_FOR_CLERK, "signs the index of a bundle")                      \
    /* ask: u64 first, u32 count, count times d32 leaf hash. answer: b32 checkpoint note */        \
    X(KEEPER_EXTEND, 20, KEEPER_FOR_CLERK, "extends the log and signs its checkpoint")             \
    /* ask: u16 count (at most 64), then each: u8 role (0 witness, 1 mirror), b16 origin, b16      \
       State, d32 genesis, b32 chain (wire form of community/chain.h), b32 checkpoint note, u8     \
       count, count times d32 proof hash from the size the keeper holds. answer: u16 count, then   \
       each: u8 error kind, b16 signature line and u64 time (kind 0) or b16 sentence; ERR_CONFLICT \
       "held SIZE" when the proof starts elsewhere. One durable step for all */                    \
    X(KEEPER_COSIGN, 21, KEEPER_FOR_CLERK, "cosigns another State's checkpoint")                   \
    /* ask: u8 role, b16 origin. answer: u64 size, d32 root, u64 time (zeros: never) */            \
    X(KEEPER_COSIGNED, 22, KEEPER_FOR_CLERK, "tells what it cosigned last")                        \
    /* ask: u16 count, then each: 32 share, 32 body. answer: u16 count, then each: u8 error kind,  \
       16 file key (zeros unless kind 0). Each is tried with every encryption key held */          \
    X(KEEPER_OPEN_STANZAS, 23, KEEPER_FOR_CLERK, "opens age stanzas of the State's own key")       \
    /* ask: u8 desk. answer: 32 key */                                                             \
    X(KEEPER_DESK_KEY, 24, KEEPER_FOR_CLERK | KEEPER_FOR_DOOR, "hands out a desk's office key")    \
    /* ask: nothing. answer: nothing, and a memory file with the 32-byte seed as descriptor */     \
    X(KEEPER_TLS_KEY, 25, KEEPER_FOR_COURIER | KEEPER_FOR_DOOR, "hands out a TLS key")             \
    /* ask: b32 new register text, u16 approvals, each b16 note. answer: d32 digest */             \
    X(KEEPER_CHANGE_REGISTER, 26, KEEPER_FOR_CLERK, "changes the register of approvers")           \
    /* ask: nothing. answer: 16 challenge */                                                       \
    X(KEEPER_CHALLENGE, 27, KEEPER_FOR_CLERK, "makes a challenge for a root-signed order")         \
    /* ask: b32 order note, b32 right edge at that size (log/merkle.h). answer: nothing */         \
    X(KEEPER_ORDER, 28, KEEPER_FOR_CLERK, "obeys an order the roots signed")                       \
    /* after a restore. ask: u64 size, b32 right edge, b32 own checkpoint note of that size,       \
       u16 answers, each: b16 State, b16 origin, d32 genesis, b32 chain, b32 newest checkpoint of  \
       ours with that State's cosignature. answer: nothing */                                      \
    X(KEEPER_RESUME, 29, KEEPER_FOR_CLERK, "resumes after a restore when a quorum has answered")   \
    /* ask: b32 community file, u16 approvals, each b16 note. The keeper takes its own quorum from \
       it once, at founding, and later only with approvals like a register's. answer: nothing */   \
    X(KEEPER_COMMUNITY, 30, KEEPER_FOR_CLERK, "learns the community's quorum")                     \
    /* ask: b32 note: own checkpoint somebody showed us; u8 1 when our tiles tell of its size,     \
       else 0, d32 the root our own tree had then (zeros), u8 count, count times d32 proof hash    \
       from there to the keeper's size. answer: nothing; when the note is validly signed and of no \
       tree the keeper knows, it stops signing. refused with ERR_TAMPERED when the proof does not  \
       lead to the keeper's own tree: such a proof says nothing about anybody's signature */       \
    X(KEEPER_SHOWN_CHECKPOINT, 31, KEEPER_FOR_CLERK, "is shown a checkpoint of its own origin")    \
    /* ask: b32 key manifest, version 1, which must name the keeper's own keys. Only before the    \
       first entry. answer: b32 checkpoint note of size 1, whose entry 0 it is */                  \
    X(KEEPER_FOUND, 32, KEEPER_FOR_CLERK, "founds the log with its key manifest")

#define KEEPER_FRAME_ENUM(name, number, who, what) name = (number),
enum keeper_frame { KEEPER_FRAMES(KEEPER_FRAME_ENUM) };
#undef KEEPER_FRAME_ENUM
#endif
