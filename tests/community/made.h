// tests/community/made.h - invented States with keys from fixed seeds, for tests of F5 and above.
//
// Holds: role keys and root generations of an origin, manifests and their notes, a community of
// XA, XB, XC and XD. Roots of version n are generation n; every version names generation n+1 next.
#ifndef TESTS_COMMUNITY_MADE_H
#define TESTS_COMMUNITY_MADE_H
#include "community/chains.h"
#include "crypto/age_key.h"
#include "log/cosign.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

enum { MADE_ROOTS = 3, MADE_THRESHOLD = 2, MADE_ARENA_BYTES = 64 << 20 };
#define MADE_TIME INT64_C(1784001665) // 2026-07-14T04:01:05Z

__attribute__((format(printf, 2, 3))) static inline struct str made_fmt(struct arena *a,
                                                                        const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    EXPECT(len > 0 && (size_t)len < sizeof text);
    struct err err = {0};
    struct str made;
    EXPECT_OK(arena_str(a, (struct str){text, (size_t)len}, &made, &err));
    return made;
}

// The seed behind a label; the caller releases it.
static inline void made_seed(struct str label, struct secret *ret)
{
    struct digest d = digest_of(str_bytes(label));
    secret_copy(ret, bytes_of(d.octets, sizeof d.octets));
}

static inline struct note_key made_key(struct str name, enum note_key_type type, struct str label)
{
    struct err err = {0};
    struct secret seed;
    struct sign_public public;
    struct note_key key;
    made_seed(label, &seed);
    sign_public_of(&seed, &public);
    secret_release(&seed);
    EXPECT_OK(note_key_make(name, type, &public, &key, &err));
    return key;
}

static inline struct str made_root_label(struct arena *a, const char *origin, int generation, int i)
{
    char middle[32];
    (void)snprintf(middle, sizeof middle, "generation %d", generation);
    return made_fmt(a, "root of %s, %s, %d", origin, middle, i);
}

static inline struct note_key made_root(struct arena *a, const char *origin, int generation, int i)
{
    return made_key(made_fmt(a, "%s/root", origin), NOTE_KEY_ED25519,
                    made_root_label(a, origin, generation, i));
}

static inline enum note_key_type made_type(enum keys_role role)
{
    return role == KEYS_WITNESS || role == KEYS_MIRROR ? NOTE_KEY_COSIGNER : NOTE_KEY_ED25519;
}

static inline struct str made_role_label(struct arena *a, const char *origin, enum keys_role role,
                                         int generation)
{
    return made_fmt(a, "key of %s, %s, %d", origin, keys_role_word(role), generation);
}

static inline struct note_key made_role(struct arena *a, const char *origin, enum keys_role role,
                                        int generation)
{
    struct str name = role == KEYS_LOG ? made_fmt(a, "%s", origin)
                                       : made_fmt(a, "%s/%s", origin, keys_role_word(role));
    return made_key(name, made_type(role), made_role_label(a, origin, role, generation));
}

// A manifest's record with all role keys of generation 1; tests change what they need.
static inline struct keys_record made_keys(struct arena *a, const char *origin, const char *code,
                                           int version, const struct digest *previous)
{
    struct keys_record k = {.origin = str_of(origin),
                            .state = str_of(code),
                            .time = {MADE_TIME + version},
                            .version = (uint64_t)version,
                            .threshold = MADE_THRESHOLD,
                            .roots_count = MADE_ROOTS,
                            .next_threshold = MADE_THRESHOLD,
                            .next_count = MADE_ROOTS};
    struct secret identity;
    struct age_recipient recipient;
    char age[AGE_RECIPIENT_CHARS + 1];
    k.has_previous = previous != NULL;
    if (previous != NULL)
        k.previous = *previous;
    for (int i = 0; i < MADE_ROOTS; i++) {
        struct note_key next = made_root(a, origin, version + 1, i);
        k.roots[i] = made_root(a, origin, version, i);
        k.next[i] = keys_root_hash(&next);
    }
    for (int r = 0; r < KEYS_ROLE_COUNT; r++) {
        k.present[r] = true;
        k.keys[r] = made_role(a, origin, (enum keys_role)r, 1);
    }
    made_seed(made_fmt(a, "encryption of %s", origin), &identity);
    age_recipient_of(&identity, &recipient);
    secret_release(&identity);
    age_recipient_write(&recipient, age);
    k.encryption = made_fmt(a, "%s", age);
    k.tls = digest_of(str_bytes(k.origin));
    return k;
}

