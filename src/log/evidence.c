#include "log/evidence.h"

#include "base/encode.h"
#include "log/parts.h"

#include <stdio.h>

static const char clause[] = "elchi evidence v1";

#define EVIDENCE_WORD(name, word) [name] = (word),
static const char *const words[EVIDENCE_KIND_COUNT] = {EVIDENCE_KINDS(EVIDENCE_WORD)};

static bool has_leaves(enum evidence_kind kind)
{
    return kind == EVIDENCE_SAME_INDEX || kind == EVIDENCE_COSIGNED_INDEX;
}

static bool has_cosigner(enum evidence_kind kind)
{
    return kind == EVIDENCE_COSIGNED_SIZE || kind == EVIDENCE_COSIGNED_INDEX;
}

// -- reading ---------------------------------------------------------------------------------

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_MALFORMED, clause, "evidence: %s", what);
}

static bool kind_read(struct reader *r, enum evidence_kind *ret)
{
    struct str word = parts_value(r, STR("kind"));
    for (size_t k = 0; k < EVIDENCE_KIND_COUNT; k++)
        if (str_eq(word, str_of(words[k]))) {
            *ret = (enum evidence_kind)k;
            return true;
        }
    return false;
}

static bool text_value(struct reader *r, struct str word, struct str *ret, struct err *err)
{
    struct str value = parts_value(r, word);
    if (r->failed)
        return err_set(err, ERR_MALFORMED, clause, "evidence: no line \"%.*s\"", STR_ARG(word));
    return text_check_line(str_bytes(value), ret, err);
}

static bool key_read(struct reader *r, struct str word, struct note_key *ret, struct err *err)
{
    struct str vkey = {0};
    return text_value(r, word, &vkey, err) && note_key_read(vkey, ret, err);
}

static bool starts(const struct reader *r, struct str word)
{
    return r->rest.len >= word.len && memcmp(r->rest.ptr, word.ptr, word.len) == 0;
}

// The lines before the sections.
static bool head_read(struct reader *r, struct evidence *e, struct err *err)
{
    if (!str_eq(parts_line(r), str_of(clause)))
        return refuse(err, "the first line is another");
    if (!kind_read(r, &e->kind))
        return refuse(err, "its kind is not known");
    if (!text_value(r, STR("origin"), &e->origin, err) ||
        !checkpoint_origin_check(e->origin, err) || !key_read(r, STR("key"), &e->first.key, err))
        return false;
    e->second.key = e->first.key;
    if (starts(r, STR("second-key "))) {
        if (!key_read(r, STR("second-key"), &e->second.key, err))
            return false;
        if (note_key_eq(&e->first.key, &e->second.key))
            return refuse(err, "a second key that is the first");
    }
    if (e->first.key.type != NOTE_KEY_ED25519 || e->second.key.type != NOTE_KEY_ED25519)
        return refuse(err, "a log's key is of type 0x01");
    if (!has_cosigner(e->kind))
        return true;
    if (!key_read(r, STR("cosigner"), &e->cosigner, err))
        return false;
    return e->cosigner.type == NOTE_KEY_COSIGNER || refuse(err, "a cosigner's key is of type 0x04");
}

static bool side_read(struct reader *r, struct str word, struct str leaf_word, bool with_leaf,
                      struct evidence_side *side, struct err *err)
{
    uint64_t size = 0;
    struct str value = parts_value(r, word);
    if (r->failed || !decimal_read(value, EVIDENCE_BYTES_MAX, &size) || size == 0)
        return refuse(err, "a section begins with its name and size");
    side->section = reader_take(r, (size_t)size);
    if (r->failed)
        return refuse(err, "a section is shorter than its size");
    if (!with_leaf)
        return true;
    value = parts_value(r, leaf_word);
    if (r->failed || !hex_read(value, side->leaf.octets, DIGEST_BYTES))
        return refuse(err, "a leaf hash is 64 lower-case hex digits");
    return true;
}

bool evidence_read(struct bytes sent, struct evidence *ret, struct err *err)
{
    struct reader r = reader_of(sent);
    struct evidence e = {0};
    struct digest end, all;
    if (sent.len > EVIDENCE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "evidence of %zu octets; %d is the most", sent.len,
                       EVIDENCE_BYTES_MAX);
    if (!head_read(&r, &e, err))
        return false;
    bool leaves = has_leaves(e.kind);
    if (!side_read(&r, STR("first"), STR("first-leaf"), leaves, &e.first, err) ||
        !side_read(&r, STR("second"), STR("second-leaf"), leaves, &e.second, err))
        return false;
    all = digest_of(bytes_of(sent.ptr, sent.len - r.rest.len));
    struct str value = parts_value(&r, STR("end"));
    if (!reader_done(&r) || !digest_read(value, &end))
        return refuse(err, "the last line is not \"end\" and a hash");
    if (!digest_eq(&end, &all))
        return err_set(err, ERR_TAMPERED, clause, "evidence: the closing hash does not fit");
    *ret = e;
    return true;
}

// -- writing ---------------------------------------------------------------------------------

static void put(struct writer *w, struct str s)
{
    writer_put(w, str_bytes(s));
}

static void put_key(struct writer *w, struct str word, const struct note_key *key)
{
    put(w, word);
    note_key_write(key, w);
    put(w, STR("\n"));
}

static void put_leaf(struct writer *w, struct str word, const struct digest *leaf)
{
    char hex[2 * DIGEST_BYTES + 1];
    hex_write(bytes_of(leaf->octets, DIGEST_BYTES), hex);
    put(w, word);
    put(w, str_of(hex));
    put(w, STR("\n"));
}

