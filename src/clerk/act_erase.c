// clerk/act_erase.c - destroying a body or an attachment; the log still verifies (declared in
// clerk/acts.h).
//
// Two officers of the desk with the role `export` decide, as over a disclosure. Decision `export`,
// `draft` zeros, `text` the SHA-256 of
//   elchi erase v1\n
//   log ORIGIN\n
//   ref REF sha256:NOTE\n             of the record whose body or attachment it is
//   body sha256:HEX\n
// which no note's hash can be.
#include "base/limits.h"
#include "clerk/officer.h"
#include "clerk/rows.h"
#include "store/exchange_blob.h"
#include "store/office_draft.h"
#include "store/office_heard.h"

#include <stdio.h>

struct erasing {
    struct clerk *clerk;
    struct digest blob;
    bool found, is_body;
    struct digest note; // of its record
    char ref[REF_CHARS_MAX + 1];
    enum desk desk;
    struct digest approved; // of the record's text, by which our draft of it is found
    bool has_draft;
    struct office_draft_id draft;
};

// -- whose blob is it? ---------------------------------------------------------------------------
static bool names_blob(const struct clerk_held_record *o, const struct digest *blob)
{
    for (size_t i = 0; o->read && i < o->record.attachments_count; i++)
        if (digest_eq(&o->record.attachments[i].blob, blob))
            return true;
    return false;
}

static bool look_at(struct erasing *e, const struct digest *note, struct err *err)
{
    struct arena a;
    struct clerk_held_record o;
    struct str approved = {0};
    arena_init(&a, 16 << 20); // of this record alone
    bool done = clerk_open_row(e->clerk, &a, note, &o, err);
    bool is_body = done && digest_eq(&o.row.body, &e->blob);
    if (done && (is_body || names_blob(&o, &e->blob))) {
        e->found = true;
        e->is_body = is_body;
        e->note = *note;
        (void)snprintf(e->ref, sizeof e->ref, "%.*s", STR_ARG(o.row.ref));
        done = desk_read(o.row.desk, &e->desk) ||
               err_set(err, ERR_MALFORMED, "DESIGN 3", "a record of no desk");
        if (done && is_body && o.read && o.row.direction == DIRECTION_OUT)
            done = record_text_approved(&a, str_bytes(o.text), &approved, err);
        if (done && is_body && o.read && o.row.direction == DIRECTION_OUT)
            e->approved = digest_of(str_bytes(approved));
    }
    arena_release(&a);
    return done;
}

struct batch {
    struct digest notes[CLERK_ROWS_MAX];
    size_t count;
    struct moment last;
    int64_t last_number;
};

static bool take_row(void *context, const struct office_record *row, struct err *err)
{
    struct batch *b = context;
    (void)err; // nothing can fail
    CHECK(b->count < CLERK_ROWS_MAX);
    b->notes[b->count++] = row->note;
    b->last = row->received;
    b->last_number = row->number;
    return true;
}

// Attachments stand in opened notes alone, so every record of the folder is looked at; erasing is
// rare enough for that.
static bool search_folder(struct erasing *e, struct office_page page, struct err *err)
{
    struct batch *b = memory_new(1, sizeof *b);
    bool done = true;
    page.count_max = CLERK_ROWS_MAX;
    do {
        struct txn txn = {0};
        b->count = 0;
        done =
            db_begin(e->clerk->office, &txn, err) && office_records(&txn, &page, take_row, b, err);
        txn_release(&txn);
        for (size_t i = 0; done && !e->found && i < b->count; i++)
            done = look_at(e, &b->notes[i], err);
        page.before = b->last;
        page.before_number = b->last_number;
    } while (done && !e->found && b->count == CLERK_ROWS_MAX);
    memory_release(b);
    return done;
}

