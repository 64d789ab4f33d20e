// cli/compose.h - from words on a command line to a draft at the clerk.
//
// Holds: addresses, phrase lines in their canonical spelling, unofficial texts, and attachments:
// sealed with age to addressee and author, hashed, uploaded piece by piece.
// Knows nothing of: what becomes of a draft.
// Source: DESIGN 5.1, 5.3 and 8; FORMATS sections 1, 3 and 5.
#ifndef CLI_COMPOSE_H
#define CLI_COMPOSE_H
#include "cli/layout.h"
#include "cli/link.h"
#include "record/type/message.h"

enum compose_usual { USUAL_FROM, USUAL_PRECEDENCE, USUAL_TLP, USUAL_COUNT };
struct compose {
    struct cli *cli;
    struct link *link;
    const struct layout *layout;
    struct record record;
    struct message message;
    const struct book *book; // under which the message is written; NULL until it is chosen
    bool fresh; // no record is answered or taken back: handling comes from nowhere else
    bool usual[USUAL_COUNT]; // not given: what is usual was taken, and is shown
};
// Knows who we are; refuses where no community is applied yet.
bool compose_begin(struct cli *cli, struct link *link, const struct layout *layout,
                   struct compose *ret, struct err *err) MUST_USE;
// --to, --from, --precedence, --tlp, --marking, --exercise. What is not given stays as it is.
// Usual: from the desk of the same kind, ROUTINE; AMBER to a State, GREEN to all, or what a phrase
// names where that is stricter.
bool compose_handling(struct compose *c, struct err *err) MUST_USE;
// The book of a fresh message, by the node's rule for its addressee (clerk/book_choice.h); and that
// of an answer, which is the asked message's.
bool compose_choose_book(struct compose *c, struct err *err) MUST_USE;
bool compose_book_of(struct compose *c, const struct record *asked, struct err *err) MUST_USE;
// The arguments from `first` on as lines 01, 02, ...; then --text, --attach, --replaces.
// A precedence that was taken over from what is answered falls to the highest the phrases allow.
bool compose_message(struct compose *c, size_t first, struct err *err) MUST_USE;
// One line as people type it: "N02 class=ddos when=...", in any order and spelling.
bool compose_line(const struct layout *l, const struct book *book, struct arena *a,
                  struct str typed, uint32_t number, struct phrase_line *ret,
                  struct err *err) MUST_USE;
// Keeps the draft and prints it.
bool compose_keep(struct compose *c, struct err *err) MUST_USE;
// A draft as people read it, from the clerk's JSON.
bool compose_say_draft(struct cli *cli, const struct layout *l, const json_t *draft,
                       struct err *err) MUST_USE;

// cli/cmd_write.c: what `elchi draft` and `elchi answer` do once they are connected. The lines are
// the command's arguments; of an answer the first one is the REF.
bool compose_draft(struct cli *cli, struct link *link, const struct layout *layout,
                   struct err *err) MUST_USE;
bool compose_answer(struct cli *cli, struct link *link, const struct layout *layout,
                    struct err *err) MUST_USE;

// cli/compose_attach.c
// Reads --attach FILE[:NAME[:MEDIA]], seals, uploads; for a record whose addressee is known.
bool compose_attach(struct compose *c, const char *given, struct attachment *ret,
                    struct err *err) MUST_USE;
#endif
