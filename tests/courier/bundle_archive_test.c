// Courier's files whose archive is not what it should be: other formats, compression, links,
// paths, sizes that lie, cut and changed octets. Nothing of it is unpacked, and nothing is changed.
#include "tests/courier/bundle_made.h"

#include <fcntl.h>

static struct parcel *honest(struct road *r)
{
    return parcel_open(r, bundle_from(r, XA));
}

// Not synced: nothing of it must outlive the test.
static const char *file_of(struct road *r, struct bytes octets)
{
    const char *path = road_file(r);
    FILE *to = fopen(path, "wb");
    EXPECT(to != NULL);
    EXPECT(fwrite(octets.ptr, 1, octets.len, to) == octets.len);
    EXPECT(fclose(to) == 0);
    return path;
}

// -- names and kinds of members ------------------------------------------------------------------
TEST(a_member_whose_name_is_a_path_is_refused_and_written_nowhere)
{
    static const char *const names[] = {
        "../escaped", "/tmp/elchi-escaped", "./index", "keys/../../escaped", "index/", "blob/..",
        "INDEX"};
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct parcel whole = *p;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t at = 0; at < 2; at++) {
            *p = whole;
            p->parts[at].name = names[i];
            expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "another member stands where");
        }
    EXPECT(!world_exists(r->all.world, state_path(&r->all, &r->all.at[XB], "../escaped")));
    EXPECT(!world_exists(r->all.world, state_path(&r->all, &r->all.at[XB], "escaped")));
    EXPECT(!world_exists(r->all.world, "/tmp/elchi-escaped"));
    road_end(r);
}

TEST(links_folders_and_devices_are_refused_under_every_members_name)
{
    static const unsigned types[] = {AE_IFLNK, AE_IFREG, AE_IFDIR, AE_IFIFO, AE_IFCHR};
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct parcel whole = *p;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (size_t at = 0; at < whole.count; at++) {
            bool hard = types[i] == AE_IFREG;
            *p = whole;
            p->parts[at].type = types[i];
            p->parts[at].link = hard || types[i] == AE_IFLNK ? "keeper/keyring" : NULL;
            p->parts[at].hard = hard;
            p->parts[at].octets.len = 0;
            struct digest before = road_digest(r, XB);
            struct reading_done out = road_read(r, XB, parcel_write(r, p));
            struct digest after = road_digest(r, XB);
            EXPECT(!out.done && out.err.kind == ERR_MALFORMED);
            EXPECT(digest_eq(&before, &after));
        }
    road_end(r);
}

TEST(an_empty_member_is_refused)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct parcel whole = *p;
    for (size_t at = 0; at < whole.count; at++) {
        *p = whole;
        p->parts[at].octets.len = 0;
        expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "is not a plain file");
    }
    road_end(r);
}

// -- formats and compression ---------------------------------------------------------------------
TEST(only_an_uncompressed_pax_or_ustar_file_is_a_bundle)
{
    static const int formats[] = {ARCHIVE_FORMAT_CPIO_POSIX, ARCHIVE_FORMAT_CPIO_SVR4_NOCRC,
                                  ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_MTREE};
    static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                                  ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_UU};
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        expect_refused(r, parcel_write_as(r, p, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, filters[i]),
                       ERR_MALFORMED, "this is no pax file");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        expect_refused(r, parcel_write_as(r, p, formats[i], ARCHIVE_FILTER_NONE), ERR_MALFORMED,
                       "this is no pax file");
    EXPECT(road_read(r, XB, parcel_write_as(r, p, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE))
               .done);
    EXPECT(held_of(r, XB, XA) == 2);
    road_end(r);
}

// 32 MiB of zeros as a few octets: refused before any of it is unpacked.
TEST(a_bomb_in_compression_is_refused_at_its_first_member)
{
    static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD};
    enum { ZEROS = 32 << 20 };
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    uint8_t *zeros = memory_new(ZEROS, 1);
    p->parts[p->count++] = (struct part){.name = "blob/zeros", .octets = bytes_of(zeros, ZEROS)};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        int64_t began = world_monotonic_ms(r->all.world);
        const char *path = parcel_write_as(r, p, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, filters[i]);
        int64_t packed = world_monotonic_ms(r->all.world);
        expect_refused(r, path, ERR_MALFORMED, "this is no pax file");
        int64_t refused = world_monotonic_ms(r->all.world);
        EXPECT(refused - packed < 1000 + packed - began);
    }
    memory_release(zeros);
    road_end(r);
}

// A ustar header of a name and a size, as anyone could write it.
static void header_of(uint8_t to[512], const char *name, const char *size_octal, char type)
{
    unsigned sum = 0;
    memset(to, 0, 512);
    (void)snprintf((char *)to, 100, "%s", name);
    memcpy(to + 100, "0000644", 8);
    memcpy(to + 108, "0000000", 8);
    memcpy(to + 116, "0000000", 8);
    memcpy(to + 124, size_octal, 12);
    memcpy(to + 136, "00000000000", 12);
    memset(to + 148, ' ', 8);
    to[156] = (uint8_t)type;
    memcpy(to + 257, "ustar\00000", 8);
    for (size_t i = 0; i < 512; i++)
        sum += to[i];
    (void)snprintf((char *)to + 148, 8, "%06o", sum);
}

