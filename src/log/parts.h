// log/parts.h - pieces that several of this room's text formats share. Of use inside log only.
//
// Holds: raw lines of a file whose rest is a note, and the lines of a Merkle proof.
// Source: C2SP tlog-witness and tlog-proof: one base64 hash a line, then an empty line.
#ifndef LOG_PARTS_H
#define LOG_PARTS_H
#include "log/merkle.h"

// Takes one line without its LF; the reader fails where none ends. The octets are not proven to be
// text: pass them to a reader of numbers or base64, or to text_check_line.
struct str parts_line(struct reader *r);
// Takes "WORD " in front of a line's value; the reader fails when the line begins otherwise.
struct str parts_value(struct reader *r, struct str word);
// 0 to 63 lines of one hash each, and the empty line behind them.
bool parts_hashes_read(struct reader *r, struct proof_made *ret, const char *clause,
                       struct err *err) MUST_USE;
void parts_hashes_write(const struct proof_made *proof, struct writer *w);
void parts_number_write(struct str before, uint64_t n, struct writer *w); // and an LF
// base64_read for padded text of any octets: those above ASCII are refused first, because libsodium
// 1.0.18, which base64_read rests on, takes some of them for letters.
bool parts_base64_read(struct str text, uint8_t *ret_octets, size_t cap, size_t *ret_size) MUST_USE;
#endif
