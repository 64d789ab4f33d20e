// cli/cmd_community.c - the community file, States' keys, partners.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/request.h"
#include "community/chain.h"
#include "community/fingerprint.h"
#include "community/held.h"
#include "community/policy_derive.h"
#include "record/keys.h"

#include <stdio.h>
#include <stdlib.h>

// How long things take where a community does not say otherwise, in seconds.
#define DAY UINT64_C(86400)
static const uint64_t usual_s[COMMUNITY_DURATION_COUNT] = {
    [DURATION_SILENCE] = 7 * DAY, [DURATION_RECEIPT] = DAY,     [DURATION_HEARD] = 3 * DAY,
    [DURATION_REVEAL] = DAY,      [DURATION_CHECK] = 180 * DAY, [DURATION_CONTACT] = 365 * DAY,
};

// -- making a community file ----------------------------------------------------------------------
struct making {
    struct cli *cli;
    struct community c;
    struct community_state *states;
    struct community_name *titles;
};

// "en:Text" or "XA:en:Text": the fields before the text.
static bool split_name(const char *given, struct str *ret_code, struct community_name *ret,
                       struct err *err)
{
    struct str rest = str_of(given);
    if ((ret_code != NULL && !str_split(&rest, ':', ret_code)) ||
        !str_split(&rest, ':', &ret->language) || rest.ptr == NULL || rest.len == 0)
        return err_set(err, ERR_USAGE, NULL, "%.80s is not %sLANG:TEXT", given,
                       ret_code != NULL ? "CODE:" : "");
    ret->text = rest;
    return true;
}

static int by_language(const void *a, const void *b)
{
    return str_cmp(((const struct community_name *)a)->language,
                   ((const struct community_name *)b)->language);
}

static bool take_titles(struct making *m, struct err *err)
{
    const struct option_values *given = &m->cli->options[OPTION_TITLE];
    m->titles = arena_new(&m->cli->arena, struct community_name, given->count + 1);
    if (given->count == 0 || m->titles == NULL)
        return err_set(err, ERR_USAGE, NULL, "a community has a name: --title en:TEXT");
    for (size_t i = 0; i < given->count; i++)
        if (!split_name(given->items[i], NULL, &m->titles[i], err))
            return false;
    qsort(m->titles, given->count, sizeof *m->titles, by_language);
    m->c.names = (struct community_names){m->titles, given->count};
    return true;
}

static bool take_names_of(struct making *m, struct community_state *state, struct err *err)
{
    const struct option_values *given = &m->cli->options[OPTION_NAME];
    struct community_name *names =
        arena_new(&m->cli->arena, struct community_name, given->count + 1);
    size_t count = 0;
    CHECK(names != NULL);
    for (size_t i = 0; i < given->count; i++) {
        struct str code;
        if (!split_name(given->items[i], &code, &names[count], err))
            return false;
        count += str_eq(code, state->code) ? 1 : 0;
    }
    qsort(names, count, sizeof *names, by_language);
    state->long_names = state->short_names = (struct community_names){names, count};
    return true;
}

// FILE[@URL]: what a State says of itself in its first manifest, and where its node is reached.
static bool take_member(struct making *m, const char *given, struct community_state *to,
                        struct err *err)
{
    struct bytes sent;
    struct str file = str_of(given);
    struct str *endpoint = arena_new(&m->cli->arena, struct str, 1);
    const char *at = strstr(given, "@https://");
    const char *path;
    struct note *note = memory_new(1, sizeof *note);
    struct keys_record *k = memory_new(1, sizeof *k);
    CHECK(endpoint != NULL);
    if (at != NULL) {
        file = str_slice(file, 0, (size_t)(at - given));
        *endpoint = str_of(at + 1);
    }
    bool done = arena_cstr(&m->cli->arena, file, &path, err) &&
                command_read(m->cli, path, NOTE_BYTES_MAX, &sent, err) &&
                keys_note_read(sent, note, k, err);
    if (done && k->version != 1)
        done = err_set(err, ERR_USAGE, "DESIGN 5.6", "%s is not a first manifest", path);
    if (done)
        *to = (struct community_state){.code = k->state,
                                       .origin = k->origin,
                                       .role = ROLE_MEMBER,
                                       .genesis = keys_text_hash(note->text),
                                       .endpoints = endpoint,
                                       .endpoints_count = at != NULL ? 1 : 0,
                                       .group = COMMUNITY_NO_GROUP};
    memory_release(k);
    memory_release(note);
    return done && take_names_of(m, to, err);
}

