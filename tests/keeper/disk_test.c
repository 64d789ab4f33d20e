// Disks that fail, keepers that die, files that were changed: nothing signed that is not on disk.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "tests/keeper/made.h"

// -- a disk that fails, a process that dies -------------------------------------------------------
// One durable act each; what it yields
// must be the same whenever it is asked for again.
typedef bool durable_act(struct kept *k, struct bytes *ret, struct err *err);

static bool do_extend(struct kept *k, struct bytes *ret, struct err *err)
{
    return extend_from(k, k->edge.size.n, 100, 3, ret, err);
}
static bool do_sign(struct kept *k, struct bytes *ret, struct err *err)
{
    return sign_usual(k, draft_of(1), message_text(k, usual()), ret, err);
}
static bool do_state(struct kept *k, struct bytes *ret, struct err *err)
{
    struct keeper_signed got = {0};
    struct str text = receipt_text(k, 1, NOW);
    if (!keeper_sign_node(&k->clerk, k->a, &text, 1, &got, err))
        return false;
    *err = got.refused;
    *ret = got.note;
    return got.refused.kind == ERR_NONE;
}
static bool do_cosign(struct kept *k, struct bytes *ret, struct err *err)
{
    struct foreign f;
    struct str line;
    uint64_t time_s;
    foreign_init(&f, 0);
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    struct tree_size held;
    struct digest root;
    if (!keeper_cosigned(&k->clerk, KEEPER_WITNESS, STR(XB), &held, &root, err))
        return false;
    prove_from(k, &f, held.n, 5, &ask);
    if (!keeper_cosign(&k->clerk, k->a, &ask, &line, &time_s, err))
        return false;
    *ret = str_bytes(line);
    return true;
}
static bool do_found(struct kept *k, struct bytes *ret, struct err *err)
{
    return keeper_found(&k->clerk, k->a, k->manifest, ret, err);
}
static bool do_retire(struct kept *k, struct bytes *ret, struct err *err)
{
    *ret = (struct bytes){0};
    if (kept_status(k).lock == KEEPER_RETIRED)
        return true;
    struct order o = {
        .log = STR(XA), .act = ORDER_RETIRE, .size = k->edge.size.n, .root = edge_root(&k->edge)};
    return keeper_challenge(&k->clerk, &o.challenge, err) &&
           keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, err);
}

static const struct {
    const char *name;
    durable_act *act;
    bool founded;
} acts[] = {
    {"extend", do_extend, true}, {"sign", do_sign, true},    {"state", do_state, true},
    {"cosign", do_cosign, true}, {"found", do_found, false}, {"retire", do_retire, true},
};

// True: the act met the failure; false: it has fewer acts on the disk than that.
static bool one_failure(size_t which, enum disk_mode mode, long at)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct bytes note = {0}, again = {0};
    kept_start(k);
    if (acts[which].founded)
        kept_found(k);
    k->world->seen = 0;
    k->world->at = at;
    k->world->mode = mode;
    bool done = acts[which].act(k, &note, &err);
    k->world->mode = DISK_WORKS;
    bool met = k->world->seen >= at;
    int code = kept_stop(k);
    if (met && (done || code == 0))
        fail_msg("%s at %ld: it went on", acts[which].name, at);
    if (!met && (!done || code != 0))
        fail_msg("%s at %ld: %s", acts[which].name, at, err.text);
    kept_start(k); // healthy again, as far as it signed
    struct keeper_status s = kept_status(k);
    EXPECT(s.lock == KEEPER_SIGNS || (s.lock == KEEPER_UNFOUNDED && !acts[which].founded) ||
           (s.lock == KEEPER_RETIRED && acts[which].act == do_retire));
    err = (struct err){0};
    if (!acts[which].act(k, &again, &err))
        fail_msg("%s at %ld, again: %s", acts[which].name, at, err.text);
    EXPECT(!done || bytes_eq(note, again)); // the clock stands, so cosignatures are equal too
    kept_release(k);
    return met;
}

static void every_failure(enum disk_mode mode)
{
    for (size_t which = 0; which < sizeof acts / sizeof acts[0]; which++) {
        long at = 1;
        while (one_failure(which, mode, at))
            at++;
        EXPECT(at > 2); // there was something to fail
        EXPECT(at < 40);
    }
}

TEST(whatever_act_on_the_disk_fails_the_keeper_ends_and_starts_healthy)
{
    every_failure(DISK_FAILS);
}

TEST(killed_before_any_act_on_the_disk_it_starts_healthy)
{
    every_failure(DISK_DIES);
}

