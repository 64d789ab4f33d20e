// cli/cmd_test.c - small tools that ship: notes, age files and proofs by themselves.
//
// They need no node. Other programs are compared with ours through them (tests/interop).
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/identity.h"
#include "crypto/age.h"
#include "log/note.h"
#include "log/proof.h"

#include <stdio.h>

enum { TEST_RECIPIENTS_MAX = 64 };

// -- age -----------------------------------------------------------------------------------------
static bool put_out(void *context, struct bytes piece, struct err *err)
{
    (void)context;
    return fwrite(piece.ptr, 1, piece.len, stdout) == piece.len ||
           err_set(err, ERR_IO, NULL, "cannot write to standard output");
}

static bool feed(struct age_stream *s, struct err *err)
{
    static uint8_t piece[65536];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
        if (!age_stream_put(s, bytes_of(piece, n), err))
            return false;
    if (ferror(stdin) != 0)
        return err_set(err, ERR_IO, NULL, "cannot read standard input");
    return age_stream_end(s, err);
}

// As age itself takes them: -r RECIPIENT, any number.
static bool take_pairs(struct cli *cli, const char *word, struct age_recipient *ret,
                       size_t *ret_count, struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < cli->arguments_count; i += 2) {
        if (strcmp(cli->arguments[i], word) != 0 || count == TEST_RECIPIENTS_MAX)
            return err_set(err, ERR_USAGE, NULL, "-r RECIPIENT, 1 to %d times",
                           TEST_RECIPIENTS_MAX);
        if (!age_recipient_read(str_of(cli->arguments[i + 1]), &ret[count++], err))
            return false;
    }
    if (count == 0 || cli->arguments_count % 2 != 0)
        return err_set(err, ERR_USAGE, NULL, "-r RECIPIENT, 1 to %d times", TEST_RECIPIENTS_MAX);
    *ret_count = count;
    return true;
}

bool cmd_test_seal(struct cli *cli, struct err *err)
{
    struct age_recipient to[TEST_RECIPIENTS_MAX];
    size_t count = 0;
    struct age_stream s = {0};
    struct age_sink sink = {put_out, NULL};
    bool done = take_pairs(cli, "-r", to, &count, err) &&
                age_file_seal_begin(&s, cli->world, to, count, sink, err) && feed(&s, err);
    age_stream_release(&s);
    return done;
}

bool cmd_test_open(struct cli *cli, struct err *err)
{
    struct secret identity = {0};
    struct bytes file;
    struct bytes plain;
    if (strcmp(cli->arguments[0], "-i") != 0)
        return err_set(err, ERR_USAGE, NULL, "-i IDENTITY-FILE");
    bool done = identity_file_read(cli->arguments[1], &identity, err) &&
                command_read(cli, "-", (size_t)64 << 20, &file, err) &&
                age_file_open(file, &identity, &cli->arena, &plain, err) &&
                put_out(NULL, plain, err);
    secret_release(&identity);
    return done;
}

// -- notes ---------------------------------------------------------------------------------------
bool cmd_test_note(struct cli *cli, struct err *err)
{
    struct note_key key;
    struct bytes sent;
    uint64_t verified = 0;
    struct note *note = memory_new(1, sizeof *note);
    bool done = note_key_read(str_of(cli->arguments[0]), &key, err) &&
                command_read(cli, "-", NOTE_BYTES_MAX, &sent, err) &&
                note_open(sent, &key, 1, note, &verified, err);
    if (done && !command_json(cli))
        say("%.*s", STR_ARG(note->text));
    memory_release(note);
    return done && (!command_json(cli) || say_json(json_pack("{s:b}", "verified", 1), err));
}

bool cmd_test_note_sign(struct cli *cli, struct err *err)
{
    struct secret seed = {0};
    struct sign_public public_key;
    struct note_key key;
    struct bytes sent;
    struct str text;
    struct str vkey;
    uint8_t *room = arena_new(&cli->arena, uint8_t, NOTE_BYTES_MAX);
    CHECK(room != NULL);
    if (!command_read(cli, "-", RECORD_BYTES_MAX, &sent, err) || !text_check(sent, &text, err))
        return false;
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        return err_set(err, ERR_MALFORMED, "C2SP signed-note", "the text must end with a line end");
    if (!sign_seed_new(cli->world, &seed, err))
        return false;
    sign_public_of(&seed, &public_key);
    bool done =
        note_key_make(str_of(cli->arguments[0]), NOTE_KEY_ED25519, &public_key, &key, err) &&
        note_key_text(&key, &cli->arena, &vkey, err);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    if (done) {
        note_sign(text, &key, &seed, &w);
        CHECK(!w.full);
        (void)fprintf(stderr, "%.*s\n", STR_ARG(vkey));
        done = put_out(NULL, writer_bytes(&w), err);
    }
    secret_release(&seed);
    return done;
}

// -- proofs --------------------------------------------------------------------------------------
bool cmd_test_proof(struct cli *cli, struct err *err)
{
    struct note_key key;
    struct bytes entry;
    struct bytes sent;
    struct checkpoint head;
    struct log_proof *proof = arena_new(&cli->arena, struct log_proof, 1);
    CHECK(proof != NULL);
    if (!note_key_read(str_of(cli->arguments[0]), &key, err) ||
        !command_read(cli, cli->arguments[1], ENTRY_BYTES_MAX, &entry, err) ||
        !command_read(cli, "-", PROOF_BYTES_MAX, &sent, err) || !proof_read(sent, proof, err) ||
        !proof_verify_log(proof, merkle_leaf(entry), key.name, &key, 1, &head, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:I,s:I}", "index", (json_int_t)proof->index.n, "size",
                                  (json_int_t)head.size.n),
                        err);
    say("The entry stands at %llu of %llu.\n", (unsigned long long)proof->index.n,
        (unsigned long long)head.size.n);
    return true;
}