static bool take_members(struct making *m, struct err *err)
{
    const struct option_values *given = &m->cli->options[OPTION_MEMBER];
    m->states = arena_new(&m->cli->arena, struct community_state, given->count + 1);
    if (given->count < 2 || m->states == NULL)
        return err_set(err, ERR_USAGE, NULL,
                       "name at least two States: --member MANIFEST[@https://HOST:PORT]");
    for (size_t i = 0; i < given->count; i++)
        if (!take_member(m, given->items[i], &m->states[i], err))
            return err_wrap(err, "--member %zu", i + 1);
    m->c.states = m->states;
    m->c.states_count = given->count;
    return true;
}

static bool take_rules(struct making *m, struct err *err)
{
    uint64_t quorum = 0;
    struct codebook book;
    const char *given = option_value(m->cli, OPTION_QUORUM, NULL);
    if (given == NULL || !decimal_read(str_of(given), COMMUNITY_STATES_MAX, &quorum))
        return err_set(err, ERR_USAGE, NULL,
                       "--quorum K: how many States other than the author must cosign");
    if (!codebook_embedded(&m->cli->arena, &book, err))
        return false;
    m->c.quorum = (unsigned)quorum;
    m->c.codebook_version = book.current->version;
    m->c.codebook = book.current->hash;
    memcpy(m->c.durations_s, usual_s, sizeof usual_s);
    return true;
}

static bool say_community(struct cli *cli, const struct community *c, struct err *err)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    char groups[FINGERPRINT_CHARS + 1];
    struct fingerprint f = fingerprint_of(&c->hash);
    json_t *states = json_array();
    CHECK(states != NULL);
    digest_write(&c->hash, hash);
    fingerprint_write(&f, groups);
    if (!command_json(cli))
        say("%.*s\n  hash         %s\n  fingerprint  %s\n  quorum       %u of %zu others\n",
            STR_ARG(community_title(c, str_of(command_language(cli)))), hash, groups, c->quorum,
            c->states_count - 1);
    for (size_t i = 0; i < c->states_count; i++) {
        const struct community_state *s = &c->states[i];
        struct fingerprint g = fingerprint_of(&s->genesis);
        char genesis[FINGERPRINT_CHARS + 1];
        struct str name =
            community_state_name(c, s->code, str_of(command_language(cli)), NAME_SHORT);
        fingerprint_write(&g, genesis);
        if (!command_json(cli))
            say("  %-8.*s %-28.*s %s  %.*s\n", STR_ARG(s->code), STR_ARG(s->origin), genesis,
                STR_ARG(name));
        json_t *one = json_pack("{s:s%,s:s%,s:s}", "state", s->code.ptr, s->code.len, "origin",
                                s->origin.ptr, s->origin.len, "fingerprint", genesis);
        CHECK(json_array_append_new(states, one) == 0);
    }
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:s,s:i,s:o}", "hash", hash, "fingerprint", groups,
                                  "quorum", (int)c->quorum, "states", states),
                        err);
    json_decref(states);
    return true;
}

bool cmd_community_new(struct cli *cli, struct err *err)
{
    struct making m = {.cli = cli};
    struct bytes file;
    struct community made;
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!take_titles(&m, err) || !take_members(&m, err) || !take_rules(&m, err) ||
        !community_write(&m.c, &cli->arena, &file, err) ||
        !community_read(&cli->arena, file, &made, err) ||
        !command_write(cli, out, file, false, err))
        return false;
    return strcmp(out, "-") == 0 || say_community(cli, &made, err);
}

// -- the file that is there ----------------------------------------------------------------------
static bool applied(struct cli *cli, struct bytes *ret, struct err *err)
{
    struct link l;
    struct bytes answer;
    if (!link_open(cli, &l, err))
        return false;
    bool done =
        clerk_ask(&l.clerk, CLERK_COMMUNITY_GET, (struct bytes){0}, &cli->arena, &answer, err);
    link_close(&l);
    if (!done)
        return false;
    struct reader r = reader_of(answer);
    *ret = reader_block32(&r);
    return reader_done(&r) || err_set(err, ERR_MALFORMED, "clerk/frames.h", "the node's answer");
}

bool cmd_community_show(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct community c;
    return applied(cli, &file, err) && community_read(&cli->arena, file, &c, err) &&
           say_community(cli, &c, err);
}

bool cmd_community_check(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct community c;
    return command_read(cli, cli->arguments[0], COMMUNITY_BYTES_MAX, &file, err) &&
           community_read(&cli->arena, file, &c, err) && say_community(cli, &c, err);
}

