// cli/process.h - what each process does once it was exec'ed: "elchi process NAME FOLDER ...".
//
// Holds: reading the descriptors it was given, opening what is its own, serving until told to stop.
// Knows nothing of: the other processes.
// Source: DESIGN section 9. People never call this; the supervisor does.
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

// Returns the exit code. Arguments: NAME FOLDER, then pairs of a word and a descriptor's number.
int process_main(int count, char **arguments);
#endif
