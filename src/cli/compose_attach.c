// cli/attach.c - attachments on their way out (declared in cli/compose.h): sealed, hashed,
// uploaded.
#include "base/limits.h"
#include "cli/compose.h"
#include "community/chain.h"
#include "crypto/age.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE_BYTES = BLOB_CHUNK_BYTES * 8, PATH_BYTES = 4096 };

// -- who can open it -----------------------------------------------------------------------------
static bool recipient_of(struct compose *c, struct str origin, struct age_recipient *ret,
                         struct err *err)
{
    struct buffer columns;
    struct bytes answer;
    struct chain chain;
    struct arena *a = &c->cli->arena;
    const struct community_state *s = community_by_origin(&c->layout->community, origin);
    if (s == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no State of the community has the log");
    buffer_init(&columns, a, 1024);
    buffer_block16(&columns, str_bytes(origin));
    if (!clerk_ask(&c->link->clerk, CLERK_CHAIN_GET, buffer_bytes(&columns), a, &answer, err))
        return false;
    struct reader r = reader_of(answer);
    struct bytes wire = reader_block32(&r);
    chain_init(&chain, a, s->origin, s->code, &s->genesis);
    if (!reader_done(&r) || !chain_read(&chain, wire, err))
        return err_wrap(err, "keys of %.*s", STR_ARG(s->code));
    return age_recipient_read(chain_newest(&chain)->keys.encryption, ret, err);
}

static bool recipients_of(struct compose *c, struct age_recipient ret[2], struct err *err)
{
    const struct community_state *to =
        community_by_code(&c->layout->community, state_code_str(&c->record.to.state));
    if (to == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "the community has no State %s",
                       c->record.to.state.text);
    return recipient_of(c, to->origin, &ret[0], err) &&
           recipient_of(c, c->link->origin, &ret[1], err);
}

// -- sealing into a file -------------------------------------------------------------------------
struct sealed_file {
    FILE *to;
    struct hash hash;
    uint64_t size;
};

static bool put_sealed(void *context, struct bytes piece, struct err *err)
{
    struct sealed_file *f = context;
    if (fwrite(piece.ptr, 1, piece.len, f->to) != piece.len)
        return err_set(err, ERR_IO, NULL, "cannot write the sealed attachment");
    hash_put(&f->hash, piece);
    f->size += piece.len;
    return f->size <= BLOB_BYTES_MAX ||
           err_set(err, ERR_LIMIT, "base/limits.h", "an attachment is at most 1 GiB");
}

// Octets of `from` into the sink: through age for two recipients, or as they are.
static bool pour(struct compose *c, FILE *from, struct sealed_file *to, struct err *err)
{
    struct age_stream stream = {0};
    struct age_recipient recipients[2];
    uint8_t *piece = memory_new(1, BLOB_CHUNK_BYTES);
    struct age_sink sink = {put_sealed, to};
    bool sealed = !c->record.open;
    bool done = !sealed || (recipients_of(c, recipients, err) &&
                            age_file_seal_begin(&stream, c->cli->world, recipients, 2, sink, err));
    size_t n = 1;
    while (done && n > 0) {
        n = fread(piece, 1, BLOB_CHUNK_BYTES, from);
        if (n > 0)
            done = sealed ? age_stream_put(&stream, bytes_of(piece, n), err)
                          : put_sealed(to, bytes_of(piece, n), err);
    }
    if (done && ferror(from) != 0)
        done = err_set(err, ERR_IO, NULL, "cannot read the attachment");
    if (done && sealed)
        done = age_stream_end(&stream, err);
    age_stream_release(&stream);
    secret_wipe(piece, BLOB_CHUNK_BYTES);
    memory_release(piece);
    return done;
}

// -- uploading -----------------------------------------------------------------------------------
static bool upload(struct compose *c, struct sealed_file *f, const struct digest *hash,
                   struct err *err)
{
    uint64_t have = 0;
    bool complete = false;
    const struct clerk_link *clerk = &c->link->clerk;
    if (!clerk_blob_have(clerk, hash, &have, &complete, err))
        return false;
    uint8_t *piece = memory_new(1, PIECE_BYTES);
    bool done = fseek(f->to, (long)have, SEEK_SET) == 0 ||
                err_set(err, ERR_IO, NULL, "cannot read the sealed attachment");
    while (done && !complete) {
        uint64_t before = have;
        size_t n = fread(piece, 1, PIECE_BYTES, f->to);
        done = clerk_take_blob(clerk, c->link->origin, hash, f->size, have, bytes_of(piece, n),
                               &have, &complete, err);
        if (done && !complete && have == before)
            done = err_set(err, ERR_IO, NULL, "the node takes no more of the attachment");
        say_progress(c->cli, "attachment", have, f->size);
    }
    say_progress_done(c->cli);
    memory_release(piece);
    return done;
}

// -- the option ----------------------------------------------------------------------------------
static bool parse(struct compose *c, const char *given, const char **ret_path,
                  struct attachment *ret, struct err *err)
{
    struct str rest = str_of(given);
    struct str path = rest;
    struct str name = {0};
    (void)str_split(&rest, ':', &path); // never empty: a word of the command line
    bool named = rest.len > 0 && str_split(&rest, ':', &name);
    if (!named) {
        struct str parts = path;
        while (str_split(&parts, '/', &name))
            continue;
    }
    ret->name = name;
    ret->media = rest.len > 0 && named ? rest : STR("application/octet-stream");
    if (!text_is_file_name(name))
        return err_set(err, ERR_USAGE, "DESIGN 5.1",
                       "an attachment's name has small letters, digits, . _ and -: --attach "
                       "FILE:name.json");
    return arena_cstr(&c->cli->arena, path, ret_path, err);
}

bool compose_attach(struct compose *c, const char *given, struct attachment *ret, struct err *err)
{
    char path[PATH_BYTES];
    const char *source = NULL;
    struct sealed_file f = {0};
    if (!parse(c, given, &source, ret, err))
        return false;
    FILE *from = fopen(source, "rb");
    if (from == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "cannot open %.160s", source);
    (void)snprintf(path, sizeof path, "%s/attachment.%ld.sealed", command_folder(c->cli),
                   (long)getpid());
    hash_init(&f.hash);
    f.to = fopen(path, "w+b");
    bool done = f.to != NULL ? pour(c, from, &f, err) && fflush(f.to) == 0
                             : err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
    if (done) {
        ret->blob = hash_end(&f.hash);
        ret->size = f.size;
        done = upload(c, &f, &ret->blob, err);
    } else if (err->kind == ERR_NONE) {
        (void)err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
    }
    if (f.to != NULL) {
        (void)fclose(f.to); // read to its end; it goes now
        (void)remove(path);
    }
    (void)fclose(from); // only read
    return done;
}
