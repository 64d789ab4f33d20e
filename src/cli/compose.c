#include "cli/compose.h"

#include "base/limits.h"

#include <stdio.h>

static bool word_given(const struct cli *cli, enum command_option o, struct str *ret)
{
    const char *value = option_given(cli, o) ? option_value(cli, o, NULL) : NULL;
    if (value != NULL)
        *ret = str_of(value);
    return value != NULL;
}

bool compose_begin(struct cli *cli, struct link *link, const struct layout *layout,
                   struct compose *ret, struct err *err)
{
    *ret = (struct compose){.cli = cli, .link = link, .layout = layout};
    if (!layout->has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6",
                       "no community is applied here yet; `elchi community apply FILE` does it");
    const struct community_state *own = community_by_origin(&layout->community, link->origin);
    if (own == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "this State is not of the community");
    ret->record = (struct record){.log = link->origin, .tlp = TLP_NONE};
    ret->record.type = &record_type_message;
    return state_code_read(own->code, &ret->record.from.state) ||
           err_set(err, ERR_MALFORMED, "DESIGN 3", "the community's code of this State");
}

// -- the book ------------------------------------------------------------------------------------
static bool take_book(struct compose *c, const struct digest *hash, unsigned version,
                      struct err *err)
{
    c->book = shelf_find(&c->layout->codebook.shelf, hash);
    if (c->book == NULL)
        return err_set(err, ERR_UNSUPPORTED, "DESIGN 6",
                       "codebook %u is not held here; `elchi codebook add FILE` adds it", version);
    c->message.codebook_version = c->book->version;
    c->message.codebook = c->book->hash;
    return true;
}

bool compose_choose_book(struct compose *c, struct err *err)
{
    struct buffer columns;
    json_t *shown = NULL;
    struct digest hash;
    struct str to = c->record.open ? STR("all") : state_code_str(&c->record.to.state);
    buffer_init(&columns, &c->cli->arena, 64);
    buffer_block16(&columns, str_bytes(to));
    if (!clerk_show(&c->link->clerk, CLERK_BOOK_FOR, buffer_bytes(&columns), &shown, err))
        return false;
    bool done = digest_read(str_of(see_text(shown, "hash")), &hash) ||
                err_set(err, ERR_MALFORMED, NULL, "the node's answer names no codebook");
    done = done && take_book(c, &hash, (unsigned)see_number(shown, "version"), err);
    json_decref(shown);
    return done;
}

bool compose_book_of(struct compose *c, const struct record *asked, struct err *err)
{
    const struct message *m = asked->payload;
    if (asked->type != &record_type_message)
        return compose_choose_book(c, err);
    return take_book(c, &m->codebook, (unsigned)m->codebook_version, err);
}

// -- handling ------------------------------------------------------------------------------------
static bool take_addresses(struct compose *c, struct err *err)
{
    struct str word = {0};
    struct record *r = &c->record;
    if (word_given(c->cli, OPTION_TO, &word)) {
        r->open = str_eq(word, STR("all"));
        if (!r->open && !address_read(word, &r->to))
            return err_set(err, ERR_USAGE, NULL, "--to is XB/technical, XB, or all");
    }
    if (word_given(c->cli, OPTION_FROM, &word) && !desk_read(word, &r->from.desk))
        return err_set(err, ERR_USAGE, NULL,
                       "--from is technical, diplomatic, judicial or coordination");
    if (!r->open && !state_code_is_set(&r->to.state))
        return err_set(err, ERR_USAGE, NULL, "say to whom: --to XB/technical");
    // Desks of one kind speak with one another.
    if (r->from.desk == DESK_NONE && !r->open && r->to.desk != DESK_NONE) {
        r->from.desk = r->to.desk;
        c->usual[USUAL_FROM] = true;
    }
    if (r->from.desk == DESK_NONE)
        return err_set(err, ERR_USAGE, NULL, "say which desk speaks: --from technical");
    return true;
}

