// cli/cmd_read.c - what came, what went, one record whole, its attachments, the audit trail.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/cmd_heard.h"
#include "cli/commands.h"
#include "cli/form.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "codebook/dialogue.h"
#include "crypto/age.h"
#include "record/type/message.h"

#include <stdio.h>

enum { ROWS_DEFAULT = 25, READ_BYTES = BLOB_CHUNK_BYTES * 8 };

// -- lists ---------------------------------------------------------------------------------------
static bool rows_asked(struct cli *cli, uint64_t *ret, struct err *err)
{
    *ret = ROWS_DEFAULT;
    const char *given = option_value(cli, OPTION_LIMIT, NULL);
    if (given == NULL || (decimal_read(str_of(given), CLERK_ROWS_MAX, ret) && *ret > 0))
        return true;
    return err_set(err, ERR_USAGE, NULL, "--limit is 1 to %d", CLERK_ROWS_MAX);
}

static bool fetch_rows(struct cli *cli, const struct link *l, enum clerk_frame which,
                       json_t **ret_owned, struct err *err)
{
    struct buffer columns;
    uint64_t most;
    if (!rows_asked(cli, &most, err))
        return false;
    buffer_init(&columns, &cli->arena, 64);
    buffer_number(&columns, 0, 8); // the newest first
    buffer_number(&columns, most, 4);
    return clerk_show(&l->clerk, which, buffer_bytes(&columns), ret_owned, err);
}

static void say_row(const json_t *row, bool came_in)
{
    const char *due = see_text(row, "due");
    const char *broken = see_text(row, "void");
    say("%s%-22s%s %s  %-9s %-12s %-18s %s\n", style_bold(), see_text(row, "ref"), style_plain(),
        see_text(row, came_in ? "received" : "time"), see_text(row, "precedence"),
        see_text(row, "tlp"), see_text(row, came_in ? "from" : "to"), see_text(row, "type"));
    say("    %s, %s%s%s%s%s%s%s\n", see_text(row, "delivery"), see_text(row, "dialogue"),
        see_true(row, "overdue") ? ", OVERDUE" : "", due[0] != '\0' ? ", due " : "", due,
        see_true(row, "exercise") ? ", EXERCISE" : "", broken[0] != '\0' ? ", VOID: " : "", broken);
}

// A message in one line under its row; nothing where its body is not held here.
static bool write_gist(struct cli *cli, const struct link *l, const struct layout *layout,
                       const json_t *row, struct str *ret, struct err *err)
{
    const struct form form = {.form = RENDER_SINGLE_LINE, .width = BRIEF_CLUSTERS};
    struct record record;
    json_t *o = NULL;
    *ret = STR("");
    if (strcmp(see_text(row, "type"), record_type_message.name) != 0)
        return true;
    if (!see_record(cli, &l->clerk, see_text(row, "ref"), &o, err))
        return false;
    struct str held = str_of(see_text(o, "text")), text = STR("");
    bool done = held.len == 0 ||
                (arena_str(&cli->arena, held, &text, err) &&
                 layout_read(cli, str_bytes(text), &record, err) &&
                 form_render(cli, layout, &record, command_language(cli), &form, ret, err));
    json_decref(o);
    return done;
}

static void say_gist(struct cli *cli, const struct link *l, const struct layout *layout,
                     const json_t *row)
{
    struct str line;
    struct err why = {0};
    if (!write_gist(cli, l, layout, row, &line, &why))
        say("    (%s)\n", why.text); // the list stands all the same
    else if (line.len > 0)
        say("    %.*s", STR_ARG(line));
}

static void say_page(struct cli *cli, const struct link *l, const struct layout *layout,
                     json_t *shown, bool came_in)
{
    json_t *row;
    size_t i;
    json_array_foreach(see_rows(shown, "heard"), i, row) heard_say_row(row);
    json_array_foreach(see_rows(shown, "rows"), i, row)
    {
        say_row(row, came_in);
        say_gist(cli, l, layout, row);
    }
    if (see_text(shown, "next")[0] != '\0')
        say("There is more; --limit N shows up to %d rows.\n", CLERK_ROWS_MAX);
}

static bool say_rows(struct cli *cli, enum clerk_frame which, const char *empty, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *shown = NULL;
    if (!link_open_officer(cli, &l, err))
        return false;
    struct layout *layout = memory_new(1, sizeof *layout);
    bool done = fetch_rows(cli, &l, which, &shown, err);
    if (done && command_json(cli))
        done = say_json(json_incref(shown), err);
    else if (done && json_array_size(see_rows(shown, "rows")) == 0 &&
             json_array_size(see_rows(shown, "heard")) == 0)
        say("%s\n", empty);
    else if ((done = done && layout_open(cli, &l.clerk, layout, err)))
        say_page(cli, &l, layout, shown, which == CLERK_INBOX);
    json_decref(shown);
    memory_release(layout);
    link_close(&l);
    return done;
}

