#include "courier/bundle_read.h"

#include "community/held.h"
#include "courier/bundle_books.h"
#include "courier/bundle_file.h"
#include "log/tile.h"
#include "store/exchange_peer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULE "FORMATS 8"

enum {
    BATCH_BYTES = FRAME_BYTES_MAX - 262144, // entries of one frame, beside a checkpoint
    ROW_BATCH = 1024,                       // hints of one frame
    HEAD_PREFIX_BYTES = 8,                  // as in a session's HAVE
};
struct head {
    struct str origin;
    struct bytes note; // with every line
    struct checkpoint_claim claim;
    bool refused; // its entries were not taken
    bool shared;  // the clerk found it on our history
};
struct reading {
    const struct bundle_source *source;
    struct arena *arena;
    struct held held;
    struct bundle_file file;
    struct bytes index_note;
    struct str text;
    struct note_signature line;
    struct bundle_index index;
    struct bytes chain; // the writer's own keys, as the file has them
    struct head *heads;
    size_t heads_count;
    bool heads_done, waiting_done;
    bool *skipped; // of the members: a body that nobody waited for
    struct bundle_read_summary *sum;
};

static bool malformed(struct err *err, const char *what)
{
    return err_set(err, ERR_MALFORMED, RULE, "%s", what);
}

