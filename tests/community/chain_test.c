#include "tests/community/made.h"

static const char origin[] = "xa.example/demo";

// An empty chain of XA that trusts this version 1.
static void begin(struct arena *a, struct chain *c, struct bytes *ret_first)
{
    crypto_start();
    arena_init(a, MADE_ARENA_BYTES);
    *ret_first = made_first(a, origin, "XA");
    struct digest genesis = made_text_hash(*ret_first);
    chain_init(c, a, STR("xa.example/demo"), STR("XA"), &genesis);
}

static struct keys_record second(struct arena *a, struct bytes first)
{
    struct digest previous = made_text_hash(first);
    return made_keys(a, origin, "XA", 2, &previous);
}

// Claims version 1 at entry 0, then `note` at entry 5: what does the chain say?
static bool offer(struct arena *a, struct bytes first, struct bytes note, struct err *err)
{
    struct chain c;
    struct digest genesis = made_text_hash(first);
    struct err why = {0};
    chain_init(&c, a, STR("xa.example/demo"), STR("XA"), &genesis);
    EXPECT(chain_add_claimed(&c, 0, first, &why));
    return chain_add_claimed(&c, 5, note, err);
}

TEST(version_one_is_the_one_whose_hash_the_community_names)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record other = made_keys(&a, origin, "XA", 1, NULL);
    other.time.s++;
    struct bytes forged = made_sign(&a, &other, (struct made_signer[]){{1, 0}, {1, 1}}, 2);
    EXPECT_ERR(chain_add_claimed(&c, 0, forged, &err), ERR_TAMPERED);
    EXPECT(c.count == 0);
    EXPECT(chain_newest(&c) == NULL);
    EXPECT_OK(chain_add_claimed(&c, 0, first, &err));
    EXPECT(c.count == 1);
    arena_release(&a);
}

TEST(version_one_needs_its_own_threshold)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record k = made_keys(&a, origin, "XA", 1, NULL);
    struct bytes one = made_sign(&a, &k, (struct made_signer[]){{1, 0}}, 1);
    EXPECT_ERR(chain_add_claimed(&c, 0, one, &err), ERR_TAMPERED);
    struct bytes stranger = made_sign(&a, &k, (struct made_signer[]){{1, 0}, {2, 1}}, 2);
    EXPECT_ERR(chain_add_claimed(&c, 0, stranger, &err), ERR_TAMPERED);
    arena_release(&a);
}

TEST(a_good_second_version_follows)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    EXPECT_OK(offer(&a, first, made_next(&a, origin, "XA", 2, first), &err));
    arena_release(&a);
}

TEST(the_thresholds_of_both_versions_must_sign)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    struct made_signer old_only[] = {{1, 0}, {1, 1}};
    struct made_signer new_only[] = {{2, 0}, {2, 1}};
    struct made_signer one_old[] = {{1, 0}, {2, 0}, {2, 1}};
    struct made_signer one_new[] = {{1, 0}, {1, 1}, {2, 1}};
    EXPECT_ERR(offer(&a, first, made_sign(&a, &k, old_only, 2), &err), ERR_TAMPERED);
    EXPECT_ERR(offer(&a, first, made_sign(&a, &k, new_only, 2), &err), ERR_TAMPERED);
    EXPECT_ERR(offer(&a, first, made_sign(&a, &k, one_old, 3), &err), ERR_TAMPERED);
    EXPECT_ERR(offer(&a, first, made_sign(&a, &k, one_new, 3), &err), ERR_TAMPERED);
    arena_release(&a);
}

TEST(a_root_that_was_not_announced_is_refused)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.roots[2] = made_root(&a, origin, 9, 0);
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_TAMPERED);
    k = second(&a, first);
    k.roots_count = 2; // fewer than announced
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_TAMPERED);
    k = second(&a, first);
    k.threshold = 1; // lower than announced
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_TAMPERED);
    arena_release(&a);
}

TEST(a_skipped_version_is_a_gap)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct digest previous = made_text_hash(first);
    struct keys_record k = made_keys(&a, origin, "XA", 3, &previous);
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_GAP);
    arena_release(&a);
}

TEST(previous_names_the_version_before)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct digest other = digest_of(str_bytes(STR("another")));
    struct keys_record k = made_keys(&a, origin, "XA", 2, &other);
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_CONFLICT);
    arena_release(&a);
}

TEST(a_demonstration_never_becomes_real)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.demo = true;
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_DENIED);
    arena_release(&a);
}

