// tests/keeper/made.h - a real keeper in a process of its own, over a world that the test steers.
//
// Holds: the world (clock, dice and a disk that fails, dies or tears at the n-th act), a vault of
// XA with four officers, the roots' manifest, foreign logs of XB and others, approvals and orders.
#ifndef TESTS_KEEPER_MADE_H
#define TESTS_KEEPER_MADE_H
#include "base/frame.h"
#include "base/report.h"
#include "keeper/service.h"
#include "log/tile.h"
#include "tests/community/made.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MADE static inline __attribute__((unused))
#define NOW (MADE_TIME + 3600)
#define XA "xa.example/demo"
#define XB "xb.example/demo"

// -- the world ----------------------------------------------------------------------------------
enum disk_mode { DISK_WORKS, DISK_FAILS, DISK_DIES, DISK_TEARS };
enum { DIED = 7, ENDED_IN_ERROR = 8 };
struct steered {
    struct world_fake fake; // first
    enum disk_mode mode;
    long at, seen; // acts on the disk, counted from 1
};

MADE struct steered *steered_of(struct world *w)
{
    return (struct steered *)w;
}

// True: this act fails.
MADE bool disk_act(struct world *w, int *ret_code)
{
    struct steered *s = steered_of(w);
    s->seen++;
    if (s->mode == DISK_WORKS || s->seen != s->at)
        return false;
    if (s->mode == DISK_DIES)
        _exit(DIED);
    *ret_code = 5; // EIO
    return s->mode == DISK_FAILS;
}

static int steered_open(struct world *w, const char *path, int flags, int mode, int *ret_code)
{
    if ((flags & O_CREAT) != 0 && disk_act(w, ret_code))
        return -1;
    return world_real()->ops->open(world_real(), path, flags, mode, ret_code);
}

static int64_t steered_write(struct world *w, int fd, const void *from, size_t size,
                             uint64_t offset, int *ret_code)
{
    struct steered *s = steered_of(w);
    if (disk_act(w, ret_code))
        return -1;
    if (s->mode == DISK_TEARS && s->seen == s->at) {
        (void)world_real()->ops->write_at(world_real(), fd, from, size / 2, offset, ret_code);
        _exit(DIED);
    }
    return world_real()->ops->write_at(world_real(), fd, from, size, offset, ret_code);
}

static int steered_sync(struct world *w, int fd, int *ret_code)
{
    return disk_act(w, ret_code) ? -1 : world_real()->ops->sync(world_real(), fd, ret_code);
}

static int steered_rename(struct world *w, const char *from, const char *to, int *ret_code)
{
    return disk_act(w, ret_code) ? -1 : world_real()->ops->rename(world_real(), from, to, ret_code);
}

static int steered_sync_folder(struct world *w, const char *path, int *ret_code)
{
    return disk_act(w, ret_code) ? -1
                                 : world_real()->ops->sync_folder(world_real(), path, ret_code);
}

// In memory that parent and keeper share, so that a test can turn the clock of a running keeper.
MADE struct steered *steered_new(void)
{
    static struct world_ops ops;
    struct steered *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(s != MAP_FAILED);
    *s = (struct steered){0};
    world_fake_init(&s->fake, NOW, test_seed());
    ops = *s->fake.world.ops;
    ops.open = steered_open;
    ops.write_at = steered_write;
    ops.sync = steered_sync;
    ops.rename = steered_rename;
    ops.sync_folder = steered_sync_folder;
    s->fake.world.ops = &ops;
    return s;
}

// -- the keeper and who stands around it ----------------------------------------------------------
enum { ANNA, BORIS, CHEN, DANA, OFFICERS };
static const char *const officer_names[OFFICERS] = {"anna", "boris", "chen", "dana"};
static const char *const officer_rights[OFFICERS] = {
    "technical drafter,releaser,export",
    "technical,diplomatic releaser,export,administrator",
    "diplomatic releaser,export",
    "- administrator",
};

