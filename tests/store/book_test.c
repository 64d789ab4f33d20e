// Source of what is asked: DESIGN section 6 (old books stay readable; partners hold different
// ones).
#include "store/exchange_book.h"

#include "tests/store/support.h"

struct seen {
    char text[512];
    size_t len;
};

static bool see_book(void *context, const struct exchange_book *row, struct err *err)
{
    struct seen *s = context;
    (void)err;
    s->len += (size_t)snprintf(s->text + s->len, sizeof s->text - s->len, "%.*s %u %02x/%zu ",
                               STR_ARG(row->name), (unsigned)row->version, row->hash.ptr[0],
                               row->hash.len);
    return true;
}

static bool count_file(void *context, const struct digest *hash, struct bytes octets,
                       struct err *err)
{
    size_t *count = context;
    struct digest again = digest_of(octets);
    (void)err;
    *count += digest_eq(hash, &again) ? 1 : 100;
    return true;
}

TEST(added_files_stand_by_the_hash_of_their_octets_until_they_are_dropped)
{
    struct err err = {0};
    struct fixture f;
    struct digest hash;
    struct bytes value;
    size_t count = 0;
    fixture_open(&f);
    EXPECT_OK(exchange_codebook_put(&f.txn, str_bytes(STR("other")), &hash, &err));
    EXPECT_OK(exchange_codebook_put(&f.txn, str_bytes(STR("book")), &hash, &err));
    EXPECT_OK(exchange_codebook_put(&f.txn, str_bytes(STR("book")), &hash, &err));
    EXPECT_OK(exchange_codebook_get(&f.txn, &hash, &f.arena, &value, &err));
    EXPECT(bytes_eq(value, str_bytes(STR("book"))));
    EXPECT_OK(exchange_codebooks(&f.txn, count_file, &count, &err));
    EXPECT(count == 2);
    EXPECT_OK(exchange_codebook_drop(&f.txn, &hash, &err));
    EXPECT_ERR(exchange_codebook_drop(&f.txn, &hash, &err), ERR_NOT_FOUND);
    EXPECT_ERR(exchange_codebook_get(&f.txn, &hash, &f.arena, &value, &err), ERR_NOT_FOUND);
    EXPECT_ERR(exchange_codebook_put(&f.txn, (struct bytes){0}, &hash, &err), ERR_LIMIT);
    fixture_close(&f);
}

static struct exchange_book book_row(struct str name, uint32_t version, struct bytes hash)
{
    return (struct exchange_book){name, version, hash};
}

TEST(books_held_are_said_anew_as_a_whole)
{
    struct err err = {0};
    struct fixture f;
    struct seen seen = {.len = 0};
    struct digest one = digest_of(str_bytes(STR("1"))), two = digest_of(str_bytes(STR("2")));
    struct bytes first = bytes_of(one.octets, DIGEST_BYTES);
    struct bytes second = bytes_of(two.octets, DIGEST_BYTES);
    const struct exchange_book rows[] = {book_row(STR("elchi"), 2, second),
                                         book_row(STR("elchi"), 1, first)};
    const struct exchange_book bad[] = {book_row(STR("elchi"), 1, bytes_of(one.octets, 8)),
                                        book_row(STR(""), 1, first),
                                        book_row(STR("elchi"), 0, first)};
    fixture_open(&f);
    EXPECT_OK(exchange_books_put(&f.txn, rows, 1, &err));
    EXPECT_OK(exchange_books_put(&f.txn, rows, 2, &err));
    EXPECT_OK(exchange_books(&f.txn, see_book, &seen, &err));
    EXPECT(strcmp(seen.text, "elchi 1 6b/32 elchi 2 d4/32 ") == 0);
    for (size_t i = 0; i < 3; i++)
        EXPECT_ERR(exchange_books_put(&f.txn, &bad[i], 1, &err), ERR_LIMIT);
    fixture_close(&f);
}

TEST(what_a_peer_holds_is_kept_by_peer_and_the_last_word_counts)
{
    struct err err = {0};
    struct fixture f;
    struct moment at = {1000};
    struct seen xb = {.len = 0}, xc = {.len = 0};
    const uint8_t octets[2][BOOK_PREFIX_BYTES] = {{1}, {2}};
    struct bytes first = bytes_of(octets[0], BOOK_PREFIX_BYTES);
    struct bytes second = bytes_of(octets[1], BOOK_PREFIX_BYTES);
    const struct exchange_book rows[] = {book_row(STR("elchi"), 2, first),
                                         book_row(STR("elchi"), 1, first),
                                         book_row(STR("elchi"), 2, second)};
    struct exchange_book many[PEER_BOOKS_MAX + 1];
    for (size_t i = 0; i <= PEER_BOOKS_MAX; i++)
        many[i] = book_row(STR("elchi"), (uint32_t)i + 1, first);
    fixture_open(&f);
    EXPECT_OK(exchange_peer_books_put(&f.txn, STR("xc.example"), at, rows, 1, &err));
    EXPECT_OK(exchange_peer_books_put(&f.txn, STR("xb.example"), at, rows, 3, &err));
    EXPECT_OK(exchange_peer_books(&f.txn, STR("xb.example"), see_book, &xb, &err));
    EXPECT(strcmp(xb.text, "elchi 1 01/8 elchi 2 02/8 ") == 0);
    EXPECT_OK(exchange_peer_books(&f.txn, STR("xc.example"), see_book, &xc, &err));
    EXPECT(strcmp(xc.text, "elchi 2 01/8 ") == 0);
    const struct moment early = {999}, late = {1001};
    xc.len = 0;
    EXPECT_OK(exchange_peer_books_put(&f.txn, STR("xc.example"), early, rows, 2, &err));
    EXPECT_OK(exchange_peer_books(&f.txn, STR("xc.example"), see_book, &xc, &err));
    EXPECT(strcmp(xc.text, "elchi 2 01/8 ") == 0);
    xc.len = 0;
    EXPECT_OK(exchange_peer_books_put(&f.txn, STR("xc.example"), late, rows, 2, &err));
    EXPECT_OK(exchange_peer_books(&f.txn, STR("xc.example"), see_book, &xc, &err));
    EXPECT(strcmp(xc.text, "elchi 1 01/8 elchi 2 01/8 ") == 0);
    EXPECT_ERR(
        exchange_peer_books_put(&f.txn, STR("xb.example"), at, many, PEER_BOOKS_MAX + 1, &err),
        ERR_LIMIT);
    fixture_close(&f);
}
