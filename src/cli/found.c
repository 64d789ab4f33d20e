#include "cli/found.h"

#include "base/encode.h"
#include "cli/keyfile.h"
#include "cli/link.h"
#include "keeper/vault.h"

#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

bool found_desks(struct str words, unsigned *ret, struct err *err)
{
    struct str word;
    enum desk desk;
    *ret = 0;
    while (str_split(&words, ',', &word)) {
        if (!desk_read(word, &desk) || desk == DESK_NONE)
            return err_set(err, ERR_USAGE, NULL, "there is no desk %.*s", STR_ARG(word));
        *ret |= 1U << desk;
    }
    return true;
}

bool found_roles(struct str words, unsigned *ret, struct err *err)
{
    struct str word;
    *ret = 0;
    while (str_split(&words, ',', &word)) {
        unsigned bit = 0;
        for (int r = 0; r < OFFICER_ROLE_COUNT; r++)
            if (str_eq(word, str_of(officer_role_word((enum officer_role)r))))
                bit = 1U << r;
        if (bit == 0)
            return err_set(err, ERR_USAGE, NULL, "there is no role %.*s", STR_ARG(word));
        *ret |= bit;
    }
    return true;
}

bool found_officer(const char *given, struct officer *ret, struct err *err)
{
    struct str rest = str_of(given);
    struct str name;
    struct str vkey;
    struct str desks;
    if (!str_split(&rest, ':', &name) || !str_split(&rest, ':', &vkey) ||
        !str_split(&rest, ':', &desks) || rest.ptr == NULL)
        return err_set(err, ERR_USAGE, NULL, "an officer is NAME:VKEY:DESKS:ROLES");
    ret->name = name;
    return note_key_read(vkey, &ret->key, err) && found_desks(desks, &ret->desks, err) &&
           found_roles(rest, &ret->roles, err);
}

bool found_register(struct arena *a, struct str origin, const struct officer *officers,
                    size_t count, unsigned approvals, struct str *ret, struct err *err)
{
    struct release_rule rule = {.precedence = PRECEDENCE_COUNT, .approvals = approvals}; // fits all
    struct bytes text;
    unsigned administrators = 0;
    for (size_t i = 0; i < count; i++)
        administrators += officer_has_role(&officers[i], OFFICER_ADMINISTRATOR) ? 1 : 0;
    struct approver_register r = {.log = origin,
                                  .version = 1,
                                  .change = administrators > 1 ? 2 : 1,
                                  .officers = officers,
                                  .officers_count = count,
                                  .rules = &rule,
                                  .rules_count = 1};
    return register_write(&r, a, &text, err) && text_check(text, ret, err);
}

static void keeper_folder(const struct found_plan *p, char ret[PATH_BYTES])
{
    (void)snprintf(ret, PATH_BYTES, "%s/keeper", p->config.folder);
}

bool found_folder(struct cli *cli, const struct found_plan *p, const struct secret *passphrase,
                  struct keyring_cost cost, struct err *err)
{
    char folder[PATH_BYTES];
    char conf[PATH_BYTES];
    struct bytes text;
    struct vault_new how = {.origin = p->origin,
                            .state = p->state,
                            .register_text = p->register_text,
                            .passphrase = passphrase,
                            .cost = cost};
    for (int d = DESK_TECHNICAL; d < DESK_COUNT; d++)
        how.desks[d] = (p->desks >> d & 1U) != 0;
    keeper_folder(p, folder);
    (void)snprintf(conf, sizeof conf, "%s/elchi.conf", p->config.folder);
    return world_make_folder(cli->world, p->config.folder, 0700, err) &&
           vault_make(cli->world, folder, &how, err) &&
           config_text(&p->config, &cli->arena, &text, err) &&
           world_write_file(cli->world, conf, text, 0644, err);
}

