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
#include "clerk/cosign.h"
#include "clerk/cosigned.h"
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

static inline struct str officer_vkey(struct three *t, int who, const char *officer,
                                      const struct secret *seed)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    struct str name, vkey;
    sign_public_of(seed, &key);
    EXPECT_OK(arena_fmt(&t->arena, &name, &err, "%s/officer/%s", origins[who], officer));
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    EXPECT_OK(note_key_text(&named, &t->arena, &vkey, &err));
    return vkey;
}

static inline struct str made_register(struct three *t, int who)
{
    struct err err = {0};
    struct str text;
    struct secret dora = {0};
    EXPECT_OK(sign_seed_new(world_real(), &dora, &err));
    struct str anna = officer_vkey(t, who, "anna", &t->at[who].officer);
    struct str other = officer_vkey(t, who, "dora", &dora);
    EXPECT_OK(arena_fmt(&t->arena, &text, &err,
                        "elchi register v1\nlog %s\nversion 1\nprevious none\nchange 1\n"
                        "officer anna %.*s technical drafter,releaser,export,administrator\n"
                        "officer dora %.*s diplomatic drafter,releaser,export\n"
                        "rule desk=* type=* to=* tlp=* precedence=* approvals=1\n",
                        origins[who], STR_ARG(anna), STR_ARG(other)));
    secret_release(&dora);
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

// -- acts, asked as a courier or an officer would -------------------------------------------------
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

#endif
