// clerk/act_draft.c - drafts: kept, listed, approved, released, dropped (declared in clerk/acts.h).
#include "clerk/acts.h"

#include "base/encode.h"
#include "base/limits.h"
#include "clerk/draft_check.h"
#include "clerk/officer.h"
#include "clerk/release.h"
#include "clerk/shown.h"
#include "store/office_draft.h"

#include <stdlib.h>

#define DRAFT_TABLE "draft" /* what release.c opens the text under */

static const char *const state_words[DRAFT_STATE_COUNT] = {
    [DRAFT_OPEN] = "open",       [DRAFT_AWAITING] = "awaiting",   [DRAFT_APPROVED] = "approved",
    [DRAFT_FILLED] = "filled",   [DRAFT_SIGNED] = "signed",       [DRAFT_LOGGED] = "logged",
    [DRAFT_REFUSED] = "refused", [DRAFT_WITHDRAWN] = "withdrawn",
};

// -- reading what is kept ------------------------------------------------------------------------
static struct office_draft_id id_of(const struct draft_id *draft)
{
    struct office_draft_id id;
    hex_write(bytes_of(draft->octets, DRAFT_ID_BYTES), id.hex);
    return id;
}

static bool take_id(struct clerk_io *io, struct draft_id *ret, struct err *err)
{
    reader_copy(&io->ask, ret->octets, DRAFT_ID_BYTES);
    return clerk_columns_done(io, err);
}

static bool load(struct clerk *c, struct arena *a, const struct office_draft_id *id,
                 struct office_draft *ret, enum desk *ret_desk, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->office, &txn, err) && office_draft_get(&txn, id, a, ret, err);
    txn_release(&txn);
    if (!done)
        return err_wrap(err, "draft %s", id->hex);
    if (!desk_read(ret->desk, ret_desk))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a draft of no desk");
    return true;
}

static bool open_text(struct clerk *c, struct arena *a, const struct office_draft *row,
                      enum desk desk, struct str *ret, struct err *err)
{
    struct bytes text;
    return clerk_text_open(c, desk, DRAFT_TABLE, str_of(row->id.hex), row->sealed, a, &text, err) &&
           text_check(text, ret, err);
}

// -- approvals -----------------------------------------------------------------------------------
struct approvals {
    struct arena *arena;
    struct str anew; // an officer who approves again; empty: nobody
    struct office_approval rows[REGISTER_APPROVALS_MAX];
    size_t count;
};

static bool take_approval(void *context, const struct office_approval *row, struct err *err)
{
    struct approvals *all = context;
    if (all->count == REGISTER_APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more than %d approvals",
                       REGISTER_APPROVALS_MAX);
    struct office_approval *to = &all->rows[all->count++];
    *to = *row;
    return arena_str(all->arena, row->officer, &to->officer, err) &&
           arena_str(all->arena, row->decision, &to->decision, err) &&
           arena_copy(all->arena, row->note, &to->note, err);
}

// An approval past its time would have the keeper refuse the whole draft: it goes before anything
// is asked of the rest. So does an earlier one of whoever approves anew: the newest stands, and a
// release that failed can be asked for again with the same files.
static bool drop_past(struct txn *txn, struct approvals *all, const struct office_draft_id *id,
                      struct moment now, struct err *err)
{
    size_t live = 0;
    for (size_t i = 0; i < all->count; i++)
        if (all->rows[i].until.s >= now.s && !str_eq(all->rows[i].officer, all->anew))
            all->rows[live++] = all->rows[i];
    if (live == all->count)
        return true;
    all->count = live;
    if (!office_approvals_drop(txn, id, err))
        return false;
    for (size_t i = 0; i < live; i++)
        if (!office_approval_add(txn, &all->rows[i], err))
            return false;
    return true;
}

static bool live_approvals(struct clerk *c, struct txn *txn, const struct office_draft_id *id,
                           struct approvals *ret, struct err *err)
{
    return office_approvals(txn, id, take_approval, ret, err) &&
           drop_past(txn, ret, id, clerk_now(c), err);
}

// -- showing -------------------------------------------------------------------------------------
struct showing {
    struct clerk *clerk;
    struct arena *arena;
    const struct approver_register *approvers;
    bool whole; // the text, its findings and the approvals' notes too
};

