// A State that lost its machine and came back from a backup: it signs nothing until the others have
// told it how far it had come, and never a second history.
#include "tests/clerk/carry.h"

#include <time.h>

#define ALL_ON "exchange witness mirror"
#define SOLIDARITY "01 C03\n"

// -- backup, loss, restore -----------------------------------------------------------------------
static const char *path_of(struct three *t, const char *folder, const char *name)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(
        arena_fmt(&t->arena, &path, &err, "%.*s/%s/%s", STR_ARG(t->at[XA].folder), folder, name));
    return path.ptr;
}

// The keeper's files but its state, which every backup leaves out.
static void copy_keeper(struct three *t, const char *from, const char *to)
{
    static const char *const names[] = {"keyring", "register", "community", "manifest", "spent"};
    struct err err = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bytes file;
        const char *path = path_of(t, from, names[i]);
        if (!world_exists(world_real(), path))
            continue;
        EXPECT_OK(world_read_file(world_real(), path, 1 << 20, &t->arena, &file, &err));
        EXPECT_OK(world_write_file(world_real(), path_of(t, to, names[i]), file, 0600, &err));
    }
}

static void back_up(struct three *t)
{
    struct err err = {0};
    struct str folder;
    struct buffer b = columns(t);
    EXPECT_OK(arena_fmt(&t->arena, &folder, &err, "%.*s/backup", STR_ARG(t->at[XA].folder)));
    buffer_block16(&b, str_bytes(folder));
    must(act(t, XA, clerk_act_backup, &b));
    EXPECT_OK(world_make_folder(world_real(), path_of(t, "backup", "keeper"), 0700, &err));
    copy_keeper(t, "keeper", "backup/keeper");
}

static void lose_everything(struct three *t)
{
    static const char *const lost[] = {
        "exchange.db",     "exchange.db-wal", "exchange.db-shm",  "office.db",
        "office.db-wal",   "office.db-shm",   "keeper/keyring",   "keeper/register",
        "keeper/manifest", "keeper/state.0",  "keeper/community", "keeper/spent",
        "keeper/state.1",
    };
    struct err err = {0};
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++)
        EXPECT_OK(world_remove(world_real(), path_of(t, ".", lost[i]), &err));
}

static void restore(struct three *t)
{
    EXPECT(rename(path_of(t, "backup", "exchange.db"), path_of(t, ".", "exchange.db")) == 0);
    EXPECT(rename(path_of(t, "backup", "office.db"), path_of(t, ".", "office.db")) == 0);
    copy_keeper(t, "backup/keeper", "keeper");
    state_up(t, XA);
}

// -- looking -------------------------------------------------------------------------------------
static struct keeper_status status_of(struct three *t)
{
    struct err err = {0};
    struct keeper_status s;
    EXPECT_OK(keeper_status(&t->at[XA].clerk.keeper, &t->arena, &s, &err));
    return s;
}

static bool see_line(void *context, const struct exchange_cosig *row, struct err *err)
{
    (void)err;
    if (!str_eq(row->key_name, origin_of(XA)))
        buffer_put(context, row->line);
    return true;
}

// XA's newest checkpoint as a peer holds it, with the lines it gave.
static struct bytes head_at(struct three *t, int peer)
{
    struct err err = {0};
    struct txn txn = {0};
    struct exchange_log log = log_at(t, peer, XA);
    struct buffer note = columns(t);
    buffer_put(&note, log.checkpoint);
    EXPECT_OK(db_begin(t->at[peer].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_cosigs(&txn, log.id, log.signed_size, see_line, &note, &err));
    txn_release(&txn);
    return buffer_bytes(&note);
}

// By a file written at `written`; 0: in an open session.
static struct act_result show_own_at(struct three *t, int from, struct bytes note, int64_t written)
{
    struct err err = {0};
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(from)));
    buffer_block32(&b, note);
    buffer_number(&b, (uint64_t)written, 8);
    struct act_result r =
        act_as(t, XA, clerk_act_take_own_head, buffer_bytes(&b), written == 0 ? NULL : "anna");
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err));
    return r;
}

static struct act_result show_own(struct three *t, int from, struct bytes note)
{
    return show_own_at(t, from, note, 0);
}

static void import_own(struct three *t, int from)
{
    struct err err = {0};
    struct buffer b = entries_of(t, from, XA, log_at(t, XA, XA).size.n);
    must(act(t, XA, clerk_act_take_entries, &b));
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err));
}

