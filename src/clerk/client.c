#include "clerk/client.h"

#include "base/encode.h"
#include "base/frame.h"
#include "base/limits.h"
#include "clerk/officer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CALL_TIMEOUT_MS = 120000, LARGE_BYTES = 4 * FRAME_BYTES_MAX };

static bool malformed(struct err *err, const char *what)
{
    return err_set(err, ERR_MALFORMED, "clerk/frames.h", "the clerk's answer to %s", what);
}

// -- the link ------------------------------------------------------------------------------------
bool clerk_connect(const char *path, struct clerk_link *ret, struct err *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len >= sizeof at.sun_path)
        return err_set(err, ERR_LIMIT, NULL, "the local socket has too long a path");
    memcpy(at.sun_path, path, len + 1);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return err_set_errno(err, "making a socket");
    union {
        const struct sockaddr_un *local;
        const struct sockaddr *any;
    } address = {&at};
    if (connect(s, address.any, sizeof at) != 0) {
        (void)close(s); // never connected
        return err_set(err, ERR_OFFLINE, "DESIGN 9", "no node serves at %.160s", path);
    }
    ret->socket = s;
    return true;
}

void clerk_hang_up(struct clerk_link *c)
{
    if (c->socket >= 0)
        (void)close(c->socket); // nothing of ours is unsent
    c->socket = -1;
}

bool clerk_ask(const struct clerk_link *c, enum clerk_frame kind, struct bytes columns,
               struct arena *a, struct bytes *ret_columns, struct err *err)
{
    struct frame answer = {.fd = -1};
    if (!frame_call(c->socket, (struct frame){(uint16_t)kind, columns, -1}, a, CALL_TIMEOUT_MS,
                    &answer, err))
        return false;
    if (answer.fd >= 0)
        (void)close(answer.fd); // none was asked for
    *ret_columns = answer.payload;
    return true;
}

bool clerk_show(const struct clerk_link *c, enum clerk_frame kind, struct bytes columns,
                json_t **ret_owned, struct err *err)
{
    struct arena a;
    struct bytes answer;
    arena_init(&a, LARGE_BYTES);
    bool done = clerk_ask(c, kind, columns, &a, &answer, err) && json_read(answer, ret_owned, err);
    arena_release(&a);
    return done;
}

// -- columns -------------------------------------------------------------------------------------
struct asking {
    struct arena arena; // owned, unless the caller brought one
    struct buffer columns;
    struct reader answer;
};

static void ask_init(struct asking *ask)
{
    arena_init(&ask->arena, LARGE_BYTES);
    buffer_init(&ask->columns, &ask->arena, FRAME_BYTES_MAX);
    ask->answer = reader_of((struct bytes){0});
}

static void ask_release(struct asking *ask)
{
    arena_release(&ask->arena);
}

static void put_str(struct asking *ask, struct str s)
{
    buffer_block16(&ask->columns, str_bytes(s));
}

static void put_digest(struct asking *ask, const struct digest *d)
{
    buffer_put(&ask->columns, bytes_of(d->octets, DIGEST_BYTES));
}

static void put_notes(struct asking *ask, const struct bytes *notes, size_t count)
{
    buffer_number(&ask->columns, count, 2);
    for (size_t i = 0; i < count; i++)
        buffer_block16(&ask->columns, notes[i]);
}

static bool call_in(const struct clerk_link *c, enum clerk_frame kind, struct asking *ask,
                    struct arena *a, struct err *err)
{
    struct bytes columns;
    struct bytes answer;
    if (!buffer_take(&ask->columns, &columns, err) || !clerk_ask(c, kind, columns, a, &answer, err))
        return false;
    ask->answer = reader_of(answer);
    return true;
}

static bool call(const struct clerk_link *c, enum clerk_frame kind, struct asking *ask,
                 struct err *err)
{
    return call_in(c, kind, ask, &ask->arena, err);
}

// When nothing but "done" is expected.
static bool call_done(const struct clerk_link *c, enum clerk_frame kind, struct asking *ask,
                      struct err *err)
{
    return call(c, kind, ask, err) && (reader_done(&ask->answer) || malformed(err, "an order"));
}

