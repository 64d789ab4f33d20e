// cli/guided_screen.h - what stands on the screen at each step of the guided composition.
//
// Holds: one screen per step, in the reader's words; the message so far in both languages.
// Knows nothing of: how an answer changes anything; terminals.
// Source: cli/guided.h.
#ifndef CLI_GUIDED_SCREEN_H
#define CLI_GUIDED_SCREEN_H
#include "cli/guided.h"

// Fills screen and question for where the machine stands.
bool guided_show(struct guided *g, bool help, struct err *err) MUST_USE;
#endif
