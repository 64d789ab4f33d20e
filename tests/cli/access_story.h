// tests/cli/access_story.h - what is to be read: it is said, sealed, delivered, and taken down.
#ifndef TESTS_CLI_ACCESS_STORY_H
#define TESTS_CLI_ACCESS_STORY_H
#include "crypto/age.h"
#include "tests/cli/access_world.h"

enum { FILE_LINES = 80, BLOB_PIECE = 65536 };
#define NOTICE_LINE "N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"

// -- saying it -----------------------------------------------------------------------------------
static inline json_t *parsed(struct bytes said)
{
    json_t *shown = NULL;
    struct err err = {0};
    EXPECT_OK(json_read(said, &shown, &err));
    return shown;
}

static inline void copy_field(const struct ran *r, const char *key, char *to, size_t cap)
{
    json_t *shown = parsed(r->said);
    const char *text = json_string_value(json_object_get(shown, key));
    EXPECT(text != NULL);
    EXPECT(strlen(text) < cap);
    (void)snprintf(to, cap, "%s", text);
    json_decref(shown);
}

static inline void draft_at_xa(struct access_world *w, const char *words, const char *attach,
                               char ret_draft[2 * DRAFT_ID_BYTES + 1])
{
    struct err err = {0};
    struct str text;
    EXPECT_OK(arena_fmt(&w->arena, &text, &err, "en:%s", words));
    struct ran r = must_run(RUN(w, "draft", "--from", "technical", "--to", "XB/technical",
                                "--precedence", "IMMEDIATE", "--tlp", "AMBER", "--json", "--text",
                                text.ptr, "--attach", attach, AS(w, XA, ANNA), NOTICE_LINE));
    copy_field(&r, "draft", ret_draft, 2 * DRAFT_ID_BYTES + 1);
}

static inline const char *approval_of(struct access_world *w, int node, int who,
                                      const char *request)
{
    const char *out = fresh_path(w);
    must_run(RUN(w, "approve", request, "--officer", key_path(w, node, who), "--passphrase-file",
                 w->passphrase_file.ptr, "--yes", "--out", out));
    return out;
}

static inline void say_it(struct access_world *w)
{
    struct buffer b;
    char draft[2 * DRAFT_ID_BYTES + 1];
    buffer_init(&b, &w->arena, 1 << 20);
    for (int i = 0; i < FILE_LINES; i++)
        buffer_fmt(&b, "line %03d: " FILE_WORDS "\n", i);
    const char *file = fresh_file(w, buffer_bytes(&b));
    struct str attach;
    struct err err = {0};
    EXPECT_OK(arena_fmt(&w->arena, &attach, &err, "%s:names.txt", file));
    draft_at_xa(w, BODY_WORDS, attach.ptr, draft);
    draft_at_xa(w, DRAFT_WORDS, attach.ptr, w->draft);
    const char *request = fresh_path(w);
    must_run(RUN(w, "draft", "show", draft, "--out", request, AS(w, XA, ANNA)));
    struct ran r =
        must_run(RUN(w, "release", draft, "--json", "--approval", approval_of(w, XA, ANNA, request),
                     "--approval", approval_of(w, XA, BERT, request), AS(w, XA, ANNA)));
    copy_field(&r, "ref", w->ref, sizeof w->ref);
}

// By a file too: what is read here must not hang on when a session comes by.
static inline const char *written_for(struct access_world *w, int from, int to)
{
    const char *file = fresh_path(w);
    must_run(RUN(w, "bundle", "write", "--node", w->at[from].folder.ptr, "--to", node_codes[to],
                 "--out", file, "--all"));
    return file;
}

// Said while XA does not serve, so that the file is written before a session comes by and holds
// the body. Read twice: an attachment that stands before its body is wanted only once that is read.
static inline void say_and_carry_it(struct access_world *w)
{
    node_stops(w, XA);
    say_it(w);
    w->courier_file = str_of(written_for(w, XA, XB));
    node_starts(w, XA);
    wait_serving(w, XA);
    for (int time = 0; time < 2; time++)
        must_run(RUN(w, "bundle", "read", "--node", w->at[XB].folder.ptr, w->courier_file.ptr));
}