// -- one State lost and restored -----------------------------------------------------------------
struct lost {
    struct release_done records[2]; // released after the backup, held by the others
    struct draft_id draft;          // approved before the backup
    struct digest root;             // of size 4, as the others know it
};

// `xc`: did what came after the backup reach XC too?
static struct three *lost_and_restored_with(struct lost *l, bool xc)
{
    struct three *t = three_new(ALL_ON);
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++)
            if (to != whose)
                carry_log(t, whose, whose, to);
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    carry_log(t, XA, XA, XC);
    world_random(&t->fake.world, l->draft.octets, sizeof l->draft.octets);
    keep_draft(t, XA, &l->draft, message_text(t, XA, XB, "", SOLIDARITY));
    back_up(t);
    for (size_t i = 0; i < 2; i++)
        l->records[i] = say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    if (xc)
        carry_log(t, XA, XA, XC);
    EXPECT(carry_bodies(t, XA, XB) == 3);
    l->root = log_at(t, XB, XA).root;
    EXPECT(log_at(t, XB, XA).signed_size.n == 4);
    EXPECT(log_at(t, XC, XA).signed_size.n == (xc ? 4 : 2));
    state_down(t, XA);
    lose_everything(t);
    restore(t);
    EXPECT(status_of(t).lock == KEEPER_RESTORED);
    EXPECT(log_at(t, XA, XA).size.n == 2);
    return t;
}

static struct three *lost_and_restored(struct lost *l)
{
    return lost_and_restored_with(l, true);
}

static void expect_silent(struct three *t, const struct draft_id *draft)
{
    struct err err = {0};
    struct bytes checkpoint;
    struct release_done done;
    struct digest leaf = {{1}};
    struct clerk *c = &t->at[XA].clerk;
    EXPECT(status_of(t).lock == KEEPER_RESTORED);
    EXPECT_ERR(clerk_release(c, &t->arena, draft, &done, &err), ERR_LOCKED);
    for (uint64_t first = 0; first < 5; first++)
        EXPECT_ERR(keeper_extend(&c->keeper, &t->arena, (struct leaf_index){first}, &leaf, 1,
                                 &checkpoint, &err),
                   ERR_LOCKED);
}

static bool one_line_of(struct three *t, struct str ret[1])
{
    struct err err = {0};
    uint64_t time_s;
    struct bytes chain;
    struct exchange_log log = log_at(t, XB, XB);
    struct proof_made made;
    struct txn txn = {0};
    struct tree_size old;
    struct digest root;
    struct exchange_tiles tiles;
    struct note note;
    struct keeper *k = &t->at[XA].clerk.keeper;
    EXPECT_OK(keeper_cosigned(k, KEEPER_WITNESS, origin_of(XB), &old, &root, &err));
    EXPECT(old.n == 0); // it remembers nothing, which is why it may not sign
    EXPECT_OK(note_read(str_bytes(t->at[XB].manifest), &note, &err));
    EXPECT_OK(chain_write(clerk_chain(&t->at[XB].clerk, origin_of(XB)), &t->arena, &chain, &err));
    EXPECT_OK(db_begin(t->at[XB].clerk.exchange, &txn, &err));
    exchange_tiles_init(&tiles, &txn, log.id);
    EXPECT_OK(merkle_make_consistency(&tiles.source, old, log.signed_size, &made, &err));
    txn_release(&txn);
    struct keeper_cosigning ask = {.role = KEEPER_WITNESS,
                                   .origin = origin_of(XB),
                                   .state = STR("XB"),
                                   .genesis = keys_text_hash(note.text),
                                   .chain = chain,
                                   .checkpoint = log.checkpoint,
                                   .proof = proof_of(&made)};
    bool signs = keeper_cosign(k, &t->arena, &ask, ret, &time_s, &err);
    EXPECT(signs || err.kind == ERR_LOCKED);
    return signs;
}

// What XB says is taken as before; only no line is given for it.
static void expect_no_cosignature(struct three *t)
{
    struct err err = {0};
    struct str line[1];
    (void)say_to(t, XB, XC, SOLIDARITY);
    struct buffer b = entries_of(t, XB, XB, log_at(t, XA, XB).size.n);
    struct act_result r = must(act(t, XA, clerk_act_take_entries, &b));
    struct reader answer = reader_of(r.answer);
    EXPECT(reader_u64(&answer) == log_at(t, XB, XB).size.n);
    EXPECT(reader_u16(&answer) == 0);
    EXPECT_OK(clerk_cosign_due(&t->at[XA].clerk, &err));
    EXPECT(!one_line_of(t, line));
}

