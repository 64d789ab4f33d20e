// tests/clerk/community.h - a community of three States in one process: each with a real keeper in
// a child, a real clerk here, and a test that carries between them what couriers would.
#ifndef TESTS_CLERK_COMMUNITY_H
#define TESTS_CLERK_COMMUNITY_H
#include "base/encode.h"
#include "base/frame.h"
#include "base/limits.h"
#include "base/world.h"
#include "clerk/acts.h"
#include "clerk/append.h"
#include "clerk/facts.h"
#include "clerk/project.h"
#include "clerk/release.h"
#include "clerk/restore.h"
#include "keeper/service.h"
#include "log/checkpoint.h"
#include "store/exchange_blob.h"
#include "store/exchange_peer.h"
#include "store/exchange_stage.h"
#include "store/exchange_witness.h"
#include "store/office_draft.h"
#include "store/office_view.h"
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { XA, XB, XC, STATES };
static const char *const codes[STATES] = {"XA", "XB", "XC"};
static const char *const origins[STATES] = {"xa.example/demo", "xb.example/demo",
                                            "xc.example/demo"};
enum { RECEIPT_S = 60 };

struct state_node {
    struct clerk clerk;
    struct str folder;
    struct secret officer, log_seed;
    struct str manifest;
    int socket; // to the keeper
    pid_t keeper;
    bool open;
};
struct three {
    struct arena arena;
    struct world_fake fake; // one clock for the clerks; the keepers have the machine's
    struct bytes file;      // the community's
    struct state_node at[STATES];
};

static inline struct str origin_of(int who)
{
    return str_of(origins[who]);
}

// -- making a State ------------------------------------------------------------------------------
static inline struct str passphrase_words(void)
{
    return STR("invented words for a test");
}

static inline struct str made_register(struct three *t, int who)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    struct str name, vkey, text;
    sign_public_of(&t->at[who].officer, &key);
    EXPECT_OK(arena_fmt(&t->arena, &name, &err, "%s/officer/anna", origins[who]));
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    EXPECT_OK(note_key_text(&named, &t->arena, &vkey, &err));
    EXPECT_OK(arena_fmt(&t->arena, &text, &err,
                        "elchi register v1\nlog %s\nversion 1\nprevious none\nchange 1\n"
                        "officer anna %.*s technical drafter,releaser,export,administrator\n"
                        "rule desk=* type=* to=* tlp=* precedence=* approvals=1\n",
                        origins[who], STR_ARG(vkey)));
    return text;
}

static inline struct str made_manifest(struct three *t, const struct vault *v)
{
    struct err err = {0};
    struct keys_record k;
    struct secret root = {0}, next = {0};
    struct sign_public key;
    struct str name, text;
    EXPECT_OK(vault_public(v, &t->arena, &k, &err));
    EXPECT_OK(sign_seed_new(world_real(), &root, &err));
    EXPECT_OK(sign_seed_new(world_real(), &next, &err));
    EXPECT_OK(arena_fmt(&t->arena, &name, &err, "%.*s/root", STR_ARG(k.origin)));
    sign_public_of(&next, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &k.roots[0], &err));
    k.next[0] = keys_root_hash(&k.roots[0]);
    sign_public_of(&root, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &k.roots[0], &err));
    k.version = 1;
    k.time = world_now(world_real());
    k.demo = true;
    k.threshold = k.next_threshold = 1;
    k.roots_count = k.next_count = 1;
    EXPECT_OK(keys_record_write(&k, &t->arena, &text, &err));
    uint8_t *room = arena_new(&t->arena, uint8_t, NOTE_BYTES_MAX);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    note_sign(text, &k.roots[0], &root, &w);
    EXPECT(!w.full);
    secret_release(&root);
    secret_release(&next);
    return (struct str){(const char *)w.ptr, w.len};
}

// One folder of the machine holds all the States of one test program.
static inline struct str fresh_folder(struct three *t)
{
    static struct arena lasting;
    static const char *root;
    static unsigned count;
    struct err err = {0};
    struct str path;
    if (root == NULL) {
        arena_init(&lasting, 1 << 20);
        root = test_folder(&lasting);
    }
    EXPECT_OK(arena_fmt(&t->arena, &path, &err, "%s/%u", root, count++));
    EXPECT_OK(world_make_folder(world_real(), path.ptr, 0700, &err));
    return path;
}

