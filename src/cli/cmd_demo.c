// cli/cmd_demo.c - what a demonstration leaves behind, so that other programs can open it.
//
// A demonstration's keys guard nothing; a real node's identity is never written anywhere.
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/passphrase.h"
#include "crypto/age_key.h"
#include "record/keys.h"

static bool is_demo(struct cli *cli, struct err *err)
{
    struct str path;
    struct bytes sent;
    struct note *note = memory_new(1, sizeof *note);
    struct keys_record *k = memory_new(1, sizeof *k);
    bool done = arena_fmt(&cli->arena, &path, err, "%s/manifest", command_folder(cli)) &&
                command_read(cli, path.ptr, NOTE_BYTES_MAX, &sent, err) &&
                keys_note_read(sent, note, k, err);
    if (done && !k->demo)
        done = err_set(err, ERR_DENIED, "DESIGN 8",
                       "only a demonstration's identity is ever written out");
    memory_release(k);
    memory_release(note);
    return done;
}

static bool read_identity(struct cli *cli, struct keyring *k, struct err *err)
{
    struct config *c = memory_new(1, sizeof *c);
    struct secret passphrase = {0};
    struct str path;
    struct bytes file;
    bool done = config_load(cli->world, command_folder(cli), c, err) &&
                passphrase_get(c->passphrase_file, "Passphrase of the keeper", &passphrase, err) &&
                arena_fmt(&cli->arena, &path, err, "%s/keeper/keyring", command_folder(cli)) &&
                command_read(cli, path.ptr, KEYRING_BYTES_MAX, &file, err) &&
                keyring_read(file, &passphrase, k, err);
    secret_release(&passphrase);
    memory_release(c);
    return done;
}

bool cmd_test_identity(struct cli *cli, struct err *err)
{
    char text[AGE_IDENTITY_CHARS + 1];
    struct keyring k;
    struct str line;
    keyring_init(&k);
    if (!is_demo(cli, err) || !read_identity(cli, &k, err))
        return false;
    const struct secret *identity = keyring_find(&k, STR("encryption/1"));
    bool done = identity != NULL || err_set(err, ERR_NOT_FOUND, NULL, "there is no encryption key");
    if (done) {
        age_identity_write(identity, text);
        done = arena_fmt(&cli->arena, &line, err, "# a demonstration's identity\n%s\n", text) &&
               command_write(cli, option_value(cli, OPTION_OUT, "-"), str_bytes(line), true, err);
        secret_wipe(text, sizeof text);
    }
    keyring_release(&k);
    return done;
}

// The sealed body of a record, as it lies in the store: an age file.
static bool read_blob(struct cli *cli, const struct link *l, const struct digest *hash,
                      struct bytes *ret, struct err *err)
{
    struct buffer all;
    buffer_init(&all, &cli->arena, BODY_BYTES_MAX);
    for (;;) {
        struct bytes piece;
        if (!clerk_blob_read(&l->clerk, hash, all.len, BLOB_CHUNK_BYTES, &cli->arena, &piece, err))
            return false;
        buffer_put(&all, piece);
        if (piece.len < BLOB_CHUNK_BYTES)
            return buffer_take(&all, ret, err);
    }
}

bool cmd_test_body(struct cli *cli, struct err *err)
{
    struct link l;
    struct buffer columns;
    struct digest body;
    struct bytes octets;
    json_t *shown = NULL;
    if (!link_open_officer(cli, &l, err))
        return false;
    buffer_init(&columns, &cli->arena, 1024);
    buffer_block16(&columns, str_bytes(str_of(cli->arguments[0])));
    bool done = clerk_show(&l.clerk, CLERK_SHOW, buffer_bytes(&columns), &shown, err);
    if (done && !digest_read(str_of(see_text(shown, "body")), &body))
        done = err_set(err, ERR_NOT_FOUND, NULL, "the record has no body of its own");
    done = done && read_blob(cli, &l, &body, &octets, err) &&
           command_write(cli, option_value(cli, OPTION_OUT, "-"), octets, false, err);
    json_decref(shown);
    link_close(&l);
    return done;
}
