#include "courier/bundle_write.h"

#include "clerk/cosigned.h"
#include "community/held.h"
#include "courier/bundle_books.h"
#include "log/tile.h"
#include "store/exchange_blob.h"
#include "store/exchange_peer.h"
#include "store/exchange_witness.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define RULE "FORMATS 8"

enum {
    PLAN_BYTES_MAX = 512 << 20, // held community, chains, evidence and the members' table
    OFFERS_MAX = 16384,         // what the clerk takes as hints at a time
    LOGS_MAX = COMMUNITY_STATES_MAX + 1,
    MEMBERS_MAX = 8192, // more do not fit into one index
};

// What a member is made of; entries and blobs stay in the store until they are written.
struct source {
    struct bundle_member member; // first: sorting compares it
    struct bytes octets;         // of keys, checkpoint, evidence
    struct log_id log;           // of entries
    uint64_t count;
};
struct plan {
    const struct bundle_order *order;
    struct txn txn;
    struct arena arena;
    struct held held;
    struct source *sources;
    size_t count;
    struct exchange_log logs[LOGS_MAX];
    size_t logs_count;
    struct bundle_have have[LOGS_MAX + CLERK_BOOKS_MAX];
    size_t have_count;
    struct exchange_offer *offers;
    size_t offers_count;
    struct clerk_waiting *waiting;
    size_t waiting_count;
    struct bundle_written written;
};

// -- octets of a member --------------------------------------------------------------------------
typedef bool put_octets(void *context, struct bytes octets, struct err *err);
struct sink {
    put_octets *put;
    void *context;
};

static bool put_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    const struct sink *to = context;
    uint8_t size[2] = {(uint8_t)(entry.len >> 8), (uint8_t)entry.len};
    (void)at;
    CHECK(entry.len <= ENTRY_BYTES_MAX);
    return to->put(to->context, bytes_of(size, sizeof size), err) &&
           to->put(to->context, entry, err);
}

static bool put_piece(void *context, uint64_t offset, struct bytes octets, struct err *err)
{
    const struct sink *to = context;
    (void)offset;
    return to->put(to->context, octets, err);
}

static bool emit(struct plan *p, const struct source *s, struct sink *to, struct err *err)
{
    struct exchange_range range = {s->log, s->member.number, s->count, UINT64_MAX};
    uint64_t next = 0;
    if (s->member.kind == BUNDLE_BLOB)
        return exchange_blob_read(&p->txn, &s->member.hash, 0, s->member.size, put_piece, to, err);
    if (s->member.kind != BUNDLE_ENTRIES)
        return to->put(to->context, s->octets, err);
    if (!exchange_entries(&p->txn, range, put_entry, to, &next, err))
        return false;
    return next == s->member.number + s->count ||
           err_set(err, ERR_IO, NULL, "entries are missing in the store");
}

struct measure {
    struct hash hash;
    uint64_t size;
};
static bool measure_put(void *context, struct bytes octets, struct err *err)
{
    struct measure *m = context;
    (void)err;
    hash_put(&m->hash, octets);
    m->size += octets.len;
    return true;
}

static bool add(struct plan *p, const struct source *s, struct err *err)
{
    struct measure m = {.size = 0};
    struct sink sink = {measure_put, &m};
    if (p->count == MEMBERS_MAX)
        return err_set(err, ERR_LIMIT, "courier/bundle_index.h",
                       "more than %d members do not fit into one file", MEMBERS_MAX);
    p->sources[p->count] = *s;
    if (s->member.kind != BUNDLE_BLOB) { // a blob's name is its hash already
        hash_init(&m.hash);
        if (!emit(p, s, &sink, err))
            return false;
        p->sources[p->count].member.size = m.size;
        p->sources[p->count].member.hash = hash_end(&m.hash);
    }
    p->written.octets += p->sources[p->count].member.size;
    p->count++;
    return true;
}

