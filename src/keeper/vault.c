#include "keeper/vault.h"

#include "base/limits.h"
#include "crypto/age_key.h"

#include <stdio.h>

enum { LASTING_BYTES_MAX = 64 << 20, PATH_BYTES = 4096 };

static const char *const role_names[KEYS_ROLE_COUNT] = {
    [KEYS_LOG] = "log",
    [KEYS_WITNESS] = "witness",
    [KEYS_MIRROR] = "mirror",
    [KEYS_NODE] = "node",
    [KEYS_TECHNICAL] = "technical",
    [KEYS_DIPLOMATIC] = "diplomatic",
    [KEYS_JUDICIAL] = "judicial",
    [KEYS_COORDINATION] = "coordination",
};

static void path_in(const char *folder, const char *name, char ret[PATH_BYTES])
{
    int len = snprintf(ret, PATH_BYTES, "%s/%s", folder, name);
    CHECK(len > 0 && len < PATH_BYTES);
}

// -- making -----------------------------------------------------------------------------------
static bool put_seed(struct keyring *k, struct world *w, const char *name, struct err *err)
{
    struct secret seed = {0};
    bool done =
        sign_seed_new(w, &seed, err) && keyring_put(k, str_of(name), secret_bytes(&seed), err);
    secret_release(&seed);
    return done;
}

static bool put_identity(struct keyring *k, struct world *w, struct err *err)
{
    struct secret identity = {0};
    age_identity_new(w, &identity);
    bool done = keyring_put(k, STR("encryption/1"), secret_bytes(&identity), err);
    secret_release(&identity);
    return done;
}

static bool put_random(struct keyring *k, struct world *w, const char *name, struct err *err)
{
    struct secret key = {0};
    secret_init(&key, 32);
    world_random(w, key.ptr, key.len);
    bool done = keyring_put(k, str_of(name), secret_bytes(&key), err);
    secret_release(&key);
    return done;
}

static bool fill_keyring(struct keyring *k, struct world *w, const struct vault_new *how,
                         struct err *err)
{
    static const char *const always[] = {"log",  "witness",     "mirror",
                                         "node", "tls/courier", "tls/door"};
    char office[32];
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (!put_seed(k, w, always[i], err))
            return false;
    if (!put_identity(k, w, err))
        return false;
    for (int d = DESK_TECHNICAL; d < DESK_COUNT; d++) {
        const char *word = desk_word((enum desk)d);
        (void)snprintf(office, sizeof office, "office/%s", word);
        if (!put_random(k, w, office, err))
            return false;
        if (how->desks[d] && !put_seed(k, w, word, err))
            return false;
    }
    return true;
}

// What is not secret, but must not be guessed from elsewhere, stands in the keyring too.
static bool put_names(struct keyring *k, const struct vault_new *how, struct err *err)
{
    return keyring_put(k, STR("name/origin"), str_bytes(how->origin), err) &&
           keyring_put(k, STR("name/state"), str_bytes(state_code_str(&how->state)), err);
}

// Both generations, so that a keeper that finds one alone knows that the other was lost.
static bool make_state(struct world *w, const char *folder, struct str origin, struct err *err)
{
    struct keeper_state *s = memory_new(1, sizeof *s);
    keeper_state_fresh(s, world_now(w));
    bool done = keeper_state_save(w, folder, origin, s, err) &&
                keeper_state_save(w, folder, origin, s, err);
    memory_release(s);
    return done;
}

