// cli/cmd_found.c - roots, officers' keys, and the founding of a node.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/found.h"
#include "cli/keyfile.h"
#include "cli/link.h"
#include "cli/passphrase.h"
#include "record/address.h"
#include "record/keys.h"

#include <stdio.h>
#include <stdlib.h>

static const char *must_have(const struct cli *cli, enum command_option o, const char *word,
                             struct err *err)
{
    const char *value = option_value(cli, o, NULL);
    if (value == NULL)
        (void)err_set(err, ERR_USAGE, NULL, "%s is needed; see `elchi help %s`", word,
                      cli->command->name);
    return value;
}

static bool new_passphrase(struct cli *cli, struct secret *ret, struct err *err)
{
    const char *from =
        option_value(cli, OPTION_PASSPHRASE, command_environment("ELCHI_PASSPHRASE_FILE", NULL));
    return passphrase_new(from, "New passphrase of the key file", ret, err);
}

// Prints what may be told of a key file: the public key, and the next root's hash.
static bool show_key(struct cli *cli, const struct keyfile *k, struct err *err)
{
    struct str vkey;
    char next[DIGEST_TEXT_CHARS + 1] = "";
    if (!note_key_text(&k->key, &cli->arena, &vkey, err))
        return false;
    if (k->has_next)
        digest_write(&k->next, next);
    if (command_json(cli))
        return say_json(
            json_pack("{s:s,s:s,s:s}", "name", k->name.ptr, "key", vkey.ptr, "next", next), err);
    say("%s %.*s\n", k->has_next ? "root" : "key", STR_ARG(vkey));
    if (k->has_next)
        say("next %s\n", next);
    return true;
}

bool cmd_root_show(struct cli *cli, struct err *err)
{
    struct keyfile k = {0};
    struct secret passphrase = {0};
    const char *from =
        option_value(cli, OPTION_PASSPHRASE, command_environment("ELCHI_PASSPHRASE_FILE", NULL));
    bool done = passphrase_get(from, "Passphrase of the key file", &passphrase, err) &&
                keyfile_open(cli->world, cli->arguments[0], &passphrase, &cli->arena, &k, err) &&
                show_key(cli, &k, err);
    secret_release(&passphrase);
    keyfile_close(&k);
    return done;
}

// One secret and its public half are made and shown without a second question for the passphrase.
static bool make_and_show(struct cli *cli, struct str name, bool with_next, struct err *err)
{
    struct keyfile k = {0};
    struct secret passphrase = {0};
    bool done = new_passphrase(cli, &passphrase, err) &&
                keyfile_new(cli->world, cli->arguments[0], name, with_next, &passphrase,
                            KEYRING_COST_NORMAL, err) &&
                keyfile_open(cli->world, cli->arguments[0], &passphrase, &cli->arena, &k, err) &&
                show_key(cli, &k, err);
    secret_release(&passphrase);
    keyfile_close(&k);
    return done;
}

bool cmd_root_new(struct cli *cli, struct err *err)
{
    struct str name;
    const char *origin = must_have(cli, OPTION_ORIGIN, "--origin", err);
    return origin != NULL && key_name_of(str_of(origin), "root", &cli->arena, &name, err) &&
           make_and_show(cli, name, true, err);
}

bool cmd_officer_new(struct cli *cli, struct err *err)
{
    struct str role;
    struct str name;
    const char *origin = must_have(cli, OPTION_ORIGIN, "--origin", err);
    if (origin == NULL)
        return false;
    if (!text_is_file_name(str_of(cli->arguments[1])))
        return err_set(err, ERR_USAGE, NULL,
                       "an officer's name has small letters, digits, . _ and - only");
    return arena_fmt(&cli->arena, &role, err, "officer/%s", cli->arguments[1]) &&
           key_name_of(str_of(origin), role.ptr, &cli->arena, &name, err) &&
           make_and_show(cli, name, false, err);
}

// -- signing a manifest --------------------------------------------------------------------------
// The file is the text alone (from `elchi init`) or a note that other roots signed already.
static bool read_request(struct cli *cli, struct str *ret_text, struct note *note,
                         size_t *ret_lines, struct err *err)
{
    struct bytes sent;
    struct err why = {0};
    if (!command_read(cli, cli->arguments[0], NOTE_BYTES_MAX, &sent, err))
        return false;
    *ret_lines = 0;
    if (note_read(sent, note, &why)) {
        *ret_text = note->text;
        *ret_lines = note->signatures_count;
        return true;
    }
    return text_check(sent, ret_text, err);
}

