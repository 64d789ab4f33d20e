#include "clerk/draft_check.h"

#include "access/gate.h"
#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/blob.h"
#include "clerk/book_choice.h"
#include "clerk/shown.h"
#include "record/speech.h"
#include "record/type/vouch.h"
#include "record/type/withdraw.h"
#include "store/exchange_blob.h"
#include "store/office_view.h"

struct checking {
    struct clerk *clerk;
    struct arena *arena;
    const struct record *record;
    const struct message *message; // NULL: another type
    const struct book *book;       // of the message
    struct gate_case gate;
};

// -- the record that is answered -----------------------------------------------------------------
static bool find_row(struct clerk *c, struct arena *a, const struct named_record *named,
                     struct office_record *ret, struct err *err)
{
    struct txn txn = {0};
    char ref[REF_CHARS_MAX + 1];
    ref_write(&named->ref, ref);
    bool done =
        db_begin(c->office, &txn, err) && office_record_get(&txn, &named->note, a, ret, err);
    txn_release(&txn);
    if (!done)
        return err_wrap(err, "the named record %s", ref);
    if (!str_eq(ret->ref, str_of(ref)))
        return err_set(err, ERR_CONFLICT, "DESIGN 5.1", "the named note has the ref %.*s, not %s",
                       STR_ARG(ret->ref), ref);
    if (ret->void_rule.len > 0)
        return err_set(err, ERR_VOID, "FORMATS 1", "the named record %s is void: %.*s", ref,
                       STR_ARG(ret->void_rule));
    return true;
}

static bool open_row(struct checking *k, const struct office_record *row,
                     struct verified_record *ret, struct err *err)
{
    struct bytes note;
    struct record_place place = {row->origin, {row->at}};
    return clerk_record_note(k->clerk, row, k->arena, &note, err) &&
           record_open(k->arena, note, &k->clerk->keys, place, ret, err);
}

// Whoever was addressed may answer, and the answer goes to the author.
static bool check_parties(const struct record *answer, const struct record *asked, struct err *err)
{
    bool to_us = asked->open || state_code_eq(&asked->to.state, &answer->from.state);
    bool back = answer->open || state_code_eq(&answer->to.state, &asked->from.state);
    if (to_us && back && !state_code_eq(&asked->from.state, &answer->from.state))
        return true;
    return err_set(err, ERR_DENIED, "DESIGN 7",
                   "an answer goes from an addressee of the asked record to its author");
}

static bool check_answer(struct checking *k, struct err *err)
{
    struct office_record row;
    struct verified_record asked;
    if (!k->message->has_answers)
        return true;
    if (!find_row(k->clerk, k->arena, &k->message->answers, &row, err) ||
        !open_row(k, &row, &asked, err) || !check_parties(k->record, &asked.record, err))
        return false;
    k->gate.answers_something = true;
    k->gate.answers_exercise = asked.record.exercise;
    return speech_check_answer(k->record, &asked, k->book, err);
}

// What is corrected, superseded or taken back must be our own word.
static bool check_own(struct checking *k, const struct named_record *named, struct err *err)
{
    struct office_record row;
    if (!find_row(k->clerk, k->arena, named, &row, err))
        return false;
    if (row.direction == DIRECTION_OUT)
        return true;
    return err_set(err, ERR_DENIED, "DESIGN 7", "only the author takes back or replaces a record");
}

// -- phrases -------------------------------------------------------------------------------------
static unsigned desks_of(const struct book *book, const struct phrase *phrase)
{
    unsigned desks = 0;
    for (int d = DESK_TECHNICAL; d < DESK_COUNT; d++)
        if (book_desk_may_send(book, phrase, str_of(desk_word((enum desk)d))))
            desks |= 1U << d;
    return desks;
}

