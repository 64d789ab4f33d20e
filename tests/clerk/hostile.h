// tests/clerk/hostile.h - a thief with XA's own keys who writes into XA's log what breaks a rule,
// under a checkpoint that verifies: so it stands, and only its rule can stop it.
#ifndef TESTS_CLERK_HOSTILE_H
#define TESTS_CLERK_HOSTILE_H
#include "crypto/age.h"
#include "crypto/age_key.h"
#include "record/body.h"
#include "record/entry.h"
#include "tests/clerk/carry.h"

enum { HOSTILE_MAX = 32 };
// How an entry is made of a record's text. All zero: as the rules ask.
struct hostile {
    const char *says;       // what breaks, for a failed test
    const char *rule;       // the word it is void by; NULL: it is valid
    const char *old, *new;  // in the text, the first is replaced by the second
    const char *role;       // whose name signs; NULL: technical
    bool stranger;          // by a key that was never anybody's
    bool twice;             // two signature lines
    bool open;              // in an open entry
    const char *inner_from; // of the inner header
    const char *inner_to;
    bool other_note;   // the body holds another note than the entry commits to
    bool no_body;      // the age file holds octets that are no body
    const char *entry; // stands in the log in place of anything
    const char *text;  // in place of the message
};
struct thief {
    struct three *t;
    struct secret desk, node, diplomatic;
    struct bytes entries[HOSTILE_MAX], blobs[HOSTILE_MAX]; // blobs: empty where there is none
    size_t count;
    uint64_t first; // index of the first of them
};

static inline struct thief *thief_new(struct three *t)
{
    struct err err = {0};
    struct str path;
    struct secret passphrase = {0};
    struct thief *f = arena_new(&t->arena, struct thief, 1);
    struct vault *v = memory_new(1, sizeof *v);
    secret_copy(&passphrase, str_bytes(passphrase_words()));
    EXPECT_OK(arena_fmt(&t->arena, &path, &err, "%.*s/keeper", STR_ARG(t->at[XA].folder)));
    EXPECT_OK(vault_open(v, world_real(), path.ptr, &passphrase, &err));
    secret_copy(&f->desk, secret_bytes(vault_secret(v, "technical")));
    secret_copy(&f->node, secret_bytes(vault_secret(v, "node")));
    secret_copy(&f->diplomatic, secret_bytes(vault_secret(v, "diplomatic")));
    vault_close(v);
    memory_release(v);
    secret_release(&passphrase);
    f->t = t;
    f->first = log_at(t, XA, XA).size.n;
    return f;
}

static inline void thief_end(struct thief *f)
{
    secret_release(&f->desk);
    secret_release(&f->node);
    secret_release(&f->diplomatic);
}

static inline const char *replaced(struct three *t, const char *text, const char *old,
                                   const char *new)
{
    struct err err = {0};
    struct str made;
    const char *at = old == NULL ? NULL : strstr(text, old);
    if (old == NULL)
        return text;
    EXPECT(at != NULL);
    EXPECT_OK(arena_fmt(&t->arena, &made, &err, "%.*s%s%s", (int)(at - text), text, new,
                        at + strlen(old)));
    return made.ptr;
}

// A good message of XA to XB, of a number nobody has used.
static inline const char *good_text(struct thief *f)
{
    struct err err = {0};
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    char time[MOMENT_CHARS + 1];
    const struct book *book = f->t->at[XA].clerk.codebook.current;
    struct moment now = clerk_now(&f->t->at[XA].clerk);
    digest_write(&book->hash, hash);
    moment_write(now, time);
    EXPECT_OK(arena_fmt(&f->t->arena, &text, &err,
                        "elchi record v1\nlog %s\ntype message\nfrom XA/technical\n"
                        "to XB/technical\nref XA/XB-%d-%04u\ntime %s\nprecedence ROUTINE\n"
                        "tlp GREEN\nexercise no\ncodebook %u %s\n01 C03\n",
                        origins[XA], moment_year(now), (unsigned)(9000 + f->count), time,
                        (unsigned)book->version, hash));
    return text.ptr;
}

static inline void sign_line(struct thief *f, const char *text, const struct hostile *h,
                             const struct secret *seed, const char *role, struct writer *w)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    struct str name;
    struct signature s;
    (void)h;
    EXPECT_OK(arena_fmt(&f->t->arena, &name, &err, "%s/%s", origins[XA], role));
    sign_public_of(seed, &key);
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    sign_message(seed, str_bytes(str_of(text)), &s);
    note_signature_line(&named, bytes_of(s.octets, sizeof s.octets), w);
}

static inline struct bytes signed_note(struct thief *f, const char *text, const struct hostile *h)
{
    struct err err = {0};
    struct secret stranger = {0};
    uint8_t *room = arena_new(&f->t->arena, uint8_t, NOTE_BYTES_MAX);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    EXPECT_OK(sign_seed_new(world_real(), &stranger, &err));
    const char *role = h->role == NULL ? "technical" : h->role;
    const struct secret *seed = strcmp(role, "diplomatic") == 0 ? &f->diplomatic
                                : strcmp(role, "node") == 0     ? &f->node
                                                                : &f->desk;
    writer_put(&w, str_bytes(str_of(text)));
    writer_u8(&w, '\n');
    sign_line(f, text, h, h->stranger ? &stranger : seed, role, &w);
    if (h->twice)
        sign_line(f, text, h, &f->diplomatic, "diplomatic", &w);
    EXPECT(!w.full);
    secret_release(&stranger);
    return writer_bytes(&w);
}

