#include "keeper/client.h"

#include "base/frame.h"
#include "base/limits.h"
#include "keeper/frames.h"

#include <stdio.h>
#include <unistd.h>

enum { CALL_TIMEOUT_MS = 120000, SIGN_COUNT_MAX = 64, STANZAS_MAX = 256 };

static bool malformed(struct err *err, const char *what)
{
    return err_set(err, ERR_MALFORMED, "keeper/frames.h", "the keeper's answer to %s", what);
}

// One question, whose answer carries no descriptor.
static bool call(const struct keeper *k, struct arena *a, enum keeper_frame kind,
                 const struct buffer *columns, struct reader *ret, struct err *err)
{
    struct frame answer = {.fd = -1};
    struct bytes payload;
    if (!buffer_take(columns, &payload, err))
        return false;
    if (!frame_call(k->socket, (struct frame){(uint16_t)kind, payload, -1}, a, CALL_TIMEOUT_MS,
                    &answer, err))
        return err_wrap(err, "keeper");
    if (answer.fd >= 0)
        (void)close(answer.fd); // none was asked for
    *ret = reader_of(answer.payload);
    return true;
}

// The same, when nothing but "done" is expected.
static bool call_done(const struct keeper *k, struct arena *a, enum keeper_frame kind,
                      const struct buffer *columns, struct err *err)
{
    struct reader r;
    if (!call(k, a, kind, columns, &r, err))
        return false;
    return reader_done(&r) ? true : malformed(err, "an order");
}

static struct buffer columns_in(struct arena *a)
{
    struct buffer b;
    buffer_init(&b, a, FRAME_BYTES_MAX);
    return b;
}

static void put_digest(struct buffer *b, const struct digest *d)
{
    buffer_put(b, bytes_of(d->octets, DIGEST_BYTES));
}

static struct str take_str(struct reader *r)
{
    struct bytes b = reader_block16(r);
    return (struct str){(const char *)b.ptr, b.len};
}

bool keeper_status(const struct keeper *k, struct arena *a, struct keeper_status *ret,
                   struct err *err)
{
    struct buffer ask = columns_in(a);
    struct reader r;
    struct keeper_status s = {0};
    if (!call(k, a, KEEPER_STATUS, &ask, &r, err))
        return false;
    s.origin = take_str(&r);
    s.state = take_str(&r);
    s.size.n = reader_u64(&r);
    reader_copy(&r, s.root.octets, DIGEST_BYTES);
    s.checkpoint = reader_block32(&r);
    uint8_t lock = reader_u8(&r);
    s.lock_reason = take_str(&r);
    s.demo = reader_u8(&r) == 1;
    struct bytes text = reader_block32(&r);
    s.register_text = (struct str){(const char *)text.ptr, text.len};
    reader_copy(&r, s.register_hash.octets, DIGEST_BYTES);
    if (!reader_done(&r) || lock >= KEEPER_LOCK_COUNT)
        return malformed(err, "status");
    s.lock = (enum keeper_lock)lock;
    *ret = s;
    return true;
}

// Answers to both signing frames: u16 count, then each u8 kind and a note or a sentence.
static bool take_signed(struct reader *r, struct keeper_signed *ret, size_t count, struct err *err)
{
    if (reader_u16(r) != count)
        return malformed(err, "sign");
    for (size_t i = 0; i < count && !r->failed; i++) {
        uint8_t kind = reader_u8(r);
        if (kind >= ERR_KIND_COUNT)
            return malformed(err, "sign");
        ret[i] = (struct keeper_signed){0};
        if (kind == ERR_NONE) {
            ret[i].note = reader_block32(r);
            continue;
        }
        struct str why = take_str(r);
        (void)err_set(&ret[i].refused, (enum err_kind)kind, "keeper", "%.*s", STR_ARG(why));
    }
    return reader_done(r) ? true : malformed(err, "sign");
}

bool keeper_sign_records(const struct keeper *k, struct arena *a, const struct keeper_signing *asks,
                         size_t count, struct keeper_signed *ret, struct err *err)
{
    struct buffer ask = columns_in(a);
    struct reader r;
    CHECK(count <= SIGN_COUNT_MAX);
    buffer_number(&ask, count, 2);
    for (size_t i = 0; i < count; i++) {
        buffer_put(&ask, bytes_of(asks[i].draft.octets, DRAFT_ID_BYTES));
        buffer_block32(&ask, str_bytes(asks[i].text));
        buffer_number(&ask, asks[i].approvals_count, 2);
        for (size_t n = 0; n < asks[i].approvals_count; n++)
            buffer_block16(&ask, asks[i].approvals[n]);
    }
    return call(k, a, KEEPER_SIGN_RECORDS, &ask, &r, err) && take_signed(&r, ret, count, err);
}

