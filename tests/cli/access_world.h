// tests/cli/access_world.h - three States of one community and a fourth of its own, as real nodes.
//
// Holds: founding them, running the program's commands and nodes, and what the tests try to read:
// a sealed notice of XA to XB/technical with an attachment, and a draft that never leaves XA.
// The keys are cheap, but no demonstration's, so that nothing is open that otherwise is not.
#ifndef TESTS_CLI_ACCESS_WORLD_H
#define TESTS_CLI_ACCESS_WORLD_H
#include "base/frame.h"
#include "clerk/client.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/found.h"
#include "cli/keyfile.h"
#include "cli/process.h"
#include "keeper/vault.h"
#include "tests/cli/access_judge.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// XE only keeps XD company: a community has two States at least.
enum { XA, XB, XC, XD, XE, NODES, RUNNING = XE };
// Two officers of the technical desk, one of the diplomatic desk alone.
enum { ANNA, BERT, DORA, PEOPLE };
enum { ARGUMENTS_MAX = 48, SAID_BYTES_MAX = 8 << 20, WAIT_MS = 30000, STEP_MS = 50 };
static const char *const node_codes[NODES] = {"XA", "XB", "XC", "XD", "XE"};
static const char *const node_origins[NODES] = {"xa.example/read", "xb.example/read",
                                                "xc.example/read", "xd.example/alone",
                                                "xe.example/alone"};
static const char *const people[PEOPLE] = {"anna", "bert", "dora"};
#define ACCESS_PASSPHRASE "invented words of four States"
#define BODY_WORDS "MARKER-BODY-5f21d0 words for XB alone"
#define FILE_WORDS "MARKER-FILE-c83e77 octets for XB alone"
#define DRAFT_WORDS "MARKER-DRAFT-09ab4c words that have not left"

struct access_node {
    struct str folder;
    uint16_t listen, monitor, door;
    struct keyfile people[PEOPLE];
    struct secret identity, tls, desk_keys[2]; // of the technical and the diplomatic desk
    struct str manifest;
    pid_t serving; // 0: it does not run
};
struct blob_of {
    struct digest hash;
    char hex[2 * DIGEST_BYTES + 1];
    struct bytes file;
};
struct access_world {
    struct arena arena;
    struct str folder, passphrase_file, community;
    struct str courier_file; // of XA for XB, with body and attachment
    struct access_node at[NODES];
    char ref[64], draft[2 * DRAFT_ID_BYTES + 1]; // the notice; what stays at XA
    struct digest note;
    struct bytes note_octets;
    struct blob_of body, attachment;
    struct pieces pieces;
    unsigned files; // made so far
    bool ready;
};
static struct access_world world_of_four;

static inline struct str origin_at(int node)
{
    return str_of(node_origins[node]);
}

static inline const char *in_folder(struct access_world *w, struct str folder, const char *name)
{
    struct str path;
    struct err err = {0};
    EXPECT_OK(arena_fmt(&w->arena, &path, &err, "%.*s/%s", STR_ARG(folder), name));
    return path.ptr;
}

// A path nothing stands at yet.
static inline const char *fresh_path(struct access_world *w)
{
    char name[24];
    (void)snprintf(name, sizeof name, "file-%u", w->files++);
    return in_folder(w, w->folder, name);
}

static inline const char *fresh_file(struct access_world *w, struct bytes content)
{
    struct err err = {0};
    const char *path = fresh_path(w);
    EXPECT_OK(world_write_file(world_real(), path, content, 0600, &err));
    return path;
}

// -- the program ---------------------------------------------------------------------------------
// Called by the name "elchi" this test is the program itself, so that it never tries another build.
// Its processes are started by the supervisor in just that way. glibc hands constructors what main
// is handed.
__attribute__((constructor)) static void become_the_program(int count, char **arguments)
{
    if (count == 0 || strcmp(arguments[0], "elchi") != 0)
        return;
    (void)signal(SIGPIPE, SIG_IGN);
    if (count > 1 && strcmp(arguments[1], "process") == 0)
        exit(process_main(count - 2, arguments + 2));
    crypto_start();
    exit(command_main(world_real(), count, arguments));
}

