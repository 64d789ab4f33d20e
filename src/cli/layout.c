#include "cli/layout.h"

#include "base/limits.h"
#include "cli/form.h"

#include <stdio.h>

// -- States and their names ----------------------------------------------------------------------
static bool state_known(const void *who, struct str state)
{
    const struct layout *l = who;
    struct state_code code;
    if (!l->has_community)
        return state_code_read(state, &code);
    return community_by_code(&l->community, state) != NULL;
}

bool layout_state_name(const void *who, struct str state, struct str language, struct str *ret)
{
    const struct layout *l = who;
    if (!l->has_community)
        return false;
    *ret = community_state_name(&l->community, state, language, NAME_SHORT);
    return !str_eq(*ret, state);
}

bool layout_community(struct cli *cli, struct bytes file, struct layout *l, struct err *err)
{
    l->has_community = community_read(&cli->arena, file, &l->community, err);
    return l->has_community;
}

// -- books ---------------------------------------------------------------------------------------
// Files of --codebook, for whoever reads without a node.
static bool take_given_files(struct cli *cli, struct layout *l, struct err *err)
{
    const struct option_values *given = &cli->options[OPTION_CODEBOOK];
    for (size_t i = 0; i < given->count; i++) {
        struct bytes file;
        if (!command_read(cli, given->items[i], CODEBOOK_BYTES_MAX, &file, err))
            return false;
        if (!codebook_add(&l->codebook, file, &cli->arena, err))
            return err_wrap(err, "%.120s", given->items[i]);
    }
    return true;
}

static bool take_file_of_node(struct cli *cli, const struct clerk_link *clerk,
                              const struct digest *hash, struct layout *l, struct err *err)
{
    struct bytes answer;
    struct err why = {0};
    if (!clerk_ask(clerk, CLERK_CODEBOOK_GET, bytes_of(hash->octets, DIGEST_BYTES), &cli->arena,
                   &answer, err))
        return false;
    struct reader r = reader_of(answer);
    struct bytes file = reader_block32(&r);
    if (!reader_done(&r))
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer is no codebook file");
    // The node cannot use such a one either: its doctor tells.
    if (!codebook_add(&l->codebook, file, &cli->arena, &why))
        l->files_left_out++;
    return true;
}

static bool take_files_of_node(struct cli *cli, const struct clerk_link *clerk, struct layout *l,
                               struct err *err)
{
    struct bytes answer;
    if (!clerk_ask(clerk, CLERK_CODEBOOK_FILES, (struct bytes){0}, &cli->arena, &answer, err))
        return false;
    struct reader r = reader_of(answer);
    while (!r.failed && r.rest.len > 0) {
        struct digest hash;
        reader_copy(&r, hash.octets, DIGEST_BYTES);
        if (!r.failed && !take_file_of_node(cli, clerk, &hash, l, err))
            return false;
    }
    return reader_done(&r) || err_set(err, ERR_MALFORMED, NULL, "the node's list of files");
}

// -- vouchers ------------------------------------------------------------------------------------
static bool take_vouchers(struct cli *cli, const struct clerk_link *clerk, struct layout *l,
                          struct err *err)
{
    json_t *shown = NULL;
    json_t *one;
    size_t i;
    struct layout_voucher *all = arena_new(&cli->arena, struct layout_voucher, LAYOUT_VOUCHERS_MAX);
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the vouchers");
    if (!clerk_show(clerk, CLERK_VOUCHES, (struct bytes){0}, &shown, err))
        return false;
    bool done = true;
    json_array_foreach(see_rows(shown, "vouches"), i, one)
    {
        struct layout_voucher *to = &all[l->vouchers_count];
        const char *state = see_text(one, "state");
        if (l->vouchers_count == LAYOUT_VOUCHERS_MAX || state[0] == '\0' ||
            !digest_read(str_of(see_text(one, "file")), &to->file))
            continue; // of no State of this community
        done = done && arena_str(&cli->arena, str_of(state), &to->state, err);
        l->vouchers_count++;
    }
    json_decref(shown);
    l->vouchers = all;
    return done;
}

static bool already(const struct str *states, size_t count, struct str state)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(states[i], state))
            return true;
    return false;
}

size_t layout_vouchers(const struct layout *l, const struct rendering *r, struct str *ret,
                       size_t most)
{
    struct codebook_file wanted = {.kind = CODEBOOK_RENDERING};
    const struct codebook_file *file = NULL;
    size_t count = 0;
    if (r == NULL)
        return 0;
    wanted.of = r->language;
    wanted.book = r->book_name;
    wanted.version = r->book_version;
    for (size_t i = 0; i < l->codebook.files_count; i++)
        if (codebook_file_same(&l->codebook.files[i], &wanted))
            file = &l->codebook.files[i];
    for (size_t i = 0; file != NULL && i < l->vouchers_count && count < most; i++)
        if (digest_eq(&l->vouchers[i].file, &file->hash) &&
            !already(ret, count, l->vouchers[i].state))
            ret[count++] = l->vouchers[i].state;
    return count;
}

