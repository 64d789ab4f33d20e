// tests/clerk/states.h - several States, each with a real keeper and a real clerk in processes of
// their own that a test may kill at any durable step.
#ifndef TESTS_CLERK_STATES_H
#define TESTS_CLERK_STATES_H
#include "base/frame.h"
#include "base/json.h"
#include "base/world.h"
#include "clerk/client.h"
#include "clerk/service.h"
#include "keeper/service.h"
#include "log/checkpoint.h"
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STATES_MAX = 3, STATE_OFFICERS = 2 };
static const char *const state_codes[STATES_MAX] = {"XA", "XB", "XC"};
static const char *const state_origins[STATES_MAX] = {"xa.example/demo", "xb.example/demo",
                                                      "xc.example/demo"};
static const char *const state_officers[STATE_OFFICERS] = {"anna", "boris"};

struct state {
    const char *code;
    struct str origin;
    const char *folder; // keeper lies in it
    char socket_path[128];
    struct secret officers[STATE_OFFICERS];
    struct secret log_seed; // for a thief in a test
    struct note_key log_key;
    struct str manifest; // note
    pid_t keeper, clerk;
    struct clerk_link local, officer; // officer: the first one, proved
};
struct states {
    struct arena arena;
    struct world *world;
    const char *folder;
    struct state at[STATES_MAX];
    size_t count;
    unsigned quorum;
    struct bytes community;
};

// Where the next processes that start are killed; the clerk's children inherit it.
struct kill_point {
    const char *step; // NULL: nowhere
    bool done;        // after it, not before
    unsigned nth;     // the nth time it is there
    bool clerk, keeper;
};
static struct kill_point kill_next;
static pid_t kill_keeper = -1;

static inline void kill_at_step(const char *step, bool done)
{
    struct kill_point *k = &kill_next;
    if (k->step == NULL || k->done != done || strcmp(k->step, step) != 0 || k->nth-- > 1)
        return;
    k->step = NULL;
    if (k->keeper)
        (void)kill(kill_keeper, SIGKILL);
    if (k->clerk)
        (void)kill(getpid(), SIGKILL);
}

static volatile int state_stop;
static inline void state_on_term(int signal_number)
{
    (void)signal_number;
    state_stop = 1;
}

static inline const char *state_path(struct states *all, const struct state *s, const char *name)
{
    struct str made;
    struct err err = {0};
    EXPECT_OK(arena_fmt(&all->arena, &made, &err, "%s/%s", s->folder, name));
    return made.ptr;
}

// -- making --------------------------------------------------------------------------------------
static inline struct note_key state_officer_key(struct states *all, const struct state *s, int o)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    struct str name;
    sign_public_of(&s->officers[o], &key);
    EXPECT_OK(arena_fmt(&all->arena, &name, &err, "%.*s/officer/%s", STR_ARG(s->origin),
                        state_officers[o]));
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    return named;
}

