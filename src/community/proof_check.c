#include "community/proof_check.h"

#include "log/proof.h"

static const char clause[] = "FORMATS 9";

struct checking {
    struct arena *arena;
    struct proof_file file;
    struct proof_shown shown;
    struct log_proof path;
    struct note checkpoint;
};

static bool no_room(struct err *err)
{
    return err_set(err, ERR_LIMIT, NULL, "no room to verify a proof");
}

// -- community -----------------------------------------------------------------------------------

static bool check_community(struct checking *k, const struct digest *anchor, struct err *err)
{
    struct community *c = arena_new(k->arena, struct community, 1);
    if (c == NULL)
        return no_room(err);
    if (!community_read(k->arena, k->file.community, c, err))
        return err_wrap(err, "section community");
    k->shown.community = c;
    k->shown.verdict = ERR_UNANCHORED;
    if (anchor == NULL)
        return true;
    if (!digest_eq(&c->hash, anchor))
        return err_set(err, ERR_CONFLICT, clause,
                       "section community: another community than the one to be trusted");
    k->shown.verdict = ERR_NONE;
    return true;
}

// -- keys ----------------------------------------------------------------------------------------

static bool read_chain(struct checking *k, const struct proof_file_keys *section,
                       const struct community_state *s, struct chain **ret, struct err *err)
{
    struct chain *chain = arena_new(k->arena, struct chain, 1);
    if (chain == NULL)
        return no_room(err);
    chain_init(chain, k->arena, s->origin, s->code, &s->genesis);
    if (!chain_read(chain, section->chain, err))
        return false;
    chain_trust_indexes(chain);
    *ret = chain;
    return true;
}

static bool check_keys(struct checking *k, struct err *err)
{
    const struct community *c = k->shown.community;
    size_t next = 0; // the least place a further cosigner may have
    struct chain **chains = arena_new(k->arena, struct chain *, c->states_count);
    if (chains == NULL)
        return no_room(err);
    for (size_t i = 0; i < k->file.keys_count; i++) {
        const struct community_state *s = community_by_origin(c, k->file.keys[i].origin);
        if (s == NULL)
            return err_set(err, ERR_CONFLICT, clause,
                           "section keys %zu: an origin that is not of the community", i + 1);
        size_t at = (size_t)(s - c->states);
        if (chains[at] != NULL || (i > 0 && at < next))
            return err_set(err, ERR_MALFORMED, clause,
                           "section keys %zu: not in the order of States, each once", i + 1);
        if (!read_chain(k, &k->file.keys[i], s, &chains[at], err))
            return err_wrap(err, "section keys %zu", i + 1);
        if (i == 0)
            k->shown.author = s;
        else
            next = at + 1;
    }
    k->shown.chains = (struct chains){c, (const struct chain *const *)chains};
    return chains_check_keys(&k->shown.chains, k->arena, err) || err_wrap(err, "section keys");
}

// -- the checkpoint ------------------------------------------------------------------------------

// Cosigners' keys that were named compromised are known, and their lines must verify; they only do
// not count.
static const struct note_key *cosigner_key(const struct checking *k,
                                           const struct note_signature *line, bool *ret_disowned)
{
    static const enum keys_role both[] = {KEYS_WITNESS, KEYS_MIRROR};
    for (size_t i = 0; i < k->shown.community->states_count; i++) {
        const struct chain *chain = k->shown.chains.items[i];
        for (size_t n = 0; chain != NULL && n < 2 * chain->count; n++) {
            const struct note_key *key = &chain->links[n / 2]->manifest.keys.keys[both[n % 2]];
            if (key->id != line->id || !str_eq(key->name, line->name))
                continue;
            *ret_disowned = chain_compromised(chain, key) != NULL;
            return key;
        }
    }
    return NULL;
}

// Stricter than a note: no line may be by a stranger, none may stand twice.
static bool check_lines(struct checking *k, const struct note_key *log_key, struct err *err)
{
    for (size_t i = 0; i < k->checkpoint.signatures_count; i++) {
        const struct note_signature *line = &k->checkpoint.signatures[i];
        bool disowned = false;
        uint64_t time_s = 0;
        if (line->repeated)
            return err_set(err, ERR_MALFORMED, clause, "signature line %zu stands twice", i + 1);
        if (line->id == log_key->id && str_eq(line->name, log_key->name))
            continue; // verified when the checkpoint was opened
        const struct note_key *key = cosigner_key(k, line, &disowned);
        if (key == NULL)
            return err_set(err, ERR_TAMPERED, clause, "signature line %zu is by no known key",
                           i + 1);
        if (!note_line_verify(line, k->checkpoint.text, key, &time_s, err))
            return err_wrap(err, "signature line %zu", i + 1);
        k->shown.disowned += disowned;
    }
    return true;
}

