#include "clerk/heard.h"

#include "base/encode.h"
#include "codebook/spoken_kept.h"
#include "record/voice.h"

#include <stdio.h>

#define CLAUSE "docs/spoken.md"
#define HEARD_TABLE "heard" /* what the text is sealed under */

enum { ROW_ARENA_BYTES = 64 << 20 };

#define JOINED_ROW(name, word) [name] = (word),
static const char *const joined_words[JOINED_COUNT] = {JOINED(JOINED_ROW)};
#undef JOINED_ROW

const char *joined_word(enum joined joined)
{
    CHECK(joined < JOINED_COUNT);
    return joined_words[joined];
}

// -- keeping -------------------------------------------------------------------------------------
// The desk that heard it, or that said it: whose key seals it, and whose officers read it.
static bool desk_of(const struct clerk *c, const struct spoken_heading *h, enum desk *ret,
                    struct err *err)
{
    struct address from, to = {.desk = DESK_NONE};
    bool to_all = str_eq(h->to, STR("all"));
    if (!address_read(h->from, &from) || (!to_all && !address_read(h->to, &to)))
        return err_set(err, ERR_MALFORMED, CLAUSE, "%.*s or %.*s is no desk of a State",
                       STR_ARG(h->from), STR_ARG(h->to));
    bool ours = state_code_eq(&from.state, &c->state);
    if (!ours && !to_all && !state_code_eq(&to.state, &c->state))
        return err_set(err, ERR_DENIED, CLAUSE, "this message is neither to nor from %s",
                       c->state.text);
    enum desk desk = ours ? from.desk : to.desk;
    *ret = desk == DESK_NONE ? DESK_TECHNICAL : desk;
    return true;
}

static bool hear(const struct clerk *c, struct bytes text, struct arena *a, struct heard *ret,
                 struct err *err)
{
    if (!spoken_hear(&c->codebook.shelf, text, a, ret, err))
        return false;
    if (!ret->whole)
        return err_set(err, ERR_MALFORMED, CLAUSE, "%.*s", STR_ARG(ret->problems[0].text));
    if (!ret->heading.of_record)
        return err_set(err, ERR_UNSUPPORTED, CLAUSE,
                       "lines alone were heard: no record of them will come, nothing is kept");
    return true;
}

// By what was heard, so that the same is kept once. The check groups of the note are in it: nobody
// can guess the text from the name.
static struct office_heard_id id_of(struct str kept)
{
    struct hash sum;
    struct digest digest;
    struct office_heard_id id;
    hash_init(&sum);
    hash_put(&sum, str_bytes(STR("elchi heard v1\n")));
    hash_put(&sum, str_bytes(kept));
    digest = hash_end(&sum);
    hex_write(bytes_of(digest.octets, HEARD_ID_CHARS / 2), id.hex);
    return id;
}

static bool keep_row(struct clerk *c, const struct office_heard *row, bool *ret_new,
                     struct err *err)
{
    struct txn txn = {0};
    char subject[REF_CHARS_MAX + 1 + HEARD_ID_CHARS + 1];
    (void)snprintf(subject, sizeof subject, "%.*s %s", STR_ARG(row->ref), row->id.hex);
    struct office_audit audit = {
        .at = row->at, .who = row->officer, .what = STR("hear"), .subject = str_of(subject)};
    bool done = db_begin(c->office, &txn, err) && office_heard_add(&txn, row, ret_new, err) &&
                (!*ret_new || office_audit_add(&txn, &audit, err)) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

bool clerk_heard_keep(struct clerk *c, struct clerk_io *io, const struct caller *who,
                      struct bytes text, struct office_heard_id *ret, bool *ret_new,
                      struct err *err)
{
    struct heard heard;
    struct str kept;
    enum desk desk = DESK_NONE;
    struct office_heard row = {.at = clerk_now(c), .officer = clerk_officer_name(io)};
    if (!hear(c, text, io->arena, &heard, err) || !desk_of(c, &heard.heading, &desk, err) ||
        !rights_check(who, NEED_READ, desk, err) || !spoken_kept(text, io->arena, &kept, err))
        return false;
    row.id = id_of(kept);
    row.ref = heard.heading.ref;
    row.desk = str_of(desk_word(desk));
    if (!clerk_text_seal(c, desk, HEARD_TABLE, str_of(row.id.hex), str_bytes(kept), io->arena,
                         &row.sealed, err) ||
        !keep_row(c, &row, ret_new, err))
        return false;
    *ret = row.id;
    return true;
}

// -- opening -------------------------------------------------------------------------------------
static bool may_read(const struct caller *who, struct str desk, enum desk *ret)
{
    return desk_read(desk, ret) && rights_has(who, NEED_READ, *ret);
}

static bool load(struct clerk *c, struct arena *a, const struct caller *who,
                 const struct office_heard_id *id, struct clerk_heard *ret, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->office, &txn, err) && office_heard_get(&txn, id, a, &ret->row, err);
    txn_release(&txn);
    if (!done)
        return false;
    // Another desk's is as if it were not there: nobody learns who rang up whom.
    return may_read(who, ret->row.desk, &ret->desk) ||
           err_set(err, ERR_NOT_FOUND, NULL, "no such thing was heard here");
}

