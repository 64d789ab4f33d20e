#include "store/office_heard.h"

#include "base/limits.h"
#include "store/stmt.h"

enum { REF_BYTES_MAX = 64, DESK_BYTES_MAX = 64, SEALED_BYTES_MAX = NOTE_BYTES_MAX };

bool office_heard_id_read(struct str text, struct office_heard_id *ret, struct err *err)
{
    bool good = text.len == HEARD_ID_CHARS;
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
               (text.ptr[i] >= 'a' && text.ptr[i] <= 'f');
    if (!good)
        return err_set(err, ERR_MALFORMED, "docs/spoken.md",
                       "what was heard is named by 32 hex digits");
    memcpy(ret->hex, text.ptr, HEARD_ID_CHARS);
    ret->hex[HEARD_ID_CHARS] = '\0';
    return true;
}

static struct str id_str(const struct office_heard_id *id)
{
    return (struct str){id->hex, HEARD_ID_CHARS};
}

static bool check_row(const struct office_heard *row, struct err *err)
{
    if (row->ref.len == 0 || row->ref.len > REF_BYTES_MAX || row->desk.len > DESK_BYTES_MAX ||
        row->officer.len > OFFICER_NAME_BYTES_MAX || row->sealed.len > SEALED_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "store/office_heard.h",
                       "a reference, desk, officer or text of what was heard");
    return true;
}

static bool check_room(struct txn *txn, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_HEARD_COUNT);
    if (!stmt_run_one(&s, err))
        return false;
    uint64_t count = stmt_count(&s, 0);
    if (!stmt_done(&s, err))
        return false;
    return count < HEARD_KEPT_MAX ||
           err_set(err, ERR_LIMIT, "base/limits.h",
                   "%d heard messages are kept here; drop those that are proven", HEARD_KEPT_MAX);
}

static bool is_kept(struct txn *txn, const struct office_heard_id *id, bool *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_HEARD_GET);
    stmt_bind_str(&s, 1, id_str(id));
    if (!stmt_find(&s, ret, err))
        return false;
    stmt_stop(&s);
    return true;
}

bool office_heard_add(struct txn *txn, const struct office_heard *row, bool *ret_new,
                      struct err *err)
{
    bool kept = false;
    if (!check_row(row, err) || !is_kept(txn, &row->id, &kept, err))
        return false;
    *ret_new = !kept;
    if (kept)
        return true;
    if (!check_room(txn, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_HEARD_ADD);
    stmt_bind_str(&s, 1, id_str(&row->id));
    stmt_bind_str(&s, 2, row->ref);
    stmt_bind_str(&s, 3, row->desk);
    stmt_bind_str(&s, 4, row->officer);
    stmt_bind_int(&s, 5, row->at.s);
    stmt_bind_bytes(&s, 6, row->sealed);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

// A row whose id is not of this form was not written by this program.
static void read_row(struct stmt *s, struct office_heard *ret)
{
    struct err ignored = {0};
    *ret = (struct office_heard){
        .ref = stmt_str(s, 1),
        .desk = stmt_str(s, 2),
        .officer = stmt_str(s, 3),
        .at = {stmt_int(s, 4)},
        .sealed = stmt_bytes(s, 5),
    };
    if (!office_heard_id_read(stmt_str(s, 0), &ret->id, &ignored))
        s->misfit = true;
}

bool office_heard_get(struct txn *txn, const struct office_heard_id *id, struct arena *a,
                      struct office_heard *ret, struct err *err)
{
    bool found = false;
    struct office_heard row;
    struct stmt s = txn_stmt(txn, SQL_HEARD_GET);
    stmt_bind_str(&s, 1, id_str(id));
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such thing was heard here");
    read_row(&s, &row);
    bool done = stmt_fits(&s, err) && arena_str(a, row.ref, &row.ref, err) &&
                arena_str(a, row.desk, &row.desk, err) &&
                arena_str(a, row.officer, &row.officer, err) &&
                arena_copy(a, row.sealed, &row.sealed, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct heard_list {
    office_heard_each *each;
    void *context;
};
static bool heard_row(struct stmt *s, void *context, struct err *err)
{
    const struct heard_list *list = context;
    struct office_heard row;
    read_row(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_heards(struct txn *txn, office_heard_each *each, void *context, struct err *err)
{
    struct heard_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_HEARD_LIST);
    return stmt_each(&s, heard_row, &list, err);
}

bool office_heards_of(struct txn *txn, struct str ref, office_heard_each *each, void *context,
                      struct err *err)
{
    struct heard_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_HEARD_BY_REF);
    stmt_bind_str(&s, 1, ref);
    return stmt_each(&s, heard_row, &list, err);
}

bool office_heard_drop(struct txn *txn, const struct office_heard_id *id, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_HEARD_DROP);
    stmt_bind_str(&s, 1, id_str(id));
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such thing was heard here");
    return stmt_done(&s, err);
}

bool office_heard_drop_ref(struct txn *txn, struct str ref, struct str desk, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_HEARD_DROP_REF);
    stmt_bind_str(&s, 1, ref);
    stmt_bind_str(&s, 2, desk);
    return stmt_run(&s, err);
}
