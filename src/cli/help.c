#include "cli/help.h"

#include <stdio.h>

// Where a new group begins in the list; the table keeps the order.
static const struct {
    const char *first, *title;
} groups[] = {
    {"init", "Founding a State's node"},
    {"root new", "Root holders, on machines without a network"},
    {"order challenge", "Orders of the roots to the keeper, at the node"},
    {"officer new", "Officers and the register of approvers"},
    {"serve", "Running the node"},
    {"community new", "Community, keys and partners"},
    {"codebook list", "The codebook"},
    {"draft", "Writing and releasing"},
    {"inbox", "Reading"},
    {"verify", "Checking and proving"},
    {"bundle write", "By courier"},
    {"rebuild", "Keeping the node"},
};

// What each exit code tells whoever runs a command, and what to do.
static const char *const exits[] = {
    [ERR_NONE] = "done",
    [ERR_USAGE] = "the command line is wrong, or nobody said yes; nothing was done",
    [ERR_MALFORMED] = "a file or an answer is not of the format it should be",
    [ERR_DENIED] = "well-formed, but not allowed: a right, an approval or a key is missing",
    [ERR_NOT_FOUND] = "it names something that is not held here",
    [ERR_CONFLICT] = "it contradicts what is already there",
    [ERR_LIMIT] = "above a bound, such as a size",
    [ERR_TAMPERED] = "a hash or a signature does not fit; for `doctor`: something is gravely wrong",
    [ERR_UNSUPPORTED] = "refused on purpose, or not known to this program",
    [ERR_IO] = "the disk, a socket or a library failed",
    [ERR_BUSY] = "something else is at work there; try again",
    [ERR_UNANCHORED] = "consistent, but nothing from outside anchors it",
    [ERR_OFFLINE] = "the other side does not answer; try again",
    [ERR_GAP] = "entries before these are missing; fetch them first",
    [ERR_LOCKED] = "the keeper signs nothing at present; `elchi status` says why",
    [ERR_VOID] = "it stands in a log, but breaks a rule",
};
_Static_assert(sizeof exits / sizeof exits[0] == ERR_KIND_COUNT, "a meaning per exit code");

static bool is_tool(const struct command *c)
{
    return strncmp(c->name, "test-", 5) == 0;
}

// -- on the screen -------------------------------------------------------------------------------
void help_command(const struct command *c)
{
    say("elchi %s%s%s\n\n%s.\n", c->name, c->arguments[0] == '\0' ? "" : " ", c->arguments,
        c->says);
    if (c->more != NULL)
        say("\n%s\n", c->more);
    say("\nOptions:\n");
    for (int o = 0; o < OPTION_COUNT; o++) {
        char left[64];
        const struct option_row *row = command_option((enum command_option)o);
        if (((c->options | OPTIONS_ALWAYS) & OPTION(o)) == 0)
            continue;
        (void)snprintf(left, sizeof left, "%s %s", row->word, row->value == NULL ? "" : row->value);
        say("  %-32s %s%s\n", left, row->says, row->many ? " (may be repeated)" : "");
    }
    say("\nExit codes: 0 done, 1 wrong usage; `elchi help exit` lists the others.\n");
}

static void say_list(void)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    say("elchi: coded, sealed, provable messages between States on ICT incidents\n\n"
        "usage: elchi COMMAND [ARGUMENTS] [OPTIONS]\n");
    for (size_t i = 0; i < rows; i++) {
        if (is_tool(&table[i]))
            continue;
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
            if (strcmp(groups[g].first, table[i].name) == 0)
                say("\n%s%s%s\n", style_bold(), groups[g].title, style_plain());
        say("  %-18s %s\n", table[i].name, table[i].says);
    }
    say("\n`elchi help COMMAND` says more; `elchi help exit` lists the exit codes.\n"
        "`man elchi` is the manual; docs/operate.md takes a new node from founding to backup.\n");
}

static void say_exits(void)
{
    say("Exit codes:\n");
    for (int k = 0; k < ERR_KIND_COUNT; k++)
        say("  %2d  %-12s %s\n", err_kind_exit((enum err_kind)k), err_kind_word((enum err_kind)k),
            exits[k]);
    say("\nWith --json the word stands in `error`, or in `exit` beside an answer.\n");
}

// For bash: the words that may follow.
static void say_completion(void)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    say("_elchi() {\n    local words=\"");
    for (size_t i = 0; i < rows; i++)
        say("%s%s", i == 0 ? "" : " ", table[i].name);
    for (int o = 0; o < OPTION_COUNT; o++)
        say(" %s", command_option((enum command_option)o)->word);
    say("\"\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
        "complete -o default -F _elchi elchi\n");
}

// -- the manual page, as scdoc reads it ----------------------------------------------------------
// Underscores, asterisks and backslashes mean something to scdoc; in our words they are themselves.
static void say_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        say(strchr("_*\\`", text[i]) != NULL ? "\\%c" : "%c", text[i]);
}