// A log key that was named compromised counts up to a size and root. At that very size the root
// can be compared; below it, only whoever holds the log can (its inclusion was proven here).
static bool check_disowned_log(const struct chain *chain, const struct note_key *key,
                               const struct checkpoint *c, struct err *err)
{
    const struct keys_compromised *named = chain_compromised(chain, key);
    if (named == NULL || c->size.n != named->size.n || digest_eq(&c->root, &named->root))
        return true;
    return err_set(err, ERR_TAMPERED, "DESIGN 5.5",
                   "the log key is named compromised, and for this size another root counts");
}

static bool check_checkpoint(struct checking *k, struct err *err)
{
    const struct chain *chain = chains_of(&k->shown.chains, k->shown.author->origin);
    const struct note_key *key = NULL;
    struct checkpoint_claim claim;
    struct checkpoint opened;
    if (!proof_read(k->file.tlog_proof, &k->path, err))
        return false;
    if (k->path.extra.len > 0)
        return err_set(err, ERR_MALFORMED, clause, "`extra` has no place here");
    if (!note_read(k->path.note, &k->checkpoint, err) ||
        !checkpoint_read(k->checkpoint.text, &claim, err))
        return false;
    if (!chain_log_key(chain, claim.said.size, &key, err))
        return false;
    if (!proof_verify_log(&k->path, merkle_leaf(k->file.entry), k->shown.author->origin, key, 1,
                          &opened, err))
        return false;
    if (!check_disowned_log(chain, key, &opened, err) || !check_lines(k, key, err))
        return false;
    k->shown.size = opened.size;
    k->shown.root = opened.root;
    return quorum_count(&k->shown.chains, k->shown.author->origin, &k->checkpoint, NULL, k->arena,
                        &k->shown.quorum, err);
}

// -- the record ----------------------------------------------------------------------------------

static bool check_commitment(struct checking *k, struct err *err)
{
    struct entry entry;
    struct blind blind;
    if (!entry_read(k->file.entry, &entry, err))
        return err_wrap(err, "section entry");
    k->shown.kind = entry.kind;
    if (entry.kind == ENTRY_AS_IT_IS) {
        if (k->file.blind.len != 0)
            return err_set(err, ERR_MALFORMED, clause, "section blind: nothing is blinded here");
        if (!bytes_eq(entry.note, k->file.note))
            return err_set(err, ERR_TAMPERED, clause, "section note: not what the entry holds");
        return true;
    }
    if (k->file.blind.len != sizeof blind.octets)
        return err_set(err, ERR_MALFORMED, clause, "section blind: not 32 octets");
    memcpy(blind.octets, k->file.blind.ptr, sizeof blind.octets);
    return entry_check_note(&entry, &blind, k->file.note, err) || err_wrap(err, "section note");
}

static bool check_record(struct checking *k, struct err *err)
{
    struct record_keys keys = chains_record_keys(&k->shown.chains);
    struct record_place place = {k->shown.author->origin, k->path.index};
    struct verified_record *said = arena_new(k->arena, struct verified_record, 1);
    if (said == NULL)
        return no_room(err);
    if (!record_open(k->arena, k->file.note, &keys, place, said, err))
        return err_wrap(err, "section note");
    bool as_it_is = k->shown.kind == ENTRY_AS_IT_IS;
    bool sealed = k->shown.kind == ENTRY_SEALED;
    if (said->record.type->as_it_is != as_it_is || (!as_it_is && said->record.open == sealed))
        return err_set(err, ERR_VOID, "DESIGN 5.2",
                       "section entry: its kind does not agree with the record's type");
    k->shown.said = said;
    return true;
}

bool proof_file_verify(struct arena *a, struct bytes sent, const struct digest *anchor,
                       struct proof_shown *ret, struct err *err)
{
    struct checking *k = arena_new(a, struct checking, 1);
    if (k == NULL)
        return no_room(err);
    k->arena = a;
    if (!proof_file_read(a, sent, &k->file, err) || !check_community(k, anchor, err) ||
        !check_keys(k, err))
        return false;
    if (!check_checkpoint(k, err))
        return err_wrap(err, "section tlog-proof");
    if (!check_commitment(k, err) || !check_record(k, err))
        return false;
    *ret = k->shown;
    return true;
}
