// What carriers bring: taken when it verifies, refused without a trace when not, kept as evidence
// when two histories were signed.
#include "log/evidence.h"
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror receipts"
#define SOLIDARITY "01 C03\n"

TEST(entries_are_taken_and_cosigned_and_make_a_quorum)
{
    struct three *t = three_new(ALL_ON);
    carry_log(t, XB, XB, XA);
    carry_log(t, XC, XC, XA);
    carry_log(t, XB, XB, XC);
    carry_log(t, XC, XC, XB);
    carry_log(t, XA, XA, XB);
    carry_log(t, XA, XA, XC);
    EXPECT(log_at(t, XB, XA).signed_size.n == 1);
    struct release_done done = say_to(t, XA, XB, SOLIDARITY);
    EXPECT(state_at(t, XA, &done.note).delivery == DELIVERY_LOGGED);
    carry_log(t, XA, XA, XB);
    struct record_state one = state_at(t, XA, &done.note);
    EXPECT(one.cosigned == 1);
    EXPECT(!one.quorum_met);
    carry_log(t, XA, XA, XC);
    struct record_state two = state_at(t, XA, &done.note);
    EXPECT(two.cosigned == 2);
    EXPECT(two.cosigners == 2);
    EXPECT(two.quorum_met);
    EXPECT(two.delivery == DELIVERY_COSIGNED);
    struct office_record row;
    EXPECT(row_of(t, XA, &done.note, &row));
    EXPECT(str_eq(row.state, STR("cosigned")));
    three_end(t);
}

TEST(a_log_that_is_not_switched_on_is_not_taken)
{
    struct three *t = three_new("receipts");
    struct buffer b = entries_of(t, XA, XA, 0);
    struct act_result r = act(t, XB, clerk_act_take_entries, &b);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_DENIED);
    EXPECT(log_at(t, XB, XA).size.n == 0);
    three_end(t);
}

TEST(entries_may_be_brought_by_a_third_state_and_twice)
{
    struct three *t = three_new("exchange mirror");
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    struct buffer b = entries_of(t, XB, XA, 0); // XB relays
    must(act(t, XC, clerk_act_take_entries, &b));
    must(act(t, XC, clerk_act_take_entries, &b));
    EXPECT(log_at(t, XC, XA).signed_size.n == 2);
    EXPECT(evidence_at(t, XC).count == 0);
    three_end(t);
}

TEST(a_gap_is_named_and_changes_nothing)
{
    struct three *t = three_new("exchange");
    (void)say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, SOLIDARITY);
    struct buffer b = entries_of(t, XA, XA, 2);
    struct act_result r = act(t, XB, clerk_act_take_entries, &b);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_GAP);
    EXPECT(log_at(t, XB, XA).size.n == 0);
    three_end(t);
}

TEST(a_frame_cut_short_anywhere_or_changed_anywhere_is_refused)
{
    struct three *t = three_new("exchange");
    (void)say_to(t, XA, XB, SOLIDARITY);
    struct buffer b = entries_of(t, XA, XA, 0);
    for (size_t len = 0; len < b.len; len += 3) {
        struct act_result r = act_as(t, XB, clerk_act_take_entries, bytes_of(b.ptr, len), NULL);
        EXPECT(!r.done);
        EXPECT(log_at(t, XB, XA).size.n == 0);
    }
    size_t from = 2 + origin_of(XA).len; // who brought it is not part of what is proven
    for (size_t i = from; i < b.len; i += 5) {
        b.ptr[i] ^= 0x21;
        (void)act(t, XB, clerk_act_take_entries, &b);
        EXPECT(log_at(t, XB, XA).signed_size.n == 0);
        b.ptr[i] ^= 0x21;
    }
    must(act(t, XB, clerk_act_take_entries, &b));
    EXPECT(log_at(t, XB, XA).signed_size.n == 2);
    three_end(t);
}

