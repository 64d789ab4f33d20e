// bench/deliver.c - release to receipt back, between two running nodes; bench/nodes.sh starts them.
//
// Speaks to the sender's clerk as an officer does. A message counts when the sender's node shows
// the addressee's receipt: released, logged, fetched, opened, received back and verified, durable
// on both sides. Source: DESIGN section 12, "deliver". usage: deliver NODE TO [MESSAGES] (without a
// node: says nothing)
#include "bench/bench.h"
#include "clerk/client.h"
#include "cli/keyfile.h"
#include "codebook/embedded.h"
#include "record/record.h"

#include <pthread.h>
#include <string.h>

enum { OFFICERS = 2, DESKS = 32, ROUNDS = 60, WAIT_S = 60, AIM_MS = 50, AIM_PER_S = 500 };

struct sender {
    struct arena a;
    struct clerk_link clerk;
    char path[512];
    struct keyfile officers[OFFICERS];
    struct str origin;
    struct bytes text;  // in the form officers approve
    struct digest hash; // of it
};
static const char *const names[OFFICERS] = {"anna", "bert"};

static void open_sender(struct sender *s, const char *node, const char *to)
{
    struct err err = {0};
    struct secret words = {0};
    struct bytes file;
    struct codebook book;
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    crypto_start();
    arena_init(&s->a, (size_t)1 << 30);
    (void)snprintf(s->path, sizeof s->path, "%s/passphrase", node);
    must(world_read_file(world_real(), s->path, 4096, &s->a, &file, &err), &err, "passphrase");
    while (file.len > 0 && file.ptr[file.len - 1] == '\n')
        file.len--;
    secret_copy(&words, file);
    for (int i = 0; i < OFFICERS; i++) {
        (void)snprintf(s->path, sizeof s->path, "%s/people/%s.key", node, names[i]);
        must(keyfile_open(world_real(), s->path, &words, &s->a, &s->officers[i], &err), &err,
             s->path);
    }
    secret_release(&words);
    const char *officer = strstr(s->officers[0].name.ptr, "/officer/");
    CHECK(officer != NULL);
    s->origin = (struct str){s->officers[0].name.ptr, (size_t)(officer - s->officers[0].name.ptr)};
    (void)snprintf(s->path, sizeof s->path, "%s/clerk.sock", node);
    must(clerk_connect(s->path, &s->clerk, &err) &&
             clerk_prove(&s->clerk, s->origin, str_of(names[0]), &s->officers[0].seed, &err),
         &err, s->path);
    must(codebook_embedded(&s->a, &book, &err), &err, "codebook");
    digest_write(&book.current->hash, hash);
    must(arena_fmt(&s->a, &text, &err,
                   "elchi record v1\nlog %.*s\ntype message\nfrom %c%c/technical\n"
                   "to %s/technical\nprecedence ROUTINE\ntlp AMBER\nexercise no\n"
                   "codebook %u %s\n01 C03\n",
                   STR_ARG(s->origin), s->origin.ptr[0] - 32, s->origin.ptr[1] - 32, to,
                   (unsigned)book.current->version, hash),
         &err, "a text");
    s->text = str_bytes(text);
    must(record_approved_digest(&s->a, s->text, &s->hash, &err), &err, "its hash");
}

static struct draft_id ready_draft(struct sender *s)
{
    struct err err = {0};
    struct draft_id id;
    must(clerk_draft_new(&s->clerk, s->text, &id, &err), &err, "a draft");
    for (int i = 0; i < OFFICERS; i++) {
        struct str text;
        json_t *shown = NULL;
        struct buffer ask;
        struct writer w = writer_of(arena_new(&s->a, uint8_t, 2048), 2048);
        struct approval p = {.log = s->origin,
                             .draft = id,
                             .text = s->hash,
                             .decision = DECISION_RELEASE,
                             .officer = str_of(names[i]),
                             .until = {world_now(world_real()).s + 3600}};
        must(approval_write(&p, &s->a, &text, &err), &err, "an approval");
        note_sign(text, &s->officers[i].key, &s->officers[i].seed, &w);
        buffer_init(&ask, &s->a, 4096);
        buffer_block32(&ask, writer_bytes(&w));
        must(clerk_show(&s->clerk, CLERK_APPROVE, buffer_bytes(&ask), &shown, &err), &err,
             "approve");
        json_decref(shown);
    }
    return id;
}

static void release(struct clerk_link *clerk, const struct draft_id *id, char ref[64])
{
    struct err err = {0};
    json_t *shown = NULL;
    must(clerk_show(clerk, CLERK_RELEASE, bytes_of(id->octets, sizeof id->octets), &shown, &err),
         &err, "release");
    const char *text = json_string_value(json_object_get(shown, "ref"));
    CHECK(text != NULL);
    (void)snprintf(ref, 64, "%s", text);
    json_decref(shown);
}

