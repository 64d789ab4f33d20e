// cli/cmd_backup.c - a node as one age file, and back.
//
// What is inside, as a pax archive: exchange.db, office.db, the keeper's files but its state,
// elchi.conf, manifest. The keeper's state stays out: whoever comes back from a backup does not
// know what was signed since, and asks the partners first (DESIGN section 9).
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/link.h"
#include "crypto/age.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, PIECE_BYTES = 65536, RECIPIENTS_MAX = 16, RECIPIENT_LIST_BYTES = 65536 };

// -- recipients ----------------------------------------------------------------------------------
struct recipients {
    struct age_recipient items[RECIPIENTS_MAX];
    size_t count;
};

static bool add_recipient(struct recipients *r, struct str text, struct err *err)
{
    if (r->count == RECIPIENTS_MAX)
        return err_set(err, ERR_LIMIT, NULL, "at most %d recovery recipients", RECIPIENTS_MAX);
    return age_recipient_read(text, &r->items[r->count++], err);
}

// --recipient, else FOLDER/recovery-recipients: one a line, # begins a comment.
static bool recipients_of(struct cli *cli, struct recipients *r, struct err *err)
{
    char path[PATH_BYTES];
    struct bytes file;
    struct str text;
    struct str line;
    const struct option_values *given = &cli->options[OPTION_RECIPIENT];
    for (size_t i = 0; i < given->count; i++)
        if (!add_recipient(r, str_of(given->items[i]), err))
            return err_wrap(err, "--recipient");
    (void)snprintf(path, sizeof path, "%s/recovery-recipients", command_folder(cli));
    if (r->count > 0 || !world_exists(cli->world, path))
        return r->count > 0 || err_set(err, ERR_USAGE, "DESIGN 9",
                                       "name who may open the backup: --recipient age1.. or "
                                       "the file recovery-recipients in the node's folder");
    if (!world_read_file(cli->world, path, RECIPIENT_LIST_BYTES, &cli->arena, &file, err) ||
        !text_check(file, &text, err))
        return err_wrap(err, "recovery-recipients");
    while (text.len > 0 && str_split(&text, '\n', &line))
        if (line.len > 0 && line.ptr[0] != '#' && !add_recipient(r, line, err))
            return err_wrap(err, "recovery-recipients");
    return r->count > 0 || err_set(err, ERR_USAGE, NULL, "recovery-recipients names nobody");
}

// -- writing -------------------------------------------------------------------------------------
struct packing {
    struct cli *cli;
    FILE *out;
    struct age_stream stream;
    struct archive *archive;
    struct err *err;
};

static bool put_out(void *context, struct bytes piece, struct err *err)
{
    struct packing *p = context;
    return fwrite(piece.ptr, 1, piece.len, p->out) == piece.len ||
           err_set(err, ERR_IO, NULL, "cannot write the backup");
}

static la_ssize_t put_archive(struct archive *a, void *context, const void *octets, size_t size)
{
    struct packing *p = context;
    (void)a;
    return age_stream_put(&p->stream, bytes_of(octets, size), p->err) ? (la_ssize_t)size : -1;
}

static bool archive_failed(struct packing *p)
{
    if (p->err->kind != ERR_NONE)
        return false; // the sink said more
    const char *why = archive_error_string(p->archive);
    return err_set(p->err, ERR_IO, NULL, "the archive: %.160s", why == NULL ? "unknown" : why);
}

static bool pack_octets(struct packing *p, FILE *from, uint64_t size)
{
    uint8_t *piece = memory_new(1, PIECE_BYTES);
    uint64_t done = 0;
    size_t n = 1;
    bool well = true;
    while (well && done < size && n > 0) {
        n = fread(piece, 1, PIECE_BYTES, from);
        well = archive_write_data(p->archive, piece, n) == (la_ssize_t)n || archive_failed(p);
        done += n;
        say_progress(p->cli, "backup", done, size);
    }
    if (well && done != size)
        well = err_set(p->err, ERR_IO, NULL, "a file changed while it was read");
    secret_wipe(piece, PIECE_BYTES);
    memory_release(piece);
    return well;
}

