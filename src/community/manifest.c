#include "community/manifest.h"

#include <inttypes.h>

static const char clause[] = "FORMATS 2";

static const struct note_key *root_of(const struct keys_record *keys,
                                      const struct note_signature *line)
{
    for (size_t i = 0; i < keys->roots_count; i++)
        if (keys->roots[i].id == line->id)
            return &keys->roots[i];
    return NULL;
}

// Every line is by a root of `own` or of `before` (NULL for version 1) and verifies. A key that is
// a root of both versions counts for both.
static bool count_roots(const struct note *note, const struct keys_record *own,
                        const struct keys_record *before, size_t *ret_own, size_t *ret_before,
                        struct err *err)
{
    size_t by_own = 0;
    size_t by_before = 0;
    for (size_t i = 0; i < note->signatures_count; i++) {
        const struct note_signature *line = &note->signatures[i];
        const struct note_key *mine = root_of(own, line);
        const struct note_key *theirs = before == NULL ? NULL : root_of(before, line);
        uint64_t time = 0;
        if (mine == NULL && theirs == NULL)
            return err_set(err, ERR_TAMPERED, clause, "signature line %zu is by no root", i + 1);
        if (mine != NULL && !note_line_verify(line, note->text, mine, &time, err))
            return err_wrap(err, "signature line %zu", i + 1);
        // Two different keys may share an id only by somebody's intent; then both are asked.
        if (theirs != NULL && !note_line_verify(line, note->text, theirs, &time, err))
            return err_wrap(err, "signature line %zu", i + 1);
        by_own += mine != NULL;
        by_before += theirs != NULL;
    }
    *ret_own = by_own;
    *ret_before = by_before;
    return true;
}

static bool check_threshold(const char *whose, size_t have, unsigned need, struct err *err)
{
    if (have >= need)
        return true;
    return err_set(err, ERR_TAMPERED, clause, "%zu of %u needed roots of %s signed", have, need,
                   whose);
}

bool manifest_open_first(struct bytes sent, struct str origin, const struct digest *genesis,
                         struct manifest *ret, struct err *err)
{
    struct note note;
    struct manifest m = {.note = sent};
    size_t own = 0;
    size_t before = 0;
    if (!keys_note_read(sent, &note, &m.keys, err))
        return false;
    m.hash = keys_text_hash(note.text);
    if (!str_eq(m.keys.origin, origin))
        return err_set(err, ERR_CONFLICT, clause, "a key manifest of %.*s, not of %.*s",
                       STR_ARG(m.keys.origin), STR_ARG(origin));
    if (m.keys.version != 1)
        return err_set(err, ERR_CONFLICT, clause, "version %" PRIu64 " where version 1 belongs",
                       m.keys.version);
    if (!digest_eq(&m.hash, genesis))
        return err_set(err, ERR_TAMPERED, clause,
                       "version 1 is not the one whose hash the community names");
    if (!count_roots(&note, &m.keys, NULL, &own, &before, err) ||
        !check_threshold("version 1", own, m.keys.threshold, err))
        return false;
    *ret = m;
    return true;
}

// -- version N+1 -------------------------------------------------------------------------------

static bool check_place(const struct manifest *m, const struct manifest *previous, struct err *err)
{
    const struct keys_record *now = &m->keys;
    const struct keys_record *before = &previous->keys;
    if (!str_eq(now->origin, before->origin) || !str_eq(now->state, before->state))
        return err_set(err, ERR_CONFLICT, clause, "a key manifest of another State or origin");
    if (now->version <= before->version)
        return err_set(err, ERR_CONFLICT, clause,
                       "version %" PRIu64 " cannot follow version %" PRIu64, now->version,
                       before->version);
    if (now->version - before->version != 1)
        return err_set(err, ERR_GAP, clause,
                       "version %" PRIu64 " does not follow straight on version %" PRIu64,
                       now->version, before->version);
    if (!digest_eq(&now->previous, &previous->hash))
        return err_set(err, ERR_CONFLICT, clause,
                       "`previous` names another manifest than version %" PRIu64, before->version);
    // A demonstration stays one: nothing that began as a rehearsal becomes a State's word later.
    if (now->demo != before->demo)
        return err_set(err, ERR_DENIED, clause, "`demo` may not change between versions");
    return true;
}

