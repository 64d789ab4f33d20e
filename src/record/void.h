// record/void.h - which rule a record standing in a verified log breaks, if any.
//
// Holds: the closed list of rules, their stable words, and the one order in which they are tried.
// Knows nothing of: replication. What stands in a verified log stays there whatever is said here.
// Source: FORMATS section 1 ("What stands in a verified log"); DESIGN 5.1, 5.2.
#ifndef RECORD_VOID_H
#define RECORD_VOID_H
#include "record/body.h"
#include "record/record.h"

#define RECORD_RULES(X) /* name, stable word, void?, what it means */                             \
    X(RULE_NONE, "valid", false, "breaks no rule")                                                \
    X(RULE_UNKNOWN_TYPE, "unknown-type", false, "of a type this program does not know")           \
    X(RULE_ENTRY, "entry", true, "the entry is neither a commitment nor a record")                \
    X(RULE_BLOB, "swapped-body", true, "the body is not the one the entry names")                 \
    X(RULE_BODY, "body", true, "the opened body is malformed")                                    \
    X(RULE_HEADER, "swapped-payload", true, "the inner header names another author or addressee") \
    X(RULE_COMMITMENT, "commitment", true, "the entry does not commit to this note")              \
    X(RULE_TEXT, "text", true, "the record's text is malformed")                                  \
    X(RULE_LOG, "wrong-log", true, "it names another log than the one it stands in")              \
    X(RULE_STATE, "wrong-state", true, "its State does not belong to this origin")                \
    X(RULE_SIGNATURES, "signatures", true, "it does not carry exactly one signature line")        \
    X(RULE_KEY, "wrong-key", true, "not signed by the key in force at its index")                 \
    X(RULE_KIND, "wrong-kind", true,                                                              \
      "sealed, open and as-it-is do not agree with its type or ref")                              \
    X(RULE_REF, "reused-ref", true, "its reference is already used in this log")                  \
    X(RULE_SERIAL, "reused-serial", true, "its number is already used under another year")
#define RULE_ENUM(name, word, is_void, meaning) name,
enum record_rule { RECORD_RULES(RULE_ENUM) RECORD_RULE_COUNT };
#undef RULE_ENUM
const char *record_rule_word(enum record_rule rule);    // "reused-ref"; static
const char *record_rule_meaning(enum record_rule rule); // one English clause; static
bool record_rule_is_void(enum record_rule rule);
bool record_rule_read(struct str word, enum record_rule *ret) MUST_USE;

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
    struct str our_origin; // whose desk opened it: author or addressee; sealed only
};
// Finds the first rule broken; RULE_NONE and RULE_UNKNOWN_TYPE void nothing. On RULE_NONE `ret` is
// set; on any other rule `err` holds the sentence (ERR_VOID or ERR_UNSUPPORTED). A future claimed
// time is no rule (record_time_is_ahead). An entry of type `keys` is valid when
// record_keys.is_manifest says so.
enum record_rule record_judge(struct arena *a, const struct record_log *log,
                              struct record_place place, const struct record_found *found,
                              struct verified_record *ret, struct err *err) MUST_USE;
#endif