// A file that is not there is left out: what must be there, the caller made itself.
static bool pack_file(struct packing *p, const char *path, const char *name)
{
    struct stat s;
    FILE *from = fopen(path, "rb");
    if (from == NULL)
        return true;
    struct archive_entry *e = archive_entry_new();
    bool done =
        fstat(fileno(from), &s) == 0 || err_set(p->err, ERR_IO, NULL, "cannot read %.160s", path);
    if (done) {
        archive_entry_set_pathname(e, name);
        archive_entry_set_size(e, s.st_size);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0600);
        done = (archive_write_header(p->archive, e) == ARCHIVE_OK || archive_failed(p)) &&
               pack_octets(p, from, (uint64_t)s.st_size);
    }
    archive_entry_free(e);
    (void)fclose(from); // only read
    return done;
}

static bool pack_keeper(struct packing *p, const char *folder)
{
    char path[PATH_BYTES];
    char name[PATH_BYTES];
    struct dirent *one;
    bool done = true;
    (void)snprintf(path, sizeof path, "%s/keeper", folder);
    DIR *d = opendir(path);
    if (d == NULL)
        return err_set(p->err, ERR_NOT_FOUND, NULL, "there is no keeper in %.160s", folder);
    while (done && (one = readdir(d)) != NULL) {
        if (!text_is_file_name(str_of(one->d_name)) || strncmp(one->d_name, "state", 5) == 0)
            continue;
        (void)snprintf(path, sizeof path, "%.3000s/keeper/%.200s", folder, one->d_name);
        (void)snprintf(name, sizeof name, "keeper/%.200s", one->d_name);
        done = pack_file(p, path, name);
    }
    (void)closedir(d);
    return done;
}

static bool pack_all(struct packing *p, const char *folder, const char *copies)
{
    static const char *const from_copies[] = {"exchange.db", "office.db"};
    static const char *const from_folder[] = {"elchi.conf", "manifest", "recovery-recipients"};
    char path[PATH_BYTES];
    bool done = true;
    for (size_t i = 0; done && i < sizeof from_copies / sizeof *from_copies; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", copies, from_copies[i]);
        done = pack_file(p, path, from_copies[i]);
    }
    for (size_t i = 0; done && i < sizeof from_folder / sizeof *from_folder; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, from_folder[i]);
        done = pack_file(p, path, from_folder[i]);
    }
    return done && pack_keeper(p, folder);
}

static bool pack(struct packing *p, const struct recipients *r, const char *copies)
{
    struct age_sink sink = {put_out, p};
    if (!age_file_seal_begin(&p->stream, p->cli->world, r->items, r->count, sink, p->err))
        return false;
    p->archive = archive_write_new();
    bool done = archive_write_set_format_pax_restricted(p->archive) == ARCHIVE_OK &&
                archive_write_open(p->archive, p, NULL, put_archive, NULL) == ARCHIVE_OK;
    done = (done || archive_failed(p)) && pack_all(p, command_folder(p->cli), copies);
    if (done)
        done = archive_write_close(p->archive) == ARCHIVE_OK || archive_failed(p);
    (void)archive_write_free(p->archive); // closed above, or failed already
    done = done && age_stream_end(&p->stream, p->err);
    age_stream_release(&p->stream);
    return done;
}

static bool copy_stores(struct cli *cli, const char *copies, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct buffer columns;
    struct bytes answer;
    if (!link_open(cli, &l, err))
        return false;
    buffer_init(&columns, &cli->arena, PATH_BYTES + 2);
    buffer_block16(&columns, str_bytes(str_of(copies)));
    bool done =
        clerk_ask(&l.clerk, CLERK_BACKUP, buffer_bytes(&columns), &cli->arena, &answer, err);
    link_close(&l);
    return done;
}

static void drop_copies(const char *copies)
{
    static const char *const names[] = {"exchange.db", "office.db"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", copies, names[i]);
        (void)remove(path); // may never have been made
    }
    (void)rmdir(copies);
}

static bool write_backup(struct cli *cli, const struct recipients *r, const char *copies,
                         const char *out, struct err *err)
{
    struct packing p = {.cli = cli, .err = err};
    if (world_exists(cli->world, out))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists and is not overwritten", out);
    p.out = fopen(out, "wb");
    if (p.out == NULL)
        return err_set(err, ERR_IO, NULL, "cannot write %.160s", out);
    bool done = pack(&p, r, copies);
    if (fflush(p.out) != 0 || fsync(fileno(p.out)) != 0)
        done = done && err_set(err, ERR_IO, NULL, "cannot write %.160s", out);
    (void)fclose(p.out); // flushed above
    if (!done)
        (void)remove(out); // half a backup is none
    say_progress_done(cli);
    return done;
}

