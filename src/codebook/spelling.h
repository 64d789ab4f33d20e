// codebook/spelling.h - how each parameter type finds its canonical spelling; for parameter.c.
//
// Holds: one function per type. Each reads what was typed, writes the one canonical form and the
// meaning beside it; parameter.c compares the two. Nothing here guesses at meaning.
// Knows nothing of: phrases.
#ifndef CODEBOOK_SPELLING_H
#define CODEBOOK_SPELLING_H
#include "codebook/parameter.h"

struct spelling {
    struct str typed;
    struct writer to;   // the canonical form
    struct value value; // what it means; text is set by parameter.c
    const struct book_table *table;
    const struct electorate *states;
    struct err *err;
};
bool spelling_refuse(struct spelling *s, const char *why);
void spelling_put(struct spelling *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// ASCII only, and independent of any locale.
char ascii_lower(char c);
char ascii_upper(char c);
bool ascii_is_digit(char c);
bool ascii_is_lower(char c);
bool ascii_is_upper(char c);
bool ascii_is_hex(char c); // either case
// Digits with any leading zeros, at most `max`; takes them off `rest`.
bool digits_take(struct str *rest, uint64_t max, uint64_t *ret);

bool spelling_time(struct spelling *s);
bool spelling_interval(struct spelling *s);
bool spelling_duration(struct spelling *s);

bool spelling_prefix(struct spelling *s);
bool spelling_as(struct spelling *s);
bool spelling_domain(struct spelling *s);
bool spelling_url(struct spelling *s);
// The canonical form of a host's name, appended to s->to.
bool spelling_host(struct spelling *s, struct str typed);
// The octets of a canonical prefix's address; true when it is an IPv4 one (four octets, else 16).
bool prefix_octets(struct str prefix, uint8_t ret_octets[16]);
// An address without a length, appended to s->to; false when it is none.
bool spelling_address4(struct spelling *s, struct str typed);
bool spelling_address6(struct spelling *s, struct str typed);

bool spelling_hash(struct spelling *s);
bool spelling_product(struct spelling *s);
bool spelling_vulnerability(struct spelling *s);
bool spelling_reference(struct spelling *s);
bool spelling_language(struct spelling *s);
bool spelling_state(struct spelling *s);
bool spelling_level(struct spelling *s);
#endif
