// codebook/spoken_aloud.h - the spoken form as a person reads it: aloud, on a page, as SMS.
//
// Holds: words for symbols in the reader's language, what to say before and after, pages of plain
// text, messages of 160 characters.
// Knows nothing of: hearing; records.
// Source: DESIGN section 6; ICAO Annex 10, volume II, 5.2.1.3 (words, a table of the book); 3GPP TS
// 23.038 (the alphabet of an SMS).
#ifndef CODEBOOK_SPOKEN_ALOUD_H
#define CODEBOOK_SPOKEN_ALOUD_H
#include "codebook/render.h"
#include "codebook/spoken.h"

// "Zero Two Tree Bravo / Alfa ...": the block word by word, a stroke between groups.
bool spoken_words(const struct render_with *with, const struct spoken_block *block, struct arena *a,
                  struct str *ret, struct err *err) MUST_USE;
// "0211 BTK5 ...": groups of four, NUL-terminated.
enum { SPOKEN_SHOWN_CHARS = 25 };
void spoken_shown(const struct spoken_block *block, char ret_text[SPOKEN_SHOWN_CHARS]);
// All of it for reading aloud: how to begin, each block as groups and as words, how to end.
bool spoken_aloud(const struct render_with *with, const struct spoken *spoken, struct arena *a,
                  struct str *ret, struct err *err) MUST_USE;
// What to ask for, one sentence for each place; empty when all was heard.
bool spoken_again(const struct render_with *with, const struct heard *heard, struct arena *a,
                  struct str *ret, struct err *err) MUST_USE;

// Messages of at most 160 characters of the GSM 7-bit default alphabet (one septet each), each with
// the reference, its number, and whole blocks: "XA/XB-2026-0012 1/3:00151...=0025...=".
enum { SPOKEN_SMS_CHARS_MAX = 160 };
bool spoken_sms(const struct spoken *spoken, struct arena *a, const struct str **ret,
                size_t *ret_count, struct err *err) MUST_USE;

// Pages of plain text, PAGE_COLUMNS wide, a form feed between two: banner, heading, blocks, both
// renderings, check groups, room for a signature, "page n of m" on each.
struct fax {
    const struct spoken *spoken;
    const struct phrase_line *lines;
    size_t lines_count;
    const struct render_with *ours, *theirs; // the reader's language here and there
};
bool spoken_fax(const struct fax *fax, struct arena *a, struct str *ret, struct err *err) MUST_USE;
#endif
