// clerk/act_heard.c - what was heard: kept, listed, shown, dropped (declared in clerk/acts.h).
#include "clerk/heard_shown.h"
#include "clerk/shown.h"

// -- HEAR ----------------------------------------------------------------------------------------
static bool show_one(struct clerk *c, struct clerk_io *io, const struct caller *who,
                     const struct office_heard_id *id, json_t **ret_owned, struct err *err)
{
    struct clerk_heard h;
    return clerk_heard_open(c, io->arena, who, id, &h, err) &&
           clerk_heard_whole(c, &h, io->arena, ret_owned, err);
}

bool clerk_act_hear(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct office_heard_id id;
    bool is_new = false;
    struct bytes text = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err) ||
        !rights_check(&who.caller, NEED_OFFICER, DESK_NONE, err) ||
        !clerk_heard_keep(c, io, &who.caller, text, &id, &is_new, err) ||
        !show_one(c, io, &who.caller, &id, &io->shown, err))
        return false;
    shown_bool(io->shown, "new", is_new);
    return true;
}

// -- HEARDS --------------------------------------------------------------------------------------
static bool put_row(struct clerk *c, const struct caller *who, const struct office_heard_id *id,
                    json_t *rows, struct err *err)
{
    struct arena a;
    struct clerk_heard h;
    arena_init(&a, 64 << 20); // of this row alone
    bool done = clerk_heard_open(c, &a, who, id, &h, err);
    if (done)
        shown_add(rows, clerk_heard_row(c, &h));
    arena_release(&a);
    return done;
}

bool clerk_act_heards(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err) ||
        !rights_check(&who.caller, NEED_OFFICER, DESK_NONE, err))
        return false;
    struct heard_ids *ids = memory_new(1, sizeof *ids);
    io->shown = shown_object();
    json_t *rows = shown_array();
    shown_put(io->shown, "rows", rows);
    bool done = clerk_heard_ids(c, &who.caller, STR(""), ids, err);
    for (size_t i = 0; done && i < ids->count; i++)
        done = put_row(c, &who.caller, &ids->all[i], rows, err);
    memory_release(ids);
    return done;
}

// -- HEARD_SHOW ----------------------------------------------------------------------------------
// By name or by reference, under which two may have been heard that are not the same.
static bool find(struct clerk *c, const struct caller *who, struct str asked, struct heard_ids *ret,
                 struct err *err)
{
    struct err why = {0};
    ret->count = 1;
    if (office_heard_id_read(asked, &ret->all[0], &why))
        return true;
    if (!clerk_heard_ids(c, who, asked, ret, err))
        return false;
    return ret->count > 0 ||
           err_set(err, ERR_NOT_FOUND, NULL, "nothing was heard here of %.*s", STR_ARG(asked));
}

bool clerk_act_heard_show(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct str asked = clerk_take_str(io, err);
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err) ||
        !rights_check(&who.caller, NEED_OFFICER, DESK_NONE, err))
        return false;
    struct heard_ids *ids = memory_new(1, sizeof *ids);
    io->shown = shown_object();
    json_t *rows = shown_array();
    shown_put(io->shown, "rows", rows);
    bool done = find(c, &who.caller, asked, ids, err);
    for (size_t i = 0; done && i < ids->count; i++) {
        json_t *one = NULL;
        done = show_one(c, io, &who.caller, &ids->all[i], &one, err);
        if (done)
            shown_add(rows, one);
    }
    memory_release(ids);
    return done;
}

// -- HEARD_DROP ----------------------------------------------------------------------------------
bool clerk_act_heard_drop(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct clerk_heard h;
    struct txn txn = {0};
    struct office_heard_id id;
    struct str subject;
    struct str asked = clerk_take_str(io, err);
    if (!clerk_columns_done(io, err) || !office_heard_id_read(asked, &id, err) ||
        !clerk_who(c, io, &who, err) ||
        !clerk_heard_open(c, io->arena, &who.caller, &id, &h, err) ||
        !rights_check(&who.caller, NEED_DRAFT, h.desk, err) ||
        !arena_fmt(io->arena, &subject, err, "%.*s %s", STR_ARG(h.row.ref), id.hex))
        return false;
    struct office_audit audit = {.at = clerk_now(c),
                                 .who = clerk_officer_name(io),
                                 .what = STR("drop-heard"),
                                 .subject = subject};
    bool done = db_begin(c->office, &txn, err) && office_heard_drop(&txn, &id, err) &&
                office_audit_add(&txn, &audit, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done && db_checkpoint_truncate(c->office, err);
}
