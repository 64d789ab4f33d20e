// tests/clerk/node.h - a real keeper and a real clerk, each in a process of its own, and a second
// State's keys beside them.
#ifndef TESTS_CLERK_NODE_H
#define TESTS_CLERK_NODE_H
#include "base/frame.h"
#include "base/world.h"
#include "clerk/append.h"
#include "clerk/client.h"
#include "clerk/cosigned.h"
#include "clerk/officer.h"
#include "clerk/service.h"
#include "keeper/service.h"
#include "log/checkpoint.h"
#include "log/cosign.h"
#include "store/exchange_witness.h"
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define XA_ORIGIN "xa.example/demo"
#define XB_ORIGIN "xb.example/demo"

enum { ANNA, BORIS, CLARA, OFFICERS };
static const char *const officer_names[OFFICERS] = {"anna", "boris", "clara"};
static const char *const officer_rights[OFFICERS] = {
    "technical drafter,releaser,export,administrator",
    "technical releaser,export",
    "diplomatic drafter,releaser",
};

struct node {
    struct arena arena;
    struct world *world;
    const char *folder;
    struct secret officers[OFFICERS];
    struct secret xb_witness;
    struct note_key xb_witness_key;
    struct str xa_manifest, xb_manifest; // notes
    struct bytes community;
    char socket_path[128];
    pid_t keeper, clerk;
    struct clerk_link local, courier, door;
};

static volatile int node_stop;
static inline void node_on_term(int signal_number)
{
    (void)signal_number;
    node_stop = 1;
}

// -- texts ---------------------------------------------------------------------------------------
static inline struct str node_register(struct node *n)
{
    struct err err = {0};
    struct buffer b;
    struct str text;
    buffer_init(&b, &n->arena, REGISTER_BYTES_MAX);
    buffer_fmt(&b, "elchi register v1\nlog %s\nversion 1\nprevious none\nchange 1\n", XA_ORIGIN);
    for (int i = 0; i < OFFICERS; i++) {
        struct sign_public key;
        struct note_key named;
        struct str name;
        struct str vkey;
        sign_public_of(&n->officers[i], &key);
        EXPECT_OK(arena_fmt(&n->arena, &name, &err, "%s/officer/%s", XA_ORIGIN, officer_names[i]));
        EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
        EXPECT_OK(note_key_text(&named, &n->arena, &vkey, &err));
        buffer_fmt(&b, "officer %s %.*s %s\n", officer_names[i], STR_ARG(vkey), officer_rights[i]);
    }
    buffer_fmt(&b, "rule desk=technical type=* to=* tlp=* precedence=* approvals=2\n"
                   "rule desk=* type=* to=* tlp=* precedence=* approvals=1\n");
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

// Signs what the vault's public side says by a fresh root, as an offline machine would.
static inline struct str node_manifest(struct node *n, const struct vault *v)
{
    struct err err = {0};
    struct keys_record k;
    struct secret root = {0};
    struct secret next = {0};
    struct sign_public key;
    struct str name;
    struct str text;
    struct note note;
    struct bytes whole;
    EXPECT_OK(vault_public(v, &n->arena, &k, &err));
    EXPECT_OK(sign_seed_new(n->world, &root, &err));
    EXPECT_OK(sign_seed_new(n->world, &next, &err));
    EXPECT_OK(arena_fmt(&n->arena, &name, &err, "%.*s/root", STR_ARG(k.origin)));
    sign_public_of(&next, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &k.roots[0], &err));
    k.next[0] = keys_root_hash(&k.roots[0]);
    sign_public_of(&root, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &k.roots[0], &err));
    k.version = 1;
    k.time = world_now(n->world);
    k.demo = true;
    k.threshold = k.next_threshold = 1;
    k.roots_count = k.next_count = 1;
    EXPECT_OK(keys_record_write(&k, &n->arena, &text, &err));
    uint8_t *room = arena_new(&n->arena, uint8_t, NOTE_BYTES_MAX);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    note_sign(text, &k.roots[0], &root, &w);
    EXPECT_OK(note_read(writer_bytes(&w), &note, &err));
    EXPECT_OK(keys_note_write(text, note.signatures, 1, &n->arena, &whole, &err));
    secret_release(&root);
    secret_release(&next);
    return (struct str){(const char *)whole.ptr, whole.len};
}

