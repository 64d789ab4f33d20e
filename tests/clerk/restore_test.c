// Checking again what is held; and coming back from a backup without signing a second history.
#include "store/office_draft.h"
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror"
#define SOLIDARITY "01 C03\n"

static struct act_result verify(struct three *t, int who, int whose)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(whose)));
    buffer_number(&b, 0, 8);
    return must(act(t, who, clerk_act_verify, &b));
}

static bool says(struct act_result r, const char *what)
{
    char text[1024];
    EXPECT(r.answer.len < sizeof text);
    memcpy(text, r.answer.ptr, r.answer.len);
    text[r.answer.len] = '\0';
    return strstr(text, what) != NULL;
}

TEST(a_log_is_checked_again_from_its_entries)
{
    struct three *t = three_new(ALL_ON);
    for (int i = 0; i < 5; i++)
        (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    for (int who = XA; who <= XB; who++) {
        struct act_result r = verify(t, who, XA);
        EXPECT(says(r, "\"ok\":true"));
        EXPECT(says(r, "\"done\":true"));
        EXPECT(says(r, "\"size\":6"));
    }
    three_end(t);
}

// -- restore -------------------------------------------------------------------------------------
static void copy_store(struct three *t, int who, const char *name, const char *to)
{
    struct err err = {0};
    struct str path;
    struct clerk *c = &t->at[who].clerk;
    EXPECT_OK(arena_fmt(&t->arena, &path, &err, "%.*s/%s", STR_ARG(t->at[who].folder), to));
    EXPECT_OK(db_backup_to(strcmp(name, "office") == 0 ? c->office : c->exchange, path.ptr, &err));
}

static void put_back(struct three *t, int who, const char *from, const char *to)
{
    struct err err = {0};
    struct str old, new, side;
    static const char *const beside[] = {"-wal", "-shm"};
    EXPECT_OK(arena_fmt(&t->arena, &old, &err, "%.*s/%s", STR_ARG(t->at[who].folder), from));
    EXPECT_OK(arena_fmt(&t->arena, &new, &err, "%.*s/%s", STR_ARG(t->at[who].folder), to));
    for (size_t i = 0; i < 2; i++) {
        EXPECT_OK(arena_fmt(&t->arena, &side, &err, "%s%s", new.ptr, beside[i]));
        EXPECT_OK(world_remove(world_real(), side.ptr, &err));
    }
    EXPECT(rename(old.ptr, new.ptr) == 0);
}

static void lose_state_file(struct three *t, int who)
{
    struct err err = {0};
    static const char *const files[] = {"keeper/state.0", "keeper/state.1"};
    for (size_t i = 0; i < 2; i++) {
        struct str path;
        EXPECT_OK(
            arena_fmt(&t->arena, &path, &err, "%.*s/%s", STR_ARG(t->at[who].folder), files[i]));
        EXPECT_OK(world_remove(world_real(), path.ptr, &err));
    }
}

static enum keeper_lock lock_of(struct three *t, int who)
{
    struct err err = {0};
    struct keeper_status s;
    EXPECT_OK(keeper_status(&t->at[who].clerk.keeper, &t->arena, &s, &err));
    return s.lock;
}

struct shown_lines {
    struct buffer *to;
};
static bool see_line(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct shown_lines *l = context;
    (void)err;
    if (!str_eq(row->key_name, origin_of(XA)))
        buffer_put(l->to, row->line);
    return true;
}

// What a peer shows of XA's log: the newest checkpoint it holds, with its own lines.
static struct buffer own_head(struct three *t, int peer)
{
    struct err err = {0};
    struct txn txn = {0};
    struct exchange_log log = log_at(t, peer, XA);
    struct buffer b = columns(t), note = columns(t);
    struct shown_lines l = {&note};
    struct note read;
    EXPECT_OK(note_read(log.checkpoint, &read, &err));
    buffer_put(&note, log.checkpoint);
    EXPECT_OK(db_begin(t->at[peer].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_cosigs(&txn, log.id, log.signed_size, see_line, &l, &err));
    txn_release(&txn);
    buffer_block16(&b, str_bytes(origin_of(peer)));
    buffer_block32(&b, buffer_bytes(&note));
    buffer_number(&b, 0, 8); // in an open session
    return b;
}

static uint64_t unopened(struct three *t)
{
    struct err err = {0};
    struct txn txn = {0};
    uint64_t count = 99;
    EXPECT_OK(db_begin(t->at[XA].clerk.exchange, &txn, &err));
    EXPECT_OK(clerk_restore_unopened(&t->at[XA].clerk, &txn, &count, &err));
    txn_release(&txn);
    return count;
}

TEST(after_a_restore_nothing_is_signed_until_a_quorum_answered_and_the_log_is_back)
{
    struct three *t = three_new(ALL_ON);
    struct err err = {0};
    struct draft_id draft;
    struct release_done done;
    uint64_t count;
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++)
            if (to != whose)
                carry_log(t, whose, whose, to);
    (void)say_to(t, XA, XB, SOLIDARITY);
    copy_store(t, XA, "office", "office.backup");
    copy_store(t, XA, "exchange", "exchange.backup");
    struct release_done lost = say_to(t, XA, XB, SOLIDARITY); // after the backup
    carry_log(t, XA, XA, XB);
    carry_log(t, XA, XA, XC);
    EXPECT(carry_bodies(t, XA, XB) == 2);
    state_down(t, XA);
    put_back(t, XA, "office.backup", "office.db");
    put_back(t, XA, "exchange.backup", "exchange.db");
    lose_state_file(t, XA);
    state_up(t, XA);
    EXPECT(lock_of(t, XA) == KEEPER_RESTORED);
    EXPECT(log_at(t, XA, XA).size.n == 2);
    world_random(&t->fake.world, draft.octets, sizeof draft.octets);
    keep_draft(t, XA, &draft, message_text(t, XA, XB, "", SOLIDARITY));
    // One answer is no quorum; and the log is not back.
    struct buffer head = own_head(t, XB);
    must(act(t, XA, clerk_act_take_own_head, &head));
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err));
    EXPECT(lock_of(t, XA) == KEEPER_RESTORED);
    head = own_head(t, XC);
    must(act(t, XA, clerk_act_take_own_head, &head));
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err));
    EXPECT(lock_of(t, XA) == KEEPER_RESTORED);
    struct buffer entries = entries_of(t, XB, XA, 0);
    must(act(t, XA, clerk_act_take_entries, &entries));
    EXPECT(log_at(t, XA, XA).size.n == 3);
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err));
    EXPECT(lock_of(t, XA) == KEEPER_SIGNS);
    // Every earlier draft is void.
    EXPECT_ERR(clerk_release(&t->at[XA].clerk, &t->arena, &draft, &done, &err), ERR_NOT_FOUND);
    // Nothing is known yet of what was lost, but that it may have used a pair's next number.
    EXPECT(unopened(t) == 1);
    // Its own body comes back from its addressee.
    struct office_record row;
    project(t, XA);
    EXPECT(!row_of(t, XA, &lost.note, &row));
    EXPECT(row_of(t, XB, &lost.note, &row));
    struct bytes whole = blob_of(t, XB, &row.body);
    struct buffer piece = piece_of(t, XB, &row.body, whole, 0, whole.len);
    must(act(t, XA, clerk_act_take_blob, &piece));
    project(t, XA);
    EXPECT(row_of(t, XA, &lost.note, &row));
    EXPECT(row.direction == DIRECTION_OUT);
    EXPECT(unopened(t) == 0);
    EXPECT_OK(clerk_append(&t->at[XA].clerk, &count, &err));
    carry_log(t, XA, XA, XB);
    EXPECT(log_at(t, XB, XA).signed_size.n == 3);
    EXPECT(evidence_at(t, XB).count == 0);
    three_end(t);
}

TEST(our_own_log_is_not_taken_from_others_while_the_keeper_signs)
{
    struct three *t = three_new(ALL_ON);
    carry_log(t, XA, XA, XB);
    struct buffer entries = entries_of(t, XB, XA, 0);
    EXPECT(act(t, XA, clerk_act_take_entries, &entries).err.kind == ERR_DENIED);
    EXPECT(lock_of(t, XA) == KEEPER_SIGNS);
    three_end(t);
}
