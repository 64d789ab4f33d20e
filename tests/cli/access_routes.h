// tests/cli/access_routes.h - every route of the peers' listener, the monitor and the door, tried
// by whoever can reach it.
//
// Each attempt runs twice: with the hashes of what is to be read, and with hashes of nothing. Who
// must not read gets the same answers to both, octet for octet.
#ifndef TESTS_CLI_ACCESS_ROUTES_H
#define TESTS_CLI_ACCESS_ROUTES_H
#include "base/limits.h"
#include "courier/listener.h"
#include "http/client.h"
#include "tests/cli/access_story.h"
#include "web/door.h"

enum visitor {
    BY_XA = 1 << XA, // the sender
    BY_XB = 1 << XB, // the addressee
    BY_XC = 1 << XC, // another member, with every function on
    BY_XD = 1 << XD, // a stranger with a key of its own
    BY_NOBODY = 1 << XE,
    BY_ALL = BY_XA | BY_XB | BY_XC | BY_XD | BY_NOBODY,
};
enum { ANSWER_BYTES_MAX = 1 << 20, PATHS_MAX = 256 };

struct visit {
    struct access_world *w;
    int host;
    enum visitor who;
    struct client_options how;
    struct client *client;
    struct blob_of *blobs[2]; // what is asked for
    struct buffer heard;
    unsigned well; // answers of 200 and 206
};

// -- asking --------------------------------------------------------------------------------------
static inline void visit_opens(struct visit *v)
{
    struct err err = {0};
    client_close(v->client);
    EXPECT_OK(client_open(&v->how, &v->client, &err));
}

// Everything of an answer but its date. Names of blobs are blanked, the real ones and those asked
// for, so that what is left differs only where something is told.
static inline void blank(uint8_t *said, size_t len, const char *hex)
{
    const size_t chars = (size_t)2 * DIGEST_BYTES;
    for (size_t i = 0; i + chars <= len; i++)
        if (memcmp(said + i, hex, chars) == 0)
            memset(said + i, '.', chars);
}

static inline void hear(struct visit *v, struct bytes said)
{
    uint8_t *copy = arena_new(&v->w->arena, uint8_t, said.len + 1);
    if (said.len > 0)
        memcpy(copy, said.ptr, said.len);
    for (size_t b = 0; b < 2; b++)
        blank(copy, said.len, v->blobs[b]->hex);
    blank(copy, said.len, v->w->body.hex);
    blank(copy, said.len, v->w->attachment.hex);
    buffer_put(&v->heard, bytes_of(copy, said.len));
}

static inline void hear_fields(struct visit *v, struct bytes fields)
{
    struct str rest = {(const char *)fields.ptr, fields.len};
    struct str line;
    while (rest.len > 0 && str_split(&rest, '\n', &line))
        if (!str_starts(line, STR("Date:")))
            hear(v, str_bytes(line));
}

static inline struct answer ask(struct visit *v, struct ask what)
{
    struct answer an = {0};
    struct err err = {0};
    what.answer_bytes_max = ANSWER_BYTES_MAX;
    bool done = client_ask(v->client, &what, &v->w->arena, &an, &err);
    if (!done && err.kind == ERR_OFFLINE) { // the listener closes after some refusals
        visit_opens(v);
        err = (struct err){0};
        an = (struct answer){0};
        done = client_ask(v->client, &what, &v->w->arena, &an, &err);
    }
    v->well += an.status == 200 || an.status == 206 ? 1 : 0;
    buffer_fmt(&v->heard, "\n[%d %s %s]\n", an.status, err_kind_word(err.kind), done ? "" : "-");
    hear(v, str_bytes(str_of(err.text)));
    hear_fields(v, an.fields);
    hear(v, an.body);
    return an;
}

static inline struct answer ask_path(struct visit *v, enum http_method method, const char *fmt,
                                     const char *part)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(&v->w->arena, &path, &err, "%s%s", fmt, part));
    return ask(v, (struct ask){.method = method, .target = path.ptr});
}

static inline void origin_hex(int node, char ret[2 * DIGEST_BYTES + 1])
{
    struct digest hash = digest_of(str_bytes(origin_at(node)));
    hex_write(bytes_of(hash.octets, DIGEST_BYTES), ret);
}