bool vault_make(struct world *w, const char *folder, const struct vault_new *how, struct err *err)
{
    char path[PATH_BYTES];
    char register_path[PATH_BYTES];
    struct arena a;
    struct keyring k;
    struct bytes file;
    struct approver_register checked;
    bool done = false;
    arena_init(&a, LASTING_BYTES_MAX);
    keyring_init(&k);
    path_in(folder, "keyring", path);
    if (world_exists(w, path)) {
        (void)err_set(err, ERR_CONFLICT, NULL, "%.160s stands already; it is never overwritten",
                      path);
        goto out;
    }
    if (!register_read(&a, str_bytes(how->register_text), &checked, err) ||
        !world_make_folder(w, folder, 0700, err))
        goto out;
    if (!fill_keyring(&k, w, how, err) || !put_names(&k, how, err) ||
        !keyring_write(&k, w, how->passphrase, how->cost, &a, &file, err))
        goto out;
    path_in(folder, "register", register_path);
    // The keyring comes last: without it the folder counts as empty and init may be run again.
    done = world_write_file(w, register_path, str_bytes(how->register_text), 0600, err) &&
           make_state(w, folder, how->origin, err) && world_write_file(w, path, file, 0600, err);
out:
    keyring_release(&k);
    arena_release(&a);
    return done;
}

// -- opening -----------------------------------------------------------------------------------
const struct secret *vault_secret(const struct vault *v, const char *name)
{
    return keyring_find(&v->keyring, str_of(name));
}

static bool take_name(struct vault *v, const char *name, struct str *ret, struct err *err)
{
    struct bytes copy;
    const struct secret *value = vault_secret(v, name);
    if (value == NULL)
        return err_set(err, ERR_MALFORMED, "keeper/vault.h", "the keyring has no %s", name);
    return arena_copy(&v->lasting, secret_bytes(value), &copy, err) &&
           text_check_line(copy, ret, err);
}

static bool key_of(struct vault *v, enum keys_role role, struct err *err)
{
    struct str name = v->origin;
    struct sign_public key;
    const struct secret *seed = vault_secret(v, role_names[role]);
    if (seed == NULL)
        return true; // a desk this State does not have
    if (role != KEYS_LOG && !key_name_of(v->origin, role_names[role], &v->lasting, &name, err))
        return false;
    bool cosigns = role == KEYS_WITNESS || role == KEYS_MIRROR;
    sign_public_of(seed, &key);
    return note_key_make(name, cosigns ? NOTE_KEY_COSIGNER : NOTE_KEY_ED25519, &key, &v->keys[role],
                         err);
}

static bool open_keyring(struct vault *v, const struct secret *passphrase, struct err *err)
{
    char path[PATH_BYTES];
    struct bytes file;
    struct str code;
    path_in(v->folder, "keyring", path);
    if (!world_read_file(v->world, path, KEYRING_BYTES_MAX, &v->lasting, &file, err) ||
        !keyring_read(file, passphrase, &v->keyring, err))
        return err_wrap(err, "keyring");
    if (!take_name(v, "name/origin", &v->origin, err) || !take_name(v, "name/state", &code, err))
        return false;
    if (!state_code_read(code, &v->state_code))
        return err_set(err, ERR_MALFORMED, "keeper/vault.h", "the keyring names no State");
    for (int r = 0; r < KEYS_ROLE_COUNT; r++)
        if (!key_of(v, (enum keys_role)r, err))
            return false;
    return true;
}

static bool read_own(struct vault *v, const char *name, size_t max, struct bytes *ret,
                     struct err *err)
{
    char path[PATH_BYTES];
    path_in(v->folder, name, path);
    return world_read_file(v->world, path, max, &v->lasting, ret, err);
}

static bool has_own(const struct vault *v, const char *name)
{
    char path[PATH_BYTES];
    path_in(v->folder, name, path);
    return world_exists(v->world, path);
}

static bool load_register(struct vault *v, struct err *err)
{
    struct bytes file;
    return read_own(v, "register", REGISTER_BYTES_MAX, &file, err) &&
           register_read(&v->lasting, file, &v->approvers, err);
}

static bool load_community(struct vault *v, struct err *err)
{
    struct bytes file;
    if (!has_own(v, "community"))
        return true;
    if (!read_own(v, "community", COMMUNITY_BYTES_MAX, &file, err) ||
        !community_read(&v->lasting, file, &v->community, err))
        return false;
    v->has_community = true;
    return true;
}

