// Bodies on their way: only what is wanted, at exactly the offset, and whole or not at all; and
// which officer may read what came.
#include "crypto/age.h"
#include "record/keys.h"
#include "tests/clerk/carry.h"

#define SOLIDARITY "01 C03\n"

struct waiting_one {
    struct three *t;
    struct exchange_offer offer;
    struct bytes whole;
};

static struct waiting_one one_waits(void)
{
    struct waiting_one w = {.t = three_new("exchange")};
    struct offers *o = memory_new(1, sizeof *o);
    struct err err = {0};
    struct txn txn = {0};
    (void)say_to(w.t, XA, XB, SOLIDARITY);
    carry_log(w.t, XA, XA, XB);
    EXPECT_OK(db_begin(w.t->at[XA].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_offers(&txn, origin_of(XB), 256, see_offer, o, &err));
    txn_release(&txn);
    EXPECT(o->count == 1);
    w.offer = o->items[0];
    w.whole = blob_of(w.t, XA, &w.offer.hash);
    memory_release(o);
    return w;
}

TEST(a_blob_nobody_asked_for_is_refused)
{
    struct waiting_one w = one_waits();
    struct buffer piece = piece_of(w.t, XA, &w.offer.hash, w.whole, 0, w.whole.len);
    struct act_result r = act(w.t, XB, clerk_act_take_blob, &piece);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_DENIED);
    three_end(w.t);
}

TEST(a_hint_counts_only_where_the_entry_names_that_hash_and_size)
{
    struct waiting_one w = one_waits();
    for (int wrong = 0; wrong < 3; wrong++) {
        struct exchange_offer lie = w.offer;
        lie.hash.octets[0] ^= wrong == 0 ? 1 : 0;
        lie.size += wrong == 1 ? 1 : 0;
        lie.at.n += wrong == 2 ? 1 : 0;
        struct buffer hint = hint_of(w.t, XA, XA, &lie);
        must(act(w.t, XB, clerk_act_take_waiting, &hint));
        struct buffer piece = piece_of(w.t, XA, &lie.hash, w.whole, 0, w.whole.len);
        EXPECT(act(w.t, XB, clerk_act_take_blob, &piece).err.kind == ERR_DENIED);
    }
    three_end(w.t);
}

TEST(pieces_come_at_exactly_the_offset_held)
{
    struct waiting_one w = one_waits();
    struct buffer hint = hint_of(w.t, XA, XA, &w.offer);
    must(act(w.t, XB, clerk_act_take_waiting, &hint));
    size_t half = w.whole.len / 2;
    struct buffer late = piece_of(w.t, XA, &w.offer.hash, w.whole, half, w.whole.len - half);
    struct act_result r = act(w.t, XB, clerk_act_take_blob, &late);
    EXPECT(r.err.kind == ERR_CONFLICT);
    EXPECT(strcmp(r.err.text, "have 0") == 0);
    struct buffer early = piece_of(w.t, XA, &w.offer.hash, w.whole, 0, half);
    must(act(w.t, XB, clerk_act_take_blob, &early));
    struct buffer have = columns(w.t);
    buffer_put(&have, bytes_of(w.offer.hash.octets, DIGEST_BYTES));
    struct reader held = reader_of(must(act(w.t, XB, clerk_act_blob_have, &have)).answer);
    EXPECT(reader_u64(&held) == half);
    EXPECT(reader_u8(&held) == 0);
    must(act(w.t, XB, clerk_act_take_blob, &late));
    held = reader_of(must(act(w.t, XB, clerk_act_blob_have, &have)).answer);
    EXPECT(reader_u64(&held) == w.whole.len);
    EXPECT(reader_u8(&held) == 1);
    must(act(w.t, XB, clerk_act_take_blob, &late)); // whole already: sent twice is fine
    three_end(w.t);
}

TEST(a_blob_of_another_hash_is_dropped_and_can_be_fetched_anew)
{
    struct waiting_one w = one_waits();
    struct err err = {0};
    struct bytes other;
    struct buffer hint = hint_of(w.t, XA, XA, &w.offer);
    must(act(w.t, XB, clerk_act_take_waiting, &hint));
    EXPECT_OK(arena_copy(&w.t->arena, w.whole, &other, &err));
    uint8_t *changed = arena_new(&w.t->arena, uint8_t, other.len);
    memcpy(changed, other.ptr, other.len);
    changed[other.len - 1] ^= 1;
    struct buffer bad =
        piece_of(w.t, XA, &w.offer.hash, bytes_of(changed, other.len), 0, other.len);
    struct act_result r = act(w.t, XB, clerk_act_take_blob, &bad);
    EXPECT(!r.done);
    EXPECT(r.err.kind == ERR_TAMPERED);
    struct buffer good = piece_of(w.t, XA, &w.offer.hash, w.whole, 0, w.whole.len);
    struct reader held = reader_of(must(act(w.t, XB, clerk_act_take_blob, &good)).answer);
    EXPECT(reader_u64(&held) == w.whole.len);
    EXPECT(reader_u8(&held) == 1);
    three_end(w.t);
}

