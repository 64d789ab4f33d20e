// store/office_vouch.c - see office_vouch.h.
#include "store/office_vouch.h"

#include "store/stmt.h"

bool office_vouch_put(struct txn *txn, const struct office_vouch *row, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_VOUCH_PUT);
    stmt_bind_digest(&s, 1, &row->note);
    stmt_bind_str(&s, 2, row->kind);
    stmt_bind_str(&s, 3, row->of);
    stmt_bind_str(&s, 4, row->book);
    stmt_bind_count(&s, 5, row->version);
    stmt_bind_digest(&s, 6, &row->file);
    return stmt_run(&s, err);
}

struct vouch_list {
    office_vouch_each *each;
    void *context;
};
static bool vouch_row(struct stmt *s, void *context, struct err *err)
{
    const struct vouch_list *list = context;
    struct office_vouch row = {.note = stmt_digest(s, 0),
                               .kind = stmt_str(s, 1),
                               .of = stmt_str(s, 2),
                               .book = stmt_str(s, 3),
                               .version = stmt_small(s, 4, UINT32_MAX),
                               .file = stmt_digest(s, 5),
                               .ref = stmt_str(s, 6),
                               .origin = stmt_str(s, 7),
                               .time = {stmt_int(s, 8)}};
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_vouches(struct txn *txn, office_vouch_each *each, void *context, struct err *err)
{
    struct vouch_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_VOUCH_LIST);
    return stmt_each(&s, vouch_row, &list, err);
}
