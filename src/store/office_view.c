// store/office_view.c - see office_view.h.
#include "store/office_view.h"

#include "base/limits.h"
#include "store/migrate.h"

enum { WORD_BYTES_MAX = 255, PRECEDENCE_MAX = 3, SEALED_BYTES_MAX = 2 * NOTE_BYTES_MAX };

// -- the schema of views ----------------------------------------------------------------------
bool office_views_reset(struct txn *txn, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_CURSOR_RESET);
    return migrate_views(txn, err) && stmt_run(&s, err);
}

bool office_views_current(struct txn *txn, bool *ret_current, struct err *err)
{
    return migrate_views_current(txn, ret_current, err);
}

// -- writing records --------------------------------------------------------------------------
static bool record_check(const struct office_record *row, struct err *err)
{
    const struct str words[] = {row->ref,  row->type,      row->from,  row->to,    row->tlp,
                                row->desk, row->void_rule, row->state, row->origin};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].len > WORD_BYTES_MAX)
            return err_set(err, ERR_LIMIT, NULL, "a word of a record has more than %d octets",
                           WORD_BYTES_MAX);
    if (row->precedence > PRECEDENCE_MAX || row->at > TREE_SIZE_MAX ||
        row->sealed.len > SEALED_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a record's precedence, index or text");
    return true;
}

static bool next_number(struct txn *txn, int64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_RECORD_NEW);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_int(&s, 0);
    return stmt_done(&s, err);
}

static void bind_record(struct stmt *s, int64_t number, const struct office_record *row)
{
    static const struct digest none;
    stmt_bind_int(s, 1, number);
    stmt_bind_str(s, 2, row->ref);
    stmt_bind_digest(s, 3, &row->note);
    stmt_bind_str(s, 4, row->origin);
    stmt_bind_count(s, 5, row->at);
    stmt_bind_int(s, 6, (int64_t)row->direction);
    stmt_bind_str(s, 7, row->type);
    stmt_bind_str(s, 8, row->from);
    stmt_bind_str(s, 9, row->to);
    stmt_bind_int(s, 10, row->time.s);
    stmt_bind_count(s, 11, row->precedence);
    stmt_bind_str(s, 12, row->tlp);
    stmt_bind_int(s, 13, row->exercise);
    stmt_bind_str(s, 14, row->desk);
    stmt_bind_digest_or_null(s, 15, &row->answers);
    stmt_bind_digest(s, 16, digest_eq(&row->root, &none) ? &row->note : &row->root);
    stmt_bind_str(s, 17, row->void_rule);
    stmt_bind_str(s, 18, row->state);
    stmt_bind_int(s, 19, row->due.s);
    stmt_bind_bytes(s, 20, row->sealed);
    stmt_bind_digest_or_null(s, 21, &row->body);
    stmt_bind_int(s, 22, row->received.s);
}

bool office_record_add(struct txn *txn, const struct office_record *row, int64_t *ret_number,
                       struct err *err)
{
    int64_t number = 0;
    if (!record_check(row, err) || !next_number(txn, &number, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_RECORD_ADD);
    bind_record(&s, number, row);
    if (!stmt_run_one(&s, err) || !stmt_done(&s, err))
        return false;
    if (ret_number != NULL)
        *ret_number = number;
    return true;
}

static bool must_find(struct stmt *s, struct err *err)
{
    bool found = false;
    if (!stmt_find(s, &found, err) || !stmt_done(s, err))
        return false;
    return found ? true : err_set(err, ERR_NOT_FOUND, NULL, "no such record");
}

bool office_record_change(struct txn *txn, const struct digest *note, struct str state,
                          struct moment due, struct str void_rule, struct err *err)
{
    if (state.len > WORD_BYTES_MAX || void_rule.len > WORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a word of a record has more than %d octets",
                       WORD_BYTES_MAX);
    struct stmt s = txn_stmt(txn, SQL_RECORD_CHANGE);
    stmt_bind_digest(&s, 1, note);
    stmt_bind_str(&s, 2, state);
    stmt_bind_int(&s, 3, due.s);
    stmt_bind_str(&s, 4, void_rule);
    return must_find(&s, err);
}

bool office_record_erase(struct txn *txn, const struct digest *note, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_RECORD_ERASE);
    stmt_bind_digest(&s, 1, note);
    stmt_bind_bytes(&s, 2, (struct bytes){0});
    return must_find(&s, err);
}

// -- reading records --------------------------------------------------------------------------
static void read_record(struct stmt *s, struct office_record *ret)
{
    *ret = (struct office_record){
        .number = stmt_int(s, 0),
        .ref = stmt_str(s, 1),
        .note = stmt_digest(s, 2),
        .origin = stmt_str(s, 3),
        .at = stmt_count(s, 4),
        .direction = (enum office_direction)stmt_small(s, 5, DIRECTION_COUNT - 1),
        .type = stmt_str(s, 6),
        .from = stmt_str(s, 7),
        .to = stmt_str(s, 8),
        .time = {stmt_int(s, 9)},
        .precedence = stmt_small(s, 10, PRECEDENCE_MAX),
        .tlp = stmt_str(s, 11),
        .exercise = stmt_small(s, 12, 1) == 1,
        .desk = stmt_str(s, 13),
        .root = stmt_digest(s, 15),
        .void_rule = stmt_str(s, 16),
        .state = stmt_str(s, 17),
        .due = {stmt_int(s, 18)},
        .sealed = stmt_bytes(s, 19),
        .received = {stmt_int(s, 21)},
    };
    (void)stmt_digest_or_null(s, 14, &ret->answers); // zeros say none
    (void)stmt_digest_or_null(s, 20, &ret->body);
}