static bool take_phrases(struct checking *k, struct err *err)
{
    const struct message *m = k->message;
    struct gate_phrase *phrases = arena_new(k->arena, struct gate_phrase, m->lines_count);
    if (phrases == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the phrases");
    for (size_t i = 0; i < m->lines_count; i++) {
        const struct phrase *phrase = book_phrase(k->book, m->lines[i].code);
        CHECK(phrase != NULL); // speech_check knew it
        phrases[i] =
            (struct gate_phrase){phrase->code, desks_of(k->book, phrase), phrase->precedence_max};
    }
    k->gate.phrases = phrases;
    k->gate.phrases_count = m->lines_count;
    return true;
}

// Whoever does not hold the book would read codes alone.
static bool check_peer_reads(struct checking *k, struct err *err)
{
    bool told = false, holds = false;
    if (k->record->open)
        return true;
    if (!clerk_book_at_peer(k->clerk, &k->record->to.state, &k->book->hash, &told, &holds, err))
        return false;
    if (!told || holds)
        return true;
    return err_set(err, ERR_UNSUPPORTED, "DESIGN 6",
                   "%s does not hold codebook %u; write under one that both hold",
                   k->record->to.state.text, (unsigned)k->book->version);
}

static bool check_message(struct checking *k, struct err *err)
{
    k->message = k->record->payload;
    k->book = shelf_find(&k->clerk->codebook.shelf, &k->message->codebook);
    if (k->book == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "the message names a codebook that is not held here");
    k->gate.circular = k->message->has_circular;
    if (!check_peer_reads(k, err))
        return false;
    if (!speech_check(k->record, k->book, &k->clerk->electorate, err) || !take_phrases(k, err))
        return false;
    if (k->message->has_replaces && !check_own(k, &k->message->replaces, err))
        return false;
    return check_answer(k, err);
}

// Nobody vouches for what is not in use here, octet for octet.
static bool check_vouch(struct checking *k, struct err *err)
{
    const struct vouch *v = k->record->payload;
    const struct codebook *c = &k->clerk->codebook;
    const struct codebook_file *f = codebook_file(c, &v->file);
    const struct book *book = codebook_book(c, v->book, v->version);
    enum codebook_kind kind = v->kind == VOUCH_SCALE ? CODEBOOK_SCALE : CODEBOOK_RENDERING;
    if (f == NULL || book == NULL)
        return err_set(err, ERR_NOT_FOUND, "refs 6.10, rule 17",
                       "no such file is in use here; `elchi codebook add FILE` adds it first");
    bool same = f->kind == kind && f->size == v->size && str_eq(f->of, v->of) &&
                str_eq(f->book, v->book) && f->version == v->version &&
                digest_eq(&book->hash, &v->book_hash);
    return same || err_set(err, ERR_CONFLICT, "refs 6.10, rule 17",
                           "the file in use here with this hash is another than the record says");
}

static bool check_payload(struct checking *k, struct err *err)
{
    if (k->record->type == &record_type_vouch)
        return check_vouch(k, err);
    if (k->record->type == &record_type_message)
        return check_message(k, err);
    if (k->record->type == &record_type_withdraw) {
        const struct withdraw *w = k->record->payload;
        return check_own(k, &w->of, err);
    }
    return true;
}

// -- attachments and markings --------------------------------------------------------------------
// What this desk may not send on counts as not held.
static bool is_held(struct checking *k, const struct attachment *at, bool *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_blob blob;
    struct err why = {0};
    if (!db_begin(k->clerk->exchange, &txn, err))
        return false;
    bool found = exchange_blob_get(&txn, &at->blob, &blob, &why);
    txn_release(&txn);
    if (!found && why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    *ret = false;
    if (!found || !blob.complete || blob.size != at->size)
        return true;
    return clerk_blob_attachable(k->clerk, k->arena, &at->blob, k->record->from.desk, ret, err);
}

static bool take_attachments(struct checking *k, struct err *err)
{
    const struct record *r = k->record;
    struct gate_attachment *held =
        arena_new(k->arena, struct gate_attachment, r->attachments_count + 1);
    if (held == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the attachments");
    for (size_t i = 0; i < r->attachments_count; i++) {
        const struct attachment *at = &r->attachments[i];
        bool here = false;
        if (!is_held(k, at, &here, err))
            return false;
        if (here)
            held[k->gate.attachments_count++] = (struct gate_attachment){at->blob, TLP_NONE};
    }
    k->gate.attachments = held;
    return true;
}

static bool take_markings(struct checking *k, struct err *err)
{
    const struct clerk_options *o = &k->clerk->options;
    struct str *codes = arena_new(k->arena, struct str, o->markings_count + 1);
    if (codes == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the markings");
    for (size_t i = 0; i < o->markings_count; i++)
        codes[i] = str_of(o->markings[i]);
    k->gate.markings = codes;
    k->gate.markings_count = o->markings_count;
    k->gate.markings_allowed = o->markings_allowed;
    return true;
}

// -- together ------------------------------------------------------------------------------------
static bool check_author(struct clerk *c, const struct record *r, struct err *err)
{
    if (r->type->signer != RECORD_BY_ISSUER)
        return err_set(err, ERR_DENIED, "DESIGN 8", "a %s is not released by officers",
                       r->type->name);
    if (!c->has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no community file is applied here");
    if (!str_eq(r->log, c->origin) || !state_code_eq(&r->from.state, &c->state))
        return err_set(err, ERR_DENIED, "DESIGN 5.1", "this node speaks for %s in the log %.*s",
                       c->state.text, STR_ARG(c->origin));
    if (r->from.desk == DESK_NONE)
        return err_set(err, ERR_DENIED, "DESIGN 5.1", "an officers' record is from a desk");
    return true;
}

static bool partner_on(const struct clerk *c, const struct record *r)
{
    const struct community_state *to =
        r->open ? NULL : community_by_code(&c->community, state_code_str(&r->to.state));
    return to != NULL && clerk_is_on(c, to->origin, OPTIN_EXCHANGE);
}

bool clerk_draft_check(struct clerk *c, struct arena *a, struct bytes text, struct record *ret,
                       struct err *err)
{
    struct record r;
    struct checking k = {.clerk = c, .arena = a, .record = &r};
    if (!record_read_approved(a, text, &r, err) || !check_author(c, &r, err))
        return false;
    k.gate.record = &r;
    k.gate.chains = &c->chains;
    k.gate.partner_on = partner_on(c, &r);
    if (!check_payload(&k, err) || !take_attachments(&k, err) || !take_markings(&k, err) ||
        !gate_check(&k.gate, NULL, err))
        return false;
    *ret = r;
    return true;
}

// -- findings ------------------------------------------------------------------------------------
static void add_finding(json_t *findings, const char *word, const char *sentence)
{
    json_t *one = shown_object();
    shown_word(one, "word", word);
    shown_word(one, "sentence", sentence);
    shown_add(findings, one);
}

static void add_book_finding(struct clerk *c, struct arena *a, const struct record *record,
                             json_t *findings)
{
    struct str sentence;
    struct err why = {0};
    if (!clerk_book_sentence(c, a, record, &sentence, &why) || sentence.len == 0)
        return; // out of room it is left unsaid: the draft names its book itself
    json_t *one = shown_object();
    shown_word(one, "word", "codebook");
    shown_str(one, "sentence", sentence);
    shown_add(findings, one);
}

json_t *clerk_draft_findings(struct clerk *c, struct arena *a, const struct record *record)
{
    json_t *findings = shown_array();
    const struct message *m = record->type == &record_type_message ? record->payload : NULL;
    if (record->exercise)
        add_finding(findings, "exercise", "This is exercise traffic and says so.");
    if (record->open)
        add_finding(findings, "open", "Every member of the community will be able to read this.");
    if (!record->open && record->to.desk == DESK_NONE)
        add_finding(findings, "no-desk",
                    "No desk is named: the technical desk of the addressee will read it.");
    if (m != NULL && m->texts_count > 0)
        add_finding(findings, "free-text",
                    "Free text is shown as unofficial; only the codes can be answered.");
    if (record->attachments_count > 0)
        add_finding(findings, "attachments",
                    "Attachments leave with the record; look at each before you approve.");
    add_book_finding(c, a, record, findings);
    return findings;
}
