// tests/cli/access_frames.h - asking clerk and keeper over their own sockets, as whoever owns one.
//
// Questions are written as words, so that a table can hold one for every frame:
//   oN      b16 origin of node N             wTEXT   b16 of the text
//   r       b16 the notice's ref             xb xa xn b16 "sha256:HEX" of body, attachment, note
//   hb ha hn  d32 of the same                fb fa fn b32 octets of the same
//   fc fm fg  b32 community file, a stranger's manifest, a draft that sends the body on
//   sb sa   u64 size of body, attachment
//   d       16, the draft that stays at XA   D       16, of a draft nobody has
//   nS:V    V in S octets                    zN      N zero octets
//   a       u16 and as many approvals of an export as this seat's officers can make
//   |       ends a question; the next follows on the same connection
#ifndef TESTS_CLI_ACCESS_FRAMES_H
#define TESTS_CLI_ACCESS_FRAMES_H
#include "clerk/acts.h"
#include "clerk/officer.h"
#include "cli/request.h"
#include "codebook/embedded.h"
#include "keeper/client.h"
#include "keeper/service.h"
#include "tests/cli/access_story.h"

struct seat {
    struct access_world *w;
    int node, who; // who: of people, for officers; -1: nobody
    struct buffer heard;
    bool done; // the last question was answered
    struct bytes answer;
};

// -- columns -------------------------------------------------------------------------------------
static inline struct bytes forged_approval(struct seat *s, int who)
{
    struct err err = {0};
    struct bytes note;
    struct request r = {
        .log = origin_at(s->node), .decision = DECISION_EXPORT, .text = s->w->note_octets};
    struct moment until = {world_now(world_real()).s + 3600};
    EXPECT_OK(request_approve(&r, DECISION_EXPORT, &s->w->at[s->node].people[who], until,
                              &s->w->arena, &note, &err));
    return note;
}

static inline void put_approvals(struct seat *s, struct buffer *b)
{
    int second = s->who == ANNA ? BERT : s->who;
    buffer_number(b, s->who < 0 ? 0 : 2, 2);
    if (s->who < 0)
        return;
    buffer_block16(b, forged_approval(s, s->who));
    buffer_block16(b, forged_approval(s, second));
}

// A message of this officer's desk with the body as its attachment: once it is released, whoever
// reads it reads what is attached.
static inline struct bytes sent_on(struct seat *s)
{
    struct err err = {0};
    struct codebook book;
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    EXPECT_OK(codebook_embedded(&s->w->arena, &book, &err));
    digest_write(&book.current->hash, hash);
    EXPECT_OK(
        arena_fmt(&s->w->arena, &text, &err,
                  "elchi record v1\nlog %s\ntype message\nfrom %s/%s\nto %s/technical\nprecedence "
                  "ROUTINE\ntlp GREEN\nexercise no\ncodebook %u %s\n01 C03\nattach sha256:%s %zu "
                  "application/octet-stream body.age\n",
                  node_origins[s->node], node_codes[s->node],
                  s->who == DORA ? "diplomatic" : "technical", s->node == XC ? "XB" : "XC",
                  (unsigned)book.current->version, hash, s->w->body.hex, s->w->body.file.len));
    return str_bytes(text);
}

static inline struct bytes octets_of(struct seat *s, char what)
{
    switch (what) {
    case 'b':
        return s->w->body.file;
    case 'a':
        return s->w->attachment.file;
    case 'n':
        return s->w->note_octets;
    case 'c':
        return test_file(&s->w->arena, s->w->community.ptr);
    case 'm':
        return test_file(&s->w->arena, s->w->at[XD].manifest.ptr);
    default:
        return sent_on(s);
    }
}

static inline struct bytes hash_of(struct seat *s, char what)
{
    const struct digest *d = what == 'b'   ? &s->w->body.hash
                             : what == 'a' ? &s->w->attachment.hash
                                           : &s->w->note;
    return bytes_of(d->octets, DIGEST_BYTES);
}

static inline void put_hash_text(struct seat *s, struct buffer *b, char what)
{
    struct digest d;
    char text[DIGEST_TEXT_CHARS + 1];
    memcpy(d.octets, hash_of(s, what).ptr, DIGEST_BYTES);
    digest_write(&d, text);
    buffer_block16(b, str_bytes(str_of(text)));
}

static inline void put_draft(struct seat *s, struct buffer *b)
{
    uint8_t draft[DRAFT_ID_BYTES];
    EXPECT(hex_read(str_of(s->w->draft), draft, sizeof draft));
    buffer_put(b, bytes_of(draft, sizeof draft));
}

static inline void put_zeros(struct buffer *b, unsigned long count)
{
    static const uint8_t zeros[256];
    EXPECT(count <= sizeof zeros);
    buffer_put(b, bytes_of(zeros, count));
}

static inline void put_number(struct buffer *b, const char *word)
{
    char *rest = NULL;
    unsigned long size = strtoul(word, &rest, 10);
    EXPECT(rest != NULL && *rest == ':');
    buffer_number(b, strtoull(rest + 1, NULL, 10), size);
}