static void put_approvals(json_t *shown, const struct approvals *all, bool notes)
{
    json_t *list = shown_array();
    json_t *signed_notes = shown_array();
    for (size_t i = 0; i < all->count; i++) {
        json_t *one = shown_object();
        shown_str(one, "officer", all->rows[i].officer);
        shown_str(one, "decision", all->rows[i].decision);
        shown_time(one, "until", all->rows[i].until);
        shown_add(list, one);
        shown_add(signed_notes,
                  json_stringn((const char *)all->rows[i].note.ptr, all->rows[i].note.len));
    }
    shown_put(shown, "approvals", list);
    if (notes)
        shown_put(shown, "notes", signed_notes);
    else
        json_decref(signed_notes);
}

static void put_handling(json_t *shown, const struct record *r)
{
    char to[ADDRESS_CHARS_MAX + 1] = "all";
    if (!r->open)
        address_write(&r->to, to);
    shown_word(shown, "type", r->type->name);
    shown_word(shown, "to", to);
    shown_word(shown, "precedence", precedence_word(r->precedence));
    shown_word(shown, "tlp", tlp_word(r->tlp));
    shown_bool(shown, "exercise", r->exercise);
}

static void put_text(json_t *shown, const struct showing *how, const struct record *r,
                     struct str text)
{
    const struct release_rule *rule = register_rule_for(how->approvers, r);
    json_t *shown_rule = shown_object();
    shown_number(shown_rule, "approvals", rule == NULL ? 0 : rule->approvals);
    shown_put(shown, "rule", shown_rule);
    put_handling(shown, r);
    if (!how->whole)
        return;
    shown_str(shown, "text", text);
    shown_put(shown, "findings", clerk_draft_findings(how->clerk, how->arena, r));
}

static void put_row(json_t *shown, const struct office_draft *row)
{
    shown_word(shown, "draft", row->id.hex);
    shown_str(shown, "desk", row->desk);
    shown_str(shown, "author", row->author);
    shown_word(shown, "state", state_words[row->state]);
    shown_time(shown, "created", row->created);
    shown_time(shown, "changed", row->changed);
    shown_digest(shown, "approve_hash", &row->text);
}

static bool gather_approvals(struct clerk *c, struct arena *a, const struct office_draft_id *id,
                             struct approvals *ret, struct err *err)
{
    struct txn txn = {0};
    *ret = (struct approvals){.arena = a};
    bool done =
        db_begin(c->office, &txn, err) && office_approvals(&txn, id, take_approval, ret, err);
    txn_release(&txn);
    return done;
}

static bool draft_json(const struct showing *how, const struct office_draft *row, enum desk desk,
                       json_t **ret_owned, struct err *err)
{
    struct str text;
    struct record r;
    struct approvals all;
    if (!open_text(how->clerk, how->arena, row, desk, &text, err) ||
        !record_read_approved(how->arena, str_bytes(text), &r, err) ||
        !gather_approvals(how->clerk, how->arena, &row->id, &all, err))
        return false;
    json_t *shown = shown_object();
    put_row(shown, row);
    put_text(shown, how, &r, text);
    put_approvals(shown, &all, how->whole);
    *ret_owned = shown;
    return true;
}

// Answers with the draft as it stands now; the caller may see it.
static bool show_draft(struct clerk *c, struct clerk_io *io, const struct office_draft_id *id,
                       const struct approver_register *approvers, struct err *err)
{
    struct office_draft row;
    enum desk desk;
    struct showing how = {c, io->arena, approvers, true};
    return load(c, io->arena, id, &row, &desk, err) &&
           draft_json(&how, &row, desk, &io->shown, err);
}

// -- DRAFT_NEW -----------------------------------------------------------------------------------
static bool keep_draft(struct clerk *c, struct clerk_io *io, struct bytes text,
                       const struct record *r, struct office_draft_id *ret, struct err *err)
{
    struct txn txn = {0};
    struct draft_id id;
    struct moment now = clerk_now(c);
    struct office_audit audit = {.at = now, .who = clerk_officer_name(io), .what = STR("draft")};
    world_random(c->world, id.octets, sizeof id.octets);
    struct office_draft row = {.id = id_of(&id),
                               .desk = str_of(desk_word(r->from.desk)),
                               .author = clerk_officer_name(io),
                               .state = DRAFT_AWAITING,
                               .created = now,
                               .changed = now};
    audit.subject = str_of(row.id.hex);
    bool done = record_approved_digest(io->arena, text, &row.text, err) &&
                clerk_text_seal(c, r->from.desk, DRAFT_TABLE, str_of(row.id.hex), text, io->arena,
                                &row.sealed, err) &&
                db_begin(c->office, &txn, err) && office_draft_add(&txn, &row, err) &&
                office_audit_add(&txn, &audit, err) && db_commit(&txn, err);
    txn_release(&txn);
    *ret = row.id;
    return done;
}