static inline _Noreturn void exec_program(const char *const *arguments)
{
    union {
        const char *const *from;
        char *const *to;
    } given = {arguments};
    const char *other = getenv("ELCHI_ACCESS_PROGRAM");
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); // a failed test leaves nobody behind
    (void)unsetenv("ELCHI_OFFICER");
    (void)unsetenv("ELCHI_NODE");
    (void)setenv("ELCHI_LANG", "en", 1);
    (void)execv(other == NULL ? "/proc/self/exe" : other, given.to);
    _exit(127);
}

static inline pid_t start_program(const char *const *arguments, const char *input, const char *log)
{
    pid_t pid = fork();
    EXPECT(pid >= 0);
    if (pid > 0)
        return pid;
    int in = open(input, O_RDONLY);
    int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(126);
    exec_program(arguments);
}

struct ran {
    int code;
    struct bytes said; // standard output and error
};

// `words` ends with NULL; "elchi" is put before them.
static inline struct ran run_words(struct access_world *w, const char *const *words,
                                   const char *input)
{
    const char *arguments[ARGUMENTS_MAX] = {"elchi"};
    const char *log = fresh_path(w);
    struct ran r = {-1, {0}};
    int status = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        EXPECT(i + 2 < ARGUMENTS_MAX);
        arguments[i + 1] = words[i];
    }
    pid_t pid = start_program(arguments, input, log);
    EXPECT(waitpid(pid, &status, 0) == pid);
    r.said = test_file(&w->arena, log);
    if (!WIFEXITED(status))
        fail_msg("elchi %s died: %.*s", words[0], (int)r.said.len, (const char *)r.said.ptr);
    r.code = WEXITSTATUS(status);
    (void)unlink(log);
    return r;
}
#define RUN(w, ...) run_words((w), (const char *const[]){__VA_ARGS__, NULL}, "/dev/null")

static inline struct ran must_run(struct ran r)
{
    if (r.code != 0)
        fail_msg("exit %d: %.*s", r.code, (int)r.said.len, (const char *)r.said.ptr);
    return r;
}

// The options by which an officer of a node asks.
#define AS(w, node, who)                                                                          \
    "--node", (w)->at[node].folder.ptr, "--officer", key_path(w, node, who), "--passphrase-file", \
        (w)->passphrase_file.ptr
static inline const char *key_path(struct access_world *w, int node, int who)
{
    char name[24];
    (void)snprintf(name, sizeof name, "%s.key", people[who]);
    return in_folder(w, w->at[node].folder, name);
}

// -- founding ------------------------------------------------------------------------------------
// Below those that the system hands to whoever dials out, or a node that starts anew could find
// its own taken.
static inline uint16_t free_port(void)
{
    for (;;) {
        uint16_t dice;
        struct sockaddr_in at = {.sin_family = AF_INET};
        union {
            struct sockaddr_in *in;
            struct sockaddr *any;
        } address = {&at};
        world_random(world_real(), (uint8_t *)&dice, sizeof dice);
        uint16_t port = (uint16_t)(10000 + dice % 20000);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        at.sin_port = htons(port);
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT(fd >= 0);
        bool is_free = bind(fd, address.any, sizeof at) == 0;
        (void)close(fd); // it was only asked for
        if (is_free)
            return port;
    }
}

static inline struct str made_register(struct access_world *w, int node)
{
    struct err err = {0};
    struct str text;
    struct officer all[PEOPLE] = {0};
    for (int i = 0; i < PEOPLE; i++) {
        all[i] = (struct officer){.name = str_of(people[i]),
                                  .key = w->at[node].people[i].key,
                                  .desks = 1U << (i == DORA ? DESK_DIPLOMATIC : DESK_TECHNICAL),
                                  .roles = (1U << OFFICER_ROLE_COUNT) - 1};
    }
    EXPECT_OK(found_register(&w->arena, origin_at(node), all, PEOPLE, 2, &text, &err));
    return text;
}