// The roots of version 1 sign it; a later one is also signed by those before, whom it does not
// name.
static bool is_root_of(const struct keys_record *r, const struct keyfile *k, struct err *err)
{
    for (size_t i = 0; i < r->roots_count; i++)
        if (note_key_eq(&r->roots[i], &k->key))
            return true;
    if (r->version > 1 && str_eq(r->roots[0].name, k->name))
        return true;
    return err_set(err, ERR_DENIED, "FORMATS 2", "the manifest names other roots than this key");
}

static bool sign_request(struct cli *cli, const struct keyfile *k, struct str text,
                         struct note *note, size_t lines, struct bytes *ret, struct err *err)
{
    struct note own;
    struct note_signature all[NOTE_SIGNATURES_MAX];
    uint8_t *room = arena_new(&cli->arena, uint8_t, NOTE_BYTES_MAX);
    if (room == NULL || lines + 1 > NOTE_SIGNATURES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many signature lines");
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    note_sign(text, &k->key, &k->seed, &w);
    if (w.full || !note_read(writer_bytes(&w), &own, err))
        return err_set(err, ERR_LIMIT, "base/limits.h", "the manifest is too long to sign");
    size_t count = 0;
    for (size_t i = 0; i < lines; i++)
        if (note->signatures[i].id != own.signatures[0].id)
            all[count++] = note->signatures[i];
    all[count++] = own.signatures[0];
    return keys_note_write(text, all, count, &cli->arena, ret, err);
}

// What is about to be signed: in words, then whole.
static void say_manifest(struct str text, const struct keys_record *k, size_t lines)
{
    char groups[FINGERPRINT_CHARS + 1];
    struct digest hash = keys_text_hash(text);
    struct fingerprint f = fingerprint_of(&hash);
    fingerprint_write(&f, groups);
    say("%sKey manifest of %.*s, version %llu, for the log %.*s%s\n", style_bold(),
        STR_ARG(k->state), (unsigned long long)k->version, STR_ARG(k->origin), style_plain());
    if (k->demo)
        say("  a demonstration: its keys guard nothing\n");
    say("  fingerprint  %s\n  signed by    %zu of %u roots needed, %zu in all\n"
        "  compare it with the administrator by another way than this file came\n\n%.*s\n",
        groups, lines, k->threshold, k->roots_count, STR_ARG(text));
}

static bool say_signed(struct cli *cli, const struct keys_record *k, struct bytes signed_note,
                       const char *out, struct err *err)
{
    struct note *note = arena_new(&cli->arena, struct note, 1);
    if (note == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a note");
    if (!note_read(signed_note, note, err))
        return false;
    size_t lines = note->signatures_count;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:I,s:I}", "file", out, "signatures", (json_int_t)lines,
                                  "needed", (json_int_t)k->threshold),
                        err);
    say("%s carries %zu signature%s of %u needed.\n", out, lines, lines == 1 ? "" : "s",
        k->threshold);
    if (lines < k->threshold)
        say("Next, another holder signs that file:\n  elchi root sign %s --key THEIR-KEY --out "
            "SIGNED\n",
            out);
    else
        say("Next, the administrator at the node:\n  elchi init FOLDER --manifest %s\n", out);
    return true;
}

bool cmd_root_sign(struct cli *cli, struct err *err)
{
    struct str text;
    struct bytes signed_note = {0};
    struct keyfile k = {0};
    size_t lines;
    struct keys_record *record = memory_new(1, sizeof *record);
    struct note *note = memory_new(1, sizeof *note);
    const char *out = option_value(cli, OPTION_OUT, "-");
    bool quiet = command_json(cli) || strcmp(out, "-") == 0;
    bool done = read_request(cli, &text, note, &lines, err) && keys_record_read(text, record, err);
    if (done && !quiet)
        say_manifest(text, record, lines);
    done = done && command_confirm(cli, "Sign this key manifest with your root key?", err) &&
           link_key(cli, OPTION_KEY, &k, err) && is_root_of(record, &k, err) &&
           sign_request(cli, &k, text, note, lines, &signed_note, err) &&
           command_write(cli, out, signed_note, false, err);
    if (done && strcmp(out, "-") != 0)
        done = say_signed(cli, record, signed_note, out, err);
    keyfile_close(&k);
    memory_release(note);
    memory_release(record);
    return done;
}

