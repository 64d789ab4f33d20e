// cli/link.h - how a command reaches the clerk: a running node, or one started for its length.
//
// Holds: connecting, starting keeper and clerk where no node runs, proving an officer's key.
// Knows nothing of: what is asked then.
// Source: DESIGN section 9, FORMATS section 10.
#ifndef CLI_LINK_H
#define CLI_LINK_H
#include "clerk/client.h"
#include "cli/command.h"
#include "cli/keyfile.h"

struct link {
    struct clerk_link clerk;
    struct supervisor *own; // owned; NULL when a node runs
    struct config *config;  // owned
    struct keyfile officer; // when opened as one
    struct str origin;      // of the node's log, once opened as an officer
};
// Reaches the node of --node.
bool link_open(struct cli *cli, struct link *ret, struct err *err) MUST_USE;
// Reaches a node that runs; none is started for the length of the command.
//   errors  ERR_OFFLINE  none runs there
bool link_open_running(struct cli *cli, struct link *ret, struct err *err) MUST_USE;
// As link_open, and proves the officer's key of --officer (or $ELCHI_OFFICER) on it.
bool link_open_officer(struct cli *cli, struct link *ret, struct err *err) MUST_USE;
void link_close(struct link *l);
// The officer's key file alone, for commands that need no node.
bool link_key(struct cli *cli, enum command_option which, struct keyfile *ret_owned,
              struct err *err) MUST_USE;
// The name after ".../officer/".
struct str link_officer_name(const struct keyfile *k);
#endif