static inline void make_people(struct access_world *w, int node, const struct secret *words)
{
    struct err err = {0};
    for (int i = 0; i < PEOPLE; i++) {
        struct str name;
        const char *path = key_path(w, node, i);
        EXPECT_OK(
            arena_fmt(&w->arena, &name, &err, "%s/officer/%s", node_origins[node], people[i]));
        EXPECT_OK(keyfile_new(world_real(), path, name, false, words, KEYRING_COST_LEAST, &err));
        EXPECT_OK(keyfile_open(world_real(), path, words, &w->arena, &w->at[node].people[i], &err));
    }
}

static inline struct bytes made_manifest(struct access_world *w, const struct vault *v)
{
    struct err err = {0};
    struct keys_record *k = arena_new(&w->arena, struct keys_record, 1);
    struct secret root = {0};
    struct secret next = {0};
    struct sign_public key;
    struct note_key named;
    struct str name;
    struct str text;
    EXPECT(k != NULL);
    EXPECT_OK(vault_public(v, &w->arena, k, &err));
    EXPECT_OK(sign_seed_new(world_real(), &root, &err));
    EXPECT_OK(sign_seed_new(world_real(), &next, &err));
    EXPECT_OK(arena_fmt(&w->arena, &name, &err, "%.*s/root", STR_ARG(k->origin)));
    sign_public_of(&next, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    k->next[0] = keys_root_hash(&named);
    sign_public_of(&root, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &k->roots[0], &err));
    k->version = 1;
    k->time = world_now(world_real());
    k->threshold = k->next_threshold = 1;
    k->roots_count = k->next_count = 1;
    EXPECT_OK(keys_record_write(k, &w->arena, &text, &err));
    uint8_t *room = arena_new(&w->arena, uint8_t, NOTE_BYTES_MAX);
    struct writer out = writer_of(room, NOTE_BYTES_MAX);
    note_sign(text, &k->roots[0], &root, &out);
    secret_release(&root);
    secret_release(&next);
    return writer_bytes(&out);
}

static inline void keep_secrets(struct access_node *n, const struct vault *v)
{
    secret_copy(&n->identity, secret_bytes(vault_secret(v, "encryption/1")));
    secret_copy(&n->tls, secret_bytes(vault_secret(v, "tls/courier")));
    secret_copy(&n->desk_keys[0], secret_bytes(vault_secret(v, "office/technical")));
    secret_copy(&n->desk_keys[1], secret_bytes(vault_secret(v, "office/diplomatic")));
}

static inline void make_config(struct access_world *w, int node)
{
    struct err err = {0};
    struct bytes text;
    struct access_node *n = &w->at[node];
    struct config *c = arena_new(&w->arena, struct config, 1);
    n->listen = free_port();
    n->monitor = free_port();
    n->door = free_port();
    config_defaults(c, n->folder.ptr);
    c->poll_s = 1;
    (void)snprintf(c->listen, sizeof c->listen, "127.0.0.1:%u", (unsigned)n->listen);
    (void)snprintf(c->monitor, sizeof c->monitor, "127.0.0.1:%u", (unsigned)n->monitor);
    (void)snprintf(c->door, sizeof c->door, "127.0.0.1:%u", (unsigned)n->door);
    (void)snprintf(c->passphrase_file, sizeof c->passphrase_file, "%s", w->passphrase_file.ptr);
    EXPECT_OK(config_text(c, &w->arena, &text, &err));
    EXPECT_OK(
        world_write_file(world_real(), in_folder(w, n->folder, "elchi.conf"), text, 0600, &err));
}

static inline void make_node(struct access_world *w, int node, const struct secret *words)
{
    struct err err = {0};
    struct access_node *n = &w->at[node];
    struct vault *v = memory_new(1, sizeof *v);
    struct vault_new how = {.origin = origin_at(node),
                            .desks = {[DESK_TECHNICAL] = true, [DESK_DIPLOMATIC] = true},
                            .passphrase = words,
                            .cost = KEYRING_COST_LEAST};
    n->folder = str_of(in_folder(w, w->folder, node_codes[node]));
    EXPECT_OK(world_make_folder(world_real(), n->folder.ptr, 0700, &err));
    make_config(w, node);
    make_people(w, node, words);
    how.register_text = made_register(w, node);
    const char *keeper = in_folder(w, n->folder, "keeper");
    EXPECT(state_code_read(str_of(node_codes[node]), &how.state));
    EXPECT_OK(vault_make(world_real(), keeper, &how, &err));
    EXPECT_OK(vault_open(v, world_real(), keeper, words, &err));
    n->manifest = str_of(fresh_file(w, made_manifest(w, v)));
    keep_secrets(n, v);
    vault_close(v);
    memory_release(v);
    must_run(RUN(w, "init", n->folder.ptr, "--manifest", n->manifest.ptr));
}