// A checkpoint of XA over other leaves, signed with XA's own key.
static struct buffer forked(struct three *t, const struct bytes *entries, size_t count,
                            uint64_t first, const struct digest *before)
{
    struct err err = {0};
    struct buffer b = columns(t);
    struct edge edge;
    struct sign_public key;
    struct note_key named;
    struct checkpoint own;
    uint8_t room[CHECKPOINT_NOTE_BYTES];
    struct writer w = writer_of(room, sizeof room);
    edge_init(&edge);
    for (uint64_t i = 0; i < first; i++)
        edge_append(&edge, &before[i]);
    for (size_t i = 0; i < count; i++) {
        struct digest leaf = merkle_leaf(entries[i]);
        edge_append(&edge, &leaf);
    }
    struct digest root = edge_root(&edge);
    sign_public_of(&t->at[XA].log_seed, &key);
    EXPECT_OK(note_key_make(origin_of(XA), NOTE_KEY_ED25519, &key, &named, &err));
    checkpoint_sign(edge.size, &root, &named, &t->at[XA].log_seed, &w, &own);
    buffer_block16(&b, str_bytes(origin_of(XC)));
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_number(&b, first, 8);
    buffer_block32(&b, writer_bytes(&w));
    buffer_number(&b, count, 4);
    for (size_t i = 0; i < count; i++)
        buffer_block16(&b, entries[i]);
    return b;
}

static void expect_evidence(struct three *t, int who, enum evidence_kind kind)
{
    struct err err = {0};
    struct evidence e;
    struct evidence_found found;
    struct evidence_seen s = evidence_at(t, who);
    EXPECT(s.count == 1);
    EXPECT_OK(evidence_read(s.last, &e, &err));
    EXPECT_OK(evidence_verify(&e, &found, &err));
    EXPECT(e.kind == kind);
    EXPECT(str_eq(e.origin, origin_of(XA)));
}

TEST(two_roots_of_one_size_are_evidence_and_nothing_else_changes)
{
    struct three *t = three_new(ALL_ON);
    struct bytes other = str_bytes(STR("elchi entry v1\nanother history\n"));
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    struct exchange_log before = log_at(t, XB, XA);
    struct digest first = merkle_leaf(str_bytes(t->at[XA].manifest));
    struct buffer b = forked(t, &other, 1, 1, &first);
    struct act_result r = act(t, XB, clerk_act_take_entries, &b);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_CONFLICT);
    expect_evidence(t, XB, EVIDENCE_SAME_SIZE);
    struct exchange_log after = log_at(t, XB, XA);
    EXPECT(after.size.n == before.size.n);
    EXPECT(digest_eq(&after.root, &before.root));
    EXPECT(bytes_eq(after.checkpoint, before.checkpoint));
    // The same again is the same evidence; and it convinces a third State.
    EXPECT(act(t, XB, clerk_act_take_entries, &b).err.kind == ERR_CONFLICT);
    EXPECT(evidence_at(t, XB).count == 1);
    carry_log(t, XA, XA, XC);
    struct buffer e = columns(t);
    buffer_block32(&e, evidence_at(t, XB).last);
    must(act(t, XC, clerk_act_take_evidence, &e));
    EXPECT(evidence_at(t, XC).count == 1);
    three_end(t);
}

TEST(two_leaves_at_one_index_are_evidence_whatever_the_sizes)
{
    struct three *t = three_new("exchange");
    struct bytes others[4];
    (void)say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    for (size_t i = 0; i < 4; i++)
        others[i] = str_bytes(STR("elchi entry v1\nanother history\n"));
    struct digest first = merkle_leaf(str_bytes(t->at[XA].manifest));
    struct buffer b = forked(t, others, 4, 1, &first);
    struct act_result r = act(t, XB, clerk_act_take_entries, &b);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_CONFLICT);
    expect_evidence(t, XB, EVIDENCE_SAME_INDEX);
    EXPECT(log_at(t, XB, XA).signed_size.n == 3);
    three_end(t);
}

TEST(entries_that_do_not_lead_to_the_signed_root_are_refused_and_no_evidence)
{
    struct three *t = three_new("exchange");
    (void)say_to(t, XA, XB, SOLIDARITY);
    struct buffer b = entries_of(t, XA, XA, 0);
    b.ptr[b.len - 2] ^= 1; // within the last entry
    struct act_result r = act(t, XB, clerk_act_take_entries, &b);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_TAMPERED);
    EXPECT(log_at(t, XB, XA).size.n == 0);
    EXPECT(evidence_at(t, XB).count == 0);
    three_end(t);
}

