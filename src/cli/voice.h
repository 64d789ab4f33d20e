// cli/voice.h - what commands show of the spoken form.
//
// Holds: a heading and check groups as JSON; what was heard, with its rendering and what to ask for
// again, as text and as JSON.
// Knows nothing of: where the blocks came from, and whether a record of them is held.
// Source: docs/spoken.md; docs/json.md.
#ifndef CLI_VOICE_H
#define CLI_VOICE_H
#include "cli/layout.h"
#include "codebook/rendering.h"
#include "codebook/spoken_aloud.h"

json_t *voice_heading_json(const struct spoken_heading *h);    // owned by the caller
json_t *voice_groups_json(bool given, const uint32_t *groups); // the same
bool voice_right_to_left(const struct render_with *with);

// Blocks as they were heard, under the books of a layout; lives in the command's arena.
struct voice_heard {
    struct heard heard;
    struct render_with with;
    struct str rendering; // of the lines heard whole; empty without one
    struct str again;     // what to ask for, in the reader's language
};
bool voice_hear(struct cli *cli, const struct layout *l, struct bytes text, struct voice_heard *ret,
                struct err *err) MUST_USE;
//   errors  ERR_MALFORMED  not heard whole
bool voice_check(const struct voice_heard *v, struct err *err) MUST_USE;
bool voice_json(struct cli *cli, const struct voice_heard *v, json_t **ret_owned,
                struct err *err) MUST_USE;
// `banner` says whether it is proven.
bool voice_say(struct cli *cli, const struct voice_heard *v, enum rendering_string banner,
               struct err *err) MUST_USE;
#endif
