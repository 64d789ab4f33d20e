// tests/clerk/carry.h - what a courier carries between the States of a test, what officers release,
// and looking at what came of it.
#ifndef TESTS_CLERK_CARRY_H
#define TESTS_CLERK_CARRY_H
#include "tests/clerk/community.h"

// -- carrying ------------------------------------------------------------------------------------
struct carried_entries {
    struct three *t;
    struct buffer *to;
    uint32_t count;
};
static inline bool carry_entry(void *context, struct leaf_index at, struct bytes entry,
                               struct err *err)
{
    struct carried_entries *k = context;
    (void)at;
    (void)err;
    buffer_block16(k->to, entry);
    k->count++;
    return true;
}

static inline struct exchange_log log_at(struct three *t, int who, int whose)
{
    struct err err = {0};
    struct txn txn = {0};
    struct exchange_log log = {.size = {0}};
    EXPECT_OK(db_begin(t->at[who].clerk.exchange, &txn, &err));
    struct err why = {0};
    if (!exchange_log_find(&txn, origin_of(whose), &t->arena, &log, &why))
        log = (struct exchange_log){.size = {0}};
    txn_release(&txn);
    return log;
}

// The columns of TAKE_ENTRIES: `whose` log from `first` on, as `holder` has it.
static inline struct buffer entries_of(struct three *t, int holder, int whose, uint64_t first)
{
    struct err err = {0};
    struct txn txn = {0};
    struct buffer b = columns(t), entries = columns(t);
    struct exchange_log log = log_at(t, holder, whose);
    struct carried_entries k = {t, &entries, 0};
    uint64_t next;
    EXPECT_OK(db_begin(t->at[holder].clerk.exchange, &txn, &err));
    struct exchange_range all = {log.id, first, UINT64_MAX >> 1, UINT64_MAX};
    if (first < log.signed_size.n)
        EXPECT_OK(exchange_entries(&txn, all, carry_entry, &k, &next, &err));
    txn_release(&txn);
    buffer_block16(&b, str_bytes(origin_of(holder)));
    buffer_block16(&b, str_bytes(origin_of(whose)));
    buffer_number(&b, first, 8);
    buffer_block32(&b, log.checkpoint);
    buffer_number(&b, k.count, 4);
    buffer_put(&b, buffer_bytes(&entries));
    EXPECT(!b.full);
    return b;
}

// Entries of `whose` log from `holder` to `to`, and the cosignatures that earned back to the
// author.
static inline void project(struct three *t, int who)
{
    struct err err = {0};
    EXPECT_OK(clerk_project(&t->at[who].clerk, &err));
}

static inline void carry_log(struct three *t, int holder, int whose, int to)
{
    struct exchange_log log = log_at(t, to, whose);
    struct buffer b = entries_of(t, holder, whose, log.size.n);
    struct act_result r = must(act(t, to, clerk_act_take_entries, &b));
    struct reader answer = reader_of(r.answer);
    struct exchange_log held;
    struct bytes note;
    struct buffer back = columns(t);
    struct txn txn = {0};
    struct err err = {0};
    EXPECT(reader_u64(&answer) == log_at(t, holder, whose).signed_size.n);
    EXPECT(reader_done(&answer));
    EXPECT_OK(clerk_cosign_due(&t->at[to].clerk, &err));
    held = log_at(t, to, whose);
    EXPECT_OK(db_begin(t->at[to].clerk.exchange, &txn, &err));
    EXPECT_OK(clerk_cosigned_at(&txn, &held, held.signed_size, &t->arena, &note, &err));
    txn_release(&txn);
    buffer_block16(&back, str_bytes(origin_of(whose)));
    buffer_block32(&back, note);
    must(act(t, whose, clerk_act_take_cosigs, &back));
    EXPECT_OK(clerk_project_cosigned(&t->at[whose].clerk, &err));
    project(t, to);
}

struct offers {
    struct three *t;
    struct exchange_offer items[256];
    size_t count;
};
static inline bool see_offer(void *context, const struct exchange_offer *row, struct err *err)
{
    struct offers *o = context;
    (void)err;
    EXPECT(o->count < 256);
    o->items[o->count++] = *row;
    return true;
}

