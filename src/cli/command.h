// cli/command.h - commands: one table that also prints help, completion and the manual page.
//
// Holds: what a command is, its options, and what every command is given.
// Knows nothing of: what a command does. Each command is a function of the file its group has.
// Source: STYLE section 10; exit codes from base/err.h.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H
#include "base/json.h"
#include "base/world.h"

#define COMMAND_OPTIONS(X) /* name, word, its value or NULL, may stand more than once, says */     \
    X(OPTION_NODE, "--node", "FOLDER", false, "the node's folder (else $ELCHI_NODE, else .)")      \
    X(OPTION_JSON, "--json", NULL, false, "print one JSON object instead of text")                 \
    X(OPTION_HELP, "--help", NULL, false, "say what the command does")                             \
    X(OPTION_OFFICER, "--officer", "FILE", false, "the officer's key file (else $ELCHI_OFFICER)")  \
    X(OPTION_PASSPHRASE, "--passphrase-file", "FILE", false,                                       \
      "where the key file's passphrase is; else it is asked for")                                  \
    X(OPTION_LANG, "--lang", "LANG", false, "the reader's language (else $ELCHI_LANG, else en)")   \
    X(OPTION_FORM, "--form", "FORM", false, "screen, plain, print or line")                        \
    X(OPTION_WIDTH, "--width", "N", false, "columns of the screen, characters of the line")        \
    X(OPTION_OUT, "--out", "FILE", false, "where to write; it must not exist")                     \
    X(OPTION_COMMUNITY, "--community", "FILE", false, "a community file, or its sha256:HEX")       \
    X(OPTION_TO, "--to", "ADDRESS", false, "XB/technical, XB, or all")                             \
    X(OPTION_FROM, "--from", "ADDRESS", false, "this State's desk (else the addressee's kind)")    \
    X(OPTION_PRECEDENCE, "--precedence", "WORD", false,                                            \
      "ROUTINE (usual), PRIORITY, IMMEDIATE or FLASH")                                             \
    X(OPTION_TLP, "--tlp", "WORD", false,                                                          \
      "CLEAR, GREEN (usual to all), AMBER (usual), AMBER+STRICT or RED")                           \
    X(OPTION_MARKING, "--marking", "XA:CODE", false, "a marking of this State's table")            \
    X(OPTION_EXERCISE, "--exercise", NULL, false, "exercise traffic: says so everywhere")          \
    X(OPTION_TEXT, "--text", "LANG:TEXT", true, "a paragraph of unofficial free text")             \
    X(OPTION_ATTACH, "--attach", "FILE[:NAME[:MEDIA]]", true, "a file to send along")              \
    X(OPTION_REPLACES, "--replaces", "REF", false, "the message this one replaces")                \
    X(OPTION_ANSWERS, "--answers", "REF", false, "the message this one answers")                   \
    X(OPTION_REASON, "--reason", "WORD", false, "why")                                             \
    X(OPTION_APPROVAL, "--approval", "FILE", true, "an approval by `elchi approve`")               \
    X(OPTION_UNTIL, "--until", "TIME", false, "until when (YYYY-MM-DDTHH:MM:SSZ)")                 \
    X(OPTION_DECISION, "--decision", "WORD", false, "release, refuse, export or register")         \
    X(OPTION_STATE, "--state", "CODE", false, "a State's code")                                    \
    X(OPTION_ORIGIN, "--origin", "NAME", false, "a log's origin, such as xa.example/demo")         \
    X(OPTION_DEMO, "--demo", NULL, false, "all at once, marked as a demonstration for ever")       \
    X(OPTION_LISTEN, "--listen", "HOST:PORT", false, "where partners' nodes reach this one")       \
    X(OPTION_MONITOR, "--monitor", "HOST:PORT", false, "checkpoint, tiles and entries for anyone") \
    X(OPTION_DOOR, "--door", "HOST:PORT", false, "health and status over HTTP")                    \
    X(OPTION_ENDPOINT, "--endpoint", "URL", false, "where a partner's node is reached")            \
    X(OPTION_DESKS, "--desks", "A,B", false, "technical,diplomatic,judicial,coordination")         \
    X(OPTION_THRESHOLD, "--threshold", "M", false, "how many of the roots must sign")              \
    X(OPTION_ROOT, "--root", "VKEY", true, "a root's public key")                                  \
    X(OPTION_NEXT, "--next", "VKEY", true, "a next root's public key")                             \
    X(OPTION_KEY, "--key", "FILE", false, "a key file")                                            \
    X(OPTION_RECIPIENT, "--recipient", "AGE1...", true, "an age recipient")                        \
    X(OPTION_IDENTITY, "--identity", "FILE", false, "an age identity file")                        \
    X(OPTION_OFFICERS, "--add-officer", "NAME:VKEY:DESKS:ROLES", true,                             \
      "an officer of the register")                                                                \
    X(OPTION_APPROVALS, "--approvals", "N", false, "officers a release takes, 1 or 2")             \
    X(OPTION_ALL, "--all", NULL, false, "also what is done")                                       \
    X(OPTION_LIMIT, "--limit", "N", false, "at most so many rows")                                 \
    X(OPTION_YES, "--yes", NULL, false, "do what cannot be undone without asking")                 \
    X(OPTION_QUORUM, "--quorum", "K", false, "States other than the author that must cosign")      \
    X(OPTION_MANIFEST, "--manifest", "FILE", false, "the key manifest, signed by the roots")       \
    X(OPTION_MEMBER, "--member", "FILE[@URL]", true, "a State: its signed manifest, its endpoint") \
    X(OPTION_TITLE, "--title", "LANG:TEXT", true, "the name of the community in a language")       \
    X(OPTION_NAME, "--name", "CODE:LANG:TEXT", true, "the name of a State in a language")          \
    X(OPTION_ON, "--on", "WORD", true, "a function to switch on, or all")                          \
    X(OPTION_OFF, "--off", "WORD", true, "a function to switch off, or all")                       \
    X(OPTION_ACT, "--act", "WORD", false, "resume, adopt or retire")                               \
    X(OPTION_CODEBOOK, "--codebook", "FILE", true, "a codebook or rendering beside the program's") \
    X(OPTION_SMS, "--sms", NULL, false, "as messages of at most 160 characters")                   \
    X(OPTION_THEIR_LANG, "--their-lang", "LANG", false, "the other side's language (else en)")     \
    X(OPTION_DROP_OFFICER, "--drop-officer", "NAME", true, "an officer to take out of the register")

