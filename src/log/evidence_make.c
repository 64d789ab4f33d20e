#include "log/evidence.h"
#include "log/tile.h"

static const char clause[] = "elchi evidence v1";

// -- notes with the needed lines only --------------------------------------------------------

// The note's text, the key's line and, where given, the cosigner's line.
static bool note_bare(struct bytes sent, const struct note_key *key,
                      const struct note_key *cosigner, struct buffer *out, struct err *err)
{
    struct note note = {0};
    char line_text[NOTE_LINE_BYTES_MAX];
    const struct note_key *keys[2] = {key, cosigner};
    if (!note_read(sent, &note, err))
        return false;
    buffer_str(out, note.text);
    buffer_str(out, STR("\n"));
    for (size_t i = 0; i < 2 && keys[i] != NULL; i++) {
        const struct note_signature *line = note_line_of(&note, keys[i]);
        if (line == NULL)
            return err_set(err, ERR_NOT_FOUND, clause, "the note holds no line by %.*s",
                           STR_ARG(keys[i]->name));
        struct writer w = writer_of(line_text, sizeof line_text);
        note_line_write(line, &w);
        buffer_put(out, writer_bytes(&w));
    }
    return true;
}

static bool section_note(struct bytes sent, const struct note_key *key,
                         const struct note_key *cosigner, struct arena *a, struct bytes *ret,
                         struct err *err)
{
    struct buffer out;
    buffer_init(&out, a, EVIDENCE_BYTES_MAX);
    return note_bare(sent, key, cosigner, &out, err) && buffer_take(&out, ret, err);
}

static bool section_proof(struct log_proof *proof, struct arena *a, struct bytes *ret,
                          struct err *err)
{
    uint8_t octets[EVIDENCE_BYTES_MAX];
    struct writer w = writer_of(octets, sizeof octets);
    proof_write(proof, &w);
    if (w.full)
        return err_set(err, ERR_LIMIT, clause, "a proof does not fit evidence");
    return arena_copy(a, writer_bytes(&w), ret, err);
}

// A maker's last step: what does not convince us convinces nobody.
static bool finish(const struct evidence *made, struct evidence *ret, struct err *err)
{
    struct evidence_found found;
    if (!evidence_verify(made, &found, err))
        return false;
    *ret = *made;
    return true;
}

// -- E1 --------------------------------------------------------------------------------------

static bool origin_read(struct bytes sent, struct arena *a, struct checkpoint_claim *ret_claim,
                        struct str *ret_origin, struct err *err)
{
    struct note note = {0};
    return note_read(sent, &note, err) && checkpoint_read(note.text, ret_claim, err) &&
           arena_str(a, ret_claim->said.origin, ret_origin, err);
}

// Keys borrow their names; the copy makes them live as long as the arena.
static bool key_copy(const struct note_key *key, struct arena *a, struct note_key *ret,
                     struct err *err)
{
    *ret = *key;
    return arena_str(a, key->name, &ret->name, err) &&
           arena_str(a, key->mldsa_base64, &ret->mldsa_base64, err);
}

bool evidence_make_same_size(const struct evidence_history *first,
                             const struct evidence_history *second, struct arena *a,
                             struct evidence *ret, struct err *err)
{
    struct evidence e = {.kind = EVIDENCE_SAME_SIZE};
    struct checkpoint_claim claim = {0};
    if (!origin_read(first->note, a, &claim, &e.origin, err) ||
        !key_copy(&first->key, a, &e.first.key, err) ||
        !key_copy(&second->key, a, &e.second.key, err) ||
        !section_note(first->note, &first->key, NULL, a, &e.first.section, err) ||
        !section_note(second->note, &second->key, NULL, a, &e.second.section, err))
        return false;
    return finish(&e, ret, err);
}

// -- E2 --------------------------------------------------------------------------------------

// Is the complete node the same in both? False only when a source fails.
static bool node_same(struct tile_source *const from[2], unsigned level, uint64_t index,
                      bool *ret_same, struct err *err)
{
    struct digest a, b;
    if (!tile_source_node(from[0], level, index, &a, err) ||
        !tile_source_node(from[1], level, index, &b, err))
        return false;
    *ret_same = digest_eq(&a, &b);
    return true;
}

