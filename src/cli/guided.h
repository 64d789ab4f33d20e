// cli/guided.h - from a situation to a message, one question at a time.
//
// Holds: the questions, what answers each of them, and what stands on the screen meanwhile. A line
// of input in, a screen out. What was entered is kept as it was entered; going back forgets the
// last entry and goes through the others anew, so that no step needs to be undone.
// Knows nothing of: terminals, nodes, clocks (the moment comes with the input).
// Source: DESIGN section 6; docs/codebook.md ("Composing in the terminal").
//
//   State, desk, own desk (with a node) -> situation, words or a code -> phrase -> parameters
//     -> another line, or done -> precedence -> handling -> the whole once more
// Answering: the line asked -> the answers it allows, neutral ones first -> parameters ...
#ifndef CLI_GUIDED_H
#define CLI_GUIDED_H
#include "codebook/find.h"
#include "codebook/render.h"

enum {
    GUIDED_INPUT_BYTES_MAX = 4096,  // twice the longest value
    GUIDED_INPUTS_MAX = 4096,       // ninety-nine lines of ten values, changed a few times
    GUIDED_LINES_BYTES_MAX = 40000, // one more line still fits into a record
    GUIDED_ARENA_BYTES = 64 << 20,  // of what was entered; of what was made; of one screen
};
enum guided_step {
    GUIDED_STATE,      // to which State
    GUIDED_DESK,       // to which of its desks
    GUIDED_FROM,       // from which of ours
    GUIDED_ASKED,      // which line is answered
    GUIDED_SITUATION,  // a number, words or a code
    GUIDED_PHRASE,     // one of those offered
    GUIDED_VALUE,      // of one parameter
    GUIDED_NEXT,       // another line, one less, or done
    GUIDED_REMOVE,     // which line
    GUIDED_PRECEDENCE, // at most what all phrases allow
    GUIDED_TLP,        //
    GUIDED_CONFIRM,    // the whole once more
    GUIDED_STEP_COUNT
};
enum guided_end {
    GUIDED_ASKS, // and waits for a line
    GUIDED_MADE, // `made` is the message
    GUIDED_LEFT  // nothing is kept
};
// One book, and all that speaks of it.
struct guided_speech {
    struct render_with reader;  // `book`, `language`, `english`, `states`; language may be NULL
    struct render_with partner; // the same book; its language may be the reader's
    const struct guide *guide;  // NULL: none
    struct find_index *index;   // NULL: words find nothing
};
struct guided_name {
    struct str code, name;              // of a State, in the reader's language
    const struct guided_speech *speech; // under which it is written to; NULL: the usual one
};
// Borrowed, and good for as long as the machine.
struct guided_setup {
    struct guided_speech speech;        // the usual one
    const struct guided_name *names;    // States to choose from, in the community's order
    size_t names_count;                 // 0: codes are typed
    bool addressed;                     // asks to whom and from whom
    struct str own;                     // our State: it is not addressed
    struct str to_state, to_desk, from; // what is given beforehand is not asked for
    const struct phrase_line *asked;    // the lines that are answered
    size_t asked_count;                 // 0: nothing is answered
    enum precedence usual;              // where none is chosen and the phrases allow it
};
struct guided_made {
    struct str to_state, to_desk, from; // empty unless asked for or given
    struct phrase_line lines[PHRASE_LINES_MAX];
    size_t lines_count;
    size_t bytes; // of the lines
    enum precedence precedence;
    struct str tlp; // empty: what is usual
};
struct guided {
    const struct guided_setup *setup;
    enum guided_end end;
    struct str screen;   // lines, each ended by LF
    struct str question; // one line
    enum guided_step step;
    struct guided_made made;
    // the line that is being made
    uint32_t asked_line;
    const struct phrase *offered[BOOK_PHRASES_MAX];
    size_t offered_count;
    const struct phrase *phrase;
    size_t at; // parameter
    struct phrase_line line;
    // what is said above the next question; RENDERING_STRING_COUNT: nothing
    enum rendering_string notice;
    struct str notice_value;
    struct guided_input {
        struct str text;
        struct moment now;
    } * inputs; // owned by `kept`
    size_t inputs_count;
    struct arena kept, work, shown; // owned
};
// The first question. `g` is the caller's storage; release it in any case.
//   errors  ERR_LIMIT, ERR_IO (ICU)
bool guided_begin(struct guided *g, const struct guided_setup *setup, struct err *err) MUST_USE;
// One line of input: an answer, or `?` help, `<` back, `q` leave. What does not fit is said on the
// screen and asked again; it is no error.
//   errors  ERR_LIMIT (more inputs than anybody makes), ERR_IO (ICU)
bool guided_take(struct guided *g, struct bytes line, struct moment now, struct err *err) MUST_USE;
void guided_release(struct guided *g); // a zeroed one is fine
// "N02 class=ddos when=...", as `elchi draft` takes it.
bool guided_line_text(const struct phrase_line *line, struct arena *a, struct str *ret,
                      struct err *err) MUST_USE;
#endif