static inline struct bytes sealed_blob(struct thief *f, struct bytes note,
                                       const struct blind *blind, const struct hostile *h)
{
    struct err err = {0};
    struct age_recipient to[2];
    struct bytes plain = str_bytes(STR("octets that are no body at all"));
    struct bytes blob;
    struct sealed_body body = {str_of(h->inner_from == NULL ? origins[XA] : h->inner_from),
                               str_of(h->inner_to == NULL ? origins[XB] : h->inner_to), *blind,
                               note};
    for (int i = XA; i <= XB; i++) {
        const struct chain *chain = clerk_chain(&f->t->at[XA].clerk, origin_of(i));
        EXPECT_OK(age_recipient_read(chain_newest(chain)->keys.encryption, &to[i], &err));
    }
    if (!h->no_body)
        EXPECT_OK(sealed_body_write(&body, &f->t->arena, &plain, &err));
    EXPECT_OK(age_file_seal(world_real(), to, 2, plain, &f->t->arena, &blob, &err));
    return blob;
}

// Adds an entry; returns its index.
static inline uint64_t thief_add(struct thief *f, const struct hostile *h)
{
    struct err err = {0};
    struct blind blind = {{(uint8_t)f->count, 2, 3}};
    size_t at = f->count;
    EXPECT(at < HOSTILE_MAX);
    const char *text = replaced(f->t, h->text == NULL ? good_text(f) : h->text, h->old, h->new);
    struct bytes note = signed_note(f, text, h);
    struct bytes inside = note;
    if (h->other_note)
        inside = signed_note(f, replaced(f->t, text, "01 C03", "01 C01"), h);
    struct open_body open = {blind, inside};
    if (h->entry != NULL) {
        f->entries[at] = str_bytes(str_of(h->entry));
    } else {
        if (h->open)
            EXPECT_OK(open_body_write(&open, &f->t->arena, &f->blobs[at], &err));
        else
            f->blobs[at] = sealed_blob(f, inside, &blind, h);
        struct entry e = entry_of(h->open ? ENTRY_OPEN : ENTRY_SEALED, f->blobs[at], &blind, note);
        EXPECT_OK(entry_write(&e, &f->t->arena, &f->entries[at], &err));
    }
    f->count++;
    return f->first + at;
}

// The columns of TAKE_ENTRIES for all of them, under a checkpoint that `seed` signed.
static inline struct buffer thief_log(struct thief *f, const struct secret *seed)
{
    struct err err = {0};
    struct buffer b = columns(f->t);
    struct exchange_log log = log_at(f->t, XA, XA);
    struct sign_public key;
    struct note_key named;
    struct checkpoint own;
    uint8_t *room = arena_new(&f->t->arena, uint8_t, CHECKPOINT_NOTE_BYTES);
    struct writer w = writer_of(room, CHECKPOINT_NOTE_BYTES);
    for (size_t i = 0; i < f->count; i++) {
        struct digest leaf = merkle_leaf(f->entries[i]);
        edge_append(&log.edge, &leaf);
    }
    struct digest root = edge_root(&log.edge);
    sign_public_of(seed, &key);
    EXPECT_OK(note_key_make(origin_of(XA), NOTE_KEY_ED25519, &key, &named, &err));
    checkpoint_sign(log.edge.size, &root, &named, seed, &w, &own);
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_number(&b, f->first, 8);
    buffer_block32(&b, writer_bytes(&w));
    buffer_number(&b, f->count, 4);
    for (size_t i = 0; i < f->count; i++)
        buffer_block16(&b, f->entries[i]);
    return b;
}

// Body number `at` to XB, announced as XA's own node would.
static inline struct act_result thief_body(struct thief *f, size_t at)
{
    struct exchange_offer offer = {
        .at = {f->first + at}, .hash = digest_of(f->blobs[at]), .size = f->blobs[at].len};
    struct buffer hint = hint_of(f->t, XA, XA, &offer);
    must(act(f->t, XB, clerk_act_take_waiting, &hint));
    struct buffer piece = piece_of(f->t, XA, &offer.hash, f->blobs[at], 0, f->blobs[at].len);
    return act(f->t, XB, clerk_act_take_blob, &piece);
}

// What XB's officers see at an index of XA's log.
static inline bool shown_at(struct thief *f, uint64_t index, struct office_record *ret)
{
    struct err err = {0};
    struct err why = {0};
    struct txn txn = {0};
    EXPECT_OK(db_begin(f->t->at[XB].clerk.office, &txn, &err));
    bool found = office_record_at(&txn, origin_of(XA), index, &f->t->arena, ret, &why);
    txn_release(&txn);
    return found;
}
#endif
