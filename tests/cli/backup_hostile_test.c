// A backup is opened by whoever holds the recovery identity, but anybody may have sealed one to it:
// what no backup holds is refused by name, and no folder is left behind.
#define _DEFAULT_SOURCE // libarchive's header wants ssize_t's friends
#include "cli/archive.h"
#include "crypto/age_key.h"
#include "tests/test.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

enum { ARCHIVE_BYTES = 65536 };
static struct cli *cli;
static const char *folder;
static struct age_recipient recipient;

static const char *path_of(const char *name)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(&cli->arena, &path, &err, "%s/%s", folder, name));
    return path.ptr;
}

static void begin(void)
{
    struct err err = {0};
    struct secret identity = {0};
    char text[AGE_IDENTITY_CHARS + 2];
    crypto_start();
    cli = memory_new(1, sizeof *cli);
    cli->world = world_real();
    arena_init(&cli->arena, 64 << 20);
    folder = test_folder(&cli->arena);
    age_identity_new(cli->world, &identity);
    age_recipient_of(&identity, &recipient);
    age_identity_write(&identity, text);
    text[AGE_IDENTITY_CHARS] = '\n';
    EXPECT_OK(world_write_file(cli->world, path_of("identity"),
                               bytes_of(text, AGE_IDENTITY_CHARS + 1), 0600, &err));
    secret_release(&identity);
}

static void end(void)
{
    arena_release(&cli->arena);
    memory_release(cli);
}

// -- an archive ----------------------------------------------------------------------------------
struct part {
    const char *name;
    unsigned type; // 0: a plain file
};
static const struct part whole[] = {{"exchange.db", 0},
                                    {"office.db", 0},
                                    {"elchi.conf", 0},
                                    {"keeper/keyring", 0},
                                    {"keeper/register", 0}};
enum { WHOLE = sizeof whole / sizeof whole[0] };

static void put_part(struct archive *a, const struct part *p)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, p->name);
    archive_entry_set_filetype(e, p->type == 0 ? AE_IFREG : p->type);
    archive_entry_set_perm(e, 0600);
    if (p->type == AE_IFLNK)
        archive_entry_set_symlink(e, "/etc/passwd");
    archive_entry_set_size(e, p->type == 0 ? 5 : 0);
    EXPECT(archive_write_header(a, e) == ARCHIVE_OK);
    EXPECT(p->type != 0 || archive_write_data(a, "words", 5) == 5);
    archive_entry_free(e);
}

static struct bytes archive_of(const struct part *more, size_t count, size_t left_out)
{
    size_t used = 0;
    uint8_t *room = arena_new(&cli->arena, uint8_t, ARCHIVE_BYTES);
    struct archive *a = archive_write_new();
    EXPECT(archive_write_set_format_pax_restricted(a) == ARCHIVE_OK);
    EXPECT(archive_write_open_memory(a, room, ARCHIVE_BYTES, &used) == ARCHIVE_OK);
    for (size_t i = 0; i < WHOLE; i++)
        if (i != left_out)
            put_part(a, &whole[i]);
    for (size_t i = 0; i < count; i++)
        put_part(a, &more[i]);
    EXPECT(archive_write_close(a) == ARCHIVE_OK);
    (void)archive_write_free(a);
    return bytes_of(room, used);
}

// -- reading it ----------------------------------------------------------------------------------
static bool restore(struct bytes plain, struct err *err)
{
    struct bytes sealed;
    FILE *to = fopen(path_of("backup"), "wb");
    EXPECT(age_file_seal(cli->world, &recipient, 1, plain, &cli->arena, &sealed, err));
    EXPECT(to != NULL);
    EXPECT(fwrite(sealed.ptr, 1, sealed.len, to) == sealed.len);
    EXPECT(fclose(to) == 0);
    return archive_read_backup(cli, path_of("backup"), path_of("identity"), path_of("node"), err);
}

static void expect_refused(struct bytes plain, const char *says)
{
    struct err err = {0};
    if (restore(plain, &err) || err.kind != ERR_MALFORMED || strstr(err.text, says) == NULL)
        fail_msg("wanted malformed \"%s\", got %s \"%s\"", says, err_kind_word(err.kind), err.text);
    EXPECT(!world_exists(cli->world, path_of("node"))); // nothing is left behind
}

TEST(a_whole_backup_is_unpacked)
{
    struct err err = {0};
    begin();
    EXPECT_OK(restore(archive_of(NULL, 0, WHOLE), &err));
    struct bytes conf = test_file(&cli->arena, path_of("node/elchi.conf"));
    EXPECT(bytes_eq(conf, bytes_of("words", 5)));
    end();
}

TEST(a_backup_without_a_part_is_refused_by_the_parts_name)
{
    begin();
    for (size_t i = 0; i < WHOLE; i++)
        expect_refused(archive_of(NULL, 0, i), whole[i].name);
    end();
}

TEST(a_backup_with_another_name_a_path_a_link_or_a_part_twice_is_refused)
{
    static const struct part more[] = {
        {"../escaped", 0},      {"/tmp/elchi-escaped", 0}, {"keeper/state.0", 0}, {"elchi.conf", 0},
        {"manifest", AE_IFLNK}, {"manifest", AE_IFDIR},    {"./manifest", 0}};
    begin();
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        expect_refused(archive_of(&more[i], 1, WHOLE), "the backup holds what no backup holds");
    EXPECT(!world_exists(cli->world, path_of("escaped")));
    EXPECT(!world_exists(cli->world, "/tmp/elchi-escaped"));
    end();
}

TEST(what_is_no_archive_or_is_cut_is_refused)
{
    begin();
    struct bytes plain = archive_of(NULL, 0, WHOLE);
    for (size_t len = 512; len + 1024 < plain.len; len += 509) {
        struct err err = {0};
        EXPECT(!restore(bytes_of(plain.ptr, len), &err) && err.kind == ERR_MALFORMED);
        EXPECT(!world_exists(cli->world, path_of("node")));
    }
    expect_refused(bytes_of("words", 5), "");
    end();
}

// The size stands in octal at 124, the sum of the header at 148.
static void lie_about_size(uint8_t *header, const char *octal)
{
    unsigned sum = 0;
    memcpy(header + 124, octal, 12);
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += header[i];
    (void)snprintf((char *)header + 148, 8, "%06o", sum);
}

TEST(a_part_that_claims_more_than_the_archive_holds_takes_no_memory)
{
    begin();
    struct bytes plain = archive_of(NULL, 0, WHOLE);
    uint8_t *changed = arena_new(&cli->arena, uint8_t, plain.len);
    memcpy(changed, plain.ptr, plain.len);
    lie_about_size(changed, "77777777777");
    expect_refused(bytes_of(changed, plain.len), "the backup holds what no backup holds");
    // The same in base 256: more than any machine has.
    memcpy(changed, plain.ptr, plain.len);
    lie_about_size(changed, "\x80\0\0\0\x3f\xff\xff\xff\xff\xff\xff\xff");
    expect_refused(bytes_of(changed, plain.len), "");
    end();
}