static inline struct str state_register(struct states *all, const struct state *s)
{
    struct err err = {0};
    struct buffer b;
    struct str text;
    buffer_init(&b, &all->arena, REGISTER_BYTES_MAX);
    buffer_fmt(&b, "elchi register v1\nlog %.*s\nversion 1\nprevious none\nchange 1\n",
               STR_ARG(s->origin));
    for (int o = 0; o < STATE_OFFICERS; o++) {
        struct note_key key = state_officer_key(all, s, o);
        struct str vkey;
        EXPECT_OK(note_key_text(&key, &all->arena, &vkey, &err));
        buffer_fmt(&b, "officer %s %.*s technical drafter,releaser,export,administrator\n",
                   state_officers[o], STR_ARG(vkey));
    }
    buffer_fmt(&b, "rule desk=* type=* to=* tlp=* precedence=* approvals=2\n");
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

// Signs what the vault's public side says by a fresh root, as an offline machine would.
static inline struct str state_manifest(struct states *all, const struct vault *v)
{
    struct err err = {0};
    struct keys_record k;
    struct secret roots[2] = {0};
    struct sign_public key;
    struct note_key named[2];
    struct str name;
    struct str text;
    struct note note;
    struct bytes whole;
    EXPECT_OK(vault_public(v, &all->arena, &k, &err));
    EXPECT_OK(arena_fmt(&all->arena, &name, &err, "%.*s/root", STR_ARG(k.origin)));
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(sign_seed_new(all->world, &roots[i], &err));
        sign_public_of(&roots[i], &key);
        EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named[i], &err));
    }
    k.roots[0] = named[0];
    k.next[0] = keys_root_hash(&named[1]);
    k.version = 1;
    k.time = world_now(all->world);
    k.demo = true;
    k.threshold = k.next_threshold = 1;
    k.roots_count = k.next_count = 1;
    EXPECT_OK(keys_record_write(&k, &all->arena, &text, &err));
    uint8_t *room = arena_new(&all->arena, uint8_t, NOTE_BYTES_MAX);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    note_sign(text, &named[0], &roots[0], &w);
    EXPECT_OK(note_read(writer_bytes(&w), &note, &err));
    EXPECT_OK(keys_note_write(text, note.signatures, 1, &all->arena, &whole, &err));
    secret_release(&roots[0]);
    secret_release(&roots[1]);
    return (struct str){(const char *)whole.ptr, whole.len};
}

static inline void state_vault(struct states *all, struct state *s)
{
    struct err err = {0};
    struct secret passphrase = {0};
    struct str vkey;
    const char *path = state_path(all, s, "keeper");
    struct vault *v = memory_new(1, sizeof *v);
    secret_copy(&passphrase, str_bytes(STR("invented words for a test")));
    struct vault_new how = {.origin = s->origin,
                            .desks = {[DESK_TECHNICAL] = true},
                            .register_text = state_register(all, s),
                            .passphrase = &passphrase,
                            .cost = KEYRING_COST_LEAST};
    EXPECT(state_code_read(str_of(s->code), &how.state));
    EXPECT_OK(vault_make(all->world, path, &how, &err));
    EXPECT_OK(vault_open(v, all->world, path, &passphrase, &err));
    s->manifest = state_manifest(all, v);
    secret_copy(&s->log_seed, secret_bytes(vault_secret(v, "log")));
    EXPECT_OK(note_key_text(&v->keys[KEYS_LOG], &all->arena, &vkey, &err));
    EXPECT_OK(note_key_read(vkey, &s->log_key, &err));
    vault_close(v);
    memory_release(v);
    secret_release(&passphrase);
}

static inline struct digest state_genesis(const struct state *s)
{
    struct err err = {0};
    struct note note;
    EXPECT_OK(note_read(str_bytes(s->manifest), &note, &err));
    return keys_text_hash(note.text);
}

static inline struct bytes states_community(struct states *all)
{
    struct err err = {0};
    struct codebook book;
    struct bytes file;
    struct community_name name = {STR("en"), STR("A community of tests")};
    struct community_name called[STATES_MAX];
    struct community_state rows[STATES_MAX] = {0};
    EXPECT_OK(codebook_embedded(&all->arena, &book, &err));
    for (size_t i = 0; i < all->count; i++) {
        called[i] = (struct community_name){STR("en"), str_of(all->at[i].code)};
        rows[i] = (struct community_state){.code = str_of(all->at[i].code),
                                           .origin = all->at[i].origin,
                                           .genesis = state_genesis(&all->at[i]),
                                           .long_names = {&called[i], 1},
                                           .short_names = {&called[i], 1},
                                           .group = COMMUNITY_NO_GROUP};
    }
    struct community c = {.names = {&name, 1},
                          .codebook_version = book.current->version,
                          .codebook = book.current->hash,
                          .durations_s = {86400, 3600, 3600, 86400, 86400, 86400},
                          .quorum = all->quorum,
                          .states = rows,
                          .states_count = all->count};
    EXPECT_OK(community_write(&c, &all->arena, &file, &err));
    return file;
}

