// The command line: what is wrong with it is said in one sentence and nothing is run; help,
// completion and the manual name every command and every option of the one table.
#include "cli/command.h"

#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORDS_MAX = 140, SHOWN_MAX = 1 << 20 };
struct shown {
    int code;
    char *out, *err; // owned
};

static char *all_of(FILE *from)
{
    char *text = memory_new(SHOWN_MAX, 1);
    rewind(from);
    size_t n = fread(text, 1, SHOWN_MAX - 1, from);
    text[n] = '\0';
    EXPECT(fclose(from) == 0);
    return text;
}

static FILE *redirect(int fd, int *ret_kept)
{
    FILE *to = tmpfile();
    EXPECT(to != NULL);
    *ret_kept = dup(fd);
    EXPECT(*ret_kept >= 0);
    EXPECT(dup2(fileno(to), fd) == fd);
    return to;
}

static void restore(int fd, int kept)
{
    EXPECT(dup2(kept, fd) == fd);
    EXPECT(close(kept) == 0);
}

// Words separated by one space, as a shell would hand them over.
static struct shown run(const char *line)
{
    struct shown s = {0};
    char words[4096];
    char *arguments[WORDS_MAX] = {words};
    int count = 1;
    int out = -1;
    int err = -1;
    (void)snprintf(words, sizeof words, "elchi %s", line);
    for (char *at = words; (at = strchr(at, ' ')) != NULL && at[1] != '\0'; count++) {
        EXPECT(count < WORDS_MAX);
        *at++ = '\0';
        arguments[count] = at;
    }
    EXPECT(fflush(stdout) == 0);
    FILE *shown_out = redirect(STDOUT_FILENO, &out);
    FILE *shown_err = redirect(STDERR_FILENO, &err);
    s.code = command_main(world_real(), count, arguments);
    (void)fflush(stdout);
    restore(STDOUT_FILENO, out);
    restore(STDERR_FILENO, err);
    s.out = all_of(shown_out);
    s.err = all_of(shown_err);
    return s;
}

static void forget(struct shown *s)
{
    memory_release(s->out);
    memory_release(s->err);
}

// A line that says one word again and again.
static const char *repeated(char *room, size_t cap, const char *begin, const char *word, int times)
{
    struct writer w = writer_of(room, cap);
    writer_put(&w, bytes_of(begin, strlen(begin)));
    for (int i = 0; i < times; i++)
        writer_put(&w, bytes_of(word, strlen(word)));
    writer_u8(&w, 0);
    EXPECT(!w.full);
    return room;
}

static void expect_usage(const char *line, const char *says)
{
    struct shown s = run(line);
    if (s.code != 1 || strstr(s.err, says) == NULL || s.out[0] != '\0')
        fail_msg("elchi %s: wanted 1 \"%s\", got %d \"%s\" \"%s\"", line, says, s.code, s.err,
                 s.out);
    EXPECT(strchr(s.err, '\n') == s.err + strlen(s.err) - 1); // one sentence, one line
    forget(&s);
}

// -- what is wrong with a line -------------------------------------------------------------------
TEST(an_unknown_command_is_named)
{
    expect_usage("telegraph", "there is no command telegraph");
    expect_usage("codebook", "there is no command codebook");
    expect_usage("codebook burn", "there is no command codebook");
    expect_usage("--frobnicate", "there is no command --frobnicate");
}

TEST(an_unknown_option_is_named_with_the_way_to_the_right_ones)
{
    expect_usage("codebook list --frobnicate", "`elchi codebook list` has no option --frobnicate");
    expect_usage("codebook list --frobnicate", "see `elchi help codebook list`");
    // An option of another command is none of this one.
    expect_usage("codebook check --node x", "has no option --node");
    expect_usage("codebook list --lan en", "has no option --lan");
}

TEST(an_option_without_its_value_is_named)
{
    expect_usage("codebook list --lang", "--lang needs ");
    expect_usage("status --node", "--node needs ");
    expect_usage("bundle write --to XB --out", "--out needs FILE");
}