static bool call_word(const struct clerk_link *c, enum clerk_frame kind, struct asking *ask,
                      uint64_t most, uint64_t *ret, size_t size, struct err *err)
{
    uint64_t n = 0;
    if (!call(c, kind, ask, err))
        return false;
    for (size_t i = 0; i < size; i++)
        n = n << 8 | reader_u8(&ask->answer);
    if (!reader_done(&ask->answer) || n > most)
        return malformed(err, "a question");
    *ret = n;
    return true;
}

// -- what a carrier brings -----------------------------------------------------------------------
bool clerk_take_manifests(const struct clerk_link *c, struct str origin, struct bytes chain,
                          bool *ret_changed, struct err *err)
{
    struct asking ask;
    uint64_t changed = 0;
    ask_init(&ask);
    put_str(&ask, origin);
    buffer_block32(&ask.columns, chain);
    bool done = call_word(c, CLERK_TAKE_MANIFESTS, &ask, 1, &changed, 1, err);
    if (done)
        *ret_changed = changed == 1;
    ask_release(&ask);
    return done;
}

bool clerk_take_entries(const struct clerk_link *c, const struct clerk_entries *entries,
                        struct tree_size *ret_size, struct err *err)
{
    struct asking ask;
    ask_init(&ask);
    put_str(&ask, entries->from);
    put_str(&ask, entries->origin);
    buffer_number(&ask.columns, entries->first.n, 8);
    buffer_block32(&ask.columns, entries->checkpoint);
    buffer_number(&ask.columns, entries->count, 4);
    for (size_t i = 0; i < entries->count; i++)
        buffer_block16(&ask.columns, entries->entries[i]);
    bool done = call(c, CLERK_TAKE_ENTRIES, &ask, err);
    uint64_t size = done ? reader_u64(&ask.answer) : 0;
    if (done && !reader_done(&ask.answer))
        done = malformed(err, "entries");
    if (done)
        ret_size->n = size;
    ask_release(&ask);
    return done;
}

// One column of the frame each.
// NOLINTNEXTLINE(readability-function-size)
bool clerk_witness(const struct clerk_link *c, struct arena *a, struct str from, struct str origin,
                   struct bytes checkpoint, struct tree_size old, struct proof proof,
                   struct str *ret_line, struct err *err)
{
    struct asking ask;
    struct str line = {0};
    ask_init(&ask);
    put_str(&ask, from);
    put_str(&ask, origin);
    buffer_block32(&ask.columns, checkpoint);
    buffer_number(&ask.columns, old.n, 8);
    buffer_number(&ask.columns, proof.count, 2);
    for (size_t i = 0; i < proof.count; i++)
        put_digest(&ask, &proof.path[i]);
    bool done = call_in(c, CLERK_WITNESS, &ask, a, err) &&
                text_check(reader_block16(&ask.answer), &line, err) &&
                (reader_done(&ask.answer) || malformed(err, "a checkpoint"));
    if (done)
        *ret_line = line;
    ask_release(&ask);
    return done;
}

bool clerk_take_cosigs(const struct clerk_link *c, struct str origin, struct bytes checkpoint,
                       uint16_t *ret_new, struct err *err)
{
    struct asking ask;
    uint64_t fresh = 0;
    ask_init(&ask);
    put_str(&ask, origin);
    buffer_block32(&ask.columns, checkpoint);
    bool done = call_word(c, CLERK_TAKE_COSIGS, &ask, UINT16_MAX, &fresh, 2, err);
    if (done)
        *ret_new = (uint16_t)fresh;
    ask_release(&ask);
    return done;
}

bool clerk_take_evidence(const struct clerk_link *c, struct bytes evidence, bool *ret_new,
                         struct err *err)
{
    struct asking ask;
    uint64_t fresh = 0;
    ask_init(&ask);
    buffer_block32(&ask.columns, evidence);
    bool done = call_word(c, CLERK_TAKE_EVIDENCE, &ask, 1, &fresh, 1, err);
    if (done)
        *ret_new = fresh == 1;
    ask_release(&ask);
    return done;
}