// -- waiting until it is there -------------------------------------------------------------------
static inline json_t *shown_at(struct access_world *w, int node)
{
    json_t *shown = NULL;
    struct err err = {0};
    struct buffer b;
    struct clerk_link link = officer_link(w, node, ANNA);
    buffer_init(&b, &w->arena, 1024);
    buffer_block16(&b, str_bytes(str_of(w->ref)));
    if (!clerk_show(&link, CLERK_SHOW, buffer_bytes(&b), &shown, &err))
        shown = NULL; // not here yet
    clerk_hang_up(&link);
    return shown;
}

static inline bool is_whole(const json_t *shown)
{
    json_t *files = json_object_get(shown, "attachments");
    return json_is_true(json_object_get(shown, "quorum_met")) && json_array_size(files) == 1 &&
           json_is_true(json_object_get(json_array_get(files, 0), "held"));
}

static inline void wait_whole(struct access_world *w, int node)
{
    bool whole = false;
    for (int waited = 0; !whole && waited < WAIT_MS; waited += STEP_MS) {
        json_t *shown = shown_at(w, node);
        whole = is_whole(shown);
        json_decref(shown);
        if (!whole)
            (void)poll(NULL, 0, STEP_MS);
    }
    if (!whole)
        fail_msg("the notice does not arrive whole at %s", node_codes[node]);
}

// Each is known and reached: to carry a body for a State that was not is a relay's very task.
static inline bool knows_partners(struct access_world *w, int node)
{
    struct clerk_link link = node_link(w, node);
    json_t *shown = NULL;
    struct err err = {0};
    bool all = true;
    EXPECT_OK(clerk_show(&link, CLERK_PEERS, (struct bytes){0}, &shown, &err));
    json_t *peers = json_object_get(shown, "peers");
    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *peer = json_array_get(peers, i);
        all = all && json_integer_value(json_object_get(peer, "keys")) > 0 &&
              json_integer_value(json_object_get(peer, "failures")) == 0;
    }
    json_decref(shown);
    clerk_hang_up(&link);
    return all;
}

static inline void wait_introduced(struct access_world *w)
{
    for (int node = XA; node <= XC; node++) {
        int waited = 0;
        for (; !knows_partners(w, node) && waited < WAIT_MS; waited += STEP_MS)
            (void)poll(NULL, 0, STEP_MS);
        EXPECT(waited < WAIT_MS);
    }
}

// -- taking it down ------------------------------------------------------------------------------
static inline void take_blob(struct access_world *w, const char *named, struct blob_of *ret)
{
    struct err err = {0};
    struct clerk_link link = officer_link(w, XA, ANNA);
    EXPECT(digest_read(str_of(named), &ret->hash));
    hex_write(bytes_of(ret->hash.octets, DIGEST_BYTES), ret->hex);
    EXPECT_OK(clerk_blob_read(&link, &ret->hash, 0, BLOB_PIECE, &w->arena, &ret->file, &err));
    struct digest held = digest_of(ret->file);
    EXPECT(digest_eq(&held, &ret->hash)); // it is whole
    clerk_hang_up(&link);
}

// The file key, learned as only XB can; and what it opens holds the words.
static inline void add_file_key(struct access_world *w, const char *name, struct bytes file,
                                const char *words)
{
    struct age_header h;
    struct age_file_key key;
    struct bytes plain;
    struct bytes kept;
    struct err err = {0};
    EXPECT_OK(age_header_parse(file, &w->arena, &h, &err));
    EXPECT_OK(age_header_open(&h, &w->at[XB].identity, &key, &err));
    EXPECT_OK(age_file_open_with_key(file, &key, &w->arena, &plain, &err));
    EXPECT(bytes_hold(plain, str_bytes(str_of(words))));
    EXPECT_OK(arena_copy(&w->arena, bytes_of(key.octets, sizeof key.octets), &kept, &err));
    piece_add(&w->pieces, PIECE_KEY, name, kept);
    piece_add_file(&w->pieces, name, bytes_of(file.ptr + h.size, file.len - h.size));
}

