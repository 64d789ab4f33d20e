// Source of what is asked: DESIGN 5.3 and 5.4 (resumable, given only to the origins named), FORMATS
// section 7 (WAITING, WANT).
#include "store/exchange_blob.h"

#include "tests/store/support.h"

enum { SIZE = 3 * BLOB_CHUNK_BYTES + 1234 };

static struct bytes body(struct fixture *f, struct digest *ret_hash)
{
    uint8_t *octets = arena_new(&f->arena, uint8_t, SIZE);
    EXPECT(octets != NULL);
    for (size_t i = 0; i < SIZE; i++)
        octets[i] = (uint8_t)(i * 31 + i / 251);
    *ret_hash = digest_of(bytes_of(octets, SIZE));
    return bytes_of(octets, SIZE);
}

static bool gather(void *context, uint64_t offset, struct bytes octets, struct err *err)
{
    (void)offset;
    (void)err;
    writer_put(context, octets);
    return true;
}

static void expect_range(struct fixture *f, const struct digest *hash, struct bytes all,
                         uint64_t from, uint64_t size)
{
    struct err err = {0};
    static uint8_t storage[SIZE];
    struct writer w = writer_of(storage, sizeof storage);
    EXPECT_OK(exchange_blob_read(&f->txn, hash, from, size, gather, &w, &err));
    EXPECT(bytes_eq(writer_bytes(&w), bytes_of(all.ptr + from, (size_t)size)));
}

TEST(a_blob_sent_in_pieces_of_any_length_is_resumed_where_it_stands)
{
    static const size_t pieces[] = {1, 65535, 1, 65536, 7, 100000, SIZE};
    struct err err = {0};
    struct fixture f;
    struct digest hash;
    struct exchange_blob blob;
    fixture_open(&f);
    struct bytes all = body(&f, &hash);
    EXPECT_ERR(exchange_blob_get(&f.txn, &hash, &blob, &err), ERR_NOT_FOUND);
    EXPECT_OK(exchange_blob_start(&f.txn, &hash, SIZE, &blob, &err));
    for (size_t i = 0; blob.have < SIZE; i++) {
        size_t left = SIZE - (size_t)blob.have;
        struct bytes part = {all.ptr + blob.have, pieces[i] < left ? pieces[i] : left};
        EXPECT(!blob.complete);
        EXPECT_OK(exchange_blob_append(&f.txn, &hash, blob.have, part, &blob, &err));
        fixture_turn(&f); // each piece is durable for itself
        EXPECT_OK(exchange_blob_start(&f.txn, &hash, SIZE, &blob, &err));
        expect_range(&f, &hash, all, 0, blob.have);
    }
    EXPECT(blob.complete);
    struct bytes whole;
    EXPECT_OK(exchange_blob_whole(&f.txn, &hash, SIZE, &f.arena, &whole, &err));
    EXPECT(bytes_eq(whole, all));
    EXPECT_ERR(exchange_blob_whole(&f.txn, &hash, SIZE - 1, &f.arena, &whole, &err), ERR_LIMIT);
    expect_range(&f, &hash, all, 65530, 20);
    expect_range(&f, &hash, all, SIZE - 1, 1);
    expect_range(&f, &hash, all, SIZE, 0);
    EXPECT_ERR(exchange_blob_read(&f.txn, &hash, 0, SIZE + 1, gather, NULL, &err), ERR_LIMIT);
    EXPECT_ERR(exchange_blob_read(&f.txn, &hash, UINT64_MAX, 1, gather, NULL, &err), ERR_LIMIT);
    EXPECT_ERR(exchange_blob_read(&f.txn, &hash, 1, UINT64_MAX, gather, NULL, &err), ERR_LIMIT);
    fixture_close(&f);
}

TEST(an_append_elsewhere_or_beyond_the_size_is_refused)
{
    struct err err = {0};
    struct fixture f;
    struct digest hash;
    struct exchange_blob blob;
    fixture_open(&f);
    struct bytes all = body(&f, &hash);
    struct bytes part = {all.ptr, 10};
    EXPECT_ERR(exchange_blob_append(&f.txn, &hash, 0, part, &blob, &err), ERR_NOT_FOUND);
    EXPECT_OK(exchange_blob_start(&f.txn, &hash, 15, &blob, &err));
    EXPECT_OK(exchange_blob_append(&f.txn, &hash, 0, part, &blob, &err));
    EXPECT_ERR(exchange_blob_append(&f.txn, &hash, 0, part, &blob, &err), ERR_CONFLICT);
    EXPECT_ERR(exchange_blob_append(&f.txn, &hash, 11, part, &blob, &err), ERR_CONFLICT);
    EXPECT_ERR(exchange_blob_append(&f.txn, &hash, 10, part, &blob, &err), ERR_LIMIT);
    EXPECT_ERR(exchange_blob_start(&f.txn, &hash, 16, &blob, &err), ERR_CONFLICT);
    EXPECT_ERR(exchange_blob_start(&f.txn, &hash, 0, &blob, &err), ERR_LIMIT);
    EXPECT_ERR(exchange_blob_start(&f.txn, &hash, BLOB_BYTES_MAX + 1, &blob, &err), ERR_LIMIT);
    EXPECT_OK(exchange_blob_get(&f.txn, &hash, &blob, &err));
    EXPECT(blob.have == 10 && blob.size == 15);
    fixture_close(&f);
}

