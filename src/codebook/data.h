// codebook/data.h - the files of codebook/ as tools/embed carries them; for embedded.c.
//
// Holds: declarations of the generated array, ordered by file name.
// Knows nothing of: what the files mean.
#ifndef CODEBOOK_DATA_H
#define CODEBOOK_DATA_H
#include "base/bytes.h"

struct embedded_file {
    const char *name; // "ru.txt"
    struct bytes content;
};
extern const struct embedded_file codebook_files[];
extern const size_t codebook_files_count;
#endif