TEST(a_body_that_landed_before_a_crash_is_shown_at_the_next_start)
{
    struct waiting_one w = one_waits();
    struct err err = {0};
    struct exchange_blob blob;
    struct txn txn = {0};
    struct buffer hint = hint_of(w.t, XA, XA, &w.offer);
    must(act(w.t, XB, clerk_act_take_waiting, &hint));
    // All that the completing transaction does, and then the process is gone.
    char key[8 + DIGEST_TEXT_CHARS];
    char hash[DIGEST_TEXT_CHARS + 1];
    uint8_t value[256];
    struct writer mark = writer_of(value, sizeof value);
    digest_write(&w.offer.hash, hash);
    (void)snprintf(key, sizeof key, "landed/%s", hash);
    writer_u64(&mark, w.offer.at.n);
    writer_u8(&mark, 1);
    writer_put(&mark, str_bytes(origin_of(XA)));
    EXPECT_OK(db_begin(w.t->at[XB].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_blob_append(&txn, &w.offer.hash, 0, w.whole, &blob, &err));
    EXPECT_OK(exchange_want_drop(&txn, &w.offer.hash, &err));
    EXPECT_OK(exchange_setting_put(&txn, str_of(key), writer_bytes(&mark), &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    state_down(w.t, XB);
    state_up(w.t, XB);
    turn(w.t, XB);
    EXPECT(strstr(dump_of(w.t, XB).ptr, "XA/XB") != NULL);
    three_end(w.t);
}

// An attachment sealed as the drafter's tool would: to the addressee and to ourselves.
static struct bytes sealed_attachment(struct three *t, struct bytes plain)
{
    struct err err = {0};
    struct age_recipient to[2];
    struct bytes file;
    for (int i = XA; i <= XB; i++)
        EXPECT_OK(age_recipient_read(
            chain_newest(clerk_chain(&t->at[XA].clerk, origin_of(i)))->keys.encryption, &to[i],
            &err));
    EXPECT_OK(age_file_seal(&t->fake.world, to, 2, plain, &t->arena, &file, &err));
    return file;
}

TEST(an_attachment_is_uploaded_fetched_receipted_and_read_by_its_desk_alone)
{
    struct three *t = three_new("exchange receipts");
    struct err err = {0};
    struct str lines;
    char hash[DIGEST_TEXT_CHARS + 1];
    for (int whose = XA; whose <= XB; whose++)
        carry_log(t, whose, whose, whose == XA ? XB : XA);
    struct bytes file = sealed_attachment(t, str_bytes(STR("indicators, invented")));
    struct digest blob = digest_of(file);
    struct buffer upload = piece_of(t, XA, &blob, file, 0, file.len);
    must(act_as(t, XA, clerk_act_take_blob, buffer_bytes(&upload), "anna"));
    digest_write(&blob, hash);
    EXPECT_OK(arena_fmt(&t->arena, &lines, &err, "01 C03\nattach %s %zu text/plain list.txt\n",
                        hash, file.len));
    struct release_done said = say_to(t, XA, XB, lines.ptr);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) >= 1);
    turn(t, XB);
    struct record_state held = state_at(t, XB, &said.note);
    EXPECT(held.attachments_all == 1);
    EXPECT(held.attachments_held == 1);
    carry_log(t, XB, XB, XA);
    EXPECT(carry_bodies(t, XB, XA) >= 1);
    turn(t, XA);
    EXPECT(state_at(t, XA, &said.note).attachments_held == 1);
    struct buffer read = columns(t);
    buffer_put(&read, bytes_of(blob.octets, DIGEST_BYTES));
    struct act_result key =
        must(act_as(t, XB, clerk_act_attachment_key, buffer_bytes(&read), "anna"));
    struct reader columns_of_key = reader_of(key.answer);
    struct age_file_key file_key;
    struct bytes plain;
    reader_copy(&columns_of_key, file_key.octets, sizeof file_key.octets);
    EXPECT(reader_u64(&columns_of_key) == file.len);
    EXPECT_OK(age_file_open_with_key(file, &file_key, &t->arena, &plain, &err));
    EXPECT(bytes_eq(plain, str_bytes(STR("indicators, invented"))));
    buffer_number(&read, 0, 8);
    buffer_number(&read, 100000, 4);
    EXPECT(bytes_eq(must(act_as(t, XB, clerk_act_blob_read, buffer_bytes(&read), "anna")).answer,
                    file));
    // Nobody who is no officer, and no blob that is no attachment of theirs.
    EXPECT(!act_as(t, XB, clerk_act_blob_read, buffer_bytes(&read), NULL).done);
    read.ptr[0] ^= 1;
    EXPECT(act_as(t, XB, clerk_act_blob_read, buffer_bytes(&read), "anna").err.kind ==
           ERR_NOT_FOUND);
    three_end(t);
}
