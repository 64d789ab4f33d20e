// cli/cmd_heard.h - how a list of records shows what was heard beside them.
//
// Holds: a row of what was heard, and what is known of it, in words.
// Knows nothing of: records. A heard message is shown so that nobody takes it for one.
// Source: DESIGN section 4 (promise 10); docs/spoken.md.
#ifndef CLI_CMD_HEARD_H
#define CLI_CMD_HEARD_H
#include "base/json.h"

// Three lines: reference and when it was heard; what is known of it; its name and who typed it.
void heard_say_row(const json_t *row);
// "heard, not proven", "HEARD, AND THE RECORD THAT CAME DIFFERS: line 02 ...", without a line end.
void heard_say_state(const json_t *row);
#endif
