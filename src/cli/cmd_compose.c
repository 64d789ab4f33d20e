// cli/cmd_compose.c - a message composed one question at a time: the terminal around cli/guided.h.
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose.h"
#include "cli/guided.h"
#include "codebook/render_form.h"

#include <stdio.h>
#include <unistd.h>

struct sitting {
    struct cli *cli;
    struct link link;
    struct layout layout;
    struct guided_setup setup;
    struct guided_speech speeches[SHELF_BOOKS_MAX]; // one per book that is spoken with somebody
    size_t speeches_count;
    struct guided machine;
    bool exercise;
};

// -- the words of a book -------------------------------------------------------------------------
static struct render_with words_of(struct sitting *s, const struct book *book, const char *language)
{
    const struct codebook *c = &s->layout.codebook;
    return (struct render_with){.book = book,
                                .language = codebook_rendering(c, book, str_of(language)),
                                .wanted = str_of(language),
                                .english = codebook_rendering(c, book, STR("en")),
                                .states = &s->layout.states,
                                .state_name = layout_state_name,
                                .who = &s->layout,
                                .scales = c->scales,
                                .scales_count = c->scales_count,
                                .exercise = s->exercise};
}

static bool open_speech(struct sitting *s, const struct book *book, struct guided_speech *ret,
                        struct err *err)
{
    const char *own = command_language(s->cli);
    const char *theirs = option_value(s->cli, OPTION_THEIR_LANG, "en");
    const struct codebook *c = &s->layout.codebook;
    struct guided_speech made = {.reader = words_of(s, book, own),
                                 .partner = words_of(s, book, theirs),
                                 .guide = codebook_guide(c, book)};
    if (option_given(s->cli, OPTION_THEIR_LANG) && made.partner.language == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "no rendering in %.40s is held here; `elchi codebook add FILE` adds one",
                       theirs);
    if (!find_open(c, book, str_of(own), false, &s->cli->arena, &made.index, err))
        return false;
    *ret = made;
    return true;
}

static bool speech_of(struct sitting *s, const struct book *book, const struct guided_speech **ret,
                      struct err *err)
{
    for (size_t i = 0; i < s->speeches_count; i++) {
        *ret = &s->speeches[i];
        if (s->speeches[i].reader.book == book)
            return true;
    }
    if (s->speeches_count == SHELF_BOOKS_MAX)
        return err_set(err, ERR_LIMIT, "codebook/book.h", "too many books");
    if (!open_speech(s, book, &s->speeches[s->speeches_count], err))
        return false;
    *ret = &s->speeches[s->speeches_count++];
    return true;
}

static void get_up(struct sitting *s)
{
    guided_release(&s->machine);
    for (size_t i = 0; i < s->speeches_count; i++)
        find_close(s->speeches[i].index);
    memory_release(s);
}

// -- the conversation ----------------------------------------------------------------------------
enum { LINE_ROOM = GUIDED_INPUT_BYTES_MAX + 2 };

// One line without its end; what is longer than any input is cut, and refused as too long.
static bool read_line(char room[LINE_ROOM], size_t *ret_len)
{
    size_t len = 0;
    int c = getc(stdin);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(stdin))
        if (len < LINE_ROOM - 1)
            room[len++] = (char)c;
    if (len > 0 && room[len - 1] == '\r')
        len--;
    *ret_len = len;
    return true;
}

static void show(const struct cli *cli, const struct guided *g)
{
    if (command_json(cli))
        return;
    say("\n%.*s", STR_ARG(g->screen));
    if (g->question.len > 0)
        say("\n%s%.*s%s\n> ", style_bold(), STR_ARG(g->question), style_plain());
    (void)fflush(stdout);
}