// -- attempts ------------------------------------------------------------------------------------
static inline void try_blob_get(struct visit *v)
{
    static const char *const ranges[] = {"Range: bytes=0-63",      "Range: bytes=-200",
                                         "Range: bytes=300-",      "Range: bytes=0-63,128-191",
                                         "Range: bytes=0-9999999", "If-None-Match: *"};
    for (size_t b = 0; b < 2; b++) {
        char upper[2 * DIGEST_BYTES + 1];
        (void)ask_path(v, METHOD_GET, "/blob/", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_HEAD, "/blob/", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_GET, "/blob/sha256:", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_GET, "/%62lob/", v->blobs[b]->hex);
        for (size_t i = 0; i < sizeof upper; i++)
            upper[i] =
                (char)(v->blobs[b]->hex[i] >= 'a' ? v->blobs[b]->hex[i] - 32 : v->blobs[b]->hex[i]);
        (void)ask_path(v, METHOD_GET, "/blob/", upper);
        for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
            const char *const headers[] = {ranges[i], NULL};
            struct err err = {0};
            struct str path;
            EXPECT_OK(arena_fmt(&v->w->arena, &path, &err, "/blob/%s", v->blobs[b]->hex));
            (void)ask(v,
                      (struct ask){.method = METHOD_GET, .target = path.ptr, .headers = headers});
        }
    }
}

static inline void try_blobs_post(struct visit *v)
{
    uint8_t hashes[3 * DIGEST_BYTES] = {0}; // both, and one that names nothing
    for (size_t b = 0; b < 2; b++)
        EXPECT(hex_read(str_of(v->blobs[b]->hex), hashes + b * DIGEST_BYTES, DIGEST_BYTES));
    for (size_t count = 1; count <= 3; count++)
        (void)ask(v, (struct ask){.method = METHOD_POST,
                                  .target = "/blobs",
                                  .body = bytes_of(hashes, count * DIGEST_BYTES)});
    (void)ask(v, (struct ask){.method = METHOD_POST,
                              .target = "/blobs",
                              .body = bytes_of(hashes, DIGEST_BYTES - 1)});
}

static inline const char *put_header(struct visit *v, const char *fmt, unsigned long long n)
{
    struct err err = {0};
    struct str made;
    EXPECT_OK(arena_fmt(&v->w->arena, &made, &err, "%s: %llu", fmt, n));
    return made.ptr;
}

// With `to`, as a body that this node is to carry for that State.
static inline void put_piece(struct visit *v, size_t b, unsigned long long offset,
                             unsigned long long size, const char *to)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(&v->w->arena, &path, &err, "/blob/%s", v->blobs[b]->hex));
    const char *const headers[] = {put_header(v, "Elchi-Offset", offset),
                                   put_header(v, "Elchi-Size", size),
                                   to == NULL ? NULL : "Elchi-At: 1 3", to, NULL};
    (void)ask(v, (struct ask){.method = METHOD_PUT,
                              .target = path.ptr,
                              .content_type = "application/octet-stream",
                              .body = bytes_of("x", 1),
                              .headers = headers});
}

static inline void put_for(struct visit *v, size_t b, unsigned long long size, int node)
{
    struct err err = {0};
    struct str to;
    EXPECT_OK(arena_fmt(&v->w->arena, &to, &err, "Elchi-To: %s", node_origins[node]));
    put_piece(v, b, 0, size, to.ptr);
}

// Whoever learns here that a body is held learns to whom it was written.
static inline void try_blob_put(struct visit *v)
{
    for (size_t b = 0; b < 2; b++) {
        unsigned long long size = v->blobs[b]->file.len;
        put_piece(v, b, 0, size, NULL);
        put_piece(v, b, size - 1, size, NULL);
        put_piece(v, b, size, size, NULL);
        put_piece(v, b, 0, size + 1, NULL);
        // A relay that is asked to carry what it holds for itself refuses, and by that tells it;
        // what counts here is whether anybody may read afterwards.
        size_t before = v->heard.len;
        for (int node = XB; node <= XC; node++)
            put_for(v, b, size, node);
        v->heard.len = before;
        (void)ask_path(v, METHOD_GET, "/blob/", v->blobs[b]->hex); // did it make a reader of us?
    }
}

static inline void try_keys_get(struct visit *v)
{
    char hex[2 * DIGEST_BYTES + 1];
    for (int node = 0; node < NODES; node++) {
        origin_hex(node, hex);
        (void)ask_path(v, METHOD_GET, "/keys/", hex);
    }
    for (size_t b = 0; b < 2; b++)
        (void)ask_path(v, METHOD_GET, "/keys/", v->blobs[b]->hex);
}