TEST(a_size_that_lies_is_refused_without_the_memory_it_asks_for)
{
    static const char *const sizes[] = {"77777777777", "00010000000", "00000000001", "00000000000"};
    struct road *r = road_new(1);
    uint8_t file[2048] = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        header_of(file, "index", sizes[i], '0');
        memset(file + 512, 'x', 512);
        struct digest before = road_digest(r, XB);
        struct reading_done out = road_read(r, XB, file_of(r, bytes_of(file, sizeof file)));
        struct digest after = road_digest(r, XB);
        EXPECT(!out.done && (out.err.kind == ERR_MALFORMED || out.err.kind == ERR_LIMIT));
        EXPECT(digest_eq(&before, &after));
    }
    // The old GNU form of a sparse file promises much and holds nothing.
    header_of(file, "index", "00000000000", 'S');
    struct reading_done sparse = road_read(r, XB, file_of(r, bytes_of(file, sizeof file)));
    EXPECT(!sparse.done && sparse.err.kind == ERR_MALFORMED);
    road_end(r);
}

TEST(an_index_above_its_bound_is_refused_before_it_is_read)
{
    enum { LARGE = BUNDLE_INDEX_BYTES_MAX + 65536 };
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    uint8_t *octets = memory_new(LARGE, 1);
    memset(octets, 'x', LARGE);
    p->parts[0].octets = bytes_of(octets, LARGE);
    expect_refused(r, parcel_write(r, p), ERR_LIMIT, "an index of");
    memory_release(octets);
    road_end(r);
}

// -- cut, lengthened and changed -----------------------------------------------------------------
TEST(a_file_cut_anywhere_among_its_members_is_refused_and_changes_nothing)
{
    struct road *r = road_new(1);
    const char *path = bundle_from(r, XA);
    struct bytes whole = test_file(&r->all.arena, path);
    size_t end = whole.len - 1024;
    // Two blocks of zeros end a pax file; all members stand before them, and only members count.
    for (size_t len = 0; len < end; len += 193) {
        struct reading_done out = road_read(r, XB, file_of(r, bytes_of(whole.ptr, len)));
        EXPECT(!out.done && out.err.kind == ERR_MALFORMED);
    }
    EXPECT(held_of(r, XB, XA) == 0);
    struct digest before = road_digest(r, XB);
    for (size_t len = 0; len < end; len += 512)
        EXPECT(!road_read(r, XB, file_of(r, bytes_of(whole.ptr, len))).done);
    struct digest after = road_digest(r, XB);
    EXPECT(digest_eq(&before, &after));
    EXPECT(road_read(r, XB, path).done);
    road_end(r);
}

TEST(octets_after_the_end_are_refused)
{
    struct road *r = road_new(1);
    struct bytes whole = test_file(&r->all.arena, bundle_from(r, XA));
    uint8_t *more = arena_new(&r->all.arena, uint8_t, whole.len + 4096);
    memcpy(more, whole.ptr, whole.len);
    expect_refused(r, file_of(r, bytes_of(more, whole.len + 1)), ERR_MALFORMED, "after the end");
    memset(more + whole.len, 'x', 4096);
    expect_refused(r, file_of(r, bytes_of(more, whole.len + 4096)), ERR_MALFORMED, "");
    memcpy(more + whole.len, whole.ptr, 1024); // a second file behind the first
    expect_refused(r, file_of(r, bytes_of(more, whole.len + 1024)), ERR_MALFORMED, "");
    road_end(r);
}

// Every 19th octet changed: refused, or it was of no account (an owner's name, a padding), and then
// the same index was read.
TEST(an_octet_changed_anywhere_is_refused_or_of_no_account)
{
    struct road *r = road_new(1);
    struct err err = {0};
    struct bytes whole = test_file(&r->all.arena, bundle_from(r, XA));
    struct bundle_source source = road_source(r, XB);
    uint8_t *changed = arena_new(&r->all.arena, uint8_t, whole.len);
    struct bundle_index honest_index;
    const char *first = file_of(r, whole);
    struct digest before = road_digest(r, XB);
    EXPECT_OK(bundle_verify(&source, first, &r->all.arena, &honest_index, &err));
    memcpy(changed, whole.ptr, whole.len);
    for (size_t i = 0; i < whole.len; i += 19) {
        struct arena a;
        struct bundle_index index;
        arena_init(&a, 64 << 20);
        changed[i] ^= (uint8_t)(1U << i % 8);
        err = (struct err){0};
        const char *path = file_of(r, bytes_of(changed, whole.len));
        if (bundle_verify(&source, path, &a, &index, &err))
            EXPECT(index.members_count == honest_index.members_count);
        else
            EXPECT(err.kind != ERR_NONE && road_read(r, XB, path).done == false);
        EXPECT_OK(world_remove(r->all.world, path, &err));
        changed[i] ^= (uint8_t)(1U << i % 8);
        arena_release(&a);
    }
    struct digest after = road_digest(r, XB);
    EXPECT(digest_eq(&before, &after));
    EXPECT(held_of(r, XB, XA) == 0);
    road_end(r);
}