bool cmd_backup(struct cli *cli, struct err *err)
{
    char folder[PATH_BYTES];
    char copies[PATH_BYTES];
    struct recipients r = {.count = 0};
    const char *out = option_value(cli, OPTION_OUT, NULL);
    if (out == NULL)
        return err_set(err, ERR_USAGE, NULL, "say where to write the backup: --out FILE");
    if (!recipients_of(cli, &r, err))
        return false;
    // the clerk's process has its own working folder
    if (realpath(command_folder(cli), folder) == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no node in %.160s", command_folder(cli));
    (void)snprintf(copies, sizeof copies, "%.4000s/backup.%ld", folder, (long)getpid());
    bool done = world_make_folder(cli->world, copies, 0700, err) && copy_stores(cli, copies, err) &&
                write_backup(cli, &r, copies, out, err);
    drop_copies(copies);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:I}", "file", out, "recipients", (json_int_t)r.count),
                        err);
    say("%s holds the node for %zu recovery recipients. Keep it, and an identity that opens it, "
        "in two other places.\n",
        out, r.count);
    return true;
}

// -- restoring -----------------------------------------------------------------------------------
struct unpacking {
    FILE *in;
    struct age_stream stream;
    uint8_t *piece; // PIECE_BYTES
    struct bytes header_rest;
    bool at_end;
    uint8_t *ready; // what the stream gave since the archive asked
    size_t ready_len, ready_cap;
    struct err *err;
};

static bool put_ready(void *context, struct bytes piece, struct err *err)
{
    struct unpacking *u = context;
    if (piece.len > u->ready_cap - u->ready_len)
        return err_set(err, ERR_LIMIT, "cli/cmd_backup.c", "more than two chunks at once");
    memcpy(u->ready + u->ready_len, piece.ptr, piece.len);
    u->ready_len += piece.len;
    return true;
}

// The archive asks for octets; the stream gives them chunk by chunk, each verified before.
static la_ssize_t get_archive(struct archive *a, void *context, const void **ret)
{
    struct unpacking *u = context;
    (void)a;
    u->ready_len = 0;
    while (u->ready_len == 0 && !u->at_end) {
        size_t n = fread(u->piece, 1, PIECE_BYTES, u->in);
        u->at_end = n == 0;
        bool well = n > 0 ? age_stream_put(&u->stream, bytes_of(u->piece, n), u->err)
                          : age_stream_end(&u->stream, u->err);
        if (!well)
            return -1;
    }
    *ret = u->ready;
    return (la_ssize_t)u->ready_len;
}

// Only names that `elchi backup` writes: nothing climbs out of the new folder.
static bool name_allowed(const char *name)
{
    if (strncmp(name, "keeper/", 7) == 0)
        name += 7;
    return text_is_file_name(str_of(name)) && strncmp(name, "state", 5) != 0;
}

static bool unpack_octets(struct archive *a, const char *path, struct err *err)
{
    uint8_t piece[4096];
    FILE *to = fopen(path, "wb");
    la_ssize_t n = 1;
    if (to == NULL)
        return err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
    bool done = chmod(path, 0600) == 0;
    while (done && n > 0) {
        n = archive_read_data(a, piece, sizeof piece);
        done = n >= 0 && fwrite(piece, 1, (size_t)n, to) == (size_t)n;
    }
    done = done && fflush(to) == 0 && fsync(fileno(to)) == 0;
    (void)fclose(to); // flushed above
    secret_wipe(piece, sizeof piece);
    return done || err->kind != ERR_NONE || err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
}

