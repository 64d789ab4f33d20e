#include "cli/command.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES_MAX = 512 << 20 };

static const struct {
    const char *word, *value;
    bool many;
    const char *says;
} options[] = {
#define OPTION_ROW(name, word, value, many, says) [name] = {word, value, many, says},
    COMMAND_OPTIONS(OPTION_ROW)
#undef OPTION_ROW
};
_Static_assert(OPTION_COUNT <= 64, "options are bits of one number");

// -- what commands ask ---------------------------------------------------------------------------
bool option_given(const struct cli *cli, enum command_option o)
{
    CHECK((cli->command->options & OPTION(o)) != 0 || (OPTIONS_ALWAYS & OPTION(o)) != 0);
    return cli->options[o].count > 0;
}

const char *option_value(const struct cli *cli, enum command_option o, const char *otherwise)
{
    return option_given(cli, o) ? cli->options[o].items[cli->options[o].count - 1] : otherwise;
}

const char *command_environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): commands have one thread
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

const char *command_folder(const struct cli *cli)
{
    return option_value(cli, OPTION_NODE, command_environment("ELCHI_NODE", "."));
}

const char *command_language(const struct cli *cli)
{
    return option_value(cli, OPTION_LANG, command_environment("ELCHI_LANG", "en"));
}

bool command_json(const struct cli *cli)
{
    return cli->options[OPTION_JSON].count > 0;
}

// -- output
// ----------------------------------------------------------------------------------------
void say(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vprintf(fmt, args);
    va_end(args);
}

bool say_json(json_t *object_owned, struct err *err)
{
    char *text = object_owned == NULL
                     ? NULL
                     : json_dumps(object_owned, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(object_owned);
    if (text == NULL)
        return err_set(err, ERR_IO, NULL, "cannot write the answer as JSON");
    (void)printf("%s\n", text);
    memory_release(text);
    return true;
}

static bool is_terminal(int fd)
{
    return isatty(fd) == 1;
}

static const char *style(const char *code)
{
    return is_terminal(STDOUT_FILENO) && command_environment("NO_COLOR", NULL) == NULL ? code : "";
}

const char *style_bold(void)
{
    return style("\033[1m");
}

const char *style_dim(void)
{
    return style("\033[2m");
}

const char *style_plain(void)
{
    return style("\033[0m");
}

void say_progress(const struct cli *cli, const char *what, uint64_t done, uint64_t all)
{
    if (command_json(cli) || !is_terminal(STDERR_FILENO))
        return;
    if (all == 0) {
        (void)fprintf(stderr, "\r%s: %llu", what, (unsigned long long)done);
        return;
    }
    enum { WIDTH = 30 };
    unsigned filled = (unsigned)(done >= all ? WIDTH : done * WIDTH / all);
    (void)fprintf(stderr, "\r%s [%.*s%*s] %3llu %%", what, (int)filled,
                  "##############################", (int)(WIDTH - filled), "",
                  (unsigned long long)(done >= all ? 100 : done * 100 / all));
}

void say_progress_done(const struct cli *cli)
{
    if (!command_json(cli) && is_terminal(STDERR_FILENO))
        (void)fprintf(stderr, "\n");
}

bool command_confirm(const struct cli *cli, const char *question, struct err *err)
{
    char answer[8] = "";
    if (option_given(cli, OPTION_YES))
        return true;
    if (!is_terminal(STDIN_FILENO))
        return err_set(err, ERR_USAGE, NULL, "%s This needs a person, or --yes", question);
    (void)fprintf(stderr, "%s Type yes to go on: ", question);
    if (fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0)
        return true;
    return err_set(err, ERR_USAGE, NULL, "nothing was done");
}

// -- files
// -----------------------------------------------------------------------------------------
bool command_write(struct cli *cli, const char *path, struct bytes content, bool secret,
                   struct err *err)
{
    if (strcmp(path, "-") == 0) {
        if (fwrite(content.ptr, 1, content.len, stdout) != content.len)
            return err_set(err, ERR_IO, NULL, "cannot write to standard output");
        return true;
    }
    if (world_exists(cli->world, path))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists and is not overwritten", path);
    return world_write_file(cli->world, path, content, secret ? 0600 : 0644, err);
}

static bool read_standard_input(struct cli *cli, size_t max, struct bytes *ret, struct err *err)
{
    uint8_t chunk[16384];
    struct buffer all;
    size_t n;
    buffer_init(&all, &cli->arena, max);
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        buffer_put(&all, bytes_of(chunk, n));
    if (ferror(stdin) != 0)
        return err_set(err, ERR_IO, NULL, "cannot read standard input");
    return buffer_take(&all, ret, err);
}

bool command_read(struct cli *cli, const char *path, size_t max, struct bytes *ret, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return read_standard_input(cli, max, ret, err);
    return world_read_file(cli->world, path, max, &cli->arena, ret, err);
}

// -- parsing
// --------------------------------------------------------------------------------------- The
// command with the longest name that the words begin with; *ret_words says how many those are.
static const struct command *find(int count, char **words, int *ret_words)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    const struct command *best = NULL;
    char two[128];
    (void)snprintf(two, sizeof two, "%.60s %.60s", words[0], count > 1 ? words[1] : "");
    for (size_t i = 0; i < rows; i++) {
        bool both = count > 1 && strcmp(table[i].name, two) == 0;
        if (!both && strcmp(table[i].name, words[0]) != 0)
            continue;
        if (best != NULL && !both)
            continue;
        best = &table[i];
        *ret_words = both ? 2 : 1;
    }
    return best;
}