// Until the message is made or left. A script whose lines end too soon is told so.
static bool converse(struct sitting *s, bool *ret_made, struct err *err)
{
    struct guided *g = &s->machine;
    char room[LINE_ROOM];
    bool ended = false;
    if (!guided_begin(g, &s->setup, err))
        return false;
    show(s->cli, g);
    while (g->end == GUIDED_ASKS) {
        size_t len = 0;
        ended = !read_line(room, &len);
        struct bytes line = ended ? str_bytes(STR("q")) : bytes_of(room, len);
        if (!guided_take(g, line, world_now(s->cli->world), err))
            return false;
        show(s->cli, g);
    }
    *ret_made = g->end == GUIDED_MADE;
    if (ended && isatty(STDIN_FILENO) == 0)
        return err_set(err, ERR_USAGE, NULL,
                       "the input ended before the message was complete; nothing is kept");
    return *ret_made || !command_json(s->cli) || say_json(json_pack("{s:b}", "left", 1), err);
}

// -- without a node ------------------------------------------------------------------------------
// In quotes of the shell: what stands in a value may be one.
static void say_quoted(struct str text)
{
    say("'");
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\'')
            say("'\\''");
        else
            say("%c", text.ptr[i]);
    say("'");
}

static bool render_both(struct sitting *s, json_t *to, struct err *err)
{
    const struct render_with *both[] = {&s->setup.speech.reader, &s->setup.speech.partner};
    const struct guided_made *m = &s->machine.made;
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        struct rendered rendered;
        struct str text;
        struct err none = {0};
        struct str name = {0};
        if (!codebook_render(both[i], m->lines, m->lines_count, &s->cli->arena, &rendered, err) ||
            !codebook_render_plain(both[i], &rendered, &s->cli->arena, &text, err))
            return false;
        if (arena_fmt(&s->cli->arena, &name, &none, "%.*s", STR_ARG(both[i]->wanted)))
            (void)json_object_set_new(to, name.ptr, json_str(text));
    }
    return true;
}

static bool tell_lines(struct sitting *s, struct err *err)
{
    const struct guided_made *m = &s->machine.made;
    json_t *lines = json_array();
    json_t *renderings = json_object();
    bool done = true;
    if (!command_json(s->cli))
        say("elchi draft --precedence %s%s%.*s", precedence_word(m->precedence),
            m->tlp.len > 0 ? " --tlp " : "", STR_ARG(m->tlp));
    for (size_t i = 0; done && i < m->lines_count; i++) {
        struct str text;
        done = guided_line_text(&m->lines[i], &s->cli->arena, &text, err);
        if (done)
            (void)json_array_append_new(lines, json_str(text));
        if (done && !command_json(s->cli)) {
            say(" \\\n    ");
            say_quoted(text);
        }
    }
    if (done && !command_json(s->cli))
        say("\n");
    done = done && render_both(s, renderings, err);
    if (done && command_json(s->cli))
        done = say_json(json_pack("{s:O,s:s,s:o,s:O}", "lines", lines, "precedence",
                                  precedence_word(m->precedence), "tlp", json_str(m->tlp),
                                  "renderings", renderings),
                        err);
    json_decref(lines);
    json_decref(renderings);
    return done;
}

bool cmd_codebook_compose(struct cli *cli, struct err *err)
{
    struct sitting *s = memory_new(1, sizeof *s);
    const struct guided_speech *speech = NULL;
    bool made = false;
    s->cli = cli;
    bool done = layout_open(cli, NULL, &s->layout, err) &&
                speech_of(s, s->layout.codebook.current, &speech, err);
    if (done) {
        s->setup.speech = *speech;
        done = converse(s, &made, err);
    }
    if (done && made)
        done = tell_lines(s, err);
    get_up(s);
    return done;
}

