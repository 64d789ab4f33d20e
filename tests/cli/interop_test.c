// The tools other programs are compared through: an identity file is read as age-keygen writes it
// and never guessed at; a static log is believed only when every one of its files fits.
#include "cli/commands.h"
#include "cli/identity.h"
#include "log/note.h"
#include "tests/test.h"

#include <stdio.h>
#include <unistd.h>

enum { PATH_MAX_CHARS = 512, SHOWN_MAX = 65536 };
static const char identity[] =
    "AGE-SECRET-KEY-1Z362E5MHGPKLWL8V9P5HFYY9N23PS7PY8YREA6N6U86TXYZ9QNSQ2U8DT2\n";
static struct arena arena;

static void put(const char *path, const void *octets, size_t size)
{
    struct err err = {0};
    EXPECT_OK(world_write_file(world_real(), path, bytes_of(octets, size), 0600, &err));
}

static const char *in_folder(const char *folder, const char *name)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(&arena, &path, &err, "%s/%s", folder, name));
    return path.ptr;
}

// A path that nothing stands at yet, in the one folder of this program.
static const char *fresh(const char *name)
{
    static char base[PATH_MAX_CHARS];
    static unsigned count;
    char numbered[64];
    if (count == 0)
        (void)snprintf(base, sizeof base, "%s", test_folder(&arena));
    (void)snprintf(numbered, sizeof numbered, "%u-%s", ++count, name);
    return in_folder(base, numbered);
}

// -- identity files ------------------------------------------------------------------------------
static bool read_text(const char *text, size_t size, struct secret *ret, struct err *err)
{
    const char *path = fresh("identity");
    put(path, text, size);
    return identity_file_read(path, ret, err);
}

static void expect_kind(const char *text, enum err_kind kind, const char *word)
{
    struct err err = {0};
    struct secret got = {0};
    EXPECT_ERR(read_text(text, strlen(text), &got, &err), kind);
    EXPECT(got.ptr == NULL);
    EXPECT(strstr(err.text, word) != NULL);
}

TEST(comments_and_empty_lines_around_an_identity_are_passed_over)
{
    struct err err = {0};
    struct secret plain = {0};
    struct secret dressed = {0};
    char text[512];
    arena_init(&arena, 1 << 24);
    EXPECT_OK(read_text(identity, strlen(identity), &plain, &err));
    EXPECT(plain.len == AGE_KEY_BYTES);
    (void)snprintf(text, sizeof text, "# created: 2026-07-14T04:01:05Z\n# public key: age1\n\n%s\n",
                   identity);
    EXPECT_OK(read_text(text, strlen(text), &dressed, &err));
    EXPECT(secret_eq(&plain, &dressed));
    secret_release(&dressed);
    EXPECT_OK(read_text(identity, strlen(identity) - 1, &dressed, &err)); // no line end
    EXPECT(secret_eq(&plain, &dressed));
    secret_release(&dressed);
    secret_release(&plain);
    arena_release(&arena);
}

TEST(a_file_without_exactly_one_identity_is_refused_and_says_why)
{
    char text[512];
    struct err err = {0};
    struct secret got = {0};
    arena_init(&arena, 1 << 24);
    expect_kind("", ERR_MALFORMED, "holds no identity");
    expect_kind("# only a comment\n\n", ERR_MALFORMED, "holds no identity");
    (void)snprintf(text, sizeof text, "%s%s", identity, identity);
    expect_kind(text, ERR_MALFORMED, "more than one identity");
    expect_kind("age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg\n", ERR_MALFORMED,
                "identity");
    (void)snprintf(text, sizeof text, "%.*s\r\n", (int)strlen(identity) - 1, identity);
    EXPECT_ERR(read_text(text, strlen(text), &got, &err), ERR_MALFORMED);
    EXPECT_ERR(identity_file_read("/nowhere/at/all", &got, &err), ERR_NOT_FOUND);
    arena_release(&arena);
}

TEST(a_file_longer_than_any_identity_file_is_refused)
{
    struct err err = {0};
    struct secret got = {0};
    char *long_text = memory_new(70000, 1);
    memset(long_text, '#', 70000);
    arena_init(&arena, 1 << 24);
    EXPECT_ERR(read_text(long_text, 70000, &got, &err), ERR_LIMIT);
    arena_release(&arena);
    memory_release(long_text);
}

// -- static logs ---------------------------------------------------------------------------------
struct shown {
    char text[SHOWN_MAX];
    size_t size;
};

// A command as the table calls it, with what it printed.
static bool call(command_run *run, const char *const *words, struct shown *ret, struct err *err)
{
    static struct cli cli;
    memset(&cli, 0, sizeof cli);
    cli.world = world_real();
    arena_init(&cli.arena, (size_t)64 << 20);
    for (; words[cli.arguments_count] != NULL; cli.arguments_count++)
        cli.arguments[cli.arguments_count] = words[cli.arguments_count];
    FILE *to = tmpfile();
    EXPECT(to != NULL);
    EXPECT(fflush(stdout) == 0);
    int kept = dup(STDOUT_FILENO);
    EXPECT(dup2(fileno(to), STDOUT_FILENO) == STDOUT_FILENO);
    bool done = run(&cli, err);
    (void)fflush(stdout);
    EXPECT(dup2(kept, STDOUT_FILENO) == STDOUT_FILENO);
    EXPECT(close(kept) == 0);
    rewind(to);
    ret->size = fread(ret->text, 1, SHOWN_MAX - 1, to);
    ret->text[ret->size] = '\0';
    EXPECT(fclose(to) == 0);
    arena_release(&cli.arena);
    return done;
}

struct made {
    const char *folder;
    char vkey[512];
    struct shown shown;
};