bool found_request(struct cli *cli, const struct found_plan *p, const struct found_roots *roots,
                   const struct secret *passphrase, struct str *ret, struct err *err)
{
    char folder[PATH_BYTES];
    struct vault *v = memory_new(1, sizeof *v);
    struct keys_record *k = memory_new(1, sizeof *k);
    keeper_folder(p, folder);
    bool opened = vault_open(v, cli->world, folder, passphrase, err);
    bool done = opened && vault_public(v, &cli->arena, k, err);
    if (done) {
        k->time = world_now(cli->world);
        k->version = 1;
        k->demo = p->demo;
        k->threshold = roots->threshold;
        k->roots_count = roots->count;
        k->next_threshold =
            roots->threshold < roots->next_count ? roots->threshold : (unsigned)roots->next_count;
        k->next_count = roots->next_count;
        memcpy(k->roots, roots->roots, sizeof k->roots);
        memcpy(k->next, roots->next, sizeof k->next);
        done = keys_record_write(k, &cli->arena, ret, err);
    }
    if (opened)
        vault_close(v);
    memory_release(k);
    memory_release(v);
    return done;
}

bool found_append(struct cli *cli, struct bytes manifest, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct buffer columns;
    struct bytes answer;
    struct str path;
    const char *folder = cli->arguments[0];
    struct option_values *node = &cli->options[OPTION_NODE];
    *node = (struct option_values){{folder}, 1};
    buffer_init(&columns, &cli->arena, (size_t)NOTE_BYTES_MAX * 2);
    buffer_block32(&columns, manifest);
    bool done =
        link_open(cli, &l, err) &&
        clerk_ask(&l.clerk, CLERK_FOUND, buffer_bytes(&columns), &cli->arena, &answer, err) &&
        arena_fmt(&cli->arena, &path, err, "%s/manifest", folder) &&
        world_write_file(cli->world, path.ptr, manifest, 0644, err);
    link_close(&l);
    return done;
}

// The configuration is read from wherever the service starts.
bool found_absolute(struct arena *a, const char *path, struct str *ret, struct err *err)
{
    char here[PATH_BYTES];
    if (path[0] == '/' || path[0] == '\0')
        return arena_str(a, str_of(path), ret, err);
    if (getcwd(here, sizeof here) == NULL)
        return err_set(err, ERR_IO, NULL, "cannot tell the current folder");
    return arena_fmt(a, ret, err, "%s/%s", here, path);
}

// -- the demonstration ----------------------------------------------------------------------------
enum { DEMO_ROOTS = 3, DEMO_SIGNERS = 2 };
static const char *const demo_officers[] = {"anna", "bert"};

struct demo {
    struct cli *cli;
    struct found_plan *plan;
    struct secret passphrase;
    char passphrase_path[3300];
    struct keyfile roots[DEMO_ROOTS];
    struct keyfile officers[2];
};

static bool demo_key(struct demo *d, const char *file, const char *role, bool with_next,
                     struct keyfile *ret, struct err *err)
{
    struct str path;
    struct str name;
    struct arena *a = &d->cli->arena;
    return arena_fmt(a, &path, err, "%s/people/%s.key", d->plan->config.folder, file) &&
           key_name_of(d->plan->origin, role, a, &name, err) &&
           keyfile_new(d->cli->world, path.ptr, name, with_next, &d->passphrase, KEYRING_COST_LEAST,
                       err) &&
           keyfile_open(d->cli->world, path.ptr, &d->passphrase, a, ret, err);
}

// A demonstration's passphrase is made here and lies beside what it opens: it guards nothing.
static bool demo_passphrase(struct demo *d, struct err *err)
{
    uint8_t dice[16];
    char text[2 * sizeof dice + 2];
    struct str people;
    struct str folder;
    if (!found_absolute(&d->cli->arena, d->plan->config.folder, &folder, err))
        return false;
    world_random(d->cli->world, dice, sizeof dice);
    hex_write(bytes_of(dice, sizeof dice), text);
    secret_copy(&d->passphrase, str_bytes(str_of(text)));
    text[sizeof text - 2] = '\n';
    (void)snprintf(d->passphrase_path, sizeof d->passphrase_path, "%.3200s/passphrase", folder.ptr);
    (void)snprintf(d->plan->config.passphrase_file, sizeof d->plan->config.passphrase_file, "%s",
                   d->passphrase_path);
    return world_make_folder(d->cli->world, folder.ptr, 0700, err) &&
           arena_fmt(&d->cli->arena, &people, err, "%s/people", folder.ptr) &&
           world_make_folder(d->cli->world, people.ptr, 0700, err) &&
           world_write_file(d->cli->world, d->passphrase_path, bytes_of(text, sizeof text - 1),
                            0600, err);
}