// -- pass one ------------------------------------------------------------------------------------
static bool read_index(struct reading *r, struct err *err)
{
    uint64_t size = 0;
    size_t n = 0;
    if (!bundle_file_next(&r->file, "index", &size, err))
        return false;
    if (size > BUNDLE_INDEX_BYTES_MAX + NOTE_LINE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "an index of %llu octets",
                       (unsigned long long)size);
    uint8_t *room = arena_new(r->arena, uint8_t, (size_t)size);
    if (room == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the index");
    if (!bundle_file_some(&r->file, room, (size_t)size, &n, err))
        return false;
    if (n != size)
        return malformed(err, "the index is cut short");
    r->index_note = bytes_of(room, n);
    return bundle_note_read(r->index_note, &r->text, &r->line, err) &&
           bundle_index_read(r->text, r->arena, &r->index, err);
}

static bool check_parties(struct reading *r, struct err *err)
{
    struct txn txn = {0};
    bool done =
        db_begin(r->source->exchange, &txn, err) && held_load(&txn, r->arena, &r->held, err);
    txn_release(&txn);
    if (!done)
        return false;
    if (!r->held.has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no community is applied here");
    if (community_by_origin(&r->held.community, r->index.origin) == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "its writer is no State of this community");
    if (!str_eq(r->index.to, r->source->own))
        return err_set(err, ERR_CONFLICT, RULE, "the file is for %.*s", STR_ARG(r->index.to));
    return held_is_on(&r->held, r->index.origin, OPTIN_EXCHANGE) ||
           err_set(err, ERR_DENIED, "DESIGN 1", "exchange with its writer is switched off");
}

static bool signed_by(const struct reading *r, const struct chain *chain, struct err *err)
{
    const struct manifest *newest = chain == NULL ? NULL : chain_newest(chain);
    uint64_t time_s = 0;
    if (newest == NULL || !newest->keys.present[KEYS_NODE])
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no node key of its writer is known");
    return note_line_verify(&r->line, r->text, &newest->keys.keys[KEYS_NODE], &time_s, err);
}

// By the key in force as we know it; else by that of a longer chain in the file, which proves
// itself against the community's genesis.
static bool check_signature(struct reading *r, struct err *err)
{
    const struct community_state *state = community_by_origin(&r->held.community, r->index.origin);
    const struct chain *known = held_chain(&r->held, r->index.origin);
    struct chain sent;
    struct err why = {0};
    CHECK(state != NULL);
    if (signed_by(r, known, &why))
        return true;
    chain_init(&sent, r->arena, state->origin, state->code, &state->genesis);
    if (r->chain.len > 0 && chain_read(&sent, r->chain, err) &&
        sent.count > (known == NULL ? 0 : known->count))
        return signed_by(r, &sent, err) || err_wrap(err, "signature of the index");
    return err_set(err, why.kind == ERR_NOT_FOUND && known == NULL ? ERR_NOT_FOUND : ERR_TAMPERED,
                   RULE, "signature of the index: %s", why.text);
}

static bool pass_one(struct reading *r, struct err *err)
{
    uint64_t size = 0;
    if (!bundle_file_rewind(&r->file, err) || !read_index(r, err) || !check_parties(r, err))
        return false;
    struct digest writer = origin_hash(r->index.origin);
    for (size_t i = 0; i < r->index.members_count; i++) {
        const struct bundle_member *m = &r->index.members[i];
        char name[BUNDLE_NAME_CHARS + 1];
        struct bytes octets;
        bundle_name_write(m, name);
        if (!bundle_file_next(&r->file, name, &size, err))
            return false;
        if (size != m->size)
            return err_set(err, ERR_MALFORMED, RULE, "%s has another size than the index says",
                           name);
        bool keys = m->kind == BUNDLE_KEYS && digest_eq(&m->named, &writer);
        bool done = keys ? bundle_file_whole(&r->file, m, &octets, err) &&
                               arena_copy(r->arena, octets, &r->chain, err)
                         : bundle_file_check(&r->file, m, err);
        if (!done)
            return err_wrap(err, "%s", name);
    }
    return bundle_file_end(&r->file, err) && check_signature(r, err);
}

// -- pass two ------------------------------------------------------------------------------------
// What ends the reading is our own trouble; what the clerk refuses of one member is told.
static bool refused(struct reading *r, const char *name, const struct err *why, struct err *err)
{
    struct bundle_refused *to = &r->sum->refused[r->sum->refused_count];
    if (why->kind == ERR_OFFLINE || why->kind == ERR_IO || why->kind == ERR_BUSY)
        return err_set(err, why->kind, why->clause, "%s: %.160s", name, why->text);
    to->why = *why;
    if (!arena_str(r->arena, str_of(name), &to->name, err))
        return false;
    r->sum->refused_count++;
    return true;
}

static struct str log_of(const struct reading *r, const struct bundle_member *m)
{
    const struct community_state *s = community_by_hash(&r->held.community, &m->named);
    return s == NULL ? (struct str){0} : s->origin;
}

static bool take_keys(struct reading *r, const struct bundle_member *m, struct bytes octets,
                      struct err *err)
{
    bool changed = false;
    struct str origin = log_of(r, m);
    if (origin.len == 0)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "keys of no State of this community");
    if (!clerk_take_manifests(r->source->clerk, origin, octets, &changed, err))
        return false;
    r->sum->manifests += changed ? 1 : 0;
    r->sum->held += changed ? 0 : 1;
    return true;
}

// The lines under our own checkpoint are counted here, for showing it takes them without a count. A
// refusal comes again from the showing, which tells the keeper before anything else.
static bool show_own_head(struct reading *r, const struct head *h, struct err *err)
{
    uint16_t fresh = 0;
    struct err again = {0};
    if (clerk_take_cosigs(r->source->clerk, h->origin, h->note, &fresh, &again))
        r->sum->cosignatures += fresh;
    return clerk_take_own_head(r->source->clerk, r->index.origin, h->note, r->index.time, err);
}

static bool note_head(struct reading *r, const struct bundle_member *m, struct bytes octets,
                      struct err *err)
{
    struct head *h = &r->heads[r->heads_count];
    struct note note;
    h->origin = log_of(r, m);
    if (h->origin.len == 0)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "a log of no State of this community");
    if (!arena_copy(r->arena, octets, &h->note, err) || !note_read(h->note, &note, err) ||
        !checkpoint_read(note.text, &h->claim, err))
        return false;
    if (!str_eq(h->claim.said.origin, h->origin))
        return err_set(err, ERR_CONFLICT, RULE, "a checkpoint under another log's name");
    r->heads_count++;
    return !str_eq(h->origin, r->source->own) || show_own_head(r, h, err);
}

static bool size_held(struct reading *r, struct str origin, uint64_t *ret, struct err *err)
{
    struct txn txn = {0};
    struct arena scratch;
    struct exchange_log log = {.size = {0}};
    struct err why = {0};
    arena_init(&scratch, 1 << 20);
    bool done = db_begin(r->source->exchange, &txn, err);
    if (done && !exchange_log_find(&txn, origin, &scratch, &log, &why) && why.kind != ERR_NOT_FOUND)
        done = err_set(err, why.kind, why.clause, "%s", why.text);
    txn_release(&txn);
    *ret = log.size.n;
    arena_release(&scratch);
    return done;
}

static bool note_gap(struct reading *r, struct str origin, uint64_t from)
{
    for (size_t i = 0; i < r->sum->gaps_count; i++)
        if (str_eq(r->sum->gaps[i].origin, origin))
            return true;
    r->sum->gaps[r->sum->gaps_count++] = (struct bundle_gap){origin, from};
    return true;
}

