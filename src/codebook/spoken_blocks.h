// codebook/spoken_blocks.h - what was heard, cut into blocks; for spoken.c and spoken_hear.c.
//
// Holds: telling blocks apart in a text, reading one, and the sum over what belongs together.
// Knows nothing of: what a line says.
#ifndef CODEBOOK_SPOKEN_BLOCKS_H
#define CODEBOOK_SPOKEN_BLOCKS_H
#include "codebook/spoken.h"

enum { SPOKEN_SUM_GROUPS = 2 };
// The two groups that say that heading and lines belong together.
void spoken_sum_begin(struct hash *sum);
void spoken_sum_line(struct hash *sum, struct str symbols);
void spoken_sum_end(struct hash *sum, uint32_t ret_groups[SPOKEN_SUM_GROUPS]);

// One block as it was written down. Where it agrees, its fields are what was said; where it does
// not, they are a hint at where to ask.
struct raw_block {
    char text[SPOKEN_BLOCK_CHARS_MAX + 1];
    size_t len;
    bool agrees;
    bool strange;           // a character that is no symbol, or too many of them
    uint32_t line;          // HEARD_NOWHERE when its two symbols name none
    uint32_t number, count; // 0 to 31
};
// A message of an SMS: "XA/XB-2026-0012 2/3:".
struct raw_message {
    struct str ref; // as written, borrowed
    uint32_t number, count;
    bool strange; // not of that form
};
struct raw {
    struct raw_block *blocks;
    size_t blocks_count;
    struct raw_message *messages;
    size_t messages_count;
};
enum { RAW_MESSAGES_MAX = 2048 }; // 3104 blocks, two of them at least in an SMS, with room
//   errors  ERR_LIMIT
bool raw_cut(struct bytes text, struct arena *a, struct raw *ret, struct err *err) MUST_USE;
#endif