bool clerk_take_waiting(const struct clerk_link *c, struct str from,
                        const struct clerk_waiting *rows, size_t count, struct err *err)
{
    struct asking ask;
    CHECK(count <= UINT16_MAX);
    ask_init(&ask);
    put_str(&ask, from);
    buffer_number(&ask.columns, count, 2);
    for (size_t i = 0; i < count; i++) {
        put_str(&ask, rows[i].origin);
        buffer_number(&ask.columns, rows[i].index.n, 8);
        put_digest(&ask, &rows[i].hash);
        buffer_number(&ask.columns, rows[i].size, 8);
        buffer_number(&ask.columns, (uint64_t)rows[i].precedence, 1);
    }
    bool done = call_done(c, CLERK_TAKE_WAITING, &ask, err);
    ask_release(&ask);
    return done;
}

// -- blobs ---------------------------------------------------------------------------------------
static bool take_have(struct asking *ask, uint64_t *ret_have, bool *ret_complete, struct err *err)
{
    uint64_t have = reader_u64(&ask->answer);
    uint8_t complete = reader_u8(&ask->answer);
    if (!reader_done(&ask->answer) || complete > 1)
        return malformed(err, "a blob");
    *ret_have = have;
    *ret_complete = complete == 1;
    return true;
}

// One column of the frame each.
// NOLINTNEXTLINE(readability-function-size)
bool clerk_take_blob(const struct clerk_link *c, struct str from, const struct digest *hash,
                     uint64_t size, uint64_t offset, struct bytes octets, uint64_t *ret_have,
                     bool *ret_complete, struct err *err)
{
    struct asking ask;
    ask_init(&ask);
    put_str(&ask, from);
    put_digest(&ask, hash);
    buffer_number(&ask.columns, size, 8);
    buffer_number(&ask.columns, offset, 8);
    buffer_block32(&ask.columns, octets);
    bool done = call(c, CLERK_TAKE_BLOB, &ask, err) && take_have(&ask, ret_have, ret_complete, err);
    ask_release(&ask);
    return done;
}

bool clerk_take_bodies(const struct clerk_link *c, struct str from, const struct clerk_body *bodies,
                       size_t count, uint16_t *ret_taken, struct err *err)
{
    struct asking ask;
    uint64_t taken = 0;
    CHECK(count <= CLERK_BODIES_MAX);
    ask_init(&ask);
    put_str(&ask, from);
    buffer_number(&ask.columns, count, 2);
    for (size_t i = 0; i < count; i++) {
        put_digest(&ask, &bodies[i].hash);
        buffer_block32(&ask.columns, bodies[i].octets);
    }
    bool done = call_word(c, CLERK_TAKE_BODIES, &ask, CLERK_BODIES_MAX, &taken, 2, err);
    if (done)
        *ret_taken = (uint16_t)taken;
    ask_release(&ask);
    return done;
}

bool clerk_offers_done(const struct clerk_link *c, struct str peer, const struct digest *hashes,
                       size_t count, struct err *err)
{
    struct asking ask;
    CHECK(count <= CLERK_BODIES_MAX);
    ask_init(&ask);
    put_str(&ask, peer);
    buffer_number(&ask.columns, count, 2);
    for (size_t i = 0; i < count; i++)
        put_digest(&ask, &hashes[i]);
    bool done = call_done(c, CLERK_OFFERS_DONE, &ask, err);
    ask_release(&ask);
    return done;
}

bool clerk_leave_blob(const struct clerk_link *c, const struct clerk_left *l, uint64_t *ret_have,
                      struct err *err)
{
    struct asking ask;
    bool complete;
    ask_init(&ask);
    put_str(&ask, l->from);
    put_str(&ask, l->to);
    buffer_number(&ask.columns, l->at.n, 8);
    buffer_number(&ask.columns, (uint64_t)l->precedence, 1);
    put_digest(&ask, &l->hash);
    buffer_number(&ask.columns, l->size, 8);
    buffer_number(&ask.columns, l->offset, 8);
    buffer_block32(&ask.columns, l->octets);
    bool done = call(c, CLERK_LEAVE_BLOB, &ask, err) && take_have(&ask, ret_have, &complete, err);
    ask_release(&ask);
    return done;
}