static bool load_manifest(struct vault *v, struct err *err)
{
    struct bytes file;
    struct note note;
    if (!has_own(v, "manifest"))
        return true;
    if (!read_own(v, "manifest", NOTE_BYTES_MAX, &file, err) || !note_read(file, &note, err))
        return false;
    struct digest genesis = keys_text_hash(note.text);
    if (!manifest_open_first(file, v->origin, &genesis, &v->manifest, err))
        return false;
    v->has_manifest = true;
    return true;
}

// Rows may go only by a time that was made durable: by a clock that ran ahead for a moment, drafts
// would be forgotten whose approvals count again when it is set right.
static struct moment surely_past(const struct vault *v)
{
    return v->state.lock == KEEPER_RESTORED ? (struct moment){0} : v->state.time;
}

bool vault_open(struct vault *v, struct world *w, const char *folder,
                const struct secret *passphrase, struct err *err)
{
    memset(v, 0, sizeof *v);
    v->world = w;
    arena_init(&v->lasting, LASTING_BYTES_MAX);
    keyring_init(&v->keyring);
    int len = snprintf(v->folder, sizeof v->folder, "%s", folder);
    if (len <= 0 || (size_t)len >= sizeof v->folder)
        return err_set(err, ERR_LIMIT, NULL, "the keeper's folder has too long a name");
    bool done = open_keyring(v, passphrase, err) && load_register(v, err) &&
                load_community(v, err) && load_manifest(v, err) &&
                keeper_state_load(w, v->folder, v->origin, &v->state, err) &&
                spent_open(&v->spent, w, v->folder, surely_past(v), err);
    if (!done)
        vault_close(v);
    return done;
}

void vault_close(struct vault *v)
{
    spent_close(&v->spent);
    keyring_release(&v->keyring);
    arena_release(&v->lasting);
}

struct moment vault_now(struct vault *v)
{
    struct moment now = world_now(v->world);
    if (now.s > v->state.time.s)
        v->state.time = now;
    return v->state.time;
}

bool vault_public(const struct vault *v, struct arena *a, struct keys_record *ret, struct err *err)
{
    const struct secret *identity = vault_secret(v, "encryption/1");
    const struct secret *tls = vault_secret(v, "tls/courier");
    struct age_recipient recipient;
    struct sign_public tls_key;
    char text[AGE_RECIPIENT_CHARS + 1];
    struct keys_record k = {.origin = v->origin, .state = state_code_str(&v->state_code)};
    if (identity == NULL || tls == NULL)
        return err_set(err, ERR_MALFORMED, "keeper/vault.h", "the keyring is not whole");
    for (int r = 0; r < KEYS_ROLE_COUNT; r++) {
        k.present[r] = v->keys[r].name.len > 0;
        k.keys[r] = v->keys[r];
    }
    age_recipient_of(identity, &recipient);
    age_recipient_write(&recipient, text);
    if (!arena_str(a, str_of(text), &k.encryption, err))
        return false;
    sign_public_of(tls, &tls_key);
    sign_public_pin(&tls_key, &k.tls);
    *ret = k;
    return true;
}

// -- the small files -----------------------------------------------------------------------------
static bool put_own(struct vault *v, const char *name, struct bytes content, struct err *err)
{
    char path[PATH_BYTES];
    path_in(v->folder, name, path);
    if (world_write_file(v->world, path, content, 0600, err))
        return true;
    v->broken = true; // nobody knows which of the two stands there now
    return false;
}

// What stands on disk and is not held here would come into force at the next start alone.
static bool reloaded(struct vault *v, bool done)
{
    v->broken = v->broken || !done;
    return done;
}

bool vault_put_register(struct vault *v, struct bytes text, struct err *err)
{
    return put_own(v, "register", text, err) && reloaded(v, load_register(v, err));
}

bool vault_put_community(struct vault *v, struct bytes file, struct err *err)
{
    return put_own(v, "community", file, err) && reloaded(v, load_community(v, err));
}

bool vault_put_manifest(struct vault *v, struct bytes note, struct err *err)
{
    return put_own(v, "manifest", note, err) && reloaded(v, load_manifest(v, err));
}
