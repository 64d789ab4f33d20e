// record/fields.h - the lines records are made of, read and written one way for all types.
//
// Holds: one helper per kind of value; each fails the reader with a sentence, or writes one line.
// Knows nothing of: which lines a type has (record/type/), what they mean.
#ifndef RECORD_FIELDS_H
#define RECORD_FIELDS_H
#include "base/lines.h"
#include "record/address.h"

// Readers: on failure the lines are marked failed and the value is zero.
struct str lines_origin(struct lines *l, struct str key);
struct address lines_address(struct lines *l, struct str key);
struct moment lines_moment(struct lines *l, struct str key);
struct digest lines_digest(struct lines *l, struct str key);
struct named_record lines_named_record(struct lines *l, struct str key);
bool lines_yes_no(struct lines *l, struct str key);
uint64_t lines_decimal(struct lines *l, struct str key, uint64_t max);
// Marks the reader failed because the arena's limit is met. Returns false.
bool lines_full(struct lines *l);
// Marks the reader failed with ERR_LIMIT and a sentence. Returns false.
bool lines_too_many(struct lines *l, const char *what, size_t max);
// How many lines from here on begin with this key, one after the other.
size_t lines_count_of(const struct lines *l, struct str key);

// "sha256:HEX", as a field of a value with several.
bool field_digest(struct fields *f, struct digest *ret) MUST_USE;
bool field_decimal(struct fields *f, uint64_t max, uint64_t *ret) MUST_USE;

void put_digest(struct buffer *out, const char *key, const struct digest *d);
void put_named_record(struct buffer *out, const char *key, const struct named_record *n);
void put_moment(struct buffer *out, const char *key, struct moment at);
#endif