static void say_words(const char *text)
{
    say_plain(text, strlen(text));
}

// A hyphen at the start of a line would begin a list.
static void say_line(const char *text, size_t len)
{
    say(len > 0 && text[0] == '-' ? "\\" : "");
    say_plain(text, len);
}

// Lines that begin with two spaces are examples and stay as they are; others are paragraphs.
static void say_more(const char *more)
{
    bool literal = false;
    while (*more != '\0') {
        size_t len = strcspn(more, "\n");
        bool example = strncmp(more, "  ", 2) == 0;
        if (example != literal)
            say(literal ? "```\n\n" : "\n```\n");
        literal = example;
        if (literal)
            say("%.*s", (int)len, more);
        else
            say_line(more, len);
        say("\n");
        more += len + (more[len] == '\n' ? 1 : 0);
    }
    say(literal ? "```\n\n" : "\n");
}

static void say_manual_command(const struct command *c)
{
    bool first = true;
    say("## elchi %s ", c->name);
    say_words(c->arguments);
    say("\n\nTo ");
    say_words(c->says);
    say(".\n\n");
    if (c->more != NULL)
        say_more(c->more);
    for (int o = 0; o < OPTION_COUNT; o++) {
        if ((c->options & OPTION(o)) == 0)
            continue;
        say("%s*%s*", first ? "Options: " : ", ", command_option((enum command_option)o)->word);
        first = false;
    }
    say(first ? "" : ".\n\n");
}

static void say_manual_options(void)
{
    say("# OPTIONS\n\nEvery command takes *--json* and *--help*. *--* ends the options.\n\n");
    for (int o = 0; o < OPTION_COUNT; o++) {
        const struct option_row *row = command_option((enum command_option)o);
        say("*%s* ", row->word);
        say_words(row->value == NULL ? "" : row->value);
        say("\n\t");
        say_words(row->says);
        say("%s.\n\n", row->many ? "; may be repeated" : "");
    }
}

static void say_manual_end(void)
{
    say("# EXIT STATUS\n\n");
    for (int k = 0; k < ERR_KIND_COUNT; k++) {
        say("*%d* (%s)\n\t", err_kind_exit((enum err_kind)k), err_kind_word((enum err_kind)k));
        say_words(exits[k]);
        say(".\n\n");
    }
    say("# ENVIRONMENT\n\n"
        "*ELCHI\\_NODE*\n\tthe node's folder, where *--node* is not given\n\n"
        "*ELCHI\\_OFFICER*\n\tthe officer's key file, where *--officer* is not given\n\n"
        "*ELCHI\\_PASSPHRASE\\_FILE*\n\twhere the key file's passphrase is, without "
        "*--passphrase-file*\n\n"
        "*ELCHI\\_LANG*\n\tthe reader's language, where *--lang* is not given\n\n"
        "*NO\\_COLOR*\n\tno bold text on a terminal; elchi uses no colour\n\n"
        "# SEE ALSO\n\n*elchi-node*(5), *elchi-formats*(7)\n");
}

static void say_manual(void)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    say("elchi(1)\n\n# NAME\n\nelchi - coded, sealed, provable messages between States on ICT "
        "incidents\n\n"
        "# SYNOPSIS\n\n*elchi* _COMMAND_ [_ARGUMENTS_] [_OPTIONS_]\n\n"
        "# DESCRIPTION\n\nOne program runs a State's node and does everything with it. Commands "
        "that speak with a node find it by *--node*; where none runs, keeper and clerk are started "
        "for the length of the command. With *--json* exactly one JSON object is printed.\n\n"
        "# COMMANDS\n\n");
    for (size_t i = 0; i < rows; i++)
        say_manual_command(&table[i]);
    say_manual_options();
    say_manual_end();
}

// -- which of them -------------------------------------------------------------------------------
void help_unknown(const char *word)
{
    size_t rows;
    size_t len = strlen(word);
    bool any = false;
    const struct command *table = command_table(&rows);
    (void)fprintf(stderr, "elchi: there is no command %.60s;", word);
    for (size_t i = 0; i < rows; i++) {
        if (strncmp(table[i].name, word, len) != 0 || table[i].name[len] != ' ')
            continue;
        (void)fprintf(stderr, "%s `elchi %s`", any ? "," : " there is", table[i].name);
        any = true;
    }
    (void)fprintf(stderr, any ? "\n" : " `elchi help` lists them\n");
}

int help_main(int count, char **words)
{
    int used = 0;
    const struct command *c = count == 0 ? NULL : command_find(count, words, &used);
    if (count == 0)
        say_list();
    else if (strcmp(words[0], "exit") == 0)
        say_exits();
    else if (strcmp(words[0], "completion") == 0)
        say_completion();
    else if (strcmp(words[0], "manual") == 0)
        say_manual();
    else if (c != NULL)
        help_command(c);
    else
        return (void)help_unknown(words[0]), err_kind_exit(ERR_USAGE);
    return 0;
}
