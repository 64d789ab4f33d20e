// codebook/rules.h - the eighteen rules by which a codebook is made.
//
// Holds: each rule in one sentence, its parents, and how it is kept: by what a machine finds, by
// the way the formats are built, or by people.
// Knows nothing of: any one book.
// Source: refs 6.10; each row names the parents of its rule.
#ifndef CODEBOOK_RULES_H
#define CODEBOOK_RULES_H
#include "base/check.h"

#include <stdbool.h>
#include <stdint.h>

enum { BOOK_RULES_COUNT = 18 };
struct book_rule {
    uint32_t number; // 1 to 18
    const char *rule, *parents, *how;
    bool by_machine; // false: people keep it, with what `how` gives them
};
const struct book_rule *book_rule(uint32_t number);
#endif