TEST(a_key_keeps_its_role_for_ever)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    // The desks swap keys: each key is still there once, but in the other's role.
    k.keys[KEYS_TECHNICAL] = made_key(k.keys[KEYS_TECHNICAL].name, NOTE_KEY_ED25519,
                                      made_role_label(&a, origin, KEYS_JUDICIAL, 1));
    k.keys[KEYS_JUDICIAL] = made_key(k.keys[KEYS_JUDICIAL].name, NOTE_KEY_ED25519,
                                     made_role_label(&a, origin, KEYS_TECHNICAL, 1));
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_DENIED);
    arena_release(&a);
}

TEST(every_changed_byte_of_a_manifest_is_refused)
{
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    uint8_t *copy = arena_new(&a, uint8_t, first.len);
    for (size_t i = 0; i < first.len; i++) {
        struct err err = {0};
        memcpy(copy, first.ptr, first.len);
        copy[i] ^= 1;
        EXPECT(!chain_add_claimed(&c, 0, bytes_of(copy, first.len), &err));
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&a);
}

// -- in force -------------------------------------------------------------------------------------

TEST(versions_are_in_force_by_their_place_in_the_log)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    enum chain_outcome outcome = CHAIN_VOID;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.keys[KEYS_LOG] = made_role(&a, origin, KEYS_LOG, 2);
    k.keys[KEYS_TECHNICAL] = made_role(&a, origin, KEYS_TECHNICAL, 2);
    struct bytes next = made_sign_next(&a, &k);
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT(outcome == CHAIN_TAKEN);
    EXPECT_OK(chain_add_logged(&c, 7, next, &outcome, NULL, NULL, &err));
    EXPECT(outcome == CHAIN_TAKEN);

    EXPECT(chain_in_force_entry(&c, (struct leaf_index){0}) == NULL);
    EXPECT(chain_in_force_entry(&c, (struct leaf_index){1})->keys.version == 1);
    EXPECT(chain_in_force_entry(&c, (struct leaf_index){7})->keys.version == 1);
    EXPECT(chain_in_force_entry(&c, (struct leaf_index){8})->keys.version == 2);
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){0}) == NULL);
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){1})->keys.version == 1);
    // The first checkpoint that contains version 2 is of size 8.
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){7})->keys.version == 1);
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){8})->keys.version == 2);

    const struct note_key *key = NULL;
    EXPECT_OK(chain_log_key(&c, (struct tree_size){8}, &key, &err));
    EXPECT(note_key_eq(key, &k.keys[KEYS_LOG]));
    EXPECT_OK(chain_entry_key(&c, (struct leaf_index){7}, KEYS_TECHNICAL, &key, &err));
    EXPECT(!note_key_eq(key, &k.keys[KEYS_TECHNICAL]));
    EXPECT_ERR(chain_entry_key(&c, (struct leaf_index){0}, KEYS_NODE, &key, &err), ERR_NOT_FOUND);
    arena_release(&a);
}

TEST(a_version_not_seen_in_the_log_signs_no_record)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    enum chain_outcome outcome = CHAIN_VOID;
    begin(&a, &c, &first);
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_add_claimed(&c, 7, made_next(&a, origin, "XA", 2, first), &err));
    EXPECT(chain_in_force_entry(&c, (struct leaf_index){9})->keys.version == 1);
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){9})->keys.version == 2);
    EXPECT(chain_newest(&c)->keys.version == 2);
    arena_release(&a);
}

TEST(the_first_valid_next_version_wins_and_another_is_evidence)
{
    struct err err = {0};
    struct err why = {0};
    struct arena a;
    struct chain c;
    struct bytes first, other = {0};
    enum chain_outcome outcome = CHAIN_VOID;
    begin(&a, &c, &first);
    struct bytes next = made_next(&a, origin, "XA", 2, first);
    struct keys_record k = second(&a, first);
    k.time.s += 60;
    struct bytes rival = made_sign_next(&a, &k);
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_add_logged(&c, 4, next, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_add_logged(&c, 5, rival, &outcome, &other, &why, &err));
    EXPECT(outcome == CHAIN_EVIDENCE);
    EXPECT(bytes_eq(other, next));
    EXPECT(why.kind == ERR_VOID);
    EXPECT(c.count == 2);
    EXPECT_OK(chain_add_logged(&c, 6, next, &outcome, NULL, NULL, &err));
    EXPECT(outcome == CHAIN_KNOWN);
    // From outside the log the two together are refused as well.
    EXPECT_ERR(chain_add_claimed(&c, 9, rival, &err), ERR_CONFLICT);
    arena_release(&a);
}

