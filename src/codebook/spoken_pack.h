// codebook/spoken_pack.h - a line of phrases as symbols of the spoken alphabet, and back.
//
// Holds: how each type of value is written in 32 symbols, so that a person with the printed book
// can read it too. Byte for byte: what is unpacked is the line that was packed. Knows nothing of:
// blocks, check characters (codebook/spoken.h). Source: DESIGN section 6.
//
//   SIZE   MEANING
//   1      the phrase's family; O is written 0
//   2      its number
//   then for each parameter given, in the book's order:
//   1      the parameter's place in the phrase: 1 to 9, A for the tenth
//   ...    its value:
//          a table's code   2 digits, its place in the table: 01 is the first
//          time             14 digits YYYYMMDDhhmmss
//          interval         28 digits, two times
//          count, AS        digits, then Z
//          duration         D, H, M or S; digits; Z
//          prefix           4, length in 2 digits, 3 digits for each octet begun
//                           6, length in 3 digits, 1 hexadecimal digit for each four bits begun
//          hash             1 md5, 2 sha1, 3 sha256, 4 sha512; its hexadecimal digits
//          line             2 digits
//          anything else    a text, then Z
//   0 to 3 zeros fill the last block.
//
// A text: digits and the letters A to W but I, L, O, U stand for themselves, in the case usual for
// the type (capitals in a State, a level, a reference, a vulnerability and a marking, else small).
// Y and a symbol is another character, X and a symbol a letter of the other case:
//   symbol 0123456789ABCDEFGHJKMNPQRSTVWXYZ
//   Y      oilu!"#$()&\:.[]>-;_,+%?*/~'@xyz
//   X      OILU<^`{|}ABCDEFGHJKMNPQRSTVWXYZ
#ifndef CODEBOOK_SPOKEN_PACK_H
#define CODEBOOK_SPOKEN_PACK_H
#include "codebook/line.h"

enum spoken_case { SPOKEN_SMALL, SPOKEN_CAPITAL };

// The text of a visible ASCII value without '=', ended by Z.
void spoken_put_text(struct writer *to, enum spoken_case usual, struct str text);
// Zero-filled decimal number.
void spoken_put_number(struct writer *to, uint64_t number, size_t digits);
void spoken_put_time(struct writer *to, struct moment at);

// Symbols still to be read; a failed one stays failed.
struct spoken_in {
    struct str rest; // symbols of the alphabet only
    bool failed;
};
void spoken_take_text(struct spoken_in *in, enum spoken_case usual, struct writer *ret);
uint64_t spoken_take_number(struct spoken_in *in, size_t digits);
struct moment spoken_take_time(struct spoken_in *in);
char spoken_take(struct spoken_in *in); // '\0' when failed

// Appends the symbols of a line to `to`; the number of the line is not among them.
//   errors  ERR_NOT_FOUND  a phrase the book does not hold: it has no places for its parameters
//           ERR_MALFORMED  the line breaks a rule of the book
//           ERR_LIMIT      no room in `to`
bool spoken_pack_line(const struct book *book, const struct phrase_line *line, struct writer *to,
                      struct err *err) MUST_USE;
// The line of the symbols, zeros that fill the block included.
//   errors  ERR_MALFORMED  the symbols are no line of this book, or not its one spelling
bool spoken_unpack_line(const struct book *book, uint32_t number, struct str symbols,
                        struct arena *a, struct phrase_line *ret, struct err *err) MUST_USE;
// A value of any type alone, as in a line.
void spoken_put_value(struct writer *to, const struct value *value);
#endif
