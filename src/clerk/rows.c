#include "clerk/rows.h"

#include "base/limits.h"
#include "clerk/facts.h"
#include "clerk/heard_shown.h"
#include "clerk/officer.h"
#include "clerk/shown.h"

#include <stdio.h>
#include <stdlib.h>

// -- one row -------------------------------------------------------------------------------------
json_t *clerk_row_bare(const struct office_record *row)
{
    json_t *shown = shown_object();
    bool has_precedence = row->tlp.len > 0 && row->precedence < PRECEDENCE_COUNT;
    CHECK(row->number >= 0);
    shown_number(shown, "number", (uint64_t)row->number);
    shown_str(shown, "ref", row->ref);
    shown_digest(shown, "note", &row->note);
    shown_word(shown, "direction", row->direction == DIRECTION_OUT ? "out" : "in");
    shown_str(shown, "desk", row->desk);
    shown_str(shown, "from", row->from);
    shown_str(shown, "to", row->to);
    shown_str(shown, "type", row->type);
    shown_time(shown, "time", row->time);
    shown_time(shown, "received", row->received);
    shown_word(shown, "precedence",
               has_precedence ? precedence_word((enum precedence)row->precedence) : "");
    shown_str(shown, "tlp", row->tlp);
    shown_bool(shown, "exercise", row->exercise);
    shown_digest(shown, "answers", &row->answers);
    if (row->void_rule.len > 0)
        shown_str(shown, "void", row->void_rule);
    else
        shown_null(shown, "void");
    return shown;
}

void clerk_row_state(struct clerk *c, struct arena *a, const struct office_record *row,
                     json_t *shown, struct record_state *ret)
{
    struct record_state *state = memory_new(1, sizeof *state);
    struct err why = {0};
    if (clerk_record_state(c, a, &row->note, clerk_now(c), state, &why)) {
        struct moment due = {state->has_deadline ? state->deadline.s : 0};
        shown_word(shown, "delivery", delivery_state_word(state->delivery));
        shown_word(shown, "dialogue", dialogue_state_word(state->dialogue));
        shown_bool(shown, "overdue", state->overdue);
        shown_time(shown, "due", due);
    } else {
        *state = (struct record_state){0};
        shown_null(shown, "delivery");
        shown_null(shown, "dialogue");
        shown_bool(shown, "overdue", false);
        shown_null(shown, "due");
        shown_word(shown, "problem", why.text);
    }
    if (ret != NULL)
        *ret = *state;
    memory_release(state);
}

bool clerk_open_row(struct clerk *c, struct arena *a, const struct digest *note,
                    struct clerk_held_record *ret, struct err *err)
{
    struct txn txn = {0};
    struct err why = {0};
    struct clerk_held_record o = {0};
    bool done = db_begin(c->office, &txn, err) && office_record_get(&txn, note, a, &o.row, err);
    txn_release(&txn);
    if (!done)
        return false;
    struct note *parts = arena_new(a, struct note, 1);
    if (parts == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a note");

    if (clerk_record_note(c, &o.row, a, &o.note, &why) && note_read(o.note, parts, &why)) {
        o.text = parts->text;
        o.read = record_read(a, str_bytes(o.text), &o.record, &why);
    }
    *ret = o;
    return true;
}

bool clerk_may_read(const struct caller *who, const struct office_record *row)
{
    enum desk desk;
    return desk_read(row->desk, &desk) && rights_has(who, NEED_READ, desk);
}

// -- pages ---------------------------------------------------------------------------------------
// A row's place in the order of a folder is (received, number). As one number: seconds, and the
// last 26 bits of the row's number, which tell apart what came in one second.
enum { PLACE_BITS = 26 };
#define PLACE_MASK ((UINT64_C(1) << PLACE_BITS) - 1)

struct place {
    struct digest note;
    int64_t received_s, number;
};
struct page {
    struct place *rows;
    size_t count, cap;
    uint64_t before; // 0: from the newest
    size_t seen;     // rows of the query that runs
    struct place last;
};

static bool is_before(const struct page *p, const struct place *row)
{
    uint64_t apart = ((p->before & PLACE_MASK) - (uint64_t)row->number) & PLACE_MASK;
    if (p->before == 0 || row->received_s < (int64_t)(p->before >> PLACE_BITS))
        return true;
    return apart != 0 && apart <= PLACE_MASK / 2;
}

static bool take_row(void *context, const struct office_record *row, struct err *err)
{
    struct page *p = context;
    (void)err; // nothing can fail
    p->seen++;
    p->last = (struct place){row->note, row->received.s, row->number};
    if (is_before(p, &p->last) && p->count < p->cap)
        p->rows[p->count++] = p->last;
    return true;
}

// Rows of one desk, until `most` of them are gathered or there are no more.
static bool gather_desk(struct txn *txn, enum desk desk, enum office_direction direction,
                        size_t most, struct page *p, struct err *err)
{
    struct office_page ask = {
        .desk = str_of(desk_word(desk)), .direction = direction, .count_max = most};
    size_t wanted = p->count + most;
    if (p->before != 0)
        ask.before.s = (int64_t)(p->before >> PLACE_BITS) + 1;
    do {
        p->seen = 0;
        if (!office_records(txn, &ask, take_row, p, err))
            return false;
        ask.before.s = p->last.received_s;
        ask.before_number = p->last.number;
    } while (p->seen == most && p->count < wanted);
    if (p->count > wanted)
        p->count = wanted;
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    if (x->received_s != y->received_s)
        return x->received_s < y->received_s ? 1 : -1;
    return (x->number < y->number) - (x->number > y->number);
}

static bool gather_page(struct clerk *c, const struct caller *who, enum office_direction direction,
                        size_t most, struct page *p, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->office, &txn, err);
    for (int d = DESK_TECHNICAL; done && d < DESK_COUNT; d++)
        if (rights_has(who, NEED_READ, (enum desk)d))
            done = gather_desk(&txn, (enum desk)d, direction, most, p, err);
    txn_release(&txn);
    if (!done)
        return false;
    qsort(p->rows, p->count, sizeof p->rows[0], newest_first);
    if (p->count > most)
        p->count = most;
    return true;
}