TEST(a_restored_state_is_silent_until_the_second_state_has_answered)
{
    struct lost l;
    struct three *t = lost_and_restored(&l);
    expect_silent(t, &l.draft);
    expect_no_cosignature(t);
    must(show_own(t, XB, head_at(t, XB)));
    import_own(t, XB);
    EXPECT(log_at(t, XA, XA).size.n == 4);
    EXPECT(status_of(t).lock == KEEPER_RESTORED); // a quorum is two
    must(show_own(t, XB, head_at(t, XB)));
    EXPECT(status_of(t).lock == KEEPER_RESTORED); // the same one twice is one
    must(show_own(t, XC, head_at(t, XC)));
    struct keeper_status s = status_of(t);
    EXPECT(s.lock == KEEPER_SIGNS);
    EXPECT(s.size.n == 4);
    EXPECT(digest_eq(&s.root, &l.root));
    struct exchange_log held = log_at(t, XA, XA);
    EXPECT(digest_eq(&held.root, &l.root));
    expect_no_cosignature(t); // resumed or not, the old keys are done for
    three_end(t);
}

TEST(a_quorum_is_not_enough_until_its_own_log_is_back)
{
    struct lost l;
    struct err err = {0};
    struct three *t = lost_and_restored(&l);
    must(show_own(t, XB, head_at(t, XB)));
    must(show_own(t, XC, head_at(t, XC)));
    expect_silent(t, &l.draft);
    // Nor does the keeper believe a clerk that asks too early.
    struct exchange_log own = log_at(t, XA, XA);
    struct keeper_answer answers[2];
    for (int i = 0; i < 2; i++) {
        int who = XB + i;
        struct note note;
        EXPECT_OK(note_read(str_bytes(t->at[who].manifest), &note, &err));
        answers[i] = (struct keeper_answer){.state = str_of(codes[who]),
                                            .origin = origin_of(who),
                                            .genesis = keys_text_hash(note.text),
                                            .checkpoint = head_at(t, who)};
        EXPECT_OK(chain_write(clerk_chain(&t->at[who].clerk, origin_of(who)), &t->arena,
                              &answers[i].chain, &err));
    }
    struct keeper *k = &t->at[XA].clerk.keeper;
    EXPECT_ERR(keeper_resume(k, &own.edge, own.checkpoint, answers, 2, &err), ERR_GAP);
    import_own(t, XC);
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    struct exchange_log held = log_at(t, XA, XA);
    EXPECT(digest_eq(&held.root, &l.root));
    // It stays so after the next start.
    state_down(t, XA);
    state_up(t, XA);
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    EXPECT(status_of(t).size.n == 4);
    three_end(t);
}

enum { WEEK_S = 7 * 86400 };

// -- an answer of another history ---------------------------------------------------------------
// How a thief of the key went on after entry 1, which XC alone was shown.
static void forked_leaves(struct three *t, struct digest ret[3])
{
    struct err err = {0};
    struct txn txn = {0};
    struct exchange_tiles tiles;
    struct log_id log = log_at(t, XC, XA).id;
    EXPECT_OK(db_begin(t->at[XC].clerk.exchange, &txn, &err));
    exchange_tiles_init(&tiles, &txn, log);
    EXPECT_OK(tiles.source.ops->hashes(&tiles.source, 0, 0, 2, ret, &err));
    txn_release(&txn);
    ret[2] = merkle_leaf(str_bytes(STR("what XA never said")));
}

static struct bytes forked_head(struct three *t, const struct digest *root)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    struct checkpoint made;
    struct writer w = writer_of(arena_new(&t->arena, uint8_t, 1024), 1024);
    sign_public_of(&t->at[XA].log_seed, &key);
    EXPECT_OK(note_key_make(origin_of(XA), NOTE_KEY_ED25519, &key, &named, &err));
    checkpoint_sign((struct tree_size){3}, root, &named, &t->at[XA].log_seed, &w, &made);
    return writer_bytes(&w);
}