static bool search(struct erasing *e, struct err *err)
{
    for (int d = DESK_TECHNICAL; d < DESK_COUNT; d++)
        for (int way = 0; !e->found && way < DIRECTION_COUNT; way++) {
            struct office_page page = {.desk = str_of(desk_word((enum desk)d)),
                                       .direction = (enum office_direction)way};
            if (!search_folder(e, page, err))
                return false;
        }
    if (!e->found)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 4", "no record here has such a body");
    return true;
}

// -- may it go? ----------------------------------------------------------------------------------
static bool check_right(struct erasing *e, struct clerk_io *io, const struct bytes *approvals,
                        size_t count, struct err *err)
{
    struct clerk_who who;
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    char note[DIGEST_TEXT_CHARS + 1];
    struct decision_case how = {
        .approvals = approvals, .approvals_count = count, .now = clerk_now(e->clerk)};
    digest_write(&e->blob, hash);
    digest_write(&e->note, note);
    return clerk_who(e->clerk, io, &who, err) &&
           rights_check(&who.caller, NEED_EXPORT, e->desk, err) &&
           arena_fmt(io->arena, &text, err, "elchi erase v1\nlog %.*s\nref %s %s\nbody %s\n",
                     STR_ARG(e->clerk->origin), e->ref, note, hash) &&
           register_check_export(&who.approvers, str_bytes(text), e->desk, &how, err);
}

// -- going ---------------------------------------------------------------------------------------
static bool take_draft(void *context, const struct office_draft *row, struct err *err)
{
    struct erasing *e = context;
    (void)err; // nothing can fail
    if (!digest_eq(&row->text, &e->approved))
        return true;
    e->has_draft = true;
    e->draft = row->id;
    return true;
}

// With the body goes what was heard of it: its lines are the same.
// The exchange goes first: a crash in between leaves a row that the same command still finds.
static bool erase_office(struct erasing *e, struct err *err)
{
    struct txn txn = {0};
    if (!e->is_body)
        return true;
    bool done = db_begin(e->clerk->office, &txn, err) && office_record_erase(&txn, &e->note, err) &&
                office_heard_drop_ref(&txn, str_of(e->ref), str_of(desk_word(e->desk)), err) &&
                office_drafts_in(&txn, DRAFT_LOGGED, take_draft, e, err);
    if (done && e->has_draft)
        done = office_draft_erase(&txn, &e->draft, err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done && db_checkpoint_truncate(e->clerk->office, err);
}

// The first time stands: asked again after a fall in between, the same act only goes on.
static bool put_mark(struct erasing *e, struct txn *txn, struct err *err)
{
    struct moment at = {0};
    if (!exchange_erased_get(txn, &e->blob, &at, err))
        return false;
    return at.s != 0 || exchange_erased_put(txn, &e->blob, clerk_now(e->clerk), err);
}

static bool erase_exchange(struct erasing *e, struct err *err)
{
    struct txn txn = {0};
    bool done =
        db_begin(e->clerk->exchange, &txn, err) && exchange_blob_erase(&txn, &e->blob, err) &&
        exchange_want_drop(&txn, &e->blob, err) && put_mark(e, &txn, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done && db_checkpoint_truncate(e->clerk->exchange, err);
}

bool clerk_act_erase(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct erasing e = {.clerk = c};
    const struct bytes *approvals;
    size_t count;
    struct str subject;
    char hash[DIGEST_TEXT_CHARS + 1];
    clerk_take_digest(io, &e.blob);
    if (!clerk_take_approvals(io, &approvals, &count, err) || !clerk_columns_done(io, err) ||
        !search(&e, err) || !check_right(&e, io, approvals, count, err))
        return false;
    digest_write(&e.blob, hash);
    if (!erase_exchange(&e, err) || !erase_office(&e, err))
        return err_wrap(err, "destroying %s", hash);
    return arena_fmt(io->arena, &subject, err, "%s %s", e.ref, hash) &&
           clerk_audit(c, clerk_officer_name(io), "erase", subject, err);
}
