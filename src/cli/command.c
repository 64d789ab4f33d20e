#include "cli/command.h"

#include "base/limits.h"
#include "cli/help.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES_MAX = 512 << 20 };

static const struct option_row options[] = {
#define OPTION_ROW(name, word, value, many, says) [name] = {word, value, many, says},
    COMMAND_OPTIONS(OPTION_ROW)
#undef OPTION_ROW
};
_Static_assert(OPTION_COUNT <= 64, "options are bits of one number");

const struct option_row *command_option(enum command_option o)
{
    CHECK((size_t)o < OPTION_COUNT);
    return &options[o];
}

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

// -- output --------------------------------------------------------------------------------------
void say(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vprintf(fmt, args);
    va_end(args);
}

// The one answer of this command, printed when it ends; owned.
static json_t *answer;

bool say_json(json_t *object_owned, struct err *err)
{
    CHECK(answer == NULL); // exactly one object is printed
    answer = object_owned;
    return answer != NULL || err_set(err, ERR_IO, NULL, "cannot write the answer as JSON");
}

static bool print_answer(struct err *err)
{
    char *text = json_dumps(answer, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(answer);
    answer = NULL;
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

bool command_on_terminal(void)
{
    return is_terminal(STDOUT_FILENO);
}

static const char *style(const char *code)
{
    return command_on_terminal() && command_environment("NO_COLOR", NULL) == NULL ? code : "";
}

const char *style_bold(void)
{
    return style("\033[1m");
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
    char answered[8] = "";
    if (option_given(cli, OPTION_YES))
        return true;
    if (!is_terminal(STDIN_FILENO))
        return err_set(err, ERR_USAGE, NULL, "%s This needs a person, or --yes", question);
    (void)fprintf(stderr, "%s [y/N] ", question);
    if (fgets(answered, sizeof answered, stdin) != NULL &&
        (strcmp(answered, "y\n") == 0 || strcmp(answered, "yes\n") == 0))
        return true;
    return err_set(err, ERR_USAGE, NULL, "nothing was done");
}

// -- files ---------------------------------------------------------------------------------------
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

// -- parsing -------------------------------------------------------------------------------------
// The longest name that the words begin with: "draft list" before "draft".
const struct command *command_find(int count, char **words, int *ret_words)
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

// -- running -------------------------------------------------------------------------------------
// Beside an answer that was given all the same: why the command did not end well.
static json_t *exit_json(const struct err *err)
{
    return json_pack("{s:i,s:s,s:s,s:s}", "code", err_kind_exit(err->kind), "word",
                     err_kind_word(err->kind), "clause", err->clause == NULL ? "" : err->clause,
                     "text", err->text);
}

static void show_error(const struct cli *cli, const struct err *err)
{
    struct err ignored = {0}; // there is nobody left to tell
    if (!command_json(cli)) {
        (void)fprintf(stderr, "elchi: %s", err->text);
        if (err->clause != NULL && err->clause[0] != '\0')
            (void)fprintf(stderr, " (%s)", err->clause);
        (void)fprintf(stderr, "\n");
        return;
    }
    if (answer != NULL)
        (void)json_object_set_new(answer, "exit", exit_json(err));
    else
        answer = json_pack("{s:s,s:s,s:s}", "error", err_kind_word(err->kind), "clause",
                           err->clause == NULL ? "" : err->clause, "text", err->text);
    (void)print_answer(&ignored);
}

static int run(struct cli *cli, int count, char **words)
{
    struct err err = {0};
    bool done = take_words(cli, count, words, &err);
    if (done && cli->options[OPTION_HELP].count > 0) {
        help_command(cli->command);
        return 0;
    }
    done = done && check_count(cli, &err) && cli->command->run(cli, &err);
    if (done && answer != NULL)
        done = print_answer(&err);
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
        return help_main(0, NULL);
    if (strcmp(arguments[1], "help") == 0 || strcmp(arguments[1], "--help") == 0)
        return help_main(count - 2, arguments + 2);
    if (strcmp(arguments[1], "--version") == 0)
        return (void)printf("elchi %s\n", ELCHI_VERSION), 0;
    struct cli *cli = memory_new(1, sizeof *cli);
    cli->world = w;
    arena_init(&cli->arena, ARENA_BYTES_MAX);
    cli->command = command_find(count - 1, arguments + 1, &used);
    int code = err_kind_exit(ERR_USAGE);
    if (cli->command == NULL)
        help_unknown(arguments[1]);
    else
        code = run(cli, count - 1 - used, arguments + 1 + used);
    arena_release(&cli->arena);
    memory_release(cli);
    return code;
}