static bool unpack_members(struct archive *a, const char *folder, struct err *err)
{
    char path[PATH_BYTES];
    struct archive_entry *e;
    int code = ARCHIVE_OK;
    bool done = true;
    while (done && (code = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(e);
        if (name == NULL || !name_allowed(name) || archive_entry_filetype(e) != AE_IFREG)
            return err_set(err, ERR_MALFORMED, "cli/cmd_backup.c",
                           "the backup holds a member that no backup has");
        (void)snprintf(path, sizeof path, "%.3800s/%.250s", folder, name);
        done = unpack_octets(a, path, err);
    }
    if (done && code != ARCHIVE_EOF && err->kind == ERR_NONE)
        return err_set(err, ERR_TAMPERED, "C2SP age", "the backup is damaged");
    return done && code == ARCHIVE_EOF;
}

static bool open_backup(struct cli *cli, struct unpacking *u, const struct secret *identity,
                        struct err *err)
{
    struct age_header header;
    struct age_file_key key;
    uint8_t *head = memory_new(1, AGE_HEADER_BYTES_MAX);
    struct age_sink sink = {put_ready, u};
    size_t n = fread(head, 1, AGE_HEADER_BYTES_MAX, u->in);
    bool done = age_header_parse(bytes_of(head, n), &cli->arena, &header, err) &&
                age_header_open(&header, identity, &key, err) &&
                age_header_check(&header, &key, err);
    if (done) {
        done = fseek(u->in, (long)header.size, SEEK_SET) == 0 ||
               err_set(err, ERR_IO, NULL, "cannot read the backup");
        age_stream_open(&u->stream, &key, sink);
    }
    secret_wipe(&key, sizeof key);
    memory_release(head);
    return done;
}

static bool unpack(struct unpacking *u, const char *folder, struct err *err)
{
    struct archive *a = archive_read_new();
    bool done = archive_read_support_format_tar(a) == ARCHIVE_OK &&
                archive_read_open(a, u, NULL, get_archive, NULL) == ARCHIVE_OK;
    if (!done && err->kind == ERR_NONE)
        done = err_set(err, ERR_MALFORMED, "DESIGN 9", "this is no backup of a node");
    done = done && unpack_members(a, folder, err);
    const void *rest;
    while (done && !u->at_end) // the archive may end before the file does: all of it is proven
        done = get_archive(a, u, &rest) >= 0;
    (void)archive_read_free(a);
    return done;
}

// age's identity files: comments, then the key.
static bool identity_of(struct cli *cli, struct secret *ret, struct err *err)
{
    struct bytes file;
    struct str text;
    struct str line;
    const char *path = option_value(cli, OPTION_IDENTITY, NULL);
    if (path == NULL)
        return err_set(err, ERR_USAGE, NULL, "name the recovery identity: --identity FILE");
    if (!command_read(cli, path, RECIPIENT_LIST_BYTES, &file, err) || !text_check(file, &text, err))
        return err_wrap(err, "--identity");
    while (text.len > 0 && str_split(&text, '\n', &line))
        if (str_starts(line, STR("AGE-SECRET-KEY-1")))
            return age_identity_read(line, ret, err);
    return err_set(err, ERR_MALFORMED, "C2SP age", "%.120s holds no age identity", path);
}

static bool restore_into(struct cli *cli, const char *folder, const struct secret *identity,
                         struct err *err)
{
    struct unpacking u = {.ready_cap = (size_t)4 * PIECE_BYTES, .err = err};
    char partial[PATH_BYTES];
    char keeper[PATH_BYTES];
    (void)snprintf(partial, sizeof partial, "%.4000s.partial", folder);
    (void)snprintf(keeper, sizeof keeper, "%.4080s/keeper", partial);
    u.in = fopen(cli->arguments[0], "rb");
    if (u.in == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "cannot open %.160s", cli->arguments[0]);
    u.piece = memory_new(1, PIECE_BYTES);
    u.ready = memory_new(1, u.ready_cap);
    bool done = open_backup(cli, &u, identity, err) &&
                world_make_folder(cli->world, partial, 0700, err) &&
                world_make_folder(cli->world, keeper, 0700, err) && unpack(&u, partial, err);
    if (done && rename(partial, folder) != 0)
        done = err_set(err, ERR_IO, NULL, "cannot make %.160s", folder);
    age_stream_release(&u.stream);
    secret_wipe(u.ready, u.ready_cap);
    memory_release(u.ready);
    memory_release(u.piece);
    (void)fclose(u.in); // only read
    return done;
}

bool cmd_restore(struct cli *cli, struct err *err)
{
    struct secret identity = {0};
    const char *folder = option_value(cli, OPTION_NODE, NULL);
    if (folder == NULL)
        return err_set(err, ERR_USAGE, NULL, "say where the node shall be: --node NEWFOLDER");
    if (world_exists(cli->world, folder))
        return err_set(err, ERR_CONFLICT, NULL,
                       "%.160s exists; a node is restored into a new "
                       "folder",
                       folder);
    bool done = identity_of(cli, &identity, err) && restore_into(cli, folder, &identity, err);
    secret_release(&identity);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s}", "folder", folder), err);
    say("The node is back in %s. It signs nothing until a quorum of partners has shown what it "
        "signed since the backup:\n  elchi serve --node %s\n",
        folder, folder);
    return true;
}