static inline void put_word(struct seat *s, struct buffer *b, const char *word)
{
    switch (word[0]) {
    case 'o':
        buffer_block16(b, str_bytes(origin_at(word[1] - '0')));
        break;
    case 'w':
        buffer_block16(b, str_bytes(str_of(word + 1)));
        break;
    case 'r':
        buffer_block16(b, str_bytes(str_of(s->w->ref)));
        break;
    case 'x':
        put_hash_text(s, b, word[1]);
        break;
    case 'h':
        buffer_put(b, hash_of(s, word[1]));
        break;
    case 'f':
        buffer_block32(b, octets_of(s, word[1]));
        break;
    case 's':
        buffer_number(b, word[1] == 'b' ? s->w->body.file.len : s->w->attachment.file.len, 8);
        break;
    case 'd':
        put_draft(s, b);
        break;
    case 'D':
        put_zeros(b, DRAFT_ID_BYTES);
        break;
    case 'n':
        put_number(b, word + 1);
        break;
    case 'z':
        put_zeros(b, strtoul(word + 1, NULL, 10));
        break;
    case 'a':
        put_approvals(s, b);
        break;
    default:
        fail_msg("no column is written as %s", word);
    }
}

// -- questions -----------------------------------------------------------------------------------
typedef void seat_ask(struct seat *s, unsigned kind, const struct buffer *columns);

// Every question of a row, one after the other.
static inline void ask_all(struct seat *s, unsigned kind, const char *questions, seat_ask *ask)
{
    struct buffer b;
    struct str rest = str_of(questions);
    struct str part;
    buffer_init(&b, &s->w->arena, FRAME_BYTES_MAX);
    while (rest.len > 0 && str_split(&rest, ' ', &part)) {
        struct err err = {0};
        const char *word = NULL;
        EXPECT_OK(arena_cstr(&s->w->arena, part, &word, &err));
        if (strcmp(word, "|") != 0) {
            put_word(s, &b, word);
            continue;
        }
        ask(s, kind, &b);
        buffer_init(&b, &s->w->arena, FRAME_BYTES_MAX);
    }
    EXPECT(!b.full);
    ask(s, kind, &b);
}

static inline void seat_hears(struct seat *s, bool done, struct bytes answer, const struct err *err)
{
    s->done = done;
    s->answer = answer;
    buffer_fmt(&s->heard, "\n[%s: %s]\n", done ? "ok" : err_kind_word(err->kind), err->text);
    buffer_put(&s->heard, answer);
}

// -- processes -----------------------------------------------------------------------------------
struct started {
    pid_t keeper, clerk;
    int to_keeper[3];        // as the clerk, the courier, the door; -1: taken
    int as_courier, as_door; // to the clerk
};

// What they say of refusals is no matter of the tests' own output.
static inline void log_into(struct access_world *w, int node)
{
    int log =
        open(in_folder(w, w->at[node].folder, "asked.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log < 0 || dup2(log, 2) < 0)
        _exit(126);
}

static inline void keeper_runs(struct access_world *w, int node, const int sockets[3])
{
    struct err err = {0};
    struct secret words = {0};
    struct vault *v = memory_new(1, sizeof *v);
    struct keeper_door doors[3] = {{sockets[0], KEEPER_FOR_CLERK},
                                   {sockets[1], KEEPER_FOR_COURIER},
                                   {sockets[2], KEEPER_FOR_DOOR}};
    static const volatile int never;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    secret_copy(&words, str_bytes(STR(ACCESS_PASSPHRASE)));
    bool done =
        vault_open(v, world_real(), in_folder(w, w->at[node].folder, "keeper"), &words, &err) &&
        keeper_serve(v, doors, 3, &never, &err);
    if (!done)
        (void)fprintf(stderr, "keeper: %s\n", err.text);
    _exit(done ? 0 : 1);
}

static inline void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
}

static inline void keeper_starts(struct access_world *w, int node, struct started *ret)
{
    struct err err = {0};
    int theirs[3];
    *ret = (struct started){.clerk = 0, .as_courier = -1, .as_door = -1};
    for (int i = 0; i < 3; i++) {
        int pair[2];
        EXPECT_OK(frame_pair(pair, &err));
        theirs[i] = pair[0];
        ret->to_keeper[i] = pair[1];
    }
    ret->keeper = fork();
    EXPECT(ret->keeper >= 0);
    if (ret->keeper == 0) {
        log_into(w, node);
        close_all(ret->to_keeper, 3);
        keeper_runs(w, node, theirs);
    }
    close_all(theirs, 3);
}

// The program's own clerk, started as the supervisor starts it.
static inline void clerk_starts(struct access_world *w, int node, struct started *s)
{
    struct err err = {0};
    int courier[2];
    int door[2];
    char fds[3][12];
    EXPECT_OK(frame_pair(courier, &err));
    EXPECT_OK(frame_pair(door, &err));
    int given[3] = {s->to_keeper[0], courier[0], door[0]};
    for (int i = 0; i < 3; i++)
        (void)snprintf(fds[i], sizeof fds[i], "%d", given[i]);
    const char *const words[] = {"elchi",  "process", "clerk",   w->at[node].folder.ptr,
                                 "keeper", fds[0],    "courier", fds[1],
                                 "door",   fds[2],    NULL};
    s->clerk = fork();
    EXPECT(s->clerk >= 0);
    if (s->clerk == 0) {
        log_into(w, node);
        for (int i = 0; i < 3; i++)
            (void)fcntl(given[i], F_SETFD, 0);
        exec_program(words);
    }
    close_all(given, 3);
    s->to_keeper[0] = -1;
    s->as_courier = courier[1];
    s->as_door = door[1];
    wait_serving(w, node);
}

static inline void both_end(struct started *s)
{
    close_all(s->to_keeper, 3);
    if (s->clerk > 0) {
        close_all((const int[]){s->as_courier, s->as_door}, 2);
        (void)kill(s->clerk, SIGTERM);
        (void)waitpid(s->clerk, NULL, 0);
    }
    (void)waitpid(s->keeper, NULL, 0);
}
#endif