static bool unchecked(struct clerk_heard *h, struct arena *a, struct str why, struct err *err)
{
    h->joined = JOINED_UNCHECKED;
    return arena_str(a, why, &h->sentence, err);
}

// Hears it again under the books of now. One that cannot be is shown all the same.
static bool hear_again(struct clerk *c, struct arena *a, struct clerk_heard *h, struct err *err)
{
    struct err why = {0};
    struct bytes text;
    if (!clerk_text_open(c, h->desk, HEARD_TABLE, str_of(h->row.id.hex), h->row.sealed, a, &text,
                         &why) ||
        !text_check(text, &h->text, &why))
        return unchecked(h, a, str_of(why.text), err);
    if (!spoken_hear(&c->codebook.shelf, text, a, &h->heard, &why)) {
        h->heard = (struct heard){.whole = false};
        return unchecked(h, a, str_of(why.text), err);
    }
    return h->heard.whole || unchecked(h, a, h->heard.problems[0].text, err);
}

// -- joining -------------------------------------------------------------------------------------
bool clerk_heard_against(const struct clerk_heard *h, const struct clerk_held_record *o,
                         struct arena *a, enum joined *ret, struct str *ret_sentence,
                         struct err *err)
{
    struct err why = {0};
    *ret_sentence = h->sentence;
    *ret = JOINED_UNCHECKED;
    if (!h->heard.whole)
        return true;
    if (!o->read)
        return arena_fmt(a, ret_sentence, err, "the body of the record %.*s is not held here",
                         STR_ARG(o->row.ref));
    *ret = JOINED_PROVEN;
    if (record_is_heard(&o->record, &o->row.note, h->heard.book, &h->heard, a, &why))
        return true;
    *ret = JOINED_DIFFERS;
    return arena_str(a, str_of(why.text), ret_sentence, err);
}

// Against one record of the reference, in an arena of that record alone.
static bool join_one(struct clerk *c, struct arena *a, const struct digest *note,
                     struct clerk_heard *h, struct err *err)
{
    struct arena own;
    struct clerk_held_record o;
    enum joined joined = JOINED_UNCHECKED;
    struct str sentence = {0};
    arena_init(&own, ROW_ARENA_BYTES);
    bool done = clerk_open_row(c, &own, note, &o, err) &&
                clerk_heard_against(h, &o, &own, &joined, &sentence, err);
    // The first tells why; only the very record says more than it.
    if (done && (!h->has_record || joined == JOINED_PROVEN)) {
        h->has_record = true;
        h->record = *note;
        h->joined = joined;
        done = arena_str(a, sentence, &h->sentence, err);
    }
    arena_release(&own);
    return done;
}

static bool join(struct clerk *c, struct arena *a, struct clerk_heard *h, struct err *err)
{
    struct err why = {0};
    bool done = true;
    struct clerk_named *named = memory_new(1, sizeof *named);
    if (!clerk_find(c, h->row.ref, named, &why)) {
        memory_release(named);
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    }
    done = join_one(c, a, &named->first, h, err);
    for (size_t i = 0; done && h->heard.whole && h->joined != JOINED_PROVEN && i < named->count;
         i++)
        done = join_one(c, a, &named->all[i], h, err);
    memory_release(named);
    return done;
}

bool clerk_heard_open(struct clerk *c, struct arena *a, const struct caller *who,
                      const struct office_heard_id *id, struct clerk_heard *ret, struct err *err)
{
    struct clerk_heard h = {.joined = JOINED_NOT};
    if (!load(c, a, who, id, &h, err) || !hear_again(c, a, &h, err) || !join(c, a, &h, err))
        return false;
    *ret = h;
    return true;
}

// -- which ---------------------------------------------------------------------------------------
struct gathering {
    const struct caller *who;
    struct heard_ids *ids;
};

static bool take_id(void *context, const struct office_heard *row, struct err *err)
{
    const struct gathering *g = context;
    enum desk desk = DESK_NONE;
    (void)err; // nothing can fail
    if (g->ids->count < HEARD_KEPT_MAX && may_read(g->who, row->desk, &desk))
        g->ids->all[g->ids->count++] = row->id;
    return true;
}

bool clerk_heard_ids(struct clerk *c, const struct caller *who, struct str ref,
                     struct heard_ids *ret, struct err *err)
{
    struct txn txn = {0};
    struct gathering g = {who, ret};
    ret->count = 0;
    bool done = db_begin(c->office, &txn, err) &&
                (ref.len > 0 ? office_heards_of(&txn, ref, take_id, &g, err)
                             : office_heards(&txn, take_id, &g, err));
    txn_release(&txn);
    return done;
}
