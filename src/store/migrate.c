// store/migrate.c - see migrate.h.
#include "store/migrate.h"

static struct migrate_list embedded(void)
{
    return (struct migrate_list){sql_migrations, sql_migrations_count};
}

static struct digest digest_of_file(const struct sql_migration *m)
{
    return digest_of(bytes_of(m->text, m->size));
}

static const struct sql_migration *find(struct migrate_list list, const char *schema, uint64_t n)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.all[i].number == n && str_eq(str_of(list.all[i].schema), str_of(schema)))
            return &list.all[i];
    return NULL;
}

// -- reading what stands there ----------------------------------------------------------------
static bool refuse_other(struct txn *txn, const char *schema, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_MIGRATION_OTHER);
    stmt_bind_str(&s, 1, str_of(schema));
    if (!stmt_find(&s, &found, err))
        return false;
    if (found)
        (void)err_set(err, ERR_CONFLICT, NULL, "this is the %.*s store, not the %s store",
                      STR_ARG(stmt_str(&s, 0)), schema);
    stmt_stop(&s);
    return !found;
}

static bool check_row(struct migrate_list list, const char *schema, struct stmt *s, struct err *err)
{
    const struct sql_migration *m = find(list, schema, stmt_count(s, 0));
    if (m == NULL)
        return err_set(err, ERR_UNSUPPORTED, NULL,
                       "the %s store has migration %.*s: it is newer than this program", schema,
                       STR_ARG(stmt_str(s, 2)));
    struct digest applied = stmt_digest(s, 1);
    struct digest ours = digest_of_file(m);
    if (!digest_eq(&applied, &ours))
        return err_set(err, ERR_CONFLICT, NULL,
                       "migration %s of the %s store was changed after it was applied", m->file,
                       schema);
    return true;
}

// How many were applied; each must be ours, octet by octet, without a gap.
static bool check_applied(struct txn *txn, struct migrate_list list, const char *schema,
                          uint64_t *ret_count, struct err *err)
{
    bool row = false;
    uint64_t count = 0;
    struct stmt s = txn_stmt(txn, SQL_MIGRATION_LIST);
    stmt_bind_str(&s, 1, str_of(schema));
    for (;;) {
        if (!stmt_next(&s, &row, err))
            return false;
        if (!row)
            break;
        count++;
        bool next = stmt_count(&s, 0) == count;
        if (!next)
            (void)err_set(err, ERR_CONFLICT, NULL, "migration %u of the %s store is missing",
                          (unsigned)count, schema);
        if (!next || !check_row(list, schema, &s, err)) {
            stmt_stop(&s);
            return false;
        }
    }
    *ret_count = count;
    return stmt_done(&s, err);
}

// -- applying ---------------------------------------------------------------------------------
static bool run_statement(struct txn *txn, struct str text, struct err *err)
{
    const struct db_driver *driver = db_driver_of(txn->db);
    void *prepared = NULL;
    bool row = true;
    if (!db_prepare(txn->db, DB_SLOTS, text, &prepared, err) ||
        !driver->step(prepared, DB_START, NULL, 0, &row, err))
        return false;
    CHECK(!row); // a migration asks nothing
    return true;
}

static bool only_comment(struct str line)
{
    return line.len == 0 || str_starts(line, STR("--"));
}

// A statement ends with ; at a line's end, which both engines and this loop read alike.
static bool run_file(struct txn *txn, const struct sql_migration *m, struct err *err)
{
    struct str rest = {(const char *)m->text, m->size};
    const char *start = rest.ptr;
    struct str line;
    bool empty = true; // between statements
    while (str_split(&rest, '\n', &line)) {
        if (empty && only_comment(line))
            continue;
        if (empty)
            start = line.ptr;
        empty = false;
        if (line.len == 0 || line.ptr[line.len - 1] != ';')
            continue;
        struct str text = {start, (size_t)(line.ptr + line.len - start)};
        if (!run_statement(txn, text, err))
            return err_wrap(err, "migration %s", m->file);
        empty = true;
    }
    CHECK(empty); // a last statement without ;
    return true;
}