bool layout_open(struct cli *cli, const struct clerk_link *clerk, struct layout *ret,
                 struct err *err)
{
    struct bytes columns;
    struct err none = {0};
    *ret = (struct layout){0};
    ret->states = (struct electorate){state_known, ret};
    if (!codebook_embedded(&cli->arena, &ret->codebook, err) ||
        (clerk != NULL &&
         (!take_files_of_node(cli, clerk, ret, err) || !take_vouchers(cli, clerk, ret, err))) ||
        !take_given_files(cli, ret, err))
        return false;
    if (clerk == NULL)
        return true;
    if (!clerk_ask(clerk, CLERK_COMMUNITY_GET, (struct bytes){0}, &cli->arena, &columns, &none)) {
        if (none.kind == ERR_NOT_FOUND)
            return true; // none is applied yet: codes stand alone
        *err = none;
        return false;
    }
    struct reader r = reader_of(columns);
    struct bytes file = reader_block32(&r);
    if (!reader_done(&r))
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer is no community file");
    return file.len == 0 || layout_community(cli, file, ret, err);
}

struct str layout_state(struct cli *cli, const struct layout *l, struct str code)
{
    struct str both = code;
    struct err none = {0};
    if (!l->has_community)
        return code;
    struct str name =
        community_state_name(&l->community, code, str_of(command_language(cli)), NAME_SHORT);
    if (!str_eq(name, code) &&
        arena_fmt(&cli->arena, &both, &none, "%.*s (%.*s)", STR_ARG(name), STR_ARG(code)))
        return both;
    return code;
}

// -- one record ----------------------------------------------------------------------------------
bool layout_read(struct cli *cli, struct bytes text, struct record *ret, struct err *err)
{
    struct err whole = {0};
    return record_read(&cli->arena, text, ret, &whole) ||
           record_read_approved(&cli->arena, text, ret, err);
}

struct render_with layout_with(const struct layout *l, const struct book *book,
                               const char *language, bool exercise)
{
    return (struct render_with){.book = book,
                                .language =
                                    codebook_rendering(&l->codebook, book, str_of(language)),
                                .wanted = str_of(language),
                                .english = codebook_rendering(&l->codebook, book, STR("en")),
                                .states = &l->states,
                                .state_name = layout_state_name,
                                .who = l,
                                .exercise = exercise};
}

// U+2067 and U+2069: the reader's terminal sees where the other direction begins and ends.
static const char isolate_begin[] = {(char)0xE2, (char)0x81, (char)0xA7, '\0'};
static const char isolate_end[] = {(char)0xE2, (char)0x81, (char)0xA9, '\0'};

void layout_say_lines(struct str text, bool right_to_left)
{
    struct str line;
    while (text.len > 0 && str_split(&text, '\n', &line))
        if (line.len > 0)
            say("  %s%.*s%s\n", right_to_left ? isolate_begin : "", STR_ARG(line),
                right_to_left ? isolate_end : "");
}

bool layout_say_record(struct cli *cli, const struct layout *l, struct bytes text, struct err *err)
{
    struct record record;
    struct str checked;
    struct form form;
    if (!text_check(text, &checked, err) || !form_asked(cli, &form, err))
        return false;
    layout_say_lines(checked, false);
    return layout_read(cli, text, &record, err) && form_say(cli, l, &record, &form, err);
}

static bool put_rendering(struct cli *cli, const struct layout *l, const struct record *record,
                          const char *language, const struct form *form, json_t *to,
                          struct err *err)
{
    struct str lines;
    if (!form_render(cli, l, record, language, form, &lines, err))
        return false;
    (void)json_object_set_new(to, language, json_str(lines)); // ends the process without memory
    return true;
}

bool layout_json_record(struct cli *cli, const struct layout *l, struct bytes text, json_t *to,
                        struct err *err)
{
    struct record record;
    struct form form;
    const char *language = command_language(cli);
    json_t *renderings = json_object();
    bool done = form_asked(cli, &form, err) && layout_read(cli, text, &record, err) &&
                put_rendering(cli, l, &record, language, &form, renderings, err) &&
                (strcmp(language, "en") == 0 ||
                 put_rendering(cli, l, &record, "en", &form, renderings, err));
    (void)json_object_set_new(to, "renderings", renderings);
    if (done)
        (void)json_object_set_new(to, "form", json_string(render_form_word(form.form)));
    return done;
}

// -- the clerk's JSON ----------------------------------------------------------------------------
const char *see_text(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text == NULL ? "" : text;
}

uint64_t see_number(const json_t *o, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(o, key));
    return n < 0 ? 0 : (uint64_t)n;
}

bool see_true(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

json_t *see_rows(const json_t *o, const char *key)
{
    return json_object_get(o, key); // NULL has size 0 for the library
}

bool see_record(struct cli *cli, const struct clerk_link *clerk, const char *name,
                json_t **ret_owned, struct err *err)
{
    struct buffer columns;
    buffer_init(&columns, &cli->arena, 1024);
    buffer_block16(&columns, str_bytes(str_of(name)));
    return clerk_show(clerk, CLERK_SHOW, buffer_bytes(&columns), ret_owned, err);
}

bool see_print(json_t *owned, struct err *err)
{
    return say_json(owned, err);
}

void see_say_quorum(const json_t *o)
{
    say("cosigned by %llu of %llu%s", (unsigned long long)see_number(o, "k"),
        (unsigned long long)see_number(o, "n"),
        see_true(o, "quorum_met") || see_true(o, "met") ? ", quorum met" : ", quorum not met");
}