TEST(a_changed_cosignature_is_refused_and_an_unknown_key_is_passed_over)
{
    struct three *t = three_new(ALL_ON);
    carry_log(t, XB, XB, XA);
    carry_log(t, XA, XA, XB);
    struct buffer b = columns(t);
    struct buffer note = columns(t);
    buffer_put(&note, log_at(t, XA, XA).checkpoint);
    buffer_str(&note, STR("\xe2\x80\x94 nobody.example/witness AAAAAAAAAAAAAAAAAAAA\n"));
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block32(&b, buffer_bytes(&note));
    struct act_result r = must(act(t, XA, clerk_act_take_cosigs, &b));
    EXPECT(r.answer.ptr[0] == 0 && r.answer.ptr[1] == 0);
    three_end(t);
}

TEST(manifests_of_strangers_and_changed_ones_are_refused)
{
    struct three *t = three_strangers("exchange");
    struct err err = {0};
    struct bytes chain;
    EXPECT_OK(chain_write(clerk_chain(&t->at[XA].clerk, origin_of(XA)), &t->arena, &chain, &err));
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(STR("stranger.example")));
    buffer_block32(&b, chain);
    EXPECT(act(t, XB, clerk_act_take_manifests, &b).err.kind == ERR_DENIED);
    b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block32(&b, chain);
    for (size_t i = 2 + origin_of(XA).len + 4 + 8; i < b.len; i += 7) { // the index is a claim
        b.ptr[i] ^= 4;
        EXPECT(!act(t, XB, clerk_act_take_manifests, &b).done);
        b.ptr[i] ^= 4;
    }
    struct act_result r = must(act(t, XB, clerk_act_take_manifests, &b));
    EXPECT(r.answer.len == 1 && r.answer.ptr[0] == 1);
    r = must(act(t, XB, clerk_act_take_manifests, &b));
    EXPECT(r.answer.ptr[0] == 0);
    EXPECT(clerk_chain(&t->at[XB].clerk, origin_of(XA)) != NULL);
    three_end(t);
}

TEST(a_witness_follows_the_protocol_to_the_letter)
{
    struct three *t = three_strangers("witness");
    struct err err = {0};
    struct bytes chain;
    struct buffer b = columns(t);
    EXPECT_OK(chain_write(clerk_chain(&t->at[XA].clerk, origin_of(XA)), &t->arena, &chain, &err));
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block32(&b, chain);
    must(act(t, XB, clerk_act_take_manifests, &b));
    b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block32(&b, log_at(t, XA, XA).checkpoint);
    buffer_number(&b, 0, 8);
    buffer_number(&b, 0, 2);
    must(act(t, XB, clerk_act_witness, &b));
    struct act_result r = act(t, XB, clerk_act_witness, &b); // old is no longer 0
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_CONFLICT);
    EXPECT(strcmp(r.err.text, "held 1") == 0);
    r = act(t, XC, clerk_act_witness, &b); // no keys of XA are known there
    EXPECT(r.err.kind == ERR_NOT_FOUND);
    three_end(t);
}