bool compose_handling(struct compose *c, struct err *err)
{
    struct str word = {0};
    struct record *r = &c->record;
    if (!take_addresses(c, err))
        return false;
    if (word_given(c->cli, OPTION_PRECEDENCE, &word) && !precedence_read(word, &r->precedence))
        return err_set(err, ERR_USAGE, NULL,
                       "--precedence is ROUTINE, PRIORITY, IMMEDIATE or FLASH");
    c->usual[USUAL_PRECEDENCE] = c->fresh && !option_given(c->cli, OPTION_PRECEDENCE);
    if (word_given(c->cli, OPTION_TLP, &word) && !tlp_read(word, &r->tlp))
        return err_set(err, ERR_USAGE, NULL, "--tlp is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
    if (word_given(c->cli, OPTION_MARKING, &word) && !marking_read(word, &r->marking))
        return err_set(err, ERR_USAGE, NULL, "--marking is XA:CODE");
    if (option_given(c->cli, OPTION_EXERCISE))
        r->exercise = true;
    return true;
}

// -- lines ---------------------------------------------------------------------------------------
static bool next_word(struct str *rest, struct str *ret)
{
    while (str_split(rest, ' ', ret))
        if (ret->len > 0)
            return true;
    return false;
}

static bool spell(const struct layout *l, const struct phrase *phrase, struct arena *a,
                  struct str word, size_t *ret_place, struct phrase_parameter *ret, struct err *err)
{
    char room[PARAMETER_TEXT_BYTES];
    struct str name;
    struct str value = word;
    if (!str_split(&value, '=', &name) || value.len == 0)
        return err_set(err, ERR_USAGE, NULL, "%.*s is not name=value", STR_ARG(word));
    const struct book_parameter *p = phrase_parameter(phrase, name);
    if (p == NULL)
        return err_set(err, ERR_USAGE, "DESIGN 6",
                       "%.*s has no parameter %.40s; `elchi codebook show %.*s` lists them",
                       STR_ARG(phrase->code), name.ptr, STR_ARG(phrase->code));
    if (!parameter_canonical(p->type, p->table, &l->states, value, room, err))
        return err_wrap(err, "%.*s", STR_ARG(name));
    *ret_place = (size_t)(p - phrase->parameters);
    ret->name = p->name;
    return arena_str(a, str_of(room), &ret->value, err);
}

// Another version may hold what this one does not: then it says which, and what to do.
static bool no_phrase(const struct layout *l, const struct book *book, struct str code,
                      struct err *err)
{
    const struct book *other = NULL;
    for (size_t i = 0; i < l->codebook.shelf.count; i++) {
        const struct book *b = l->codebook.shelf.books[i];
        if (str_eq(b->name, book->name) && book_phrase(b, code) != NULL &&
            (other == NULL || b->version > other->version))
            other = b;
    }
    unsigned here = (unsigned)book->version;
    unsigned there = other == NULL ? 0 : (unsigned)other->version;
    if (there > here)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "%.*s is new in codebook %u, and this is written under %u, which both "
                       "hold; say it by other phrases, or ask the partner to add codebook %u",
                       STR_ARG(code), there, here, there);
    if (there > 0)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "%.*s was retired: codebook %u had it, codebook %u does not; `elchi "
                       "codebook list` shows what it has",
                       STR_ARG(code), there, here);
    return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                   "the codebook has no phrase %.*s; `elchi codebook list` shows all",
                   (int)(code.len > 40 ? 40 : code.len), code.ptr);
}

// The book's order of parameters is the one order on the wire; people type them as they come.
bool compose_line(const struct layout *l, const struct book *book, struct arena *a,
                  struct str typed, uint32_t number, struct phrase_line *ret, struct err *err)
{
    struct phrase_parameter by_place[PHRASE_PARAMETERS_MAX] = {0};
    struct str word;
    struct str rest = typed;
    if (!next_word(&rest, &word))
        return err_set(err, ERR_USAGE, NULL, "an empty line");
    const struct phrase *phrase = book_phrase(book, word);
    if (phrase == NULL)
        return no_phrase(l, book, word, err);
    while (next_word(&rest, &word)) {
        struct phrase_parameter one;
        size_t place = 0;
        if (!spell(l, phrase, a, word, &place, &one, err))
            return false;
        if (by_place[place].name.len > 0)
            return err_set(err, ERR_USAGE, NULL, "%.*s stands twice", STR_ARG(one.name));
        by_place[place] = one;
    }
    *ret = (struct phrase_line){.number = number, .code = phrase->code};
    for (size_t i = 0; i < phrase->parameters_count; i++)
        if (by_place[i].name.len > 0)
            ret->parameters[ret->parameters_count++] = by_place[i];
    return true;
}