static struct bytes fork_cosigned_by_xc(struct three *t)
{
    struct err err = {0};
    struct digest leaves[3];
    struct edge edge;
    struct tile_memory tiles;
    struct proof_made proof;
    struct note manifest;
    struct str line;
    uint64_t time_s;
    struct buffer note = columns(t);
    forked_leaves(t, leaves);
    edge_init(&edge);
    edge_append_many(&edge, leaves, 3);
    struct digest root = edge_root(&edge);
    tile_memory_init(&tiles, leaves, 3);
    EXPECT_OK(merkle_make_consistency(&tiles.source, (struct tree_size){2}, (struct tree_size){3},
                                      &proof, &err));
    EXPECT_OK(note_read(str_bytes(t->at[XA].manifest), &manifest, &err));
    struct keeper_cosigning ask = {.role = KEEPER_WITNESS,
                                   .origin = origin_of(XA),
                                   .state = str_of(codes[XA]),
                                   .genesis = keys_text_hash(manifest.text),
                                   .checkpoint = forked_head(t, &root),
                                   .proof = proof_of(&proof)};
    EXPECT_OK(
        chain_write(clerk_chain(&t->at[XC].clerk, origin_of(XA)), &t->arena, &ask.chain, &err));
    EXPECT_OK(keeper_cosign(&t->at[XC].clerk.keeper, &t->arena, &ask, &line, &time_s, &err));
    buffer_put(&note, ask.checkpoint);
    buffer_str(&note, line);
    return buffer_bytes(&note);
}

TEST(a_smaller_answer_of_another_history_stops_it_as_soon_as_it_knows_its_tree_again)
{
    struct lost l;
    struct three *t = lost_and_restored_with(&l, false);
    must(show_own(t, XB, head_at(t, XB)));
    import_own(t, XB);
    EXPECT(!show_own(t, XC, fork_cosigned_by_xc(t)).done);
    EXPECT(status_of(t).lock == KEEPER_OWN_HISTORIES);
    three_end(t);
}

// -- answers on paper ----------------------------------------------------------------------------
TEST(files_from_before_the_restore_are_no_answers_and_files_from_after_it_are)
{
    struct lost l;
    struct err err = {0};
    struct three *t = lost_and_restored(&l);
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err)); // its first turn
    int64_t now = clerk_now(&t->at[XA].clerk).s;
    import_own(t, XB);
    for (int from = XB; from <= XC; from++) {
        struct act_result r = show_own_at(t, from, head_at(t, from), now - 86400);
        EXPECT(r.err.kind == ERR_DENIED);
        EXPECT(strstr(r.err.text, "ask its author for a new one") != NULL);
        EXPECT(show_own_at(t, from, head_at(t, from), now).err.kind == ERR_DENIED);
        EXPECT(show_own_at(t, from, head_at(t, from), now + 86400).err.kind == ERR_DENIED);
    }
    EXPECT(status_of(t).lock == KEEPER_RESTORED);
    // The moment is the first one: later starts do not make older files good, nor newer ones bad.
    state_down(t, XA);
    state_up(t, XA);
    EXPECT_OK(clerk_restore_step(&t->at[XA].clerk, &err));
    EXPECT(show_own_at(t, XB, head_at(t, XB), now).err.kind == ERR_DENIED);
    must(show_own_at(t, XB, head_at(t, XB), now + 60));
    must(show_own_at(t, XC, head_at(t, XC), now + 60));
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    EXPECT(status_of(t).size.n == 4);
    three_end(t);
}

TEST(a_command_may_not_say_that_it_speaks_for_an_open_session)
{
    struct lost l;
    struct three *t = lost_and_restored(&l);
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(XB)));
    buffer_block32(&b, head_at(t, XB));
    buffer_number(&b, 0, 8);
    EXPECT(act_as(t, XA, clerk_act_take_own_head, buffer_bytes(&b), "anna").err.kind ==
           ERR_MALFORMED);
    three_end(t);
}

// -- afterwards ----------------------------------------------------------------------------------
static void bring_back(struct three *t, const struct digest *note)
{
    struct office_record row;
    EXPECT(row_of(t, XB, note, &row));
    struct bytes whole = blob_of(t, XB, &row.body);
    struct buffer piece = piece_of(t, XB, &row.body, whole, 0, whole.len);
    must(act(t, XA, clerk_act_take_blob, &piece));
    project(t, XA);
    EXPECT(row_of(t, XA, note, &row));
    EXPECT(row.direction == DIRECTION_OUT);
}