bool clerk_blob_have(const struct clerk_link *c, const struct digest *hash, uint64_t *ret_have,
                     bool *ret_complete, struct err *err)
{
    struct asking ask;
    ask_init(&ask);
    put_digest(&ask, hash);
    bool done = call(c, CLERK_BLOB_HAVE, &ask, err) && take_have(&ask, ret_have, ret_complete, err);
    ask_release(&ask);
    return done;
}

bool clerk_blob_read(const struct clerk_link *c, const struct digest *hash, uint64_t offset,
                     uint32_t most, struct arena *a, struct bytes *ret, struct err *err)
{
    struct asking ask;
    ask_init(&ask);
    put_digest(&ask, hash);
    buffer_number(&ask.columns, offset, 8);
    buffer_number(&ask.columns, most, 4);
    bool done = call_in(c, CLERK_BLOB_READ, &ask, a, err);
    if (done)
        *ret = ask.answer.rest;
    ask_release(&ask);
    return done;
}

bool clerk_attachment_key(const struct clerk_link *c, const struct digest *hash,
                          struct age_file_key *ret, uint64_t *ret_size, struct err *err)
{
    struct asking ask;
    struct age_file_key key;
    ask_init(&ask);
    put_digest(&ask, hash);
    bool done = call(c, CLERK_ATTACHMENT_KEY, &ask, err);
    struct bytes payload = ask.answer.rest;
    reader_copy(&ask.answer, key.octets, AGE_FILE_KEY_BYTES);
    uint64_t size = reader_u64(&ask.answer);
    if (done && !reader_done(&ask.answer))
        done = malformed(err, "an attachment");
    if (done) {
        *ret = key;
        *ret_size = size;
    }
    union {
        const uint8_t *from;
        void *octets;
    } wiped = {payload.ptr};
    if (payload.len > 0)
        secret_wipe(wiped.octets, payload.len);
    secret_wipe(key.octets, sizeof key.octets);
    ask_release(&ask);
    return done;
}

// -- peers ---------------------------------------------------------------------------------------
bool clerk_take_books(const struct clerk_link *c, struct str from, struct moment written,
                      const struct clerk_book *books, size_t count, struct err *err)
{
    struct asking ask;
    CHECK(count <= CLERK_BOOKS_MAX);
    CHECK(written.s >= 0);
    ask_init(&ask);
    put_str(&ask, from);
    buffer_number(&ask.columns, (uint64_t)written.s, 8);
    buffer_number(&ask.columns, count, 2);
    for (size_t i = 0; i < count; i++) {
        put_str(&ask, books[i].name);
        buffer_number(&ask.columns, books[i].version, 4);
        buffer_put(&ask.columns, bytes_of(books[i].prefix, sizeof books[i].prefix));
    }
    bool done = call_done(c, CLERK_TAKE_BOOKS, &ask, err);
    ask_release(&ask);
    return done;
}

bool clerk_peer_called(const struct clerk_link *c, struct str peer, bool well, int64_t next_try_ms,
                       struct err *err)
{
    struct asking ask;
    CHECK(next_try_ms >= 0);
    ask_init(&ask);
    put_str(&ask, peer);
    buffer_number(&ask.columns, well ? 1 : 0, 1);
    buffer_number(&ask.columns, (uint64_t)next_try_ms, 8);
    bool done = call_done(c, CLERK_PEER_CALLED, &ask, err);
    ask_release(&ask);
    return done;
}

bool clerk_peer_head(const struct clerk_link *c, struct str peer, struct str origin,
                     struct tree_size size, struct bytes root_prefix, int64_t cosigs_sent,
                     struct err *err)
{
    struct asking ask;
    CHECK(cosigs_sent >= 0);
    ask_init(&ask);
    put_str(&ask, peer);
    put_str(&ask, origin);
    buffer_number(&ask.columns, size.n, 8);
    buffer_block16(&ask.columns, root_prefix);
    buffer_number(&ask.columns, (uint64_t)cosigs_sent, 8);
    bool done = call_done(c, CLERK_PEER_HEAD, &ask, err);
    ask_release(&ask);
    return done;
}

