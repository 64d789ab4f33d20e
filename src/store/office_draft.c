// store/office_draft.c - see office_draft.h.
#include "store/office_draft.h"

#include "base/limits.h"
#include "store/stmt.h"

enum { DESK_BYTES_MAX = 64, DECISION_BYTES_MAX = 32, SEALED_BYTES_MAX = 2 * NOTE_BYTES_MAX };

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        bool letter = text.ptr[i] >= 'a' && text.ptr[i] <= 'f';
        if (!digit && !letter)
            return false;
    }
    return true;
}

bool office_draft_id_read(struct str text, struct office_draft_id *ret, struct err *err)
{
    if (text.len != DRAFT_ID_CHARS || !is_hex(text))
        return err_set(err, ERR_MALFORMED, "FORMATS 5", "a draft is named by 32 hex digits");
    memcpy(ret->hex, text.ptr, DRAFT_ID_CHARS);
    ret->hex[DRAFT_ID_CHARS] = '\0';
    return true;
}

static struct str id_str(const struct office_draft_id *id)
{
    return (struct str){id->hex, DRAFT_ID_CHARS};
}

// A row whose id is not of this form was not written by this program.
static void read_id(struct stmt *s, size_t column, struct office_draft_id *ret)
{
    struct err ignored = {0};
    if (!office_draft_id_read(stmt_str(s, column), ret, &ignored))
        s->misfit = true;
}

static bool sealed_check(struct bytes sealed, struct err *err)
{
    if (sealed.len > SEALED_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a sealed text has at most %d octets",
                       SEALED_BYTES_MAX);
    return true;
}

