#define _GNU_SOURCE // memmem
// What stands in a verified log and breaks a rule is void by that rule's name, shown, given no
// receipt, and moves no other record's state. What is not in a verified log yet changes nothing.
#include "log/cosign.h"
#include "tests/clerk/hostile.h"

#define ALL_ON "exchange witness mirror receipts"
#define SOLIDARITY "01 C03\n"

static const struct hostile cases[] = {
    {.says = "an entry that is none", .rule = "entry", .entry = "hello\n"},
    {.says = "a body that is none", .rule = "body", .no_body = true},
    {.says = "a payload of another State's envelope",
     .rule = "swapped-payload",
     .inner_from = "xc.example/demo"},
    {.says = "a payload for another State",
     .rule = "swapped-payload",
     .inner_to = "xc.example/demo"},
    {.says = "another note than the one committed to", .rule = "commitment", .other_note = true},
    {.says = "a line out of order", .rule = "text", .old = "tlp GREEN\n", .new = ""},
    {.says = "a record of another community's log",
     .rule = "wrong-log",
     .old = "log xa.example/demo\n",
     .new = "log xa.example/other\n"},
    {.says = "another State's word",
     .rule = "wrong-state",
     .old = "from XA/technical\nto XB/technical\nref XA/XB",
     .new = "from XC/technical\nto XB/technical\nref XC/XB"},
    {.says = "two signature lines", .rule = "signatures", .twice = true},
    {.says = "signed by another desk", .rule = "wrong-key", .role = "diplomatic"},
    {.says = "signed by the node", .rule = "wrong-key", .role = "node"},
    {.says = "signed by a key not in force", .rule = "wrong-key", .stranger = true},
    {.says = "a sealed record in an open entry", .rule = "wrong-kind", .open = true},
    {.says = "addressed to another State",
     .rule = "swapped-payload",
     .old = "to XB/technical\nref XA/XB",
     .new = "to XC/technical\nref XA/XC"},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static void meet(struct three *t)
{
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++)
            if (to != whose)
                carry_log(t, whose, whose, to);
}

// A community in which XA's first message is held by XB and the receipt is back.
static struct three *begin(struct release_done *ret_said)
{
    struct three *t = three_new(ALL_ON);
    meet(t);
    *ret_said = say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == 1);
    turn(t, XB);
    carry_log(t, XB, XB, XA);
    (void)carry_bodies(t, XB, XA);
    turn(t, XA);
    return t;
}

static void expect_void(struct thief *f, uint64_t index, const struct hostile *h)
{
    struct office_record row;
    if (!shown_at(f, index, &row))
        fail_msg("%s: nothing is shown", h->says);
    if (!str_eq(row.void_rule, str_of(h->rule)))
        fail_msg("%s: wanted %s, shown is \"%.*s\"", h->says, h->rule, STR_ARG(row.void_rule));
}

TEST(what_breaks_a_rule_in_a_verified_log_is_void_by_its_name_and_shown)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct thief *f = thief_new(t);
    uint64_t own = log_at(t, XB, XB).size.n;
    for (size_t i = 0; i < CASES; i++)
        (void)thief_add(f, &cases[i]);
    struct buffer log = thief_log(f, &t->at[XA].log_seed);
    must(act(t, XB, clerk_act_take_entries, &log)); // replicated whatever it says
    EXPECT(log_at(t, XB, XA).signed_size.n == f->first + CASES);
    for (size_t i = 0; i < CASES; i++)
        if (f->blobs[i].len > 0)
            must(thief_body(f, i));
    turn(t, XB);
    for (size_t i = 0; i < CASES; i++)
        expect_void(f, f->first + i, &cases[i]);
    EXPECT(log_at(t, XB, XB).size.n == own); // no receipt for any of them
    thief_end(f);
    three_end(t);
}

