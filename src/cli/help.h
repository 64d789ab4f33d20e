// cli/help.h - help, completion and the manual page, printed from the table of commands.
//
// Holds: everything a person reads about commands before running one.
// Knows nothing of: what a command does.
// Source: STYLE section 10; exit codes from base/err.h.
#ifndef CLI_HELP_H
#define CLI_HELP_H
#include "cli/command.h"

// `elchi help WORDS...`; returns the exit code.
int help_main(int count, char **words);
void help_command(const struct command *c); // one command whole
// Says on standard error which commands begin with the word, or how to list them all.
void help_unknown(const char *word);
#endif
