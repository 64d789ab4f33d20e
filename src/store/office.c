// store/office.c - see office.h.
#include "store/office.h"

#include "store/migrate.h"

// -- opening ----------------------------------------------------------------------------------
// The writer also builds the views when there are none; whether they are current is for the clerk
// to ask.
static bool with_views(struct db *db, struct err *err)
{
    struct txn txn = {0};
    bool current = false;
    bool done = false;
    if (!db_begin(db, &txn, err) || !migrate_views_current(&txn, &current, err))
        goto out;
    if (!current && !migrate_views(&txn, err))
        goto out;
    if (!current) {
        struct stmt reset = txn_stmt(&txn, SQL_CURSOR_RESET);
        if (!stmt_run(&reset, err))
            goto out;
    }
    done = db_commit(&txn, err);
out:
    txn_release(&txn);
    return done;
}

static bool open_office(const struct db_driver *driver, struct db_target target,
                        struct db **ret_owned, struct err *err)
{
    struct db *db = NULL;
    if (!migrate_open(driver, target, "office", &db, err))
        return false;
    if (target.mode != DB_READ && !with_views(db, err)) {
        db_close(db);
        return false;
    }
    *ret_owned = db;
    return true;
}

bool office_open_write(const struct db_driver *driver, struct world *w, const char *path,
                       struct db **ret_owned, struct err *err)
{
    return open_office(driver, (struct db_target){w, path, DB_WRITE}, ret_owned, err);
}

bool office_open_read(const struct db_driver *driver, struct world *w, const char *path,
                      struct db **ret_owned, struct err *err)
{
    return open_office(driver, (struct db_target){w, path, DB_READ}, ret_owned, err);
}

bool office_open_memory(const struct db_driver *driver, struct world *w, struct db **ret_owned,
                        struct err *err)
{
    return open_office(driver, (struct db_target){w, NULL, DB_MEMORY}, ret_owned, err);
}