static inline void make_state(struct three *t, int who)
{
    struct err err = {0};
    struct state_node *s = &t->at[who];
    struct str path;
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    secret_copy(&passphrase, str_bytes(passphrase_words()));
    s->folder = fresh_folder(t);
    EXPECT_OK(sign_seed_new(world_real(), &s->officer, &err));
    struct vault_new how = {.origin = origin_of(who),
                            .desks = {[DESK_TECHNICAL] = true, [DESK_DIPLOMATIC] = true},
                            .register_text = made_register(t, who),
                            .passphrase = &passphrase,
                            .cost = KEYRING_COST_LEAST};
    EXPECT(state_code_read(str_of(codes[who]), &how.state));
    EXPECT_OK(arena_fmt(&t->arena, &path, &err, "%.*s/keeper", STR_ARG(s->folder)));
    EXPECT_OK(vault_make(world_real(), path.ptr, &how, &err));
    EXPECT_OK(vault_open(v, world_real(), path.ptr, &passphrase, &err));
    s->manifest = made_manifest(t, v);
    secret_copy(&s->log_seed, secret_bytes(vault_secret(v, "log")));
    vault_close(v);
    memory_release(v);
    secret_release(&passphrase);
}

static inline void make_file(struct three *t)
{
    struct err err = {0};
    struct codebook book;
    struct community_name name = {STR("en"), STR("A community of tests")};
    struct community_name names[STATES];
    struct community_state states[STATES];
    for (int i = 0; i < STATES; i++) {
        struct note note;
        names[i] = (struct community_name){STR("en"), str_of(codes[i])};
        EXPECT_OK(note_read(str_bytes(t->at[i].manifest), &note, &err));
        states[i] = (struct community_state){.code = str_of(codes[i]),
                                             .origin = origin_of(i),
                                             .genesis = keys_text_hash(note.text),
                                             .long_names = {&names[i], 1},
                                             .short_names = {&names[i], 1},
                                             .group = COMMUNITY_NO_GROUP};
    }
    EXPECT_OK(codebook_embedded(&t->arena, &book, &err));
    struct community c = {.names = {&name, 1},
                          .codebook_version = book.current->version,
                          .codebook = book.current->hash,
                          .durations_s = {86400, RECEIPT_S, 3600, 86400, 86400, 86400},
                          .quorum = 2,
                          .states = states,
                          .states_count = STATES};
    EXPECT_OK(community_write(&c, &t->arena, &t->file, &err));
}

// -- up and down ---------------------------------------------------------------------------------
static inline void run_keeper(const struct state_node *s, int socket)
{
    struct err err = {0};
    struct arena a;
    struct str path;
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    struct keeper_door door = {socket, KEEPER_FOR_CLERK};
    static const volatile int never;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); // a failed test leaves nobody behind
    arena_init(&a, 1 << 20);
    secret_copy(&passphrase, str_bytes(passphrase_words()));
    bool done = arena_fmt(&a, &path, &err, "%.*s/keeper", STR_ARG(s->folder)) &&
                vault_open(v, world_real(), path.ptr, &passphrase, &err) &&
                keeper_serve(v, &door, 1, &never, &err);
    if (!done)
        (void)fprintf(stderr, "keeper: %s\n", err.text);
    _exit(done ? 0 : 1);
}

static inline void state_up(struct three *t, int who)
{
    struct err err = {0};
    struct state_node *s = &t->at[who];
    int pair[2];
    EXPECT_OK(frame_pair(pair, &err));
    s->keeper = fork();
    if (s->keeper == 0) {
        for (int i = 0; i < STATES; i++)
            if (i != who && t->at[i].open)
                (void)close(t->at[i].socket); // or the others' keepers would outlive their clerks
        (void)close(pair[1]);
        run_keeper(s, pair[0]);
    }
    (void)close(pair[0]);
    s->socket = pair[1];
    struct clerk_options options = {.world = &t->fake.world,
                                    .folder = s->folder.ptr,
                                    .keeper_socket = s->socket,
                                    .bell = -1,
                                    .peer_quota_bytes = 1 << 20};
    EXPECT_OK(clerk_open(&s->clerk, &options, &err));
    s->open = true;
}

