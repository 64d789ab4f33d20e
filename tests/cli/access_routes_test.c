#include "tests/cli/access_wire.h"

enum { TIMES_MAX = 5 };

// -- the table -----------------------------------------------------------------------------------
struct route_try {
    enum http_method method;
    const char *path;
    void (*attempt)(struct visit *v);
    // Who must be given the age files at the listener of XA and of XB; at XC's nobody.
    unsigned at_xa, at_xb;
    bool same; // to all others the answers do not depend on what is asked for
};
static const struct route_try peer_tries[] = {
    {METHOD_GET, "/keys/{}", try_keys_get, 0, 0, true},
    {METHOD_POST, "/keys", try_keys_post, 0, 0, true},
    {METHOD_POST, "/session", try_session, 0, 0, false},
    {METHOD_GET, "/blob/{}", try_blob_get, BY_XB, 0, true},
    {METHOD_POST, "/blobs", try_blobs_post, BY_XB, 0, true},
    {METHOD_PUT, "/blob/{}", try_blob_put, 0, 0, true},
    {METHOD_POST, "/witness/add-checkpoint", try_witness, 0, 0, true},
    {METHOD_POST, "/mirror/add-entries", try_mirror, 0, 0, true},
    {METHOD_GET, "/log/{}/{*}", try_log, 0, 0, true},
};
static const struct route_try monitor_tries[] = {
    {METHOD_GET, "/checkpoint", try_monitor_checkpoint, 0, 0, true},
    {METHOD_GET, "/tile/{*}", try_monitor_tile, 0, 0, true},
    {METHOD_GET, "/log/{}/{*}", try_log, 0, 0, true},
};
static const struct route_try door_tries[] = {
    {METHOD_GET, "/health", try_health, 0, 0, true},
    {METHOD_GET, "/status", try_status, 0, 0, true},
};
#define TRIES(table) table, sizeof(table) / sizeof(table)[0]

static bool is_row(const struct route_try *t, const struct route *r)
{
    return t->method == r->method && strcmp(t->path, r->path) == 0;
}

// Both ways: what is served is tried, and what is tried is served.
static void check_listed(struct route_table served, const struct route_try *tries, size_t count)
{
    for (size_t i = 0; i < served.count; i++) {
        bool tried = false;
        for (size_t t = 0; t < count; t++)
            tried = tried || is_row(&tries[t], &served.rows[i]);
        if (!tried)
            fail_msg("nobody tries to read a sealed body by %s %s",
                     method_word(served.rows[i].method), served.rows[i].path);
    }
    for (size_t t = 0; t < count; t++) {
        bool stands = false;
        for (size_t i = 0; i < served.count; i++)
            stands = stands || is_row(&tries[t], &served.rows[i]);
        if (!stands)
            fail_msg("%s %s is tried and served no more", method_word(tries[t].method),
                     tries[t].path);
    }
}

TEST(every_route_of_listener_monitor_and_door_is_tried)
{
    check_listed(courier_routes(), TRIES(peer_tries));
    check_listed(courier_monitor_routes(), TRIES(monitor_tries));
    check_listed(door_routes(), TRIES(door_tries));
}

TEST(every_frame_of_a_session_is_tried)
{
    for (int kind = WIRE_HELLO; kind < WIRE_KIND_COUNT; kind++) {
        bool tried = false;
        for (size_t i = 0; i < WIRE_TRIES; i++)
            tried = tried || (int)wire_tries[i].kind == kind;
        if (!tried)
            fail_msg("nobody tries to read a sealed body by session frame %d", kind);
    }
}

// -- visits --------------------------------------------------------------------------------------
static struct cert cert_of(struct access_world *w, int node)
{
    struct cert cert;
    struct err err = {0};
    EXPECT_OK(cert_make(&w->at[node].tls, &w->arena, &cert, &err));
    return cert;
}

static struct client_options tls_options(struct access_world *w, int host, const struct cert *own)
{
    struct cert theirs = cert_of(w, host);
    struct client_options o = {.host = "127.0.0.1",
                               .port = w->at[host].listen,
                               .trust = TRUST_PINNED,
                               .pin = theirs.key_pin,
                               .cert = own};
    cert_release(&theirs);
    return o;
}

static struct client_options plain_options(uint16_t port)
{
    return (struct client_options){.host = "127.0.0.1", .port = port, .trust = TRUST_PLAIN};
}

// Hashes of nothing, of the same sizes.
static void made_up(struct access_world *w, struct blob_of ret[2])
{
    const struct blob_of *real[2] = {&w->body, &w->attachment};
    for (size_t b = 0; b < 2; b++) {
        ret[b] = *real[b];
        world_random(world_real(), ret[b].hash.octets, DIGEST_BYTES);
        hex_write(bytes_of(ret[b].hash.octets, DIGEST_BYTES), ret[b].hex);
    }
}