bool clerk_act_draft_new(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct record r;
    struct office_draft_id id;
    struct bytes text = reader_block32(&io->ask);
    return clerk_columns_done(io, err) && record_read_approved(io->arena, text, &r, err) &&
           clerk_who(c, io, &who, err) && rights_check(&who.caller, NEED_DRAFT, r.from.desk, err) &&
           clerk_draft_check(c, io->arena, text, &r, err) &&
           keep_draft(c, io, text, &r, &id, err) && show_draft(c, io, &id, &who.approvers, err);
}

// -- DRAFTS and DRAFT_SHOW -----------------------------------------------------------------------
struct draft_list {
    struct arena *arena;
    struct office_draft rows[DESK_COUNT * DRAFT_STATE_COUNT * CLERK_ROWS_MAX];
    size_t count;
};

static bool take_draft(void *context, const struct office_draft *row, struct err *err)
{
    struct draft_list *all = context;
    CHECK(all->count < sizeof all->rows / sizeof all->rows[0]);
    struct office_draft *to = &all->rows[all->count++];
    *to = *row;
    return arena_str(all->arena, row->desk, &to->desk, err) &&
           arena_str(all->arena, row->author, &to->author, err) &&
           arena_copy(all->arena, row->sealed, &to->sealed, err);
}

static int newest_first(const void *a, const void *b)
{
    const struct office_draft *x = a;
    const struct office_draft *y = b;
    if (x->created.s != y->created.s)
        return x->created.s < y->created.s ? 1 : -1;
    return strcmp(x->id.hex, y->id.hex);
}

static bool is_listed(enum office_draft_state state, bool all)
{
    return all || (state != DRAFT_LOGGED && state != DRAFT_REFUSED && state != DRAFT_WITHDRAWN);
}

static bool gather_drafts(struct clerk *c, const struct caller *who, bool all,
                          struct draft_list *list, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->office, &txn, err);
    for (int d = DESK_TECHNICAL; done && d < DESK_COUNT; d++) {
        if (!rights_has(who, NEED_READ, (enum desk)d))
            continue;
        for (int s = 0; done && s < DRAFT_STATE_COUNT; s++)
            if (is_listed((enum office_draft_state)s, all))
                done =
                    office_drafts(&txn, str_of(desk_word((enum desk)d)), (enum office_draft_state)s,
                                  0, CLERK_ROWS_MAX, take_draft, list, err);
    }
    txn_release(&txn);
    if (done)
        qsort(list->rows, list->count, sizeof list->rows[0], newest_first);
    return done;
}

static bool list_json(const struct showing *how, const struct draft_list *list, json_t *rows,
                      struct err *err)
{
    for (size_t i = 0; i < list->count && i < CLERK_ROWS_MAX; i++) {
        json_t *one = NULL;
        enum desk desk;
        if (!desk_read(list->rows[i].desk, &desk) ||
            !draft_json(how, &list->rows[i], desk, &one, err))
            return err_wrap(err, "draft %s", list->rows[i].id.hex);
        shown_add(rows, one);
    }
    return true;
}

bool clerk_act_drafts(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    uint8_t all = reader_u8(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err))
        return false;
    struct showing how = {c, io->arena, &who.approvers, false};
    struct draft_list *list = memory_new(1, sizeof *list);
    list->arena = io->arena;
    io->shown = shown_object();
    json_t *rows = shown_array();
    shown_put(io->shown, "drafts", rows);
    bool done =
        gather_drafts(c, &who.caller, all != 0, list, err) && list_json(&how, list, rows, err);
    memory_release(list);
    return done;
}

bool clerk_act_draft_show(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct draft_id draft;
    struct office_draft row;
    enum desk desk;
    if (!take_id(io, &draft, err))
        return false;
    struct office_draft_id id = id_of(&draft);
    return clerk_who(c, io, &who, err) && load(c, io->arena, &id, &row, &desk, err) &&
           rights_check(&who.caller, NEED_READ, desk, err) &&
           show_draft(c, io, &id, &who.approvers, err);
}