bool cmd_inbox(struct cli *cli, struct err *err)
{
    return say_rows(cli, CLERK_INBOX,
                    "Nothing has come in yet. `elchi peer list` shows with whom you exchange.",
                    err);
}

bool cmd_sent(struct cli *cli, struct err *err)
{
    return say_rows(cli, CLERK_SENT,
                    "Nothing has gone out yet. `elchi help draft` says how to begin.", err);
}

bool cmd_audit(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *shown = NULL;
    json_t *row;
    size_t i;
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = fetch_rows(cli, &l, CLERK_AUDIT, &shown, err);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(shown, err);
    json_t *rows = see_rows(shown, "rows");
    if (json_array_size(rows) == 0)
        say("The audit trail is empty.\n");
    json_array_foreach(rows, i, row)
    {
        say("%6llu  %s  %-16s %-12s %s\n", (unsigned long long)see_number(row, "n"),
            see_text(row, "at"), see_text(row, "who"), see_text(row, "what"),
            see_text(row, "subject"));
    }
    json_decref(shown);
    return true;
}

// -- one record ----------------------------------------------------------------------------------
static const char *where_it_is(const json_t *attachment)
{
    if (see_true(attachment, "held"))
        return "";
    return see_text(attachment, "erased")[0] != '\0' ? ", erased here" : ", not here yet";
}

static void say_delivery(const json_t *o)
{
    json_t *one;
    size_t i;
    say("  delivery   %s%s%s%s%s\n", see_text(o, "delivery"),
        see_true(o, "overdue") ? ", OVERDUE" : "", see_true(o, "withdrawn") ? ", withdrawn" : "",
        see_true(o, "replaced") ? ", replaced" : "",
        see_true(o, "unreadable") ? ", UNREADABLE at the addressee" : "");
    say("  dialogue   %s", see_text(o, "dialogue"));
    if (see_text(o, "due")[0] != '\0')
        say(", due %s", see_text(o, "due"));
    say("\n  entry      %llu of %s\n  note       %s\n  ",
        (unsigned long long)see_number(o, "index"), see_text(o, "origin"), see_text(o, "note"));
    see_say_quorum(o);
    say("\n");
    json_array_foreach(see_rows(o, "cosignatures"), i, one)
    {
        say("    %s as %s, %s\n", see_text(one, "state"), see_text(one, "role"),
            see_text(one, "time"));
    }
    json_array_foreach(see_rows(o, "receipts"), i, one)
    {
        say("  receipt    %s says %s, %s, attachments %llu of %llu\n", see_text(one, "by"),
            see_text(one, "state"), see_text(one, "time"),
            (unsigned long long)see_number(one, "held"),
            (unsigned long long)see_number(one, "all"));
    }
    json_array_foreach(see_rows(o, "attachments"), i, one)
    {
        say("  attachment %s (%s, %llu octets)%s\n", see_text(one, "name"), see_text(one, "media"),
            (unsigned long long)see_number(one, "size"), where_it_is(one));
    }
}

static void say_heard(const json_t *o)
{
    json_t *one;
    size_t i;
    json_array_foreach(see_rows(o, "heard"), i, one)
    {
        say("  voice      %s, written down by %s: ", see_text(one, "heard"), see_text(one, "by"));
        heard_say_state(one);
        say("\n");
    }
}

static void say_warnings(const json_t *o)
{
    const json_t *broken = json_object_get(o, "void");
    if (json_is_object(broken))
        say("  VOID       %s: %s\n", see_text(broken, "rule"), see_text(broken, "meaning"));
    if (see_true(o, "time_ahead"))
        say("  claimed time ahead of our clock when it came\n");
    if (json_array_size(see_rows(o, "others")) > 0)
        say("  another record used the same reference: see `elchi evidence list`\n");
    const char *codebook = see_text(json_object_get(o, "codebook"), "sentence");
    if (codebook[0] != '\0')
        say("  %s\n", codebook);
    if (see_true(o, "exercise"))
        say("%s  EXERCISE%s\n", style_bold(), style_plain());
}

// A command that can be copied, with a place for every value that must be given.
static void say_offer(const char *ref, const struct phrase *phrase, const struct phrase_line *asked,
                      size_t expecting)
{
    bool takes_line = phrase_parameter(phrase, STR("line")) != NULL;
    say("  elchi answer %s '%.*s", ref, STR_ARG(phrase->code));
    if (takes_line && expecting > 1)
        say(" line=%02u", (unsigned)asked->number);
    for (size_t i = 0; i < phrase->parameters_count; i++) {
        const struct book_parameter *p = &phrase->parameters[i];
        if (p->required && !str_eq(p->name, STR("line")))
            say(" %.*s=%s", STR_ARG(p->name),
                p->type == PARAMETER_TIME ? "YYYY-MM-DDTHH:MM:SSZ" : "..");
    }
    say("'   %.*s\n", STR_ARG(phrase->meaning));
}

