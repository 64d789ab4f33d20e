#include "community/chain.h"

#include <inttypes.h>

static const char clause[] = "FORMATS 2";

void chain_init(struct chain *c, struct arena *a, struct str origin, struct str state,
                const struct digest *genesis)
{
    *c = (struct chain){.arena = a, .origin = origin, .state = state, .genesis = *genesis};
}

// -- opening behind what is held ---------------------------------------------------------------

static bool was_enrolled(const struct chain *c, size_t before, const struct note_key *key)
{
    for (size_t i = 0; i < before; i++) {
        const struct keys_record *k = &c->links[i]->manifest.keys;
        for (int r = 0; r < KEYS_ROLE_COUNT; r++)
            if (k->present[r] && note_key_eq(&k->keys[r], key))
                return true;
    }
    return false;
}

// What only all earlier versions together can tell.
static bool check_history(const struct chain *c, size_t before, const struct keys_record *now,
                          struct err *err)
{
    for (size_t i = 0; i < before; i++)
        if (!manifest_check_keys(now, &c->links[i]->manifest.keys, err))
            return false;
    for (size_t i = 0; i < now->compromised_count; i++)
        if (!was_enrolled(c, before, &now->compromised[i].key))
            return err_set(err, ERR_DENIED, "DESIGN 5.5",
                           "compromised key %zu was never a key of this State", i + 1);
    return true;
}

// Opens `note` as the version that follows on the first `before` links.
static bool open_behind(const struct chain *c, size_t before, struct bytes note,
                        struct manifest *ret, struct err *err)
{
    struct manifest m;
    if (before > 0) {
        if (!manifest_open_next(note, &c->links[before - 1]->manifest, &m, err))
            return false;
    } else {
        if (!manifest_open_first(note, c->origin, &c->genesis, &m, err))
            return false;
        if (!str_eq(m.keys.state, c->state))
            return err_set(err, ERR_CONFLICT, clause, "a key manifest of State %.*s, not %.*s",
                           STR_ARG(m.keys.state), STR_ARG(c->state));
    }
    if (!check_history(c, before, &m.keys, err))
        return false;
    *ret = m;
    return true;
}

// -- links -------------------------------------------------------------------------------------