TEST(an_option_that_may_stand_once_stands_once)
{
    expect_usage("codebook list --lang en --lang ru", "--lang stands twice");
    char line[1024];
    expect_usage(repeated(line, sizeof line, "draft C03", " --text en:a", COMMAND_VALUES_MAX + 1),
                 "--text stands more than 32 times");
}

TEST(too_few_and_too_many_arguments_show_the_usage)
{
    expect_usage("codebook show", "usage: elchi codebook show CODE");
    expect_usage("codebook show N01 N02", "usage: elchi codebook show CODE");
    expect_usage("codebook list all", "usage: elchi codebook list");
    expect_usage("approve", "usage: elchi approve");
    char line[1024];
    expect_usage(repeated(line, sizeof line, "codebook render", " C", COMMAND_ARGUMENTS_MAX + 1),
                 "more than 128 arguments");
}

TEST(a_rendering_is_shown_in_the_form_asked_for)
{
    // Arguments hold no space here; a phrase alone is a line.
    static const struct {
        const char *line, *part;
    } cases[] = {
        {"codebook render C01", "  01 C01 — We draw"}, // no terminal: plain
        {"codebook render --form plain C01", "  01 C01 — We draw"},
        {"codebook render --form screen --width 30 C01", "  Draft rendering; the code is\n"},
        {"codebook render --form print C01", "\nPage 1 of 1\n"},
        {"codebook render --form line --width 200 C01", "C01 We draw no conclusion"},
        {"codebook render --form line --json C01", "\"form\": \"line\""},
        {"codebook render --json C01", "\"form\": \"plain\""},
        {"codebook render --lang xx C01", "There is no rendering in this language: xx."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shown s = run(cases[i].line);
        if (s.code != 0 || strstr(s.out, cases[i].part) == NULL)
            fail_msg("%s (%d): %s%s", cases[i].line, s.code, s.out, s.err);
        forget(&s);
    }
    expect_usage("codebook render --form fax C01", "--form is screen, plain, print or line");
    expect_usage("codebook render --width 3 C01", "--width is 20 to 1000");
    struct shown s = run("codebook render --form line --width 20 C01");
    EXPECT(s.code == err_kind_exit(ERR_LIMIT)); // the signs do not fit, and none is cut
    EXPECT(s.out[0] == '\0');
    forget(&s);
}

TEST(two_hyphens_end_the_options)
{
    expect_usage("codebook show -- --lang ru", "usage: elchi codebook show CODE");
    struct shown s = run("codebook show -- --lang");
    EXPECT(s.code != 0 && strstr(s.err, "no option") == NULL);
    forget(&s);
}

TEST(with_json_a_wrong_line_is_one_object)
{
    static const char *const lines[] = {"codebook show --json", "codebook list --json --frobnicate",
                                        "bundle write --json"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct shown s = run(lines[i]);
        struct err err = {0};
        json_t *o = NULL;
        EXPECT(s.code == 1);
        EXPECT(s.err[0] == '\0');
        EXPECT_OK(json_read(bytes_of(s.out, strlen(s.out)), &o, &err));
        const char *word = json_string_value(json_object_get(o, "error"));
        EXPECT(word != NULL && strcmp(word, "usage") == 0);
        EXPECT(json_is_string(json_object_get(o, "text")));
        json_decref(o);
        forget(&s);
    }
}

// -- help, completion, manual --------------------------------------------------------------------
static void expect_all_commands(const char *line, const char *before, const char *after)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    struct shown s = run(line);
    EXPECT(s.code == 0);
    for (size_t i = 0; i < rows; i++) {
        char wanted[160];
        (void)snprintf(wanted, sizeof wanted, "%s%s%s", before, table[i].name, after);
        bool tool = strncmp(table[i].name, "test-", 5) == 0;
        if (strstr(s.out, wanted) == NULL && !(tool && strcmp(line, "help") == 0))
            fail_msg("elchi %s does not name %s", line, table[i].name);
    }
    forget(&s);
}

TEST(help_completion_and_manual_name_every_command)
{
    expect_all_commands("help", "  ", " ");
    expect_all_commands("help completion", "", " ");
    expect_all_commands("help manual", "elchi ", " ");
}