static bool take_option(struct cli *cli, const char *word, const char *next, bool *ret_took_next,
                        struct err *err)
{
    uint64_t allowed = cli->command->options | OPTIONS_ALWAYS;
    for (size_t o = 0; o < OPTION_COUNT; o++) {
        struct option_values *v = &cli->options[o];
        if ((allowed & OPTION(o)) == 0 || strcmp(options[o].word, word) != 0)
            continue;
        if (options[o].value != NULL && next == NULL)
            return err_set(err, ERR_USAGE, NULL, "%s needs %s", word, options[o].value);
        if (v->count > 0 && !options[o].many)
            return err_set(err, ERR_USAGE, NULL, "%s stands twice", word);
        if (v->count == COMMAND_VALUES_MAX)
            return err_set(err, ERR_USAGE, NULL, "%s stands more than %d times", word,
                           COMMAND_VALUES_MAX);
        v->items[v->count++] = options[o].value != NULL ? next : word;
        *ret_took_next = options[o].value != NULL;
        return true;
    }
    return err_set(err, ERR_USAGE, NULL, "`elchi %s` has no option %.60s; see `elchi help %s`",
                   cli->command->name, word, cli->command->name);
}

static bool take_argument(struct cli *cli, const char *word, struct err *err)
{
    if (cli->arguments_count == COMMAND_ARGUMENTS_MAX)
        return err_set(err, ERR_USAGE, NULL, "more than %d arguments", COMMAND_ARGUMENTS_MAX);
    cli->arguments[cli->arguments_count++] = word;
    return true;
}

// "--" ends the options, so that an argument may begin with two hyphens.
static bool take_words(struct cli *cli, int count, char **words, struct err *err)
{
    bool only_arguments = false;
    for (int i = 0; i < count; i++) {
        bool took_next = false;
        const char *next = i + 1 < count ? words[i + 1] : NULL;
        bool is_option = !only_arguments && strncmp(words[i], "--", 2) == 0;
        if (is_option && words[i][2] == '\0')
            only_arguments = true;
        else if (is_option ? !take_option(cli, words[i], next, &took_next, err)
                           : !take_argument(cli, words[i], err))
            return false;
        i += took_next ? 1 : 0;
    }
    return true;
}

static bool check_count(const struct cli *cli, struct err *err)
{
    const struct command *c = cli->command;
    bool fits = cli->arguments_count >= c->least && cli->arguments_count <= c->most;
    return fits || err_set(err, ERR_USAGE, NULL, "usage: elchi %s %s; see `elchi help %s`", c->name,
                           c->arguments, c->name);
}

// -- help
// ------------------------------------------------------------------------------------------
static void say_command(const struct command *c)
{
    say("elchi %s %s\n\n%s.\n", c->name, c->arguments, c->says);
    if (c->more != NULL)
        say("\n%s\n", c->more);
    say("\nOptions:\n");
    for (size_t o = 0; o < OPTION_COUNT; o++) {
        if (((c->options | OPTIONS_ALWAYS) & OPTION(o)) == 0)
            continue;
        char left[64];
        (void)snprintf(left, sizeof left, "%s %s", options[o].word,
                       options[o].value == NULL ? "" : options[o].value);
        say("  %-32s %s%s\n", left, options[o].says, options[o].many ? " (may be repeated)" : "");
    }
}

static void say_list(void)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    say("elchi: coded, sealed, provable messages between States on ICT incidents\n\n"
        "usage: elchi COMMAND [ARGUMENTS] [OPTIONS]\n\n");
    for (size_t i = 0; i < rows; i++)
        if (strncmp(table[i].name, "test-", 5) != 0 && strcmp(table[i].name, "process") != 0)
            say("  %-18s %s\n", table[i].name, table[i].says);
    say("\n`elchi help COMMAND` says more; `elchi help exit` lists the exit codes.\n");
}

static void say_exits(void)
{
    say("Exit codes:\n");
    for (int k = 0; k < ERR_KIND_COUNT; k++)
        say("  %2d  %s\n", err_kind_exit((enum err_kind)k), err_kind_word((enum err_kind)k));
}

