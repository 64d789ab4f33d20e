// record/registry.h - the list of record types this program knows.
//
// Holds: one row per type. A new type is one file in record/type/ and one row here
// (docs/record-types.md).
#ifndef RECORD_REGISTRY_H
#define RECORD_REGISTRY_H
#include "record/record.h"

// NULL: this program does not know the type.
const struct record_type *record_type_find(struct str name);
const struct record_type *record_type_at(size_t index); // NULL past the end
#endif