static bool was_announced(const struct keys_record *before, const struct note_key *root)
{
    struct digest hash = keys_root_hash(root);
    for (size_t i = 0; i < before->next_count; i++)
        if (digest_eq(&before->next[i], &hash))
            return true;
    return false;
}

// The roots are distinct and as many as announced, so that each being announced makes them equal.
static bool check_announced(const struct keys_record *now, const struct keys_record *before,
                            struct err *err)
{
    if (now->roots_count != before->next_count || now->threshold != before->next_threshold)
        return err_set(err, ERR_TAMPERED, clause,
                       "%u of %zu roots, where version %" PRIu64 " announced %u of %zu",
                       now->threshold, now->roots_count, before->version, before->next_threshold,
                       before->next_count);
    for (size_t i = 0; i < now->roots_count; i++)
        if (!was_announced(before, &now->roots[i]))
            return err_set(err, ERR_TAMPERED, clause,
                           "root %zu is not among those version %" PRIu64 " announced", i + 1,
                           before->version);
    return true;
}

static bool public_eq(const struct note_key *a, const struct note_key *b)
{
    return memcmp(a->key.octets, b->key.octets, sizeof a->key.octets) == 0;
}

// The key under which `keys` enrols the same public key, or NULL.
static const struct note_key *enrolled(const struct keys_record *keys, const struct note_key *key)
{
    for (size_t i = 0; i < keys->roots_count; i++)
        if (public_eq(&keys->roots[i], key))
            return &keys->roots[i];
    for (int i = 0; i < KEYS_ROLE_COUNT; i++)
        if (keys->present[i] && public_eq(&keys->keys[i], key))
            return &keys->keys[i];
    return NULL;
}

static bool check_key(const struct keys_record *before, const struct note_key *key, struct err *err)
{
    const struct note_key *earlier = enrolled(before, key);
    if (earlier != NULL && !note_key_eq(earlier, key))
        return err_set(err, ERR_DENIED, "DESIGN 5.1", "the key of %.*s was the key of %.*s earlier",
                       STR_ARG(key->name), STR_ARG(earlier->name));
    for (size_t i = 0; i < before->compromised_count; i++)
        if (public_eq(&before->compromised[i].key, key))
            return err_set(err, ERR_DENIED, "DESIGN 5.5",
                           "the key of %.*s was named compromised earlier", STR_ARG(key->name));
    return true;
}

bool manifest_check_keys(const struct keys_record *now, const struct keys_record *before,
                         struct err *err)
{
    for (size_t i = 0; i < now->roots_count; i++)
        if (!check_key(before, &now->roots[i], err))
            return false;
    for (int i = 0; i < KEYS_ROLE_COUNT; i++)
        if (now->present[i] && !check_key(before, &now->keys[i], err))
            return false;
    return true;
}

bool manifest_open_next(struct bytes sent, const struct manifest *previous, struct manifest *ret,
                        struct err *err)
{
    struct note note;
    struct manifest m = {.note = sent};
    size_t own = 0;
    size_t before = 0;
    if (!keys_note_read(sent, &note, &m.keys, err))
        return false;
    m.hash = keys_text_hash(note.text);
    if (!check_place(&m, previous, err) || !check_announced(&m.keys, &previous->keys, err) ||
        !manifest_check_keys(&m.keys, &previous->keys, err))
        return false;
    if (!count_roots(&note, &m.keys, &previous->keys, &own, &before, err) ||
        !check_threshold("the version before", before, previous->keys.threshold, err) ||
        !check_threshold("the new version", own, m.keys.threshold, err))
        return false;
    *ret = m;
    return true;
}

bool manifest_copy(const struct manifest *from, struct arena *a, struct manifest *ret,
                   struct err *err)
{
    struct note note;
    struct manifest copy = {.hash = from->hash};
    if (!arena_copy(a, from->note, &copy.note, err))
        return false;
    if (!keys_note_read(copy.note, &note, &copy.keys, err))
        return false;
    *ret = copy;
    return true;
}