static inline const char *member_option(struct access_world *w, int node)
{
    struct err err = {0};
    struct str text;
    EXPECT_OK(arena_fmt(&w->arena, &text, &err, "%s@https://127.0.0.1:%u", w->at[node].manifest.ptr,
                        (unsigned)w->at[node].listen));
    return text.ptr;
}

static inline void make_communities(struct access_world *w)
{
    const char *alone = in_folder(w, w->folder, "community-of-xd");
    w->community = str_of(in_folder(w, w->folder, "community"));
    must_run(RUN(w, "community", "new", "--title", "en:Readers", "--quorum", "2", "--member",
                 member_option(w, XA), "--member", member_option(w, XB), "--member",
                 member_option(w, XC), "--out", w->community.ptr));
    must_run(RUN(w, "community", "new", "--title", "en:Alone", "--quorum", "1", "--member",
                 member_option(w, XD), "--member", member_option(w, XE), "--out", alone));
    must_run(RUN(w, "community", "apply", "--node", w->at[XD].folder.ptr, alone));
    for (int node = XA; node <= XC; node++) {
        must_run(RUN(w, "community", "apply", "--node", w->at[node].folder.ptr, w->community.ptr));
        for (int other = XA; other <= XC; other++)
            if (other != node)
                must_run(RUN(w, "peer", "set", "--node", w->at[node].folder.ptr, node_codes[other],
                             "--on", "all"));
    }
}

// -- running -------------------------------------------------------------------------------------
static inline void node_starts(struct access_world *w, int node)
{
    const char *const words[] = {"elchi", "serve", "--node", w->at[node].folder.ptr, NULL};
    w->at[node].serving =
        start_program(words, "/dev/null", in_folder(w, w->at[node].folder, "serve.log"));
}

static inline void node_stops(struct access_world *w, int node)
{
    struct access_node *n = &w->at[node];
    if (n->serving > 0) {
        (void)kill(n->serving, SIGTERM);
        (void)waitpid(n->serving, NULL, 0);
    }
    n->serving = 0;
}

static inline void all_stop(void)
{
    for (int node = 0; node < NODES; node++)
        node_stops(&world_of_four, node);
}

static inline _Noreturn void fail_with_log(struct access_world *w, int node)
{
    struct bytes log = test_file(&w->arena, in_folder(w, w->at[node].folder, "serve.log"));
    fail_msg("%s does not serve: %.*s", node_codes[node], (int)log.len, (const char *)log.ptr);
    abort(); // fail_msg does not come back
}

static inline struct clerk_link node_link(struct access_world *w, int node)
{
    struct clerk_link link = {-1};
    struct err err = {0};
    if (!clerk_connect(in_folder(w, w->at[node].folder, "clerk.sock"), &link, &err))
        fail_with_log(w, node);
    return link;
}

static inline struct clerk_link officer_link(struct access_world *w, int node, int who)
{
    struct err err = {0};
    struct clerk_link link = node_link(w, node);
    EXPECT_OK(clerk_prove(&link, origin_at(node), str_of(people[who]),
                          &w->at[node].people[who].seed, &err));
    return link;
}

static inline void wait_serving(struct access_world *w, int node)
{
    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        struct clerk_link link = {-1};
        struct err err = {0};
        if (clerk_connect(in_folder(w, w->at[node].folder, "clerk.sock"), &link, &err)) {
            clerk_hang_up(&link);
            return;
        }
        (void)poll(NULL, 0, STEP_MS);
    }
    fail_with_log(w, node);
}
#endif