static bool split_package(struct bytes sent, struct bytes entries[TILE_WIDTH], size_t *ret_count,
                          struct err *err)
{
    struct reader in = reader_of(sent);
    size_t count = 0;
    while (!in.failed && in.rest.len > 0 && count < TILE_WIDTH)
        entries[count++] = reader_block16(&in);
    *ret_count = count;
    return reader_done(&in) || malformed(err, "not a package of entries");
}

// In frames of bounded size, all under one checkpoint; the log's own line is enough for them.
static bool take_package(struct reading *r, const struct head *h, struct clerk_entries *ask,
                         uint64_t *ret_size, struct err *err)
{
    const struct bytes *all = ask->entries;
    uint64_t first = ask->first.n;
    size_t left = ask->count;
    ask->checkpoint = h->note;
    while (left > 0) {
        struct tree_size size = {0};
        size_t octets = 0;
        size_t n = 0;
        while (n < left && (n == 0 || octets + all[n].len + 2 <= BATCH_BYTES))
            octets += all[n++].len + 2;
        ask->first.n = first;
        ask->entries = all;
        ask->count = n;
        if (!clerk_take_entries(r->source->clerk, ask, &size, err))
            return false;
        *ret_size = size.n;
        first += n;
        all += n;
        left -= n;
    }
    return true;
}

static struct head *head_of(struct reading *r, struct str origin)
{
    for (size_t i = 0; origin.len > 0 && i < r->heads_count; i++)
        if (str_eq(r->heads[i].origin, origin))
            return &r->heads[i];
    return NULL;
}

static bool log_is_taken(const struct reading *r, struct str origin)
{
    return held_is_on(&r->held, origin, OPTIN_EXCHANGE) ||
           held_is_on(&r->held, origin, OPTIN_MIRROR) || held_is_on(&r->held, origin, OPTIN_RELAY);
}

static bool take_entries(struct reading *r, const struct bundle_member *m, struct bytes octets,
                         struct err *err)
{
    struct bytes *entries = memory_new(TILE_WIDTH, sizeof *entries);
    struct head *h = head_of(r, log_of(r, m));
    struct clerk_entries ask = {.from = r->index.origin, .first = {m->number}, .entries = entries};
    uint64_t before = 0;
    uint64_t after = 0;
    bool own = h != NULL && str_eq(h->origin, r->source->own);
    bool done = h != NULL || malformed(err, "entries without a checkpoint over them");
    done = done && split_package(octets, entries, &ask.count, err) &&
           size_held(r, h->origin, &before, err);
    bool fresh = done && m->number + ask.count > before && (own || log_is_taken(r, h->origin));
    if (done && !fresh)
        r->sum->held++;
    if (fresh && m->number > before) {
        (void)note_gap(r, h->origin, before);
        fresh = false;
    }
    if (fresh) {
        ask.origin = h->origin;
        done = take_package(r, h, &ask, &after, err);
        h->refused = !done;
        r->sum->entries += done && after > before ? after - before : 0;
    }
    memory_release(entries);
    return done;
}

static bool take_evidence(struct reading *r, struct bytes octets, struct err *err)
{
    bool fresh = false;
    if (!clerk_take_evidence(r->source->clerk, octets, &fresh, err))
        return false;
    r->sum->evidence += fresh ? 1 : 0;
    r->sum->held += fresh ? 0 : 1;
    return true;
}

struct taking_blob {
    uint64_t at, have; // read of the file; held by the node
    bool complete;
};

// The next piece. What is held already is read over, so that the one after it starts where it must.
static bool take_piece(struct reading *r, const struct bundle_member *m, struct taking_blob *t,
                       struct err *err)
{
    uint64_t left = (t->at < t->have ? t->have : m->size) - t->at;
    size_t want = left < BUNDLE_PIECE_BYTES ? (size_t)left : (size_t)BUNDLE_PIECE_BYTES;
    size_t n = 0;
    bool is_new = t->at >= t->have;
    if (!bundle_file_some(&r->file, r->file.room, want, &n, err))
        return false;
    if (n != want)
        return malformed(err, "a body is cut short");
    if (is_new && !clerk_take_blob(r->source->clerk, r->index.origin, &m->hash, m->size, t->at,
                                   bytes_of(r->file.room, n), &t->have, &t->complete, err))
        return false;
    r->sum->bodies += t->complete ? 1 : 0;
    t->at += n;
    return true;
}