static inline struct digest node_genesis(struct str manifest)
{
    struct err err = {0};
    struct note note;
    EXPECT_OK(note_read(str_bytes(manifest), &note, &err));
    return keys_text_hash(note.text);
}

static inline struct bytes node_community(struct node *n)
{
    struct err err = {0};
    struct codebook book;
    struct bytes file;
    struct community_name name = {STR("en"), STR("A community of tests")};
    struct community_name a = {STR("en"), STR("State A")};
    struct community_name b = {STR("en"), STR("State B")};
    struct community_state states[2] = {
        {.code = STR("XA"),
         .origin = STR(XA_ORIGIN),
         .genesis = node_genesis(n->xa_manifest),
         .long_names = {&a, 1},
         .short_names = {&a, 1},
         .group = COMMUNITY_NO_GROUP},
        {.code = STR("XB"),
         .origin = STR(XB_ORIGIN),
         .genesis = node_genesis(n->xb_manifest),
         .long_names = {&b, 1},
         .short_names = {&b, 1},
         .group = COMMUNITY_NO_GROUP},
    };
    EXPECT_OK(codebook_embedded(&n->arena, &book, &err));
    struct community c = {.names = {&name, 1},
                          .codebook_version = book.current->version,
                          .codebook = book.current->hash,
                          .durations_s = {86400, 3600, 3600, 86400, 86400, 86400},
                          .quorum = 1,
                          .states = states,
                          .states_count = 2};
    EXPECT_OK(community_write(&c, &n->arena, &file, &err));
    return file;
}

// -- making --------------------------------------------------------------------------------------
static inline void node_vault(struct node *n, const char *name, struct str origin, const char *code,
                              struct str register_text, struct str *ret_manifest)
{
    struct err err = {0};
    struct str path;
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    secret_copy(&passphrase, str_bytes(STR("invented words for a test")));
    struct vault_new how = {.origin = origin,
                            .desks = {[DESK_TECHNICAL] = true, [DESK_DIPLOMATIC] = true},
                            .register_text = register_text,
                            .passphrase = &passphrase,
                            .cost = KEYRING_COST_LEAST};
    EXPECT(state_code_read(str_of(code), &how.state));
    EXPECT_OK(arena_fmt(&n->arena, &path, &err, "%s/%s", n->folder, name));
    EXPECT_OK(vault_make(n->world, path.ptr, &how, &err));
    EXPECT_OK(vault_open(v, n->world, path.ptr, &passphrase, &err));
    *ret_manifest = node_manifest(n, v);
    if (str_eq(origin, STR(XB_ORIGIN))) {
        struct str vkey;
        secret_copy(&n->xb_witness, secret_bytes(vault_secret(v, "witness")));
        EXPECT_OK(note_key_text(&v->keys[KEYS_WITNESS], &n->arena, &vkey, &err));
        EXPECT_OK(note_key_read(vkey, &n->xb_witness_key, &err));
    }
    vault_close(v);
    memory_release(v);
    secret_release(&passphrase);
}

static inline void node_init(struct node *n)
{
    struct err err = {0};
    *n = (struct node){.world = world_real(), .keeper = -1, .clerk = -1};
    crypto_start();
    arena_init(&n->arena, 256 << 20);
    n->folder = test_folder(&n->arena);
    for (int i = 0; i < OFFICERS; i++)
        EXPECT_OK(sign_seed_new(n->world, &n->officers[i], &err));
    struct str text = node_register(n);
    node_vault(n, "keeper", STR(XA_ORIGIN), "XA", text, &n->xa_manifest);
    node_vault(n, "keeper-b", STR(XB_ORIGIN), "XB", text, &n->xb_manifest);
    n->community = node_community(n);
    (void)snprintf(n->socket_path, sizeof n->socket_path, "%s/clerk.sock", n->folder);
}

// -- processes -----------------------------------------------------------------------------------
static inline void node_run_keeper(struct node *n, int socket)
{
    struct err err = {0};
    struct str path;
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    struct keeper_door door = {socket, KEEPER_FOR_CLERK};
    static const volatile int never;
    secret_copy(&passphrase, str_bytes(STR("invented words for a test")));
    bool done = arena_fmt(&n->arena, &path, &err, "%s/keeper", n->folder) &&
                vault_open(v, n->world, path.ptr, &passphrase, &err) &&
                keeper_serve(v, &door, 1, &never, &err);
    if (!done)
        (void)fprintf(stderr, "keeper: %s\n", err.text);
    _exit(done ? 0 : 1);
}

