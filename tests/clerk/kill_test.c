// Keeper and clerk killed at every durable step and at any moment: nothing acknowledged is lost,
// nothing stands twice, and no two histories are ever signed.
#include "clerk/append.h"
#include "log/tile.h"
#include "record/entry.h"
#include "store/exchange_stage.h"
#include "store/office_draft.h"
#include "tests/clerk/states.h"

#include <stdlib.h>

enum {
    SEEN_MAX = 4096,
    ACKNOWLEDGED_MAX = 8192,
    REBUILT_ALWAYS = 200, // of larger views only every so often, or the long tier takes hours
    REBUILT_EVERY = 16,
};

// Every checkpoint ever signed as far as anybody could see, and every release acknowledged.
struct history {
    struct {
        struct tree_size size;
        struct digest root;
    } seen[SEEN_MAX];
    size_t seen_count, checked; // the first `checked` are consistent with one another
    struct acknowledged done[ACKNOWLEDGED_MAX];
    size_t done_count;
    size_t looks;
    struct draft_id last; // the draft in hand when a process died
};

// -- checkpoints ever seen -----------------------------------------------------------------------
static void see(struct history *h, const struct state *s, struct bytes note)
{
    struct err err = {0};
    struct checkpoint said;
    if (note.len == 0)
        return;
    EXPECT_OK(checkpoint_open(note, s->origin, &s->log_key, 1, &said, NULL, &err));
    for (size_t i = 0; i < h->seen_count; i++) {
        if (h->seen[i].size.n != said.size.n)
            continue;
        EXPECT(digest_eq(&h->seen[i].root, &said.root)); // one size, one root, for ever
        return;
    }
    EXPECT(h->seen_count < SEEN_MAX);
    h->seen[h->seen_count].size = said.size;
    h->seen[h->seen_count++].root = said.root;
}

// Both generations: what was signed counts, whether or not anybody was answered.
static void see_keeper(struct states *all, struct history *h, const struct state *s)
{
    static const char *const slots[] = {"keeper/state.0", "keeper/state.1"};
    struct err err = {0};
    struct keeper_state *k = memory_new(1, sizeof *k);
    for (int i = 0; i < 2; i++) {
        const char *path = state_path(all, s, slots[i]);
        if (!world_exists(all->world, path))
            continue;
        EXPECT_OK(keeper_state_read(test_file(&all->arena, path), s->origin, k, &err));
        see(h, s, bytes_of(k->checkpoint, k->checkpoint_size));
    }
    memory_release(k);
}

// -- the stores, as a reader sees them ---------------------------------------------------------
struct whole {
    struct exchange_log log;
    struct edge edge;
    uint64_t sealed, as_it_is;
};

static bool take_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    struct whole *w = context;
    struct digest leaf = merkle_leaf(entry);
    struct entry read;
    EXPECT(at.n == w->edge.size.n);
    if (!entry_read(entry, &read, err))
        return false;
    w->sealed += read.kind == ENTRY_SEALED ? 1 : 0;
    w->as_it_is += read.kind == ENTRY_AS_IT_IS ? 1 : 0;
    edge_append(&w->edge, &leaf);
    return true;
}

// Every two of them, which is what a stranger could hold up. Between two looks only the new ones
// are held against the others.
static void check_consistent(struct history *h, struct txn *txn, struct whole *w)
{
    struct err err = {0};
    struct proof_made made;
    struct exchange_tiles *tiles = memory_new(1, sizeof *tiles);
    exchange_tiles_init(tiles, txn, w->log.id);
    for (size_t i = 0; i < h->seen_count; i++) {
        for (size_t j = 0; j < h->seen_count; j++) {
            struct tree_size from = h->seen[i].size;
            struct tree_size to = h->seen[j].size;
            bool looked = i < h->checked && j < h->checked;
            if (looked || from.n == 0 || from.n >= to.n)
                continue;
            EXPECT(to.n <= w->log.size.n);
            EXPECT_OK(merkle_make_consistency(&tiles->source, from, to, &made, &err));
            EXPECT_OK(merkle_check_consistency(from, h->seen[i].root, to, h->seen[j].root,
                                               proof_of(&made), &err));
        }
    }
    h->checked = h->seen_count;
    memory_release(tiles);
}

