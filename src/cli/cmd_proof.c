// cli/cmd_proof.c - proofs of one record and evidence of two histories, most of it without a node.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/request.h"
#include "community/fingerprint.h"
#include "community/proof_check.h"
#include "log/evidence.h"

#include <stdio.h>

// -- asking for a disclosure ---------------------------------------------------------------------
static bool fetch_record(struct cli *cli, const struct link *l, json_t **ret_owned, struct err *err)
{
    struct buffer columns;
    buffer_init(&columns, &cli->arena, 1024);
    buffer_block16(&columns, str_bytes(str_of(cli->arguments[0])));
    return clerk_show(&l->clerk, CLERK_SHOW, buffer_bytes(&columns), ret_owned, err);
}

// A sealed record is another's or our own State's word: two officers let its proof out.
bool cmd_proof_request(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes file;
    json_t *o = NULL;
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!link_open_officer(cli, &l, err))
        return false;
    struct request r = {.log = l.origin, .decision = DECISION_EXPORT};
    bool done = fetch_record(cli, &l, &o, err);
    if (done) {
        r.text = str_bytes(str_of(see_text(o, "signed")));
        done = r.text.len > 0 ||
               err_set(err, ERR_NOT_FOUND, NULL, "the body was destroyed; there is no proof of it");
    }
    done = done && request_write(&r, &cli->arena, &file, err) &&
           command_write(cli, out, file, true, err);
    json_decref(o);
    link_close(&l);
    if (done && !command_json(cli) && strcmp(out, "-") != 0)
        say("The request is in %s. Two officers with the role export approve it:\n  elchi approve "
            "%s --officer KEY --out APPROVAL\nand then\n  elchi proof export %s --approval "
            "APPROVAL --approval APPROVAL --out FILE\n",
            out, out, cli->arguments[0]);
    return done;
}

bool cmd_proof_export(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes notes[REGISTER_APPROVALS_MAX];
    struct bytes file;
    const struct option_values *given = &cli->options[OPTION_APPROVAL];
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (given->count > REGISTER_APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more than %d approvals",
                       REGISTER_APPROVALS_MAX);
    for (size_t i = 0; i < given->count; i++)
        if (!command_read(cli, given->items[i], NOTE_BYTES_MAX, &notes[i], err))
            return false;
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = clerk_proof(&l.clerk, &cli->arena, str_of(cli->arguments[0]), notes, given->count,
                            &file, err);
    link_close(&l);
    if (!done && err->kind == ERR_DENIED && given->count == 0)
        return err_wrap(err, "`elchi proof request %.60s` begins a disclosure", cli->arguments[0]);
    if (!done || !command_write(cli, out, file, false, err))
        return false;
    if (strcmp(out, "-") == 0)
        return true;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:I}", "file", out, "octets", (json_int_t)file.len), err);
    say("%s holds the proof, %zu octets. Anyone checks it, with no node and no network:\n  elchi "
        "proof verify --community COMMUNITY-FILE %s\n",
        out, file.len, out);
    return true;
}

// -- verifying -----------------------------------------------------------------------------------
// The anchor is the community's hash from outside: typed, or of a file the reader already had.
static bool anchor_of(struct cli *cli, struct digest *ret, bool *ret_given, struct err *err)
{
    struct bytes file;
    const char *given = option_value(cli, OPTION_COMMUNITY, NULL);
    *ret_given = given != NULL;
    if (given == NULL || digest_read(str_of(given), ret))
        return true;
    if (!command_read(cli, given, COMMUNITY_BYTES_MAX, &file, err))
        return err_wrap(err, "--community");
    *ret = digest_of(file);
    return true;
}

static json_t *cosigners_json(const struct quorum *q)
{
    json_t *all = json_array();
    for (size_t i = 0; i < q->cosigners_count; i++) {
        char time[MOMENT_CHARS + 1];
        json_t *one = json_object();
        moment_write(q->cosigners[i].time, time);
        (void)json_object_set_new(one, "state", json_str(q->cosigners[i].state->code));
        (void)json_object_set_new(one, "time", json_string(time));
        (void)json_array_append_new(all, one);
    }
    return all;
}