// A second file changes what the keeper counts as a quorum: administrators approve it like a change
// of the register.
static bool write_file_request(struct cli *cli, struct bytes file, struct err *err)
{
    struct link l;
    struct bytes request;
    struct request r = {.decision = DECISION_REGISTER, .text = file};
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!link_open_officer(cli, &l, err))
        return false;
    r.log = l.origin;
    link_close(&l);
    if (!request_write(&r, &cli->arena, &request, err) ||
        !command_write(cli, out, request, true, err))
        return false;
    if (strcmp(out, "-") == 0)
        return true;
    if (command_json(cli))
        return say_json(json_pack("{s:s}", "file", out), err);
    say("Nothing is applied yet. The request is in %s. Administrators of the register approve "
        "it:\n  elchi approve %s --officer KEY --out APPROVAL\nand then, as a releasing officer,\n"
        "  elchi community apply %s --officer KEY --approval APPROVAL ...\n",
        out, out, cli->arguments[0]);
    return true;
}

bool cmd_community_apply(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct community c;
    struct bytes answer;
    struct link l;
    struct buffer columns;
    const struct option_values *given = &cli->options[OPTION_APPROVAL];
    bool officer = cli->options[OPTION_OFFICER].count > 0;
    if (!command_read(cli, cli->arguments[0], COMMUNITY_BYTES_MAX, &file, err) ||
        !community_read(&cli->arena, file, &c, err))
        return false;
    if (option_given(cli, OPTION_OUT))
        return write_file_request(cli, file, err);
    buffer_init(&columns, &cli->arena, FRAME_BYTES_MAX);
    buffer_block32(&columns, file);
    buffer_number(&columns, given->count, 2);
    for (size_t i = 0; i < given->count; i++) {
        struct bytes note;
        if (!command_read(cli, given->items[i], NOTE_BYTES_MAX, &note, err))
            return false;
        buffer_block16(&columns, note);
    }
    if (!(officer ? link_open_officer(cli, &l, err) : link_open(cli, &l, err)))
        return false;
    bool done = clerk_ask(&l.clerk, CLERK_COMMUNITY_APPLY, buffer_bytes(&columns), &cli->arena,
                          &answer, err);
    link_close(&l);
    if (!done && err->kind == ERR_DENIED && given->count == 0)
        return err_wrap(
            err,
            "a file was applied before; `elchi community apply %.60s --officer KEY --out "
            "REQUEST` begins the change",
            cli->arguments[0]);
    return done && say_community(cli, &c, err);
}

// -- keys -----------------------------------------------------------------------------------------
static bool chain_at(struct cli *cli, const struct link *l, const struct community_state *s,
                     struct chain *ret, struct err *err)
{
    struct buffer columns;
    struct bytes answer;
    buffer_init(&columns, &cli->arena, 1024);
    buffer_block16(&columns, str_bytes(s->origin));
    chain_init(ret, &cli->arena, s->origin, s->code, &s->genesis);
    if (!clerk_ask(&l->clerk, CLERK_CHAIN_GET, buffer_bytes(&columns), &cli->arena, &answer, err))
        return false;
    struct reader r = reader_of(answer);
    struct bytes wire = reader_block32(&r);
    if (!reader_done(&r) || !chain_read(ret, wire, err))
        return err->kind != ERR_NONE
                   ? false
                   : err_set(err, ERR_MALFORMED, "clerk/frames.h", "the node's answer");
    chain_trust_indexes(ret); // our own node read them in the logs
    return true;
}

bool cmd_community_policy(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct community c;
    struct link l;
    struct str policy;
    if (!applied(cli, &file, err) || !community_read(&cli->arena, file, &c, err) ||
        !link_open(cli, &l, err))
        return false;
    const struct chain **items = arena_new(&cli->arena, const struct chain *, c.states_count);
    struct chain *chains = arena_new(&cli->arena, struct chain, c.states_count);
    CHECK(items != NULL && chains != NULL);
    for (size_t i = 0; i < c.states_count; i++) {
        struct err why = {0};
        items[i] = chain_at(cli, &l, &c.states[i], &chains[i], &why) ? &chains[i] : NULL;
    }
    link_close(&l);
    struct chains all = {&c, items};
    const struct community_state *of = community_by_origin(&c, str_of(cli->arguments[0]));
    if (of == NULL)
        of = community_by_code(&c, str_of(cli->arguments[0]));
    if (of == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "the community has no State or log %.80s",
                       cli->arguments[0]);
    return policy_derive(&all, of->origin, &cli->arena, &policy, err) &&
           command_write(cli, option_value(cli, OPTION_OUT, "-"), str_bytes(policy), false, err);
}