// Puts a link behind the first `at`; what stood there gives way.
static bool put_link(struct chain *c, size_t at, const struct manifest *m, uint64_t index,
                     bool seen, struct err *err)
{
    CHECK(at <= c->count);
    if (at == CHAIN_VERSIONS_MAX)
        return err_set(err, ERR_LIMIT, clause, "more than %d versions", CHAIN_VERSIONS_MAX);
    // The table is as long as it may ever be: pointers only, 4 KiB, so that nothing ever moves.
    if (c->links == NULL)
        c->links = arena_new(c->arena, struct chain_link *, CHAIN_VERSIONS_MAX);
    struct chain_link *link = arena_new(c->arena, struct chain_link, 1);
    if (c->links == NULL || link == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for another key manifest");
    if (!manifest_copy(m, c->arena, &link->manifest, err))
        return false;
    link->index = index;
    link->seen = seen;
    c->links[at] = link;
    c->count = at + 1;
    return true;
}

static bool index_fits(const struct chain *c, size_t at, uint64_t index)
{
    if (index == CHAIN_INDEX_NONE)
        return true;
    if (index >= TREE_SIZE_MAX)
        return false;
    if (at == 0)
        return index == 0;
    uint64_t before = c->links[at - 1]->index;
    return before != CHAIN_INDEX_NONE && index > before;
}

// -- from outside the log ------------------------------------------------------------------------

static bool claim_again(struct chain *c, size_t at, uint64_t index, const struct digest *hash,
                        struct bytes note, struct err *err)
{
    struct chain_link *held = c->links[at];
    struct manifest other;
    if (digest_eq(&held->manifest.hash, hash)) {
        bool last = at + 1 == c->count || c->links[at + 1]->index == CHAIN_INDEX_NONE;
        if (held->index == CHAIN_INDEX_NONE && last && index_fits(c, at, index))
            held->index = index;
        return true;
    }
    if (!open_behind(c, at, note, &other, err))
        return false;
    return err_set(err, ERR_CONFLICT, "DESIGN 5.5",
                   "two valid manifests of version %zu were signed; this may be fault, theft or "
                   "intent",
                   at + 1);
}

bool chain_add_claimed(struct chain *c, uint64_t index, struct bytes note, struct err *err)
{
    struct note split;
    struct keys_record said;
    struct manifest m;
    if (!keys_note_read(note, &split, &said, err))
        return false;
    struct digest hash = keys_text_hash(split.text);
    if (said.version <= c->count)
        return claim_again(c, (size_t)(said.version - 1), index, &hash, note, err);
    if (!open_behind(c, c->count, note, &m, err))
        return false;
    if (!index_fits(c, c->count, index))
        return err_set(err, ERR_CONFLICT, clause,
                       "version %" PRIu64 " cannot stand at entry %" PRIu64, said.version, index);
    return put_link(c, c->count, &m, index, false, err);
}

// -- from the log --------------------------------------------------------------------------------

static size_t seen_count(const struct chain *c)
{
    size_t count = 0;
    while (count < c->count && c->links[count]->seen)
        count++;
    return count;
}

// The log shows that claims at or below `index` were false.
static void forget_claims(struct chain *c, size_t from, uint64_t index)
{
    for (size_t i = from; i < c->count; i++)
        if (c->links[i]->index <= index)
            for (size_t j = i; j < c->count; j++)
                c->links[j]->index = CHAIN_INDEX_NONE;
}

struct logged {
    uint64_t index;
    struct bytes note;
    enum chain_outcome outcome;
    struct bytes other;
    struct err why;
};

// A version that is in force already: the first valid one won.
static void logged_again(const struct chain *c, size_t at, const struct digest *hash,
                         struct logged *l)
{
    struct manifest other;
    if (digest_eq(&c->links[at]->manifest.hash, hash)) {
        l->outcome = CHAIN_KNOWN;
        return;
    }
    if (!open_behind(c, at, l->note, &other, &l->why))
        return;
    l->outcome = CHAIN_EVIDENCE;
    l->other = c->links[at]->manifest.note;
    (void)err_set(&l->why, ERR_VOID, "DESIGN 5.5",
                  "another valid manifest of version %zu stands before it", at + 1);
}

// The next version in log order. False only for want of room.
static bool logged_next(struct chain *c, size_t at, const struct digest *hash, struct logged *l,
                        struct err *err)
{
    struct manifest m;
    if (at < c->count && digest_eq(&c->links[at]->manifest.hash, hash)) {
        c->links[at]->index = l->index;
        c->links[at]->seen = true;
        forget_claims(c, at + 1, l->index);
        l->outcome = CHAIN_TAKEN;
        return true;
    }
    if (!open_behind(c, at, l->note, &m, &l->why))
        return true;
    enum chain_outcome outcome = CHAIN_TAKEN;
    if (at < c->count) {
        outcome = CHAIN_REPLACED;
        l->other = c->links[at]->manifest.note;
    }
    if (!put_link(c, at, &m, l->index, true, err))
        return false;
    l->outcome = outcome;
    return true;
}

static bool add_logged(struct chain *c, struct logged *l, struct err *err)
{
    struct note split;
    struct keys_record said;
    size_t seen = seen_count(c);
    if (!keys_note_read(l->note, &split, &said, &l->why))
        return true;
    struct digest hash = keys_text_hash(split.text);
    if (said.version <= seen) {
        logged_again(c, (size_t)(said.version - 1), &hash, l);
        return true;
    }
    if (seen == 0 && l->index != 0) {
        (void)err_set(&l->why, ERR_VOID, clause, "the first manifest of a log is entry 0");
        return true;
    }
    return logged_next(c, seen, &hash, l, err);
}

bool chain_add_logged(struct chain *c, uint64_t index, struct bytes note,
                      enum chain_outcome *ret_outcome, struct bytes *ret_other, struct err *ret_why,
                      struct err *err)
{
    size_t seen = seen_count(c);
    struct logged l = {.index = index, .note = note, .outcome = CHAIN_VOID};
    CHECK(index < TREE_SIZE_MAX);
    if (seen > 0 && index < c->links[seen - 1]->index)
        return err_set(err, ERR_CONFLICT, clause, "manifests come in log order");
    if (!add_logged(c, &l, err))
        return false;
    *ret_outcome = l.outcome;
    if (ret_other != NULL)
        *ret_other = l.other;
    if (ret_why != NULL && (l.outcome == CHAIN_VOID || l.outcome == CHAIN_EVIDENCE))
        *ret_why = l.why;
    return true;
}

void chain_log_reached(struct chain *c, struct tree_size size)
{
    if (size.n > 0)
        forget_claims(c, seen_count(c), size.n - 1);
}

// -- in force ------------------------------------------------------------------------------------

const struct manifest *chain_in_force_entry(const struct chain *c, struct leaf_index index)
{
    const struct manifest *found = NULL;
    for (size_t i = 0; i < c->count && c->links[i]->seen && c->links[i]->index < index.n; i++)
        found = &c->links[i]->manifest;
    return found;
}

const struct manifest *chain_in_force_checkpoint(const struct chain *c, struct tree_size size)
{
    const struct manifest *found = NULL;
    for (size_t i = 0; i < c->count && c->links[i]->index < size.n; i++)
        found = &c->links[i]->manifest;
    return found;
}

const struct manifest *chain_newest(const struct chain *c)
{
    return c->count == 0 ? NULL : &c->links[c->count - 1]->manifest;
}

const struct manifest *chain_version(const struct chain *c, uint64_t version)
{
    if (version == 0 || version > c->count)
        return NULL;
    return &c->links[version - 1]->manifest;
}

const struct keys_compromised *chain_compromised(const struct chain *c, const struct note_key *key)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct keys_record *k = &c->links[i]->manifest.keys;
        for (size_t j = 0; j < k->compromised_count; j++)
            if (note_key_eq(&k->compromised[j].key, key))
                return &k->compromised[j];
    }
    return NULL;
}