static bool say_proof_json(struct cli *cli, const struct layout *l, const struct proof_shown *p,
                           const char *community, struct err *err)
{
    char note[DIGEST_TEXT_CHARS + 1];
    char ref[REF_CHARS_MAX + 1];
    char from[ADDRESS_CHARS_MAX + 1];
    char time[MOMENT_CHARS + 1];
    const struct record *r = &p->said->record;
    struct note *whole = memory_new(1, sizeof *whole);
    digest_write(&p->said->note_hash, note);
    ref_write(&r->ref, ref);
    address_write(&r->from, from);
    moment_write(r->time, time);
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:i,s:i,s:i,s:b,s:I}", "verdict",
                          p->verdict == ERR_NONE ? "proven" : err_kind_word(p->verdict),
                          "community", community, "ref", ref, "note", note, "from", from, "time",
                          time, "index", (json_int_t)p->said->place.index.n, "size",
                          (json_int_t)p->size.n, "k", (int)p->quorum.counted, "n",
                          (int)p->quorum.available, "needed", (int)p->quorum.needed, "quorum_met",
                          p->quorum.met ? 1 : 0, "disowned", (json_int_t)p->disowned);
    bool done = o != NULL && note_read(p->said->note, whole, err);
    if (done) {
        (void)json_object_set_new(o, "origin", json_str(p->said->place.origin));
        (void)json_object_set_new(o, "cosigners", cosigners_json(&p->quorum));
        (void)json_object_set_new(o, "text", json_str(whole->text));
        done = layout_json_record(cli, l, str_bytes(whole->text), o, err);
    }
    memory_release(whole);
    done = done && say_json(json_incref(o), err);
    json_decref(o);
    return done;
}

static void say_cosigners(struct cli *cli, const struct layout *l, const struct proof_shown *p)
{
    say("cosigned    by %zu of %zu, quorum %zu %s\n", p->quorum.counted, p->quorum.available,
        p->quorum.needed, p->quorum.met ? "met" : "NO LONGER MET");
    for (size_t i = 0; i < p->quorum.cosigners_count; i++) {
        char time[MOMENT_CHARS + 1];
        struct str name = layout_state(cli, l, p->quorum.cosigners[i].state->code);
        moment_write(p->quorum.cosigners[i].time, time);
        say("            %.*s, %s\n", STR_ARG(name), time);
    }
    if (p->disowned > 0)
        say("            %zu more by keys named compromised since; they do not count\n",
            p->disowned);
}

static bool say_proof(struct cli *cli, const struct layout *l, const struct proof_shown *p,
                      const char *community, struct err *err)
{
    char time[MOMENT_CHARS + 1];
    char groups[FINGERPRINT_CHARS + 1];
    struct fingerprint f = fingerprint_of(&p->community->hash);
    struct note *whole = memory_new(1, sizeof *whole);
    struct str name = layout_state(cli, l, p->author->code);
    moment_write(p->said->record.time, time);
    fingerprint_write(&f, groups);
    say("%s%s%s\n", style_bold(), p->verdict == ERR_NONE ? "Proven." : "Consistent, not anchored.",
        style_plain());
    say("said by     %.*s, key %.*s\nat          %s, as the author claims\n", STR_ARG(name),
        STR_ARG(p->said->key_name), time);
    say("entry       %llu of %.*s, in a checkpoint of size %llu\n",
        (unsigned long long)p->said->place.index.n, STR_ARG(p->said->place.origin),
        (unsigned long long)p->size.n);
    say_cosigners(cli, l, p);
    say("community   %s\n            %s\n\n", community, groups);
    bool done = note_read(p->said->note, whole, err) &&
                layout_say_record(cli, l, str_bytes(whole->text), err);
    memory_release(whole);
    return done;
}