static inline struct bytes blob_of(struct three *t, int who, const struct digest *hash)
{
    struct err err = {0};
    struct txn txn = {0};
    struct bytes whole;
    EXPECT_OK(db_begin(t->at[who].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_blob_whole(&txn, hash, 4 << 20, &t->arena, &whole, &err));
    txn_release(&txn);
    return whole;
}

static inline struct buffer hint_of(struct three *t, int from, int whose,
                                    const struct exchange_offer *o)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(from)));
    buffer_number(&b, 1, 2);
    buffer_block16(&b, str_bytes(origin_of(whose)));
    buffer_number(&b, o->at.n, 8);
    buffer_put(&b, bytes_of(o->hash.octets, DIGEST_BYTES));
    buffer_number(&b, o->size, 8);
    buffer_number(&b, o->precedence, 1);
    return b;
}

static inline struct buffer piece_of(struct three *t, int from, const struct digest *hash,
                                     struct bytes whole, size_t offset, size_t size)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(from)));
    buffer_put(&b, bytes_of(hash->octets, DIGEST_BYTES));
    buffer_number(&b, whole.len, 8);
    buffer_number(&b, offset, 8);
    buffer_block32(&b, bytes_of(whole.ptr + offset, size));
    return b;
}

// What waits at `from` for `to`: hints first, then whatever is wanted.
static inline size_t carry_bodies(struct three *t, int from, int to)
{
    struct err err = {0};
    struct txn txn = {0};
    struct offers *o = memory_new(1, sizeof *o);
    size_t taken = 0;
    EXPECT_OK(db_begin(t->at[from].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_offers(&txn, origin_of(to), 256, see_offer, o, &err));
    txn_release(&txn);
    for (int round = 0; round < 2; round++) // attachments are believed once the note is open
        for (size_t i = 0; i < o->count; i++) {
            struct buffer hint = hint_of(t, from, from, &o->items[i]);
            struct bytes whole = blob_of(t, from, &o->items[i].hash);
            must(act(t, to, clerk_act_take_waiting, &hint));
            struct buffer piece = piece_of(t, from, &o->items[i].hash, whole, 0, whole.len);
            struct act_result r = act(t, to, clerk_act_take_blob, &piece);
            project(t, to); // as every turn ends
            taken += r.done && round == 0 ? 1 : 0;
        }
    memory_release(o);
    return taken;
}

// -- releasing -----------------------------------------------------------------------------------
static inline struct bytes message_text(struct three *t, int from, int to, const char *middle,
                                        const char *lines)
{
    struct err err = {0};
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    const struct book *book = t->at[from].clerk.codebook.current;
    digest_write(&book->hash, hash);
    EXPECT_OK(arena_fmt(&t->arena, &text, &err,
                        "elchi record v1\nlog %s\ntype message\nfrom %s/technical\nto %s\n"
                        "precedence ROUTINE\ntlp GREEN\nexercise no\ncodebook %u %s\n%s%s",
                        origins[from], codes[from],
                        to < 0 ? "all"
                               : (to == XA   ? "XA/technical"
                                  : to == XB ? "XB/technical"
                                             : "XC/technical"),
                        (unsigned)book->version, hash, middle, lines));
    return str_bytes(text);
}

static inline void keep_draft(struct three *t, int who, const struct draft_id *draft,
                              struct bytes text)
{
    struct err err = {0};
    struct clerk *c = &t->at[who].clerk;
    struct txn txn = {0};
    struct str approval, name;
    struct sign_public key;
    struct note_key named;
    struct office_draft row = {.desk = STR("technical"),
                               .author = STR("anna"),
                               .state = DRAFT_AWAITING,
                               .created = clerk_now(c),
                               .changed = clerk_now(c)};
    hex_write(bytes_of(draft->octets, DRAFT_ID_BYTES), row.id.hex);
    EXPECT_OK(record_approved_digest(&t->arena, text, &row.text, &err));
    EXPECT_OK(clerk_text_seal(c, DESK_TECHNICAL, "draft", str_of(row.id.hex), text, &t->arena,
                              &row.sealed, &err));
    struct approval a = {.log = origin_of(who),
                         .draft = *draft,
                         .text = row.text,
                         .decision = DECISION_RELEASE,
                         .officer = STR("anna"),
                         .until = {world_now(world_real()).s + 3600}};
    EXPECT_OK(approval_write(&a, &t->arena, &approval, &err));
    EXPECT_OK(approval_key_name(&a, &t->arena, &name, &err));
    sign_public_of(&t->at[who].officer, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    uint8_t *room = arena_new(&t->arena, uint8_t, 4096);
    struct writer w = writer_of(room, 4096);
    note_sign(approval, &named, &t->at[who].officer, &w);
    struct office_approval kept = {.draft = row.id,
                                   .officer = STR("anna"),
                                   .decision = STR("release"),
                                   .note = writer_bytes(&w),
                                   .at = clerk_now(c),
                                   .until = a.until};
    EXPECT_OK(db_begin(c->office, &txn, &err));
    EXPECT_OK(office_draft_add(&txn, &row, &err));
    EXPECT_OK(office_approval_add(&txn, &kept, &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
}

// Releases a message and takes the turn that logs it.
static inline struct release_done say(struct three *t, int from, struct bytes text)
{
    struct err err = {0};
    struct draft_id draft;
    struct release_done done;
    struct err why = {0};
    world_random(&t->fake.world, draft.octets, sizeof draft.octets);
    keep_draft(t, from, &draft, text);
    if (!clerk_release(&t->at[from].clerk, &t->arena, &draft, &done, &why))
        fail_msg("release: %s", why.text);
    turn(t, from);
    (void)err;
    return done;
}
static inline struct release_done say_to(struct three *t, int from, int to, const char *lines)
{
    return say(t, from, message_text(t, from, to, "", lines));
}

// -- looking -------------------------------------------------------------------------------------
static inline struct record_state state_at(struct three *t, int who, const struct digest *note)
{
    struct err err = {0};
    struct record_state state;
    EXPECT_OK(clerk_record_state(&t->at[who].clerk, &t->arena, note, clerk_now(&t->at[who].clerk),
                                 &state, &err));
    return state;
}

static inline bool row_of(struct three *t, int who, const struct digest *note,
                          struct office_record *ret)
{
    struct err err = {0};
    struct txn txn = {0};
    struct err why = {0};
    EXPECT_OK(db_begin(t->at[who].clerk.office, &txn, &err));
    bool found = office_record_get(&txn, note, &t->arena, ret, &why);
    txn_release(&txn);
    return found;
}

// Everything the views say, in the order of logs and indexes, without what counts arrivals.
static inline struct str dump_of(struct three *t, int who)
{
    struct err err = {0};
    struct txn txn = {0};
    struct buffer b;
    struct str text;
    buffer_init(&b, &t->arena, 16 << 20);
    EXPECT_OK(db_begin(t->at[who].clerk.office, &txn, &err));
    for (int whose = 0; whose < STATES; whose++)
        for (uint64_t at = 0; at < 64; at++) {
            struct office_record r;
            struct err why = {0};
            char note[DIGEST_TEXT_CHARS + 1], root[DIGEST_TEXT_CHARS + 1];
            if (!office_record_at(&txn, origin_of(whose), at, &t->arena, &r, &why))
                continue;
            digest_write(&r.note, note);
            digest_write(&r.root, root);
            buffer_fmt(&b, "%s %u %.*s %s %s %d %.*s %.*s %.*s %.*s %.*s '%.*s' %.*s %lld %lld\n",
                       codes[whose], (unsigned)at, STR_ARG(r.ref), note, root, (int)r.direction,
                       STR_ARG(r.type), STR_ARG(r.from), STR_ARG(r.to), STR_ARG(r.tlp),
                       STR_ARG(r.desk), STR_ARG(r.void_rule), STR_ARG(r.state), (long long)r.due.s,
                       (long long)r.received.s);
        }
    txn_release(&txn);
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

struct evidence_seen {
    struct three *t;
    struct bytes last;
    size_t count;
};
static inline bool see_evidence(void *context, const struct exchange_evidence *row, struct err *err)
{
    struct evidence_seen *s = context;
    s->count++;
    return arena_copy(&s->t->arena, row->octets, &s->last, err);
}
static inline struct evidence_seen evidence_at(struct three *t, int who)
{
    struct err err = {0};
    struct txn txn = {0};
    struct evidence_seen s = {.t = t};
    EXPECT_OK(db_begin(t->at[who].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_evidences(&txn, NULL, 100, see_evidence, &s, &err));
    txn_release(&txn);
    return s;
}
#endif
