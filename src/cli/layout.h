// cli/layout.h - what people see: a record's codes and its rendering, rows, moments.
//
// Holds: the book and the community a command shows things with; one record laid out as text or as
// JSON; reading the clerk's JSON without a surprise where a field is missing.
// Knows nothing of: where a text came from. What is shown was verified, or is a draft, by its
// caller. Source: DESIGN sections 3 (names), 6 (rendering) and 11.
#ifndef CLI_LAYOUT_H
#define CLI_LAYOUT_H
#include "clerk/client.h"
#include "cli/command.h"
#include "codebook/embedded.h"
#include "codebook/render.h"
#include "community/community.h"
#include "record/record.h"

// A State that vouches for the file of this hash.
struct layout_voucher {
    struct digest file;
    struct str state;
};
enum { LAYOUT_VOUCHERS_MAX = 1024 }; // beyond it a banner names fewer States; the list has them all
struct layout {
    struct codebook codebook;
    size_t files_left_out;    // of the node's: unusable beside the program's own
    struct electorate states; // of the community; any well-formed code without one
    bool has_community;
    struct community community;
    const struct layout_voucher *vouchers; // as the node knows them; none without one
    size_t vouchers_count;
};
// The books of this program, those added at the node and those of --codebook; and the community
// applied at the node. `clerk` NULL: no node. Lives in the command's arena; `ret` must not move
// afterwards.
bool layout_open(struct cli *cli, const struct clerk_link *clerk, struct layout *ret,
                 struct err *err) MUST_USE;
// A community file in place of the node's.
bool layout_community(struct cli *cli, struct bytes file, struct layout *l,
                      struct err *err) MUST_USE;
// A State's name in a language, for struct render_with; `who` is the layout.
bool layout_state_name(const void *who, struct str state, struct str language, struct str *ret);
// The States that vouch for this rendering, octet for octet; `ret` holds `most`. Returns how many.
size_t layout_vouchers(const struct layout *l, const struct rendering *r, struct str *ret,
                       size_t most);
// A State's name with its code: "Republic of Abar (XA)", or the code alone.
struct str layout_state(struct cli *cli, const struct layout *l, struct str code);

// Reads a text, whole or in the form officers approve.
bool layout_read(struct cli *cli, struct bytes text, struct record *ret, struct err *err) MUST_USE;
// Prints the text as it is signed, then its rendering in --lang and, when that is another, in
// English, in the form of --form.
bool layout_say_record(struct cli *cli, const struct layout *l, struct bytes text,
                       struct err *err) MUST_USE;
// Adds "renderings": {LANG: text} and their "form" to an object.
bool layout_json_record(struct cli *cli, const struct layout *l, struct bytes text, json_t *to,
                        struct err *err) MUST_USE;
// What a rendering of this book in a language needs: names of States, English beside it. Borrows
// the language's name.
struct render_with layout_with(const struct layout *l, const struct book *book,
                               const char *language, bool exercise);
// Lines indented by two, each isolated where the language is written from right to left.
void layout_say_lines(struct str text, bool right_to_left);

// -- the clerk's JSON ----------------------------------------------------------------------------
const char *see_text(const json_t *o, const char *key); // "" when missing or null
uint64_t see_number(const json_t *o, const char *key);  // 0
bool see_true(const json_t *o, const char *key);        // false
json_t *see_rows(const json_t *o, const char *key);     // an array, perhaps empty
// One record as the clerk shows it, by its reference or the hash of its note.
bool see_record(struct cli *cli, const struct clerk_link *clerk, const char *name,
                json_t **ret_owned, struct err *err) MUST_USE;
// Prints the clerk's object as it is.
bool see_print(json_t *owned, struct err *err) MUST_USE;
// "k of n, quorum met".
void see_say_quorum(const json_t *o);
#endif