static inline void node_run_clerk(struct node *n, int keeper, const struct clerk_sockets *sockets)
{
    struct err err = {0};
    struct clerk *c = memory_new(1, sizeof *c);
    struct clerk_options options = {.world = n->world,
                                    .folder = n->folder,
                                    .keeper_socket = keeper,
                                    .bell = -1,
                                    .peer_quota_bytes = 1 << 20};
    struct sigaction on_term = {.sa_handler = node_on_term};
    (void)sigaction(SIGTERM, &on_term, NULL);
    bool done = clerk_open(c, &options, &err) && clerk_serve(c, sockets, &node_stop, &err);
    if (!done)
        (void)fprintf(stderr, "clerk: %s\n", err.text);
    clerk_close(c);
    _exit(done ? 0 : 1);
}

static inline void node_up(struct node *n)
{
    struct err err = {0};
    int keeper[2];
    int courier[2];
    int door[2];
    struct clerk_sockets sockets = {.command = -1};
    EXPECT_OK(frame_pair(keeper, &err));
    EXPECT_OK(frame_pair(courier, &err));
    EXPECT_OK(frame_pair(door, &err));
    EXPECT_OK(clerk_listen(n->socket_path, &sockets.listener, &err));
    sockets.courier = courier[0];
    sockets.door = door[0];
    n->keeper = fork();
    if (n->keeper == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); // a failed test leaves nobody behind
        (void)close(keeper[1]);
        node_run_keeper(n, keeper[0]);
    }
    (void)close(keeper[0]);
    n->clerk = fork();
    if (n->clerk == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(courier[1]);
        (void)close(door[1]);
        node_run_clerk(n, keeper[1], &sockets);
    }
    (void)close(keeper[1]);
    (void)close(courier[0]);
    (void)close(door[0]);
    (void)close(sockets.listener);
    n->courier.socket = courier[1];
    n->door.socket = door[1];
    EXPECT_OK(clerk_connect(n->socket_path, &n->local, &err));
}