static bool show_proof(struct cli *cli, const struct proof_shown *p, struct err *err)
{
    char community[DIGEST_TEXT_CHARS + 1];
    struct layout *l = memory_new(1, sizeof *l);
    digest_write(&p->community->hash, community);
    bool done = layout_open(cli, NULL, l, err) &&
                layout_community(cli, str_bytes(p->community->text), l, err) &&
                (command_json(cli) ? say_proof_json(cli, l, p, community, err)
                                   : say_proof(cli, l, p, community, err));
    memory_release(l);
    if (done && p->verdict == ERR_UNANCHORED)
        return err_set(err, ERR_UNANCHORED, "FORMATS 9",
                       "nothing from outside anchors it: compare the community's hash by another "
                       "way, then give it with --community");
    return done;
}

bool cmd_proof_verify(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct digest anchor;
    bool given = false;
    struct proof_shown *p = memory_new(1, sizeof *p);
    bool done = anchor_of(cli, &anchor, &given, err) &&
                command_read(cli, cli->arguments[0], PROOF_FILE_BYTES_MAX, &file, err) &&
                proof_file_verify(&cli->arena, file, given ? &anchor : NULL, p, err) &&
                show_proof(cli, p, err);
    memory_release(p);
    return done;
}

// -- evidence ------------------------------------------------------------------------------------
bool cmd_evidence_list(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *shown = NULL;
    json_t *row;
    size_t i;
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_EVIDENCES, (struct bytes){0}, &shown, err);
    link_close(&l);
    if (!done || command_json(cli))
        return done && say_json(shown, err);
    json_t *rows = see_rows(shown, "evidences");
    if (json_array_size(rows) == 0)
        say("No evidence of two histories is held.\n");
    json_array_foreach(rows, i, row)
    {
        say("%s  %s  %s  %llu octets\n", see_text(row, "hash"), see_text(row, "found"),
            see_text(row, "origin"), (unsigned long long)see_number(row, "size"));
    }
    json_decref(shown);
    return true;
}

bool cmd_evidence_export(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct digest hash;
    struct bytes answer;
    if (!digest_read(str_of(cli->arguments[0]), &hash))
        return err_set(err, ERR_USAGE, NULL, "evidence is named by sha256: and 64 digits");
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_ask(&l.clerk, CLERK_EVIDENCE_GET, bytes_of(hash.octets, DIGEST_BYTES),
                          &cli->arena, &answer, err);
    link_close(&l);
    struct reader r = reader_of(done ? answer : (struct bytes){0});
    struct bytes file = reader_block32(&r);
    if (done && !reader_done(&r))
        done = err_set(err, ERR_MALFORMED, NULL, "the node's answer is no evidence");
    return done && command_write(cli, option_value(cli, OPTION_OUT, "-"), file, false, err);
}

bool cmd_evidence_verify(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct evidence e;
    struct evidence_found *found = memory_new(1, sizeof *found);
    bool done = command_read(cli, cli->arguments[0], EVIDENCE_BYTES_MAX, &file, err) &&
                evidence_read(file, &e, err) && evidence_verify(&e, found, err);
    if (done && command_json(cli))
        done = say_json(json_pack("{s:s,s:I,s:I}", "sentence", found->sentence, "first",
                                  (json_int_t)found->first.size.n, "second",
                                  (json_int_t)found->second.size.n),
                        err);
    else if (done)
        say("%s\nWhose keys these are is for the reader to know: compare them with the State's key "
            "manifest.\n",
            found->sentence);
    memory_release(found);
    return done;
}

bool cmd_evidence_take(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes file;
    bool fresh = false;
    if (!command_read(cli, cli->arguments[0], EVIDENCE_BYTES_MAX, &file, err) ||
        !link_open(cli, &l, err))
        return false;
    bool done = clerk_take_evidence(&l.clerk, file, &fresh, err);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:b}", "new", fresh ? 1 : 0), err);
    say("%s\n", fresh ? "The evidence is kept, and partners will be told."
                      : "This evidence was held already.");
    return true;
}