static bool keep_record(struct arena *a, struct office_record *row, struct err *err)
{
    struct str *const words[] = {&row->ref,  &row->type,      &row->from,  &row->to,    &row->tlp,
                                 &row->desk, &row->void_rule, &row->state, &row->origin};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!arena_str(a, *words[i], words[i], err))
            return false;
    return arena_copy(a, row->sealed, &row->sealed, err);
}

static bool one_record(struct stmt *s, struct arena *a, struct office_record *ret, struct err *err)
{
    bool found = false;
    struct office_record row;
    if (!stmt_find(s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such record");
    read_record(s, &row);
    bool done = stmt_fits(s, err) && keep_record(a, &row, err);
    stmt_stop(s);
    if (done)
        *ret = row;
    return done;
}

bool office_record_get(struct txn *txn, const struct digest *note, struct arena *a,
                       struct office_record *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_RECORD_GET);
    stmt_bind_digest(&s, 1, note);
    return one_record(&s, a, ret, err);
}

bool office_record_at(struct txn *txn, struct str origin, uint64_t at, struct arena *a,
                      struct office_record *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_RECORD_AT);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_limit(&s, 2, at);
    return one_record(&s, a, ret, err);
}

struct record_list {
    office_record_each *each;
    void *context;
};
static bool record_row(struct stmt *s, void *context, struct err *err)
{
    const struct record_list *list = context;
    struct office_record row;
    read_record(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_records_by_ref(struct txn *txn, struct str ref, office_record_each *each, void *context,
                           struct err *err)
{
    struct record_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_RECORD_BY_REF);
    stmt_bind_str(&s, 1, ref);
    return stmt_each(&s, record_row, &list, err);
}

bool office_records_of_dialogue(struct txn *txn, const struct digest *root,
                                office_record_each *each, void *context, struct err *err)
{
    struct record_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_RECORD_DIALOGUE);
    stmt_bind_digest(&s, 1, root);
    return stmt_each(&s, record_row, &list, err);
}

bool office_records_answering(struct txn *txn, const struct digest *note, office_record_each *each,
                              void *context, struct err *err)
{
    struct record_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_RECORD_ANSWERING);
    stmt_bind_digest(&s, 1, note);
    return stmt_each(&s, record_row, &list, err);
}

bool office_records(struct txn *txn, const struct office_page *page, office_record_each *each,
                    void *context, struct err *err)
{
    bool first = page->before.s == 0 && page->before_number == 0;
    struct record_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_RECORD_PAGE);
    stmt_bind_str(&s, 1, page->desk);
    stmt_bind_int(&s, 2, (int64_t)page->direction);
    stmt_bind_str(&s, 3, page->type);
    stmt_bind_str(&s, 4, page->state);
    stmt_bind_int(&s, 5, first ? INT64_MAX : page->before.s);
    stmt_bind_int(&s, 6, first ? INT64_MAX : page->before_number);
    stmt_bind_limit(&s, 7, page->count_max);
    return stmt_each(&s, record_row, &list, err);
}

bool office_record_count(struct txn *txn, struct str desk, enum office_direction direction,
                         struct str state, uint64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_RECORD_COUNT);
    stmt_bind_str(&s, 1, desk);
    stmt_bind_int(&s, 2, (int64_t)direction);
    stmt_bind_str(&s, 3, state);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_count(&s, 0);
    return stmt_done(&s, err);
}

bool office_records_overdue(struct txn *txn, struct str desk, struct moment now, uint64_t count_max,
                            office_record_each *each, void *context, struct err *err)
{
    struct record_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_RECORD_OVERDUE);
    stmt_bind_str(&s, 1, desk);
    stmt_bind_int(&s, 2, now.s);
    stmt_bind_limit(&s, 3, count_max);
    return stmt_each(&s, record_row, &list, err);
}

// -- receipts ---------------------------------------------------------------------------------
bool office_receipt_put(struct txn *txn, const struct office_receipt *row, struct err *err)
{
    if (row->by.len > WORD_BYTES_MAX || row->state.len > WORD_BYTES_MAX ||
        row->origin.len > WORD_BYTES_MAX || row->at > TREE_SIZE_MAX ||
        row->attachments_all > ATTACHMENT_COUNT_MAX || row->attachments_held > row->attachments_all)
        return err_set(err, ERR_LIMIT, NULL, "a receipt's words or counts are out of bounds");
    struct stmt s = txn_stmt(txn, SQL_RECEIPT_PUT);
    stmt_bind_str(&s, 1, row->origin);
    stmt_bind_count(&s, 2, row->at);
    stmt_bind_digest(&s, 3, &row->note);
    stmt_bind_str(&s, 4, row->by);
    stmt_bind_str(&s, 5, row->state);
    stmt_bind_int(&s, 6, row->time.s);
    stmt_bind_count(&s, 7, row->attachments_held);
    stmt_bind_count(&s, 8, row->attachments_all);
    return stmt_run(&s, err);
}

struct receipt_list {
    office_receipt_each *each;
    void *context;
};
static bool receipt_row(struct stmt *s, void *context, struct err *err)
{
    const struct receipt_list *list = context;
    struct office_receipt row = {
        .origin = stmt_str(s, 0),
        .at = stmt_count(s, 1),
        .note = stmt_digest(s, 2),
        .by = stmt_str(s, 3),
        .state = stmt_str(s, 4),
        .time = {stmt_int(s, 5)},
        .attachments_held = stmt_count(s, 6),
        .attachments_all = stmt_count(s, 7),
    };
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_receipts(struct txn *txn, const struct digest *note, office_receipt_each *each,
                     void *context, struct err *err)
{
    struct receipt_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_RECEIPT_LIST);
    stmt_bind_digest(&s, 1, note);
    return stmt_each(&s, receipt_row, &list, err);
}
