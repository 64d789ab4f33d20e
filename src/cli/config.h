// cli/config.h - the one configuration file of a node, elchi.conf in the node's folder.
//
// Holds: "key value" lines, comments with #, the table of keys with their defaults and one sentence
// each; the same table writes the commented file that `elchi init` leaves.
// Knows nothing of: what the values are used for. No secret stands in it, only where one is.
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H
#include "base/report.h"
#include "base/world.h"

enum { CONFIG_MARKINGS_MAX = 16, CONFIG_TEXT_MAX = 256 };
struct config {
    char folder[3500];
    char listen[CONFIG_TEXT_MAX];  // "" : none
    char monitor[CONFIG_TEXT_MAX]; // "" : off
    char door[CONFIG_TEXT_MAX];    // "" : off
    char passphrase_file[3500];    // "" : asked for on the terminal
    bool dials;
    uint32_t poll_s;
    uint64_t peer_quota_mib;
    char markings[CONFIG_MARKINGS_MAX][40];
    size_t markings_count;
    char marking_ceiling[40];
    enum report_level log_level;
    bool log_json;
};
void config_defaults(struct config *c, const char *folder);
// Reads FOLDER/elchi.conf over the defaults.
//   errors  ERR_NOT_FOUND (no such node), ERR_MALFORMED with the line, ERR_LIMIT
bool config_load(struct world *w, const char *folder, struct config *ret, struct err *err) MUST_USE;
// The text of a commented file with these values.
bool config_text(const struct config *c, struct arena *a, struct bytes *ret,
                 struct err *err) MUST_USE;
// How many markings are not above the ceiling.
size_t config_markings_allowed(const struct config *c);
bool config_read(struct bytes text, struct config *c, struct err *err) MUST_USE; // for the fuzzer
#endif