TEST(the_log_overrules_what_was_claimed)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first, other = {0};
    enum chain_outcome outcome = CHAIN_VOID;
    begin(&a, &c, &first);
    struct bytes claimed = made_next(&a, origin, "XA", 2, first);
    struct keys_record k = second(&a, first);
    k.time.s += 60;
    struct bytes logged = made_sign_next(&a, &k);
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_add_claimed(&c, 4, claimed, &err));
    EXPECT_OK(chain_add_claimed(&c, 9, made_next(&a, origin, "XA", 3, claimed), &err));
    EXPECT_OK(chain_add_logged(&c, 4, logged, &outcome, &other, NULL, &err));
    EXPECT(outcome == CHAIN_REPLACED);
    EXPECT(bytes_eq(other, claimed));
    EXPECT(c.count == 2); // version 3 stood on the one that gave way
    EXPECT(bytes_eq(chain_version(&c, 2)->note, logged));
    arena_release(&a);
}

TEST(an_invalid_manifest_in_the_log_changes_nothing)
{
    struct err err = {0};
    struct err why = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    enum chain_outcome outcome = CHAIN_TAKEN;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    struct bytes weak = made_sign(&a, &k, (struct made_signer[]){{1, 0}, {2, 0}}, 2);
    struct bytes third = made_next(&a, origin, "XA", 3, made_next(&a, origin, "XA", 2, first));
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_add_logged(&c, 1, weak, &outcome, NULL, &why, &err));
    EXPECT(outcome == CHAIN_VOID && why.kind == ERR_TAMPERED);
    EXPECT_OK(chain_add_logged(&c, 2, third, &outcome, NULL, &why, &err));
    EXPECT(outcome == CHAIN_VOID && why.kind == ERR_GAP);
    EXPECT_OK(chain_add_logged(&c, 3, str_bytes(STR("nothing\n")), &outcome, NULL, &why, &err));
    EXPECT(outcome == CHAIN_VOID);
    EXPECT(c.count == 1);
    EXPECT_OK(
        chain_add_logged(&c, 4, made_next(&a, origin, "XA", 2, first), &outcome, NULL, NULL, &err));
    EXPECT(outcome == CHAIN_TAKEN);
    arena_release(&a);
}

TEST(the_first_manifest_stands_at_entry_zero)
{
    struct err err = {0};
    struct err why = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    enum chain_outcome outcome = CHAIN_TAKEN;
    begin(&a, &c, &first);
    EXPECT_OK(chain_add_logged(&c, 3, first, &outcome, NULL, &why, &err));
    EXPECT(outcome == CHAIN_VOID);
    EXPECT_ERR(chain_add_claimed(&c, 3, first, &err), ERR_CONFLICT);
    arena_release(&a);
}

TEST(claims_out_of_order_are_refused)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct bytes next = made_next(&a, origin, "XA", 2, first);
    EXPECT_ERR(chain_add_claimed(&c, 5, next, &err), ERR_CONFLICT); // before version 1
    EXPECT_OK(chain_add_claimed(&c, 0, first, &err));
    EXPECT_ERR(chain_add_claimed(&c, 0, next, &err), ERR_CONFLICT);
    EXPECT_OK(chain_add_claimed(&c, CHAIN_INDEX_NONE, next, &err));
    struct bytes third = made_next(&a, origin, "XA", 3, next);
    EXPECT_ERR(chain_add_claimed(&c, 9, third, &err), ERR_CONFLICT); // 2 is not even logged
    EXPECT_OK(chain_add_claimed(&c, 6, next, &err));                 // the index comes later
    EXPECT_OK(chain_add_claimed(&c, 9, third, &err));
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){7})->keys.version == 2);
    arena_release(&a);
}

// -- compromise -----------------------------------------------------------------------------------