static inline void states_init(struct states *all, size_t count, unsigned quorum)
{
    struct err err = {0};
    *all = (struct states){.world = world_real(), .count = count, .quorum = quorum};
    crypto_start();
    arena_init(&all->arena, (size_t)1 << 30);
    all->folder = test_folder(&all->arena);
    for (size_t i = 0; i < count; i++) {
        struct state *s = &all->at[i];
        struct str folder;
        *s = (struct state){.code = state_codes[i],
                            .origin = str_of(state_origins[i]),
                            .keeper = -1,
                            .clerk = -1,
                            .local = {-1},
                            .officer = {-1}};
        EXPECT_OK(arena_fmt(&all->arena, &folder, &err, "%s/%s", all->folder, s->code));
        s->folder = folder.ptr;
        EXPECT_OK(world_make_folder(all->world, s->folder, 0700, &err));
        (void)snprintf(s->socket_path, sizeof s->socket_path, "%s/clerk.sock", s->folder);
        for (int o = 0; o < STATE_OFFICERS; o++)
            EXPECT_OK(sign_seed_new(all->world, &s->officers[o], &err));
        state_vault(all, s);
    }
    all->community = states_community(all);
}

static inline void states_release(struct states *all)
{
    for (size_t i = 0; i < all->count; i++) {
        for (int o = 0; o < STATE_OFFICERS; o++)
            secret_release(&all->at[i].officers[o]);
        secret_release(&all->at[i].log_seed);
    }
    arena_release(&all->arena);
}

// -- processes -----------------------------------------------------------------------------------
static inline _Noreturn void state_run_keeper(struct states *all, const struct state *s, int socket)
{
    struct err err = {0};
    struct secret passphrase = {0};
    const char *path = state_path(all, s, "keeper");
    struct vault *v = memory_new(1, sizeof *v);
    struct keeper_door door = {socket, KEEPER_FOR_CLERK};
    static const volatile int never;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); // a failed test leaves nobody behind
    secret_copy(&passphrase, str_bytes(STR("invented words for a test")));
    bool done = vault_open(v, all->world, path, &passphrase, &err) &&
                keeper_serve(v, &door, 1, &never, &err);
    if (!done)
        (void)fprintf(stderr, "keeper of %s: %s\n", s->code, err.text);
    _exit(done ? 0 : 1);
}

static inline _Noreturn void state_run_clerk(struct states *all, const struct state *s, int keeper,
                                             int listener)
{
    struct err err = {0};
    struct clerk *c = memory_new(1, sizeof *c);
    struct clerk_sockets sockets = {.listener = listener, .command = -1, .courier = -1, .door = -1};
    struct clerk_options options = {.world = all->world,
                                    .folder = s->folder,
                                    .keeper_socket = keeper,
                                    .bell = -1,
                                    .peer_quota_bytes = 1 << 20,
                                    .at_step = kill_at_step};
    struct sigaction on_term = {.sa_handler = state_on_term};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)sigaction(SIGTERM, &on_term, NULL);
    bool done = clerk_open(c, &options, &err) && clerk_serve(c, &sockets, &state_stop, &err);
    if (!done)
        (void)fprintf(stderr, "clerk of %s: %s\n", s->code, err.text);
    clerk_close(c);
    _exit(done ? 0 : 1);
}

// Starts keeper and clerk; nobody is connected yet.
static inline void state_start(struct states *all, struct state *s)
{
    struct err err = {0};
    int keeper[2];
    int listener = -1;
    EXPECT_OK(frame_pair(keeper, &err));
    EXPECT_OK(clerk_listen(s->socket_path, &listener, &err));
    s->keeper = fork();
    if (s->keeper == 0) {
        (void)close(keeper[1]);
        (void)close(listener); // else callers would wait for a keeper who never answers them
        state_run_keeper(all, s, keeper[0]);
    }
    (void)close(keeper[0]);
    kill_keeper = s->keeper;
    s->clerk = fork();
    if (s->clerk == 0)
        state_run_clerk(all, s, keeper[1], listener);
    (void)close(keeper[1]);
    (void)close(listener);
}

