// cli/form.h - a record's rendering in the form the reader asks for.
//
// Holds: --form and --width; one message as screen, plain text, pages or a single line, with what
// pages need of the record around the phrases.
// Knows nothing of: how a form is laid out (codebook/render_form.h).
#ifndef CLI_FORM_H
#define CLI_FORM_H
#include "cli/layout.h"
#include "codebook/render_form.h"

struct form {
    enum render_form form;
    size_t width;        // 0: the usual of the form
    bool whole;          // pages or a line: nothing else is printed around them
    bool letter;         // pages have a heading; false: phrases alone
    struct str printing; // the State whose paper it is; empty: the author's
};
// What --form and --width ask for; else `screen` on a terminal, as wide as it is, and `plain`
// otherwise and with --json.
//   errors  ERR_USAGE
bool form_asked(const struct cli *cli, struct form *ret, struct err *err) MUST_USE;

// The phrases of a message in a language; empty for another type. A book or a language that is not
// held is said so, and the codes stand.
bool form_render(struct cli *cli, const struct layout *l, const struct record *record,
                 const char *language, const struct form *form, struct str *ret,
                 struct err *err) MUST_USE;
// Prints it in --lang and, when that is another, in English.
bool form_say(struct cli *cli, const struct layout *l, const struct record *record,
              const struct form *form, struct err *err) MUST_USE;
#endif