TEST(killed_within_any_write_it_starts_healthy)
{
    for (size_t which = 0; which < sizeof acts / sizeof acts[0]; which++)
        for (long at = 1; at < 12; at++) {
            struct err err = {0};
            struct kept *k = kept_vault();
            struct bytes note = {0};
            kept_start(k);
            if (acts[which].founded)
                kept_found(k);
            k->world->seen = 0;
            k->world->at = at;
            k->world->mode = DISK_TEARS;
            (void)acts[which].act(k, &note, &err);
            k->world->mode = DISK_WORKS;
            (void)kept_stop(k);
            kept_start(k);
            EXPECT(kept_status(k).lock != KEEPER_RESTORED);
            err = (struct err){0};
            if (!acts[which].act(k, &note, &err))
                fail_msg("%s torn at %ld: %s", acts[which].name, at, err.text);
            kept_release(k);
        }
}

TEST(after_a_failed_step_the_same_process_signs_nothing_more)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes note;
    k->world->seen = 0;
    k->world->at = 1;
    k->world->mode = DISK_FAILS;
    EXPECT(!do_extend(k, &note, &err));
    k->world->mode = DISK_WORKS;
    EXPECT(!do_sign(k, &note, &err)); // nobody answers any more
    EXPECT(err.kind == ERR_OFFLINE);
    EXPECT(kept_stop(k) == ENDED_IN_ERROR);
    k->pid = 0;
    kept_start(k);
    EXPECT(do_extend(k, &note, &err));
    kept_release(k);
}

// -- the state file -------------------------------------------------------------------------------
static struct bytes some_state(struct kept *k)
{
    struct foreign f;
    struct str line;
    uint64_t time_s;
    struct err err = {0};
    foreign_init(&f, 0);
    for (int i = 1; i < 4; i++)
        for (int role = 0; role < 2; role++) {
            struct keeper_cosigning ask = cosigning(k, i, &f, 5);
            ask.role = (enum keeper_role)role;
            EXPECT_OK(keeper_cosign(&k->clerk, k->a, &ask, &line, &time_s, &err));
        }
    (void)extend(k, 300);
    return test_file(k->a, made_fmt(k->a, "%s/state.0", k->folder).ptr);
}

TEST(a_state_file_reads_back_as_it_was_written)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct keeper_state *s = memory_new(1, sizeof *s);
    struct bytes again;
    struct bytes file = some_state(k);
    EXPECT_OK(keeper_state_read(file, STR(XA), s, &err));
    EXPECT(s->cosigned_count >= 5);
    EXPECT_OK(keeper_state_write(s, STR(XA), k->a, &again, &err));
    EXPECT(bytes_eq(file, again));
    EXPECT(!keeper_state_read(file, STR(XB), s, &err));
    memory_release(s);
    kept_release(k);
}

TEST(a_state_file_with_any_octet_changed_or_cut_anywhere_is_refused)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct keeper_state *s = memory_new(1, sizeof *s);
    struct bytes file = some_state(k);
    uint8_t *copy = arena_new(k->a, uint8_t, file.len + 1);
    for (size_t at = 0; at < file.len; at++) {
        memcpy(copy, file.ptr, file.len);
        copy[at] ^= 1;
        EXPECT(!keeper_state_read(bytes_of(copy, file.len), STR(XA), s, &err));
        copy[at] ^= 0x81;
        EXPECT(!keeper_state_read(bytes_of(copy, file.len), STR(XA), s, &err));
        EXPECT(!keeper_state_read(bytes_of(file.ptr, at), STR(XA), s, &err));
    }
    memcpy(copy, file.ptr, file.len);
    copy[file.len] = '\n';
    EXPECT(!keeper_state_read(bytes_of(copy, file.len + 1), STR(XA), s, &err));
    memory_release(s);
    kept_release(k);
}

TEST(a_state_file_longer_than_any_state_counts_as_damaged)
{
    struct err err = {0};
    struct kept *k = kept_new();
    EXPECT(kept_stop(k) == 0);
    uint8_t *octets = memory_new(KEEPER_STATE_BYTES_MAX + 1, 1);
    EXPECT_OK(world_write_file(world_real(), made_fmt(k->a, "%s/state.1", k->folder).ptr,
                               bytes_of(octets, KEEPER_STATE_BYTES_MAX + 1), 0600, &err));
    memory_release(octets);
    kept_start(k);
    EXPECT(kept_status(k).lock == KEEPER_RESTORED);
    kept_release(k);
}

// -- spent drafts --------------------------------------------------------------------------------
static void fill_spent(struct kept *k, unsigned from, unsigned count, int64_t until_s)
{
    struct err err = {0};
    struct spent s;
    EXPECT_OK(spent_open(&s, world_real(), k->folder, (struct moment){0}, &err));
    for (unsigned i = from; i < from + count; i++) {
        struct spent_row row = {draft_of(i), digest_of(bytes_of(&i, sizeof i)), {until_s}};
        EXPECT_OK(spent_add(&s, &row, 1, &err));
    }
    spent_close(&s);
}