TEST(a_blob_with_another_hash_is_never_complete_and_can_be_fetched_anew)
{
    struct err err = {0};
    struct fixture f;
    struct digest hash;
    struct exchange_blob blob;
    fixture_open(&f);
    struct bytes all = body(&f, &hash);
    uint8_t bad[100];
    memcpy(bad, all.ptr, sizeof bad);
    struct digest of_good = digest_of(bytes_of(bad, sizeof bad));
    EXPECT_OK(exchange_blob_start(&f.txn, &of_good, sizeof bad, &blob, &err));
    EXPECT_OK(exchange_reader_add(&f.txn, &of_good, STR("xb.example/demo"), &err));
    fixture_turn(&f);
    bad[50] ^= 1;
    EXPECT_ERR(exchange_blob_append(&f.txn, &of_good, 0, bytes_of(bad, sizeof bad), &blob, &err),
               ERR_TAMPERED);
    EXPECT_ERR(exchange_blob_put(&f.txn, &of_good, bytes_of(bad, sizeof bad), &err), ERR_TAMPERED);
    txn_release(&f.txn);
    EXPECT_OK(db_begin(f.db, &f.txn, &err));
    EXPECT_OK(exchange_blob_erase(&f.txn, &of_good, &err));
    bad[50] ^= 1;
    EXPECT_OK(exchange_blob_put(&f.txn, &of_good, bytes_of(bad, sizeof bad), &err));
    EXPECT_OK(
        exchange_blob_put(&f.txn, &of_good, bytes_of(bad, sizeof bad), &err)); // twice is fine
    EXPECT_OK(exchange_blob_get(&f.txn, &of_good, &blob, &err));
    EXPECT(blob.complete);
    fixture_close(&f);
}

TEST(only_named_origins_may_fetch_and_erasing_forgets_them)
{
    struct err err = {0};
    struct fixture f;
    struct digest hash;
    bool may = true;
    uint64_t bytes = 1;
    fixture_open(&f);
    struct bytes all = body(&f, &hash);
    EXPECT_OK(exchange_blob_put(&f.txn, &hash, all, &err));
    EXPECT_OK(exchange_reader_may(&f.txn, &hash, STR("xb.example/demo"), &may, &err));
    EXPECT(!may);
    EXPECT_OK(exchange_reader_add(&f.txn, &hash, STR("xb.example/demo"), &err));
    EXPECT_OK(exchange_reader_add(&f.txn, &hash, STR("xb.example/demo"), &err));
    EXPECT_OK(exchange_reader_may(&f.txn, &hash, STR("xb.example/demo"), &may, &err));
    EXPECT(may);
    EXPECT_OK(exchange_reader_may(&f.txn, &hash, STR("xb.example/dem"), &may, &err));
    EXPECT(!may);
    EXPECT_OK(exchange_reader_bytes(&f.txn, STR("xb.example/demo"), &bytes, &err));
    EXPECT(bytes == SIZE);
    EXPECT_OK(exchange_reader_bytes(&f.txn, STR("xc.example/demo"), &bytes, &err));
    EXPECT(bytes == 0);
    EXPECT_OK(exchange_blob_erase(&f.txn, &hash, &err));
    EXPECT_OK(exchange_blob_erase(&f.txn, &hash, &err)); // missing is fine
    EXPECT_OK(exchange_reader_may(&f.txn, &hash, STR("xb.example/demo"), &may, &err));
    EXPECT(!may);
    fixture_close(&f);
}

struct order {
    unsigned precedence[8];
    uint64_t at[8], tries[8];
    bool from_author[8];
    size_t count;
};
static bool see_offer(void *context, const struct exchange_offer *row, struct err *err)
{
    struct order *o = context;
    (void)err;
    o->precedence[o->count] = row->precedence;
    o->at[o->count++] = row->at.n;
    return true;
}
static bool see_want(void *context, const struct exchange_want *row, struct err *err)
{
    struct order *o = context;
    (void)err;
    o->precedence[o->count] = row->precedence;
    o->tries[o->count] = row->tries;
    o->from_author[o->count] = row->from_author;
    o->at[o->count++] = row->at.n;
    return true;
}