struct made_signer {
    int generation, i;
};

// The note over any text, signed by these roots.
static inline struct bytes made_sign_text(struct arena *a, struct str text, const char *origin,
                                          const struct made_signer *signers, size_t count)
{
    struct err err = {0};
    struct note_signature lines[MANIFEST_SIGNATURES_MAX];
    struct bytes note;
    for (size_t i = 0; i < count; i++) {
        struct note_key key = made_root(a, origin, signers[i].generation, signers[i].i);
        struct secret seed;
        struct signature s;
        uint8_t *storage = arena_new(a, uint8_t, 512);
        struct writer w = writer_of(storage, 512);
        size_t got = 0;
        made_seed(made_root_label(a, origin, signers[i].generation, signers[i].i), &seed);
        sign_message(&seed, str_bytes(text), &s);
        secret_release(&seed);
        note_signature_line(&key, bytes_of(s.octets, sizeof s.octets), &w);
        EXPECT_OK(note_lines_read(writer_bytes(&w), &lines[i], 1, &got, &err));
    }
    EXPECT_OK(keys_note_write(text, lines, count, a, &note, &err));
    return note;
}

static inline struct bytes made_sign(struct arena *a, const struct keys_record *k,
                                     const struct made_signer *signers, size_t count)
{
    struct err err = {0};
    struct str text;
    char origin[ORIGIN_BYTES_MAX + 1];
    EXPECT_OK(keys_record_write(k, a, &text, &err));
    (void)snprintf(origin, sizeof origin, "%.*s", STR_ARG(k->origin));
    return made_sign_text(a, text, origin, signers, count);
}

static inline struct digest made_text_hash(struct bytes note_octets)
{
    struct err err = {0};
    struct note note;
    EXPECT_OK(note_read(note_octets, &note, &err));
    return keys_text_hash(note.text);
}

// Version 1 signed by two of its roots.
static inline struct bytes made_first(struct arena *a, const char *origin, const char *code)
{
    struct keys_record k = made_keys(a, origin, code, 1, NULL);
    return made_sign(a, &k, (struct made_signer[]){{1, 0}, {1, 1}}, 2);
}

// Signs `k` as version n by two roots of n-1 and two of n.
static inline struct bytes made_sign_next(struct arena *a, const struct keys_record *k)
{
    int n = (int)k->version;
    return made_sign(a, k, (struct made_signer[]){{n - 1, 0}, {n - 1, 2}, {n, 0}, {n, 1}}, 4);
}

// The usual successor of a note: the same keys.
static inline struct bytes made_next(struct arena *a, const char *origin, const char *code,
                                     int version, struct bytes before)
{
    struct digest previous = made_text_hash(before);
    struct keys_record k = made_keys(a, origin, code, version, &previous);
    return made_sign_next(a, &k);
}

// -- a community ----------------------------------------------------------------------------------
static const char *const made_codes[] = {"XA", "XB", "XC", "XD"};
static const char *const made_origins[] = {"xa.example/demo", "xb.example/demo", "xc.example/demo",
                                           "xd.example/demo"};
enum { MADE_STATES = 4 };

struct made {
    struct arena arena;
    struct bytes file; // the community file
    struct community community;
    struct bytes first[MADE_STATES];
    struct chain chain[MADE_STATES];
    const struct chain *items[MADE_STATES];
    struct chains chains;
};