static bool is_held(struct sender *s, const char *ref)
{
    struct err err = {0};
    json_t *shown = NULL;
    uint8_t room[80];
    struct writer w = writer_of(room, sizeof room);
    writer_block16(&w, str_bytes(str_of(ref)));
    must(clerk_show(&s->clerk, CLERK_SHOW, writer_bytes(&w), &shown, &err), &err, "show");
    const char *word = json_string_value(json_object_get(shown, "delivery"));
    bool held = word != NULL && strcmp(word, "held") == 0;
    json_decref(shown);
    return held;
}

static void wait_held(struct sender *s, const char *ref, long pause_us)
{
    double start = seconds_now();
    struct timespec pause = {0, pause_us * 1000};
    while (!is_held(s, ref)) {
        if (seconds_now() - start > WAIT_S) {
            (void)fprintf(stderr, "deliver: no receipt for %s within %d s\n", ref, WAIT_S);
            exit(1);
        }
        (void)nanosleep(&pause, NULL);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void latency(struct sender *s)
{
    double ms[ROUNDS];
    char ref[64];
    for (int i = 0; i < ROUNDS; i++) {
        struct draft_id id = ready_draft(s);
        double start = seconds_now();
        release(&s->clerk, &id, ref);
        wait_held(s, ref, 500);
        ms[i] = (seconds_now() - start) * 1000;
    }
    qsort(ms, ROUNDS, sizeof ms[0], by_size);
    note_figure("fastest", ms[0], "ms");
    note_figure("nine of ten within", ms[ROUNDS * 9 / 10], "ms");
    aim_at_most("deliver, release to receipt back, median", AIM_MS, ms[ROUNDS / 2], "ms");
}

// -- many officers at once ------------------------------------------------------------------------
// Each desk is a connection of its own, as a command or a browser's door is; what they release in
// the same moment shares its durable steps.
struct desk_of {
    struct sender *s;
    struct clerk_link clerk;
    const struct draft_id *ids;
    char (*refs)[64];
    size_t first, step, count;
    pthread_t thread;
};

static void *release_share(void *context)
{
    struct desk_of *d = context;
    for (size_t i = d->first; i < d->count; i += d->step)
        release(&d->clerk, &d->ids[i], d->refs[i]);
    return NULL;
}

static double release_all(struct sender *s, const struct draft_id *ids, char (*refs)[64],
                          size_t count)
{
    struct desk_of *desks = memory_new(DESKS, sizeof *desks);
    struct err err = {0};
    for (size_t i = 0; i < DESKS; i++) {
        desks[i] = (struct desk_of){s, {0}, ids, refs, i, DESKS, count, 0};
        must(clerk_connect(s->path, &desks[i].clerk, &err) &&
                 clerk_prove(&desks[i].clerk, s->origin, str_of(names[0]), &s->officers[0].seed,
                             &err),
             &err, s->path);
    }
    double start = seconds_now();
    for (size_t i = 0; i < DESKS; i++)
        CHECK(pthread_create(&desks[i].thread, NULL, release_share, &desks[i]) == 0);
    for (size_t i = 0; i < DESKS; i++)
        CHECK(pthread_join(desks[i].thread, NULL) == 0);
    for (size_t i = 0; i < DESKS; i++)
        clerk_hang_up(&desks[i].clerk);
    memory_release(desks);
    return start;
}

// The clock stops when the last record of every desk is held. Each of the others is then asked for
// once, which costs the node more than delivering it did; one that is not held lets the clock run
// on.
static void sustained(struct sender *s, size_t count)
{
    struct draft_id *ids = memory_new(count, sizeof *ids);
    char(*refs)[64] = memory_new(count, sizeof *refs);
    size_t late = 0;
    for (size_t i = 0; i < count; i++)
        ids[i] = ready_draft(s);
    double start = release_all(s, ids, refs, count);
    double released = seconds_now() - start;
    for (size_t i = 0; i < count && i < DESKS; i++)
        wait_held(s, refs[count - 1 - i], 10000);
    double all = seconds_now() - start;
    for (size_t i = DESKS; i < count; i++) {
        if (is_held(s, refs[count - 1 - i]))
            continue;
        wait_held(s, refs[count - 1 - i], 10000);
        all = seconds_now() - start;
        late++;
    }
    if (late > 0)
        note_figure("held only after the last ones", (double)late, "messages");
    note_figure("released and logged alone", (double)count / released, "messages/s");
    aim_at_least("deliver, sustained, release to receipt", AIM_PER_S, (double)count / all,
                 "messages/s");
    memory_release(ids);
    memory_release(refs);
}

int main(int argc, char **argv)
{
    struct sender s = {0};
    if (argc < 3)
        return 0;
    open_sender(&s, argv[1], argv[2]);
    latency(&s);
    sustained(&s, argc > 3 ? strtoull(argv[3], NULL, 10) : 500);
    clerk_hang_up(&s.clerk);
    for (int i = 0; i < OFFICERS; i++)
        keyfile_close(&s.officers[i]);
    arena_release(&s.a);
    return 0;
}