static inline void add_state_keys(struct access_world *w, int node)
{
    struct err err = {0};
    struct str text;
    char identity[AGE_IDENTITY_CHARS + 1];
    struct access_node *n = &w->at[node];
    age_identity_write(&n->identity, identity);
    EXPECT_OK(arena_str(&w->arena, str_of(identity), &text, &err));
    piece_add(&w->pieces, PIECE_KEY, "an age identity", str_bytes(text));
    piece_add(&w->pieces, PIECE_KEY, "an age identity", secret_bytes(&n->identity));
    piece_add(&w->pieces, PIECE_KEY, "the key of a desk's office", secret_bytes(&n->desk_keys[0]));
}

static inline void take_down(struct access_world *w)
{
    json_t *shown = shown_at(w, XA);
    struct err err = {0};
    EXPECT(shown != NULL);
    json_t *file = json_array_get(json_object_get(shown, "attachments"), 0);
    const char *note = json_string_value(json_object_get(shown, "signed"));
    EXPECT(digest_read(str_of(json_string_value(json_object_get(shown, "note"))), &w->note));
    EXPECT_OK(arena_copy(&w->arena, str_bytes(str_of(note)), &w->note_octets, &err));
    take_blob(w, json_string_value(json_object_get(shown, "body")), &w->body);
    take_blob(w, json_string_value(json_object_get(file, "hash")), &w->attachment);
    json_decref(shown);
    piece_add(&w->pieces, PIECE_TEXT, "the body's words", str_bytes(STR(BODY_WORDS)));
    piece_add(&w->pieces, PIECE_TEXT, "the attachment's words", str_bytes(STR(FILE_WORDS)));
    piece_add(&w->pieces, PIECE_TEXT, "the draft's words", str_bytes(STR(DRAFT_WORDS)));
    add_file_key(w, "the body's age file", w->body.file, BODY_WORDS);
    add_file_key(w, "the attachment's age file", w->attachment.file, FILE_WORDS);
    piece_add(&w->pieces, PIECE_NAMED, "the attachment's hash",
              bytes_of(w->attachment.hash.octets, DIGEST_BYTES));
    add_state_keys(w, XA);
    add_state_keys(w, XB);
}

// -- all of it, once -----------------------------------------------------------------------------
static inline void make_world(struct access_world *w)
{
    struct err err = {0};
    struct secret words = {0};
    struct str text = STR(ACCESS_PASSPHRASE);
    crypto_start();
    (void)signal(SIGPIPE, SIG_IGN);
    arena_init(&w->arena, (size_t)1 << 30);
    w->folder = str_of(test_folder(&w->arena));
    w->passphrase_file = str_of(fresh_file(w, str_bytes(text)));
    (void)atexit(all_stop);
    secret_copy(&words, str_bytes(text));
    for (int node = 0; node < NODES; node++)
        make_node(w, node, &words);
    secret_release(&words);
    EXPECT(err.kind == ERR_NONE);
    make_communities(w);
    for (int node = 0; node < RUNNING; node++)
        node_starts(w, node);
    for (int node = 0; node < RUNNING; node++)
        wait_serving(w, node);
    wait_introduced(w);
    say_and_carry_it(w);
    wait_whole(w, XA);
    wait_whole(w, XB);
    take_down(w);
    w->ready = true;
}

static inline struct access_world *the_world(void)
{
    if (!world_of_four.ready) {
        EXPECT(world_of_four.folder.len == 0); // it failed before: once is enough
        make_world(&world_of_four);
    }
    return &world_of_four;
}
#endif
