// rooms: keeper
#define _XOPEN_SOURCE 700 // mkdtemp
//
// Any payload of any kind against the acts themselves, as an owned clerk would send it. The vault
// is a real one in a folder of its own; its state is put back after every input.
#include "keeper/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_sync(struct world *w, int fd, int *ret_code)
{
    (void)w;
    (void)fd;
    (void)ret_code;
    return 0;
}

// A clock that stands, dice that fall the same way each time, and a disk nobody waits for.
static struct world *steady_world(void)
{
    static struct world_fake fake;
    static struct world_ops ops;
    world_fake_init(&fake, INT64_C(1784005265), 1);
    ops = *fake.world.ops;
    ops.sync = no_sync;
    fake.world.ops = &ops;
    return &fake.world;
}

static struct str register_of(struct world *w, struct arena *a)
{
    static const char *const names[] = {"anna", "boris"};
    struct err err = {0};
    struct buffer b;
    struct str text;
    buffer_init(&b, a, REGISTER_BYTES_MAX);
    buffer_fmt(&b, "elchi register v1\nlog xa.example/demo\nversion 1\nprevious none\nchange 2\n");
    for (size_t i = 0; i < 2; i++) {
        struct secret seed = {0};
        struct sign_public key;
        struct note_key named;
        struct str name;
        struct str vkey;
        CHECK(sign_seed_new(w, &seed, &err));
        sign_public_of(&seed, &key);
        secret_release(&seed);
        CHECK(arena_fmt(a, &name, &err, "xa.example/demo/officer/%s", names[i]));
        CHECK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
        CHECK(note_key_text(&named, a, &vkey, &err));
        buffer_fmt(&b, "officer %s %.*s technical releaser,administrator\n", names[i],
                   STR_ARG(vkey));
    }
    buffer_fmt(&b, "rule desk=* type=* to=* tlp=* precedence=* approvals=2\n");
    CHECK(buffer_take_str(&b, &text, &err));
    return text;
}

// Founded by one root, so that every act gets as far as its own checks.
static void found(struct vault *v, struct world *w, struct arena *a)
{
    struct err err = {0};
    struct keys_record k;
    struct secret root = {0};
    struct sign_public key;
    struct note note;
    struct str text;
    struct bytes whole;
    CHECK(vault_public(v, a, &k, &err));
    CHECK(sign_seed_new(w, &root, &err));
    sign_public_of(&root, &key);
    CHECK(note_key_make(STR("xa.example/demo/root"), NOTE_KEY_ED25519, &key, &k.roots[0], &err));
    k.version = k.threshold = k.next_threshold = 1;
    k.roots_count = k.next_count = 1;
    k.next[0] = digest_of(str_bytes(STR("a root nobody has")));
    k.time = world_now(w);
    CHECK(keys_record_write(&k, a, &text, &err));
    struct writer line = writer_of(arena_new(a, uint8_t, NOTE_BYTES_MAX), NOTE_BYTES_MAX);
    note_sign(text, &k.roots[0], &root, &line);
    secret_release(&root);
    CHECK(note_read(writer_bytes(&line), &note, &err));
    CHECK(keys_note_write(text, note.signatures, 1, a, &whole, &err));
    struct act_io io = {.caller = KEEPER_FOR_CLERK, .arena = a, .fd = -1};
    struct buffer columns;
    buffer_init(&columns, a, FRAME_BYTES_MAX);
    buffer_block32(&columns, whole);
    buffer_init(&io.answer, a, FRAME_BYTES_MAX);
    io.ask = reader_of(buffer_bytes(&columns));
    CHECK(act_found(v, &io, &err));
}

static char folder[] = "/tmp/elchi-fuzz-XXXXXX";
static void remove_folder(void)
{
    static const char *const files[] = {"keyring", "register", "manifest", "community",
                                        "state.0", "state.1",  "spent"};
    char path[64];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static struct vault *steady_vault(void)
{
    struct err err = {0};
    struct arena a;
    struct secret passphrase = {0};
    struct world *w = steady_world();
    struct vault *v = memory_new(1, sizeof *v);
    crypto_start();
    arena_init(&a, 16 << 20);
    CHECK(mkdtemp(folder) != NULL);
    CHECK(atexit(remove_folder) == 0);
    secret_copy(&passphrase, str_bytes(STR("invented words for a fuzzer")));
    struct vault_new how = {.origin = STR("xa.example/demo"),
                            .desks = {[DESK_TECHNICAL] = true},
                            .register_text = register_of(w, &a),
                            .passphrase = &passphrase,
                            .cost = KEYRING_COST_LEAST};
    CHECK(state_code_read(STR("XA"), &how.state));
    CHECK(vault_make(w, folder, &how, &err));
    CHECK(vault_open(v, w, folder, &passphrase, &err));
    secret_release(&passphrase);
    found(v, w, &a);
    arena_release(&a);
    return v;
}

static keeper_act *const all[] = {
    act_status,       act_sign_records,     act_sign_node, act_sign_index,
    act_extend,       act_cosign,           act_cosigned,  act_desk_key,
    act_open_stanzas, act_change_register,  act_challenge, act_order,
    act_resume,       act_shown_checkpoint, act_community, act_found,
};
enum { ACTS = sizeof all / sizeof all[0] };

static void ask(struct vault *v, keeper_act *act, struct bytes payload)
{
    struct arena a;
    struct err err = {0};
    struct act_io io = {.caller = KEEPER_FOR_CLERK, .arena = &a, .fd = -1};
    size_t spent = v->spent.count;
    struct digest approvers = v->approvers.hash;
    enum keeper_lock lock = v->state.lock;
    uint64_t size = v->state.edge.size.n;
    arena_init(&a, 16 << 20);
    io.ask = reader_of(payload);
    buffer_init(&io.answer, &a, FRAME_BYTES_MAX);
    if (!act(v, &io, &err))
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    CHECK(!v->broken);
    // Nobody approved anything, so nothing that needs approval can have happened. Receipts and
    // leaves need none.
    CHECK(digest_eq(&approvers, &v->approvers.hash));
    CHECK(act == act_sign_node || v->spent.count == spent);
    CHECK(act == act_extend || v->state.edge.size.n == size);
    CHECK(act == act_shown_checkpoint || v->state.lock == lock);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vault *v;
    static struct keeper_state *before;
    if (v == NULL) {
        v = steady_vault();
        before = memory_new(1, sizeof *before);
        *before = v->state;
    }
    if (size == 0)
        return 0;
    v->state = *before;
    ask(v, all[data[0] % ACTS], bytes_of(data + 1, size - 1));
    return 0;
}
