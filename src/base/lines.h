// base/lines.h - the reader and writer of every text format of ours: typed lines.
//
// Holds: lines of "key value", in an order the caller's table fixes, each ended by LF, fields
// separated by one space, only the last may contain spaces. What is read writes back the same.
// Knows nothing of: what the keys mean.
//
// Example (a test decodes it):
//   elchi entry v1\n
//   kind open\n
//   body sha256:6b0c... 482\n
#ifndef BASE_LINES_H
#define BASE_LINES_H
#include "base/text.h"

struct lines {
    struct str rest;
    size_t number;    // of the line read last; 1 is the first
    bool failed;      // sticks
    struct err *err;  // borrowed; set once, at the first failure
    const char *what; // the format's name, for sentences: "record"
};

// `text` must end in LF (an empty text has no lines).
void lines_init(struct lines *l, const char *what, struct str text, struct err *err);
// Takes the next line whole, without its LF.
struct str lines_any(struct lines *l);
// Takes the next line, which must be exactly this.
void lines_exact(struct lines *l, struct str line);
// Takes the next line, which must be "key value"; yields value (never empty).
struct str lines_value(struct lines *l, struct str key);
// The same, but leaves the line alone and yields false when its key is another.
bool lines_optional(struct lines *l, struct str key, struct str *ret_value);
// Is the next line's first field this key?
bool lines_next_is(const struct lines *l, struct str key);
bool lines_more(const struct lines *l); // false at the end or once failed
// Marks the reader failed with a sentence that names the format and the line. Returns false.
bool lines_fail(struct lines *l, const char *clause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
// No line is left and none failed. Otherwise err is set.
bool lines_done(struct lines *l) MUST_USE;

// Fields of one value. `field_next` takes up to the next space; `field_rest` all that is left.
struct fields {
    struct str rest;
    bool failed;
};
static inline struct fields fields_of(struct str value)
{
    return (struct fields){value, false};
}
struct str field_next(struct fields *f); // fails when empty
struct str field_rest(struct fields *f); // fails when empty
static inline bool fields_done(const struct fields *f)
{
    return !f->failed && f->rest.len == 0;
}
#endif