// -- with a node: to whom, and under which book --------------------------------------------------
// The node's rule names the book for each State. Where it names none, the draft is refused with
// the reason once that State is chosen; the usual book stands in until then.
static bool name_states(struct sitting *s, struct compose *c, struct err *err)
{
    const struct community *community = &s->layout.community;
    struct guided_name *names =
        arena_new(&s->cli->arena, struct guided_name, community->states_count + 1);
    if (names == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the States");
    for (size_t i = 0; i < community->states_count; i++) {
        struct str code = community->states[i].code;
        struct err none = {0};
        names[i].code = code;
        names[i].name =
            community_state_name(community, code, str_of(command_language(s->cli)), NAME_SHORT);
        if (str_eq(code, s->setup.own) || !state_code_read(code, &c->record.to.state) ||
            !compose_choose_book(c, &none))
            continue;
        if (!speech_of(s, c->book, &names[i].speech, err))
            return false;
    }
    s->setup.names = names;
    s->setup.names_count = community->states_count;
    return true;
}

static bool keep_str(struct cli *cli, const char *text, struct str *ret, struct err *err)
{
    return arena_str(&cli->arena, str_of(text), ret, err);
}

// What --to and --from say is not asked for.
static bool take_given(struct sitting *s, struct err *err)
{
    struct address to = {0};
    const char *given = option_value(s->cli, OPTION_TO, NULL);
    const char *from = option_value(s->cli, OPTION_FROM, "");
    enum desk desk = DESK_NONE;
    if (from[0] != '\0' && !desk_read(str_of(from), &desk))
        return err_set(err, ERR_USAGE, NULL,
                       "--from is technical, diplomatic, judicial or coordination");
    s->setup.from = str_of(from);
    s->setup.addressed = given == NULL || strcmp(given, "all") != 0;
    if (!s->setup.addressed)
        return desk != DESK_NONE ||
               err_set(err, ERR_USAGE, NULL, "say which desk speaks: --from technical");
    if (given == NULL)
        return true;
    if (!address_read(str_of(given), &to))
        return err_set(err, ERR_USAGE, NULL, "--to is XB/technical, XB, or all");
    const struct community_state *state =
        community_by_code(&s->layout.community, state_code_str(&to.state));
    if (state == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "the community has no State %s",
                       to.state.text);
    s->setup.to_state = state->code;
    s->setup.to_desk = to.desk == DESK_NONE ? STR("") : str_of(desk_word(to.desk));
    return true;
}

static bool set_up_fresh(struct sitting *s, struct compose *c, struct err *err)
{
    const struct layout *l = &s->layout;
    const struct guided_speech *usual = NULL;
    const struct book *book = shelf_find(&l->codebook.shelf, &l->community.codebook);
    if (!take_given(s, err) ||
        !speech_of(s, book == NULL ? l->codebook.current : book, &usual, err))
        return false;
    s->setup.speech = *usual;
    return name_states(s, c, err);
}

// -- with a node: answering ----------------------------------------------------------------------
static bool copy_asked(struct sitting *s, const struct record *asked, struct err *err)
{
    const struct message *m = asked->payload;
    if (asked->type != &record_type_message)
        return err_set(err, ERR_USAGE, "DESIGN 6",
                       "%s is no message of phrases; `elchi answer` takes lines by hand",
                       option_value(s->cli, OPTION_ANSWERS, ""));
    s->setup.asked = m->lines;
    s->setup.asked_count = m->lines_count;
    s->setup.usual = asked->precedence;
    return true;
}

static bool set_up_answer(struct sitting *s, struct compose *c, struct err *err)
{
    struct record asked;
    struct str text;
    json_t *shown = NULL;
    const struct guided_speech *speech = NULL;
    const char *ref = option_value(s->cli, OPTION_ANSWERS, "");
    if (!see_record(s->cli, &s->link.clerk, ref, &shown, err))
        return false;
    bool incoming = strcmp(see_text(shown, "direction"), "in") == 0 ||
                    err_set(err, ERR_USAGE, NULL,
                            "%s is our own record; `elchi inbox` lists those "
                            "that may be answered",
                            ref);
    bool done = incoming && keep_str(s->cli, see_text(shown, "text"), &text, err) &&
                keep_str(s->cli, see_text(shown, "desk"), &s->setup.from, err) &&
                layout_read(s->cli, str_bytes(text), &asked, err) && copy_asked(s, &asked, err) &&
                compose_book_of(c, &asked, err) && speech_of(s, c->book, &speech, err);
    json_decref(shown);
    if (!done)
        return false;
    if (option_given(s->cli, OPTION_FROM))
        s->setup.from = str_of(option_value(s->cli, OPTION_FROM, ""));
    s->setup.speech = *speech;
    return true;
}

// -- with a node: the draft ----------------------------------------------------------------------
static bool give(struct cli *cli, enum command_option o, struct str value, struct err *err)
{
    const char *text = NULL;
    if (value.len == 0)
        return true;
    if (!arena_cstr(&cli->arena, value, &text, err))
        return false;
    cli->options[o].items[0] = text;
    cli->options[o].count = 1;
    return true;
}

static bool add_argument(struct cli *cli, struct str value, struct err *err)
{
    CHECK(cli->arguments_count < COMMAND_ARGUMENTS_MAX); // 99 lines and a REF
    return arena_cstr(&cli->arena, value, &cli->arguments[cli->arguments_count++], err);
}

// What was chosen stands where `elchi draft` and `elchi answer` find it, and goes their way.
static bool keep(struct sitting *s, struct err *err)
{
    struct cli *cli = s->cli;
    const struct guided_made *m = &s->machine.made;
    bool answer = option_given(cli, OPTION_ANSWERS);
    struct str to = STR("");
    if (s->setup.addressed &&
        !arena_fmt(&cli->arena, &to, err, "%.*s/%.*s", STR_ARG(m->to_state), STR_ARG(m->to_desk)))
        return false;
    if (answer && !add_argument(cli, str_of(option_value(cli, OPTION_ANSWERS, "")), err))
        return false;
    if (!give(cli, OPTION_TO, to, err) || !give(cli, OPTION_FROM, m->from, err) ||
        !give(cli, OPTION_PRECEDENCE, str_of(precedence_word(m->precedence)), err) ||
        !give(cli, OPTION_TLP, m->tlp, err))
        return false;
    for (size_t i = 0; i < m->lines_count; i++) {
        struct str text;
        if (!guided_line_text(&m->lines[i], &cli->arena, &text, err) ||
            !add_argument(cli, text, err))
            return false;
    }
    return answer ? compose_answer(cli, &s->link, &s->layout, err)
                  : compose_draft(cli, &s->link, &s->layout, err);
}

// What --precedence says is what Enter alone takes; so does --tlp, which cli/compose.h reads.
static bool take_usual(struct sitting *s, struct err *err)
{
    const char *word = option_value(s->cli, OPTION_PRECEDENCE, NULL);
    return word == NULL || precedence_read(str_of(word), &s->setup.usual) ||
           err_set(err, ERR_USAGE, NULL, "--precedence is ROUTINE, PRIORITY, IMMEDIATE or FLASH");
}

static bool compose_here(struct sitting *s, struct err *err)
{
    bool made = false;
    struct compose *c = memory_new(1, sizeof *c);
    bool done =
        layout_open(s->cli, &s->link.clerk, &s->layout, err) &&
        compose_begin(s->cli, &s->link, &s->layout, c, err) &&
        arena_str(&s->cli->arena, state_code_str(&c->record.from.state), &s->setup.own, err) &&
        (option_given(s->cli, OPTION_ANSWERS) ? set_up_answer(s, c, err)
                                              : set_up_fresh(s, c, err)) &&
        take_usual(s, err) && converse(s, &made, err) && (!made || keep(s, err));
    memory_release(c);
    return done;
}

bool cmd_compose(struct cli *cli, struct err *err)
{
    struct sitting *s = memory_new(1, sizeof *s);
    s->cli = cli;
    s->link.clerk = (struct clerk_link){-1};
    s->exercise = option_given(cli, OPTION_EXERCISE);
    bool done = link_open_officer(cli, &s->link, err);
    if (done) {
        done = compose_here(s, err);
        link_close(&s->link);
    }
    get_up(s);
    return done;
}
