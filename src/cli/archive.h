// cli/archive.h - a node as one age file, and back.
//
// Holds: which files make a backup (never the keeper's state), the pax archive inside the age file,
// unpacking into a new folder by an exact list of names.
// Knows nothing of: how the stores are copied (the clerk does that).
// Source: DESIGN section 9 (restore), FORMATS section 10.
#ifndef CLI_ARCHIVE_H
#define CLI_ARCHIVE_H
#include "cli/command.h"
#include "crypto/age.h"

struct archive_backup {
    struct world *world;
    const char *folder;  // of the node
    const char *staging; // holds exchange.db and office.db
    const struct age_recipient *recipients;
    size_t recipients_count;
};
// A new folder inside the node's, with an absolute path.
bool archive_staging(struct cli *cli, const char *folder, struct str *ret,
                     struct err *err) MUST_USE;
void archive_staging_drop(const char *staging);
bool archive_write_backup(const struct archive_backup *plan, const char *out,
                          struct err *err) MUST_USE;
// Opens, verifies whole, then unpacks; nothing is left behind when it fails.
bool archive_read_backup(struct cli *cli, const char *file, const char *identity_file,
                         const char *folder, struct err *err) MUST_USE;
#endif