TEST(void_records_move_no_other_records_state)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct thief *f = thief_new(t);
    struct str before = dump_of(t, XB);
    struct record_state was = state_at(t, XB, &said.note);
    char note[DIGEST_TEXT_CHARS + 1];
    struct err err = {0};
    struct str withdraw;
    digest_write(&said.note, note);
    // A withdrawal of the first message that nobody at XA's desk signed.
    EXPECT_OK(arena_fmt(&t->arena, &withdraw, &err,
                        "elchi record v1\nlog %s\ntype withdraw\nfrom XA/technical\n"
                        "to XB/technical\nref XA/XB-2026-9900\ntime 2026-07-14T05:00:00Z\n"
                        "precedence ROUTINE\ntlp GREEN\nexercise no\nof %.*s %s\nreason error\n",
                        origins[XA], STR_ARG(said.ref), note));
    struct hostile forged = {.says = "a withdrawal nobody made",
                             .rule = "wrong-key",
                             .text = withdraw.ptr,
                             .stranger = true};
    (void)thief_add(f, &forged);
    for (size_t i = 0; i < CASES; i++)
        (void)thief_add(f, &cases[i]);
    struct buffer log = thief_log(f, &t->at[XA].log_seed);
    must(act(t, XB, clerk_act_take_entries, &log));
    for (size_t i = 0; i < f->count; i++)
        if (f->blobs[i].len > 0)
            must(thief_body(f, i));
    turn(t, XB);
    expect_void(f, f->first, &forged);
    struct record_state after = state_at(t, XB, &said.note);
    EXPECT(after.delivery == was.delivery);
    EXPECT(!after.withdrawn && !after.replaced);
    struct str now = dump_of(t, XB);
    struct str line;
    struct str rest = before;
    while (str_split(&rest, '\n', &line)) // each line of before stands there still, as it was
        EXPECT(line.len == 0 || memmem(now.ptr, now.len, line.ptr, line.len) != NULL);
    thief_end(f);
    three_end(t);
}

TEST(a_second_record_under_a_used_ref_is_void_and_the_first_one_stands)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct thief *f = thief_new(t);
    struct err err = {0};
    struct str old;
    struct str new;
    struct str other_year;
    struct office_record row;
    int year = moment_year(clerk_now(&t->at[XA].clerk));
    EXPECT_OK(arena_fmt(&t->arena, &old, &err, "ref XA/XB-%d-9000\n", year));
    EXPECT_OK(arena_fmt(&t->arena, &new, &err, "ref %.*s\n", STR_ARG(said.ref)));
    struct hostile reused = {
        .says = "a used ref", .rule = "reused-ref", .old = old.ptr, .new = new.ptr};
    uint64_t first = thief_add(f, &reused);
    EXPECT_OK(arena_fmt(&t->arena, &old, &err, "ref XA/XB-%d-9001\n", year));
    EXPECT_OK(arena_fmt(&t->arena, &other_year, &err, "ref XA/XB-%d-0001\n", year - 1));
    struct hostile serial = {.says = "a used number of another year",
                             .rule = "reused-serial",
                             .old = old.ptr,
                             .new = other_year.ptr};
    uint64_t second = thief_add(f, &serial);
    struct buffer log = thief_log(f, &t->at[XA].log_seed);
    must(act(t, XB, clerk_act_take_entries, &log));
    must(thief_body(f, 1));
    must(thief_body(f, 0)); // in any order
    turn(t, XB);
    expect_void(f, first, &reused);
    expect_void(f, second, &serial);
    EXPECT(row_of(t, XB, &said.note, &row));
    EXPECT(row.void_rule.len == 0);
    thief_end(f);
    three_end(t);
}

