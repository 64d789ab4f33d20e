// cli/when.h - times, spans and durations as people type them at a prompt.
//
// Holds: three pure readings. What was understood is for the caller to show, in UTC.
// Knows nothing of: clocks (the moment counts from is handed in), languages, zones of places.
// Source: docs/codebook.md ("Composing in the terminal").
//
// A time is 2026-07-14T12:00:00Z, 2026-07-14 12:00[:00], 12:00 (the next one, or the last one),
// +4h, -90m, "in 2d", "3h ago", now; after the first three may stand Z, UTC or an offset such as
// +05:00. What bears no offset is UTC. A date alone is refused: it is no moment.
// A span is two of them with "/", " - " or " to " between; "02:10" after a first time is the one
// that follows it. A duration is 90m, 4h, 2d, 30s.
#ifndef CLI_WHEN_H
#define CLI_WHEN_H
#include "base/text.h"

enum when_side {
    WHEN_NEXT, // deadlines: 12:00 is still to come
    WHEN_LAST  // what happened: 12:00 is over
};
// Digits of Arabic, Persian and full-width typing are those of ASCII.
//   errors  ERR_MALFORMED
bool when_read(struct str typed, struct moment now, enum when_side side, struct moment *ret,
               struct err *err) MUST_USE;
bool when_read_span(struct str typed, struct moment now, struct moment *ret_from,
                    struct moment *ret_to, struct err *err) MUST_USE;
bool when_read_duration(struct str typed, uint64_t *ret_s, struct err *err) MUST_USE;

enum { WHEN_TYPED_BYTES_MAX = 96 }; // of a span, generously
// The same with ASCII digits; false when it does not fit into `size` (with a NUL).
bool when_ascii_digits(struct str typed, char *ret_text, size_t size) MUST_USE;
#endif