static const struct phrase_line *line_numbered(const struct message *m, uint64_t number)
{
    return number >= 1 && number <= m->lines_count ? &m->lines[number - 1] : NULL;
}

// What may be said back, line by line, for what is still open.
static void say_offers(const json_t *o, const struct message *m, const struct book *book)
{
    const struct phrase *offered[BOOK_PHRASES_MAX];
    const json_t *lines = see_rows(o, "lines");
    json_t *one;
    size_t i;
    json_array_foreach(lines, i, one)
    {
        const struct phrase_line *asked = line_numbered(m, see_number(one, "line"));
        const char *state = see_text(one, "state");
        if (asked == NULL || strcmp(state, "answered") == 0 || strcmp(state, "closed") == 0)
            continue;
        const struct phrase *phrase = book_phrase(book, asked->code);
        size_t count = codebook_answers_offered(book, phrase, offered);
        say("\nline %02u (%s%s%s):\n", (unsigned)asked->number, state,
            see_text(one, "until")[0] != '\0' ? ", until " : "", see_text(one, "until"));
        for (size_t k = 0; k < count; k++)
            say_offer(see_text(o, "ref"), offered[k], asked, json_array_size(lines));
    }
}

static void say_dialogue(const json_t *o)
{
    const json_t *rows = see_rows(o, "dialogue_records");
    json_t *row;
    size_t i;
    if (json_array_size(rows) < 2)
        return;
    say("\nThe dialogue:\n");
    json_array_foreach(rows, i, row)
    {
        say("  %s  %-22s %-16s -> %-16s %s\n", see_text(row, "time"), see_text(row, "ref"),
            see_text(row, "from"), see_text(row, "to"), see_text(row, "type"));
    }
}

static bool say_record(struct cli *cli, const struct layout *l, const json_t *o, struct err *err)
{
    struct record record;
    struct str text = str_of(see_text(o, "text"));
    say("%s%s%s\n", style_bold(), see_text(o, "ref"), style_plain());
    say_warnings(o);
    say_heard(o);
    say_delivery(o);
    say("\n");
    if (text.len == 0) {
        if (see_text(o, "erased")[0] != '\0')
            say("Erased on %s by this node. The log still proves that it was there.\n",
                see_text(o, "erased"));
        else
            say("The body is not held here; the log proves that it exists.\n");
        return true;
    }
    if (!layout_say_record(cli, l, str_bytes(text), err) ||
        !layout_read(cli, str_bytes(text), &record, err))
        return false;
    say_dialogue(o);
    if (record.type != &record_type_message || strcmp(see_text(o, "direction"), "in") != 0)
        return true;
    const struct message *m = record.payload;
    const struct book *book = shelf_find(&l->codebook.shelf, &m->codebook);
    if (book != NULL)
        say_offers(o, m, book);
    return true;
}

// Pages or a line alone. The paper is this State's: it stands first.
static bool say_alone(struct cli *cli, const struct layout *l, const json_t *o,
                      const struct form *asked, struct err *err)
{
    struct record record;
    struct form form = *asked;
    struct str text = str_of(see_text(o, "text"));
    if (text.len == 0)
        return err_set(err, ERR_NOT_FOUND, NULL, "the body of %s is not held here",
                       see_text(o, "ref"));
    if (!layout_read(cli, str_bytes(text), &record, err))
        return false;
    bool came_in = strcmp(see_text(o, "direction"), "in") == 0;
    form.printing = state_code_str(came_in && !record.open ? &record.to.state : &record.from.state);
    return form_say(cli, l, &record, &form, err);
}

bool cmd_show(struct cli *cli, struct err *err)
{
    struct form form;
    if (!form_asked(cli, &form, err))
        return false;
    struct link l = {.clerk = {-1}};
    json_t *o = NULL;
    if (!link_open_officer(cli, &l, err))
        return false;
    struct layout *layout = memory_new(1, sizeof *layout);
    bool done = see_record(cli, &l.clerk, cli->arguments[0], &o, err) &&
                layout_open(cli, &l.clerk, layout, err);
    link_close(&l);
    if (done && command_json(cli)) {
        struct str text = str_of(see_text(o, "text"));
        done = (text.len == 0 || layout_json_record(cli, layout, str_bytes(text), o, err)) &&
               say_json(json_incref(o), err);
    } else if (done && form.whole) {
        done = say_alone(cli, layout, o, &form, err);
    } else if (done) {
        done = say_record(cli, layout, o, err);
    }
    json_decref(o);
    memory_release(layout);
    return done;
}

// -- attachments ---------------------------------------------------------------------------------
struct plain_file {
    FILE *to;
};