// -- officers ---------------------------------------------------------------------------------
static bool officer_check(const struct office_officer *row, struct err *err)
{
    if (row->name.len == 0)
        return err_set(err, ERR_MALFORMED, NULL, "an officer has a name");
    if (row->name.len > OFFICER_NAME_BYTES_MAX || row->desks.len > OFFICER_TEXT_BYTES_MAX ||
        row->roles.len > OFFICER_TEXT_BYTES_MAX || row->vkey.len > OFFICER_TEXT_BYTES_MAX ||
        row->login.len > OFFICER_LOGIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a part of an officer's account is too long");
    return true;
}

bool office_officer_put(struct txn *txn, const struct office_officer *row, struct err *err)
{
    if (!officer_check(row, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_OFFICER_PUT);
    stmt_bind_str(&s, 1, row->name);
    stmt_bind_str(&s, 2, row->desks);
    stmt_bind_str(&s, 3, row->roles);
    stmt_bind_str(&s, 4, row->vkey);
    stmt_bind_int(&s, 5, (int64_t)row->state);
    stmt_bind_int(&s, 6, row->added.s);
    stmt_bind_bytes(&s, 7, row->login);
    return stmt_run(&s, err);
}

static void read_officer(struct stmt *s, struct office_officer *ret)
{
    *ret = (struct office_officer){
        .name = stmt_str(s, 0),
        .desks = stmt_str(s, 1),
        .roles = stmt_str(s, 2),
        .vkey = stmt_str(s, 3),
        .state = (enum office_officer_state)stmt_small(s, 4, OFFICER_STATE_COUNT - 1),
        .added = {stmt_int(s, 5)},
        .login = stmt_bytes(s, 6),
    };
}

bool office_officer_get(struct txn *txn, struct str name, struct arena *a,
                        struct office_officer *ret, struct err *err)
{
    bool found = false;
    struct office_officer row;
    struct stmt s = txn_stmt(txn, SQL_OFFICER_GET);
    stmt_bind_str(&s, 1, name);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no officer of this name");
    read_officer(&s, &row);
    bool done = stmt_fits(&s, err) && arena_str(a, row.name, &row.name, err) &&
                arena_str(a, row.desks, &row.desks, err) &&
                arena_str(a, row.roles, &row.roles, err) &&
                arena_str(a, row.vkey, &row.vkey, err) && arena_copy(a, row.login, &row.login, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct officer_list {
    office_officer_each *each;
    void *context;
};
static bool officer_row(struct stmt *s, void *context, struct err *err)
{
    const struct officer_list *list = context;
    struct office_officer row;
    read_officer(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_officers(struct txn *txn, office_officer_each *each, void *context, struct err *err)
{
    struct officer_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_OFFICER_LIST);
    return stmt_each(&s, officer_row, &list, err);
}

// -- audit ------------------------------------------------------------------------------------
static void put_block(struct hash *h, struct str text)
{
    uint8_t head[4];
    struct writer w = writer_of(head, sizeof head);
    writer_u32(&w, (uint32_t)text.len);
    hash_put(h, writer_bytes(&w));
    hash_put(h, str_bytes(text));
}

static struct digest chain(const struct digest *before, const struct office_audit *row)
{
    struct hash h;
    uint8_t numbers[16];
    struct writer w = writer_of(numbers, sizeof numbers);
    writer_u64(&w, row->n);
    writer_u64(&w, (uint64_t)row->at.s);
    CHECK(!w.full);
    hash_init(&h);
    hash_put(&h, str_bytes(STR("elchi audit v1\n")));
    hash_put(&h, bytes_of(before->octets, DIGEST_BYTES));
    hash_put(&h, writer_bytes(&w));
    put_block(&h, row->who);
    put_block(&h, row->what);
    put_block(&h, row->subject);
    return hash_end(&h);
}

static bool audit_last(struct txn *txn, uint64_t *ret_n, struct digest *ret_digest, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_AUDIT_LAST);
    *ret_n = 0;
    *ret_digest = (struct digest){{0}};
    if (!stmt_find(&s, &found, err))
        return false;
    if (found) {
        *ret_n = stmt_count(&s, 0);
        *ret_digest = stmt_digest(&s, 1);
    }
    return stmt_done(&s, err);
}

bool office_audit_add(struct txn *txn, const struct office_audit *row, struct err *err)
{
    struct digest before;
    struct office_audit next = *row;
    if (row->who.len == 0 || row->what.len == 0 || row->who.len > AUDIT_TEXT_BYTES_MAX ||
        row->what.len > AUDIT_TEXT_BYTES_MAX || row->subject.len > AUDIT_TEXT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "an audit row says who and what, in bounds");
    if (!audit_last(txn, &next.n, &before, err))
        return false;
    next.n++;
    next.digest = chain(&before, &next);
    struct stmt s = txn_stmt(txn, SQL_AUDIT_ADD);
    stmt_bind_count(&s, 1, next.n);
    stmt_bind_int(&s, 2, next.at.s);
    stmt_bind_str(&s, 3, next.who);
    stmt_bind_str(&s, 4, next.what);
    stmt_bind_str(&s, 5, next.subject);
    stmt_bind_digest(&s, 6, &next.digest);
    return stmt_run(&s, err);
}

static void read_audit(struct stmt *s, struct office_audit *ret)
{
    *ret = (struct office_audit){
        .n = stmt_count(s, 0),
        .at = {stmt_int(s, 1)},
        .who = stmt_str(s, 2),
        .what = stmt_str(s, 3),
        .subject = stmt_str(s, 4),
        .digest = stmt_digest(s, 5),
    };
}

struct audit_list {
    office_audit_each *each;
    void *context;
};
static bool audit_row(struct stmt *s, void *context, struct err *err)
{
    const struct audit_list *list = context;
    struct office_audit row;
    read_audit(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_audits(struct txn *txn, uint64_t before, uint64_t count_max, office_audit_each *each,
                   void *context, struct err *err)
{
    struct audit_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_AUDIT_LIST);
    stmt_bind_limit(&s, 1, before == 0 ? UINT64_MAX : before);
    stmt_bind_limit(&s, 2, count_max);
    return stmt_each(&s, audit_row, &list, err);
}

struct walk {
    uint64_t count;
    struct digest head;
};
static bool walk_row(struct stmt *s, void *context, struct err *err)
{
    struct walk *walk = context;
    struct office_audit row;
    read_audit(s, &row);
    if (!stmt_fits(s, err))
        return false;
    struct digest wanted = chain(&walk->head, &row);
    if (row.n != walk->count + 1 || !digest_eq(&wanted, &row.digest))
        return err_set(err, ERR_TAMPERED, NULL, "the audit trail breaks at row %llu",
                       (unsigned long long)walk->count + 1);
    walk->count++;
    walk->head = row.digest;
    return true;
}

bool office_audit_check(struct txn *txn, uint64_t *ret_count, struct digest *ret_head,
                        struct err *err)
{
    struct walk walk = {0};
    struct stmt s = txn_stmt(txn, SQL_AUDIT_WALK);
    if (!stmt_each(&s, walk_row, &walk, err))
        return false;
    if (ret_count != NULL)
        *ret_count = walk.count;
    if (ret_head != NULL)
        *ret_head = walk.head;
    return true;
}

// -- cursors ----------------------------------------------------------------------------------
bool office_cursor_get(struct txn *txn, struct str origin, uint64_t *ret_next, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_CURSOR_GET);
    stmt_bind_str(&s, 1, origin);
    if (!stmt_find(&s, &found, err))
        return false;
    uint64_t next = found ? stmt_count(&s, 0) : 0;
    if (!stmt_done(&s, err))
        return false;
    *ret_next = next;
    return true;
}

bool office_cursor_put(struct txn *txn, struct str origin, uint64_t next, struct err *err)
{
    if (next > INT64_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a cursor beyond every tree");
    struct stmt s = txn_stmt(txn, SQL_CURSOR_PUT);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_count(&s, 2, next);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}