bool keeper_sign_node(const struct keeper *k, struct arena *a, const struct str *texts,
                      size_t count, struct keeper_signed *ret, struct err *err)
{
    struct buffer ask = columns_in(a);
    struct reader r;
    CHECK(count <= SIGN_COUNT_MAX);
    buffer_number(&ask, count, 2);
    for (size_t i = 0; i < count; i++)
        buffer_block32(&ask, str_bytes(texts[i]));
    return call(k, a, KEEPER_SIGN_NODE, &ask, &r, err) && take_signed(&r, ret, count, err);
}

// One block in, one block out.
static bool call_block(const struct keeper *k, struct arena *a, enum keeper_frame kind,
                       struct bytes in, struct bytes *ret, struct err *err)
{
    struct buffer ask = columns_in(a);
    struct reader r;
    buffer_block32(&ask, in);
    if (!call(k, a, kind, &ask, &r, err))
        return false;
    struct bytes out = reader_block32(&r);
    if (!reader_done(&r))
        return malformed(err, "a block");
    *ret = out;
    return true;
}

bool keeper_sign_index(const struct keeper *k, struct arena *a, struct str text,
                       struct bytes *ret_note, struct err *err)
{
    return call_block(k, a, KEEPER_SIGN_INDEX, str_bytes(text), ret_note, err);
}

bool keeper_found(const struct keeper *k, struct arena *a, struct bytes manifest,
                  struct bytes *ret_checkpoint, struct err *err)
{
    return call_block(k, a, KEEPER_FOUND, manifest, ret_checkpoint, err);
}

bool keeper_extend(const struct keeper *k, struct arena *a, struct leaf_index first,
                   const struct digest *leaves, uint32_t count, struct bytes *ret_checkpoint,
                   struct err *err)
{
    struct buffer ask = columns_in(a);
    struct reader r;
    buffer_number(&ask, first.n, 8);
    buffer_number(&ask, count, 4);
    for (uint32_t i = 0; i < count; i++)
        put_digest(&ask, &leaves[i]);
    if (!call(k, a, KEEPER_EXTEND, &ask, &r, err))
        return false;
    struct bytes note = reader_block32(&r);
    if (!reader_done(&r))
        return malformed(err, "extend");
    *ret_checkpoint = note;
    return true;
}

static void put_cosigning(struct buffer *b, const struct keeper_cosigning *ask)
{
    CHECK(ask->proof.count <= PROOF_HASHES_MAX);
    buffer_number(b, (uint64_t)ask->role, 1);
    buffer_block16(b, str_bytes(ask->origin));
    buffer_block16(b, str_bytes(ask->state));
    put_digest(b, &ask->genesis);
    buffer_block32(b, ask->chain);
    buffer_block32(b, ask->checkpoint);
    buffer_number(b, ask->proof.count, 1);
    for (size_t i = 0; i < ask->proof.count; i++)
        put_digest(b, &ask->proof.path[i]);
}

bool keeper_cosign_all(const struct keeper *k, struct arena *a, const struct keeper_cosigning *asks,
                       size_t count, struct keeper_cosigned_line *ret, struct err *err)
{
    struct buffer b = columns_in(a);
    struct reader r;
    CHECK(count <= KEEPER_COSIGN_MAX);
    buffer_number(&b, count, 2);
    for (size_t i = 0; i < count; i++)
        put_cosigning(&b, &asks[i]);
    if (!call(k, a, KEEPER_COSIGN, &b, &r, err))
        return false;
    if (reader_u16(&r) != count)
        return malformed(err, "cosign");
    for (size_t i = 0; i < count; i++) {
        uint8_t kind = reader_u8(&r);
        struct str text = take_str(&r);
        if (r.failed || kind >= ERR_KIND_COUNT)
            return malformed(err, "cosign");
        ret[i] = (struct keeper_cosigned_line){0};
        if (kind != ERR_NONE) {
            (void)err_set(&ret[i].refused, (enum err_kind)kind, "keeper", "%.*s", STR_ARG(text));
            continue;
        }
        ret[i].line = text;
        ret[i].time_s = reader_u64(&r);
    }
    return reader_done(&r) ? true : malformed(err, "cosign");
}