TEST(many_entries_in_one_frame_and_over_several_frames_give_one_log)
{
    struct three *t = three_new("exchange");
    enum { MANY = 3000 };
    struct bytes *entries = arena_new(&t->arena, struct bytes, MANY);
    struct digest first = merkle_leaf(str_bytes(t->at[XA].manifest));
    struct buffer b = entries_of(t, XA, XA, 0);
    must(act(t, XB, clerk_act_take_entries, &b));
    for (size_t i = 0; i < MANY; i++) {
        struct err err = {0};
        struct str text;
        EXPECT_OK(arena_fmt(&t->arena, &text, &err,
                            "elchi entry v1\nkind sealed\nbody sha256:%064zx 300\n"
                            "commit sha256:%064zx\n",
                            i, i));
        entries[i] = str_bytes(text);
    }
    struct buffer all = forked(t, entries, MANY, 1, &first);
    // The first thousand under the checkpoint of all: a part of a long way, shown to nobody yet.
    struct reader r = reader_of(buffer_bytes(&all));
    (void)reader_block16(&r);
    (void)reader_block16(&r);
    (void)reader_u64(&r);
    struct bytes note = reader_block32(&r);
    struct buffer part = columns(t);
    buffer_block16(&part, str_bytes(origin_of(XC)));
    buffer_block16(&part, str_bytes(origin_of(XA)));
    buffer_number(&part, 1, 8);
    buffer_block32(&part, note);
    buffer_number(&part, 1000, 4);
    for (size_t i = 0; i < 1000; i++)
        buffer_block16(&part, entries[i]);
    must(act(t, XB, clerk_act_take_entries, &part));
    EXPECT(log_at(t, XB, XA).size.n == 1001);
    EXPECT(log_at(t, XB, XA).signed_size.n == 1);
    must(act(t, XB, clerk_act_take_entries, &all));
    EXPECT(log_at(t, XB, XA).signed_size.n == MANY + 1);
    turn(t, XB);
    three_end(t);
}

TEST(no_columns_whatever_trip_an_act)
{
    static clerk_act *const acts[] = {
        clerk_act_take_manifests, clerk_act_take_entries,  clerk_act_witness,
        clerk_act_take_cosigs,    clerk_act_take_evidence, clerk_act_take_waiting,
        clerk_act_peer_called,    clerk_act_peer_head,     clerk_act_take_own_head,
        clerk_act_take_blob,      clerk_act_blob_have,     clerk_act_verify,
        clerk_act_blob_read,      clerk_act_attachment_key};
    struct three *t = three_new(ALL_ON);
    uint8_t octets[256];
    carry_log(t, XA, XA, XB);
    struct exchange_log before = log_at(t, XB, XA);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        for (size_t len = 0; len < sizeof octets; len += 9) {
            world_random(&t->fake.world, octets, sizeof octets);
            // Some begin as they should, so that what follows is looked at too.
            if (len % 2 == 0) {
                octets[0] = 0;
                octets[1] = (uint8_t)origin_of(XA).len;
                memcpy(octets + 2, origins[XA], origin_of(XA).len);
            }
            bool is_have = acts[i] == clerk_act_blob_have && len == DIGEST_BYTES;
            EXPECT(!act_as(t, XB, acts[i], bytes_of(octets, len), NULL).done || is_have);
        }
    EXPECT(log_at(t, XB, XA).size.n == before.size.n);
    EXPECT(evidence_at(t, XB).count == 0);
    three_end(t);
}

TEST(what_a_courier_notes_of_a_peer_is_kept)
{
    struct three *t = three_new("exchange");
    struct err err = {0};
    struct txn txn = {0};
    struct exchange_peer peer;
    struct exchange_head head;
    struct buffer called = columns(t), b = columns(t);
    buffer_block16(&called, str_bytes(origin_of(XA)));
    buffer_number(&called, 0, 1);
    buffer_number(&called, 4711, 8);
    must(act(t, XB, clerk_act_peer_called, &called));
    buffer_block16(&b, str_bytes(origin_of(XC)));
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_number(&b, 12, 8);
    buffer_block16(&b, bytes_of("rootroot", 8));
    buffer_number(&b, 3, 8);
    must(act(t, XB, clerk_act_peer_head, &b));
    EXPECT_OK(db_begin(t->at[XB].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_peer_get(&txn, origin_of(XA), &t->arena, &peer, &err));
    EXPECT(peer.failures == 1);
    EXPECT(peer.next_try_ms == 4711);
    struct exchange_log log;
    EXPECT_OK(exchange_log_find(&txn, origin_of(XA), &t->arena, &log, &err));
    EXPECT_OK(exchange_head_get(&txn, origin_of(XC), log.id, &t->arena, &head, &err));
    EXPECT(head.size.n == 12);
    EXPECT(head.cosigs_sent == 3);
    txn_release(&txn);
    three_end(t);
}