static struct made *make_log(const char *entries)
{
    struct err err = {0};
    struct made *m = arena_new(&arena, struct made, 1);
    EXPECT(m != NULL);
    m->folder = fresh("log");
    const char *const words[] = {"xa.example/tools", m->folder, entries, NULL};
    EXPECT_OK(call(cmd_test_log_make, words, &m->shown, &err));
    (void)snprintf(m->vkey, sizeof m->vkey, "%.*s", (int)strcspn(m->shown.text, "\n"),
                   m->shown.text);
    return m;
}

static bool checks(struct made *m, struct err *err)
{
    const char *const words[] = {m->vkey, m->folder, NULL};
    return call(cmd_test_log, words, &m->shown, err);
}

static void expect_checked(const char *entries)
{
    struct err err = {0};
    struct made *m = make_log(entries);
    EXPECT_OK(checks(m, &err));
    EXPECT(strncmp(m->shown.text, entries, strlen(entries)) == 0);
}

TEST(a_log_of_any_size_that_is_made_is_checked)
{
    static const char *const sizes[] = {"0", "1", "255", "256", "257", "1000"};
    arena_init(&arena, (size_t)64 << 20);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        expect_checked(sizes[i]);
    arena_release(&arena);
}

// What one changed, missing or added octet of a file does to the check.
static void expect_refused(struct made *m, const char *path, size_t size, size_t stride)
{
    struct err err = {0};
    struct bytes whole = test_file(&arena, path);
    EXPECT(whole.len == size);
    uint8_t *copy = arena_new(&arena, uint8_t, size + 1);
    EXPECT(copy != NULL);
    memcpy(copy, whole.ptr, size);
    for (size_t at = 0; at < size; at += stride) {
        copy[at] ^= 1;
        put(path, copy, size);
        err = (struct err){0};
        EXPECT(!checks(m, &err));
        EXPECT(err.kind == ERR_TAMPERED || err.kind == ERR_MALFORMED || err.kind == ERR_LIMIT ||
               err.kind == ERR_CONFLICT || err.kind == ERR_NOT_FOUND);
        EXPECT(err.text[0] != '\0');
        copy[at] ^= 1;
    }
    put(path, copy, size - 1);
    EXPECT(!checks(m, &err));
    put(path, copy, size + 1);
    EXPECT(!checks(m, &err));
    EXPECT(remove(path) == 0);
    EXPECT_ERR(checks(m, &err), ERR_NOT_FOUND);
    put(path, copy, size);
    err = (struct err){0};
    EXPECT_OK(checks(m, &err));
}

TEST(a_log_with_one_octet_changed_missing_or_added_in_any_file_is_refused)
{
    arena_init(&arena, (size_t)64 << 20);
    struct made *m = make_log("300");
    const char *head = in_folder(m->folder, "checkpoint");
    expect_refused(m, head, test_file(&arena, head).len, 7);
    expect_refused(m, in_folder(m->folder, "tile/0/000"), 8192, 1021);
    expect_refused(m, in_folder(m->folder, "tile/0/001.p/44"), (size_t)44 * 32, 211);
    expect_refused(m, in_folder(m->folder, "tile/1/000.p/1"), 32, 5);
    expect_refused(m, in_folder(m->folder, "tile/entries/001.p/44"), (size_t)44 * 12, 37);
    arena_release(&arena);
}

TEST(a_log_is_made_in_a_new_folder_only_and_not_without_bound)
{
    struct err err = {0};
    struct shown *shown = memory_new(1, sizeof *shown);
    arena_init(&arena, (size_t)64 << 20);
    struct made *m = make_log("1");
    const char *const same[] = {"xa.example/tools", m->folder, "2", NULL};
    EXPECT_ERR(call(cmd_test_log_make, same, shown, &err), ERR_CONFLICT);
    err = (struct err){0};
    EXPECT_OK(checks(m, &err)); // the first one stands
    const char *other = fresh("other");
    const char *const many[] = {"xa.example/tools", other, "16777217", NULL};
    EXPECT_ERR(call(cmd_test_log_make, many, shown, &err), ERR_USAGE);
    const char *const named[] = {"two words", other, "1", NULL};
    EXPECT_ERR(call(cmd_test_log_make, named, shown, &err), ERR_MALFORMED);
    EXPECT(!world_exists(world_real(), other));
    arena_release(&arena);
    memory_release(shown);
}

TEST(a_proof_is_printed_only_when_the_folder_bears_it_out)
{
    struct err err = {0};
    struct shown *shown = memory_new(1, sizeof *shown);
    uint8_t tile[8192];
    arena_init(&arena, (size_t)64 << 20);
    struct made *m = make_log("300");
    const char *path = in_folder(m->folder, "tile/0/000");
    const char *const good[] = {m->folder, "299", NULL};
    EXPECT_OK(call(cmd_test_proof_make, good, shown, &err));
    EXPECT(strncmp(shown->text, "c2sp.org/tlog-proof@v1\nindex 299\n", 33) == 0);
    const char *const beyond[] = {m->folder, "300", NULL};
    EXPECT_ERR(call(cmd_test_proof_make, beyond, shown, &err), ERR_USAGE);
    struct bytes whole = test_file(&arena, path);
    memcpy(tile, whole.ptr, sizeof tile);
    tile[32] ^= 1; // the hash of entry 1, which stands in the path of entry 0
    put(path, tile, sizeof tile);
    const char *const changed[] = {m->folder, "0", NULL};
    EXPECT_ERR(call(cmd_test_proof_make, changed, shown, &err), ERR_TAMPERED);
    EXPECT(shown->size == 0);
    arena_release(&arena);
    memory_release(shown);
}