bool keeper_cosign(const struct keeper *k, struct arena *a, const struct keeper_cosigning *ask,
                   struct str *ret_line, uint64_t *ret_time_s, struct err *err)
{
    struct keeper_cosigned_line one = {0};
    if (!keeper_cosign_all(k, a, ask, 1, &one, err))
        return false;
    if (one.refused.kind != ERR_NONE)
        return err_set(err, one.refused.kind, one.refused.clause, "%s", one.refused.text);
    *ret_line = one.line;
    *ret_time_s = one.time_s;
    return true;
}

bool keeper_cosigned(const struct keeper *k, enum keeper_role role, struct str origin,
                     struct tree_size *ret_size, struct digest *ret_root, struct err *err)
{
    struct arena a;
    struct reader r;
    struct digest root = {{0}};
    bool done = false;
    uint64_t size = 0;
    arena_init(&a, 65536);
    struct buffer b = columns_in(&a);
    buffer_number(&b, (uint64_t)role, 1);
    buffer_block16(&b, str_bytes(origin));
    if (!call(k, &a, KEEPER_COSIGNED, &b, &r, err))
        goto out;
    size = reader_u64(&r);
    reader_copy(&r, root.octets, DIGEST_BYTES);
    (void)reader_u64(&r); // the time; the role and the size decide
    done = reader_done(&r) ? true : malformed(err, "cosigned");
    if (done) {
        ret_size->n = size;
        *ret_root = root;
    }
out:
    arena_release(&a);
    return done;
}

// File keys are wiped where they passed through.
static bool take_file_keys(struct reader *r, size_t count, struct keeper_file_key *ret,
                           struct err *err)
{
    if (reader_u16(r) != count)
        return malformed(err, "open stanzas");
    for (size_t i = 0; i < count; i++) {
        ret[i].opened = reader_u8(r) == ERR_NONE;
        reader_copy(r, ret[i].key.octets, AGE_FILE_KEY_BYTES);
    }
    return reader_done(r) ? true : malformed(err, "open stanzas");
}

static void wipe_payload(struct bytes payload)
{
    union {
        const uint8_t *from;
        void *octets;
    } p = {payload.ptr};
    if (payload.len > 0)
        secret_wipe(p.octets, payload.len);
}

bool keeper_open_stanzas(const struct keeper *k, const struct age_wrapped *asks, size_t count,
                         struct keeper_file_key *ret, struct err *err)
{
    struct arena a;
    struct reader r;
    CHECK(count <= STANZAS_MAX);
    arena_init(&a, 1 << 20);
    struct buffer b = columns_in(&a);
    buffer_number(&b, count, 2);
    for (size_t i = 0; i < count; i++) {
        buffer_put(&b, bytes_of(asks[i].share, sizeof asks[i].share));
        buffer_put(&b, bytes_of(asks[i].body, sizeof asks[i].body));
    }
    bool done = call(k, &a, KEEPER_OPEN_STANZAS, &b, &r, err);
    if (done) {
        struct bytes payload = r.rest;
        done = take_file_keys(&r, count, ret, err);
        wipe_payload(payload);
    }
    arena_release(&a);
    return done;
}

bool keeper_desk_key(const struct keeper *k, enum desk desk, struct secret *ret_owned,
                     struct err *err)
{
    struct arena a;
    struct reader r;
    arena_init(&a, 4096);
    struct buffer b = columns_in(&a);
    buffer_number(&b, (uint64_t)desk, 1);
    bool done = call(k, &a, KEEPER_DESK_KEY, &b, &r, err);
    if (done && r.rest.len != 32)
        done = malformed(err, "desk key");
    if (done) {
        secret_copy(ret_owned, r.rest);
        wipe_payload(r.rest);
    }
    arena_release(&a);
    return done;
}

bool keeper_tls_seed(const struct keeper *k, struct secret *ret_owned, struct err *err)
{
    struct arena a;
    struct frame answer = {.fd = -1};
    uint8_t seed[32];
    arena_init(&a, 4096);
    bool done = frame_call(k->socket, (struct frame){KEEPER_TLS_KEY, {0}, -1}, &a, CALL_TIMEOUT_MS,
                           &answer, err);
    if (done && (answer.fd < 0 || pread(answer.fd, seed, sizeof seed, 0) != sizeof seed))
        done = malformed(err, "TLS key");
    if (done)
        secret_copy(ret_owned, bytes_of(seed, sizeof seed));
    secret_wipe(seed, sizeof seed);
    if (answer.fd >= 0)
        (void)close(answer.fd); // a memory file; nothing to lose
    arena_release(&a);
    return done;
}