static bool take_lines(struct compose *c, size_t first, struct err *err)
{
    struct cli *cli = c->cli;
    size_t count = cli->arguments_count - first;
    struct phrase_line *lines = arena_new(&cli->arena, struct phrase_line, count + 1);
    if (count == 0 || count > PHRASE_LINES_MAX || lines == NULL)
        return err_set(err, ERR_USAGE, NULL, "a message has 1 to %d lines, each in quotes",
                       PHRASE_LINES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!compose_line(c->layout, c->book, &cli->arena, str_of(cli->arguments[first + i]),
                          (uint32_t)i + 1, &lines[i], err))
            return err_wrap(err, "line %02zu", i + 1);
    c->message.lines = lines;
    c->message.lines_count = count;
    return true;
}

static bool take_texts(struct compose *c, struct err *err)
{
    const struct option_values *given = &c->cli->options[OPTION_TEXT];
    struct unofficial_text *texts =
        arena_new(&c->cli->arena, struct unofficial_text, given->count + 1);
    if (texts == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many texts");
    for (size_t i = 0; i < given->count; i++) {
        struct str rest = str_of(given->items[i]);
        if (!str_split(&rest, ':', &texts[i].language) || rest.len == 0)
            return err_set(err, ERR_USAGE, NULL, "--text is LANG:TEXT");
        if (!text_check_line(str_bytes(rest), &texts[i].paragraph, err))
            return err_wrap(err, "--text");
    }
    c->message.texts = texts;
    c->message.texts_count = given->count;
    return true;
}

static bool take_attachments(struct compose *c, struct err *err)
{
    const struct option_values *given = &c->cli->options[OPTION_ATTACH];
    struct attachment *all = arena_new(&c->cli->arena, struct attachment, given->count + 1);
    if (all == NULL || given->count > ATTACHMENT_COUNT_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "at most %d attachments",
                       ATTACHMENT_COUNT_MAX);
    for (size_t i = 0; i < given->count; i++)
        if (!compose_attach(c, given->items[i], &all[i], err))
            return false;
    c->record.attachments = all;
    c->record.attachments_count = given->count;
    return true;
}

// The clerk knows the hash behind a reference; people name the reference alone.
static bool take_replaces(struct compose *c, struct err *err)
{
    struct buffer columns;
    json_t *shown = NULL;
    struct named_record *n = &c->message.replaces;
    const char *ref = option_value(c->cli, OPTION_REPLACES, NULL);
    if (ref == NULL)
        return true;
    buffer_init(&columns, &c->cli->arena, 1024);
    buffer_block16(&columns, str_bytes(str_of(ref)));
    if (!clerk_show(&c->link->clerk, CLERK_SHOW, buffer_bytes(&columns), &shown, err))
        return false;
    c->message.has_replaces = ref_read(str_of(see_text(shown, "ref")), &n->ref) &&
                              digest_read(str_of(see_text(shown, "note")), &n->note);
    json_decref(shown);
    return c->message.has_replaces ||
           err_set(err, ERR_MALFORMED, NULL, "the node's answer names no record");
}

// -- what is usual -------------------------------------------------------------------------------
// A phrase that names a handling of its own (N04) asks for at least that.
static enum tlp usual_tlp(const struct compose *c)
{
    enum tlp asked = TLP_NONE;
    enum tlp usual =
        c->record.open ? TLP_GREEN : TLP_AMBER; // FIRST TLP 2.0: the community; the few
    for (size_t i = 0; i < c->message.lines_count; i++) {
        const struct phrase_line *line = &c->message.lines[i];
        for (size_t p = 0; p < line->parameters_count; p++)
            if (str_eq(line->parameters[p].name, STR("tlp")) &&
                tlp_read(line->parameters[p].value, &asked) && asked > usual)
                usual = asked;
    }
    return usual;
}

// An answer takes over the precedence of what it answers, as far as its phrases may go: a word of
// thanks to a FLASH message is no FLASH.
static void lower_precedence(struct compose *c)
{
    if (option_given(c->cli, OPTION_PRECEDENCE))
        return;
    for (size_t i = 0; i < c->message.lines_count; i++) {
        const struct phrase *p = book_phrase(c->book, c->message.lines[i].code);
        if (p == NULL || c->record.precedence <= p->precedence_max)
            continue;
        c->record.precedence = p->precedence_max;
        c->usual[USUAL_PRECEDENCE] = true;
    }
}

static void fill_usual(struct compose *c)
{
    lower_precedence(c);
    if (c->record.tlp != TLP_NONE)
        return;
    c->record.tlp = usual_tlp(c);
    c->usual[USUAL_TLP] = true;
}

static const char *const usual_words[USUAL_COUNT] = {"from", "precedence", "tlp"};

static bool add_usual(const struct compose *c, json_t *draft, struct err *err)
{
    json_t *all = json_array();
    for (int u = 0; u < USUAL_COUNT; u++)
        if (c->usual[u])
            (void)json_array_append_new(all, json_string(usual_words[u]));
    return json_object_set_new(draft, "usual", all) == 0 ||
           err_set(err, ERR_IO, NULL, "cannot write the answer as JSON");
}

static void say_usual(const struct compose *c)
{
    const struct record *r = &c->record;
    const char *const values[USUAL_COUNT] = {desk_word(r->from.desk),
                                             precedence_word(r->precedence), tlp_word(r->tlp)};
    bool any = false;
    for (int u = 0; u < USUAL_COUNT; u++) {
        if (!c->usual[u])
            continue;
        say("%s %s %s (--%s)", any ? "," : "Not given, so usual:", usual_words[u], values[u],
            usual_words[u]);
        any = true;
    }
    say(any ? "\n\n" : "");
}

bool compose_message(struct compose *c, size_t first, struct err *err)
{
    c->record.payload = &c->message;
    CHECK(c->book != NULL); // it was chosen
    bool done = take_lines(c, first, err) && take_texts(c, err) &&
                (!option_given(c->cli, OPTION_REPLACES) || take_replaces(c, err)) &&
                take_attachments(c, err);
    if (done)
        fill_usual(c);
    return done;
}

// -- keeping -------------------------------------------------------------------------------------
static void say_findings(const json_t *draft)
{
    json_t *one;
    size_t i;
    json_t *all = see_rows(draft, "findings");
    json_array_foreach(all, i, one) say("  ! %s\n", see_text(one, "sentence"));
}

static void say_approvals(const json_t *draft)
{
    json_t *one;
    size_t i;
    json_t *all = see_rows(draft, "approvals");
    say("  approvals  %zu of %llu\n", json_array_size(all),
        (unsigned long long)see_number(json_object_get(draft, "rule"), "approvals"));
    json_array_foreach(all, i, one) say("    %s: %s, good until %s\n", see_text(one, "officer"),
                                        see_text(one, "decision"), see_text(one, "until"));
}

bool compose_say_draft(struct cli *cli, const struct layout *l, const json_t *draft,
                       struct err *err)
{
    const char *id = see_text(draft, "draft");
    say("%sdraft %s%s\n  state      %s\n  desk       %s, by %s\n  approve    %s\n", style_bold(),
        id, style_plain(), see_text(draft, "state"), see_text(draft, "desk"),
        see_text(draft, "author"), see_text(draft, "approve_hash"));
    say_approvals(draft);
    say_findings(draft);
    say("\n");
    if (!layout_say_record(cli, l, str_bytes(str_of(see_text(draft, "text"))), err))
        return false;
    bool two = see_number(json_object_get(draft, "rule"), "approvals") > 1;
    say("\nNext:\n  elchi draft show %s --out request\n  elchi approve request --officer KEY "
        "--out approval%s\n  elchi release %s --approval approval%s\n",
        id, two ? "      # and a second officer: --out approval-2" : "", id,
        two ? " --approval approval-2" : "");
    return true;
}

bool compose_keep(struct compose *c, struct err *err)
{
    struct str text;
    struct buffer columns;
    json_t *draft = NULL;
    if (!record_write(&c->cli->arena, &c->record, &text, err))
        return false;
    buffer_init(&columns, &c->cli->arena, RECORD_BYTES_MAX + 16);
    buffer_block32(&columns, str_bytes(text));
    if (!clerk_show(&c->link->clerk, CLERK_DRAFT_NEW, buffer_bytes(&columns), &draft, err))
        return err->clause != NULL && strcmp(err->clause, "gate key") == 0
                   ? err_wrap(err,
                              "%s is not known here yet: its keys come with the first contact "
                              "(`elchi peer list`) or bundle",
                              c->record.to.state.text)
                   : false;
    if (!command_json(c->cli))
        say_usual(c);
    bool done = command_json(c->cli)
                    ? layout_json_record(c->cli, c->layout, str_bytes(text), draft, err) &&
                          add_usual(c, draft, err) && say_json(json_incref(draft), err)
                    : compose_say_draft(c->cli, c->layout, draft, err);
    json_decref(draft);
    return done;
}
