// base/json.h - the JSON library behind one small door, strict.
//
// Holds: reading (duplicate keys, trailing octets, too deep or too large are refused) and RFC 8785
// canonical writing. The tree is Jansson's own (json_t), owned by the caller (json_decref).
// Source: RFC 8259, RFC 7493 (I-JSON), RFC 8785.
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "base/arena.h"

#include <jansson.h>

bool json_read(struct bytes sent, json_t **ret_owned, struct err *err) MUST_USE;
// Canonical form (RFC 8785) into the arena.
bool json_canon(const json_t *value, struct arena *a, struct bytes *ret, struct err *err) MUST_USE;
json_t *json_str(struct str s); // a JSON string; owned; ends the process when memory is out
#endif