TEST(a_compromised_log_key_counts_up_to_the_named_size)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    enum chain_outcome outcome = CHAIN_VOID;
    const struct note_key *key = NULL;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.keys[KEYS_LOG] = made_role(&a, origin, KEYS_LOG, 2);
    k.compromised_count = 1;
    k.compromised[0] = (struct keys_compromised){.key = made_role(&a, origin, KEYS_LOG, 1),
                                                 .counts_before = true,
                                                 .size = {5},
                                                 .root = merkle_empty()};
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_log_key(&c, (struct tree_size){6}, &key, &err));
    EXPECT_OK(chain_add_claimed(&c, 9, made_sign_next(&a, &k), &err));
    EXPECT_OK(chain_log_key(&c, (struct tree_size){5}, &key, &err));
    EXPECT_ERR(chain_log_key(&c, (struct tree_size){6}, &key, &err), ERR_DENIED);
    EXPECT_OK(chain_log_key(&c, (struct tree_size){10}, &key, &err)); // the new key
    EXPECT(note_key_eq(key, &k.keys[KEYS_LOG]));
    arena_release(&a);
}

TEST(a_stolen_witness_key_counts_no_more_and_never_returns)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    struct note_key keys[8];
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.keys[KEYS_WITNESS] = made_role(&a, origin, KEYS_WITNESS, 2);
    k.compromised_count = 1;
    k.compromised[0] = (struct keys_compromised){.key = made_role(&a, origin, KEYS_WITNESS, 1)};
    struct bytes next = made_sign_next(&a, &k);
    EXPECT_OK(chain_add_claimed(&c, 0, first, &err));
    EXPECT(chain_cosigner_keys(&c, keys, 8) == 2);
    EXPECT_OK(chain_add_claimed(&c, 5, next, &err));
    EXPECT(chain_cosigner_keys(&c, keys, 8) == 2);
    for (size_t i = 0; i < 2; i++)
        EXPECT(!note_key_eq(&keys[i], &k.compromised[0].key));
    // Version 3 goes back to the stolen key.
    EXPECT_ERR(chain_add_claimed(&c, 9, made_next(&a, origin, "XA", 3, next), &err), ERR_DENIED);
    arena_release(&a);
}

TEST(only_a_key_of_this_state_can_be_named_compromised)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.compromised_count = 1;
    k.compromised[0] = (struct keys_compromised){.key = made_role(&a, origin, KEYS_WITNESS, 7)};
    EXPECT_ERR(offer(&a, first, made_sign_next(&a, &k), &err), ERR_DENIED);
    arena_release(&a);
}

// -- wire -----------------------------------------------------------------------------------------

static struct bytes wire_of_three(struct arena *a, struct chain *c, struct bytes first)
{
    struct err err = {0};
    struct bytes wire;
    struct bytes next = made_next(a, origin, "XA", 2, first);
    EXPECT_OK(chain_add_claimed(c, 0, first, &err));
    EXPECT_OK(chain_add_claimed(c, 300, next, &err));
    EXPECT_OK(chain_add_claimed(c, CHAIN_INDEX_NONE, made_next(a, origin, "XA", 3, next), &err));
    EXPECT_OK(chain_write(c, a, &wire, &err));
    return wire;
}

TEST(a_chain_reads_back_as_it_was_sent)
{
    struct err err = {0};
    struct arena a;
    struct chain c, again;
    struct bytes first, twice;
    begin(&a, &c, &first);
    struct bytes wire = wire_of_three(&a, &c, first);
    // OFFSET 0 SIZE 8: index 0. OFFSET 8 SIZE 4: length. OFFSET 12: the note.
    static const uint8_t zero[8] = {0};
    EXPECT(memcmp(wire.ptr, zero, sizeof zero) == 0);
    size_t len = (size_t)wire.ptr[8] << 24 | (size_t)wire.ptr[9] << 16 | (size_t)wire.ptr[10] << 8 |
                 wire.ptr[11];
    EXPECT(len == first.len);
    EXPECT(bytes_eq(bytes_of(wire.ptr + 12, len), first));
    chain_init(&again, &a, c.origin, c.state, &c.genesis);
    EXPECT_OK(chain_read(&again, wire, &err));
    EXPECT(again.count == 3 && again.links[1]->index == 300 && !again.links[0]->seen);
    EXPECT_OK(chain_write(&again, &a, &twice, &err));
    EXPECT(bytes_eq(wire, twice));
    chain_trust_indexes(&again);
    EXPECT(again.links[1]->seen && !again.links[2]->seen);
    arena_release(&a);
}

