#include "cli/form.h"

#include "base/encode.h"
#include "record/type/message.h"

enum { WIDTH_MIN = 20, WIDTH_MAX = 1000, INDENT = 2 };

// -- what is asked -------------------------------------------------------------------------------
// Commands that show a record without these options show it in the usual form.
static const char *option_of(const struct cli *cli, enum command_option o)
{
    return (cli->command->options & OPTION(o)) == 0 ? NULL : option_value(cli, o, NULL);
}

static bool width_asked(const struct cli *cli, struct form *to, struct err *err)
{
    uint64_t width = 0;
    const char *given = option_of(cli, OPTION_WIDTH);
    const char *columns = command_environment("COLUMNS", "");
    if (given != NULL) {
        if (!decimal_read(str_of(given), WIDTH_MAX, &width) || width < WIDTH_MIN)
            return err_set(err, ERR_USAGE, NULL, "--width is %d to %d", WIDTH_MIN, WIDTH_MAX);
        to->width = (size_t)width;
    } else if (to->form == RENDER_SCREEN && decimal_read(str_of(columns), WIDTH_MAX, &width) &&
               width >= WIDTH_MIN + INDENT) {
        to->width = (size_t)width - INDENT;
    }
    return true;
}

bool form_asked(const struct cli *cli, struct form *ret, struct err *err)
{
    struct form made = {.form = RENDER_PLAIN, .letter = true};
    const char *word = option_of(cli, OPTION_FORM);
    if (word != NULL && !render_form_read(str_of(word), &made.form))
        return err_set(err, ERR_USAGE, NULL, "--form is screen, plain, print or line");
    if (word == NULL && command_on_terminal() && !command_json(cli))
        made.form = RENDER_SCREEN;
    made.whole = made.form == RENDER_PRINT || made.form == RENDER_SINGLE_LINE;
    if (!width_asked(cli, &made, err))
        return false;
    *ret = made;
    return true;
}

// -- what pages need of a record -----------------------------------------------------------------
struct letter_room {
    struct render_letter letter;
    char from[ADDRESS_CHARS_MAX + 1], to[ADDRESS_CHARS_MAX + 1], ref[REF_CHARS_MAX + 1];
};

