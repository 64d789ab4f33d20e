// record/void.h - which rule a record standing in a verified log breaks, if any.
//
// Holds: the closed list of rules, their stable words, and the one order in which they are tried.
// Knows nothing of: replication. What stands in a verified log stays there whatever is said here.
// Source: FORMATS section 1 ("What stands in a verified log"); DESIGN 5.1, 5.2.
#ifndef RECORD_VOID_H
#define RECORD_VOID_H
#include "record/body.h"
#include "record/record.h"

#define VOID_RULES(X) /* name, stable word, void?, what it means */                               \
    X(VOID_NOT, "valid", false, "breaks no rule")                                                 \
    X(VOID_NOT_UNKNOWN_TYPE, "unknown-type", false, "of a type this program does not know")       \
    X(VOID_ENTRY, "entry", true, "the entry is neither a commitment nor a record")                \
    X(VOID_BODY, "body", true, "the opened body is malformed")                                    \
    X(VOID_HEADER, "swapped-payload", true, "the inner header names another author or addressee") \
    X(VOID_COMMITMENT, "commitment", true, "the entry does not commit to this note")              \
    X(VOID_TEXT, "text", true, "the record's text is malformed")                                  \
    X(VOID_LOG, "wrong-log", true, "it names another log than the one it stands in")              \
    X(VOID_STATE, "wrong-state", true, "its State does not belong to this origin")                \
    X(VOID_SIGNATURES, "signatures", true, "it does not carry exactly one signature line")        \
    X(VOID_KEY, "wrong-key", true, "not signed by the key in force at its index")                 \
    X(VOID_KIND, "wrong-kind", true,                                                              \
      "sealed, open and as-it-is do not agree with its type or ref")                              \
    X(VOID_REF, "reused-ref", true, "its reference is already used in this log")                  \
    X(VOID_SERIAL, "reused-serial", true, "its number is already used under another year")
#define VOID_ENUM(name, word, is_void, meaning) name,
enum void_rule { VOID_RULES(VOID_ENUM) VOID_RULE_COUNT };
#undef VOID_ENUM
const char *void_rule_word(enum void_rule rule);    // "reused-ref"; static
const char *void_rule_meaning(enum void_rule rule); // one English clause; static
bool void_rule_is_void(enum void_rule rule);
bool void_rule_read(struct str word, enum void_rule *ret) MUST_USE;

// What the caller already knows of the log.
enum ref_use { REF_FREE, REF_USED, REF_SERIAL_USED };
struct record_log {
    const struct record_keys *keys;
    void *context; // borrowed
    // Was this ref, or its serial under another year, used by a valid record at a smaller index?
    enum ref_use (*ref_use)(void *context, struct str origin, struct leaf_index index,
                            const struct ref *ref);
};
// What is in hand: the entry and, unless it stands as it is, its body.
struct record_found {
    struct bytes entry;
    struct bytes blob;     // as named by the entry; the open body, or the age file
    struct bytes plain;    // the opened age file; sealed only
    struct str our_origin; // author's or addressee's; empty for an auditor; sealed only
};
enum {
    RECORD_JUDGE_BYTES = 262144
}; // room the arena must have, so that a verdict never hangs on it
// Finds the first rule broken. True when there is a verdict: on VOID_NOT `ret` is set; on any other
// rule `ret` is untouched and `err` holds the sentence (ERR_VOID, or ERR_UNSUPPORTED for
// VOID_NOT_UNKNOWN_TYPE, which voids nothing). A future claimed time is no rule
// (record_time_is_ahead). An entry of type `keys` is valid when record_keys.is_manifest says so.
//   errors  ERR_TAMPERED  the blob is not the one the entry names: that says nothing about the
//   entry
//           ERR_LIMIT     less than RECORD_JUDGE_BYTES of room
bool record_judge(struct arena *a, const struct record_log *log, struct record_place place,
                  const struct record_found *found, enum void_rule *ret_rule,
                  struct verified_record *ret, struct err *err) MUST_USE;
#endif