TEST(completion_and_manual_name_every_option)
{
    struct shown completion = run("help completion");
    struct shown manual = run("help manual");
    for (int o = 0; o < OPTION_COUNT; o++) {
        const char *word = command_option((enum command_option)o)->word;
        EXPECT(strstr(completion.out, word) != NULL);
        EXPECT(strstr(manual.out, word) != NULL);
    }
    forget(&completion);
    forget(&manual);
}

TEST(the_help_of_every_command_names_its_arguments_and_exactly_its_options)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        char line[160];
        (void)snprintf(line, sizeof line, "help %s", table[i].name);
        struct shown s = run(line);
        EXPECT(s.code == 0);
        EXPECT(strstr(s.out, table[i].arguments) != NULL);
        EXPECT(strstr(s.out, table[i].says) != NULL);
        for (int o = 0; o < OPTION_COUNT; o++) {
            char wanted[80];
            bool has = ((table[i].options | OPTIONS_ALWAYS) & OPTION(o)) != 0;
            (void)snprintf(wanted, sizeof wanted, "\n  %s ",
                           command_option((enum command_option)o)->word);
            if ((strstr(s.out, wanted) != NULL) != has)
                fail_msg("help %s and %s", table[i].name, wanted);
        }
        forget(&s);
    }
}

TEST(help_after_a_command_is_the_help_of_that_command)
{
    struct shown asked = run("help codebook show");
    struct shown given = run("codebook show --help");
    EXPECT(given.code == 0);
    EXPECT(strcmp(asked.out, given.out) == 0);
    forget(&asked);
    forget(&given);
}

TEST(every_exit_code_is_explained)
{
    struct shown s = run("help exit");
    EXPECT(s.code == 0);
    for (int k = 0; k < ERR_KIND_COUNT; k++)
        EXPECT(strstr(s.out, err_kind_word((enum err_kind)k)) != NULL);
    forget(&s);
}

// -- the table -----------------------------------------------------------------------------------
TEST(no_command_and_no_option_stands_twice_and_each_says_what_it_does)
{
    size_t rows;
    const struct command *table = command_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        EXPECT(table[i].run != NULL);
        EXPECT(table[i].says != NULL && table[i].says[0] != '\0');
        EXPECT(table[i].says[strlen(table[i].says) - 1] != '.'); // help adds it
        EXPECT(table[i].least <= table[i].most);
        EXPECT(table[i].most <= COMMAND_ARGUMENTS_MAX);
        EXPECT((table[i].arguments[0] == '\0') == (table[i].most == 0));
        for (size_t j = 0; j < i; j++)
            EXPECT(strcmp(table[i].name, table[j].name) != 0);
    }
    for (int o = 0; o < OPTION_COUNT; o++) {
        EXPECT(strncmp(command_option((enum command_option)o)->word, "--", 2) == 0);
        for (int j = 0; j < o; j++)
            EXPECT(strcmp(command_option((enum command_option)o)->word,
                          command_option((enum command_option)j)->word) != 0);
    }
}

TEST(every_option_is_of_some_command)
{
    size_t rows;
    uint64_t used = OPTIONS_ALWAYS;
    const struct command *table = command_table(&rows);
    for (size_t i = 0; i < rows; i++)
        used |= table[i].options;
    for (int o = 0; o < OPTION_COUNT; o++)
        if ((used & OPTION(o)) == 0)
            fail_msg("no command takes %s", command_option((enum command_option)o)->word);
}

TEST(commands_of_two_words_are_found_before_those_of_one)
{
    char draft[] = "draft";
    char list[] = "list";
    char other[] = "N01";
    char *two[] = {draft, list};
    char *one[] = {draft, other};
    int used = 0;
    const struct command *c = command_find(2, two, &used);
    if (c != NULL && used == 2)
        EXPECT(strcmp(c->name, "draft list") == 0);
    c = command_find(2, one, &used);
    EXPECT(c != NULL && used == 1);
    EXPECT(strcmp(c->name, "draft") == 0);
}