static bool write_enclosures(struct cli *cli, const struct record *r, struct render_letter *to,
                             struct err *err)
{
    struct render_enclosure *rows =
        arena_new(&cli->arena, struct render_enclosure, r->attachments_count + 1);
    if (rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many attachments to print");
    for (size_t i = 0; i < r->attachments_count; i++) {
        char hash[DIGEST_TEXT_CHARS + 1];
        digest_write(&r->attachments[i].blob, hash);
        rows[i].name = r->attachments[i].name;
        rows[i].media = r->attachments[i].media;
        if (!arena_str(&cli->arena, str_of(hash), &rows[i].hash, err))
            return false;
    }
    to->enclosures = rows;
    to->enclosures_count = r->attachments_count;
    return true;
}

static bool write_texts(struct cli *cli, const struct message *m, struct render_letter *to,
                        struct err *err)
{
    struct render_text *rows = arena_new(&cli->arena, struct render_text, m->texts_count + 1);
    if (rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many texts to print");
    for (size_t i = 0; i < m->texts_count; i++)
        rows[i] = (struct render_text){m->texts[i].language, m->texts[i].paragraph};
    to->texts = rows;
    to->texts_count = m->texts_count;
    return true;
}

static bool write_letter(struct cli *cli, const struct record *r, const struct form *form,
                         struct letter_room *to, struct err *err)
{
    struct render_letter *l = &to->letter;
    *to = (struct letter_room){.from = ""};
    address_write(&r->from, to->from);
    l->from = str_of(to->from);
    l->to = STR("all");
    if (!r->open) {
        address_write(&r->to, to->to);
        l->to = str_of(to->to);
    }
    if (r->filled) {
        ref_write(&r->ref, to->ref);
        l->has_time = true;
        l->time = r->time;
    }
    l->reference = str_of(to->ref);
    l->printing = form->printing;
    l->precedence = str_of(precedence_word(r->precedence));
    l->tlp = str_of(tlp_word(r->tlp));
    return write_texts(cli, r->payload, l, err) && write_enclosures(cli, r, l, err);
}

// -- the rendering -------------------------------------------------------------------------------
bool form_render(struct cli *cli, const struct layout *l, const struct record *record,
                 const char *language, const struct form *form, struct str *ret, struct err *err)
{
    struct rendered rendered;
    struct letter_room letter;
    *ret = STR("");
    if (record->type != &record_type_message)
        return true;
    const struct message *m = record->payload;
    const struct book *book = shelf_find(&l->codebook.shelf, &m->codebook);
    // The strings of the newest book say that another is not held.
    const struct book *words = book == NULL ? l->codebook.current : book;
    struct render_with with = {.book = book,
                               .unheld_version = m->codebook_version,
                               .language =
                                   codebook_rendering(&l->codebook, words, str_of(language)),
                               .wanted = str_of(language),
                               .english = codebook_rendering(&l->codebook, words, STR("en")),
                               .states = &l->states,
                               .state_name = layout_state_name,
                               .who = l,
                               .scales = l->codebook.scales,
                               .scales_count = l->codebook.scales_count,
                               .exercise = record->exercise};
    struct str vouchers[VOUCHERS_MAX];
    with.vouchers = vouchers;
    with.vouchers_count = layout_vouchers(l, with.language, vouchers, VOUCHERS_MAX);
    struct render_how how = {.form = form->form,
                             .width = form->width,
                             .bold = command_json(cli) ? "" : style_bold(),
                             .bold_end = command_json(cli) ? "" : style_plain(),
                             .letter = form->letter ? &letter.letter : NULL};
    if (form->letter && !write_letter(cli, record, form, &letter, err))
        return false;
    return codebook_render(&with, m->lines, m->lines_count, &cli->arena, &rendered, err) &&
           codebook_render_form(&with, &rendered, &how, &cli->arena, ret, err);
}

static bool is_right_to_left(const struct layout *l, const char *language)
{
    const struct rendering *r =
        codebook_rendering(&l->codebook, l->codebook.current, str_of(language));
    return r != NULL && r->right_to_left;
}

// In the message's book, or the one that lends its strings to a message whose book is not held.
static bool is_rendered(const struct layout *l, const struct record *record, const char *language)
{
    const struct message *m = record->payload;
    const struct book *book = shelf_find(&l->codebook.shelf, &m->codebook);
    return codebook_rendering(&l->codebook, book == NULL ? l->codebook.current : book,
                              str_of(language)) != NULL;
}

static bool say_in(struct cli *cli, const struct layout *l, const struct record *record,
                   const char *language, const struct form *form, struct err *err)
{
    struct str text;
    if (!form_render(cli, l, record, language, form, &text, err))
        return false;
    if (text.len == 0)
        return true;
    if (form->whole) {
        say("%.*s", STR_ARG(text));
        return true;
    }
    say("\n%sin %s%s\n", style_bold(), language, style_plain());
    // A screen's lines are isolated already.
    layout_say_lines(text, form->form == RENDER_PLAIN && is_right_to_left(l, language));
    return true;
}

bool form_say(struct cli *cli, const struct layout *l, const struct record *record,
              const struct form *form, struct err *err)
{
    const char *language = command_language(cli);
    if (form->whole && record->type != &record_type_message)
        return err_set(err, ERR_UNSUPPORTED, NULL, "only messages have this form, not a %s",
                       record->type->name);
    if (!say_in(cli, l, record, language, form, err))
        return false;
    if (record->type != &record_type_message)
        return true;
    // A single line is for one reader; pages are for both sides. Where the language has no
    // rendering English stood in for it already.
    if (strcmp(language, "en") == 0 || form->form == RENDER_SINGLE_LINE ||
        !is_rendered(l, record, language))
        return true;
    if (form->form == RENDER_PRINT)
        say("\f");
    return say_in(cli, l, record, "en", form, err);
}
