#include "courier/call.h"

#include "base/encode.h"
#include "base/limits.h"
#include "courier/bring.h"
#include "courier/fetch.h"
#include "courier/place.h"

#include <stdio.h>

enum {
    ROUNDS_MAX = 4096,
    WORD_BYTES_MAX = 64,
    REQUEST_ARENA_BYTES = 8 << 20,
    WAIT_ANSWER_MS = (WIRE_WAIT_S + HTTP_STALL_S) * 1000,
};

bool call_open(struct call *c, struct share *s, struct str peer, struct err *err)
{
    *c = (struct call){.share = s};
    if (!view_open(&c->view, s, err))
        return false;
    c->peer = memory_new(peer.len + 1, 1);
    memcpy(c->peer, peer.ptr, peer.len);
    talk_begin(&c->talk, str_of(c->peer));
    return true;
}

void call_close(struct call *c)
{
    if (c->peer == NULL)
        return;
    call_hang_up(c);
    view_close(&c->view);
    talk_end(&c->talk);
    memory_release(c->peer);
    *c = (struct call){.share = NULL};
}

void call_hang_up(struct call *c)
{
    client_close(c->client);
    c->client = NULL;
}

// -- reaching the partner ------------------------------------------------------------------------
static bool open_client(struct call *c, struct client_options *o, struct client **ret,
                        struct err *err)
{
    struct place at;
    if (!place_of(&c->view, str_of(c->peer), &at, err))
        return false;
    o->host = at.host;
    o->port = at.port;
    o->cert = &c->share->cert;
    o->abandon = &c->share->stop;
    bool done = client_open(o, ret, err);
    o->host = NULL; // it was this function's
    return done;
}

// Its keys are not known yet: they are asked of whoever answers there, for they prove themselves.
static bool fetch_keys(struct call *c, struct err *err)
{
    struct client_options o = {.trust = TRUST_ANY_KEY};
    struct client *client = NULL;
    struct arena a;
    struct answer answer;
    char hash[65];
    struct str target;
    bool changed = false;
    arena_init(&a, (size_t)4 * CHAIN_BYTES_MAX);
    origin_path(str_of(c->peer), hash);
    bool done = open_client(c, &o, &client, err) && arena_fmt(&a, &target, err, "/keys/%s", hash);
    struct ask ask = {
        .method = METHOD_GET, .target = target.ptr, .answer_bytes_max = CHAIN_BYTES_MAX};
    done = done && client_ask(client, &ask, &a, &answer, err);
    if (done) {
        share_lock(c->share);
        done = clerk_take_manifests(&c->share->clerk, str_of(c->peer), answer.body, &changed, err);
        share_unlock(c->share);
    }
    client_close(client);
    arena_release(&a);
    share_facts_changed(c->share);
    return done && view_refresh(&c->view, err);
}

static const struct manifest *newest_keys(const struct call *c)
{
    const struct chain *chain = held_chain(c->view.held, str_of(c->peer));
    return chain == NULL ? NULL : chain_newest(chain);
}

// A connection to the key that the newest manifest names; a rotated key needs a new one.
static bool reach(struct call *c, struct err *err)
{
    const struct manifest *m = newest_keys(c);
    if (m == NULL) {
        if (!fetch_keys(c, err))
            return false;
        m = newest_keys(c);
        if (m == NULL)
            return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no keys of %s", c->peer);
    }
    if (c->client != NULL && digest_eq(&c->pin, &m->keys.tls))
        return true;
    call_hang_up(c);
    struct client_options o = {.trust = TRUST_PINNED, .pin = m->keys.tls};
    c->pin = m->keys.tls;
    c->missed = true; // a new connection is a new session
    return open_client(c, &o, &c->client, err);
}

// -- what is remembered of bodies ----------------------------------------------------------------
static bool is_among(const uint64_t set[CALL_ABSENT_MAX], const struct digest *hash)
{
    for (size_t i = 0; i < CALL_ABSENT_MAX; i++)
        if (set[i] == talk_hash_key(hash))
            return true;
    return false;
}

void call_blob_target(const struct digest *hash, char target[CALL_TARGET_CHARS])
{
    char hex[2 * DIGEST_BYTES + 1];
    hex_write(bytes_of(hash->octets, DIGEST_BYTES), hex);
    (void)snprintf(target, CALL_TARGET_CHARS, "/blob/%s", hex);
}

bool call_is_absent(const struct call *c, const struct digest *hash)
{
    return is_among(c->absent, hash);
}

void call_note_absent(struct call *c, const struct digest *hash)
{
    c->absent[c->absent_next++ % CALL_ABSENT_MAX] = talk_hash_key(hash);
}