// -- logs ----------------------------------------------------------------------------------------
static bool copy_log(void *context, const struct exchange_log *row, struct err *err)
{
    struct plan *p = context;
    bool own = str_eq(row->origin, p->order->own);
    bool readers = str_eq(row->origin, p->order->to);
    if (!own && !readers && !held_is_on(&p->held, row->origin, OPTIN_EXCHANGE))
        return true;
    if (p->logs_count == LOGS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more logs than States");
    struct exchange_log *to = &p->logs[p->logs_count];
    *to = *row;
    p->logs_count++;
    return arena_str(&p->arena, row->origin, &to->origin, err) &&
           arena_copy(&p->arena, row->checkpoint, &to->checkpoint, err);
}

static int by_origin(const void *a, const void *b)
{
    return str_cmp(((const struct exchange_log *)a)->origin,
                   ((const struct exchange_log *)b)->origin);
}

static bool add_keys(struct plan *p, const struct exchange_log *log, struct err *err)
{
    struct source s = {.member = {.kind = BUNDLE_KEYS, .named = origin_hash(log->origin)}};
    const struct chain *chain = held_chain(&p->held, log->origin);
    return chain == NULL || (chain_write(chain, &p->arena, &s.octets, err) && add(p, &s, err));
}

static bool add_checkpoint(struct plan *p, const struct exchange_log *log, struct err *err)
{
    struct source s = {.member = {.kind = BUNDLE_CHECKPOINT, .named = origin_hash(log->origin)}};
    struct err why = {0};
    if (log->signed_size.n == 0)
        return true;
    if (!clerk_cosigned_at(&p->txn, log, log->signed_size, &p->arena, &s.octets, &why)) {
        if (why.kind != ERR_NOT_FOUND)
            return err_set(err, why.kind, why.clause, "%s", why.text);
        s.octets = log->checkpoint;
    }
    return add(p, &s, err);
}

// What the reader is known to hold counts only where it is our history too.
static bool assume(struct plan *p, const struct exchange_log *log, uint64_t *ret_from,
                   struct err *err)
{
    struct exchange_head head;
    struct exchange_tiles *tiles = arena_new(&p->arena, struct exchange_tiles, 1);
    struct bundle_have *have = &p->have[p->have_count];
    *ret_from = 0;
    if (p->order->all)
        return true;
    if (tiles == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for tiles");
    if (!exchange_head_get(&p->txn, p->order->to, log->id, &p->arena, &head, err))
        return false;
    have->origin = log->origin;
    have->size.n = head.size.n < log->signed_size.n ? head.size.n : log->signed_size.n;
    if (have->size.n == 0)
        return true;
    exchange_tiles_init(tiles, &p->txn, log->id);
    if (!merkle_subtree_hash(&tiles->source, (struct subtree){0, have->size.n}, &have->root, err))
        return false;
    bool ours = head.size.n > have->size.n ||
                (head.root_prefix.len > 0 && head.root_prefix.len <= DIGEST_BYTES &&
                 memcmp(head.root_prefix.ptr, have->root.octets, head.root_prefix.len) == 0);
    if (!ours)
        return true;
    *ret_from = have->size.n;
    p->have_count++;
    return true;
}

static bool add_entries(struct plan *p, const struct exchange_log *log, struct err *err)
{
    uint64_t at = 0;
    // The reader's own log is of use to it only when it lost it; then it asks for everything.
    if (str_eq(log->origin, p->order->to) && !p->order->all)
        return true;
    if (!assume(p, log, &at, err))
        return false;
    while (at < log->signed_size.n) {
        uint64_t end = (at / TILE_WIDTH + 1) * TILE_WIDTH;
        end = end < log->signed_size.n ? end : log->signed_size.n;
        struct source s = {
            .member = {.kind = BUNDLE_ENTRIES, .named = origin_hash(log->origin), .number = at},
            .log = log->id,
            .count = end - at};
        if (!add(p, &s, err))
            return false;
        p->written.entries += s.count;
        at = end;
    }
    return true;
}

static bool add_evidence(void *context, const struct exchange_evidence *row, struct err *err)
{
    struct plan *p = context;
    struct source s = {.member = {.kind = BUNDLE_EVIDENCE, .number = p->written.evidence}};
    p->written.evidence++;
    return arena_copy(&p->arena, row->octets, &s.octets, err) && add(p, &s, err);
}

// -- blobs ---------------------------------------------------------------------------------------
static bool copy_offer(void *context, const struct exchange_offer *row, struct err *err)
{
    struct plan *p = context;
    (void)err;
    p->offers[p->offers_count++] = *row; // `reader` is not looked at again
    return true;
}

static bool offer_stands(struct plan *p, const struct exchange_offer *o, bool *ret, struct err *err)
{
    struct exchange_blob blob;
    struct err why = {0};
    *ret = false;
    if (!exchange_reader_may(&p->txn, &o->hash, p->order->to, ret, err))
        return false;
    if (!*ret)
        return true;
    if (!exchange_blob_get(&p->txn, &o->hash, &blob, &why)) {
        *ret = false;
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    }
    *ret = blob.complete && blob.size == o->size;
    return true;
}

static bool add_offer(struct plan *p, const struct exchange_offer *o, struct err *err)
{
    bool stands = false;
    struct exchange_log log;
    struct source s = {
        .member = {.kind = BUNDLE_BLOB, .named = o->hash, .size = o->size, .hash = o->hash}};
    if (!offer_stands(p, o, &stands, err))
        return false;
    if (!stands)
        return true;
    if (!exchange_log_get(&p->txn, o->log, &p->arena, &log, err))
        return false;
    p->waiting[p->waiting_count++] =
        (struct clerk_waiting){.origin = log.origin,
                               .index = o->at,
                               .hash = o->hash,
                               .size = o->size,
                               .precedence = (enum precedence)(o->precedence & 3U)};
    for (size_t i = 0; i < p->count; i++) // one attachment may stand under several records
        if (p->sources[i].member.kind == BUNDLE_BLOB &&
            digest_eq(&p->sources[i].member.hash, &o->hash))
            return true;
    p->written.bodies++;
    return add(p, &s, err);
}

static bool add_offers(struct plan *p, struct err *err)
{
    p->offers = arena_new(&p->arena, struct exchange_offer, OFFERS_MAX);
    p->waiting = arena_new(&p->arena, struct clerk_waiting, OFFERS_MAX);
    if (p->offers == NULL || p->waiting == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for offers");
    if (!exchange_offers(&p->txn, p->order->to, OFFERS_MAX, copy_offer, p, err))
        return false;
    for (size_t i = 0; i < p->offers_count; i++)
        if (!add_offer(p, &p->offers[i], err))
            return false;
    return true;
}

// -- the plan ------------------------------------------------------------------------------------
static bool may_write(struct plan *p, struct err *err)
{
    if (!held_load(&p->txn, &p->arena, &p->held, err))
        return false;
    if (!p->held.has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no community is applied here");
    if (community_by_origin(&p->held.community, p->order->to) == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no State of this community has that log");
    return held_is_on(&p->held, p->order->to, OPTIN_EXCHANGE) ||
           err_set(err, ERR_DENIED, "DESIGN 1", "exchange with that State is switched off");
}

static int by_name(const void *a, const void *b)
{
    return bundle_member_cmp(&((const struct source *)a)->member,
                             &((const struct source *)b)->member);
}

static bool choose(struct plan *p, struct err *err)
{
    p->sources = arena_new(&p->arena, struct source, MEMBERS_MAX);
    if (p->sources == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for members");
    if (!may_write(p, err) || !exchange_logs(&p->txn, copy_log, p, err))
        return false;
    qsort(p->logs, p->logs_count, sizeof *p->logs, by_origin);
    for (size_t i = 0; i < p->logs_count; i++)
        if (!add_keys(p, &p->logs[i], err) || !add_checkpoint(p, &p->logs[i], err) ||
            !add_entries(p, &p->logs[i], err))
            return false;
    if (!exchange_evidences(&p->txn, NULL, MEMBERS_MAX, add_evidence, p, err) ||
        !add_offers(p, err) || !bundle_books_put(&p->txn, &p->arena, p->have, &p->have_count, err))
        return false;
    qsort(p->sources, p->count, sizeof *p->sources, by_name);
    return true;
}

static bool sign_index(struct plan *p, struct bytes *ret, struct err *err)
{
    struct str text;
    struct buffer columns;
    struct bytes answer;
    struct bundle_member *members = arena_new(&p->arena, struct bundle_member, p->count + 1);
    if (members == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for members");
    for (size_t i = 0; i < p->count; i++)
        members[i] = p->sources[i].member;
    struct bundle_index index = {.origin = p->order->own,
                                 .to = p->order->to,
                                 .time = world_now(p->order->world),
                                 .have = p->have,
                                 .have_count = p->have_count,
                                 .waiting = p->waiting,
                                 .waiting_count = p->waiting_count,
                                 .members = members,
                                 .members_count = p->count};
    if (!bundle_index_write(&index, &p->arena, &text, err))
        return err_wrap(err, "index");
    buffer_init(&columns, &p->arena, FRAME_BYTES_MAX);
    buffer_block32(&columns, str_bytes(text));
    if (!clerk_ask(p->order->clerk, CLERK_SIGN_INDEX, buffer_bytes(&columns), &p->arena, &answer,
                   err))
        return false;
    struct reader r = reader_of(answer);
    *ret = reader_block32(&r);
    return reader_done(&r) || err_set(err, ERR_MALFORMED, "clerk/frames.h", "no index came back");
}

// -- the file ------------------------------------------------------------------------------------
static bool archive_failed(struct archive *a, struct err *err)
{
    const char *why = archive_error_string(a);
    return err_set(err, ERR_IO, NULL, "%.160s", why != NULL ? why : "the file was not written");
}

static bool put_archive(void *context, struct bytes octets, struct err *err)
{
    struct archive *a = context;
    return octets.len == 0 ||
           archive_write_data(a, octets.ptr, octets.len) == (la_ssize_t)octets.len ||
           archive_failed(a, err);
}

// Time, owner and mode are fixed, so that the same content gives the same octets.
static bool put_header(struct archive *a, const char *name, uint64_t size, struct err *err)
{
    struct archive_entry *entry = archive_entry_new();
    CHECK(entry != NULL);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    archive_entry_set_uid(entry, 0);
    archive_entry_set_gid(entry, 0);
    archive_entry_set_size(entry, (la_int64_t)size);
    bool done = archive_write_header(a, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return done || archive_failed(a, err);
}

static bool put_members(struct plan *p, struct archive *a, struct bytes index, struct err *err)
{
    struct sink sink = {put_archive, a};
    if (!put_header(a, "index", index.len, err) || !put_archive(a, index, err))
        return false;
    for (size_t i = 0; i < p->count; i++) {
        char name[BUNDLE_NAME_CHARS + 1];
        bundle_name_write(&p->sources[i].member, name);
        if (!put_header(a, name, p->sources[i].member.size, err) ||
            !emit(p, &p->sources[i], &sink, err))
            return err_wrap(err, "%s", name);
    }
    return true;
}

static bool put_file(struct plan *p, int fd, struct bytes index, struct err *err)
{
    struct archive *a = archive_write_new();
    CHECK(a != NULL);
    bool done = archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
                archive_write_add_filter_none(a) == ARCHIVE_OK &&
                archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
                archive_write_open_fd(a, fd) == ARCHIVE_OK;
    if (!done)
        (void)archive_failed(a, err);
    done = done && put_members(p, a, index, err);
    if (archive_write_close(a) != ARCHIVE_OK && done)
        done = archive_failed(a, err);
    (void)archive_write_free(a);
    if (done && fsync(fd) != 0)
        done = err_set(err, ERR_IO, NULL, "cannot sync the file");
    return done;
}

static bool write_new(struct plan *p, const char *path, struct bytes index, struct err *err)
{
    if (world_exists(p->order->world, path))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists already", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, ERR_IO, NULL, "cannot write %.160s", path);
    bool done = put_file(p, fd, index, err);
    (void)close(fd); // synced, or of no use
    if (!done)
        (void)unlink(path);
    return done;
}

bool bundle_write(const struct bundle_order *order, const char *path, struct bundle_written *ret,
                  struct err *err)
{
    struct bytes index;
    struct plan *p = memory_new(1, sizeof *p);
    p->order = order;
    arena_init(&p->arena, PLAN_BYTES_MAX);
    bool done = db_begin(order->exchange, &p->txn, err) && choose(p, err) &&
                sign_index(p, &index, err) && write_new(p, path, index, err);
    txn_release(&p->txn);
    p->written.members = p->count;
    if (done)
        *ret = p->written;
    arena_release(&p->arena);
    memory_release(p);
    return done;
}
