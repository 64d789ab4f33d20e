// clerk/act_show.c - one record with everything known of it (declared in clerk/acts.h).
#include "base/limits.h"
#include "clerk/book_choice.h"
#include "clerk/cosigned.h"
#include "clerk/heard_shown.h"
#include "clerk/officer.h"
#include "clerk/rows.h"
#include "clerk/shown.h"
#include "log/cosign.h"
#include "record/type/message.h"
#include "record/void.h"
#include "store/exchange_blob.h"

// -- which record --------------------------------------------------------------------------------
static void put_others(json_t *shown, const struct clerk_named *b, const struct digest *note)
{
    json_t *others = shown_array();
    for (size_t i = 0; i < b->count; i++)
        if (!digest_eq(&b->all[i], note))
            shown_add(others, shown_digest_value(&b->all[i]));
    shown_put(shown, "others", others);
}

// -- cosignatures --------------------------------------------------------------------------------
// ORIGIN/witness or ORIGIN/mirror of a State of the community, or NULL.
static const struct community_state *cosigner(const struct clerk *c, struct str name,
                                              const char **ret_role)
{
    static const char *const roles[] = {"/witness", "/mirror"};
    for (size_t s = 0; s < c->community.states_count; s++) {
        struct str origin = c->community.states[s].origin;
        if (!str_starts(name, origin))
            continue;
        struct str rest = str_slice(name, origin.len, name.len);
        for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++) {
            if (!str_eq(rest, str_of(roles[r])))
                continue;
            *ret_role = roles[r] + 1;
            return &c->community.states[s];
        }
    }
    return NULL;
}

static void put_lines_of(const struct clerk *c, const struct note *note, json_t *list)
{
    for (size_t i = 0; i < note->signatures_count; i++) {
        const char *role = "";
        uint64_t time_s;
        const struct community_state *who = cosigner(c, note->signatures[i].name, &role);
        if (who == NULL || !cosign_claimed_time(&note->signatures[i], &time_s))
            continue;
        json_t *one = shown_object();
        shown_str(one, "state", who->code);
        shown_word(one, "role", role);
        shown_time(one, "time", (struct moment){(int64_t)time_s});
        shown_add(list, one);
    }
}

// Nobody has cosigned it yet: that is a state, no error.
static bool put_cosignatures(struct clerk *c, struct arena *a, const struct office_record *row,
                             json_t *shown, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    struct clerk_cosigned best = {0};
    struct note note;
    struct err why = {0};
    json_t *list = shown_array();
    shown_put(shown, "cosignatures", list);
    shown_null(shown, "cosigned_size");
    bool found =
        db_begin(c->exchange, &txn, &why) && exchange_log_find(&txn, row->origin, a, &log, &why) &&
        clerk_cosigned_over(c, &txn, &log, (struct tree_size){row->at + 1}, a, &best, &why);
    txn_release(&txn);
    if (!found)
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    if (!note_read(best.note, &note, err))
        return false;
    put_lines_of(c, &note, list);
    shown_number(shown, "cosigned_size", best.size.n);
    return true;
}

// -- state, receipts, attachments ----------------------------------------------------------------
static void put_state(struct clerk *c, struct arena *a, const struct office_record *row,
                      json_t *shown)
{
    struct record_state *state = memory_new(1, sizeof *state);
    json_t *lines = shown_array();
    clerk_row_state(c, a, row, shown, state);
    shown_number(shown, "k", state->cosigned);
    shown_number(shown, "n", state->cosigners);
    shown_bool(shown, "quorum_met", state->quorum_met);
    shown_bool(shown, "unreadable", state->unreadable);
    shown_bool(shown, "missing", state->missing);
    shown_bool(shown, "replaced", state->replaced);
    shown_bool(shown, "withdrawn", state->withdrawn);
    shown_number(shown, "attachments_held", state->attachments_held);
    for (size_t i = 0; i < state->lines_count; i++) {
        const struct line_state *l = &state->lines[i];
        json_t *one = shown_object();
        shown_number(one, "line", l->line);
        shown_word(one, "state", dialogue_state_word(l->state));
        shown_time(one, "until", (struct moment){l->has_until ? l->until.s : 0});
        shown_add(lines, one);
    }
    shown_put(shown, "lines", lines);
    memory_release(state);
}

static bool take_receipt(void *context, const struct office_receipt *row, struct err *err)
{
    json_t *one = shown_object();
    (void)err; // nothing can fail
    shown_str(one, "by", row->by);
    shown_str(one, "state", row->state);
    shown_str(one, "origin", row->origin);
    shown_number(one, "index", row->at);
    shown_time(one, "time", row->time);
    shown_number(one, "held", row->attachments_held);
    shown_number(one, "all", row->attachments_all);
    shown_add(context, one);
    return true;
}

struct dialogue {
    const struct caller *who;
    json_t *rows;
    size_t count;
};

static bool take_dialogue(void *context, const struct office_record *row, struct err *err)
{
    struct dialogue *d = context;
    (void)err; // nothing can fail
    if (d->count == CLERK_ROWS_MAX || !clerk_may_read(d->who, row))
        return true;
    d->count++;
    shown_add(d->rows, clerk_row_bare(row));
    return true;
}

