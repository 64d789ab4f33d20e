// clerk/acts.c - what several acts share.
#include "clerk/acts.h"

#include "base/limits.h"
#include "store/office_view.h"

bool clerk_columns_done(const struct clerk_io *io, struct err *err)
{
    if (err->kind != ERR_NONE)
        return false; // a column that was no text has said so already
    if (reader_done(&io->ask))
        return true;
    return err_set(err, ERR_MALFORMED, "clerk/frames.h", "the frame is cut short or too long");
}

struct str clerk_take_str(struct clerk_io *io, struct err *err)
{
    struct bytes sent = reader_block16(&io->ask);
    struct str text = {0};
    if (io->ask.failed || text_check_line(sent, &text, err))
        return text;
    io->ask.failed = true;
    return (struct str){0};
}

void clerk_take_digest(struct clerk_io *io, struct digest *ret)
{
    reader_copy(&io->ask, ret->octets, DIGEST_BYTES);
}

void clerk_put_digest(struct clerk_io *io, const struct digest *d)
{
    buffer_put(&io->answer, bytes_of(d->octets, DIGEST_BYTES));
}

bool clerk_take_approvals(struct clerk_io *io, const struct bytes **ret, size_t *ret_count,
                          struct err *err)
{
    size_t count = reader_u16(&io->ask);
    if (count > REGISTER_APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu approvals", count);
    struct bytes *notes = arena_new(io->arena, struct bytes, count + 1);
    if (notes == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for approvals");
    for (size_t i = 0; i < count; i++)
        notes[i] = reader_block16(&io->ask);
    *ret = notes;
    *ret_count = count;
    return true;
}

bool clerk_record_note(struct clerk *c, const struct office_record *row, struct arena *a,
                       struct bytes *ret, struct err *err)
{
    char name[DIGEST_TEXT_CHARS + 1];
    enum desk desk;
    if (row->sealed.len == 0)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 4", "the body of %.*s is not held here",
                       STR_ARG(row->ref));
    if (!desk_read(row->desk, &desk))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a record of no desk");
    digest_write(&row->note, name);
    return clerk_text_open(c, desk, CLERK_RECORD_TABLE, str_of(name), row->sealed, a, ret, err);
}

bool clerk_audit(struct clerk *c, struct str who, const char *what, struct str subject,
                 struct err *err)
{
    struct txn txn = {0};
    struct office_audit row = {
        .at = clerk_now(c), .who = who, .what = str_of(what), .subject = subject};
    bool done =
        db_begin(c->office, &txn, err) && office_audit_add(&txn, &row, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}