// -- drafts -----------------------------------------------------------------------------------
bool office_draft_add(struct txn *txn, const struct office_draft *row, struct err *err)
{
    if (row->desk.len > DESK_BYTES_MAX || row->author.len > OFFICER_NAME_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a draft's desk or author is too long");
    if (!sealed_check(row->sealed, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_DRAFT_ADD);
    stmt_bind_str(&s, 1, id_str(&row->id));
    stmt_bind_str(&s, 2, row->desk);
    stmt_bind_str(&s, 3, row->author);
    stmt_bind_int(&s, 4, (int64_t)row->state);
    stmt_bind_bytes(&s, 5, row->sealed);
    stmt_bind_digest_or_null(&s, 6, &row->text);
    stmt_bind_int(&s, 7, row->created.s);
    stmt_bind_int(&s, 8, row->changed.s);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

bool office_draft_change(struct txn *txn, const struct office_draft *row,
                         enum office_draft_state from, struct err *err)
{
    if (!sealed_check(row->sealed, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_DRAFT_CHANGE);
    stmt_bind_str(&s, 1, id_str(&row->id));
    stmt_bind_int(&s, 2, (int64_t)from);
    stmt_bind_int(&s, 3, (int64_t)row->state);
    stmt_bind_bytes(&s, 4, row->sealed);
    stmt_bind_digest_or_null(&s, 5, &row->text);
    stmt_bind_int(&s, 6, row->changed.s);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

bool office_draft_move(struct txn *txn, const struct office_draft_id *id,
                       enum office_draft_state from, enum office_draft_state to, struct moment at,
                       struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_DRAFT_MOVE);
    stmt_bind_str(&s, 1, id_str(id));
    stmt_bind_int(&s, 2, (int64_t)from);
    stmt_bind_int(&s, 3, (int64_t)to);
    stmt_bind_int(&s, 4, at.s);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

static void read_draft(struct stmt *s, struct office_draft *ret)
{
    *ret = (struct office_draft){
        .desk = stmt_str(s, 1),
        .author = stmt_str(s, 2),
        .state = (enum office_draft_state)stmt_small(s, 3, DRAFT_STATE_COUNT - 1),
        .sealed = stmt_bytes(s, 4),
        .created = {stmt_int(s, 6)},
        .changed = {stmt_int(s, 7)},
    };
    read_id(s, 0, &ret->id);
    (void)stmt_digest_or_null(s, 5, &ret->text); // zeros say none
}

bool office_draft_get(struct txn *txn, const struct office_draft_id *id, struct arena *a,
                      struct office_draft *ret, struct err *err)
{
    bool found = false;
    struct office_draft row;
    struct stmt s = txn_stmt(txn, SQL_DRAFT_GET);
    stmt_bind_str(&s, 1, id_str(id));
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such draft");
    read_draft(&s, &row);
    bool done = stmt_fits(&s, err) && arena_str(a, row.desk, &row.desk, err) &&
                arena_str(a, row.author, &row.author, err) &&
                arena_copy(a, row.sealed, &row.sealed, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct draft_list {
    office_draft_each *each;
    void *context;
};
static bool draft_row(struct stmt *s, void *context, struct err *err)
{
    const struct draft_list *list = context;
    struct office_draft row;
    read_draft(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

// Eight parameters, one above the rule: a room above was built on this shape.
// NOLINTNEXTLINE(readability-function-size)
bool office_drafts(struct txn *txn, struct str desk, enum office_draft_state state, uint64_t skip,
                   uint64_t count_max, office_draft_each *each, void *context, struct err *err)
{
    struct draft_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_DRAFT_LIST);
    stmt_bind_str(&s, 1, desk);
    stmt_bind_int(&s, 2, (int64_t)state);
    stmt_bind_limit(&s, 3, skip);
    stmt_bind_limit(&s, 4, count_max);
    return stmt_each(&s, draft_row, &list, err);
}

bool office_draft_count(struct txn *txn, struct str desk, enum office_draft_state state,
                        uint64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_DRAFT_COUNT);
    stmt_bind_str(&s, 1, desk);
    stmt_bind_int(&s, 2, (int64_t)state);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_count(&s, 0);
    return stmt_done(&s, err);
}

bool office_drafts_in(struct txn *txn, enum office_draft_state state, office_draft_each *each,
                      void *context, struct err *err)
{
    struct draft_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_DRAFT_IN);
    stmt_bind_int(&s, 1, (int64_t)state);
    return stmt_each(&s, draft_row, &list, err);
}

static bool run_by_draft(struct txn *txn, enum sql what, const struct office_draft_id *draft,
                         struct err *err)
{
    struct stmt s = txn_stmt(txn, what);
    stmt_bind_str(&s, 1, id_str(draft));
    return stmt_run(&s, err);
}

bool office_draft_erase(struct txn *txn, const struct office_draft_id *id, struct err *err)
{
    return run_by_draft(txn, SQL_APPROVAL_DROP, id, err) &&
           run_by_draft(txn, SQL_FILL_DROP, id, err) && run_by_draft(txn, SQL_DRAFT_ERASE, id, err);
}

// -- approvals --------------------------------------------------------------------------------
bool office_approval_add(struct txn *txn, const struct office_approval *row, struct err *err)
{
    if (row->officer.len == 0 || row->officer.len > OFFICER_NAME_BYTES_MAX ||
        row->decision.len == 0 || row->decision.len > DECISION_BYTES_MAX ||
        row->note.len > NOTE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "an approval's officer, decision or note");
    struct stmt s = txn_stmt(txn, SQL_APPROVAL_ADD);
    stmt_bind_str(&s, 1, id_str(&row->draft));
    stmt_bind_str(&s, 2, row->officer);
    stmt_bind_str(&s, 3, row->decision);
    stmt_bind_bytes(&s, 4, row->note);
    stmt_bind_int(&s, 5, row->at.s);
    stmt_bind_int(&s, 6, row->until.s);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

struct approval_list {
    office_approval_each *each;
    void *context;
};
static bool approval_row(struct stmt *s, void *context, struct err *err)
{
    const struct approval_list *list = context;
    struct office_approval row = {
        .officer = stmt_str(s, 1),
        .decision = stmt_str(s, 2),
        .note = stmt_bytes(s, 3),
        .at = {stmt_int(s, 4)},
        .until = {stmt_int(s, 5)},
    };
    read_id(s, 0, &row.draft);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_approvals(struct txn *txn, const struct office_draft_id *draft,
                      office_approval_each *each, void *context, struct err *err)
{
    struct approval_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_APPROVAL_LIST);
    stmt_bind_str(&s, 1, id_str(draft));
    return stmt_each(&s, approval_row, &list, err);
}

bool office_approvals_drop(struct txn *txn, const struct office_draft_id *draft, struct err *err)
{
    return run_by_draft(txn, SQL_APPROVAL_DROP, draft, err);
}

// -- fills ------------------------------------------------------------------------------------
bool office_fill_add(struct txn *txn, const struct office_fill *row, struct err *err)
{
    if (!sealed_check(row->sealed, err) || !sealed_check(row->note, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_FILL_ADD);
    stmt_bind_str(&s, 1, id_str(&row->draft));
    stmt_bind_str(&s, 2, row->ref);
    stmt_bind_int(&s, 3, row->at.s);
    stmt_bind_bytes(&s, 4, row->sealed);
    stmt_bind_bytes(&s, 5, row->note);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

bool office_fill_sign(struct txn *txn, const struct office_draft_id *draft,
                      struct bytes sealed_note, struct err *err)
{
    if (sealed_note.len == 0)
        return err_set(err, ERR_MALFORMED, NULL, "a signed note is not empty");
    if (!sealed_check(sealed_note, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_FILL_SIGN);
    stmt_bind_str(&s, 1, id_str(draft));
    stmt_bind_bytes(&s, 2, sealed_note);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

static void read_fill(struct stmt *s, struct office_fill *ret)
{
    *ret = (struct office_fill){
        .ref = stmt_str(s, 1),
        .at = {stmt_int(s, 2)},
        .sealed = stmt_bytes(s, 3),
        .note = stmt_bytes(s, 4),
    };
    read_id(s, 0, &ret->draft);
}

bool office_fill_get(struct txn *txn, const struct office_draft_id *draft, struct arena *a,
                     struct office_fill *ret, struct err *err)
{
    bool found = false;
    struct office_fill row;
    struct stmt s = txn_stmt(txn, SQL_FILL_GET);
    stmt_bind_str(&s, 1, id_str(draft));
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "this draft is not filled in");
    read_fill(&s, &row);
    bool done = stmt_fits(&s, err) && arena_str(a, row.ref, &row.ref, err) &&
                arena_copy(a, row.sealed, &row.sealed, err) &&
                arena_copy(a, row.note, &row.note, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct fill_list {
    office_fill_each *each;
    void *context;
};
static bool fill_row(struct stmt *s, void *context, struct err *err)
{
    const struct fill_list *list = context;
    struct office_fill row;
    read_fill(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_fills(struct txn *txn, office_fill_each *each, void *context, struct err *err)
{
    struct fill_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_FILL_LIST);
    return stmt_each(&s, fill_row, &list, err);
}

bool office_fill_drop(struct txn *txn, const struct office_draft_id *draft, struct err *err)
{
    return run_by_draft(txn, SQL_FILL_DROP, draft, err);
}