static inline void state_down(struct three *t, int who)
{
    struct state_node *s = &t->at[who];
    int status = 1;
    clerk_close(&s->clerk);
    (void)close(s->socket);
    s->open = false;
    EXPECT(waitpid(s->keeper, &status, 0) == s->keeper);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// -- acts, asked as a courier or an officer would
// --------------------------------------------------
struct act_result {
    bool done;
    struct err err;
    struct bytes answer;
};
static inline struct buffer columns(struct three *t)
{
    struct buffer b;
    buffer_init(&b, &t->arena, FRAME_BYTES_MAX);
    return b;
}
static inline struct act_result act_as(struct three *t, int who, clerk_act *act, struct bytes ask,
                                       const char *officer)
{
    struct act_result r = {0};
    struct officer_session session = {0};
    struct arena a;
    arena_init(&a, 32 << 20);
    struct clerk_io io = {.ask = reader_of(ask), .arena = &a, .fd = -1, .officer = &session};
    io.caller = officer == NULL ? CLERK_FOR_COURIER : CLERK_FOR_LOCAL;
    if (officer != NULL) {
        session.proved = true;
        (void)snprintf(session.name, sizeof session.name, "%s", officer);
    }
    buffer_init(&io.answer, &a, FRAME_BYTES_MAX);
    r.done = act(&t->at[who].clerk, &io, &r.err);
    if (r.done && io.shown != NULL) {
        char *text = json_dumps(io.shown, JSON_COMPACT | JSON_SORT_KEYS);
        struct err err = {0};
        EXPECT(text != NULL);
        EXPECT_OK(arena_copy(&t->arena, bytes_of(text, strlen(text)), &r.answer, &err));
        free(text);
    } else if (r.done) {
        struct err err = {0};
        EXPECT_OK(arena_copy(&t->arena, buffer_bytes(&io.answer), &r.answer, &err));
    }
    if (!r.done)
        EXPECT(r.err.kind != ERR_NONE); // a refusal must say why
    json_decref(io.shown);
    arena_release(&a);
    return r;
}
static inline struct act_result act(struct three *t, int who, clerk_act *what,
                                    const struct buffer *b)
{
    return act_as(t, who, what, buffer_bytes(b), NULL);
}
static inline struct act_result must(struct act_result r)
{
    if (!r.done)
        fail_msg("refused: %s: %s", err_kind_word(r.err.kind), r.err.text);
    return r;
}

// -- what one turn of the loop does --------------------------------------------------------------
static inline void turn(struct three *t, int who)
{
    struct err err = {0};
    struct clerk *c = &t->at[who].clerk;
    uint64_t count;
    EXPECT_OK(clerk_append(c, &count, &err));
    EXPECT_OK(clerk_project(c, &err));
    EXPECT_OK(clerk_receipts(c, &err));
    EXPECT_OK(clerk_append(c, &count, &err));
    EXPECT_OK(clerk_project(c, &err));
    EXPECT_OK(clerk_restore_step(c, &err));
}

// -- founding ------------------------------------------------------------------------------------
static inline void partners(struct three *t, int who, const char *functions)
{
    struct err err = {0};
    struct clerk *c = &t->at[who].clerk;
    struct txn txn = {0};
    EXPECT_OK(db_begin(c->exchange, &txn, &err));
    for (int i = 0; i < STATES; i++)
        if (i != who)
            EXPECT_OK(exchange_peer_put(&txn, origin_of(i), str_of(functions), STR(""), &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    EXPECT_OK(clerk_reload(c, &err));
}

static inline void found(struct three *t, int who, const char *functions)
{
    struct err err = {0};
    struct clerk *c = &t->at[who].clerk;
    struct txn txn = {0};
    EXPECT_OK(clerk_found(c, str_bytes(t->at[who].manifest), &err));
    EXPECT_OK(keeper_community(&c->keeper, t->file, NULL, 0, &err));
    EXPECT_OK(db_begin(c->exchange, &txn, &err));
    EXPECT_OK(exchange_community_apply(&txn, t->file, clerk_now(c), &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    partners(t, who, functions);
    turn(t, who);
}

static inline struct three *three_strangers(const char *functions)
{
    struct three *t = memory_new(1, sizeof *t);
    crypto_start();
    arena_init(&t->arena, 512 << 20);
    world_fake_init(&t->fake, world_now(world_real()).s, test_seed());
    for (int i = 0; i < STATES; i++)
        make_state(t, i);
    make_file(t);
    for (int i = 0; i < STATES; i++) {
        state_up(t, i);
        found(t, i, functions);
    }
    return t;
}

// Every chain to everybody: a record is sealed to a key that is known.
static inline void introduce(struct three *t)
{
    struct err err = {0};
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++) {
            struct bytes chain;
            struct buffer b = columns(t);
            if (to == whose)
                continue;
            EXPECT_OK(chain_write(clerk_chain(&t->at[whose].clerk, origin_of(whose)), &t->arena,
                                  &chain, &err));
            buffer_block16(&b, str_bytes(origin_of(whose)));
            buffer_block32(&b, chain);
            must(act(t, to, clerk_act_take_manifests, &b));
        }
}

static inline struct three *three_new(const char *functions)
{
    struct three *t = three_strangers(functions);
    introduce(t);
    return t;
}

static inline void three_end(struct three *t)
{
    for (int i = 0; i < STATES; i++) {
        if (t->at[i].open)
            state_down(t, i);
        secret_release(&t->at[i].officer);
        secret_release(&t->at[i].log_seed);
    }
    arena_release(&t->arena);
    memory_release(t);
}

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
    struct buffer note = columns(t), back = columns(t);
    EXPECT(reader_u64(&answer) == log_at(t, holder, whose).signed_size.n);
    uint16_t lines = reader_u16(&answer);
    buffer_put(&note, log_at(t, holder, whose).checkpoint);
    for (uint16_t i = 0; i < lines; i++)
        buffer_put(&note, reader_block16(&answer));
    EXPECT(reader_done(&answer));
    buffer_block16(&back, str_bytes(origin_of(whose)));
    buffer_block32(&back, buffer_bytes(&note));
    if (lines > 0)
        must(act(t, whose, clerk_act_take_cosigs, &back));
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