static void put_approvals(struct buffer *b, const struct bytes *approvals, size_t count)
{
    buffer_number(b, count, 2);
    for (size_t i = 0; i < count; i++)
        buffer_block16(b, approvals[i]);
}

bool keeper_change_register(const struct keeper *k, struct str text, const struct bytes *approvals,
                            size_t approvals_count, struct err *err)
{
    struct arena a;
    struct reader r;
    arena_init(&a, (size_t)2 * FRAME_BYTES_MAX);
    struct buffer b = columns_in(&a);
    buffer_block32(&b, str_bytes(text));
    put_approvals(&b, approvals, approvals_count);
    bool done = call(k, &a, KEEPER_CHANGE_REGISTER, &b, &r, err);
    if (done && r.rest.len != DIGEST_BYTES)
        done = malformed(err, "a change of the register");
    arena_release(&a);
    return done;
}

bool keeper_challenge(const struct keeper *k, struct challenge *ret, struct err *err)
{
    struct arena a;
    struct reader r;
    arena_init(&a, 4096);
    struct buffer b = columns_in(&a);
    bool done = call(k, &a, KEEPER_CHALLENGE, &b, &r, err);
    if (done && r.rest.len != sizeof ret->octets)
        done = malformed(err, "challenge");
    if (done)
        reader_copy(&r, ret->octets, sizeof ret->octets);
    arena_release(&a);
    return done;
}

static void put_edge(struct buffer *b, const struct edge *edge)
{
    uint8_t octets[EDGE_BYTES_MAX];
    struct writer w = writer_of(octets, sizeof octets);
    edge_write(edge, &w);
    CHECK(!w.full);
    buffer_block32(b, writer_bytes(&w));
}

bool keeper_order(const struct keeper *k, struct bytes note, const struct edge *edge,
                  struct err *err)
{
    struct arena a;
    arena_init(&a, FRAME_BYTES_MAX);
    struct buffer b = columns_in(&a);
    buffer_block32(&b, note);
    put_edge(&b, edge);
    bool done = call_done(k, &a, KEEPER_ORDER, &b, err);
    arena_release(&a);
    return done;
}

bool keeper_community(const struct keeper *k, struct bytes file, const struct bytes *approvals,
                      size_t approvals_count, struct err *err)
{
    struct arena a;
    arena_init(&a, (size_t)4 * FRAME_BYTES_MAX);
    struct buffer b = columns_in(&a);
    buffer_block32(&b, file);
    put_approvals(&b, approvals, approvals_count);
    bool done = call_done(k, &a, KEEPER_COMMUNITY, &b, err);
    arena_release(&a);
    return done;
}

bool keeper_shown_checkpoint(const struct keeper *k, struct bytes note,
                             const struct keeper_own_then *ours, struct err *err)
{
    static const struct keeper_own_then unknown;
    struct arena a;
    const struct keeper_own_then *then = ours == NULL ? &unknown : ours;
    CHECK(then->proof.count <= PROOF_HASHES_MAX);
    arena_init(&a, (size_t)4 * FRAME_BYTES_MAX);
    struct buffer b = columns_in(&a);
    buffer_block32(&b, note);
    buffer_number(&b, ours == NULL ? 0 : 1, 1);
    put_digest(&b, &then->root);
    buffer_number(&b, then->proof.count, 1);
    for (size_t i = 0; i < then->proof.count; i++)
        put_digest(&b, &then->proof.path[i]);
    bool done = call_done(k, &a, KEEPER_SHOWN_CHECKPOINT, &b, err);
    arena_release(&a);
    return done;
}

bool keeper_resume(const struct keeper *k, const struct edge *edge, struct bytes checkpoint,
                   const struct keeper_answer *answers, size_t answers_count, struct err *err)
{
    struct arena a;
    arena_init(&a, (size_t)4 * FRAME_BYTES_MAX);
    struct buffer b = columns_in(&a);
    buffer_number(&b, edge->size.n, 8);
    put_edge(&b, edge);
    buffer_block32(&b, checkpoint);
    buffer_number(&b, answers_count, 2);
    for (size_t i = 0; i < answers_count; i++) {
        buffer_block16(&b, str_bytes(answers[i].state));
        buffer_block16(&b, str_bytes(answers[i].origin));
        put_digest(&b, &answers[i].genesis);
        buffer_block32(&b, answers[i].chain);
        buffer_block32(&b, answers[i].checkpoint);
    }
    bool done = call_done(k, &a, KEEPER_RESUME, &b, err);
    arena_release(&a);
    return done;
}