static inline void node_down(struct node *n)
{
    int status = 1;
    clerk_hang_up(&n->local);
    clerk_hang_up(&n->courier);
    clerk_hang_up(&n->door);
    (void)kill(n->clerk, SIGTERM);
    EXPECT(waitpid(n->clerk, &status, 0) == n->clerk);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(waitpid(n->keeper, &status, 0) == n->keeper);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static inline void node_release(struct node *n)
{
    for (int i = 0; i < OFFICERS; i++)
        secret_release(&n->officers[i]);
    secret_release(&n->xb_witness);
    arena_release(&n->arena);
}

// -- asking --------------------------------------------------------------------------------------
struct asked {
    struct bytes columns;
    struct err err;
    bool done;
};
static inline struct buffer node_columns(struct node *n)
{
    struct buffer b;
    buffer_init(&b, &n->arena, FRAME_BYTES_MAX);
    return b;
}
static inline struct asked node_ask(struct node *n, const struct clerk_link *by,
                                    enum clerk_frame kind, const struct buffer *columns)
{
    struct asked a = {0};
    a.done = clerk_ask(by, kind, buffer_bytes(columns), &n->arena, &a.columns, &a.err);
    return a;
}
static inline json_t *node_show(const struct clerk_link *by, enum clerk_frame kind,
                                const struct buffer *columns)
{
    json_t *shown = NULL;
    struct err err = {0};
    EXPECT_OK(clerk_show(by, kind, buffer_bytes(columns), &shown, &err));
    return shown;
}

static inline struct asked node_prove(struct node *n, const struct clerk_link *by, const char *name,
                                      const struct secret *key)
{
    struct err err = {0};
    struct str text;
    struct signature s;
    struct buffer ask = node_columns(n);
    buffer_block16(&ask, str_bytes(str_of(name)));
    struct asked challenge = node_ask(n, by, CLERK_HELLO, &ask);
    EXPECT(challenge.done);
    EXPECT(challenge.columns.len == 32);
    EXPECT_OK(clerk_hello_write(STR(XA_ORIGIN), str_of(name), challenge.columns.ptr, &n->arena,
                                &text, &err));
    sign_message(key, str_bytes(text), &s);
    ask = node_columns(n);
    buffer_put(&ask, bytes_of(s.octets, sizeof s.octets));
    return node_ask(n, by, CLERK_PROVE, &ask);
}

// A connection of its own on which this officer has proved the key.
static inline struct clerk_link node_officer(struct node *n, int officer)
{
    struct err err = {0};
    struct clerk_link by;
    EXPECT_OK(clerk_connect(n->socket_path, &by, &err));
    EXPECT(node_prove(n, &by, officer_names[officer], &n->officers[officer]).done);
    return by;
}

static inline struct bytes node_approval(struct node *n, int officer, enum decision decision,
                                         const struct draft_id *draft, const struct digest *text,
                                         int64_t runs_s)
{
    struct err err = {0};
    struct str approval;
    struct str name;
    struct sign_public key;
    struct note_key named;
    struct approval a = {.log = STR(XA_ORIGIN),
                         .draft = *draft,
                         .text = *text,
                         .decision = decision,
                         .officer = str_of(officer_names[officer]),
                         .until = {world_now(n->world).s + runs_s}};
    EXPECT_OK(approval_write(&a, &n->arena, &approval, &err));
    EXPECT_OK(approval_key_name(&a, &n->arena, &name, &err));
    sign_public_of(&n->officers[officer], &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    uint8_t *room = arena_new(&n->arena, uint8_t, 4096);
    struct writer w = writer_of(room, 4096);
    note_sign(approval, &named, &n->officers[officer], &w);
    return writer_bytes(&w);
}

// -- a node that is founded, knows XB's keys and exchanges with it --------------------------------
static inline void node_learn_xb(struct node *n)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct str path;
    struct db *db = NULL;
    struct txn txn = {0};
    struct exchange_manifest row = {
        .version = 1, .logged = true, .note = str_bytes(n->xb_manifest)};
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(arena_fmt(&n->arena, &path, &err, "%s/exchange.db", n->folder));
    EXPECT_OK(exchange_open_write(driver, n->world, path.ptr, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_log_add(&txn, STR(XB_ORIGIN), false, &row.log, &err));
    EXPECT_OK(exchange_manifest_put(&txn, &row, &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    db_close(db);
}

static inline void node_found(struct node *n)
{
    struct buffer ask = node_columns(n);
    buffer_block32(&ask, str_bytes(n->xa_manifest));
    struct asked a = node_ask(n, &n->local, CLERK_FOUND, &ask);
    if (!a.done)
        fail_msg("found: %s", a.err.text);
    ask = node_columns(n);
    buffer_block32(&ask, n->community);
    a = node_ask(n, &n->local, CLERK_COMMUNITY_APPLY, &ask);
    if (!a.done)
        fail_msg("community: %s", a.err.text);
}

static inline void node_partner(struct node *n, const char *functions)
{
    struct buffer ask = node_columns(n);
    buffer_block16(&ask, str_bytes(STR(XB_ORIGIN)));
    buffer_block16(&ask, str_bytes(str_of(functions)));
    buffer_block16(&ask, (struct bytes){0});
    struct asked a = node_ask(n, &n->local, CLERK_PEER_SET, &ask);
    if (!a.done)
        fail_msg("partner: %s", a.err.text);
}

static inline struct bytes node_text(struct node *n, const char *from, const char *handling,
                                     const char *lines)
{
    struct err err = {0};
    struct codebook book;
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    EXPECT_OK(codebook_embedded(&n->arena, &book, &err));
    digest_write(&book.current->hash, hash);
    EXPECT_OK(arena_fmt(&n->arena, &text, &err,
                        "elchi record v1\nlog %s\ntype message\nfrom %s\nto XB/technical\n"
                        "%scodebook %u %s\n%s",
                        XA_ORIGIN, from, handling, (unsigned)book.current->version, hash, lines));
    return str_bytes(text);
}
#define ROUTINE_GREEN "precedence ROUTINE\ntlp GREEN\nexercise no\n"
#define SOLIDARITY "01 C03\n"
#endif