static void check_exchange(struct states *all, struct history *h, const struct state *s,
                           struct whole *ret)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct db *db = NULL;
    struct txn txn = {0};
    struct checkpoint said;
    uint64_t next = 0;
    uint64_t staged = 1;
    *ret = (struct whole){.sealed = 0};
    edge_init(&ret->edge);
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(exchange_open_read(driver, all->world, state_path(all, s, "exchange.db"), &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_log_find(&txn, s->origin, &all->arena, &ret->log, &err));
    struct exchange_range range = {ret->log.id, 0, UINT64_MAX, UINT64_MAX};
    EXPECT_OK(exchange_entries(&txn, range, take_entry, ret, &next, &err));
    EXPECT_OK(exchange_stage_count(&txn, &staged, &err));
    EXPECT(staged == 0);
    EXPECT(ret->edge.size.n == ret->log.size.n);
    EXPECT(ret->log.signed_size.n == ret->log.size.n);
    struct digest root = edge_root(&ret->edge);
    EXPECT(digest_eq(&root, &ret->log.root));
    EXPECT_OK(checkpoint_open(ret->log.checkpoint, s->origin, &s->log_key, 1, &said, NULL, &err));
    EXPECT(said.size.n == ret->log.size.n);
    EXPECT(digest_eq(&root, &said.root));
    see(h, s, ret->log.checkpoint);
    check_consistent(h, &txn, ret);
    txn_release(&txn);
    db_close(db);
}

static void check_keeper(struct states *all, const struct state *s, const struct whole *w)
{
    struct err err = {0};
    struct keeper_state *k = memory_new(1, sizeof *k);
    EXPECT_OK(keeper_state_load(all->world, state_path(all, s, "keeper"), s->origin, k, &err));
    EXPECT(k->lock == KEEPER_SIGNS);
    EXPECT(k->edge.size.n == w->log.size.n);
    struct digest root = edge_root(&k->edge);
    EXPECT(digest_eq(&root, &w->log.root));
    memory_release(k);
}

static bool count_fill(void *context, const struct office_fill *row, struct err *err)
{
    uint64_t *count = context;
    (void)row;
    (void)err;
    (*count)++;
    return true;
}

static bool count_draft(void *context, const struct office_draft *row, struct err *err)
{
    uint64_t *count = context;
    (void)row;
    (void)err;
    (*count)++;
    return true;
}