// -- APPROVE -------------------------------------------------------------------------------------
// What the keeper will ask at `sign` is asked here first, so that an officer hears it at once.
static bool check_approval(const struct verified_approval *v, const struct office_draft *row,
                           enum desk desk, struct err *err)
{
    if (v->approval.decision != DECISION_RELEASE && v->approval.decision != DECISION_REFUSE)
        return err_set(err, ERR_DENIED, "FORMATS 5", "a draft is released or refused, not %s",
                       decision_word(v->approval.decision));
    if (row->state != DRAFT_AWAITING)
        return err_set(err, ERR_CONFLICT, "DESIGN 8", "the draft does not await release: %s",
                       state_words[row->state]);
    if (!digest_eq(&v->approval.text, &row->text))
        return err_set(err, ERR_DENIED, "FORMATS 5", "the approval is of another text");
    struct caller approver = {.kind = CALLER_OFFICER, .officer = v->officer};
    return rights_check(&approver, NEED_RELEASE, desk, err);
}

static bool keep_approval(struct clerk *c, struct arena *a, const struct verified_approval *v,
                          struct bytes note, const struct office_draft_id *id, struct err *err)
{
    struct txn txn = {0};
    struct approvals all = {.arena = a, .anew = v->approval.officer};
    struct moment now = clerk_now(c);
    const char *decision = decision_word(v->approval.decision);
    struct office_approval row = {.draft = *id,
                                  .officer = v->approval.officer,
                                  .decision = str_of(decision),
                                  .note = note,
                                  .at = now,
                                  .until = v->approval.until};
    struct office_audit audit = {.at = now,
                                 .who = v->approval.officer,
                                 .what = str_of(decision),
                                 .subject = str_of(id->hex)};
    bool done = db_begin(c->office, &txn, err) && live_approvals(c, &txn, id, &all, err) &&
                office_approval_add(&txn, &row, err) && office_audit_add(&txn, &audit, err);
    if (done && v->approval.decision == DECISION_REFUSE)
        done = office_draft_move(&txn, id, DRAFT_AWAITING, DRAFT_REFUSED, now, err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

bool clerk_act_approve(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct verified_approval v;
    struct office_draft row;
    enum desk desk;
    struct bytes note = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err) ||
        !register_open_approval(&who.approvers, note, clerk_now(c), &v, err))
        return false;
    struct office_draft_id id = id_of(&v.approval.draft);
    return load(c, io->arena, &id, &row, &desk, err) &&
           rights_check(&who.caller, NEED_READ, desk, err) && check_approval(&v, &row, desk, err) &&
           keep_approval(c, io->arena, &v, note, &id, err) &&
           show_draft(c, io, &id, &who.approvers, err);
}

// -- RELEASE and DRAFT_DROP ----------------------------------------------------------------------
static bool forget_expired(struct clerk *c, struct arena *a, const struct office_draft_id *id,
                           struct err *err)
{
    struct txn txn = {0};
    struct approvals all = {.arena = a};
    bool done = db_begin(c->office, &txn, err) && live_approvals(c, &txn, id, &all, err) &&
                db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

bool clerk_act_release(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct draft_id draft;
    struct office_draft row;
    enum desk desk;
    if (!take_id(io, &draft, err))
        return false;
    struct office_draft_id id = id_of(&draft);
    if (!load(c, io->arena, &id, &row, &desk, err) || !clerk_need(c, io, NEED_RELEASE, desk, err) ||
        !forget_expired(c, io->arena, &id, err))
        return false;
    io->waits = true;
    io->waits_for = draft;
    return true;
}

// A draft that nobody decided on is withdrawn and stays to be seen; one that was refused or
// withdrawn goes altogether. What was released stays.
bool clerk_act_draft_drop(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct draft_id draft;
    struct office_draft row;
    enum desk desk;
    struct txn txn = {0};
    if (!take_id(io, &draft, err))
        return false;
    struct office_draft_id id = id_of(&draft);
    if (!load(c, io->arena, &id, &row, &desk, err) || !clerk_need(c, io, NEED_DRAFT, desk, err))
        return false;
    bool gone = row.state == DRAFT_REFUSED || row.state == DRAFT_WITHDRAWN;
    struct office_audit audit = {.at = clerk_now(c),
                                 .who = clerk_officer_name(io),
                                 .what = gone ? STR("erase-draft") : STR("withdraw-draft"),
                                 .subject = str_of(id.hex)};
    if (!gone && row.state != DRAFT_AWAITING && row.state != DRAFT_OPEN)
        return err_set(err, ERR_CONFLICT, "DESIGN 8", "the draft is on its way or has left: %s",
                       state_words[row.state]);
    bool done = db_begin(c->office, &txn, err) && office_audit_add(&txn, &audit, err) &&
                (gone ? office_draft_erase(&txn, &id, err)
                      : office_draft_move(&txn, &id, row.state, DRAFT_WITHDRAWN, audit.at, err)) &&
                db_commit(&txn, err);
    txn_release(&txn);
    return done;
}
