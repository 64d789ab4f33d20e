// A courier's file read as it was written: once, twice, late, out of order, between restarts; and
// the ways in which an honest file is not for this node.
#include "courier/bundle_books.h"
#include "tests/courier/bundle_made.h"

TEST(a_file_brings_the_log_its_bodies_and_the_way_back_brings_the_cosignatures)
{
    struct road *r = road_new(2);
    struct reading_done there = road_read(r, XB, bundle_from(r, XA));
    EXPECT(there.done);
    EXPECT(there.sum.entries == 3);
    EXPECT(there.sum.bodies == 2);
    EXPECT(there.sum.refused_count == 0);
    EXPECT(there.sum.gaps_count == 0);
    EXPECT(held_of(r, XB, XA) == 3);
    struct reading_done back = road_read(r, XA, bundle_from(r, XB));
    EXPECT(back.done);
    EXPECT(back.sum.cosignatures > 0);
    EXPECT(back.sum.refused_count == 0);
    EXPECT(held_of(r, XA, XB) >= 2); // entry 0 and the receipts
    road_end(r);
}

TEST(a_file_read_twice_changes_nothing_the_second_time)
{
    struct road *r = road_new(2);
    const char *path = bundle_from(r, XA);
    EXPECT(road_read(r, XB, path).done);
    struct digest before = road_digest(r, XB);
    struct reading_done again = road_read(r, XB, path);
    struct digest after = road_digest(r, XB);
    EXPECT(again.done);
    EXPECT(again.sum.entries == 0 && again.sum.bodies == 0 && again.sum.manifests == 0);
    EXPECT(again.sum.cosignatures == 0 && again.sum.refused_count == 0);
    EXPECT(again.sum.held > 0);
    EXPECT(digest_eq(&before, &after));
    road_end(r);
}

TEST(a_late_file_takes_nothing_back)
{
    struct road *r = road_new(1);
    const char *early = bundle_from(r, XA);
    say_from(r, XA);
    say_from(r, XA);
    EXPECT(road_read(r, XB, bundle_from(r, XA)).done);
    EXPECT(held_of(r, XB, XA) == 4);
    struct reading_done late = road_read(r, XB, early);
    EXPECT(late.done);
    EXPECT(late.sum.entries == 0 && late.sum.bodies == 0);
    EXPECT(late.sum.refused_count == 0);
    EXPECT(held_of(r, XB, XA) == 4);
    road_end(r);
}

TEST(what_the_reader_is_known_to_hold_is_left_out)
{
    struct road *r = road_new(2);
    EXPECT(road_read(r, XB, bundle_from(r, XA)).done);
    EXPECT(road_read(r, XA, bundle_from(r, XB)).done);
    say_from(r, XA);
    const char *path = bundle_from(r, XA);
    struct parcel *p = parcel_open(r, path);
    struct forged f = forged_of(r, p);
    EXPECT(f.index.have_count >= 1);
    struct reading_done more = road_read(r, XB, path);
    EXPECT(more.done);
    EXPECT(more.sum.entries >= 1);
    EXPECT(more.sum.gaps_count == 0);
    EXPECT(held_of(r, XB, XA) == held_of(r, XA, XA));
    road_end(r);
}

TEST(the_same_store_gives_the_same_octets_but_for_the_time_and_its_signature)
{
    struct road *r = road_new(2);
    struct parcel *one = parcel_open(r, bundle_from(r, XA));
    struct parcel *two = parcel_open(r, bundle_from(r, XA));
    EXPECT(one->count == two->count);
    for (size_t i = 1; i < one->count; i++) {
        EXPECT(strcmp(one->parts[i].name, two->parts[i].name) == 0);
        EXPECT(bytes_eq(one->parts[i].octets, two->parts[i].octets));
    }
    road_end(r);
}

TEST(a_file_for_another_state_is_refused)
{
    struct road *r = road_new(1);
    struct err err = {0};
    const char *path = road_file(r);
    EXPECT_OK(road_write(r, XA, 2, path, &err)); // for XC
    expect_refused(r, path, ERR_CONFLICT, "the file is for xc.example/demo");
    road_end(r);
}

