// base/err.h - what went wrong: a kind for machines, a clause for lawyers, a sentence for people.
//
// Holds: the one table that turns a kind into an HTTP status, an exit code and a retry rule.
// Knows nothing of: where an error is shown. Nothing here prints or allocates.
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <stdbool.h>

#define MUST_USE __attribute__((warn_unused_result))

// The exit codes are documented in elchi(1) and never renumbered; 1 is reserved for wrong usage.
#define ERR_KINDS(X) /* name, word, HTTP status, CLI exit, may a peer retry? */                \
    X(ERR_NONE, "ok", 200, 0, false)                                                           \
    X(ERR_USAGE, "usage", 400, 1, false)             /* the command line, not the data */      \
    X(ERR_MALFORMED, "malformed", 400, 2, false)     /* bytes that are not of the format */    \
    X(ERR_DENIED, "denied", 403, 3, false)           /* well-formed, but not allowed */        \
    X(ERR_NOT_FOUND, "not-found", 404, 4, false)     /* names something not held here */       \
    X(ERR_CONFLICT, "conflict", 409, 5, false)       /* contradicts what is already held */    \
    X(ERR_LIMIT, "limit", 413, 6, false)             /* above a bound of base/limits.h */      \
    X(ERR_TAMPERED, "tampered", 422, 7, false)       /* a hash or a signature does not fit */  \
    X(ERR_UNSUPPORTED, "unsupported", 501, 8, false) /* refused on purpose: see README */      \
    X(ERR_IO, "io", 500, 9, false)                   /* disk, socket or library failed */      \
    X(ERR_BUSY, "busy", 503, 10, true)               /* ask again */                           \
    X(ERR_UNANCHORED, "unanchored", 422, 11, false)  /* consistent, but nothing anchors it */  \
    X(ERR_OFFLINE, "offline", 502, 12, true)         /* the other side does not answer */      \
    X(ERR_GAP, "gap", 409, 13, true)                 /* entries before these are missing */    \
    X(ERR_LOCKED, "locked", 503, 14, false)          /* the keeper signs nothing at present */ \
    X(ERR_VOID, "void", 422, 15, false)              /* stands in a log, but breaks a rule */

#define ERR_ENUM(name, word, http, cli, retry) name,
enum err_kind { ERR_KINDS(ERR_ENUM) ERR_KIND_COUNT };
#undef ERR_ENUM

enum { ERR_TEXT_BYTES = 240 };
struct err {
    enum err_kind kind;
    const char *clause;        // static text such as "RFC 9162 2.1.3.2", or NULL
    char text[ERR_TEXT_BYTES]; // one sentence, no newline, no secrets
};

// Sets kind, clause and sentence. Returns false, so `return err_set(...)` reads as a refusal.
bool err_set(struct err *err, enum err_kind kind, const char *clause, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

// Puts context in front of the sentence ("context: sentence"). Returns false.
bool err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Sets ERR_IO with the sentence and what the system said of errno. Only base may read errno;
// other rooms call this straight after the failed call.
bool err_set_errno(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *err_kind_word(enum err_kind kind); // "tampered"; static
int err_kind_http(enum err_kind kind);         // HTTP status
int err_kind_exit(enum err_kind kind);         // exit code of a command
bool err_kind_retry(enum err_kind kind);       // may a peer try the same again?
bool err_kind_from_word(const char *word, enum err_kind *ret_kind) MUST_USE;
#endif