static inline void try_keys_post(struct visit *v)
{
    struct buffer b;
    buffer_init(&b, &v->w->arena, 4096);
    buffer_block16(&b, str_bytes(origin_at(XA)));
    for (size_t i = 0; i < 2; i++)
        buffer_put(&b, bytes_of(v->blobs[i]->hash.octets, DIGEST_BYTES));
    (void)ask(v, (struct ask){.method = METHOD_POST,
                              .target = "/keys",
                              .content_type = "application/octet-stream",
                              .body = buffer_bytes(&b)});
}

static inline void try_witness(struct visit *v)
{
    struct buffer b;
    char hex[2 * DIGEST_BYTES + 1];
    origin_hex(XA, hex);
    struct str path;
    struct err err = {0};
    EXPECT_OK(arena_fmt(&v->w->arena, &path, &err, "/log/%s/checkpoint", hex));
    struct answer an = ask(v, (struct ask){.method = METHOD_GET, .target = path.ptr});
    buffer_init(&b, &v->w->arena, NOTE_BYTES_MAX);
    buffer_fmt(&b, "old 0\n\n");
    buffer_put(&b, an.body);
    (void)ask(v, (struct ask){.method = METHOD_POST,
                              .target = "/witness/add-checkpoint",
                              .content_type = "text/plain",
                              .body = buffer_bytes(&b)});
}

static inline void try_mirror(struct visit *v)
{
    for (size_t b = 0; b < 2; b++)
        (void)ask(v, (struct ask){.method = METHOD_POST,
                                  .target = "/mirror/add-entries",
                                  .content_type = "application/octet-stream",
                                  .body = bytes_of(v->blobs[b]->hash.octets, DIGEST_BYTES)});
}

static inline void try_tail(struct visit *v, const char *before)
{
    static const char *const tails[] = {
        "checkpoint",           "tile/0/000",           "tile/0/000.p/1",
        "tile/0/000.p/2",       "tile/entries/000",     "tile/entries/000.p/1",
        "tile/entries/000.p/2", "tile/entries/000.p/3", "tile/1/000.p/1"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        (void)ask_path(v, METHOD_GET, before, tails[i]);
    for (size_t b = 0; b < 2; b++) {
        static const char *const ways[] = {"blob/", "tile/blob/", "tile/entries/",
                                           "..%2f..%2fblob%2f", "%2e%2e/blob/"};
        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
            struct str path;
            struct err err = {0};
            EXPECT_OK(arena_fmt(&v->w->arena, &path, &err, "%s%s", before, ways[i]));
            (void)ask_path(v, METHOD_GET, path.ptr, v->blobs[b]->hex);
        }
    }
}

static inline void try_log(struct visit *v)
{
    for (int node = 0; node <= NODES; node++) {
        char hex[2 * DIGEST_BYTES + 1];
        struct str before;
        struct err err = {0};
        if (node < NODES)
            origin_hex(node, hex);
        else
            memcpy(hex, v->blobs[0]->hex, sizeof hex);
        EXPECT_OK(arena_fmt(&v->w->arena, &before, &err, "/log/%s/", hex));
        try_tail(v, before.ptr);
    }
}

// No row at all stands behind these; a monitor or a door must not have what the listener has.
static inline void try_unlisted(struct visit *v)
{
    for (size_t b = 0; b < 2; b++) {
        (void)ask_path(v, METHOD_GET, "/blob/", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_GET, "/records/", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_GET, "/attachments/", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_POST, "/blob/", v->blobs[b]->hex);
        (void)ask_path(v, METHOD_DELETE, "/blob/", v->blobs[b]->hex);
    }
}

static inline void try_monitor_checkpoint(struct visit *v)
{
    (void)ask_path(v, METHOD_GET, "/checkpoint", "");
    try_unlisted(v);
}
static inline void try_monitor_tile(struct visit *v)
{
    try_tail(v, "/");
}
static inline void try_health(struct visit *v)
{
    (void)ask_path(v, METHOD_GET, "/health", "");
    try_unlisted(v);
}
static inline void try_status(struct visit *v)
{
    (void)ask_path(v, METHOD_GET, "/status", "");
    (void)ask_path(v, METHOD_GET, "/status?ref=", v->w->ref);
}
#endif