struct kept {
    struct made m; // XB, XC, XD; of XA only the code
    struct arena *a;
    struct steered *world;
    char folder[128];
    struct str register_text;
    struct bytes manifest;
    struct bytes community; // with the genesis of this very keeper
    struct edge edge;       // what the keeper's should be
    pid_t pid;
    struct keeper clerk;
    int courier, door;
};

MADE struct world *kept_world(struct kept *k)
{
    return &k->world->fake.world;
}

MADE struct str officer_label(struct kept *k, int who)
{
    return made_fmt(k->a, "officer %s", officer_names[who]);
}

MADE struct note_key officer_key(struct kept *k, int who)
{
    return made_key(made_fmt(k->a, "%s/officer/%s", XA, officer_names[who]), NOTE_KEY_ED25519,
                    officer_label(k, who));
}

MADE struct str made_register(struct kept *k, int version, const char *previous, int officers)
{
    struct err err = {0};
    struct buffer b;
    struct str text;
    buffer_init(&b, k->a, REGISTER_BYTES_MAX);
    buffer_fmt(&b, "elchi register v1\nlog %s\nversion %d\nprevious %s\nchange 2\n", XA, version,
               previous);
    for (int i = 0; i < OFFICERS; i++) {
        struct note_key key = officer_key(k, i);
        struct str vkey;
        if (i == CHEN && officers < OFFICERS)
            continue; // left the service
        EXPECT_OK(note_key_text(&key, k->a, &vkey, &err));
        buffer_fmt(&b, "officer %s %.*s %s\n", officer_names[i], STR_ARG(vkey), officer_rights[i]);
    }
    buffer_fmt(&b, "rule desk=technical type=message to=XB tlp=* precedence=FLASH approvals=1\n"
                   "rule desk=* type=* to=* tlp=* precedence=* approvals=2\n");
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

MADE void kept_passphrase(struct secret *ret)
{
    secret_copy(ret, str_bytes(STR("invented words for a test")));
}

MADE struct vault *kept_open(struct kept *k)
{
    struct err err = {0};
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    kept_passphrase(&passphrase);
    EXPECT_OK(vault_open(v, kept_world(k), k->folder, &passphrase, &err));
    secret_release(&passphrase);
    return v;
}

MADE void kept_close(struct vault *v)
{
    vault_close(v);
    memory_release(v);
}

// What the offline roots sign when they are shown the keeper's public keys.
MADE struct bytes kept_manifest(struct kept *k, const struct vault *v)
{
    struct err err = {0};
    struct keys_record said;
    struct keys_record frame = made_keys(k->a, XA, "XA", 1, NULL);
    EXPECT_OK(vault_public(v, k->a, &said, &err));
    memcpy(frame.present, said.present, sizeof frame.present);
    for (int r = 0; r < KEYS_ROLE_COUNT; r++) {
        frame.keys[r] = said.keys[r];
        struct str name = {0};
        if (said.present[r])
            EXPECT_OK(arena_str(k->a, said.keys[r].name, &name, &err));
        frame.keys[r].name = name;
    }
    frame.encryption = said.encryption;
    frame.tls = said.tls;
    return made_sign(k->a, &frame, (struct made_signer[]){{1, 0}, {1, 1}}, 2);
}

MADE void kept_make(struct kept *k)
{
    struct err err = {0};
    struct secret passphrase = {0};
    kept_passphrase(&passphrase);
    struct vault_new how = {.origin = STR(XA),
                            .desks = {[DESK_TECHNICAL] = true, [DESK_DIPLOMATIC] = true},
                            .register_text = k->register_text,
                            .passphrase = &passphrase,
                            .cost = KEYRING_COST_LEAST};
    EXPECT(state_code_read(STR("XA"), &how.state));
    EXPECT_OK(vault_make(kept_world(k), k->folder, &how, &err));
    secret_release(&passphrase);
    struct vault *v = kept_open(k);
    struct bytes first[MADE_STATES];
    k->manifest = kept_manifest(k, v);
    kept_close(v);
    memcpy(first, k->m.first, sizeof first);
    first[0] = k->manifest;
    k->community = made_file(k->a, first, MADE_STATES, 2, "");
    edge_init(&k->edge);
    struct digest leaf = merkle_leaf(k->manifest);
    edge_append(&k->edge, &leaf);
}

MADE _Noreturn void kept_child(struct kept *k, int clerk, int courier, int door)
{
    struct err err = {0};
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    static const volatile int never;
    struct keeper_door doors[] = {
        {clerk, KEEPER_FOR_CLERK}, {courier, KEEPER_FOR_COURIER}, {door, KEEPER_FOR_DOOR}};
    report_init("keeper", REPORT_ERROR, false);
    kept_passphrase(&passphrase);
    bool done = vault_open(v, kept_world(k), k->folder, &passphrase, &err) &&
                keeper_serve(v, doors, 3, &never, &err);
    _exit(done ? 0 : ENDED_IN_ERROR);
}

MADE void kept_start(struct kept *k)
{
    struct err err = {0};
    int clerk[2], courier[2], door[2];
    EXPECT_OK(frame_pair(clerk, &err));
    EXPECT_OK(frame_pair(courier, &err));
    EXPECT_OK(frame_pair(door, &err));
    k->world->seen = 0;
    k->pid = fork();
    EXPECT(k->pid >= 0);
    if (k->pid == 0) {
        (void)close(clerk[0]);
        (void)close(courier[0]);
        (void)close(door[0]);
        kept_child(k, clerk[1], courier[1], door[1]);
    }
    (void)close(clerk[1]);
    (void)close(courier[1]);
    (void)close(door[1]);
    k->clerk.socket = clerk[0];
    k->courier = courier[0];
    k->door = door[0];
}

// Ends the keeper by leaving it, and gives its exit code.
MADE int kept_stop(struct kept *k)
{
    int status = 0;
    (void)close(k->clerk.socket);
    (void)close(k->courier);
    (void)close(k->door);
    EXPECT(waitpid(k->pid, &status, 0) == k->pid);
    EXPECT(WIFEXITED(status));
    k->pid = 0;
    return WEXITSTATUS(status);
}

MADE void kept_again(struct kept *k)
{
    EXPECT(kept_stop(k) == 0);
    kept_start(k);
}

// A vault that was made; nothing runs yet.
MADE struct kept *kept_vault(void)
{
    static const char *root;
    static unsigned count;
    struct kept *k = memory_new(1, sizeof *k);
    made_init(&k->m, 2, "");
    k->a = &k->m.arena;
    k->world = steered_new();
    if (root == NULL)
        root = test_folder(k->a);
    (void)snprintf(k->folder, sizeof k->folder, "%s/keeper-%u", root, count++);
    k->register_text = made_register(k, 1, "none", OFFICERS);
    kept_make(k);
    return k;
}

MADE void kept_found(struct kept *k)
{
    struct err err = {0};
    struct bytes note;
    EXPECT_OK(keeper_found(&k->clerk, k->a, k->manifest, &note, &err));
    EXPECT_OK(keeper_community(&k->clerk, k->community, NULL, 0, &err));
}

// Running, founded, and told its community.
MADE struct kept *kept_new(void)
{
    struct kept *k = kept_vault();
    kept_start(k);
    kept_found(k);
    return k;
}

MADE void kept_release(struct kept *k)
{
    if (k->pid > 0)
        EXPECT(kept_stop(k) == 0);
    (void)munmap(k->world, sizeof *k->world);
    made_release(&k->m);
    memory_release(k);
}

MADE struct keeper_status kept_status(struct kept *k)
{
    struct err err = {0};
    struct keeper_status s = {0};
    EXPECT_OK(keeper_status(&k->clerk, k->a, &s, &err));
    return s;
}

// -- texts ---------------------------------------------------------------------------------------
struct text_of {
    const char *log, *from, *to, *ref, *precedence, *line;
    int64_t time_s;
};

MADE struct str message_text(struct kept *k, struct text_of t)
{
    struct err err = {0};
    struct digest book = digest_of(str_bytes(STR("a codebook")));
    char hash[DIGEST_TEXT_CHARS + 1];
    char when[MOMENT_CHARS + 1];
    struct buffer b;
    struct str text;
    digest_write(&book, hash);
    moment_write((struct moment){t.time_s}, when);
    buffer_init(&b, k->a, RECORD_BYTES_MAX);
    buffer_fmt(&b,
               "elchi record v1\nlog %s\ntype message\nfrom %s\nto %s\nref %s\ntime %s\n"
               "precedence %s\ntlp GREEN\nexercise no\ncodebook 1 %s\n%s\n",
               t.log, t.from, t.to, t.ref, when, t.precedence, hash, t.line);
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

MADE struct text_of usual(void)
{
    return (struct text_of){
        XA, "XA/technical", "XB/technical", "XA/XB-2026-0001", "ROUTINE", "01 C01", NOW};
}

MADE struct draft_id draft_of(unsigned n)
{
    struct digest d = digest_of(bytes_of(&n, sizeof n));
    struct draft_id id;
    memcpy(id.octets, d.octets, sizeof id.octets);
    return id;
}

MADE struct str receipt_text(struct kept *k, unsigned n, int64_t time_s)
{
    struct err err = {0};
    struct digest of = digest_of(bytes_of(&n, sizeof n));
    char hash[DIGEST_TEXT_CHARS + 1];
    char when[MOMENT_CHARS + 1];
    struct str text;
    digest_write(&of, hash);
    moment_write((struct moment){time_s}, when);
    EXPECT_OK(arena_fmt(k->a, &text, &err,
                        "elchi record v1\nlog %s\ntype receipt\nfrom XA\nto XB\n"
                        "ref XA/XB-2026-%04u\ntime %s\nof XB/XA-2026-0012 %s\nat %s 17 %s\n"
                        "state held\nattachments 0 of 0\n",
                        XA, n, when, hash, XB, hash));
    return text;
}

// -- approvals -----------------------------------------------------------------------------------
MADE struct approval approval_of(struct kept *k, struct draft_id draft, struct str text, int who)
{
    struct err err = {0};
    struct approval p = {.log = STR(XA),
                         .draft = draft,
                         .decision = DECISION_RELEASE,
                         .officer = str_of(officer_names[who]),
                         .until = {NOW + 86400}};
    EXPECT_OK(record_approved_digest(k->a, str_bytes(text), &p.text, &err));
    return p;
}

MADE struct bytes approval_sign(struct kept *k, const struct approval *p, int who)
{
    struct err err = {0};
    struct str text;
    struct secret seed = {0};
    struct note_key key = officer_key(k, who);
    struct writer w = writer_of(arena_new(k->a, uint8_t, 4096), 4096);
    EXPECT_OK(approval_write(p, k->a, &text, &err));
    made_seed(officer_label(k, who), &seed);
    note_sign(text, &key, &seed, &w);
    secret_release(&seed);
    EXPECT(!w.full);
    return writer_bytes(&w);
}

MADE struct bytes approve(struct kept *k, struct draft_id draft, struct str text, int who)
{
    struct approval p = approval_of(k, draft, text, who);
    return approval_sign(k, &p, who);
}

MADE bool sign_by(struct kept *k, struct draft_id draft, struct str text,
                  const struct bytes *approvals, size_t count, struct bytes *ret_note,
                  struct err *err)
{
    struct keeper_signing ask = {draft, text, approvals, count};
    struct keeper_signed got = {0};
    if (!keeper_sign_records(&k->clerk, k->a, &ask, 1, &got, err))
        return false;
    if (got.refused.kind != ERR_NONE) {
        *err = got.refused;
        return false;
    }
    *ret_note = got.note;
    return true;
}

// Anna and Boris approve and it is signed.
MADE bool sign_usual(struct kept *k, struct draft_id draft, struct str text, struct bytes *ret_note,
                     struct err *err)
{
    struct bytes two[] = {approve(k, draft, text, ANNA), approve(k, draft, text, BORIS)};
    return sign_by(k, draft, text, two, 2, ret_note, err);
}

// -- leaves and foreign logs ----------------------------------------------------------------------
MADE struct digest leaf_of(uint64_t n)
{
    return merkle_leaf(bytes_of(&n, sizeof n));
}

MADE bool extend_from(struct kept *k, uint64_t first, uint64_t seed, uint32_t count,
                      struct bytes *ret_note, struct err *err)
{
    struct digest *leaves = arena_new(k->a, struct digest, count);
    for (uint32_t i = 0; i < count; i++)
        leaves[i] = leaf_of(seed + i);
    return keeper_extend(&k->clerk, k->a, (struct leaf_index){first}, leaves, count, ret_note, err);
}

// The next `count` leaves, which the test's own edge takes in too.
MADE struct bytes extend(struct kept *k, uint32_t count)
{
    struct err err = {0};
    struct bytes note = {0};
    uint64_t first = k->edge.size.n;
    EXPECT_OK(extend_from(k, first, first, count, &note, &err));
    for (uint32_t i = 0; i < count; i++) {
        struct digest leaf = leaf_of(first + i);
        edge_append(&k->edge, &leaf);
    }
    return note;
}

enum { FOREIGN_MAX = 40 };
struct foreign {
    struct digest leaves[FOREIGN_MAX];
    struct tile_memory tiles;
};
MADE void foreign_init(struct foreign *f, unsigned branch)
{
    for (uint64_t i = 0; i < FOREIGN_MAX; i++)
        f->leaves[i] = leaf_of(1000 + i + (i >= 10 ? branch * 100 : 0));
    tile_memory_init(&f->tiles, f->leaves, FOREIGN_MAX);
}

MADE struct keeper_cosigning cosigning(struct kept *k, int state, const struct foreign *f,
                                       uint64_t size)
{
    static const uint64_t nobody[MADE_STATES];
    struct err err = {0};
    struct edge e;
    struct keeper_cosigning ask = {.role = KEEPER_WITNESS,
                                   .origin = str_of(made_origins[state]),
                                   .state = str_of(made_codes[state]),
                                   .genesis = k->m.community.states[state].genesis};
    edge_init(&e);
    edge_append_many(&e, f->leaves, size);
    struct digest root = edge_root(&e);
    ask.checkpoint = made_checkpoint(&k->m, state, size, &root, nobody, nobody);
    EXPECT_OK(chain_write(&k->m.chain[state], k->a, &ask.chain, &err));
    return ask;
}

MADE void prove_from(struct kept *k, struct foreign *f, uint64_t from, uint64_t to,
                     struct keeper_cosigning *ask)
{
    struct err err = {0};
    struct proof_made *made = arena_new(k->a, struct proof_made, 1);
    if (from > 0)
        EXPECT_OK(merkle_make_consistency(&f->tiles.source, (struct tree_size){from},
                                          (struct tree_size){to}, made, &err));
    ask->proof = proof_of(made);
}

// -- raw frames -----------------------------------------------------------------------------------
MADE bool ask_raw(struct kept *k, int socket, unsigned kind, struct bytes payload,
                  struct bytes *ret, struct err *err)
{
    struct frame answer = {.fd = -1};
    if (!frame_call(socket, (struct frame){(uint16_t)kind, payload, -1}, k->a, 20000, &answer, err))
        return false;
    if (answer.fd >= 0)
        (void)close(answer.fd);
    *ret = answer.payload;
    return true;
}

// -- orders of the roots --------------------------------------------------------------------------
MADE struct bytes order_note(struct kept *k, const struct order *o, size_t roots)
{
    struct err err = {0};
    struct str text;
    EXPECT_OK(order_write(o, k->a, &text, &err));
    return made_sign_text(k->a, text, XA, (struct made_signer[]){{1, 0}, {1, 2}, {1, 1}}, roots);
}

MADE struct order order_of(struct kept *k, enum order_act act)
{
    struct err err = {0};
    struct order o = {
        .log = STR(XA), .act = act, .size = k->edge.size.n, .root = edge_root(&k->edge)};
    EXPECT_OK(keeper_challenge(&k->clerk, &o.challenge, &err));
    return o;
}
#endif