void evidence_write(const struct evidence *e, struct writer *w)
{
    char end[DIGEST_TEXT_CHARS + 1];
    size_t start = w->len;
    put(w, STR("elchi evidence v1\nkind "));
    put(w, str_of(words[e->kind]));
    put(w, STR("\norigin "));
    put(w, e->origin);
    put(w, STR("\n"));
    put_key(w, STR("key "), &e->first.key);
    if (!note_key_eq(&e->first.key, &e->second.key))
        put_key(w, STR("second-key "), &e->second.key);
    if (has_cosigner(e->kind))
        put_key(w, STR("cosigner "), &e->cosigner);
    parts_number_write(STR("first "), e->first.section.len, w);
    writer_put(w, e->first.section);
    if (has_leaves(e->kind))
        put_leaf(w, STR("first-leaf "), &e->first.leaf);
    parts_number_write(STR("second "), e->second.section.len, w);
    writer_put(w, e->second.section);
    if (has_leaves(e->kind))
        put_leaf(w, STR("second-leaf "), &e->second.leaf);
    if (w->full)
        return;
    struct digest all = digest_of(bytes_of(w->ptr + start, w->len - start));
    digest_write(&all, end);
    put(w, STR("end "));
    put(w, str_of(end));
    put(w, STR("\n"));
}

// -- verifying -------------------------------------------------------------------------------

// What one side shows.
struct shown {
    struct checkpoint head;
    struct leaf_index index;
    uint64_t time_s;
};

static bool note_shown(const struct evidence *e, struct bytes sent, const struct note_key *key,
                       struct shown *s, struct err *err)
{
    struct note note = {0};
    size_t lines = has_cosigner(e->kind) ? 2 : 1;
    if (!checkpoint_open(sent, e->origin, key, 1, &s->head, &note, err))
        return false;
    if (note.signatures_count != lines || note.signatures[0].id != key->id ||
        !str_eq(note.signatures[0].name, key->name))
        return refuse(err, "a note in it holds other lines than those it needs");
    if (lines == 1)
        return true;
    return cosign_verify(&note.signatures[1], note.text, &e->cosigner, &s->time_s, err);
}

static bool side_shown(const struct evidence *e, const struct evidence_side *side, struct shown *s,
                       struct err *err)
{
    struct log_proof proof;
    if (!has_leaves(e->kind))
        return note_shown(e, side->section, &side->key, s, err);
    if (!proof_read(side->section, &proof, err))
        return false;
    if (proof.extra.len > 0)
        return refuse(err, "a proof in it has an extra line");
    s->index = proof.index;
    return note_shown(e, proof.note, &side->key, s, err) &&
           merkle_check_inclusion(side->leaf, proof.index, s->head.size, proof_of(&proof.path),
                                  s->head.root, err);
}

static bool contradict(const struct evidence *e, const struct shown *first,
                       const struct shown *second, struct err *err)
{
    if (has_leaves(e->kind) ? first->index.n != second->index.n
                            : first->head.size.n != second->head.size.n)
        return err_set(err, ERR_CONFLICT, clause, "evidence: the two speak of different places");
    if (has_leaves(e->kind) ? digest_eq(&e->first.leaf, &e->second.leaf)
                            : digest_eq(&first->head.root, &second->head.root))
        return err_set(err, ERR_CONFLICT, clause, "evidence: the two say the same");
    return true;
}

// Nothing in the sentence says whose doing it was, because nothing in the file does.
static void sentence_write(const struct evidence *e, const struct shown *first,
                           const struct shown *second, char ret[EVIDENCE_SENTENCE_BYTES])
{
    char second_key[KEY_NAME_BYTES_MAX + 32] = "", cosigner[KEY_NAME_BYTES_MAX + 48] = "";
    char where[160];
    if (!note_key_eq(&e->first.key, &e->second.key))
        (void)snprintf(second_key, sizeof second_key, " and key %.*s+%08x",
                       STR_ARG(e->second.key.name), (unsigned)e->second.key.id);
    if (has_cosigner(e->kind))
        (void)snprintf(cosigner, sizeof cosigner, " Both were cosigned with key %.*s+%08x.",
                       STR_ARG(e->cosigner.name), (unsigned)e->cosigner.id);
    if (has_leaves(e->kind))
        (void)snprintf(where, sizeof where, "they differ at entry %llu (trees of %llu and %llu)",
                       (unsigned long long)first->index.n, (unsigned long long)first->head.size.n,
                       (unsigned long long)second->head.size.n);
    else
        (void)snprintf(where, sizeof where, "they differ in the root at size %llu",
                       (unsigned long long)first->head.size.n);
    int len = snprintf(ret, EVIDENCE_SENTENCE_BYTES,
                       "Two histories of the log %.*s were signed with key %.*s+%08x%s: %s.%s This "
                       "may be fault, theft or intent.",
                       STR_ARG(e->origin), STR_ARG(e->first.key.name), (unsigned)e->first.key.id,
                       second_key, where, cosigner);
    CHECK(len > 0 && len < EVIDENCE_SENTENCE_BYTES);
}

bool evidence_verify(const struct evidence *e, struct evidence_found *ret, struct err *err)
{
    struct shown first = {0}, second = {0};
    if (!side_shown(e, &e->first, &first, err))
        return err_wrap(err, "the first history");
    if (!side_shown(e, &e->second, &second, err))
        return err_wrap(err, "the second history");
    if (!contradict(e, &first, &second, err))
        return false;
    ret->first = first.head;
    ret->second = second.head;
    ret->index = first.index;
    ret->first_time_s = first.time_s;
    ret->second_time_s = second.time_s;
    sentence_write(e, &first, &second, ret->sentence);
    return true;
}