static inline struct bytes made_file(struct arena *a, const struct bytes *first, size_t states,
                                     unsigned quorum, const char *groups)
{
    struct err err = {0};
    struct buffer b;
    struct bytes file;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct digest book = digest_of(str_bytes(STR("a codebook")));
    buffer_init(&b, a, COMMUNITY_BYTES_MAX);
    digest_write(&book, hash);
    buffer_fmt(&b,
               "elchi community v1\nname en Demonstration community\nname ru Учебное сообщество\n"
               "codebook 1 %s\n",
               hash);
    for (int d = 0; d < COMMUNITY_DURATION_COUNT; d++)
        buffer_fmt(&b, "duration %s %d\n", community_duration_word((enum community_duration)d),
                   3600 * (d + 1));
    buffer_fmt(&b, "%squorum %u\n", groups, quorum);
    for (size_t i = 0; i < states; i++) {
        struct digest genesis = made_text_hash(first[i]);
        digest_write(&genesis, hash);
        buffer_fmt(&b,
                   "state %s\nrole %s\norigin %s\ngenesis %s\nendpoint https://127.0.0.1:%zu\n"
                   "long en State of %s\nshort en %s-land\nshort zh-Hant 甲%zu\n",
                   made_codes[i], i == 3 ? "observer" : "member", made_origins[i], hash, 4400 + i,
                   made_codes[i], made_codes[i], i);
    }
    EXPECT_OK(buffer_take(&b, &file, &err));
    return file;
}

// Four States with one manifest each, seen at entry 0; a quorum of two.
static inline void made_init(struct made *m, unsigned quorum, const char *groups)
{
    struct err err = {0};
    memset(m, 0, sizeof *m);
    crypto_start();
    arena_init(&m->arena, MADE_ARENA_BYTES);
    for (size_t i = 0; i < MADE_STATES; i++)
        m->first[i] = made_first(&m->arena, made_origins[i], made_codes[i]);
    m->file = made_file(&m->arena, m->first, MADE_STATES, quorum, groups);
    EXPECT_OK(community_read(&m->arena, m->file, &m->community, &err));
    for (size_t i = 0; i < MADE_STATES; i++) {
        const struct community_state *s = &m->community.states[i];
        enum chain_outcome outcome = CHAIN_VOID;
        chain_init(&m->chain[i], &m->arena, s->origin, s->code, &s->genesis);
        EXPECT_OK(chain_add_logged(&m->chain[i], 0, m->first[i], &outcome, NULL, NULL, &err));
        EXPECT(outcome == CHAIN_TAKEN);
        m->items[i] = &m->chain[i];
    }
    m->chains = (struct chains){&m->community, m->items};
}

static inline void made_release(struct made *m)
{
    arena_release(&m->arena);
}

// -- signatures of role keys ----------------------------------------------------------------------
// A checkpoint of `state`'s
// log, cosigned at `times[i]` by the witness (or mirror) of those States whose time is not 0.
static inline struct bytes made_checkpoint(struct made *m, int state, uint64_t size,
                                           const struct digest *root,
                                           const uint64_t witness[MADE_STATES],
                                           const uint64_t mirror[MADE_STATES])
{
    enum { ROOM = 8192 };
    struct arena *a = &m->arena;
    uint8_t *storage = arena_new(a, uint8_t, ROOM);
    struct writer w = writer_of(storage, ROOM);
    struct checkpoint made;
    struct secret seed;
    struct note_key key = made_role(a, made_origins[state], KEYS_LOG, 1);
    made_seed(made_role_label(a, made_origins[state], KEYS_LOG, 1), &seed);
    checkpoint_sign((struct tree_size){size}, root, &key, &seed, &w, &made);
    secret_release(&seed);
    for (int i = 0; i < 2 * MADE_STATES; i++) {
        enum keys_role role = i % 2 == 0 ? KEYS_WITNESS : KEYS_MIRROR;
        uint64_t at = (role == KEYS_WITNESS ? witness : mirror)[i / 2];
        if (at == 0)
            continue;
        key = made_role(a, made_origins[i / 2], role, 1);
        made_seed(made_role_label(a, made_origins[i / 2], role, 1), &seed);
        cosign_sign(made.text, at, &key, &seed, &w);
        secret_release(&seed);
    }
    EXPECT(!w.full);
    return writer_bytes(&w);
}
#endif