static inline bool state_connect(struct state *s, struct err *err)
{
    return clerk_connect(s->socket_path, &s->local, err) &&
           clerk_connect(s->socket_path, &s->officer, err) &&
           clerk_prove(&s->officer, s->origin, str_of(state_officers[0]), &s->officers[0], err);
}

static inline void state_hang_up(struct state *s)
{
    if (s->local.socket >= 0)
        clerk_hang_up(&s->local);
    if (s->officer.socket >= 0)
        clerk_hang_up(&s->officer);
    s->local.socket = s->officer.socket = -1;
}

static inline void state_up(struct states *all, struct state *s)
{
    struct err err = {0};
    state_start(all, s);
    EXPECT_OK(state_connect(s, &err));
}

// An orderly end.
static inline void state_down(struct state *s)
{
    int status = 1;
    state_hang_up(s);
    (void)kill(s->clerk, SIGTERM);
    EXPECT(waitpid(s->clerk, &status, 0) == s->clerk);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(waitpid(s->keeper, &status, 0) == s->keeper);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    s->keeper = s->clerk = -1;
}

// What a supervisor does when one of the two has died: the other goes too, by whatever force.
static inline void state_fell(struct state *s)
{
    int status;
    state_hang_up(s);
    (void)kill(s->clerk, SIGKILL);
    EXPECT(waitpid(s->clerk, &status, 0) == s->clerk);
    EXPECT(waitpid(s->keeper, &status, 0) == s->keeper); // goes by itself when the clerk has gone
    s->keeper = s->clerk = -1;
}

// -- asking --------------------------------------------------------------------------------------
static inline struct buffer state_columns(struct states *all)
{
    struct buffer b;
    buffer_init(&b, &all->arena, FRAME_BYTES_MAX);
    return b;
}

static inline void state_ask(struct states *all, const struct state *s, enum clerk_frame kind,
                             const struct buffer *columns, struct bytes *ret)
{
    struct err err = {0};
    if (!clerk_ask(&s->local, kind, buffer_bytes(columns), &all->arena, ret, &err))
        fail_msg("frame %d to %s: %s", (int)kind, s->code, err.text);
}

static inline json_t *state_show(const struct clerk_link *by, enum clerk_frame kind,
                                 const struct buffer *columns)
{
    json_t *shown = NULL;
    struct err err = {0};
    EXPECT_OK(clerk_show(by, kind, buffer_bytes(columns), &shown, &err));
    return shown;
}

static inline const char *shown_text(const json_t *shown, const char *key)
{
    const char *text = json_string_value(json_object_get(shown, key));
    return text == NULL ? "" : text;
}

static inline json_int_t shown_count(const json_t *shown, const char *key)
{
    return json_integer_value(json_object_get(shown, key));
}

static inline struct bytes state_chain(struct states *all, const struct state *s)
{
    struct buffer b = state_columns(all);
    buffer_number(&b, 0, 8);
    buffer_block32(&b, str_bytes(s->manifest));
    return buffer_bytes(&b);
}