static bool take_blob(struct reading *r, const struct bundle_member *m, struct err *err)
{
    struct taking_blob t = {0};
    if (!clerk_blob_have(r->source->clerk, &m->hash, &t.have, &t.complete, err))
        return false;
    r->sum->held += t.complete ? 1 : 0;
    while (!t.complete && t.at < m->size)
        if (!take_piece(r, m, &t, err))
            return false;
    return true;
}

// -- between the kinds ---------------------------------------------------------------------------
static bool peer_holds(struct reading *r, const struct head *h, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    struct exchange_head known = {.size = {0}};
    struct err why = {0};
    bool done = db_begin(r->source->exchange, &txn, err);
    if (done && exchange_log_find(&txn, h->origin, r->arena, &log, &why))
        done = exchange_head_get(&txn, r->index.origin, log.id, r->arena, &known, err);
    txn_release(&txn);
    if (!done || known.size.n >= h->claim.said.size.n)
        return done;
    return clerk_peer_head(r->source->clerk, r->index.origin, h->origin, h->claim.said.size,
                           bytes_of(h->claim.said.root.octets, HEAD_PREFIX_BYTES),
                           known.cosigs_sent, err);
}

static bool settle_head(struct reading *r, struct head *h, struct err *err)
{
    uint16_t fresh = 0;
    if (h->refused || !(log_is_taken(r, h->origin) || str_eq(h->origin, r->source->own)))
        return true;
    if (!clerk_take_cosigs(r->source->clerk, h->origin, h->note, &fresh, err)) {
        if (err->kind != ERR_GAP && err->kind != ERR_NOT_FOUND)
            return false;
        uint64_t held = 0;
        *err = (struct err){0};
        if (str_eq(h->origin, r->source->own))
            return true;
        return size_held(r, h->origin, &held, err) &&
               (h->claim.said.size.n == 0 || note_gap(r, h->origin, held));
    }
    r->sum->cosignatures += fresh;
    r->sum->held += fresh == 0 ? 1 : 0;
    return peer_holds(r, h, err);
}

static bool settle_heads(struct reading *r, struct err *err)
{
    r->heads_done = true;
    for (size_t i = 0; i < r->heads_count; i++) {
        struct err why = {0};
        if (!settle_head(r, &r->heads[i], &why) && !refused(r, "checkpoint", &why, err))
            return false;
    }
    return true;
}

static bool settle_waiting(struct reading *r, struct err *err)
{
    r->waiting_done = true;
    for (size_t at = 0; at < r->index.waiting_count; at += ROW_BATCH) {
        size_t left = r->index.waiting_count - at;
        struct err why = {0};
        if (!clerk_take_waiting(r->source->clerk, r->index.origin, r->index.waiting + at,
                                left < ROW_BATCH ? left : ROW_BATCH, &why) &&
            !refused(r, "waiting", &why, err))
            return false;
    }
    return true;
}

// Heads count once all entries are in; hints once the entries they point at are verified.
static bool settle(struct reading *r, enum bundle_kind reached, struct err *err)
{
    if (reached >= BUNDLE_EVIDENCE && !r->heads_done && !settle_heads(r, err))
        return false;
    return reached < BUNDLE_BLOB || r->waiting_done || settle_waiting(r, err);
}

static bool take_member(struct reading *r, const struct bundle_member *m, struct err *err)
{
    struct bytes octets;
    if (m->kind == BUNDLE_BLOB)
        return take_blob(r, m, err);
    if (!bundle_file_whole(&r->file, m, &octets, err))
        return false;
    switch (m->kind) {
    case BUNDLE_KEYS:
        return take_keys(r, m, octets, err);
    case BUNDLE_CHECKPOINT:
        return note_head(r, m, octets, err);
    case BUNDLE_ENTRIES:
        return take_entries(r, m, octets, err);
    case BUNDLE_EVIDENCE:
        return take_evidence(r, octets, err);
    case BUNDLE_BLOB:
    case BUNDLE_KIND_COUNT:
        break;
    }
    return malformed(err, "no such member");
}

// Goes to the next member, which must be the one the index names there.
static bool next_member(struct reading *r, const struct bundle_member *m,
                        char name[BUNDLE_NAME_CHARS + 1], struct err *err)
{
    uint64_t size = 0;
    bundle_name_write(m, name);
    if (!bundle_file_next(&r->file, name, &size, err))
        return false;
    return size == m->size || malformed(err, "the file changed while it was read");
}