static bool put_plain(void *context, struct bytes piece, struct err *err)
{
    struct plain_file *f = context;
    return fwrite(piece.ptr, 1, piece.len, f->to) == piece.len ||
           err_set(err, ERR_IO, NULL, "cannot write the attachment");
}

static const json_t *attachment_named(const json_t *o, const char *name)
{
    json_t *one;
    size_t i;
    json_array_foreach(see_rows(o, "attachments"), i, one)
    {
        if (strcmp(see_text(one, "name"), name) == 0)
            return one;
    }
    return NULL;
}

struct fetching {
    struct cli *cli;
    const struct clerk_link *clerk;
    struct digest blob;
    uint64_t size;
    struct age_stream stream;
    bool sealed;
    struct plain_file out;
};

// The header names who may open the file; the clerk has opened it, so only its size matters here.
static bool skip_header(struct bytes first, size_t *ret, struct err *err)
{
    *ret = 0;
    return age_header_find_end(first, ret, err) &&
           (*ret > 0 || err_set(err, ERR_MALFORMED, "C2SP age", "no header's end in its octets"));
}

static bool take_piece(struct fetching *f, uint64_t offset, uint64_t *ret_next, struct err *err)
{
    struct arena piece_arena;
    struct bytes piece;
    size_t from = 0;
    arena_init(&piece_arena, (size_t)4 * FRAME_BYTES_MAX);
    bool done = clerk_blob_read(f->clerk, &f->blob, offset, READ_BYTES, &piece_arena, &piece, err);
    if (done && piece.len == 0)
        done = err_set(err, ERR_IO, NULL, "the node gives no more of the attachment");
    if (done && f->sealed && offset == 0)
        done = skip_header(piece, &from, err);
    struct bytes rest = done ? bytes_of(piece.ptr + from, piece.len - from) : (struct bytes){0};
    if (done)
        done = f->sealed ? age_stream_put(&f->stream, rest, err) : put_plain(&f->out, rest, err);
    *ret_next = done ? offset + piece.len : offset;
    arena_release(&piece_arena);
    return done;
}

static bool pour(struct fetching *f, struct err *err)
{
    uint64_t at = 0;
    bool done = true;
    while (done && at < f->size) {
        done = take_piece(f, at, &at, err);
        say_progress(f->cli, "attachment", at, f->size);
    }
    say_progress_done(f->cli);
    return done && (!f->sealed || age_stream_end(&f->stream, err));
}

static bool begin(struct fetching *f, const json_t *row, bool open, struct err *err)
{
    struct age_file_key key;
    struct age_sink sink = {put_plain, &f->out};
    f->size = see_number(row, "size");
    f->sealed = !open;
    if (!see_true(row, "held"))
        return err_set(err, ERR_NOT_FOUND, NULL,
                       "the attachment is not here yet; the node fetches it when a peer has it");
    if (!digest_read(str_of(see_text(row, "hash")), &f->blob))
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer names no attachment");
    if (!f->sealed)
        return true;
    if (!clerk_attachment_key(f->clerk, &f->blob, &key, &f->size, err))
        return false;
    age_stream_open(&f->stream, &key, sink);
    secret_wipe(&key, sizeof key);
    return true;
}

static bool fetch_into(struct fetching *f, const json_t *o, const char *path, struct err *err)
{
    struct ref ref;
    const json_t *row = attachment_named(o, f->cli->arguments[1]);
    if (row == NULL || !ref_read(str_of(see_text(o, "ref")), &ref))
        return err_set(err, ERR_NOT_FOUND, NULL, "%s has no attachment %.64s", see_text(o, "ref"),
                       f->cli->arguments[1]);
    if (world_exists(f->cli->world, path))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists and is not overwritten", path);
    if (!begin(f, row, ref_is_open(&ref), err))
        return false;
    f->out.to = fopen(path, "wb");
    if (f->out.to == NULL)
        return err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
    bool done = pour(f, err);
    if (fclose(f->out.to) != 0 && done)
        done = err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
    if (!done)
        (void)remove(path); // half an attachment is none
    return done;
}

bool cmd_attachment(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *o = NULL;
    const char *path = option_value(cli, OPTION_OUT, cli->arguments[1]);
    if (!text_is_file_name(str_of(cli->arguments[1])))
        return err_set(err, ERR_USAGE, NULL, "an attachment is named as `elchi show` names it");
    if (!link_open_officer(cli, &l, err))
        return false;
    struct fetching f = {.cli = cli, .clerk = &l.clerk};
    bool done =
        see_record(cli, &l.clerk, cli->arguments[0], &o, err) && fetch_into(&f, o, path, err);
    age_stream_release(&f.stream);
    json_decref(o);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s}", "file", path), err);
    say("%s is written. It came from outside: treat it as such.\n", path);
    return true;
}
