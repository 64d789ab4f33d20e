// clerk/shown.h - putting fields into the JSON that is shown (docs/json.md).
//
// Holds: one function per kind of value, so that a time, a hash or "none" looks alike everywhere.
// Knows nothing of: what is shown.
// Source: docs/json.md, its conventions.
#ifndef CLERK_SHOWN_H
#define CLERK_SHOWN_H
#include "base/json.h"
#include "base/text.h"
#include "crypto/hash.h"

json_t *shown_object(void); // owned by the caller
json_t *shown_array(void);
void shown_put(json_t *object, const char *key, json_t *value_owned);
void shown_add(json_t *array, json_t *value_owned);
void shown_null(json_t *object, const char *key);
void shown_str(json_t *object, const char *key, struct str value);
void shown_word(json_t *object, const char *key, const char *value); // static text of ours
void shown_number(json_t *object, const char *key, uint64_t value);
void shown_bool(json_t *object, const char *key, bool value);
void shown_time(json_t *object, const char *key, struct moment at);         // 0: null
void shown_digest(json_t *object, const char *key, const struct digest *d); // zero: null
json_t *shown_digest_value(const struct digest *d);
#endif