static struct bytes attempt(struct visit *v, const struct route_try *t, struct blob_of *body,
                            struct blob_of *attachment)
{
    v->blobs[0] = body;
    v->blobs[1] = attachment;
    buffer_init(&v->heard, &v->w->arena, (size_t)64 << 20);
    visit_opens(v);
    t->attempt(v);
    EXPECT(!v->heard.full);
    return buffer_bytes(&v->heard);
}

// XA and XB may hold the age files of what they said to each other, at whichever node.
static void must_not_read(struct visit *v, const struct route_try *t, struct bytes heard)
{
    bool ours = v->who == BY_XA || v->who == BY_XB;
    struct judged j = judge(&v->w->pieces, heard);
    if ((j.kinds & (ours ? PIECE_OPENED : PIECE_ANY)) != 0)
        fail_msg("%s %s at %s gives visitor %d %s", method_word(t->method), t->path,
                 node_codes[v->host], (int)v->who, j.what);
}

static void must_read(struct visit *v, const struct route_try *t, struct bytes heard)
{
    struct judged j = judge(&v->w->pieces, heard);
    if ((j.kinds & PIECE_CIPHERTEXT) == 0)
        fail_msg("%s %s at %s does not give visitor %d what is its own", method_word(t->method),
                 t->path, node_codes[v->host], (int)v->who);
    EXPECT((j.kinds & PIECE_OPENED) == 0); // what travels is sealed for all
}

// Logs grow while nodes talk: only a difference that stays is one.
static void must_be_as_if_missing(struct visit *v, const struct route_try *t, struct bytes heard)
{
    struct blob_of none[2];
    made_up(v->w, none);
    for (int again = 0; again < TIMES_MAX; again++) {
        if (bytes_eq(heard, attempt(v, t, &none[0], &none[1])))
            return;
        heard = attempt(v, t, &v->w->body, &v->w->attachment);
    }
    fail_msg("%s %s at %s answers visitor %d otherwise when the body is there",
             method_word(t->method), t->path, node_codes[v->host], (int)v->who);
}

static void try_row(struct visit *v, const struct route_try *t)
{
    unsigned readers = v->host == XA ? t->at_xa : v->host == XB ? t->at_xb : 0;
    struct bytes heard = attempt(v, t, &v->w->body, &v->w->attachment);
    if ((readers & (unsigned)v->who) != 0) {
        must_read(v, t, heard);
        return;
    }
    must_not_read(v, t, heard);
    if (t->same && v->who != BY_XA && v->who != BY_XB)
        must_be_as_if_missing(v, t, heard);
}

static void visit_peer(struct access_world *w, int host, int visitor)
{
    struct cert own = {0};
    bool nobody = visitor == XE; // shows no key at all
    struct visit v = {.w = w, .host = host, .who = (enum visitor)(1 << visitor)};
    if (!nobody)
        own = cert_of(w, visitor);
    v.how = tls_options(w, host, nobody ? NULL : &own);
    for (size_t i = 0; i < sizeof peer_tries / sizeof peer_tries[0]; i++) {
        v.well = 0;
        try_row(&v, &peer_tries[i]);
        // Partners are answered, or nothing would have been tried.
        if (visitor <= XC && peer_tries[i].attempt == try_session)
            EXPECT(v.well > 0);
    }
    client_close(v.client);
    cert_release(&own);
}

TEST(only_addressee_and_sender_get_a_sealed_body_from_a_peers_listener)
{
    struct access_world *w = the_world();
    for (int host = XA; host <= XC; host++)
        for (int visitor = XA; visitor <= XE; visitor++)
            if (visitor != host)
                visit_peer(w, host, visitor);
}

static void visit_plain(struct access_world *w, int host, uint16_t port,
                        const struct route_try *tries, size_t count)
{
    struct visit v = {.w = w, .host = host, .who = BY_NOBODY, .how = plain_options(port)};
    for (size_t i = 0; i < count; i++)
        try_row(&v, &tries[i]);
    EXPECT(v.well > 0);
    client_close(v.client);
}

TEST(nobody_gets_a_sealed_body_from_a_monitor_or_a_door)
{
    struct access_world *w = the_world();
    for (int host = XA; host <= XC; host++) {
        visit_plain(w, host, w->at[host].monitor, TRIES(monitor_tries));
        visit_plain(w, host, w->at[host].door, TRIES(door_tries));
    }
}

TEST(the_nodes_end)
{
    all_stop();
}