TEST(a_file_of_a_partner_whose_exchange_is_off_is_refused_and_none_is_written_for_him)
{
    struct road *r = road_new(1);
    struct err err = {0};
    struct bytes nothing;
    const char *path = bundle_from(r, XA);
    struct buffer ask = state_columns(&r->all);
    buffer_block16(&ask, str_bytes(r->all.at[XA].origin));
    buffer_block16(&ask, str_bytes(STR("receipts")));
    buffer_block16(&ask, (struct bytes){0});
    state_ask(&r->all, &r->all.at[XB], CLERK_PEER_SET, &ask, &nothing);
    expect_refused(r, path, ERR_DENIED, "exchange with its writer is switched off");
    const char *back = road_file(r);
    EXPECT_ERR(road_write(r, XB, XA, back, &err), ERR_DENIED);
    EXPECT(!world_exists(r->all.world, back));
    road_end(r);
}

// The same names, other keys: what one community's XA says is nothing to another community.
TEST(a_file_of_another_community_is_refused)
{
    struct road *here = road_new(1);
    struct road *there = road_new(2);
    const char *theirs = bundle_from(there, XA);
    expect_refused(here, theirs, ERR_TAMPERED, "signature of the index");
    road_end(there);
    road_end(here);
}

TEST(an_existing_file_is_never_overwritten_and_a_missing_one_is_named)
{
    struct road *r = road_new(1);
    struct err err = {0};
    const char *path = bundle_from(r, XA);
    struct bytes before = test_file(&r->all.arena, path);
    EXPECT_ERR(road_write(r, XA, XB, path, &err), ERR_CONFLICT);
    EXPECT(bytes_eq(before, test_file(&r->all.arena, path)));
    struct reading_done none = road_read(r, XB, road_file(r));
    EXPECT(!none.done && none.err.kind == ERR_NOT_FOUND);
    struct reading_done folder = road_read(r, XB, r->all.folder);
    EXPECT(!folder.done && folder.err.kind == ERR_USAGE);
    road_end(r);
}

// -- codebooks -----------------------------------------------------------------------------------
static bool see_version(void *context, const struct exchange_book *row, struct err *err)
{
    uint64_t *seen = context;
    (void)err;
    EXPECT(str_eq(row->name, STR("elchi")) && row->hash.len == BOOK_PREFIX_BYTES);
    *seen = *seen * 10 + row->version;
    return true;
}

static uint64_t books_of(struct road *r, int at, int peer)
{
    struct err err = {0};
    struct txn txn = {0};
    uint64_t seen = 0;
    EXPECT_OK(db_begin(r->exchange[at], &txn, &err));
    EXPECT_OK(exchange_peer_books(&txn, r->all.at[peer].origin, see_version, &seen, &err));
    txn_release(&txn);
    return seen;
}

TEST(a_file_says_which_codebooks_its_writer_holds)
{
    struct road *r = road_new(1);
    EXPECT(books_of(r, XB, XA) == 0);
    const char *path = bundle_from(r, XA);
    struct reading_done there = road_read(r, XB, path);
    EXPECT(there.done && there.sum.refused_count == 0);
    EXPECT(books_of(r, XB, XA) == 1);
    struct parcel *p = parcel_open(r, path);
    struct forged f = forged_of(r, p);
    struct clerk_book book = {.version = 0};
    size_t found = 0;
    for (size_t i = 0; i < f.index.have_count; i++)
        found += bundle_book_of(&f.index.have[i], &book) ? 1 : 0;
    EXPECT(found == 1 && book.version == 1 && str_eq(book.name, STR("elchi")));
    road_end(r);
}

TEST(only_an_exact_line_is_a_books)
{
    struct clerk_book book;
    const struct {
        struct str origin;
        uint64_t size;
        bool is;
    } rows[] = {
        {STR("codebook:elchi/2"), 2, true},
        {STR("codebook:elchi/2"), 3, false},
        {STR("codebook:elchi/02"), 2, false},
        {STR("codebook:elchi"), 2, false},
        {STR("codebook:/2"), 2, false},
        {STR("codebook:elchi/0"), 0, false},
        {STR("codebook:elchi/2/2"), 2, false},
        {STR("xa.example/2"), 2, false},
        {STR("codebook:elchi/"), 2, false},
        {STR("codebook:elchi/4294967296"), 4294967296, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bundle_have row = {.origin = rows[i].origin, .size = {rows[i].size}};
        EXPECT(bundle_book_of(&row, &book) == rows[i].is);
    }
}