static size_t spent_rows(struct kept *k, int64_t now_s)
{
    struct err err = {0};
    struct spent s;
    EXPECT_OK(spent_open(&s, world_real(), k->folder, (struct moment){now_s}, &err));
    size_t count = s.count;
    spent_close(&s);
    return count;
}

TEST(spent_rows_go_when_their_approvals_are_past_and_not_before)
{
    struct kept *k = kept_vault();
    const char *path = made_fmt(k->a, "%s/spent", k->folder).ptr;
    fill_spent(k, 0, 100, NOW);
    fill_spent(k, 100, 50, NOW + 10);
    EXPECT(spent_rows(k, NOW) == 150);
    EXPECT(test_file(k->a, path).len == 150 * 64);
    EXPECT(spent_rows(k, NOW + 1) == 50);
    EXPECT(test_file(k->a, path).len == 50 * 64);
    EXPECT(spent_rows(k, 0) == 50);
    EXPECT(spent_rows(k, NOW + 11) == 0);
    kept_release(k);
}

TEST(a_damaged_row_stops_the_start_and_a_torn_tail_does_not)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct spent s;
    const char *path = made_fmt(k->a, "%s/spent", k->folder).ptr;
    fill_spent(k, 0, 5, NOW + 100);
    struct bytes file = test_file(k->a, path);
    uint8_t *copy = arena_new(k->a, uint8_t, file.len + 640);
    for (size_t at = 0; at < file.len; at += 3) {
        memcpy(copy, file.ptr, file.len);
        copy[at] ^= 4;
        EXPECT_OK(world_write_file(world_real(), path, bytes_of(copy, file.len), 0600, &err));
        EXPECT_ERR(spent_open(&s, world_real(), k->folder, (struct moment){NOW}, &err),
                   ERR_TAMPERED);
    }
    for (size_t more = 0; more < 640; more += 40) { // what a crash leaves behind the last row
        memcpy(copy, file.ptr, file.len);
        memset(copy + file.len, 0, 640);
        EXPECT_OK(
            world_write_file(world_real(), path, bytes_of(copy, file.len + more), 0600, &err));
        EXPECT(spent_rows(k, NOW) == 5);
        EXPECT(test_file(k->a, path).len == file.len);
    }
    for (size_t cut = 1; cut < 64; cut++) {
        EXPECT_OK(
            world_write_file(world_real(), path, bytes_of(file.ptr, file.len - cut), 0600, &err));
        EXPECT(spent_rows(k, NOW) == 4);
    }
    kept_release(k);
}

TEST(a_clock_that_ran_ahead_once_makes_no_draft_releasable_twice)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct text_of t = usual();
    struct str text = message_text(k, t);
    struct bytes note;
    t.ref = "XA/XB-2026-0002";
    struct str other = message_text(k, t);
    EXPECT_OK(sign_usual(k, draft_of(1), text, &note, &err));
    k->world->fake.now_ms += (int64_t)400 * 86400 * 1000; // the machine starts with a wrong clock
    kept_again(k);
    k->world->fake.now_ms = NOW * INT64_C(1000); // and is set right
    kept_again(k);
    EXPECT_ERR(sign_usual(k, draft_of(1), other, &note, &err), ERR_DENIED);
    kept_release(k);
}

// -- the vault ------------------------------------------------------------------------------------
TEST(a_vault_is_never_made_over_another)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct secret passphrase = {0};
    struct bytes before = test_file(k->a, made_fmt(k->a, "%s/keyring", k->folder).ptr);
    kept_passphrase(&passphrase);
    struct vault_new how = {.origin = STR(XA),
                            .register_text = k->register_text,
                            .passphrase = &passphrase,
                            .cost = KEYRING_COST_LEAST};
    EXPECT(state_code_read(STR("XA"), &how.state));
    EXPECT_ERR(vault_make(kept_world(k), k->folder, &how, &err), ERR_CONFLICT);
    EXPECT(bytes_eq(before, test_file(k->a, made_fmt(k->a, "%s/keyring", k->folder).ptr)));
    secret_release(&passphrase);
    kept_release(k);
}

TEST(a_wrong_passphrase_opens_nothing)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct secret passphrase = {0};
    struct vault *v = memory_new(1, sizeof *v);
    secret_copy(&passphrase, str_bytes(STR("other words")));
    EXPECT_ERR(vault_open(v, kept_world(k), k->folder, &passphrase, &err), ERR_DENIED);
    secret_release(&passphrase);
    memory_release(v);
    kept_release(k);
}