// Approved by one officer until so many seconds from now, and released.
static bool release_until(struct three *t, int64_t runs_s, struct release_done *ret,
                          struct err *err)
{
    struct err why = {0};
    struct txn txn = {0};
    struct draft_id draft;
    struct office_draft row;
    struct str approval;
    struct sign_public key;
    struct note_key named;
    struct str name;
    uint8_t *room = arena_new(&t->arena, uint8_t, 4096);
    struct writer w = writer_of(room, 4096);
    struct bytes text = message_text(t, XA, XB, "", SOLIDARITY);
    world_random(&t->fake.world, draft.octets, sizeof draft.octets);
    keep_draft(t, XA, &draft, text);
    struct approval a = {.log = origin_of(XA),
                         .draft = draft,
                         .decision = DECISION_RELEASE,
                         .officer = STR("anna"),
                         .until = {world_now(world_real()).s + runs_s}};
    EXPECT(record_approved_digest(&t->arena, text, &a.text, &why));
    EXPECT(approval_write(&a, &t->arena, &approval, &why));
    EXPECT(approval_key_name(&a, &t->arena, &name, &why));
    sign_public_of(&t->at[XA].officer, &key);
    EXPECT(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &why));
    note_sign(approval, &named, &t->at[XA].officer, &w);
    struct office_approval kept = {.officer = STR("anna"),
                                   .decision = STR("release"),
                                   .note = writer_bytes(&w),
                                   .at = clerk_now(&t->at[XA].clerk),
                                   .until = a.until};
    hex_write(bytes_of(draft.octets, DRAFT_ID_BYTES), kept.draft.hex);
    EXPECT(db_begin(t->at[XA].clerk.office, &txn, &why));
    EXPECT(office_draft_get(&txn, &kept.draft, &t->arena, &row, &why));
    EXPECT(office_draft_erase(&txn, &kept.draft, &why)); // its shorter approval goes with it
    EXPECT(office_draft_add(&txn, &row, &why));
    EXPECT(office_approval_add(&txn, &kept, &why));
    EXPECT(db_commit(&txn, &why));
    txn_release(&txn);
    return clerk_release(&t->at[XA].clerk, &t->arena, &draft, ret, err);
}

TEST(what_was_approved_before_is_void_and_the_next_serial_is_free)
{
    struct lost l;
    struct err err = {0};
    struct release_done done;
    struct three *t = lost_and_restored(&l);
    expect_silent(t, &l.draft); // what it began then is void too
    must(show_own(t, XB, head_at(t, XB)));
    must(show_own(t, XC, head_at(t, XC)));
    import_own(t, XB);
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    EXPECT_ERR(clerk_release(&t->at[XA].clerk, &t->arena, &l.draft, &done, &err), ERR_NOT_FOUND);
    for (size_t i = 0; i < 2; i++)
        bring_back(t, &l.records[i].note);
    // An approval that could have been given before the restore counts for nothing.
    EXPECT_ERR(release_until(t, 3600, &done, &err), ERR_DENIED);
    struct timespec two = {2, 0};
    (void)nanosleep(&two, NULL); // now one can run beyond any that was
    err = (struct err){0};
    EXPECT_OK(release_until(t, WEEK_S, &done, &err));
    turn(t, XA);
    EXPECT(str_eq(str_slice(done.ref, done.ref.len - 5, done.ref.len), STR("-0004")));
    carry_log(t, XA, XA, XB);
    EXPECT(log_at(t, XB, XA).signed_size.n == 5);
    EXPECT(carry_bodies(t, XA, XB) >= 1);
    struct office_record row;
    EXPECT(row_of(t, XB, &done.note, &row));
    EXPECT(row.void_rule.len == 0);
    EXPECT(evidence_at(t, XB).count == 0);
    EXPECT(evidence_at(t, XC).count == 0);
    three_end(t);
}

// Resumed, its log back, two of its own bodies not.
static struct three *resumed_without_bodies(struct lost *l)
{
    struct three *t = lost_and_restored(l);
    must(show_own(t, XB, head_at(t, XB)));
    must(show_own(t, XC, head_at(t, XC)));
    import_own(t, XB);
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    struct timespec two = {2, 0};
    (void)nanosleep(&two, NULL); // an approval can run beyond any given before
    return t;
}

static const char *text_in(struct three *t, struct bytes answer)
{
    struct err err = {0};
    struct str text;
    const char *ret;
    EXPECT_OK(text_check(answer, &text, &err));
    EXPECT_OK(arena_cstr(&t->arena, text, &ret, &err));
    return ret;
}

static struct act_result accept_gap(struct three *t, const char *state, const char *officer)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(str_of(state)));
    return act_as(t, XA, clerk_act_accept_gap, buffer_bytes(&b), officer);
}

