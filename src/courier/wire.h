// courier/wire.h - the frames of a session, to the octet.
//
// Holds: reading and writing a batch of frames; what is read writes back to the same octets.
// Knows nothing of: sockets and stores; whether any of it is true: the clerk verifies.
// Source: FORMATS section 7, DESIGN 5.4; docs/wire.md.
//
// A batch is frames one after the other, at most WIRE_BATCH_BYTES_MAX octets, HELLO first and once:
//   OFFSET SIZE MEANING
//   0      4    length of what follows, big-endian
//   4      1    kind
//   5      n    payload
// `id` is the first 8 octets of SHA-256 of an origin; `n` a number of 7 bits an octet, lowest
// first, high bit set on all but the last, shortest form; `u8 u32 u64` are big-endian.
//   1 HELLO     u8 version (1), u8 flags, id from, id to
//   2 HAVE      rows: id, n size, 8 octets of the root at that size; a codebook that is held stands
//               there too: wire_book_id of its name, n version, 8 octets of its hash. Whoever knows
//               an id neither as a log nor as a book passes over the row
//   3 ENTRIES   id, n first, n count, entries, n size, 32 root, u32 key id, 64 signature of the log
//               entry: u8 0, n length, octets           as it is
//                      u8 1|2, 32 body, n size, 32 commit    an open or a sealed commitment
//   4 COSIGS    id, n size, u32 key id, 64 signature of the log; rows:
//               id of the cosigner's origin, u8 1 witness|2 mirror, u32 key id, u64 time,
//               64 signature
//   5 MANIFESTS id, the chain as community/chain.h draws it
//   6 EVIDENCE  a file as log/evidence.h draws it
//   7 WAITING   rows: id, n index, u8 precedence, + 4 when hash and size follow: 32 hash, n size;
//               without them it is the body that the entry names
//   8 WANT      rows: 32 hash, n octets held already
// Example (a test decodes it): HELLO from 0102030405060708 to 1112131415161718, flags 1, is
//   00000013 01 01 01 0102030405060708 1112131415161718
#ifndef COURIER_WIRE_H
#define COURIER_WIRE_H
#include "codebook/book.h"
#include "crypto/sign.h"
#include "log/merkle.h"

enum {
    WIRE_VERSION = 1,
    WIRE_BATCH_BYTES_MAX = FRAME_BYTES_MAX,
    WIRE_FRAMES_MAX = 4096,
    WIRE_WAIT_S = 60,            // FORMATS 7: a question left open is answered by then
    WIRE_ARENA_BYTES = 24 << 20, // a batch of packed commitments, opened
    WIRE_HEAD_BYTES = 5,
    ORIGIN_ID_BYTES = 8,
    ROOT_PREFIX_BYTES = 8,
};
enum wire_flag {
    WIRE_FRESH = 1, // forget what you told me before: an answer may have been lost
    WIRE_WAIT = 2,  // may be answered later, at latest after 60 s
    WIRE_ASK_OWN =
        4, // reserved: whoever holds less of its own log is given it when a session begins
    WIRE_FLAGS_ALL = 7,
};
enum wire_kind {
    WIRE_NONE,
    WIRE_HELLO,
    WIRE_HAVE,
    WIRE_ENTRIES,
    WIRE_COSIGS,
    WIRE_MANIFESTS,
    WIRE_EVIDENCE,
    WIRE_WAITING,
    WIRE_WANT,
    WIRE_KIND_COUNT
};
struct origin_id {
    uint8_t octets[ORIGIN_ID_BYTES];
};
struct origin_id origin_id_of(struct str origin);
// Of a codebook's name: the first octets of SHA-256 of "codebook NAME". No origin holds a space.
struct origin_id wire_book_id(struct str name);
bool origin_id_eq(const struct origin_id *a, const struct origin_id *b);

struct wire_hello {
    uint8_t flags;
    struct origin_id from, to;
};
struct wire_have {
    struct origin_id origin;
    struct tree_size size;
    uint8_t root_prefix[ROOT_PREFIX_BYTES];
};
struct wire_log_line { // the log's own signature line
    uint32_t key_id;
    struct signature signature;
};
struct wire_entries {
    struct origin_id origin;
    struct leaf_index first;
    const struct bytes *entries;
    size_t count;
    struct tree_size size;
    struct digest root;
    struct wire_log_line line;
};
struct wire_cosig {
    struct origin_id cosigner;
    bool mirror;
    uint32_t key_id;
    uint64_t time_s;
    struct signature signature;
};
struct wire_cosigs {
    struct origin_id origin;
    struct tree_size size;
    struct wire_log_line line;
    const struct wire_cosig *rows;
    size_t count;
};
struct wire_waiting {
    struct origin_id origin;
    struct leaf_index index;
    enum precedence precedence;
    bool named; // hash and size are given
    struct digest hash;
    uint64_t size;
};
struct wire_want {
    struct digest hash;
    uint64_t have;
};
struct wire_frame {
    enum wire_kind kind;
    union {
        struct wire_hello hello;
        struct {
            const struct wire_have *rows;
            size_t count;
        } have;
        struct wire_entries entries;
        struct wire_cosigs cosigs;
        struct {
            struct origin_id origin;
            struct bytes chain;
        } manifests;
        struct bytes evidence;
        struct {
            const struct wire_waiting *rows;
            size_t count;
        } waiting;
        struct {
            const struct wire_want *rows;
            size_t count;
        } want;
    } of;
};
struct wire_batch {
    const struct wire_frame *frames;
    size_t count; // at least 1; the first is HELLO
};

// Reads a whole batch; spans borrow from `sent` and the arena.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED (another version)
bool wire_read(struct bytes sent, struct arena *a, struct wire_batch *ret,
               struct err *err) MUST_USE;
// Writes one frame; the buffer runs full past its bound.
void wire_put(struct buffer *out, const struct wire_frame *frame);
// Octets that an entry takes in ENTRIES, at most.
size_t wire_entry_bytes(struct bytes entry);
#endif