static bool demo_people(struct demo *d, struct err *err)
{
    char file[32];
    char role[48];
    for (int i = 0; i < DEMO_ROOTS; i++) {
        (void)snprintf(file, sizeof file, "root-%d", i + 1);
        if (!demo_key(d, file, "root", true, &d->roots[i], err))
            return false;
    }
    for (int i = 0; i < 2; i++) {
        (void)snprintf(role, sizeof role, "officer/%s", demo_officers[i]);
        if (!demo_key(d, demo_officers[i], role, false, &d->officers[i], err))
            return false;
    }
    return true;
}

static bool demo_register(struct demo *d, struct err *err)
{
    struct officer officers[2] = {0};
    for (int i = 0; i < 2; i++) {
        officers[i].name = str_of(demo_officers[i]);
        officers[i].key = d->officers[i].key;
        officers[i].desks = d->plan->desks;
        officers[i].roles = (1U << OFFICER_ROLE_COUNT) - 1;
    }
    return found_register(&d->cli->arena, d->plan->origin, officers, 2, 2, &d->plan->register_text,
                          err);
}

static bool demo_sign(struct demo *d, struct str text, struct bytes *ret, struct err *err)
{
    struct note_signature lines[DEMO_SIGNERS];
    struct note *note = memory_new(1, sizeof *note);
    bool done = true;
    for (int i = 0; done && i < DEMO_SIGNERS; i++) {
        uint8_t *room = arena_new(&d->cli->arena, uint8_t, NOTE_BYTES_MAX);
        CHECK(room != NULL);
        struct writer w = writer_of(room, NOTE_BYTES_MAX);
        note_sign(text, &d->roots[i].key, &d->roots[i].seed, &w);
        CHECK(!w.full);
        done = note_read(writer_bytes(&w), note, err);
        lines[i] = note->signatures[0];
    }
    memory_release(note);
    return done && keys_note_write(text, lines, DEMO_SIGNERS, &d->cli->arena, ret, err);
}

static bool demo_steps(struct demo *d, struct err *err)
{
    struct found_roots *roots = arena_new(&d->cli->arena, struct found_roots, 1);
    struct str text;
    struct bytes manifest;
    CHECK(roots != NULL);
    if (!demo_passphrase(d, err) || !demo_people(d, err) || !demo_register(d, err))
        return false;
    roots->count = roots->next_count = DEMO_ROOTS;
    roots->threshold = DEMO_SIGNERS;
    for (int i = 0; i < DEMO_ROOTS; i++) {
        roots->roots[i] = d->roots[i].key;
        roots->next[i] = d->roots[i].next;
    }
    if (!found_folder(d->cli, d->plan, &d->passphrase, KEYRING_COST_LEAST, err) ||
        !found_request(d->cli, d->plan, roots, &d->passphrase, &text, err) ||
        !demo_sign(d, text, &manifest, err) || !found_append(d->cli, manifest, err))
        return false;
    struct digest genesis = keys_text_hash(text);
    char hash[DIGEST_TEXT_CHARS + 1];
    digest_write(&genesis, hash);
    if (command_json(d->cli))
        return say_json(json_pack("{s:s,s:s,s:s,s:b}", "state", d->plan->state.text, "origin",
                                  d->plan->origin.ptr, "genesis", hash, "demo", 1),
                        err);
    say("%s is founded as a demonstration in %s: log %s, genesis %s\n", d->plan->state.text,
        d->plan->config.folder, d->plan->origin.ptr, hash);
    return true;
}

bool found_demo(struct cli *cli, struct found_plan *p, struct err *err)
{
    struct demo *d = memory_new(1, sizeof *d);
    d->cli = cli;
    d->plan = p;
    bool done = demo_steps(d, err);
    for (int i = 0; i < DEMO_ROOTS; i++)
        keyfile_close(&d->roots[i]);
    for (int i = 0; i < 2; i++)
        keyfile_close(&d->officers[i]);
    secret_release(&d->passphrase);
    memory_release(d);
    return done;
}