// -- the register ---------------------------------------------------------------------------------
static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct officer *)a)->name, ((const struct officer *)b)->name);
}

static bool approvals_asked(struct cli *cli, unsigned *ret, struct err *err)
{
    uint64_t n = 1;
    if (!decimal_read(str_of(option_value(cli, OPTION_APPROVALS, "2")), 2, &n) || n == 0)
        return err_set(err, ERR_USAGE, NULL, "--approvals is 1 or 2");
    *ret = (unsigned)n;
    return true;
}

static bool register_from_options(struct cli *cli, struct str origin, struct str *ret,
                                  struct err *err)
{
    const struct option_values *given = &cli->options[OPTION_OFFICERS];
    struct officer *officers = arena_new(&cli->arena, struct officer, given->count + 1);
    unsigned approvals = 0;
    if (given->count == 0 || officers == NULL)
        return err_set(err, ERR_USAGE, NULL,
                       "a register needs officers: --add-officer NAME:VKEY:DESKS:ROLES");
    for (size_t i = 0; i < given->count; i++)
        if (!found_officer(given->items[i], &officers[i], err))
            return err_wrap(err, "officer %zu", i + 1);
    qsort(officers, given->count, sizeof *officers, by_name);
    return approvals_asked(cli, &approvals, err) &&
           found_register(&cli->arena, origin, officers, given->count, approvals, ret, err);
}

// -- init -----------------------------------------------------------------------------------------
static bool roots_from_options(struct cli *cli, struct found_roots *ret, struct err *err)
{
    const struct option_values *roots = &cli->options[OPTION_ROOT];
    const struct option_values *next = &cli->options[OPTION_NEXT];
    uint64_t threshold = roots->count / 2 + 1;
    const char *given = option_value(cli, OPTION_THRESHOLD, NULL);
    *ret = (struct found_roots){0};
    if (roots->count == 0 || roots->count > MANIFEST_ROOTS_MAX || next->count == 0 ||
        next->count > MANIFEST_ROOTS_MAX)
        return err_set(err, ERR_USAGE, NULL,
                       "name 1 to %d roots: --root VKEY and --next sha256:HEX, as `elchi root "
                       "new` prints them",
                       MANIFEST_ROOTS_MAX);
    for (size_t i = 0; i < roots->count; i++)
        if (!note_key_read(str_of(roots->items[i]), &ret->roots[i], err))
            return err_wrap(err, "--root");
    for (size_t i = 0; i < next->count; i++)
        if (!digest_read(str_of(next->items[i]), &ret->next[i]))
            return err_set(err, ERR_USAGE, NULL, "--next is sha256: and 64 digits");
    if (given != NULL && !decimal_read(str_of(given), roots->count, &threshold))
        return err_set(err, ERR_USAGE, NULL, "--threshold is at most the number of roots");
    ret->count = roots->count;
    ret->next_count = next->count;
    ret->threshold = (unsigned)threshold;
    return true;
}

static bool config_from_options(struct cli *cli, struct config *c, struct err *err)
{
    struct str file;
    const char *given = option_value(cli, OPTION_PASSPHRASE, "");
    if (!found_absolute(&cli->arena, given, &file, err))
        return false;
    config_defaults(c, cli->arguments[0]);
    (void)snprintf(c->listen, sizeof c->listen, "%s", option_value(cli, OPTION_LISTEN, ""));
    (void)snprintf(c->monitor, sizeof c->monitor, "%s", option_value(cli, OPTION_MONITOR, ""));
    (void)snprintf(c->door, sizeof c->door, "%s", option_value(cli, OPTION_DOOR, ""));
    (void)snprintf(c->passphrase_file, sizeof c->passphrase_file, "%.*s", STR_ARG(file));
    return true;
}

static bool plan_of(struct cli *cli, struct found_plan *p, struct err *err)
{
    const char *origin = must_have(cli, OPTION_ORIGIN, "--origin", err);
    const char *state = origin == NULL ? NULL : must_have(cli, OPTION_STATE, "--state", err);
    if (state == NULL)
        return false;
    if (!state_code_read(str_of(state), &p->state))
        return err_set(err, ERR_USAGE, NULL, "--state is a code such as XA");
    p->origin = str_of(origin);
    p->demo = option_given(cli, OPTION_DEMO);
    return found_desks(str_of(option_value(cli, OPTION_DESKS,
                                           "technical,diplomatic,judicial,coordination")),
                       &p->desks, err) &&
           config_from_options(cli, &p->config, err);
}