// One row of the table above.
struct option_row {
    const char *word, *value; // value: NULL for a flag
    bool many;
    const char *says;
};
#define OPTION_ENUM(name, word, value, many, says) name,
enum command_option { COMMAND_OPTIONS(OPTION_ENUM) OPTION_COUNT };
#undef OPTION_ENUM
#define OPTION(name) (UINT64_C(1) << (name))
// Options that every command takes.
#define OPTIONS_ALWAYS (OPTION(OPTION_JSON) | OPTION(OPTION_HELP))
// Those of commands that speak with a node, and with a node as an officer.
#define OPTIONS_NODE (OPTION(OPTION_NODE) | OPTION(OPTION_PASSPHRASE))
#define OPTIONS_OFFICER (OPTIONS_NODE | OPTION(OPTION_OFFICER) | OPTION(OPTION_LANG))

enum { COMMAND_VALUES_MAX = 32, COMMAND_ARGUMENTS_MAX = 128 };
struct option_values {
    const char *items[COMMAND_VALUES_MAX];
    size_t count; // 1 for a flag that is given
};
struct cli {
    struct world *world;
    struct arena arena; // as long as the command
    const struct command *command;
    const char *arguments[COMMAND_ARGUMENTS_MAX];
    size_t arguments_count;
    struct option_values options[OPTION_COUNT];
};
typedef bool command_run(struct cli *cli, struct err *err);
struct command {
    const char *name;      // one or two words: "proof verify"
    const char *arguments; // "FILE", "[REF]"
    size_t least, most;    // how many arguments
    uint64_t options;      // besides OPTIONS_ALWAYS
    command_run *run;
    const char *says; // one sentence, for the list
    const char *more; // paragraphs, for the manual; NULL: none
};
const struct command *command_table(size_t *ret_count); // sorted as people read it
const struct option_row *command_option(enum command_option o);
// The command with the longest name that the words begin with, or NULL; *ret_words: how many.
const struct command *command_find(int count, char **words, int *ret_words);
// Runs what the arguments say; prints the error; returns the exit code.
int command_main(struct world *w, int count, char **arguments);

// -- for the commands ----------------------------------------------------------------------------
bool option_given(const struct cli *cli, enum command_option o);
const char *option_value(const struct cli *cli, enum command_option o, const char *otherwise);
const char *command_folder(const struct cli *cli); // the node's
// A variable of the environment; unset and empty count the same.
const char *command_environment(const char *name, const char *otherwise);
const char *command_language(const struct cli *cli);

// Output. Text goes to standard output as it comes; with --json exactly one object is printed.
bool command_json(const struct cli *cli);
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
// Hands over the one object, printed when the command ends. An error after it stands in its `exit`.
bool say_json(json_t *object_owned, struct err *err) MUST_USE;
// Progress of long work on standard error, when a person is watching; `all` 0: unknown.
void say_progress(const struct cli *cli, const char *what, uint64_t done, uint64_t all);
void say_progress_done(const struct cli *cli);
bool command_on_terminal(void); // is standard output one?
// Bold only on a terminal, and never with NO_COLOR; no colour anywhere.
const char *style_bold(void);
const char *style_plain(void);
// Asks before what cannot be undone; --yes answers. Without a terminal: ERR_USAGE.
bool command_confirm(const struct cli *cli, const char *question, struct err *err) MUST_USE;
// Writes a file that must not exist yet, mode 0600 or 0644.
bool command_write(struct cli *cli, const char *path, struct bytes content, bool secret,
                   struct err *err) MUST_USE;
// Reads a whole file, "-" being standard input.
bool command_read(struct cli *cli, const char *path, size_t max, struct bytes *ret,
                  struct err *err) MUST_USE;
#endif
