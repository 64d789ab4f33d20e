// cli/guided_parts.h - what the guided composition knows of where it stands.
//
// Holds: questions about the machine that its steps and its screens both ask. Changes nothing.
// Knows nothing of: input, screens.
// Source: cli/guided.h.
#ifndef CLI_GUIDED_PARTS_H
#define CLI_GUIDED_PARTS_H
#include "cli/guided.h"

// The book and its words: those for whom is addressed.
const struct guided_speech *guided_speech(const struct guided *g);
const struct book *guided_book(const struct guided *g);
const struct book_table *guided_desks(const struct guided *g);
// The State at this place among those that may be addressed; NULL: there is none.
const struct guided_name *guided_addressee(const struct guided *g, size_t place);
// May this phrase stand in this message: our desk sends it, and it answers what is answered.
bool guided_allowed(const struct guided *g, const struct phrase *p);
// The highest precedence that every line allows.
enum precedence guided_highest(const struct guided *g);
enum precedence guided_usual(const struct guided *g); // where none is chosen
enum guided_next { GUIDED_NEXT_ADD, GUIDED_NEXT_REMOVE, GUIDED_NEXT_DONE, GUIDED_NEXT_COUNT };
size_t guided_nexts(const struct guided *g, enum guided_next ret[GUIDED_NEXT_COUNT]);
#endif
