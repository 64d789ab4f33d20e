// cli/cmd_book_files.c - codebook files of a node: listed, added, removed, vouched for.
#include "base/limits.h"
#include "clerk/books.h"
#include "cli/commands.h"
#include "cli/compose.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "record/type/vouch.h"

// -- listing -------------------------------------------------------------------------------------
static json_t *file_json(const struct codebook_file *f)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    digest_write(&f->hash, hash);
    return json_pack("{s:s,s:o,s:o,s:I,s:s,s:I,s:b}", "kind", codebook_kind_word(f->kind), "of",
                     json_str(f->of), "book", json_str(f->book), "version", (json_int_t)f->version,
                     "file", hash, "size", (json_int_t)f->size, "embedded", (int)f->embedded);
}

static void say_file(const struct codebook_file *f)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    digest_write(&f->hash, hash);
    say("%-9s %-8.*s %.*s %u  %s  %s\n", codebook_kind_word(f->kind), STR_ARG(f->of),
        STR_ARG(f->book), (unsigned)f->version, hash, f->embedded ? "of the program" : "added");
}

bool cmd_codebook_files(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    if (!link_open(cli, &l, err))
        return false;
    struct layout *layout = memory_new(1, sizeof *layout);
    json_t *rows = json_array();
    bool done = layout_open(cli, &l.clerk, layout, err);
    link_close(&l);
    for (size_t i = 0; done && i < layout->codebook.files_count; i++) {
        (void)json_array_append_new(rows, file_json(&layout->codebook.files[i]));
        if (!command_json(cli))
            say_file(&layout->codebook.files[i]);
    }
    json_int_t left_out = (json_int_t)layout->files_left_out;
    if (done && command_json(cli))
        done = say_json(json_pack("{s:O,s:I}", "files", rows, "left_out", left_out), err);
    json_decref(rows);
    memory_release(layout);
    return done;
}

// -- adding and removing -------------------------------------------------------------------------
bool cmd_codebook_add(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes file;
    struct buffer columns;
    json_t *shown = NULL;
    if (!command_read(cli, cli->arguments[0], CLERK_BOOK_FILE_BYTES_MAX, &file, err) ||
        !link_open_officer(cli, &l, err))
        return false;
    buffer_init(&columns, &cli->arena, CLERK_BOOK_FILE_BYTES_MAX + 16);
    buffer_block32(&columns, file);
    bool done = clerk_show(&l.clerk, CLERK_CODEBOOK_ADD, buffer_bytes(&columns), &shown, err);
    link_close(&l);
    if (!done || command_json(cli))
        return done && say_json(shown, err);
    bool book = strcmp(see_text(shown, "kind"), codebook_kind_word(CODEBOOK_BOOK)) == 0;
    say("%s %s%s%s %llu is in use here%s.\n  file %s\n", see_text(shown, "kind"),
        see_text(shown, "of"), see_text(shown, "of")[0] == '\0' ? "" : " of ",
        see_text(shown, "book"), (unsigned long long)see_number(shown, "version"),
        see_true(shown, "replaced") ? ", in place of the one before" : "", see_text(shown, "file"));
    if (book)
        say("Partners are told with the next session or file. Messages under it that came before: "
            "`elchi rebuild`.\n");
    json_decref(shown);
    return true;
}

bool cmd_codebook_remove(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct digest hash;
    struct bytes answer;
    if (!digest_read(str_of(cli->arguments[0]), &hash))
        return err_set(err, ERR_USAGE, NULL,
                       "a file is named by sha256:HEX; `elchi codebook files` shows it");
    if (!command_confirm(cli,
                         "Remove this file? Messages under a book that goes show their codes alone "
                         "until it is added again.",
                         err) ||
        !link_open_officer(cli, &l, err))
        return false;
    bool done = clerk_ask(&l.clerk, CLERK_CODEBOOK_REMOVE, bytes_of(hash.octets, DIGEST_BYTES),
                          &cli->arena, &answer, err);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s}", "removed", cli->arguments[0]), err);
    say("%s is removed.\n", cli->arguments[0]);
    return true;
}

// -- vouching ------------------------------------------------------------------------------------
static bool vouch_for(const struct layout *l, struct bytes file, struct vouch *ret, struct err *err)
{
    struct digest hash = digest_of(file);
    const struct codebook_file *f = codebook_file(&l->codebook, &hash);
    const struct book *book = f == NULL ? NULL : codebook_book(&l->codebook, f->book, f->version);
    if (book == NULL)
        return err_set(err, ERR_NOT_FOUND, "refs 6.10, rule 17",
                       "this file is not in use at the node; `elchi codebook add FILE` adds it");
    if (f->kind != CODEBOOK_RENDERING && f->kind != CODEBOOK_SCALE)
        return err_set(err, ERR_USAGE, "refs 6.10, rule 17",
                       "a State vouches for a rendering or its own scale, not for a %s",
                       codebook_kind_word(f->kind));
    *ret = (struct vouch){.kind = f->kind == CODEBOOK_SCALE ? VOUCH_SCALE : VOUCH_RENDERING,
                          .file = hash,
                          .size = f->size,
                          .of = f->of,
                          .book = f->book,
                          .version = f->version,
                          .book_hash = book->hash};
    return true;
}

static bool draft_vouch(struct compose *c, struct bytes file, struct err *err)
{
    struct vouch said;
    struct record *r = &c->record;
    if (!vouch_for(c->layout, file, &said, err))
        return false;
    r->type = &record_type_vouch;
    r->payload = &said;
    r->open = true;
    r->tlp = TLP_CLEAR; // whoever reads a rendering may know who vouches for it
    if (!desk_read(str_of(option_value(c->cli, OPTION_FROM, "")), &r->from.desk))
        return err_set(err, ERR_USAGE, NULL,
                       "say which desk speaks: --from technical, diplomatic, judicial or "
                       "coordination");
    return compose_keep(c, err);
}

bool cmd_vouch(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes file;
    if (!command_read(cli, cli->arguments[0], CODEBOOK_BYTES_MAX, &file, err) ||
        !link_open_officer(cli, &l, err))
        return false;
    struct layout *layout = memory_new(1, sizeof *layout);
    struct compose *c = memory_new(1, sizeof *c);
    bool done = layout_open(cli, &l.clerk, layout, err) && compose_begin(cli, &l, layout, c, err) &&
                draft_vouch(c, file, err);
    link_close(&l);
    memory_release(c);
    memory_release(layout);
    return done;
}

bool cmd_codebook_vouches(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *shown = NULL;
    json_t *one;
    size_t i;
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_VOUCHES, (struct bytes){0}, &shown, err);
    link_close(&l);
    if (!done || command_json(cli))
        return done && say_json(shown, err);
    if (json_array_size(see_rows(shown, "vouches")) == 0)
        say("No State vouches for a rendering yet; `elchi help vouch` says how.\n");
    json_array_foreach(see_rows(shown, "vouches"), i, one)
        say("%-9s %-8s %s %llu  %s  by %s, %s%s\n", see_text(one, "kind"), see_text(one, "of"),
            see_text(one, "book"), (unsigned long long)see_number(one, "version"),
            see_text(one, "file"), see_text(one, "state"), see_text(one, "ref"),
            see_true(one, "in_use") ? "" : "  (not in use here)");
    json_decref(shown);
    return true;
}
