// cli/guided_value.h - what is typed for a parameter or a choice, read as people mean it.
//
// Holds: friendly spellings to the one canonical, numbers of choices, examples.
// Knows nothing of: steps and screens.
// Source: codebook/parameter.h (canonical spellings), cli/when.h (times).
#ifndef CLI_GUIDED_VALUE_H
#define CLI_GUIDED_VALUE_H
#include "cli/guided.h"

// What was typed for the parameter that is asked for, in its canonical spelling, and as people read
// it. False with ERR_NONE in err: it is no such value.
bool guided_value(struct guided *g, struct str typed, struct moment now, struct str *ret,
                  struct str *ret_shown, struct err *err) MUST_USE;
// How such a value is written: "198.51.100.0/24". Empty where there is a choice.
struct str guided_example(const struct book_parameter *p);
// A table whose codes are digits is not numbered anew: "3" must mean 3.
bool guided_codes_are_digits(const struct book_table *table);
// Is it needed because none of those of which one is needed has been given?
bool guided_one_of_open(const struct guided *g);
// The number typed, in digits of any script we know, from 1 to `count`; *ret is the place from 0.
bool guided_pick(struct str typed, size_t count, size_t *ret);
#endif