static bool put_around(struct clerk *c, const struct caller *who, const struct office_record *row,
                       json_t *shown, struct err *err)
{
    struct txn txn = {0};
    json_t *receipts = shown_array();
    struct dialogue d = {.who = who, .rows = shown_array()};
    shown_put(shown, "receipts", receipts);
    shown_put(shown, "dialogue_records", d.rows);
    bool done = db_begin(c->office, &txn, err) &&
                office_receipts(&txn, &row->note, take_receipt, receipts, err) &&
                office_records_of_dialogue(&txn, &row->root, take_dialogue, &d, err);
    txn_release(&txn);
    return done;
}

// When this node destroyed it; null where it did not.
static bool put_erased(struct txn *txn, const struct digest *blob, json_t *shown, struct err *err)
{
    struct moment at = {0};
    if (!exchange_erased_get(txn, blob, &at, err))
        return false;
    shown_time(shown, "erased", at);
    return true;
}

static bool is_held(struct txn *txn, const struct attachment *at, bool *ret, struct err *err)
{
    struct exchange_blob blob = {0};
    struct err why = {0};
    bool found = exchange_blob_get(txn, &at->blob, &blob, &why);
    if (!found && why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    *ret = found && blob.complete;
    return true;
}

static bool put_attachments(struct clerk *c, const struct clerk_held_record *o, json_t *shown,
                            struct err *err)
{
    struct txn txn = {0};
    json_t *list = shown_array();
    shown_put(shown, "attachments", list);
    bool done = db_begin(c->exchange, &txn, err) && put_erased(&txn, &o->row.body, shown, err);
    for (size_t i = 0; done && o->read && i < o->record.attachments_count; i++) {
        const struct attachment *at = &o->record.attachments[i];
        bool held = false;
        done = is_held(&txn, at, &held, err);
        json_t *one = shown_object();
        shown_str(one, "name", at->name);
        shown_str(one, "media", at->media);
        shown_number(one, "size", at->size);
        shown_digest(one, "hash", &at->blob);
        shown_bool(one, "held", held);
        done = done && put_erased(&txn, &at->blob, one, err);
        shown_add(list, one);
    }
    txn_release(&txn);
    return done;
}

// -- the record ----------------------------------------------------------------------------------
static void put_record(json_t *shown, const struct clerk_held_record *o)
{
    struct str note = {(const char *)o->note.ptr, o->note.len};
    enum void_rule rule = VOID_NOT;
    shown_str(shown, "text", o->text);
    shown_str(shown, "signed", o->text.len > 0 ? note : STR(""));
    shown_str(shown, "origin", o->row.origin);
    shown_number(shown, "index", o->row.at);
    shown_digest(shown, "body", &o->row.body);
    shown_time(shown, "claimed", o->row.time);
    shown_bool(shown, "time_ahead", o->read && record_time_is_ahead(&o->record, o->row.received));
    if (o->row.void_rule.len == 0)
        return;
    json_t *broken = shown_object();
    shown_str(broken, "rule", o->row.void_rule);
    shown_word(broken, "meaning",
               void_rule_read(o->row.void_rule, &rule) ? void_rule_meaning(rule) : "");
    shown_put(shown, "void", broken);
}

// Under which book it was written, and why not under a newer one.
static bool put_codebook(struct clerk *c, struct arena *a, const struct clerk_held_record *o,
                         json_t *shown, struct err *err)
{
    struct str sentence;
    shown_null(shown, "codebook");
    if (!o->read || o->record.type != &record_type_message)
        return true;
    const struct message *m = o->record.payload;
    if (!clerk_book_sentence(c, a, &o->record, &sentence, err))
        return false;
    json_t *book = shown_object();
    shown_number(book, "version", m->codebook_version);
    shown_digest(book, "hash", &m->codebook);
    shown_bool(book, "held", shelf_find(&c->codebook.shelf, &m->codebook) != NULL);
    shown_str(book, "sentence", sentence);
    shown_put(shown, "codebook", book);
    return true;
}

bool clerk_act_show(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct clerk_who who;
    struct clerk_held_record o;
    struct str asked = clerk_take_str(io, err);
    struct clerk_named *b = arena_new(io->arena, struct clerk_named, 1);
    CHECK(b != NULL);
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err))
        return false;
    if (!clerk_find(c, asked, b, err)) {
        clerk_heard_instead(c, &who.caller, asked, err);
        return false;
    }
    if (!clerk_open_row(c, io->arena, &b->first, &o, err))
        return false;
    enum desk desk = DESK_NONE;
    bool of_a_desk = desk_read(o.row.desk, &desk);
    if (!rights_check(&who.caller, NEED_READ, of_a_desk ? desk : DESK_NONE, err))
        return false;
    io->shown = clerk_row_bare(&o.row);
    put_record(io->shown, &o);
    put_others(io->shown, b, &o.row.note);
    put_state(c, io->arena, &o.row, io->shown);
    return put_cosignatures(c, io->arena, &o.row, io->shown, err) &&
           put_codebook(c, io->arena, &o, io->shown, err) &&
           put_around(c, &who.caller, &o.row, io->shown, err) &&
           put_attachments(c, &o, io->shown, err) &&
           clerk_heard_put_show(c, &who.caller, &o, io->shown, err);
}