// Founded, a member, and everybody else's keys are known here.
static inline void state_found(struct states *all, struct state *s, const char *functions)
{
    struct err err = {0};
    struct bytes nothing;
    bool changed = false;
    struct buffer ask = state_columns(all);
    buffer_block32(&ask, str_bytes(s->manifest));
    state_ask(all, s, CLERK_FOUND, &ask, &nothing);
    ask = state_columns(all);
    buffer_block32(&ask, all->community);
    state_ask(all, s, CLERK_COMMUNITY_APPLY, &ask, &nothing);
    for (size_t i = 0; i < all->count; i++) {
        const struct state *other = &all->at[i];
        if (other == s)
            continue;
        EXPECT_OK(clerk_take_manifests(&s->local, other->origin, state_chain(all, other), &changed,
                                       &err));
        EXPECT(changed);
        ask = state_columns(all);
        buffer_block16(&ask, str_bytes(other->origin));
        buffer_block16(&ask, str_bytes(str_of(functions)));
        buffer_block16(&ask, (struct bytes){0});
        state_ask(all, s, CLERK_PEER_SET, &ask, &nothing);
    }
}

// -- drafts, approvals, releases ------------------------------------------------------------------
static inline struct bytes state_text(struct states *all, const struct state *s, const char *to)
{
    struct err err = {0};
    struct codebook book;
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    EXPECT_OK(codebook_embedded(&all->arena, &book, &err));
    digest_write(&book.current->hash, hash);
    EXPECT_OK(arena_fmt(&all->arena, &text, &err,
                        "elchi record v1\nlog %.*s\ntype message\nfrom %s/technical\n"
                        "to %s/technical\nprecedence ROUTINE\ntlp GREEN\nexercise no\n"
                        "codebook %u %s\n01 C03\n",
                        STR_ARG(s->origin), s->code, to, (unsigned)book.current->version, hash));
    return str_bytes(text);
}

static inline struct bytes state_approval(struct states *all, const struct state *s, int o,
                                          const struct draft_id *draft, const struct digest *text,
                                          int64_t runs_s)
{
    struct err err = {0};
    struct str approval;
    struct note_key key = state_officer_key(all, s, o);
    struct approval a = {.log = s->origin,
                         .draft = *draft,
                         .text = *text,
                         .decision = DECISION_RELEASE,
                         .officer = str_of(state_officers[o]),
                         .until = {world_now(all->world).s + runs_s}};
    EXPECT_OK(approval_write(&a, &all->arena, &approval, &err));
    uint8_t *room = arena_new(&all->arena, uint8_t, 4096);
    struct writer w = writer_of(room, 4096);
    note_sign(approval, &key, &s->officers[o], &w);
    return writer_bytes(&w);
}

// Kept and approved by both officers; false when a process died meanwhile.
static inline bool state_draft_for(struct states *all, const struct state *s, const char *to,
                                   int64_t runs_s, struct draft_id *ret, struct err *err)
{
    struct digest hash;
    struct bytes text = state_text(all, s, to);
    if (!clerk_draft_new(&s->officer, text, ret, err))
        return false;
    EXPECT(record_approved_digest(&all->arena, text, &hash, err));
    for (int o = 0; o < STATE_OFFICERS; o++) {
        json_t *shown = NULL;
        struct buffer ask = state_columns(all);
        buffer_block32(&ask, state_approval(all, s, o, ret, &hash, runs_s));
        if (!clerk_show(&s->officer, CLERK_APPROVE, buffer_bytes(&ask), &shown, err))
            return false;
        json_decref(shown);
    }
    return true;
}

struct acknowledged {
    char ref[REF_CHARS_MAX + 1];
    struct digest note;
    uint64_t index;
};
static inline bool state_release(struct states *all, const struct state *s,
                                 const struct draft_id *draft, struct acknowledged *ret,
                                 struct err *err)
{
    json_t *shown = NULL;
    struct buffer ask = state_columns(all);
    buffer_put(&ask, bytes_of(draft->octets, DRAFT_ID_BYTES));
    if (!clerk_show(&s->officer, CLERK_RELEASE, buffer_bytes(&ask), &shown, err))
        return false;
    (void)snprintf(ret->ref, sizeof ret->ref, "%s", shown_text(shown, "ref"));
    EXPECT(digest_read(str_of(shown_text(shown, "note")), &ret->note));
    ret->index = (uint64_t)shown_count(shown, "index");
    json_decref(shown);
    return true;
}
#endif