TEST(a_record_from_the_future_is_valid_and_held)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct thief *f = thief_new(t);
    struct office_record row;
    uint64_t own = log_at(t, XB, XB).size.n;
    char time[MOMENT_CHARS + 1];
    char wanted[sizeof "time " + MOMENT_CHARS];
    moment_write(clerk_now(&t->at[XA].clerk), time);
    (void)snprintf(wanted, sizeof wanted, "time %s", time);
    struct hostile ahead = {.says = "ahead", .old = wanted, .new = "time 2099-01-01T00:00:00Z"};
    uint64_t at = thief_add(f, &ahead);
    struct buffer log = thief_log(f, &t->at[XA].log_seed);
    must(act(t, XB, clerk_act_take_entries, &log));
    must(thief_body(f, 0));
    turn(t, XB);
    EXPECT(shown_at(f, at, &row));
    EXPECT(row.void_rule.len == 0);
    EXPECT(log_at(t, XB, XB).size.n == own + 1); // held: it breaks no rule
    struct buffer ask = columns(t);
    buffer_block16(&ask, str_bytes(row.ref));
    struct act_result r = must(act_as(t, XB, clerk_act_show, buffer_bytes(&ask), "anna"));
    EXPECT(memmem(r.answer.ptr, r.answer.len, "\"time_ahead\":true", 17) != NULL);
    thief_end(f);
    three_end(t);
}

TEST(what_no_signed_checkpoint_covers_changes_nothing)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct thief *f = thief_new(t);
    struct err err = {0};
    struct secret stranger = {0};
    struct str before = dump_of(t, XB);
    struct exchange_log log = log_at(t, XB, XA);
    EXPECT_OK(sign_seed_new(world_real(), &stranger, &err));
    for (size_t i = 0; i < CASES; i++)
        (void)thief_add(f, &cases[i]);
    struct buffer columns_of = thief_log(f, &stranger);
    struct act_result r = act(t, XB, clerk_act_take_entries, &columns_of);
    EXPECT(!r.done);
    EXPECT(r.err.clause != NULL);
    for (size_t i = 0; i < CASES; i++) {
        if (f->blobs[i].len == 0)
            continue;
        r = thief_body(f, i);
        EXPECT(!r.done && r.err.kind == ERR_DENIED); // nobody asked for it
    }
    turn(t, XB);
    EXPECT(log_at(t, XB, XA).size.n == log.size.n);
    EXPECT(bytes_eq(log_at(t, XB, XA).checkpoint, log.checkpoint));
    EXPECT(str_eq(dump_of(t, XB), before));
    EXPECT(evidence_at(t, XB).count == 0);
    secret_release(&stranger);
    thief_end(f);
    three_end(t);
}

TEST(a_body_that_does_not_match_its_entry_is_refused_and_the_right_one_still_comes)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct thief *f = thief_new(t);
    struct hostile good = {.says = "good"};
    struct office_record row;
    uint64_t at = thief_add(f, &good);
    struct buffer log = thief_log(f, &t->at[XA].log_seed);
    must(act(t, XB, clerk_act_take_entries, &log));
    struct bytes right = f->blobs[0];
    struct hostile other = {.says = "another"};
    f->count = 1;
    (void)thief_add(f, &other);
    f->blobs[0] = f->blobs[1]; // announced and sent under the index of the first
    struct act_result r = thief_body(f, 0);
    EXPECT(!r.done && r.err.kind == ERR_DENIED);
    struct exchange_offer offer = {.at = {at}, .hash = digest_of(right), .size = right.len};
    struct buffer hint = hint_of(t, XA, XA, &offer);
    must(act(t, XB, clerk_act_take_waiting, &hint));
    uint8_t *changed = arena_new(&t->arena, uint8_t, right.len);
    memcpy(changed, right.ptr, right.len);
    changed[right.len / 2] ^= 1;
    struct buffer piece = piece_of(t, XA, &offer.hash, bytes_of(changed, right.len), 0, right.len);
    r = act(t, XB, clerk_act_take_blob, &piece);
    EXPECT(!r.done && r.err.kind == ERR_TAMPERED);
    EXPECT(!shown_at(f, at, &row));
    f->blobs[0] = right;
    must(thief_body(f, 0));
    turn(t, XB);
    EXPECT(shown_at(f, at, &row) && row.void_rule.len == 0);
    thief_end(f);
    three_end(t);
}

