// tests/courier/bundle_made.h - two nodes of a community, the courier's files between them, and a
// forger who holds XA's own node key: what he signs is refused for what it says, not for who signs.
#ifndef TESTS_COURIER_BUNDLE_MADE_H
#define TESTS_COURIER_BUNDLE_MADE_H
#define _DEFAULT_SOURCE // libarchive's header wants ssize_t's friends
#include "courier/bundle_read.h"
#include "courier/bundle_write.h"
#include "tests/clerk/states.h"

#include <archive.h>
#include <archive_entry.h>
#include <sqlite3.h>

enum { XA, XB, PARTS_MAX = 64 };
struct road {
    struct states all;
    struct db *exchange[2]; // read-only, as the courier has it
    struct secret forger;   // XA's node key
    unsigned files;         // names given so far
};

// -- the two nodes -------------------------------------------------------------------------------
static inline void steal_node_key(struct road *r)
{
    struct err err = {0};
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    secret_copy(&passphrase, str_bytes(STR("invented words for a test")));
    EXPECT_OK(vault_open(v, r->all.world, state_path(&r->all, &r->all.at[XA], "keeper"),
                         &passphrase, &err));
    secret_copy(&r->forger, secret_bytes(vault_secret(v, "node")));
    vault_close(v);
    memory_release(v);
    secret_release(&passphrase);
}

static inline void say_from(struct road *r, int who)
{
    struct err err = {0};
    struct draft_id draft;
    struct acknowledged done;
    struct state *s = &r->all.at[who];
    EXPECT_OK(state_draft_for(&r->all, s, who == XA ? "XB" : "XA", 3600, &draft, &err));
    EXPECT_OK(state_release(&r->all, s, &draft, &done, &err));
}

// XA has said `messages` things to XB, and nothing has travelled yet.
static inline struct road *road_new(unsigned messages)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct road *r = memory_new(1, sizeof *r);
    states_init(&r->all, 3, 1); // XC is a member whose node nobody started
    steal_node_key(r);
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    for (int i = XA; i <= XB; i++) {
        struct state *s = &r->all.at[i];
        state_up(&r->all, s);
        state_found(&r->all, s, "exchange witness mirror receipts");
        EXPECT_OK(exchange_open_read(driver, r->all.world, state_path(&r->all, s, "exchange.db"),
                                     &r->exchange[i], &err));
    }
    for (unsigned i = 0; i < messages; i++)
        say_from(r, XA);
    return r;
}

static inline void road_end(struct road *r)
{
    for (int i = XA; i <= XB; i++) {
        db_close(r->exchange[i]);
        state_down(&r->all.at[i]);
    }
    secret_release(&r->forger);
    states_release(&r->all);
    memory_release(r);
}

// What a node does by itself once it is left alone (cosign, show, receipt) is done.
static inline struct digest road_digest(struct road *r, int who);
static inline void road_settle(struct road *r, int who)
{
    struct timespec pause = {0, 60 * 1000 * 1000};
    struct digest last = road_digest(r, who);
    for (int still = 0, tries = 0; still < 2; tries++) {
        EXPECT(tries < 200);
        (void)nanosleep(&pause, NULL);
        struct digest now = road_digest(r, who);
        still = digest_eq(&now, &last) ? still + 1 : 0;
        last = now;
    }
}

// -- writing and reading -------------------------------------------------------------------------
static inline const char *road_file(struct road *r)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(&r->all.arena, &path, &err, "%s/%u.tar", r->all.folder, r->files++));
    return path.ptr;
}

static inline bool road_write(struct road *r, int from, int to, const char *path, struct err *err)
{
    struct bundle_written written;
    struct bundle_order order = {.world = r->all.world,
                                 .exchange = r->exchange[from],
                                 .clerk = &r->all.at[from].local,
                                 .own = r->all.at[from].origin,
                                 .to = r->all.at[to].origin};
    return bundle_write(&order, path, &written, err);
}

static inline const char *bundle_from(struct road *r, int from)
{
    struct err err = {0};
    const char *path = road_file(r);
    road_settle(r, from);
    EXPECT_OK(road_write(r, from, from == XA ? XB : XA, path, &err));
    return path;
}

static inline struct bundle_source road_source(struct road *r, int who)
{
    return (struct bundle_source){r->exchange[who], &r->all.at[who].local, r->all.at[who].origin};
}