// `reach` is the tree size up to which the signature would speak.
static bool give_key(const struct chain *c, const struct manifest *m, enum keys_role role,
                     uint64_t reach, const struct note_key **ret, struct err *err)
{
    if (m == NULL)
        return err_set(err, ERR_NOT_FOUND, clause, "no key manifest of %.*s is in force there",
                       STR_ARG(c->origin));
    if (!m->keys.present[role])
        return err_set(err, ERR_NOT_FOUND, clause, "%.*s has no %s key there", STR_ARG(c->origin),
                       keys_role_word(role));
    const struct note_key *key = &m->keys.keys[role];
    const struct keys_compromised *named = chain_compromised(c, key);
    if (named != NULL && (!named->counts_before || reach > named->size.n))
        return err_set(err, ERR_DENIED, "DESIGN 5.5",
                       "the %s key of %.*s is named compromised and does not count there",
                       keys_role_word(role), STR_ARG(c->origin));
    *ret = key;
    return true;
}

bool chain_log_key(const struct chain *c, struct tree_size size, const struct note_key **ret,
                   struct err *err)
{
    return give_key(c, chain_in_force_checkpoint(c, size), KEYS_LOG, size.n, ret, err);
}

bool chain_entry_key(const struct chain *c, struct leaf_index index, enum keys_role role,
                     const struct note_key **ret, struct err *err)
{
    CHECK(index.n < TREE_SIZE_MAX);
    return give_key(c, chain_in_force_entry(c, index), role, index.n + 1, ret, err);
}

size_t chain_log_key_candidates(const struct chain *c, struct tree_size size,
                                struct note_key ret[2])
{
    struct err unused = {0}; // a key that does not count is left out
    size_t count = 0;
    const struct note_key *key = NULL;
    if (chain_log_key(c, size, &key, &unused))
        ret[count++] = *key;
    const struct manifest *seen =
        size.n == 0 ? NULL : chain_in_force_entry(c, (struct leaf_index){size.n});
    if (give_key(c, seen, KEYS_LOG, size.n, &key, &unused) &&
        (count == 0 || !note_key_eq(&ret[0], key)))
        ret[count++] = *key;
    return count;
}

static bool same_role_before(const struct chain *c, size_t version, enum keys_role role)
{
    for (size_t i = 0; i < version; i++)
        if (note_key_eq(&c->links[i]->manifest.keys.keys[role],
                        &c->links[version]->manifest.keys.keys[role]))
            return true;
    return false;
}

size_t chain_cosigner_keys(const struct chain *c, struct note_key *ret, size_t cap)
{
    static const enum keys_role both[] = {KEYS_WITNESS, KEYS_MIRROR};
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        for (size_t r = 0; r < 2; r++) {
            const struct note_key *key = &c->links[i]->manifest.keys.keys[both[r]];
            if (same_role_before(c, i, both[r]) || chain_compromised(c, key) != NULL)
                continue;
            if (count < cap)
                ret[count] = *key;
            count++;
        }
    }
    return count;
}

// -- wire ----------------------------------------------------------------------------------------

enum { WIRE_HEAD_BYTES = 12 };

bool chain_write(const struct chain *c, struct arena *a, struct bytes *ret, struct err *err)
{
    size_t size = 0;
    for (size_t i = 0; i < c->count; i++)
        size += WIRE_HEAD_BYTES + c->links[i]->manifest.note.len;
    if (size > CHAIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a chain of %zu octets", size);
    uint8_t *storage = arena_new(a, uint8_t, size + 1);
    if (storage == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for a chain of %zu octets", size);
    struct writer w = writer_of(storage, size);
    for (size_t i = 0; i < c->count; i++) {
        writer_u64(&w, c->links[i]->index);
        writer_block32(&w, c->links[i]->manifest.note);
    }
    CHECK(!w.full);
    *ret = writer_bytes(&w);
    return true;
}

static bool read_links(struct chain *c, struct reader *r, struct err *err)
{
    while (r->rest.len > 0) {
        uint64_t index = reader_u64(r);
        struct bytes note = reader_block32(r);
        size_t before = c->count;
        if (r->failed)
            return err_set(err, ERR_MALFORMED, clause, "a chain that ends within version %zu",
                           before + 1);
        if (!chain_add_claimed(c, index, note, err))
            return err_wrap(err, "version %zu", before + 1);
        if (c->count != before + 1)
            return err_set(err, ERR_MALFORMED, clause, "a version stands twice in a chain");
    }
    return true;
}

bool chain_read(struct chain *c, struct bytes sent, struct err *err)
{
    struct reader r = reader_of(sent);
    CHECK(c->count == 0);
    if (sent.len == 0)
        return err_set(err, ERR_MALFORMED, clause, "a chain without any version");
    if (sent.len > CHAIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a chain of %zu octets", sent.len);
    if (!read_links(c, &r, err)) {
        c->count = 0;
        return err_wrap(err, "chain of %.*s", STR_ARG(c->origin));
    }
    return true;
}

void chain_trust_indexes(struct chain *c)
{
    for (size_t i = 0; i < c->count && c->links[i]->index != CHAIN_INDEX_NONE; i++)
        c->links[i]->seen = true;
}