// Nothing is half-way once a start is over.
static void check_office(struct states *all, const struct state *s)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct db *db = NULL;
    struct txn txn = {0};
    uint64_t count = 0;
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(office_open_read(driver, all->world, state_path(all, s, "office.db"), &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(office_fills(&txn, count_fill, &count, &err));
    EXPECT_OK(office_drafts_in(&txn, DRAFT_FILLED, count_draft, &count, &err));
    EXPECT_OK(office_drafts_in(&txn, DRAFT_SIGNED, count_draft, &count, &err));
    EXPECT(count == 0);
    txn_release(&txn);
    db_close(db);
}

// -- what officers see ---------------------------------------------------------------------------
// All rows that went out, newest first, page by page.
static json_t *sent(struct states *all, const struct state *s)
{
    json_t *rows = json_array();
    uint64_t before = 0;
    for (;;) {
        struct buffer ask = state_columns(all);
        buffer_number(&ask, before, 8);
        buffer_number(&ask, 100, 4);
        json_t *page = state_show(&s->officer, CLERK_SENT, &ask);
        EXPECT(json_array_extend(rows, json_object_get(page, "rows")) == 0);
        bool last = json_is_null(json_object_get(page, "next"));
        before = last ? 0 : strtoull(shown_text(page, "next"), NULL, 10);
        json_decref(page);
        if (last)
            return rows;
    }
}

static uint64_t serial_of(const char *ref)
{
    const char *last = strrchr(ref, '-');
    EXPECT(last != NULL);
    return strtoull(last + 1, NULL, 10);
}

static void check_serials(const json_t *rows)
{
    size_t count = json_array_size(rows);
    bool *given = memory_new(count + 1, sizeof *given);
    for (size_t i = 0; i < count; i++) {
        uint64_t n = serial_of(shown_text(json_array_get(rows, i), "ref"));
        EXPECT(json_is_null(json_object_get(json_array_get(rows, i), "void")));
        EXPECT(n >= 1 && n <= count); // gapless
        EXPECT(!given[n]);            // and each once
        given[n] = true;
    }
    memory_release(given);
}

static void check_verify(struct states *all, const struct state *s)
{
    uint64_t from = 0;
    for (;;) {
        struct buffer ask = state_columns(all);
        buffer_block16(&ask, str_bytes(s->origin));
        buffer_number(&ask, from, 8);
        json_t *shown = state_show(&s->local, CLERK_VERIFY, &ask);
        EXPECT(json_is_true(json_object_get(shown, "ok")));
        bool last = json_is_true(json_object_get(shown, "done"));
        from = (uint64_t)shown_count(shown, "next");
        json_decref(shown);
        if (last)
            return;
    }
}

static void rebuild(struct states *all, const struct state *s)
{
    bool complete = false;
    for (uint64_t anew = 1; !complete; anew = 0) {
        struct buffer ask = state_columns(all);
        buffer_number(&ask, anew, 1);
        json_t *shown = state_show(&s->local, CLERK_REBUILD, &ask);
        complete = json_is_true(json_object_get(shown, "complete"));
        json_decref(shown);
    }
}

// A row's own number counts how often it was made, its time of receipt when; nothing else may
// differ between views that grew and views made anew.

// In the order of serials, which check_serials has proved gapless.
static json_t *by_serial(const json_t *rows)
{
    size_t count = json_array_size(rows);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        EXPECT(json_array_append_new(sorted, json_null()) == 0);
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_deep_copy(json_array_get(rows, i));
        uint64_t n = serial_of(shown_text(row, "ref"));
        EXPECT(n >= 1 && n <= count);
        (void)json_object_del(row, "number");
        (void)json_object_del(row, "received");
        EXPECT(json_array_set_new(sorted, n - 1, row) == 0);
    }
    return sorted;
}

static void check_acknowledged(const struct history *h, const json_t *rows)
{
    char note[DIGEST_TEXT_CHARS + 1];
    json_t *sorted = by_serial(rows);
    for (size_t i = 0; i < h->done_count; i++) {
        const json_t *row = json_array_get(sorted, serial_of(h->done[i].ref) - 1);
        EXPECT(row != NULL);
        EXPECT(strcmp(shown_text(row, "ref"), h->done[i].ref) == 0);
        digest_write(&h->done[i].note, note);
        EXPECT(strcmp(shown_text(row, "note"), note) == 0);
    }
    json_decref(sorted);
}

static void check_rebuilt(struct states *all, const struct state *s, const json_t *rows)
{
    rebuild(all, s);
    json_t *again = sent(all, s);
    json_t *before = by_serial(rows);
    json_t *after = by_serial(again);
    EXPECT(json_equal(before, after));
    json_decref(after);
    json_decref(before);
    json_decref(again);
}

// Everything that must hold once a node is up again; yields how many records went out.
static size_t check_whole(struct states *all, struct history *h, const struct state *s)
{
    struct whole w;
    json_t *rows = sent(all, s); // the clerk has done its start when it answers
    check_exchange(all, h, s, &w);
    check_keeper(all, s, &w);
    check_office(all, s);
    size_t count = json_array_size(rows);
    EXPECT(w.sealed == count);
    EXPECT(w.as_it_is == 1); // the manifest
    check_serials(rows);
    check_acknowledged(h, rows);
    check_verify(all, s);
    if (h->looks++ % REBUILT_EVERY == 0 || count < REBUILT_ALWAYS)
        check_rebuilt(all, s, rows);
    json_decref(rows);
    return count;
}

