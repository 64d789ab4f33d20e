// Codebook files added at a node: checked, kept over a restart, and told to the courier's store.
#include "codebook/data.h"
#include "store/exchange_book.h"
#include "tests/clerk/asked.h"

static struct bytes embedded(const char *name)
{
    for (size_t i = 0; i < codebook_files_count; i++)
        if (strcmp(codebook_files[i].name, name) == 0)
            return codebook_files[i].content;
    fail_msg("no file %s is embedded", name);
    return (struct bytes){0};
}

// The file with its first `from` replaced.
static struct bytes with(struct node *n, struct bytes file, const char *from, const char *to)
{
    struct buffer b;
    struct bytes made;
    struct err err = {0};
    size_t at = 0;
    while (at + strlen(from) <= file.len && memcmp(file.ptr + at, from, strlen(from)) != 0)
        at++;
    EXPECT(at + strlen(from) <= file.len);
    buffer_init(&b, &n->arena, file.len + strlen(to) + 1);
    buffer_put(&b, bytes_of(file.ptr, at));
    buffer_put(&b, str_bytes(str_of(to)));
    at += strlen(from);
    buffer_put(&b, bytes_of(file.ptr + at, file.len - at));
    EXPECT_OK(buffer_take(&b, &made, &err));
    return made;
}

static struct asked add(struct node *n, const struct clerk_link *by, struct bytes file)
{
    struct buffer ask;
    buffer_init(&ask, &n->arena, FRAME_BYTES_MAX);
    buffer_block32(&ask, file);
    return node_ask(n, by, CLERK_CODEBOOK_ADD, &ask);
}

static struct asked remove_file(struct node *n, const struct clerk_link *by, struct bytes file)
{
    struct digest hash = digest_of(file);
    struct buffer ask = node_columns(n);
    buffer_put(&ask, bytes_of(hash.octets, DIGEST_BYTES));
    return node_ask(n, by, CLERK_CODEBOOK_REMOVE, &ask);
}

static bool count_version(void *context, const struct exchange_book *row, struct err *err)
{
    uint64_t *sum = context;
    (void)err;
    *sum = *sum * 10 + row->version;
    return true;
}

// The versions held here, as the courier reads them: 12 for the first and the second.
static uint64_t versions_told(struct node *n)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct str path;
    struct db *db = NULL;
    struct txn txn = {0};
    uint64_t sum = 0;
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(arena_fmt(&n->arena, &path, &err, "%s/exchange.db", n->folder));
    EXPECT_OK(exchange_open_read(driver, n->world, path.ptr, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_books(&txn, count_version, &sum, &err));
    txn_release(&txn);
    db_close(db);
    return sum;
}

static uint64_t newest_of(struct node *n)
{
    struct buffer none = node_columns(n);
    json_t *shown = node_show(&n->local, CLERK_STATUS, &none);
    uint64_t version = (uint64_t)number_of(json_object_get(shown, "versions"), "codebook");
    json_decref(shown);
    return version;
}

TEST(an_added_book_is_held_over_a_restart_and_told)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes book = with(&n, embedded("book-1.txt"), "version 1\n", "version 2\n");
    EXPECT(versions_told(&n) == 1 && newest_of(&n) == 1);
    EXPECT(add(&n, &anna, book).done);
    EXPECT(add(&n, &anna, book).done); // again: it is there
    EXPECT(versions_told(&n) == 12 && newest_of(&n) == 2);
    clerk_hang_up(&anna);
    node_down(&n);
    node_up(&n);
    EXPECT(versions_told(&n) == 12 && newest_of(&n) == 2);
    anna = node_officer(&n, ANNA);
    EXPECT(remove_file(&n, &anna, book).done);
    EXPECT(versions_told(&n) == 1 && newest_of(&n) == 1);
    EXPECT(remove_file(&n, &anna, book).err.kind == ERR_NOT_FOUND);
    EXPECT(remove_file(&n, &anna, embedded("en.txt")).err.kind == ERR_DENIED);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(a_file_that_breaks_a_rule_changes_nothing)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes ru = embedded("ru.txt");
    struct bytes other = with(&n, embedded("book-1.txt"), "meaning ", "meaning Other. ");
    struct asked a = add(&n, &anna, with(&n, ru, "book elchi 1\n", "book elchi 2\n"));
    EXPECT(!a.done && a.err.kind == ERR_NOT_FOUND); // its book is not held
    a = add(&n, &anna, with(&n, ru, "phrase C01 ", "phrase C01 {lost} "));
    EXPECT(!a.done && a.err.kind == ERR_MALFORMED);
    EXPECT(add(&n, &anna, other).err.kind == ERR_CONFLICT);
    EXPECT(add(&n, &anna, bytes_of(ru.ptr, ru.len / 2)).err.kind == ERR_MALFORMED);
    EXPECT(!add(&n, &n.local, ru).done); // an officer's
    struct buffer none = node_columns(&n);
    a = node_ask(&n, &n.local, CLERK_CODEBOOK_FILES, &none);
    EXPECT(a.done && a.columns.len == 0);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(a_rendering_takes_the_place_of_the_one_added_before)
{
    struct node n;
    struct err err = {0};
    struct bytes out = {0};
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes first = with(&n, embedded("ru.txt"), "string draft ", "string draft 1 ");
    struct bytes second = with(&n, embedded("ru.txt"), "string draft ", "string draft 2 ");
    EXPECT(add(&n, &anna, first).done);
    struct asked a = add(&n, &anna, second);
    json_t *shown = parsed(&a);
    EXPECT(json_is_true(json_object_get(shown, "replaced")));
    json_decref(shown);
    struct digest hash = digest_of(second);
    struct buffer none = node_columns(&n);
    a = node_ask(&n, &n.local, CLERK_CODEBOOK_FILES, &none);
    EXPECT(bytes_eq(a.columns, bytes_of(hash.octets, DIGEST_BYTES)));
    EXPECT_OK(clerk_ask(&n.local, CLERK_CODEBOOK_GET, a.columns, &n.arena, &out, &err));
    struct reader r = reader_of(out);
    EXPECT(bytes_eq(reader_block32(&r), second));
    clerk_hang_up(&anna);
    end(&n);
}