struct reading_done {
    bool done;
    struct err err;
    struct bundle_read_summary sum;
};
static inline struct reading_done road_read(struct road *r, int who, const char *path)
{
    struct reading_done out = {0};
    struct bundle_source source = road_source(r, who);
    out.done = bundle_read(&source, path, &r->all.arena, &out.sum, &out.err);
    EXPECT(out.done || out.err.kind != ERR_NONE); // a refusal must say why
    if (out.done)
        road_settle(r, who);
    return out;
}

// What is refused changes nothing of what the node holds.
static inline void expect_refused(struct road *r, const char *path, enum err_kind kind,
                                  const char *says)
{
    struct digest before = road_digest(r, XB);
    struct reading_done out = road_read(r, XB, path);
    if (out.done || out.err.kind != kind || strstr(out.err.text, says) == NULL)
        fail_msg("wanted %s \"%s\", got %s \"%s\"", err_kind_word(kind), says,
                 err_kind_word(out.err.kind), out.err.text);
    EXPECT(out.err.clause != NULL);
    struct digest after = road_digest(r, XB);
    EXPECT(digest_eq(&before, &after));
}

// -- everything a node keeps, as one hash --------------------------------------------------------
static inline void hash_table(sqlite3 *db, const char *table, struct hash *h)
{
    sqlite3_stmt *rows = NULL;
    char text[256];
    (void)snprintf(text, sizeof text, "SELECT * FROM \"%s\" ORDER BY 1, 2", table);
    if (sqlite3_prepare_v2(db, text, -1, &rows, NULL) != SQLITE_OK) {
        (void)snprintf(text, sizeof text, "SELECT * FROM \"%s\" ORDER BY 1", table);
        EXPECT(sqlite3_prepare_v2(db, text, -1, &rows, NULL) == SQLITE_OK);
    }
    hash_put(h, bytes_of(table, strlen(table)));
    while (sqlite3_step(rows) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count(rows); c++) {
            const void *octets = sqlite3_column_blob(rows, c);
            int size = sqlite3_column_bytes(rows, c);
            hash_put(h, bytes_of(&size, sizeof size));
            if (size > 0)
                hash_put(h, bytes_of(octets, (size_t)size));
        }
    EXPECT(sqlite3_finalize(rows) == SQLITE_OK);
}

static inline void hash_store(struct road *r, int who, const char *store, struct hash *h)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    const char *path = state_path(&r->all, &r->all.at[who], store);
    EXPECT(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    EXPECT(sqlite3_busy_timeout(db, 5000) == SQLITE_OK);
    EXPECT(sqlite3_prepare_v2(db,
                              "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT "
                              "LIKE 'CREATE VIRTUAL%' ORDER BY name",
                              -1, &tables, NULL) == SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW)
        hash_table(db, (const char *)sqlite3_column_text(tables, 0), h);
    EXPECT(sqlite3_finalize(tables) == SQLITE_OK);
    EXPECT(sqlite3_close(db) == SQLITE_OK);
}

static inline struct digest road_digest(struct road *r, int who)
{
    struct hash h;
    hash_init(&h);
    hash_store(r, who, "exchange.db", &h);
    hash_store(r, who, "office.db", &h);
    return hash_end(&h);
}

static inline uint64_t held_of(struct road *r, int who, int whose)
{
    struct err err = {0};
    struct err why = {0};
    struct txn txn = {0};
    struct exchange_log log = {.size = {0}};
    EXPECT_OK(db_begin(r->exchange[who], &txn, &err));
    if (!exchange_log_find(&txn, r->all.at[whose].origin, &r->all.arena, &log, &why))
        log.size.n = 0;
    txn_release(&txn);
    return log.size.n;
}

// -- a file taken apart and put together another way ---------------------------------------------
struct part {
    const char *name;
    struct bytes octets;
    unsigned type;    // 0: a plain file
    const char *link; // of a link
    bool hard;
};
struct parcel {
    struct part parts[PARTS_MAX]; // the index first
    size_t count;
};

static inline struct parcel *parcel_open(struct road *r, const char *path)
{
    struct parcel *p = arena_new(&r->all.arena, struct parcel, 1);
    struct archive *a = archive_read_new();
    struct archive_entry *e = NULL;
    EXPECT(p != NULL && a != NULL);
    EXPECT(archive_read_support_format_tar(a) == ARCHIVE_OK);
    EXPECT(archive_read_open_filename(a, path, 65536) == ARCHIVE_OK);
    while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
        struct err err = {0};
        struct str name;
        size_t size = (size_t)archive_entry_size(e);
        uint8_t *octets = arena_new(&r->all.arena, uint8_t, size + 1);
        EXPECT(octets != NULL && p->count < PARTS_MAX);
        EXPECT(archive_read_data(a, octets, size) == (la_ssize_t)size);
        EXPECT_OK(arena_fmt(&r->all.arena, &name, &err, "%s", archive_entry_pathname(e)));
        p->parts[p->count++] = (struct part){.name = name.ptr, .octets = bytes_of(octets, size)};
    }
    (void)archive_read_free(a);
    return p;
}