static bool say_founded(struct cli *cli, const struct found_plan *p, const struct digest *genesis,
                        struct err *err)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    char groups[FINGERPRINT_CHARS + 1];
    struct fingerprint f = fingerprint_of(genesis);
    digest_write(genesis, hash);
    fingerprint_write(&f, groups);
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:s,s:s,s:s,s:b}", "state", p->state.text, "origin",
                                  p->origin.ptr, "genesis", hash, "fingerprint", groups, "demo",
                                  p->demo),
                        err);
    say("%s is founded%s.\n  log          %s\n  genesis      %s\n  fingerprint  %s\n",
        p->state.text, p->demo ? " as a demonstration" : "", p->origin.ptr, hash, groups);
    say("\nNext: hand %s/manifest to whoever composes the community file, and read the fingerprint "
        "out to\nthem by telephone. When the file comes back: `elchi community check FILE`, then "
        "`elchi community apply FILE`.\n",
        cli->arguments[0]);
    return true;
}

static bool finish(struct cli *cli, struct bytes manifest, struct found_plan *p, struct err *err)
{
    struct note *note = memory_new(1, sizeof *note);
    struct digest genesis = {{0}};
    bool done = note_read(manifest, note, err) && found_append(cli, manifest, err);
    if (done)
        genesis = keys_text_hash(note->text);
    memory_release(note);
    return done && say_founded(cli, p, &genesis, err);
}

// The second half: the roots have signed, entry 0 is appended.
static bool init_finish(struct cli *cli, struct err *err)
{
    struct bytes manifest;
    struct found_plan p = {0};
    struct keys_record *record = memory_new(1, sizeof *record);
    struct note *note = memory_new(1, sizeof *note);
    bool done = command_read(cli, option_value(cli, OPTION_MANIFEST, NULL), NOTE_BYTES_MAX,
                             &manifest, err) &&
                keys_note_read(manifest, note, record, err);
    if (done && !state_code_read(record->state, &p.state))
        done = err_set(err, ERR_MALFORMED, "DESIGN 3", "the manifest names no State");
    if (done) {
        p.demo = record->demo;
        done = arena_str(&cli->arena, record->origin, &p.origin, err);
    }
    memory_release(note);
    memory_release(record);
    return done && finish(cli, manifest, &p, err);
}

static bool init_request(struct cli *cli, struct found_plan *p, struct err *err)
{
    struct found_roots roots;
    struct str text = {0};
    struct str path;
    struct secret passphrase = {0};
    if (!roots_from_options(cli, &roots, err) ||
        !register_from_options(cli, p->origin, &p->register_text, err))
        return false;
    bool done = passphrase_new(p->config.passphrase_file, "New passphrase of the keeper",
                               &passphrase, err) &&
                found_folder(cli, p, &passphrase, KEYRING_COST_NORMAL, err) &&
                found_request(cli, p, &roots, &passphrase, &text, err);
    secret_release(&passphrase);
    if (!done || !arena_fmt(&cli->arena, &path, err, "%s/manifest.request", cli->arguments[0]) ||
        !command_write(cli, path.ptr, str_bytes(text), false, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:i,s:i}", "request", path.ptr, "needed",
                                  (int)roots.threshold, "roots", (int)roots.count),
                        err);
    say("The node's keys are made. %u of %zu root holders now sign, one after the other, each on a "
        "machine\nwithout a network:\n  elchi root sign %s --key HOLDER-1.key --out signed-1\n  "
        "elchi "
        "root sign signed-1 --key HOLDER-2.key --out signed-2\nand so on; then here\n  elchi init "
        "%s "
        "--manifest SIGNED\n",
        roots.threshold, roots.count, path.ptr, cli->arguments[0]);
    return true;
}

bool cmd_init(struct cli *cli, struct err *err)
{
    struct found_plan *p = memory_new(1, sizeof *p);
    bool done = false;
    if (option_given(cli, OPTION_MANIFEST))
        done = init_finish(cli, err);
    else if (plan_of(cli, p, err))
        done = option_given(cli, OPTION_DEMO) ? found_demo(cli, p, err) : init_request(cli, p, err);
    memory_release(p);
    return done;
}