// -- under which book ----------------------------------------------------------------------------
static struct digest hash_of_book(struct node *n, struct bytes file)
{
    struct err err = {0};
    struct book *book = arena_new(&n->arena, struct book, 1);
    EXPECT(book != NULL);
    EXPECT_OK(book_parse(file, &n->arena, book, &err));
    return book->hash;
}

// XB says that it holds these, at this time (0: in a session).
static bool xb_tells(struct node *n, const struct digest *hashes, const uint32_t *versions,
                     size_t count, int64_t written)
{
    struct err err = {0};
    struct clerk_book books[4];
    EXPECT(count <= 4);
    for (size_t i = 0; i < count; i++) {
        books[i] = (struct clerk_book){.name = STR("elchi"), .version = versions[i]};
        memcpy(books[i].prefix, hashes[i].octets, sizeof books[i].prefix);
    }
    const struct clerk_link *by = written == 0 ? &n->courier : &n->local;
    return clerk_take_books(by, STR(XB_ORIGIN), (struct moment){written}, books, count, &err);
}

// The version by which to write; 0: refused.
static uint64_t version_for(struct node *n, const char *to)
{
    struct buffer ask = node_columns(n);
    buffer_block16(&ask, str_bytes(str_of(to)));
    struct asked a = node_ask(n, &n->local, CLERK_BOOK_FOR, &ask);
    if (!a.done)
        return 0;
    json_t *shown = parsed(&a);
    uint64_t version = (uint64_t)number_of(shown, "version");
    json_decref(shown);
    return version;
}

TEST(the_newest_book_that_both_hold_is_written_under_and_the_communitys_while_nothing_is_known)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes first = embedded("book-1.txt");
    struct bytes second = with(&n, first, "version 1\n", "version 2\n");
    struct bytes third = with(&n, first, "version 1\n", "version 3\n");
    struct bytes other = with(&n, second, "meaning ", "meaning Other. ");
    const struct digest hashes[] = {hash_of_book(&n, first), hash_of_book(&n, second),
                                    hash_of_book(&n, third), hash_of_book(&n, other)};
    const uint32_t versions[] = {1, 2, 3, 2};
    EXPECT(add(&n, &anna, second).done && add(&n, &anna, third).done);
    EXPECT(version_for(&n, "XB") == 1 && version_for(&n, "all") == 1);
    EXPECT(xb_tells(&n, hashes, versions, 2, 0));
    EXPECT(version_for(&n, "XB") == 2 && version_for(&n, "all") == 1);
    EXPECT(xb_tells(&n, hashes, versions, 3, 1000)); // of long ago: a file that comes late
    EXPECT(version_for(&n, "XB") == 2);
    EXPECT(xb_tells(&n, &hashes[3], &versions[3], 1, 0)); // of that version another book
    EXPECT(version_for(&n, "XB") == 0);
    EXPECT(version_for(&n, "XC") == 0 && version_for(&n, "x") == 0);
    EXPECT(!xb_tells(&n, hashes, (const uint32_t[]){0}, 1, 0));
    clerk_hang_up(&anna);
    end(&n);
}

TEST(a_draft_under_a_book_that_the_addressee_does_not_hold_is_refused)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes second = with(&n, embedded("book-1.txt"), "version 1\n", "version 2\n");
    const struct digest hashes[] = {hash_of_book(&n, embedded("book-1.txt")),
                                    hash_of_book(&n, second)};
    const uint32_t versions[] = {1, 2};
    char named[DIGEST_TEXT_CHARS + 1];
    char ours[DIGEST_TEXT_CHARS + 1];
    EXPECT(add(&n, &anna, second).done);
    digest_write(&hashes[0], named);
    digest_write(&hashes[1], ours);
    struct bytes text = node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY);
    struct bytes newer = with(&n, with(&n, text, "codebook 1 ", "codebook 2 "), named, ours);
    EXPECT(draft_new(&n, &anna, newer).done); // nothing is known of XB yet
    EXPECT(xb_tells(&n, hashes, versions, 1, 0));
    struct asked a = draft_new(&n, &anna, newer);
    EXPECT(!a.done && a.err.kind == ERR_UNSUPPORTED);
    a = draft_new(&n, &anna, text);
    EXPECT(a.done);
    json_t *shown = parsed(&a);
    json_t *finding = json_array_get(json_object_get(shown, "findings"), 0);
    EXPECT(strcmp(text_of(finding, "word"), "codebook") == 0);
    EXPECT(strcmp(text_of(finding, "sentence"),
                  "Written under codebook 1: XB does not hold version 2.") == 0);
    json_decref(shown);
    EXPECT(xb_tells(&n, hashes, versions, 2, 0));
    EXPECT(draft_new(&n, &anna, newer).done);
    clerk_hang_up(&anna);
    end(&n);
}