static bool from_the_start(struct reading *r, struct err *err)
{
    uint64_t size = 0;
    return bundle_file_rewind(&r->file, err) && bundle_file_next(&r->file, "index", &size, err);
}

static bool pass_two(struct reading *r, struct err *err)
{
    struct err books = {0};
    if (!bundle_books_take(r->source->clerk, &r->index, &books) &&
        !refused(r, "codebooks", &books, err))
        return false;
    if (!from_the_start(r, err))
        return false;
    for (size_t i = 0; i < r->index.members_count; i++) {
        const struct bundle_member *m = &r->index.members[i];
        char name[BUNDLE_NAME_CHARS + 1];
        struct err why = {0};
        if (!settle(r, m->kind, err) || !next_member(r, m, name, err))
            return false;
        if (take_member(r, m, &why))
            continue;
        r->skipped[i] = m->kind == BUNDLE_BLOB && why.kind == ERR_DENIED;
        if (r->skipped[i])
            r->sum->skipped++;
        else if (!refused(r, name, &why, err))
            return false;
    }
    return settle(r, BUNDLE_BLOB, err);
}

// An attachment is awaited only once the body that names it was opened, and may stand before it in
// the order of hashes: what nobody waited for is looked at once more.
static bool blobs_again(struct reading *r, struct err *err)
{
    if (r->sum->skipped == 0)
        return true;
    if (!from_the_start(r, err))
        return false;
    for (size_t i = 0; i < r->index.members_count; i++) {
        const struct bundle_member *m = &r->index.members[i];
        char name[BUNDLE_NAME_CHARS + 1];
        struct err why = {0};
        if (!next_member(r, m, name, err))
            return false;
        if (!r->skipped[i])
            continue;
        if (take_blob(r, m, &why))
            r->sum->skipped--;
        else if (why.kind != ERR_DENIED && !refused(r, name, &why, err))
            return false;
    }
    return true;
}

// -- the two entries -----------------------------------------------------------------------------
static bool begin(struct reading *r, const char *path, struct err *err)
{
    struct stat about;
    r->file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (r->file.fd < 0)
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no file %.160s", path);
    if (fstat(r->file.fd, &about) != 0 || !S_ISREG(about.st_mode))
        return err_set(err, ERR_USAGE, NULL, "%.160s is no plain file: it is read twice", path);
    r->file.file_bytes = (uint64_t)about.st_size;
    r->file.room = memory_new(BUNDLE_ENTRIES_BYTES_MAX, 1);
    return true;
}

static void end(struct reading *r)
{
    bundle_file_rest(&r->file);
    if (r->file.fd >= 0)
        (void)close(r->file.fd); // only read
    memory_release(r->file.room);
    memory_release(r);
}

bool bundle_verify(const struct bundle_source *source, const char *path, struct arena *a,
                   struct bundle_index *ret_index, struct err *err)
{
    struct reading *r = memory_new(1, sizeof *r);
    r->source = source;
    r->arena = a;
    r->file.fd = -1;
    bool done = begin(r, path, err) && pass_one(r, err);
    if (done)
        *ret_index = r->index;
    end(r);
    return done;
}

static bool make_room(struct reading *r, struct err *err)
{
    size_t count = r->index.members_count;
    r->heads = arena_new(r->arena, struct head, count + 1);
    r->skipped = arena_new(r->arena, bool, count + 1);
    r->sum->gaps = arena_new(r->arena, struct bundle_gap, 2 * count + 1);
    // A refusal per member, per checkpoint and per frame of hints, and one of books, at most.
    r->sum->refused = arena_new(r->arena, struct bundle_refused,
                                2 * count + r->index.waiting_count / ROW_BATCH + 3);
    r->sum->index = r->index;
    return (r->heads != NULL && r->skipped != NULL && r->sum->gaps != NULL &&
            r->sum->refused != NULL) ||
           err_set(err, ERR_LIMIT, "base/limits.h", "no room for %zu members", count);
}

bool bundle_read(const struct bundle_source *source, const char *path, struct arena *a,
                 struct bundle_read_summary *ret, struct err *err)
{
    struct bundle_read_summary sum = {.entries = 0};
    struct reading *r = memory_new(1, sizeof *r);
    r->source = source;
    r->arena = a;
    r->file.fd = -1;
    r->sum = &sum;
    bool done = begin(r, path, err) && pass_one(r, err) && make_room(r, err) && pass_two(r, err) &&
                blobs_again(r, err);
    if (done)
        *ret = sum;
    end(r);
    return done;
}