static bool find_state(struct cli *cli, struct community *c, const struct community_state **ret,
                       struct err *err)
{
    struct bytes file;
    if (!applied(cli, &file, err) || !community_read(&cli->arena, file, c, err))
        return false;
    *ret = community_by_code(c, str_of(cli->arguments[0]));
    return *ret != NULL ||
           err_set(err, ERR_NOT_FOUND, NULL, "the community has no State %.20s", cli->arguments[0]);
}

static bool say_manifest(struct cli *cli, const struct manifest *m, json_t *versions,
                         struct err *err)
{
    const struct keys_record *k = &m->keys;
    char when[MOMENT_CHARS + 1];
    char tls[DIGEST_TEXT_CHARS + 1];
    json_t *keys = json_object();
    CHECK(keys != NULL);
    moment_write(k->time, when);
    digest_write(&k->tls, tls);
    if (!command_json(cli))
        say("version %llu of %s%s: %u of %zu roots\n", (unsigned long long)k->version, when,
            k->demo ? " (demonstration)" : "", k->threshold, k->roots_count);
    for (int r = 0; r < KEYS_ROLE_COUNT; r++) {
        struct str vkey;
        if (!k->present[r])
            continue;
        if (!note_key_text(&k->keys[r], &cli->arena, &vkey, err))
            return false;
        if (!command_json(cli))
            say("  %-13s %.*s\n", keys_role_word((enum keys_role)r), STR_ARG(vkey));
        CHECK(json_object_set_new(keys, keys_role_word((enum keys_role)r), json_str(vkey)) == 0);
    }
    if (!command_json(cli))
        say("  %-13s %.*s\n  %-13s %s\n", "encryption", STR_ARG(k->encryption), "tls", tls);
    json_t *one = json_pack("{s:I,s:s,s:b,s:o,s:s%,s:s}", "version", (json_int_t)k->version, "time",
                            when, "demo", k->demo, "keys", keys, "encryption", k->encryption.ptr,
                            k->encryption.len, "tls", tls);
    CHECK(json_array_append_new(versions, one) == 0);
    return true;
}

bool cmd_keys_show(struct cli *cli, struct err *err)
{
    struct community c;
    const struct community_state *s = NULL;
    struct link l;
    struct chain chain;
    char groups[FINGERPRINT_CHARS + 1];
    if (!find_state(cli, &c, &s, err) || !link_open(cli, &l, err))
        return false;
    bool done = chain_at(cli, &l, s, &chain, err);
    link_close(&l);
    struct fingerprint f = fingerprint_of(&s->genesis);
    fingerprint_write(&f, groups);
    json_t *versions = json_array();
    CHECK(versions != NULL);
    if (done && !command_json(cli))
        say("%.*s %.*s\nfingerprint %s\n", STR_ARG(s->code), STR_ARG(s->origin), groups);
    for (size_t i = 0; done && i < chain.count; i++)
        done = say_manifest(cli, &chain.links[i]->manifest, versions, err);
    if (done && command_json(cli))
        return say_json(json_pack("{s:s%,s:s%,s:s,s:o}", "state", s->code.ptr, s->code.len,
                                  "origin", s->origin.ptr, s->origin.len, "fingerprint", groups,
                                  "versions", versions),
                        err);
    json_decref(versions);
    return done;
}