static inline void put_part(struct archive *a, const struct part *part)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, part->name);
    archive_entry_set_filetype(e, part->type == 0 ? AE_IFREG : part->type);
    archive_entry_set_perm(e, 0644);
    if (part->link != NULL && part->hard)
        archive_entry_set_hardlink(e, part->link);
    else if (part->link != NULL)
        archive_entry_set_symlink(e, part->link);
    archive_entry_set_size(e, part->link == NULL ? (la_int64_t)part->octets.len : 0);
    EXPECT(archive_write_header(a, e) == ARCHIVE_OK);
    if (part->link == NULL && part->octets.len > 0)
        EXPECT(archive_write_data(a, part->octets.ptr, part->octets.len) ==
               (la_ssize_t)part->octets.len);
    archive_entry_free(e);
}

// As the program itself writes it, or in another format or through a filter.
static inline const char *parcel_write_as(struct road *r, const struct parcel *p, int format,
                                          int filter)
{
    const char *path = road_file(r);
    struct archive *a = archive_write_new();
    EXPECT(archive_write_set_format(a, format) == ARCHIVE_OK);
    EXPECT(archive_write_add_filter(a, filter) == ARCHIVE_OK);
    EXPECT(archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK);
    EXPECT(archive_write_open_filename(a, path) == ARCHIVE_OK);
    for (size_t i = 0; i < p->count; i++)
        put_part(a, &p->parts[i]);
    EXPECT(archive_write_close(a) == ARCHIVE_OK);
    (void)archive_write_free(a);
    return path;
}

static inline const char *parcel_write(struct road *r, const struct parcel *p)
{
    return parcel_write_as(r, p, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_NONE);
}

static inline size_t part_named(const struct parcel *p, const char *begin)
{
    for (size_t i = 0; i < p->count; i++)
        if (strncmp(p->parts[i].name, begin, strlen(begin)) == 0)
            return i;
    fail_msg("no member %s", begin);
    return 0;
}

// -- the index, read and signed anew -------------------------------------------------------------
struct forged {
    struct bundle_index index;
    struct bundle_member members[PARTS_MAX];
};
static inline struct forged forged_of(struct road *r, const struct parcel *p)
{
    struct err err = {0};
    struct forged f;
    struct str text;
    struct note_signature line;
    EXPECT_OK(bundle_note_read(p->parts[0].octets, &text, &line, &err));
    EXPECT_OK(bundle_index_read(text, &r->all.arena, &f.index, &err));
    EXPECT(f.index.members_count < PARTS_MAX);
    memcpy(f.members, f.index.members, f.index.members_count * sizeof *f.members);
    return f;
}

static inline void sign_text(struct road *r, struct parcel *p, struct str text,
                             const struct secret *seed)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    uint8_t *room = arena_new(&r->all.arena, uint8_t, text.len + 1024);
    struct writer w = writer_of(room, text.len + 1024);
    sign_public_of(seed, &key);
    EXPECT_OK(note_key_make(STR("xa.example/demo/node"), NOTE_KEY_ED25519, &key, &named, &err));
    note_sign(text, &named, seed, &w);
    EXPECT(!w.full);
    p->parts[0].octets = writer_bytes(&w);
}

static inline void sign_index(struct road *r, struct parcel *p, struct forged *f)
{
    struct err err = {0};
    struct str text;
    f->index.members = f->members;
    EXPECT_OK(bundle_index_write(&f->index, &r->all.arena, &text, &err));
    sign_text(r, p, text, &r->forger);
}

// Other octets for a part, and an index that says so: the parts follow the index in order.
static inline void replace_part(struct road *r, struct parcel *p, size_t at, struct bytes octets)
{
    struct forged f = forged_of(r, p);
    p->parts[at].octets = octets;
    f.members[at - 1].size = octets.len;
    f.members[at - 1].hash = digest_of(octets);
    sign_index(r, p, &f);
}

static inline void drop_part(struct parcel *p, size_t at)
{
    memmove(&p->parts[at], &p->parts[at + 1], (p->count - at - 1) * sizeof p->parts[0]);
    p->count--;
}

static inline struct bytes copy_of(struct road *r, struct bytes octets)
{
    struct err err = {0};
    struct bytes copy;
    EXPECT_OK(arena_copy(&r->all.arena, octets, &copy, &err));
    return copy;
}
#endif
