// tests/cli/access_wire.h - every kind of frame of a session, asked by whoever may hold one.
#ifndef TESTS_CLI_ACCESS_WIRE_H
#define TESTS_CLI_ACCESS_WIRE_H
#include "courier/wire.h"
#include "tests/cli/access_routes.h"

static inline void frame_none(struct visit *v, struct wire_frame *f)
{
    (void)v;
    (void)f; // the greeting alone, which asks for all that is new
}

// "I hold nothing of anybody": everything that may be told is told.
static inline void frame_have(struct visit *v, struct wire_frame *f)
{
    struct wire_have *rows = arena_new(&v->w->arena, struct wire_have, 3);
    for (int node = XA; node <= XC; node++)
        rows[node].origin = origin_id_of(origin_at(node));
    f->of.have.rows = rows;
    f->of.have.count = 3;
}

static inline void frame_entries(struct visit *v, struct wire_frame *f)
{
    struct bytes *entry = arena_new(&v->w->arena, struct bytes, 1);
    *entry = bytes_of(v->blobs[0]->hash.octets, DIGEST_BYTES);
    f->of.entries.origin = origin_id_of(origin_at(XA));
    f->of.entries.entries = entry;
    f->of.entries.count = 1;
    f->of.entries.size.n = 1;
    f->of.entries.root = v->blobs[0]->hash;
}

static inline void frame_cosigs(struct visit *v, struct wire_frame *f)
{
    struct wire_cosig *row = arena_new(&v->w->arena, struct wire_cosig, 1);
    row->cosigner = origin_id_of(origin_at(XC));
    f->of.cosigs.origin = origin_id_of(origin_at(XA));
    f->of.cosigs.size.n = 2;
    f->of.cosigs.rows = row;
    f->of.cosigs.count = 1;
}

static inline void frame_manifests(struct visit *v, struct wire_frame *f)
{
    f->of.manifests.origin = origin_id_of(origin_at(XA));
    f->of.manifests.chain = bytes_of(v->blobs[0]->hash.octets, DIGEST_BYTES);
}

static inline void frame_evidence(struct visit *v, struct wire_frame *f)
{
    f->of.evidence = bytes_of(v->blobs[0]->hash.octets, DIGEST_BYTES);
}

// "I hold these": whoever is believed is asked for them, or told that they are wanted.
static inline void frame_waiting(struct visit *v, struct wire_frame *f)
{
    struct wire_waiting *rows = arena_new(&v->w->arena, struct wire_waiting, 2);
    for (size_t b = 0; b < 2; b++)
        rows[b] = (struct wire_waiting){.origin = origin_id_of(origin_at(XA)),
                                        .index = {1},
                                        .named = true,
                                        .hash = v->blobs[b]->hash,
                                        .size = v->blobs[b]->file.len};
    f->of.waiting.rows = rows;
    f->of.waiting.count = 2;
}

static inline void frame_want(struct visit *v, struct wire_frame *f)
{
    struct wire_want *rows = arena_new(&v->w->arena, struct wire_want, 2);
    for (size_t b = 0; b < 2; b++)
        rows[b] = (struct wire_want){.hash = v->blobs[b]->hash};
    f->of.want.rows = rows;
    f->of.want.count = 2;
}

typedef void frame_fill(struct visit *v, struct wire_frame *f);
static const struct {
    enum wire_kind kind;
    frame_fill *fill;
} wire_tries[] = {
    {WIRE_HELLO, frame_none},          {WIRE_HAVE, frame_have},
    {WIRE_ENTRIES, frame_entries},     {WIRE_COSIGS, frame_cosigs},
    {WIRE_MANIFESTS, frame_manifests}, {WIRE_EVIDENCE, frame_evidence},
    {WIRE_WAITING, frame_waiting},     {WIRE_WANT, frame_want},
};
enum { WIRE_TRIES = sizeof wire_tries / sizeof wire_tries[0] };

static inline void post_frame(struct visit *v, size_t which, uint8_t flags)
{
    struct buffer b;
    struct wire_frame f = {.kind = WIRE_HELLO};
    int own = XA;
    while (own < NODES && (v->who & 1U << own) == 0)
        own++;
    buffer_init(&b, &v->w->arena, WIRE_BATCH_BYTES_MAX);
    f.of.hello =
        (struct wire_hello){flags, origin_id_of(origin_at(own)), origin_id_of(origin_at(v->host))};
    wire_put(&b, &f);
    f = (struct wire_frame){.kind = wire_tries[which].kind};
    wire_tries[which].fill(v, &f);
    if (f.kind != WIRE_HELLO)
        wire_put(&b, &f);
    (void)ask(v, (struct ask){.method = METHOD_POST,
                              .target = "/session",
                              .content_type = "application/octet-stream",
                              .body = buffer_bytes(&b)});
}

// Each frame in a session of its own and then in one that goes on, where answers follow.
static inline void try_session(struct visit *v)
{
    for (size_t i = 0; i < WIRE_TRIES; i++) {
        post_frame(v, i, WIRE_FRESH);
        post_frame(v, i, WIRE_ASK_OWN);
        post_frame(v, i, 0);
    }
}
#endif