static bool put(struct txn *txn, const struct sql_migration *m, struct err *err)
{
    struct digest d = digest_of_file(m);
    struct stmt s = txn_stmt(txn, SQL_MIGRATION_PUT);
    stmt_bind_str(&s, 1, str_of(m->schema));
    stmt_bind_count(&s, 2, m->number);
    stmt_bind_str(&s, 3, str_of(m->file));
    stmt_bind_digest(&s, 4, &d);
    stmt_bind_int(&s, 5, world_now_ms(db_world(txn->db)));
    return stmt_run(&s, err);
}

// The writer makes the table; to a reader its absence says that the writer was not there yet.
static bool have_table(struct txn *txn, struct err *err)
{
    void *prepared = NULL;
    struct stmt table = txn_stmt(txn, SQL_MIGRATION_TABLE);
    if (!db_is_reader(txn->db))
        return stmt_run(&table, err);
    if (db_prepare(txn->db, SQL_MIGRATION_LIST, str_of(sql_statements[SQL_MIGRATION_LIST].text),
                   &prepared, err))
        return true;
    if (err->kind == ERR_CONFLICT)
        err->kind = ERR_BUSY;
    return err_wrap(err, "not made yet");
}

static bool begin_checked(struct db *db, struct migrate_list list, const char *schema,
                          struct txn *txn, uint64_t *ret_count, struct err *err)
{
    if (!db_begin(db, txn, err))
        return false;
    return have_table(txn, err) && refuse_other(txn, schema, err) &&
           check_applied(txn, list, schema, ret_count, err);
}

// One migration in a transaction of its own. *ret_more: there was one to apply.
static bool apply_next(struct db *db, struct migrate_list list, const char *schema, bool *ret_more,
                       struct err *err)
{
    struct txn txn = {0};
    const struct sql_migration *m = NULL;
    uint64_t count = 0;
    bool done = false;
    if (!begin_checked(db, list, schema, &txn, &count, err))
        goto out;
    m = find(list, schema, count + 1);
    if (m != NULL && (!run_file(&txn, m, err) || !put(&txn, m, err)))
        goto out;
    *ret_more = m != NULL;
    done = db_commit(&txn, err);
out:
    txn_release(&txn);
    return done;
}

bool migrate_up_from(struct db *db, struct migrate_list list, const char *schema, struct err *err)
{
    bool more = true;
    CHECK(find(list, schema, 1) != NULL);
    while (more)
        if (!apply_next(db, list, schema, &more, err))
            return err_wrap(err, "%s store", schema);
    return true;
}

bool migrate_up(struct db *db, const char *schema, struct err *err)
{
    return migrate_up_from(db, embedded(), schema, err);
}

bool migrate_check(struct db *db, const char *schema, struct err *err)
{
    struct txn txn = {0};
    uint64_t count = 0;
    bool done = begin_checked(db, embedded(), schema, &txn, &count, err);
    txn_release(&txn);
    if (done && find(embedded(), schema, count + 1) != NULL)
        return err_set(err, ERR_BUSY, NULL, "the %s store is not up to date yet", schema);
    return done;
}

bool migrate_open(const struct db_driver *driver, struct db_target target, const char *schema,
                  struct db **ret_owned, struct err *err)
{
    struct db *db = NULL;
    if (!db_open(driver, target, &db, err))
        return false;
    bool fits =
        target.mode == DB_READ ? migrate_check(db, schema, err) : migrate_up(db, schema, err);
    if (fits)
        *ret_owned = db;
    else
        db_close(db);
    return fits;
}

// -- views ------------------------------------------------------------------------------------
bool migrate_views(struct txn *txn, struct err *err)
{
    struct stmt forget = txn_stmt(txn, SQL_MIGRATION_FORGET);
    stmt_bind_str(&forget, 1, STR("view"));
    if (!stmt_run(&forget, err))
        return false;
    const struct sql_migration *m = NULL;
    for (uint64_t n = 1; (m = find(embedded(), "view", n)) != NULL; n++)
        if (!run_file(txn, m, err) || !put(txn, m, err))
            return false;
    return true;
}

bool migrate_views_current(struct txn *txn, bool *ret_current, struct err *err)
{
    uint64_t count = 0;
    struct err why = {0};
    bool fits = check_applied(txn, embedded(), "view", &count, &why);
    if (!fits && why.kind != ERR_CONFLICT && why.kind != ERR_UNSUPPORTED) {
        *err = why;
        return false;
    }
    *ret_current = fits && find(embedded(), "view", count + 1) == NULL;
    return true;
}