bool call_has_left(const struct call *c, const struct digest *hash)
{
    return is_among(c->left, hash);
}

void call_note_left(struct call *c, const struct digest *hash)
{
    c->left[c->left_next++ % CALL_ABSENT_MAX] = talk_hash_key(hash);
}

// -- rounds --------------------------------------------------------------------------------------
static bool post(struct call *c, struct bytes batch, int limit_ms, struct arena *a,
                 struct bytes *ret, struct err *err)
{
    struct answer answer;
    struct ask ask = {.method = METHOD_POST,
                      .target = "/session",
                      .content_type = "application/octet-stream",
                      .body = batch,
                      .answer_bytes_max = WIRE_BATCH_BYTES_MAX,
                      .total_timeout_ms = limit_ms};
    if (!client_ask(c->client, &ask, a, &answer, err))
        return false;
    *ret = answer.body;
    return true;
}

// One question and its answer. Nothing is asked when nothing need be said.
static bool round_trip(struct call *c, bool must, bool *ret_asked, struct err *err)
{
    struct arena a;
    struct bytes batch;
    struct bytes answer = {0};
    bool fresh = c->missed;
    arena_init(&a, REQUEST_ARENA_BYTES);
    bool done = talk_compose(&c->talk, &c->view, fresh, &a, &batch, err);
    bool asks = done && (must || fresh || c->talk.said_something);
    if (asks)
        done = post(c, batch, 0, &a, &answer, err) && talk_take(&c->talk, &c->view, answer, err);
    if (asks && done && fresh) {
        c->missed = false;
        memset(c->absent, 0, sizeof c->absent); // it may have come by now
        memset(c->left, 0, sizeof c->left);
    }
    *ret_asked = asks;
    arena_release(&a);
    return done;
}

static bool rounds(struct call *c, bool must, struct err *err)
{
    for (int round = 0; round < ROUNDS_MAX && !atomic_load(&c->share->stop); round++) {
        uint64_t before = c->came;
        bool fresh = c->missed;
        bool asked = false;
        if (!fetch_wanted(c, err) || !round_trip(c, must, &asked, err))
            return false;
        if (!asked && c->came == before)
            break;
        if (!fetch_wanted(c, err) || !bring_wanted(c, err) || !bring_carried(c, err))
            return false;
        must = fresh || (asked && c->talk.took_something);
    }
    return true;
}

// The partner does not know our keys: they prove themselves, so they are simply left there.
static bool leave_keys(struct call *c, struct err *err)
{
    struct arena a;
    struct buffer body;
    struct bytes wire;
    struct answer answer;
    const struct chain *own = held_chain(c->view.held, c->share->own);
    if (own == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no keys of our own");
    arena_init(&a, (size_t)4 * CHAIN_BYTES_MAX);
    buffer_init(&body, &a, CHAIN_BYTES_MAX);
    bool done = chain_write(own, &a, &wire, err);
    if (done) {
        buffer_block16(&body, str_bytes(c->share->own));
        buffer_put(&body, wire);
        done = !body.full || err_set(err, ERR_LIMIT, "base/limits.h", "a chain above 1 MiB");
    }
    struct ask ask = {.method = METHOD_POST,
                      .target = "/keys",
                      .content_type = "application/octet-stream",
                      .body = buffer_bytes(&body),
                      .answer_bytes_max = WORD_BYTES_MAX};
    done = done && client_ask(c->client, &ask, &a, &answer, err);
    arena_release(&a);
    return done;
}

bool call_hold(struct call *c, bool must, struct err *err)
{
    c->came = 0;
    struct err first = {0};
    bool done = view_refresh(&c->view, err) && reach(c, err);
    if (done && !rounds(c, must, &first)) {
        c->missed = true;
        done = first.kind == ERR_NOT_FOUND && leave_keys(c, err) && rounds(c, true, err);
        if (!done && err->kind == ERR_NONE)
            *err = first;
    }
    c->missed = c->missed || !done;
    return done;
}

bool call_wait(struct call *c, struct err *err)
{
    struct arena a;
    struct bytes answer;
    struct buffer batch;
    arena_init(&a, REQUEST_ARENA_BYTES);
    buffer_init(&batch, &a, WIRE_BATCH_BYTES_MAX);
    struct wire_frame f = {.kind = WIRE_HELLO};
    f.of.hello =
        (struct wire_hello){WIRE_WAIT, origin_id_of(c->share->own), origin_id_of(str_of(c->peer))};
    wire_put(&batch, &f);
    bool done = view_refresh(&c->view, err) && reach(c, err) &&
                post(c, buffer_bytes(&batch), WAIT_ANSWER_MS, &a, &answer, err);
    arena_release(&a);
    return done;
}