bool cmd_keys_compare(struct cli *cli, struct err *err)
{
    struct community c;
    const struct community_state *s = NULL;
    struct fingerprint typed;
    struct buffer words;
    struct str text;
    if (!find_state(cli, &c, &s, err))
        return false;
    buffer_init(&words, &cli->arena, 1024);
    for (size_t i = 1; i < cli->arguments_count; i++)
        buffer_fmt(&words, "%s%s", i == 1 ? "" : " ", cli->arguments[i]);
    struct fingerprint ours = fingerprint_of(&s->genesis);
    if (!buffer_take_str(&words, &text, err) || !fingerprint_read(text, &typed, err) ||
        !fingerprint_check(&ours, &typed, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s%,s:b}", "state", s->code.ptr, s->code.len, "same", 1), err);
    say("All six groups agree: this is the %.*s of the community file.\n", STR_ARG(s->code));
    return true;
}

// -- partners -------------------------------------------------------------------------------------
bool cmd_peer_list(struct cli *cli, struct err *err)
{
    struct link l;
    json_t *shown = NULL;
    json_t *one;
    size_t i;
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_PEERS, (struct bytes){0}, &shown, err);
    link_close(&l);
    if (!done || command_json(cli))
        return done && say_json(shown, err);
    json_t *rows = see_rows(shown, "peers");
    if (json_array_size(rows) == 0)
        say("No partners yet: apply a community file, then `elchi peer set`.\n");
    json_array_foreach(rows, i, one)
    {
        json_t *word;
        size_t w;
        say("%-8s %-28s holds %llu, last contact %s\n         on:", see_text(one, "state"),
            see_text(one, "origin"), (unsigned long long)see_number(one, "size"),
            see_text(one, "contact")[0] == '\0' ? "never" : see_text(one, "contact"));
        json_array_foreach(see_rows(one, "functions"), w, word) say(" %s", json_string_value(word));
        say("%s\n", json_array_size(see_rows(one, "functions")) == 0 ? " nothing" : "");
        json_array_foreach(see_rows(one, "books"), w, word)
            say("%s %s %llu%s", w == 0 ? "         codebooks:" : ",", see_text(word, "name"),
                (unsigned long long)see_number(word, "version"),
                w + 1 == json_array_size(see_rows(one, "books")) ? "\n" : "");
    }
    json_decref(shown);
    return true;
}

static bool set_words(const struct option_values *given, bool on, unsigned *bits, struct err *err)
{
    for (size_t i = 0; i < given->count; i++) {
        enum optin_function f;
        unsigned which = (1U << OPTIN_FUNCTION_COUNT) - 1;
        if (strcmp(given->items[i], "all") != 0) {
            if (!optin_from_word(str_of(given->items[i]), &f))
                return err_set(err, ERR_USAGE, NULL, "there is no function %.40s", given->items[i]);
            which = 1U << f;
        }
        *bits = on ? *bits | which : *bits & ~which;
    }
    return true;
}

static unsigned bits_now(const json_t *peer)
{
    unsigned bits = 0;
    json_t *word;
    size_t w;
    enum optin_function f;
    json_array_foreach(see_rows(peer, "functions"), w, word)
    {
        if (optin_from_word(str_of(json_string_value(word)), &f))
            bits |= 1U << f;
    }
    return bits;
}

static bool set_peer(struct cli *cli, const struct link *l, const json_t *peer, struct err *err)
{
    struct buffer columns;
    struct buffer words;
    struct bytes answer;
    unsigned bits = bits_now(peer);
    if (!set_words(&cli->options[OPTION_ON], true, &bits, err) ||
        !set_words(&cli->options[OPTION_OFF], false, &bits, err))
        return false;
    buffer_init(&columns, &cli->arena, 8192);
    buffer_init(&words, &cli->arena, 1024);
    for (int f = 0; f < OPTIN_FUNCTION_COUNT; f++)
        if ((bits >> f & 1U) != 0)
            buffer_fmt(&words, "%s%s", words.len == 0 ? "" : " ",
                       optin_word((enum optin_function)f));
    buffer_block16(&columns, str_bytes(str_of(see_text(peer, "origin"))));
    buffer_block16(&columns, buffer_bytes(&words));
    buffer_block16(&columns, str_bytes(str_of(
                                 option_value(cli, OPTION_ENDPOINT, see_text(peer, "endpoint")))));
    return clerk_ask(&l->clerk, CLERK_PEER_SET, buffer_bytes(&columns), &cli->arena, &answer, err);
}

bool cmd_peer_set(struct cli *cli, struct err *err)
{
    struct link l;
    json_t *shown = NULL;
    json_t *one;
    size_t i;
    bool found = false;
    if (!option_given(cli, OPTION_ON) && !option_given(cli, OPTION_OFF) &&
        !option_given(cli, OPTION_ENDPOINT))
        return err_set(err, ERR_USAGE, NULL,
                       "say what changes: --on WORD, --off WORD or --endpoint URL; see `elchi help "
                       "peer set`");
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_PEERS, (struct bytes){0}, &shown, err);
    json_array_foreach(see_rows(shown, "peers"), i, one)
    {
        if (!done || strcmp(see_text(one, "state"), cli->arguments[0]) != 0)
            continue;
        found = true;
        done = set_peer(cli, &l, one, err);
    }
    json_decref(shown);
    link_close(&l);
    if (done && !found)
        return err_set(err, ERR_NOT_FOUND, NULL,
                       "%.20s is no other State of the community applied here", cli->arguments[0]);
    return done && cmd_peer_list(cli, err);
}