// XB's own witness key, with a clock that runs ahead by an hour.
TEST(a_cosignature_from_the_future_counts_when_its_time_has_come)
{
    struct three *t = three_new(ALL_ON);
    struct err err = {0};
    struct str path;
    struct note note;
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    uint64_t time_s = (uint64_t)clerk_now(&t->at[XA].clerk).s + 3600;
    struct exchange_log log = log_at(t, XA, XA);
    uint8_t *room = arena_new(&t->arena, uint8_t, NOTE_BYTES_MAX);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    secret_copy(&passphrase, str_bytes(passphrase_words()));
    EXPECT_OK(arena_fmt(&t->arena, &path, &err, "%.*s/keeper", STR_ARG(t->at[XB].folder)));
    EXPECT_OK(vault_open(v, world_real(), path.ptr, &passphrase, &err));
    EXPECT_OK(note_read(log.checkpoint, &note, &err));
    writer_put(&w, log.checkpoint);
    cosign_sign(note.text, time_s, &v->keys[KEYS_WITNESS], vault_secret(v, "witness"), &w);
    vault_close(v);
    memory_release(v);
    secret_release(&passphrase);
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block32(&b, writer_bytes(&w));
    struct act_result r = must(act(t, XA, clerk_act_take_cosigs, &b));
    EXPECT(r.answer.len == 2 && r.answer.ptr[1] == 0); // none counts
    t->fake.now_ms += (int64_t)3600 * 1000;
    r = must(act(t, XA, clerk_act_take_cosigs, &b));
    EXPECT(r.answer.ptr[1] == 1);
    r = must(act(t, XA, clerk_act_take_cosigs, &b)); // and once
    EXPECT(r.answer.ptr[1] == 0);
    three_end(t);
}

// An owned courier says when it will call next. A time that nobody could show is not kept, for it
// would end the clerk whenever partners are listed.
TEST(no_time_that_a_courier_names_ends_the_clerk)
{
    static const uint64_t times_ms[] = {UINT64_MAX, INT64_MAX, UINT64_C(253402300800000)};
    struct three *t = three_new(ALL_ON);
    for (size_t i = 0; i < sizeof times_ms / sizeof times_ms[0]; i++) {
        struct buffer b = columns(t);
        buffer_block16(&b, str_bytes(origin_of(XA)));
        buffer_number(&b, 0, 1);
        buffer_number(&b, times_ms[i], 8);
        struct act_result r = act(t, XB, clerk_act_peer_called, &b);
        EXPECT(!r.done && r.err.kind == ERR_MALFORMED);
    }
    struct buffer soon = columns(t);
    buffer_block16(&soon, str_bytes(origin_of(XA)));
    buffer_number(&soon, 0, 1);
    buffer_number(&soon, (uint64_t)world_now_ms(&t->fake.world) + 86400000, 8);
    must(act(t, XB, clerk_act_peer_called, &soon));
    struct buffer none = columns(t);
    struct act_result r = must(act(t, XB, clerk_act_peers, &none));
    EXPECT(memmem(r.answer.ptr, r.answer.len, "next_try", 8) != NULL);
    three_end(t);
}

TEST(no_index_that_a_caller_names_ends_the_clerk)
{
    static const uint64_t indexes[] = {UINT64_MAX, UINT64_C(1) << 63};
    struct three *t = three_new(ALL_ON);
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
        struct buffer b = columns(t);
        buffer_block16(&b, str_bytes(origin_of(XA)));
        buffer_number(&b, indexes[i], 8);
        struct act_result r = act(t, XB, clerk_act_verify, &b);
        EXPECT(!r.done && r.err.kind == ERR_MALFORMED);
    }
    three_end(t);
}