static bool row_json(struct clerk *c, const struct digest *note, json_t *rows, struct err *err)
{
    struct arena a;
    struct clerk_held_record o;
    arena_init(&a, 16 << 20); // of this row alone
    bool done = clerk_open_row(c, &a, note, &o, err);
    if (done) {
        json_t *one = clerk_row_bare(&o.row);
        clerk_row_state(c, &a, &o.row, one, NULL);
        if (o.read)
            shown_number(one, "attachments", o.record.attachments_count);
        else
            shown_null(one, "attachments");
        shown_add(rows, one);
    }
    arena_release(&a);
    return done;
}

static void put_next(json_t *shown, const struct page *p, size_t most)
{
    char text[24];
    if (p->count < most) {
        shown_null(shown, "next");
        return;
    }
    const struct place *last = &p->rows[p->count - 1];
    uint64_t next =
        (uint64_t)last->received_s << PLACE_BITS | ((uint64_t)last->number & PLACE_MASK);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)next);
    shown_word(shown, "next", text);
}

static bool list(struct clerk *c, struct clerk_io *io, enum office_direction direction,
                 struct err *err)
{
    struct clerk_who who;
    uint64_t before = reader_u64(&io->ask);
    size_t most = reader_u32(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_who(c, io, &who, err) ||
        !rights_check(&who.caller, NEED_OFFICER, DESK_NONE, err))
        return false;
    if (most == 0 || most > CLERK_ROWS_MAX)
        most = CLERK_ROWS_MAX;
    struct page p = {.before = before, .cap = (size_t)DESK_COUNT * 2 * most};
    p.rows = memory_new(p.cap, sizeof p.rows[0]);
    io->shown = shown_object();
    json_t *rows = shown_array();
    shown_put(io->shown, "rows", rows);
    bool done = gather_page(c, &who.caller, direction, most, &p, err);
    for (size_t i = 0; done && i < p.count; i++)
        done = row_json(c, &p.rows[i].note, rows, err);
    if (done)
        put_next(io->shown, &p, most);
    memory_release(p.rows);
    return done &&
           (direction != DIRECTION_IN || clerk_heard_put_inbox(c, &who.caller, io->shown, err));
}

bool clerk_act_inbox(struct clerk *c, struct clerk_io *io, struct err *err)
{
    return list(c, io, DIRECTION_IN, err);
}

bool clerk_act_sent(struct clerk *c, struct clerk_io *io, struct err *err)
{
    return list(c, io, DIRECTION_OUT, err);
}

// -- by name -------------------------------------------------------------------------------------
static bool take_named(void *context, const struct office_record *row, struct err *err)
{
    struct clerk_named *n = context;
    bool valid = row->void_rule.len == 0;
    (void)err; // nothing can fail
    if (n->count == CLERK_ROWS_MAX)
        return true; // evidence enough
    n->all[n->count++] = row->note;
    if (n->count == 1 || (valid && !n->has_valid))
        n->first = row->note;
    n->has_valid = n->has_valid || valid;
    return true;
}

bool clerk_find(struct clerk *c, struct str asked, struct clerk_named *ret, struct err *err)
{
    struct txn txn = {0};
    *ret = (struct clerk_named){0};
    if (digest_read(asked, &ret->first))
        return true;
    bool done =
        db_begin(c->office, &txn, err) && office_records_by_ref(&txn, asked, take_named, ret, err);
    txn_release(&txn);
    if (done && ret->count == 0)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.1", "no record %.*s is held here",
                       STR_ARG(asked));
    return done;
}