TEST(offers_come_by_precedence_then_age_and_to_their_reader_alone)
{
    static const unsigned precedence[] = {0, 3, 1, 3};
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    struct exchange_offer row = {.reader = STR("xb.example/demo"), .log = f.log, .size = 10};
    for (size_t i = 0; i < 4; i++) {
        row.hash.octets[0] = (uint8_t)i;
        row.at.n = i;
        row.precedence = precedence[i];
        EXPECT_OK(exchange_offer_put(&f.txn, &row, &err));
        EXPECT_OK(exchange_offer_put(&f.txn, &row, &err));
    }
    struct order o = {.count = 0};
    EXPECT_OK(exchange_offers(&f.txn, row.reader, UINT64_MAX, see_offer, &o, &err));
    EXPECT(o.count == 4);
    EXPECT(o.at[0] == 1 && o.at[1] == 3 && o.at[2] == 2 && o.at[3] == 0);
    o.count = 0;
    EXPECT_OK(exchange_offers(&f.txn, row.reader, 2, see_offer, &o, &err));
    EXPECT(o.count == 2);
    o.count = 0;
    EXPECT_OK(exchange_offers(&f.txn, STR("xc.example/demo"), 9, see_offer, &o, &err));
    EXPECT(o.count == 0);
    EXPECT_OK(exchange_offer_drop(&f.txn, row.reader, &row.hash, &err));
    EXPECT_OK(exchange_offers(&f.txn, row.reader, 9, see_offer, &o, &err));
    EXPECT(o.count == 3);
    row.precedence = 4;
    EXPECT_ERR(exchange_offer_put(&f.txn, &row, &err), ERR_LIMIT);
    fixture_close(&f);
}

TEST(what_was_destroyed_here_is_remembered_and_never_wanted_again)
{
    struct err err = {0};
    struct fixture f;
    struct moment at = {7};
    struct order o = {.count = 0};
    fixture_open(&f);
    struct exchange_want want = {.hash = {{1}}, .log = f.log, .at = {5}, .size = 9};
    EXPECT_OK(exchange_erased_get(&f.txn, &want.hash, &at, &err));
    EXPECT(at.s == 0); // never
    EXPECT_OK(exchange_erased_put(&f.txn, &want.hash, (struct moment){1784000000}, &err));
    EXPECT_OK(exchange_erased_get(&f.txn, &want.hash, &at, &err));
    EXPECT(at.s == 1784000000);
    EXPECT_OK(exchange_want_put(&f.txn, &want, &err));
    EXPECT_OK(exchange_wants(&f.txn, 9, see_want, &o, &err));
    EXPECT(o.count == 0);
    fixture_close(&f);
}

TEST(a_want_keeps_its_tries_and_what_the_author_said)
{
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    struct exchange_want a = {.hash = {{1}}, .log = f.log, .at = {5}, .size = 9, .precedence = 1};
    struct exchange_want b = {.hash = {{2}}, .log = f.log, .at = {6}, .size = 9, .precedence = 1};
    EXPECT_OK(exchange_want_put(&f.txn, &a, &err));
    EXPECT_OK(exchange_want_put(&f.txn, &b, &err));
    EXPECT_OK(exchange_want_tried(&f.txn, &a.hash, &err));
    struct order o = {.count = 0};
    EXPECT_OK(exchange_wants(&f.txn, 9, see_want, &o, &err));
    EXPECT(o.count == 2 && o.at[0] == 6 && o.at[1] == 5 && o.tries[1] == 1);
    a.from_author = true;
    a.precedence = 3;
    EXPECT_OK(exchange_want_put(&f.txn, &a, &err));
    a.from_author = false;
    a.precedence = 0;
    EXPECT_OK(exchange_want_put(&f.txn, &a, &err));
    o.count = 0;
    EXPECT_OK(exchange_wants(&f.txn, 9, see_want, &o, &err));
    EXPECT(o.at[0] == 5 && o.precedence[0] == 3 && o.from_author[0] && o.tries[0] == 1);
    EXPECT(!o.from_author[1]);
    o.count = 0;
    EXPECT_OK(exchange_wants_of(&f.txn, f.log, (struct leaf_index){6}, see_want, &o, &err));
    EXPECT(o.count == 1);
    EXPECT_OK(exchange_want_drop(&f.txn, &a.hash, &err));
    o.count = 0;
    EXPECT_OK(exchange_wants(&f.txn, 9, see_want, &o, &err));
    EXPECT(o.count == 1);
    fixture_close(&f);
}