bool clerk_take_own_head(const struct clerk_link *c, struct str from, struct bytes checkpoint,
                         struct moment written, struct err *err)
{
    struct asking ask;
    ask_init(&ask);
    put_str(&ask, from);
    buffer_block32(&ask.columns, checkpoint);
    buffer_number(&ask.columns, written.s < 0 ? 0 : (uint64_t)written.s, 8);
    bool done = call_done(c, CLERK_TAKE_OWN_HEAD, &ask, err);
    ask_release(&ask);
    return done;
}

// -- officers ------------------------------------------------------------------------------------

// The answer is JSON; its `draft` is what goes on from here.
bool clerk_draft_new(const struct clerk_link *c, struct bytes text, struct draft_id *ret,
                     struct err *err)
{
    struct asking ask;
    struct bytes columns;
    json_t *shown = NULL;
    ask_init(&ask);
    buffer_block32(&ask.columns, text);
    bool done = buffer_take(&ask.columns, &columns, err) &&
                clerk_show(c, CLERK_DRAFT_NEW, columns, &shown, err);
    const char *hex = done ? json_string_value(json_object_get(shown, "draft")) : NULL;
    if (done && (hex == NULL || !hex_read(str_of(hex), ret->octets, DRAFT_ID_BYTES)))
        done = malformed(err, "a draft");
    json_decref(shown);
    ask_release(&ask);
    return done;
}

bool clerk_proof(const struct clerk_link *c, struct arena *a, struct str ref,
                 const struct bytes *approvals, size_t approvals_count, struct bytes *ret,
                 struct err *err)
{
    struct asking ask;
    struct bytes file = {0};
    ask_init(&ask);
    put_str(&ask, ref);
    put_notes(&ask, approvals, approvals_count);
    bool done = call_in(c, CLERK_PROOF, &ask, a, err);
    if (done) {
        file = reader_block32(&ask.answer);
        done = reader_done(&ask.answer) || malformed(err, "a proof");
    }
    if (done)
        *ret = file;
    ask_release(&ask);
    return done;
}

bool clerk_change_register(const struct clerk_link *c, struct bytes text,
                           const struct bytes *approvals, size_t approvals_count, struct err *err)
{
    struct asking ask;
    ask_init(&ask);
    buffer_block32(&ask.columns, text);
    put_notes(&ask, approvals, approvals_count);
    bool done = call_done(c, CLERK_REGISTER_CHANGE, &ask, err);
    ask_release(&ask);
    return done;
}

// -- proving a key -------------------------------------------------------------------------------
static bool ask_challenge(const struct clerk_link *c, struct str officer, struct arena *a,
                          uint8_t ret[32], struct err *err)
{
    struct buffer columns;
    struct bytes answer;
    buffer_init(&columns, a, 1024);
    buffer_block16(&columns, str_bytes(officer));
    if (!clerk_ask(c, CLERK_HELLO, buffer_bytes(&columns), a, &answer, err))
        return false;
    if (answer.len != 32)
        return err_set(err, ERR_MALFORMED, "clerk/frames.h", "a challenge of %zu octets",
                       answer.len);
    memcpy(ret, answer.ptr, 32);
    return true;
}

bool clerk_prove(const struct clerk_link *c, struct str origin, struct str officer,
                 const struct secret *seed, struct err *err)
{
    struct arena a;
    uint8_t challenge[32];
    struct str text = {0};
    struct signature signature;
    json_t *shown = NULL;
    arena_init(&a, 65536);
    bool done = ask_challenge(c, officer, &a, challenge, err) &&
                clerk_hello_write(origin, officer, challenge, &a, &text, err);
    if (done) {
        sign_message(seed, str_bytes(text), &signature);
        done = clerk_show(c, CLERK_PROVE, bytes_of(signature.octets, SIGNATURE_BYTES), &shown, err);
    }
    json_decref(shown);
    arena_release(&a);
    return done;
}
