#include "courier/bring.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/report.h"
#include "courier/give.h"

#include <inttypes.h>
#include <stdio.h>

enum { PIECE_BYTES = BLOB_CHUNK_BYTES * 8, LINE_CHARS = 80, ANSWER_BYTES_MAX = 64 };

struct bringing {
    struct call *call;
    const struct digest *hash;
    uint64_t size, have;
    struct arena *arena; // of one piece
};

static bool put_piece(struct bringing *b, struct bytes piece, struct err *err)
{
    char target[LINE_CHARS], offset[LINE_CHARS], size[LINE_CHARS];
    char hex[2 * DIGEST_BYTES + 1];
    struct answer answer;
    struct str rest;
    const char *const headers[] = {offset, size, NULL};
    uint64_t have = 0;
    hex_write(bytes_of(b->hash->octets, DIGEST_BYTES), hex);
    (void)snprintf(target, sizeof target, "/blob/%s", hex);
    (void)snprintf(offset, sizeof offset, "Elchi-Offset: %" PRIu64, b->have);
    (void)snprintf(size, sizeof size, "Elchi-Size: %" PRIu64, b->size);
    struct ask ask = {.method = METHOD_PUT,
                      .target = target,
                      .content_type = "application/octet-stream",
                      .body = piece,
                      .headers = headers,
                      .answer_bytes_max = ANSWER_BYTES_MAX};
    if (!client_ask(b->call->client, &ask, b->arena, &answer, err))
        return false;
    struct str line = {(const char *)answer.body.ptr, answer.body.len};
    if (!str_split(&line, '\n', &rest) || !decimal_read(rest, b->size, &have) || have <= b->have)
        return err_set(err, ERR_MALFORMED, "FORMATS 7", "the partner does not say how much it has");
    b->call->came += have - b->have;
    b->have = have;
    return true;
}

static bool bring_piece(struct bringing *b, uint8_t *room, struct err *err)
{
    struct arena a;
    size_t count = 0;
    arena_init(&a, LINE_CHARS * LINE_CHARS);
    b->arena = &a;
    bool done = give_read(&b->call->view, b->hash, b->have, room, PIECE_BYTES, &count, err) &&
                put_piece(b, bytes_of(room, count), err);
    arena_release(&a);
    return done;
}

static bool bring_one(struct call *c, const struct wire_want *want, struct err *err)
{
    struct bringing b = {.call = c, .hash = &want->hash, .have = want->have};
    if (!give_may(&c->view, str_of(c->peer), &want->hash, &b.size, err))
        return false;
    uint8_t *room = memory_new(PIECE_BYTES, 1);
    bool done = true;
    while (done && b.have < b.size && !atomic_load(&c->share->stop))
        done = bring_piece(&b, room, err);
    memory_release(room);
    return done;
}

// One that is not taken is no reason to leave the others; a broken line is.
bool bring_wanted(struct call *c, struct err *err)
{
    size_t count = c->talk.wants_count;
    c->talk.wants_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct err why = {0};
        if (bring_one(c, &c->talk.wants[i], &why))
            continue;
        if (why.kind == ERR_OFFLINE || why.kind == ERR_BUSY)
            return err_set(err, why.kind, why.clause, "%s", why.text);
        report_err(REPORT_INFO, "body-not-brought", &why);
    }
    return true;
}
