// store/migrate.h - bringing a database to the program's schema, and refusing one that is not.
//
// Holds: embedded migrations of sql/exchange and sql/office, each applied in one transaction and
// recorded with its SHA-256; the derived schema of sql/view, dropped and rebuilt.
// Knows nothing of: what the tables mean.
// Source: STYLE section 7; DESIGN section 10.
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H
#include "store/stmt.h"

// Applies what is missing of `schema` ("exchange", "office").
//   errors  ERR_CONFLICT     a database of another schema, or a migration that was changed after it
//                            was applied
//           ERR_UNSUPPORTED  the database is newer than the program
bool migrate_up(struct db *db, const char *schema, struct err *err) MUST_USE;
// The same check for a reader, which applies nothing.
//   errors  as above; ERR_BUSY  the writer has not brought it up to date yet
bool migrate_check(struct db *db, const char *schema, struct err *err) MUST_USE;

// Opens, and then brings up to date or checks, as the mode asks.
bool migrate_open(const struct db_driver *driver, struct db_target target, const char *schema,
                  struct db **ret_owned, struct err *err) MUST_USE;

// Drops and builds the tables of sql/view in the caller's transaction.
bool migrate_views(struct txn *txn, struct err *err) MUST_USE;
bool migrate_views_current(struct txn *txn, bool *ret_current, struct err *err) MUST_USE;

// Over another list than the embedded one, so that tests can play the next version and a changed
// file.
struct migrate_list {
    const struct sql_migration *all;
    size_t count;
};
bool migrate_up_from(struct db *db, struct migrate_list list, const char *schema,
                     struct err *err) MUST_USE;
#endif
