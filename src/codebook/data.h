// codebook/data.h - the files of codebook/ as tools/embed carries them; for embedded.c and
// print.c.
//
// Holds: declarations of the generated arrays, ordered by file name; the frame of the printed book.
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
extern const struct embedded_file codebook_print_files[]; // docs/codebook.in.md
extern const size_t codebook_print_files_count;
#endif