TEST(before_its_bodies_are_back_no_serial_is_given_and_it_is_said_what_to_do)
{
    struct lost l;
    struct err err = {0};
    struct release_done done;
    struct three *t = resumed_without_bodies(&l);
    EXPECT_ERR(release_until(t, WEEK_S, &done, &err), ERR_LOCKED);
    EXPECT(strstr(err.text, "2 own entries are not opened") != NULL);
    EXPECT(strstr(err.text, "elchi restore accept-gap XB") != NULL);
    bring_back(t, &l.records[1].note); // one is not enough
    EXPECT_ERR(release_until(t, WEEK_S, &done, &err), ERR_LOCKED);
    EXPECT(strstr(err.text, "1 own entries are not opened") != NULL);
    bring_back(t, &l.records[0].note);
    EXPECT(accept_gap(t, "XB", "anna").err.kind == ERR_CONFLICT); // there is none any more
    EXPECT_OK(release_until(t, WEEK_S, &done, &err));
    EXPECT(str_eq(str_slice(done.ref, done.ref.len - 5, done.ref.len), STR("-0004")));
    three_end(t);
}

TEST(an_officer_who_accepts_the_gap_leaves_out_as_many_numbers_once_and_is_in_the_audit)
{
    struct lost l;
    struct err err = {0};
    struct release_done done;
    struct three *t = resumed_without_bodies(&l);
    struct act_result r = must(accept_gap(t, "XB", "anna"));
    EXPECT(strstr(text_in(t, r.answer), "\"left_out\":2") != NULL);
    EXPECT(accept_gap(t, "XB", "anna").err.kind == ERR_CONFLICT);
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(release_until(t, WEEK_S, &done, &err));
        turn(t, XA);
        // 1 was known, 2 and 3 may have been used, and were.
        struct str end = str_slice(done.ref, done.ref.len - 5, done.ref.len);
        EXPECT(str_eq(end, i == 0 ? STR("-0004") : STR("-0005")));
    }
    struct buffer b = columns(t);
    buffer_number(&b, 0, 8);
    buffer_number(&b, 10, 4);
    r = must(act_as(t, XA, clerk_act_audit, buffer_bytes(&b), "anna"));
    EXPECT(strstr(text_in(t, r.answer), "XA/XB: 2 numbers are left out") != NULL);
    // What comes back later is taken, and what was given since stays as it is.
    bring_back(t, &l.records[0].note);
    bring_back(t, &l.records[1].note);
    EXPECT_OK(release_until(t, WEEK_S, &done, &err));
    EXPECT(str_eq(str_slice(done.ref, done.ref.len - 5, done.ref.len), STR("-0006")));
    three_end(t);
}

TEST(a_gap_is_accepted_for_one_pair_by_a_releasing_officer_and_not_before_the_log_is_back)
{
    struct lost l;
    struct err err = {0};
    struct txn txn = {0};
    struct three *t = lost_and_restored(&l);
    EXPECT(accept_gap(t, "XB", "anna").err.kind == ERR_LOCKED);
    three_end(t);
    t = resumed_without_bodies(&l);
    EXPECT(accept_gap(t, "XA", "anna").err.kind == ERR_NOT_FOUND);
    EXPECT(accept_gap(t, "XQ", "anna").err.kind == ERR_NOT_FOUND);
    EXPECT(accept_gap(t, "XB", "nobody").err.kind == ERR_DENIED);
    must(accept_gap(t, "XC", "anna"));
    EXPECT_OK(db_begin(t->at[XA].clerk.exchange, &txn, &err));
    EXPECT_OK(clerk_restore_may_number(&t->at[XA].clerk, &txn, STR("XA/XC"), &err));
    EXPECT_ERR(clerk_restore_may_number(&t->at[XA].clerk, &txn, STR("XA/XB"), &err), ERR_LOCKED);
    EXPECT_ERR(clerk_restore_may_number(&t->at[XA].clerk, &txn, STR("XA"), &err), ERR_LOCKED);
    EXPECT(strstr(err.text, "accept-gap all") != NULL);
    txn_release(&txn);
    must(accept_gap(t, "all", "anna"));
    EXPECT_OK(db_begin(t->at[XA].clerk.exchange, &txn, &err));
    EXPECT_OK(clerk_restore_may_number(&t->at[XA].clerk, &txn, STR("XA"), &err));
    txn_release(&txn);
    three_end(t);
}
