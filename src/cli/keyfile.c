#include "cli/keyfile.h"

#include "record/keys.h"

static bool fill(struct keyring *k, struct world *w, struct str name, bool with_next,
                 struct err *err)
{
    struct secret seed = {0};
    struct secret next = {0};
    bool done = sign_seed_new(w, &seed, err) && sign_seed_new(w, &next, err) &&
                keyring_put(k, STR("key/name"), str_bytes(name), err) &&
                keyring_put(k, STR("key/seed"), secret_bytes(&seed), err) &&
                (!with_next || keyring_put(k, STR("key/next"), secret_bytes(&next), err));
    secret_release(&seed);
    secret_release(&next);
    return done;
}

bool keyfile_new(struct world *w, const char *path, struct str name, bool with_next,
                 const struct secret *passphrase, struct keyring_cost cost, struct err *err)
{
    struct keyring k;
    struct arena a;
    struct bytes file;
    if (world_exists(w, path))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists; a key file is never overwritten",
                       path);
    arena_init(&a, (size_t)4 * KEYRING_BYTES_MAX);
    keyring_init(&k);
    bool done = note_name_check(name, err) && fill(&k, w, name, with_next, err) &&
                keyring_write(&k, w, passphrase, cost, &a, &file, err) &&
                world_write_file(w, path, file, 0600, err);
    keyring_release(&k);
    arena_release(&a);
    return done;
}

static bool next_hash(const struct keyring *k, struct str name, struct keyfile *ret,
                      struct err *err)
{
    struct sign_public public_key;
    struct note_key next;
    const struct secret *seed = keyring_find(k, STR("key/next"));
    ret->has_next = seed != NULL;
    if (seed == NULL)
        return true;
    sign_public_of(seed, &public_key);
    if (!note_key_make(name, NOTE_KEY_ED25519, &public_key, &next, err))
        return false;
    ret->next = keys_root_hash(&next);
    return true;
}

static bool take(const struct keyring *k, struct arena *a, struct keyfile *ret, struct err *err)
{
    struct bytes copy;
    struct sign_public public_key;
    const struct secret *name = keyring_find(k, STR("key/name"));
    const struct secret *seed = keyring_find(k, STR("key/seed"));
    if (name == NULL || seed == NULL || seed->len != SIGN_SEED_BYTES)
        return err_set(err, ERR_MALFORMED, "cli/keyfile.h", "this is no key file of a person");
    if (!arena_copy(a, secret_bytes(name), &copy, err) || !text_check_line(copy, &ret->name, err))
        return false;
    sign_public_of(seed, &public_key);
    if (!note_key_make(ret->name, NOTE_KEY_ED25519, &public_key, &ret->key, err) ||
        !next_hash(k, ret->name, ret, err))
        return false;
    secret_copy(&ret->seed, secret_bytes(seed));
    return true;
}

bool keyfile_open(struct world *w, const char *path, const struct secret *passphrase,
                  struct arena *a, struct keyfile *ret_owned, struct err *err)
{
    struct keyring k;
    struct bytes file;
    *ret_owned = (struct keyfile){0};
    keyring_init(&k);
    bool done = world_read_file(w, path, KEYRING_BYTES_MAX, a, &file, err) &&
                keyring_read(file, passphrase, &k, err) && take(&k, a, ret_owned, err);
    keyring_release(&k);
    return done ? true : err_wrap(err, "key file %.120s", path);
}

void keyfile_close(struct keyfile *k)
{
    secret_release(&k->seed);
}