// For bash: the words that may follow.
static void say_completion(void)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    say("_elchi() {\n    local words=\"");
    for (size_t i = 0; i < rows; i++)
        say("%s%s", i == 0 ? "" : " ", table[i].name);
    for (size_t o = 0; o < OPTION_COUNT; o++)
        say(" %s", options[o].word);
    say("\"\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
        "complete -o default -F _elchi elchi\n");
}

// The manual page as scdoc reads it.
static void say_manual(void)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    say("elchi(1)\n\n# NAME\n\nelchi - coded, sealed, provable messages between States on ICT "
        "incidents\n\n"
        "# SYNOPSIS\n\n*elchi* _COMMAND_ [_ARGUMENTS_] [_OPTIONS_]\n\n# COMMANDS\n\n");
    for (size_t i = 0; i < rows; i++) {
        if (strcmp(table[i].name, "process") == 0)
            continue;
        say("*%s* %s\n\t%s.\n\n", table[i].name,
            table[i].arguments[0] == '\0' ? "" : table[i].arguments, table[i].says);
    }
    say("# OPTIONS\n\n");
    for (size_t o = 0; o < OPTION_COUNT; o++)
        say("*%s* %s\n\t%s.\n\n", options[o].word, options[o].value == NULL ? "" : options[o].value,
            options[o].says);
    say("# EXIT STATUS\n\n");
    for (int k = 0; k < ERR_KIND_COUNT; k++)
        say("*%d*\n\t%s\n\n", err_kind_exit((enum err_kind)k), err_kind_word((enum err_kind)k));
    say("# ENVIRONMENT\n\n*ELCHI_NODE*, *ELCHI_OFFICER*, *ELCHI_LANG*\n\tdefaults of --node, "
        "--officer, "
        "--lang\n\n*NO_COLOR*\n\tno colour on a terminal\n");
}

static int help(int count, char **words)
{
    int used = 0;
    if (count == 0) {
        say_list();
        return 0;
    }
    if (strcmp(words[0], "exit") == 0)
        say_exits();
    else if (strcmp(words[0], "completion") == 0)
        say_completion();
    else if (strcmp(words[0], "manual") == 0)
        say_manual();
    else if (find(count, words, &used) != NULL)
        say_command(find(count, words, &used));
    else
        return (void)fprintf(stderr, "elchi: there is no command %s\n", words[0]),
               err_kind_exit(ERR_USAGE);
    return 0;
}

// -- running
// -----------------------------------------------------------------------------------------
static void show_error(const struct cli *cli, const struct err *err)
{
    if (!command_json(cli)) {
        (void)fprintf(stderr, "elchi: %s", err->text);
        if (err->clause != NULL && err->clause[0] != '\0')
            (void)fprintf(stderr, " (%s)", err->clause);
        (void)fprintf(stderr, "\n");
        return;
    }
    struct err ignored = {0};
    json_t *o = json_pack("{s:s,s:s,s:s}", "error", err_kind_word(err->kind), "clause",
                          err->clause == NULL ? "" : err->clause, "text", err->text);
    (void)!say_json(o, &ignored); // there is nobody left to tell
}

static int run(struct cli *cli, int count, char **words)
{
    struct err err = {0};
    bool done = take_words(cli, count, words, &err);
    if (done && cli->options[OPTION_HELP].count > 0) {
        say_command(cli->command);
        return 0;
    }
    done = done && check_count(cli, &err) && cli->command->run(cli, &err);
    if (fflush(stdout) != 0 && done)
        done = err_set(&err, ERR_IO, NULL, "cannot write to standard output");
    if (done)
        return 0;
    show_error(cli, &err);
    return err_kind_exit(err.kind);
}

int command_main(struct world *w, int count, char **arguments)
{
    int used = 0;
    if (count < 2)
        return help(0, NULL);
    if (strcmp(arguments[1], "help") == 0 || strcmp(arguments[1], "--help") == 0)
        return help(count - 2, arguments + 2);
    if (strcmp(arguments[1], "--version") == 0)
        return (void)printf("elchi %s\n", ELCHI_VERSION), 0;
    struct cli *cli = memory_new(1, sizeof *cli);
    cli->world = w;
    arena_init(&cli->arena, ARENA_BYTES_MAX);
    cli->command = find(count - 1, arguments + 1, &used);
    int code = err_kind_exit(ERR_USAGE);
    if (cli->command == NULL)
        (void)fprintf(stderr, "elchi: there is no command %.60s; `elchi help` lists them\n",
                      arguments[1]);
    else
        code = run(cli, count - 1 - used, arguments + 1 + used);
    arena_release(&cli->arena);
    memory_release(cli);
    return code;
}
