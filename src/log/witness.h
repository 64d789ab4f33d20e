// log/witness.h - the witness protocol without its network: what is asked, and what is decided.
//
// Holds: the body of add-checkpoint, the decision as a pure function, the body of the answer.
// Knows nothing of: HTTP, storage. Whoever calls witness_decide makes it and the persisting of its
// result one transaction, and persists before answering.
// Source: C2SP tlog-witness v1.0.0 with the rules of 2026-06 for size 0 and equal sizes.
//
//   old 20852014\n
//   base64 of a hash\n      0 to 63 lines: RFC 6962 consistency proof
//   \n
//   the signed checkpoint
#ifndef LOG_WITNESS_H
#define LOG_WITNESS_H
#include "log/checkpoint.h"

enum { WITNESS_REQUEST_BYTES_MAX = 32 + PROOF_HASHES_MAX * 45 + NOTE_BYTES_MAX };
struct witness_request {
    struct tree_size old;
    struct proof_made proof;
    struct bytes note; // not empty; borrowed; not read yet
};
//   errors  ERR_MALFORMED, ERR_LIMIT
bool witness_request_read(struct bytes sent, struct witness_request *ret, struct err *err) MUST_USE;
void witness_request_write(const struct witness_request *request, struct writer *w);
// Of which log is the request's checkpoint? Nothing is verified. Borrows from the request.
bool witness_request_origin(const struct witness_request *request, struct str *ret_origin,
                            struct err *err) MUST_USE;

// What the witness holds of one log: its keys, and the newest checkpoint it cosigned.
struct witness_log {
    struct str origin;           // borrowed
    const struct note_key *keys; // of type 0x01; borrowed
    size_t keys_count;
    struct tree_size size; // 0 when it never cosigned one
    struct digest root;    // of that size; merkle_empty() for 0
};

#define WITNESS_VERDICTS(X) /* name, HTTP status, kept as possible evidence? */               \
    X(WITNESS_COSIGN, 200, false)                                                             \
    X(WITNESS_MALFORMED, 400, false)       /* not a request, or not a checkpoint */           \
    X(WITNESS_UNKNOWN_LOG, 404, false)     /* the origin is not one of ours */                \
    X(WITNESS_UNSIGNED, 403, false)        /* no trusted signature, or one that fails */      \
    X(WITNESS_OLD_ABOVE_NEW, 400, true)    /* the old size is above the checkpoint's */       \
    X(WITNESS_OTHER_OLD, 409, false)       /* the old size is not the one held; body: ours */ \
    X(WITNESS_WRONG_EMPTY_ROOT, 422, true) /* size 0 with another root */                     \
    X(WITNESS_OTHER_ROOT, 422, true)       /* the size held, with another root */             \
    X(WITNESS_WRONG_PROOF, 422, true)      /* the proof does not lead there */
#define WITNESS_ENUM(name, status, keep) name,
enum witness_verdict { WITNESS_VERDICTS(WITNESS_ENUM) WITNESS_VERDICT_COUNT };
#undef WITNESS_ENUM
int witness_status(enum witness_verdict verdict); // HTTP
bool witness_keep(enum witness_verdict verdict);  // signed, yet wrong: keep the request

// Decides. `log` is NULL when the origin is not known. On WITNESS_COSIGN *ret_next is what to
// persist and then cosign; it borrows from request->note. Otherwise it is untouched and `err` says
// why. Reads nothing but its arguments.
enum witness_verdict witness_decide(const struct witness_log *log,
                                    const struct witness_request *request,
                                    struct checkpoint *ret_next, struct err *err) MUST_USE;

// The body of a 409: "SIZE\n", content type text/x.tlog.size.
#define WITNESS_SIZE_TYPE "text/x.tlog.size"
void witness_size_write(struct tree_size size, struct writer *w);
bool witness_size_read(struct bytes sent, struct tree_size *ret, struct err *err) MUST_USE;
// The body of a 200 is cosignature lines: cosign_line writes them, note_lines_read reads them.
#endif