// Below a node that differs: the left child, if it differs, else the right one.
static bool descend(struct tile_source *const from[2], unsigned level, uint64_t index,
                    struct leaf_index *ret, struct err *err)
{
    for (; level > 0; level--) {
        bool same = false;
        if (!node_same(from, level - 1, 2 * index, &same, err))
            return false;
        index = 2 * index + (same ? 1 : 0);
    }
    ret->n = index;
    return true;
}

bool evidence_first_difference(struct tile_source *first, struct tree_size first_size,
                               struct tile_source *second, struct tree_size second_size,
                               struct leaf_index *ret, struct err *err)
{
    struct tile_source *const from[2] = {first, second};
    uint64_t common = first_size.n < second_size.n ? first_size.n : second_size.n;
    uint64_t start = 0;
    // The complete subtrees of the common size, from the left.
    for (unsigned level = EDGE_LEVELS; level-- > 0;) {
        bool same = false;
        if (!(common >> level & 1))
            continue;
        if (!node_same(from, level, start >> level, &same, err))
            return false;
        if (!same)
            return descend(from, level, start >> level, ret, err);
        start += UINT64_C(1) << level;
    }
    return err_set(err, ERR_CONFLICT, clause,
                   "the two histories agree: one tree begins with the other");
}

static bool side_at(const struct evidence_history *history, struct tree_size size,
                    struct leaf_index index, struct arena *a, struct evidence_side *ret,
                    struct err *err)
{
    struct log_proof proof = {.index = index};
    return tile_source_node(history->tiles, 0, index.n, &ret->leaf, err) &&
           merkle_make_inclusion(history->tiles, index, size, &proof.path, err) &&
           key_copy(&history->key, a, &ret->key, err) &&
           section_note(history->note, &history->key, NULL, a, &proof.note, err) &&
           section_proof(&proof, a, &ret->section, err);
}

bool evidence_make_same_index(const struct evidence_history *first,
                              const struct evidence_history *second, struct arena *a,
                              struct evidence *ret, struct err *err)
{
    struct evidence e = {.kind = EVIDENCE_SAME_INDEX};
    struct checkpoint_claim one, other;
    struct str other_origin;
    struct leaf_index index;
    CHECK(first->tiles != NULL);
    CHECK(second->tiles != NULL);
    if (!origin_read(first->note, a, &one, &e.origin, err) ||
        !origin_read(second->note, a, &other, &other_origin, err) ||
        !evidence_first_difference(first->tiles, one.said.size, second->tiles, other.said.size,
                                   &index, err) ||
        !side_at(first, one.said.size, index, a, &e.first, err) ||
        !side_at(second, other.said.size, index, a, &e.second, err))
        return false;
    return finish(&e, ret, err);
}

// -- E3 --------------------------------------------------------------------------------------

static bool side_cosigned(const struct evidence_side *base, bool with_proof, struct bytes note,
                          const struct note_key *cosigner, struct arena *a,
                          struct evidence_side *ret, struct err *err)
{
    struct log_proof proof;
    *ret = *base;
    if (!with_proof)
        return section_note(note, &base->key, cosigner, a, &ret->section, err);
    return proof_read(base->section, &proof, err) &&
           section_note(note, &base->key, cosigner, a, &proof.note, err) &&
           section_proof(&proof, a, &ret->section, err);
}

bool evidence_make_cosigned(const struct evidence *base, struct bytes first_note,
                            struct bytes second_note, const struct note_key *cosigner,
                            struct arena *a, struct evidence *ret, struct err *err)
{
    struct evidence e = *base;
    bool with_proof = base->kind == EVIDENCE_SAME_INDEX;
    CHECK(with_proof || base->kind == EVIDENCE_SAME_SIZE);
    e.kind = with_proof ? EVIDENCE_COSIGNED_INDEX : EVIDENCE_COSIGNED_SIZE;
    if (!key_copy(cosigner, a, &e.cosigner, err) ||
        !side_cosigned(&base->first, with_proof, first_note, cosigner, a, &e.first, err) ||
        !side_cosigned(&base->second, with_proof, second_note, cosigner, a, &e.second, err))
        return false;
    return finish(&e, ret, err);
}
