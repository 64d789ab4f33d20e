// tests/clerk/doubles.h - stand-ins for rooms' parts that are not in the tree; each goes as soon as
// the real file is there.
#ifndef TESTS_CLERK_DOUBLES_H
#define TESTS_CLERK_DOUBLES_H
#include "clerk/acts.h"
#include "clerk/facts.h"
#include "clerk/project.h"
#include "clerk/restore.h"
#include "record/body.h"
#include "record/record.h"
#include "store/exchange_blob.h"
#include "store/office_view.h"

static inline bool not_here(struct err *err)
{
    return err_set(err, ERR_UNSUPPORTED, "tests", "a stand-in");
}
#define STAND_IN(act)                                               \
    bool act(struct clerk *c, struct clerk_io *io, struct err *err) \
    {                                                               \
        (void)c;                                                    \
        (void)io;                                                   \
        return not_here(err);                                       \
    }
#if !__has_include("src/clerk/receipt.c") && !__has_include("src/clerk/project_receipts.c")
bool clerk_receipts(struct clerk *c, struct err *err)
{
    (void)c;
    (void)err;
    return true;
}
#endif
#if !__has_include("src/clerk/take.c")
STAND_IN(clerk_act_take_manifests)
STAND_IN(clerk_act_take_entries)
STAND_IN(clerk_act_witness)
STAND_IN(clerk_act_take_cosigs)
STAND_IN(clerk_act_take_evidence)
STAND_IN(clerk_act_take_waiting)
STAND_IN(clerk_act_peer_called)
STAND_IN(clerk_act_peer_head)
STAND_IN(clerk_act_take_own_head)
#endif
#if !__has_include("src/clerk/blob.c")
STAND_IN(clerk_act_take_blob)
STAND_IN(clerk_act_blob_have)
STAND_IN(clerk_act_blob_read)
STAND_IN(clerk_act_attachment_key)
#endif
#if !__has_include("src/clerk/recheck.c")
STAND_IN(clerk_act_verify)
STAND_IN(clerk_act_rebuild)
#endif
#if !__has_include("src/clerk/restore.c")
bool clerk_restore_answer(struct clerk *c, struct str from, struct bytes checkpoint,
                          struct err *err)
{
    (void)c;
    (void)from;
    (void)checkpoint;
    (void)err;
    return true;
}

bool clerk_restore_step(struct clerk *c, struct err *err)
{
    (void)c;
    (void)err;
    return true;
}
#endif
#if !__has_include("src/clerk/facts.c")
bool clerk_record_state(struct clerk *c, struct arena *a, const struct digest *note,
                        struct moment now, struct record_state *ret, struct err *err)
{
    (void)c;
    (void)a;
    (void)note;
    (void)now;
    (void)err;
    *ret = (struct record_state){.delivery = DELIVERY_LOGGED};
    return true;
}
#endif
#if !__has_include("src/clerk/project.c")
bool clerk_project_cosigned(struct clerk *c, struct err *err)
{
    (void)c;
    (void)err;
    return true;
}

// Our own records only, every one valid.
static bool double_row(struct clerk *c, struct arena *a, struct txn *office, uint64_t at,
                       struct bytes blob, struct err *err)
{
    struct bytes plain;
    struct sealed_body body;
    struct note *note = arena_new(a, struct note, 1);
    struct record r;
    char ref[REF_CHARS_MAX + 1];
    char from[ADDRESS_CHARS_MAX + 1];
    char to[ADDRESS_CHARS_MAX + 1];
    char name[DIGEST_TEXT_CHARS + 1];
    if (!clerk_age_open(c, blob, a, &plain, err) || !sealed_body_read(plain, &body, err) ||
        !note_read(body.note, note, err) || !record_read(a, str_bytes(note->text), &r, err))
        return false;
    ref_write(&r.ref, ref);
    address_write(&r.from, from);
    address_write(&r.to, to);
    struct office_record row = {.ref = str_of(ref),
                                .note = digest_of(body.note),
                                .origin = c->origin,
                                .at = at,
                                .direction = DIRECTION_OUT,
                                .type = str_of(r.type->name),
                                .from = str_of(from),
                                .to = str_of(to),
                                .time = r.time,
                                .precedence = r.precedence,
                                .tlp = str_of(tlp_word(r.tlp)),
                                .exercise = r.exercise,
                                .desk = str_of(desk_word(r.from.desk)),
                                .state = STR("logged"),
                                .body = digest_of(blob),
                                .received = clerk_now(c)};
    row.root = row.note;
    digest_write(&row.note, name);
    return clerk_text_seal(c, r.from.desk, CLERK_RECORD_TABLE, str_of(name), body.note, a,
                           &row.sealed, err) &&
           office_record_add(office, &row, NULL, err);
}

bool clerk_project(struct clerk *c, struct err *err)
{
    struct arena a;
    struct txn exchange = {0};
    struct txn office = {0};
    struct exchange_log own;
    uint64_t next = 0;
    arena_init(&a, 64 << 20);
    bool done = db_begin(c->exchange, &exchange, err) && db_begin(c->office, &office, err) &&
                exchange_log_get(&exchange, c->own, &a, &own, err) &&
                office_cursor_get(&office, c->origin, &next, err);
    for (; done && next < own.size.n; next++) {
        struct bytes octets;
        struct bytes blob;
        struct entry entry;
        done = exchange_entry_get(&exchange, c->own, (struct leaf_index){next}, &a, &octets, err) &&
               entry_read(octets, &entry, err);
        if (done && entry.kind == ENTRY_SEALED)
            done = exchange_blob_whole(&exchange, &entry.body, BODY_BYTES_MAX, &a, &blob, err) &&
                   double_row(c, &a, &office, next, blob, err);
    }
    done = done && office_cursor_put(&office, c->origin, next, err) && db_commit(&office, err);
    txn_release(&office);
    txn_release(&exchange);
    arena_release(&a);
    return done;
}
#endif
#endif