TEST(a_chain_cut_short_is_refused_unless_it_ends_with_a_version)
{
    struct arena a;
    struct chain c;
    struct bytes first;
    begin(&a, &c, &first);
    struct bytes wire = wire_of_three(&a, &c, first);
    size_t whole = 0;
    for (size_t len = 0; len < wire.len; len += len < 60 ? 1 : 37) {
        struct err err = {0};
        struct arena scratch;
        struct chain again;
        arena_init(&scratch, 1 << 20);
        chain_init(&again, &scratch, c.origin, c.state, &c.genesis);
        whole += chain_read(&again, bytes_of(wire.ptr, len), &err);
        EXPECT(again.count > 0 || err.kind != ERR_NONE);
        arena_release(&scratch);
    }
    EXPECT(whole == 0);
    arena_release(&a);
}

TEST(a_version_twice_in_a_chain_is_refused)
{
    struct err err = {0};
    struct arena a;
    struct chain c, again;
    struct bytes first, wire;
    struct buffer b;
    begin(&a, &c, &first);
    EXPECT_OK(chain_add_claimed(&c, 0, first, &err));
    EXPECT_OK(chain_write(&c, &a, &wire, &err));
    buffer_init(&b, &a, 1 << 20);
    buffer_put(&b, wire);
    buffer_put(&b, wire);
    chain_init(&again, &a, c.origin, c.state, &c.genesis);
    EXPECT_ERR(chain_read(&again, buffer_bytes(&b), &err), ERR_MALFORMED);
    EXPECT(again.count == 0);
    EXPECT_ERR(chain_read(&again, (struct bytes){0}, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(no_public_key_serves_two_states)
{
    struct err err = {0};
    struct made m;
    struct chain thief;
    made_init(&m, 2, "");
    EXPECT_OK(chains_check_keys(&m.chains, &m.arena, &err));
    // XB's manifest, made anew with XA's node key.
    struct keys_record k = made_keys(&m.arena, made_origins[1], "XB", 1, NULL);
    k.keys[KEYS_NODE] = made_key(k.keys[KEYS_NODE].name, NOTE_KEY_ED25519,
                                 made_role_label(&m.arena, made_origins[0], KEYS_NODE, 1));
    struct bytes note = made_sign(&m.arena, &k, (struct made_signer[]){{1, 0}, {1, 1}}, 2);
    struct digest genesis = made_text_hash(note);
    chain_init(&thief, &m.arena, m.chain[1].origin, m.chain[1].state, &genesis);
    EXPECT_OK(chain_add_claimed(&thief, 0, note, &err));
    m.items[1] = &thief;
    EXPECT_ERR(chains_check_keys(&m.chains, &m.arena, &err), ERR_DENIED);
    made_release(&m);
}

TEST(a_false_claim_shuts_no_log_out_and_is_forgotten)
{
    struct err err = {0};
    struct arena a;
    struct chain c;
    struct bytes first;
    struct note_key keys[2];
    enum chain_outcome outcome = CHAIN_VOID;
    begin(&a, &c, &first);
    struct keys_record k = second(&a, first);
    k.keys[KEYS_LOG] = made_role(&a, origin, KEYS_LOG, 2);
    struct bytes next = made_sign_next(&a, &k);
    EXPECT(chain_log_key_candidates(&c, (struct tree_size){1}, keys) == 0);
    EXPECT_OK(chain_add_logged(&c, 0, first, &outcome, NULL, NULL, &err));
    EXPECT_OK(chain_add_claimed(&c, 4, next, &err)); // truly at 300
    EXPECT(chain_log_key_candidates(&c, (struct tree_size){4}, keys) == 1);
    EXPECT(chain_log_key_candidates(&c, (struct tree_size){0}, keys) == 0);
    EXPECT(chain_log_key_candidates(&c, (struct tree_size){9}, keys) == 2);
    EXPECT(note_key_eq(&keys[0], &k.keys[KEYS_LOG]));
    EXPECT(!note_key_eq(&keys[1], &k.keys[KEYS_LOG]));
    chain_log_reached(&c, (struct tree_size){4});
    EXPECT(c.links[1]->index == 4);
    chain_log_reached(&c, (struct tree_size){5});
    EXPECT(c.links[1]->index == CHAIN_INDEX_NONE);
    EXPECT(chain_in_force_checkpoint(&c, (struct tree_size){9})->keys.version == 1);
    EXPECT_OK(chain_add_logged(&c, 300, next, &outcome, NULL, NULL, &err));
    EXPECT(outcome == CHAIN_TAKEN && c.links[1]->index == 300);
    chain_log_reached(&c, (struct tree_size){301});
    EXPECT(c.links[1]->index == 300 && c.links[1]->seen);
    arena_release(&a);
}