// -- releasing -----------------------------------------------------------------------------------
static bool release_one(struct states *all, struct history *h, const struct state *s,
                        struct err *err)
{
    struct acknowledged done;
    if (!state_draft_for(all, s, "XB", 3600, &h->last, err) ||
        !state_release(all, s, &h->last, &done, err))
        return false;
    EXPECT(h->done_count < ACKNOWLEDGED_MAX);
    h->done[h->done_count++] = done;
    return true;
}

static const char *draft_state(struct states *all, const struct state *s,
                               const struct draft_id *draft)
{
    struct str state;
    struct err err = {0};
    struct buffer ask = state_columns(all);
    buffer_put(&ask, bytes_of(draft->octets, DRAFT_ID_BYTES));
    json_t *shown = state_show(&s->officer, CLERK_DRAFT_SHOW, &ask);
    EXPECT_OK(arena_fmt(&all->arena, &state, &err, "%s", shown_text(shown, "state")));
    json_decref(shown);
    return state.ptr;
}

static struct history *begin(struct states *all)
{
    states_init(all, 2, 1);
    state_up(all, &all->at[0]);
    state_found(all, &all->at[0], "exchange");
    return memory_new(1, sizeof(struct history));
}

// -- at every step -------------------------------------------------------------------------------
static const struct kill_point steps[] = {
    {.step = "fill", .done = false},   {.step = "fill", .done = true},
    {.step = "sign", .done = false},   {.step = "sign", .done = true},
    {.step = "seal", .done = false},   {.step = "seal", .done = true},
    {.step = "extend", .done = false}, {.step = "extend", .done = true},
    {.step = "commit", .done = false}, {.step = "commit", .done = true},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

static void die_at(struct states *all, struct history *h, const struct kill_point *at)
{
    struct err err = {0};
    struct acknowledged done;
    struct state *s = &all->at[0];
    kill_next = *at;
    kill_next.nth = 2; // one release passes, in the next one it happens
    state_start(all, s);
    kill_next.step = NULL;
    EXPECT_OK(state_connect(s, &err));
    size_t before = check_whole(all, h, s);
    EXPECT_OK(release_one(all, h, s, &err));
    bool answered = release_one(all, h, s, &err);
    // A keeper that dies once it has answered is not missed until the next release.
    EXPECT(answered ? !at->clerk : err.kind == ERR_OFFLINE);
    state_fell(s);
    see_keeper(all, h, s);
    state_up(all, s);
    size_t now = check_whole(all, h, s);
    const char *state = draft_state(all, s, &h->last);
    if (strcmp(state, "awaiting") == 0) {
        EXPECT(now == before + 1);
        EXPECT_OK(state_release(all, s, &h->last, &done, &err));
        h->done[h->done_count++] = done;
    } else {
        EXPECT(strcmp(state, "logged") == 0);
        EXPECT(now == before + 2);
    }
    EXPECT(check_whole(all, h, s) == before + 2);
    // Only what was not filled yet waits; the rest goes on where it stood.
    bool waits = strcmp(at->step, "fill") == 0 && !at->done && at->clerk;
    EXPECT((strcmp(state, "awaiting") == 0) == waits);
    EXPECT(!state_release(all, s, &h->last, &done, &err)); // never twice
    EXPECT_OK(release_one(all, h, s, &err));
    EXPECT(check_whole(all, h, s) == before + 3);
    see_keeper(all, h, s);
    state_down(s);
}

static void die_at_every_step(bool clerk, bool keeper)
{
    struct states all;
    struct history *h = begin(&all);
    state_down(&all.at[0]);
    for (size_t i = 0; i < STEPS; i++) {
        struct kill_point at = steps[i];
        at.clerk = clerk;
        at.keeper = keeper;
        print_message("%s %s\n", at.done ? "after" : "before", at.step);
        die_at(&all, h, &at);
    }
    memory_release(h);
    states_release(&all);
}

TEST(a_clerk_killed_at_any_step_releases_once_and_loses_nothing)
{
    die_at_every_step(true, false);
}
TEST(a_keeper_killed_at_any_step_signs_one_history_and_loses_nothing)
{
    die_at_every_step(false, true);
}
TEST(both_killed_at_any_step_go_on_where_they_stood)
{
    die_at_every_step(true, true);
}

// -- at any moment -------------------------------------------------------------------------------
static uint64_t dice(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

// A process of its own kills them after so long, whatever they are doing then.
static pid_t kill_after(const struct state *s, uint64_t us, bool clerk, bool keeper)
{
    pid_t killer = fork();
    if (killer != 0)
        return killer;
    struct timespec rest = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    (void)nanosleep(&rest, NULL);
    if (keeper)
        (void)kill(s->keeper, SIGKILL);
    if (clerk)
        (void)kill(s->clerk, SIGKILL);
    _exit(0);
}

// How long this machine takes from a start to three releases, in microseconds: a window as wide
// as that holds moments before, within and after a release on a slow machine as on a fast one.
static uint64_t time_three_releases(struct states *all, struct history *h)
{
    struct err err = {0};
    struct state *s = &all->at[0];
    struct timespec from, to;
    EXPECT(clock_gettime(CLOCK_MONOTONIC, &from) == 0);
    state_start(all, s);
    EXPECT(state_connect(s, &err));
    for (int i = 0; i < 3; i++)
        EXPECT(release_one(all, h, s, &err));
    EXPECT(clock_gettime(CLOCK_MONOTONIC, &to) == 0);
    see_keeper(all, h, s);
    state_down(s);
    return (uint64_t)(to.tv_sec - from.tv_sec) * 1000000 +
           (uint64_t)(to.tv_nsec / 1000 - from.tv_nsec / 1000);
}

static void fall_while_releasing(struct states *all, struct history *h, uint64_t window_us,
                                 uint64_t *seed)
{
    struct err err = {0};
    struct state *s = &all->at[0];
    int status;
    uint64_t who = dice(seed, 3);
    state_start(all, s);
    // From the first moments of a start, when what was left is taken up, to many releases later.
    pid_t killer = kill_after(s, dice(seed, window_us), who != 1, who != 0);
    bool goes_on = state_connect(s, &err);
    while (goes_on)
        goes_on = release_one(all, h, s, &err);
    if (err.kind != ERR_OFFLINE && err.kind != ERR_BUSY)
        fail_msg("%s: %s", err_kind_word(err.kind), err.text);
    // Logged, and then the keeper died before the views were made: said so, not acknowledged.
    if (err.kind == ERR_BUSY)
        EXPECT(strstr(err.text, "on its way into the log") != NULL);
    EXPECT(waitpid(killer, &status, 0) == killer);
    state_fell(s);
    see_keeper(all, h, s);
}

TEST(killed_at_random_moments_the_log_stays_whole)
{
    struct states all;
    struct history *h = begin(&all);
    struct state *s = &all.at[0];
    uint64_t seed = test_seed();
    unsigned rounds = test_long() ? 300 : 30;
    size_t before = 0;
    state_down(s);
    uint64_t window_us = time_three_releases(&all, h);
    size_t at_first = h->done_count;
    for (unsigned round = 0; round < rounds; round++) {
        fall_while_releasing(&all, h, window_us, &seed);
        // Sometimes the start after a fall is itself the next to fall.
        if (dice(&seed, 3) == 0 && round + 1 < rounds)
            continue;
        state_up(&all, s);
        size_t count = check_whole(&all, h, s);
        EXPECT(count >= before);
        before = count;
        state_down(s);
    }
    print_message(
        "SEED %llu: %zu released, %zu acknowledged, %zu checkpoints, moments within %llu ms\n",
        (unsigned long long)test_seed(), before, h->done_count, h->seen_count,
        (unsigned long long)window_us / 1000);
    EXPECT(before >= h->done_count);
    EXPECT(h->done_count > at_first);
    memory_release(h);
    states_release(&all);
}
